//! What the tables promise, against the portable provider alone.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_crypto::{Curve, RustCrypto};

use super::*;
use crate::table::Table;

const SMALL: TableSize = TableSize::Kib13;
const LARGE: TableSize = TableSize::Kib22;

fn config(budget_octets: usize) -> Config {
    let steps = [Step { uses: 2, size: SMALL }, Step { uses: 6, size: LARGE }];
    Config { budget_octets, steps, building: Building::AtOnce, ..Config::detect() }
}

fn keys(curve: Curve, count: usize) -> Vec<PrivateKey> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    (0..count).map(|_| PrivateKey::generate(curve, &mut rng).unwrap()).collect()
}

fn prepared(tables: &KeyTables, keys: &[PrivateKey]) -> Vec<Box<dyn PreparedKey>> {
    keys.iter().map(|key| tables.prepare(key.public_key()).unwrap()).collect()
}

/// One good signature of each key, verified in one batch.
fn round(batch: &mut dyn BatchVerifier, keys: &[PrivateKey], prepared: &[Box<dyn PreparedKey>]) {
    let mut verdicts = Vec::new();
    for (key, prepared) in keys.iter().zip(prepared) {
        let signature = RustCrypto.signer(key).unwrap().sign(b"message").unwrap();
        batch.add(prepared.as_ref(), b"message", &signature);
    }
    batch.verdicts(&mut verdicts);
    assert_eq!(verdicts, vec![Ok(()); keys.len()]);
}

#[test]
fn verdicts_are_those_of_the_wrapped_provider() {
    let tables = KeyTables::new(Arc::new(RustCrypto), config(1 << 20));
    let all =
        [Curve::NistP256, Curve::NistP256, Curve::BrainpoolP256r1, Curve::NistP384, Curve::BrainpoolP384r1];
    let all: Vec<PrivateKey> =
        (0..).zip(all).map(|(index, curve)| keys(curve, index + 1).remove(index)).collect();
    let ready = prepared(&tables, &all);
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let (mut batch, mut verdicts) = (tables.batch_verifier(), Vec::new());
    for _ in 0..12 {
        let mut expected = Vec::new();
        for _ in 0..9 {
            let [signs, verifies, says, hears] =
                [5, 5, 2, 2].map(|bound| usize::try_from(rng.next_u32() % bound).unwrap());
            let messages = [&b"one"[..], b"other"];
            let verifies = if rng.next_u32() % 2 == 0 { signs } else { verifies };
            let signature = RustCrypto.signer(&all[signs]).unwrap().sign(messages[says]).unwrap();
            expected.push(RustCrypto.verify(all[verifies].public_key(), messages[hears], &signature));
            batch.add(ready[verifies].as_ref(), messages[hears], &signature);
        }
        batch.verdicts(&mut verdicts);
        assert_eq!(verdicts, expected);
    }
    let seen = tables.statistics();
    assert!(seen.hits > 60 && seen.tables == 5, "{seen:?}");
}

#[test]
fn a_lone_signature_is_verified_by_its_keys_table_with_the_same_verdict() {
    for curve in Curve::ALL {
        let tables = KeyTables::new(Arc::new(RustCrypto), config(1 << 20));
        let keys = keys(curve, 2);
        let ready = prepared(&tables, &keys);
        let sign = |key: &PrivateKey| RustCrypto.signer(key).unwrap().sign(b"message").unwrap();
        let (right, wrong) = (sign(&keys[0]), sign(&keys[1]));
        for _ in 0..4 {
            assert_eq!(ready[0].verify(b"message", &right), Ok(()));
            assert_eq!(ready[0].verify(b"other", &right), Err(CryptoError::BadSignature));
            assert_eq!(ready[0].verify(b"message", &wrong), Err(CryptoError::BadSignature));
        }
        let seen = tables.statistics();
        assert_eq!((seen.tables, seen.hits, seen.misses), (1, 11, 1));
    }
}

#[test]
fn a_key_that_is_heard_again_gets_a_table_and_one_that_stays_a_larger_one() {
    let tables = KeyTables::new(Arc::new(RustCrypto), config(1 << 20));
    let keys = keys(Curve::NistP256, 1);
    let (ready, mut batch) = (prepared(&tables, &keys), tables.batch_verifier());
    let mut sizes = Vec::new();
    for _ in 0..6 {
        round(batch.as_mut(), &keys, &ready);
        let seen = tables.statistics();
        sizes.push((seen.tables, seen.octets > LARGE.bytes()));
    }
    let (none, small, large) = ((0, false), (1, false), (1, true));
    assert_eq!(sizes, [none, small, small, small, small, large]);
    assert_eq!((tables.statistics().hits, tables.statistics().misses), (5, 1));
}

#[test]
fn tables_keep_within_their_budget_and_those_in_use_stay() {
    let budget = 3 * (SMALL.bytes() + 256);
    let tables = KeyTables::new(Arc::new(RustCrypto), config(budget));
    let keys = keys(Curve::NistP256, 5);
    let (ready, mut batch) = (prepared(&tables, &keys), tables.batch_verifier());
    for _ in 0..4 {
        round(batch.as_mut(), &keys, &ready);
        assert!(tables.statistics().octets <= budget);
    }
    let seen = tables.statistics();
    assert_eq!((seen.tables, seen.evicted), (3, 0), "{seen:?}");
    // The first three fall silent, the last two go on: they get the room.
    for _ in 0..12 {
        round(batch.as_mut(), &keys[3..], &ready[3..]);
    }
    let seen = tables.statistics();
    assert!(seen.evicted >= 1 && seen.octets <= budget, "{seen:?}");
}

#[test]
fn keys_of_every_curve_share_one_budget() {
    let small = Curve::ALL.map(|curve| Table::bytes_of(curve, SMALL));
    let budget = small.iter().sum();
    let tables = KeyTables::new(Arc::new(RustCrypto), config(budget));
    let all: Vec<PrivateKey> = Curve::ALL.into_iter().flat_map(|curve| keys(curve, 1)).collect();
    let (ready, mut batch) = (prepared(&tables, &all), tables.batch_verifier());
    (0..3).for_each(|_| round(batch.as_mut(), &all, &ready));
    let seen = tables.statistics();
    assert_eq!((seen.tables, seen.octets, seen.turned_away), (4, budget, 0), "{seen:?}");
    // There is no room for larger ones, nor for another key.
    (0..5).for_each(|_| round(batch.as_mut(), &all, &ready));
    let seen = tables.statistics();
    assert_eq!((seen.tables, seen.octets), (4, budget), "{seen:?}");
    assert!(seen.turned_away > 0, "{seen:?}");
}

#[test]
fn a_key_that_nobody_holds_takes_its_table_with_it() {
    let tables = KeyTables::new(Arc::new(RustCrypto), config(1 << 20));
    let keys = keys(Curve::NistP256, 2);
    let (ready, mut batch) = (prepared(&tables, &keys), tables.batch_verifier());
    (0..2).for_each(|_| round(batch.as_mut(), &keys, &ready));
    assert_eq!(tables.statistics().tables, 2);
    drop(ready);
    assert_eq!((tables.statistics().tables, tables.statistics().octets), (0, 0));
}

#[test]
fn in_the_background_tables_come_soon() {
    let config = Config { building: Building::Background, ..config(1 << 20) };
    let tables = KeyTables::new(Arc::new(RustCrypto), config);
    let keys = keys(Curve::NistP256, 2);
    let (ready, mut batch) = (prepared(&tables, &keys), tables.batch_verifier());
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while tables.statistics().tables < 2 {
        assert!(std::time::Instant::now() < patience, "{:?}", tables.statistics());
        round(batch.as_mut(), &keys, &ready);
    }
    round(batch.as_mut(), &keys, &ready);
    assert!(tables.statistics().hits > 0);
}
