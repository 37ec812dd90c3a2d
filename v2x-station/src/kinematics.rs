//! How a station moves, in the units of the common data dictionary.

/// Metres in a ten-millionth of a degree of latitude, on a sphere of 6 371 008.8 m (the WGS-84 mean radius).
const METRES_PER_UNIT: f64 = 6_371_008.8 * core::f64::consts::PI / 180.0 / 1e7;
/// A full turn, in tenths of a degree.
const FULL_TURN: u16 = 3_600;

/// Where a station is and how it moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kinematics {
    /// Latitude in 10⁻⁷ degree, −900 000 000…900 000 000.
    pub latitude: i32,
    /// Longitude in 10⁻⁷ degree, −1 800 000 000…1 800 000 000.
    pub longitude: i32,
    /// Heading in 0.1 degree from north, clockwise, 0…3599.
    pub heading: u16,
    /// Speed in 0.01 m/s, 0…16 382.
    pub speed: u16,
}

impl Kinematics {
    /// Distance to another place in metres, by the equirectangular approximation: right to a millimetre over the
    /// few metres of a trigger rule, and to 0.2 % over the kilometres of a broadcast area.
    #[must_use]
    pub fn distance_m(&self, other: &Self) -> f64 {
        let (east, north) = offset_m((self.latitude, self.longitude), (other.latitude, other.longitude));
        east.hypot(north)
    }

    /// Change of heading in 0.1 degree, 0…1800: the short way round.
    #[must_use]
    pub fn heading_change(&self, other: &Self) -> u16 {
        let change = (self.heading % FULL_TURN).abs_diff(other.heading % FULL_TURN);
        change.min(FULL_TURN - change)
    }
}

/// Metres east and north from one place to another, both (latitude, longitude) in 10⁻⁷ degree.
pub(crate) fn offset_m(from: (i32, i32), to: (i32, i32)) -> (f64, f64) {
    let north = f64::from(to.0) - f64::from(from.0);
    let mean_latitude = (f64::from(to.0) + f64::from(from.0)) / 2.0;
    let east = shorter_way_round(f64::from(to.1) - f64::from(from.1));
    let east = east * (mean_latitude / 1e7).to_radians().cos();
    (east * METRES_PER_UNIT, north * METRES_PER_UNIT)
}

/// A difference of longitudes in 10⁻⁷ degree, across the antimeridian where that is shorter.
fn shorter_way_round(difference: f64) -> f64 {
    const TURN: f64 = 3.6e9;
    difference - (difference / TURN).round() * TURN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: i32, longitude: i32) -> Kinematics {
        Kinematics { latitude, longitude, heading: 0, speed: 0 }
    }

    #[test]
    fn a_minute_of_latitude_is_a_nautical_mile() {
        let distance = at(500_000_000, 0).distance_m(&at(500_166_667, 0));
        assert!((distance - 1_853.2).abs() < 0.5, "{distance}");
    }

    #[test]
    fn longitude_shrinks_with_latitude_and_wraps_at_the_antimeridian() {
        let at_sixty = at(600_000_000, 0).distance_m(&at(600_000_000, 10_000));
        assert!((at_sixty - 55.6).abs() < 0.1, "{at_sixty}");
        let across = at(0, 1_799_999_000).distance_m(&at(0, -1_799_999_000));
        assert!((across - 22.24).abs() < 0.1, "{across}");
    }
}
