//! DENM of release 1 (module `DENM-PDU-Descriptions` of EN 302 637-3 V1.3.1).

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::cdd::macros::{enumerated, list};
use crate::cdd::r1::{
    ActionID, CauseCode, ClosedLanes, DangerousGoodsExtended, DeltaReferencePosition, EnergyStorageType,
    EventHistory, Heading, HeightLonCarr, InformationQuality, ItineraryPath, ItsPduHeader, LanePosition,
    LightBarSirenInUse, NumberOfOccupants, PosCentMass, PosFrontAx, PosLonCarr, PositionOfOccupants,
    PositionOfPillars, PositioningSolutionType, ReferencePosition, RelevanceDistance,
    RelevanceTrafficDirection, RequestResponseIndication, RestrictedTypes, RoadType, Speed, SpeedLimit,
    StationType, StationarySince, Temperature, TimestampIts, Traces, TrafficRule, TransmissionInterval,
    TurningRadius, ValidityDuration, VehicleIdentification, VehicleMass, WheelBaseVehicle,
};

/// A Decentralized Environmental Notification Message.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DENM {
    /// Header.
    pub header: ItsPduHeader,
    /// Denm.
    pub denm: DecentralizedEnvironmentalNotificationMessage,
}

/// Payload of a DENM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DecentralizedEnvironmentalNotificationMessage {
    /// Management.
    pub management: ManagementContainer,
    /// Situation.
    pub situation: Option<SituationContainer>,
    /// Location.
    pub location: Option<LocationContainer>,
    /// Alacarte.
    pub alacarte: Option<AlacarteContainer>,
}

/// Which event, where, when and for how long.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ManagementContainer {
    /// Action ID.
    #[rasn(identifier = "actionID")]
    pub action_id: ActionID,
    /// Detection time.
    #[rasn(identifier = "detectionTime")]
    pub detection_time: TimestampIts,
    /// Reference time.
    #[rasn(identifier = "referenceTime")]
    pub reference_time: TimestampIts,
    /// Termination.
    pub termination: Option<Termination>,
    /// Event position.
    #[rasn(identifier = "eventPosition")]
    pub event_position: ReferencePosition,
    /// Relevance distance.
    #[rasn(identifier = "relevanceDistance")]
    pub relevance_distance: Option<RelevanceDistance>,
    /// Relevance traffic direction.
    #[rasn(identifier = "relevanceTrafficDirection")]
    pub relevance_traffic_direction: Option<RelevanceTrafficDirection>,
    /// Validity duration.
    #[rasn(identifier = "validityDuration", default = "default_management_container_validity_duration")]
    pub validity_duration: ValidityDuration,
    /// Transmission interval.
    #[rasn(identifier = "transmissionInterval")]
    pub transmission_interval: Option<TransmissionInterval>,
    /// Station type.
    #[rasn(identifier = "stationType")]
    pub station_type: StationType,
}

impl ManagementContainer {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        action_id: ActionID,
        detection_time: TimestampIts,
        reference_time: TimestampIts,
        event_position: ReferencePosition,
        station_type: StationType,
    ) -> Self {
        Self {
            action_id,
            detection_time,
            reference_time,
            termination: None,
            event_position,
            relevance_distance: None,
            relevance_traffic_direction: None,
            validity_duration: ValidityDuration::DEFAULT,
            transmission_interval: None,
            station_type,
        }
    }
}

const fn default_management_container_validity_duration() -> ValidityDuration {
    ValidityDuration::DEFAULT
}

enumerated! {
    /// Whether the originator cancels its event or another station negates it.
    Termination {
        IsCancellation = "isCancellation",
        IsNegation = "isNegation",
    }
}

/// What happened.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct SituationContainer {
    /// Information quality.
    #[rasn(identifier = "informationQuality")]
    pub information_quality: InformationQuality,
    /// Event type.
    #[rasn(identifier = "eventType")]
    pub event_type: CauseCode,
    /// Linked cause.
    #[rasn(identifier = "linkedCause")]
    pub linked_cause: Option<CauseCode>,
    /// Event history.
    #[rasn(identifier = "eventHistory")]
    pub event_history: Option<EventHistory>,
}

impl SituationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(information_quality: InformationQuality, event_type: CauseCode) -> Self {
        Self { information_quality, event_type, linked_cause: None, event_history: None }
    }
}

/// Where the event lies on the road network.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct LocationContainer {
    /// Event speed.
    #[rasn(identifier = "eventSpeed")]
    pub event_speed: Option<Speed>,
    /// Event position heading.
    #[rasn(identifier = "eventPositionHeading")]
    pub event_position_heading: Option<Heading>,
    /// Traces.
    pub traces: Traces,
    /// Road type.
    #[rasn(identifier = "roadType")]
    pub road_type: Option<RoadType>,
}

impl LocationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(traces: Traces) -> Self {
        Self { event_speed: None, event_position_heading: None, traces, road_type: None }
    }
}

/// Further detail that the kind of event needs.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct AlacarteContainer {
    /// Lane position.
    #[rasn(identifier = "lanePosition")]
    pub lane_position: Option<LanePosition>,
    /// Impact reduction.
    #[rasn(identifier = "impactReduction")]
    pub impact_reduction: Option<ImpactReductionContainer>,
    /// External temperature.
    #[rasn(identifier = "externalTemperature")]
    pub external_temperature: Option<Temperature>,
    /// Road works.
    #[rasn(identifier = "roadWorks")]
    pub road_works: Option<RoadWorksContainerExtended>,
    /// Positioning solution.
    #[rasn(identifier = "positioningSolution")]
    pub positioning_solution: Option<PositioningSolutionType>,
    /// Stationary vehicle.
    #[rasn(identifier = "stationaryVehicle")]
    pub stationary_vehicle: Option<StationaryVehicleContainer>,
}

/// Vehicle data for the moments before a collision.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ImpactReductionContainer {
    /// Height lon carr left.
    #[rasn(identifier = "heightLonCarrLeft")]
    pub height_lon_carr_left: HeightLonCarr,
    /// Height lon carr right.
    #[rasn(identifier = "heightLonCarrRight")]
    pub height_lon_carr_right: HeightLonCarr,
    /// Pos lon carr left.
    #[rasn(identifier = "posLonCarrLeft")]
    pub pos_lon_carr_left: PosLonCarr,
    /// Pos lon carr right.
    #[rasn(identifier = "posLonCarrRight")]
    pub pos_lon_carr_right: PosLonCarr,
    /// Position of pillars.
    #[rasn(identifier = "positionOfPillars")]
    pub position_of_pillars: PositionOfPillars,
    /// Pos cent mass.
    #[rasn(identifier = "posCentMass")]
    pub pos_cent_mass: PosCentMass,
    /// Wheel base vehicle.
    #[rasn(identifier = "wheelBaseVehicle")]
    pub wheel_base_vehicle: WheelBaseVehicle,
    /// Turning radius.
    #[rasn(identifier = "turningRadius")]
    pub turning_radius: TurningRadius,
    /// Pos front ax.
    #[rasn(identifier = "posFrontAx")]
    pub pos_front_ax: PosFrontAx,
    /// Position of occupants.
    #[rasn(identifier = "positionOfOccupants")]
    pub position_of_occupants: PositionOfOccupants,
    /// Vehicle mass.
    #[rasn(identifier = "vehicleMass")]
    pub vehicle_mass: VehicleMass,
    /// Request response indication.
    #[rasn(identifier = "requestResponseIndication")]
    pub request_response_indication: RequestResponseIndication,
}

/// Roadworks in detail.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadWorksContainerExtended {
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: Option<LightBarSirenInUse>,
    /// Closed lanes.
    #[rasn(identifier = "closedLanes")]
    pub closed_lanes: Option<ClosedLanes>,
    /// Restriction.
    pub restriction: Option<RestrictedTypes>,
    /// Speed limit.
    #[rasn(identifier = "speedLimit")]
    pub speed_limit: Option<SpeedLimit>,
    /// Incident indication.
    #[rasn(identifier = "incidentIndication")]
    pub incident_indication: Option<CauseCode>,
    /// Recommended path.
    #[rasn(identifier = "recommendedPath")]
    pub recommended_path: Option<ItineraryPath>,
    /// Starting point speed limit.
    #[rasn(identifier = "startingPointSpeedLimit")]
    pub starting_point_speed_limit: Option<DeltaReferencePosition>,
    /// Traffic flow rule.
    #[rasn(identifier = "trafficFlowRule")]
    pub traffic_flow_rule: Option<TrafficRule>,
    /// Reference denms.
    #[rasn(identifier = "referenceDenms")]
    pub reference_denms: Option<ReferenceDenms>,
}

list! {
    /// Events that belong together.
    extensible ReferenceDenms(ActionID) = 1..=8
}

/// A standing vehicle in detail.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct StationaryVehicleContainer {
    /// Stationary since.
    #[rasn(identifier = "stationarySince")]
    pub stationary_since: Option<StationarySince>,
    /// Stationary cause.
    #[rasn(identifier = "stationaryCause")]
    pub stationary_cause: Option<CauseCode>,
    /// Carrying dangerous goods.
    #[rasn(identifier = "carryingDangerousGoods")]
    pub carrying_dangerous_goods: Option<DangerousGoodsExtended>,
    /// Number of occupants.
    #[rasn(identifier = "numberOfOccupants")]
    pub number_of_occupants: Option<NumberOfOccupants>,
    /// Vehicle identification.
    #[rasn(identifier = "vehicleIdentification")]
    pub vehicle_identification: Option<VehicleIdentification>,
    /// Energy storage type.
    #[rasn(identifier = "energyStorageType")]
    pub energy_storage_type: Option<EnergyStorageType>,
}
