//! Vulnerable road users and their clusters.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{
    CardinalNumber1B, DeltaTimeQuarterSecond, DeltaTimeTenthOfSecond, ExteriorLights, Identifier1B, Shape,
    StationID,
};
use crate::cdd::macros::{bits, integer, list};

/// Cluster breakup info.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ClusterBreakupInfo {
    /// Cluster breakup reason.
    #[rasn(identifier = "clusterBreakupReason")]
    pub cluster_breakup_reason: ClusterBreakupReason,
    /// Breakup time.
    #[rasn(identifier = "breakupTime")]
    pub breakup_time: DeltaTimeQuarterSecond,
}

impl ClusterBreakupInfo {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        cluster_breakup_reason: ClusterBreakupReason,
        breakup_time: DeltaTimeQuarterSecond,
    ) -> Self {
        Self { cluster_breakup_reason, breakup_time }
    }
}

integer! {
    /// Cluster breakup reason.
    ClusterBreakupReason(u8) = 0..=15 {
        NOT_PROVIDED = 0,
        CLUSTERING_PURPOSE_COMPLETED = 1,
        LEADER_MOVED_OUT_OF_CLUSTER_BOUNDING_BOX = 2,
        JOINING_ANOTHER_CLUSTER = 3,
        ENTERING_LOW_RISK_AREA_BASED_ON_MAPS = 4,
        RECEPTION_OF_CPM_CONTAINING_CLUSTER = 5,
    }
}

/// Cluster join info.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ClusterJoinInfo {
    /// Cluster id.
    #[rasn(identifier = "clusterId")]
    pub cluster_id: Identifier1B,
    /// Join time.
    #[rasn(identifier = "joinTime")]
    pub join_time: DeltaTimeQuarterSecond,
}

impl ClusterJoinInfo {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(cluster_id: Identifier1B, join_time: DeltaTimeQuarterSecond) -> Self {
        Self { cluster_id, join_time }
    }
}

/// Cluster leave info.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ClusterLeaveInfo {
    /// Cluster id.
    #[rasn(identifier = "clusterId")]
    pub cluster_id: Identifier1B,
    /// Cluster leave reason.
    #[rasn(identifier = "clusterLeaveReason")]
    pub cluster_leave_reason: ClusterLeaveReason,
}

impl ClusterLeaveInfo {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(cluster_id: Identifier1B, cluster_leave_reason: ClusterLeaveReason) -> Self {
        Self { cluster_id, cluster_leave_reason }
    }
}

integer! {
    /// Cluster leave reason.
    ClusterLeaveReason(u8) = 0..=15 {
        NOT_PROVIDED = 0,
        CLUSTER_LEADER_LOST = 1,
        CLUSTER_DISBANDED_BY_LEADER = 2,
        OUT_OF_CLUSTER_BOUNDING_BOX = 3,
        OUT_OF_CLUSTER_SPEED_RANGE = 4,
        JOINING_ANOTHER_CLUSTER = 5,
        CANCELLED_JOIN = 6,
        FAILED_JOIN = 7,
        SAFETY_CONDITION = 8,
    }
}

/// Safe distance indication.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct SafeDistanceIndication {
    /// Subject station.
    #[rasn(identifier = "subjectStation")]
    pub subject_station: Option<StationID>,
    /// Safe distance indicator.
    #[rasn(identifier = "safeDistanceIndicator")]
    pub safe_distance_indicator: bool,
    /// Time to collision.
    #[rasn(identifier = "timeToCollision")]
    pub time_to_collision: Option<DeltaTimeTenthOfSecond>,
}

impl SafeDistanceIndication {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(safe_distance_indicator: bool) -> Self {
        Self { subject_station: None, safe_distance_indicator, time_to_collision: None }
    }
}

list! {
    /// Sequence of safe distance indication.
    extensible SequenceOfSafeDistanceIndication(SafeDistanceIndication) = 1..=8
}

list! {
    /// Sequence of trajectory interception indication.
    extensible SequenceOfTrajectoryInterceptionIndication(TrajectoryInterceptionIndication) = 1..=8
}

integer! {
    /// Trajectory interception confidence.
    TrajectoryInterceptionConfidence(u8) = 0..=3 {
        LESSTHAN50PERCENT = 0,
        BETWEEN50AND70_PERCENT = 1,
        BETWEEN70AND90_PERCENT = 2,
        ABOVE90_PERCENT = 3,
    }
}

/// Trajectory interception indication.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct TrajectoryInterceptionIndication {
    /// Subject station.
    #[rasn(identifier = "subjectStation")]
    pub subject_station: Option<StationID>,
    /// Trajectory interception probability.
    #[rasn(identifier = "trajectoryInterceptionProbability")]
    pub trajectory_interception_probability: TrajectoryInterceptionProbability,
    /// Trajectory interception confidence.
    #[rasn(identifier = "trajectoryInterceptionConfidence")]
    pub trajectory_interception_confidence: Option<TrajectoryInterceptionConfidence>,
}

impl TrajectoryInterceptionIndication {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(trajectory_interception_probability: TrajectoryInterceptionProbability) -> Self {
        Self {
            subject_station: None,
            trajectory_interception_probability,
            trajectory_interception_confidence: None,
        }
    }
}

integer! {
    /// Probability of an interception, 2 %.
    TrajectoryInterceptionProbability(u8) = 0..=63 {
        UNAVAILABLE = 63,
    }
}

/// Vru cluster information.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruClusterInformation {
    /// Cluster id.
    #[rasn(identifier = "clusterId")]
    pub cluster_id: Option<Identifier1B>,
    /// Cluster bounding box shape.
    #[rasn(identifier = "clusterBoundingBoxShape")]
    pub cluster_bounding_box_shape: Option<Shape>,
    /// Cluster cardinality size.
    #[rasn(identifier = "clusterCardinalitySize")]
    pub cluster_cardinality_size: CardinalNumber1B,
    /// Cluster profiles.
    #[rasn(identifier = "clusterProfiles")]
    pub cluster_profiles: Option<VruClusterProfiles>,
}

impl VruClusterInformation {
    /// One without its optional parts.
    #[must_use]
    pub fn new(cluster_cardinality_size: CardinalNumber1B) -> Self {
        Self {
            cluster_id: None,
            cluster_bounding_box_shape: None,
            cluster_cardinality_size,
            cluster_profiles: None,
        }
    }
}

bits! {
    /// Vru cluster profiles.
    VruClusterProfiles(u8) = 4 {
        PEDESTRIAN = 0,
        BICYCLIST = 1,
        MOTORCYCLIST = 2,
        ANIMAL = 3,
    }
}

integer! {
    /// Vru device usage.
    VruDeviceUsage(u8) = 0..=15 {
        UNAVAILABLE = 0,
        OTHER = 1,
        IDLE = 2,
        LISTENING_TO_AUDIO = 3,
        TYPING = 4,
        CALLING = 5,
        PLAYING_GAMES = 6,
        READING = 7,
        VIEWING = 8,
    }
}

integer! {
    /// Vru environment.
    VruEnvironment(u8) = 0..=15 {
        UNAVAILABLE = 0,
        INTERSECTION_CROSSING = 1,
        ZEBRA_CROSSING = 2,
        SIDEWALK = 3,
        ON_VEHICLE_ROAD = 4,
        PROTECTED_GEOGRAPHIC_AREA = 5,
    }
}

/// Vru exterior lights.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruExteriorLights {
    /// Vehicular.
    pub vehicular: ExteriorLights,
    /// Vru specific.
    #[rasn(identifier = "vruSpecific")]
    pub vru_specific: VruSpecificExteriorLights,
}

impl VruExteriorLights {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(vehicular: ExteriorLights, vru_specific: VruSpecificExteriorLights) -> Self {
        Self { vehicular, vru_specific }
    }
}

integer! {
    /// Vru movement control.
    VruMovementControl(u8) = 0..=15 {
        UNAVAILABLE = 0,
        BRAKING = 1,
        HARD_BRAKING = 2,
        STOP_PEDALING = 3,
        BRAKING_AND_STOP_PEDALING = 4,
        HARD_BRAKING_AND_STOP_PEDALING = 5,
        NO_REACTION = 6,
    }
}

/// Vru profile and subprofile.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum VruProfileAndSubprofile {
    /// Pedestrian.
    #[rasn(identifier = "pedestrian")]
    Pedestrian(VruSubProfilePedestrian),
    /// Bicyclist and light vru vehicle.
    #[rasn(identifier = "bicyclistAndLightVruVehicle")]
    BicyclistAndLightVruVehicle(VruSubProfileBicyclist),
    /// Motorcyclist.
    #[rasn(identifier = "motorcyclist")]
    Motorcyclist(VruSubProfileMotorcyclist),
    /// Animal.
    #[rasn(identifier = "animal")]
    Animal(VruSubProfileAnimal),
}

integer! {
    /// Vru size class.
    VruSizeClass(u8) = 0..=15 {
        UNAVAILABLE = 0,
        LOW = 1,
        MEDIUM = 2,
        HIGH = 3,
    }
}

bits! {
    /// Vru specific exterior lights.
    VruSpecificExteriorLights(u8) = 8 {
        UNAVAILABLE = 0,
        BACK_FLASH_LIGHT = 1,
        HELMET_LIGHT = 2,
        ARM_LIGHT = 3,
        LEG_LIGHT = 4,
        WHEEL_LIGHT = 5,
    }
}

integer! {
    /// Vru sub profile animal.
    VruSubProfileAnimal(u8) = 0..=15 {
        UNAVAILABLE = 0,
        WILD_ANIMAL = 1,
        FARM_ANIMAL = 2,
        SERVICE_ANIMAL = 3,
    }
}

integer! {
    /// Vru sub profile bicyclist.
    VruSubProfileBicyclist(u8) = 0..=15 {
        UNAVAILABLE = 0,
        BICYCLIST = 1,
        WHEELCHAIR_USER = 2,
        HORSE_AND_RIDER = 3,
        ROLLERSKATER = 4,
        E_SCOOTER = 5,
        PERSONAL_TRANSPORTER = 6,
        PEDELEC = 7,
        SPEED_PEDELEC = 8,
        ROADBIKE = 9,
        CHILDRENSBIKE = 10,
        RACEBIKE = 11,
    }
}

integer! {
    /// Vru sub profile motorcyclist.
    VruSubProfileMotorcyclist(u8) = 0..=15 {
        UNAVAILABLE = 0,
        MOPED = 1,
        MOTORCYCLE = 2,
        MOTORCYCLE_AND_SIDECAR_RIGHT = 3,
        MOTORCYCLE_AND_SIDECAR_LEFT = 4,
    }
}

integer! {
    /// Vru sub profile pedestrian.
    VruSubProfilePedestrian(u8) = 0..=15 {
        UNAVAILABLE = 0,
        ORDINARY_PEDESTRIAN = 1,
        ROAD_WORKER = 2,
        FIRST_RESPONDER = 3,
    }
}
