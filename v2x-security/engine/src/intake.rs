//! Packets that wait: one after the other in memory that is kept.

use core::ops::Range;
use std::time::Instant;

use v2x_security::clock::Clock;

#[cfg(doc)]
use crate::config::Config;

/// A bounded queue that is filled by one side and emptied as a whole by the other.
pub(crate) struct Intake {
    octets: Vec<u8>,
    entries: Vec<Entry>,
    most: usize,
}

/// A packet that waits.
#[derive(Clone)]
pub(crate) struct Entry {
    octets: Range<usize>,
    /// When it was heard, on the station's clock.
    pub(crate) clock: Clock,
    /// When it was heard, on the machine's.
    pub(crate) arrived: Instant,
    /// Which counter of waiting packets its signer belongs to.
    pub(crate) slot: u16,
}

/// Usual packets are far smaller than the largest; memory grows for others, up to the bound.
const USUAL_PACKET: usize = 400;

impl Intake {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            octets: Vec::with_capacity(most.saturating_mul(USUAL_PACKET)),
            entries: Vec::with_capacity(most),
            most,
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes a packet, of [`Config::MAX_PACKET`] octets at most; false when it has no room.
    pub(crate) fn push(&mut self, packet: &[u8], (clock, arrived): (Clock, Instant), slot: u16) -> bool {
        if self.entries.len() >= self.most {
            return false;
        }
        let start = self.octets.len();
        self.octets.extend_from_slice(packet);
        self.entries.push(Entry { octets: start..self.octets.len(), clock, arrived, slot });
        true
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn packet(&self, entry: &Entry) -> &[u8] {
        self.octets.get(entry.octets.clone()).unwrap_or_default()
    }

    pub(crate) fn clear(&mut self) {
        self.octets.clear();
        self.entries.clear();
    }
}
