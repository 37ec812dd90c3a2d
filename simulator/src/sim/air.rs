//! What is on the air in one step, and who is near it.

use std::collections::HashMap;
use std::sync::Arc;

use v2x_codec::time::Time64;

use crate::scenario::Attack;
use crate::trace::State;

/// Width of a cell of the map, in metres.
const CELL_M: f64 = 250.0;
/// Metres in a ten-millionth of a degree of a great circle.
const METRES_PER_UNIT: f64 = 6_371_008.8 * core::f64::consts::PI / 180.0 / 1e7;

/// A place in metres on a plane through the scene.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Place {
    pub(crate) fn distance_m(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// The plane that all distances are measured on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plane {
    latitude: i32,
    longitude: i32,
    shrink: f64,
}

impl Plane {
    pub(crate) fn through(state: &State) -> Self {
        let shrink = (f64::from(state.latitude) / 1e7).to_radians().cos();
        Self { latitude: state.latitude, longitude: state.longitude, shrink }
    }

    pub(crate) fn place(&self, latitude: i32, longitude: i32) -> Place {
        let east = f64::from(longitude) - f64::from(self.longitude);
        let north = f64::from(latitude) - f64::from(self.latitude);
        Place { x: east * METRES_PER_UNIT * self.shrink, y: north * METRES_PER_UNIT }
    }

    /// The state of somebody who is so many metres away.
    pub(crate) fn moved(&self, state: &State, east: f64, north: f64) -> State {
        let units = |metres: f64, shrink: f64| (metres / METRES_PER_UNIT / shrink.max(1e-6)) as i32;
        State {
            latitude: state.latitude.saturating_add(units(north, 1.0)),
            longitude: state.longitude.saturating_add(units(east, self.shrink)),
            ..*state
        }
    }
}

/// Who sent a frame, as the simulation knows and no receiver does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Honest,
    Attack(Attack),
    /// What was on the air before, under this number, when it was made.
    Replay(u64, Time64),
}

/// A packet on the air.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// Its number in the run.
    pub(crate) number: u64,
    pub(crate) at: Time64,
    /// Whose radio it left.
    pub(crate) sender: u64,
    pub(crate) place: Place,
    pub(crate) micros: u64,
    pub(crate) origin: Origin,
    pub(crate) octets: Arc<[u8]>,
}

/// All frames of a step, by where they were sent.
#[derive(Default)]
pub(crate) struct Air {
    pub(crate) frames: Vec<Frame>,
    cells: HashMap<(i32, i32), Vec<u32>>,
}

impl Air {
    pub(crate) fn new(frames: Vec<Frame>) -> Self {
        let mut cells: HashMap<_, Vec<u32>> = HashMap::new();
        for (index, frame) in (0..).zip(&frames) {
            cells.entry(cell(frame.place)).or_default().push(index);
        }
        Self { frames, cells }
    }

    /// Hands over every frame that was sent within `reach_m` of a place, with its index and distance: cell by cell, in the same
    /// order each time.
    pub(crate) fn near(&self, here: Place, reach_m: f64, mut found: impl FnMut(u32, &Frame, f64)) {
        let (low, high) = (moved(here, -reach_m), moved(here, reach_m));
        for column in low.0..=high.0 {
            for row in low.1..=high.1 {
                for index in self.cells.get(&(column, row)).into_iter().flatten() {
                    let Some(frame) = self.frame(*index) else { continue };
                    let distance = here.distance_m(frame.place);
                    if distance < reach_m {
                        found(*index, frame, distance);
                    }
                }
            }
        }
    }

    pub(crate) fn frame(&self, index: u32) -> Option<&Frame> {
        self.frames.get(usize::try_from(index).ok()?)
    }
}

fn cell(place: Place) -> (i32, i32) {
    ((place.x / CELL_M).floor() as i32, (place.y / CELL_M).floor() as i32)
}

fn moved(place: Place, by: f64) -> (i32, i32) {
    cell(Place { x: place.x + by, y: place.y + by })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u64, x: f64, y: f64) -> Frame {
        let (at, origin) = (Time64::from_micros(0), Origin::Honest);
        Frame { number, at, sender: number, place: Place { x, y }, micros: 500, origin, octets: Arc::new([]) }
    }

    #[test]
    fn every_frame_within_reach_is_found_once_and_no_other() {
        let frames: Vec<Frame> = (0..400u64)
            .map(|number| {
                frame(number, (number % 20) as f64 * 97.0 - 900.0, (number / 20) as f64 * 89.0 - 900.0)
            })
            .collect();
        let air = Air::new(frames.clone());
        for here in [Place::default(), Place { x: -700.0, y: 333.0 }, Place { x: 5_000.0, y: 0.0 }] {
            let mut found = Vec::new();
            air.near(here, 400.0, |_, frame, _| found.push(frame.number));
            found.sort_unstable();
            let within = frames.iter().filter(|frame| here.distance_m(frame.place) < 400.0);
            assert_eq!(found, within.map(|frame| frame.number).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_place_moved_by_metres_is_that_far_away() {
        let state = State { latitude: 523_000_000, longitude: 136_000_000, heading: 0, speed: 0 };
        let plane = Plane::through(&state);
        let there = plane.moved(&state, 300.0, -400.0);
        let place = plane.place(there.latitude, there.longitude);
        assert!((place.distance_m(Place::default()) - 500.0).abs() < 0.1, "{place:?}");
    }
}
