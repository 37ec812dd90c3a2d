//! How a station moves: speed, heading, acceleration, rotation.

use rasn::types::BitString;
use rasn::{AsnType, Decode, Decoder, Encode};

use super::{AccelerationConfidence, AccelerationControl, Speed, SpeedConfidence};
use crate::cdd::macros::{enumerated, integer};

/// Acceleration3d with confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum Acceleration3dWithConfidence {
    /// Polar acceleration.
    #[rasn(identifier = "polarAcceleration")]
    PolarAcceleration(AccelerationPolarWithZ),
    /// Cartesian acceleration.
    #[rasn(identifier = "cartesianAcceleration")]
    CartesianAcceleration(AccelerationCartesian),
}

/// Acceleration cartesian.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationCartesian {
    /// X acceleration.
    #[rasn(identifier = "xAcceleration")]
    pub x_acceleration: AccelerationComponent,
    /// Y acceleration.
    #[rasn(identifier = "yAcceleration")]
    pub y_acceleration: AccelerationComponent,
    /// Z acceleration.
    #[rasn(identifier = "zAcceleration")]
    pub z_acceleration: Option<AccelerationComponent>,
}

enumerated! {
    /// Acceleration change.
    AccelerationChange {
        Accelerate = "accelerate",
        Decelerate = "decelerate",
    }
}

/// Acceleration change indication.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct AccelerationChangeIndication {
    /// Accel or decel.
    #[rasn(identifier = "accelOrDecel")]
    pub accel_or_decel: AccelerationChange,
    /// Action delta time.
    #[rasn(identifier = "actionDeltaTime")]
    pub action_delta_time: DeltaTimeTenthOfSecond,
}

impl AccelerationChangeIndication {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(accel_or_decel: AccelerationChange, action_delta_time: DeltaTimeTenthOfSecond) -> Self {
        Self { accel_or_decel, action_delta_time }
    }
}

/// One component of the acceleration with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationComponent {
    /// Value.
    pub value: AccelerationValue,
    /// Confidence.
    pub confidence: AccelerationConfidence,
}

/// Acceleration control extension.
///
/// Bits from the left: `rearCrossTrafficAlertEngaged`, `emergencyBrakeRearEngaged`, `assistedParkingLongitudinalEngaged`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("3", extensible))]
pub struct AccelerationControlExtension(pub BitString);

/// Acceleration magnitude.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationMagnitude {
    /// Acceleration magnitude value.
    #[rasn(identifier = "accelerationMagnitudeValue")]
    pub acceleration_magnitude_value: AccelerationMagnitudeValue,
    /// Acceleration confidence.
    #[rasn(identifier = "accelerationConfidence")]
    pub acceleration_confidence: AccelerationConfidence,
}

integer! {
    /// Magnitude of an acceleration, 0.1 m/s².
    AccelerationMagnitudeValue(u8) = 0..=161 {
        POSITIVE_OUT_OF_RANGE = 160,
        UNAVAILABLE = 161,
    }
}

/// Acceleration polar with z.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationPolarWithZ {
    /// Acceleration magnitude.
    #[rasn(identifier = "accelerationMagnitude")]
    pub acceleration_magnitude: AccelerationMagnitude,
    /// Acceleration direction.
    #[rasn(identifier = "accelerationDirection")]
    pub acceleration_direction: CartesianAngle,
    /// Z acceleration.
    #[rasn(identifier = "zAcceleration")]
    pub z_acceleration: Option<AccelerationComponent>,
}

integer! {
    /// Acceleration component, 0.1 m/s².
    AccelerationValue(i16) = -160..=161 {
        NEGATIVE_OUT_OF_RANGE = -160,
        POSITIVE_OUT_OF_RANGE = 160,
        UNAVAILABLE = 161,
    }
}

integer! {
    /// 95 % confidence of an angle, 0.1°.
    AngleConfidence(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

enumerated! {
    /// Angular speed confidence.
    AngularSpeedConfidence {
        DegSec01 = "degSec-01",
        DegSec02 = "degSec-02",
        DegSec05 = "degSec-05",
        DegSec10 = "degSec-10",
        DegSec20 = "degSec-20",
        DegSec50 = "degSec-50",
        OutOfRange = "outOfRange",
        Unavailable = "unavailable",
    }
}

/// Automation control.
///
/// Bits from the left: `emergencySteeringSystemEngaged`, `autonomousEmergencySteeringEngaged`, `automaticLaneChangeEngaged`, `laneKeepingAssistEngaged`, `assistedParkingLateralEngaged`, `emergencyAssistEngaged`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("6", extensible))]
pub struct AutomationControl(pub BitString);

/// Which brake assistants the vehicle has.
///
/// Bits from the left: `abs`, `tcs`, `esc`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("3", extensible))]
pub struct BrakeControl(pub BitString);

/// Angle in a Cartesian frame with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CartesianAngle {
    /// Value.
    pub value: CartesianAngleValue,
    /// Confidence.
    pub confidence: AngleConfidence,
}

integer! {
    /// Angle in a Cartesian frame, counter-clockwise, 0.1°.
    CartesianAngleValue(u16) = 0..=3601 {
        VALUE_NOT_USED = 3600,
        UNAVAILABLE = 3601,
    }
}

/// Cartesian angular velocity component.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CartesianAngularVelocityComponent {
    /// Value.
    pub value: CartesianAngularVelocityComponentValue,
    /// Confidence.
    pub confidence: AngularSpeedConfidence,
}

integer! {
    /// Angular velocity about one axis, 1°/s.
    CartesianAngularVelocityComponentValue(i16) = -255..=256 {
        NEGATIVE_OUTOF_RANGE = -255,
        POSITIVE_OUT_OF_RANGE = 255,
        UNAVAILABLE = 256,
    }
}

integer! {
    /// A time span, 0.25 s.
    DeltaTimeQuarterSecond(u8) = 1..=255 {
        UNAVAILABLE = 255,
    }
}

integer! {
    /// A time span, 0.1 s.
    DeltaTimeTenthOfSecond(u8) = 0..=127 {
        UNAVAILABLE = 127,
    }
}

/// Euler angles with confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct EulerAnglesWithConfidence {
    /// Z angle.
    #[rasn(identifier = "zAngle")]
    pub z_angle: CartesianAngle,
    /// Y angle.
    #[rasn(identifier = "yAngle")]
    pub y_angle: Option<CartesianAngle>,
    /// X angle.
    #[rasn(identifier = "xAngle")]
    pub x_angle: Option<CartesianAngle>,
}

/// Heading change indication.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct HeadingChangeIndication {
    /// Direction.
    pub direction: TurningDirection,
    /// Action delta time.
    #[rasn(identifier = "actionDeltaTime")]
    pub action_delta_time: DeltaTimeTenthOfSecond,
}

impl HeadingChangeIndication {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(direction: TurningDirection, action_delta_time: DeltaTimeTenthOfSecond) -> Self {
        Self { direction, action_delta_time }
    }
}

integer! {
    /// How far a pedal is pressed, 10 %.
    PedalPositionValue(u8) = 0..=11 {
        NOT_PRESSED = 0,
        FULLY_PRESSED = 10,
        UNAVAILABLE = 11,
    }
}

/// Pedal status.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PedalStatus {
    /// Pedal position value.
    #[rasn(identifier = "pedalPositionValue")]
    pub pedal_position_value: PedalPositionValue,
}

impl PedalStatus {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(pedal_position_value: PedalPositionValue) -> Self {
        Self { pedal_position_value }
    }
}

integer! {
    /// Driving automation level, 0 to 5.
    SaeAutomationLevel(u8) = 0..=5 {}
}

/// Stability change indication.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct StabilityChangeIndication {
    /// Loss probability.
    #[rasn(identifier = "lossProbability")]
    pub loss_probability: StabilityLossProbability,
    /// Action delta time.
    #[rasn(identifier = "actionDeltaTime")]
    pub action_delta_time: DeltaTimeTenthOfSecond,
}

impl StabilityChangeIndication {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(
        loss_probability: StabilityLossProbability,
        action_delta_time: DeltaTimeTenthOfSecond,
    ) -> Self {
        Self { loss_probability, action_delta_time }
    }
}

integer! {
    /// Probability of a loss of stability, 2 %.
    StabilityLossProbability(u8) = 0..=63 {
        STABLE = 0,
        TOTAL_LOSS_OF_STABILITY = 50,
        UNAVAILABLE = 63,
    }
}

enumerated! {
    /// Turning direction.
    TurningDirection {
        Left = "left",
        Right = "right",
    }
}

/// Vehicle movement control.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VehicleMovementControl {
    /// Acceleration pedal status.
    #[rasn(identifier = "accelerationPedalStatus")]
    pub acceleration_pedal_status: PedalStatus,
    /// Brake pedal status.
    #[rasn(identifier = "brakePedalStatus")]
    pub brake_pedal_status: PedalStatus,
    /// Sae automation level.
    #[rasn(identifier = "saeAutomationLevel")]
    pub sae_automation_level: Option<SaeAutomationLevel>,
    /// Automation control.
    #[rasn(identifier = "automationControl")]
    pub automation_control: Option<AutomationControl>,
    /// Acceleration control.
    #[rasn(identifier = "accelerationControl")]
    pub acceleration_control: Option<AccelerationControl>,
    /// Acceleration control extension.
    #[rasn(identifier = "accelerationControlExtension")]
    pub acceleration_control_extension: Option<AccelerationControlExtension>,
}

impl VehicleMovementControl {
    /// One without its optional parts.
    #[must_use]
    pub fn new(acceleration_pedal_status: PedalStatus, brake_pedal_status: PedalStatus) -> Self {
        Self {
            acceleration_pedal_status,
            brake_pedal_status,
            sae_automation_level: None,
            automation_control: None,
            acceleration_control: None,
            acceleration_control_extension: None,
        }
    }
}

/// Velocity3d with confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum Velocity3dWithConfidence {
    /// Polar velocity.
    #[rasn(identifier = "polarVelocity")]
    PolarVelocity(VelocityPolarWithZ),
    /// Cartesian velocity.
    #[rasn(identifier = "cartesianVelocity")]
    CartesianVelocity(VelocityCartesian),
}

/// Velocity cartesian.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VelocityCartesian {
    /// X velocity.
    #[rasn(identifier = "xVelocity")]
    pub x_velocity: VelocityComponent,
    /// Y velocity.
    #[rasn(identifier = "yVelocity")]
    pub y_velocity: VelocityComponent,
    /// Z velocity.
    #[rasn(identifier = "zVelocity")]
    pub z_velocity: Option<VelocityComponent>,
}

/// Velocity component.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VelocityComponent {
    /// Value.
    pub value: VelocityComponentValue,
    /// Confidence.
    pub confidence: SpeedConfidence,
}

integer! {
    /// One component of a velocity, 0.01 m/s.
    VelocityComponentValue(i16) = -16383..=16383 {
        NEGATIVE_OUT_OF_RANGE = -16383,
        POSITIVE_OUT_OF_RANGE = 16382,
        UNAVAILABLE = 16383,
    }
}

/// Velocity polar with z.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VelocityPolarWithZ {
    /// Velocity magnitude.
    #[rasn(identifier = "velocityMagnitude")]
    pub velocity_magnitude: Speed,
    /// Velocity direction.
    #[rasn(identifier = "velocityDirection")]
    pub velocity_direction: CartesianAngle,
    /// Z velocity.
    #[rasn(identifier = "zVelocity")]
    pub z_velocity: Option<VelocityComponent>,
}

/// Angle from WGS84 north with its confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Wgs84Angle {
    /// Value.
    pub value: Wgs84AngleValue,
    /// Confidence.
    pub confidence: Wgs84AngleConfidence,
}

integer! {
    /// 95 % confidence of an angle, 0.1°.
    Wgs84AngleConfidence(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Angle from WGS84 north, clockwise, 0.1°.
    Wgs84AngleValue(u16) = 0..=3601 {
        WGS84_NORTH = 0,
        WGS84_EAST = 900,
        WGS84_SOUTH = 1800,
        WGS84_WEST = 2700,
        DO_NOT_USE = 3600,
        UNAVAILABLE = 3601,
    }
}
