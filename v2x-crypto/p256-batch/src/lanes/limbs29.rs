//! The field in nine limbs of 29 bits, for 32-bit multiplications as AVX2 has them: Montgomery form with R = 2^261.
//!
//! Words have 64 bits and no sign; a product reads the lower halves of its factors. In memory an element is packed into five
//! words, limb `i` beside limb `i + 4`, which halves the memory it takes and the instructions that add and subtract. What is
//! multiplied by many others is *wide*: the same five words, and then limbs 4 to 7 once more in words of their own. The
//! names of [`super::Lanes`] are:
//!
//! | | limbs 0 to 7 | limb 8 |
//! | --- | --- | --- |
//! | coordinate: y of an entry | 0..2^30 | 0..2^25 |
//! | coordinate: any other | 0..2^29 | 0..2^25 |
//! | difference | 0..3·2^29 | 0..3·2^24 + 2^8 |
//! | product | 0..2^29 | 0..2^27 |
//!
//! What takes the time is done by [`program`]s: lists of instructions, written down as assembly and kept beside
//! the AVX2 kernel. That each keeps to the table, for all values at once, is what the tests show by carrying out these very
//! lists, and the code below, on intervals instead of words.

#[cfg(test)]
pub(crate) mod program;

/// A word, or as many as a vector holds.
pub(crate) trait Word: Copy {
    fn splat(value: u64) -> Self;
    fn add(self, other: Self) -> Self;
    /// Times 2^BITS.
    fn up<const BITS: i32>(self) -> Self;
    /// Divided by 2^BITS.
    fn down<const BITS: i32>(self) -> Self;
    /// The lowest bits.
    fn low<const BITS: u32>(self) -> Self;
    /// The lower halves of two words, side by side.
    fn pair(low: Self, high: Self) -> Self;
    /// Adds both halves, neither of which overflows.
    fn add_pairs(self, other: Self) -> Self;
    fn sub_pairs(self, other: Self) -> Self;
}

/// The two products, by whoever carries out the programs.
pub(crate) trait Multiply<W: Word>: Copy {
    /// A product of a product and anything packed.
    fn mul(self, a: &Wide<W>, b: &Packed<W>) -> Wide<W>;
    fn square(self, a: &Wide<W>) -> Wide<W>;
}

/// An element in memory: Σ limb·2^(29·i), where word `i` has limb `i` below limb `i + 4`, and the last has limb 8.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Packed<W: Word>(pub(crate) [W; 5]);

/// An element to multiply by: a packed one, whose upper halves mean nothing, then limbs 4 to 7.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Wide<W: Word>(pub(crate) [W; 9]);

/// The word of a wide element that has a limb.
pub(super) const fn place(limb: usize) -> usize {
    match limb {
        0..4 => limb,
        8 => 4,
        _ => limb + 1,
    }
}

/// p.
pub(super) const P: [u64; 9] = {
    let all = (1 << 29) - 1;
    [all, all, all, (1 << 9) - 1, 0, 0, 1 << 18, (1 << 29) - (1 << 21), (1 << 24) - 1]
};

/// 2^261 mod p, which is one: 32·(2^256 − p) = 2^229 − 2^197 − 2^101 + 32, with what the minuses need borrowed from above.
pub(super) const ONE: [u64; 9] = {
    let all = (1 << 29) - 1;
    [32, 0, 0, (1 << 29) - (1 << 14), all, all, all - (1 << 23), (1 << 26) - 1, 0]
};

/// The integer one: a product with it divides by 2^261.
const INTEGER_ONE: [u64; 9] = [1, 0, 0, 0, 0, 0, 0, 0, 0];

/// `times·p`, carried, with `units·2^29` more in each limb but the top one, taken from the next: so that limbs can be
/// subtracted.
const fn spread(times: u64, units: u64) -> [u64; 9] {
    let (mut limbs, mut limb, mut carry) = ([0; 9], 0, 0);
    while limb < 8 {
        let sum = times * P[limb] + carry;
        carry = sum >> 29;
        limbs[limb] = sum % (1 << 29) + (units << 29) - if limb > 0 { units } else { 0 };
        limb += 1;
    }
    limbs[8] = times * P[8] + carry - units;
    limbs
}

/// For an x to be subtracted, or an entry's y.
pub(super) const LESS_X: [u64; 9] = spread(2, 1);
/// For any y.
pub(super) const LESS_Y: [u64; 9] = spread(4, 3);
/// For two x and a difference.
pub(super) const LESS_SUM: [u64; 9] = spread(8, 6);
/// For a product.
const LESS_PRODUCT: [u64; 9] = spread(16, 1);
/// For three times one.
const LESS_THREE_ONES: [u64; 9] = {
    let mut limbs = spread(4, 3);
    let mut limb = 0;
    while limb < 9 {
        limbs[limb] -= 3 * ONE[limb];
        limb += 1;
    }
    limbs
};

/// What programs read besides their operands, and where it lies.
pub(super) mod constants {
    use super::{LESS_SUM, LESS_X, LESS_Y, P};

    /// The lowest 29 bits.
    pub(crate) const LIMB: usize = 0;
    pub(crate) const P7: usize = 1;
    pub(crate) const P8: usize = 2;
    /// The lowest 53 bits: what limb 7 and those above it hold of 2^256.
    pub(crate) const BELOW_256: usize = 3;
    pub(crate) const LOWER_HALF: usize = 4;
    /// The lowest 29 bits of both halves.
    pub(crate) const LIMBS: usize = 5;
    pub(crate) const LESS_X_AT: usize = 6;
    pub(crate) const LESS_Y_AT: usize = 11;
    pub(crate) const LESS_SUM_AT: usize = 16;

    pub(crate) const ALL: [u64; 21] = {
        let limb = (1 << 29) - 1;
        let mut all = [0; 21];
        (all[LIMB], all[P7], all[P8]) = (limb, P[7], P[8]);
        (all[BELOW_256], all[LOWER_HALF], all[LIMBS]) = ((1 << 53) - 1, (1 << 32) - 1, limb | limb << 32);
        let (spreads, starts) = ([LESS_X, LESS_Y, LESS_SUM], [LESS_X_AT, LESS_Y_AT, LESS_SUM_AT]);
        let mut index = 0;
        while index < 15 {
            let (limbs, word) = (&spreads[index / 5], index % 5);
            let upper = if word < 4 { limbs[word + 4] << 32 } else { 0 };
            all[starts[index / 5] + word] = limbs[if word < 4 { word } else { 8 }] | upper;
            index += 1;
        }
        all
    };
}

/// A wide element with these limbs.
#[inline(always)]
pub(super) fn splat<W: Word>(limbs: &[u64; 9]) -> Wide<W> {
    let mut wide = Wide([W::splat(0); 9]);
    for limb in 0..9 {
        wide.0[place(limb)] = W::splat(limbs[limb]);
    }
    wide
}

#[inline(always)]
pub(super) fn splat_packed<W: Word>(limbs: &[u64; 9]) -> Packed<W> {
    pack(&splat(limbs))
}

#[inline(always)]
pub(super) fn pack<W: Word>(wide: &Wide<W>) -> Packed<W> {
    let Wide([a, b, c, d, last, e, f, g, h]) = *wide;
    Packed([W::pair(a, e), W::pair(b, f), W::pair(c, g), W::pair(d, h), last])
}

#[inline(always)]
pub(super) fn unpack<W: Word>(packed: &Packed<W>) -> Wide<W> {
    let Packed([a, b, c, d, last]) = *packed;
    Wide([a, b, c, d, last, a.down::<32>(), b.down::<32>(), c.down::<32>(), d.down::<32>()])
}

#[inline(always)]
fn less<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    let mut difference = *a;
    for word in 0..5 {
        difference.0[word] = a.0[word].sub_pairs(b.0[word]);
    }
    difference
}

#[inline(always)]
fn more<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    let mut sum = *a;
    for word in 0..5 {
        sum.0[word] = a.0[word].add_pairs(b.0[word]);
    }
    sum
}

/// a − b for two x.
#[inline(always)]
pub(super) fn sub_x<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    less(&more(a, &splat_packed(&LESS_X)), b)
}

/// 2a, for a coordinate that is not an entry's y.
#[inline(always)]
pub(super) fn double<W: Word>(a: &Packed<W>) -> Packed<W> {
    more(a, a)
}

/// −y of an entry.
#[inline(always)]
pub(super) fn negate_entry<W: Word>(y: &Packed<W>) -> Packed<W> {
    less(&splat_packed(&LESS_X), y)
}

/// 3·(x² − 1).
#[inline(always)]
pub(super) fn tangent<W: Word>(by: impl Multiply<W>, x: &Packed<W>) -> Packed<W> {
    let mut t = by.square(&unpack(x));
    for limb in 0..9 {
        let square = t.0[place(limb)];
        t.0[place(limb)] = square.add(square).add(square).add(W::splat(LESS_THREE_ONES[limb]));
    }
    for limb in 0..8 {
        let (this, next) = (t.0[place(limb)], t.0[place(limb + 1)]);
        t.0[place(limb + 1)] = next.add(this.down::<29>());
        t.0[place(limb)] = this.low::<29>();
    }
    pack(&t)
}

/// (r + x₁ + x₂)·dx² − dy² modulo p in 0..=p, for a product r: zero if it is 0 or p.
#[inline(always)]
pub(super) fn sum_test<W: Word, M: Multiply<W>>(
    by: M,
    r: &Wide<W>,
    x: [&Packed<W>; 2],
    dx: &Packed<W>,
    dy: &Packed<W>,
) -> Wide<W> {
    let one = splat(&ONE);
    let (dx2, dy2) = (by.square(&by.mul(&one, dx)), by.square(&by.mul(&one, dy)));
    let left = pack(&by.mul(&dx2, &more(&pack(r), &more(x[0], x[1]))));
    zero_or_p(by, &less(&more(&left, &splat_packed(&LESS_PRODUCT)), &pack(&dy2)))
}

/// An element divided by 2^261 modulo p: in 0..=p.
///
/// Of v < 2^261 it makes at most (v + (2^261 − 1)·p) / 2^261 < p + 1.
#[inline(always)]
pub(super) fn zero_or_p<W: Word>(by: impl Multiply<W>, a: &Packed<W>) -> Wide<W> {
    by.mul(&splat(&INTEGER_ONE), a)
}

#[cfg(test)]
mod tests;
