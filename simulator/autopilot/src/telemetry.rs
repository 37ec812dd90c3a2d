//! What an autopilot says by itself.

use mavlink::dialects::ardupilotmega::{
    ATTITUDE_DATA, AUTOPILOT_VERSION_DATA, EXTENDED_SYS_STATE_DATA, GLOBAL_POSITION_INT_DATA,
    GPS_RAW_INT_DATA, GpsFixType, HEARTBEAT_DATA, HOME_POSITION_DATA, MavAutopilot, MavLandedState,
    MavMessage, MavModeFlag, MavProtocolCapability, MavState, MavSysStatusSensor, MavType, SYS_STATUS_DATA,
    VFR_HUD_DATA,
};

use crate::autopilot::Autopilot;
use crate::flight::Place;

pub(crate) fn heartbeat(autopilot: &Autopilot) -> MavMessage {
    let armed =
        if autopilot.is_armed() { MavModeFlag::MAV_MODE_FLAG_SAFETY_ARMED } else { MavModeFlag::empty() };
    MavMessage::HEARTBEAT(HEARTBEAT_DATA {
        custom_mode: autopilot.mode().custom(),
        mavtype: MavType::MAV_TYPE_QUADROTOR,
        autopilot: MavAutopilot::MAV_AUTOPILOT_PX4,
        base_mode: MavModeFlag::MAV_MODE_FLAG_CUSTOM_MODE_ENABLED
            | MavModeFlag::MAV_MODE_FLAG_AUTO_ENABLED
            | MavModeFlag::MAV_MODE_FLAG_GUIDED_ENABLED
            | MavModeFlag::MAV_MODE_FLAG_STABILIZE_ENABLED
            | armed,
        system_status: if autopilot.is_armed() {
            MavState::MAV_STATE_ACTIVE
        } else {
            MavState::MAV_STATE_STANDBY
        },
        mavlink_version: 3,
    })
}

pub(crate) fn global_position(autopilot: &Autopilot) -> MavMessage {
    let flight = autopilot.flight();
    let [north, east, up] = flight.velocity;
    MavMessage::GLOBAL_POSITION_INT(GLOBAL_POSITION_INT_DATA {
        time_boot_ms: autopilot.boot_millis(),
        lat: tenth_microdegrees(flight.place.latitude),
        lon: tenth_microdegrees(flight.place.longitude),
        alt: millimetres(autopilot.home().elevation + flight.place.height),
        relative_alt: millimetres(flight.place.height),
        vx: centimetres(north),
        vy: centimetres(east),
        vz: centimetres(-up),
        hdg: (flight.heading * 100.0) as u16,
    })
}

pub(crate) fn gps(autopilot: &Autopilot) -> MavMessage {
    let flight = autopilot.flight();
    MavMessage::GPS_RAW_INT(GPS_RAW_INT_DATA {
        time_usec: autopilot.unix_micros(),
        lat: tenth_microdegrees(flight.place.latitude),
        lon: tenth_microdegrees(flight.place.longitude),
        alt: millimetres(autopilot.home().elevation + flight.place.height),
        eph: 80,
        epv: 120,
        vel: (flight.ground_speed() * 100.0) as u16,
        cog: (flight.heading * 100.0) as u16,
        fix_type: GpsFixType::GPS_FIX_TYPE_3D_FIX,
        satellites_visible: 14,
        ..GPS_RAW_INT_DATA::DEFAULT
    })
}

pub(crate) fn attitude(autopilot: &Autopilot) -> MavMessage {
    let yaw = autopilot.flight().heading.to_radians();
    let yaw = if yaw > core::f64::consts::PI { yaw - core::f64::consts::TAU } else { yaw };
    let time_boot_ms = autopilot.boot_millis();
    MavMessage::ATTITUDE(ATTITUDE_DATA { time_boot_ms, yaw: yaw as f32, ..ATTITUDE_DATA::DEFAULT })
}

pub(crate) fn hud(autopilot: &Autopilot) -> MavMessage {
    let flight = autopilot.flight();
    let [_, _, up] = flight.velocity;
    MavMessage::VFR_HUD(VFR_HUD_DATA {
        airspeed: flight.ground_speed() as f32,
        groundspeed: flight.ground_speed() as f32,
        alt: (autopilot.home().elevation + flight.place.height) as f32,
        climb: up as f32,
        heading: flight.heading as i16,
        throttle: if autopilot.is_armed() { 50 } else { 0 },
    })
}

pub(crate) fn system_status() -> MavMessage {
    let sensors = MavSysStatusSensor::MAV_SYS_STATUS_SENSOR_3D_GYRO
        | MavSysStatusSensor::MAV_SYS_STATUS_SENSOR_3D_ACCEL
        | MavSysStatusSensor::MAV_SYS_STATUS_SENSOR_3D_MAG
        | MavSysStatusSensor::MAV_SYS_STATUS_SENSOR_GPS
        | MavSysStatusSensor::MAV_SYS_STATUS_AHRS
        | MavSysStatusSensor::MAV_SYS_STATUS_PREARM_CHECK;
    MavMessage::SYS_STATUS(SYS_STATUS_DATA {
        onboard_control_sensors_present: sensors,
        onboard_control_sensors_enabled: sensors,
        onboard_control_sensors_health: sensors,
        load: 100,
        voltage_battery: 15_800,
        current_battery: -1,
        battery_remaining: 100,
        ..SYS_STATUS_DATA::DEFAULT
    })
}

pub(crate) fn landed_state(autopilot: &Autopilot) -> MavMessage {
    let landed_state = if autopilot.is_flying() {
        MavLandedState::MAV_LANDED_STATE_IN_AIR
    } else {
        MavLandedState::MAV_LANDED_STATE_ON_GROUND
    };
    MavMessage::EXTENDED_SYS_STATE(EXTENDED_SYS_STATE_DATA {
        landed_state,
        ..EXTENDED_SYS_STATE_DATA::DEFAULT
    })
}

pub(crate) fn home_position(autopilot: &Autopilot) -> MavMessage {
    let home = autopilot.home();
    MavMessage::HOME_POSITION(HOME_POSITION_DATA {
        latitude: tenth_microdegrees(home.latitude),
        longitude: tenth_microdegrees(home.longitude),
        altitude: millimetres(home.elevation),
        q: [1.0, 0.0, 0.0, 0.0],
        ..HOME_POSITION_DATA::DEFAULT
    })
}

pub(crate) fn version(system: u8) -> MavMessage {
    MavMessage::AUTOPILOT_VERSION(AUTOPILOT_VERSION_DATA {
        capabilities: MavProtocolCapability::MAV_PROTOCOL_CAPABILITY_MISSION_INT
            | MavProtocolCapability::MAV_PROTOCOL_CAPABILITY_COMMAND_INT
            | MavProtocolCapability::MAV_PROTOCOL_CAPABILITY_MAVLINK2
            | MavProtocolCapability::MAV_PROTOCOL_CAPABILITY_PARAM_ENCODE_BYTEWISE,
        uid: u64::from(system),
        flight_sw_version: u32::from_be_bytes([1, 15, 0, 255]),
        ..AUTOPILOT_VERSION_DATA::DEFAULT
    })
}

fn tenth_microdegrees(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

fn millimetres(metres: f64) -> i32 {
    (metres * 1000.0).round() as i32
}

fn centimetres(metres: f64) -> i16 {
    (metres * 100.0).round() as i16
}

/// The place of a mission's item.
pub(crate) fn place(x: i32, y: i32, z: f32) -> Place {
    Place { latitude: f64::from(x) / 1e7, longitude: f64::from(y) / 1e7, height: f64::from(z) }
}
