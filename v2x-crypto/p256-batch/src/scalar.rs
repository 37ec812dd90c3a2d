//! Integers modulo n, the order of P-256, on four limbs of 64 bits, always below n.

use crate::inverse;
use crate::limbs::{self, Limbs, carrying_add, carrying_mul_add};

/// n, the order of the curve.
pub(crate) const N: Limbs =
    [0xf3b9_cac2_fc63_2551, 0xbce6_faad_a717_9e84, 0xffff_ffff_ffff_ffff, 0xffff_ffff_0000_0000];

/// −1/n modulo 2^64.
const NEGATED_INVERSE: u64 = 0xccd1_c8aa_ee00_bc4f;

/// An integer below n.
///
/// Whether it stands for itself or is a Montgomery form, times 2^256, is up to who holds it: [`Scalar::mul`] of one of
/// each gives the plain product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(Limbs);

impl Scalar {
    pub(crate) const ZERO: Self = Self([0; 4]);
    pub(crate) const ONE: Self = Self([1, 0, 0, 0]);
    /// 2^256 mod n: the Montgomery form of 1.
    const R: Self = Self(limbs::sub(&[0; 4], &N).0);
    /// 2^512 mod n.
    const R_SQUARED: Self = {
        let (mut power, mut done) = (Self::R, 0);
        while done < 256 {
            power = power.add(&power);
            done += 1;
        }
        power
    };

    /// The integer of a signature's part: `None` unless it is in 1..n.
    pub(crate) fn from_part(octets: &[u8; 32]) -> Option<Self> {
        let limbs = limbs::from_octets(octets);
        (!limbs::is_zero(&limbs) && limbs::less(&limbs, &N)).then_some(Self(limbs))
    }

    /// The integer of a hash, modulo n: one subtraction is enough, as 2^256 < 2n.
    pub(crate) fn from_digest(octets: &[u8; 32]) -> Self {
        Self(limbs::reduce_once(limbs::from_octets(octets), false, &N))
    }

    /// An integer below n.
    #[cfg(test)]
    pub(crate) const fn from_integer(limbs: Limbs) -> Self {
        Self(limbs)
    }

    pub(crate) const fn limbs(&self) -> &Limbs {
        &self.0
    }

    #[inline(always)]
    pub(crate) const fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self(limbs::reduce_once(sum, carry, &N))
    }

    /// a·b / 2^256 mod n. Row by row: before each the sum is below 2n, as for the field.
    #[inline(always)]
    pub(crate) const fn mul(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        let sum = row([0; 5], a, b[0]);
        let sum = row(sum, a, b[1]);
        let sum = row(sum, a, b[2]);
        let [r0, r1, r2, r3, high] = row(sum, a, b[3]);
        Self(limbs::reduce_once([r0, r1, r2, r3], high != 0, &N))
    }

    /// a·2^256 mod n.
    #[cfg(test)]
    pub(crate) const fn to_montgomery(self) -> Self {
        self.mul(&Self::R_SQUARED)
    }

    /// Replaces each value, none of which may be zero, by the Montgomery form of its inverse: 2^256/a, with one inversion.
    /// `products` is scratch of at least the same length.
    pub(crate) fn invert_all(values: &mut [Self], products: &mut [Self]) {
        // products[i] = a₀·…·a₍ᵢ₋₁₎ · 2^(−256·(i−1)); the surplus powers cancel on the way back.
        let mut product = Self::R;
        for (value, before) in values.iter().zip(products.iter_mut()) {
            *before = product;
            product = product.mul(value);
        }
        let mut inverse = Self(inverse::ORDER.invert(&product.0)).mul(&Self::R_SQUARED);
        for (value, before) in values.iter_mut().zip(products.iter()).rev() {
            let inverted = inverse.mul(before);
            inverse = inverse.mul(value);
            *value = inverted;
        }
    }
}

/// `sum + a·b`, with a multiple of n that clears the lowest limb, which is dropped.
///
/// With a sum below 2n, sum + a·b is at most 2n + (2^64 − 1)·n < 2^320, which five limbs hold; the multiple of n may carry.
#[inline(always)]
const fn row(sum: [u64; 5], a: &Limbs, b: u64) -> [u64; 5] {
    let (t0, c) = carrying_mul_add(a[0], b, sum[0], 0);
    let (t1, c) = carrying_mul_add(a[1], b, sum[1], c);
    let (t2, c) = carrying_mul_add(a[2], b, sum[2], c);
    let (t3, c) = carrying_mul_add(a[3], b, sum[3], c);
    let (t4, _) = carrying_add(sum[4], c, false);
    let m = t0.wrapping_mul(NEGATED_INVERSE);
    let (_, c) = carrying_mul_add(m, N[0], t0, 0);
    let (r0, c) = carrying_mul_add(m, N[1], t1, c);
    let (r1, c) = carrying_mul_add(m, N[2], t2, c);
    let (r2, c) = carrying_mul_add(m, N[3], t3, c);
    let (r3, high) = carrying_add(t4, c, false);
    [r0, r1, r2, r3, high as u64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_what_they_are_called() {
        assert_eq!(N[0].wrapping_mul(NEGATED_INVERSE), u64::MAX);
        assert_eq!(Scalar::ONE.to_montgomery(), Scalar::R);
        assert_eq!(Scalar::R.mul(&Scalar::ONE), Scalar::ONE);
    }

    #[test]
    fn parts_of_signatures_are_in_range() {
        let octets = |limbs: &Limbs| limbs::to_octets(limbs);
        assert_eq!(Scalar::from_part(&[0; 32]), None);
        assert_eq!(Scalar::from_part(&octets(&N)), None);
        assert_eq!(Scalar::from_part(&[0xff; 32]), None);
        assert!(Scalar::from_part(&octets(&limbs::sub(&N, &[1, 0, 0, 0]).0)).is_some());
        assert_eq!(Scalar::from_digest(&octets(&N)), Scalar::ZERO);
    }

    #[test]
    fn all_are_inverted_with_one_inversion() {
        let values: Vec<Scalar> = (1..40).map(|limb| Scalar([limb, 0, limb << 7, 3])).collect();
        let (mut inverses, mut scratch) = (values.clone(), values.clone());
        Scalar::invert_all(&mut inverses, &mut scratch);
        assert!(values.iter().zip(&inverses).all(|(value, inverse)| value.mul(inverse) == Scalar::ONE));
    }
}
