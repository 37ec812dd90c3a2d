//! Headers, stations, zones, times and events.

use rasn::types::BitString;
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::macros::{enumerated, extensible_integer, integer, list};

/// Which hard shoulders and driving lanes are closed.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ClosedLanes {
    /// Innerhard shoulder status.
    #[rasn(identifier = "innerhardShoulderStatus")]
    pub innerhard_shoulder_status: Option<HardShoulderStatus>,
    /// Outerhard shoulder status.
    #[rasn(identifier = "outerhardShoulderStatus")]
    pub outerhard_shoulder_status: Option<HardShoulderStatus>,
    /// Driving lane status.
    #[rasn(identifier = "drivingLaneStatus")]
    pub driving_lane_status: Option<DrivingLaneStatus>,
}

/// One bit a driving lane, outermost first; 1 is closed.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("1..=13"))]
pub struct DrivingLaneStatus(pub BitString);

integer! {
    /// TimestampIts of the position modulo 65,536, milliseconds.
    GenerationDeltaTime(u16) = 0..=65535 {}
}

enumerated! {
    /// State of a hard shoulder.
    HardShoulderStatus {
        AvailableForStopping = "availableForStopping",
        Closed = "closed",
        AvailableForDriving = "availableForDriving",
    }
}

integer! {
    /// Quality of the information, 1 lowest to 7 highest, 0 unknown.
    InformationQuality(u8) = 0..=7 {
        UNAVAILABLE = 0,
        LOWEST = 1,
        HIGHEST = 7,
    }
}

integer! {
    /// Identifier of a protected zone.
    ProtectedZoneID(u32) = 0..=134_217_727 {}
}

extensible_integer! {
    /// Radius of a protected zone, metres; the first 255 values are in the root.
    ProtectedZoneRadius = 1..=255
}

enumerated! {
    /// Kind of a protected zone.
    extensible ProtectedZoneType {
        PermanentCenDsrcTolling = "permanentCenDsrcTolling",
    } additions {
        TemporaryCenDsrcTolling = "temporaryCenDsrcTolling",
    }
}

list! {
    /// Station types that a restriction holds for.
    extensible RestrictedTypes(StationType) = 1..=3
}

enumerated! {
    /// Kind of road.
    RoadType {
        UrbanNoStructuralSeparationToOppositeLanes = "urban-NoStructuralSeparationToOppositeLanes",
        UrbanWithStructuralSeparationToOppositeLanes = "urban-WithStructuralSeparationToOppositeLanes",
        NonUrbanNoStructuralSeparationToOppositeLanes = "nonUrban-NoStructuralSeparationToOppositeLanes",
        NonUrbanWithStructuralSeparationToOppositeLanes = "nonUrban-WithStructuralSeparationToOppositeLanes",
    }
}

integer! {
    /// Kind of roadworks. Release 2 gives some of the same numbers other names.
    RoadworksSubCauseCode(u8) = 0..=255 {
        UNAVAILABLE = 0,
        ROAD_OR_CARRIAGEWAY_CLOSURE = 1,
        ROAD_MARKING_WORK_DEPRECATED = 2,
        MOVING_LANE_CLOSURE = 3,
        STATIONARY_LANE_CLOSURE = 4,
        STREET_CLEANING_DEPRECATED = 5,
        WINTER_SERVICE_DEPRECATED = 6,
        SETUP_PHASE = 7,
        REMODELLING_PHASE = 8,
        DISMANTLING_PHASE = 9,
        CARRIAGEWAY_CROSSOVER = 10,
    }
}

integer! {
    /// Sequence number of an event at its station.
    SequenceNumber(u16) = 0..=65535 {}
}

integer! {
    /// Speed limit, km/h.
    SpeedLimit(u8) = 1..=255 {}
}

integer! {
    /// Identifier of a station (`StationId` in release 2); a pseudonym, changed with the ticket.
    StationID(u32) = 0..=4_294_967_295 {}
}

integer! {
    /// Kind of station (`TrafficParticipantType` in release 2).
    StationType(u8) = 0..=255 {
        UNKNOWN = 0,
        PEDESTRIAN = 1,
        CYCLIST = 2,
        MOPED = 3,
        MOTORCYCLE = 4,
        PASSENGER_CAR = 5,
        BUS = 6,
        LIGHT_TRUCK = 7,
        HEAVY_TRUCK = 8,
        TRAILER = 9,
        SPECIAL_VEHICLE = 10,
        TRAM = 11,
        LIGHT_VRU_VEHICLE = 12,
        ANIMAL = 13,
        AGRICULTURAL = 14,
        INFRASTRUCTURE = 15,
    }
}

integer! {
    /// Detail of a cause; its meaning depends on the cause.
    SubCauseCodeType(u8) = 0..=255 {}
}

integer! {
    /// Temperature, °C.
    Temperature(i8) = -60..=67 {
        EQUAL_OR_SMALLER_THAN_MINUS60_DEG = -60,
        EQUAL_OR_GREATER_THAN67_DEG = 67,
    }
}

integer! {
    /// Milliseconds of TAI since 2004-01-01T00:00:00Z.
    TimestampIts(u64) = 0..=4_398_046_511_103 {}
}
