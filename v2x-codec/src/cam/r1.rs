//! CAM of release 1 (module `CAM-PDU-Descriptions` of EN 302 637-2 V1.4.1).

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::r1::{
    AccelerationControl, CauseCode, CenDsrcTollingZone, Curvature, CurvatureCalculationMode, DriveDirection,
    EmergencyPriority, ExteriorLights, GenerationDeltaTime, Heading, ItsPduHeader, LanePosition,
    LateralAcceleration, LightBarSirenInUse, LongitudinalAcceleration, PathHistory, PerformanceClass,
    ProtectedCommunicationZonesRSU, ReferencePosition, Speed, SpeedLimit, StationType, SteeringWheelAngle,
    TrafficRule, VehicleLength, VehicleRole, VehicleWidth, VerticalAcceleration, YawRate,
};

pub use super::container::*;

/// A Cooperative Awareness Message.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CAM {
    /// Header.
    pub header: ItsPduHeader,
    /// Cam.
    pub cam: CoopAwareness,
}

/// Payload of a CAM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CoopAwareness {
    /// Generation delta time.
    #[rasn(identifier = "generationDeltaTime")]
    pub generation_delta_time: GenerationDeltaTime,
    /// Cam parameters.
    #[rasn(identifier = "camParameters")]
    pub cam_parameters: CamParameters,
}

/// The containers of a CAM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CamParameters {
    /// Basic container.
    #[rasn(identifier = "basicContainer")]
    pub basic_container: BasicContainer,
    /// High frequency container.
    #[rasn(identifier = "highFrequencyContainer")]
    pub high_frequency_container: HighFrequencyContainer,
    /// Low frequency container.
    #[rasn(identifier = "lowFrequencyContainer")]
    pub low_frequency_container: Option<LowFrequencyContainer>,
    /// Special vehicle container.
    #[rasn(identifier = "specialVehicleContainer")]
    pub special_vehicle_container: Option<SpecialVehicleContainer>,
}

impl CamParameters {
    /// One without its optional parts.
    #[must_use]
    pub fn new(basic_container: BasicContainer, high_frequency_container: HighFrequencyContainer) -> Self {
        Self {
            basic_container,
            high_frequency_container,
            low_frequency_container: None,
            special_vehicle_container: None,
        }
    }
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
    pub reference_position: ReferencePosition,
}

impl BasicContainer {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(station_type: StationType, reference_position: ReferencePosition) -> Self {
        Self { station_type, reference_position }
    }
}

/// What is sent in every CAM.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum HighFrequencyContainer {
    /// Basic vehicle container high frequency.
    #[rasn(identifier = "basicVehicleContainerHighFrequency")]
    BasicVehicleContainerHighFrequency(BasicVehicleContainerHighFrequency),
    /// Rsu container high frequency.
    #[rasn(identifier = "rsuContainerHighFrequency")]
    RsuContainerHighFrequency(RSUContainerHighFrequency),
}

/// Motion and size of a vehicle.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BasicVehicleContainerHighFrequency {
    /// Heading.
    pub heading: Heading,
    /// Speed.
    pub speed: Speed,
    /// Drive direction.
    #[rasn(identifier = "driveDirection")]
    pub drive_direction: DriveDirection,
    /// Vehicle length.
    #[rasn(identifier = "vehicleLength")]
    pub vehicle_length: VehicleLength,
    /// Vehicle width.
    #[rasn(identifier = "vehicleWidth")]
    pub vehicle_width: VehicleWidth,
    /// Longitudinal acceleration.
    #[rasn(identifier = "longitudinalAcceleration")]
    pub longitudinal_acceleration: LongitudinalAcceleration,
    /// Curvature.
    pub curvature: Curvature,
    /// Curvature calculation mode.
    #[rasn(identifier = "curvatureCalculationMode")]
    pub curvature_calculation_mode: CurvatureCalculationMode,
    /// Yaw rate.
    #[rasn(identifier = "yawRate")]
    pub yaw_rate: YawRate,
    /// Acceleration control.
    #[rasn(identifier = "accelerationControl")]
    pub acceleration_control: Option<AccelerationControl>,
    /// Lane position.
    #[rasn(identifier = "lanePosition")]
    pub lane_position: Option<LanePosition>,
    /// Steering wheel angle.
    #[rasn(identifier = "steeringWheelAngle")]
    pub steering_wheel_angle: Option<SteeringWheelAngle>,
    /// Lateral acceleration.
    #[rasn(identifier = "lateralAcceleration")]
    pub lateral_acceleration: Option<LateralAcceleration>,
    /// Vertical acceleration.
    #[rasn(identifier = "verticalAcceleration")]
    pub vertical_acceleration: Option<VerticalAcceleration>,
    /// Performance class.
    #[rasn(identifier = "performanceClass")]
    pub performance_class: Option<PerformanceClass>,
    /// Cen dsrc tolling zone.
    #[rasn(identifier = "cenDsrcTollingZone")]
    pub cen_dsrc_tolling_zone: Option<CenDsrcTollingZone>,
}

/// What a roadside unit sends.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct RSUContainerHighFrequency {
    /// Protected communication zones RSU.
    #[rasn(identifier = "protectedCommunicationZonesRSU")]
    pub protected_communication_zones_rsu: Option<ProtectedCommunicationZonesRSU>,
}

/// What is sent at most twice a second.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum LowFrequencyContainer {
    /// Basic vehicle container low frequency.
    #[rasn(identifier = "basicVehicleContainerLowFrequency")]
    BasicVehicleContainerLowFrequency(BasicVehicleContainerLowFrequency),
}

/// Role, lights and path of a vehicle.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BasicVehicleContainerLowFrequency {
    /// Vehicle role.
    #[rasn(identifier = "vehicleRole")]
    pub vehicle_role: VehicleRole,
    /// Exterior lights.
    #[rasn(identifier = "exteriorLights")]
    pub exterior_lights: ExteriorLights,
    /// Path history.
    #[rasn(identifier = "pathHistory")]
    pub path_history: PathHistory,
}

/// What a vehicle in a special role adds.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum SpecialVehicleContainer {
    /// Public transport container.
    #[rasn(identifier = "publicTransportContainer")]
    PublicTransportContainer(PublicTransportContainer),
    /// Special transport container.
    #[rasn(identifier = "specialTransportContainer")]
    SpecialTransportContainer(SpecialTransportContainer),
    /// Dangerous goods container.
    #[rasn(identifier = "dangerousGoodsContainer")]
    DangerousGoodsContainer(DangerousGoodsContainer),
    /// Road works container basic.
    #[rasn(identifier = "roadWorksContainerBasic")]
    RoadWorksContainerBasic(RoadWorksContainerBasic),
    /// Rescue container.
    #[rasn(identifier = "rescueContainer")]
    RescueContainer(RescueContainer),
    /// Emergency container.
    #[rasn(identifier = "emergencyContainer")]
    EmergencyContainer(EmergencyContainer),
    /// Safety car container.
    #[rasn(identifier = "safetyCarContainer")]
    SafetyCarContainer(SafetyCarContainer),
}

/// Emergency container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct EmergencyContainer {
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: LightBarSirenInUse,
    /// Incident indication.
    #[rasn(identifier = "incidentIndication")]
    pub incident_indication: Option<CauseCode>,
    /// Emergency priority.
    #[rasn(identifier = "emergencyPriority")]
    pub emergency_priority: Option<EmergencyPriority>,
}

/// Safety car container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SafetyCarContainer {
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: LightBarSirenInUse,
    /// Incident indication.
    #[rasn(identifier = "incidentIndication")]
    pub incident_indication: Option<CauseCode>,
    /// Traffic rule.
    #[rasn(identifier = "trafficRule")]
    pub traffic_rule: Option<TrafficRule>,
    /// Speed limit.
    #[rasn(identifier = "speedLimit")]
    pub speed_limit: Option<SpeedLimit>,
}
