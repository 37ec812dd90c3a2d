//! One signature at a time, with every case handled: what a lone message takes, and what a batch gives a lane to that
//! met a zero denominator.

use crate::comb::Comb;
use crate::field::{Fp, P};
use crate::kernel::Kernel;
use crate::limbs::{self, Limbs};
use crate::point::Point;
use crate::scalar::{N, Scalar};
use crate::table::{GeneratorTable, KeyTable, Table};

/// u₁ = e/s and u₂ = r/s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Multipliers {
    pub(crate) generator: Scalar,
    pub(crate) key: Scalar,
}

/// Whether the x coordinate of u₁·G + u₂·Q is r modulo n.
pub(crate) fn verify(key: &KeyTable, multipliers: &Multipliers, r: &Scalar) -> bool {
    let shared = &GeneratorTable::shared(key.kernel).table;
    let sum = sum(&[(&key.table, &multipliers.key), (shared, &multipliers.generator)], key.kernel);
    candidates(r).into_iter().flatten().any(|x| sum.has_x(&Fp::from_integer(x)))
}

/// The x coordinates below p that are r modulo n: r, and r + n if that is below p.
pub(crate) fn candidates(r: &Scalar) -> [Option<Limbs>; 2] {
    [Some(*r.limbs()), plus_order(r)]
}

/// r + n if it is below p: for one r in 2^128 or so, unless somebody looked for it.
pub(crate) fn plus_order(r: &Scalar) -> Option<Limbs> {
    let (sum, carry) = limbs::add(r.limbs(), &N);
    (!carry && limbs::less(&sum, &P)).then_some(sum)
}

/// The sum of each table's point times its scalar.
fn sum(terms: &[(&Table, &Scalar)], kernel: Kernel) -> Point {
    let digits: Vec<_> = terms.iter().map(|(table, scalar)| (*table, table.comb.digits(scalar))).collect();
    let columns = digits.iter().map(|(table, _)| table.comb.columns).max().unwrap_or(0);
    (0..columns).rev().fold(Point::INFINITY, |sum, column| {
        digits
            .iter()
            .filter(|(table, _)| column < table.comb.columns)
            .fold(sum.double(), |sum, (table, digits)| add_column(sum, table, digits, column, kernel))
    })
}

fn add_column(sum: Point, table: &Table, digits: &[u16], column: usize, kernel: Kernel) -> Point {
    let Comb { tables, columns, .. } = table.comb;
    (0..tables).fold(sum, |sum, part| sum.add(&table.point(part, digits[columns * part + column], kernel)))
}
