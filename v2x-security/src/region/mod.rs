//! Where a certificate is good: circles, rectangles, polygons and countries.
//!
//! Positions are exact integers of 1/10 000 000 degree. Distances are measured as chords of the WGS-84 ellipsoid and are
//! wrong by less than 0.1 m at the largest radius that a circle can have (65 535 m). Sides of a polygon are great circles
//! over geodetic latitudes; they differ from the ellipsoid's geodesics by less than one part in 300 of their rise over the
//! straight line on a map, which for a side of 100 km is about a metre.
//!
//! Everything that cannot be judged is outside: a country that the table lacks, a polygon around a pole, parts of
//! countries (for which TS 103 097 clause 6 knows no values).

mod convert;
mod country;
mod geometry;
mod inside;
mod show;
#[cfg(test)]
mod tests;

pub use country::{Boundaries, Country};
pub(crate) use show::write_degrees;

use crate::limits;

/// A known position: `TwoDLocation` without the values for unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TwoDLocation {
    latitude: i32,
    longitude: i32,
}

impl TwoDLocation {
    /// From latitude and longitude in 1/10 000 000 degree.
    ///
    /// # Errors
    /// [`RegionRefusal::PositionUnknown`] for 900000001 and 1800000001, [`RegionRefusal::PositionOutOfRange`] beyond
    /// ±90° and outside (−180°, 180°].
    pub fn new(latitude: i32, longitude: i32) -> Result<Self, RegionRefusal> {
        if latitude == 900_000_001 || longitude == 1_800_000_001 {
            return Err(RegionRefusal::PositionUnknown);
        }
        let known = (-900_000_000..=900_000_000).contains(&latitude)
            && (-1_799_999_999..=1_800_000_000).contains(&longitude);
        if known {
            Ok(Self { latitude, longitude })
        } else {
            Err(RegionRefusal::PositionOutOfRange { latitude, longitude })
        }
    }

    /// In 1/10 000 000 degree, north positive.
    #[must_use]
    pub const fn latitude(self) -> i32 {
        self.latitude
    }

    /// In 1/10 000 000 degree, east positive.
    #[must_use]
    pub const fn longitude(self) -> i32 {
        self.longitude
    }
}

/// `CircularRegion`: every point within a distance of the centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircularRegion {
    /// The centre.
    pub center: TwoDLocation,
    /// In metres.
    pub radius: u16,
}

/// `RectangularRegion`: between two parallels and two meridians, across 180° if the west lies east of the east.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RectangularRegion {
    north_west: TwoDLocation,
    south_east: TwoDLocation,
}

impl RectangularRegion {
    /// From its corners.
    ///
    /// # Errors
    /// [`RegionRefusal::Malformed`] if the corners share a latitude or longitude, or the north is south of the south.
    pub const fn new(north_west: TwoDLocation, south_east: TwoDLocation) -> Result<Self, RegionRefusal> {
        if north_west.latitude <= south_east.latitude || north_west.longitude == south_east.longitude {
            return Err(RegionRefusal::Malformed("rectangularRegion has no area"));
        }
        Ok(Self { north_west, south_east })
    }
}

/// `PolygonalRegion`: the inside and the border of a simple polygon that goes around no pole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolygonalRegion(Vec<TwoDLocation>);

impl PolygonalRegion {
    /// From its corners in order, not repeating the first.
    ///
    /// # Errors
    /// [`RegionRefusal::Malformed`] for less than three corners, equal neighbours or crossing sides,
    /// [`RegionRefusal::TooMany`] beyond [`limits::MAX_POLYGON_VERTICES`], [`RegionRefusal::Unsupported`] for a corner on
    /// a pole, a side of half the world or a polygon around a pole.
    pub fn new(corners: Vec<TwoDLocation>) -> Result<Self, RegionRefusal> {
        within(corners.len(), limits::MAX_POLYGON_VERTICES, "polygonalRegion")?;
        geometry::check_polygon(&corners)?;
        Ok(Self(corners))
    }
}

/// `GeographicRegion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeographicRegion {
    /// Around a point.
    Circular(CircularRegion),
    /// Any of these rectangles.
    Rectangular(Vec<RectangularRegion>),
    /// Within a line of corners.
    Polygonal(PolygonalRegion),
    /// Any of these countries.
    Identified(Vec<Country>),
}

impl GeographicRegion {
    /// Any of `rectangles`.
    ///
    /// # Errors
    /// [`RegionRefusal::TooMany`], and [`RegionRefusal::Malformed`] for none.
    pub fn rectangular(rectangles: Vec<RectangularRegion>) -> Result<Self, RegionRefusal> {
        some_within(rectangles.len(), limits::MAX_RECTANGLES, "rectangularRegion")?;
        Ok(Self::Rectangular(rectangles))
    }

    /// Any of `countries`.
    ///
    /// # Errors
    /// [`RegionRefusal::TooMany`], and [`RegionRefusal::Malformed`] for none.
    pub fn identified(countries: Vec<Country>) -> Result<Self, RegionRefusal> {
        some_within(countries.len(), limits::MAX_IDENTIFIED_REGIONS, "identifiedRegion")?;
        Ok(Self::Identified(countries))
    }

    /// Checks that `position` lies in the region.
    ///
    /// # Errors
    /// [`RegionRefusal::Outside`]; [`RegionRefusal::UnknownCountry`] if the position is in no country of the list that the
    /// table knows, and the list names one that it does not.
    pub fn contains(&self, position: TwoDLocation) -> Result<(), RegionRefusal> {
        let inside = match self {
            Self::Circular(circle) => circle.contains(position),
            Self::Rectangular(list) => list.iter().any(|rectangle| rectangle.contains(position)),
            Self::Polygonal(polygon) => polygon.contains(position),
            Self::Identified(countries) => return country::any_contains(countries, position),
        };
        if inside { Ok(()) } else { Err(RegionRefusal::Outside) }
    }

    /// Checks that all of this region, a subject's, lies in that of its issuer.
    ///
    /// A region is shown to be inside only where that is certain: equal regions; countries among countries; and any shape
    /// whose bounding box one rectangle, the polygon or one country encloses, or whose farthest point the circle does.
    ///
    /// # Errors
    /// [`RegionRefusal::NotInside`] whenever it cannot be shown; [`RegionRefusal::UnknownCountry`].
    pub fn is_inside(&self, issuer: &Self) -> Result<(), RegionRefusal> {
        if self == issuer || inside::shown(self, issuer)? { Ok(()) } else { Err(RegionRefusal::NotInside) }
    }
}

fn within(count: usize, limit: usize, list: &'static str) -> Result<(), RegionRefusal> {
    if count > limit { Err(RegionRefusal::TooMany { list, count, limit }) } else { Ok(()) }
}

fn some_within(count: usize, limit: usize, list: &'static str) -> Result<(), RegionRefusal> {
    if count == 0 {
        return Err(RegionRefusal::Malformed("a region list is empty"));
    }
    within(count, limit, list)
}

/// Why a region is malformed or unsupported, or something is not inside it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegionRefusal {
    /// Latitude or longitude says that it is unknown.
    #[error("the position is unknown")]
    PositionUnknown,
    /// Latitude or longitude outside the globe.
    #[error("latitude {latitude} or longitude {longitude} is out of range")]
    PositionOutOfRange {
        /// In 1/10 000 000 degree.
        latitude: i32,
        /// In 1/10 000 000 degree.
        longitude: i32,
    },
    /// The region breaks a rule of its type.
    #[error("{0}")]
    Malformed(&'static str),
    /// A list is longer than this implementation supports (a critical information field).
    #[error("{list} has {count} entries; at most {limit} are supported")]
    TooMany {
        /// The list's name in the ASN.1 module.
        list: &'static str,
        /// Its entries.
        count: usize,
        /// The bound in [`crate::limits`].
        limit: usize,
    },
    /// A region that is valid, but cannot be judged here.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    /// The boundary table does not have this country.
    #[error("country {0} is not in the boundary table")]
    UnknownCountry(u16),
    /// The position is not in the region.
    #[error("the position is outside the region")]
    Outside,
    /// The subject's region cannot be shown to lie in its issuer's.
    #[error("the region is not shown to lie inside that of its issuer")]
    NotInside,
}
