//! From the decoder's types to ours.

use v2x_codec::ieee1609dot2 as base;

use super::{
    CircularRegion, Country, GeographicRegion, PolygonalRegion, RectangularRegion, RegionRefusal,
    TwoDLocation, limits, within,
};

impl TryFrom<&base::GeographicRegion> for GeographicRegion {
    type Error = RegionRefusal;

    fn try_from(region: &base::GeographicRegion) -> Result<Self, Self::Error> {
        match region {
            base::GeographicRegion::CircularRegion(circle) => Ok(Self::Circular(CircularRegion {
                center: TwoDLocation::try_from(&circle.center)?,
                radius: circle.radius,
            })),
            base::GeographicRegion::RectangularRegion(list) => {
                within(list.0.len(), limits::MAX_RECTANGLES, "rectangularRegion")?;
                Self::rectangular(list.0.iter().map(RectangularRegion::try_from).collect::<Result<_, _>>()?)
            }
            base::GeographicRegion::PolygonalRegion(polygon) => {
                within(polygon.0.len(), limits::MAX_POLYGON_VERTICES, "polygonalRegion")?;
                let corners = polygon.0.iter().map(TwoDLocation::try_from).collect::<Result<_, _>>()?;
                PolygonalRegion::new(corners).map(Self::Polygonal)
            }
            base::GeographicRegion::IdentifiedRegion(list) => {
                within(list.0.len(), limits::MAX_IDENTIFIED_REGIONS, "identifiedRegion")?;
                Self::identified(list.0.iter().map(Country::try_from).collect::<Result<_, _>>()?)
            }
            _ => Err(RegionRefusal::Unsupported("this choice of GeographicRegion")),
        }
    }
}

impl TryFrom<&base::TwoDLocation> for TwoDLocation {
    type Error = RegionRefusal;

    fn try_from(location: &base::TwoDLocation) -> Result<Self, Self::Error> {
        Self::new(*location.latitude.0, *location.longitude.0)
    }
}

impl TryFrom<&base::RectangularRegion> for RectangularRegion {
    type Error = RegionRefusal;

    fn try_from(rectangle: &base::RectangularRegion) -> Result<Self, Self::Error> {
        Self::new((&rectangle.north_west).try_into()?, (&rectangle.south_east).try_into()?)
    }
}

impl TryFrom<&base::IdentifiedRegion> for Country {
    type Error = RegionRefusal;

    fn try_from(region: &base::IdentifiedRegion) -> Result<Self, Self::Error> {
        match region {
            base::IdentifiedRegion::CountryOnly(country) => Ok(Self(country.0)),
            base::IdentifiedRegion::CountryAndRegions(_) => {
                Err(RegionRefusal::Unsupported("countryAndRegions"))
            }
            base::IdentifiedRegion::CountryAndSubregions(_) => {
                Err(RegionRefusal::Unsupported("countryAndSubregions"))
            }
            _ => Err(RegionRefusal::Unsupported("this choice of IdentifiedRegion")),
        }
    }
}
