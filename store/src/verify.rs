//! Walking the whole chain, and holding everything that is stored against it.

use crate::{
    engine::{Space, View},
    error::{Damage, StoreError},
    record::{Change, Digest, Head, New, Record, Sequence, digest},
    rows::{self, Entry},
};

/// What a ledger holds that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Where the chain ends.
    pub head: Head,
    /// How many entries are in force.
    pub entries: u64,
}

/// The chain up to here.
struct Walk<'a> {
    view: &'a dyn View,
    published: Option<&'a Head>,
    /// The last record's head, if there was one.
    last: Option<Head>,
    /// What the next record must follow.
    previous: Digest,
    /// Entries that the chain says there are.
    alive: u64,
    /// Entries that were found to be what their newest record says.
    found: u64,
}

/// That every record follows the one before, from the first to the head, that the published head is among them, and that
/// the entries are those that the records made: all of them, unchanged, and no others.
///
/// For rows that no ledger has opened, such as those of a disk that an auditor was given; otherwise
/// [`Ledger::verify`](crate::Ledger::verify).
///
/// # Errors
/// [`StoreError::Damaged`] with the first thing that is wrong; [`StoreError::NewerSchema`]; [`StoreError::Storage`].
pub fn verify(view: &dyn View, published: Option<&Head>) -> Result<Verified, StoreError> {
    rows::check_schema(view)?;
    check_rows_about_it(view)?;
    let previous = rows::origin(&rows::name(view)?);
    let mut walk = Walk { view, published, last: None, previous, alive: 0, found: 0 };
    view.scan(Space::Records, &[], &mut |key, row| walk.step(key, row))?;
    walk.end()
}

fn check_rows_about_it(view: &dyn View) -> Result<(), StoreError> {
    let known = [rows::HEAD, rows::NAME, rows::SCHEMA_ROW, rows::REWOUND, rows::INCOMPLETE];
    rows::is_marked(view, rows::REWOUND)?;
    rows::is_marked(view, rows::INCOMPLETE)?;
    view.scan(Space::Meta, &[], &mut |key, _| {
        if known.contains(&key) { Ok(()) } else { Err(Damage::Unreadable("a row about the ledger").into()) }
    })
}

impl Walk<'_> {
    fn step(&mut self, key: &[u8], row: &[u8]) -> Result<(), StoreError> {
        let expected = self.last.map_or(0, |last| last.count());
        let record = follow(expected, &self.previous, key, row)?;
        for change in &record.changes {
            self.hold_entry(record.sequence, change)?;
        }
        let head = record.head();
        self.check_published(&head)?;
        (self.previous, self.last) = (head.hash, Some(head));
        Ok(())
    }

    fn check_published(&self, head: &Head) -> Result<(), Damage> {
        match self.published {
            Some(published) if published.sequence == head.sequence && published != head => {
                Err(Damage::NotPublished(*published))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Holds an entry against a change that was made to it. What a later record has changed again is that record's to
    /// hold.
    fn hold_entry(&mut self, sequence: Sequence, change: &Change) -> Result<(), StoreError> {
        match change.value {
            New::Created(_) => self.alive += 1,
            New::Removed => self.alive = self.alive.checked_sub(1).ok_or(Damage::Altered(sequence))?,
            New::Replaced(_) => {}
        }
        let row = self.view.row(Space::Entries, &change.key)?;
        let Some(entry) = row.map(|row| Entry::decode(&row)).transpose()? else { return Ok(()) };
        if entry.sequence > sequence {
            return Ok(());
        }
        if entry.sequence < sequence || change.value.digest() != Some(digest(&entry.value)) {
            return Err(Damage::Entry(sequence).into());
        }
        self.found += 1;
        Ok(())
    }

    fn end(self) -> Result<Verified, StoreError> {
        let stored = rows::head(self.view)?.ok_or(Damage::Head)?;
        let last = self.last.ok_or(Damage::Missing(0))?;
        if stored.sequence > last.sequence {
            return Err(Damage::Missing(last.count()).into());
        }
        if stored.sequence < last.sequence {
            return Err(Damage::Surplus.into());
        }
        if stored != last {
            return Err(Damage::Head.into());
        }
        if let Some(published) = self.published.filter(|published| published.sequence > last.sequence) {
            return Err(Damage::NotPublished(*published).into());
        }
        self.check_entries()?;
        Ok(Verified { head: last, entries: self.alive })
    }

    fn check_entries(&self) -> Result<(), StoreError> {
        if self.found < self.alive {
            return Err(Damage::LostEntries(self.alive - self.found).into());
        }
        let mut stored = 0_u64;
        self.view.scan(Space::Entries, &[], &mut |_, _| {
            stored += 1;
            Ok(())
        })?;
        if stored == self.alive { Ok(()) } else { Err(Damage::SurplusEntry.into()) }
    }
}

/// The record in this row, if it is the one that must come now.
fn follow(expected: Sequence, previous: &Digest, key: &[u8], row: &[u8]) -> Result<Record, Damage> {
    let sequence = key.try_into().map(u64::from_be_bytes).map_err(|_| Damage::Surplus)?;
    if sequence != expected {
        return Err(Damage::Missing(expected));
    }
    let record = Record::decode(row).map_err(|_| Damage::Altered(expected))?;
    if record.sequence != expected {
        return Err(Damage::Altered(expected));
    }
    if record.previous == *previous { Ok(record) } else { Err(Damage::Unchained(expected)) }
}

/// Whether the ledger holds the record that `head` names.
pub(crate) fn contains(view: &dyn View, head: &Head) -> Result<bool, StoreError> {
    match rows::record(view, head.sequence) {
        Ok(record) => Ok(record.head() == *head),
        Err(StoreError::Damaged(Damage::Missing(_))) => Ok(false),
        Err(error) => Err(error),
    }
}
