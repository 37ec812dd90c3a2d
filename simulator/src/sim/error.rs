//! The one error of a run.

use thiserror::Error;
use v2x_codec::CodecError;
use v2x_security::refusal::Refusal;
use v2x_station::StationError;

use crate::demo::DemoError;
use crate::pki::PkiError;
use crate::world::WorldError;

/// Why a run ended before its time.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SimError {
    /// There is no traffic.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The PKI did not give what a station needs.
    #[error("the PKI of the simulation failed: {0}")]
    Pki(#[from] PkiError),
    /// A station failed.
    #[error("a station failed: {0}")]
    Station(#[from] StationError),
    /// An attacker could not make its packet.
    #[error("an attacker failed: {0}")]
    Attacker(#[from] DemoError),
    /// A message could not be built.
    #[error("a message could not be built: {0}")]
    Message(#[from] Refusal),
    /// A message could not be encoded.
    #[error("a message could not be encoded: {0}")]
    Codec(#[from] CodecError),
    /// More than a run takes.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many it takes.
        limit: usize,
    },
    /// A watcher of the run gave up: the capture file could not be written, for example.
    #[error("{0}")]
    Watcher(String),
    /// A thread panicked, which it has said itself.
    #[error("a thread of the simulation was lost")]
    Thread,
}
