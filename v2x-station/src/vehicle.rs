//! What a vehicle knows of itself, and the CAM that says so.

use v2x_codec::CodecError;
use v2x_codec::cam::r1::{
    BasicContainer, BasicVehicleContainerHighFrequency, BasicVehicleContainerLowFrequency, CAM,
    CamParameters, CoopAwareness, EmergencyContainer, HighFrequencyContainer, LowFrequencyContainer,
    SpecialVehicleContainer,
};
use v2x_codec::cdd::r1::{
    AccelerationConfidence, Altitude, AltitudeConfidence, AltitudeValue, Curvature, CurvatureCalculationMode,
    CurvatureConfidence, CurvatureValue, DriveDirection, EmergencyPriority, ExteriorLights,
    GenerationDeltaTime, Heading, HeadingConfidence, HeadingValue, ItsPduHeader, Latitude,
    LightBarSirenInUse, Longitude, LongitudinalAcceleration, LongitudinalAccelerationValue, MessageID,
    PathHistory, PosConfidenceEllipse, ProtocolVersion, ReferencePosition, SemiAxisLength, Speed,
    SpeedConfidence, SpeedValue, StationID, StationType, VehicleLength, VehicleLengthConfidenceIndication,
    VehicleLengthValue, VehicleRole, VehicleWidth, YawRate, YawRateConfidence, YawRateValue,
};
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::time::{GenerationDeltaTime as Wrapped, Time64};

use crate::cam_trigger::CamDue;
use crate::kinematics::Kinematics;

/// A vehicle's state as its sensors have it; what they do not have goes out as *unavailable*.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VehicleState {
    /// Where it is and how it moves.
    pub kinematics: Kinematics,
    /// Kind of station: 5 a passenger car, 6 a bus, 7 and 8 trucks, 10 a special vehicle (StationType).
    pub station_type: u8,
    /// Length in 0.1 m, 1…1022.
    pub length: u16,
    /// Width in 0.1 m, 1…61.
    pub width: u8,
    /// Whether it drives in an emergency with light bar and siren on, and claims the right of way.
    pub emergency: bool,
}

/// Encodes the CAM of a vehicle in `state` at `now`, sent as station `station_id`.
///
/// The message is a release 1 CAM, which receivers of release 2 read as it is.
///
/// # Errors
/// Those of the encoder, which values in their ranges do not meet.
pub fn encode_cam(
    state: &VehicleState,
    station_id: u32,
    now: Time64,
    due: CamDue,
) -> Result<Vec<u8>, CodecError> {
    let basic = BasicContainer::new(station_type(state.station_type), reference_position(&state.kinematics));
    let high = HighFrequencyContainer::BasicVehicleContainerHighFrequency(high_frequency(state));
    let mut parameters = CamParameters::new(basic, high);
    parameters.low_frequency_container = due.low_frequency.then(|| low_frequency(state));
    parameters.special_vehicle_container = (due.special_vehicle && state.emergency).then(emergency_container);
    facility::encode(&CAM {
        header: ItsPduHeader {
            protocol_version: ProtocolVersion::new(CAM::PROTOCOL_VERSION).unwrap_or(ProtocolVersion::MAX),
            message_id: MessageID::CAM,
            station_id: StationID::new(station_id).unwrap_or(StationID::MAX),
        },
        cam: CoopAwareness { generation_delta_time: delta_time(now), cam_parameters: parameters },
    })
}

fn delta_time(now: Time64) -> GenerationDeltaTime {
    GenerationDeltaTime::new(Wrapped::at(now).value()).unwrap_or(GenerationDeltaTime::MAX)
}

pub(crate) fn station_type(value: u8) -> StationType {
    StationType::new(value).unwrap_or(StationType::UNKNOWN)
}

pub(crate) fn reference_position(kinematics: &Kinematics) -> ReferencePosition {
    ReferencePosition {
        latitude: Latitude::new(kinematics.latitude).unwrap_or(Latitude::UNAVAILABLE),
        longitude: Longitude::new(kinematics.longitude).unwrap_or(Longitude::UNAVAILABLE),
        position_confidence_ellipse: PosConfidenceEllipse {
            semi_major_confidence: SemiAxisLength::UNAVAILABLE,
            semi_minor_confidence: SemiAxisLength::UNAVAILABLE,
            semi_major_orientation: HeadingValue::UNAVAILABLE,
        },
        altitude: Altitude {
            altitude_value: AltitudeValue::UNAVAILABLE,
            altitude_confidence: AltitudeConfidence::Unavailable,
        },
    }
}

fn high_frequency(state: &VehicleState) -> BasicVehicleContainerHighFrequency {
    BasicVehicleContainerHighFrequency {
        heading: Heading {
            heading_value: HeadingValue::new(state.kinematics.heading % 3_600)
                .unwrap_or(HeadingValue::UNAVAILABLE),
            heading_confidence: HeadingConfidence::UNAVAILABLE,
        },
        speed: Speed {
            speed_value: SpeedValue::new(state.kinematics.speed).unwrap_or(SpeedValue::UNAVAILABLE),
            speed_confidence: SpeedConfidence::UNAVAILABLE,
        },
        drive_direction: DriveDirection::Forward,
        vehicle_length: VehicleLength {
            vehicle_length_value: VehicleLengthValue::new(state.length)
                .unwrap_or(VehicleLengthValue::UNAVAILABLE),
            vehicle_length_confidence_indication: VehicleLengthConfidenceIndication::Unavailable,
        },
        vehicle_width: VehicleWidth::new(state.width).unwrap_or(VehicleWidth::UNAVAILABLE),
        longitudinal_acceleration: LongitudinalAcceleration {
            longitudinal_acceleration_value: LongitudinalAccelerationValue::UNAVAILABLE,
            longitudinal_acceleration_confidence: AccelerationConfidence::UNAVAILABLE,
        },
        curvature: Curvature {
            curvature_value: CurvatureValue::UNAVAILABLE,
            curvature_confidence: CurvatureConfidence::Unavailable,
        },
        curvature_calculation_mode: CurvatureCalculationMode::Unavailable,
        yaw_rate: YawRate {
            yaw_rate_value: YawRateValue::UNAVAILABLE,
            yaw_rate_confidence: YawRateConfidence::Unavailable,
        },
        acceleration_control: None,
        lane_position: None,
        steering_wheel_angle: None,
        lateral_acceleration: None,
        vertical_acceleration: None,
        performance_class: None,
        cen_dsrc_tolling_zone: None,
    }
}

fn low_frequency(state: &VehicleState) -> LowFrequencyContainer {
    let role = if state.emergency { VehicleRole::Emergency } else { VehicleRole::Default };
    LowFrequencyContainer::BasicVehicleContainerLowFrequency(BasicVehicleContainerLowFrequency {
        vehicle_role: role,
        exterior_lights: ExteriorLights::default(),
        path_history: PathHistory(Vec::new()),
    })
}

/// Light bar and siren on, and the right of way asked for.
fn emergency_container() -> SpecialVehicleContainer {
    SpecialVehicleContainer::EmergencyContainer(EmergencyContainer {
        light_bar_siren_in_use: LightBarSirenInUse::LIGHT_BAR_ACTIVATED
            .with(LightBarSirenInUse::SIREN_ACTIVATED),
        incident_indication: None,
        emergency_priority: Some(EmergencyPriority::REQUEST_FOR_RIGHT_OF_WAY),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use v2x_codec::cam::{ReceivedCam, ReceivedSpecialVehicle, Release};

    const NOW: Time64 = Time64::from_micros(700_000_000_000_000);

    fn state(emergency: bool) -> VehicleState {
        let kinematics =
            Kinematics { latitude: 507_000_000, longitude: 69_000_000, heading: 900, speed: 1_389 };
        VehicleState { kinematics, station_type: 5, length: 45, width: 18, emergency }
    }

    fn sent(state: &VehicleState, due: CamDue) -> ReceivedCam {
        let octets = encode_cam(state, 4_711, NOW, due).unwrap();
        ReceivedCam::read(&octets, Release::One).unwrap()
    }

    #[test]
    fn a_receiver_reads_what_the_vehicle_said() {
        let cam = sent(&state(false), CamDue { low_frequency: true, special_vehicle: true });
        assert_eq!(cam.station_id.value(), 4_711);
        assert_eq!(cam.reference_position.latitude.value(), 507_000_000);
        let vehicle = cam.vehicle().unwrap();
        assert_eq!((vehicle.heading.heading_value.value(), vehicle.speed.speed_value.value()), (900, 1_389));
        assert!(cam.low_frequency.is_some());
        assert!(cam.special_vehicle.is_none());
    }

    #[test]
    fn an_emergency_vehicle_says_so_where_the_container_is_due() {
        let due = CamDue { low_frequency: false, special_vehicle: true };
        let cam = sent(&state(true), due);
        assert!(matches!(cam.special_vehicle, Some(ReceivedSpecialVehicle::Emergency { .. })));
        assert!(sent(&state(true), CamDue { special_vehicle: false, ..due }).special_vehicle.is_none());
    }

    #[test]
    fn what_is_out_of_range_goes_out_as_unavailable() {
        let mut state = state(false);
        (state.kinematics.speed, state.length) = (u16::MAX, 0);
        let cam = sent(&state, CamDue { low_frequency: false, special_vehicle: false });
        let vehicle = cam.vehicle().unwrap();
        assert_eq!(vehicle.speed.speed_value, SpeedValue::UNAVAILABLE);
        assert_eq!(vehicle.vehicle_length.vehicle_length_value, VehicleLengthValue::UNAVAILABLE);
    }
}
