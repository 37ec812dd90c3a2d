//! Signatures that somebody crafted: for each addition of a batch, one that makes its denominator zero.
//!
//! Whoever owns a key chooses it, and the digest, and the signature. So for any u₁ and u₂ the digits are known, and with them
//! each point's content as a·Q + b·G. Two points are the same, or opposite, when Q is d·G with
//! d = (b₂ ∓ b₁)/(±a₁ − a₂): one key for each addition in which the key's share differs.

#[path = "../tests/common/reference.rs"]
mod reference;

use v2x_crypto::PublicKey;

use crate::comb::Comb;
use crate::curves::{Parameters, Scalar, on_each_curve};
use crate::limbs::{self, Limbs};
use crate::plan::Plan;
use crate::point::{Affine, Point, multiple};
use crate::residue::{Modulus as _, Residue};
use crate::{BatchVerifier, Item, KeyTable, TableSize, Verdict};

/// a·Q + b·G.
#[derive(Clone, Copy, Debug)]
struct Share<C: Parameters<N>, const N: usize> {
    key: Scalar<C, N>,
    generator: Scalar<C, N>,
}

impl<C: Parameters<N>, const N: usize> Share<C, N> {
    fn plus(self, other: Self) -> Self {
        Self { key: self.key.add(&other.key), generator: self.generator.add(&other.generator) }
    }

    fn minus(self, other: Self) -> Self {
        Self { key: self.key.sub(&other.key), generator: self.generator.sub(&other.generator) }
    }

    /// The d for which a·d + b is equal to (or the opposite of) the other.
    fn key_of_collision(self, other: Self, opposite: bool) -> Option<Scalar<C, N>> {
        let Self { key, generator } = if opposite { self.plus(other) } else { self.minus(other) };
        (!key.is_zero()).then(|| times::<C, N>(generator.negate(), inverse_of::<C, N>(key)))
    }
}

fn times<C: Parameters<N>, const N: usize>(a: Scalar<C, N>, b: Scalar<C, N>) -> Scalar<C, N> {
    a.to_montgomery().mul(&b)
}

fn inverse_of<C: Parameters<N>, const N: usize>(value: Scalar<C, N>) -> Scalar<C, N> {
    Residue::reduced(&C::Order::invert(value.limbs()))
}

fn small<C: Parameters<N>, const N: usize>(value: u64) -> Scalar<C, N> {
    let mut limbs = [0; N];
    limbs[0] = value;
    Residue::reduced(&limbs)
}

/// What the entries of one table contribute to a column: entry(table, digit).
fn entry<C: Parameters<N>, const N: usize>(comb: &Comb, part: usize, digit: u16) -> Scalar<C, N> {
    let power = |exponent: usize| (0..exponent).fold(Residue::UNIT, |power: Scalar<C, N>, _| power.double());
    (0..comb.teeth).fold(Residue::ZERO, |sum: Scalar<C, N>, tooth| {
        let term = power(comb.spacing() * tooth + comb.columns * part);
        sum.add(&term.negated_if(digit >> tooth & 1 == 0))
    })
}

/// Follows a lone signature through its plan and returns the two shares of each addition.
fn additions<C: Parameters<N>, const N: usize>(
    comb: Comb,
    [generator, key]: [Scalar<C, N>; 2],
) -> Vec<[Share<C, N>; 2]> {
    let mut plan = Plan::with_capacity(1);
    let places = plan.push(comb, C::GENERATOR_COMB);
    let zero = Share::<C, N> { key: Residue::ZERO, generator: Residue::ZERO };
    let mut points = vec![zero; comb.spacing() + C::GENERATOR_COMB.spacing()];
    for (table, scalar, of_key) in [(comb, key, true), (C::GENERATOR_COMB, generator, false)] {
        let digits = table.digits(&scalar, &table.offset());
        for column in 0..table.columns {
            let start = if of_key { places.start(column) } else { places.generator_start(column) };
            for part in 0..table.tables {
                let value = entry::<C, N>(&table, part, digits[part * table.columns + column]);
                let share =
                    if of_key { Share { key: value, ..zero } } else { Share { generator: value, ..zero } };
                points[start + part] = share;
            }
        }
    }
    let mut pairs = Vec::new();
    let mut add = |point: usize, with: usize, points: &mut Vec<Share<C, N>>| {
        let pair = [points[point], points[with]];
        points[point] = pair[0].plus(pair[1]);
        pairs.push(pair);
    };
    let mut jobs = Vec::new();
    for level in 0..8 {
        plan.level(level, &mut jobs);
        jobs.iter().for_each(|job| add(job.point as usize, job.with as usize, &mut points));
    }
    for column in (1..places.columns()).rev() {
        let with = places.start(column);
        points[with] = points[with].plus(points[with]);
        add(places.start(column - 1), with, &mut points);
    }
    let sum = points[places.start(0)];
    assert_eq!((sum.key, sum.generator), (key, generator), "the plan adds up to u₁·G + u₂·Q");
    pairs
}

/// A signature under d·G whose verification has these u₁ and u₂, valid unless R is infinity or `spoiled`.
struct Crafted {
    key: KeyTable,
    public: PublicKey,
    digest: Vec<u8>,
    r: Vec<u8>,
    s: Vec<u8>,
}

/// The x and y of a scalar times the generator; `None` for infinity.
fn coordinates<C: Parameters<N>, const N: usize>(scalar: Scalar<C, N>) -> Option<[Limbs<N>; 2]> {
    let points = Point::normalize(&[multiple(&Affine::<C, N>::GENERATOR, scalar.limbs())])?;
    points.first().map(|point| [point.x, point.y].map(|coordinate| *coordinate.to_plain().limbs()))
}

fn public_key<C: Parameters<N>, const N: usize>([x, y]: [Limbs<N>; 2]) -> PublicKey {
    PublicKey::from_uncompressed(C::CURVE, &limbs::to_octets(&x), &limbs::to_octets(&y)).unwrap()
}

impl Crafted {
    fn new<C: Parameters<N>, const N: usize>(
        d: Scalar<C, N>,
        [u1, u2]: [Scalar<C, N>; 2],
        size: TableSize,
        spoiled: bool,
    ) -> Option<Self> {
        let public = public_key::<C, N>(coordinates::<C, N>(d)?);
        let sum = u1.add(&times::<C, N>(u2, d));
        let r = coordinates::<C, N>(sum).map_or(Residue::UNIT, |[x, _]| Residue::reduced(&x));
        let s = times::<C, N>(r, inverse_of::<C, N>(u2));
        let digest = times::<C, N>(u1, s);
        let s = if spoiled { s.add(&Residue::UNIT) } else { s };
        let [digest, r, s] = [digest, r, s].map(|part| limbs::to_octets(part.limbs()));
        Some(Self { key: KeyTable::build(&public, size)?, public, digest, r, s })
    }

    fn item(&self) -> Item<'_> {
        Item { key: &self.key, digest: &self.digest, r: &self.r, s: &self.s }
    }

    fn reference(&self) -> Verdict {
        reference::verdict(&self.public, &self.digest, &self.r, &self.s)
    }
}

fn scalar<C: Parameters<N>, const N: usize>(seed: u64) -> Scalar<C, N> {
    Residue::reduced(&core::array::from_fn(|index| {
        (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(13 * index as u32 + 1) ^ index as u64
    }))
}

/// Honest signatures to stand beside crafted ones.
fn honest<C: Parameters<N>, const N: usize>(count: u64, size: TableSize) -> Vec<Crafted> {
    (0..count)
        .map(|seed| {
            let multipliers = [scalar::<C, N>(3 * seed + 1), scalar::<C, N>(3 * seed + 2)];
            Crafted::new::<C, N>(scalar::<C, N>(3 * seed), multipliers, size, seed % 5 == 4).unwrap()
        })
        .collect()
}

/// Verifies crafted signatures among honest ones, compares all verdicts with the library's, and returns how many were
/// judged alone.
fn among(honest: &[Crafted], crafted: &[Crafted]) -> u64 {
    let mut verifier = BatchVerifier::new(256);
    let mixed: Vec<&Crafted> = honest.iter().chain(crafted).chain(&honest[..1]).collect();
    let items: Vec<Item<'_>> = mixed.iter().map(|crafted| crafted.item()).collect();
    let verdicts = verifier.verify(&items).to_vec();
    let expected: Vec<Verdict> = mixed.iter().map(|crafted| crafted.reference()).collect();
    assert_eq!(verdicts, expected);
    verifier.judged_alone()
}

fn costs_its_own_lane<C: Parameters<N>, const N: usize>() {
    let multipliers = [scalar::<C, N>(100), scalar::<C, N>(101)];
    for size in [TableSize::Small, TableSize::Medium, TableSize::Large] {
        let honest = honest::<C, N>(5, TableSize::Small);
        let pairs = additions::<C, N>(C::COMBS[size as usize], multipliers);
        // Additions within the key's points cannot collide; every column has some with the generator's.
        let keys: Vec<Scalar<C, N>> = pairs
            .iter()
            .flat_map(|[a, b]| {
                [false, true].into_iter().filter_map(|opposite| a.key_of_collision(*b, opposite))
            })
            .collect();
        assert!(keys.len() >= 8, "{} crafted keys for {size:?}", keys.len());
        // A key of all points makes many of the denominators vanish, and its own; some keys do for a test.
        let step = keys.len().div_ceil(12);
        let crafted: Vec<Crafted> = keys
            .iter()
            .step_by(step)
            .enumerate()
            .filter_map(|(index, d)| Crafted::new::<C, N>(*d, multipliers, size, index % 4 == 3))
            .collect();
        let together = among(&honest, &crafted);
        assert!(together <= crafted.len() as u64, "{together} judged alone, {} crafted", crafted.len());
        // What is spoiled has other multipliers, and meets no zero.
        assert!(together * 2 >= crafted.len() as u64, "only {together} zero denominators");
        assert_eq!(among(&honest, &[]), 0);
    }
}

#[test]
fn a_zero_denominator_in_any_addition_costs_its_own_lane_only() {
    on_each_curve!(costs_its_own_lane());
}

fn special_values<C: Parameters<N>, const N: usize>() {
    let one = small::<C, N>(1);
    let mut high = [0; N];
    high[N - 1] = 1 << 32;
    let keys = [one, one.negate(), small::<C, N>(2), small::<C, N>(256), Residue::reduced(&high)];
    let some = scalar::<C, N>(7);
    let honest = honest::<C, N>(3, TableSize::Small);
    for d in keys {
        let mut crafted = Vec::new();
        for u2 in [one, small::<C, N>(7), one.negate(), some] {
            let product = times::<C, N>(u2, d);
            // With the last but one, R is infinity.
            for u1 in [Residue::ZERO, one, product, product.negate(), some] {
                let signed = |spoiled| Crafted::new::<C, N>(d, [u1, u2], TableSize::Small, spoiled);
                crafted.extend([false, true].into_iter().filter_map(signed));
            }
        }
        assert_eq!(crafted.len(), 40);
        among(&honest, &crafted);
    }
}

#[test]
fn special_keys_and_multipliers_get_the_right_verdict() {
    on_each_curve!(special_values());
}

/// r + n below p: R with an x coordinate in n..p, made by choosing R first and then the key, Q = (R − u₁·G)/u₂.
fn x_beyond_the_order<C: Parameters<N>, const N: usize>() {
    let found = (1u64..).find_map(|offset| {
        let r = small::<C, N>(offset);
        let x = limbs::add(r.limbs(), &C::Order::VALUE).0;
        let key = PublicKey::from_compressed(C::CURVE, false, &limbs::to_octets(&x)).ok()?;
        Some((r, Affine::<C, N>::new(&x, &limbs::from_octets(key.y())?)?))
    });
    let (r, point) = found.unwrap();
    // u₁ = 0 and u₂ = 1/k make Q = k·R; the digest is zero and s = r·k.
    let k = scalar::<C, N>(5);
    let key = Point::normalize(&[multiple(&point, k.limbs())]).unwrap()[0];
    let public = public_key::<C, N>([key.x, key.y].map(|coordinate| *coordinate.to_plain().limbs()));
    let s = limbs::to_octets(times::<C, N>(r, k).limbs());
    let crafted = [r, r.add(&Residue::UNIT)].map(|r| Crafted {
        key: KeyTable::build(&public, TableSize::Medium).unwrap(),
        public,
        digest: vec![0; 8 * N],
        r: limbs::to_octets(r.limbs()),
        s: s.clone(),
    });
    assert_eq!(crafted[0].reference(), Verdict::Valid);
    assert_eq!(among(&honest::<C, N>(3, TableSize::Small), &crafted), 2);
    // By itself too.
    let alone = crafted.map(|one| BatchVerifier::new(1).verify(&[one.item()])[0]);
    assert_eq!(alone, [Verdict::Valid, Verdict::Invalid]);
}

#[test]
fn an_x_coordinate_between_n_and_p_is_found() {
    on_each_curve!(x_beyond_the_order());
}

fn edges_of_the_range<C: Parameters<N>, const N: usize>() {
    let order = C::Order::VALUE;
    let edges = [
        *small::<C, N>(0).limbs(),
        *small::<C, N>(1).limbs(),
        order,
        *small::<C, N>(1).negate().limbs(),
        C::Field::VALUE,
        [u64::MAX; N],
    ];
    let edges = edges.map(|edge| limbs::to_octets(&edge));
    let public = public_key::<C, N>(coordinates::<C, N>(Residue::UNIT).unwrap());
    let crafted: Vec<Crafted> = (0..edges.len() * edges.len())
        .map(|index| Crafted {
            key: KeyTable::build(&public, TableSize::Small).unwrap(),
            public,
            digest: edges[index % 5].clone(),
            r: edges[index / edges.len()].clone(),
            s: edges[index % edges.len()].clone(),
        })
        .collect();
    among(&honest::<C, N>(3, TableSize::Small), &crafted);
}

#[test]
fn parts_at_the_edges_of_the_range_get_the_right_verdict() {
    on_each_curve!(edges_of_the_range());
}
