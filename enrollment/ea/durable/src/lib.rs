//! The EA's registry in [`store`]: what [`enrollment_ea::registry::Registry`] promises, kept through power failures and
//! among many workers.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `stations` | canonical identifier | key, status, profile |
//! | `held` | canonical identifier | digests of the credentials that it holds, oldest first |
//! | `credentials` | `HashedId8` | those who hold a credential with it, each with the credential |
//! | `quota` | canonical identifier and week | tickets confirmed that are valid in that week |
//!
//! An answer and the values that it changes are one record, with the versions of all values that it depends on: whatever
//! another worker changed in between, the record is refused, and tried again with what is there then. Workers of one process
//! take turns at a station, so that they do not get in each other's way there. Weeks keep what a confirmation
//! has to read and write small, however many tickets a station preloads.

mod codec;
mod credentials;
pub mod limits;
mod quota;
mod stations;
mod turns;

use codec::Unreadable;
use enrollment_ea::registry::{CanonicalId, Confirmation, Registry, RegistryError, Station, Status};
use stations::{decode_station, encode_station};
use store::{Expected, Ledger as Store, Note, StoreError, Table, Then, Value};
use turns::Turns;
use v2x_ca::{
    ledger::{Hash, Ledger, LedgerError, Recorded, RequestDigest, Standing},
    permit::Conclusion,
};
use v2x_ca_durable::{DurableLedger, ledger_error};
use v2x_codec::time::{Time64, ValidityPeriod};
use v2x_security::{certificate::Certificate, id::HashedId8};

const STATIONS: Table = Table::new("stations");
const HELD: Table = Table::new("held");
const CREDENTIALS: Table = Table::new("credentials");
const QUOTA: Table = Table::new("quota");

/// A handle on a durable registry. Each of the authorities that work side by side has one; what they record at the same
/// time shares one wait for the disk.
///
/// Every call may wait for the disk.
#[derive(Clone, Debug)]
pub struct DurableRegistry {
    ledger: DurableLedger,
    turns: Turns,
}

impl DurableRegistry {
    /// The registry in `ledger`.
    #[must_use]
    pub fn new(ledger: DurableLedger) -> Self {
        Self { ledger, turns: Turns::new() }
    }

    /// The ledger: for heads, backups and epochs.
    #[must_use]
    pub const fn ledger(&self) -> &DurableLedger {
        &self.ledger
    }

    const fn store(&self) -> &Store {
        self.ledger.store()
    }

    /// Shows every station as it is registered, in the order of their identifiers.
    ///
    /// # Errors
    /// [`RegistryError::Ledger`], also when one cannot be read.
    pub fn each_station(&self, mut each: impl FnMut(&CanonicalId, &Station)) -> Result<(), RegistryError> {
        let mut unreadable = None;
        let shown = self.store().each(STATIONS, |key, value| {
            match (CanonicalId::new(key), decode_station(value)) {
                (Ok(id), Ok(station)) => each(&id, &station),
                (Err(error), _) => unreadable = Some(error),
                (_, Err(error)) => unreadable = Some(damaged(error)),
            }
            Ok(())
        });
        shown.map_err(ledger_error)?;
        unreadable.map_or(Ok(()), Err)
    }

    /// Forgets tickets that have run out, whose places in a quota are free anyway: all of the weeks that are over, at most
    /// `most`. Says how many weeks of stations were forgotten. To be called now and then.
    ///
    /// # Errors
    /// [`RegistryError::Ledger`].
    pub fn forget_expired(&self, now: Time64, most: usize) -> Result<usize, RegistryError> {
        let mut over = Vec::new();
        let listed = self.store().each(QUOTA, |key, _| {
            if over.len() < most && quota::is_over(key, now) {
                over.push(key.to_vec());
            }
            Ok(())
        });
        listed.map_err(ledger_error)?;
        for key in &over {
            // Nothing is written any more to a week that is over.
            let removed = self.store().remove(now.micros(), QUOTA, key, Expected::Anything);
            removed.map_err(ledger_error)?;
        }
        Ok(over.len())
    }

    /// Records something about a station, until what was read is still there when it is written. Of a request that
    /// somebody else has answered meanwhile there is no more to record: that is a conflict.
    fn insist(
        &self,
        id: &CanonicalId,
        request: &RequestDigest,
        attempt: impl Fn() -> Result<(), RegistryError>,
    ) -> Result<(), RegistryError> {
        let _turn = self.turns.take(id);
        for _ in 0..limits::MAX_ATTEMPTS {
            match attempt() {
                Err(conflict @ RegistryError::Ledger(LedgerError::Conflict)) => {
                    if let Standing::Answered(_) = self.ledger.standing(request)? {
                        return Err(conflict);
                    }
                }
                outcome => return outcome,
            }
        }
        Err(RegistryError::Ledger(LedgerError::Busy))
    }

    fn value(&self, table: Table, key: &[u8]) -> Result<Option<Value>, RegistryError> {
        Ok(self.store().value(table, key).map_err(ledger_error)?)
    }

    /// That `station` is still as it was judged: the note that holds a record to it.
    fn unchanged(&self, id: &CanonicalId, station: &Station) -> Result<Note, RegistryError> {
        let value = self.value(STATIONS, id.as_bytes())?.ok_or(RegistryError::Unknown)?;
        if decode_station(&value.octets).map_err(damaged)? == *station {
            Ok(note(STATIONS, id.as_bytes(), Some(&value), Then::Keep))
        } else {
            Err(RegistryError::Changed)
        }
    }
}

/// A note about a value as it was read.
fn note(table: Table, key: &[u8], read: Option<&Value>, then: Then) -> Note {
    let expected = read.map_or(Expected::Nothing, |value| Expected::Version(value.version));
    Note { table, key: key.to_vec(), expected, then }
}

/// Whoever wrote a value that cannot be read was no such registry.
fn damaged(unreadable: Unreadable) -> RegistryError {
    RegistryError::Ledger(LedgerError::Storage(unreadable.to_string()))
}

/// A conflict of a value that only one call writes says that somebody else was first.
fn written(outcome: Result<(), StoreError>, conflict: RegistryError) -> Result<(), RegistryError> {
    match outcome {
        Err(StoreError::Conflict) => Err(conflict),
        outcome => Ok(outcome.map_err(ledger_error)?),
    }
}

impl Registry for DurableRegistry {
    fn register(&mut self, now: Time64, id: &CanonicalId, station: &Station) -> Result<(), RegistryError> {
        let value = encode_station(station).map_err(damaged)?;
        let put = self.store().put(now.micros(), STATIONS, id.as_bytes(), Expected::Nothing, &value);
        written(put, RegistryError::Known)
    }

    fn set_status(&mut self, now: Time64, id: &CanonicalId, status: Status) -> Result<(), RegistryError> {
        for _ in 0..limits::MAX_ATTEMPTS {
            let value = self.value(STATIONS, id.as_bytes())?.ok_or(RegistryError::Unknown)?;
            let station = decode_station(&value.octets).map_err(damaged)?;
            let octets = encode_station(&Station { status, ..station }).map_err(damaged)?;
            let expected = Expected::Version(value.version);
            let put = self.store().put(now.micros(), STATIONS, id.as_bytes(), expected, &octets);
            match written(put, RegistryError::Changed) {
                Err(RegistryError::Changed) => {}
                outcome => return outcome,
            }
        }
        Err(RegistryError::Ledger(LedgerError::Busy))
    }

    fn station(&self, id: &CanonicalId) -> Result<Option<Station>, RegistryError> {
        let value = self.value(STATIONS, id.as_bytes())?;
        value.map(|value| decode_station(&value.octets).map_err(damaged)).transpose()
    }

    fn credentials(&self, digest: HashedId8) -> Result<Vec<(CanonicalId, Certificate)>, RegistryError> {
        let value = self.value(CREDENTIALS, digest.as_bytes())?;
        let Some(value) = value else { return Ok(Vec::new()) };
        credentials::decode_holders(&value.octets).map_err(damaged)
    }

    fn enrolled(
        &mut self,
        id: &CanonicalId,
        station: &Station,
        conclusion: Conclusion<'_>,
    ) -> Result<(), RegistryError> {
        let Conclusion { at, request, certificate, answer } = conclusion;
        self.insist(id, request, || {
            let mut notes = vec![self.unchanged(id, station)?];
            notes.extend(credentials::notes(self, id, certificate)?);
            let (time, octets) = (at.micros(), certificate.octets());
            let concluded = self.store().conclude_with(time, request.as_bytes(), octets, answer, &notes);
            Ok(concluded.map_err(ledger_error)?)
        })
    }

    fn overlapping(
        &self,
        id: &CanonicalId,
        shared: &[u8; 32],
        validity: &ValidityPeriod,
    ) -> Result<usize, RegistryError> {
        Ok(quota::Weeks::read(self, id, validity)?.overlapping(shared, validity))
    }

    fn confirmed(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        confirmation: Confirmation<'_>,
        answer: &[u8],
    ) -> Result<(), RegistryError> {
        let Confirmation { id, station, shared, validity } = confirmation;
        let most = usize::try_from(station.profile.parallel_tickets).unwrap_or(usize::MAX);
        self.insist(id, request, || {
            let mut notes = vec![self.unchanged(id, station)?];
            let weeks = quota::Weeks::read(self, id, &validity)?;
            if !weeks.hold(&shared) && weeks.overlapping(&shared, &validity) >= most {
                return Err(RegistryError::Quota);
            }
            notes.extend(weeks.with(shared, validity, now)?);
            let remembered = self.store().remember_with(now.micros(), request.as_bytes(), answer, &notes);
            Ok(remembered.map_err(ledger_error)?)
        })
    }
}

impl Ledger for DurableRegistry {
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
