//! Why there is no traffic from SUMO.

use std::io;

use thiserror::Error;

/// Why there is no traffic from SUMO.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TraciError {
    /// It is not on this machine.
    #[error(
        "SUMO is not installed: `pip install eclipse-sumo` in a virtual environment that is active, or Debian's package sumo, \
         or set SUMO_HOME to its folder"
    )]
    NotInstalled,
    /// Somebody else listens there.
    #[error("port {0} is in use by another program")]
    PortInUse(u16),
    /// The program did not start.
    #[error("{program} cannot be started: {error}")]
    Start {
        /// Its path.
        program: String,
        /// Why.
        error: io::Error,
    },
    /// It ended, or never listened.
    #[error("SUMO gave up: {0}")]
    GaveUp(String),
    /// The connection broke.
    #[error("the connection to SUMO broke")]
    Connection(#[from] io::Error),
    /// It answers what no TraCI has.
    #[error("SUMO's answer is malformed: {0}")]
    Malformed(&'static str),
    /// More than we take.
    #[error("SUMO sends more than {1} {0}")]
    TooMany(&'static str, usize),
    /// It refuses a command.
    #[error("SUMO refuses command 0x{command:02x}: {said}")]
    Refused {
        /// The command.
        command: u8,
        /// Its reason.
        said: String,
    },
    /// The network lies nowhere.
    #[error("the network has no geographic projection: say in world.origin where its origin lies")]
    NoProjection,
}
