//! The one error of the demo.

use thiserror::Error;
use v2x_ca::CaError;
use v2x_codec::CodecError;
use v2x_crypto::CryptoError;
use v2x_security::refusal::Refusal;
use v2x_station::StationError;

use crate::pki::PkiError;

/// Why the demo cannot run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The trace does not hold what was asked for.
    #[error("the trace has {found} vehicles in its first {seconds} s, {wanted} were asked for")]
    TooFewVehicles {
        /// Vehicles that the trace has.
        found: usize,
        /// Vehicles asked for.
        wanted: usize,
        /// Length of the run.
        seconds: u64,
    },
    /// The trace is shorter than the run.
    #[error("the trace is {found} s long, {wanted} s were asked for")]
    TraceTooShort {
        /// Its length in seconds.
        found: u64,
        /// The length asked for.
        wanted: u64,
    },
    /// A setting that makes no sense.
    #[error("{0}")]
    Setting(&'static str),
    /// An authority failed.
    #[error("an authority of the demo failed: {0}")]
    Authority(#[from] CaError),
    /// The PKI did not give what a station needs.
    #[error("the PKI of the demo failed: {0}")]
    Pki(#[from] PkiError),
    /// A station failed.
    #[error("a station failed: {0}")]
    Station(#[from] StationError),
    /// A message could not be built or judged.
    #[error("the security layer failed: {0}")]
    Security(#[from] Refusal),
    /// A message could not be encoded.
    #[error("a message could not be encoded: {0}")]
    Codec(#[from] CodecError),
    /// A key failed.
    #[error("a key failed: {0}")]
    Crypto(#[from] CryptoError),
    /// A watcher of the run gave up: the capture file could not be written, for example.
    #[error("{0}")]
    Watcher(String),
}
