//! A registry in memory, for tests, labs and simulations: it forgets with the process.

use super::{CanonicalId, Confirmation, Registry, RegistryError, Station, Status, overlap};
use crate::limits::{MAX_CONFIRMED, MAX_CREDENTIALS, MAX_STATIONS};
use std::collections::BTreeMap;
use v2x_ca::{
    ledger::{Hash, Ledger, LedgerError, MemoryLedger, Recorded, RequestDigest, Standing},
    permit::Conclusion,
};
use v2x_codec::time::{Time64, ValidityPeriod};
use v2x_security::{certificate::Certificate, id::HashedId8};

struct Entry {
    station: Station,
    credentials: Vec<Certificate>,
    confirmed: Vec<([u8; 32], ValidityPeriod)>,
}

/// A registry in memory.
#[derive(Default)]
pub struct MemoryRegistry {
    ledger: MemoryLedger,
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
    fn register(&mut self, _: Time64, id: &CanonicalId, station: &Station) -> Result<(), RegistryError> {
        if self.stations.contains_key(id) {
            return Err(RegistryError::Known);
        }
        if self.stations.len() >= MAX_STATIONS {
            return Err(RegistryError::Full);
        }
        let entry = Entry { station: station.clone(), credentials: Vec::new(), confirmed: Vec::new() };
        self.stations.insert(id.clone(), entry);
        Ok(())
    }

    fn set_status(&mut self, _: Time64, id: &CanonicalId, status: Status) -> Result<(), RegistryError> {
        self.stations.get_mut(id).ok_or(RegistryError::Unknown)?.station.status = status;
        Ok(())
    }

    fn station(&self, id: &CanonicalId) -> Result<Option<Station>, RegistryError> {
        Ok(self.stations.get(id).map(|entry| entry.station.clone()))
    }

    fn credentials(&self, digest: HashedId8) -> Result<Vec<(CanonicalId, Certificate)>, RegistryError> {
        let holders = self.by_credential.get(&digest).into_iter().flatten();
        let held = holders.filter_map(|id| {
            let credentials = &self.stations.get(id)?.credentials;
            let credential = credentials.iter().find(|credential| credential.hashed_id8() == digest)?;
            Some((id.clone(), credential.clone()))
        });
        Ok(held.collect())
    }

    fn enrolled(
        &mut self,
        id: &CanonicalId,
        station: &Station,
        conclusion: Conclusion<'_>,
    ) -> Result<(), RegistryError> {
        let Conclusion { at, request, certificate, answer } = conclusion;
        let entry = judged(&mut self.stations, id, station)?;
        self.ledger.conclude(at, request, certificate.octets(), answer)?;
        if entry.credentials.contains(certificate) {
            return Ok(());
        }
        if entry.credentials.len() >= MAX_CREDENTIALS {
            let oldest = entry.credentials.remove(0);
            self.by_credential.entry(oldest.hashed_id8()).or_default().retain(|holder| holder != id);
        }
        self.by_credential.entry(certificate.hashed_id8()).or_default().push(id.clone());
        entry.credentials.push(certificate.clone());
        Ok(())
    }

    fn overlapping(
        &self,
        id: &CanonicalId,
        shared: &[u8; 32],
        validity: &ValidityPeriod,
    ) -> Result<usize, RegistryError> {
        Ok(self.stations.get(id).map_or(0, |entry| entry.overlapping(shared, validity)))
    }

    fn confirmed(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        confirmation: Confirmation<'_>,
        answer: &[u8],
    ) -> Result<(), RegistryError> {
        let Confirmation { id, station, shared, validity } = confirmation;
        let entry = judged(&mut self.stations, id, station)?;
        entry.confirmed.retain(|(_, other)| other.end() > now);
        let is_known = entry.confirmed.iter().any(|(hash, _)| *hash == shared);
        let quota = usize::try_from(station.profile.parallel_tickets).unwrap_or(usize::MAX);
        let is_full =
            entry.overlapping(&shared, &validity) >= quota || entry.confirmed.len() >= MAX_CONFIRMED;
        if !is_known && is_full {
            return Err(RegistryError::Quota);
        }
        self.ledger.remember(now, request, answer)?;
        if !is_known {
            entry.confirmed.push((shared, validity));
        }
        Ok(())
    }
}

/// The entry of a station that is still as it was judged.
fn judged<'a>(
    stations: &'a mut BTreeMap<CanonicalId, Entry>,
    id: &CanonicalId,
    station: &Station,
) -> Result<&'a mut Entry, RegistryError> {
    let entry = stations.get_mut(id).ok_or(RegistryError::Unknown)?;
    if entry.station == *station { Ok(entry) } else { Err(RegistryError::Changed) }
}

impl Entry {
    fn overlapping(&self, shared: &[u8; 32], validity: &ValidityPeriod) -> usize {
        let counts = |(hash, other): &&([u8; 32], ValidityPeriod)| hash != shared && overlap(other, validity);
        self.confirmed.iter().filter(counts).count()
    }
}

impl Ledger for MemoryRegistry {
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
        self.ledger.standing(request)
    }

    fn intend(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        to_be_signed: &[u8],
    ) -> Result<Recorded, LedgerError> {
        self.ledger.intend(now, request, to_be_signed)
    }

    fn conclude(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        certificate: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError> {
        self.ledger.conclude(now, request, certificate, answer)
    }

    fn remember(&mut self, now: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError> {
        self.ledger.remember(now, request, answer)
    }

    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
        self.ledger.knows_certificate(certificate)
    }
}
