//! How an attempt to answer ends without an answer on record.

use crate::registry::RegistryError;
use enrollment_protocol::Fault;
use v2x_ca::{CaError, ledger::LedgerError};
use v2x_codec::CodecError;
use v2x_security::request::RequestError;

/// How often a request is judged again when others got in between. Each time somebody else got on; with a worker for
/// each core, so many losses in a row mean that something else is wrong.
pub(crate) const MAX_ATTEMPTS: usize = 16;

/// Why an attempt gave no answer.
pub(crate) enum Failure {
    /// The request is refused, and is told so.
    Refused(Fault),
    /// Somebody else recorded something meanwhile: what is on record is looked at again.
    Raced,
    /// The authority's own affair, which says nothing about the request.
    Unavailable(CaError),
}

impl Failure {
    /// After the last attempt: the ledger was busier than anybody expected.
    pub(crate) const fn worn_out() -> CaError {
        CaError::Ledger(LedgerError::Busy)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Refused(fault)
    }
}

impl From<CodecError> for Failure {
    fn from(error: CodecError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<CaError> for Failure {
    fn from(error: CaError) -> Self {
        if error.is_race() {
            Self::Raced
        } else if error.is_about_request() {
            Self::Refused(Fault::Denied("what was asked for cannot be issued"))
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

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Changed => Self::Raced,
            RegistryError::Ledger(error) => error.into(),
            RegistryError::Quota => Self::Refused(Fault::TooManyTickets),
            RegistryError::BadId(_) | RegistryError::Unknown => Self::Refused(Fault::UnknownStation),
            RegistryError::Known | RegistryError::Full => {
                Self::Refused(Fault::Denied("the registry is full"))
            }
        }
    }
}
