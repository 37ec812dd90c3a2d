//! A received CAM, read without allocation: every bit is checked, and what the receive path needs is kept.

use crate::cdd::r2::{
    AccelerationControl, Curvature, CurvatureCalculationMode, DangerousGoodsBasic, DriveDirection,
    EmergencyPriority, ExteriorLights, GenerationDeltaTime, Heading, LanePosition, LateralAcceleration,
    LightBarSirenInUse, LongitudinalAcceleration, PerformanceClass, ReferencePosition, RoadworksSubCauseCode,
    SpecialTransportType, Speed, SpeedLimit, StationID, StationType, SteeringWheelAngle, SubCauseCodeType,
    TrafficRule, VehicleLength, VehicleRole, VehicleWidth, VerticalAcceleration, YawRate,
};
use crate::error::CodecError;

/// The edition of the CAM that is read. The wire of release 1 is a part of that of release 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// EN 302 637-2 V1.4.1: what later editions added is skipped.
    One,
    /// TS 103 900 V2: extension containers are read down to their content, traffic rule 4 is known, and causes end
    /// at 128.
    Two,
}

/// A CAM whose every bit was checked. Fields that both releases share have their release 2 types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedCam {
    /// Who says it.
    pub station_id: StationID,
    /// When the position was taken, modulo 65,536 ms.
    pub generation_delta_time: GenerationDeltaTime,
    /// What kind of station says it.
    pub station_type: StationType,
    /// Where the station is.
    pub reference_position: ReferencePosition,
    /// The high frequency container.
    pub high_frequency: ReceivedHighFrequency,
    /// The low frequency container, when there is one.
    pub low_frequency: Option<ReceivedLowFrequency>,
    /// The special vehicle container, when there is one.
    pub special_vehicle: Option<ReceivedSpecialVehicle>,
    /// How many extension containers there are; always 0 when read as release 1.
    pub extension_containers: u16,
}

/// The high frequency container of a received CAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceivedHighFrequency {
    /// A vehicle's.
    Vehicle(ReceivedVehicle),
    /// A roadside unit's.
    Rsu {
        /// How many protected communication zones it announces, 0 to 16.
        protected_zones: u8,
    },
}

/// Motion and size of the vehicle that sent a CAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are documented by their types")]
pub struct ReceivedVehicle {
    pub heading: Heading,
    pub speed: Speed,
    pub drive_direction: DriveDirection,
    pub vehicle_length: VehicleLength,
    pub vehicle_width: VehicleWidth,
    pub longitudinal_acceleration: LongitudinalAcceleration,
    pub curvature: Curvature,
    pub curvature_calculation_mode: CurvatureCalculationMode,
    pub yaw_rate: YawRate,
    pub acceleration_control: Option<AccelerationControl>,
    pub lane_position: Option<LanePosition>,
    pub steering_wheel_angle: Option<SteeringWheelAngle>,
    pub lateral_acceleration: Option<LateralAcceleration>,
    pub vertical_acceleration: Option<VerticalAcceleration>,
    pub performance_class: Option<PerformanceClass>,
    /// Whether the vehicle announces a tolling zone.
    pub cen_dsrc_tolling_zone: bool,
}

/// The low frequency container of a received CAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedLowFrequency {
    /// The role that the vehicle acts in.
    pub vehicle_role: VehicleRole,
    /// Which lights are on.
    pub exterior_lights: ExteriorLights,
    /// How many points of its path it tells, 0 to 40.
    pub path_points: u8,
}

/// A cause that a special vehicle names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceivedCause {
    /// The cause, as in `CauseCodeType`.
    pub cause_code: u8,
    /// Its detail.
    pub sub_cause_code: SubCauseCodeType,
}

/// The special vehicle container of a received CAM, with what its permissions depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceivedSpecialVehicle {
    /// `publicTransportContainer`
    PublicTransport {
        /// Whether passengers are getting on or off.
        embarkation_status: bool,
        /// Whether the vehicle asks traffic equipment for something.
        pt_activation: bool,
    },
    /// `specialTransportContainer`
    SpecialTransport {
        /// Why it is special.
        special_transport_type: SpecialTransportType,
        /// Light bar and siren.
        light_bar_siren_in_use: LightBarSirenInUse,
    },
    /// `dangerousGoodsContainer`
    DangerousGoods(DangerousGoodsBasic),
    /// `roadWorksContainerBasic`
    RoadWorks {
        /// What kind of roadworks.
        roadworks_sub_cause_code: Option<RoadworksSubCauseCode>,
        /// Light bar and siren.
        light_bar_siren_in_use: LightBarSirenInUse,
        /// Whether it says which lanes are closed.
        closed_lanes: bool,
    },
    /// `rescueContainer`
    Rescue(LightBarSirenInUse),
    /// `emergencyContainer`
    Emergency {
        /// Light bar and siren.
        light_bar_siren_in_use: LightBarSirenInUse,
        /// What it is called to.
        incident_indication: Option<ReceivedCause>,
        /// What it asks others for.
        emergency_priority: Option<EmergencyPriority>,
    },
    /// `safetyCarContainer`
    SafetyCar {
        /// Light bar and siren.
        light_bar_siren_in_use: LightBarSirenInUse,
        /// Why it is there.
        incident_indication: Option<ReceivedCause>,
        /// The rule that it sets.
        traffic_rule: Option<TrafficRule>,
        /// The speed limit that it sets.
        speed_limit: Option<SpeedLimit>,
    },
}

impl ReceivedCam {
    /// Reads `octets` as a CAM of `release`, to the last bit. It accepts exactly what
    /// [`facility::decode`](crate::facility::decode) accepts, in a fraction of the time.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) for another message or version, and all that the
    /// reads of [`BitReader`](crate::uper::BitReader) refuse, each with its field and octet.
    pub fn read(octets: &[u8], release: Release) -> Result<Self, CodecError> {
        super::walk::cam(octets, release)
    }

    /// Whether the station is a vehicle in the sense of its container.
    #[must_use]
    pub const fn vehicle(&self) -> Option<&ReceivedVehicle> {
        match &self.high_frequency {
            ReceivedHighFrequency::Vehicle(vehicle) => Some(vehicle),
            ReceivedHighFrequency::Rsu { .. } => None,
        }
    }
}
