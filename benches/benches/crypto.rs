//! Signing, verifying, key decompression and ECIES, by curve and provider.
//!
//! `cargo bench -p benches --bench crypto`; a short run for CI adds `-- --test`.
#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up should stop")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::hint::black_box;
use v2x_crypto::{AesKey, Curve, PrivateKey, Provider, PublicKey, RustCrypto, ecies};
use v2x_crypto_aws_lc::AwsLc;

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto, &AwsLc];

/// What an IEEE 1609.2 signature on a 256-bit curve signs: two hashes.
const MESSAGE: [u8; 64] = [0x5a; 64];

fn key(curve: Curve) -> PrivateKey {
    PrivateKey::generate(curve, &mut ChaCha20Rng::seed_from_u64(1)).unwrap()
}

/// Every curve on every provider that does not defer it.
fn cases() -> impl Iterator<Item = (Curve, &'static dyn Provider)> {
    let all = Curve::ALL.into_iter().flat_map(|curve| PROVIDERS.map(|provider| (curve, provider)));
    all.filter(|(curve, provider)| {
        let brainpool = matches!(curve, Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1);
        provider.name() == RustCrypto.name() || !brainpool
    })
}

fn ecdsa(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ecdsa");
    for (curve, provider) in cases() {
        let name = |what: &str| BenchmarkId::new(format!("{what}/{}", provider.name()), curve);
        let key = key(curve);
        let signer = provider.signer(&key).unwrap();
        group.bench_function(name("sign"), |bench| bench.iter(|| signer.sign(black_box(&MESSAGE))));
        let signature = signer.sign(&MESSAGE).unwrap();
        let public = key.public_key();
        group.bench_function(name("verify"), |bench| {
            bench.iter(|| provider.verify(black_box(public), &MESSAGE, &signature))
        });
        let prepared = provider.prepare(public).unwrap();
        group.bench_function(name("verify prepared"), |bench| {
            bench.iter(|| prepared.verify(black_box(&MESSAGE), &signature))
        });
    }
}

fn keys(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key");
    for curve in Curve::ALL {
        let public = *key(curve).public_key();
        group.bench_function(BenchmarkId::new("decompress", curve), |bench| {
            bench.iter(|| PublicKey::from_compressed(curve, public.y_is_odd(), black_box(public.x())))
        });
        group.bench_function(BenchmarkId::new("check", curve), |bench| {
            bench.iter(|| PublicKey::from_uncompressed(curve, black_box(public.x()), public.y()))
        });
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        group.bench_function(BenchmarkId::new("generate", curve), |bench| {
            bench.iter(|| PrivateKey::generate(curve, &mut rng))
        });
    }
}

fn ecies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ecies");
    let (mut rng, secret) = (ChaCha20Rng::seed_from_u64(3), AesKey::from_bytes(&[7; 16]));
    for (curve, provider) in cases().filter(|(curve, _)| curve.coordinate_len() == 32) {
        let name = |what: &str| BenchmarkId::new(format!("{what}/{}", provider.name()), curve);
        let recipient = key(curve);
        group.bench_function(name("encrypt"), |bench| {
            bench.iter(|| ecies::encrypt(provider, recipient.public_key(), b"", &secret, &mut rng))
        });
        let sealed = ecies::encrypt(provider, recipient.public_key(), b"", &secret, &mut rng).unwrap();
        let agreement = provider.key_agreement(&recipient).unwrap();
        group.bench_function(name("decrypt"), |bench| {
            bench.iter(|| ecies::decrypt(&*agreement, b"", black_box(&sealed)))
        });
    }
}

criterion_group!(benches, ecdsa, keys, ecies);
criterion_main!(benches);
