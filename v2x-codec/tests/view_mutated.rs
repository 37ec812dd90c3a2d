//! Mutated messages and certificates: no view panics, and what it still accepts the owned decoder reads alike.

#[path = "support/agreement.rs"]
mod agreement;
mod support;

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use v2x_codec::view::Packet;

/// One change of an octet string.
#[derive(Clone, Debug)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Truncate(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => (index(), any::<u8>()).prop_map(|(at, octet)| Mutation::Set(at, octet)),
        4 => (index(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        1 => (index(), any::<u8>()).prop_map(|(at, octet)| Mutation::Insert(at, octet)),
        1 => index().prop_map(Mutation::Remove),
        1 => index().prop_map(Mutation::Truncate),
    ]
}

fn mutate(octets: &mut Vec<u8>, mutation: &Mutation) {
    if octets.is_empty() {
        return;
    }
    let length = octets.len();
    match mutation {
        Mutation::Set(at, octet) => *at.get_mut(octets) = *octet,
        Mutation::Flip(at, bit) => *at.get_mut(octets) ^= 1 << bit,
        Mutation::Insert(at, octet) => octets.insert(at.index(length), *octet),
        Mutation::Remove(at) => drop(octets.remove(at.index(length))),
        Mutation::Truncate(at) => octets.truncate(at.index(length)),
    }
}

/// Runs `check` on `seeds`, each as it is, and then mutated in many ways.
fn on_mutations(seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    assert!(!seeds.is_empty());
    seeds.iter().for_each(|seed| check(seed));
    let mut runner =
        TestRunner::new(Config { cases: 20_000, failure_persistence: None, ..Config::default() });
    let inputs = (any::<prop::sample::Index>(), vec(mutation(), 1..4));
    let outcome = runner.run(&inputs, |(seed, mutations)| {
        let mut octets = seed.get(seeds).clone();
        mutations.iter().for_each(|mutation| mutate(&mut octets, mutation));
        check(&octets);
        Ok::<_, TestCaseError>(())
    });
    outcome.expect("no input breaks it");
}

fn packets_of(vectors: &Path) -> Vec<Vec<u8>> {
    let files = support::hex_files(&vectors.join("gn"), "hex").into_iter();
    files.filter(|(name, _)| !name.contains("data1609")).map(|(_, octets)| octets).collect()
}

#[test]
fn packets() {
    let Some(vectors) = support::vectors() else { return };
    on_mutations(&packets_of(&vectors), |octets| {
        if let Ok(packet) = Packet::parse(octets) {
            assert_eq!(packet.octets.len() + packet.padding.len(), octets.len());
            if let Some(data) = packet.secured() {
                agreement::data(data.octets);
            }
        }
    });
}

#[test]
fn signed_messages() {
    let Some(vectors) = support::vectors() else { return };
    let mut seeds = support::us_pilot(&vectors);
    seeds.truncate(20);
    let secured = packets_of(&vectors).into_iter().filter_map(|octets| {
        let packet = Packet::parse(&octets).expect("the packet is well formed");
        packet.secured().map(|data| data.octets.to_vec())
    });
    seeds.extend(secured);
    on_mutations(&seeds, agreement::data);
}

#[test]
fn certificates() {
    let Some(vectors) = support::vectors() else { return };
    let pools = ["etsi_pool", "cert"].map(|folder| support::files(&vectors.join(folder), "oer")).concat();
    let seeds: Vec<_> = pools.into_iter().map(|(_, octets)| octets).collect();
    on_mutations(&seeds, agreement::certificate);
}
