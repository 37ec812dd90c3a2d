//! The batch of one curve.

use crate::comb::Comb;
use crate::curves::{Parameters, Scalar};
use crate::limbs;
use crate::point::Affine;
use crate::residue::{Modulus, Residue};
use crate::single::{self, Multipliers};
use crate::sweep::Sweep;
use crate::table::Table;
use crate::verifier::{Item, Verdict};

/// Below so many signatures each is verified by itself: a batch would not pay for its inversions.
const SINGLY_BELOW: usize = 2;

/// Verifies the signatures of one curve, with scratch that it keeps.
#[derive(Debug)]
pub(crate) struct Engine<C: Parameters<N>, const N: usize> {
    admitted: Vec<Admitted<C, N>>,
    inverses: Vec<Scalar<C, N>>,
    products: Vec<Scalar<C, N>>,
    sweep: Sweep<C, N>,
}

/// A signature whose parts are in range.
#[derive(Clone, Copy, Debug)]
struct Admitted<C: Parameters<N>, const N: usize> {
    item: usize,
    r: Scalar<C, N>,
    multipliers: Multipliers<C, N>,
}

impl<C: Parameters<N>, const N: usize> Engine<C, N> {
    /// With room for so many signatures at once.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            admitted: Vec::with_capacity(capacity),
            inverses: Vec::with_capacity(capacity),
            products: vec![Residue::ONE; capacity],
            sweep: Sweep::new(capacity),
        }
    }

    /// Gives the items whose key is on this curve their verdicts, those that are not [`Verdict::Invalid`] already; says how
    /// many signatures of batches were judged alone.
    pub(crate) fn verify(&mut self, items: &[Item<'_>], verdicts: &mut [Verdict]) -> u64 {
        let mut rest = items.iter().enumerate().filter(|(_, item)| C::table_of(item.key).is_some());
        let mut judged_alone = 0;
        loop {
            self.admit(&mut rest);
            match self.admitted.len() {
                0 => return judged_alone,
                count if count < SINGLY_BELOW => self.verify_singly(items, verdicts),
                _ => judged_alone += self.verify_together(items, verdicts),
            }
        }
    }

    /// Takes in what has r and s in 1..n, as many as there is room for, and computes u₁ = e/s and u₂ = r/s with one
    /// inversion for all.
    fn admit<'i>(&mut self, items: &mut impl Iterator<Item = (usize, &'i Item<'i>)>) {
        self.admitted.clear();
        self.inverses.clear();
        let room = self.products.len();
        let in_range =
            items.filter_map(|(item, signed)| Some((item, signed, part(signed.r)?, part(signed.s)?)));
        for (item, signed, r, s) in in_range.take(room) {
            let digest = Residue::reduced(&limbs::from_leftmost(signed.digest));
            self.admitted.push(Admitted { item, r, multipliers: Multipliers { generator: digest, key: r } });
            self.inverses.push(s);
        }
        Residue::invert_all(&mut self.inverses, &mut self.products);
        for (admitted, inverse) in self.admitted.iter_mut().zip(&self.inverses) {
            let Multipliers { generator, key } = &mut admitted.multipliers;
            (*generator, *key) = (generator.mul(inverse), key.mul(inverse));
        }
    }

    fn verify_singly(&self, items: &[Item<'_>], verdicts: &mut [Verdict]) {
        for admitted in &self.admitted {
            verdicts[admitted.item] = Verdict::of(admitted.verify_alone(items));
        }
    }

    fn verify_together(&mut self, items: &[Item<'_>], verdicts: &mut [Verdict]) -> u64 {
        self.select(items);
        self.sweep.run();
        let mut judged_alone = 0;
        for (owner, admitted) in self.admitted.iter().enumerate() {
            let certain = self.sweep.sum_has_x(owner, &admitted.r);
            // Where r is not the x coordinate, r + n may be.
            let certain = certain.filter(|equal| *equal || single::plus_order::<C, N>(&admitted.r).is_none());
            judged_alone += u64::from(certain.is_none());
            verdicts[admitted.item] = Verdict::of(certain.unwrap_or_else(|| admitted.verify_alone(items)));
        }
        judged_alone
    }

    /// Turns multipliers into points out of the tables.
    fn select(&mut self, items: &[Item<'_>]) {
        let generator = Table::<C, N>::of_generator();
        let Sweep { plan, points, .. } = &mut self.sweep;
        plan.clear();
        for Admitted { item, multipliers, .. } in &self.admitted {
            let Some(key) = C::table_of(items[*item].key) else { continue };
            let share = plan.push(key.comb, generator.comb);
            take(key, &multipliers.key, points, |column| share.start(column));
            take(generator, &multipliers.generator, points, |column| share.generator_start(column));
        }
    }
}

/// Copies the points that a scalar selects to where each column's begin.
///
/// They are copied, not read where they lie when they are needed: many reads are then under way at once, which is what
/// counts for tables that lie in memory and not in a cache.
#[inline(always)]
fn take<C: Parameters<N>, const N: usize>(
    table: &Table<C, N>,
    scalar: &Scalar<C, N>,
    points: &mut [Affine<C, N>],
    start: impl Fn(usize) -> usize,
) {
    let (digits, Comb { tables, columns, .. }) = (table.digits(scalar), table.comb);
    for column in 0..columns {
        let start = start(column);
        for (part, point) in points[start..start + tables].iter_mut().enumerate() {
            *point = table.point(part, digits[part * columns + column]);
        }
    }
}

/// A part of a signature: `None` unless it has the curve's length and is in 1..n.
fn part<M: Modulus<N>, const N: usize>(octets: &[u8]) -> Option<Residue<M, N>> {
    Residue::new(&limbs::from_octets(octets)?).filter(|part| !part.is_zero())
}

impl<C: Parameters<N>, const N: usize> Admitted<C, N> {
    fn verify_alone(&self, items: &[Item<'_>]) -> bool {
        let table = items.get(self.item).and_then(|item| C::table_of(item.key));
        table.is_some_and(|table| single::verify(table, &self.multipliers, &self.r))
    }
}
