//! Where things are.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{HeadingValue, InformationQuality, PathDeltaTime};
use crate::cdd::macros::{enumerated, integer, list};

/// Altitude over the WGS84 ellipsoid with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Altitude {
    /// Altitude value.
    #[rasn(identifier = "altitudeValue")]
    pub altitude_value: AltitudeValue,
    /// Altitude confidence.
    #[rasn(identifier = "altitudeConfidence")]
    pub altitude_confidence: AltitudeConfidence,
}

enumerated! {
    /// 95 % confidence of an altitude; the names give metres and centimetres.
    AltitudeConfidence {
        Alt000_01 = "alt-000-01",
        Alt000_02 = "alt-000-02",
        Alt000_05 = "alt-000-05",
        Alt000_10 = "alt-000-10",
        Alt000_20 = "alt-000-20",
        Alt000_50 = "alt-000-50",
        Alt001_00 = "alt-001-00",
        Alt002_00 = "alt-002-00",
        Alt005_00 = "alt-005-00",
        Alt010_00 = "alt-010-00",
        Alt020_00 = "alt-020-00",
        Alt050_00 = "alt-050-00",
        Alt100_00 = "alt-100-00",
        Alt200_00 = "alt-200-00",
        OutOfRange = "outOfRange",
        Unavailable = "unavailable",
    }
}

integer! {
    /// Altitude over the WGS84 ellipsoid, 0.01 m.
    AltitudeValue(i32) = -100_000..=800_001 {
        NEGATIVE_OUT_OF_RANGE = -100_000,
        REFERENCE_ELLIPSOID_SURFACE = 0,
        POSTIVE_OUT_OF_RANGE = 800_000,
        UNAVAILABLE = 800_001,
    }
}

integer! {
    /// Altitude difference, 0.01 m, positive upwards.
    DeltaAltitude(i16) = -12700..=12800 {
        NEGATIVE_OUT_OF_RANGE = -12700,
        POSITIVE_OUT_OF_RANGE = 12799,
        UNAVAILABLE = 12800,
    }
}

integer! {
    /// Latitude difference, 0.1 microdegree, positive northwards.
    DeltaLatitude(i32) = -131_071..=131_072 {
        UNAVAILABLE = 131_072,
    }
}

integer! {
    /// Longitude difference, 0.1 microdegree, positive eastwards.
    DeltaLongitude(i32) = -131_071..=131_072 {
        UNAVAILABLE = 131_072,
    }
}

/// A position relative to a reference position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DeltaReferencePosition {
    /// Delta latitude.
    #[rasn(identifier = "deltaLatitude")]
    pub delta_latitude: DeltaLatitude,
    /// Delta longitude.
    #[rasn(identifier = "deltaLongitude")]
    pub delta_longitude: DeltaLongitude,
    /// Delta altitude.
    #[rasn(identifier = "deltaAltitude")]
    pub delta_altitude: DeltaAltitude,
}

list! {
    /// Points where the event was noticed.
    EventHistory(EventPoint) = 1..=23
}

/// A point where the event was noticed.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct EventPoint {
    /// Event position.
    #[rasn(identifier = "eventPosition")]
    pub event_position: DeltaReferencePosition,
    /// Event delta time.
    #[rasn(identifier = "eventDeltaTime")]
    pub event_delta_time: Option<PathDeltaTime>,
    /// Information quality.
    #[rasn(identifier = "informationQuality")]
    pub information_quality: InformationQuality,
}

integer! {
    /// WGS84 latitude, 0.1 microdegree, positive to the north.
    Latitude(i32) = -900_000_000..=900_000_001 {
        UNAVAILABLE = 900_000_001,
    }
}

integer! {
    /// WGS84 longitude, 0.1 microdegree, positive to the east.
    Longitude(i32) = -1_800_000_000..=1_800_000_001 {
        VALUE_NOT_USED = -1_800_000_000,
        UNAVAILABLE = 1_800_000_001,
    }
}

/// 95 % confidence ellipse of a position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PosConfidenceEllipse {
    /// Semi major confidence.
    #[rasn(identifier = "semiMajorConfidence")]
    pub semi_major_confidence: SemiAxisLength,
    /// Semi minor confidence.
    #[rasn(identifier = "semiMinorConfidence")]
    pub semi_minor_confidence: SemiAxisLength,
    /// Semi major orientation.
    #[rasn(identifier = "semiMajorOrientation")]
    pub semi_major_orientation: HeadingValue,
}

/// A WGS84 position with confidence ellipse and altitude.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ReferencePosition {
    /// Latitude.
    pub latitude: Latitude,
    /// Longitude.
    pub longitude: Longitude,
    /// Position confidence ellipse.
    #[rasn(identifier = "positionConfidenceEllipse")]
    pub position_confidence_ellipse: PosConfidenceEllipse,
    /// Altitude.
    pub altitude: Altitude,
}

integer! {
    /// Semi-axis of a confidence ellipse, 0.01 m.
    SemiAxisLength(u16) = 0..=4095 {
        DO_NOT_USE = 0,
        OUT_OF_RANGE = 4094,
        UNAVAILABLE = 4095,
    }
}
