//! Points of a curve, one at a time, with every case handled: what builds tables and judges crafted signatures.

use crate::curves::{Element, Parameters};
use crate::limbs::Limbs;
use crate::residue::Residue;

/// A point that is not infinity. Sixty-four or ninety-six octets, so that it never lies on three lines of a cache.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(32))]
pub(crate) struct Affine<C: Parameters<N>, const N: usize> {
    pub(crate) x: Element<C, N>,
    pub(crate) y: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Affine<C, N> {
    /// The point that generates the group.
    pub(crate) const GENERATOR: Self = Self { x: C::GENERATOR[0], y: C::GENERATOR[1] };

    /// The point with these coordinates, if they are below p and it lies on the curve.
    pub(crate) fn new(x: &Limbs<N>, y: &Limbs<N>) -> Option<Self> {
        let point = Self { x: Residue::new(x)?.to_montgomery(), y: Residue::new(y)?.to_montgomery() };
        (point.y.square() == Self::curve_equation(&point.x)).then_some(point)
    }

    /// x³ + a·x + b, the square of the y that belongs to x.
    fn curve_equation(x: &Element<C, N>) -> Element<C, N> {
        x.square().add(&C::A).mul(x).add(&C::B)
    }

    #[inline(always)]
    pub(crate) fn negated_if(&self, negative: bool) -> Self {
        Self { x: self.x, y: self.y.negated_if(negative) }
    }

    pub(crate) fn negate(&self) -> Self {
        self.negated_if(true)
    }
}

/// Any point: x = X/ZZ, y = Y/ZZZ with ZZ³ = ZZZ², and infinity when ZZ = 0.
///
/// Formulas: "XYZZ" of the Explicit-Formulas Database (madd-2008-s, dbl-2008-s-1), with the cases that they exclude.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point<C: Parameters<N>, const N: usize> {
    x: Element<C, N>,
    y: Element<C, N>,
    zz: Element<C, N>,
    zzz: Element<C, N>,
}

impl<C: Parameters<N>, const N: usize> Point<C, N> {
    pub(crate) const INFINITY: Self =
        Self { x: Residue::ONE, y: Residue::ONE, zz: Residue::ZERO, zzz: Residue::ZERO };

    pub(crate) const fn is_infinity(&self) -> bool {
        self.zz.is_zero()
    }

    pub(crate) fn double(&self) -> Self {
        if self.is_infinity() {
            return *self;
        }
        let u = self.y.double();
        let v = u.square();
        let w = u.mul(&v);
        let s = self.x.mul(&v);
        let xx = self.x.square();
        let m = xx.double().add(&xx).add(&C::A.mul(&self.zz.square()));
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&w.mul(&self.y));
        Self { x, y, zz: v.mul(&self.zz), zzz: w.mul(&self.zzz) }
    }

    pub(crate) fn add(&self, other: &Affine<C, N>) -> Self {
        if self.is_infinity() {
            return Self::from(*other);
        }
        let p = other.x.mul(&self.zz).sub(&self.x);
        let r = other.y.mul(&self.zzz).sub(&self.y);
        if p.is_zero() {
            return if r.is_zero() { self.double() } else { Self::INFINITY };
        }
        let pp = p.square();
        let ppp = p.mul(&pp);
        let q = self.x.mul(&pp);
        let x = r.square().sub(&ppp).sub(&q.double());
        let y = r.mul(&q.sub(&x)).sub(&self.y.mul(&ppp));
        Self { x, y, zz: self.zz.mul(&pp), zzz: self.zzz.mul(&ppp) }
    }

    /// Whether it has this x coordinate. Infinity has none.
    pub(crate) fn has_x(&self, x: &Element<C, N>) -> bool {
        !self.is_infinity() && x.mul(&self.zz) == self.x
    }

    /// The same points in affine form, with one inversion. `None` if one of them is infinity.
    pub(crate) fn normalize(points: &[Self]) -> Option<Vec<Affine<C, N>>> {
        let mut product = Residue::ONE;
        let before: Vec<Element<C, N>> = points
            .iter()
            .map(|point| {
                let before = product;
                product = product.mul(&point.zzz);
                before
            })
            .collect();
        if product.is_zero() {
            return None;
        }
        let mut inverse = product.invert();
        let mut affine: Vec<Affine<C, N>> = points
            .iter()
            .zip(before)
            .rev()
            .map(|(point, before)| {
                let zzz_inverse = inverse.mul(&before);
                inverse = inverse.mul(&point.zzz);
                // 1/ZZ = ZZ²/ZZZ², as ZZ³ = ZZZ².
                let zz_inverse = zzz_inverse.mul(&point.zz).square();
                Affine { x: point.x.mul(&zz_inverse), y: point.y.mul(&zzz_inverse) }
            })
            .collect();
        affine.reverse();
        Some(affine)
    }
}

impl<C: Parameters<N>, const N: usize> From<Affine<C, N>> for Point<C, N> {
    fn from(point: Affine<C, N>) -> Self {
        Self { x: point.x, y: point.y, zz: Residue::ONE, zzz: Residue::ONE }
    }
}

#[cfg(test)]
pub(crate) fn multiple<C: Parameters<N>, const N: usize>(
    point: &Affine<C, N>,
    scalar: &Limbs<N>,
) -> Point<C, N> {
    (0..64 * N).rev().fold(Point::INFINITY, |sum, bit| {
        let sum = sum.double();
        if scalar[bit / 64] >> (bit % 64) & 1 == 1 { sum.add(point) } else { sum }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::on_each_curve;
    use crate::limbs;
    use crate::residue::Modulus as _;

    fn has_its_order<C: Parameters<N>, const N: usize>() {
        let generator = Affine::<C, N>::GENERATOR;
        let order = C::Order::VALUE;
        assert!(limbs::less(&order, &C::Field::VALUE));
        assert_eq!(generator.y.square(), Affine::<C, N>::curve_equation(&generator.x));
        assert!(multiple(&generator, &order).is_infinity());
        let mut before_last = order;
        before_last[0] -= 1;
        let last = Point::normalize(&[multiple(&generator, &before_last)]);
        assert_eq!(last, Some(vec![generator.negate()]));
    }

    #[test]
    fn each_generator_has_the_order_of_its_curve() {
        on_each_curve!(has_its_order());
    }

    fn handles_every_case<C: Parameters<N>, const N: usize>() {
        let generator = Affine::<C, N>::GENERATOR;
        let one = Point::from(generator);
        assert!(one.add(&generator.negate()).is_infinity());
        assert!(Point::<C, N>::INFINITY.double().is_infinity());
        let three = one.add(&generator).add(&generator);
        let also = one.double().add(&generator);
        assert_eq!(Point::normalize(&[three]), Point::normalize(&[also]));
        assert!(Point::normalize(&[three, Point::INFINITY]).is_none());
        assert!(!Point::<C, N>::INFINITY.has_x(&Residue::ONE) && one.has_x(&generator.x));
    }

    #[test]
    fn adding_handles_equal_opposite_and_infinity() {
        on_each_curve!(handles_every_case());
    }

    fn checks_coordinates<C: Parameters<N>, const N: usize>() {
        let generator = Affine::<C, N>::GENERATOR;
        let (x, y) = (*generator.x.to_plain().limbs(), *generator.y.to_plain().limbs());
        assert_eq!(Affine::<C, N>::new(&x, &y), Some(generator));
        assert!(Affine::<C, N>::new(&y, &x).is_none());
        assert!(Affine::<C, N>::new(&C::Field::VALUE, &y).is_none());
        assert!(Affine::<C, N>::new(&x, &[u64::MAX; N]).is_none());
    }

    #[test]
    fn a_point_off_the_curve_or_beyond_the_field_is_none() {
        on_each_curve!(checks_coordinates());
    }
}
