//! Verifies the same signatures again and again with one kernel: something for a profiler to look at.
//!
//! `cargo run --release -p v2x-crypto-p256-batch --example profile -- KERNEL KEYS BATCH TURNS [KIB]`, for example
//! `Avx2 64 256 200`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a development tool")]

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use rustix::time::{ClockId, clock_gettime};
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).map(|text| text.parse::<usize>().unwrap());
    let kernel = Kernel::ALL.into_iter().find(|kernel| Some(&format!("{kernel:?}")) == arguments.first());
    let kernel = kernel.unwrap_or_else(Kernel::detect);
    let (keys, batch, turns) = (number(1).unwrap_or(64), number(2).unwrap_or(256), number(3).unwrap_or(200));
    let size = match number(4) {
        Some(13) => TableSize::Kib13,
        Some(22) => TableSize::Kib22,
        Some(416) => TableSize::Kib416,
        _ => TableSize::Kib64,
    };
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut octets = || {
        let mut octets = [0; 32];
        rng.fill_bytes(&mut octets);
        octets
    };
    let signers: Vec<SigningKey> = (0..keys).map(|_| SigningKey::from_slice(&octets()).unwrap()).collect();
    let start = cpu_time();
    let tables: Vec<KeyTable> = signers
        .iter()
        .map(|signer| {
            let point = signer.verifying_key().to_sec1_point(false);
            let key = PublicKey::from_sec1(Curve::NistP256, point.as_bytes()).unwrap();
            KeyTable::build(&key, size, kernel).unwrap()
        })
        .collect();
    println!("{:.1} µs a table", (cpu_time() - start) / keys as f64);
    let items: Vec<Item<'_>> = (0..batch * 8)
        .map(|index| {
            let digest = octets();
            let signature: Signature = signers[index * 7 % keys].sign_prehash(&digest).unwrap();
            let (r, s) = signature.split_bytes();
            Item { key: &tables[index * 7 % keys], digest, r: r.into(), s: s.into() }
        })
        .collect();
    let mut verifier = BatchVerifier::new(kernel, batch);
    assert!(verifier.verify(&items).iter().all(|verdict| verdict.is_valid()));
    let mut times = Vec::new();
    for _ in 0..turns {
        for batch in items.chunks(batch) {
            let start = cpu_time();
            assert!(verifier.verify(batch).iter().all(|verdict| verdict.is_valid()));
            times.push((cpu_time() - start) / batch.len() as f64);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!("{kernel:?}: {:.3} µs a signature; best {:.3}, best tenth {:.3}", at(50), at(0), at(10));
}

/// The thread's CPU time in microseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
