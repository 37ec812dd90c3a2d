//! Integers as limbs of 64 bits, least significant first.

/// As many limbs as a curve needs: four for 256 bits, six for 384.
pub(crate) type Limbs<const N: usize> = [u64; N];

/// The integer of octets, most significant first; of those that are too many, the leftmost are taken.
///
/// This is what ECDSA asks of a digest: its leftmost bits, as many as n has, which is a multiple of 64 on each of our
/// curves.
pub(crate) fn from_leftmost<const N: usize>(octets: &[u8]) -> Limbs<N> {
    let octets = octets.get(..8 * N).unwrap_or(octets);
    let mut limbs = [0; N];
    for (limb, chunk) in limbs.iter_mut().zip(octets.rchunks(8)) {
        *limb = chunk.iter().fold(0, |value, octet| value << 8 | u64::from(*octet));
    }
    limbs
}

/// The integer of exactly as many octets as the limbs hold, most significant first.
pub(crate) fn from_octets<const N: usize>(octets: &[u8]) -> Option<Limbs<N>> {
    (octets.len() == 8 * N).then(|| from_leftmost(octets))
}

/// The octets, most significant first.
#[cfg(test)]
pub(crate) fn to_octets<const N: usize>(value: &Limbs<N>) -> Vec<u8> {
    value.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect()
}

/// The integer of hexadecimal digits. Panics, at compile time where it is a constant, for other text or another length.
pub(crate) const fn from_hex<const N: usize>(text: &str) -> Limbs<N> {
    let digits = text.as_bytes();
    assert!(digits.len() == 16 * N);
    let (mut limbs, mut index) = ([0; N], 0);
    while index < digits.len() {
        let digit = digits[index];
        assert!(matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let digit = if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 };
        let limb = N - 1 - index / 16;
        limbs[limb] = limbs[limb] << 4 | digit as u64;
        index += 1;
    }
    limbs
}

// The first two are methods of u64, but not yet in constants.

/// `a + b + carry`, and the carry.
#[inline(always)]
pub(crate) const fn carrying_add(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(carry as u64);
    (sum, first | second)
}

/// `a - b - borrow`, and the borrow.
#[inline(always)]
pub(crate) const fn borrowing_sub(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, first) = a.overflowing_sub(b);
    let (difference, second) = difference.overflowing_sub(borrow as u64);
    (difference, first | second)
}

/// `a·b + c + d`, which 128 bits always hold: low and high.
#[inline(always)]
pub(crate) const fn carrying_mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = a as u128 * b as u128 + c as u128 + d as u128;
    (sum as u64, (sum >> 64) as u64)
}

/// `a + b`, and whether it overflows.
#[inline(always)]
pub(crate) const fn add<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let (mut sum, mut carry, mut limb) = ([0; N], false, 0);
    while limb < N {
        (sum[limb], carry) = carrying_add(a[limb], b[limb], carry);
        limb += 1;
    }
    (sum, carry)
}

/// `a - b`, and whether it is below zero.
#[inline(always)]
pub(crate) const fn sub<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> (Limbs<N>, bool) {
    let (mut difference, mut borrow, mut limb) = ([0; N], false, 0);
    while limb < N {
        (difference[limb], borrow) = borrowing_sub(a[limb], b[limb], borrow);
        limb += 1;
    }
    (difference, borrow)
}

/// `a < b`.
pub(crate) const fn less<const N: usize>(a: &Limbs<N>, b: &Limbs<N>) -> bool {
    sub(a, b).1
}

/// Whether it is zero.
#[inline(always)]
pub(crate) const fn is_zero<const N: usize>(a: &Limbs<N>) -> bool {
    let (mut any, mut limb) = (0, 0);
    while limb < N {
        any |= a[limb];
        limb += 1;
    }
    any == 0
}

/// `(high · 2^(64·N) + a) / 2`, rounded down.
#[inline(always)]
pub(crate) const fn halved<const N: usize>(a: &Limbs<N>, high: bool) -> Limbs<N> {
    let (mut half, mut limb) = ([0; N], 0);
    while limb < N {
        let above = if limb + 1 < N { a[limb + 1] } else { high as u64 };
        half[limb] = a[limb] >> 1 | above << 63;
        limb += 1;
    }
    half
}

/// Bits `from..from + count` of the value, zeros beyond the end; `count` is 1 to 127.
#[inline(always)]
pub(crate) fn bits<const N: usize>(value: &Limbs<N>, from: usize, count: usize) -> u128 {
    let (limb, shift) = (from / 64, from % 64);
    let at = |limb: usize| u128::from(value.get(limb).copied().unwrap_or(0));
    let low = (at(limb) | at(limb + 1) << 64) >> shift;
    let high = if shift == 0 { 0 } else { at(limb + 2) << (128 - shift) };
    (low | high) & ((1 << count) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_come_back() {
        let octets: Vec<u8> = (1..=48).collect();
        assert_eq!(to_octets(&from_octets::<6>(&octets).unwrap()), octets);
        assert_eq!(from_octets::<6>(&octets).unwrap()[5], 0x0102_0304_0506_0708);
        assert_eq!(from_octets::<6>(&octets[1..]), None);
    }

    #[test]
    fn of_a_long_digest_the_leftmost_octets_count_and_a_short_one_is_a_small_integer() {
        let octets: Vec<u8> = (0..48).collect();
        assert_eq!(Some(from_leftmost::<4>(&octets)), from_octets(&octets[..32]));
        assert_eq!(from_leftmost::<6>(&octets[..32])[4..], [0, 0]);
        assert_eq!(from_leftmost::<6>(&[1, 2, 3]), [0x01_0203, 0, 0, 0, 0, 0]);
        assert_eq!(from_leftmost::<4>(&[]), [0; 4]);
    }

    #[test]
    fn hexadecimal_text_is_read_from_the_left() {
        let text = "00000000000000010000000000000002000000000000000300000000000000af";
        assert_eq!(from_hex::<4>(text), [0xaf, 3, 2, 1]);
    }

    #[test]
    fn bits_cross_limbs_and_end_in_zeros() {
        let value = [1 << 63, u64::MAX, 0b101, 1 << 63];
        assert_eq!(bits(&value, 63, 68), 0b1011 << 64 | u128::from(u64::MAX) << 1 | 1);
        assert_eq!(bits(&value, 128, 100), 0b101);
        assert_eq!(bits(&value, 250, 16), 1 << 5);
        assert_eq!(bits(&value, 256, 8), 0);
        assert_eq!(bits(&value, 700, 127), 0);
    }

    #[test]
    fn a_difference_below_zero_borrows() {
        assert_eq!(sub(&[0; 4], &[1, 0, 0, 0]), ([u64::MAX; 4], true));
        assert_eq!(add(&[u64::MAX; 6], &[1, 0, 0, 0, 0, 0]), ([0; 6], true));
        assert!(less(&[9, 0, 0, 0], &[0, 1, 0, 0]) && !less(&[0; 4], &[0; 4]));
    }

    #[test]
    fn half_takes_the_bit_above() {
        assert_eq!(halved(&[3, 1, 0, 0], true), [1 | 1 << 63, 0, 0, 1 << 63]);
    }
}
