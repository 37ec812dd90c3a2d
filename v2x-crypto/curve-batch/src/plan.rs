//! Which points of a batch are added to which.
//!
//! Each signature has its selected points in a row: for each column those of the key's tables, then those of the
//! generator's. In each level the second half of a column's points is added to the first half, until one point is left,
//! the column's sum, in the place of its first. The additions of all signatures in a level share one inversion.

use crate::comb::Comb;

/// One addition, or doubling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    /// The place of the first point, and of the sum.
    pub(crate) point: u32,
    /// The place of the second point.
    pub(crate) with: u32,
    /// Whose it is: a number of a signature in the plan.
    pub(crate) owner: u32,
}

/// The places of one signature's points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    key: Comb,
    generator: Comb,
    /// Its first point.
    first: u32,
}

impl Share {
    pub(crate) fn columns(&self) -> usize {
        self.key.columns.max(self.generator.columns)
    }

    /// Points of one column.
    pub(crate) fn points(&self, column: usize) -> usize {
        points(&self.key, column) + points(&self.generator, column)
    }

    /// The first point of a column, where its sum ends.
    pub(crate) fn start(&self, column: usize) -> usize {
        self.first as usize + (0..column).map(|before| self.points(before)).sum::<usize>()
    }

    /// The first of the generator's points in a column.
    pub(crate) fn generator_start(&self, column: usize) -> usize {
        self.start(column) + points(&self.key, column)
    }
}

const fn points(comb: &Comb, column: usize) -> usize {
    if column < comb.columns { comb.tables } else { 0 }
}

/// Most points of one signature, by the combs that its key may have.
pub(crate) fn most_points(keys: &[Comb], generator: &Comb) -> usize {
    generator.spacing() + keys.iter().map(Comb::spacing).max().unwrap_or(0)
}

/// The signatures of a batch.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) shares: Vec<Share>,
    /// Points of all signatures.
    points: usize,
}

impl Plan {
    pub(crate) fn with_capacity(signatures: usize) -> Self {
        Self { shares: Vec::with_capacity(signatures), points: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.shares.clear();
        self.points = 0;
    }

    /// Adds a signature with tables of these combs, and says where its points are.
    pub(crate) fn push(&mut self, key: Comb, generator: Comb) -> Share {
        let share = Share { key, generator, first: self.points as u32 };
        self.points += key.spacing() + generator.spacing();
        self.shares.push(share);
        share
    }

    /// The columns that any signature has.
    pub(crate) fn columns(&self) -> usize {
        self.shares.iter().map(Share::columns).max().unwrap_or(0)
    }

    /// The additions of a level, 0 for the first; none when every column has its sum.
    pub(crate) fn level(&self, level: u32, jobs: &mut Vec<Job>) {
        jobs.clear();
        for (owner, share) in self.shares.iter().enumerate() {
            for column in 0..share.columns() {
                // What is left of n after a level is n/2 rounded up; the middle one of an odd number waits.
                let left = (share.points(column) as u32).div_ceil(1 << level);
                let (point, other) = (share.start(column) as u32, left.div_ceil(2));
                jobs.extend((0..left / 2).map(|pair| Job {
                    point: point + pair,
                    with: point + other + pair,
                    owner: owner as u32,
                }));
            }
        }
    }

    /// Adds the sum of a column to that of the one before it.
    pub(crate) fn column(&self, column: usize, jobs: &mut Vec<Job>) {
        jobs.clear();
        let shares = self.shares.iter().enumerate().filter(|(_, share)| column < share.columns());
        jobs.extend(shares.map(|(owner, share)| Job {
            point: share.start(column - 1) as u32,
            with: share.start(column) as u32,
            owner: owner as u32,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows every addition and asks that each point of a column ends in the column's sum, once.
    #[test]
    fn every_point_ends_in_its_columns_sum() {
        let generator = Comb::new(256, 9, 8, 4);
        let keys = [(5, 13, 4), (6, 11, 4), (8, 8, 4), (10, 13, 2), (8, 6, 6)];
        let keys = keys.map(|(teeth, tables, columns)| Comb::new(256, teeth, tables, columns));
        let mut plan = Plan::with_capacity(keys.len());
        keys.iter().for_each(|key| _ = plan.push(*key, generator));
        let mut points: Vec<Vec<usize>> = (0..plan.points).map(|point| vec![point]).collect();
        let mut jobs = Vec::new();
        for level in 0.. {
            plan.level(level, &mut jobs);
            if jobs.is_empty() {
                break;
            }
            for job in &jobs {
                let with = std::mem::take(&mut points[job.with as usize]);
                points[job.point as usize].extend(with);
            }
        }
        for share in &plan.shares {
            for column in 0..share.columns() {
                let mut sum = points[share.start(column)].clone();
                sum.sort_unstable();
                let first = share.start(column);
                assert_eq!(sum, (first..first + share.points(column)).collect::<Vec<_>>());
            }
        }
        assert!(plan.points <= keys.len() * most_points(&keys, &generator));
    }
}
