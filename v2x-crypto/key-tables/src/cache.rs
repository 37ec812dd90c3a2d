//! Which keys have tables, and which table goes when there is no room.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use v2x_crypto::KeyTableStatistics;

use crate::config::Config;
use crate::key::Slot;
use crate::table::Table;

/// All tables of a provider. Its lock is taken only when a table comes or goes.
pub(crate) struct Cache {
    config: Config,
    held: Mutex<Vec<Weak<Slot>>>,
    /// Uses of keys so far: the clock by which tables grow old.
    clock: AtomicU64,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    hits: AtomicU64,
    misses: AtomicU64,
    built: AtomicU64,
    evicted: AtomicU64,
    turned_away: AtomicU64,
}

/// A table may be thrown away for another when so many uses of keys, for each table held, went by without it: under
/// equal use every key comes up once in as many uses as there are keys.
const IDLE_USES_PER_TABLE: u64 = 4;

impl Cache {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, held: Mutex::new(Vec::new()), clock: AtomicU64::new(0), counters: Counters::default() }
    }

    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// One more use of any key.
    pub(crate) fn next_use(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn count(&self, hit: bool) {
        let counter = if hit { &self.counters.hits } else { &self.counters.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Builds the table that a key deserves and puts it in place, if there is room for it or room can be made.
    pub(crate) fn build(&self, slot: &Arc<Slot>) {
        let Some(size) = self.config.size_after(slot.uses()).filter(|size| Some(*size) > slot.size()) else {
            return;
        };
        if !self.make_room(slot, Table::bytes_of(slot.key.curve(), size)) {
            self.counters.turned_away.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Some(table) = Table::build(&slot.key, size, self.config.kernel) else { return };
        self.counters.built.fetch_add(1, Ordering::Relaxed);
        let mut held = self.held();
        if slot.replace(Some(Arc::new(table))).is_none() {
            held.push(Arc::downgrade(slot));
        }
    }

    /// Whether `octets` more, less what the key itself gives back, keep within the budget, after idle tables went.
    fn make_room(&self, wanting: &Arc<Slot>, octets: usize) -> bool {
        let mut held = self.held();
        let mut slots: Vec<Arc<Slot>> = held.iter().filter_map(Weak::upgrade).collect();
        let taken: usize = slots.iter().map(|slot| slot.octets()).sum();
        let needed = (taken + octets).saturating_sub(wanting.octets());
        let freed = self.evict(&mut slots, wanting, needed.saturating_sub(self.config.budget_octets));
        *held = slots.iter().map(Arc::downgrade).collect();
        needed.saturating_sub(freed) <= self.config.budget_octets
    }

    /// Throws away tables that are idle, the longest idle first, until `excess` octets are free; says how many are.
    fn evict(&self, slots: &mut Vec<Arc<Slot>>, wanting: &Arc<Slot>, excess: usize) -> usize {
        if excess == 0 {
            return 0;
        }
        slots.sort_by_key(|slot| core::cmp::Reverse(slot.used_at()));
        let idle_before = self.idle_before(slots.len());
        let (mut freed, mut kept) = (0, Vec::new());
        while let Some(slot) = slots.pop() {
            if freed < excess && slot.used_at() < idle_before && !Arc::ptr_eq(&slot, wanting) {
                freed += slot.replace(None).map_or(0, |table| table.bytes());
                self.counters.evicted.fetch_add(1, Ordering::Relaxed);
            } else {
                kept.push(slot);
            }
        }
        *slots = kept;
        freed
    }

    fn idle_before(&self, tables: usize) -> u64 {
        let patience = IDLE_USES_PER_TABLE.saturating_mul(u64::try_from(tables).unwrap_or(u64::MAX));
        self.clock.load(Ordering::Relaxed).saturating_sub(patience)
    }

    pub(crate) fn statistics(&self) -> KeyTableStatistics {
        let slots: Vec<Arc<Slot>> = self.held().iter().filter_map(Weak::upgrade).collect();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        KeyTableStatistics {
            tables: slots.len(),
            octets: slots.iter().map(|slot| slot.octets()).sum(),
            hits: count(&self.counters.hits),
            misses: count(&self.counters.misses),
            built: count(&self.counters.built),
            evicted: count(&self.counters.evicted),
            turned_away: count(&self.counters.turned_away),
        }
    }

    fn held(&self) -> MutexGuard<'_, Vec<Weak<Slot>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
