//! Signed combs: how a scalar becomes a sum of few points out of a table.
//!
//! A comb of `teeth` × `tables` × `columns` has `d = teeth·tables·columns` digits, at least as many as a scalar has bits, all
//! of them +1 or −1:
//!
//! k ≡ Σ (2·bᵢ − 1)·2^i for i < d, where the bᵢ are the bits of k' = (k + 2^d − 1)/2 mod n.
//!
//! As every k modulo n has such a form, 0 included, no digit is ever absent and each signature takes the same number of
//! additions. Digits that lie `spacing = tables·columns` apart share an entry of a table. With i = spacing·tooth +
//! columns·table + column,
//!
//! k·P = Σ over columns 2^column · Σ over tables entry(table, digits of all teeth),
//!
//! where entry(table, ±…) = Σ over teeth ± 2^(spacing·tooth + columns·table)·P. A table holds the entries whose top digit is
//! +1: 2^(teeth − 1) of them; the others are their negatives.

use crate::limbs;
use crate::residue::{Modulus, Residue};

/// Room for the digits of every comb: a multiple of eight, as digits are made eight at a time.
pub(crate) const MAX_SPACING: usize = 80;

/// The measures of a comb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comb {
    pub(crate) teeth: usize,
    pub(crate) tables: usize,
    pub(crate) columns: usize,
}

/// The entry that a digit selects in its table, and whether it is to be negated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) index: usize,
    pub(crate) negative: bool,
}

impl Comb {
    /// Panics, at compile time where it is a constant, for measures that do not cover the bits or do not fit.
    pub(crate) const fn new(bits: usize, teeth: usize, tables: usize, columns: usize) -> Self {
        assert!(teeth >= 2 && teeth <= 16 && columns >= 2 && tables >= 2);
        assert!(teeth * tables * columns >= bits && tables * columns <= MAX_SPACING);
        Self { teeth, tables, columns }
    }

    pub(crate) const fn spacing(&self) -> usize {
        self.tables * self.columns
    }

    /// Entries in one of the tables.
    pub(crate) const fn table_len(&self) -> usize {
        1 << (self.teeth - 1)
    }

    /// Entries in all tables.
    pub(crate) const fn len(&self) -> usize {
        self.tables * self.table_len()
    }

    /// 2^d − 1 modulo n, which [`Comb::digits`] wants: by doubling and adding one.
    pub(crate) fn offset<M: Modulus<N>, const N: usize>(&self) -> Residue<M, N> {
        let digits = self.teeth * self.spacing();
        (0..digits).fold(Residue::ZERO, |offset: Residue<M, N>, _| offset.double().add(&Residue::UNIT))
    }

    /// The digits of a plain scalar: bit `tooth` of digit `columns·table + column`.
    #[inline]
    pub(crate) fn digits<M: Modulus<N>, const N: usize>(
        &self,
        scalar: &Residue<M, N>,
        offset: &Residue<M, N>,
    ) -> [u16; MAX_SPACING] {
        let recoded = *scalar.add(offset).halve().limbs();
        let spacing = self.spacing();
        let mut digits = [0u16; MAX_SPACING];
        for first in (0..self.teeth).step_by(8) {
            let mut rows = [0; 8];
            for (row, tooth) in rows.iter_mut().zip(first..self.teeth) {
                *row = limbs::bits(&recoded, spacing * tooth, spacing);
            }
            let chunks = digits.as_chunks_mut::<8>().0.iter_mut().take(spacing.div_ceil(8));
            for (start, chunk) in chunks.enumerate() {
                let octets = rows.map(|row| (row >> (8 * start)) as u8);
                let columns = transpose(u64::from_le_bytes(octets)).to_le_bytes();
                chunk.iter_mut().zip(columns).for_each(|(digit, part)| *digit |= u16::from(part) << first);
            }
        }
        digits
    }

    /// Where the entry of a digit of table `table` lies among all entries.
    #[inline(always)]
    pub(crate) fn select(&self, table: usize, digit: u16) -> Selection {
        let top = self.teeth - 1;
        let negative = digit >> top & 1 == 0;
        let signs = if negative { !digit } else { digit };
        let index = usize::from(signs) & (self.table_len() - 1);
        Selection { index: table << top | index, negative }
    }
}

/// The 8 × 8 bits of a word mirrored at their diagonal: bit 8i + j to bit 8j + i.
#[inline(always)]
const fn transpose(mut bits: u64) -> u64 {
    // Blocks of 4 × 4, then of 2 × 2, then single bits change places across the diagonal.
    let swap = (bits ^ bits >> 28) & 0x0000_0000_f0f0_f0f0;
    bits ^= swap ^ swap << 28;
    let swap = (bits ^ bits >> 14) & 0x0000_cccc_0000_cccc;
    bits ^= swap ^ swap << 14;
    let swap = (bits ^ bits >> 7) & 0x00aa_00aa_00aa_00aa;
    bits ^ swap ^ swap << 7
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::{Parameters, Scalar, on_each_curve};
    use crate::limbs::Limbs;
    use proptest::prelude::*;

    #[test]
    fn transposing_moves_every_bit_across_the_diagonal() {
        for bit in 0..64 {
            assert_eq!(transpose(1 << bit), 1 << (bit % 8 * 8 + bit / 8));
        }
    }

    /// Σ ±2^i modulo n, from the digits.
    fn value<M: Modulus<N>, const N: usize>(comb: &Comb, digits: &[u16]) -> Residue<M, N> {
        (0..comb.teeth * comb.spacing()).rev().fold(Residue::ZERO, |sum: Residue<M, N>, bit| {
            let negative = digits[bit % comb.spacing()] >> (bit / comb.spacing()) & 1 == 0;
            sum.double().add(&Residue::UNIT.negated_if(negative))
        })
    }

    fn digits_add_up<C: Parameters<N>, const N: usize>(limbs: &[u64; 6]) {
        let any: Limbs<N> = core::array::from_fn(|index| limbs[index]);
        let mut small = [0; N];
        small[0] = any[0] % 3;
        for scalar in [any, small].map(|value| Scalar::<C, N>::reduced(&value)) {
            for comb in C::COMBS.iter().chain([&C::GENERATOR_COMB]) {
                assert_eq!(value(comb, &comb.digits(&scalar, &comb.offset())), scalar);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn the_digits_add_up_to_the_scalar(limbs: [u64; 6]) {
            on_each_curve!(digits_add_up(&limbs));
        }
    }
}
