//! Which points of a batch are added to which: signatures in groups of one vector, points in slots.
//!
//! A group has as many signatures as the kernel has lanes, with keys whose tables have the same comb. For each column it
//! sums the selected entries of the key's tables and of the generator's: pairs of entries first, each pair's sum into a
//! slot, then pairs of slots, until one slot for each column is left. In each level the additions of all groups share one
//! inversion.

use crate::comb::Comb;
use crate::table::{GENERATOR_COMB, TableSize};

/// Columns that a comb has at most.
const MAX_COLUMNS: usize = 4;

/// One addition (or doubling) of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// The slot of the result; between slots, of the first point as well.
    pub(crate) slot: u32,
    /// The second point's slot; for entries, the first of the two.
    pub(crate) with: u32,
    pub(crate) group: u32,
}

/// One vector of signatures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) comb: Comb,
    /// Its first entry.
    pub(crate) entry: u32,
    /// Its first slot.
    slot: u32,
}

impl Group {
    pub(crate) fn columns(&self) -> usize {
        self.comb.columns.max(GENERATOR_COMB.columns)
    }

    /// Entries of one column: those of the key first.
    pub(crate) fn entries(&self, column: usize) -> usize {
        entries(&self.comb, column)
    }

    /// The first entry of a column.
    pub(crate) fn first_entry(&self, column: usize) -> usize {
        self.entry as usize + (0..column).map(|before| self.entries(before)).sum::<usize>()
    }

    /// The slot in which a column's sum ends; its other slots follow.
    pub(crate) fn sum_slot(&self, column: usize) -> usize {
        self.slot as usize + (0..column).map(|before| self.entries(before).div_ceil(2)).sum::<usize>()
    }
}

fn entries(comb: &Comb, column: usize) -> usize {
    let of = |comb: &Comb| if column < comb.columns { comb.tables } else { 0 };
    of(comb) + of(&GENERATOR_COMB)
}

/// How many entries and slots a batch can need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) groups: usize,
    pub(crate) entries: usize,
    pub(crate) slots: usize,
    pub(crate) jobs: usize,
}

impl Limits {
    /// For so many signatures, in groups of `lanes`, with tables of any size: each size may leave one group part empty.
    pub(crate) fn new(signatures: usize, lanes: usize) -> Self {
        let groups = signatures.div_ceil(lanes) + TableSize::ALL.len();
        let most =
            |count: fn(&Comb) -> usize| TableSize::ALL.map(|size| count(&size.comb())).into_iter().max();
        let columns = 0..MAX_COLUMNS;
        let all = most(|comb| (0..MAX_COLUMNS).map(|column| entries(comb, column)).sum()).unwrap_or(0);
        let slots = most(|comb| (0..MAX_COLUMNS).map(|column| entries(comb, column).div_ceil(2)).sum());
        debug_assert!(columns.len() >= GENERATOR_COMB.columns);
        let slots = groups * slots.unwrap_or(0);
        Self { groups, entries: groups * all, slots, jobs: slots }
    }
}

/// The groups of a batch.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) groups: Vec<Group>,
    entries: u32,
    slots: u32,
}

impl Plan {
    pub(crate) fn with_limits(limits: &Limits) -> Self {
        Self { groups: Vec::with_capacity(limits.groups), entries: 0, slots: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.groups.clear();
        (self.entries, self.slots) = (0, 0);
    }

    /// Adds a group of keys with this comb.
    pub(crate) fn push(&mut self, comb: Comb) {
        let group = Group { comb, entry: self.entries, slot: self.slots };
        let columns = group.columns();
        self.entries = group.first_entry(columns) as u32;
        self.slots = group.sum_slot(columns) as u32;
        self.groups.push(group);
    }

    /// The columns that any group has.
    pub(crate) fn columns(&self) -> usize {
        self.groups.iter().map(Group::columns).max().unwrap_or(0)
    }

    /// The pairs of entries.
    pub(crate) fn entry_jobs(&self, jobs: &mut Vec<Job>) {
        jobs.clear();
        self.for_each_column(|index, group, column| {
            let (entry, slot) = (group.first_entry(column) as u32, group.sum_slot(column) as u32);
            let pairs = group.entries(column) as u32 / 2;
            jobs.extend((0..pairs).map(|pair| Job {
                slot: slot + pair,
                with: entry + 2 * pair,
                group: index,
            }));
        });
    }

    /// Entries without a partner, which become points as they are.
    pub(crate) fn lone_entries(&self, jobs: &mut Vec<Job>) {
        jobs.clear();
        self.for_each_column(|index, group, column| {
            let entries = group.entries(column);
            if entries % 2 == 1 {
                let slot = group.sum_slot(column) + entries / 2;
                let with = group.first_entry(column) + entries - 1;
                jobs.push(Job { slot: slot as u32, with: with as u32, group: index });
            }
        });
    }

    /// The pairs of slots in a level, 0 for the first; none when every column has its sum.
    pub(crate) fn slot_jobs(&self, level: u32, jobs: &mut Vec<Job>) {
        jobs.clear();
        self.for_each_column(|index, group, column| {
            // What is left of n after a level is n/2 rounded up; the middle one of an odd number waits.
            let left = (group.entries(column).div_ceil(2) as u32).div_ceil(1 << level);
            let (slot, other) = (group.sum_slot(column) as u32, left.div_ceil(2));
            let pairs = 0..left / 2;
            jobs.extend(pairs.map(|pair| Job { slot: slot + pair, with: slot + other + pair, group: index }));
        });
    }

    /// Adds the sum of a column to that of the one before it.
    pub(crate) fn column_jobs(&self, column: usize, jobs: &mut Vec<Job>) {
        jobs.clear();
        let groups = self.groups.iter().enumerate().filter(|(_, group)| column < group.columns());
        jobs.extend(groups.map(|(index, group)| Job {
            slot: group.sum_slot(column - 1) as u32,
            with: group.sum_slot(column) as u32,
            group: index as u32,
        }));
    }

    fn for_each_column(&self, mut each: impl FnMut(u32, &Group, usize)) {
        for (index, group) in self.groups.iter().enumerate() {
            (0..group.columns()).for_each(|column| each(index as u32, group, column));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows every addition and asks that each entry of a column ends in the column's sum, once.
    #[test]
    fn every_entry_ends_in_its_columns_sum() {
        let limits = Limits::new(4, 1);
        let mut plan = Plan::with_limits(&limits);
        TableSize::ALL.iter().for_each(|size| plan.push(size.comb()));
        let mut slots: Vec<Vec<u32>> = vec![Vec::new(); limits.slots];
        let mut jobs = Vec::new();
        plan.lone_entries(&mut jobs);
        jobs.iter().for_each(|job| slots[job.slot as usize].push(job.with));
        plan.entry_jobs(&mut jobs);
        jobs.iter().for_each(|job| slots[job.slot as usize].extend([job.with, job.with + 1]));
        for level in 0.. {
            plan.slot_jobs(level, &mut jobs);
            if jobs.is_empty() {
                break;
            }
            assert!(jobs.len() <= limits.jobs);
            for job in &jobs {
                let with = std::mem::take(&mut slots[job.with as usize]);
                slots[job.slot as usize].extend(with);
            }
        }
        for group in &plan.groups {
            for column in 0..group.columns() {
                let mut sum = slots[group.sum_slot(column)].clone();
                sum.sort_unstable();
                let first = group.first_entry(column) as u32;
                assert_eq!(sum, (first..first + group.entries(column) as u32).collect::<Vec<_>>());
            }
        }
        assert!(plan.entries as usize <= limits.entries && plan.slots as usize <= limits.slots);
    }
}
