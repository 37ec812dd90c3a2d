//! The signed layer: [`v2x_security::request`], whose errors get the names of the exchange here.

use crate::Fault;
use v2x_codec::time::Time64;
use v2x_crypto::Signer;
use v2x_security::{
    request::{self, RequestError},
    sign::SignedPayload,
};

pub use v2x_security::request::{Claim, Received, Right, SignedBy};

/// Signs a payload.
///
/// # Errors
/// [`Fault::Denied`] when the key fails.
pub fn sign(
    payload: SignedPayload<'_>,
    by: SignedBy<'_>,
    signer: &dyn Signer,
    now: Time64,
) -> Result<Vec<u8>, Fault> {
    request::sign(payload, by, signer, now).map_err(|_| Fault::Denied("a message cannot be signed"))
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Malformed(error) => Self::Unparsable(error),
            RequestError::WrongContent(expected) => Self::WrongContent(expected),
            RequestError::WrongHeader(what) => Self::Incomplete(what),
            RequestError::BadSignature => Self::BadSignature,
        }
    }
}
