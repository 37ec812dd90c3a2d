//! The one error of this crate.

use crate::{ledger::LedgerError, lint::Finding};
use thiserror::Error;
use v2x_codec::{CodecError, time::Time32};
use v2x_crypto::CryptoError;
use v2x_security::refusal::Refusal;

/// Why nothing was issued.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CaError {
    /// What should be issued breaks its profile or the policy; nothing was signed.
    #[error("refused by lint: {}", list(.0))]
    Lint(Vec<Finding>),
    /// The template cannot be put into a certificate at all.
    #[error("the template does not make a certificate: {0}")]
    Template(&'static str),
    /// The ledger did not take the record; nothing was signed, or nothing may be sent.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A key or signature operation failed.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// A value could not be encoded, or what was recorded could not be read.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The certificate, key or role does not fit what is asked of this issuer.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// What was made does not pass the verifier's own reading; it was not given out.
    #[error("the verifier would refuse this certificate: {0}")]
    Refused(Box<Refusal>),
    /// The issuer's own certificate is not valid now.
    #[error("the issuer's certificate is not valid at {0}")]
    IssuerNotValid(Time32),
    /// A list is larger than its limit.
    #[error("{what}: {found} is more than {limit}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl CaError {
    /// Whether something else was recorded for the same request meanwhile: whoever asks the ledger again finds what.
    #[must_use]
    pub const fn is_race(&self) -> bool {
        matches!(self, Self::Ledger(LedgerError::Conflict))
    }

    /// Whether what was asked for is at fault, and would be tomorrow. Everything else is the authority's own affair:
    /// nothing is answered, and the same request may come again.
    #[must_use]
    pub const fn is_about_request(&self) -> bool {
        match self {
            Self::Lint(_) | Self::Template(_) => true,
            Self::Ledger(_)
            | Self::Crypto(_)
            | Self::Codec(_)
            | Self::Misuse(_)
            | Self::Refused(_)
            | Self::IssuerNotValid(_)
            | Self::TooMany { .. } => false,
        }
    }
}

fn list(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
