//! Integers of 256 bits as four limbs of 64, least significant first.

/// Four limbs, least significant first.
pub(crate) type Limbs = [u64; 4];

/// The integer of 32 octets, most significant first.
pub(crate) fn from_octets(octets: &[u8; 32]) -> Limbs {
    let (words, _) = octets.as_chunks::<8>();
    core::array::from_fn(|limb| u64::from_be_bytes(words[3 - limb]))
}

/// 32 octets, most significant first.
#[cfg(test)]
pub(crate) fn to_octets(value: &Limbs) -> [u8; 32] {
    let mut octets = [0; 32];
    for (chunk, limb) in octets.chunks_exact_mut(8).zip(value.iter().rev()) {
        chunk.copy_from_slice(&limb.to_be_bytes());
    }
    octets
}

// The four below are methods of u64, but not yet in constants.

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

/// `a·b + c`: low and high.
#[inline(always)]
pub(crate) const fn carrying_mul(a: u64, b: u64, c: u64) -> (u64, u64) {
    carrying_mul_add(a, b, c, 0)
}

/// `a·b + c + d`, which 128 bits always hold: low and high.
#[inline(always)]
pub(crate) const fn carrying_mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = a as u128 * b as u128 + c as u128 + d as u128;
    (sum as u64, (sum >> 64) as u64)
}

/// `a + b`, and whether it overflows.
#[inline(always)]
pub(crate) const fn add(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, c) = carrying_add(a[0], b[0], false);
    let (r1, c) = carrying_add(a[1], b[1], c);
    let (r2, c) = carrying_add(a[2], b[2], c);
    let (r3, c) = carrying_add(a[3], b[3], c);
    ([r0, r1, r2, r3], c)
}

/// `a - b`, and whether it is below zero.
#[inline(always)]
pub(crate) const fn sub(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    let (r0, c) = borrowing_sub(a[0], b[0], false);
    let (r1, c) = borrowing_sub(a[1], b[1], c);
    let (r2, c) = borrowing_sub(a[2], b[2], c);
    let (r3, c) = borrowing_sub(a[3], b[3], c);
    ([r0, r1, r2, r3], c)
}

/// `a < b`.
pub(crate) const fn less(a: &Limbs, b: &Limbs) -> bool {
    sub(a, b).1
}

/// Whether it is zero.
#[inline(always)]
pub(crate) const fn is_zero(a: &Limbs) -> bool {
    a[0] | a[1] | a[2] | a[3] == 0
}

/// `high · 2^256 + a`, less `modulus` if it is not below it: fully reduced when the argument was below `2 · modulus`.
#[inline(always)]
pub(crate) const fn reduce_once(a: Limbs, high: bool, modulus: &Limbs) -> Limbs {
    // By adding 2^256 − modulus, whose carry says which of the two it is; and without a branch, which nobody could predict.
    let (less, carry) = add(&a, &sub(&[0; 4], modulus).0);
    let mask = ((high | carry) as u64).wrapping_neg();
    [
        a[0] ^ ((a[0] ^ less[0]) & mask),
        a[1] ^ ((a[1] ^ less[1]) & mask),
        a[2] ^ ((a[2] ^ less[2]) & mask),
        a[3] ^ ((a[3] ^ less[3]) & mask),
    ]
}

/// Bits `from..from + count` of the value, zeros beyond the end; `count` is 1 to 63.
#[inline(always)]
pub(crate) fn bits(value: &Limbs, from: usize, count: usize) -> u64 {
    let (limb, shift) = (from / 64, from % 64);
    let low = value.get(limb).copied().unwrap_or(0);
    let high = value.get(limb + 1).copied().unwrap_or(0);
    let joined = u128::from(high) << 64 | u128::from(low);
    (joined >> shift) as u64 & ((1 << count) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_come_back() {
        let octets = core::array::from_fn(|index| index as u8);
        assert_eq!(to_octets(&from_octets(&octets)), octets);
        assert_eq!(from_octets(&octets)[3], 0x0001_0203_0405_0607);
    }

    #[test]
    fn bits_cross_limbs_and_end_in_zeros() {
        let value = [1 << 63, 0b101, 0, 1 << 63];
        assert_eq!(bits(&value, 63, 4), 0b1011);
        assert_eq!(bits(&value, 250, 16), 1 << 5);
        assert_eq!(bits(&value, 256, 8), 0);
        assert_eq!(bits(&value, 400, 63), 0);
    }

    #[test]
    fn a_difference_below_zero_borrows() {
        assert_eq!(sub(&[0; 4], &[1, 0, 0, 0]), ([u64::MAX; 4], true));
        assert_eq!(add(&[u64::MAX; 4], &[1, 0, 0, 0]), ([0; 4], true));
        assert!(less(&[9, 0, 0, 0], &[0, 1, 0, 0]) && !less(&[0; 4], &[0; 4]));
    }
}
