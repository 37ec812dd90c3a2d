//! What can go wrong, and what to do about it.

use crate::record::{Head, Sequence};
use thiserror::Error;

/// Why the ledger did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Another record stands in the way: a second intention for one request, an answer to a request that has another,
    /// a value that is no longer the expected one. The ledger is unchanged.
    #[error("the ledger holds another record for this key")]
    Conflict,
    /// A value that is larger than the ledger takes. Nothing of it was recorded.
    #[error("{what} of {octets} octets; the ledger takes {most}")]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// Its octets.
        octets: usize,
        /// The limit, from [`limits`](crate::limits).
        most: usize,
    },
    /// More waits than the queue holds: nothing was recorded, and the caller may come again.
    #[error("the ledger is busy: its queue is full")]
    Busy,
    /// The clock is behind the newest record by more than [`MAX_TIME_BEHIND`](crate::limits::MAX_TIME_BEHIND): it is
    /// wrong now, or was ahead before. Nothing is recorded until it is right, or an operator raises the epoch.
    #[error("the time is {} s behind the ledger's newest record", (.newest - .given) / 1_000_000)]
    TimeBehind {
        /// Time of the newest record, in microseconds.
        newest: u64,
        /// Time of the refused one.
        given: u64,
    },
    /// The ledger was restored from a backup, or is older than the head that was published: records may be missing, so
    /// it issues nothing until an operator raises its epoch.
    #[error("the ledger is an older copy (epoch {epoch}): it takes no record until its epoch is raised")]
    Rewound {
        /// Its epoch, which the next must be above.
        epoch: u64,
    },
    /// An epoch that is not above the present one.
    #[error("epoch {asked} is not above the ledger's epoch {present}")]
    EpochNotAbove {
        /// The epoch asked for.
        asked: u64,
        /// The ledger's.
        present: u64,
    },
    /// A write or a sync call failed before, or the process came upon damage. What is on disk is not known, so this
    /// process acknowledges nothing more: open the ledger again, which tells what is there.
    #[error("the ledger stopped and must be opened again: {0}")]
    Stopped(String),
    /// The storage failed.
    #[error("the ledger's storage failed: {0}")]
    Storage(String),
    /// What is stored is not what was recorded.
    #[error("the ledger is damaged: {0}")]
    Damaged(Damage),
    /// A file of a later release.
    #[error("the ledger has schema {found}; this release knows {known} and cannot read it")]
    NewerSchema {
        /// Schema of the file.
        found: u32,
        /// Newest that is known here.
        known: u32,
    },
    /// Another authority's ledger, by the name that it was created with.
    #[error("this is the ledger \"{found}\", not \"{expected}\"")]
    OtherLedger {
        /// The name asked for.
        expected: String,
        /// The name in the ledger.
        found: String,
    },
    /// A restore was begun and not finished, or something else lies there.
    #[error("the ledger is incomplete: a restore did not end; restore again into an empty place")]
    Incomplete,
    /// What is to be restored into is not empty.
    #[error("there is a ledger already; restore into an empty place")]
    NotEmpty,
    /// The caller's fault.
    #[error("{0}")]
    Misuse(&'static str),
}

/// What is wrong with what is stored. Sequences count from 0.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Damage {
    /// A record is not there.
    #[error("record {0} is missing")]
    Missing(Sequence),
    /// A record cannot be read, or its octets are not those that were hashed.
    #[error("record {0} was altered")]
    Altered(Sequence),
    /// A record does not follow the one before it.
    #[error("record {0} does not follow the one before it")]
    Unchained(Sequence),
    /// A record behind the head, or a key that is no sequence.
    #[error("there are records that the head does not know")]
    Surplus,
    /// An entry is not what its record says.
    #[error("the entry that record {0} made is missing or was altered")]
    Entry(Sequence),
    /// This many entries are missing, and no other damage was found.
    #[error("{0} entries are missing")]
    LostEntries(u64),
    /// Entries that no record made.
    #[error("there are entries that no record made")]
    SurplusEntry,
    /// The head is not the last record's.
    #[error("the head is not that of the last record")]
    Head,
    /// The ledger ends before a head that was published, or has another record in its place.
    #[error("the published head of record {} is not in this ledger", .0.sequence)]
    NotPublished(Head),
    /// Something that the ledger did not write.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
    /// The engine came upon damage of its own.
    #[error("{0}")]
    Engine(String),
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

impl StoreError {
    /// Whether the storage is at fault, and not what was asked of it.
    pub(crate) const fn is_failure(&self) -> bool {
        match self {
            Self::Stopped(_) | Self::Storage(_) | Self::Damaged(_) => true,
            Self::Conflict
            | Self::TooLarge { .. }
            | Self::Busy
            | Self::TimeBehind { .. }
            | Self::Rewound { .. }
            | Self::EpochNotAbove { .. }
            | Self::NewerSchema { .. }
            | Self::OtherLedger { .. }
            | Self::Incomplete
            | Self::NotEmpty
            | Self::Misuse(_) => false,
        }
    }
}
