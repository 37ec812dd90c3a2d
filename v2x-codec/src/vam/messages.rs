//! VAM (module `VAM-PDU-Descriptions` of TS 103 300-3 V2).

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::r2::{
    AccelerationChangeIndication, BasicContainer, CartesianAngle, ClusterBreakupInfo, ClusterJoinInfo,
    ClusterLeaveInfo, Curvature, CurvatureCalculationMode, DeltaTimeQuarterSecond, GeneralizedLanePosition,
    GenerationDeltaTime, HeadingChangeIndication, ItsPduHeader, LateralAcceleration,
    LongitudinalAcceleration, PathHistory, PathPredicted, SequenceOfSafeDistanceIndication,
    SequenceOfTrajectoryInterceptionIndication, Speed, StabilityChangeIndication, VerticalAcceleration,
    VruClusterInformation, VruDeviceUsage, VruEnvironment, VruExteriorLights, VruMovementControl,
    VruProfileAndSubprofile, VruSizeClass, Wgs84Angle, YawRate,
};

/// A Vulnerable road user Awareness Message.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VAM {
    /// Header.
    pub header: ItsPduHeader,
    /// Vam.
    pub vam: VruAwareness,
}

/// Payload of a VAM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VruAwareness {
    /// Generation delta time.
    #[rasn(identifier = "generationDeltaTime")]
    pub generation_delta_time: GenerationDeltaTime,
    /// Vam parameters.
    #[rasn(identifier = "vamParameters")]
    pub vam_parameters: VamParameters,
}

/// The containers of a VAM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VamParameters {
    /// Basic container.
    #[rasn(identifier = "basicContainer")]
    pub basic_container: BasicContainer,
    /// Vru high frequency container.
    #[rasn(identifier = "vruHighFrequencyContainer")]
    pub vru_high_frequency_container: VruHighFrequencyContainer,
    /// Vru low frequency container.
    #[rasn(identifier = "vruLowFrequencyContainer")]
    pub vru_low_frequency_container: Option<VruLowFrequencyContainer>,
    /// Vru cluster information container.
    #[rasn(identifier = "vruClusterInformationContainer")]
    pub vru_cluster_information_container: Option<VruClusterInformationContainer>,
    /// Vru cluster operation container.
    #[rasn(identifier = "vruClusterOperationContainer")]
    pub vru_cluster_operation_container: Option<VruClusterOperationContainer>,
    /// Vru motion prediction container.
    #[rasn(identifier = "vruMotionPredictionContainer")]
    pub vru_motion_prediction_container: Option<VruMotionPredictionContainer>,
}

impl VamParameters {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        basic_container: BasicContainer,
        vru_high_frequency_container: VruHighFrequencyContainer,
    ) -> Self {
        Self {
            basic_container,
            vru_high_frequency_container,
            vru_low_frequency_container: None,
            vru_cluster_information_container: None,
            vru_cluster_operation_container: None,
            vru_motion_prediction_container: None,
        }
    }
}

/// Vru high frequency container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruHighFrequencyContainer {
    /// Heading.
    pub heading: Wgs84Angle,
    /// Speed.
    pub speed: Speed,
    /// Longitudinal acceleration.
    #[rasn(identifier = "longitudinalAcceleration")]
    pub longitudinal_acceleration: LongitudinalAcceleration,
    /// Curvature.
    pub curvature: Option<Curvature>,
    /// Curvature calculation mode.
    #[rasn(identifier = "curvatureCalculationMode")]
    pub curvature_calculation_mode: Option<CurvatureCalculationMode>,
    /// Yaw rate.
    #[rasn(identifier = "yawRate")]
    pub yaw_rate: Option<YawRate>,
    /// Lateral acceleration.
    #[rasn(identifier = "lateralAcceleration")]
    pub lateral_acceleration: Option<LateralAcceleration>,
    /// Vertical acceleration.
    #[rasn(identifier = "verticalAcceleration")]
    pub vertical_acceleration: Option<VerticalAcceleration>,
    /// Vru lane position.
    #[rasn(identifier = "vruLanePosition")]
    pub vru_lane_position: Option<GeneralizedLanePosition>,
    /// Environment.
    pub environment: Option<VruEnvironment>,
    /// Movement control.
    #[rasn(identifier = "movementControl")]
    pub movement_control: Option<VruMovementControl>,
    /// Orientation.
    pub orientation: Option<Wgs84Angle>,
    /// Roll angle.
    #[rasn(identifier = "rollAngle")]
    pub roll_angle: Option<CartesianAngle>,
    /// Device usage.
    #[rasn(identifier = "deviceUsage")]
    pub device_usage: Option<VruDeviceUsage>,
}

impl VruHighFrequencyContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        heading: Wgs84Angle,
        speed: Speed,
        longitudinal_acceleration: LongitudinalAcceleration,
    ) -> Self {
        Self {
            heading,
            speed,
            longitudinal_acceleration,
            curvature: None,
            curvature_calculation_mode: None,
            yaw_rate: None,
            lateral_acceleration: None,
            vertical_acceleration: None,
            vru_lane_position: None,
            environment: None,
            movement_control: None,
            orientation: None,
            roll_angle: None,
            device_usage: None,
        }
    }
}

/// Vru low frequency container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruLowFrequencyContainer {
    /// Profile and subprofile.
    #[rasn(identifier = "profileAndSubprofile")]
    pub profile_and_subprofile: VruProfileAndSubprofile,
    /// Size class.
    #[rasn(identifier = "sizeClass")]
    pub size_class: Option<VruSizeClass>,
    /// Exterior lights.
    #[rasn(identifier = "exteriorLights")]
    pub exterior_lights: Option<VruExteriorLights>,
}

impl VruLowFrequencyContainer {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(profile_and_subprofile: VruProfileAndSubprofile) -> Self {
        Self { profile_and_subprofile, size_class: None, exterior_lights: None }
    }
}

/// Vru cluster information container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruClusterInformationContainer {
    /// Vru cluster information.
    #[rasn(identifier = "vruClusterInformation")]
    pub vru_cluster_information: VruClusterInformation,
}

impl VruClusterInformationContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(vru_cluster_information: VruClusterInformation) -> Self {
        Self { vru_cluster_information }
    }
}

/// Vru cluster operation container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruClusterOperationContainer {
    /// Cluster join info.
    #[rasn(identifier = "clusterJoinInfo")]
    pub cluster_join_info: Option<ClusterJoinInfo>,
    /// Cluster leave info.
    #[rasn(identifier = "clusterLeaveInfo")]
    pub cluster_leave_info: Option<ClusterLeaveInfo>,
    /// Cluster breakup info.
    #[rasn(identifier = "clusterBreakupInfo")]
    pub cluster_breakup_info: Option<ClusterBreakupInfo>,
    /// Cluster id change time info.
    #[rasn(identifier = "clusterIdChangeTimeInfo")]
    pub cluster_id_change_time_info: Option<DeltaTimeQuarterSecond>,
}

/// Vru motion prediction container.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VruMotionPredictionContainer {
    /// Path history.
    #[rasn(identifier = "pathHistory")]
    pub path_history: Option<PathHistory>,
    /// Path prediction.
    #[rasn(identifier = "pathPrediction")]
    pub path_prediction: Option<PathPredicted>,
    /// Safe distance.
    #[rasn(identifier = "safeDistance")]
    pub safe_distance: Option<SequenceOfSafeDistanceIndication>,
    /// Trajectory interception indication.
    #[rasn(identifier = "trajectoryInterceptionIndication")]
    pub trajectory_interception_indication: Option<SequenceOfTrajectoryInterceptionIndication>,
    /// Acceleration change indication.
    #[rasn(identifier = "accelerationChangeIndication")]
    pub acceleration_change_indication: Option<AccelerationChangeIndication>,
    /// Heading change indication.
    #[rasn(identifier = "headingChangeIndication")]
    pub heading_change_indication: Option<HeadingChangeIndication>,
    /// Stability change indication.
    #[rasn(identifier = "stabilityChangeIndication")]
    pub stability_change_indication: Option<StabilityChangeIndication>,
}
