//! The common data dictionary of release 1 (module `ITS-Container`, TS 102 894-2 V1.3.1).

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::macros::{enumerated, integer, list};

pub use super::common::*;

/// Identifies an event: the station that found it and a number.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ActionID {
    /// Originating station ID.
    #[rasn(identifier = "originatingStationID")]
    pub originating_station_id: StationID,
    /// Sequence number.
    #[rasn(identifier = "sequenceNumber")]
    pub sequence_number: SequenceNumber,
}

/// What happened.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CauseCode {
    /// Cause code.
    #[rasn(identifier = "causeCode")]
    pub cause_code: CauseCodeType,
    /// Sub cause code.
    #[rasn(identifier = "subCauseCode")]
    pub sub_cause_code: SubCauseCodeType,
}

impl CauseCode {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(cause_code: CauseCodeType, sub_cause_code: SubCauseCodeType) -> Self {
        Self { cause_code, sub_cause_code }
    }
}

integer! {
    /// Cause of an event.
    CauseCodeType(u8) = 0..=255 {
        RESERVED = 0,
        TRAFFIC_CONDITION = 1,
        ACCIDENT = 2,
        ROADWORKS = 3,
        IMPASSABILITY = 5,
        ADVERSE_WEATHER_CONDITION_ADHESION = 6,
        AQUAPLANNNING = 7,
        HAZARDOUS_LOCATION_SURFACE_CONDITION = 9,
        HAZARDOUS_LOCATION_OBSTACLE_ON_THE_ROAD = 10,
        HAZARDOUS_LOCATION_ANIMAL_ON_THE_ROAD = 11,
        HUMAN_PRESENCE_ON_THE_ROAD = 12,
        WRONG_WAY_DRIVING = 14,
        RESCUE_AND_RECOVERY_WORK_IN_PROGRESS = 15,
        ADVERSE_WEATHER_CONDITION_EXTREME_WEATHER_CONDITION = 17,
        ADVERSE_WEATHER_CONDITION_VISIBILITY = 18,
        ADVERSE_WEATHER_CONDITION_PRECIPITATION = 19,
        SLOW_VEHICLE = 26,
        DANGEROUS_END_OF_QUEUE = 27,
        VEHICLE_BREAKDOWN = 91,
        POST_CRASH = 92,
        HUMAN_PROBLEM = 93,
        STATIONARY_VEHICLE = 94,
        EMERGENCY_VEHICLE_APPROACHING = 95,
        HAZARDOUS_LOCATION_DANGEROUS_CURVE = 96,
        COLLISION_RISK = 97,
        SIGNAL_VIOLATION = 98,
        DANGEROUS_SITUATION = 99,
    }
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
    /// Cen dsrc tolling zone ID.
    #[rasn(identifier = "cenDsrcTollingZoneID")]
    pub cen_dsrc_tolling_zone_id: Option<ProtectedZoneID>,
}

impl CenDsrcTollingZone {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(protected_zone_latitude: Latitude, protected_zone_longitude: Longitude) -> Self {
        Self { protected_zone_latitude, protected_zone_longitude, cen_dsrc_tolling_zone_id: None }
    }
}

/// Header of every facility message.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ItsPduHeader {
    /// Protocol version.
    #[rasn(identifier = "protocolVersion")]
    pub protocol_version: ProtocolVersion,
    /// Message ID.
    #[rasn(identifier = "messageID")]
    pub message_id: MessageID,
    /// Station ID.
    #[rasn(identifier = "stationID")]
    pub station_id: StationID,
}

integer! {
    /// Kind of message.
    MessageID(u8) = 0..=255 {
        DENM = 1,
        CAM = 2,
        POI = 3,
        SPATEM = 4,
        MAPEM = 5,
        IVIM = 6,
        EV_RSR = 7,
        TISTPGTRANSACTION = 8,
        SREM = 9,
        SSEM = 10,
        EVCSN = 11,
        SAEM = 12,
        RTCMEM = 13,
    }
}

enumerated! {
    /// How the position is found.
    extensible PositioningSolutionType {
        NoPositioningSolution = "noPositioningSolution",
        SGNSS = "sGNSS",
        DGNSS = "dGNSS",
        SGNSSplusDR = "sGNSSplusDR",
        DGNSSplusDR = "dGNSSplusDR",
        DR = "dR",
    } additions {}
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
    /// Protected zone ID.
    #[rasn(identifier = "protectedZoneID")]
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

integer! {
    /// Version of the message format.
    ProtocolVersion(u8) = 0..=255 {}
}

enumerated! {
    /// Distance within which the event matters.
    RelevanceDistance {
        LessThan50m = "lessThan50m",
        LessThan100m = "lessThan100m",
        LessThan200m = "lessThan200m",
        LessThan500m = "lessThan500m",
        LessThan1000m = "lessThan1000m",
        LessThan5km = "lessThan5km",
        LessThan10km = "lessThan10km",
        Over10km = "over10km",
    }
}

enumerated! {
    /// Traffic direction for which the event matters.
    RelevanceTrafficDirection {
        AllTrafficDirections = "allTrafficDirections",
        UpstreamTraffic = "upstreamTraffic",
        DownstreamTraffic = "downstreamTraffic",
        OppositeTraffic = "oppositeTraffic",
    }
}

list! {
    /// Paths that lead to the event.
    Traces(PathHistory) = 1..=7
}

enumerated! {
    /// A traffic rule in force.
    extensible TrafficRule {
        NoPassing = "noPassing",
        NoPassingForTrucks = "noPassingForTrucks",
        PassToRight = "passToRight",
        PassToLeft = "passToLeft",
    } additions {}
}

integer! {
    /// Interval of repetition, milliseconds.
    TransmissionInterval(u16) = 1..=10000 {}
}

integer! {
    /// How long the event lasts from its detection, seconds.
    ValidityDuration(u32) = 0..=86400 {
        TIME_OF_DETECTION = 0,
        DEFAULT = 600,
    }
}

enumerated! {
    /// Role that the vehicle acts in.
    VehicleRole {
        Default = "default",
        PublicTransport = "publicTransport",
        SpecialTransport = "specialTransport",
        DangerousGoods = "dangerousGoods",
        RoadWork = "roadWork",
        Rescue = "rescue",
        Emergency = "emergency",
        SafetyCar = "safetyCar",
        Agriculture = "agriculture",
        Commercial = "commercial",
        Military = "military",
        RoadOperator = "roadOperator",
        Taxi = "taxi",
        Reserved1 = "reserved1",
        Reserved2 = "reserved2",
        Reserved3 = "reserved3",
    }
}
