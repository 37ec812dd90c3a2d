//! Points of the curve, one at a time, with every case handled: what builds tables and judges crafted signatures.

use crate::field::{Fp, P};
use crate::limbs::{self, Limbs};

/// A point that is not infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Affine {
    pub(crate) x: Fp,
    pub(crate) y: Fp,
}

impl Affine {
    /// The point that generates the group.
    pub(crate) const GENERATOR: Self = Self {
        x: Fp::from_integer([
            0xf4a1_3945_d898_c296,
            0x7703_7d81_2deb_33a0,
            0xf8bc_e6e5_63a4_40f2,
            0x6b17_d1f2_e12c_4247,
        ]),
        y: Fp::from_integer([
            0xcbb6_4068_37bf_51f5,
            0x2bce_3357_6b31_5ece,
            0x8ee7_eb4a_7c0f_9e16,
            0x4fe3_42e2_fe1a_7f9b,
        ]),
    };

    /// The point with these coordinates, if they are below p and it lies on the curve.
    pub(crate) fn new(x: &Limbs, y: &Limbs) -> Option<Self> {
        let in_range = limbs::less(x, &P) && limbs::less(y, &P);
        let point = in_range.then(|| Self { x: Fp::from_integer(*x), y: Fp::from_integer(*y) })?;
        (point.y.square() == Fp::curve_equation(&point.x)).then_some(point)
    }

    pub(crate) const fn negate(&self) -> Self {
        Self { x: self.x, y: self.y.negate() }
    }
}

/// Any point: x = X/ZZ, y = Y/ZZZ with ZZ³ = ZZZ², and infinity when ZZ = 0.
///
/// Formulas: "XYZZ" of the Explicit-Formulas Database (madd-2008-s, dbl-2008-s-1), with the cases that they exclude.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    x: Fp,
    y: Fp,
    zz: Fp,
    zzz: Fp,
}

impl Point {
    pub(crate) const INFINITY: Self = Self { x: Fp::ONE, y: Fp::ONE, zz: Fp::ZERO, zzz: Fp::ZERO };

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
        // 3x² − 3·ZZ² by a difference of squares.
        let product = self.x.sub(&self.zz).mul(&self.x.add(&self.zz));
        let m = product.double().add(&product);
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&w.mul(&self.y));
        Self { x, y, zz: v.mul(&self.zz), zzz: w.mul(&self.zzz) }
    }

    pub(crate) fn add(&self, other: &Affine) -> Self {
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
    pub(crate) fn has_x(&self, x: &Fp) -> bool {
        !self.is_infinity() && x.mul(&self.zz) == self.x
    }

    /// The same points in affine form, with one inversion. `None` if one of them is infinity.
    pub(crate) fn normalize(points: &[Self]) -> Option<Vec<Affine>> {
        let mut product = Fp::ONE;
        let before: Vec<Fp> = points
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
        let mut affine: Vec<Affine> = points
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

impl From<Affine> for Point {
    fn from(point: Affine) -> Self {
        Self { x: point.x, y: point.y, zz: Fp::ONE, zzz: Fp::ONE }
    }
}

#[cfg(test)]
pub(crate) fn multiple(point: &Affine, scalar: &Limbs) -> Point {
    (0..256).rev().fold(Point::INFINITY, |sum, bit| {
        let sum = sum.double();
        if scalar[bit / 64] >> (bit % 64) & 1 == 1 { sum.add(point) } else { sum }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::N;

    const G: Affine = Affine::GENERATOR;

    #[test]
    fn the_generator_has_the_order_of_the_curve() {
        assert!(Affine::new(&G.x.to_integer(), &G.y.to_integer()).is_some());
        let before_last = limbs::sub(&N, &[1, 0, 0, 0]).0;
        assert!(multiple(&G, &N).is_infinity());
        assert_eq!(Point::normalize(&[multiple(&G, &before_last)]), Some(vec![G.negate()]));
    }

    #[test]
    fn adding_handles_equal_opposite_and_infinity() {
        let one = Point::from(G);
        assert!(one.add(&G.negate()).is_infinity());
        assert!(Point::INFINITY.double().is_infinity());
        let three = one.add(&G).add(&G);
        let also = one.double().add(&G);
        assert_eq!(Point::normalize(&[three]), Point::normalize(&[also]));
        assert!(Point::normalize(&[three, Point::INFINITY]).is_none());
        assert!(!Point::INFINITY.has_x(&Fp::ONE) && one.has_x(&G.x));
    }

    #[test]
    fn a_point_off_the_curve_or_beyond_the_field_is_none() {
        let (x, y) = (G.x.to_integer(), G.y.to_integer());
        assert!(Affine::new(&y, &x).is_none());
        assert!(Affine::new(&P, &y).is_none());
        assert!(Affine::new(&x, &limbs::add(&y, &P).0).is_none());
    }
}
