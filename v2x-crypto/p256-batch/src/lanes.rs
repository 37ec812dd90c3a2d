//! What a kernel is: arithmetic on as many field elements at once as its vectors have lanes.
//!
//! Values are redundant: a lane holds an integer that is congruent to the element, in a range wider than 0..p. Which
//! range each operation takes and gives is said by three names, whose bounds each kernel proves for itself:
//!
//! - a **coordinate** is what tables hold and what [`Lanes::abscissa`] and [`Lanes::ordinate`] give;
//! - a **difference** is what [`Lanes::sub`] and [`Lanes::double`] give from two coordinates;
//! - a **product** is what [`Lanes::mul`] gives.

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod ifma;
#[cfg(test)]
mod interval;
#[cfg(any(test, target_arch = "x86_64"))]
mod limbs29;
#[cfg(any(test, target_arch = "x86_64"))]
mod limbs52;
pub(crate) mod portable;

use crate::field::Fp;
use crate::table::Entry;

/// The entry of a table that a digit selected: where it lies, and whether it is to be negated.
///
/// Entries are 64 octets apart, so the lowest bit of the address is free for the sign.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Selected(*const Entry);

// SAFETY: it is an address; whoever reads through it must show that the entry still lives, on whatever thread.
#[expect(unsafe_code, reason = "raw pointers are not Send, so that somebody says what the line above says")]
unsafe impl Send for Selected {}

impl Selected {
    /// No entry: not to be read.
    pub(crate) const NONE: Self = Self(core::ptr::null());

    #[inline(always)]
    pub(crate) fn new(entry: &Entry, negative: bool) -> Self {
        Self(core::ptr::from_ref(entry).map_addr(|address| address | usize::from(negative)))
    }

    #[inline(always)]
    pub(crate) fn entry(self) -> *const Entry {
        self.0.map_addr(|address| address & !1)
    }

    #[inline(always)]
    pub(crate) fn is_negative(self) -> bool {
        self.0.addr() & 1 == 1
    }

    /// Asks for the entry to be brought into the nearest cache.
    #[inline(always)]
    pub(crate) fn prefetch(self) {
        crate::prefetch(self.0.addr());
    }
}

/// Field arithmetic on [`Lanes::COUNT`] elements at once. A value of the type is the proof that the machine can do it.
pub(crate) trait Lanes: Copy {
    /// Lanes of a vector.
    const COUNT: usize;
    /// Elements as they are kept in memory.
    type Packed: Copy;
    /// Elements as they are worked on: always a product.
    type Wide: Copy;

    /// One in every lane.
    fn one(self) -> Self::Wide;

    /// The x of each entry: a coordinate.
    ///
    /// # Safety
    /// There are [`Lanes::COUNT`] entries, and each of them lives.
    #[expect(
        unsafe_code,
        reason = "entries are read where they lie, and lifetimes do not fit into kept scratch"
    )]
    unsafe fn load_x(self, entries: &[Selected]) -> Self::Packed;

    /// The y of each entry, negated where it is selected so: a coordinate.
    ///
    /// # Safety
    /// As for [`Lanes::load_x`].
    #[expect(unsafe_code, reason = "as for load_x")]
    unsafe fn load_y(self, entries: &[Selected]) -> Self::Packed;

    /// A product of a product and any of the three.
    fn mul(self, a: &Self::Wide, b: &Self::Packed) -> Self::Wide;

    /// The same into a place that is there: what is returned would be copied.
    #[inline(always)]
    fn mul_into(self, to: &mut Self::Wide, a: &Self::Wide, b: &Self::Packed) {
        *to = self.mul(a, b);
    }

    /// The same in place.
    #[inline(always)]
    fn mul_by(self, a: &mut Self::Wide, b: &Self::Packed) {
        *a = self.mul(a, b);
    }

    /// `product` = `after` = product·d, for a d of any of the three.
    #[inline(always)]
    fn forward(self, product: &mut Self::Wide, after: &mut Self::Packed, d: &Self::Packed) {
        self.mul_by(product, d);
        *after = self.pack(product);
    }

    /// `d` = x₂ − x₁ for x = \[x₁, x₂\], a difference; then [`Lanes::forward`].
    #[inline(always)]
    fn forward_difference(
        self,
        product: &mut Self::Wide,
        after: &mut Self::Packed,
        d: &mut Self::Packed,
        x: [&Self::Packed; 2],
    ) {
        *d = self.sub(x[1], x[0]);
        self.forward(product, after, d);
    }

    /// `inverse` = inverse·(y₂ − y₁) for y = \[y₁, y₂\], coordinates: a product.
    fn slope(self, inverse: &mut Self::Wide, y: [&Self::Packed; 2]);

    /// `x` = slope² − 2x − d for a coordinate x and a difference d: a coordinate. `across` = the old x less the new one, a
    /// difference.
    fn abscissa(self, x: &mut Self::Packed, across: &mut Self::Packed, slope: &Self::Wide, d: &Self::Packed);

    /// `y` = slope·across − y for a difference and a coordinate: a coordinate.
    fn ordinate(self, y: &mut Self::Packed, slope: &Self::Wide, across: &Self::Packed);

    /// a − b for two coordinates that are no entry's y: a difference.
    fn sub(self, a: &Self::Packed, b: &Self::Packed) -> Self::Packed;

    /// 2a for a coordinate that is no entry's y: a difference.
    fn double(self, a: &Self::Packed) -> Self::Packed;

    /// 3·(x² − 1), the numerator of a tangent's slope, for a coordinate: what [`Lanes::mul`] takes.
    fn tangent(self, x: &Self::Packed) -> Self::Packed;

    /// (r + x₁ + x₂)·dx² − dy² is zero, lane by lane, for a product r, coordinates x, and differences dx and dy: bit `lane`
    /// of the answer.
    fn is_sum(self, r: &Self::Wide, points: [&Self::Packed; 2], dx: &Self::Packed, dy: &Self::Packed) -> u32;

    /// Which lanes of a difference are zero modulo p.
    fn is_zero(self, value: &Self::Packed) -> u32;

    fn pack(self, value: &Self::Wide) -> Self::Packed;
    fn unpack(self, value: &Self::Packed) -> Self::Wide;

    /// One lane as an element of the portable field whose kept form is the kernel's, fully reduced.
    fn lane(self, value: &Self::Packed, lane: usize) -> Fp;

    /// Sets one lane to an element whose kept form is the kernel's: a coordinate.
    fn set(self, value: &mut Self::Packed, lane: usize, element: &Fp);
}
