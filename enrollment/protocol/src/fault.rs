//! What can be wrong with a message, before it is told as a response code.

use thiserror::Error;
use v2x_codec::{CodecError, ErrorKind};
use v2x_crypto::CryptoError;

/// Why a request is refused, or a message is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// The octets do not decode.
    #[error("cannot parse: {0}")]
    Unparsable(CodecError),
    /// The message is longer than any of its kind.
    #[error("{0} octets are more than a message has")]
    TooLong(usize),
    /// It decodes, but is something else than expected here.
    #[error("bad content: {0} expected")]
    WrongContent(&'static str),
    /// It is encrypted to somebody else.
    #[error("encrypted to somebody else")]
    NotTheRecipient,
    /// It is encrypted with an algorithm that is not supported.
    #[error("unknown encryption algorithm")]
    UnknownAlgorithm,
    /// Its key or its content does not decrypt.
    #[error("decryption failed")]
    Undecryptable,
    /// A field is missing, or is there where it must not be.
    #[error("the request is incomplete or overfull: {0}")]
    Incomplete(&'static str),
    /// It was made too long ago, or in the future.
    #[error("the request is out of sync with the receiver's clock")]
    OutOfSync,
    /// A key in the request is not usable: off its curve, or for an algorithm that is not supported.
    #[error("a requested verification key is not usable")]
    BadVerificationKey,
    /// The requested encryption key is not usable.
    #[error("a requested encryption key is not usable")]
    BadEncryptionKey,
    /// The tag does not match the keys.
    #[error("the key tag does not match the keys")]
    KeyTagMismatch,
    /// The station is not registered, or its credential is not one of this EA.
    #[error("the station is not known")]
    UnknownStation,
    /// The station is known and not active.
    #[error("the station is blocked or not active")]
    StationNotActive,
    /// A signature of the station does not verify, or its proof of possession is missing.
    #[error("a signature of the station does not verify")]
    BadSignature,
    /// More is asked than the station may have.
    #[error("the permissions are not granted")]
    PermissionsDenied,
    /// The station has as many tickets for this time as it may have.
    #[error("the station has as many tickets as it may have")]
    TooManyTickets,
    /// The EA that should be asked is not known.
    #[error("the enrolment authority is not known")]
    UnknownEa,
    /// The EA that should be asked is revoked or not valid.
    #[error("the enrolment authority is not valid")]
    InvalidEa,
    /// The EA does not answer.
    #[error("the enrolment authority cannot be reached")]
    UnreachableEa,
    /// The request is for another EA.
    #[error("this is not the enrolment authority of the request")]
    WrongEa,
    /// The AA that asks is not known or not valid.
    #[error("the authorization authority is not accepted")]
    InvalidAa,
    /// The signature of the AA does not verify.
    #[error("the signature of the authorization authority does not verify")]
    BadAaSignature,
    /// The authority's own affair: ledger, key or certificate.
    #[error("the authority cannot serve the request: {0}")]
    Denied(&'static str),
}

impl From<CodecError> for Fault {
    /// An unsupported algorithm in an envelope has a code of its own.
    fn from(error: CodecError) -> Self {
        if error.kind == ErrorKind::Unsupported { Self::UnknownAlgorithm } else { Self::Unparsable(error) }
    }
}

impl From<CryptoError> for Fault {
    /// A failure to make something; failures to verify or decrypt are told apart where they happen.
    fn from(_: CryptoError) -> Self {
        Self::Denied("a cryptographic operation failed")
    }
}
