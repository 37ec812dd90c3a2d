//! The field of P-256 on four limbs of 64 bits: Montgomery form with R = 2^256, values always below p.
//!
//! This is the arithmetic of the portable kernel, of table building and of everything that is done once a batch.

use crate::inverse;
use crate::limbs::{self, Limbs, carrying_add, carrying_mul, carrying_mul_add};

/// p = 2^256 − 2^224 + 2^192 + 2^96 − 1.
pub(crate) const P: Limbs = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// An element `a` of the field, kept as `a · 2^256 mod p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fp(Limbs);

impl Fp {
    pub(crate) const ZERO: Self = Self([0; 4]);
    pub(crate) const ONE: Self = Self(limbs::sub(&[0; 4], &P).0);
    /// 2^512: its product with the inverse of a kept form is the kept form of the inverse.
    const R_SQUARED: Self = Self::power_of_two(512);
    /// The curve's b in y² = x³ − 3x + b.
    pub(crate) const B: Self = Self::from_integer([
        0x3bce_3c3e_27d2_604b,
        0x651d_06b0_cc53_b0f6,
        0xb3eb_bd55_7698_86bc,
        0x5ac6_35d8_aa3a_93e7,
    ]);

    /// The element with this kept form, which must be below p.
    pub(crate) const fn from_kept(kept: Limbs) -> Self {
        Self(kept)
    }

    /// The kept form, below p.
    pub(crate) const fn kept(&self) -> &Limbs {
        &self.0
    }

    /// The element whose kept form is congruent to `high·2^256 + low`, with a high part below 2^31.
    ///
    /// 2^256 ≡ 2^224 − 2^192 − 2^96 + 1 < 2^224, so what is added is below 2^255, and the sum below 2p.
    #[cfg(any(test, target_arch = "x86_64"))]
    pub(crate) fn from_wide(low: Limbs, high: u64) -> Self {
        debug_assert!(high >> 31 == 0);
        let once = &Self::ONE.0;
        let (t0, c) = carrying_mul(once[0], high, 0);
        let (t1, c) = carrying_mul(once[1], high, c);
        let (t2, c) = carrying_mul(once[2], high, c);
        let (t3, _) = carrying_mul(once[3], high, c);
        let (sum, carry) = limbs::add(&low, &[t0, t1, t2, t3]);
        Self(limbs::reduce_once(sum, carry, &P))
    }

    /// The element `integer`, which must be below p.
    pub(crate) const fn from_integer(integer: Limbs) -> Self {
        const R: Fp = Fp::power_of_two(256);
        Self(integer).mul(&R)
    }

    /// The integer below p.
    #[cfg(test)]
    pub(crate) const fn to_integer(self) -> Limbs {
        self.mul(&Self([1, 0, 0, 0])).0
    }

    /// 2^exponent.
    pub(crate) const fn power_of_two(exponent: usize) -> Self {
        let (mut power, mut done) = (Self::ONE, 0);
        while done < exponent {
            power = power.double();
            done += 1;
        }
        power
    }

    /// 2^-exponent.
    pub(crate) const fn inverse_power_of_two(exponent: usize) -> Self {
        let (mut power, mut done) = (Self::ONE.0, 0);
        while done < exponent {
            // An odd value becomes even by adding p, which is odd.
            let (even, carry) = if power[0] & 1 == 1 { limbs::add(&power, &P) } else { (power, false) };
            let top = (carry as u64) << 63;
            power = [
                even[0] >> 1 | even[1] << 63,
                even[1] >> 1 | even[2] << 63,
                even[2] >> 1 | even[3] << 63,
                even[3] >> 1 | top,
            ];
            done += 1;
        }
        Self(power)
    }

    pub(crate) const fn is_zero(&self) -> bool {
        limbs::is_zero(&self.0)
    }

    #[inline(always)]
    pub(crate) const fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self(limbs::reduce_once(sum, carry, &P))
    }

    #[inline(always)]
    pub(crate) const fn double(&self) -> Self {
        self.add(self)
    }

    #[inline(always)]
    pub(crate) const fn sub(&self, other: &Self) -> Self {
        let (difference, borrow) = limbs::sub(&self.0, &other.0);
        let mask = (borrow as u64).wrapping_neg();
        let back = [mask, mask & P[1], 0, mask & P[3]];
        Self(limbs::add(&difference, &back).0)
    }

    #[inline(always)]
    pub(crate) const fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    /// Montgomery's product, a row of the other factor's limbs at a time.
    ///
    /// Before each row the sum is below 2p. With the row it is below 2p + (2^64 − 1)·p < 2^320, so five limbs hold it;
    /// with the multiple of p that clears the lowest limb it is below 2^65·p, which takes one bit more; and shifted by a
    /// limb it is below 2p again.
    #[inline(always)]
    pub(crate) const fn mul(&self, other: &Self) -> Self {
        let (a, b) = (&self.0, &other.0);
        let sum = row([0; 5], a, b[0]);
        let sum = row(sum, a, b[1]);
        let sum = row(sum, a, b[2]);
        let [r0, r1, r2, r3, high] = row(sum, a, b[3]);
        Self(limbs::reduce_once([r0, r1, r2, r3], high != 0, &P))
    }

    /// The square: cross products once, doubled; then the four lowest limbs are cleared one after the other.
    ///
    /// The lower half is then at most p, the upper half below p, as p² < 2^256·p: one subtraction is enough.
    #[inline(always)]
    pub(crate) const fn square(&self) -> Self {
        let a = &self.0;
        let (t1, c) = carrying_mul(a[0], a[1], 0);
        let (t2, c) = carrying_mul(a[0], a[2], c);
        let (t3, t4) = carrying_mul(a[0], a[3], c);
        let (t3, c) = carrying_mul(a[1], a[2], t3);
        let (t4, t5) = carrying_mul_add(a[1], a[3], t4, c);
        let (t5, t6) = carrying_mul(a[2], a[3], t5);

        let t7 = t6 >> 63;
        let t6 = t6 << 1 | t5 >> 63;
        let t5 = t5 << 1 | t4 >> 63;
        let t4 = t4 << 1 | t3 >> 63;
        let t3 = t3 << 1 | t2 >> 63;
        let t2 = t2 << 1 | t1 >> 63;
        let t1 = t1 << 1;

        let (t0, h) = carrying_mul(a[0], a[0], 0);
        let (t1, c) = carrying_add(t1, h, false);
        let (l, h) = carrying_mul(a[1], a[1], 0);
        let (t2, c) = carrying_add(t2, l, c);
        let (t3, c) = carrying_add(t3, h, c);
        let (l, h) = carrying_mul(a[2], a[2], 0);
        let (t4, c) = carrying_add(t4, l, c);
        let (t5, c) = carrying_add(t5, h, c);
        let (l, h) = carrying_mul(a[3], a[3], 0);
        let (t6, c) = carrying_add(t6, l, c);
        let (t7, _) = carrying_add(t7, h, c);

        let low = clear_lowest(clear_lowest(clear_lowest(clear_lowest([t0, t1, t2, t3]))));
        let (sum, carry) = limbs::add(&low, &[t4, t5, t6, t7]);
        Self(limbs::reduce_once(sum, carry, &P))
    }

    /// 1/a, and 0 for 0. Time depends on the value, which is public wherever this crate works.
    pub(crate) fn invert(&self) -> Self {
        Self(inverse::FIELD.invert(&self.0)).mul(&Self::R_SQUARED)
    }

    /// x³ − 3x + b, the square of the y that belongs to x.
    pub(crate) const fn curve_equation(x: &Self) -> Self {
        let triple = x.double().add(x);
        x.square().mul(x).sub(&triple).add(&Self::B)
    }
}

/// `sum + a·b`, with a multiple of p that clears the lowest limb, which is dropped.
#[inline(always)]
const fn row(sum: [u64; 5], a: &Limbs, b: u64) -> [u64; 5] {
    let (t0, c) = carrying_mul_add(a[0], b, sum[0], 0);
    let (t1, c) = carrying_mul_add(a[1], b, sum[1], c);
    let (t2, c) = carrying_mul_add(a[2], b, sum[2], c);
    let (t3, c) = carrying_mul_add(a[3], b, sum[3], c);
    let (t4, _) = carrying_add(sum[4], c, false);
    // t + t0·p = t + t0·(2^256 − 2^224 + 2^192) + t0·2^96 − t0
    let (low, high) = carrying_mul(t0, P[3], 0);
    let (r0, c) = carrying_add(t1, t0 << 32, false);
    let (r1, c) = carrying_add(t2, t0 >> 32, c);
    let (r2, c) = carrying_add(t3, low, c);
    let (r3, c) = carrying_add(t4, high, c);
    [r0, r1, r2, r3, c as u64]
}

/// `(t + t[0]·p) / 2^64`, which is below p + (2^256 − p) / 2^64: four of them leave at most p.
#[inline(always)]
const fn clear_lowest(t: Limbs) -> Limbs {
    let (low, high) = carrying_mul(t[0], P[3], 0);
    let (r0, c) = carrying_add(t[1], t[0] << 32, false);
    let (r1, c) = carrying_add(t[2], t[0] >> 32, c);
    let (r2, c) = carrying_add(t[3], low, c);
    [r0, r1, r2, high + c as u64]
}
