//! Regions for people, by the names of their ASN.1, in degrees and metres.

use core::fmt;

use super::{CircularRegion, Country, GeographicRegion, PolygonalRegion, RectangularRegion, TwoDLocation};

/// Corners of a polygon that are shown; the rest is counted.
const SHOWN_CORNERS: usize = 6;

/// Latitude and longitude in degrees, from 1/10 000 000 degree.
pub(crate) fn write_degrees(f: &mut fmt::Formatter<'_>, latitude: i32, longitude: i32) -> fmt::Result {
    let degrees = |value: i32| f64::from(value) / 1e7;
    write!(f, "{:.7}, {:.7}", degrees(latitude), degrees(longitude))
}

/// The entries of a list, a semicolon between them.
fn write_list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, entries: &[T]) -> fmt::Result {
    entries.iter().enumerate().try_for_each(|(index, entry)| {
        f.write_str(if index == 0 { "" } else { "; " })?;
        entry.fmt(f)
    })
}

impl fmt::Display for TwoDLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_degrees(f, self.latitude, self.longitude)
    }
}

impl fmt::Display for CircularRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} m around {}", self.radius, self.center)
    }
}

impl fmt::Display for RectangularRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "north-west {} to south-east {}", self.north_west, self.south_east)
    }
}

impl fmt::Display for PolygonalRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, rest) = self.0.split_at(self.0.len().min(SHOWN_CORNERS));
        write_list(f, shown)?;
        if rest.is_empty() { Ok(()) } else { write!(f, " and {} more", rest.len()) }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if *self == Self::EUROPEAN_UNION { " (European Union)" } else { "" };
        write!(f, "{}{name}", self.0)
    }
}

impl fmt::Display for GeographicRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circular(circle) => write!(f, "circularRegion {circle}"),
            Self::Rectangular(rectangles) => {
                f.write_str("rectangularRegion ")?;
                write_list(f, rectangles)
            }
            Self::Polygonal(polygon) => write!(f, "polygonalRegion {polygon}"),
            Self::Identified(countries) => {
                f.write_str("identifiedRegion ")?;
                write_list(f, countries)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: i32, longitude: i32) -> TwoDLocation {
        TwoDLocation::new(latitude * 10_000_000, longitude * 10_000_000).unwrap()
    }

    #[test]
    fn regions_are_shown_in_degrees_and_metres() {
        let circle = GeographicRegion::Circular(CircularRegion { center: at(52, -13), radius: 500 });
        assert_eq!(circle.to_string(), "circularRegion 500 m around 52.0000000, -13.0000000");
        let rectangle = RectangularRegion::new(at(2, 1), at(1, 2)).unwrap();
        assert_eq!(
            GeographicRegion::Rectangular(vec![rectangle]).to_string(),
            "rectangularRegion north-west 2.0000000, 1.0000000 to south-east 1.0000000, 2.0000000"
        );
        let countries = vec![Country(276), Country::EUROPEAN_UNION];
        let countries = GeographicRegion::Identified(countries).to_string();
        assert_eq!(countries, "identifiedRegion 276; 65535 (European Union)");
    }

    #[test]
    fn a_long_polygon_is_cut() {
        let corners = vec![at(0, 0), at(0, 1), at(0, 2), at(1, 3), at(2, 3), at(3, 2), at(3, 1), at(2, 0)];
        let shown = PolygonalRegion(corners).to_string();
        assert!(shown.starts_with("0.0000000, 0.0000000; 0.0000000, 1.0000000; "), "{shown}");
        assert!(shown.ends_with(" and 2 more"), "{shown}");
    }
}
