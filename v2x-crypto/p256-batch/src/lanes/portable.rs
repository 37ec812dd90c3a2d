//! The portable kernel: one lane, on the field of [`crate::field`]. Everything is fully reduced, so there are no bounds.

use super::{Lanes, Selected};
use crate::field::Fp;

/// Works everywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

#[expect(unsafe_code, reason = "reads entries where they lie")]
impl Lanes for Portable {
    const COUNT: usize = 1;
    type Packed = Fp;
    type Wide = Fp;

    #[inline(always)]
    fn one(self) -> Fp {
        Fp::ONE
    }

    #[inline(always)]
    unsafe fn load_x(self, entries: &[Selected]) -> Fp {
        // SAFETY: the caller says that the entry lives; it was a reference once, so it is aligned and initialised.
        Fp::from_kept(unsafe { &*entries[0].entry() }.x)
    }

    #[inline(always)]
    unsafe fn load_y(self, entries: &[Selected]) -> Fp {
        // SAFETY: as in `load_x`.
        let y = Fp::from_kept(unsafe { &*entries[0].entry() }.y);
        if entries[0].is_negative() { y.negate() } else { y }
    }

    #[inline(always)]
    fn mul(self, a: &Fp, b: &Fp) -> Fp {
        a.mul(b)
    }

    #[inline(always)]
    fn slope(self, inverse: &mut Fp, y: [&Fp; 2]) {
        *inverse = inverse.mul(&y[1].sub(y[0]));
    }

    #[inline(always)]
    fn abscissa(self, x: &mut Fp, across: &mut Fp, slope: &Fp, d: &Fp) {
        let before = core::mem::replace(x, slope.square().sub(&x.double()).sub(d));
        *across = before.sub(x);
    }

    #[inline(always)]
    fn ordinate(self, y: &mut Fp, slope: &Fp, across: &Fp) {
        *y = slope.mul(across).sub(y);
    }

    #[inline(always)]
    fn sub(self, a: &Fp, b: &Fp) -> Fp {
        a.sub(b)
    }

    #[inline(always)]
    fn double(self, a: &Fp) -> Fp {
        a.double()
    }

    #[inline(always)]
    fn tangent(self, x: &Fp) -> Fp {
        let term = x.square().sub(&Fp::ONE);
        term.double().add(&term)
    }

    #[inline(always)]
    fn is_sum(self, r: &Fp, [x1, x2]: [&Fp; 2], dx: &Fp, dy: &Fp) -> u32 {
        u32::from(r.add(x1).add(x2).mul(&dx.square()) == dy.square())
    }

    #[inline(always)]
    fn is_zero(self, value: &Fp) -> u32 {
        u32::from(value.is_zero())
    }

    #[inline(always)]
    fn pack(self, value: &Fp) -> Fp {
        *value
    }

    #[inline(always)]
    fn unpack(self, value: &Fp) -> Fp {
        *value
    }

    #[inline(always)]
    fn lane(self, value: &Fp, _: usize) -> Fp {
        *value
    }

    #[inline(always)]
    fn set(self, value: &mut Fp, _: usize, element: &Fp) {
        *value = *element;
    }
}
