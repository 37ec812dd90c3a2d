//! Traffic as it was recorded: SUMO floating-car data (FCD), read once, asked at any moment.
//!
//! [`Trace::open`] takes what `sumo --fcd-output FILE --fcd-output.geo` writes, plain or gzip, of any step length. A
//! vehicle's state between two steps is interpolated, so that stations can be driven on the 100 ms grid of
//! [`Trace::instants`] whatever the recording's own step was. A vehicle that is missing from a step, or that jumps
//! (SUMO moves a jammed vehicle that way), is absent in between: nothing is invented across a gap.
//!
//! The reader is strict and bounded (see [`limits`]): what it does not understand is a [`TraceError`] with its line.
//!
//! ```
//! use core::time::Duration;
//! use simulator::trace::Trace;
//!
//! let fcd = br#"<fcd-export>
//!     <timestep time="0.00"><vehicle id="a" x="11.0" y="48.0" angle="90.0" type="car" speed="10.0"/></timestep>
//!     <timestep time="1.00"><vehicle id="a" x="11.0001344" y="48.0" angle="90.0" type="car" speed="12.0"/></timestep>
//! </fcd-export>"#;
//! let trace = Trace::read(&fcd[..])?;
//! let (_, state) = trace.at(Duration::from_millis(500)).next().ok_or("absent")?;
//! assert_eq!(state.speed, 1_100);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod input;
pub mod limits;
pub(crate) mod motion;
mod reader;
#[cfg(test)]
mod tests;

use core::time::Duration;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

pub use error::{TraceError, TraceErrorKind};
pub use motion::{State, VehicleClass};

use motion::Sample;

/// The grid that stations are driven on: EN 302 637-2 lets a CAM out at most every 100 ms.
pub const GRID: Duration = Duration::from_millis(100);

/// One vehicle of a trace, from its first step to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vehicle {
    id: String,
    class: VehicleClass,
    samples: Vec<Sample>,
}

impl Vehicle {
    /// The name that the recording gives it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What kind of vehicle it is, as far as its type's name tells.
    pub fn class(&self) -> VehicleClass {
        self.class
    }

    /// When it is first seen, counted from the trace's start.
    pub fn appears(&self) -> Duration {
        self.samples.first().map_or(Duration::ZERO, |sample| millis(sample.at))
    }

    /// When it is last seen, counted from the trace's start.
    pub fn leaves(&self) -> Duration {
        self.samples.last().map_or(Duration::ZERO, |sample| millis(sample.at))
    }

    /// Where it is and how it moves `at` that long after the trace's start; `None` while it is absent.
    pub fn at(&self, at: Duration) -> Option<State> {
        let at = u32::try_from(at.as_millis()).ok()?;
        let next = self.samples.partition_point(|sample| sample.at < at);
        let after = self.samples.get(next)?;
        if after.at == at {
            return Some(after.state);
        }
        let before = self.samples.get(next.checked_sub(1)?)?;
        after.continues.then(|| motion::between(before, after, at))
    }

    /// Whether it is there, without a gap, from one time to another, both included.
    pub fn is_present_throughout(&self, from: Duration, to: Duration) -> bool {
        let (from_ms, to_ms) = (from.as_millis(), to.as_millis());
        let whole = self.appears() <= from && to <= self.leaves();
        whole
            && !self.samples.iter().any(|sample| {
                !sample.continues && from_ms < u128::from(sample.at) && u128::from(sample.at) <= to_ms
            })
    }
}

/// A recording: its time steps and everything that moves in it.
///
/// Times count from the first step, which is zero here whatever clock the recording had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    steps: Vec<u32>,
    vehicles: Vec<Vehicle>,
    skipped: usize,
}

impl Trace {
    /// Reads a file, gzip or plain: the first two octets decide.
    ///
    /// # Errors
    /// [`TraceError`] when the file cannot be read or is no geographic FCD within [`limits`].
    pub fn open(path: &Path) -> Result<Self, TraceError> {
        let file = File::open(path).map_err(|error| TraceError::at(0, TraceErrorKind::Unreadable(error)))?;
        Self::read(BufReader::new(file))
    }

    /// Reads FCD, gzip or plain, from where `input` stands to its end.
    ///
    /// # Errors
    /// As [`Trace::open`].
    pub fn read(input: impl BufRead) -> Result<Self, TraceError> {
        reader::read(input)
    }

    /// The times of the recording's own steps, in ms from its start, ascending.
    pub fn steps(&self) -> &[u32] {
        &self.steps
    }

    /// The vehicles, in the order in which they first appear.
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// How many records of persons and containers were passed over: they are no stations here.
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// From the first step to the last.
    pub fn duration(&self) -> Duration {
        self.steps.last().map_or(Duration::ZERO, |&last| millis(last))
    }

    /// The 100 ms grid from the start to the end, both included.
    pub fn instants(&self) -> impl Iterator<Item = Duration> + use<> {
        let end = self.duration();
        core::iter::successors(Some(Duration::ZERO), |at| at.checked_add(GRID))
            .take_while(move |at| *at <= end)
    }

    /// Who is there at a moment, by index into [`Trace::vehicles`], and how each moves.
    pub fn at(&self, at: Duration) -> impl Iterator<Item = (usize, State)> + '_ {
        self.vehicles.iter().enumerate().filter_map(move |(index, vehicle)| Some((index, vehicle.at(at)?)))
    }

    /// The vehicles, by index, that are there without a gap from one time to another, both included.
    pub fn present_throughout(&self, from: Duration, to: Duration) -> impl Iterator<Item = usize> + '_ {
        let present = move |(index, vehicle): (usize, &Vehicle)| {
            vehicle.is_present_throughout(from, to).then_some(index)
        };
        self.vehicles.iter().enumerate().filter_map(present)
    }
}

fn millis(at: u32) -> Duration {
    Duration::from_millis(u64::from(at))
}
