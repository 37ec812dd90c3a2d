//! The one error of this crate.

use enrollment_protocol::Fault;
use thiserror::Error;
use v2x_codec::ts102941::{AuthorizationResponseCode, EnrolmentResponseCode};
use v2x_security::{refusal::Refusal, request::RequestError};

/// Why a request was not made, or an answer is not believed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StationError {
    /// The request could not be made, or the answer is not understood.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The answer is for another request.
    #[error("the answer is for another request")]
    OtherRequest,
    /// The answer is signed by somebody else than the authority that was asked.
    #[error("the answer is not signed by the authority that was asked")]
    OtherAuthority,
    /// An answer outside its envelope: only a refusal may come like this.
    #[error("a certificate came unencrypted")]
    Unencrypted,
    /// The EA refused.
    #[error("the enrolment authority refused: {0:?}")]
    EnrolmentRefused(EnrolmentResponseCode),
    /// The AA refused.
    #[error("the authorization authority refused: {0:?}")]
    AuthorizationRefused(AuthorizationResponseCode),
    /// The certificate is not the one that was asked for.
    #[error("the certificate is not what was asked for: {0}")]
    OtherCertificate(&'static str),
    /// The certificate's chain is not believed.
    #[error("the certificate is not believed: {0}")]
    Untrusted(Box<Refusal>),
}

impl From<RequestError> for StationError {
    fn from(error: RequestError) -> Self {
        Self::Fault(error.into())
    }
}
