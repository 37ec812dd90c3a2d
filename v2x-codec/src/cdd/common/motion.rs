//! How a station moves: speed, heading, acceleration, rotation.

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::macros::{bits, enumerated, integer};

integer! {
    /// 95 % confidence of an acceleration component, 0.1 m/s².
    AccelerationConfidence(u8) = 0..=102 {
        OUT_OF_RANGE = 101,
        UNAVAILABLE = 102,
    }
}

bits! {
    /// Which pedals and assistants act on the acceleration.
    AccelerationControl(u8) = 7 {
        BRAKE_PEDAL_ENGAGED = 0,
        GAS_PEDAL_ENGAGED = 1,
        EMERGENCY_BRAKE_ENGAGED = 2,
        COLLISION_WARNING_ENGAGED = 3,
        ACC_ENGAGED = 4,
        CRUISE_CONTROL_ENGAGED = 5,
        SPEED_LIMITER_ENGAGED = 6,
    }
}

/// Curvature of the path of the vehicle with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Curvature {
    /// Curvature value.
    #[rasn(identifier = "curvatureValue")]
    pub curvature_value: CurvatureValue,
    /// Curvature confidence.
    #[rasn(identifier = "curvatureConfidence")]
    pub curvature_confidence: CurvatureConfidence,
}

enumerated! {
    /// Whether the yaw rate went into the curvature.
    extensible CurvatureCalculationMode {
        YawRateUsed = "yawRateUsed",
        YawRateNotUsed = "yawRateNotUsed",
        Unavailable = "unavailable",
    } additions {}
}

enumerated! {
    /// 95 % confidence of a curvature; the names give 1/m.
    CurvatureConfidence {
        OnePerMeter0_00002 = "onePerMeter-0-00002",
        OnePerMeter0_0001 = "onePerMeter-0-0001",
        OnePerMeter0_0005 = "onePerMeter-0-0005",
        OnePerMeter0_002 = "onePerMeter-0-002",
        OnePerMeter0_01 = "onePerMeter-0-01",
        OnePerMeter0_1 = "onePerMeter-0-1",
        OutOfRange = "outOfRange",
        Unavailable = "unavailable",
    }
}

integer! {
    /// Curvature, 1/10,000 m; positive to the left.
    CurvatureValue(i16) = -1023..=1023 {
        OUT_OF_RANGE_NEGATIVE = -1023,
        STRAIGHT = 0,
        OUT_OF_RANGE_POSITIVE = 1022,
        UNAVAILABLE = 1023,
    }
}

enumerated! {
    /// Driving forwards or backwards.
    DriveDirection {
        Forward = "forward",
        Backward = "backward",
        Unavailable = "unavailable",
    }
}

/// Direction of motion with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Heading {
    /// Heading value.
    #[rasn(identifier = "headingValue")]
    pub heading_value: HeadingValue,
    /// Heading confidence.
    #[rasn(identifier = "headingConfidence")]
    pub heading_confidence: HeadingConfidence,
}

integer! {
    /// 95 % confidence of a heading, 0.1°.
    HeadingConfidence(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Heading from WGS84 north, clockwise, 0.1°.
    HeadingValue(u16) = 0..=3601 {
        WGS84_NORTH = 0,
        WGS84_EAST = 900,
        WGS84_SOUTH = 1800,
        WGS84_WEST = 2700,
        DO_NOT_USE = 3600,
        UNAVAILABLE = 3601,
    }
}

/// Acceleration to the left with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LateralAcceleration {
    /// Lateral acceleration value.
    #[rasn(identifier = "lateralAccelerationValue")]
    pub lateral_acceleration_value: LateralAccelerationValue,
    /// Lateral acceleration confidence.
    #[rasn(identifier = "lateralAccelerationConfidence")]
    pub lateral_acceleration_confidence: AccelerationConfidence,
}

integer! {
    /// Acceleration to the left, 0.1 m/s².
    LateralAccelerationValue(i16) = -160..=161 {
        NEGATIVE_OUT_OF_RANGE = -160,
        POSITIVE_OUT_OF_RANGE = 160,
        UNAVAILABLE = 161,
    }
}

/// Forward acceleration with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LongitudinalAcceleration {
    /// Longitudinal acceleration value.
    #[rasn(identifier = "longitudinalAccelerationValue")]
    pub longitudinal_acceleration_value: LongitudinalAccelerationValue,
    /// Longitudinal acceleration confidence.
    #[rasn(identifier = "longitudinalAccelerationConfidence")]
    pub longitudinal_acceleration_confidence: AccelerationConfidence,
}

integer! {
    /// Forward acceleration, 0.1 m/s².
    LongitudinalAccelerationValue(i16) = -160..=161 {
        NEGATIVE_OUT_OF_RANGE = -160,
        POSITIVE_OUT_OF_RANGE = 160,
        UNAVAILABLE = 161,
    }
}

/// Speed with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Speed {
    /// Speed value.
    #[rasn(identifier = "speedValue")]
    pub speed_value: SpeedValue,
    /// Speed confidence.
    #[rasn(identifier = "speedConfidence")]
    pub speed_confidence: SpeedConfidence,
}

integer! {
    /// 95 % confidence of a speed, 0.01 m/s.
    SpeedConfidence(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Speed, 0.01 m/s.
    SpeedValue(u16) = 0..=16383 {
        STANDSTILL = 0,
        OUT_OF_RANGE = 16382,
        UNAVAILABLE = 16383,
    }
}

/// Steering wheel angle with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SteeringWheelAngle {
    /// Steering wheel angle value.
    #[rasn(identifier = "steeringWheelAngleValue")]
    pub steering_wheel_angle_value: SteeringWheelAngleValue,
    /// Steering wheel angle confidence.
    #[rasn(identifier = "steeringWheelAngleConfidence")]
    pub steering_wheel_angle_confidence: SteeringWheelAngleConfidence,
}

integer! {
    /// 95 % confidence of a steering wheel angle, 1.5°.
    SteeringWheelAngleConfidence(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Steering wheel angle, 1.5°, positive to the left.
    SteeringWheelAngleValue(i16) = -511..=512 {
        NEGATIVE_OUT_OF_RANGE = -511,
        STRAIGHT = 0,
        POSITIVE_OUT_OF_RANGE = 511,
        UNAVAILABLE = 512,
    }
}

/// Upward acceleration with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VerticalAcceleration {
    /// Vertical acceleration value.
    #[rasn(identifier = "verticalAccelerationValue")]
    pub vertical_acceleration_value: VerticalAccelerationValue,
    /// Vertical acceleration confidence.
    #[rasn(identifier = "verticalAccelerationConfidence")]
    pub vertical_acceleration_confidence: AccelerationConfidence,
}

integer! {
    /// Upward acceleration, 0.1 m/s².
    VerticalAccelerationValue(i16) = -160..=161 {
        NEGATIVE_OUT_OF_RANGE = -160,
        POSITIVE_OUT_OF_RANGE = 160,
        UNAVAILABLE = 161,
    }
}

/// Rotation about the vertical axis with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct YawRate {
    /// Yaw rate value.
    #[rasn(identifier = "yawRateValue")]
    pub yaw_rate_value: YawRateValue,
    /// Yaw rate confidence.
    #[rasn(identifier = "yawRateConfidence")]
    pub yaw_rate_confidence: YawRateConfidence,
}

enumerated! {
    /// 95 % confidence of a yaw rate; the names give degrees a second.
    YawRateConfidence {
        DegSec000_01 = "degSec-000-01",
        DegSec000_05 = "degSec-000-05",
        DegSec000_10 = "degSec-000-10",
        DegSec001_00 = "degSec-001-00",
        DegSec005_00 = "degSec-005-00",
        DegSec010_00 = "degSec-010-00",
        DegSec100_00 = "degSec-100-00",
        OutOfRange = "outOfRange",
        Unavailable = "unavailable",
    }
}

integer! {
    /// Yaw rate, 0.01°/s, positive to the left.
    YawRateValue(i16) = -32766..=32767 {
        NEGATIVE_OUT_OF_RANGE = -32766,
        STRAIGHT = 0,
        POSITIVE_OUT_OF_RANGE = 32766,
        UNAVAILABLE = 32767,
    }
}
