//! The field in five limbs of 52 bits, for the multiply-and-add instructions of AVX-512 IFMA: Montgomery form with R = 2^260.
//!
//! A word is a signed integer of 64 bits; the two products read the lowest 52 bits of their factors, so factors must be
//! *carried*: every limb in 0..2^52. The names of [`super::Lanes`] are, for lower limbs and the top one:
//!
//! | | lower limbs | top limb |
//! | --- | --- | --- |
//! | coordinate | 0..2^54, for x 0..2^52 | 0..2^49 |
//! | difference | 0..2^52 | 0..2^51 |
//! | product | 0..2^52 | 0..2^50 |
//!
//! That each operation keeps to them, for all values at once, is what the tests show by running this very code on
//! intervals instead of words.

/// A word, or as many as a vector holds.
pub(super) trait Word: Copy {
    fn splat(value: i64) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    /// Times 2^BITS.
    fn up<const BITS: u32>(self) -> Self;
    /// Divided by 2^BITS, towards minus infinity.
    fn down<const BITS: u32>(self) -> Self;
    /// The lowest bits, up to 63, as a value of zero or more.
    fn low<const BITS: u32>(self) -> Self;
    /// `self` and the lower 52 bits of a·b.
    fn add_low_product(self, a: Self, b: Self) -> Self;
    /// `self` and the upper 52 bits of a·b.
    fn add_high_product(self, a: Self, b: Self) -> Self;
}

/// An element: Σ limb·2^(52·i).
pub(super) type Element<W> = [W; 5];

/// p.
pub(super) const P: [i64; 5] = [(1 << 52) - 1, (1 << 44) - 1, 0, 1 << 36, (1 << 48) - (1 << 16)];

/// 2^260 mod p, which is one: 16·(2^256 − p) = 2^228 − 2^196 − 2^100 + 16. Not carried.
pub(super) const ONE: [i64; 5] = [16, -(1 << 48), 0, -(1 << 40), 1 << 20];

/// `times·p`, with 2^(52 + extra) more in each lower limb, taken from the next: so that limbs can be subtracted.
const fn spread(times: i64, extra: u32) -> [i64; 5] {
    let mut limbs = [0; 5];
    let mut limb = 0;
    while limb < 5 {
        limbs[limb] = times * P[limb];
        limb += 1;
    }
    limb = 0;
    while limb < 4 {
        limbs[limb] += 1 << (52 + extra);
        limbs[limb + 1] -= 1 << extra;
        limb += 1;
    }
    limbs
}

/// For one coordinate to be subtracted.
const LESS_ONE: [i64; 5] = spread(4, 2);
/// For two coordinates and a difference.
const LESS_SUM: [i64; 5] = spread(16, 3);
/// For an entry's y.
const LESS_ENTRY: [i64; 5] = spread(2, 1);
/// For a product.
const LESS_PRODUCT: [i64; 5] = spread(8, 1);
/// For three times one.
const LESS_THREE_ONES: [i64; 5] = {
    let mut limbs = spread(4, 2);
    let mut limb = 0;
    while limb < 5 {
        limbs[limb] -= 3 * ONE[limb];
        limb += 1;
    }
    limbs
};

#[inline(always)]
pub(super) fn splat<W: Word>(limbs: &[i64; 5]) -> Element<W> {
    [W::splat(limbs[0]), W::splat(limbs[1]), W::splat(limbs[2]), W::splat(limbs[3]), W::splat(limbs[4])]
}

/// Brings the lower limbs into 0..2^52 and what is above into the next.
#[inline(always)]
fn carry<W: Word>(mut t: Element<W>) -> Element<W> {
    for limb in 0..4 {
        t[limb + 1] = t[limb + 1].add(t[limb].down::<52>());
        t[limb] = t[limb].low::<52>();
    }
    t
}

/// Takes the multiples of 2^256 out of the top limb: 2^256 ≡ 2^224 − 2^192 − 2^96 + 1. Not carried afterwards.
#[inline(always)]
fn fold<W: Word>(mut t: Element<W>) -> Element<W> {
    let over = t[4].down::<48>();
    t[0] = t[0].add(over);
    t[1] = t[1].sub(over.up::<44>());
    t[3] = t[3].sub(over.up::<36>());
    t[4] = t[4].low::<48>().add(over.up::<16>());
    t
}

/// Divides by 2^260 modulo p; not carried afterwards.
///
/// As p ≡ −1 modulo 2^96, adding the lowest limb m times p clears it: m·p = m·2^96 + m·2^192·(2^64 − 2^32 + 1) − m. The
/// last term is what goes, m·2^96 is m·2^44 in the next limb, m·2^192 is m·2^36 in the one two further.
#[inline(always)]
fn reduce<W: Word>(t: [W; 10]) -> Element<W> {
    let t = clear::<W, 0>(t);
    let t = clear::<W, 1>(t);
    let t = clear::<W, 2>(t);
    let t = clear::<W, 3>(t);
    let t = clear::<W, 4>(t);
    [t[5], t[6], t[7], t[8], t[9]]
}

#[inline(always)]
fn clear<W: Word, const LIMB: usize>(mut t: [W; 10]) -> [W; 10] {
    let (p1, p3, p4) = (W::splat(1 << 44), W::splat(P[3]), W::splat(P[4]));
    let m = t[LIMB].low::<52>();
    t[LIMB + 1] = t[LIMB + 1].add(t[LIMB].down::<52>()).add_low_product(m, p1);
    t[LIMB + 2] = t[LIMB + 2].add_high_product(m, p1);
    t[LIMB + 3] = t[LIMB + 3].add_low_product(m, p3);
    t[LIMB + 4] = t[LIMB + 4].add_high_product(m, p3).add_low_product(m, p4);
    t[LIMB + 5] = t[LIMB + 5].add_high_product(m, p4);
    t
}

// The rows of products are calls and not turns of a loop: they must be unrolled, or the sums would live in memory.

/// `t` and the products of a's limb I with b's limbs from FIRST on.
#[inline(always)]
fn row<W: Word, const I: usize, const FIRST: usize>(
    mut t: [W; 10],
    a: &Element<W>,
    b: &Element<W>,
) -> [W; 10] {
    for j in FIRST..5 {
        t[I + j] = t[I + j].add_low_product(a[I], b[j]);
        t[I + j + 1] = t[I + j + 1].add_high_product(a[I], b[j]);
    }
    t
}

#[inline(always)]
fn product<W: Word>(a: &Element<W>, b: &Element<W>) -> Element<W> {
    let t = row::<W, 0, 0>([W::splat(0); 10], a, b);
    let t = row::<W, 1, 0>(t, a, b);
    let t = row::<W, 2, 0>(t, a, b);
    let t = row::<W, 3, 0>(t, a, b);
    reduce(row::<W, 4, 0>(t, a, b))
}

#[inline(always)]
fn squared<W: Word>(a: &Element<W>) -> Element<W> {
    let t = row::<W, 0, 1>([W::splat(0); 10], a, a);
    let t = row::<W, 1, 2>(t, a, a);
    let t = row::<W, 2, 3>(t, a, a);
    let mut t = row::<W, 3, 4>(t, a, a);
    for limb in 1..9 {
        t[limb] = t[limb].add(t[limb]);
    }
    for i in 0..5 {
        t[2 * i] = t[2 * i].add_low_product(a[i], a[i]);
        t[2 * i + 1] = t[2 * i + 1].add_high_product(a[i], a[i]);
    }
    reduce(t)
}

/// A product of a carried factor with top limb below 2^51 and any carried one.
#[inline(always)]
pub(super) fn mul<W: Word>(a: &Element<W>, b: &Element<W>) -> Element<W> {
    carry(product(a, b))
}

#[inline(always)]
pub(super) fn square<W: Word>(a: &Element<W>) -> Element<W> {
    carry(squared(a))
}

#[inline(always)]
fn combine<W: Word>(mut t: Element<W>, more: &[i64; 5], less: &[&Element<W>]) -> Element<W> {
    for limb in 0..5 {
        t[limb] = t[limb].add(W::splat(more[limb]));
        for subtrahend in less {
            t[limb] = t[limb].sub(subtrahend[limb]);
        }
    }
    t
}

/// a·b − c.
#[inline(always)]
pub(super) fn mul_sub<W: Word>(a: &Element<W>, b: &Element<W>, c: &Element<W>) -> Element<W> {
    carry(fold(combine(product(a, b), &LESS_ONE, &[c])))
}

/// a² − 2c − d, for a difference d.
#[inline(always)]
pub(super) fn square_sub<W: Word>(a: &Element<W>, c: &Element<W>, d: &Element<W>) -> Element<W> {
    carry(fold(combine(squared(a), &LESS_SUM, &[c, c, d])))
}

/// a − b.
#[inline(always)]
pub(super) fn sub<W: Word>(a: &Element<W>, b: &Element<W>) -> Element<W> {
    carry(combine(*a, &LESS_ONE, &[b]))
}

/// 2a.
#[inline(always)]
pub(super) fn double<W: Word>(a: &Element<W>) -> Element<W> {
    carry([a[0].add(a[0]), a[1].add(a[1]), a[2].add(a[2]), a[3].add(a[3]), a[4].add(a[4])])
}

/// −y of an entry. Not carried.
#[inline(always)]
pub(super) fn negate_entry<W: Word>(y: &Element<W>) -> Element<W> {
    combine(splat(&[0; 5]), &LESS_ENTRY, &[y])
}

/// 3·(x² − 1).
#[inline(always)]
pub(super) fn tangent<W: Word>(x: &Element<W>) -> Element<W> {
    let mut t = square(x);
    for limb in 0..5 {
        t[limb] = t[limb].add(t[limb]).add(t[limb]).add(W::splat(LESS_THREE_ONES[limb]));
    }
    carry(t)
}

/// (r + x₁ + x₂)·dx² − dy² modulo p in 0..=p, for a product r, carried: zero if it is 0 or p.
#[inline(always)]
pub(super) fn sum_test<W: Word>(
    r: &Element<W>,
    x: [&Element<W>; 2],
    dx: &Element<W>,
    dy: &Element<W>,
) -> Element<W> {
    let mut sum = *r;
    for limb in 0..5 {
        sum[limb] = sum[limb].add(x[0][limb]).add(x[1][limb]);
    }
    let left = product(&square(dx), &carry(sum));
    let_zero_be_0_or_p(&carry(combine(left, &LESS_PRODUCT, &[&square(dy)])))
}

/// A carried element divided by 2^260 modulo p, carried: in 0..=p.
///
/// Of v < 2^260 it makes at most (v + (2^260 − 1)·p) / 2^260 < p + 1.
#[inline(always)]
pub(super) fn let_zero_be_0_or_p<W: Word>(a: &Element<W>) -> Element<W> {
    let zero = W::splat(0);
    carry(reduce([a[0], a[1], a[2], a[3], a[4], zero, zero, zero, zero, zero]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{self, Fp};
    use crate::lanes::interval::Interval;
    use crate::limbs::{self, Limbs};
    use proptest::prelude::*;

    fn signed(interval: Interval) -> Interval {
        interval.within(i64::MIN.into(), i64::MAX.into())
    }

    impl Word for Interval {
        fn splat(value: i64) -> Self {
            Self::exactly(value)
        }
        fn add(self, other: Self) -> Self {
            signed(self.plus(other))
        }
        fn sub(self, other: Self) -> Self {
            signed(self.minus(other))
        }
        fn up<const BITS: u32>(self) -> Self {
            signed(self.times(Self::exactly(1 << BITS)))
        }
        fn down<const BITS: u32>(self) -> Self {
            self.shifted_down(BITS)
        }
        fn low<const BITS: u32>(self) -> Self {
            self.lowest(BITS)
        }
        fn add_low_product(self, a: Self, b: Self) -> Self {
            Word::add(self, a.within(0, (1 << 52) - 1).times_wide(b.within(0, (1 << 52) - 1)).lowest(52))
        }
        fn add_high_product(self, a: Self, b: Self) -> Self {
            Word::add(
                self,
                a.within(0, (1 << 52) - 1).times_wide(b.within(0, (1 << 52) - 1)).shifted_down(52),
            )
        }
    }

    /// One lane, exactly.
    impl Word for i64 {
        fn splat(value: i64) -> Self {
            value
        }
        fn add(self, other: Self) -> Self {
            self + other
        }
        fn sub(self, other: Self) -> Self {
            self - other
        }
        fn up<const BITS: u32>(self) -> Self {
            self << BITS
        }
        fn down<const BITS: u32>(self) -> Self {
            self >> BITS
        }
        fn low<const BITS: u32>(self) -> Self {
            self & ((1 << BITS) - 1)
        }
        fn add_low_product(self, a: Self, b: Self) -> Self {
            self + ((a as i128 * b as i128) & ((1 << 52) - 1)) as i64
        }
        fn add_high_product(self, a: Self, b: Self) -> Self {
            self + ((a as i128 * b as i128) >> 52) as i64
        }
    }

    fn element(lower_bits: u32, top_bits: u32) -> Element<Interval> {
        let limb = Interval::new(0, (1 << lower_bits) - 1);
        [limb, limb, limb, limb, Interval::new(0, (1 << top_bits) - 1)]
    }

    fn assert_within(name: &str, found: &Element<Interval>, class: &Element<Interval>) {
        let inside = found.iter().zip(class).all(|(found, class)| found.is_inside(class));
        assert!(inside, "{name}: {found:?} is not within {class:?}");
    }

    /// The table of the module's documentation.
    #[test]
    fn every_operation_keeps_its_bounds_for_all_values() {
        let (coordinate, x) = (element(54, 49), element(52, 49));
        let (difference, product) = (element(52, 51), element(52, 50));
        let entry = element(52, 48);
        for factor in [&product, &difference, &x] {
            assert_within("mul", &mul(&product, factor), &product);
        }
        assert_within("mul_sub", &mul_sub(&product, &difference, &coordinate), &x);
        assert_within("square_sub", &square_sub(&product, &x, &difference), &x);
        assert_within("sub", &sub(&coordinate, &coordinate), &difference);
        assert_within("double", &double(&coordinate), &difference);
        assert_within("tangent", &tangent(&x), &difference);
        assert_within("negate_entry", &negate_entry(&entry), &coordinate);
        assert_within("zero test", &let_zero_be_0_or_p(&difference), &element(52, 49));
        assert_within("sum_test", &sum_test(&product, [&x, &x], &difference, &difference), &product);
    }

    #[test]
    fn the_constants_are_multiples_of_p() {
        for (limbs, least) in
            [(LESS_ONE, 1i64 << 54), (LESS_SUM, 1 << 54), (LESS_ENTRY, 1 << 52), (LESS_PRODUCT, 1 << 52)]
        {
            assert_eq!(integer(&carry(limbs)), [0; 4]);
            assert!(limbs[..4].iter().all(|limb| *limb >= least - 4) && limbs[4] > 0);
        }
        assert_eq!(Fp::from_kept(integer(&carry(ONE))), Fp::power_of_two(4));
    }

    /// The integer modulo p.
    fn integer(element: &Element<i64>) -> Limbs {
        let words = element.map(|limb| Fp::from_integer([limb as u64, 0, 0, 0]));
        let sum = words.iter().rev().fold(Fp::ZERO, |sum, limb| sum.mul(&Fp::power_of_two(52)).add(limb));
        sum.to_integer()
    }

    fn element_of(value: &Limbs) -> Element<i64> {
        let bits = |from: usize| limbs::bits(value, from, 52) as i64;
        [bits(0), bits(52), bits(104), bits(156), bits(208)]
    }

    fn value() -> impl Strategy<Value = Limbs> {
        let limb = prop_oneof![Just(0), Just(1), Just(u64::MAX), Just((1 << 52) - 1), any::<u64>()];
        prop::array::uniform4(limb).prop_map(|limbs| limbs::reduce_once(limbs, false, &field::P))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 5 } else { 2_000 }))]

        #[test]
        fn operations_agree_with_the_portable_field(a in value(), b in value(), c in value(), d in value()) {
            let [fa, fb, fc, fd] = [a, b, c, d].map(Fp::from_integer);
            let [ea, eb, ec, ed] = [a, b, c, d].map(|value| element_of(&value));
            let scale = Fp::inverse_power_of_two(260);
            let check = |name: &str, found: Element<i64>, expected: Fp| {
                prop_assert_eq!(Fp::from_integer(integer(&found)), expected, "{}", name);
                Ok(())
            };
            check("mul", mul(&ea, &eb), fa.mul(&fb).mul(&scale))?;
            check("square", square(&ea), fa.square().mul(&scale))?;
            check("mul_sub", mul_sub(&ea, &sub(&eb, &ec), &ed), fa.mul(&fb.sub(&fc)).mul(&scale).sub(&fd))?;
            check("square_sub", square_sub(&ea, &ec, &ed), fa.square().mul(&scale).sub(&fc.double()).sub(&fd))?;
            check("double", double(&ea), fa.double())?;
            check("negate_entry", negate_entry(&ea), fa.negate())?;
            let x2 = fa.square().mul(&scale).sub(&Fp::power_of_two(260));
            check("tangent", tangent(&ea), x2.double().add(&x2))?;
            let sum = fa.add(&fb).add(&fc).mul(&fd.square().mul(&scale)).mul(&scale).sub(&fb.square().mul(&scale));
            check("sum_test", sum_test(&ea, [&eb, &ec], &ed, &eb), sum.mul(&scale))?;
        }
    }
}
