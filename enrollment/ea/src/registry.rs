//! Which stations there are, what each may have, and what it has been given.

mod memory;

pub use memory::MemoryRegistry;

use crate::limits::MAX_CANONICAL_ID_OCTETS;
use thiserror::Error;
use v2x_ca::{
    ledger::{Ledger, LedgerError, RequestDigest},
    permit::Conclusion,
    services::{ServiceRange, issuing},
};
use v2x_codec::{
    ieee1609dot2::{GeographicRegion, SequenceOfPsidGroupPermissions},
    time::{Time64, ValidityPeriod},
};
use v2x_crypto::PublicKey;
use v2x_security::{certificate::Certificate, id::HashedId8, permission::IssuePermissions};

/// Names a station towards its EA, and nobody else: 1 to 64 octets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalId(Vec<u8>);

impl CanonicalId {
    /// A canonical identifier.
    ///
    /// # Errors
    /// [`RegistryError::BadId`] unless it has 1 to [`MAX_CANONICAL_ID_OCTETS`] octets.
    pub fn new(octets: &[u8]) -> Result<Self, RegistryError> {
        if (1..=MAX_CANONICAL_ID_OCTETS).contains(&octets.len()) {
            Ok(Self(octets.to_vec()))
        } else {
            Err(RegistryError::BadId(octets.len()))
        }
    }

    /// Its octets. They name a vehicle: nothing shows them but the registry's own administration.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whether a station is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is.
    Active,
    /// Not yet, or no longer.
    Inactive,
    /// It was put on the block list: it gets no further credential or ticket.
    Blocked,
}

/// What a station may have in its tickets.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The services, each with the permissions that it may get.
    pub services: Vec<ServiceRange>,
    /// Where its tickets are valid; `None`: wherever the AA is.
    pub region: Option<GeographicRegion>,
    /// The assurance level of its tickets.
    pub assurance: u8,
    /// Tickets that may be valid at the same time.
    pub parallel_tickets: u32,
}

impl Profile {
    /// The services in the form in which what is asked is checked against them.
    pub(crate) fn permissions(&self) -> Option<IssuePermissions> {
        let groups = SequenceOfPsidGroupPermissions(vec![issuing(&self.services, 1, 0)]);
        IssuePermissions::try_from(&groups).ok()
    }
}

/// A registered station.
#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// The key that it was registered with.
    pub canonical_key: PublicKey,
    /// Whether it is served.
    pub status: Status,
    /// What it may have.
    pub profile: Profile,
}

/// What an EA confirms: nothing of it leads to the ticket.
#[derive(Clone, Copy)]
pub struct Confirmation<'a> {
    /// Who gets the ticket.
    pub id: &'a CanonicalId,
    /// The station as it was judged.
    pub station: &'a Station,
    /// SHA-256 of the shared request: a ticket that is asked for again is the same ticket.
    pub shared: [u8; 32],
    /// When the ticket is valid.
    pub validity: ValidityPeriod,
}

/// Where stations are registered, and what they got is on record.
///
/// It is a [`Ledger`] with more columns: what a station is given and the answer that gives it are one record, so that
/// neither is there without the other. Each change is durable when the call returns. Authorities that work side by side
/// have a handle each, and every check that a record depends on is made with it: a station that was blocked gets nothing
/// after the call that blocked it, and no two confirmations share the last place of a quota.
pub trait Registry: Ledger {
    /// Registers a station.
    ///
    /// # Errors
    /// [`RegistryError::Known`], [`RegistryError::Full`], [`RegistryError::Ledger`].
    fn register(&mut self, now: Time64, id: &CanonicalId, station: &Station) -> Result<(), RegistryError>;

    /// Changes whether a station is served.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`], [`RegistryError::Ledger`].
    fn set_status(&mut self, now: Time64, id: &CanonicalId, status: Status) -> Result<(), RegistryError>;

    /// The station with this canonical identifier.
    ///
    /// # Errors
    /// [`RegistryError::Ledger`].
    fn station(&self, id: &CanonicalId) -> Result<Option<Station>, RegistryError>;

    /// The stations that hold a credential with this digest, each with the credential; digests collide.
    ///
    /// # Errors
    /// [`RegistryError::Ledger`].
    fn credentials(&self, digest: HashedId8) -> Result<Vec<(CanonicalId, Certificate)>, RegistryError>;

    /// Records the credential that `station`, as it was judged, is given for `request`, and the answer that gives it. A
    /// station that holds [`MAX_CREDENTIALS`](crate::limits::MAX_CREDENTIALS) loses the oldest.
    ///
    /// # Errors
    /// [`RegistryError::Changed`] when the station is no longer as it was judged; [`RegistryError::Full`];
    /// [`RegistryError::Ledger`]. Then nothing is recorded, and the credential is not given out.
    fn enrolled(
        &mut self,
        id: &CanonicalId,
        station: &Station,
        conclusion: Conclusion<'_>,
    ) -> Result<(), RegistryError>;

    /// How many tickets of a station were confirmed whose validity overlaps `validity`, `shared` itself left out.
    ///
    /// # Errors
    /// [`RegistryError::Ledger`].
    fn overlapping(
        &self,
        id: &CanonicalId,
        shared: &[u8; 32],
        validity: &ValidityPeriod,
    ) -> Result<usize, RegistryError>;

    /// Records that a ticket was confirmed, once for each `shared`, and the answer to `request` that says so.
    ///
    /// # Errors
    /// [`RegistryError::Changed`] when the station is no longer as it was judged; [`RegistryError::Quota`] when it has
    /// all the tickets for that time that it may have; [`RegistryError::Ledger`]. Then nothing is recorded, and the
    /// confirmation is not given out.
    fn confirmed(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        confirmation: Confirmation<'_>,
        answer: &[u8],
    ) -> Result<(), RegistryError>;
}

/// Why a registry did not take something.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// No canonical identifier has so many octets.
    #[error("a canonical identifier of {0} octets")]
    BadId(usize),
    /// The identifier is registered already.
    #[error("the identifier is registered already")]
    Known,
    /// The identifier is not registered.
    #[error("the identifier is not registered")]
    Unknown,
    /// A list is full.
    #[error("the registry is full")]
    Full,
    /// The station is not what it was when it was judged: it is to be judged again.
    #[error("the station's registration has changed meanwhile")]
    Changed,
    /// The station has as many tickets for this time as it may have.
    #[error("the station has as many tickets for this time as it may have")]
    Quota,
    /// The ledger took no record, or cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Whether two periods share an instant: what counts against a quota.
#[must_use]
pub fn overlap(one: &ValidityPeriod, other: &ValidityPeriod) -> bool {
    one.begin() < other.end() && other.begin() < one.end()
}
