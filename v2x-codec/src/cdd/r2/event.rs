//! Headers, stations, zones, times and events.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{
    Latitude, Longitude, ProtectedZoneID, ProtectedZoneRadius, ProtectedZoneType,
    ReferencePositionWithConfidence, SequenceNumber, StationID, StationType, TimestampIts,
};
use crate::cdd::macros::{enumerated, integer, list};

/// Identifies an event: the station that found it and a number.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ActionId {
    /// Originating station id.
    #[rasn(identifier = "originatingStationId")]
    pub originating_station_id: StationID,
    /// Sequence number.
    #[rasn(identifier = "sequenceNumber")]
    pub sequence_number: SequenceNumber,
}

list! {
    /// Events that belong together.
    extensible ActionIdList(ActionId) = 1..=8
}

/// What every station says: its type and position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct BasicContainer {
    /// Station type.
    #[rasn(identifier = "stationType")]
    pub station_type: StationType,
    /// Reference position.
    #[rasn(identifier = "referencePosition")]
    pub reference_position: ReferencePositionWithConfidence,
}

impl BasicContainer {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(station_type: StationType, reference_position: ReferencePositionWithConfidence) -> Self {
        Self { station_type, reference_position }
    }
}

integer! {
    /// A count of one octet.
    CardinalNumber1B(u8) = 0..=255 {}
}

/// A zone with CEN DSRC tolling, where radios lower their power.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CenDsrcTollingZone {
    /// Protected zone latitude.
    #[rasn(identifier = "protectedZoneLatitude")]
    pub protected_zone_latitude: Latitude,
    /// Protected zone longitude.
    #[rasn(identifier = "protectedZoneLongitude")]
    pub protected_zone_longitude: Longitude,
    /// Cen dsrc tolling zone id.
    #[rasn(identifier = "cenDsrcTollingZoneId")]
    pub cen_dsrc_tolling_zone_id: Option<ProtectedZoneID>,
}

impl CenDsrcTollingZone {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(protected_zone_latitude: Latitude, protected_zone_longitude: Longitude) -> Self {
        Self { protected_zone_latitude, protected_zone_longitude, cen_dsrc_tolling_zone_id: None }
    }
}

integer! {
    /// A time span, milliseconds.
    DeltaTimeMilliSecondPositive(u16) = 1..=10000 {}
}

integer! {
    /// A time difference, milliseconds.
    DeltaTimeMilliSecondSigned(i16) = -2048..=2047 {}
}

integer! {
    /// A time span, seconds.
    DeltaTimeSecond(u32) = 0..=86400 {
        DEFAULT = 600,
    }
}

integer! {
    /// A time span, 10 s.
    DeltaTimeTenSeconds(u8) = 0..=127 {}
}

integer! {
    /// An identifier of one octet.
    Identifier1B(u8) = 0..=255 {}
}

integer! {
    /// An identifier of two octets.
    Identifier2B(u16) = 0..=65535 {}
}

/// Header of every facility message.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ItsPduHeader {
    /// Protocol version.
    #[rasn(identifier = "protocolVersion")]
    pub protocol_version: OrdinalNumber1B,
    /// Message id.
    #[rasn(identifier = "messageId")]
    pub message_id: MessageId,
    /// Station id.
    #[rasn(identifier = "stationId")]
    pub station_id: StationID,
}

integer! {
    /// Kind of message.
    MessageId(u8) = 0..=255 {
        DENM = 1,
        CAM = 2,
        POIM = 3,
        SPATEM = 4,
        MAPEM = 5,
        IVIM = 6,
        RFU1 = 7,
        RFU2 = 8,
        SREM = 9,
        SSEM = 10,
        EVCSN = 11,
        SAEM = 12,
        RTCMEM = 13,
        CPM = 14,
        IMZM = 15,
        VAM = 16,
        DSM = 17,
        MIM = 18,
        MVM = 19,
        MCM = 20,
        PIM = 21,
    }
}

integer! {
    /// A number of one octet; here the version of the message format.
    OrdinalNumber1B(u8) = 0..=255 {}
}

integer! {
    /// Number of a point in the event zone.
    PointOfEventZone(u8) = 1..=23 {}
}

/// A zone in which radios lower their power.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ProtectedCommunicationZone {
    /// Protected zone type.
    #[rasn(identifier = "protectedZoneType")]
    pub protected_zone_type: ProtectedZoneType,
    /// Expiry time.
    #[rasn(identifier = "expiryTime")]
    pub expiry_time: Option<TimestampIts>,
    /// Protected zone latitude.
    #[rasn(identifier = "protectedZoneLatitude")]
    pub protected_zone_latitude: Latitude,
    /// Protected zone longitude.
    #[rasn(identifier = "protectedZoneLongitude")]
    pub protected_zone_longitude: Longitude,
    /// Protected zone radius.
    #[rasn(identifier = "protectedZoneRadius")]
    pub protected_zone_radius: Option<ProtectedZoneRadius>,
    /// Protected zone id.
    #[rasn(identifier = "protectedZoneId")]
    pub protected_zone_id: Option<ProtectedZoneID>,
}

impl ProtectedCommunicationZone {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        protected_zone_type: ProtectedZoneType,
        protected_zone_latitude: Latitude,
        protected_zone_longitude: Longitude,
    ) -> Self {
        Self {
            protected_zone_type,
            expiry_time: None,
            protected_zone_latitude,
            protected_zone_longitude,
            protected_zone_radius: None,
            protected_zone_id: None,
        }
    }
}

list! {
    /// The protected zones that a roadside unit announces.
    ProtectedCommunicationZonesRSU(ProtectedCommunicationZone) = 1..=16
}

enumerated! {
    /// Traffic direction.
    TrafficDirection {
        AllTrafficDirections = "allTrafficDirections",
        SameAsReferenceDirectionUpstreamOfReferencePosition = "sameAsReferenceDirection-upstreamOfReferencePosition",
        SameAsReferenceDirectionDownstreamOfReferencePosition = "sameAsReferenceDirection-downstreamOfReferencePosition",
        OppositeToReferenceDirection = "oppositeToReferenceDirection",
    }
}

enumerated! {
    /// A traffic rule in force.
    extensible TrafficRule {
        NoPassing = "noPassing",
        NoPassingForTrucks = "noPassingForTrucks",
        PassToRight = "passToRight",
        PassToLeft = "passToLeft",
    } additions {
        PassToLeftOrRight = "passToLeftOrRight",
    }
}
