//! Project Wycheproof's tests of P-384 and both brainpool curves, each with every size of table, alone and in a batch. Some
//! sign digests that are shorter or longer than the curve's order.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail by panicking"
)]

use serde_json::Value;
use v2x_crypto::{Curve, PublicKey, Signature, sha256, sha384};
use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize};
use wycheproof::ecdsa::TestName;

type Hash = fn(&[u8]) -> Vec<u8>;

fn octets(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

/// Reads r and s out of a signature.
type Reader = fn(Curve, &[u8]) -> Option<[Vec<u8>; 2]>;

/// A test whose signature could be read.
struct Case {
    digest: Vec<u8>,
    parts: [Vec<u8>; 2],
    expected: bool,
}

impl Case {
    fn new(test: &Value, curve: Curve, read: Reader, hash: Hash) -> Option<Self> {
        let expected = match test["result"].as_str().unwrap() {
            "valid" => true,
            "invalid" => false,
            other => panic!("no test of ECDSA is {other}"),
        };
        let parts = read(curve, &octets(&test["sig"]));
        assert!(parts.is_some() || !expected, "test {} cannot be read", test["tcId"]);
        Some(Self { digest: hash(&octets(&test["msg"])), parts: parts?, expected })
    }

    fn item<'a>(&'a self, key: &'a KeyTable) -> Item<'a> {
        Item { key, digest: &self.digest, r: &self.parts[0], s: &self.parts[1] }
    }
}

/// How many tests the file has, after running each.
fn run(name: TestName, curve: Curve, read: Reader, hash: Hash) -> usize {
    let set: Value = serde_json::from_str(name.json_data()).unwrap();
    let mut count = 0;
    let mut verifier = BatchVerifier::new(64);
    for group in set["testGroups"].as_array().unwrap() {
        let key = PublicKey::from_sec1(curve, &octets(&group["publicKey"]["uncompressed"])).unwrap();
        let tests = group["tests"].as_array().unwrap();
        let cases: Vec<Case> = tests.iter().filter_map(|test| Case::new(test, curve, read, hash)).collect();
        let expected: Vec<bool> = cases.iter().map(|case| case.expected).collect();
        // Every group with one of the sizes; the long groups with all of them.
        let sizes = TableSize::ALL.iter().cycle().skip(count).take(if tests.len() > 8 { 3 } else { 1 });
        for size in sizes {
            let key = KeyTable::build(&key, *size).unwrap();
            let items: Vec<Item<'_>> = cases.iter().map(|case| case.item(&key)).collect();
            let mut judge = |items: &[Item<'_>]| -> Vec<bool> {
                verifier.verify(items).iter().map(|verdict| verdict.is_valid()).collect()
            };
            assert_eq!(judge(&items), expected, "{size:?}");
            let alone: Vec<bool> = items.iter().flat_map(|item| judge(&[*item])).collect();
            assert_eq!(alone, expected, "{size:?}");
        }
        count += tests.len();
    }
    assert_eq!(set["numberOfTests"], count);
    count
}

/// r ‖ s, range unchecked: that is ours to do.
fn fixed(curve: Curve, octets: &[u8]) -> Option<[Vec<u8>; 2]> {
    let len = curve.coordinate_len();
    (octets.len() == 2 * len).then(|| [octets[..len].to_vec(), octets[len..].to_vec()])
}

fn der(curve: Curve, octets: &[u8]) -> Option<[Vec<u8>; 2]> {
    let signature = Signature::from_der(curve, octets).ok()?;
    Some([signature.r().to_vec(), signature.s().to_vec()])
}

fn sha256_of(message: &[u8]) -> Vec<u8> {
    sha256(message).to_vec()
}

fn sha384_of(message: &[u8]) -> Vec<u8> {
    sha384(message).to_vec()
}

#[test]
fn every_test_of_p384() {
    let curve = Curve::NistP384;
    assert!(run(TestName::EcdsaSecp384r1Sha384P1363, curve, fixed, sha384_of) > 200);
    assert!(run(TestName::EcdsaSecp384r1Sha384, curve, der, sha384_of) > 400);
}

#[test]
fn every_test_of_p384_with_a_digest_shorter_than_its_order() {
    assert!(run(TestName::EcdsaSecp384r1Sha256, Curve::NistP384, der, sha256_of) > 400);
}

#[test]
fn every_test_of_brainpool_p256r1() {
    let curve = Curve::BrainpoolP256r1;
    assert!(run(TestName::EcdsaBrainpool256r1Sha256P1363, curve, fixed, sha256_of) > 200);
    assert!(run(TestName::EcdsaBrainpool256r1Sha256, curve, der, sha256_of) > 400);
}

#[test]
fn every_test_of_brainpool_p384r1() {
    let curve = Curve::BrainpoolP384r1;
    assert!(run(TestName::EcdsaBrainpool384r1Sha384P1363, curve, fixed, sha384_of) > 200);
    assert!(run(TestName::EcdsaBrainpool384r1Sha384, curve, der, sha384_of) > 400);
}
