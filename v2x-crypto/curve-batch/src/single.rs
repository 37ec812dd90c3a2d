//! One signature at a time, with every case handled: what a lone message takes, and what a batch gives a signature to
//! that met a zero denominator.

use crate::comb::MAX_SPACING;
use crate::curves::{Parameters, Scalar};
use crate::limbs::{self, Limbs};
use crate::point::Point;
use crate::residue::{Modulus as _, Residue};
use crate::table::Table;

/// u₁ = e/s and u₂ = r/s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Multipliers<C: Parameters<N>, const N: usize> {
    pub(crate) generator: Scalar<C, N>,
    pub(crate) key: Scalar<C, N>,
}

/// Whether the x coordinate of u₁·G + u₂·Q is r modulo n.
pub(crate) fn verify<C: Parameters<N>, const N: usize>(
    key: &Table<C, N>,
    multipliers: &Multipliers<C, N>,
    r: &Scalar<C, N>,
) -> bool {
    let sum = sum([(key, &multipliers.key), (Table::of_generator(), &multipliers.generator)]);
    // The x coordinates below p that are r modulo n.
    let candidates = [Some(*r.limbs()), plus_order::<C, N>(r)];
    candidates.into_iter().flatten().any(|x| sum.has_x(&Residue::reduced(&x).to_montgomery()))
}

/// r + n if it is below p: for one r in 2^128 or so, unless somebody looked for it.
pub(crate) fn plus_order<C: Parameters<N>, const N: usize>(r: &Scalar<C, N>) -> Option<Limbs<N>> {
    let (sum, carry) = limbs::add(r.limbs(), &C::Order::VALUE);
    (!carry && limbs::less(&sum, &C::Field::VALUE)).then_some(sum)
}

/// The sum of each table's point times its scalar.
fn sum<C: Parameters<N>, const N: usize>(terms: [(&Table<C, N>, &Scalar<C, N>); 2]) -> Point<C, N> {
    let terms = terms.map(|(table, scalar)| (table, table.digits(scalar)));
    let columns = terms.iter().map(|(table, _)| table.comb.columns).max().unwrap_or(0);
    (0..columns).rev().fold(Point::INFINITY, |sum, column| {
        let present = terms.iter().filter(|(table, _)| column < table.comb.columns);
        present.fold(sum.double(), |sum, (table, digits)| add_column(sum, table, digits, column))
    })
}

fn add_column<C: Parameters<N>, const N: usize>(
    sum: Point<C, N>,
    table: &Table<C, N>,
    digits: &[u16; MAX_SPACING],
    column: usize,
) -> Point<C, N> {
    let part = |part: usize| table.point(part, digits[table.comb.columns * part + column]);
    (0..table.comb.tables).fold(sum, |sum, index| sum.add(&part(index)))
}
