//! Where vehicles are: a recording, or SUMO while it runs.

mod live;

use core::time::Duration;

use thiserror::Error;

use crate::demo::shipped_trace;
use crate::scenario::{Scenario, World};
use crate::trace::{State, Trace, TraceError, VehicleClass};
use crate::traci::{Installation, TraciError};

/// A vehicle at one moment. Its number is its own for the whole run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moving {
    /// Which vehicle.
    pub vehicle: u32,
    /// What it is.
    pub class: VehicleClass,
    /// Where it is and how it moves.
    pub state: State,
}

/// Something that knows where vehicles are, at moments that do not go back.
pub trait Traffic {
    /// Everything that moves `at` that long after the start, vehicles in ascending order.
    ///
    /// # Errors
    /// When the source fails.
    fn at(&mut self, at: Duration, moving: &mut Vec<Moving>) -> Result<(), WorldError>;

    /// The name that the source has for a vehicle.
    fn name(&self, vehicle: u32) -> &str;

    /// What it is, for the report.
    fn description(&self) -> &str;
}

/// Why there is no traffic.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WorldError {
    /// A recording cannot be used.
    #[error("{file}: {error}")]
    Recording {
        /// Its file.
        file: String,
        /// Why.
        error: TraceError,
    },
    /// A recording ends before the run.
    #[error("the recording is {found} s long, {wanted} s were asked for")]
    TooShort {
        /// Its seconds.
        found: u64,
        /// The run's.
        wanted: u64,
    },
    /// SUMO fails.
    #[error(transparent)]
    Sumo(#[from] TraciError),
}

/// The traffic of a scenario; a sentence when it is not what was asked for first.
///
/// # Errors
/// [`WorldError`].
pub fn open(scenario: &Scenario) -> Result<(Box<dyn Traffic>, Option<String>), WorldError> {
    match &scenario.world {
        World::Builtin => Ok((builtin(scenario)?, None)),
        World::Fcd(path) => {
            let file = path.display().to_string();
            let trace =
                Trace::open(path).map_err(|error| WorldError::Recording { file: file.clone(), error })?;
            Ok((Recorded::open(trace, file, scenario)?, None))
        }
        World::Sumo(sumo) => match Installation::find() {
            Ok(installation) => {
                let live: Box<dyn Traffic> = Box::new(live::Live::start(&installation, sumo, scenario.seed)?);
                Ok((live, None))
            }
            Err(TraciError::NotInstalled) if sumo.or_builtin => {
                let note =
                    "SUMO is not installed: the recording that comes with the program was taken instead";
                Ok((builtin(scenario)?, Some(note.to_owned())))
            }
            Err(error) => Err(error.into()),
        },
    }
}

fn builtin(scenario: &Scenario) -> Result<Box<dyn Traffic>, WorldError> {
    let file = "a10.fcd.xml.gz (shipped)".to_owned();
    let trace = shipped_trace().map_err(|error| WorldError::Recording { file: file.clone(), error })?;
    Recorded::open(trace, file, scenario)
}

/// A recording.
struct Recorded {
    trace: Trace,
    file: String,
}

impl Recorded {
    fn open(trace: Trace, file: String, scenario: &Scenario) -> Result<Box<dyn Traffic>, WorldError> {
        if trace.duration() < Duration::from_secs(scenario.duration_s) {
            let (found, wanted) = (trace.duration().as_secs(), scenario.duration_s);
            return Err(WorldError::TooShort { found, wanted });
        }
        Ok(Box::new(Self { trace, file }))
    }
}

impl Traffic for Recorded {
    fn at(&mut self, at: Duration, moving: &mut Vec<Moving>) -> Result<(), WorldError> {
        moving.clear();
        let class = |index: usize| self.trace.vehicles().get(index).map(crate::trace::Vehicle::class);
        moving.extend(self.trace.at(at).filter_map(|(index, state)| {
            Some(Moving { vehicle: u32::try_from(index).ok()?, class: class(index)?, state })
        }));
        Ok(())
    }

    fn name(&self, vehicle: u32) -> &str {
        let index = usize::try_from(vehicle).unwrap_or(usize::MAX);
        self.trace.vehicles().get(index).map_or("", crate::trace::Vehicle::id)
    }

    fn description(&self) -> &str {
        &self.file
    }
}
