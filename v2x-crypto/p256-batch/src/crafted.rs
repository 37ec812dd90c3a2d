//! Signatures that somebody crafted: for each addition of a batch, one that makes its denominator zero.
//!
//! Whoever owns a key chooses it, and the digest, and the signature. So for any u₁ and u₂ the digits are known, and with them
//! each slot's content as a·Q + b·G. Two slots hold the same point, or opposite ones, when Q is d·G with
//! d = (b₂ ∓ b₁)/(±a₁ − a₂): one key for each addition in which the key's share differs.

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use proptest::prelude::*;
use v2x_crypto::{Curve, PublicKey};

use crate::comb::Comb;
use crate::limbs;
use crate::plan::{Limits, Plan};
use crate::point::{Affine, Point, multiple};
use crate::scalar::{N, Scalar};
use crate::table::GENERATOR_COMB;
use crate::{BatchVerifier, Item, Kernel, KeyTable, TableSize, Verdict, inverse};

/// a·Q + b·G.
#[derive(Clone, Copy, Debug)]
struct Share {
    key: Scalar,
    generator: Scalar,
}

impl Share {
    const ZERO: Self = Self { key: Scalar::ZERO, generator: Scalar::ZERO };

    fn plus(self, other: Self) -> Self {
        Self { key: self.key.add(&other.key), generator: self.generator.add(&other.generator) }
    }

    /// The d for which a·d + b is equal to (or the opposite of) the other.
    fn key_of_collision(self, other: Self, opposite: bool) -> Option<Scalar> {
        let other =
            if opposite { other } else { Self { key: minus(other.key), generator: minus(other.generator) } };
        let Self { key, generator } = self.plus(other);
        (key != Scalar::ZERO).then(|| times(minus(generator), inverse_of(key)))
    }
}

fn minus(value: Scalar) -> Scalar {
    if value == Scalar::ZERO { value } else { Scalar::from_integer(limbs::sub(&N, value.limbs()).0) }
}

fn times(a: Scalar, b: Scalar) -> Scalar {
    a.to_montgomery().mul(&b)
}

fn inverse_of(value: Scalar) -> Scalar {
    Scalar::from_integer(inverse::ORDER.invert(value.limbs()))
}

/// What the entries of one table contribute to a column: entry(table, digit).
fn entry(comb: &Comb, part: usize, digit: u16) -> Scalar {
    let power = |exponent: usize| (0..exponent).fold(Scalar::ONE, |power, _| power.add(&power));
    (0..comb.teeth).fold(Scalar::ZERO, |sum, tooth| {
        let term = power(comb.spacing() * tooth + comb.columns * part);
        sum.add(&if digit >> tooth & 1 == 1 { term } else { minus(term) })
    })
}

/// Follows a lone group through its plan and returns the two shares of each addition.
fn additions(comb: Comb, generator: Scalar, key: Scalar) -> Vec<[Share; 2]> {
    let mut plan = Plan::with_limits(&Limits::new(1, 1));
    plan.push(comb);
    let (group, mut jobs, mut pairs) = (plan.groups[0], Vec::new(), Vec::new());
    let mut entries = vec![Share::ZERO; 128];
    for (table, scalar, of_key) in [(comb, key, true), (GENERATOR_COMB, generator, false)] {
        let digits = table.digits(&scalar);
        for column in 0..table.columns {
            let before = if !of_key && column < comb.columns { comb.tables } else { 0 };
            for part in 0..table.tables {
                let value = entry(&table, part, digits[part * table.columns + column]);
                let share = Share { key: value, ..Share::ZERO };
                let place = group.first_entry(column) + before + part;
                entries[place] = if of_key { share } else { Share { generator: value, ..Share::ZERO } };
            }
        }
    }
    let mut slots = vec![Share::ZERO; 128];
    plan.lone_entries(&mut jobs);
    jobs.iter().for_each(|job| slots[job.slot as usize] = entries[job.with as usize]);
    plan.entry_jobs(&mut jobs);
    for job in &jobs {
        let pair = [entries[job.with as usize], entries[job.with as usize + 1]];
        slots[job.slot as usize] = pair[0].plus(pair[1]);
        pairs.push(pair);
    }
    let mut add = |slot: u32, with: u32, slots: &mut Vec<Share>| {
        let pair = [slots[slot as usize], slots[with as usize]];
        slots[slot as usize] = pair[0].plus(pair[1]);
        pairs.push(pair);
    };
    for level in 0..8 {
        plan.slot_jobs(level, &mut jobs);
        jobs.iter().for_each(|job| add(job.slot, job.with, &mut slots));
    }
    for column in (1..group.columns()).rev() {
        let with = group.sum_slot(column);
        slots[with] = slots[with].plus(slots[with]);
        add(group.sum_slot(column - 1) as u32, with as u32, &mut slots);
    }
    let sum = slots[group.sum_slot(0)];
    assert_eq!((sum.key, sum.generator), (key, generator), "the plan adds up to u₁·G + u₂·Q");
    pairs
}

/// A signature under d·G whose verification has these u₁ and u₂, valid unless R is infinity or `spoiled`.
struct Crafted {
    key: KeyTable,
    public: PublicKey,
    digest: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
}

impl Crafted {
    fn new(d: Scalar, [u1, u2]: [Scalar; 2], size: TableSize, kernel: Kernel, spoiled: bool) -> Option<Self> {
        let octets = |scalar: Scalar| limbs::to_octets(scalar.limbs());
        let of_generator = |scalar: Scalar| {
            let point = multiple(&Affine::GENERATOR, scalar.limbs());
            Some(Point::normalize(&[point])?.first()?.x.to_integer()).zip(Point::normalize(&[point]))
        };
        let (x, affine) = of_generator(d)?;
        let y = affine.first()?.y.to_integer();
        let public =
            PublicKey::from_uncompressed(Curve::NistP256, &limbs::to_octets(&x), &limbs::to_octets(&y))
                .ok()?;
        let sum = u1.add(&times(u2, d));
        let r = of_generator(sum).map_or(Scalar::ONE, |(x, _)| Scalar::from_digest(&limbs::to_octets(&x)));
        let s = times(r, inverse_of(u2));
        let digest = times(u1, s);
        let s = if spoiled { s.add(&Scalar::ONE) } else { s };
        let key = KeyTable::build(&public, size, kernel)?;
        Some(Self { key, public, digest: octets(digest), r: octets(r), s: octets(s) })
    }

    fn item(&self) -> Item<'_> {
        Item { key: &self.key, digest: self.digest, r: self.r, s: self.s }
    }

    fn reference(&self) -> Verdict {
        let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(self.public.as_sec1()).unwrap();
        let signature = p256::ecdsa::Signature::from_scalars(self.r, self.s);
        let valid = signature.is_ok_and(|signature| key.verify_prehash(&self.digest, &signature).is_ok());
        if valid { Verdict::Valid } else { Verdict::Invalid }
    }
}

fn scalar(seed: u64) -> Scalar {
    let limb = |index: u64| {
        (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(13 * index as u32 + 1) ^ index
    };
    Scalar::from_digest(&limbs::to_octets(&core::array::from_fn(|index| limb(index as u64))))
}

/// Honest signatures to stand beside crafted ones.
fn honest(count: u64, size: TableSize, kernel: Kernel) -> Vec<Crafted> {
    (0..count)
        .map(|seed| {
            let multipliers = [scalar(3 * seed + 1), scalar(3 * seed + 2)];
            Crafted::new(scalar(3 * seed), multipliers, size, kernel, seed % 5 == 4).unwrap()
        })
        .collect()
}

fn available() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

/// Verifies crafted signatures among honest ones, compares all verdicts with p256's, and returns how many were judged alone.
fn among_honest(kernel: Kernel, size: TableSize, crafted: &[Crafted]) -> u64 {
    let honest = honest(11, size, kernel);
    let mut verifier = BatchVerifier::new(kernel, 256);
    let mixed: Vec<&Crafted> = honest.iter().chain(crafted).chain(&honest[..3]).collect();
    let items: Vec<Item<'_>> = mixed.iter().map(|crafted| crafted.item()).collect();
    let verdicts = verifier.verify(&items).to_vec();
    let expected: Vec<Verdict> = mixed.iter().map(|crafted| crafted.reference()).collect();
    assert_eq!(verdicts, expected, "{kernel:?} {size:?}");
    verifier.judged_alone()
}

#[test]
#[cfg_attr(miri, ignore = "thousands of additions")]
fn a_zero_denominator_in_any_addition_costs_its_own_lane_only() {
    for (kernel, size) in available().flat_map(|kernel| TableSize::ALL.map(|size| (kernel, size))) {
        let multipliers = [scalar(100), scalar(101)];
        let pairs = additions(size.comb(), multipliers[0], multipliers[1]);
        let crafted: Vec<Crafted> = pairs
            .iter()
            .enumerate()
            .flat_map(|(index, [a, b])| {
                let spoiled = index % 4 == 3;
                [false, true].into_iter().filter_map(move |opposite| {
                    let d = a.key_of_collision(*b, opposite)?;
                    Crafted::new(d, multipliers, size, kernel, spoiled)
                })
            })
            .collect();
        // Additions within the key's entries cannot collide; every column has some with the generator's.
        assert!(crafted.len() >= 8, "{} crafted keys for {size:?}", crafted.len());
        for some in crafted.chunks(7) {
            let alone = among_honest(kernel, size, some);
            assert!(alone <= some.len() as u64, "{alone} judged alone, {} crafted", some.len());
        }
        let unspoiled: u64 =
            crafted.iter().map(|one| among_honest(kernel, size, std::slice::from_ref(one))).sum();
        assert!(unspoiled * 2 >= crafted.len() as u64, "only {unspoiled} zero denominators");
    }
}

#[test]
#[cfg_attr(miri, ignore = "hundreds of verifications")]
fn special_keys_and_multipliers_get_the_right_verdict() {
    let small = |value: u64| Scalar::from_integer([value, 0, 0, 0]);
    let keys = [
        small(1),
        minus(small(1)),
        small(2),
        minus(small(2)),
        small(256),
        Scalar::from_integer([0, 0, 0, 1 << 32]),
    ];
    let some = scalar(7);
    for kernel in available() {
        for d in keys {
            let mut crafted = Vec::new();
            for u2 in [small(1), small(2), small(7), minus(small(1)), some] {
                let infinity = minus(times(u2, d));
                for u1 in [Scalar::ZERO, small(1), minus(small(1)), times(u2, d), infinity, some] {
                    for spoiled in [false, true] {
                        crafted.extend(Crafted::new(d, [u1, u2], TableSize::Kib64, kernel, spoiled));
                    }
                }
            }
            assert_eq!(crafted.len(), 60);
            among_honest(kernel, TableSize::Kib64, &crafted);
        }
    }
}

/// r + n below p: R with an x coordinate in n..p, made by choosing R first and then the key, Q = (R − u₁·G)/u₂.
#[test]
#[cfg_attr(miri, ignore = "needs square roots of p256")]
fn an_x_coordinate_between_n_and_p_is_found() {
    let found = (0u64..).find_map(|offset| {
        let x = limbs::add(&N, &[offset, 0, 0, 0]).0;
        let key = PublicKey::from_compressed(Curve::NistP256, false, &limbs::to_octets(&x)).ok()?;
        (offset > 0).then_some((Scalar::from_integer([offset, 0, 0, 0]), key))
    });
    let (r, point) = found.unwrap();
    let y = limbs::from_octets(point.y().try_into().unwrap());
    let x = limbs::from_octets(point.x().try_into().unwrap());
    let affine = Affine::new(&x, &y).unwrap();
    // u₁ = 0 and u₂ = 1/k make Q = k·R; the digest is zero and s = r·k.
    let k = scalar(5);
    let key = Point::normalize(&[multiple(&affine, k.limbs())]).unwrap()[0];
    let [x, y] = [key.x, key.y].map(|coordinate| limbs::to_octets(&coordinate.to_integer()));
    let public = PublicKey::from_uncompressed(Curve::NistP256, &x, &y).unwrap();
    let s = limbs::to_octets(times(r, k).limbs());
    for kernel in available() {
        let key = KeyTable::build(&public, TableSize::Kib22, kernel).unwrap();
        let table = |r: Scalar| {
            let key = KeyTable::build(&public, TableSize::Kib22, kernel).unwrap();
            Crafted { key, public, digest: [0; 32], r: limbs::to_octets(r.limbs()), s }
        };
        let _ = key.bytes();
        let crafted = [table(r), table(r.add(&Scalar::ONE))];
        assert_eq!(crafted[0].reference(), Verdict::Valid);
        assert_eq!(among_honest(kernel, TableSize::Kib22, &crafted), 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 40 }))]

    #[test]
    fn parts_out_of_range_are_invalid_and_cost_nothing(r in 0usize..6, s in 0usize..6, digest: [u8; 32]) {
        let edges: [[u8; 32]; 6] = [
            [0; 32],
            limbs::to_octets(&[1, 0, 0, 0]),
            limbs::to_octets(&N),
            limbs::to_octets(&limbs::sub(&N, &[1, 0, 0, 0]).0),
            limbs::to_octets(&crate::field::P),
            [0xff; 32],
        ];
        let public = PublicKey::from_uncompressed(
            Curve::NistP256,
            &limbs::to_octets(&Affine::GENERATOR.x.to_integer()),
            &limbs::to_octets(&Affine::GENERATOR.y.to_integer()),
        );
        let kernel = Kernel::detect();
        let key = KeyTable::build(&public.unwrap(), TableSize::Kib13, kernel).unwrap();
        let crafted = Crafted { key, public: public.unwrap(), digest, r: edges[r], s: edges[s] };
        among_honest(kernel, TableSize::Kib13, &[crafted]);
    }
}
