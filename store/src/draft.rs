//! What a batch of operations would write: the rules of the ledger.

use crate::{
    codec::Writer,
    engine::{Space, View, Write},
    error::{Damage, StoreError},
    limits::{MAX_NAME, MAX_NOTES, MAX_TIME_BEHIND, MAX_VALUE},
    record::{Change, Digest, Head, New, Record, digest},
    rows::{self, Entry, HEAD, REWOUND},
    standing::Stored,
    table::{CERTIFICATES, EPOCH, REQUESTS, Table},
};
use std::collections::{BTreeMap, BTreeSet};

/// What must be there before a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever is there.
    Anything,
    /// Nothing is there.
    Nothing,
    /// The value with this [version](crate::Value::version) is there.
    Version(u64),
}

impl Expected {
    const fn is_met(self, present: Option<&Entry>) -> bool {
        match (self, present) {
            (Self::Anything, _) | (Self::Nothing, None) => true,
            (Self::Version(version), Some(entry)) => entry.sequence == version,
            (Self::Nothing, Some(_)) | (Self::Version(_), None) => false,
        }
    }
}

/// What is recorded together with an answer, in one record with it: all of it, or nothing and no answer either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The table of the value.
    pub table: Table,
    /// Its key there.
    pub key: Vec<u8>,
    /// What must be there, or nothing is recorded.
    pub expected: Expected,
    /// What becomes of it.
    pub then: Then,
}

/// What becomes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// It stays: the answer only depends on it.
    Keep,
    /// It is written.
    Write(Vec<u8>),
    /// It is removed; its hash stays in the chain.
    Remove,
}

impl Note {
    fn entry_key(&self) -> Result<Vec<u8>, StoreError> {
        self.table.entry(&self.key)
    }

    fn octets(&self) -> usize {
        self.key.len() + self.written().len()
    }

    fn written(&self) -> &[u8] {
        match &self.then {
            Then::Write(value) => value,
            Then::Keep | Then::Remove => &[],
        }
    }
}

/// Refuses notes that no ledger takes: too many, too large, or two about one value.
fn check_notes(notes: &[Note]) -> Result<(), StoreError> {
    fits("a record's notes", notes.len(), MAX_NOTES)?;
    let mut keys = BTreeSet::new();
    for note in notes {
        fits("a value", note.written().len(), MAX_VALUE)?;
        if !keys.insert(note.entry_key()?) {
            return Err(StoreError::Misuse("two notes about one value"));
        }
    }
    Ok(())
}

/// What a caller wants recorded.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Intend { request: Digest, octets: Vec<u8> },
    Conclude { request: Digest, certificate: Vec<u8>, answer: Vec<u8>, notes: Vec<Note> },
    Remember { request: Digest, answer: Vec<u8>, notes: Vec<Note> },
    Put { table: Table, key: Vec<u8>, expected: Expected, value: Option<Vec<u8>> },
    RaiseEpoch { epoch: u64, reason: String },
}

impl Operation {
    /// Refuses what no ledger takes, before it waits in a queue.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        match self {
            Self::Intend { octets, .. } => fits("to-be-signed octets", octets.len(), MAX_VALUE),
            Self::Conclude { certificate, answer, notes, .. } => {
                fits("a certificate", certificate.len(), MAX_VALUE)?;
                fits("an answer", answer.len(), MAX_VALUE)?;
                check_notes(notes)
            }
            Self::Remember { answer, notes, .. } => {
                fits("an answer", answer.len(), MAX_VALUE)?;
                check_notes(notes)
            }
            Self::Put { table, key, value, .. } => {
                table.entry(key)?;
                fits("a value", value.as_ref().map_or(0, Vec::len), MAX_VALUE)
            }
            Self::RaiseEpoch { reason, .. } => fits("a reason", reason.len(), MAX_NAME),
        }
    }

    /// About how many octets it keeps waiting.
    pub(crate) fn octets(&self) -> usize {
        match self {
            Self::Intend { octets, .. } => octets.len(),
            Self::Conclude { certificate, answer, .. } => certificate.len() + answer.len() + self.noted(),
            Self::Remember { answer, .. } => answer.len() + self.noted(),
            Self::Put { key, value, .. } => key.len() + value.as_ref().map_or(0, Vec::len),
            Self::RaiseEpoch { reason, .. } => reason.len(),
        }
    }

    fn noted(&self) -> usize {
        self.notes().iter().map(Note::octets).sum()
    }

    fn notes(&self) -> &[Note] {
        match self {
            Self::Conclude { notes, .. } | Self::Remember { notes, .. } => notes,
            Self::Intend { .. } | Self::Put { .. } | Self::RaiseEpoch { .. } => &[],
        }
    }

    /// The entries that it will look at.
    pub(crate) fn entry_keys(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let first = match self {
            Self::Intend { request, .. }
            | Self::Conclude { request, .. }
            | Self::Remember { request, .. } => REQUESTS.entry(request),
            Self::Put { table, key, .. } => table.entry(key),
            Self::RaiseEpoch { .. } => EPOCH.entry(&[]),
        };
        std::iter::once(first).chain(self.notes().iter().map(Note::entry_key)).collect()
    }
}

/// A value to write under an entry's key, or nothing to remove it.
type NewEntry = (Vec<u8>, Option<Vec<u8>>);

pub(crate) fn fits(what: &'static str, octets: usize, most: usize) -> Result<(), StoreError> {
    if octets <= most { Ok(()) } else { Err(StoreError::TooLarge { what, octets, most }) }
}

/// The ledger as it would be after the operations so far.
pub(crate) struct Draft<'a> {
    view: &'a dyn View,
    head: Head,
    was_rewound: bool,
    rewound: bool,
    entries: BTreeMap<Vec<u8>, Option<Entry>>,
    records: Vec<Write>,
}

impl<'a> Draft<'a> {
    pub(crate) fn open(view: &'a dyn View) -> Result<Self, StoreError> {
        let head = rows::head(view)?.ok_or(Damage::Head)?;
        let rewound = rows::is_marked(view, REWOUND)?;
        Ok(Self { view, head, was_rewound: rewound, rewound, entries: BTreeMap::new(), records: Vec::new() })
    }

    /// Takes an operation, or refuses it and is as before.
    pub(crate) fn apply(&mut self, time: u64, operation: &Operation) -> Result<(), StoreError> {
        if let Operation::RaiseEpoch { epoch, reason } = operation {
            return self.raise_epoch(time, *epoch, reason);
        }
        self.check_running(time)?;
        match operation {
            Operation::Intend { request, octets } => self.intend(time, request, octets),
            Operation::Conclude { request, certificate, answer, notes } => {
                self.conclude(time, request, certificate, answer, notes)
            }
            Operation::Remember { request, answer, notes } => self.remember(time, request, answer, notes),
            Operation::Put { table, key, expected, value } => {
                self.put(time, table.entry(key)?, *expected, value.as_deref())
            }
            Operation::RaiseEpoch { .. } => {
                Err(StoreError::Misuse("an epoch is raised before anything else"))
            }
        }
    }

    const fn check_running(&self, time: u64) -> Result<(), StoreError> {
        if self.rewound {
            return Err(StoreError::Rewound { epoch: self.head.epoch });
        }
        if time.saturating_add(MAX_TIME_BEHIND) < self.head.time {
            return Err(StoreError::TimeBehind { newest: self.head.time, given: time });
        }
        Ok(())
    }

    fn intend(&mut self, time: u64, request: &Digest, octets: &[u8]) -> Result<(), StoreError> {
        match self.stored(request)? {
            None => self.answer(time, request, &Stored::Intended(octets.to_vec()), None, &[]),
            Some(Stored::Intended(known)) if known == octets => Ok(()),
            Some(Stored::Intended(_) | Stored::Answered { .. }) => Err(StoreError::Conflict),
        }
    }

    fn conclude(
        &mut self,
        time: u64,
        request: &Digest,
        certificate: &[u8],
        answer: &[u8],
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let stored = Stored::Answered { certificate: Some(digest(certificate)), answer: answer.to_vec() };
        match self.stored(request)? {
            Some(Stored::Intended(_)) => self.answer(time, request, &stored, Some(certificate), notes),
            Some(known) if known == stored => Ok(()),
            None | Some(Stored::Answered { .. }) => Err(StoreError::Conflict),
        }
    }

    fn remember(
        &mut self,
        time: u64,
        request: &Digest,
        answer: &[u8],
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let stored = Stored::Answered { certificate: None, answer: answer.to_vec() };
        match self.stored(request)? {
            None => self.answer(time, request, &stored, None, notes),
            Some(known) if known == stored => Ok(()),
            Some(Stored::Intended(_) | Stored::Answered { .. }) => Err(StoreError::Conflict),
        }
    }

    /// Records what is known of a request from now on, the certificate that was made for it, and what goes with them.
    fn answer(
        &mut self,
        time: u64,
        request: &Digest,
        stored: &Stored,
        certificate: Option<&[u8]>,
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let mut changes = vec![(REQUESTS.entry(request)?, Some(stored.encode()))];
        if let Some(certificate) = certificate {
            let key = CERTIFICATES.entry(&digest(certificate))?;
            // The same octets for another request are the same certificate.
            if self.entry(&key)?.is_none() {
                changes.push((key, Some(certificate.to_vec())));
            }
        }
        changes.extend(self.noted(notes)?);
        self.append(time.max(self.head.time), self.head.epoch, changes)
    }

    /// What notes write, if what is there is what they expect.
    fn noted(&self, notes: &[Note]) -> Result<Vec<NewEntry>, StoreError> {
        let mut changes = Vec::new();
        for note in notes {
            let key = note.entry_key()?;
            let present = self.entry(&key)?;
            if !note.expected.is_met(present.as_ref()) {
                return Err(StoreError::Conflict);
            }
            match &note.then {
                Then::Write(value) => changes.push((key, Some(value.clone()))),
                Then::Remove if present.is_some() => changes.push((key, None)),
                Then::Remove | Then::Keep => {}
            }
        }
        Ok(changes)
    }

    fn put(
        &mut self,
        time: u64,
        key: Vec<u8>,
        expected: Expected,
        value: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let present = self.entry(&key)?;
        if !expected.is_met(present.as_ref()) {
            return Err(StoreError::Conflict);
        }
        if present.is_none() && value.is_none() {
            return Ok(());
        }
        self.append(time.max(self.head.time), self.head.epoch, vec![(key, value.map(<[u8]>::to_vec))])
    }

    /// The one record that is taken by an older copy, and that may set the time back: somebody has looked.
    fn raise_epoch(&mut self, time: u64, epoch: u64, reason: &str) -> Result<(), StoreError> {
        if epoch <= self.head.epoch {
            return Err(StoreError::EpochNotAbove { asked: epoch, present: self.head.epoch });
        }
        self.append(time, epoch, vec![(EPOCH.entry(&[])?, Some(epoch_value(epoch, reason)))])?;
        self.rewound = false;
        Ok(())
    }

    fn stored(&self, request: &Digest) -> Result<Option<Stored>, StoreError> {
        let entry = self.entry(&REQUESTS.entry(request)?)?;
        Ok(entry.map(|entry| Stored::decode(&entry.value)).transpose()?)
    }

    fn entry(&self, key: &[u8]) -> Result<Option<Entry>, StoreError> {
        match self.entries.get(key) {
            Some(entry) => Ok(entry.clone()),
            None => rows::entry(self.view, key),
        }
    }

    /// Adds a record with these changes.
    fn append(&mut self, time: u64, epoch: u64, values: Vec<NewEntry>) -> Result<(), StoreError> {
        let sequence = self.head.count();
        let mut changes = Vec::with_capacity(values.len());
        for (key, value) in &values {
            let hash = value.as_deref().map(digest);
            let value = match (hash, self.entry(key)?.is_some()) {
                (Some(hash), false) => New::Created(hash),
                (Some(hash), true) => New::Replaced(hash),
                (None, _) => New::Removed,
            };
            changes.push(Change { key: key.clone(), value });
        }
        let record = Record { sequence, time, epoch, previous: self.head.hash, changes };
        self.head = record.head();
        self.records.push(record_row(&record));
        let entries =
            values.into_iter().map(|(key, value)| (key, value.map(|value| Entry { sequence, value })));
        self.entries.extend(entries);
        Ok(())
    }

    /// Everything to write.
    pub(crate) fn writes(self) -> Vec<Write> {
        if self.records.is_empty() {
            return Vec::new();
        }
        let entries = self.entries.into_iter();
        let entries = entries.map(|(key, entry)| Write {
            space: Space::Entries,
            key,
            value: entry.as_ref().map(Entry::encode),
        });
        let mut writes = self.records;
        writes.extend(entries);
        writes.push(rows::meta(HEAD, Some(self.head.encode())));
        if self.was_rewound && !self.rewound {
            writes.push(rows::meta(REWOUND, None));
        }
        writes
    }
}

fn record_row(record: &Record) -> Write {
    Write::new(Space::Records, record.sequence.to_be_bytes().to_vec(), record.encode())
}

fn epoch_value(epoch: u64, reason: &str) -> Vec<u8> {
    Writer::default().number(epoch).fixed(reason.as_bytes()).done()
}

/// What a new ledger begins with.
pub(crate) fn genesis(name: &str, time: u64) -> Result<Vec<Write>, StoreError> {
    let (key, value) = (EPOCH.entry(&[])?, epoch_value(0, "created"));
    let change = Change { key: key.clone(), value: New::Created(digest(&value)) };
    let previous = rows::origin(name.as_bytes());
    let record = Record { sequence: 0, time, epoch: 0, previous, changes: vec![change] };
    Ok(vec![
        record_row(&record),
        Write::new(Space::Entries, key, Entry { sequence: 0, value }.encode()),
        rows::meta(rows::SCHEMA_ROW, Some(rows::SCHEMA.to_be_bytes().to_vec())),
        rows::meta(rows::NAME, Some(name.as_bytes().to_vec())),
        rows::meta(HEAD, Some(record.head().encode())),
    ])
}
