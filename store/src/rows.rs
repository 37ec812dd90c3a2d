//! The rows of a ledger, read with their checks.

use crate::{
    codec::{Reader, Writer},
    engine::{Space, View, Write},
    error::{Damage, StoreError},
    record::{Digest, Head, Record, Sequence, digest},
};

/// The format of everything that is stored. A change that an older release would misread raises it.
pub(crate) const SCHEMA: u32 = 1;

/// Rows about the ledger itself.
pub(crate) const HEAD: &[u8] = b"head";
pub(crate) const NAME: &[u8] = b"name";
pub(crate) const SCHEMA_ROW: &[u8] = b"schema";
/// Present while the ledger takes no record, because it is an older copy.
pub(crate) const REWOUND: &[u8] = b"rewound";
/// Present while a restore has not ended.
pub(crate) const INCOMPLETE: &[u8] = b"incomplete";

/// A value that is in force, and the record that put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) sequence: Sequence,
    pub(crate) value: Vec<u8>,
}

impl Entry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        Writer::default().number(self.sequence).fixed(&self.value).done()
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::new("an entry", octets);
        Ok(Self { sequence: reader.number()?, value: reader.rest().to_vec() })
    }
}

/// A row about the ledger.
pub(crate) fn meta(key: &[u8], value: Option<Vec<u8>>) -> Write {
    Write { space: Space::Meta, key: key.to_vec(), value }
}

/// Whether a mark is set. A mark has one form, so that damage to it is seen.
pub(crate) fn is_marked(view: &dyn View, mark: &[u8]) -> Result<bool, StoreError> {
    match view.row(Space::Meta, mark)?.as_deref() {
        None => Ok(false),
        Some(&[1]) => Ok(true),
        Some(_) => Err(Damage::Unreadable("a mark").into()),
    }
}

/// The head, if there is a ledger.
pub(crate) fn head(view: &dyn View) -> Result<Option<Head>, StoreError> {
    let row = view.row(Space::Meta, HEAD)?;
    Ok(row.map(|row| Head::decode(&row)).transpose()?)
}

/// Refuses a schema that this release does not know.
pub(crate) fn check_schema(view: &dyn View) -> Result<(), StoreError> {
    let row = view.row(Space::Meta, SCHEMA_ROW)?.ok_or(Damage::Unreadable("the schema"))?;
    let octets = row.try_into().map_err(|_| Damage::Unreadable("the schema"))?;
    match u32::from_be_bytes(octets) {
        SCHEMA => Ok(()),
        found if found > SCHEMA => Err(StoreError::NewerSchema { found, known: SCHEMA }),
        _ => Err(Damage::Unreadable("the schema").into()),
    }
}

/// The ledger's name.
pub(crate) fn name(view: &dyn View) -> Result<Vec<u8>, StoreError> {
    Ok(view.row(Space::Meta, NAME)?.ok_or(Damage::Unreadable("the ledger's name"))?)
}

/// What the first record follows: the ledger's name, so that chains of different ledgers share no hash.
pub(crate) fn origin(name: &[u8]) -> Digest {
    digest(name)
}

pub(crate) fn record(view: &dyn View, sequence: Sequence) -> Result<Record, StoreError> {
    let row = view.row(Space::Records, &sequence.to_be_bytes())?;
    let record = Record::decode(&row.ok_or(Damage::Missing(sequence))?)?;
    if record.sequence == sequence { Ok(record) } else { Err(Damage::Altered(sequence).into()) }
}

/// An entry, compared with the record that made it: damage to either is found before anybody acts on it.
pub(crate) fn entry(view: &dyn View, key: &[u8]) -> Result<Option<Entry>, StoreError> {
    view.row(Space::Entries, key)?.map(|row| checked(view, key, &row)).transpose()
}

/// The entry in a row, compared with the record that made it.
pub(crate) fn checked(view: &dyn View, key: &[u8], row: &[u8]) -> Result<Entry, StoreError> {
    let entry = Entry::decode(row)?;
    let record = record(view, entry.sequence)?;
    let recorded = record.change(key).and_then(|change| change.value.digest());
    if recorded == Some(digest(&entry.value)) { Ok(entry) } else { Err(Damage::Entry(entry.sequence).into()) }
}
