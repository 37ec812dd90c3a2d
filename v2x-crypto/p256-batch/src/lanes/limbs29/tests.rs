//! Bounds on intervals, values on integers.

use super::*;
use crate::field::{self, Fp};
use crate::lanes::interval::Interval;
use crate::limbs::{self, Limbs};
use proptest::prelude::*;

const HALF: i128 = (1 << 32) - 1;

/// A word's values, all of them from 0 to 2^64 − 1.
#[derive(Clone, Copy, Debug)]
struct Bounds(Interval);

impl Bounds {
    fn of(interval: Interval) -> Self {
        Self(interval.within(0, u64::MAX.into()))
    }

    fn half(self) -> Self {
        Self(self.0.within(0, HALF))
    }
}

impl Word for Bounds {
    type Pair = [Bounds; 2];

    fn splat(value: u64) -> Self {
        Self::of(Interval::new(value.into(), value.into()))
    }
    fn add(self, other: Self) -> Self {
        Self::of(self.0.plus(other.0))
    }
    fn sub(self, other: Self) -> Self {
        Self::of(self.0.minus(other.0))
    }
    fn up<const BITS: i32>(self) -> Self {
        Self::of(self.0.times_wide(Interval::new(1 << BITS, 1 << BITS)))
    }
    fn down<const BITS: i32>(self) -> Self {
        Self::of(self.0.shifted_down(BITS as u32))
    }
    fn low<const BITS: u32>(self) -> Self {
        Self::of(self.0.lowest(BITS))
    }
    fn times(self, other: Self) -> Self {
        Self::of(self.half().0.times_wide(other.half().0))
    }
    fn pair(low: Self, high: Self) -> [Self; 2] {
        [low.half(), high.half()]
    }
    fn lower_factor(pair: [Self; 2]) -> Self {
        pair[0]
    }
    fn lower(pair: [Self; 2]) -> Self {
        pair[0]
    }
    fn upper(pair: [Self; 2]) -> Self {
        pair[1]
    }
    fn add_pairs(a: [Self; 2], b: [Self; 2]) -> [Self; 2] {
        [a[0].add(b[0]).half(), a[1].add(b[1]).half()]
    }
    fn sub_pairs(a: [Self; 2], b: [Self; 2]) -> [Self; 2] {
        [a[0].sub(b[0]).half(), a[1].sub(b[1]).half()]
    }
}

/// One lane, exactly; the additions panic on overflow.
impl Word for u64 {
    type Pair = u64;

    fn splat(value: u64) -> Self {
        value
    }
    fn add(self, other: Self) -> Self {
        self + other
    }
    fn sub(self, other: Self) -> Self {
        self - other
    }
    fn up<const BITS: i32>(self) -> Self {
        self << BITS
    }
    fn down<const BITS: i32>(self) -> Self {
        self >> BITS
    }
    fn low<const BITS: u32>(self) -> Self {
        self & ((1 << BITS) - 1)
    }
    fn times(self, other: Self) -> Self {
        (self & 0xffff_ffff) * (other & 0xffff_ffff)
    }
    fn pair(low: Self, high: Self) -> u64 {
        low | high << 32
    }
    fn lower_factor(pair: u64) -> Self {
        pair
    }
    fn lower(pair: u64) -> Self {
        pair & 0xffff_ffff
    }
    fn upper(pair: u64) -> Self {
        pair >> 32
    }
    fn add_pairs(a: u64, b: u64) -> u64 {
        ((a >> 32) + (b >> 32)) << 32 | ((a & 0xffff_ffff) + (b & 0xffff_ffff))
    }
    fn sub_pairs(a: u64, b: u64) -> u64 {
        ((a >> 32) - (b >> 32)) << 32 | ((a & 0xffff_ffff) - (b & 0xffff_ffff))
    }
}

fn wide_below(limb: i128, last: i128) -> Wide<Bounds> {
    let mut limbs = [Bounds::of(Interval::new(0, limb - 1)); 9];
    limbs[8] = Bounds::of(Interval::new(0, last - 1));
    limbs
}

fn wide(bits: u32, last_bits: u32) -> Wide<Bounds> {
    wide_below(1 << bits, 1 << last_bits)
}

fn packed_below(limb: i128, last: i128) -> Packed<Bounds> {
    pack(&wide_below(limb, last))
}

fn packed(bits: u32, last_bits: u32) -> Packed<Bounds> {
    pack(&wide(bits, last_bits))
}

fn assert_within(name: &str, found: &Wide<Bounds>, class: &Wide<Bounds>) {
    let inside = found.iter().zip(class).all(|(found, class)| found.0.is_inside(&class.0));
    assert!(inside, "{name}: {found:x?} is not within {class:x?}");
}

/// The table of the module's documentation.
#[test]
fn every_operation_keeps_its_bounds_for_all_values() {
    let (coordinate, x) = (packed(30, 25), packed(29, 25));
    let (difference, product) = (packed_below(3 << 30, 1 << 27), wide(29, 27));
    for factor in [&coordinate, &x, &difference, &pack(&product)] {
        assert_within("mul", &mul(&product, factor), &product);
    }
    let entry = packed(29, 24);
    assert_within("mul_sub", &unpack(&mul_sub(&product, &difference, &coordinate)), &unpack(&x));
    assert_within("square_sub", &unpack(&square_sub(&product, &x, &x)), &unpack(&x));
    assert_within("sub", &unpack(&sub(&coordinate, &coordinate)), &unpack(&difference));
    assert_within("double", &unpack(&double(&coordinate)), &unpack(&difference));
    assert_within("tangent", &unpack(&tangent(&x)), &unpack(&difference));
    assert_within("negate_entry", &unpack(&negate_entry(&entry)), &unpack(&coordinate));
    assert_within("sum_test", &sum_test(&x, [&x, &x], &difference, &difference), &product);
}

#[test]
fn the_constants_are_multiples_of_p() {
    for limbs in [LESS_ONE, LESS_TWO_X, LESS_ENTRY, LESS_PRODUCT] {
        assert_eq!(integer(&limbs), [0; 4]);
    }
    assert_eq!(Fp::from_kept(integer(&ONE)), Fp::power_of_two(5));
}

/// The integer modulo p.
fn integer(wide: &Wide<u64>) -> Limbs {
    let words = wide.map(|limb| Fp::from_integer([limb, 0, 0, 0]));
    words.iter().rev().fold(Fp::ZERO, |sum, limb| sum.mul(&Fp::power_of_two(29)).add(limb)).to_integer()
}

fn wide_of(value: &Limbs) -> Wide<u64> {
    core::array::from_fn(|limb| limbs::bits(value, 29 * limb, 29))
}

fn value() -> impl Strategy<Value = Limbs> {
    let limb = prop_oneof![Just(0), Just(1), Just(u64::MAX), Just((1 << 29) - 1), any::<u64>()];
    prop::array::uniform4(limb).prop_map(|limbs| limbs::reduce_once(limbs, false, &field::P))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 5 } else { 2_000 }))]

    #[test]
    fn operations_agree_with_the_portable_field(a in value(), b in value(), c in value(), d in value()) {
        let [fa, fb, fc, fd] = [a, b, c, d].map(Fp::from_integer);
        let [wa, _, _, _] = [a, b, c, d].map(|value| wide_of(&value));
        let [pa, pb, pc, pd] = [a, b, c, d].map(|value| pack(&wide_of(&value)));
        let scale = Fp::inverse_power_of_two(261);
        let check = |name: &str, found: Wide<u64>, expected: Fp| {
            prop_assert_eq!(Fp::from_integer(integer(&found)), expected, "{}", name);
            Ok(())
        };
        check("pack", unpack(&pa), fa)?;
        check("mul", mul(&wa, &pb), fa.mul(&fb).mul(&scale))?;
        check("square", square(&wa), fa.square().mul(&scale))?;
        check("mul_sub", unpack(&mul_sub(&wa, &sub(&pb, &pc), &pd)), fa.mul(&fb.sub(&fc)).mul(&scale).sub(&fd))?;
        check("square_sub", unpack(&square_sub(&wa, &pc, &pd)), fa.square().mul(&scale).sub(&fc).sub(&fd))?;
        check("double", unpack(&double(&pa)), fa.double())?;
        check("negate_entry", unpack(&negate_entry(&pa)), fa.negate())?;
        let x2 = fa.square().mul(&scale).sub(&Fp::power_of_two(261));
        check("tangent", unpack(&tangent(&pa)), x2.double().add(&x2))?;
        let sum = fa.add(&fb).add(&fc).mul(&fd.square().mul(&scale)).mul(&scale).sub(&fb.square().mul(&scale));
        check("sum_test", sum_test(&pa, [&pb, &pc], &pd, &pb), sum.mul(&scale))?;
    }
}
