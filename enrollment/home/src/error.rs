//! The one error of this crate.

use enrollment_client::{AddressError, ClientError};
use enrollment_station::StationError;
use std::path::{Path, PathBuf};
use thiserror::Error;
use v2x_crypto::CryptoError;
use v2x_security::{links::LinkError, refusal::Refusal};

/// Why a station could not do something.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HomeError {
    /// A file cannot be read or written, or is not what it should be.
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A key cannot be made or used.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// Nobody answers.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The answer is a refusal, or not to be believed.
    #[error(transparent)]
    Station(#[from] StationError),
    /// A list or certificate is not believed.
    #[error("{what} is not believed: {refusal}")]
    Refused {
        /// Which.
        what: &'static str,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// The next trust list manager is not linked to the one that is believed.
    #[error("the link to the next trust list manager is not believed: {0}")]
    Link(#[from] LinkError),
    /// The addresses in a list cannot be taken.
    #[error(transparent)]
    Addresses(#[from] AddressError),
    /// The root's list names no such authority that is valid now.
    #[error("the root's trust list names no {0} that is valid now")]
    NoAuthority(&'static str),
    /// Neither the list nor the settings say where an authority is.
    #[error("neither the root's trust list nor the settings say where the {0} is")]
    NoAddress(&'static str),
    /// There are no lists yet, or they are out of date.
    #[error("{0}: fetch the lists first")]
    Lists(&'static str),
    /// There is no credential that is valid now.
    #[error("there is no credential that is valid now: enrol first")]
    NotEnrolled,
    /// There are as many tickets as a pool has.
    #[error("{held} tickets are held; {wanted} more would be too many")]
    TooMany {
        /// How many there are.
        held: usize,
        /// How many were asked for.
        wanted: usize,
    },
}

impl HomeError {
    pub(crate) fn file(path: &Path, why: impl ToString) -> Self {
        Self::File { path: path.to_owned(), why: why.to_string() }
    }

    pub(crate) fn refused(what: &'static str) -> impl Fn(Refusal) -> Self {
        move |refusal| Self::Refused { what, refusal: Box::new(refusal) }
    }
}
