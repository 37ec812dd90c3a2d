//! Whether a place lies in a destination area.

use v2x_codec::geonet::{Area, Shape};

use crate::kinematics::offset_m;

/// Whether a place, in 10⁻⁷ degree, lies in `area` or on its border.
///
/// The areas are those of EN 302 931 as public routers compute them: the place in coordinates along the area's
/// long and short side, measured in half sides.
#[must_use]
pub fn contains(area: &Area, latitude: i32, longitude: i32) -> bool {
    let (east, north) = offset_m((area.latitude, area.longitude), (latitude, longitude));
    let (along, across) = turned(east, north, f64::from(area.angle));
    let (a, b) = (f64::from(area.distance_a), f64::from(area.distance_b));
    match area.shape {
        Shape::Circle => east.hypot(north) <= a,
        Shape::Rectangle => along.abs() <= a && across.abs() <= b,
        Shape::Ellipse => a > 0.0 && b > 0.0 && (along / a).hypot(across / b) <= 1.0,
    }
}

/// Coordinates along a direction `azimuth` degrees clockwise from north, and across it.
fn turned(east: f64, north: f64, azimuth: f64) -> (f64, f64) {
    let (sin, cos) = azimuth.to_radians().sin_cos();
    (north * cos + east * sin, east * cos - north * sin)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 m of latitude, in 10⁻⁷ degree.
    const HUNDRED_M: i32 = 8_993;

    fn area(shape: Shape, angle: u16) -> Area {
        Area { shape, latitude: 0, longitude: 0, distance_a: 300, distance_b: 100, angle }
    }

    #[test]
    fn a_circle_reaches_as_far_in_every_direction() {
        let circle = area(Shape::Circle, 0);
        for (north, east) in [(2, 0), (0, 2), (-2, 0), (2, 2)] {
            assert!(contains(&circle, north * HUNDRED_M, east * HUNDRED_M));
        }
        assert!(!contains(&circle, 3 * HUNDRED_M, HUNDRED_M));
    }

    #[test]
    fn the_long_side_of_a_rectangle_points_along_its_angle() {
        let (northward, eastward) = (area(Shape::Rectangle, 0), area(Shape::Rectangle, 90));
        assert!(contains(&northward, 2 * HUNDRED_M, 0));
        assert!(!contains(&northward, 0, 2 * HUNDRED_M));
        assert!(contains(&eastward, 0, 2 * HUNDRED_M));
        assert!(!contains(&eastward, 2 * HUNDRED_M, 0));
    }

    #[test]
    fn an_ellipse_lacks_the_corners_of_its_rectangle() {
        let corner = (27 * HUNDRED_M / 10, 9 * HUNDRED_M / 10);
        assert!(contains(&area(Shape::Rectangle, 0), corner.0, corner.1));
        assert!(!contains(&area(Shape::Ellipse, 0), corner.0, corner.1));
    }

    #[test]
    fn an_ellipse_without_extent_holds_nothing() {
        let flat = Area { distance_b: 0, ..area(Shape::Ellipse, 0) };
        assert!(!contains(&flat, 0, 0));
    }
}
