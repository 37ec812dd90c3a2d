//! Tickets that were confirmed, by the weeks in which they are valid. Two that overlap share a week.

use crate::{
    DurableRegistry, QUOTA,
    codec::{Reader, Unreadable, Writer},
    damaged,
    limits::{MAX_WEEK, MAX_WEEKS},
    note,
};
use enrollment_ea::registry::{CanonicalId, RegistryError};
use std::collections::BTreeSet;
use store::{Note, Then, Value};
use v2x_codec::time::{Time64, ValidityPeriod};

const WHAT: &str = "a week of confirmed tickets";
const WEEK_MICROS: u64 = 7 * 86_400 * 1_000_000;

/// A confirmed ticket: the hash of the shared request, and when it is valid, in microseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ticket {
    shared: [u8; 32],
    begin: u64,
    end: u64,
}

struct Week {
    key: Vec<u8>,
    read: Option<Value>,
    tickets: Vec<Ticket>,
}

/// The weeks that a period touches, as they were read.
pub(crate) struct Weeks(Vec<Week>);

impl Weeks {
    /// # Errors
    /// [`RegistryError::Quota`] for a period of more weeks than any ticket has; [`RegistryError::Ledger`].
    pub(crate) fn read(
        registry: &DurableRegistry,
        id: &CanonicalId,
        validity: &ValidityPeriod,
    ) -> Result<Self, RegistryError> {
        let (begin, end) = (validity.begin().micros(), validity.end().micros());
        let (first, last) = (begin / WEEK_MICROS, end.saturating_sub(1).max(begin) / WEEK_MICROS);
        if last - first >= MAX_WEEKS {
            return Err(RegistryError::Quota);
        }
        (first..=last).map(|week| Week::read(registry, id, week)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the ticket was confirmed before.
    pub(crate) fn hold(&self, shared: &[u8; 32]) -> bool {
        self.tickets().any(|ticket| ticket.shared == *shared)
    }

    /// How many other tickets overlap the period. One that is valid in two weeks stands in both, and counts once.
    pub(crate) fn overlapping(&self, shared: &[u8; 32], validity: &ValidityPeriod) -> usize {
        let (begin, end) = (validity.begin().micros(), validity.end().micros());
        let overlaps =
            |ticket: &&Ticket| ticket.begin < end && begin < ticket.end && ticket.shared != *shared;
        self.tickets().filter(overlaps).map(|ticket| ticket.shared).collect::<BTreeSet<_>>().len()
    }

    fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.0.iter().flat_map(|week| &week.tickets)
    }

    /// What is written to confirm a ticket: nothing changes for one that was confirmed before. Either way what was
    /// counted must still be there.
    ///
    /// # Errors
    /// [`RegistryError::Quota`] when a week holds as many as it may.
    pub(crate) fn with(
        self,
        shared: [u8; 32],
        validity: ValidityPeriod,
        now: Time64,
    ) -> Result<Vec<Note>, RegistryError> {
        let ticket = Ticket { shared, begin: validity.begin().micros(), end: validity.end().micros() };
        let is_known = self.hold(&shared);
        self.0
            .into_iter()
            .map(|week| if is_known { Ok(week.kept()) } else { week.with(ticket, now) })
            .collect()
    }
}

impl Week {
    fn read(registry: &DurableRegistry, id: &CanonicalId, week: u64) -> Result<Self, RegistryError> {
        let key = [id.as_bytes(), &week.to_be_bytes()].concat();
        let read = registry.value(QUOTA, &key)?;
        let tickets = read.as_ref().map(|value| decode(&value.octets)).transpose().map_err(damaged)?;
        Ok(Self { key, read, tickets: tickets.unwrap_or_default() })
    }

    fn kept(self) -> Note {
        note(QUOTA, &self.key, self.read.as_ref(), Then::Keep)
    }

    /// Tickets that have run out make room.
    fn with(mut self, ticket: Ticket, now: Time64) -> Result<Note, RegistryError> {
        self.tickets.retain(|other| other.end > now.micros());
        if self.tickets.len() >= MAX_WEEK {
            return Err(RegistryError::Quota);
        }
        self.tickets.push(ticket);
        Ok(note(QUOTA, &self.key, self.read.as_ref(), Then::Write(encode(&self.tickets))))
    }
}

/// Whether the week of a key is over.
pub(crate) fn is_over(key: &[u8], now: Time64) -> bool {
    let week = key.last_chunk().map(|octets| u64::from_be_bytes(*octets));
    week.is_some_and(|week| week < now.micros() / WEEK_MICROS)
}

fn encode(tickets: &[Ticket]) -> Vec<u8> {
    let writer = tickets.iter().fold(Writer::default(), |writer, ticket| {
        writer.fixed(&ticket.shared).fixed(&ticket.begin.to_be_bytes()).fixed(&ticket.end.to_be_bytes())
    });
    writer.0
}

fn decode(octets: &[u8]) -> Result<Vec<Ticket>, Unreadable> {
    let (mut reader, mut tickets) = (Reader::new(WHAT, octets), Vec::new());
    while !reader.is_empty() && tickets.len() < MAX_WEEK {
        tickets.push(Ticket { shared: reader.array()?, begin: reader.number()?, end: reader.number()? });
    }
    reader.end()?;
    Ok(tickets)
}
