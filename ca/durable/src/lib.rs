//! Issuing, recorded in [`store`]: what [`v2x_ca::ledger::Ledger`] promises, kept.
//!
//! `v2x-ca` is a core and does no I/O; `store` knows no certificate. This crate is what joins them, and nothing more.

use store::{Ledger as Store, StoreError};
use v2x_ca::ledger::{Hash, Ledger, LedgerError, Recorded, RequestDigest, Standing};
use v2x_codec::time::Time64;

/// A handle on a durable ledger. Each of the authorities that work side by side has one; what they record at the same
/// time shares one wait for the disk.
///
/// Every call may wait for the disk.
#[derive(Clone, Debug)]
pub struct DurableLedger(Store);

impl DurableLedger {
    /// The ledger in `store`, whose times are those of [`Time64`].
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self(store)
    }

    /// The store: for heads, backups and epochs, and for what an authority keeps beside its records.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.0
    }
}

impl Ledger for DurableLedger {
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
        match self.0.standing(request.as_bytes()).map_err(ledger_error)? {
            store::Standing::New => Ok(Standing::New),
            store::Standing::Intended(octets) => Ok(Standing::Intended(octets)),
            store::Standing::Answered(octets) => Ok(Standing::Answered(octets)),
        }
    }

    fn intend(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        to_be_signed: &[u8],
    ) -> Result<Recorded, LedgerError> {
        self.0.intend(now.micros(), request.as_bytes(), to_be_signed).map_err(ledger_error)?;
        Ok(Recorded::durably(to_be_signed))
    }

    fn conclude(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        certificate: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError> {
        self.0.conclude(now.micros(), request.as_bytes(), certificate, answer).map_err(ledger_error)
    }

    fn remember(&mut self, now: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError> {
        self.0.remember(now.micros(), request.as_bytes(), answer).map_err(ledger_error)
    }

    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
        Ok(self.0.certificate(certificate).map_err(ledger_error)?.is_some())
    }
}

/// What an authority has to know of it; the text says the rest.
#[must_use]
pub fn ledger_error(error: StoreError) -> LedgerError {
    match error {
        StoreError::Conflict => LedgerError::Conflict,
        StoreError::Busy => LedgerError::Busy,
        StoreError::TimeBehind { .. } => LedgerError::Clock(error.to_string()),
        StoreError::Rewound { .. } => LedgerError::Rewound(error.to_string()),
        StoreError::TooLarge { .. }
        | StoreError::EpochNotAbove { .. }
        | StoreError::Stopped(_)
        | StoreError::Storage(_)
        | StoreError::Damaged(_)
        | StoreError::NewerSchema { .. }
        | StoreError::OtherLedger { .. }
        | StoreError::Incomplete
        | StoreError::NotEmpty
        | StoreError::Misuse(_) => LedgerError::Storage(error.to_string()),
    }
}
