//! The record of what is issued, and the seam for making it durable.
//!
//! Issuing writes twice. Before the signature: what will be signed, and on whose request ([`Ledger::intend`]). After
//! it, before anything leaves the process: what was signed and what is answered ([`Ledger::conclude`]). Each call
//! returns only when its record would survive a power failure; a ledger that cannot promise that must not return.
//! The same request then finds its record and gets the same octets, also when the process died in between.
//!
//! Certificates are found by their whole hash: `HashedId8` collides in a large fleet.

use crate::limits::MAX_MEMORY_RECORDS;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use v2x_codec::time::Time64;
use v2x_crypto::sha256;

/// Whole SHA-256 of something.
pub type Hash = [u8; 32];

/// Names a request: the SHA-256 of its octets as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestDigest(Hash);

impl RequestDigest {
    /// The name of the request in `octets`.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self(hash(octets))
    }

    /// The digest's octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &Hash {
        &self.0
    }
}

/// SHA-256 of `octets`.
#[must_use]
pub fn hash(octets: &[u8]) -> Hash {
    sha256(octets)
}

/// A proof that a ledger holds a record of these octets. Only a [`Ledger`] has a reason to make one.
///
/// It cannot be copied: one record lets one signature be made.
#[derive(Debug)]
pub struct Recorded {
    octets: Hash,
}

impl Recorded {
    /// States that `to_be_signed` is on record, durably. An implementation of [`Ledger`] that says so too early breaks
    /// the promise that every certificate in the field is on record.
    #[must_use]
    pub fn durably(to_be_signed: &[u8]) -> Self {
        Self { octets: hash(to_be_signed) }
    }

    /// Whether this is about `to_be_signed`.
    #[must_use]
    pub fn covers(&self, to_be_signed: &[u8]) -> bool {
        self.octets == hash(to_be_signed)
    }
}

/// What a ledger knows of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: it is new.
    New,
    /// These to-be-signed octets were recorded, and no answer: the process died in between. They and no others are
    /// signed for this request.
    Intended(Vec<u8>),
    /// It was answered with these octets, and gets them again.
    Answered(Vec<u8>),
}

/// Where issuing is recorded.
///
/// `now` is the time by which the record is judged: a ledger that keeps it refuses a clock that went behind what it holds.
/// Authorities that work side by side have a handle each on one durable ledger, as `v2x-ca-durable` gives them: what
/// they record at the same time then shares one wait for the disk.
pub trait Ledger {
    /// What is known of `request`.
    ///
    /// # Errors
    /// [`LedgerError::Storage`] when the ledger cannot be read.
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError>;

    /// Records, durably, that `to_be_signed` will be signed for `request`. The same octets again are the same record.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] if other octets are on record for the request, or an answer; any other when the
    /// ledger takes no record.
    fn intend(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        to_be_signed: &[u8],
    ) -> Result<Recorded, LedgerError>;

    /// Records, durably, the certificate made for `request` and the answer that will be sent.
    ///
    /// # Errors
    /// [`LedgerError::Conflict`] if nothing was intended, or another answer is on record; any other when the ledger
    /// takes no record.
    fn conclude(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        certificate: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError>;

    /// Records, durably, an answer that carries no certificate, such as the confirmation of a ticket.
    ///
    /// # Errors
    /// As [`conclude`](Self::conclude).
    fn remember(&mut self, now: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError>;

    /// Whether a certificate with this SHA-256 was issued here.
    ///
    /// # Errors
    /// [`LedgerError::Storage`] when the ledger cannot be read.
    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError>;
}

/// Why the ledger did not take a record.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Something else is on record for the same request.
    #[error("the ledger holds another record for this request")]
    Conflict,
    /// The ledger takes no more records.
    #[error("the ledger is full at {0} records")]
    Full(usize),
    /// More is waiting to be recorded than the ledger lets wait: the same request may come again.
    #[error("the ledger is busy")]
    Busy,
    /// The clock is behind what is on record: nothing is issued until it is right.
    #[error("the clock is behind the ledger: {0}")]
    Clock(String),
    /// The ledger is an older copy, and records may be missing: nothing is issued until an operator raises its epoch.
    #[error("the ledger was restored from a copy: {0}")]
    Rewound(String),
    /// The storage failed; nothing more is issued until somebody has looked.
    #[error("the ledger's storage failed: {0}")]
    Storage(String),
}

/// A ledger in memory: for tests, labs and simulations. It forgets with the process, so no CA of a real deployment
/// uses it.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    requests: BTreeMap<RequestDigest, Standing>,
    certificates: BTreeSet<Hash>,
}

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many certificates were issued.
    #[must_use]
    pub fn issued(&self) -> usize {
        self.certificates.len()
    }
}

impl Ledger for MemoryLedger {
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
        Ok(self.requests.get(request).cloned().unwrap_or(Standing::New))
    }

    fn intend(
        &mut self,
        _: Time64,
        request: &RequestDigest,
        to_be_signed: &[u8],
    ) -> Result<Recorded, LedgerError> {
        match self.standing(request)? {
            Standing::New if self.requests.len() >= MAX_MEMORY_RECORDS => {
                Err(LedgerError::Full(MAX_MEMORY_RECORDS))
            }
            Standing::New => {
                self.requests.insert(*request, Standing::Intended(to_be_signed.to_vec()));
                Ok(Recorded::durably(to_be_signed))
            }
            Standing::Intended(known) if known == to_be_signed => Ok(Recorded::durably(to_be_signed)),
            Standing::Intended(_) | Standing::Answered(_) => Err(LedgerError::Conflict),
        }
    }

    fn conclude(
        &mut self,
        _: Time64,
        request: &RequestDigest,
        certificate: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError> {
        match self.standing(request)? {
            Standing::Intended(_) => {
                self.certificates.insert(hash(certificate));
                self.requests.insert(*request, Standing::Answered(answer.to_vec()));
                Ok(())
            }
            Standing::Answered(known) if known == answer => Ok(()),
            Standing::New | Standing::Answered(_) => Err(LedgerError::Conflict),
        }
    }

    fn remember(&mut self, _: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError> {
        match self.standing(request)? {
            Standing::New if self.requests.len() >= MAX_MEMORY_RECORDS => {
                Err(LedgerError::Full(MAX_MEMORY_RECORDS))
            }
            Standing::New => {
                self.requests.insert(*request, Standing::Answered(answer.to_vec()));
                Ok(())
            }
            Standing::Answered(known) if known == answer => Ok(()),
            Standing::Intended(_) | Standing::Answered(_) => Err(LedgerError::Conflict),
        }
    }

    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
        Ok(self.certificates.contains(certificate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time64 = Time64::from_micros(700_000_000_000_000);

    fn request() -> RequestDigest {
        RequestDigest::of(b"request")
    }

    #[test]
    fn a_request_that_was_answered_gets_the_same_octets() {
        let mut ledger = MemoryLedger::new();
        ledger.intend(NOW, &request(), b"tbs").unwrap();
        ledger.conclude(NOW, &request(), b"certificate", b"answer").unwrap();
        assert_eq!(ledger.standing(&request()), Ok(Standing::Answered(b"answer".to_vec())));
        assert_eq!(ledger.conclude(NOW, &request(), b"certificate", b"answer"), Ok(()));
    }

    #[test]
    fn a_request_has_one_intention() {
        let mut ledger = MemoryLedger::new();
        ledger.intend(NOW, &request(), b"tbs").unwrap();
        assert!(ledger.intend(NOW, &request(), b"tbs").unwrap().covers(b"tbs"));
        assert_eq!(ledger.intend(NOW, &request(), b"other").unwrap_err(), LedgerError::Conflict);
    }

    #[test]
    fn nothing_is_concluded_that_was_not_intended() {
        let mut ledger = MemoryLedger::new();
        assert_eq!(ledger.conclude(NOW, &request(), b"certificate", b"answer"), Err(LedgerError::Conflict));
        assert_eq!(ledger.issued(), 0);
    }

    #[test]
    fn an_answered_request_gets_no_second_answer() {
        let mut ledger = MemoryLedger::new();
        ledger.intend(NOW, &request(), b"tbs").unwrap();
        ledger.conclude(NOW, &request(), b"certificate", b"answer").unwrap();
        assert_eq!(ledger.conclude(NOW, &request(), b"other", b"another"), Err(LedgerError::Conflict));
        assert_eq!(ledger.intend(NOW, &request(), b"tbs").unwrap_err(), LedgerError::Conflict);
        assert_eq!(ledger.issued(), 1);
    }

    #[test]
    fn certificates_are_found_by_their_whole_hash() {
        let mut ledger = MemoryLedger::new();
        ledger.intend(NOW, &request(), b"tbs").unwrap();
        ledger.conclude(NOW, &request(), b"certificate", b"answer").unwrap();
        assert_eq!(ledger.knows_certificate(&hash(b"certificate")), Ok(true));
        assert_eq!(ledger.knows_certificate(&hash(b"other")), Ok(false));
    }
}
