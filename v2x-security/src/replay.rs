//! A memory of what was accepted, so that nothing is accepted twice.
//!
//! An entry is the signer and the hash of the to-be-signed octets. Neither depends on what a third party can change in a
//! signed message without breaking its signature (`s` to `n − s`, the form of `rSig`, headers outside the signature),
//! so a changed copy is still a replay. The signer's certificate cannot be exchanged for a twin either: its hash goes
//! into the signature.
//!
//! Entries lie in buckets by `generationTime`, which is part of the signed octets: a replay looks in the same bucket as
//! its original, and forgetting is dropping a bucket.
//!
//! The filter never forgets what it would still accept. It keeps a floor, and refuses whatever was generated before it:
//! - at start the floor is the present, so a restart opens no gap (messages in flight during a restart are lost);
//! - as time goes on, the floor follows at the distance of the window;
//! - when memory is full, the oldest bucket goes and the floor rises behind it: fresh messages pass, old ones are refused
//!   early. Only if that would refuse what was generated within the last second is the new message refused instead,
//!   so that a flood cannot silence everybody else for longer than it lasts;
//! - a clock that goes back does not lower it.

use core::hash::{BuildHasher, Hash, Hasher};
use std::collections::{BTreeMap, HashSet};

use v2x_codec::time::Time64;

use crate::id::HashedId8;
use crate::limits;

/// One bucket holds the messages generated within this many microseconds.
const BUCKET_MICROS: u64 = 500_000;

/// The floor never rises closer to the present than this for want of memory.
const KEPT_MICROS: u64 = 1_000_000;

/// Worst case for one entry: 24 octets and a control octet at the lowest load of the hash table (7/16), and half as much
/// again while a table grows.
const OCTETS_PER_ENTRY: usize = 96;

/// Names one signed message, whatever form its signature arrives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayKey {
    signer: HashedId8,
    tbs: u128,
}

impl ReplayKey {
    /// From the signer's short name and the first 16 octets of the hash (SHA-256 or SHA-384) of the to-be-signed octets as
    /// received.
    #[must_use]
    pub const fn new(signer: HashedId8, tbs: [u8; 16]) -> Self {
        Self { signer, tbs: u128::from_be_bytes(tbs) }
    }

    /// From the signer's short name and the whole hash of the to-be-signed octets; `None` for less than 16 octets.
    #[must_use]
    pub fn of_hash(signer: HashedId8, tbs_hash: &[u8]) -> Option<Self> {
        tbs_hash.first_chunk().map(|octets| Self::new(signer, *octets))
    }
}

impl Hash for ReplayKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_be_bytes(self.signer.0));
        state.write_u128(self.tbs);
    }
}

/// What the filter is made with.
#[derive(Clone, Copy, Debug)]
pub struct ReplayConfig {
    /// How long after its generation a message can be accepted by any service, in microseconds.
    pub window_micros: u64,
    /// How far into the future a generationTime may lie, in microseconds.
    pub future_micros: u64,
    /// Memory bound in octets.
    pub budget_octets: usize,
    /// Secret key of the hash tables, so that nobody can choose messages that collide in them.
    pub seed: [u64; 2],
}

impl ReplayConfig {
    /// The defaults of [`limits`] under a random `seed`.
    #[must_use]
    pub const fn new(seed: [u64; 2]) -> Self {
        Self {
            window_micros: limits::REPLAY_WINDOW_MICROS,
            future_micros: limits::REPLAY_FUTURE_MICROS,
            budget_octets: limits::REPLAY_BUDGET_OCTETS,
            seed,
        }
    }
}

/// The memory of accepted messages.
pub struct ReplayFilter {
    config: ReplayConfig,
    buckets: BTreeMap<u64, Bucket>,
    /// The last bucket that was dropped, empty: the next one that is needed takes its memory over.
    spare: Option<Bucket>,
    entries: usize,
    floor: Time64,
}

type Bucket = HashSet<ReplayKey, Keyed>;

impl core::fmt::Debug for ReplayFilter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReplayFilter").field("entries", &self.entries).field("floor", &self.floor).finish()
    }
}

impl ReplayFilter {
    /// An empty filter that refuses everything generated before `start`.
    #[must_use]
    pub const fn new(config: ReplayConfig, start: Time64) -> Self {
        Self { config, buckets: BTreeMap::new(), spare: None, entries: 0, floor: start }
    }

    /// The cheap look before the signature is verified.
    ///
    /// # Errors
    /// [`ReplayRefusal::Replayed`] or [`ReplayRefusal::BeforeFloor`].
    pub fn check(&self, key: &ReplayKey, generation_time: Time64) -> Result<(), ReplayRefusal> {
        self.check_floor(generation_time)?;
        let seen = self.buckets.get(&bucket(generation_time)).is_some_and(|bucket| bucket.contains(key));
        if seen { Err(ReplayRefusal::Replayed) } else { Ok(()) }
    }

    /// Remembers a message whose signature has been verified. A message is accepted only if this succeeds: of two copies
    /// that were verified at the same time, the second is refused here.
    ///
    /// Calling it for anything unverified would let anybody fill the memory.
    ///
    /// # Errors
    /// What [`Self::check`] refuses, [`ReplayRefusal::FromTheFuture`], [`ReplayRefusal::Full`].
    pub fn insert(
        &mut self,
        now: Time64,
        key: ReplayKey,
        generation_time: Time64,
    ) -> Result<(), ReplayRefusal> {
        self.raise_floor(now.saturating_sub_micros(self.config.window_micros));
        if generation_time > now.saturating_add_micros(self.config.future_micros) {
            return Err(ReplayRefusal::FromTheFuture);
        }
        if self.entries >= self.capacity() {
            // What is no news must not cost others their place.
            self.check(&key, generation_time)?;
            self.make_room(now)?;
        }
        self.check_floor(generation_time)?;
        self.remember(key, generation_time)
    }

    /// Messages remembered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.entries
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Whatever was generated before this is refused.
    #[must_use]
    pub const fn floor(&self) -> Time64 {
        self.floor
    }

    const fn capacity(&self) -> usize {
        self.config.budget_octets / OCTETS_PER_ENTRY
    }

    const fn check_floor(&self, generation_time: Time64) -> Result<(), ReplayRefusal> {
        if generation_time.micros() < self.floor.micros() {
            Err(ReplayRefusal::BeforeFloor { floor: self.floor })
        } else {
            Ok(())
        }
    }

    fn remember(&mut self, key: ReplayKey, generation_time: Time64) -> Result<(), ReplayRefusal> {
        let index = bucket(generation_time);
        let is_new = match self.buckets.get_mut(&index) {
            Some(bucket) => bucket.insert(key),
            None => {
                let mut bucket = self.fresh_bucket(index);
                bucket.insert(key);
                self.buckets.insert(index, bucket);
                true
            }
        };
        self.entries += usize::from(is_new);
        if is_new { Ok(()) } else { Err(ReplayRefusal::Replayed) }
    }

    /// Takes over the memory of a dropped bucket, unless it is far more than the bucket before this one needed: then the
    /// worst case for an entry would not hold.
    fn fresh_bucket(&mut self, index: u64) -> Bucket {
        let before = self.buckets.range(..index).next_back().map_or(0, |(_, bucket)| bucket.len());
        let fits = |bucket: &Bucket| bucket.capacity() <= 2 * before;
        let spare = self.spare.take().filter(fits);
        spare.unwrap_or_else(|| HashSet::with_hasher(Keyed(self.config.seed)))
    }

    fn make_room(&mut self, now: Time64) -> Result<(), ReplayRefusal> {
        while self.entries >= self.capacity() {
            let behind = self.buckets.first_key_value().map(|(index, _)| bucket_end(*index));
            match behind.filter(|end| *end <= now.saturating_sub_micros(KEPT_MICROS)) {
                Some(end) => self.raise_floor(end),
                None => return Err(ReplayRefusal::Full),
            }
        }
        Ok(())
    }

    fn raise_floor(&mut self, to: Time64) {
        self.floor = self.floor.max(to);
        while let Some(oldest) = self.buckets.first_entry() {
            if bucket_end(*oldest.key()) > self.floor {
                break;
            }
            let mut dropped = oldest.remove();
            self.entries -= dropped.len();
            dropped.clear();
            self.spare = Some(dropped);
        }
    }
}

const fn bucket(time: Time64) -> u64 {
    time.micros() / BUCKET_MICROS
}

/// The first instant behind the bucket.
const fn bucket_end(index: u64) -> Time64 {
    Time64::from_micros(index.saturating_add(1).saturating_mul(BUCKET_MICROS))
}

/// Why a message is not accepted as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayRefusal {
    /// The same signer's same octets were accepted before.
    #[error("this message was accepted before")]
    Replayed,
    /// Generated before the time from which on the filter remembers everything.
    #[error("the message was generated before {floor}, where the replay memory begins")]
    BeforeFloor {
        /// Where the memory begins.
        floor: Time64,
    },
    /// Generated later than any service accepts.
    #[error("the message was generated too far in the future to be remembered")]
    FromTheFuture,
    /// The memory is full of messages of the last second.
    #[error("the replay memory is full")]
    Full,
}

/// A hash for keys that are themselves hash values: two secret multipliers, folded.
#[derive(Clone, Copy)]
struct Keyed([u64; 2]);

impl BuildHasher for Keyed {
    type Hasher = Folding;

    fn build_hasher(&self) -> Folding {
        let [state, key] = self.0;
        Folding { state, key }
    }
}

struct Folding {
    state: u64,
    key: u64,
}

impl Folding {
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.key | 1);
        self.state = (product as u64) ^ ((product >> 64) as u64).rotate_left(29);
    }
}

impl Hasher for Folding {
    fn write(&mut self, octets: &[u8]) {
        octets.iter().for_each(|octet| self.fold(u64::from(*octet)));
    }

    fn write_u64(&mut self, word: u64) {
        self.fold(word);
    }

    fn write_u128(&mut self, word: u128) {
        self.fold(word as u64);
        self.fold((word >> 64) as u64);
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000;
    const START: u64 = 700_000_000 * SECOND;

    fn at(micros: u64) -> Time64 {
        Time64::from_micros(START + micros)
    }

    fn key(signer: u64, message: u64) -> ReplayKey {
        let mut tbs = [0; 16];
        tbs[..8].copy_from_slice(&message.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        tbs[8..].copy_from_slice(&message.to_be_bytes());
        ReplayKey::new(HashedId8(signer.to_be_bytes()), tbs)
    }

    fn filter(budget_entries: usize) -> ReplayFilter {
        let config = ReplayConfig {
            window_micros: 10 * SECOND,
            future_micros: SECOND,
            budget_octets: budget_entries * OCTETS_PER_ENTRY,
            seed: [1, 2],
        };
        ReplayFilter::new(config, at(0))
    }

    #[test]
    fn the_second_copy_is_refused_and_another_message_or_signer_is_not() {
        let mut filter = filter(100);
        assert_eq!(filter.insert(at(5), key(1, 1), at(5)), Ok(()));
        assert_eq!(filter.check(&key(1, 1), at(5)), Err(ReplayRefusal::Replayed));
        assert_eq!(filter.insert(at(6), key(1, 1), at(5)), Err(ReplayRefusal::Replayed));
        assert_eq!(filter.insert(at(6), key(1, 2), at(5)), Ok(()));
        assert_eq!(filter.insert(at(6), key(2, 1), at(5)), Ok(()));
    }

    #[test]
    fn a_restart_refuses_what_was_generated_before_it() {
        let filter = ReplayFilter::new(ReplayConfig::new([3, 4]), at(10));
        assert_eq!(filter.check(&key(1, 1), at(9)), Err(ReplayRefusal::BeforeFloor { floor: at(10) }));
        assert_eq!(filter.check(&key(1, 1), at(10)), Ok(()));
    }

    #[test]
    fn time_going_forward_forgets_only_what_is_refused_as_old() {
        let mut filter = filter(100);
        filter.insert(at(0), key(1, 1), at(0)).unwrap();
        filter.insert(at(11 * SECOND), key(1, 2), at(11 * SECOND)).unwrap();
        assert_eq!(filter.len(), 1);
        assert!(matches!(filter.check(&key(1, 1), at(0)), Err(ReplayRefusal::BeforeFloor { .. })));
    }

    #[test]
    fn time_going_back_opens_nothing() {
        let mut filter = filter(100);
        filter.insert(at(30 * SECOND), key(1, 1), at(30 * SECOND)).unwrap();
        let refused = filter.insert(at(SECOND), key(1, 2), at(SECOND));
        assert_eq!(refused, Err(ReplayRefusal::BeforeFloor { floor: at(20 * SECOND) }));
    }

    #[test]
    fn a_full_memory_refuses_old_messages_first_and_never_accepts_a_replay() {
        let mut filter = filter(10);
        for n in 0..10 {
            filter.insert(at(n * SECOND), key(1, n), at(n * SECOND)).unwrap();
        }
        assert_eq!(filter.insert(at(9 * SECOND), key(1, 99), at(9 * SECOND)), Ok(()));
        assert_eq!(filter.len(), 10);
        assert!(filter.floor() > at(0));
        assert!((0..10).all(|n| filter.check(&key(1, n), at(n * SECOND)).is_err()));
    }

    #[test]
    fn a_flood_of_the_present_is_refused_itself() {
        let mut filter = filter(10);
        for n in 0..10 {
            filter.insert(at(5 * SECOND), key(1, n), at(5 * SECOND)).unwrap();
        }
        assert_eq!(filter.insert(at(5 * SECOND), key(1, 10), at(5 * SECOND)), Err(ReplayRefusal::Full));
        assert_eq!(filter.insert(at(7 * SECOND), key(1, 10), at(7 * SECOND)), Ok(()));
    }

    #[test]
    fn a_message_from_the_future_is_not_remembered() {
        let refused = filter(10).insert(at(0), key(1, 1), at(SECOND + 1));
        assert_eq!(refused, Err(ReplayRefusal::FromTheFuture));
    }

    proptest! {
        /// Against a model that never forgets: what is accepted was never accepted before, and memory keeps its bound.
        #[test]
        fn nothing_is_accepted_twice(
            budget in 1usize..40,
            steps in proptest::collection::vec((0u64..3, 0u64..20, -15i64..2, 0i64..2_000), 1..400),
        ) {
            let mut filter = filter(budget);
            let mut accepted = HashMap::new();
            let mut now = 20 * SECOND as i64;
            for (signer, message, age, forward) in steps {
                now += forward * 1_000;
                let time = accepted.get(&(signer, message)).copied()
                    .unwrap_or_else(|| at((now + age * SECOND as i64).max(0) as u64));
                let verdict = filter.insert(at(now as u64), key(signer, message), time);
                if verdict.is_ok() {
                    prop_assert_eq!(accepted.insert((signer, message), time), None);
                }
                prop_assert!(filter.len() <= budget);
            }
        }
    }

    /// Row 10 of the promises: every replay caught, no honest message refused, across restarts.
    fn replays_are_caught(messages: u64, rate: u64) {
        let mut filter = ReplayFilter::new(ReplayConfig::new([0x5bd1, 0xe995]), at(0));
        for n in 0..messages {
            let now = n * SECOND / rate;
            assert_eq!(filter.insert(at(now), key(n % 2_000, n), at(now)), Ok(()), "message {n}");
            if n % 10 == 0 {
                let old = n - (n / 10 * 7919 % (2 * rate)).min(n);
                let verdict = filter.insert(at(now), key(old % 2_000, old), at(old * SECOND / rate));
                assert!(verdict.is_err(), "replay of {old} at {n}");
            }
            if n == messages / 2 {
                filter = ReplayFilter::new(ReplayConfig::new([7, 8]), at(now + 1));
            }
            assert!(filter.len() <= filter.capacity());
        }
    }

    #[test]
    fn every_replay_in_the_window_is_caught_across_a_restart() {
        replays_are_caught(300_000, 10_000);
    }

    #[test]
    #[ignore = "the long form: ten million messages"]
    fn every_replay_among_ten_million_messages_is_caught() {
        replays_are_caught(10_000_000, 10_000);
    }
}
