//! Why a root does not certify an authority.

use crate::{error::CaError, ledger::LedgerError, role::Role};
use thiserror::Error;
use v2x_codec::{CodecError, time::Time64};
use v2x_security::{id::HashedId8, refusal::Refusal, request::RequestError};

/// Why a CA certificate request is refused.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// The message is longer than any request.
    #[error("{0} octets are more than a request has")]
    TooLong(usize),
    /// It is not signed data with the header that clause 6.2.1 prescribes.
    #[error("not a CA certificate request: {0}")]
    Form(#[from] RequestError),
    /// What is signed does not decode.
    #[error("not a CA certificate request: {0}")]
    Undecodable(#[from] CodecError),
    /// What is signed is another message of TS 102 941.
    #[error("another message than caCertificateRequest")]
    OtherMessage,
    /// The inner signature is not made as `self`.
    #[error("the inner message is not signed as self")]
    NotSelf,
    /// It was made in the future, or longer ago than the policy allows.
    #[error("made at {made}, which at {now} is too long ago or still to come")]
    NotFresh {
        /// `generationTime` of the message, or of the one inside.
        made: Time64,
        /// When it was judged.
        now: Time64,
    },
    /// An initial request without an approved application form that names it.
    #[error("no approved application has this request's fingerprint")]
    NotApproved,
    /// The application was approved for another kind of authority.
    #[error("asked for as {asked}, approved as {approved}")]
    NotTheApprovedRole {
        /// What the requested rights make it.
        asked: Role,
        /// What was approved.
        approved: Role,
    },
    /// A re-keying in the name of a certificate that this root does not know.
    #[error("no authority {0} is known")]
    UnknownAuthority(HashedId8),
    /// The current certificate is not believed: revoked, say.
    #[error("the current certificate is not believed: {0}")]
    Untrusted(Box<Refusal>),
    /// The current certificate was issued by another root.
    #[error("the current certificate is not this root's")]
    OtherRoot,
    /// The current certificate, or one above it, is not valid now: the authority applies anew.
    #[error("the current certificate is not valid at {0}")]
    CurrentNotValid(Time64),
    /// The current certificate may not sign CA certificate requests (TS 102 941 table B.5, bit 6).
    #[error("the current certificate may not sign CA certificate requests")]
    NotPermitted,
    /// The outer signature is not the current key's.
    #[error("the outer signature does not verify with the current key")]
    BadOuterSignature,
    /// The requested verification key is off its curve, or for an algorithm that is not supported.
    #[error("the verification key is not usable: {0}")]
    BadVerificationKey(Box<Refusal>),
    /// The requested encryption key is off its curve, or for an algorithm that is not supported.
    #[error("the encryption key is not usable: {0}")]
    BadEncryptionKey(Box<Refusal>),
    /// No encryption key is asked for, and every authority has one (TS 103 097 clause 7.2.4).
    #[error("the request has no encryption key")]
    NoEncryptionKey,
    /// The inner signature is not made with the requested key.
    #[error("the inner signature does not prove possession of the requested key")]
    NoPossession,
    /// A re-keying with a key of the current certificate.
    #[error("the {0} key is the current one")]
    KeyNotNew(&'static str),
    /// The requested appPermissions are neither an EA's nor an AA's.
    #[error("the requested appPermissions are neither an EA's nor an AA's")]
    NoRole,
    /// The name that is asked for is neither a name nor none.
    #[error("the requested id is neither a name nor none")]
    BadId,
    /// A re-keying that would change more than keys and dates.
    #[error("re-keying does not change {0}")]
    NotTheCurrent(&'static str),
    /// The clock cannot be put into a certificate.
    #[error("the clock is out of range")]
    ClockOutOfRange,
    /// The certificate breaks a lint, or could not be recorded or signed.
    #[error(transparent)]
    NotIssued(#[from] CaError),
}

impl From<LedgerError> for RequestRefusal {
    fn from(error: LedgerError) -> Self {
        Self::NotIssued(error.into())
    }
}
