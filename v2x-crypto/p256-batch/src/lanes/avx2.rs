//! The AVX2 kernel: four signatures in a vector, on [`super::limbs29`].

#[expect(unsafe_code, reason = "functions of assembly")]
mod kernels;

use core::arch::x86_64::*;

use core::mem::MaybeUninit;

use super::limbs29::{self, Multiply, Word};
use super::{Lanes, Selected};
use crate::field::Fp;
use crate::limbs;

/// The proof that this machine has AVX2.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    pub(crate) fn detect() -> Option<Self> {
        let has_kernels = cfg!(not(any(miri, without_assembly)));
        (has_kernels && is_x86_feature_detected!("avx2")).then_some(Self(()))
    }
}

/// Four words. Only methods of [`Avx2`] make and use them, so wherever they are the machine has what they need.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Four(__m256i);

type Packed = limbs29::Packed<Four>;
type Wide = limbs29::Wide<Four>;

/// An intrinsic on four words.
macro_rules! intrinsic {
    ($call:expr) => {{
        // SAFETY: there are words, so somebody holds an `Avx2`, so the machine has AVX2.
        #[expect(unsafe_code, reason = "intrinsics")]
        let result = unsafe { $call };
        Four(result)
    }};
}

impl Word for Four {
    #[inline(always)]
    fn splat(value: u64) -> Self {
        intrinsic!(_mm256_set1_epi64x(value.cast_signed()))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        intrinsic!(_mm256_add_epi64(self.0, other.0))
    }

    #[inline(always)]
    fn up<const BITS: i32>(self) -> Self {
        intrinsic!(_mm256_slli_epi64::<BITS>(self.0))
    }

    #[inline(always)]
    fn down<const BITS: i32>(self) -> Self {
        intrinsic!(_mm256_srli_epi64::<BITS>(self.0))
    }

    #[inline(always)]
    fn low<const BITS: u32>(self) -> Self {
        intrinsic!(_mm256_and_si256(self.0, _mm256_set1_epi64x((1 << BITS) - 1)))
    }

    #[inline(always)]
    fn pair(low: Self, high: Self) -> Self {
        intrinsic!(_mm256_blend_epi32::<0b1010_1010>(low.0, _mm256_slli_epi64::<32>(high.0)))
    }

    #[inline(always)]
    fn add_pairs(self, other: Self) -> Self {
        intrinsic!(_mm256_add_epi32(self.0, other.0))
    }

    #[inline(always)]
    fn sub_pairs(self, other: Self) -> Self {
        intrinsic!(_mm256_sub_epi32(self.0, other.0))
    }
}

impl Four {
    #[inline(always)]
    fn words(self) -> [u64; 4] {
        // SAFETY: both are 32 octets of which every pattern is a value.
        #[expect(unsafe_code, reason = "reading lanes")]
        unsafe {
            core::mem::transmute(self.0)
        }
    }

    #[inline(always)]
    fn from_words(words: [u64; 4]) -> Self {
        // SAFETY: as in `words`.
        #[expect(unsafe_code, reason = "writing lanes")]
        Self(unsafe { core::mem::transmute::<[u64; 4], __m256i>(words) })
    }

    #[inline(always)]
    fn or(self, other: Self) -> Self {
        intrinsic!(_mm256_or_si256(self.0, other.0))
    }

    /// Bits of the upper half of a pair, 29 from bit 32 on.
    #[inline(always)]
    fn upper_limb(self) -> Self {
        intrinsic!(_mm256_and_si256(self.0, _mm256_set1_epi64x(((1 << 29) - 1) << 32)))
    }
}

impl Avx2 {
    /// Four words of four entries, beginning at the word with this number, as limbs.
    ///
    /// # Safety
    /// There are four entries, and they live.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn load(self, entries: &[Selected], word: usize) -> Packed {
        debug_assert_eq!(entries.len(), 4);
        // SAFETY: the caller says that the entries live, and each has eight words, aligned to 64 octets; `self` is the proof
        // that the machine has AVX2.
        let [w0, w1, w2, w3] = unsafe {
            let row = |index: usize| {
                _mm256_load_si256(entries.get_unchecked(index).entry().cast::<u64>().add(word).cast())
            };
            let (e0, e1, e2, e3) = (row(0), row(1), row(2), row(3));
            let (even01, odd01) = (_mm256_unpacklo_epi64(e0, e1), _mm256_unpackhi_epi64(e0, e1));
            let (even23, odd23) = (_mm256_unpacklo_epi64(e2, e3), _mm256_unpackhi_epi64(e2, e3));
            [
                Four(_mm256_permute2x128_si256::<0x20>(even01, even23)),
                Four(_mm256_permute2x128_si256::<0x20>(odd01, odd23)),
                Four(_mm256_permute2x128_si256::<0x31>(even01, even23)),
                Four(_mm256_permute2x128_si256::<0x31>(odd01, odd23)),
            ]
        };
        // Limb i is bits 29·i and up: limbs 0 to 3 from bit 0 of a pair, limbs 4 to 7 from bit 32, which is where the shifts take
        // bits 116, 145, 174 and 203 of the integer.
        let limb2 = w0.down::<58>().or(w1.up::<6>()).low::<29>();
        let limb4 = w1.down::<52>().up::<32>().or(w2.up::<44>()).upper_limb();
        let limb6 = w2.down::<46>().up::<32>().or(w3.up::<50>()).upper_limb();
        limbs29::Packed([
            w0.low::<29>().or(limb4),
            w0.down::<29>().low::<29>().or(w2.up::<15>().upper_limb()),
            limb2.or(limb6),
            w1.down::<23>().low::<29>().or(w3.up::<21>().upper_limb()),
            w3.down::<40>(),
        ])
    }

    /// Which lanes hold 0 or p, carried.
    #[inline(always)]
    fn zeros(self, value: &Wide) -> u32 {
        let p: Wide = limbs29::splat(&limbs29::P);
        // SAFETY: `self` is the proof that the machine has AVX2.
        #[expect(unsafe_code, reason = "intrinsics")]
        unsafe {
            let zero = _mm256_setzero_si256();
            let (mut bits, mut difference) = (zero, zero);
            for word in 0..9 {
                bits = _mm256_or_si256(bits, value.0[word].0);
                difference = _mm256_or_si256(difference, _mm256_xor_si256(value.0[word].0, p.0[word].0));
            }
            let either =
                _mm256_or_si256(_mm256_cmpeq_epi64(bits, zero), _mm256_cmpeq_epi64(difference, zero));
            _mm256_movemask_pd(_mm256_castsi256_pd(either)).cast_unsigned()
        }
    }
}

#[expect(unsafe_code, reason = "kernels")]
impl Multiply<Four> for Avx2 {
    #[inline(always)]
    fn mul(self, a: &Wide, b: &Packed) -> Wide {
        let mut to = MaybeUninit::uninit();
        // SAFETY: the pointers come from references and from room for a result, which the kernel fills; `self` is the proof
        // that the machine has AVX2. So it is below.
        unsafe {
            kernels::multiply(to.as_mut_ptr(), a, b);
            to.assume_init()
        }
    }

    #[inline(always)]
    fn square(self, a: &Wide) -> Wide {
        let mut to = MaybeUninit::uninit();
        // SAFETY: as in `mul`.
        unsafe {
            kernels::square(to.as_mut_ptr(), a);
            to.assume_init()
        }
    }
}

#[expect(unsafe_code, reason = "kernels, and entries that are read where they lie")]
impl Lanes for Avx2 {
    const COUNT: usize = 4;
    type Packed = Packed;
    type Wide = Wide;

    #[inline(always)]
    fn one(self) -> Wide {
        limbs29::splat(&limbs29::ONE)
    }

    #[inline(always)]
    unsafe fn load_x(self, entries: &[Selected]) -> Packed {
        // SAFETY: the caller's promise.
        unsafe { self.load(entries, 0) }
    }

    #[inline(always)]
    unsafe fn load_y(self, entries: &[Selected]) -> Packed {
        // SAFETY: the caller's promise; the signs are read where the addresses are, four words; AVX2 by `self`.
        unsafe {
            let y = self.load(entries, 4);
            let addresses = _mm256_loadu_si256(entries.as_ptr().cast());
            // The lowest bit as the sign of a double, which chooses.
            let negative = _mm256_castsi256_pd(_mm256_slli_epi64::<63>(addresses));
            let negated = limbs29::negate_entry(&y);
            let mut signed = y;
            for word in 0..5 {
                let plain = _mm256_castsi256_pd(y.0[word].0);
                let negated = _mm256_castsi256_pd(negated.0[word].0);
                signed.0[word] = Four(_mm256_castpd_si256(_mm256_blendv_pd(plain, negated, negative)));
            }
            signed
        }
    }

    #[inline(always)]
    fn mul(self, a: &Wide, b: &Packed) -> Wide {
        Multiply::mul(self, a, b)
    }

    #[inline(always)]
    fn mul_into(self, to: &mut Wide, a: &Wide, b: &Packed) {
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::multiply(to, a, b) }
    }

    #[inline(always)]
    fn mul_by(self, a: &mut Wide, b: &Packed) {
        let a: *mut Wide = a;
        // SAFETY: as in `Multiply::mul`; the kernel allows its result to replace its first factor.
        unsafe { kernels::multiply(a, a, b) }
    }

    #[inline(always)]
    fn forward(self, product: &mut Wide, after: &mut Packed, d: &Packed) {
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::forward(product, after, d) }
    }

    #[inline(always)]
    fn forward_difference(
        self,
        product: &mut Wide,
        after: &mut Packed,
        d: &mut Packed,
        [x1, x2]: [&Packed; 2],
    ) {
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::forward_difference(product, after, d, x2, x1) }
    }

    #[inline(always)]
    fn slope(self, inverse: &mut Wide, [y1, y2]: [&Packed; 2]) {
        let mut numerator = MaybeUninit::uninit();
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::slope(inverse, numerator.as_mut_ptr(), y2, y1) }
    }

    #[inline(always)]
    fn abscissa(self, x: &mut Packed, across: &mut Packed, slope: &Wide, d: &Packed) {
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::abscissa(x, across, slope, d) }
    }

    #[inline(always)]
    fn ordinate(self, y: &mut Packed, slope: &Wide, across: &Packed) {
        // SAFETY: as in `Multiply::mul`.
        unsafe { kernels::ordinate(y, slope, across) }
    }

    #[inline(always)]
    fn sub(self, a: &Packed, b: &Packed) -> Packed {
        limbs29::sub_x(a, b)
    }

    #[inline(always)]
    fn double(self, a: &Packed) -> Packed {
        limbs29::double(a)
    }

    #[inline(always)]
    fn tangent(self, x: &Packed) -> Packed {
        limbs29::tangent(self, x)
    }

    #[inline(always)]
    fn is_sum(self, r: &Wide, x: [&Packed; 2], dx: &Packed, dy: &Packed) -> u32 {
        self.zeros(&limbs29::sum_test(self, r, x, dx, dy))
    }

    #[inline(always)]
    fn is_zero(self, value: &Packed) -> u32 {
        self.zeros(&limbs29::zero_or_p(self, value))
    }

    #[inline(always)]
    fn pack(self, value: &Wide) -> Packed {
        limbs29::pack(value)
    }

    #[inline(always)]
    fn unpack(self, value: &Packed) -> Wide {
        limbs29::unpack(value)
    }

    #[inline(always)]
    fn lane(self, value: &Packed, lane: usize) -> Fp {
        let words = value.0.map(|word| word.words()[lane]);
        // Limbs may overlap, so they are added up: 0 to 3 from bit 0, 4 to 7 from bit 116, 8 from bit 232.
        let half = |shift: u32| {
            words[..4]
                .iter()
                .rev()
                .fold(0u128, |sum, pair| (sum << 29) + u128::from(pair >> shift & 0xffff_ffff))
        };
        let (low, high) = (half(0), half(32));
        let middle = (low >> 116) + high;
        let upper = (middle >> 116) + u128::from(words[4]);
        let low = low & ((1 << 116) - 1);
        let middle = middle & ((1 << 116) - 1);
        let w1 = (low >> 64) as u64 | (middle as u64) << 52;
        let w2 = (middle >> 12) as u64;
        let w3 = (middle >> 76) as u64 | (upper as u64) << 40;
        Fp::from_wide([low as u64, w1, w2, w3], (upper >> 24) as u64)
    }

    #[inline(always)]
    fn set(self, value: &mut Packed, lane: usize, element: &Fp) {
        let limb = |index: usize| limbs::bits(element.kept(), 29 * index, 29);
        for word in 0..5 {
            let mut words = value.0[word].words();
            words[lane] = if word < 4 { limb(word) | limb(word + 4) << 32 } else { limb(8) };
            value.0[word] = Four::from_words(words);
        }
    }
}
