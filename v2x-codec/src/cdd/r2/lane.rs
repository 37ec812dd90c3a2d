//! Lanes, road sections and references into maps.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{
    GeoPosition, Identifier1B, Identifier2B, LanePosition, MetaInformation, PathReferences, RoadType,
    StandardLength2B, StandardLength9b,
};
use crate::cdd::macros::{bits, enumerated, extensible_integer, integer, list};

list! {
    /// Basic lane configuration.
    extensible BasicLaneConfiguration(BasicLaneInformation) = 1..=16
}

/// Basic lane information.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct BasicLaneInformation {
    /// Lane number.
    #[rasn(identifier = "laneNumber")]
    pub lane_number: LanePosition,
    /// Direction.
    pub direction: Direction,
    /// Lane width.
    #[rasn(identifier = "laneWidth")]
    pub lane_width: Option<LaneWidth>,
    /// Connecting lane.
    #[rasn(identifier = "connectingLane")]
    pub connecting_lane: Option<LanePosition>,
    /// Connecting road section.
    #[rasn(identifier = "connectingRoadSection")]
    pub connecting_road_section: Option<RoadSectionId>,
}

impl BasicLaneInformation {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(lane_number: LanePosition, direction: Direction) -> Self {
        Self {
            lane_number,
            direction,
            lane_width: None,
            connecting_lane: None,
            connecting_road_section: None,
        }
    }
}

bits! {
    /// ISO 3166-1 country in the ten-bit code of ISO 14816.
    CountryCode(u16) = 10 {}
}

integer! {
    /// Direction.
    Direction(u8) = 0..=3 {
        SAME_DIRECTION = 0,
        OPPOSITE_DIRECTION = 1,
        BOTH_DIRECTIONS = 2,
        UNAVAILABLE = 3,
    }
}

/// Generalized lane position.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct GeneralizedLanePosition {
    /// Lane position based.
    #[rasn(identifier = "lanePositionBased")]
    pub lane_position_based: LanePositionOptions,
    /// Map based.
    #[rasn(identifier = "mapBased")]
    pub map_based: Option<MapPosition>,
    /// Confidence.
    pub confidence: MetaInformation,
}

impl GeneralizedLanePosition {
    /// One without its optional parts.
    #[must_use]
    pub fn new(lane_position_based: LanePositionOptions, confidence: MetaInformation) -> Self {
        Self { lane_position_based, map_based: None, confidence }
    }
}

list! {
    /// Generalized lane positions.
    GeneralizedLanePositions(GeneralizedLanePosition) = 1..=4
}

/// Intersection reference id.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct IntersectionReferenceId {
    /// Region.
    pub region: Option<Identifier2B>,
    /// Id.
    pub id: Identifier2B,
}

integer! {
    /// Issuer identifier.
    IssuerIdentifier(u16) = 0..=16383 {}
}

extensible_integer! {
    /// Number of an IVI; the first 32,767 values are in the root.
    IviIdentificationNumber = 1..=32767
}

/// Ivim reference.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct IvimReference {
    /// Service provider id.
    #[rasn(identifier = "serviceProviderId")]
    pub service_provider_id: Provider,
    /// Ivi identification number.
    #[rasn(identifier = "iviIdentificationNumber")]
    pub ivi_identification_number: IviIdentificationNumber,
}

list! {
    /// Ivim references.
    extensible IvimReferences(IvimReference) = 1..=8
}

/// Lane position and type.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct LanePositionAndType {
    /// Transversal position.
    #[rasn(identifier = "transversalPosition")]
    pub transversal_position: LanePosition,
    /// Lane type.
    #[rasn(identifier = "laneType", default = "default_lane_position_and_type_lane_type")]
    pub lane_type: LaneType,
    /// Direction.
    #[rasn(default = "default_lane_position_and_type_direction")]
    pub direction: Direction,
}

impl LanePositionAndType {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(transversal_position: LanePosition) -> Self {
        Self { transversal_position, lane_type: LaneType::TRAFFIC, direction: Direction::SAME_DIRECTION }
    }
}

const fn default_lane_position_and_type_lane_type() -> LaneType {
    LaneType::TRAFFIC
}

const fn default_lane_position_and_type_direction() -> Direction {
    Direction::SAME_DIRECTION
}

/// Lane position options.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum LanePositionOptions {
    /// Simplelane position.
    #[rasn(identifier = "simplelanePosition")]
    SimplelanePosition(LanePosition),
    /// Simple lane type.
    #[rasn(identifier = "simpleLaneType")]
    SimpleLaneType(LaneType),
    /// Detailedlane position.
    #[rasn(identifier = "detailedlanePosition")]
    DetailedlanePosition(LanePositionAndType),
    /// Lane position with lateral details.
    #[rasn(identifier = "lanePositionWithLateralDetails")]
    LanePositionWithLateralDetails(LanePositionWithLateralDetails),
    /// Traffic island position.
    #[rasn(identifier = "trafficIslandPosition")]
    TrafficIslandPosition(TrafficIslandPosition),
}

/// Lane position with lateral details.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct LanePositionWithLateralDetails {
    /// Transversal position.
    #[rasn(identifier = "transversalPosition")]
    pub transversal_position: LanePosition,
    /// Lane type.
    #[rasn(identifier = "laneType", default = "default_lane_position_with_lateral_details_lane_type")]
    pub lane_type: LaneType,
    /// Direction.
    #[rasn(default = "default_lane_position_with_lateral_details_direction")]
    pub direction: Direction,
    /// Distance to left border.
    #[rasn(identifier = "distanceToLeftBorder")]
    pub distance_to_left_border: StandardLength9b,
    /// Distance to right border.
    #[rasn(identifier = "distanceToRightBorder")]
    pub distance_to_right_border: StandardLength9b,
}

impl LanePositionWithLateralDetails {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        transversal_position: LanePosition,
        distance_to_left_border: StandardLength9b,
        distance_to_right_border: StandardLength9b,
    ) -> Self {
        Self {
            transversal_position,
            lane_type: LaneType::TRAFFIC,
            direction: Direction::SAME_DIRECTION,
            distance_to_left_border,
            distance_to_right_border,
        }
    }
}

const fn default_lane_position_with_lateral_details_lane_type() -> LaneType {
    LaneType::TRAFFIC
}

const fn default_lane_position_with_lateral_details_direction() -> Direction {
    Direction::SAME_DIRECTION
}

integer! {
    /// Lane type.
    LaneType(u8) = 0..=31 {
        TRAFFIC = 0,
        THROUGH = 1,
        REVERSIBLE = 2,
        ACCELERATION = 3,
        DECELERATION = 4,
        LEFT_HAND_TURNING = 5,
        RIGHT_HAND_TURNING = 6,
        DEDICATED_VEHICLE = 7,
        BUS = 8,
        TAXI = 9,
        HOV = 10,
        HOT = 11,
        PEDESTRIAN = 12,
        CYCLE_LANE = 13,
        MEDIAN = 14,
        STRIPING = 15,
        TRACKED_VEHICLE = 16,
        PARKING = 17,
        EMERGENCY = 18,
        VERGE = 19,
        MINIMUM_RISK_MANOEUVRE = 20,
        EXCLUSIVE_CYCLE_LANE = 21,
        UNKNOWN = 31,
    }
}

integer! {
    /// Lane width, 0.01 m.
    LaneWidth(u16) = 0..=1023 {}
}

/// Longitudinal lane position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LongitudinalLanePosition {
    /// Longitudinal lane position value.
    #[rasn(identifier = "longitudinalLanePositionValue")]
    pub longitudinal_lane_position_value: LongitudinalLanePositionValue,
    /// Longitudinal lane position confidence.
    #[rasn(identifier = "longitudinalLanePositionConfidence")]
    pub longitudinal_lane_position_confidence: LongitudinalLanePositionConfidence,
}

integer! {
    /// 95 % confidence of a distance along a lane, 0.1 m.
    LongitudinalLanePositionConfidence(u16) = 0..=1023 {
        OUT_OF_RANGE = 1022,
        UNAVAILABLE = 1023,
    }
}

integer! {
    /// Distance along a lane, 0.1 m.
    LongitudinalLanePositionValue(u16) = 0..=32767 {
        OUT_OF_RANGE = 32766,
        UNAVAILABLE = 32767,
    }
}

/// Map position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct MapPosition {
    /// Map reference.
    #[rasn(identifier = "mapReference")]
    pub map_reference: Option<MapReference>,
    /// Lane id.
    #[rasn(identifier = "laneId")]
    pub lane_id: Option<Identifier1B>,
    /// Connection id.
    #[rasn(identifier = "connectionId")]
    pub connection_id: Option<Identifier1B>,
    /// Longitudinal lane position.
    #[rasn(identifier = "longitudinalLanePosition")]
    pub longitudinal_lane_position: Option<LongitudinalLanePosition>,
}

/// Map reference.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum MapReference {
    /// Roadsegment.
    #[rasn(identifier = "roadsegment")]
    Roadsegment(RoadSegmentReferenceId),
    /// Intersection.
    #[rasn(identifier = "intersection")]
    Intersection(IntersectionReferenceId),
}

list! {
    /// Map references.
    extensible MapReferences(MapReference) = 1..=8
}

list! {
    /// Mapem configuration.
    extensible MapemConfiguration(MapemElementReference) = 1..=16
}

list! {
    /// Mapem connection list.
    extensible MapemConnectionList(Identifier1B) = 1..=8
}

/// Mapem element reference.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct MapemElementReference {
    /// Map reference.
    #[rasn(identifier = "mapReference")]
    pub map_reference: Option<MapReference>,
    /// Lane ids.
    #[rasn(identifier = "laneIds")]
    pub lane_ids: Option<MapemLaneList>,
    /// Connection ids.
    #[rasn(identifier = "connectionIds")]
    pub connection_ids: Option<MapemConnectionList>,
}

list! {
    /// Mapem lane list.
    extensible MapemLaneList(Identifier1B) = 1..=8
}

enumerated! {
    /// Multiplicative factor.
    extensible MultiplicativeFactor {
        Tenth = "tenth",
        Half = "half",
        Two = "two",
        Three = "three",
        Five = "five",
        Ten = "ten",
        Fifty = "fifty",
        Hundred = "hundred",
    } additions {}
}

list! {
    /// Occupied lane positions.
    OccupiedLanePositions(LanePositionOptions) = 1..=4
}

/// Occupied lanes with confidence.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct OccupiedLanesWithConfidence {
    /// Lane position based.
    #[rasn(identifier = "lanePositionBased")]
    pub lane_position_based: OccupiedLanePositions,
    /// Map based.
    #[rasn(identifier = "mapBased")]
    pub map_based: Option<OccupiedMapPositions>,
    /// Confidence.
    pub confidence: MetaInformation,
}

impl OccupiedLanesWithConfidence {
    /// One without its optional parts.
    #[must_use]
    pub fn new(lane_position_based: OccupiedLanePositions, confidence: MetaInformation) -> Self {
        Self { lane_position_based, map_based: None, confidence }
    }
}

list! {
    /// Occupied map positions.
    OccupiedMapPositions(MapPosition) = 1..=4
}

/// Provider.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Provider {
    /// Country code.
    #[rasn(identifier = "countryCode")]
    pub country_code: CountryCode,
    /// Provider identifier.
    #[rasn(identifier = "providerIdentifier")]
    pub provider_identifier: IssuerIdentifier,
}

/// Road configuration section.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct RoadConfigurationSection {
    /// Road section definition.
    #[rasn(identifier = "roadSectionDefinition")]
    pub road_section_definition: RoadSectionDefinition,
    /// Road type.
    #[rasn(identifier = "roadType")]
    pub road_type: Option<RoadType>,
    /// Lane configuration.
    #[rasn(identifier = "laneConfiguration")]
    pub lane_configuration: Option<BasicLaneConfiguration>,
    /// Mapem configuration.
    #[rasn(identifier = "mapemConfiguration")]
    pub mapem_configuration: Option<MapemConfiguration>,
}

impl RoadConfigurationSection {
    /// One without its optional parts.
    #[must_use]
    pub fn new(road_section_definition: RoadSectionDefinition) -> Self {
        Self { road_section_definition, road_type: None, lane_configuration: None, mapem_configuration: None }
    }
}

list! {
    /// Road configuration section list.
    extensible RoadConfigurationSectionList(RoadConfigurationSection) = 1..=8
}

/// Road section definition.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct RoadSectionDefinition {
    /// Starting point section.
    #[rasn(identifier = "startingPointSection")]
    pub starting_point_section: GeoPosition,
    /// Length of section.
    #[rasn(identifier = "lengthOfSection")]
    pub length_of_section: Option<StandardLength2B>,
    /// Ending point section.
    #[rasn(identifier = "endingPointSection")]
    pub ending_point_section: Option<GeoPosition>,
    /// Connected paths.
    #[rasn(identifier = "connectedPaths")]
    pub connected_paths: PathReferences,
    /// Included paths.
    #[rasn(identifier = "includedPaths")]
    pub included_paths: PathReferences,
    /// Is event zone included.
    #[rasn(identifier = "isEventZoneIncluded")]
    pub is_event_zone_included: bool,
    /// Is event zone connected.
    #[rasn(identifier = "isEventZoneConnected")]
    pub is_event_zone_connected: bool,
}

impl RoadSectionDefinition {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        starting_point_section: GeoPosition,
        connected_paths: PathReferences,
        included_paths: PathReferences,
        is_event_zone_included: bool,
        is_event_zone_connected: bool,
    ) -> Self {
        Self {
            starting_point_section,
            length_of_section: None,
            ending_point_section: None,
            connected_paths,
            included_paths,
            is_event_zone_included,
            is_event_zone_connected,
        }
    }
}

extensible_integer! {
    /// Number of a road section; the first nine values are in the root.
    RoadSectionId = 0..=8
}

/// Road segment reference id.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadSegmentReferenceId {
    /// Region.
    pub region: Option<Identifier2B>,
    /// Id.
    pub id: Identifier2B,
}

/// Traffic island position.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct TrafficIslandPosition {
    /// One side.
    #[rasn(identifier = "oneSide")]
    pub one_side: LanePositionAndType,
    /// Other side.
    #[rasn(identifier = "otherSide")]
    pub other_side: LanePositionAndType,
}

impl TrafficIslandPosition {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(one_side: LanePositionAndType, other_side: LanePositionAndType) -> Self {
        Self { one_side, other_side }
    }
}
