//! The walk over the bits of a CAM, in the order of its ASN.1.

use super::received::{
    ReceivedCam, ReceivedCause, ReceivedHighFrequency, ReceivedLowFrequency, ReceivedSpecialVehicle,
    ReceivedVehicle, Release,
};
use crate::cdd::r1;
use crate::cdd::r2::{
    AccelerationConfidence, AccelerationControl, Altitude, AltitudeConfidence, AltitudeValue, Curvature,
    CurvatureCalculationMode, CurvatureConfidence, CurvatureValue, DangerousGoodsBasic, DeltaAltitude,
    DriveDirection, EmergencyPriority, ExteriorLights, GenerationDeltaTime, HardShoulderStatus, Heading,
    HeadingConfidence, HeadingValue, LanePosition, LateralAcceleration, LateralAccelerationValue, Latitude,
    LightBarSirenInUse, Longitude, LongitudinalAcceleration, LongitudinalAccelerationValue, PathDeltaTime,
    PerformanceClass, PosConfidenceEllipse, ProtectedZoneID, ProtectedZoneRadius, ProtectedZoneType,
    ReferencePosition, RoadworksSubCauseCode, SemiAxisLength, SpecialTransportType, Speed, SpeedConfidence,
    SpeedLimit, SpeedValue, StationID, StationType, SteeringWheelAngle, SteeringWheelAngleConfidence,
    SteeringWheelAngleValue, SubCauseCodeType, TimestampIts, TrafficRule, VehicleLength,
    VehicleLengthConfidenceIndication, VehicleLengthValue, VehicleRole, VehicleWidth, VerticalAcceleration,
    VerticalAccelerationValue, YawRate, YawRateConfidence, YawRateValue,
};
use crate::error::{CodecError, ErrorKind};
use crate::facility::{FacilityMessage, check_header};
use crate::limits::MAX_UPER_OCTETS;
use crate::uper::BitReader;

/// Result of one read.
type Read<T> = Result<T, CodecError>;

/// Reads an OPTIONAL field whose presence bit was read before.
macro_rules! optional {
    ($present:expr, $read:expr) => {
        if $present { Some($read) } else { None }
    };
}

/// A whole CAM.
pub(super) fn cam(octets: &[u8], release: Release) -> Read<ReceivedCam> {
    if octets.len() > MAX_UPER_OCTETS {
        return Err(CodecError::new(ErrorKind::TooMany, "CAM", MAX_UPER_OCTETS));
    }
    let mut reader = BitReader::new(octets);
    let station_id = header(&mut reader)?;
    let cam = payload(&mut reader, station_id, release)?;
    reader.finish("CAM")?;
    Ok(cam)
}

fn header(reader: &mut BitReader<'_>) -> Read<StationID> {
    let version = reader.bits(8, "protocolVersion")? as u8;
    let id = reader.bits(8, "messageID")? as u8;
    type Cam = super::r1::CAM;
    check_header(version, id, (Cam::PROTOCOL_VERSION, Cam::MESSAGE_ID))?;
    StationID::read(reader, "stationID")
}

fn payload(reader: &mut BitReader<'_>, station_id: StationID, release: Release) -> Read<ReceivedCam> {
    let generation_delta_time = GenerationDeltaTime::read(reader, "generationDeltaTime")?;
    let extended = reader.bit("camParameters")?;
    let low = reader.bit("lowFrequencyContainer")?;
    let special = reader.bit("specialVehicleContainer")?;
    let (station_type, reference_position) = basic_container(reader)?;
    let high_frequency = high_frequency_container(reader)?;
    let low_frequency = optional!(low, low_frequency_container(reader)?);
    let special_vehicle = optional!(special, special_vehicle_container(reader, release)?);
    let extension_containers = if extended { extension_containers(reader, release)? } else { 0 };
    Ok(ReceivedCam {
        station_id,
        generation_delta_time,
        station_type,
        reference_position,
        high_frequency,
        low_frequency,
        special_vehicle,
        extension_containers,
    })
}

fn basic_container(reader: &mut BitReader<'_>) -> Read<(StationType, ReferencePosition)> {
    let extended = reader.bit("basicContainer")?;
    let station_type = StationType::read(reader, "stationType")?;
    let position = reference_position(reader)?;
    reader.skip_additions(extended, "basicContainer")?;
    Ok((station_type, position))
}

fn reference_position(reader: &mut BitReader<'_>) -> Read<ReferencePosition> {
    Ok(ReferencePosition {
        latitude: Latitude::read(reader, "latitude")?,
        longitude: Longitude::read(reader, "longitude")?,
        position_confidence_ellipse: PosConfidenceEllipse {
            semi_major_confidence: SemiAxisLength::read(reader, "semiMajorConfidence")?,
            semi_minor_confidence: SemiAxisLength::read(reader, "semiMinorConfidence")?,
            semi_major_orientation: HeadingValue::read(reader, "semiMajorOrientation")?,
        },
        altitude: Altitude {
            altitude_value: AltitudeValue::read(reader, "altitudeValue")?,
            altitude_confidence: AltitudeConfidence::read(reader, "altitudeConfidence")?,
        },
    })
}

fn high_frequency_container(reader: &mut BitReader<'_>) -> Read<ReceivedHighFrequency> {
    refuse_unknown_alternative(reader, "highFrequencyContainer")?;
    if reader.bit("highFrequencyContainer")? {
        rsu(reader)
    } else {
        vehicle(reader).map(ReceivedHighFrequency::Vehicle)
    }
}

/// A CHOICE whose extension bit is set holds an alternative of an edition to come.
fn refuse_unknown_alternative(reader: &mut BitReader<'_>, field: &'static str) -> Read<()> {
    if reader.bit(field)? { reader.pick_addition(&[], field) } else { Ok(()) }
}

fn vehicle(reader: &mut BitReader<'_>) -> Read<ReceivedVehicle> {
    let present = reader.bits(7, "basicVehicleContainerHighFrequency")?;
    let has = |field: u32| present >> (6 - field) & 1 == 1;
    let vehicle = ReceivedVehicle {
        heading: heading(reader)?,
        speed: speed(reader)?,
        drive_direction: DriveDirection::read(reader, "driveDirection")?,
        vehicle_length: vehicle_length(reader)?,
        vehicle_width: VehicleWidth::read(reader, "vehicleWidth")?,
        longitudinal_acceleration: longitudinal_acceleration(reader)?,
        curvature: curvature(reader)?,
        curvature_calculation_mode: CurvatureCalculationMode::read(reader, "curvatureCalculationMode")?,
        yaw_rate: yaw_rate(reader)?,
        acceleration_control: optional!(has(0), AccelerationControl::read(reader, "accelerationControl")?),
        lane_position: optional!(has(1), LanePosition::read(reader, "lanePosition")?),
        steering_wheel_angle: optional!(has(2), steering_wheel_angle(reader)?),
        lateral_acceleration: optional!(has(3), lateral_acceleration(reader)?),
        vertical_acceleration: optional!(has(4), vertical_acceleration(reader)?),
        performance_class: optional!(has(5), PerformanceClass::read(reader, "performanceClass")?),
        cen_dsrc_tolling_zone: has(6),
    };
    if vehicle.cen_dsrc_tolling_zone {
        tolling_zone(reader)?;
    }
    Ok(vehicle)
}

fn heading(reader: &mut BitReader<'_>) -> Read<Heading> {
    Ok(Heading {
        heading_value: HeadingValue::read(reader, "headingValue")?,
        heading_confidence: HeadingConfidence::read(reader, "headingConfidence")?,
    })
}

fn speed(reader: &mut BitReader<'_>) -> Read<Speed> {
    Ok(Speed {
        speed_value: SpeedValue::read(reader, "speedValue")?,
        speed_confidence: SpeedConfidence::read(reader, "speedConfidence")?,
    })
}

fn vehicle_length(reader: &mut BitReader<'_>) -> Read<VehicleLength> {
    let field = "vehicleLengthConfidenceIndication";
    Ok(VehicleLength {
        vehicle_length_value: VehicleLengthValue::read(reader, "vehicleLengthValue")?,
        vehicle_length_confidence_indication: VehicleLengthConfidenceIndication::read(reader, field)?,
    })
}

fn longitudinal_acceleration(reader: &mut BitReader<'_>) -> Read<LongitudinalAcceleration> {
    let (value, confidence) = ("longitudinalAccelerationValue", "longitudinalAccelerationConfidence");
    Ok(LongitudinalAcceleration {
        longitudinal_acceleration_value: LongitudinalAccelerationValue::read(reader, value)?,
        longitudinal_acceleration_confidence: AccelerationConfidence::read(reader, confidence)?,
    })
}

fn lateral_acceleration(reader: &mut BitReader<'_>) -> Read<LateralAcceleration> {
    let (value, confidence) = ("lateralAccelerationValue", "lateralAccelerationConfidence");
    Ok(LateralAcceleration {
        lateral_acceleration_value: LateralAccelerationValue::read(reader, value)?,
        lateral_acceleration_confidence: AccelerationConfidence::read(reader, confidence)?,
    })
}

fn vertical_acceleration(reader: &mut BitReader<'_>) -> Read<VerticalAcceleration> {
    let (value, confidence) = ("verticalAccelerationValue", "verticalAccelerationConfidence");
    Ok(VerticalAcceleration {
        vertical_acceleration_value: VerticalAccelerationValue::read(reader, value)?,
        vertical_acceleration_confidence: AccelerationConfidence::read(reader, confidence)?,
    })
}

fn curvature(reader: &mut BitReader<'_>) -> Read<Curvature> {
    Ok(Curvature {
        curvature_value: CurvatureValue::read(reader, "curvatureValue")?,
        curvature_confidence: CurvatureConfidence::read(reader, "curvatureConfidence")?,
    })
}

fn yaw_rate(reader: &mut BitReader<'_>) -> Read<YawRate> {
    Ok(YawRate {
        yaw_rate_value: YawRateValue::read(reader, "yawRateValue")?,
        yaw_rate_confidence: YawRateConfidence::read(reader, "yawRateConfidence")?,
    })
}

fn steering_wheel_angle(reader: &mut BitReader<'_>) -> Read<SteeringWheelAngle> {
    let (value, confidence) = ("steeringWheelAngleValue", "steeringWheelAngleConfidence");
    Ok(SteeringWheelAngle {
        steering_wheel_angle_value: SteeringWheelAngleValue::read(reader, value)?,
        steering_wheel_angle_confidence: SteeringWheelAngleConfidence::read(reader, confidence)?,
    })
}

fn tolling_zone(reader: &mut BitReader<'_>) -> Read<()> {
    let extended = reader.bit("cenDsrcTollingZone")?;
    let id = reader.bit("cenDsrcTollingZoneID")?;
    Latitude::read(reader, "protectedZoneLatitude")?;
    Longitude::read(reader, "protectedZoneLongitude")?;
    if id {
        ProtectedZoneID::read(reader, "cenDsrcTollingZoneID")?;
    }
    reader.skip_additions(extended, "cenDsrcTollingZone")
}

fn rsu(reader: &mut BitReader<'_>) -> Read<ReceivedHighFrequency> {
    let extended = reader.bit("rsuContainerHighFrequency")?;
    let mut protected_zones = 0;
    if reader.bit("protectedCommunicationZonesRSU")? {
        protected_zones = reader.bits(4, "protectedCommunicationZonesRSU")? as u8 + 1;
        for _ in 0..protected_zones {
            protected_zone(reader)?;
        }
    }
    reader.skip_additions(extended, "rsuContainerHighFrequency")?;
    Ok(ReceivedHighFrequency::Rsu { protected_zones })
}

fn protected_zone(reader: &mut BitReader<'_>) -> Read<()> {
    let extended = reader.bit("protectedCommunicationZone")?;
    let expiry = reader.bit("expiryTime")?;
    let radius = reader.bit("protectedZoneRadius")?;
    let id = reader.bit("protectedZoneID")?;
    ProtectedZoneType::read(reader, "protectedZoneType")?;
    if expiry {
        TimestampIts::read(reader, "expiryTime")?;
    }
    Latitude::read(reader, "protectedZoneLatitude")?;
    Longitude::read(reader, "protectedZoneLongitude")?;
    if radius {
        ProtectedZoneRadius::skip(reader, "protectedZoneRadius")?;
    }
    if id {
        ProtectedZoneID::read(reader, "protectedZoneID")?;
    }
    reader.skip_additions(extended, "protectedCommunicationZone")
}

fn low_frequency_container(reader: &mut BitReader<'_>) -> Read<ReceivedLowFrequency> {
    refuse_unknown_alternative(reader, "lowFrequencyContainer")?;
    let vehicle_role = VehicleRole::read(reader, "vehicleRole")?;
    let exterior_lights = ExteriorLights::read(reader, "exteriorLights")?;
    let path_points = reader.up_to(40, "pathHistory")? as u8;
    for _ in 0..path_points {
        path_point(reader)?;
    }
    Ok(ReceivedLowFrequency { vehicle_role, exterior_lights, path_points })
}

fn path_point(reader: &mut BitReader<'_>) -> Read<()> {
    let timed = reader.bit("pathDeltaTime")?;
    // Latitude and longitude differences use all values of their 18 bits.
    reader.skip(36, "pathPosition")?;
    DeltaAltitude::read(reader, "deltaAltitude")?;
    if timed { PathDeltaTime::skip(reader, "pathDeltaTime") } else { Ok(()) }
}

fn special_vehicle_container(reader: &mut BitReader<'_>, release: Release) -> Read<ReceivedSpecialVehicle> {
    let field = "specialVehicleContainer";
    refuse_unknown_alternative(reader, field)?;
    let refused = reader.error(ErrorKind::OutOfRange, field);
    match reader.bits(3, field)? {
        0 => public_transport(reader),
        1 => special_transport(reader),
        2 => DangerousGoodsBasic::read(reader, "dangerousGoodsBasic")
            .map(ReceivedSpecialVehicle::DangerousGoods),
        3 => road_works(reader),
        4 => light_bar_siren(reader).map(ReceivedSpecialVehicle::Rescue),
        5 => emergency(reader, release),
        6 => safety_car(reader, release),
        _ => Err(refused),
    }
}

fn light_bar_siren(reader: &mut BitReader<'_>) -> Read<LightBarSirenInUse> {
    LightBarSirenInUse::read(reader, "lightBarSirenInUse")
}

fn public_transport(reader: &mut BitReader<'_>) -> Read<ReceivedSpecialVehicle> {
    let pt_activation = reader.bit("ptActivation")?;
    let embarkation_status = reader.bit("embarkationStatus")?;
    if pt_activation {
        reader.skip(8, "ptActivationType")?;
        let octets = reader.up_to(19, "ptActivationData")? as usize + 1;
        reader.skip(octets * 8, "ptActivationData")?;
    }
    Ok(ReceivedSpecialVehicle::PublicTransport { embarkation_status, pt_activation })
}

fn special_transport(reader: &mut BitReader<'_>) -> Read<ReceivedSpecialVehicle> {
    Ok(ReceivedSpecialVehicle::SpecialTransport {
        special_transport_type: SpecialTransportType::read(reader, "specialTransportType")?,
        light_bar_siren_in_use: light_bar_siren(reader)?,
    })
}

fn road_works(reader: &mut BitReader<'_>) -> Read<ReceivedSpecialVehicle> {
    let field = "roadworksSubCauseCode";
    let sub_cause = reader.bit(field)?;
    let closed_lanes = reader.bit("closedLanes")?;
    let roadworks_sub_cause_code = optional!(sub_cause, RoadworksSubCauseCode::read(reader, field)?);
    let light_bar_siren_in_use = light_bar_siren(reader)?;
    if closed_lanes {
        skip_closed_lanes(reader)?;
    }
    Ok(ReceivedSpecialVehicle::RoadWorks { roadworks_sub_cause_code, light_bar_siren_in_use, closed_lanes })
}

fn skip_closed_lanes(reader: &mut BitReader<'_>) -> Read<()> {
    let extended = reader.bit("closedLanes")?;
    let inner = reader.bit("innerhardShoulderStatus")?;
    let outer = reader.bit("outerhardShoulderStatus")?;
    let lanes = reader.bit("drivingLaneStatus")?;
    if inner {
        HardShoulderStatus::read(reader, "innerhardShoulderStatus")?;
    }
    if outer {
        HardShoulderStatus::read(reader, "outerhardShoulderStatus")?;
    }
    if lanes {
        let count = reader.up_to(12, "drivingLaneStatus")? as usize + 1;
        reader.skip(count, "drivingLaneStatus")?;
    }
    reader.skip_additions(extended, "closedLanes")
}

fn emergency(reader: &mut BitReader<'_>, release: Release) -> Read<ReceivedSpecialVehicle> {
    let incident = reader.bit("incidentIndication")?;
    let priority = reader.bit("emergencyPriority")?;
    Ok(ReceivedSpecialVehicle::Emergency {
        light_bar_siren_in_use: light_bar_siren(reader)?,
        incident_indication: optional!(incident, cause(reader, release)?),
        emergency_priority: optional!(priority, EmergencyPriority::read(reader, "emergencyPriority")?),
    })
}

fn safety_car(reader: &mut BitReader<'_>, release: Release) -> Read<ReceivedSpecialVehicle> {
    let incident = reader.bit("incidentIndication")?;
    let rule = reader.bit("trafficRule")?;
    let limit = reader.bit("speedLimit")?;
    Ok(ReceivedSpecialVehicle::SafetyCar {
        light_bar_siren_in_use: light_bar_siren(reader)?,
        incident_indication: optional!(incident, cause(reader, release)?),
        traffic_rule: optional!(rule, traffic_rule(reader, release)?),
        speed_limit: optional!(limit, SpeedLimit::read(reader, "speedLimit")?),
    })
}

/// The choice of causes of release 2 has 129 alternatives, so that its index takes the eight bits that the cause
/// of release 1 takes.
fn cause(reader: &mut BitReader<'_>, release: Release) -> Read<ReceivedCause> {
    let extended = reader.bit("incidentIndication")?;
    let cause_code = match release {
        Release::One => reader.bits(8, "causeCode")?,
        Release::Two => reader.up_to(128, "ccAndScc")?,
    } as u8;
    let sub_cause_code = SubCauseCodeType::read(reader, "subCauseCode")?;
    reader.skip_additions(extended, "incidentIndication")?;
    Ok(ReceivedCause { cause_code, sub_cause_code })
}

fn traffic_rule(reader: &mut BitReader<'_>, release: Release) -> Read<TrafficRule> {
    match release {
        Release::One => r1::TrafficRule::read(reader, "trafficRule").map(TrafficRule::from),
        Release::Two => TrafficRule::read(reader, "trafficRule"),
    }
}

impl From<r1::TrafficRule> for TrafficRule {
    fn from(rule: r1::TrafficRule) -> Self {
        match rule {
            r1::TrafficRule::NoPassing => Self::NoPassing,
            r1::TrafficRule::NoPassingForTrucks => Self::NoPassingForTrucks,
            r1::TrafficRule::PassToRight => Self::PassToRight,
            r1::TrafficRule::PassToLeft => Self::PassToLeft,
        }
    }
}

fn extension_containers(reader: &mut BitReader<'_>, release: Release) -> Read<u16> {
    let field = "extensionContainers";
    let (first, others) = reader.additions(field)?;
    let count = match (release, first) {
        (Release::Two, true) => wrapped_containers(reader.open_type(field)?)?,
        (Release::One, true) => reader.skip_open_types(1, field).map(|()| 0)?,
        (Release::One | Release::Two, false) => 0,
    };
    reader.skip_open_types(others, field)?;
    Ok(count)
}

fn wrapped_containers(mut reader: BitReader<'_>) -> Read<u16> {
    let field = "extensionContainers";
    let count = if reader.bit(field)? { reader.length(field)? } else { reader.bits(3, field)? as usize + 1 };
    for _ in 0..count {
        super::extension::ExtensionContainerId::skip(&mut reader, "containerId")?;
        reader.open_type("containerData")?;
    }
    reader.finish_open(field)?;
    // A length is at most 16,383.
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}
