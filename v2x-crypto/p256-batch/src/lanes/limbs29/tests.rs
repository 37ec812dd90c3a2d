//! Bounds on intervals, values on integers, and the programs' files.

use super::program::{ALL, Machine, Operation, Value};
use super::*;
use crate::field::{self, Fp};
use crate::lanes::interval::Interval;
use crate::limbs::{self, Limbs};
use proptest::prelude::*;

const HALF: i128 = (1 << 32) - 1;

/// A word's values: all from one integer to another, or those of its two halves.
#[derive(Clone, Copy, Debug)]
enum Bounds {
    Whole(Interval),
    Halves(Interval, Interval),
}

use Bounds::{Halves, Whole};

/// Nothing is known of this half.
fn any_half() -> Interval {
    Interval::new(0, HALF)
}

impl Bounds {
    fn whole(interval: Interval) -> Self {
        Whole(interval.within(0, u64::MAX.into()))
    }

    fn halves(lower: Interval, upper: Interval) -> Self {
        Halves(lower.within(0, HALF), upper.within(0, HALF))
    }

    fn exactly(value: u64) -> Self {
        Self::whole(Interval::new(value.into(), value.into()))
    }

    /// The word as one integer, which it is if somebody says so by his use of it.
    fn word(self) -> Interval {
        match self {
            Whole(interval) => interval,
            Halves(lower, upper) => {
                lower.plus(upper.times_wide(Interval::new(1 << 32, 1 << 32)).within(0, u64::MAX.into()))
            }
        }
    }

    fn lower(self) -> Interval {
        match self {
            Whole(interval) => interval.lowest(32),
            Halves(lower, _) => lower,
        }
    }

    fn upper(self) -> Interval {
        match self {
            Whole(interval) => interval.shifted_down(32),
            Halves(_, upper) => upper,
        }
    }

    /// Of a whole word that fits into its lower half, or of two halves.
    fn of_halves(self, other: Self, each: fn(Interval, Interval) -> Interval) -> Self {
        match (self, other) {
            (Whole(a), Whole(b)) => Whole(each(a.within(0, HALF), b.within(0, HALF)).within(0, HALF)),
            _ => Self::halves(each(self.lower(), other.lower()), each(self.upper(), other.upper())),
        }
    }

    /// Of two whole words; of others only the lower half of the sum is known.
    fn sum(self, other: Self) -> Self {
        match (self, other) {
            (Whole(a), Whole(b)) => Self::whole(a.plus(b)),
            _ => Self::halves(self.lower().plus(other.lower()), any_half()),
        }
    }

    fn shifted_up(self, bits: u32) -> Self {
        match bits {
            32 => Halves(Interval::new(0, 0), self.lower()),
            _ => Self::whole(self.word().times_wide(Interval::new(1 << bits, 1 << bits))),
        }
    }

    fn shifted_down(self, bits: u32) -> Self {
        match bits {
            32 => Whole(self.upper()),
            _ => Whole(self.word().shifted_down(bits)),
        }
    }

    /// The bits that a constant has, which are the lowest of the word or of both halves.
    fn masked(self, mask: Self) -> Self {
        let ones = |bits: u32| (1i128 << bits) - 1;
        let bits = |mask: Interval| (0..=64).find(|bits| mask == Interval::new(ones(*bits), ones(*bits)));
        match mask {
            Whole(ones) => match bits(ones) {
                Some(32) => Whole(self.lower()),
                Some(count) => Whole(self.word().lowest(count)),
                None => unreachable!("{ones:?} is not a mask"),
            },
            Halves(lower, upper) => {
                let (lower_bits, upper_bits) = (bits(lower).unwrap_or(0), bits(upper).unwrap_or(0));
                Halves(self.lower().lowest(lower_bits), self.upper().lowest(upper_bits))
            }
        }
    }

    fn is_inside(&self, class: &Self) -> bool {
        match class {
            Whole(bound) => self.word().is_inside(bound),
            Halves(lower, upper) => self.lower().is_inside(lower) && self.upper().is_inside(upper),
        }
    }
}

impl Word for Bounds {
    fn splat(value: u64) -> Self {
        Self::exactly(value)
    }
    fn add(self, other: Self) -> Self {
        Self::act(Operation::Add, self, Some(other))
    }
    fn up<const BITS: i32>(self) -> Self {
        self.shifted_up(BITS as u32)
    }
    fn down<const BITS: i32>(self) -> Self {
        self.shifted_down(BITS as u32)
    }
    fn low<const BITS: u32>(self) -> Self {
        Whole(self.word().lowest(BITS))
    }
    fn pair(low: Self, high: Self) -> Self {
        Halves(low.lower(), high.word().within(0, HALF))
    }
    fn add_pairs(self, other: Self) -> Self {
        Self::act(Operation::AddHalves, self, Some(other))
    }
    fn sub_pairs(self, other: Self) -> Self {
        Self::act(Operation::SubtractHalves, self, Some(other))
    }
}

impl Value for Bounds {
    fn constant(index: usize) -> Self {
        let value = constants::ALL[index];
        let half = |value: u64| Interval::new(value.into(), value.into());
        let is_pair = index == constants::LIMBS || index >= constants::LESS_X_AT && value >> 32 > 0;
        if is_pair { Halves(half(value & 0xffff_ffff), half(value >> 32)) } else { Self::exactly(value) }
    }

    fn act(operation: Operation, a: Self, b: Option<Self>) -> Self {
        let b = b.unwrap_or(a);
        match operation {
            Operation::Copy => a,
            Operation::Times => Self::whole(a.lower().times_wide(b.lower())),
            Operation::Add => a.sum(b),
            Operation::Subtract => Self::whole(a.word().minus(b.word())),
            Operation::AddHalves => a.of_halves(b, Interval::plus),
            Operation::SubtractHalves => a.of_halves(b, Interval::minus),
            Operation::And => a.masked(b),
            Operation::Interleave => Halves(a.lower(), b.upper()),
            Operation::Up(bits) => a.shifted_up(bits),
            Operation::Down(bits) => a.shifted_down(bits),
            Operation::CopyUpper => Halves(a.upper(), a.upper()),
        }
    }
}

/// One lane, exactly as the instructions have it.
impl Value for u64 {
    fn constant(index: usize) -> Self {
        constants::ALL[index]
    }

    fn act(operation: Operation, a: Self, b: Option<Self>) -> Self {
        let b = b.unwrap_or(a);
        let halves = |each: fn(u32, u32) -> u32| {
            u64::from(each(a as u32, b as u32)) | u64::from(each((a >> 32) as u32, (b >> 32) as u32)) << 32
        };
        match operation {
            Operation::Copy => a,
            Operation::Times => (a & 0xffff_ffff) * (b & 0xffff_ffff),
            Operation::Add => a.wrapping_add(b),
            Operation::Subtract => a.wrapping_sub(b),
            Operation::AddHalves => halves(u32::wrapping_add),
            Operation::SubtractHalves => halves(u32::wrapping_sub),
            Operation::And => a & b,
            Operation::Interleave => a & 0xffff_ffff | b >> 32 << 32,
            Operation::Up(bits) => a << bits,
            Operation::Down(bits) => a >> bits,
            Operation::CopyUpper => a >> 32 | a >> 32 << 32,
        }
    }
}

impl Word for u64 {
    fn splat(value: u64) -> Self {
        value
    }
    fn add(self, other: Self) -> Self {
        self + other
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
    fn pair(low: Self, high: Self) -> u64 {
        low & 0xffff_ffff | high << 32
    }
    fn add_pairs(self, other: Self) -> u64 {
        Self::act(Operation::AddHalves, self, Some(other))
    }
    fn sub_pairs(self, other: Self) -> u64 {
        Self::act(Operation::SubtractHalves, self, Some(other))
    }
}

/// Multiplies by carrying out the programs.
#[derive(Clone, Copy)]
struct ByProgram;

impl<W: Word + Value> Multiply<W> for ByProgram {
    fn mul(self, a: &Wide<W>, b: &Packed<W>) -> Wide<W> {
        Wide(Machine::new().set("a", &a.0).set("b", &b.0).run("multiply").words("to"))
    }
    fn square(self, a: &Wide<W>) -> Wide<W> {
        Wide(Machine::new().set("a", &a.0).run("square").words("to"))
    }
}

/// What a program reads: each pointer's name, and its words.
type Operands<'a, W> = [(&'static str, &'a [W])];

fn run<W: Value>(program: &str, operands: &Operands<'_, W>) -> Machine<W> {
    operands.iter().fold(Machine::new(), |machine, (name, words)| machine.set(name, words)).run(program)
}

fn packed_below(limb: i128, last: i128) -> Packed<Bounds> {
    let limb = Interval::new(0, limb - 1);
    let pair = Halves(limb, limb);
    Packed([pair, pair, pair, pair, Whole(Interval::new(0, last - 1))])
}

/// A product: the upper halves of its packed part may hold anything.
fn product() -> Wide<Bounds> {
    let limb = Interval::new(0, (1 << 29) - 1);
    let (pair, whole) = (Halves(limb, any_half()), Whole(limb));
    let last = Whole(Interval::new(0, (1 << 27) - 1));
    Wide([pair, pair, pair, pair, last, whole, whole, whole, whole])
}

fn assert_within(name: &str, found: &[Bounds], class: &[Bounds]) {
    let inside =
        found.len() == class.len() && found.iter().zip(class).all(|(found, class)| found.is_inside(class));
    assert!(inside, "{name}: {found:x?} is not within {class:x?}");
}

/// The table of the module's documentation.
#[test]
fn every_operation_keeps_its_bounds_for_all_values() {
    let entry_y = packed_below(1 << 30, 1 << 25);
    let coordinate = packed_below(1 << 29, (1 << 24) + (1 << 7));
    let difference = packed_below(3 << 29, (3 << 24) + (1 << 8));
    let (product, packed_product) = (product(), packed_below(1 << 29, 1 << 27));
    let factors = [&entry_y, &coordinate, &difference, &packed_product];
    for factor in factors {
        assert_within("multiply", &ByProgram.mul(&product, factor).0, &product.0);
        let after = run("forward", &[("product", &product.0), ("d", &factor.0)]);
        assert_within("forward", &after.words::<9>("product"), &product.0);
        assert_within("forward", &after.words::<5>("after"), &packed_product.0);
    }
    assert_within("square", &ByProgram.square(&product).0, &product.0);
    let after =
        run("forward_difference", &[("product", &product.0), ("x1", &coordinate.0), ("x2", &coordinate.0)]);
    assert_within("forward_difference", &after.words::<9>("product"), &product.0);
    assert_within("forward_difference", &after.words::<5>("after"), &packed_product.0);
    assert_within("forward_difference", &after.words::<5>("d"), &difference.0);
    let after = run("slope", &[("inverse", &product.0), ("y1", &entry_y.0), ("y2", &entry_y.0)]);
    assert_within("slope", &after.words::<9>("inverse"), &product.0);
    let after = run("abscissa", &[("slope", &product.0), ("x", &coordinate.0), ("d", &difference.0)]);
    assert_within("abscissa", &after.words::<5>("x"), &coordinate.0);
    assert_within("abscissa", &after.words::<5>("across"), &difference.0);
    let after = run("ordinate", &[("slope", &product.0), ("across", &difference.0), ("y", &entry_y.0)]);
    assert_within("ordinate", &after.words::<5>("y"), &coordinate.0);

    let entry = packed_below(1 << 29, 1 << 24);
    assert_within("entry", &entry.0, &coordinate.0);
    assert_within("sub_x", &sub_x(&coordinate, &coordinate).0, &difference.0);
    assert_within("double", &double(&coordinate).0, &difference.0);
    assert_within("unpack", &unpack(&coordinate).0, &product.0);
    assert_within("tangent", &tangent(ByProgram, &coordinate).0, &packed_product.0);
    assert_within("negate_entry", &negate_entry(&entry).0, &entry_y.0);
    let test = sum_test(ByProgram, &product, [&coordinate, &coordinate], &difference, &difference);
    assert_within("sum_test", &test.0, &product.0);
}

#[test]
fn the_constants_are_multiples_of_p() {
    for limbs in [LESS_X, LESS_Y, LESS_SUM, LESS_PRODUCT] {
        assert_eq!(integer(&limbs), [0; 4]);
    }
    assert_eq!(Fp::from_kept(integer(&ONE)), Fp::power_of_two(5));
}

/// The files beside the AVX2 kernel. `WAYSEAL_WRITE=1` writes them, which is what `cargo xtask kernels` does.
#[test]
#[cfg_attr(miri, ignore = "reads files")]
fn the_assembly_is_what_the_programs_say() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lanes/avx2");
    for (name, make, parameters) in ALL {
        let (path, text) = (folder.join(name).with_extension("s"), make().text(parameters));
        if std::env::var_os("WAYSEAL_WRITE").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(found == text, "{} is not what `cargo xtask kernels` makes", path.display());
    }
}

/// The integer of limbs, modulo p.
fn integer(limbs: &[u64; 9]) -> Limbs {
    let words = limbs.map(|limb| Fp::from_integer([limb, 0, 0, 0]));
    words.iter().rev().fold(Fp::ZERO, |sum, limb| sum.mul(&Fp::power_of_two(29)).add(limb)).to_integer()
}

/// The limbs of a packed element.
fn limbs_of(packed: &Packed<u64>) -> [u64; 9] {
    core::array::from_fn(|limb| match limb {
        8 => packed.0[4],
        _ => packed.0[limb % 4] >> (limb / 4 * 32) & 0xffff_ffff,
    })
}

fn wide_of(value: &Limbs) -> Wide<u64> {
    splat(&core::array::from_fn(|limb| limbs::bits(value, 29 * limb, 29)))
}

fn value() -> impl Strategy<Value = Limbs> {
    let limb = prop_oneof![Just(0), Just(1), Just(u64::MAX), Just((1 << 29) - 1), any::<u64>()];
    prop::array::uniform4(limb).prop_map(|limbs| limbs::reduce_once(limbs, false, &field::P))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 1_000 }))]

    #[test]
    fn operations_agree_with_the_portable_field(a in value(), b in value(), c in value(), d in value()) {
        let [fa, fb, fc, fd] = [a, b, c, d].map(Fp::from_integer);
        let wa = wide_of(&a);
        let [pa, pb, pc, pd] = [a, b, c, d].map(|value| pack(&wide_of(&value)));
        let scale = Fp::inverse_power_of_two(261);
        let check = |name: &str, found: Packed<u64>, expected: Fp| {
            prop_assert_eq!(Fp::from_integer(integer(&limbs_of(&found))), expected, "{}", name);
            Ok(())
        };
        check("pack", pa, fa)?;
        check("unpack", pack(&unpack(&pa)), fa)?;
        check("multiply", pack(&ByProgram.mul(&wa, &pb)), fa.mul(&fb).mul(&scale))?;
        check("square", pack(&ByProgram.square(&wa)), fa.square().mul(&scale))?;

        let product = fa.mul(&fb).mul(&scale);
        let after = run("forward", &[("product", &wa.0), ("d", &pb.0)]);
        check("forward", pack(&Wide(after.words("product"))), product)?;
        check("forward", Packed(after.words("after")), product)?;
        let product = fa.mul(&fb.sub(&fc)).mul(&scale);
        let after = run("forward_difference", &[("product", &wa.0), ("x2", &pb.0), ("x1", &pc.0)]);
        check("forward_difference", pack(&Wide(after.words("product"))), product)?;
        check("forward_difference", Packed(after.words("after")), product)?;
        check("forward_difference", Packed(after.words("d")), fb.sub(&fc))?;
        let after = run("slope", &[("inverse", &wa.0), ("y2", &pb.0), ("y1", &pc.0)]);
        check("slope", pack(&Wide(after.words("inverse"))), product)?;
        let x = fa.square().mul(&scale).sub(&fb.double()).sub(&fc);
        let after = run("abscissa", &[("slope", &wa.0), ("x", &pb.0), ("d", &pc.0)]);
        check("abscissa", Packed(after.words("x")), x)?;
        check("abscissa", Packed(after.words("across")), fb.sub(&x))?;
        let after = run("ordinate", &[("slope", &wa.0), ("across", &pb.0), ("y", &pc.0)]);
        check("ordinate", Packed(after.words("y")), fa.mul(&fb).mul(&scale).sub(&fc))?;

        check("sub_x", sub_x(&pa, &pb), fa.sub(&fb))?;
        check("double", double(&pa), fa.double())?;
        check("negate_entry", negate_entry(&pa), fa.negate())?;
        let x2 = fa.square().mul(&scale).sub(&Fp::power_of_two(261));
        check("tangent", tangent(ByProgram, &pa), x2.double().add(&x2))?;
        let sum = fa.add(&fb).add(&fc).mul(&fd.square().mul(&scale)).mul(&scale).sub(&fb.square().mul(&scale));
        check("sum_test", pack(&sum_test(ByProgram, &wa, [&pb, &pc], &pd, &pb)), sum.mul(&scale))?;
    }
}
