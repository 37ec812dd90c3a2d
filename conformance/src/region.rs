//! Regions of certificates, in each of the four kinds.

use v2x_codec::ieee1609dot2::{
    CircularRegion, GeographicRegion, IdentifiedRegion, Latitude, Longitude, NinetyDegreeInt,
    OneEightyDegreeInt, PolygonalRegion, RectangularRegion, SequenceOfIdentifiedRegion,
    SequenceOfRectangularRegion, TwoDLocation, UnCountryId,
};

use crate::message::Place;

/// The four ways to name a region that holds one place and not the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// A circle of one kilometre.
    Circle,
    /// A rectangle of some kilometres.
    Rectangle,
    /// A triangle of some kilometres.
    Polygon,
    /// A country.
    Identified,
}

impl RegionKind {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Circle, Self::Rectangle, Self::Polygon, Self::Identified];

    /// The region around `place`; as identified region, Germany.
    ///
    /// # Panics
    /// If `place` is not on earth.
    #[must_use]
    pub fn around(self, place: Place) -> GeographicRegion {
        match self {
            Self::Circle => GeographicRegion::CircularRegion(CircularRegion {
                center: corner(place, 0, 0),
                radius: 1_000,
            }),
            Self::Rectangle => {
                let rectangle =
                    RectangularRegion { north_west: corner(place, 1, -1), south_east: corner(place, -1, 1) };
                GeographicRegion::RectangularRegion(SequenceOfRectangularRegion(vec![rectangle]))
            }
            Self::Polygon => {
                let corners = [(2, 0), (-1, 2), (-1, -2)];
                let corners = corners.map(|(north, east)| corner(place, north, east));
                GeographicRegion::PolygonalRegion(PolygonalRegion(corners.to_vec()))
            }
            Self::Identified => country(276),
        }
    }
}

/// A country by its number in the UN's list.
#[must_use]
pub fn country(number: u16) -> GeographicRegion {
    let country = IdentifiedRegion::CountryOnly(UnCountryId(number));
    GeographicRegion::IdentifiedRegion(SequenceOfIdentifiedRegion(vec![country]))
}

/// Hundredths of a degree away from `place`.
fn corner(place: Place, north: i32, east: i32) -> TwoDLocation {
    const STEP: i32 = 100_000;
    TwoDLocation {
        latitude: Latitude(NinetyDegreeInt::new(place.latitude + north * STEP).expect("on earth")),
        longitude: Longitude(OneEightyDegreeInt::new(place.longitude + east * STEP).expect("on earth")),
    }
}
