//! Verdicts on random signatures, valid and mutated, against those of p384, bp256 and bp384.
//!
//! The long form: `WAYSEAL_CASES=1000000 cargo test --release -p v2x-crypto-curve-batch --test verdicts -- --ignored`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail by panicking"
)]

mod common;

use common::{CURVES, Signed, Source};
use v2x_crypto::{Curve, PrivateKey};
use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize, Verdict};

/// Compares so many signatures, of all curves together, in batches of ever other sizes.
fn compare(cases: usize, seed: u64) {
    let mut source = Source::new(seed, 8);
    let tables = source.tables();
    let mut verifier = BatchVerifier::new(48);
    let (mut done, mut valid) = (0, 0);
    while done < cases {
        let size = (1 + done * 7 % 300).min(cases - done);
        let batch: Vec<Signed> = (0..size)
            .map(|_| {
                let signed = source.sign();
                source.mutate(signed)
            })
            .collect();
        let expected: Vec<Verdict> = batch.iter().map(|signed| signed.reference(&source.signers)).collect();
        let items: Vec<Item<'_>> = batch.iter().map(|signed| signed.item(&tables)).collect();
        assert_eq!(verifier.verify(&items), expected, "{batch:?}");
        valid += expected.iter().filter(|verdict| verdict.is_valid()).count();
        done += size;
    }
    assert!((cases / 3..cases * 3 / 4).contains(&valid), "{valid} of {cases} were valid");
}

#[test]
fn random_signatures_get_the_verdict_of_the_portable_libraries() {
    compare(600, 1);
}

#[test]
#[ignore = "runs as long as WAYSEAL_CASES says"]
fn long_random_signatures_get_the_verdict_of_the_portable_libraries() {
    let cases = std::env::var("WAYSEAL_CASES").map_or(100_000, |cases| cases.parse().unwrap());
    compare(cases, 0x5eed);
}

#[test]
fn parts_of_another_length_than_the_order_are_invalid() {
    let mut source = Source::new(2, 1);
    let tables = source.tables();
    let mut verifier = BatchVerifier::new(16);
    for _ in 0..6 {
        let signed = source.sign();
        let padded = [&[0], &signed.r[..]].concat();
        let good = signed.item(&tables);
        let items =
            [good, Item { r: &padded, ..good }, Item { s: &signed.s[1..], ..good }, Item { r: &[], ..good }];
        let expected = [Verdict::Valid, Verdict::Invalid, Verdict::Invalid, Verdict::Invalid];
        assert_eq!(verifier.verify(&items), expected);
        assert_eq!(verifier.verify(&items[1..2]), [Verdict::Invalid]);
    }
}

#[test]
fn a_key_of_p256_has_no_table() {
    let key = PrivateKey::from_scalar(Curve::NistP256, &[7; 32]).unwrap();
    assert!(KeyTable::build(key.public_key(), TableSize::Small).is_none());
    assert_eq!(KeyTable::bytes_of(Curve::NistP256, TableSize::Small), None);
}

#[test]
fn a_table_weighs_what_was_said_before_it_was_built() {
    let source = Source::new(3, 1);
    for (key, curve) in source.signers.iter().zip(CURVES) {
        for size in TableSize::ALL {
            let table = KeyTable::build(key.public_key(), size).unwrap();
            assert_eq!((table.curve(), table.size()), (curve, size));
            assert_eq!(KeyTable::bytes_of(curve, size), Some(table.bytes()));
        }
    }
}

#[test]
fn no_items_give_no_verdicts_and_capacity_is_bounded() {
    assert!(BatchVerifier::new(0).verify(&[]).is_empty());
    assert_eq!(BatchVerifier::new(usize::MAX).capacity(), BatchVerifier::MAX_CAPACITY);
}
