//! Which signers have verified before, shared between the side that takes packets in and the workers.
//!
//! A hint and no more: an entry can be lost to another, and then a known signer's message waits with those of unknown
//! ones. Only verified messages make entries, so that nobody can push others out with names that he made up.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use v2x_security::id::HashedId8;

/// Sets of entries; with four each, far more signers than one channel carries.
const SETS: usize = 8_192;
const WAYS: usize = 4;

/// Counters of waiting packets by signer. Many times as many as packets of unknown signers can wait, so that a flood of
/// made-up names seldom meets the counter of a known signer.
const SLOTS: usize = 65_536;

/// Signers that verified before, with what they have used of their budget.
pub(crate) struct Known {
    sets: Box<[[Entry; WAYS]]>,
    waiting: Box<[AtomicU32]>,
    budget: u32,
}

#[derive(Default)]
struct Entry {
    /// The signer's name as a number; 0 is nobody.
    id: AtomicU64,
    /// The second that it was last heard in, and how often in that second: 32 bits each.
    used: AtomicU64,
}

impl Known {
    pub(crate) fn new(budget: u32) -> Self {
        Self {
            sets: (0..SETS).map(|_| Default::default()).collect(),
            waiting: (0..SLOTS).map(|_| AtomicU32::new(0)).collect(),
            budget,
        }
    }

    /// The signer of a verified message: known from now on.
    pub(crate) fn insert(&self, id: HashedId8) {
        let number = number(id);
        let set = self.set(number);
        if set.iter().any(|entry| entry.id.load(Ordering::Relaxed) == number) {
            return;
        }
        let oldest = set.iter().min_by_key(|entry| entry.used.load(Ordering::Relaxed));
        if let Some(entry) = oldest {
            entry.used.store(0, Ordering::Relaxed);
            entry.id.store(number, Ordering::Relaxed);
        }
    }

    /// Whether the signer is known and has budget left in this second; counts the message.
    pub(crate) fn admit(&self, id: HashedId8, second: u32) -> bool {
        let number = number(id);
        let entry = self.set(number).iter().find(|entry| entry.id.load(Ordering::Relaxed) == number);
        entry.is_some_and(|entry| entry.count(second) <= self.budget)
    }

    /// The counter of a signer's waiting packets.
    pub(crate) fn slot(id: HashedId8) -> u16 {
        (number(id).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48) as u16
    }

    /// Whether a packet of this signer waits with those of unknown ones: then the next must not overtake it.
    pub(crate) fn is_waiting(&self, slot: u16) -> bool {
        self.counter(slot).is_some_and(|counter| counter.load(Ordering::Acquire) > 0)
    }

    pub(crate) fn begin_waiting(&self, slot: u16) {
        self.counter(slot).map(|counter| counter.fetch_add(1, Ordering::AcqRel));
    }

    pub(crate) fn end_waiting(&self, slot: u16) {
        self.counter(slot).map(|counter| counter.fetch_sub(1, Ordering::AcqRel));
    }

    fn counter(&self, slot: u16) -> Option<&AtomicU32> {
        self.waiting.get(usize::from(slot))
    }

    fn set(&self, number: u64) -> &[Entry] {
        let index = usize::try_from(number % SETS as u64).unwrap_or(0);
        self.sets.get(index).map_or(&[], |set| set.as_slice())
    }
}

impl Entry {
    /// Counts a message in this second, and says the how manieth it is.
    fn count(&self, second: u32) -> u32 {
        let first = (u64::from(second) << 32) | 1;
        let used = self.used.load(Ordering::Relaxed);
        if used >> 32 != u64::from(second) {
            self.used.store(first, Ordering::Relaxed);
            return 1;
        }
        if used & u64::from(u32::MAX) == u64::from(u32::MAX) {
            return u32::MAX;
        }
        (self.used.fetch_add(1, Ordering::Relaxed) as u32).saturating_add(1)
    }
}

/// A name is a piece of a hash: as good a number as any.
const fn number(id: HashedId8) -> u64 {
    u64::from_be_bytes(id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn id(number: u64) -> HashedId8 {
        HashedId8(number.to_be_bytes())
    }

    #[test]
    fn only_who_verified_is_known_and_within_its_budget() {
        let known = Known::new(3);
        assert!(!known.admit(id(7), 1));
        known.insert(id(7));
        let admitted: Vec<bool> = (0..5).map(|_| known.admit(id(7), 1)).collect();
        assert_eq!(admitted, [true, true, true, false, false]);
        assert!(known.admit(id(7), 2), "the next second has a budget of its own");
        assert!(!known.admit(id(8), 2));
    }

    #[test]
    fn of_signers_that_share_a_set_the_one_that_was_silent_longest_goes() {
        let known = Known::new(100);
        let rivals: Vec<HashedId8> = (1..=5).map(|turn| id(turn * SETS as u64)).collect();
        for (second, rival) in (1..).zip(&rivals) {
            known.insert(*rival);
            assert!(known.admit(*rival, second));
        }
        assert!(!known.admit(rivals[0], 9) && rivals[1..].iter().all(|rival| known.admit(*rival, 9)));
    }

    #[test]
    fn a_signer_waits_until_its_last_packet_went() {
        let (known, slot) = (Known::new(1), Known::slot(id(9)));
        known.begin_waiting(slot);
        known.begin_waiting(slot);
        known.end_waiting(slot);
        assert!(known.is_waiting(slot));
        known.end_waiting(slot);
        assert!(!known.is_waiting(slot));
    }
}
