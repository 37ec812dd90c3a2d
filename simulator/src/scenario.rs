//! Scenario files: what a simulation is made of, in TOML, every value checked when it is read.
//!
//! [`Scenario::read`] takes a file's text, [`shipped`] has those that come with the program. Unknown keys, values out of their
//! range and files that are not there are errors that name the place.
//!
//! ```
//! use simulator::scenario::Scenario;
//!
//! let scenario = Scenario::parse("duration = 10\n[world]\nkind = \"builtin\"\n")?;
//! assert_eq!(scenario.duration_s, 10);
//! let error = Scenario::parse("duration = 10\n[world]\nkind = \"builtin\"\nnonsense = 3\n").unwrap_err();
//! assert!(error.to_string().contains("line 4"), "{error}");
//! # Ok::<(), simulator::scenario::ScenarioError>(())
//! ```

mod error;
mod file;
pub mod limits;
mod shipped;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use v2x_security::refusal::Position;

use crate::radio::Model;

pub use error::ScenarioError;
pub use shipped::{Shipped, shipped};

/// A whole simulation, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name: that of the file, unless it says another.
    pub name: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// Simulated time in seconds.
    pub duration_s: u64,
    /// What chance follows from.
    pub seed: u64,
    /// Where vehicles and their motion come from.
    pub world: World,
    /// What stations there are among them.
    pub stations: Stations,
    /// Roadside units that listen.
    pub roadside_units: Vec<RoadsideUnit>,
    /// Who lies.
    pub attackers: Vec<Attacker>,
    /// Who hears whom.
    pub radio: Radio,
    /// Who verifies what.
    pub security: Security,
    /// When nobody reaches the authorities, in seconds from the start.
    pub outages: Vec<Outage>,
}

/// Where vehicles and their motion come from.
#[derive(Clone, Debug, PartialEq)]
pub enum World {
    /// The recording that comes with the program.
    Builtin,
    /// A recording of SUMO: floating-car data with geographic positions.
    Fcd(PathBuf),
    /// SUMO itself, started and led by the simulator.
    Sumo(Sumo),
}

/// What SUMO simulates.
#[derive(Clone, Debug, PartialEq)]
pub struct Sumo {
    /// A network and demand.
    pub input: SumoInput,
    /// Length of its steps in milliseconds; in between everything goes its straight way.
    pub step_ms: u64,
    /// When the recording of its clock begins, in seconds; where the input does not say.
    pub begin_s: Option<u64>,
    /// Seconds that it runs before the first station is switched on.
    pub warm_up_s: u64,
    /// Where a network without projection lies: the place of its origin.
    pub origin: Option<Position>,
    /// A TCP port of its own choice for TraCI; any free one otherwise.
    pub port: Option<u16>,
    /// Whether the recording that comes with the program is taken where SUMO is not installed.
    pub or_builtin: bool,
}

/// A network and demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SumoInput {
    /// A `.sumocfg`.
    Configuration(PathBuf),
    /// A network, routes in their order, and additional files.
    Files {
        /// The network.
        net: PathBuf,
        /// Demand.
        routes: Vec<PathBuf>,
        /// Vehicle types, bus stops, traffic lights.
        additional: Vec<PathBuf>,
    },
}

/// What stations there are among the vehicles.
#[derive(Clone, Debug, PartialEq)]
pub struct Stations {
    /// Share of vehicles that have one, 0…1.
    pub equipped: f64,
    /// The same for single classes, by the class's name.
    pub equipped_by_class: BTreeMap<String, f64>,
    /// Tickets that are valid at the same time.
    pub tickets: usize,
    /// How long each is valid, in seconds.
    pub ticket_seconds: u16,
    /// Least time with one ticket, in seconds.
    pub change_seconds: u64,
    /// Least way with one ticket, in metres.
    pub change_metres: u32,
}

/// A roadside unit that listens.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadsideUnit {
    /// Its name in the report.
    pub name: String,
    /// Where it stands.
    pub position: Position,
}

/// Attackers of one kind, each riding with a vehicle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attacker {
    /// What they do.
    pub kind: Attack,
    /// How many there are.
    pub number: usize,
    /// Packets a second that each sends.
    pub rate: f64,
    /// Stolen tickets of each, for [`Attack::Sybil`].
    pub identities: usize,
}

/// What an attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attack {
    /// Signs in the name of a station that it heard, with a key of its own.
    Forge,
    /// Sends again, half a second later, what it heard.
    Replay,
    /// Signs with a valid ticket what claims to be ten minutes old.
    Stale,
    /// Sends under tickets that it stole, as several vehicles around itself.
    Sybil,
    /// Signs with a valid ticket of its own a place 200 m from where it is.
    PositionLie,
    /// Sends as much as it can under certificates that nobody signed.
    Flood,
}

impl Attack {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Forge, Self::Replay, Self::Stale, Self::Sybil, Self::PositionLie, Self::Flood];

    /// Whether its messages are signed with a valid ticket's own key. No signature tells them from honest ones: they
    /// are believed, until somebody compares them with the world.
    #[must_use]
    pub const fn is_authentic(self) -> bool {
        match self {
            Self::Sybil | Self::PositionLie => true,
            Self::Forge | Self::Replay | Self::Stale | Self::Flood => false,
        }
    }

    /// Codes of the refusals that its messages may meet (`v2x_security::refusal::Refusal::code`).
    #[must_use]
    pub const fn reasons(self) -> &'static [&'static str] {
        match self {
            Self::Forge => &["bad-message-signature", "unknown-signer"],
            // A station that was switched on after the original was made remembers nothing of that time.
            Self::Replay => &["replayed", "unknown-signer", "before-replay-memory"],
            Self::Stale => &["too-old"],
            Self::Sybil | Self::PositionLie => &["unknown-signer"],
            Self::Flood => &["bad-certificate-signature"],
        }
    }

    /// Packets a second where the scenario does not say.
    const fn usual_rate(self) -> f64 {
        match self {
            Self::Forge | Self::Replay | Self::Stale | Self::PositionLie => 1.0,
            Self::Sybil => 5.0,
            Self::Flood => 100.0,
        }
    }
}

/// Who hears whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Radio {
    /// How reception depends on distance and load.
    pub model: Model,
    /// Whether stations hold back when the channel is busy.
    pub dcc: bool,
}

/// Who verifies what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// Who verifies.
    pub verify: Verify,
    /// Whether messages are signed and verified at all. Without, the report says that it is for measuring only.
    pub crypto: bool,
}

/// Who verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    /// Each message once; receivers take over the verdict.
    Once,
    /// Each receiver for itself, every reception, with its own memory of signers and replays.
    EachReceiver,
}

/// When nobody reaches the authorities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Its first second.
    pub from_s: u64,
    /// The first second after it.
    pub until_s: u64,
}

impl Scenario {
    /// Reads a file; paths in it count from its folder.
    ///
    /// # Errors
    /// [`ScenarioError`] with the file, the line and what is wrong.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let text = file::text(path)?;
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let folder = path.parent().unwrap_or(Path::new(""));
        file::checked(&text, &name, folder).map_err(|error| error.inside(path))
    }

    /// Takes a scenario's text; paths in it count from the present folder.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        file::checked(text, "scenario", Path::new(""))
    }
}
