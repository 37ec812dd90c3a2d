//! Positions on the command line: degrees and metres.

use anyhow::{Context, Result, bail};
use v2x_security::sign::Location;

/// `Elevation` counts decimetres from 409.6 m below the ellipsoid.
const ELEVATION_OFFSET_METRES: f64 = 409.6;

/// Reads `LAT,LON` or `LAT,LON,ALT`, in degrees north and east and metres above the ellipsoid.
pub(crate) fn parse(text: &str) -> Result<Location> {
    let numbers: Vec<f64> = text
        .split(',')
        .map(|part| part.trim().parse::<f64>().with_context(|| format!("{part}: not a number")))
        .collect::<Result<_>>()?;
    match *numbers.as_slice() {
        [latitude, longitude] => location(latitude, longitude, 0.0),
        [latitude, longitude, altitude] => location(latitude, longitude, altitude),
        _ => bail!("{text}: not a position; give LAT,LON or LAT,LON,ALT, such as 52.5200,13.4050,34"),
    }
}

fn location(latitude: f64, longitude: f64, altitude: f64) -> Result<Location> {
    if !(-90.0..=90.0).contains(&latitude) {
        bail!("latitude {latitude} is not between -90 and 90 degrees");
    }
    if !(longitude > -180.0 && longitude <= 180.0) {
        bail!("longitude {longitude} is not above -180 and up to 180 degrees");
    }
    if !(-ELEVATION_OFFSET_METRES..=6143.9).contains(&altitude) {
        bail!("altitude {altitude} is not between -409.6 and 6143.9 m");
    }
    let decimetres = ((altitude + ELEVATION_OFFSET_METRES) * 10.0).round();
    Ok(Location {
        latitude: tenth_microdegrees(latitude),
        longitude: tenth_microdegrees(longitude),
        elevation: whole(decimetres, u16::MAX),
    })
}

#[expect(clippy::cast_possible_truncation, reason = "at most 1.8e9 after the checks above")]
fn tenth_microdegrees(degrees: f64) -> i32 {
    (degrees * 1e7).round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 65 535 after the checks above"
)]
fn whole(value: f64, greatest: u16) -> u16 {
    (value as u16).min(greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_and_metres_become_the_units_of_the_asn1() {
        let here = parse("52.52, -13.405,34.5").expect("it is a position");
        assert_eq!((here.latitude, here.longitude, here.elevation), (525_200_000, -134_050_000, 4_441));
    }

    #[test]
    fn what_is_no_place_on_earth_is_refused() {
        for text in ["91,0", "0,181", "0,-180", "0", "here", "0,0,0,0", "NaN,0", "0,0,9000"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
