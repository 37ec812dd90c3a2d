//! The AVX-512 IFMA kernel: eight signatures in a vector, five vectors for an element, on [`super::limbs52`].

use core::arch::x86_64::*;

use super::limbs52::{self, Element, Word};
use super::{Lanes, Selected};
use crate::field::Fp;
use crate::limbs::{self, Limbs};

/// The proof that this machine has AVX-512 F and IFMA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ifma(());

impl Ifma {
    pub(crate) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma");
        found.then_some(Self(()))
    }
}

/// Eight words. Only methods of [`Ifma`] make and use them, so wherever they are the machine has what they need.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Eight(__m512i);

/// An intrinsic on eight words.
macro_rules! intrinsic {
    ($call:expr) => {{
        // SAFETY: there are words, so somebody holds an `Ifma`, so the machine has AVX-512 F and IFMA.
        #[expect(unsafe_code, reason = "intrinsics")]
        let result = unsafe { $call };
        Eight(result)
    }};
}

impl Word for Eight {
    #[inline(always)]
    fn splat(value: i64) -> Self {
        intrinsic!(_mm512_set1_epi64(value))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        intrinsic!(_mm512_add_epi64(self.0, other.0))
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        intrinsic!(_mm512_sub_epi64(self.0, other.0))
    }

    #[inline(always)]
    fn up<const BITS: u32>(self) -> Self {
        intrinsic!(_mm512_slli_epi64::<BITS>(self.0))
    }

    #[inline(always)]
    fn down<const BITS: u32>(self) -> Self {
        intrinsic!(_mm512_srai_epi64::<BITS>(self.0))
    }

    #[inline(always)]
    fn low<const BITS: u32>(self) -> Self {
        intrinsic!(_mm512_and_si512(self.0, _mm512_set1_epi64((1 << BITS) - 1)))
    }

    #[inline(always)]
    fn add_low_product(self, a: Self, b: Self) -> Self {
        intrinsic!(_mm512_madd52lo_epu64(self.0, a.0, b.0))
    }

    #[inline(always)]
    fn add_high_product(self, a: Self, b: Self) -> Self {
        intrinsic!(_mm512_madd52hi_epu64(self.0, a.0, b.0))
    }
}

impl Eight {
    #[inline(always)]
    fn words(self) -> [u64; 8] {
        // SAFETY: both are 64 octets of which every pattern is a value.
        #[expect(unsafe_code, reason = "reading lanes")]
        unsafe {
            core::mem::transmute(self.0)
        }
    }

    #[inline(always)]
    fn from_words(words: [u64; 8]) -> Self {
        // SAFETY: as in `words`.
        #[expect(unsafe_code, reason = "writing lanes")]
        Self(unsafe { core::mem::transmute::<[u64; 8], __m512i>(words) })
    }

    /// The bits of `self` from `from` on, and those of `next` above.
    #[inline(always)]
    fn joined<const DOWN: u32, const UP: u32>(self, next: Self) -> Self {
        intrinsic!(_mm512_or_si512(_mm512_srli_epi64::<DOWN>(self.0), _mm512_slli_epi64::<UP>(next.0)))
    }
}

impl Ifma {
    /// Four words of eight entries, beginning at the word with this number, as limbs.
    ///
    /// # Safety
    /// There are eight entries, and they live.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn load(self, entries: &[Selected], word: usize) -> Element<Eight> {
        debug_assert_eq!(entries.len(), 8);
        // SAFETY: the caller says that the entries live, and each has eight words, aligned to 64 octets; `self` is the proof
        // that the machine has AVX-512 F.
        let [w0, w1, w2, w3] = unsafe {
            let half = |index: usize| {
                _mm256_load_si256(entries.get_unchecked(index).entry().cast::<u64>().add(word).cast())
            };
            let pair = |low: usize| _mm512_inserti64x4::<1>(_mm512_castsi256_si512(half(low)), half(low + 4));
            let (e04, e15, e26, e37) = (pair(0), pair(1), pair(2), pair(3));
            // Words 0 and 2 of entries 0, 1 and 4, 5; then 1 and 3; then the same of 2, 3 and 6, 7.
            let (even01, odd01) = (_mm512_unpacklo_epi64(e04, e15), _mm512_unpackhi_epi64(e04, e15));
            let (even23, odd23) = (_mm512_unpacklo_epi64(e26, e37), _mm512_unpackhi_epi64(e26, e37));
            let first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
            let second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
            [
                Eight(_mm512_permutex2var_epi64(even01, first, even23)),
                Eight(_mm512_permutex2var_epi64(odd01, first, odd23)),
                Eight(_mm512_permutex2var_epi64(even01, second, even23)),
                Eight(_mm512_permutex2var_epi64(odd01, second, odd23)),
            ]
        };
        [
            w0.low::<52>(),
            w0.joined::<52, 12>(w1).low::<52>(),
            w1.joined::<40, 24>(w2).low::<52>(),
            w2.joined::<28, 36>(w3).low::<52>(),
            w3.down::<16>().low::<48>(),
        ]
    }

    /// Which lanes hold 0 or p, carried.
    #[inline(always)]
    fn zeros(self, value: &Element<Eight>) -> u32 {
        let p: Element<Eight> = limbs52::splat(&limbs52::P);
        // SAFETY: `self` is the proof that the machine has AVX-512 F.
        #[expect(unsafe_code, reason = "intrinsics")]
        unsafe {
            let (mut bits, mut difference) = (_mm512_setzero_si512(), _mm512_setzero_si512());
            for limb in 0..5 {
                bits = _mm512_or_si512(bits, value[limb].0);
                difference = _mm512_or_si512(difference, _mm512_xor_si512(value[limb].0, p[limb].0));
            }
            u32::from(_mm512_testn_epi64_mask(bits, bits) | _mm512_testn_epi64_mask(difference, difference))
        }
    }
}

#[expect(unsafe_code, reason = "reads entries where they lie")]
impl Lanes for Ifma {
    const COUNT: usize = 8;
    type Packed = Element<Eight>;
    type Wide = Element<Eight>;

    #[inline(always)]
    fn one(self) -> Self::Wide {
        let mut packed = limbs52::splat(&[0; 5]);
        for lane in 0..8 {
            self.set(&mut packed, lane, &ONE);
        }
        packed
    }

    #[inline(always)]
    unsafe fn load_x(self, entries: &[Selected]) -> Self::Packed {
        // SAFETY: the caller's promise.
        unsafe { self.load(entries, 0) }
    }

    #[inline(always)]
    unsafe fn load_y(self, entries: &[Selected]) -> Self::Packed {
        // SAFETY: the caller's promise; the signs are read where the addresses are, eight words; AVX-512 F by `self`.
        unsafe {
            let y = self.load(entries, 4);
            let addresses = _mm512_loadu_epi64(entries.as_ptr().cast());
            let negative = _mm512_test_epi64_mask(addresses, _mm512_set1_epi64(1));
            let negated = limbs52::negate_entry(&y);
            let mut signed = y;
            for limb in 0..5 {
                signed[limb] = Eight(_mm512_mask_blend_epi64(negative, y[limb].0, negated[limb].0));
            }
            signed
        }
    }

    // Functions of their own, as in the AVX2 kernel.

    #[inline(always)]
    fn mul(self, a: &Self::Wide, b: &Self::Packed) -> Self::Wide {
        // SAFETY: `self` is the proof that the machine has AVX-512 F and IFMA.
        unsafe { mul(a, b) }
    }

    #[inline(always)]
    fn slope(self, inverse: &mut Self::Wide, y: [&Self::Packed; 2]) {
        *inverse = self.mul(inverse, &limbs52::sub(y[1], y[0]));
    }

    #[inline(always)]
    fn abscissa(self, x: &mut Self::Packed, across: &mut Self::Packed, slope: &Self::Wide, d: &Self::Packed) {
        // SAFETY: `self` is the proof that the machine has AVX-512 F and IFMA.
        let new = unsafe { square_sub(slope, x, d) };
        let before = core::mem::replace(x, new);
        *across = limbs52::sub(&before, x);
    }

    #[inline(always)]
    fn ordinate(self, y: &mut Self::Packed, slope: &Self::Wide, across: &Self::Packed) {
        // SAFETY: as above.
        *y = unsafe { mul_sub(slope, across, y) };
    }

    #[inline(always)]
    fn sub(self, a: &Self::Packed, b: &Self::Packed) -> Self::Packed {
        limbs52::sub(a, b)
    }

    #[inline(always)]
    fn double(self, a: &Self::Packed) -> Self::Packed {
        limbs52::double(a)
    }

    #[inline(always)]
    fn tangent(self, x: &Self::Packed) -> Self::Packed {
        limbs52::tangent(x)
    }

    #[inline(always)]
    fn is_sum(self, r: &Self::Wide, x: [&Self::Packed; 2], dx: &Self::Packed, dy: &Self::Packed) -> u32 {
        self.zeros(&limbs52::sum_test(r, x, dx, dy))
    }

    #[inline(always)]
    fn is_zero(self, value: &Self::Packed) -> u32 {
        self.zeros(&limbs52::let_zero_be_0_or_p(value))
    }

    #[inline(always)]
    fn pack(self, value: &Self::Wide) -> Self::Packed {
        *value
    }

    #[inline(always)]
    fn unpack(self, value: &Self::Packed) -> Self::Wide {
        *value
    }

    #[inline(always)]
    fn lane(self, value: &Self::Packed, lane: usize) -> Fp {
        let limb = |index: usize| u128::from(value[index].words()[lane]);
        // Each word of 64 bits takes what the limbs below leave and the next limb.
        let mut sum = limb(0) + (limb(1) << 52);
        let w0 = sum as u64;
        sum = (sum >> 64) + (limb(2) << 40);
        let w1 = sum as u64;
        sum = (sum >> 64) + (limb(3) << 28);
        let w2 = sum as u64;
        sum = (sum >> 64) + (limb(4) << 16);
        Fp::from_wide([w0, w1, w2, sum as u64], (sum >> 64) as u64)
    }

    #[inline(always)]
    fn set(self, value: &mut Self::Packed, lane: usize, element: &Fp) {
        let kept: &Limbs = element.kept();
        for limb in 0..5 {
            let mut words = value[limb].words();
            words[lane] = limbs::bits(kept, 52 * limb, 52);
            value[limb] = Eight::from_words(words);
        }
    }
}

/// One in the kernel's form.
const ONE: Fp = Fp::power_of_two(4);

#[target_feature(enable = "avx512f,avx512ifma")]
#[inline(never)]
fn mul(a: &Element<Eight>, b: &Element<Eight>) -> Element<Eight> {
    limbs52::mul(a, b)
}

#[target_feature(enable = "avx512f,avx512ifma")]
#[inline(never)]
fn mul_sub(a: &Element<Eight>, b: &Element<Eight>, c: &Element<Eight>) -> Element<Eight> {
    limbs52::mul_sub(a, b, c)
}

#[target_feature(enable = "avx512f,avx512ifma")]
#[inline(never)]
fn square_sub(a: &Element<Eight>, c: &Element<Eight>, d: &Element<Eight>) -> Element<Eight> {
    limbs52::square_sub(a, c, d)
}
