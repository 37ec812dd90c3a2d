//! Shapes and coordinates in a local frame.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{CartesianAngleValue, Identifier1B};
use crate::cdd::macros::{enumerated, integer, list};

integer! {
    /// Coordinate in a local frame, 0.01 m.
    CartesianCoordinate(i16) = -32768..=32767 {
        NEGATIVE_OUT_OF_RANGE = -32768,
        POSITIVE_OUT_OF_RANGE = 32767,
    }
}

integer! {
    /// Coordinate in a local frame, 0.01 m, over a wider range.
    CartesianCoordinateLarge(i32) = -131_072..=131_071 {
        NEGATIVE_OUT_OF_RANGE = -131_072,
        POSITIVE_OUT_OF_RANGE = 131_071,
    }
}

integer! {
    /// Coordinate in a local frame, 0.01 m, over a narrow range.
    CartesianCoordinateSmall(i16) = -3094..=1001 {
        NEGATIVE_OUT_OF_RANGE = -3094,
        POSITIVE_OUT_OF_RANGE = 1001,
    }
}

/// Cartesian coordinate with confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CartesianCoordinateWithConfidence {
    /// Value.
    pub value: CartesianCoordinateLarge,
    /// Confidence.
    pub confidence: CoordinateConfidence,
}

/// Cartesian position3d.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CartesianPosition3d {
    /// X coordinate.
    #[rasn(identifier = "xCoordinate")]
    pub x_coordinate: CartesianCoordinate,
    /// Y coordinate.
    #[rasn(identifier = "yCoordinate")]
    pub y_coordinate: CartesianCoordinate,
    /// Z coordinate.
    #[rasn(identifier = "zCoordinate")]
    pub z_coordinate: Option<CartesianCoordinate>,
}

/// Cartesian position3d with confidence.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CartesianPosition3dWithConfidence {
    /// X coordinate.
    #[rasn(identifier = "xCoordinate")]
    pub x_coordinate: CartesianCoordinateWithConfidence,
    /// Y coordinate.
    #[rasn(identifier = "yCoordinate")]
    pub y_coordinate: CartesianCoordinateWithConfidence,
    /// Z coordinate.
    #[rasn(identifier = "zCoordinate")]
    pub z_coordinate: Option<CartesianCoordinateWithConfidence>,
}

/// Circular shape.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct CircularShape {
    /// Shape reference point.
    #[rasn(identifier = "shapeReferencePoint")]
    pub shape_reference_point: Option<CartesianPosition3d>,
    /// Radius.
    pub radius: StandardLength12b,
    /// Height.
    pub height: Option<StandardLength12b>,
}

integer! {
    /// 95 % confidence of a coordinate, 0.01 m.
    CoordinateConfidence(u16) = 1..=4096 {
        OUT_OF_RANGE = 4095,
        UNAVAILABLE = 4096,
    }
}

/// Elliptical shape.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct EllipticalShape {
    /// Shape reference point.
    #[rasn(identifier = "shapeReferencePoint")]
    pub shape_reference_point: Option<CartesianPosition3d>,
    /// Semi major axis length.
    #[rasn(identifier = "semiMajorAxisLength")]
    pub semi_major_axis_length: StandardLength12b,
    /// Semi minor axis length.
    #[rasn(identifier = "semiMinorAxisLength")]
    pub semi_minor_axis_length: StandardLength12b,
    /// Orientation.
    pub orientation: Option<CartesianAngleValue>,
    /// Height.
    pub height: Option<StandardLength12b>,
}

list! {
    /// Polygon.
    extensible Polygon(CartesianPosition3d) = 3..=16
}

/// Polygonal shape.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PolygonalShape {
    /// Shape reference point.
    #[rasn(identifier = "shapeReferencePoint")]
    pub shape_reference_point: Option<CartesianPosition3d>,
    /// Polygon.
    pub polygon: Polygon,
    /// Height.
    pub height: Option<StandardLength12b>,
}

/// Radial shape.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RadialShape {
    /// Shape reference point.
    #[rasn(identifier = "shapeReferencePoint")]
    pub shape_reference_point: Option<CartesianPosition3d>,
    /// Range.
    pub range: StandardLength12b,
    /// Horizontal opening angle start.
    #[rasn(identifier = "horizontalOpeningAngleStart")]
    pub horizontal_opening_angle_start: CartesianAngleValue,
    /// Horizontal opening angle end.
    #[rasn(identifier = "horizontalOpeningAngleEnd")]
    pub horizontal_opening_angle_end: CartesianAngleValue,
    /// Vertical opening angle start.
    #[rasn(identifier = "verticalOpeningAngleStart")]
    pub vertical_opening_angle_start: Option<CartesianAngleValue>,
    /// Vertical opening angle end.
    #[rasn(identifier = "verticalOpeningAngleEnd")]
    pub vertical_opening_angle_end: Option<CartesianAngleValue>,
}

/// Radial shape details.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RadialShapeDetails {
    /// Range.
    pub range: StandardLength12b,
    /// Horizontal opening angle start.
    #[rasn(identifier = "horizontalOpeningAngleStart")]
    pub horizontal_opening_angle_start: CartesianAngleValue,
    /// Horizontal opening angle end.
    #[rasn(identifier = "horizontalOpeningAngleEnd")]
    pub horizontal_opening_angle_end: CartesianAngleValue,
    /// Vertical opening angle start.
    #[rasn(identifier = "verticalOpeningAngleStart")]
    pub vertical_opening_angle_start: Option<CartesianAngleValue>,
    /// Vertical opening angle end.
    #[rasn(identifier = "verticalOpeningAngleEnd")]
    pub vertical_opening_angle_end: Option<CartesianAngleValue>,
}

/// Radial shapes.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RadialShapes {
    /// Ref point id.
    #[rasn(identifier = "refPointId")]
    pub ref_point_id: Identifier1B,
    /// X coordinate.
    #[rasn(identifier = "xCoordinate")]
    pub x_coordinate: CartesianCoordinateSmall,
    /// Y coordinate.
    #[rasn(identifier = "yCoordinate")]
    pub y_coordinate: CartesianCoordinateSmall,
    /// Z coordinate.
    #[rasn(identifier = "zCoordinate")]
    pub z_coordinate: Option<CartesianCoordinateSmall>,
    /// Radial shapes list.
    #[rasn(identifier = "radialShapesList")]
    pub radial_shapes_list: RadialShapesList,
}

list! {
    /// Radial shapes list.
    extensible RadialShapesList(RadialShapeDetails) = 1..=16
}

/// Rectangular shape.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RectangularShape {
    /// Shape reference point.
    #[rasn(identifier = "shapeReferencePoint")]
    pub shape_reference_point: Option<CartesianPosition3d>,
    /// Semi length.
    #[rasn(identifier = "semiLength")]
    pub semi_length: StandardLength12b,
    /// Semi breadth.
    #[rasn(identifier = "semiBreadth")]
    pub semi_breadth: StandardLength12b,
    /// Orientation.
    pub orientation: Option<CartesianAngleValue>,
    /// Height.
    pub height: Option<StandardLength12b>,
}

/// Shape.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum Shape {
    /// Rectangular.
    #[rasn(identifier = "rectangular")]
    Rectangular(RectangularShape),
    /// Circular.
    #[rasn(identifier = "circular")]
    Circular(CircularShape),
    /// Polygonal.
    #[rasn(identifier = "polygonal")]
    Polygonal(PolygonalShape),
    /// Elliptical.
    #[rasn(identifier = "elliptical")]
    Elliptical(EllipticalShape),
    /// Radial.
    #[rasn(identifier = "radial")]
    Radial(RadialShape),
    /// Radial shapes.
    #[rasn(identifier = "radialShapes")]
    RadialShapes(RadialShapes),
}

integer! {
    /// A length, 0.1 m.
    StandardLength12b(u16) = 0..=4095 {}
}

integer! {
    /// A length, 0.1 m, two octets.
    StandardLength2B(u16) = 0..=65535 {}
}

enumerated! {
    /// Distance in eight steps.
    StandardLength3b {
        LessThan50m = "lessThan50m",
        LessThan100m = "lessThan100m",
        LessThan200m = "lessThan200m",
        LessThan500m = "lessThan500m",
        LessThan1000m = "lessThan1000m",
        LessThan5km = "lessThan5km",
        LessThan10km = "lessThan10km",
        Over10km = "over10km",
    }
}

integer! {
    /// A length, 0.1 m, nine bits.
    StandardLength9b(u16) = 0..=511 {}
}
