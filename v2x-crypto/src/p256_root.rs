//! The y of a compressed point of P-256.
//!
//! Every unknown signer costs one decompression, and the generic field of the curve crates takes ten times as long for it as the
//! arithmetic that this prime allows. Points are public, so nothing here is secret; that the result lies on the curve is
//! checked at the end, whatever went before.

use crate::CryptoError;
use crate::Curve;

/// Four limbs of 64 bits, least significant first.
type Limbs = [u64; 4];

/// p = 2^256 − 2^224 + 2^192 + 2^96 − 1.
const P: Limbs = [0xffff_ffff_ffff_ffff, 0x0000_0000_ffff_ffff, 0, 0xffff_ffff_0000_0001];

/// An element of the field, kept as its product with 2^256, below p.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Element(Limbs);

/// 2^512 mod p: what brings an integer into the kept form.
const R_SQUARED: Element =
    Element([0x0000_0000_0000_0003, 0xffff_fffb_ffff_ffff, 0xffff_ffff_ffff_fffe, 0x0000_0004_ffff_fffd]);

/// The b of y² = x³ − 3x + b (FIPS 186-4, D.1.2.3).
const B: Limbs = [0x3bce_3c3e_27d2_604b, 0x651d_06b0_cc53_b0f6, 0xb3eb_bd55_7698_86bc, 0x5ac6_35d8_aa3a_93e7];

/// The y of this parity that belongs to x, big-endian.
///
/// # Errors
/// [`CryptoError::CoordinateRange`] for an x that is not below p, [`CryptoError::NotOnCurve`] when there is no such point.
pub(crate) fn y(y_is_odd: bool, x: &[u8; 32]) -> Result<[u8; 32], CryptoError> {
    let x = limbs(x);
    if !subtract(&x, &P).1 {
        return Err(CryptoError::CoordinateRange(Curve::NistP256));
    }
    let square = Element::of(x).curve_equation();
    let root = square.root();
    if root.square() != square {
        return Err(CryptoError::NotOnCurve(Curve::NistP256));
    }
    // No point of this curve has y = 0: its order is an odd prime.
    let y = root.integer();
    let has_parity = (y[0] & 1 == 1) == y_is_odd;
    Ok(octets(if has_parity { y } else { subtract(&P, &y).0 }))
}

impl Element {
    fn of(integer: Limbs) -> Self {
        Self(integer).times(&R_SQUARED)
    }

    fn integer(&self) -> Limbs {
        self.times(&Self([1, 0, 0, 0])).0
    }

    /// x³ − 3x + b.
    fn curve_equation(&self) -> Self {
        let linear = self.plus(self).plus(self);
        self.square().times(self).minus(&linear).plus(&Self::of(B))
    }

    /// The power (p + 1)/4 = 2^222·(2^32 − 1) + 2^190 + 2^94, which is a root of each square, as p ≡ 3 modulo 4.
    fn root(&self) -> Self {
        let ones_2 = self.square().times(self);
        let ones_4 = ones_2.squares(2).times(&ones_2);
        let ones_8 = ones_4.squares(4).times(&ones_4);
        let ones_16 = ones_8.squares(8).times(&ones_8);
        let ones_32 = ones_16.squares(16).times(&ones_16);
        ones_32.squares(32).times(self).squares(96).times(self).squares(94)
    }

    fn squares(&self, count: usize) -> Self {
        (0..count).fold(*self, |power, _| power.square())
    }

    fn plus(&self, other: &Self) -> Self {
        let (sum, carry) = add(&self.0, &other.0);
        Self(below_p(sum, carry))
    }

    fn minus(&self, other: &Self) -> Self {
        let (difference, borrow) = subtract(&self.0, &other.0);
        Self(if borrow { add(&difference, &P).0 } else { difference })
    }

    #[inline(always)]
    fn square(&self) -> Self {
        self.times(self)
    }

    /// Montgomery's product, one limb of `other` at a time. The sum is below 2p after each row, so five limbs hold it.
    #[inline(always)]
    fn times(&self, other: &Self) -> Self {
        let [b0, b1, b2, b3] = other.0;
        let sum = row(row(row(row([0; 5], &self.0, b0), &self.0, b1), &self.0, b2), &self.0, b3);
        let [low @ .., high] = sum;
        Self(below_p(low, high != 0))
    }
}

/// `(sum + a·b + m·p) / 2^64` with the m that clears the lowest limb.
///
/// As p ≡ −1 modulo 2^64, m is the lowest limb t of `sum + a·b`, which five limbs hold: with a sum below 2p it is below
/// (2^64 + 1)·p < 2^320. And t·p = t·p[3]·2^192 + t·2^96 − t.
#[inline(always)]
fn row(sum: [u64; 5], a: &Limbs, b: u64) -> [u64; 5] {
    let (t0, carry) = multiply(a[0], b, sum[0], 0);
    let (t1, carry) = multiply(a[1], b, sum[1], carry);
    let (t2, carry) = multiply(a[2], b, sum[2], carry);
    let (t3, carry) = multiply(a[3], b, sum[3], carry);
    let (t4, _) = carrying(sum[4], carry, false);
    let (low, high) = multiply(t0, P[3], 0, 0);
    let (r0, carry) = carrying(t1, t0 << 32, false);
    let (r1, carry) = carrying(t2, t0 >> 32, carry);
    let (r2, carry) = carrying(t3, low, carry);
    let (r3, carry) = carrying(t4, high, carry);
    [r0, r1, r2, r3, u64::from(carry)]
}

/// `high·2^256 + a`, which is below 2p, less p if it is not below that.
#[inline(always)]
fn below_p(a: Limbs, high: bool) -> Limbs {
    let (less, borrow) = subtract(&a, &P);
    if borrow && !high { a } else { less }
}

fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, carry) = carrying(a[0], b[0], false);
    let (r1, carry) = carrying(a[1], b[1], carry);
    let (r2, carry) = carrying(a[2], b[2], carry);
    let (r3, carry) = carrying(a[3], b[3], carry);
    ([r0, r1, r2, r3], carry)
}

/// `a − b`, and whether it is below zero.
#[inline(always)]
fn subtract(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, borrow) = borrowing(a[0], b[0], false);
    let (r1, borrow) = borrowing(a[1], b[1], borrow);
    let (r2, borrow) = borrowing(a[2], b[2], borrow);
    let (r3, borrow) = borrowing(a[3], b[3], borrow);
    ([r0, r1, r2, r3], borrow)
}

#[inline(always)]
const fn carrying(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

#[inline(always)]
const fn borrowing(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `a·b + c + d`, which 128 bits always hold: low and high.
#[inline(always)]
const fn multiply(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = a as u128 * b as u128 + c as u128 + d as u128;
    (sum as u64, (sum >> 64) as u64)
}

fn limbs(octets: &[u8; 32]) -> Limbs {
    let (words, _) = octets.as_chunks::<8>();
    let mut limbs = [0; 4];
    limbs.iter_mut().zip(words.iter().rev()).for_each(|(limb, word)| *limb = u64::from_be_bytes(*word));
    limbs
}

fn octets(limbs: Limbs) -> [u8; 32] {
    let mut octets = [0; 32];
    let (words, _) = octets.as_chunks_mut::<8>();
    words.iter_mut().zip(limbs.iter().rev()).for_each(|(word, limb)| *word = limb.to_be_bytes());
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PublicKey;
    use crate::arithmetic::decompressed;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{Rng, SeedableRng};

    fn assert_as_the_curve_crate(x: &[u8; 32]) -> bool {
        let mut is_on_curve = false;
        for odd in [false, true] {
            let found = y(odd, x).map(|y| PublicKey::from_checked(Curve::NistP256, x, &y));
            assert_eq!(found, decompressed::<p256::NistP256>(odd, x), "{x:02x?}");
            is_on_curve = found.is_ok();
        }
        is_on_curve
    }

    #[test]
    fn random_coordinates_have_the_points_that_the_curve_crate_finds() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut on_curve = 0;
        for _ in 0..400 {
            let mut x = [0; 32];
            rng.fill_bytes(&mut x);
            on_curve += usize::from(assert_as_the_curve_crate(&x));
        }
        assert!((150..250).contains(&on_curve), "{on_curve} of 400");
    }

    #[test]
    fn coordinates_at_the_edges_of_limbs_and_of_the_field_are_judged_alike() {
        let (one, top) = ([1, 0, 0, 0], [0, 0, 0, 1 << 63]);
        let edges = [[0; 4], one, top, [u64::MAX; 4], P, subtract(&P, &one).0, add(&P, &one).0, B];
        for edge in edges {
            for away in 0..40 {
                let away = [away, 0, 0, 0];
                assert_as_the_curve_crate(&octets(add(&edge, &away).0));
                assert_as_the_curve_crate(&octets(subtract(&edge, &away).0));
            }
        }
        for limb in 0..4 {
            for word in [u64::MAX, u64::MAX - 1, 1 << 32, (1 << 32) - 1] {
                let mut x = [0; 4];
                x[limb] = word;
                assert_as_the_curve_crate(&octets(x));
            }
        }
    }
}
