//! What an engine has done: counters that workers write and anybody reads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use v2x_crypto::KeyTableStatistics;
use v2x_security::code::Code;

use crate::glance::Shed;

/// Powers of two that a histogram tells apart; as microseconds, six days.
const POWERS: usize = 40;
/// Parts of the values between a power of two and the next.
const PARTS: usize = 8;
/// Bits of a part's number.
const PART_BITS: u32 = PARTS.trailing_zeros();
/// Buckets of a histogram: those of 0 to 7 count one value each.
const BUCKETS: usize = POWERS * PARTS;

/// Counters of one worker.
pub(crate) struct Counters {
    verified: AtomicU64,
    refused: Vec<AtomicU64>,
    shed: [AtomicU64; Shed::ALL.len()],
    ages: [AtomicU64; BUCKETS],
    batches: [AtomicU64; BUCKETS],
}

impl Counters {
    pub(crate) fn new() -> Self {
        Self {
            verified: AtomicU64::new(0),
            refused: Code::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
            shed: Default::default(),
            ages: core::array::from_fn(|_| AtomicU64::new(0)),
            batches: core::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    pub(crate) fn verified(&self) {
        add(&self.verified);
    }

    pub(crate) fn refused(&self, code: Code) {
        self.refused.get(code as usize).map(add);
    }

    pub(crate) fn shed(&self, reason: Shed) {
        self.shed.get(reason as usize).map(add);
    }

    /// How long a packet waited for its verdict, that included.
    pub(crate) fn age(&self, age: Duration) {
        count(&self.ages, u64::try_from(age.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn batch(&self, packets: usize) {
        count(&self.batches, u64::try_from(packets).unwrap_or(u64::MAX));
    }
}

fn add(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn count(buckets: &[AtomicU64; BUCKETS], value: u64) {
    buckets.get(bucket(value)).map(add);
}

/// By the highest bit of a value and the three behind it.
fn bucket(value: u64) -> usize {
    let spare = (u64::BITS - value.leading_zeros()).saturating_sub(PART_BITS + 1);
    let index = u64::from(spare) * PARTS as u64 + (value >> spare);
    usize::try_from(index).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

/// The least value that lies in a later bucket.
const fn bound(bucket: usize) -> u64 {
    let next = bucket as u64 + 1;
    let spare = (next / PARTS as u64).saturating_sub(1);
    (next - spare * PARTS as u64) << spare
}

/// How often values of which magnitude occurred: eight buckets between a power of two and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Histogram([u64; BUCKETS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Histogram {
    /// Values counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Pairs of a bound and how many values lie below it, in rising order.
    pub fn below(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().enumerate().scan(0, |sum, (bucket, count)| {
            *sum += count;
            Some((bound(bucket), *sum))
        })
    }

    /// A bound below which this share of all values lies, of 1: at most an eighth above the value itself.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u64 {
        let wanted = share * self.count() as f64;
        self.below().find(|(_, sum)| *sum as f64 >= wanted).map_or(0, |(bound, _)| bound)
    }

    fn add(&mut self, buckets: &[AtomicU64; BUCKETS]) {
        self.0.iter_mut().zip(buckets).for_each(|(sum, bucket)| *sum += bucket.load(Ordering::Relaxed));
    }
}

/// What an engine has done since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Messages verified.
    pub verified: u64,
    /// Packets refused, by reason; reasons that occurred.
    pub refused: Vec<(Code, u64)>,
    /// Packets left out, by reason; reasons that occurred.
    pub shed: Vec<(Shed, u64)>,
    /// Microseconds from arrival to verdict.
    pub age_micros: Histogram,
    /// Packets in a batch.
    pub batch: Histogram,
    /// Packets of known signers that wait now.
    pub waiting: usize,
    /// Other packets that wait now; those that a worker has begun with are not counted.
    pub waiting_unknown: usize,
    /// What the tables of keys hold and have done, those of all verifiers that share the provider together; `None` without
    /// tables.
    pub key_tables: Option<KeyTableStatistics>,
}

impl Metrics {
    /// Without what is not counted by workers.
    pub(crate) fn of<'a>(workers: impl Iterator<Item = &'a Counters> + Clone) -> Self {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut sums = Self::default();
        for counters in workers.clone() {
            sums.verified += load(&counters.verified);
            sums.age_micros.add(&counters.ages);
            sums.batch.add(&counters.batches);
        }
        let refused =
            |code: Code| workers.clone().filter_map(|all| all.refused.get(code as usize)).map(load).sum();
        let shed =
            |reason: Shed| workers.clone().filter_map(|all| all.shed.get(reason as usize)).map(load).sum();
        sums.refused = Code::ALL.iter().map(|code| (*code, refused(*code))).collect();
        sums.shed = Shed::ALL.iter().map(|reason| (*reason, shed(*reason))).collect();
        sums.refused.retain(|(_, count)| *count > 0);
        sums.shed.retain(|(_, count)| *count > 0);
        sums
    }

    /// Packets refused for any reason.
    #[must_use]
    pub fn refused_in_all(&self) -> u64 {
        self.refused.iter().map(|(_, count)| count).sum()
    }

    /// Packets left out for any reason.
    #[must_use]
    pub fn shed_in_all(&self) -> u64 {
        self.shed.iter().map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_bounds() {
        let counters = Counters::new();
        (0..99).for_each(|_| counters.age(Duration::from_micros(100)));
        counters.age(Duration::from_secs(3_600 * 24 * 365));
        let metrics = Metrics::of(core::iter::once(&counters));
        assert_eq!((metrics.age_micros.quantile(0.5), metrics.age_micros.quantile(0.99)), (104, 104));
        assert!(metrics.age_micros.quantile(1.0) >= 1 << 39);
    }

    #[test]
    fn every_value_lies_below_the_bound_of_its_bucket_and_not_below_the_one_before() {
        for value in (0..5_000).chain((12..42).flat_map(|bits| [(1 << bits) - 1, 1 << bits, (1 << bits) + 1]))
        {
            let bucket = bucket(value);
            assert!(value < bound(bucket), "{value}");
            assert!(bucket == 0 || value >= bound(bucket - 1), "{value}");
            assert!(bound(bucket) - value <= (value / 8).max(1), "{value}");
        }
    }
}
