//! Integers modulo p and n in Montgomery form with R = 2^(64·N), always fully reduced.

use core::marker::PhantomData;

use crate::limbs::{self, Limbs, borrowing_sub, carrying_add, carrying_mul_add};

/// Does something for each column of a product of four or six limbs. Written out, as the compiler leaves loops as long as these
/// rolled up, which costs a third of the time.
macro_rules! for_each_column {
    ($limbs:ident, $column:ident => $body:expr) => {
        for_each_column!(@ $limbs, $column => $body, 0 1 2 3 4 5 6 7 8 9 10)
    };
    (@ $limbs:ident, $column:ident => $body:expr, $($index:literal)*) => {
        $(if $index < 2 * $limbs - 1 {
            let $column = $index;
            $body
        })*
    };
}

/// Does something for each limb.
macro_rules! for_each_limb {
    ($limbs:ident, $limb:ident => $body:expr) => {
        for_each_limb!(@ $limbs, $limb => $body, 0 1 2 3 4 5)
    };
    (@ $limbs:ident, $limb:ident => $body:expr, $($index:literal)*) => {
        $(if $index < $limbs {
            let $limb = $index;
            $body
        })*
    };
}

/// A prime that fills its limbs: the top bit is set, so that 2^(64·N) is below twice the prime.
pub(crate) trait Modulus<const N: usize>:
    Copy + core::fmt::Debug + PartialEq + Send + Sync + 'static
{
    /// The prime.
    const VALUE: Limbs<N>;

    /// How a product is brought back below the prime.
    const REDUCTION: Reduction = Reduction::General;

    /// 1/x for x below the prime; 0 for 0.
    fn invert(x: &Limbs<N>) -> Limbs<N>;
}

/// How the lowest limb of a value is cleared by adding a multiple of the prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reduction {
    /// By multiplication: for any prime.
    General,
    /// By shifts, for 2^384 − 2^128 − 2^96 + 2^32 − 1.
    P384,
}

/// An integer below the modulus.
///
/// Whether it stands for itself or is a Montgomery form, times R, is up to who holds it: [`Residue::mul`] of one of each
/// gives the plain product. Elements of the field are kept in Montgomery form; scalars are plain, their inverses are not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Residue<M, const N: usize>(Limbs<N>, PhantomData<M>);

impl<M: Modulus<N>, const N: usize> Residue<M, N> {
    pub(crate) const ZERO: Self = Self::kept([0; N]);
    /// The integer 1.
    pub(crate) const UNIT: Self = Self::kept(small(1));
    /// R modulo the prime: the Montgomery form of 1.
    pub(crate) const ONE: Self = Self::montgomery(&small(1));
    /// R², whose product with a value is its Montgomery form.
    const R_SQUARED: Self = Self::montgomery(&Self::ONE.0);
    /// R³, whose product with the inverse of a Montgomery form is the Montgomery form of the inverse.
    const R_CUBED: Self = Self::montgomery(&Self::R_SQUARED.0);

    /// −1/prime modulo 2^64, by Newton's method: of an odd number it is right to three bits, and each turn doubles them.
    const NEGATED_INVERSE: u64 = {
        let (odd, mut inverse, mut bits) = (M::VALUE[0], M::VALUE[0], 3);
        while bits < 64 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
            bits *= 2;
        }
        inverse.wrapping_neg()
    };

    const fn kept(limbs: Limbs<N>) -> Self {
        Self(limbs, PhantomData)
    }

    /// The Montgomery form of an integer, for constants: by doubling.
    pub(crate) const fn montgomery(integer: &Limbs<N>) -> Self {
        assert!(M::VALUE[N - 1] >> 63 == 1 && M::VALUE[0] & 1 == 1, "a prime that fills its limbs");
        let (mut value, mut done) = (*integer, 0);
        while done < 64 * N {
            let (sum, carry) = limbs::add(&value, &value);
            let (less, borrow) = limbs::sub(&sum, &M::VALUE);
            value = if carry || !borrow { less } else { sum };
            done += 1;
        }
        Self::kept(value)
    }

    /// The integer, if it is below the modulus.
    pub(crate) fn new(integer: &Limbs<N>) -> Option<Self> {
        limbs::less(integer, &M::VALUE).then_some(Self::kept(*integer))
    }

    /// The integer modulo the prime: one subtraction is enough, as R is below twice the prime.
    pub(crate) fn reduced(integer: &Limbs<N>) -> Self {
        Self::reduced_once(integer, false)
    }

    /// `above·R + limbs` modulo the prime, of which it is below the double.
    #[inline(always)]
    fn reduced_once(limbs: &Limbs<N>, above: bool) -> Self {
        // By adding R less the prime, whose carry says which of the two it is.
        let (less, carry) = limbs::add(limbs, &const { limbs::sub(&[0; N], &M::VALUE).0 });
        Self::kept(either(above | carry, &less, limbs))
    }

    /// The Montgomery form of a plain value.
    pub(crate) fn to_montgomery(self) -> Self {
        self.mul(&Self::R_SQUARED)
    }

    /// The plain value of a Montgomery form.
    #[cfg(test)]
    pub(crate) fn to_plain(self) -> Self {
        self.mul(&Self::UNIT)
    }

    pub(crate) const fn limbs(&self) -> &Limbs<N> {
        &self.0
    }

    #[inline(always)]
    pub(crate) const fn is_zero(&self) -> bool {
        limbs::is_zero(&self.0)
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self::reduced_once(&sum, carry)
    }

    #[inline(always)]
    pub(crate) fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        Self::kept(limbs::add(&difference, &either(borrow, &M::VALUE, &[0; N])).0)
    }

    pub(crate) fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// The negative of it, or itself.
    #[inline(always)]
    pub(crate) fn negated_if(&self, negative: bool) -> Self {
        Self::kept(either(negative, &self.negate().0, &self.0))
    }

    /// Half of it: after adding the prime when it is odd.
    pub(crate) fn halve(&self) -> Self {
        let (even, carry) = limbs::add(&self.0, &either(self.0[0] & 1 == 1, &M::VALUE, &[0; N]));
        Self::kept(limbs::halved(&even, carry))
    }

    /// a·b/R.
    ///
    /// Not inlined: some hundred instructions, wanted in many places.
    #[inline(never)]
    pub(crate) fn mul(&self, other: &Self) -> Self {
        match M::REDUCTION {
            Reduction::General => self.mul_by_rows(other),
            Reduction::P384 => Self::reduce_by_shifts(product(&self.0, &other.0)),
        }
    }

    /// a²/R.
    #[inline(never)]
    pub(crate) fn square(&self) -> Self {
        match M::REDUCTION {
            Reduction::General => self.mul_by_rows(self),
            Reduction::P384 => Self::reduce_by_shifts(square(&self.0)),
        }
    }

    /// Montgomery's product, a row of the other factor's limbs at a time.
    ///
    /// Before each row the sum is below a + p, as (a + p + (2^64 − 1)·(a + p)) / 2^64 is: one bit above the limbs holds it.
    #[inline(always)]
    fn mul_by_rows(&self, other: &Self) -> Self {
        let (mut sum, mut above) = ([0; N], false);
        for_each_limb!(N, limb => (sum, above) = Self::row(&sum, above, &self.0, other.0[limb]));
        Self::reduced_once(&sum, above)
    }

    /// `sum + a·b`, with a multiple of the prime that clears the lowest limb, which is dropped.
    #[inline(always)]
    fn row(sum: &Limbs<N>, above: bool, a: &Limbs<N>, b: u64) -> (Limbs<N>, bool) {
        let (t, carry) = add_product(sum, a, b);
        let (top, beyond) = carrying_add(carry, above as u64, false);
        let m = t[0].wrapping_mul(Self::NEGATED_INVERSE);
        let (cleared, carry) = add_product(&t, &M::VALUE, m);
        let (last, above) = carrying_add(top, carry, false);
        (shifted(&cleared, last), above | beyond)
    }

    /// The lower and upper half of a product of two residues, divided by R: the lower limbs are cleared one after the other.
    ///
    /// What is left of the lower half is at most the prime, the upper half is below it: their sum is below 2p.
    #[inline(always)]
    fn reduce_by_shifts((mut low, high): (Limbs<N>, Limbs<N>)) -> Self {
        for_each_limb!(N, _limb => low = clear_lowest_by_shifts(&low));
        let (sum, carry) = limbs::add(&low, &high);
        Self::reduced_once(&sum, carry)
    }

    /// The Montgomery form of the inverse of a Montgomery form, and 0 for 0. Time depends on the value.
    pub(crate) fn invert(&self) -> Self {
        Self::kept(M::invert(&self.0)).mul(&Self::R_CUBED)
    }

    /// Replaces each plain value, none of which may be zero, by the Montgomery form of its inverse, R/a, with one
    /// inversion. `products` is scratch of at least the same length.
    pub(crate) fn invert_all(values: &mut [Self], products: &mut [Self]) {
        // products[i] = a₀·…·a₍ᵢ₋₁₎ · R^(1−i); the surplus powers cancel on the way back.
        let mut product = Self::ONE;
        for (value, before) in values.iter().zip(products.iter_mut()) {
            *before = product;
            product = product.mul(value);
        }
        let mut inverse = Self::kept(M::invert(&product.0)).mul(&Self::R_SQUARED);
        for (value, before) in values.iter_mut().zip(products.iter()).rev() {
            let inverted = inverse.mul(before);
            inverse = inverse.mul(value);
            *value = inverted;
        }
    }
}

/// A column of a product, with what it carries into the next two.
#[derive(Clone, Copy, Default)]
struct Column {
    low: u128,
    high: u64,
}

impl Column {
    /// Adds a·b.
    #[inline(always)]
    fn add(&mut self, a: u64, b: u64) {
        let (low, carry) = self.low.overflowing_add(u128::from(a) * u128::from(b));
        self.low = low;
        self.high += u64::from(carry);
    }

    /// Adds another column twice.
    #[inline(always)]
    fn add_twice(&mut self, other: Self) {
        let (low, carry) = self.low.overflowing_add(other.low << 1);
        self.low = low;
        self.high += (other.high << 1 | (other.low >> 127) as u64) + u64::from(carry);
    }

    /// Goes on to the next column; yields the limb of this one.
    #[inline(always)]
    fn shift(&mut self) -> u64 {
        let lowest = self.low as u64;
        (self.low, self.high) = (self.low >> 64 | u128::from(self.high) << 64, 0);
        lowest
    }
}

/// `sum + a·b`, and the limb above.
#[inline(always)]
fn add_product<const N: usize>(sum: &Limbs<N>, a: &Limbs<N>, b: u64) -> (Limbs<N>, u64) {
    let mut carry = 0;
    let sum = core::array::from_fn(|limb| {
        let (low, high) = carrying_mul_add(a[limb], b, sum[limb], carry);
        carry = high;
        low
    });
    (sum, carry)
}

/// Without the lowest limb, and with another one on top.
#[inline(always)]
fn shifted<const N: usize>(value: &Limbs<N>, top: u64) -> Limbs<N> {
    core::array::from_fn(|limb| if limb + 1 < N { value[limb + 1] } else { top })
}

/// `a·b`: lower and upper half.
#[inline(always)]
fn product<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    let (mut low, mut sum) = ([0; N], [0; N]);
    for_each_limb!(N, limb => {
        let (row, carry) = add_product(&sum, a, b[limb]);
        low[limb] = row[0];
        sum = shifted(&row, carry);
    });
    (low, sum)
}

/// `a²`: lower and upper half. Products of different limbs are formed once and doubled.
#[inline(always)]
fn square<const N: usize>(a: &Limbs<N>) -> (Limbs<N>, Limbs<N>) {
    let (mut sum, mut halves) = (Column::default(), ([0; N], [0; N]));
    for_each_column!(N, column => {
        let mut mixed = Column::default();
        for_each_limb!(N, row => if 2 * row < column && column < N + row {
            mixed.add(a[row], a[column - row]);
        });
        sum.add_twice(mixed);
        if column % 2 == 0 {
            sum.add(a[column / 2], a[column / 2]);
        }
        *limb_of(&mut halves, column) = sum.shift();
    });
    *limb_of(&mut halves, 2 * N - 1) = sum.shift();
    halves
}

#[inline(always)]
fn limb_of<const N: usize>(halves: &mut (Limbs<N>, Limbs<N>), index: usize) -> &mut u64 {
    if index < N { &mut halves.0[index] } else { &mut halves.1[index - N] }
}

/// One of two values, without a branch, which nobody could predict.
#[inline(always)]
fn either<const N: usize>(condition: bool, yes: &Limbs<N>, no: &Limbs<N>) -> Limbs<N> {
    core::array::from_fn(|limb| core::hint::select_unpredictable(condition, yes[limb], no[limb]))
}

/// A small integer.
const fn small<const N: usize>(value: u64) -> Limbs<N> {
    let mut limbs = [0; N];
    limbs[0] = value;
    limbs
}

/// `(t + m·p) / 2^64` with the m for which 2^64 divides, for P-384's prime; below p + (R − p) / 2^64, so that six of them leave
/// at most p.
///
/// p = 2^384 − v with v = 2^128 + 2^96 − 2^32 + 1, and −1/p is 2^32 + 1
/// modulo 2^64. So t + m·p = m·2^384 + t − m·v, where m·v has the lowest limb of t.
#[inline(always)]
fn clear_lowest_by_shifts<const N: usize>(t: &Limbs<N>) -> Limbs<N> {
    let m = t[0].wrapping_add(t[0] << 32);
    let (shifted, above) = (m << 32, m >> 32);
    // Limbs 1 and 2 of m·v; the lowest, m − shifted, may borrow.
    let (first, borrow) = borrowing_sub(shifted, above, m < shifted);
    let (second, third) = carrying_add(m, above, false);
    let (second, borrow) = borrowing_sub(second, 0, borrow);
    let third = third as u64 - borrow as u64;
    let (mut r, mut borrow, mut limb) = ([0; N], false, 0);
    while limb < N {
        let from = if limb + 1 < N { t[limb + 1] } else { m };
        let subtrahend = match limb {
            0 => first,
            1 => second,
            2 => third,
            _ => 0,
        };
        (r[limb], borrow) = borrowing_sub(from, subtrahend, borrow);
        limb += 1;
    }
    r
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::{BrainpoolP256r1, BrainpoolP384r1, NistP384, Parameters};
    use elliptic_curve::CurveArithmetic;
    use elliptic_curve::ff::PrimeField;
    use elliptic_curve::hazmat::FieldArithmetic;
    use proptest::prelude::*;

    /// An element of a library's field or scalars.
    fn foreign<F: PrimeField, const N: usize>(value: &Limbs<N>) -> F {
        let mut repr = F::Repr::default();
        repr.as_mut().copy_from_slice(&limbs::to_octets(value));
        F::from_repr(repr).into_option().expect("a value below the modulus")
    }

    fn octets<M: Modulus<N>, const N: usize>(value: Residue<M, N>) -> Vec<u8> {
        limbs::to_octets(value.limbs())
    }

    /// Every operation on two values, against a library's.
    fn compare<M: Modulus<N>, F: PrimeField, const N: usize>(a: &Limbs<N>, b: &Limbs<N>) {
        let (a, b) = (Residue::<M, N>::reduced(a), Residue::<M, N>::reduced(b));
        let (fa, fb) = (foreign::<F, N>(a.limbs()), foreign::<F, N>(b.limbs()));
        let (ma, mb) = (a.to_montgomery(), b.to_montgomery());
        let equal = |ours: Residue<M, N>, theirs: F| {
            let theirs = theirs.to_repr();
            assert_eq!(octets(ours), theirs.as_ref(), "of {a:?} and {b:?}");
        };
        equal(ma.mul(&mb).to_plain(), fa * fb);
        equal(ma.mul(&b), fa * fb);
        equal(ma.square().to_plain(), fa.square());
        equal(a.add(&b), fa + fb);
        equal(a.sub(&b), fa - fb);
        equal(a.double(), fa.double());
        equal(a.negate(), -fa);
        equal(a.halve().double(), fa);
        equal(ma.invert().to_plain(), fa.invert().into_option().unwrap_or(F::ZERO));
        equal(b.negated_if(a.limbs()[0] & 1 == 1), if a.limbs()[0] & 1 == 1 { -fb } else { fb });
        assert_eq!(ma, Residue::montgomery(a.limbs()));
    }

    fn limb() -> impl Strategy<Value = u64> {
        prop_oneof![
            Just(0),
            Just(1),
            Just(u64::MAX),
            Just(1 << 32),
            Just(1 << 63),
            any::<u64>(),
            any::<u64>()
        ]
    }

    /// Values with edges in their limbs, and values close to the modulus and to zero.
    fn value<M: Modulus<N>, const N: usize>() -> impl Strategy<Value = Limbs<N>> {
        let near = |value: Limbs<N>, offset: u64, below: bool| {
            let offset = small(offset);
            if below { limbs::sub(&value, &offset).0 } else { limbs::add(&value, &offset).0 }
        };
        prop_oneof![
            prop::collection::vec(limb(), N).prop_map(|limbs| core::array::from_fn(|index| limbs[index])),
            (0u64..4, any::<bool>()).prop_map(move |(offset, below)| near(M::VALUE, offset, below)),
            (0u64..4, any::<bool>()).prop_map(move |(offset, below)| near([0; N], offset, below)),
        ]
    }

    /// A test of both moduli of a curve against the curve's library.
    macro_rules! against {
        ($name:ident, $curve:ident, $limbs:literal, $library:path) => {
            proptest! {
                #![proptest_config(ProptestConfig::with_cases(2_000))]

                #[test]
                fn $name(
                    a in value::<<$curve as Parameters<$limbs>>::Field, $limbs>(),
                    b in value::<<$curve as Parameters<$limbs>>::Field, $limbs>(),
                    c in value::<<$curve as Parameters<$limbs>>::Order, $limbs>(),
                    d in value::<<$curve as Parameters<$limbs>>::Order, $limbs>(),
                ) {
                    type Field = <$library as FieldArithmetic>::FieldElement;
                    type Scalar = <$library as CurveArithmetic>::Scalar;
                    compare::<<$curve as Parameters<$limbs>>::Field, Field, $limbs>(&a, &b);
                    compare::<<$curve as Parameters<$limbs>>::Order, Scalar, $limbs>(&c, &d);
                }
            }
        };
    }

    against!(arithmetic_is_that_of_p384, NistP384, 6, p384::NistP384);
    against!(arithmetic_is_that_of_bp256, BrainpoolP256r1, 4, bp256::BrainpoolP256r1);
    against!(arithmetic_is_that_of_bp384, BrainpoolP384r1, 6, bp384::BrainpoolP384r1);

    #[test]
    fn only_integers_below_the_modulus_are_residues() {
        type Order = Residue<<NistP384 as Parameters<6>>::Order, 6>;
        let order = <<NistP384 as Parameters<6>>::Order as Modulus<6>>::VALUE;
        assert_eq!(Order::new(&order), None);
        assert_eq!(Order::new(&[u64::MAX; 6]), None);
        assert_eq!(Order::new(&limbs::sub(&order, &small(1)).0), Some(Order::UNIT.negate()));
        assert_eq!(Order::reduced(&order), Order::ZERO);
    }

    #[test]
    fn all_are_inverted_with_one_inversion() {
        type Order = Residue<<BrainpoolP256r1 as Parameters<4>>::Order, 4>;
        let values: Vec<Order> = (1..40).map(|limb| Order::reduced(&[limb, 0, limb << 7, 3])).collect();
        let (mut inverses, mut scratch) = (values.clone(), values.clone());
        Residue::invert_all(&mut inverses, &mut scratch);
        assert!(values.iter().zip(&inverses).all(|(value, inverse)| value.mul(inverse) == Order::UNIT));
    }
}
