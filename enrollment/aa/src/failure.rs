//! How an attempt to answer ends without an answer on record.

use enrollment_protocol::Fault;
use v2x_ca::{CaError, ledger::LedgerError};
use v2x_codec::ts102941::AuthorizationResponseCode;

/// How often a ticket is tried again when others got in between. Each time somebody else got on; with a worker for each
/// core, so many losses in a row mean that something else is wrong.
pub(crate) const MAX_ATTEMPTS: usize = 16;

/// Why an attempt gave no answer.
pub(crate) enum Failure {
    /// The request is refused, and is told so.
    Refused(AuthorizationResponseCode),
    /// Another worker recorded something for the same request meanwhile: what is on record is looked at again.
    Raced,
    /// The authority's own affair, which says nothing about the request.
    Unavailable(CaError),
}

impl From<CaError> for Failure {
    fn from(error: CaError) -> Self {
        if error.is_race() {
            Self::Raced
        } else if error.is_about_request() {
            Self::Refused(Fault::Denied("what was asked for cannot be issued").authorization_code())
        } else {
            Self::Unavailable(error)
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        CaError::Ledger(error).into()
    }
}
