//! From the plane of a network to WGS 84.
//!
//! SUMO knows the projection of its network, whatever it is. It is asked for the places of a grid over the whole network, once; what lies
//! between is interpolated. Over a network of 10 km the cells are 300 m wide, and the error, which grows with the square of
//! that, is 2 mm for UTM.

use v2x_security::refusal::Position;

use super::client::Client;
use super::error::TraciError;

/// Cells of the grid each way.
const CELLS: usize = 32;
/// Metres in a ten-millionth of a degree of a great circle: those of `v2x_station::Kinematics`.
const METRES_PER_UNIT: f64 = 6_371_008.8 * core::f64::consts::PI / 180.0 / 1e7;

/// The way from metres in a network's plane to degrees.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// By a grid of places, longitude first, in degrees.
    Grid {
        /// The corner with the least coordinates, in metres.
        corner: (f64, f64),
        /// Width and height of a cell, in metres.
        cell: (f64, f64),
        /// Row by row from south to north, each from west to east.
        places: Vec<(f64, f64)>,
    },
    /// As a plane that touches the Earth at the origin's latitude.
    Plane(Position),
}

impl Projection {
    /// That of SUMO's network; where it has none, a plane at `origin`.
    ///
    /// # Errors
    /// [`TraciError::NoProjection`] for neither; [`TraciError`] of the connection.
    pub fn of(client: &mut Client, origin: Option<Position>) -> Result<Self, TraciError> {
        if let Some(origin) = origin {
            return Ok(Self::Plane(origin));
        }
        let [(west, south), (east, north)] = client.boundary()?;
        let cell = (((east - west) / CELLS as f64).max(1.0), ((north - south) / CELLS as f64).max(1.0));
        let mut places = Vec::with_capacity((CELLS + 1) * (CELLS + 1));
        for row in 0..=CELLS {
            for column in 0..=CELLS {
                let (x, y) = (west + column as f64 * cell.0, south + row as f64 * cell.1);
                let place = client.geographic(x, y)?;
                // Without a projection SUMO gives back what it is asked.
                if place == (x, y) || place.0.abs() > 180.0 || place.1.abs() > 90.0 {
                    return Err(TraciError::NoProjection);
                }
                places.push(place);
            }
        }
        Ok(Self::Grid { corner: (west, south), cell, places })
    }

    /// Latitude and longitude in 0.1 microdegree of a place in metres.
    #[must_use]
    pub fn geographic(&self, x: f64, y: f64) -> (i32, i32) {
        let (longitude, latitude) = match self {
            Self::Plane(origin) => {
                let shrink = (f64::from(origin.latitude) / 1e7).to_radians().cos().max(1e-6);
                let (east, north) = (x / METRES_PER_UNIT / shrink, y / METRES_PER_UNIT);
                ((f64::from(origin.longitude) + east) / 1e7, (f64::from(origin.latitude) + north) / 1e7)
            }
            Self::Grid { corner, cell, places } => {
                between(places, (x - corner.0) / cell.0, (y - corner.1) / cell.1)
            }
        };
        ((latitude * 1e7).round() as i32, (longitude * 1e7).round() as i32)
    }
}

/// The place at (column, row), in cells; beyond the grid its last cells go on.
fn between(places: &[(f64, f64)], column: f64, row: f64) -> (f64, f64) {
    let cell = |value: f64| value.floor().clamp(0.0, CELLS as f64 - 1.0);
    let (left, low) = (cell(column), cell(row));
    let at = |right: usize, up: usize| {
        let index = (low as usize + up) * (CELLS + 1) + left as usize + right;
        places.get(index).copied().unwrap_or_default()
    };
    let mix =
        |a: (f64, f64), b: (f64, f64), share: f64| (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
    let (across, along) = (column - left, row - low);
    mix(mix(at(0, 0), at(1, 0), across), mix(at(0, 1), at(1, 1), across), along)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_keeps_distances() {
        let origin = Position { latitude: 444_900_000, longitude: 113_200_000 };
        let plane = Projection::Plane(origin);
        assert_eq!(plane.geographic(0.0, 0.0), (origin.latitude, origin.longitude));
        let (latitude, longitude) = plane.geographic(1_000.0, 0.0);
        let shrink = 44.49f64.to_radians().cos();
        let metres = f64::from(longitude - origin.longitude) * METRES_PER_UNIT * shrink;
        assert_eq!(latitude, origin.latitude);
        assert!((metres - 1_000.0).abs() < 0.05, "{metres}");
    }

    #[test]
    fn a_grid_is_exact_where_the_projection_is_linear() {
        let places: Vec<(f64, f64)> = (0..=CELLS)
            .flat_map(|row| {
                (0..=CELLS).map(move |column| (11.0 + column as f64 * 1e-3, 48.0 + row as f64 * 2e-3))
            })
            .collect();
        let grid = Projection::Grid { corner: (100.0, 200.0), cell: (10.0, 20.0), places };
        assert_eq!(grid.geographic(100.0, 200.0), (480_000_000, 110_000_000));
        assert_eq!(grid.geographic(115.0, 210.0), (480_010_000, 110_015_000));
        assert_eq!(grid.geographic(90.0, 180.0), (479_980_000, 109_990_000), "beyond the edge it goes on");
    }
}
