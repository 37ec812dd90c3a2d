//! Inverses modulo p and n by division steps, 62 at a time (Bernstein and Yang, "Fast constant-time gcd computation and
//! modular inversion", with the jumps of variable length that public values allow).
//!
//! With f odd, a step takes (f, g) to (f, g/2) for an even g, and otherwise to (f, (g + w·f)/2) with a w that makes it even,
//! after swapping the two when f has been reduced less. Sixty-two steps depend on the lowest 62 bits only, so they
//! are done on machine words, which collects a matrix; the matrix is then applied to all of f and g, and, modulo the
//! modulus, to d and e, for which d·x ≡ f and e·x ≡ g holds throughout. At the end g = 0 and f = ±1.

use crate::limbs::Limbs;

/// p and n.
pub(crate) const FIELD: Modulus = Modulus::new(&crate::field::P);
pub(crate) const ORDER: Modulus = Modulus::new(&crate::scalar::N);

/// Signed integers of 310 bits: limbs of 62 bits, the top one signed.
type Signed = [i64; 5];

const STEPS: u32 = 62;
const MASK: i64 = (1 << STEPS) - 1;

/// Rounds of 62 steps after which every 256-bit input is done: 741 steps are enough (Bernstein and Yang, theorem 11.2).
const MAX_ROUNDS: usize = 12;

/// A prime of 256 bits.
pub(crate) struct Modulus {
    value: Signed,
    /// −1/modulus modulo 2^62.
    negated_inverse: i64,
}

/// What 62 steps do: 2^62·(f', g') = (u·f + v·g, q·f + r·g). |u| + |v| and |q| + |r| are at most 2^62.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

impl Modulus {
    const fn new(limbs: &Limbs) -> Self {
        let value = split(limbs);
        // Newton: an inverse modulo 2^3 of any odd number is itself; each turn doubles the bits.
        let odd = value[0];
        let mut inverse = odd;
        let mut bits = 3;
        while bits < STEPS {
            inverse = inverse.wrapping_mul(2i64.wrapping_sub(odd.wrapping_mul(inverse)));
            bits *= 2;
        }
        Self { value, negated_inverse: inverse.wrapping_neg() & MASK }
    }

    /// 1/x for x below the modulus; 0 for 0.
    pub(crate) fn invert(&self, x: &Limbs) -> Limbs {
        let (mut f, mut g) = (self.value, split(x));
        let (mut d, mut e) = ([0; 5], [1, 0, 0, 0, 0]);
        let mut lead = -1;
        for _ in 0..MAX_ROUNDS {
            if g == [0; 5] {
                break;
            }
            let matrix = steps(&mut lead, f[0] as u64, g[0] as u64);
            (f, g) = matrix.apply(&f, &g);
            (d, e) = self.apply(&matrix, &d, &e);
        }
        // f is 1 or −1, or the modulus when x was zero; then d is still 0.
        if f[4] < 0 { self.reduce(&d, -1) } else { self.reduce(&d, 1) }
    }

    /// The matrix applied to (d, e) modulo the modulus, divided by 2^62 by adding a multiple below 2^62 of the modulus.
    ///
    /// With |d|, |e| ≤ B the results are at most B + modulus: after twelve rounds 13·2^256, far inside 310 bits.
    fn apply(&self, matrix: &Matrix, d: &Signed, e: &Signed) -> (Signed, Signed) {
        (self.combine(matrix.u, d, matrix.v, e), self.combine(matrix.q, d, matrix.r, e))
    }

    fn combine(&self, u: i64, d: &Signed, v: i64, e: &Signed) -> Signed {
        let low = u.wrapping_mul(d[0]).wrapping_add(v.wrapping_mul(e[0]));
        let multiple = low.wrapping_mul(self.negated_inverse) & MASK;
        let term = |limb: usize| wide(u, d[limb]) + wide(v, e[limb]) + wide(multiple, self.value[limb]);
        divided(term)
    }

    /// `sign · value` modulo the modulus; the value is below 2^260.
    fn reduce(&self, value: &Signed, sign: i64) -> Limbs {
        let mut carry = 0i64;
        let mut limbs: Signed = core::array::from_fn(|index| {
            let sum = sign * value[index] + carry;
            carry = sum >> STEPS;
            if index < 4 { sum & MASK } else { sum }
        });
        while limbs[4] < 0 {
            limbs = carried(&limbs, &self.value, 1);
        }
        loop {
            let less = carried(&limbs, &self.value, -1);
            if less[4] < 0 {
                return joined(&limbs);
            }
            limbs = less;
        }
    }

    #[cfg(test)]
    fn limbs(&self) -> Limbs {
        joined(&self.value)
    }
}

impl Matrix {
    /// (f, g) after the steps; the division by 2^62 is exact.
    fn apply(&self, f: &Signed, g: &Signed) -> (Signed, Signed) {
        (
            divided(|limb| wide(self.u, f[limb]) + wide(self.v, g[limb])),
            divided(|limb| wide(self.q, f[limb]) + wide(self.r, g[limb])),
        )
    }
}

/// 62 steps on the lowest words of f and g. `lead` says how much further f has been reduced than g: below zero, an odd g
/// is swapped in.
fn steps(lead: &mut i64, mut f: u64, mut g: u64) -> Matrix {
    let (mut u, mut v, mut q, mut r) = (1u64, 0u64, 0u64, 1u64);
    let mut left = STEPS;
    loop {
        // Even steps in one go, but not beyond the last.
        let zeros = (g | u64::MAX << left).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        *lead -= i64::from(zeros);
        left -= zeros;
        if left == 0 {
            return Matrix { u: u as i64, v: v as i64, q: q as i64, r: r as i64 };
        }
        if *lead < 0 {
            *lead = -*lead;
            (f, g) = (g, f.wrapping_neg());
            (u, q) = (q, u.wrapping_neg());
            (v, r) = (r, v.wrapping_neg());
        }
        // No swap can come in the next lead + 1 steps: clear as many bits of g at once, at most six.
        let count = left.min(u32::try_from(*lead + 1).unwrap_or(left)).min(6);
        let w = g.wrapping_mul(negated_inverse_of_64(f)) & ((1 << count) - 1);
        g = g.wrapping_add(f.wrapping_mul(w));
        q = q.wrapping_add(u.wrapping_mul(w));
        r = r.wrapping_add(v.wrapping_mul(w));
    }
}

/// −1/f modulo 64, for an odd f: f·f ≡ 1 modulo 8, so f·(f² − 2) is right to six bits.
const fn negated_inverse_of_64(f: u64) -> u64 {
    f.wrapping_mul(f.wrapping_mul(f).wrapping_sub(2))
}

const fn wide(a: i64, b: i64) -> i128 {
    a as i128 * b as i128
}

/// Σ term(i)·2^(62·i) divided by 2^62, for a sum that this divides.
///
/// |term| is below 3·2^124 with its carry: two or three products, one of 2^62 by a limb below 2^62 in each.
#[inline(always)]
fn divided(term: impl Fn(usize) -> i128) -> Signed {
    let mut carry = term(0) >> STEPS;
    let mut limbs = [0; 5];
    for limb in 1..5 {
        let sum = term(limb) + carry;
        limbs[limb - 1] = sum as i64 & MASK;
        carry = sum >> STEPS;
    }
    limbs[4] = carry as i64;
    limbs
}

/// `a + sign·b`, carried.
fn carried(a: &Signed, b: &Signed, sign: i64) -> Signed {
    let mut carry = 0;
    core::array::from_fn(|index| {
        let sum = a[index] + sign * b[index] + carry;
        carry = sum >> STEPS;
        if index < 4 { sum & MASK } else { sum }
    })
}

const fn split(value: &Limbs) -> Signed {
    let mask = MASK as u64;
    [
        (value[0] & mask) as i64,
        ((value[0] >> 62 | value[1] << 2) & mask) as i64,
        ((value[1] >> 60 | value[2] << 4) & mask) as i64,
        ((value[2] >> 58 | value[3] << 6) & mask) as i64,
        (value[3] >> 56) as i64,
    ]
}

/// The limbs of a value in 0..2^256.
fn joined(value: &Signed) -> Limbs {
    let [a, b, c, d, e] = value.map(|limb| limb as u64);
    [a | b << 62, b >> 2 | c << 60, c >> 4 | d << 58, d >> 6 | e << 56]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{field::Fp, limbs, scalar::Scalar};
    use proptest::prelude::*;

    fn modular(limbs: Limbs, modulus: &Modulus) -> Limbs {
        limbs::reduce_once(limbs, false, &modulus.limbs())
    }

    fn edge_or_any() -> impl Strategy<Value = Limbs> {
        let limb = prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(1 << 62), Just(1 << 63), any::<u64>()];
        prop::array::uniform4(limb)
    }

    #[test]
    fn zero_has_no_inverse_and_gives_zero() {
        assert_eq!(FIELD.invert(&[0; 4]), [0; 4]);
        assert_eq!(ORDER.invert(&[0; 4]), [0; 4]);
    }

    #[test]
    fn one_and_minus_one_are_their_own() {
        for modulus in [&FIELD, &ORDER] {
            let minus_one = limbs::sub(&modulus.limbs(), &[1, 0, 0, 0]).0;
            assert_eq!(modulus.invert(&[1, 0, 0, 0]), [1, 0, 0, 0]);
            assert_eq!(modulus.invert(&minus_one), minus_one);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 4_000 }))]

        #[test]
        fn a_value_times_its_inverse_is_one(limbs in edge_or_any()) {
            let value = modular(limbs, &FIELD);
            prop_assume!(!limbs::is_zero(&value));
            let product = Fp::from_integer(value).mul(&Fp::from_integer(FIELD.invert(&value)));
            prop_assert_eq!(product, Fp::ONE);
            prop_assert_eq!(Fp::from_integer(value).invert().mul(&Fp::from_integer(value)), Fp::ONE);
        }

        #[test]
        fn so_it_is_modulo_the_order(limbs in edge_or_any()) {
            let value = modular(limbs, &ORDER);
            prop_assume!(!limbs::is_zero(&value));
            let inverse = Scalar::from_integer(ORDER.invert(&value));
            prop_assert_eq!(inverse.to_montgomery().mul(&Scalar::from_integer(value)), Scalar::ONE);
        }
    }
}
