//! Looks for secret-dependent time, in the manner of dudect (Reparaz, Balasch, Verbauwhede 2017).
//!
//! Two classes of input are timed in random order: one secret against many, or a tag wrong in its first octet against
//! one wrong in its last. Welch's t over the times, at several crops of the slow tail, stays within ±4.5 if time does not
//! depend on the class.
//!
//! `cargo run --release -p v2x-crypto --example dudect -- 1000000`; the number of samples is 20000 if not given. Exit
//! code 1 if some |t| exceeds 4.5.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measuring program, which reports on standard output and stops when it cannot go on"
)]

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use std::{hint::black_box, process::ExitCode, time::Instant};
use v2x_crypto::{
    AesKey, Curve, KeyAgreement, PrivateKey, Provider as _, RustCrypto, Signer, ccm, ecies, mac,
};

/// Beyond this, the two classes differ with a probability that leaves no doubt.
const LIMIT: f64 = 4.5;
/// Different secrets in the second class. The first has as many copies of one, so that caches see no difference.
const POOL: usize = 128;

fn main() -> ExitCode {
    let samples = std::env::args().nth(1).map_or(20_000, |number| number.parse().unwrap());
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut worst = 0.0_f64;
    for curve in Curve::ALL {
        worst = worst.max(report(&format!("sign {curve}"), samples, &mut rng, signing(curve)));
    }
    for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
        worst = worst.max(report(&format!("ECIES decrypt {curve}"), samples, &mut rng, decrypting(curve)));
    }
    worst = worst.max(report("keyTag", samples, &mut rng, comparing_tags()));
    worst = worst.max(report("CCM tag", samples, &mut rng, opening()));
    println!("max |t| = {worst:.2}, limit {LIMIT}");
    if worst < LIMIT { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Times one operation on input `index` of the first class (`false`) or the second.
type Operation = Box<dyn FnMut(bool, usize)>;

/// Keys of the two classes: one key many times, and many keys.
fn key_pools(curve: Curve) -> [Vec<PrivateKey>; 2] {
    let fixed = PrivateKey::generate(curve, &mut ChaCha20Rng::seed_from_u64(2)).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let copy = |_| PrivateKey::from_scalar(curve, fixed.expose_scalar()).unwrap();
    [
        (0..POOL).map(copy).collect(),
        (0..POOL).map(|_| PrivateKey::generate(curve, &mut rng).unwrap()).collect(),
    ]
}

/// Each key signs many messages. With one message a key has one nonce, and nonces are drawn again until one is in range (RFC
/// 6979 clause 3.2), on the brainpool curves every second or third time: the mean over keys would differ from the one key's by how
/// often its nonce was drawn, which tells nothing of the nonce that was taken.
fn signing(curve: Curve) -> Operation {
    let signers: [Vec<Box<dyn Signer>>; 2] =
        key_pools(curve).map(|keys| keys.iter().map(|key| RustCrypto.signer(key).unwrap()).collect());
    let mut message = 0_u64;
    Box::new(move |class, index| {
        black_box(signers[usize::from(class)][index].sign(&message.to_be_bytes()).unwrap());
        message += 1;
    })
}

fn decrypting(curve: Curve) -> Operation {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let secret = AesKey::from_bytes(&[7; 16]);
    let pools = key_pools(curve).map(|keys| {
        let pair = |key: &PrivateKey| {
            let sealed = ecies::encrypt(&RustCrypto, key.public_key(), b"", &secret, &mut rng).unwrap();
            (RustCrypto.key_agreement(key).unwrap(), sealed)
        };
        keys.iter().map(pair).collect::<Vec<(Box<dyn KeyAgreement>, _)>>()
    });
    Box::new(move |class, index| {
        let (recipient, sealed) = &pools[usize::from(class)][index];
        black_box(ecies::decrypt(&**recipient, b"", sealed).unwrap().expose()[0]);
    })
}

fn comparing_tags() -> Operation {
    let right = mac::tag128(&[1; 32], b"request").unwrap();
    let tags = [0, 15].map(|at| {
        let mut tag = right;
        tag[at] ^= 1;
        tag
    });
    Box::new(move |class, _| {
        assert!(mac::verify_tag128(&[1; 32], b"request", black_box(&tags[usize::from(class)])).is_err());
    })
}

fn opening() -> Operation {
    let key = AesKey::from_bytes(&[7; 16]);
    let right = ccm::seal(&key, &[0; 12], &[3; 200]).unwrap();
    let sealed = [200, 215].map(|at| {
        let mut sealed = right.clone();
        sealed[at] ^= 1;
        sealed
    });
    Box::new(move |class, _| {
        assert!(ccm::open(&key, &[0; 12], black_box(&sealed[usize::from(class)])).is_err());
    })
}

/// Measures, prints and returns the largest |t|.
fn report(name: &str, samples: usize, rng: &mut ChaCha20Rng, mut operation: Operation) -> f64 {
    let times: Vec<(bool, f64)> = (0..samples).map(|_| sample(rng, &mut operation)).collect();
    let mut sorted: Vec<f64> = times.iter().map(|(_, time)| *time).collect();
    sorted.sort_by(f64::total_cmp);
    // All samples, then without the slowest tenth, quarter and half: interrupts drown small differences.
    let crops = [1.0, 0.9, 0.75, 0.5].map(|share| sorted[((samples - 1) as f64 * share) as usize]);
    let worst = crops.map(|limit| welch(&times, limit).abs()).into_iter().fold(0.0, f64::max);
    println!("{name:<32} median {:>9.0} ns   max |t| {worst:.2}   {samples} samples", sorted[samples / 2]);
    worst
}

fn sample(rng: &mut ChaCha20Rng, operation: &mut Operation) -> (bool, f64) {
    let random = rng.next_u32();
    let (class, index) = (random & 1 == 1, (random >> 1) as usize % POOL);
    let start = Instant::now();
    operation(class, index);
    (class, start.elapsed().as_nanos() as f64)
}

/// Welch's t of the two classes' times up to `limit`.
fn welch(times: &[(bool, f64)], limit: f64) -> f64 {
    let [first, second] = [false, true].map(|class| {
        let of_class = times.iter().filter(|(of, time)| *of == class && *time <= limit);
        moments(&of_class.map(|(_, time)| *time).collect::<Vec<_>>())
    });
    (first.mean - second.mean) / (first.variance / first.count + second.variance / second.count).sqrt()
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

fn moments(values: &[f64]) -> Moments {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    Moments { count, mean, variance }
}
