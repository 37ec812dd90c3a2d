//! Paths: where stations came from and where they go.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{
    AltitudeConfidence, ConfidenceLevel, DeltaAltitude, DeltaLatitude, DeltaLongitude, DeltaTimeSecond,
    DeltaTimeTenSeconds, DeltaTimeTenthOfSecond, PathPoint, PointOfEventZone, PosConfidenceEllipse,
    StandardLength9b,
};
use crate::cdd::macros::{enumerated, integer, list};

list! {
    /// Points of a path, latest first.
    Path(PathPoint) = 0..=40
}

/// Path delta time choice.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum PathDeltaTimeChoice {
    /// Delta time high precision.
    #[rasn(identifier = "deltaTimeHighPrecision")]
    DeltaTimeHighPrecision(DeltaTimeTenthOfSecond),
    /// Delta time big range.
    #[rasn(identifier = "deltaTimeBigRange")]
    DeltaTimeBigRange(DeltaTimeTenSeconds),
    /// Delta time mid range.
    #[rasn(identifier = "deltaTimeMidRange", extension_addition)]
    DeltaTimeMidRange(DeltaTimeSecond),
}

/// Path extended.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PathExtended {
    /// Point of event zone.
    #[rasn(identifier = "pointOfEventZone")]
    pub point_of_event_zone: PointOfEventZone,
    /// Path.
    pub path: Path,
}

integer! {
    /// Path id.
    PathId(u8) = 0..=14 {
        NO_PATH = 0,
        PATH1 = 1,
        PATH2 = 2,
        PATH3 = 3,
        PATH4 = 4,
        PATH5 = 5,
        PATH6 = 6,
        PATH7 = 7,
        PATH_EXTENDED1 = 8,
        PATH_EXTENDED2 = 9,
        PATH_EXTENDED3 = 10,
        PATH_EXTENDED4 = 11,
        PATH_EXTENDED5 = 12,
        PATH_EXTENDED6 = 13,
        PATH_EXTENDED7 = 14,
    }
}

/// Path point predicted.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PathPointPredicted {
    /// Delta latitude.
    #[rasn(identifier = "deltaLatitude")]
    pub delta_latitude: DeltaLatitude,
    /// Delta longitude.
    #[rasn(identifier = "deltaLongitude")]
    pub delta_longitude: DeltaLongitude,
    /// Horizontal position confidence.
    #[rasn(identifier = "horizontalPositionConfidence")]
    pub horizontal_position_confidence: Option<PosConfidenceEllipse>,
    /// Delta altitude.
    #[rasn(identifier = "deltaAltitude", default = "default_path_point_predicted_delta_altitude")]
    pub delta_altitude: DeltaAltitude,
    /// Altitude confidence.
    #[rasn(identifier = "altitudeConfidence", default = "default_path_point_predicted_altitude_confidence")]
    pub altitude_confidence: AltitudeConfidence,
    /// Path delta time.
    #[rasn(identifier = "pathDeltaTime")]
    pub path_delta_time: Option<PathDeltaTimeChoice>,
    /// Symmetric area offset.
    #[rasn(identifier = "symmetricAreaOffset")]
    pub symmetric_area_offset: Option<StandardLength9b>,
    /// Asymmetric area offset.
    #[rasn(identifier = "asymmetricAreaOffset")]
    pub asymmetric_area_offset: Option<StandardLength9b>,
}

impl PathPointPredicted {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(delta_latitude: DeltaLatitude, delta_longitude: DeltaLongitude) -> Self {
        Self {
            delta_latitude,
            delta_longitude,
            horizontal_position_confidence: None,
            delta_altitude: DeltaAltitude::UNAVAILABLE,
            altitude_confidence: AltitudeConfidence::Unavailable,
            path_delta_time: None,
            symmetric_area_offset: None,
            asymmetric_area_offset: None,
        }
    }
}

const fn default_path_point_predicted_delta_altitude() -> DeltaAltitude {
    DeltaAltitude::UNAVAILABLE
}

const fn default_path_point_predicted_altitude_confidence() -> AltitudeConfidence {
    AltitudeConfidence::Unavailable
}

list! {
    /// Points where the station expects to be.
    extensible PathPredicted(PathPointPredicted) = 1..=16
}

/// Path predicted2.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PathPredicted2 {
    /// Path predicted.
    #[rasn(identifier = "pathPredicted")]
    pub path_predicted: PathPredicted,
    /// Usage indication.
    #[rasn(identifier = "usageIndication")]
    pub usage_indication: UsageIndication,
    /// Confidence level.
    #[rasn(identifier = "confidenceLevel")]
    pub confidence_level: ConfidenceLevel,
}

impl PathPredicted2 {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        path_predicted: PathPredicted,
        usage_indication: UsageIndication,
        confidence_level: ConfidenceLevel,
    ) -> Self {
        Self { path_predicted, usage_indication, confidence_level }
    }
}

list! {
    /// Path predicted list.
    extensible PathPredictedList(PathPredicted2) = 1..=16
}

list! {
    /// Path references.
    PathReferences(PathId) = 1..=14
}

list! {
    /// Paths that lead to the event.
    Traces(Path) = 1..=7
}

list! {
    /// Traces extended.
    TracesExtended(PathExtended) = 1..=7
}

enumerated! {
    /// Usage indication.
    extensible UsageIndication {
        NoIndication = "noIndication",
        SpecialUse = "specialUse",
        RescueOperation = "rescueOperation",
    } additions {
        Railroad = "railroad",
        FixedRoute = "fixedRoute",
        RestrictedRoute = "restrictedRoute",
        AdasAd = "adasAd",
        Navigation = "navigation",
    }
}
