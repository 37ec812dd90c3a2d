//! The audit chain: records, each of which covers the one before.

use crate::{
    codec::{Reader, Writer},
    error::Damage,
    limits::MAX_CHANGES,
    table::MAX_ENTRY_KEY,
};
use sha2::{Digest as _, Sha256};
use std::{fmt, str::FromStr};

/// A whole SHA-256.
pub type Digest = [u8; 32];

/// Which record, from 0.
pub type Sequence = u64;

/// SHA-256 of `octets`.
#[must_use]
pub fn digest(octets: &[u8]) -> Digest {
    Sha256::digest(octets).into()
}

/// What the chain's hashes begin with, so that they are hashes of nothing else.
const DOMAIN: &[u8] = b"wayseal ledger record 1\0";

/// One link of the chain: what changed, when, and the hash of everything before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) sequence: Sequence,
    /// In microseconds, by the clock of whoever asked.
    pub(crate) time: u64,
    pub(crate) epoch: u64,
    pub(crate) previous: Digest,
    pub(crate) changes: Vec<Change>,
}

/// That an entry was written, with the hash of its value, or removed.
///
/// The chain holds hashes and not values, so that a value can be removed, as law may ask of personal data, and the chain
/// still verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) key: Vec<u8>,
    pub(crate) value: New,
}

/// What an entry became. That an entry is new is said, so that the chain alone tells how many there must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum New {
    Created(Digest),
    Replaced(Digest),
    Removed,
}

impl New {
    /// The hash of the value, if there is one.
    pub(crate) const fn digest(self) -> Option<Digest> {
        match self {
            Self::Created(digest) | Self::Replaced(digest) => Some(digest),
            Self::Removed => None,
        }
    }
}

impl Record {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let start = Writer::default()
            .number(self.sequence)
            .number(self.time)
            .number(self.epoch)
            .fixed(&self.previous)
            .octet(u8::try_from(self.changes.len()).unwrap_or(u8::MAX));
        self.changes.iter().fold(start, |writer, change| change.encode(writer)).done()
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::new("a record", octets);
        let (sequence, time, epoch) = (reader.number()?, reader.number()?, reader.number()?);
        let previous = reader.digest()?;
        let count = reader.octet()?;
        if usize::from(count) > MAX_CHANGES {
            return Err(Damage::Altered(sequence));
        }
        let changes = (0..count).map(|_| Change::decode(&mut reader)).collect::<Result<_, _>>()?;
        reader.end()?;
        Ok(Self { sequence, time, epoch, previous, changes })
    }

    /// The head of a ledger whose last record this is.
    pub(crate) fn head(&self) -> Head {
        let hash = Sha256::new().chain_update(DOMAIN).chain_update(self.encode()).finalize();
        Head { sequence: self.sequence, hash: hash.into(), time: self.time, epoch: self.epoch }
    }

    /// Its change to the entry with `key`.
    pub(crate) fn change(&self, key: &[u8]) -> Option<&Change> {
        self.changes.iter().find(|change| change.key == key)
    }
}

impl Change {
    fn encode(&self, writer: Writer) -> Writer {
        let writer = writer.string(&self.key);
        match &self.value {
            New::Removed => writer.octet(0),
            New::Created(value) => writer.octet(1).fixed(value),
            New::Replaced(value) => writer.octet(2).fixed(value),
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, Damage> {
        let key = reader.string(MAX_ENTRY_KEY)?.to_vec();
        let value = match reader.octet()? {
            0 => New::Removed,
            1 => New::Created(reader.digest()?),
            2 => New::Replaced(reader.digest()?),
            _ => return Err(Damage::Unreadable("a record")),
        };
        Ok(Self { key, value })
    }
}

/// Where the chain ends: enough to recognise, later and elsewhere, a ledger that lost or changed a record up to here.
///
/// It is printed and parsed as one line, `epoch:sequence:time:hash`, to be published or kept on another machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last record's sequence, from 0.
    pub sequence: Sequence,
    /// The last record's hash, which covers all before.
    pub hash: Digest,
    /// The last record's time, in microseconds, by the clock of whoever wrote it.
    pub time: u64,
    /// The epoch: 0, and one or more higher with each time that an operator accepted an older copy.
    pub epoch: u64,
}

impl Head {
    /// How many records there are up to here.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.sequence.saturating_add(1)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let numbers = Writer::default().number(self.sequence).number(self.time).number(self.epoch);
        numbers.fixed(&self.hash).done()
    }

    pub(crate) fn decode(octets: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::new("the head", octets);
        let (sequence, time, epoch) = (reader.number()?, reader.number()?, reader.number()?);
        let hash = reader.digest()?;
        reader.end()?;
        Ok(Self { sequence, hash, time, epoch })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}:", self.epoch, self.sequence, self.time)?;
        self.hash.iter().try_for_each(|octet| write!(out, "{octet:02x}"))
    }
}

impl FromStr for Head {
    type Err = Damage;

    fn from_str(line: &str) -> Result<Self, Damage> {
        let unreadable = || Damage::Unreadable("the published head");
        let mut parts = line.trim().split(':');
        let mut part = || parts.next().ok_or_else(unreadable);
        let number = |text: &str| text.parse().map_err(|_| unreadable());
        let (epoch, sequence, time) = (number(part()?)?, number(part()?)?, number(part()?)?);
        let hash = hash_from_hex(part()?).ok_or_else(unreadable)?;
        if parts.next().is_some() {
            return Err(unreadable());
        }
        Ok(Self { sequence, hash, time, epoch })
    }
}

fn hash_from_hex(text: &str) -> Option<Digest> {
    let digits = text.as_bytes().iter().map(|digit| char::from(*digit).to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let octets: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |octet, digit| (octet << 4) | *digit as u8))
        .collect();
    if digits.len() == 64 { octets.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let set = Change { key: b"a\0b".to_vec(), value: New::Created([7; 32]) };
        let removed = Change { key: b"a\0c".to_vec(), value: New::Removed };
        Record { sequence: 3, time: 4, epoch: 5, previous: [6; 32], changes: vec![set, removed] }
    }

    #[test]
    fn a_record_reads_as_it_was_written_and_nothing_else_does() {
        let octets = record().encode();
        assert_eq!(Record::decode(&octets), Ok(record()));
        for end in 0..octets.len() {
            assert!(Record::decode(&octets[..end]).is_err(), "{end}");
        }
        assert!(Record::decode(&[&octets[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_record_of_too_many_changes_is_refused() {
        let change = Change { key: vec![1], value: New::Removed };
        let at = |count| Record { changes: vec![change.clone(); count], ..record() };
        assert_eq!(Record::decode(&at(MAX_CHANGES).encode()), Ok(at(MAX_CHANGES)));
        assert_eq!(Record::decode(&at(MAX_CHANGES + 1).encode()), Err(Damage::Altered(3)));
    }

    #[test]
    fn every_octet_of_a_record_is_in_its_hash() {
        let octets = record().encode();
        let hash = record().head().hash;
        for at in 0..octets.len() {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            if let Ok(changed) = Record::decode(&changed) {
                assert_ne!(changed.head().hash, hash, "{at}");
            }
        }
    }

    #[test]
    fn a_head_is_a_line_that_reads_as_it_was_written() {
        let head = record().head();
        assert_eq!(head.to_string().parse(), Ok(head));
        assert_eq!(Head::decode(&head.encode()), Ok(head));
        assert_eq!(head.count(), 4);
        for line in ["", "1:2:3", "1:2:3:00", &format!("{head}00"), &format!("{head}:1"), &format!("x{head}")]
        {
            assert!(line.parse::<Head>().is_err(), "{line}");
        }
    }
}
