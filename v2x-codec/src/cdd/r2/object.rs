//! Perceived objects.

use rasn::types::BitString;
use rasn::{AsnType, Decode, Decoder, Encode};

use super::{
    Acceleration3dWithConfidence, CartesianAngularVelocityComponent, CartesianPosition3dWithConfidence,
    ConfidenceLevel, DeltaTimeMilliSecondSigned, EulerAnglesWithConfidence, Identifier1B, Identifier2B,
    MapPosition, Velocity3dWithConfidence, VruClusterInformation, VruProfileAndSubprofile,
};
use crate::cdd::macros::{enumerated, integer, list};

integer! {
    /// Correlation of two values, 0.01.
    CorrelationCellValue(i8) = -100..=101 {
        FULL_NEGATIVE_CORRELATION = -100,
        NO_CORRELATION = 0,
        FULL_POSITIVE_CORRELATION = 100,
        UNAVAILABLE = 101,
    }
}

list! {
    /// Correlation column.
    extensible CorrelationColumn(CorrelationCellValue) = 1..=13
}

list! {
    /// Lower triangular positive semidefinite matrices.
    LowerTriangularPositiveSemidefiniteMatrices(LowerTriangularPositiveSemidefiniteMatrix) = 1..=4
}

/// Lower triangular positive semidefinite matrix.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LowerTriangularPositiveSemidefiniteMatrix {
    /// Components included inthe matrix.
    #[rasn(identifier = "componentsIncludedIntheMatrix")]
    pub components_included_inthe_matrix: MatrixIncludedComponents,
    /// Matrix.
    pub matrix: LowerTriangularPositiveSemidefiniteMatrixColumns,
}

list! {
    /// Lower triangular positive semidefinite matrix columns.
    extensible LowerTriangularPositiveSemidefiniteMatrixColumns(CorrelationColumn) = 1..=13
}

/// Matrix included components.
///
/// Bits from the left: `xPosition`, `yPosition`, `zPosition`, `xVelocityOrVelocityMagnitude`, `yVelocityOrVelocityDirection`, `zSpeed`, `xAccelOrAccelMagnitude`, `yAccelOrAccelDirection`, `zAcceleration`, `zAngle`, `yAngle`, `xAngle`, `zAngularVelocity`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("13", extensible))]
pub struct MatrixIncludedComponents(pub BitString);

/// Meta information.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct MetaInformation {
    /// Used detection information.
    #[rasn(identifier = "usedDetectionInformation")]
    pub used_detection_information: SensorTypes,
    /// Used stored information.
    #[rasn(identifier = "usedStoredInformation")]
    pub used_stored_information: StoredInformationType,
    /// Confidence value.
    #[rasn(identifier = "confidenceValue")]
    pub confidence_value: Option<ConfidenceLevel>,
}

impl MetaInformation {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        used_detection_information: SensorTypes,
        used_stored_information: StoredInformationType,
    ) -> Self {
        Self { used_detection_information, used_stored_information, confidence_value: None }
    }
}

integer! {
    /// How long an object has been tracked, milliseconds.
    ObjectAge(u16) = 0..=2047 {}
}

/// Object class.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum ObjectClass {
    /// Vehicle sub class.
    #[rasn(identifier = "vehicleSubClass")]
    VehicleSubClass(VehicleSubClass),
    /// Vru sub class.
    #[rasn(identifier = "vruSubClass")]
    VruSubClass(VruProfileAndSubprofile),
    /// Group sub class.
    #[rasn(identifier = "groupSubClass")]
    GroupSubClass(VruClusterInformation),
    /// Other sub class.
    #[rasn(identifier = "otherSubClass")]
    OtherSubClass(OtherSubClass),
}

list! {
    /// Object class description.
    ObjectClassDescription(ObjectClassWithConfidence) = 1..=8
}

/// Object class with confidence.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObjectClassWithConfidence {
    /// Object class.
    #[rasn(identifier = "objectClass")]
    pub object_class: ObjectClass,
    /// Confidence.
    pub confidence: ConfidenceLevel,
}

/// Object dimension.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObjectDimension {
    /// Value.
    pub value: ObjectDimensionValue,
    /// Confidence.
    pub confidence: ObjectDimensionConfidence,
}

integer! {
    /// 95 % confidence of a dimension, 0.1 m.
    ObjectDimensionConfidence(u8) = 1..=32 {
        OUT_OF_RANGE = 31,
        UNAVAILABLE = 32,
    }
}

integer! {
    /// Dimension of an object, 0.1 m.
    ObjectDimensionValue(u16) = 1..=256 {
        OUT_OF_RANGE = 255,
        UNAVAILABLE = 256,
    }
}

enumerated! {
    /// Object face.
    ObjectFace {
        Front = "front",
        SideLeftFront = "sideLeftFront",
        SideLeftBack = "sideLeftBack",
        SideRightFront = "sideRightFront",
        SideRightBack = "sideRightBack",
        Back = "back",
    }
}

integer! {
    /// Quality of a perceived object, 0 none to 15 full.
    ObjectPerceptionQuality(u8) = 0..=15 {
        NO_CONFIDENCE = 0,
        FULL_CONFIDENCE = 15,
    }
}

integer! {
    /// Other sub class.
    OtherSubClass(u8) = 0..=255 {
        UNKNOWN = 0,
        SINGLE_OBJECT = 1,
        MULTIPLE_OBJECTS = 2,
        BULK_MATERIAL = 3,
    }
}

/// Perceived object.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PerceivedObject {
    /// Object id.
    #[rasn(identifier = "objectId")]
    pub object_id: Option<Identifier2B>,
    /// Measurement delta time.
    #[rasn(identifier = "measurementDeltaTime")]
    pub measurement_delta_time: DeltaTimeMilliSecondSigned,
    /// Position.
    pub position: CartesianPosition3dWithConfidence,
    /// Velocity.
    pub velocity: Option<Velocity3dWithConfidence>,
    /// Acceleration.
    pub acceleration: Option<Acceleration3dWithConfidence>,
    /// Angles.
    pub angles: Option<EulerAnglesWithConfidence>,
    /// Z angular velocity.
    #[rasn(identifier = "zAngularVelocity")]
    pub z_angular_velocity: Option<CartesianAngularVelocityComponent>,
    /// Lower triangular correlation matrices.
    #[rasn(identifier = "lowerTriangularCorrelationMatrices")]
    pub lower_triangular_correlation_matrices: Option<LowerTriangularPositiveSemidefiniteMatrices>,
    /// Object dimension z.
    #[rasn(identifier = "objectDimensionZ")]
    pub object_dimension_z: Option<ObjectDimension>,
    /// Object dimension y.
    #[rasn(identifier = "objectDimensionY")]
    pub object_dimension_y: Option<ObjectDimension>,
    /// Object dimension x.
    #[rasn(identifier = "objectDimensionX")]
    pub object_dimension_x: Option<ObjectDimension>,
    /// Object age.
    #[rasn(identifier = "objectAge")]
    pub object_age: Option<ObjectAge>,
    /// Object perception quality.
    #[rasn(identifier = "objectPerceptionQuality")]
    pub object_perception_quality: Option<ObjectPerceptionQuality>,
    /// Sensor id list.
    #[rasn(identifier = "sensorIdList")]
    pub sensor_id_list: Option<SequenceOfIdentifier1B>,
    /// Classification.
    pub classification: Option<ObjectClassDescription>,
    /// Map position.
    #[rasn(identifier = "mapPosition")]
    pub map_position: Option<MapPosition>,
}

impl PerceivedObject {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        measurement_delta_time: DeltaTimeMilliSecondSigned,
        position: CartesianPosition3dWithConfidence,
    ) -> Self {
        Self {
            object_id: None,
            measurement_delta_time,
            position,
            velocity: None,
            acceleration: None,
            angles: None,
            z_angular_velocity: None,
            lower_triangular_correlation_matrices: None,
            object_dimension_z: None,
            object_dimension_y: None,
            object_dimension_x: None,
            object_age: None,
            object_perception_quality: None,
            sensor_id_list: None,
            classification: None,
            map_position: None,
        }
    }
}

/// Sensor types.
///
/// Bits from the left: `undefined`, `radar`, `lidar`, `monovideo`, `stereovision`, `nightvision`, `ultrasonic`, `pmd`, `inductionLoop`, `sphericalCamera`, `uwb`, `acoustic`, `localAggregation`, `itsAggregation`, `rfid`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("16", extensible))]
pub struct SensorTypes(pub BitString);

list! {
    /// Sequence of identifier1 b.
    extensible SequenceOfIdentifier1B(Identifier1B) = 1..=128
}

/// Stored information type.
///
/// Bits from the left: `undefined`, `staticDb`, `dynamicDb`, `realTimeDb`, `map`.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("8", extensible))]
pub struct StoredInformationType(pub BitString);

integer! {
    /// Vehicle types that an object can be classified as.
    VehicleSubClass(u8) = 0..=14 {
        UNKNOWN = 0,
        PEDESTRIAN = 1,
        CYCLIST = 2,
        MOPED = 3,
        MOTORCYCLE = 4,
        PASSENGER_CAR = 5,
        BUS = 6,
        LIGHT_TRUCK = 7,
        HEAVY_TRUCK = 8,
        TRAILER = 9,
        SPECIAL_VEHICLE = 10,
        TRAM = 11,
        LIGHT_VRU_VEHICLE = 12,
        ANIMAL = 13,
        AGRICULTURAL = 14,
    }
}
