//! What was issued, as the chain tells it: for whoever looks at each certificate again.

use crate::{
    engine::{Space, View},
    error::{Damage, StoreError},
    record::{Change, Digest, New, Record, Sequence, digest},
    rows,
    standing::Stored,
    table::{CERTIFICATES, REQUESTS},
};
use std::collections::BTreeMap;

/// A certificate that was issued, and what the chain says of it.
#[derive(Clone, Copy, Debug)]
pub struct Issued<'a> {
    /// The record that concluded it.
    pub sequence: Sequence,
    /// When, in microseconds, by the clock of whoever issued it.
    pub time: u64,
    /// The request that it answers.
    pub request: &'a Digest,
    /// The certificate.
    pub certificate: &'a [u8],
    intended: &'a Digest,
}

impl Issued<'_> {
    /// Whether `to_be_signed` is what was on record before anything was signed for the request.
    #[must_use]
    pub fn was_intended(&self, to_be_signed: &[u8]) -> bool {
        digest(&Stored::Intended(to_be_signed.to_vec()).encode()) == *self.intended
    }
}

/// How far the records account for requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Requests that were answered with a certificate.
    pub issued: u64,
    /// Requests for which something was to be signed, and that have no answer yet.
    pub unanswered: u64,
}

/// A walk through the chain, with what was intended and not yet concluded.
struct Walk<'v, 'e> {
    view: &'v dyn View,
    each: &'e mut dyn FnMut(Issued<'_>) -> Result<(), StoreError>,
    intended: BTreeMap<Digest, Digest>,
    issued: u64,
}

/// Shows everything that was issued, in the order of the chain, with what was on record before it was signed. The chain
/// itself is [`verify_rows`](crate::verify_rows)'s to walk.
///
/// # Errors
/// Those of `each`; [`StoreError::Damaged`] also where the records of a request do not follow each other as they must;
/// [`StoreError::Storage`].
pub fn each_issued(
    view: &dyn View,
    each: &mut dyn FnMut(Issued<'_>) -> Result<(), StoreError>,
) -> Result<Accounts, StoreError> {
    let mut walk = Walk { view, each, intended: BTreeMap::new(), issued: 0 };
    view.scan(Space::Records, &[], &mut |_, row| walk.step(&Record::decode(row)?))?;
    let unanswered = u64::try_from(walk.intended.len()).unwrap_or(u64::MAX);
    Ok(Accounts { issued: walk.issued, unanswered })
}

impl Walk<'_, '_> {
    fn step(&mut self, record: &Record) -> Result<(), StoreError> {
        record.changes.iter().try_for_each(|change| match request(change) {
            Some(request) => self.change(record, &request, change),
            None => Ok(()),
        })
    }

    /// A request's first record is an answer without a certificate, or what was intended; the second is its answer.
    fn change(&mut self, record: &Record, request: &Digest, change: &Change) -> Result<(), StoreError> {
        let misplaced = || Damage::Entry(record.sequence);
        match (change.value, self.standing(&change.key)?) {
            (New::Created(_), Some(Stored::Answered { certificate: None, .. })) => Ok(()),
            (New::Created(intended), Some(_)) => {
                self.intended.insert(*request, intended);
                Ok(())
            }
            (New::Replaced(_), Some(Stored::Answered { certificate: Some(hash), .. })) => {
                let intended = self.intended.remove(request).ok_or_else(misplaced)?;
                self.conclude(record, request, &intended, &hash)
            }
            (New::Created(_) | New::Replaced(_) | New::Removed, _) => Err(misplaced().into()),
        }
    }

    fn conclude(
        &mut self,
        record: &Record,
        request: &Digest,
        intended: &Digest,
        hash: &Digest,
    ) -> Result<(), StoreError> {
        let entry = rows::entry(self.view, &CERTIFICATES.entry(hash)?)?;
        let certificate = entry.ok_or(Damage::Entry(record.sequence))?.value;
        self.issued += 1;
        let Record { sequence, time, .. } = *record;
        (self.each)(Issued { sequence, time, request, certificate: &certificate, intended })
    }

    /// What is known of a request today, which is what its last record says.
    fn standing(&self, key: &[u8]) -> Result<Option<Stored>, StoreError> {
        let entry = rows::entry(self.view, key)?;
        Ok(entry.map(|entry| Stored::decode(&entry.value)).transpose()?)
    }
}

/// The request that a change is about, if it is about one.
fn request(change: &Change) -> Option<Digest> {
    change.key.strip_prefix(&*REQUESTS.prefix())?.try_into().ok()
}
