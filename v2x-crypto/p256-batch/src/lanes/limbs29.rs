//! The field in nine limbs of 29 bits, for 32-bit multiplications as AVX2 has them: Montgomery form with R = 2^261.
//!
//! Words have 64 bits and no sign; a product reads the lower halves of its factors. While it is worked on an element
//! is nine words; in memory it is packed into five, limb `i` beside limb `i + 4`, which halves the memory it takes, and the
//! instructions that add and subtract. The names of [`super::Lanes`] are:
//!
//! | | limbs 0 to 7 | limb 8 |
//! | --- | --- | --- |
//! | coordinate | 0..2^30, for x 0..2^29 | 0..2^25 |
//! | difference | 0..3·2^30 | 0..2^27 |
//! | product | 0..2^29 | 0..2^27 |
//!
//! That each operation keeps to them, for all values at once, is what the tests show by running this very code on
//! intervals instead of words.

/// A word, or as many as a vector holds.
pub(crate) trait Word: Copy {
    /// Two halves of 32 bits that do not carry into each other.
    type Pair: Copy;

    fn splat(value: u64) -> Self;
    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    /// Times 2^BITS.
    fn up<const BITS: i32>(self) -> Self;
    /// Divided by 2^BITS.
    fn down<const BITS: i32>(self) -> Self;
    /// The lowest bits.
    fn low<const BITS: u32>(self) -> Self;
    /// The product of the lower halves.
    fn times(self, other: Self) -> Self;

    /// Two values below 2^32, side by side.
    fn pair(low: Self, high: Self) -> Self::Pair;
    /// The lower half, with anything above it: good for [`Word::times`] only.
    fn lower_factor(pair: Self::Pair) -> Self;
    fn lower(pair: Self::Pair) -> Self;
    fn upper(pair: Self::Pair) -> Self;
    fn add_pairs(a: Self::Pair, b: Self::Pair) -> Self::Pair;
    fn sub_pairs(a: Self::Pair, b: Self::Pair) -> Self::Pair;
}

/// An element to work on: Σ limb·2^(29·i).
pub(super) type Wide<W> = [W; 9];

/// An element in memory.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Packed<W: Word> {
    pub(crate) pairs: [W::Pair; 4],
    pub(crate) last: W,
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

/// For a coordinate to be subtracted.
const LESS_ONE: [u64; 9] = spread(4, 3);
/// For two x.
const LESS_TWO_X: [u64; 9] = spread(8, 3);
/// For an entry's y.
const LESS_ENTRY: [u64; 9] = spread(2, 1);
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

#[inline(always)]
pub(super) fn splat<W: Word>(limbs: &[u64; 9]) -> Wide<W> {
    let mut wide = [W::splat(0); 9];
    for limb in 0..9 {
        wide[limb] = W::splat(limbs[limb]);
    }
    wide
}

#[inline(always)]
pub(super) fn splat_packed<W: Word>(limbs: &[u64; 9]) -> Packed<W> {
    pack(&splat(limbs))
}

#[inline(always)]
pub(super) fn pack<W: Word>(wide: &Wide<W>) -> Packed<W> {
    let pairs = [
        W::pair(wide[0], wide[4]),
        W::pair(wide[1], wide[5]),
        W::pair(wide[2], wide[6]),
        W::pair(wide[3], wide[7]),
    ];
    Packed { pairs, last: wide[8] }
}

#[inline(always)]
pub(super) fn unpack<W: Word>(packed: &Packed<W>) -> Wide<W> {
    let [a, b, c, d] = packed.pairs;
    [
        W::lower(a),
        W::lower(b),
        W::lower(c),
        W::lower(d),
        W::upper(a),
        W::upper(b),
        W::upper(c),
        W::upper(d),
        packed.last,
    ]
}

/// A limb as a factor.
#[inline(always)]
fn factor<W: Word>(packed: &Packed<W>, limb: usize) -> W {
    match limb {
        0..4 => W::lower_factor(packed.pairs[limb]),
        4..8 => W::upper(packed.pairs[limb - 4]),
        _ => packed.last,
    }
}

/// Brings the limbs of a sum below 2^29, and what is above into the next: the ninth is made of the eighth's carry.
#[inline(always)]
fn carry<W: Word>(mut t: [W; 8]) -> Wide<W> {
    let mut wide = [t[0]; 9];
    for limb in 0..7 {
        t[limb + 1] = t[limb + 1].add(t[limb].down::<29>());
        wide[limb] = t[limb].low::<29>();
    }
    wide[7] = t[7].low::<29>();
    wide[8] = t[7].down::<29>();
    wide
}

/// Takes the multiples of 2^256, which is 2^53 in the eighth limb, out of it: 2^256 ≡ 2^224 − 2^192 − 2^96 + 1.
#[inline(always)]
fn fold<W: Word>(mut t: [W; 8]) -> [W; 8] {
    let over = t[7].down::<53>();
    t[0] = t[0].add(over);
    t[3] = t[3].sub(over.up::<9>());
    t[6] = t[6].sub(over.up::<18>());
    t[7] = t[7].low::<53>().add(over.up::<21>());
    t
}

/// Drops the lowest of nine limbs by adding its lowest 29 bits, m, times p: the others move down by one.
///
/// As p ≡ −1 modulo 2^96, that clears it: m·p = m·2^96 + m·2^192 + m·(2^256 − 2^224) − m. The last term is what goes, 2^96 is
/// 2^9 in limb 3, 2^192 is 2^18 in limb 6, and the difference is 2^29 − 2^21 in limb 7 and 2^24 − 1 in limb 8.
#[inline(always)]
fn drop_lowest<W: Word>(t: [W; 9]) -> [W; 9] {
    let m = t[0].low::<29>();
    [
        t[1].add(t[0].down::<29>()),
        t[2],
        t[3].add(m.up::<9>()),
        t[4],
        t[5],
        t[6].add(m.up::<18>()),
        t[7].add(m.times(W::splat(P[7]))),
        t[8].add(m.times(W::splat(P[8]))),
        W::splat(0),
    ]
}

#[inline(always)]
fn top<W: Word>(t: [W; 9]) -> [W; 8] {
    [t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]]
}

// The rows of products are calls and not turns of a loop: they must be unrolled, or the sums would live in memory.

/// `t` and a times one limb, without its lowest limb.
#[inline(always)]
fn product_row<W: Word>(t: [W; 9], a: &Wide<W>, limb: W) -> [W; 9] {
    drop_lowest([
        t[0].add(a[0].times(limb)),
        t[1].add(a[1].times(limb)),
        t[2].add(a[2].times(limb)),
        t[3].add(a[3].times(limb)),
        t[4].add(a[4].times(limb)),
        t[5].add(a[5].times(limb)),
        t[6].add(a[6].times(limb)),
        t[7].add(a[7].times(limb)),
        t[8].add(a[8].times(limb)),
    ])
}

#[inline(always)]
fn product<W: Word>(a: &Wide<W>, b: &Packed<W>) -> [W; 8] {
    let t = product_row([W::splat(0); 9], a, factor(b, 0));
    let t = product_row(t, a, factor(b, 1));
    let t = product_row(t, a, factor(b, 2));
    let t = product_row(t, a, factor(b, 3));
    let t = product_row(t, a, factor(b, 4));
    let t = product_row(t, a, factor(b, 5));
    let t = product_row(t, a, factor(b, 6));
    let t = product_row(t, a, factor(b, 7));
    top(product_row(t, a, factor(b, 8)))
}

/// `t` and a's limb ROW times itself, and twice times those above it, without the lowest limb of the sum.
#[inline(always)]
fn square_row<W: Word, const ROW: usize>(mut t: [W; 9], a: &Wide<W>) -> [W; 9] {
    t[ROW] = t[ROW].add(a[ROW].times(a[ROW]));
    let twice = a[ROW].add(a[ROW]);
    for limb in ROW + 1..9 {
        t[limb] = t[limb].add(a[limb].times(twice));
    }
    drop_lowest(t)
}

#[inline(always)]
fn squared<W: Word>(a: &Wide<W>) -> [W; 8] {
    let t = square_row::<W, 0>([W::splat(0); 9], a);
    let t = square_row::<W, 1>(t, a);
    let t = square_row::<W, 2>(t, a);
    let t = square_row::<W, 3>(t, a);
    let t = square_row::<W, 4>(t, a);
    let t = square_row::<W, 5>(t, a);
    let t = square_row::<W, 6>(t, a);
    let t = square_row::<W, 7>(t, a);
    top(square_row::<W, 8>(t, a))
}

/// A product of a product and anything packed.
#[inline(always)]
pub(super) fn mul<W: Word>(a: &Wide<W>, b: &Packed<W>) -> Wide<W> {
    carry(product(a, b))
}

#[inline(always)]
pub(super) fn square<W: Word>(a: &Wide<W>) -> Wide<W> {
    carry(squared(a))
}

/// `t` and the limbs of a packed element.
#[inline(always)]
fn plus<W: Word>(mut t: [W; 8], more: &Packed<W>) -> [W; 8] {
    for limb in 0..4 {
        t[limb] = t[limb].add(W::lower(more.pairs[limb]));
        t[limb + 4] = t[limb + 4].add(W::upper(more.pairs[limb]));
    }
    t[7] = t[7].add(more.last.up::<29>());
    t
}

#[inline(always)]
fn less<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    let mut difference = *a;
    for pair in 0..4 {
        difference.pairs[pair] = W::sub_pairs(a.pairs[pair], b.pairs[pair]);
    }
    difference.last = a.last.sub(b.last);
    difference
}

#[inline(always)]
fn more<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    let mut sum = *a;
    for pair in 0..4 {
        sum.pairs[pair] = W::add_pairs(a.pairs[pair], b.pairs[pair]);
    }
    sum.last = a.last.add(b.last);
    sum
}

/// a·b − c.
#[inline(always)]
pub(super) fn mul_sub<W: Word>(a: &Wide<W>, b: &Packed<W>, c: &Packed<W>) -> Packed<W> {
    let negated = less(&splat_packed(&LESS_ONE), c);
    pack(&carry(fold(plus(product(a, b), &negated))))
}

/// a² − c − d.
#[inline(always)]
pub(super) fn square_sub<W: Word>(a: &Wide<W>, c: &Packed<W>, d: &Packed<W>) -> Packed<W> {
    let negated = less(&less(&splat_packed(&LESS_TWO_X), c), d);
    pack(&carry(fold(plus(squared(a), &negated))))
}

/// a − b.
#[inline(always)]
pub(super) fn sub<W: Word>(a: &Packed<W>, b: &Packed<W>) -> Packed<W> {
    less(&more(a, &splat_packed(&LESS_ONE)), b)
}

/// 2a.
#[inline(always)]
pub(super) fn double<W: Word>(a: &Packed<W>) -> Packed<W> {
    more(a, a)
}

/// −y of an entry.
#[inline(always)]
pub(super) fn negate_entry<W: Word>(y: &Packed<W>) -> Packed<W> {
    less(&splat_packed(&LESS_ENTRY), y)
}

/// 3·(x² − 1).
#[inline(always)]
pub(super) fn tangent<W: Word>(x: &Packed<W>) -> Packed<W> {
    let mut t = square(&unpack(x));
    for limb in 0..9 {
        t[limb] = t[limb].add(t[limb]).add(t[limb]).add(W::splat(LESS_THREE_ONES[limb]));
    }
    for limb in 0..8 {
        t[limb + 1] = t[limb + 1].add(t[limb].down::<29>());
        t[limb] = t[limb].low::<29>();
    }
    pack(&t)
}

/// (r + x₁ + x₂)·dx² − dy² modulo p in 0..=p: zero if it is 0 or p.
#[inline(always)]
pub(super) fn sum_test<W: Word>(
    r: &Packed<W>,
    x: [&Packed<W>; 2],
    dx: &Packed<W>,
    dy: &Packed<W>,
) -> Wide<W> {
    let one = splat(&ONE);
    let (dx2, dy2) = (square(&mul(&one, dx)), square(&mul(&one, dy)));
    let left = pack(&mul(&dx2, &more(r, &more(x[0], x[1]))));
    zero_or_p(&less(&more(&left, &splat_packed(&LESS_PRODUCT)), &pack(&dy2)))
}

/// An element divided by 2^261 modulo p: in 0..=p.
///
/// Of v < 2^261 it makes at most (v + (2^261 − 1)·p) / 2^261 < p + 1.
#[inline(always)]
pub(super) fn zero_or_p<W: Word>(a: &Packed<W>) -> Wide<W> {
    mul(&splat(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), a)
}

#[cfg(test)]
mod tests;
