//! Which stations there are, what each may have, and what it has been given.

use crate::limits::{MAX_CANONICAL_ID_OCTETS, MAX_CONFIRMED, MAX_CREDENTIALS, MAX_STATIONS};
use std::collections::BTreeMap;
use thiserror::Error;
use v2x_ca::services::{ServiceRange, issuing};
use v2x_codec::{
    ieee1609dot2::{GeographicRegion, SequenceOfPsidGroupPermissions},
    time::ValidityPeriod,
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub struct Station {
    /// The key that it was registered with.
    pub canonical_key: PublicKey,
    /// Whether it is served.
    pub status: Status,
    /// What it may have.
    pub profile: Profile,
}

/// What a registry remembers of a confirmed ticket: the hash of the shared request, and when the ticket is valid.
/// Nothing of it leads to the ticket.
pub type Confirmed = ([u8; 32], ValidityPeriod);

/// Where stations are registered. Each change is durable when the call returns.
pub trait Registry {
    /// Registers a station.
    ///
    /// # Errors
    /// [`RegistryError::Known`], [`RegistryError::Full`].
    fn register(&mut self, id: CanonicalId, station: Station) -> Result<(), RegistryError>;

    /// Changes whether a station is served.
    ///
    /// # Errors
    /// [`RegistryError::Unknown`].
    fn set_status(&mut self, id: &CanonicalId, status: Status) -> Result<(), RegistryError>;

    /// The station with this canonical identifier.
    fn station(&self, id: &CanonicalId) -> Option<&Station>;

    /// The stations that hold a credential with this digest, each with the credential; digests collide.
    fn credentials(&self, digest: HashedId8) -> Vec<(CanonicalId, Certificate)>;

    /// Notes that a station was given a credential.
    ///
    /// # Errors
    /// [`RegistryError`] when it cannot be noted: then the credential is not given out.
    fn enrolled(&mut self, id: &CanonicalId, credential: Certificate) -> Result<(), RegistryError>;

    /// How many tickets of a station were confirmed whose validity overlaps `validity`, `shared` itself left out.
    fn overlapping(&self, id: &CanonicalId, shared: &[u8; 32], validity: &ValidityPeriod) -> usize;

    /// Notes that a ticket was confirmed; once for each `shared`.
    ///
    /// # Errors
    /// [`RegistryError`] when it cannot be noted: then the confirmation is not given out.
    fn confirmed(
        &mut self,
        id: &CanonicalId,
        shared: [u8; 32],
        validity: ValidityPeriod,
    ) -> Result<(), RegistryError>;
}

/// Why a registry did not take something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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
}

struct Entry {
    station: Station,
    credentials: Vec<Certificate>,
    confirmed: Vec<Confirmed>,
}

/// A registry in memory, for tests, labs and simulations.
#[derive(Default)]
pub struct MemoryRegistry {
    stations: BTreeMap<CanonicalId, Entry>,
    by_credential: BTreeMap<HashedId8, Vec<CanonicalId>>,
}

impl MemoryRegistry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Registry for MemoryRegistry {
    fn register(&mut self, id: CanonicalId, station: Station) -> Result<(), RegistryError> {
        if self.stations.contains_key(&id) {
            return Err(RegistryError::Known);
        }
        if self.stations.len() >= MAX_STATIONS {
            return Err(RegistryError::Full);
        }
        self.stations.insert(id, Entry { station, credentials: Vec::new(), confirmed: Vec::new() });
        Ok(())
    }

    fn set_status(&mut self, id: &CanonicalId, status: Status) -> Result<(), RegistryError> {
        self.stations.get_mut(id).ok_or(RegistryError::Unknown)?.station.status = status;
        Ok(())
    }

    fn station(&self, id: &CanonicalId) -> Option<&Station> {
        self.stations.get(id).map(|entry| &entry.station)
    }

    fn credentials(&self, digest: HashedId8) -> Vec<(CanonicalId, Certificate)> {
        let holders = self.by_credential.get(&digest).into_iter().flatten();
        holders
            .filter_map(|id| {
                let credentials = &self.stations.get(id)?.credentials;
                let credential = credentials.iter().find(|credential| credential.hashed_id8() == digest)?;
                Some((id.clone(), credential.clone()))
            })
            .collect()
    }

    fn enrolled(&mut self, id: &CanonicalId, credential: Certificate) -> Result<(), RegistryError> {
        let entry = self.stations.get_mut(id).ok_or(RegistryError::Unknown)?;
        if entry.credentials.contains(&credential) {
            return Ok(());
        }
        if entry.credentials.len() >= MAX_CREDENTIALS {
            let oldest = entry.credentials.remove(0);
            self.by_credential.entry(oldest.hashed_id8()).or_default().retain(|holder| holder != id);
        }
        self.by_credential.entry(credential.hashed_id8()).or_default().push(id.clone());
        entry.credentials.push(credential);
        Ok(())
    }

    fn overlapping(&self, id: &CanonicalId, shared: &[u8; 32], validity: &ValidityPeriod) -> usize {
        let confirmed = self.stations.get(id).map_or(&[][..], |entry| &entry.confirmed);
        let overlaps =
            |other: &ValidityPeriod| other.begin() < validity.end() && validity.begin() < other.end();
        confirmed.iter().filter(|(hash, other)| hash != shared && overlaps(other)).count()
    }

    fn confirmed(
        &mut self,
        id: &CanonicalId,
        shared: [u8; 32],
        validity: ValidityPeriod,
    ) -> Result<(), RegistryError> {
        let entry = self.stations.get_mut(id).ok_or(RegistryError::Unknown)?;
        if entry.confirmed.iter().any(|(hash, _)| *hash == shared) {
            return Ok(());
        }
        if entry.confirmed.len() >= MAX_CONFIRMED {
            entry.confirmed.retain(|(_, other)| other.end() > validity.begin());
        }
        if entry.confirmed.len() >= MAX_CONFIRMED {
            return Err(RegistryError::Full);
        }
        entry.confirmed.push((shared, validity));
        Ok(())
    }
}
