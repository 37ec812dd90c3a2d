//! Regions of certificates on the command line.

use anyhow::{Context, Result, bail};
use clap::Args;
use v2x_codec::ieee1609dot2::{
    CircularRegion, GeographicRegion, IdentifiedRegion, Latitude, Longitude, NinetyDegreeInt,
    OneEightyDegreeInt, SequenceOfIdentifiedRegion, TwoDLocation, UnCountryId,
};
use v2x_security::sign::Location;

use crate::position;

/// Where a certificate shall be valid.
#[derive(Args)]
#[group(multiple = true)]
pub(crate) struct RegionArguments {
    /// Country where it is valid, by its UN number (276 is Germany, 65535 the European Union); can be given more
    /// than once; without a region, everywhere
    #[arg(long, value_name = "NUMBER", conflicts_with = "circle")]
    country: Vec<u16>,

    /// Circle where it is valid: degrees, degrees and metres
    #[arg(long, value_name = "LAT,LON,RADIUS", allow_hyphen_values = true, value_parser = parse_circle)]
    circle: Option<CircularRegion>,
}

impl RegionArguments {
    /// The region; `None` is everywhere.
    pub(crate) fn region(&self) -> Option<GeographicRegion> {
        match &self.circle {
            Some(circle) => Some(GeographicRegion::CircularRegion(circle.clone())),
            None if self.country.is_empty() => None,
            None => {
                let country = |&number| IdentifiedRegion::CountryOnly(UnCountryId(number));
                let list = self.country.iter().map(country).collect();
                Some(GeographicRegion::IdentifiedRegion(SequenceOfIdentifiedRegion(list)))
            }
        }
    }
}

fn parse_circle(text: &str) -> Result<CircularRegion> {
    let Some((centre, radius)) = text.rsplit_once(',') else {
        bail!("{text}: not a circle; give LAT,LON,RADIUS, such as 52.5200,13.4050,5000");
    };
    let centre = position::parse(centre)?;
    match radius.trim().parse() {
        Ok(radius @ 1..) => Ok(CircularRegion::builder().center(location(&centre)?).radius(radius).build()),
        _ => bail!("{radius}: not a radius of 1 to 65535 m"),
    }
}

fn location(place: &Location) -> Result<TwoDLocation> {
    let latitude = NinetyDegreeInt::new(place.latitude).context("the latitude is out of range")?;
    let longitude = OneEightyDegreeInt::new(place.longitude).context("the longitude is out of range")?;
    Ok(TwoDLocation::builder().latitude(Latitude(latitude)).longitude(Longitude(longitude)).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_has_a_centre_and_a_radius() {
        assert_eq!(parse_circle("52.52,-13.405,500").map(|circle| circle.radius).ok(), Some(500));
        for text in ["52.52,13.405", "52.52,13.405,0", "52.52,13.405,70000", "91,0,5", "here"] {
            assert!(parse_circle(text).is_err(), "{text}");
        }
    }
}
