//! Verifies the same signatures again and again on one curve: something for a profiler to look at.
//!
//! `cargo run --release -p v2x-crypto-curve-batch --example profile_curves -- CURVE KEYS BATCH TURNS SIZE`, for example
//! `P-384 64 64 50 Large`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a development tool")]

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use rustix::time::{ClockId, clock_gettime};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto, Signature};
use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |index: usize, or: usize| arguments.get(index).map_or(or, |text| text.parse::<usize>().unwrap());
    let curve: Curve = arguments.first().map_or(Curve::NistP384, |name| name.parse().unwrap());
    let (keys, batch, turns) = (number(1, 64), number(2, 64), number(3, 20));
    let named = |size: &TableSize| Some(&format!("{size:?}")) == arguments.get(4);
    let size = TableSize::ALL.into_iter().find(named).unwrap_or(TableSize::Large);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let signers: Vec<PrivateKey> =
        (0..keys).map(|_| PrivateKey::generate(curve, &mut rng).unwrap()).collect();
    let start = cpu_time();
    let mut tables = vec![KeyTable::build(signers[0].public_key(), size).unwrap()];
    println!("{:.1} ms for the generator and a table", (cpu_time() - start) / 1e3);
    let start = cpu_time();
    tables.extend(signers[1..].iter().map(|key| KeyTable::build(key.public_key(), size).unwrap()));
    println!(
        "{:.1} µs a table of {} octets",
        (cpu_time() - start) / (keys - 1).max(1) as f64,
        tables[0].bytes()
    );
    let signed: Vec<(usize, [u8; 8], Signature)> = (0..(batch * 8).max(512))
        .map(|index| {
            let (key, message) = (index * 7 % keys, index.to_le_bytes());
            (key, message, RustCrypto.signer(&signers[key]).unwrap().sign(&message).unwrap())
        })
        .collect();
    let digests: Vec<_> = signed.iter().map(|(_, message, _)| curve.hash().digest(message)).collect();
    let items: Vec<Item<'_>> = signed
        .iter()
        .zip(&digests)
        .map(|((key, _, signature), digest)| Item {
            key: &tables[*key],
            digest: digest.as_bytes(),
            r: signature.r(),
            s: signature.s(),
        })
        .collect();
    let mut verifier = BatchVerifier::new(batch);
    assert!(verifier.verify(&items).iter().all(|verdict| verdict.is_valid()));
    let start = cpu_time();
    for _ in 0..turns {
        assert!(verifier.verify(&items).iter().all(|verdict| verdict.is_valid()));
    }
    println!("{:.3} µs a signature", (cpu_time() - start) / (turns * items.len()) as f64);
}

/// The thread's CPU time in microseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
