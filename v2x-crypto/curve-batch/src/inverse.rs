//! Inverses modulo a prime by division steps, 62 at a time (Bernstein and Yang, "Fast constant-time gcd computation and
//! modular inversion", with the jumps of variable length that public values allow).
//!
//! With f odd, a step takes (f, g) to (f, g/2) for an even g, and otherwise to (f, (g + w·f)/2) with a w that makes it even,
//! after swapping the two when f has been reduced less. Sixty-two steps depend on the lowest 62 bits only, so they
//! are done on machine words, which collects a matrix; the matrix is then applied to all of f and g, and, modulo the
//! prime, to d and e, for which d·x ≡ f and e·x ≡ g holds throughout. At the end g = 0 and f = ±1.

use crate::limbs::Limbs;

/// Signed integers of 62·S bits: limbs of 62 bits, the top one signed. Five of them for 256 bits, seven for 384.
type Signed<const S: usize> = [i64; S];

const STEPS: u32 = 62;
const MASK: i64 = (1 << STEPS) - 1;

/// A prime below 2^(62·S − 16).
pub(crate) struct Inverter<const S: usize> {
    prime: Signed<S>,
    /// −1/prime modulo 2^62.
    negated_inverse: i64,
    /// Rounds of 62 steps after which every input is done.
    rounds: usize,
}

/// What 62 steps do: 2^62·(f', g') = (u·f + v·g, q·f + r·g). |u| + |v| and |q| + |r| are at most 2^62.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

impl<const S: usize> Inverter<S> {
    pub(crate) const fn new<const N: usize>(prime: &Limbs<N>) -> Self {
        let bits = 64 * N;
        assert!(bits + 16 <= 62 * S);
        let prime = split(prime);
        // Newton: an inverse modulo 2^3 of any odd number is itself; each turn doubles the bits.
        let (odd, mut inverse, mut right) = (prime[0], prime[0], 3);
        while right < STEPS {
            inverse = inverse.wrapping_mul(2i64.wrapping_sub(odd.wrapping_mul(inverse)));
            right *= 2;
        }
        // So many steps are enough for numbers of so many bits (Bernstein and Yang, theorem 11.2).
        let steps = (49 * bits + 57) / 17;
        let rounds = steps.div_ceil(STEPS as usize);
        Self { prime, negated_inverse: inverse.wrapping_neg() & MASK, rounds }
    }

    /// 1/x for x below the prime; 0 for 0.
    pub(crate) fn invert<const N: usize>(&self, x: &Limbs<N>) -> Limbs<N> {
        let (mut f, mut g) = (self.prime, split(x));
        let (mut d, mut e) = ([0; S], [0; S]);
        e[0] = 1;
        let mut lead = -1;
        for _ in 0..self.rounds {
            if g == [0; S] {
                break;
            }
            let matrix = steps(&mut lead, f[0] as u64, g[0] as u64);
            (f, g) = matrix.apply(&f, &g);
            (d, e) = self.apply(&matrix, &d, &e);
        }
        // f is 1 or −1, or the prime when x was zero; then d is still 0.
        self.reduce(&d, if f[S - 1] < 0 { -1 } else { 1 })
    }

    /// The matrix applied to (d, e) modulo the prime, divided by 2^62 by adding a multiple below 2^62 of the prime.
    ///
    /// With |d|, |e| ≤ B the results are at most B + prime: after the last round some twenty times the prime, which the
    /// sixteen bits to spare hold.
    fn apply(&self, matrix: &Matrix, d: &Signed<S>, e: &Signed<S>) -> (Signed<S>, Signed<S>) {
        (self.combine(matrix.u, d, matrix.v, e), self.combine(matrix.q, d, matrix.r, e))
    }

    fn combine(&self, u: i64, d: &Signed<S>, v: i64, e: &Signed<S>) -> Signed<S> {
        let low = u.wrapping_mul(d[0]).wrapping_add(v.wrapping_mul(e[0]));
        let multiple = low.wrapping_mul(self.negated_inverse) & MASK;
        divided(|limb| wide(u, d[limb]) + wide(v, e[limb]) + wide(multiple, self.prime[limb]))
    }

    /// `sign · value` modulo the prime; the value is within twenty times the prime.
    fn reduce<const N: usize>(&self, value: &Signed<S>, sign: i64) -> Limbs<N> {
        let mut value = carried(&[0; S], value, sign);
        while value[S - 1] < 0 {
            value = carried(&value, &self.prime, 1);
        }
        loop {
            let less = carried(&value, &self.prime, -1);
            if less[S - 1] < 0 {
                return joined(&value);
            }
            value = less;
        }
    }
}

impl Matrix {
    /// (f, g) after the steps; the division by 2^62 is exact.
    fn apply<const S: usize>(&self, f: &Signed<S>, g: &Signed<S>) -> (Signed<S>, Signed<S>) {
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
fn divided<const S: usize>(term: impl Fn(usize) -> i128) -> Signed<S> {
    let mut carry = term(0) >> STEPS;
    let mut limbs = [0; S];
    for limb in 1..S {
        let sum = term(limb) + carry;
        limbs[limb - 1] = sum as i64 & MASK;
        carry = sum >> STEPS;
    }
    limbs[S - 1] = carry as i64;
    limbs
}

/// `a + sign·b`, carried.
fn carried<const S: usize>(a: &Signed<S>, b: &Signed<S>, sign: i64) -> Signed<S> {
    let mut carry = 0;
    core::array::from_fn(|index| {
        let sum = a[index] + sign * b[index] + carry;
        carry = sum >> STEPS;
        if index + 1 < S { sum & MASK } else { sum }
    })
}

/// Limbs of 62 bits out of limbs of 64.
const fn split<const N: usize, const S: usize>(value: &Limbs<N>) -> Signed<S> {
    let (mut split, mut index) = ([0; S], 0);
    while index < S {
        let (limb, shift) = (62 * index / 64, 62 * index % 64);
        let low = if limb < N { value[limb] >> shift } else { 0 };
        let high = if shift > 0 && limb + 1 < N { value[limb + 1] << (64 - shift) } else { 0 };
        split[index] = (low | high) as i64 & MASK;
        index += 1;
    }
    split
}

/// The limbs of a value in 0..2^(64·N).
fn joined<const N: usize, const S: usize>(value: &Signed<S>) -> Limbs<N> {
    core::array::from_fn(|limb| {
        let (index, shift) = (64 * limb / 62, 64 * limb % 62);
        let at = |index: usize| u128::from(value.get(index).copied().unwrap_or(0) as u64);
        ((at(index) | at(index + 1) << 62) >> shift) as u64
    })
}
