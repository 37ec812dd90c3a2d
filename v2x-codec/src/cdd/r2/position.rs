//! Where things are.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{
    Altitude, AltitudeValue, DeltaLatitude, DeltaLongitude, DeltaReferencePosition, Latitude, Longitude,
    SemiAxisLength, Wgs84AngleValue,
};
use crate::cdd::macros::{integer, list};

integer! {
    /// Confidence, percent.
    ConfidenceLevel(u8) = 1..=101 {
        UNAVAILABLE = 101,
    }
}

list! {
    /// Confidence levels.
    extensible ConfidenceLevels(ConfidenceLevel) = 1..=32
}

/// Delta position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DeltaPosition {
    /// Delta latitude.
    #[rasn(identifier = "deltaLatitude")]
    pub delta_latitude: DeltaLatitude,
    /// Delta longitude.
    #[rasn(identifier = "deltaLongitude")]
    pub delta_longitude: DeltaLongitude,
}

list! {
    /// Delta positions.
    extensible DeltaPositions(DeltaPosition) = 1..=32
}

list! {
    /// Delta reference positions.
    extensible DeltaReferencePositions(DeltaReferencePosition) = 1..=32
}

/// Geo position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct GeoPosition {
    /// Latitude.
    pub latitude: Latitude,
    /// Longitude.
    pub longitude: Longitude,
    /// Altitude.
    #[rasn(default = "default_geo_position_altitude")]
    pub altitude: AltitudeValue,
}

const fn default_geo_position_altitude() -> AltitudeValue {
    AltitudeValue::UNAVAILABLE
}

/// Geo position w altitude.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct GeoPositionWAltitude {
    /// Latitude.
    pub latitude: Latitude,
    /// Longitude.
    pub longitude: Longitude,
    /// Altitude.
    pub altitude: Altitude,
}

/// Geo position wo altitude.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct GeoPositionWoAltitude {
    /// Latitude.
    pub latitude: Latitude,
    /// Longitude.
    pub longitude: Longitude,
}

list! {
    /// Geo positions w altitude.
    extensible GeoPositionsWAltitude(GeoPositionWAltitude) = 1..=8
}

list! {
    /// Geo positions wo altitude.
    extensible GeoPositionsWoAltitude(GeoPositionWoAltitude) = 1..=8
}

/// Polygonal line.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum PolygonalLine {
    /// Delta positions.
    #[rasn(identifier = "deltaPositions")]
    DeltaPositions(DeltaPositions),
    /// Delta positions with altitude.
    #[rasn(identifier = "deltaPositionsWithAltitude")]
    DeltaPositionsWithAltitude(DeltaReferencePositions),
    /// Absolute positions.
    #[rasn(identifier = "absolutePositions")]
    AbsolutePositions(GeoPositionsWoAltitude),
    /// Absolute positions with altitude.
    #[rasn(identifier = "absolutePositionsWithAltitude")]
    AbsolutePositionsWithAltitude(GeoPositionsWAltitude),
}

integer! {
    /// Distance along the road from the reference position, metres.
    Position1d(i16) = -8190..=8191 {
        OUT_OF_RANGE = 8190,
        UNAVAILABLE = 8191,
    }
}

/// 95 % confidence ellipse of a position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionConfidenceEllipse {
    /// Semi major axis length.
    #[rasn(identifier = "semiMajorAxisLength")]
    pub semi_major_axis_length: SemiAxisLength,
    /// Semi minor axis length.
    #[rasn(identifier = "semiMinorAxisLength")]
    pub semi_minor_axis_length: SemiAxisLength,
    /// Semi major axis orientation.
    #[rasn(identifier = "semiMajorAxisOrientation")]
    pub semi_major_axis_orientation: Wgs84AngleValue,
}

/// A WGS84 position with confidence ellipse and altitude.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ReferencePositionWithConfidence {
    /// Latitude.
    pub latitude: Latitude,
    /// Longitude.
    pub longitude: Longitude,
    /// Position confidence ellipse.
    #[rasn(identifier = "positionConfidenceEllipse")]
    pub position_confidence_ellipse: PositionConfidenceEllipse,
    /// Altitude.
    pub altitude: Altitude,
}
