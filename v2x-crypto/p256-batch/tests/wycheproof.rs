//! Project Wycheproof's P-256 tests, each on every kernel and every size of table, alone and in a batch.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod common;

use common::kernels;
use serde_json::Value;
use v2x_crypto::{Curve, PublicKey, Signature, sha256};
use v2x_crypto_p256_batch::{BatchVerifier, Item, KeyTable, TableSize};
use wycheproof::ecdsa::TestName;

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// Reads r and s out of a signature.
type Reader = fn(&[u8]) -> Option<[[u8; 32]; 2]>;

/// A test whose signature could be read: its item, and whether it should be valid.
fn item<'k>(test: &Value, key: &'k KeyTable, read: Reader) -> Option<(Item<'k>, bool)> {
    let expected = match test["result"].as_str().unwrap() {
        "valid" => true,
        "invalid" => false,
        other => panic!("no test of ECDSA is {other}"),
    };
    let Some([r, s]) = read(&octets(&test["sig"])) else {
        assert!(!expected, "test {} cannot be read", test["tcId"]);
        return None;
    };
    let digest = sha256(&octets(&test["msg"]));
    Some((Item { key, digest: digest.as_slice().try_into().unwrap(), r, s }, expected))
}

fn run(json: &str, read: Reader) -> usize {
    let set: Value = serde_json::from_str(json).unwrap();
    let mut count = 0;
    for kernel in kernels() {
        let mut verifier = BatchVerifier::new(kernel, 64);
        for group in set["testGroups"].as_array().unwrap() {
            let key =
                PublicKey::from_sec1(Curve::NistP256, &octets(&group["publicKey"]["uncompressed"])).unwrap();
            for size in TableSize::ALL {
                let key = KeyTable::build(&key, size, kernel).unwrap();
                let tests = group["tests"].as_array().unwrap();
                let (items, expected): (Vec<Item<'_>>, Vec<bool>) =
                    tests.iter().filter_map(|test| item(test, &key, read)).unzip();
                let together: Vec<bool> =
                    verifier.verify(&items).iter().map(|verdict| verdict.is_valid()).collect();
                assert_eq!(together, expected, "{kernel:?} {size:?}");
                for (item, expected) in items.iter().zip(expected) {
                    assert_eq!(verifier.verify(&[*item])[0].is_valid(), expected);
                }
                count += tests.len();
            }
        }
    }
    let runs = kernels().count() * TableSize::ALL.len();
    assert_eq!(set["numberOfTests"], count / runs);
    count / runs
}

/// r ‖ s of 64 octets, range unchecked: that is ours to do.
fn fixed(octets: &[u8]) -> Option<[[u8; 32]; 2]> {
    let (halves, rest) = octets.as_chunks::<32>();
    rest.is_empty().then(|| halves.try_into().ok()).flatten()
}

fn der(octets: &[u8]) -> Option<[[u8; 32]; 2]> {
    let signature = Signature::from_der(Curve::NistP256, octets).ok()?;
    Some([signature.r().try_into().ok()?, signature.s().try_into().ok()?])
}

#[test]
#[cfg_attr(miri, ignore = "hundreds of tables")]
fn every_test_in_fixed_width_form() {
    assert_eq!(run(TestName::EcdsaSecp256r1Sha256P1363.json_data(), fixed), 262);
}

#[test]
#[cfg_attr(miri, ignore = "hundreds of tables")]
fn every_test_in_der_form() {
    assert_eq!(run(TestName::EcdsaSecp256r1Sha256.json_data(), der), 484);
}
