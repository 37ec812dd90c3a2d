//! The one error of the PKI in memory.

use enrollment_ea::registry::RegistryError;
use enrollment_station::StationError;
use thiserror::Error;
use v2x_ca::CaError;
use v2x_crypto::CryptoError;
use v2x_security::refusal::Refusal;

/// Why the PKI could not be set up, or did not give what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PkiError {
    /// An authority could not be made or could not answer.
    #[error(transparent)]
    Authority(#[from] CaError),
    /// The station did not get what it asked for.
    #[error(transparent)]
    Station(#[from] StationError),
    /// The station could not be registered.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A key could not be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// A certificate was not taken into a trust store.
    #[error(transparent)]
    Trust(#[from] Refusal),
    /// A ticket was not taken for a station's pool.
    #[error(transparent)]
    Pool(#[from] v2x_station::StationError),
    /// An authority of the lab has no decryption key.
    #[error("the authority has no decryption key")]
    NoDecryptionKey,
    /// An office was not reached, or has no answer.
    #[error("{0}")]
    Office(String),
    /// The AA answered without asking the EA, or not at all.
    #[error("the authorization authority did not ask as it should")]
    OutOfStep,
}
