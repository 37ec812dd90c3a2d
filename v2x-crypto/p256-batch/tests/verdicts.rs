//! Verdicts on random signatures, valid and mutated, against those of p256.
//!
//! The long form: `WAYSEAL_CASES=10000000 cargo test --release -p v2x-crypto-p256-batch --test verdicts -- --ignored long_`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod common;

use common::{Signed, Source, kernels};
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize, Verdict};

/// Cases that are made of one signature: making it takes almost as long as verifying it.
const CASES_OF_ONE: usize = 4;

/// Compares so many signatures, in batches of ever other sizes, on every kernel.
fn compare(cases: usize, seed: u64) {
    let mut source = Source::new(seed, if cfg!(miri) { 1 } else { 32 });
    let tables: Vec<_> = kernels().map(|kernel| (kernel, source.tables(kernel))).collect();
    let mut verifiers: Vec<_> = kernels().map(|kernel| BatchVerifier::new(kernel, 128)).collect();
    let (mut done, mut valid) = (0, 0);
    while done < cases {
        let size = (3 + done * 7 % 300).min(cases - done);
        let mut signed = source.sign();
        let batch: Vec<Signed> = (0..size)
            .map(|place| {
                if place % CASES_OF_ONE == 0 {
                    signed = source.sign();
                }
                source.mutate(signed)
            })
            .collect();
        let expected: Vec<Verdict> = batch.iter().map(|signed| signed.reference(&source.signers)).collect();
        for ((kernel, tables), verifier) in tables.iter().zip(&mut verifiers) {
            let items: Vec<Item<'_>> = batch.iter().map(|signed| signed.item(tables)).collect();
            assert_eq!(verifier.verify(&items), expected, "{kernel:?}: {batch:?}");
        }
        valid += expected.iter().filter(|verdict| verdict.is_valid()).count();
        done += size;
    }
    assert!(cases < 100 || (cases / 3..cases * 3 / 4).contains(&valid), "{valid} of {cases} were valid");
}

#[test]
fn random_signatures_get_the_verdict_of_p256() {
    compare(if cfg!(miri) { 3 } else { 20_000 }, 1);
}

#[test]
#[ignore = "runs as long as WAYSEAL_CASES says"]
fn long_many_random_signatures_get_the_verdict_of_p256() {
    let cases = std::env::var("WAYSEAL_CASES").map_or(1_000_000, |cases| cases.parse().unwrap());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for (thread, seed) in (0..threads).zip(0x5eed..) {
            scope.spawn(move || compare(cases / threads + usize::from(thread < cases % threads), seed));
        }
    });
}

#[test]
#[cfg_attr(miri, ignore = "many verifications")]
fn a_table_of_another_kernel_works_one_at_a_time() {
    let mut source = Source::new(3, 2);
    let batch: Vec<Signed> = (0..9).map(|_| source.sign()).collect();
    for (kernel, other) in kernels().flat_map(|kernel| kernels().map(move |other| (kernel, other))) {
        let build = |index: usize, kernel| {
            KeyTable::build(&source.signers[index].public, TableSize::Kib13, kernel).unwrap()
        };
        let keys = [build(0, kernel), build(1, other)];
        let items: Vec<Item<'_>> = batch.iter().map(|signed| signed.item(&keys)).collect();
        let mut verifier = BatchVerifier::new(kernel, 16);
        assert!(verifier.verify(&items).iter().all(|verdict| verdict.is_valid()));
    }
}

#[test]
fn a_key_of_another_curve_has_no_table() {
    let scalar = [7; 48];
    let other = v2x_crypto::PrivateKey::from_scalar(v2x_crypto::Curve::NistP384, &scalar).unwrap();
    assert!(KeyTable::build(other.public_key(), TableSize::Kib13, Kernel::Portable).is_none());
}

#[test]
#[cfg_attr(miri, ignore = "a large scratch")]
fn no_items_give_no_verdicts_and_capacity_is_bounded() {
    assert!(BatchVerifier::new(Kernel::Portable, 0).verify(&[]).is_empty());
    assert_eq!(BatchVerifier::new(Kernel::Portable, usize::MAX).capacity(), BatchVerifier::MAX_CAPACITY);
}
