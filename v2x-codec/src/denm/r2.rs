//! DENM of release 2 (module `DENM-PDU-Description` of TS 103 831 V2).

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::cdd::macros::enumerated;
use crate::cdd::r2::{
    ActionId, ActionIdList, CauseCodeV2, ClosedLanes, DangerousGoodsExtended, DeltaReferencePosition,
    DeltaTimeMilliSecondPositive, DeltaTimeSecond, EnergyStorageType, EventHistory, GeneralizedLanePositions,
    HeightLonCarr, InformationQuality, ItineraryPath, ItsPduHeader, IvimReferences, LanePosition,
    LightBarSirenInUse, MapReferences, MetaInformation, MultiplicativeFactor, NumberOfOccupants, ObjectFace,
    OccupiedLanesWithConfidence, PathPredictedList, PerceivedObject, PosCentMass, PosFrontAx, PosLonCarr,
    Position1d, PositionOfOccupants, PositionOfPillars, PositioningSolutionType, ReferencePosition,
    RequestResponseIndication, RestrictedTypes, RoadConfigurationSectionList, RoadType, Speed, SpeedLimit,
    StandardLength3b, StandardLength12b, StationID, StationType, StationarySince, Temperature, TimestampIts,
    Traces, TracesExtended, TrafficDirection, TrafficRule, TurningRadius, VehicleIdentification, VehicleMass,
    Wgs84Angle, WheelBaseVehicle,
};

/// A Decentralized Environmental Notification Message.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DENM {
    /// Header.
    pub header: ItsPduHeader,
    /// Denm.
    pub denm: DenmPayload,
}

/// Payload of a DENM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DenmPayload {
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
    /// Action id.
    #[rasn(identifier = "actionId")]
    pub action_id: ActionId,
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
    /// Awareness distance.
    #[rasn(identifier = "awarenessDistance")]
    pub awareness_distance: Option<StandardLength3b>,
    /// Traffic direction.
    #[rasn(identifier = "trafficDirection")]
    pub traffic_direction: Option<TrafficDirection>,
    /// Validity duration.
    #[rasn(identifier = "validityDuration", default = "default_management_container_validity_duration")]
    pub validity_duration: DeltaTimeSecond,
    /// Transmission interval.
    #[rasn(identifier = "transmissionInterval")]
    pub transmission_interval: Option<DeltaTimeMilliSecondPositive>,
    /// Station type.
    #[rasn(identifier = "stationType")]
    pub station_type: StationType,
}

impl ManagementContainer {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        action_id: ActionId,
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
            awareness_distance: None,
            traffic_direction: None,
            validity_duration: DeltaTimeSecond::DEFAULT,
            transmission_interval: None,
            station_type,
        }
    }
}

const fn default_management_container_validity_duration() -> DeltaTimeSecond {
    DeltaTimeSecond::DEFAULT
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
    pub event_type: CauseCodeV2,
    /// Linked cause.
    #[rasn(identifier = "linkedCause")]
    pub linked_cause: Option<CauseCodeV2>,
    /// Event zone.
    #[rasn(identifier = "eventZone")]
    pub event_zone: Option<EventHistory>,
    /// Extension group 1.
    #[rasn(extension_addition_group, identifier = "extension1")]
    pub extension_1: Option<SituationContainerExtension1>,
    /// Extension group 2.
    #[rasn(extension_addition_group, identifier = "extension2")]
    pub extension_2: Option<SituationContainerExtension2>,
}

impl SituationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(information_quality: InformationQuality, event_type: CauseCodeV2) -> Self {
        Self {
            information_quality,
            event_type,
            linked_cause: None,
            event_zone: None,
            extension_1: None,
            extension_2: None,
        }
    }
}

/// Extension group 1 of [`SituationContainer`].
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SituationContainerExtension1 {
    /// Linked denms.
    #[rasn(identifier = "linkedDenms")]
    pub linked_denms: Option<ActionIdList>,
    /// Event end.
    #[rasn(identifier = "eventEnd")]
    pub event_end: Option<Position1d>,
}

/// Extension group 2 of [`SituationContainer`].
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SituationContainerExtension2 {
    /// Event end factor.
    #[rasn(identifier = "eventEndFactor")]
    pub event_end_factor: Option<MultiplicativeFactor>,
    /// Perceived event.
    #[rasn(identifier = "perceivedEvent")]
    pub perceived_event: Option<bool>,
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
    pub event_position_heading: Option<Wgs84Angle>,
    /// Detection zones to event position.
    #[rasn(identifier = "detectionZonesToEventPosition")]
    pub detection_zones_to_event_position: Traces,
    /// Road type.
    #[rasn(identifier = "roadType")]
    pub road_type: Option<RoadType>,
    /// Extension group 1.
    #[rasn(extension_addition_group, identifier = "extension1")]
    pub extension_1: Option<LocationContainerExtension1>,
}

impl LocationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(detection_zones_to_event_position: Traces) -> Self {
        Self {
            event_speed: None,
            event_position_heading: None,
            detection_zones_to_event_position,
            road_type: None,
            extension_1: None,
        }
    }
}

/// Extension group 1 of [`LocationContainer`].
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LocationContainerExtension1 {
    /// Lane positions.
    #[rasn(identifier = "lanePositions")]
    pub lane_positions: Option<GeneralizedLanePositions>,
    /// Occupied lanes.
    #[rasn(identifier = "occupiedLanes")]
    pub occupied_lanes: Option<OccupiedLanesWithConfidence>,
    /// Linked ivims.
    #[rasn(identifier = "linkedIvims")]
    pub linked_ivims: Option<IvimReferences>,
    /// Linked mapems.
    #[rasn(identifier = "linkedMapems")]
    pub linked_mapems: Option<MapReferences>,
    /// Detection zones to specified event point.
    #[rasn(identifier = "detectionZonesToSpecifiedEventPoint")]
    pub detection_zones_to_specified_event_point: Option<TracesExtended>,
    /// Predicted paths.
    #[rasn(identifier = "predictedPaths")]
    pub predicted_paths: Option<PathPredictedList>,
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
    /// Extension group 1.
    #[rasn(extension_addition_group, identifier = "extension1")]
    pub extension_1: Option<AlacarteContainerExtension1>,
}

/// Extension group 1 of [`AlacarteContainer`].
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AlacarteContainerExtension1 {
    /// Road configuration.
    #[rasn(identifier = "roadConfiguration")]
    pub road_configuration: Option<RoadConfigurationContainer>,
    /// Pre crash.
    #[rasn(identifier = "preCrash")]
    pub pre_crash: Option<PreCrashContainer>,
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
    pub incident_indication: Option<CauseCodeV2>,
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
    pub reference_denms: Option<ActionIdList>,
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
    pub stationary_cause: Option<CauseCodeV2>,
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

/// Road configuration container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct RoadConfigurationContainer {
    /// Road configuration confidence.
    #[rasn(identifier = "roadConfigurationConfidence")]
    pub road_configuration_confidence: MetaInformation,
    /// Road configuration section list.
    #[rasn(identifier = "roadConfigurationSectionList")]
    pub road_configuration_section_list: RoadConfigurationSectionList,
}

impl RoadConfigurationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        road_configuration_confidence: MetaInformation,
        road_configuration_section_list: RoadConfigurationSectionList,
    ) -> Self {
        Self { road_configuration_confidence, road_configuration_section_list }
    }
}

/// Pre crash container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PreCrashContainer {
    /// Perceived pre crash object.
    #[rasn(identifier = "perceivedPreCrashObject")]
    pub perceived_pre_crash_object: PerceivedObject,
    /// Object station id.
    #[rasn(identifier = "objectStationId")]
    pub object_station_id: Option<StationID>,
    /// Time to collision.
    #[rasn(identifier = "timeToCollision")]
    pub time_to_collision: Option<DeltaTimeMilliSecondPositive>,
    /// Impact section.
    #[rasn(identifier = "impactSection")]
    pub impact_section: Option<ObjectFace>,
    /// Estimated braking distance.
    #[rasn(identifier = "estimatedBrakingDistance")]
    pub estimated_braking_distance: Option<StandardLength12b>,
}

impl PreCrashContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(perceived_pre_crash_object: PerceivedObject) -> Self {
        Self {
            perceived_pre_crash_object,
            object_station_id: None,
            time_to_collision: None,
            impact_section: None,
            estimated_braking_distance: None,
        }
    }
}
