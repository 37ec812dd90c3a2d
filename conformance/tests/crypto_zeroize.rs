//! Keys are used and dropped, then the process's whole writable memory is searched for what they held.
//!
//! A push uses 12 keys a curve and provider; `WAYSEAL_KEYS=2500` uses as many as the long form asks for.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use rand_core::{TryCryptoRng, TryRng};
use std::{
    collections::HashMap,
    convert::Infallible,
    fs::File,
    hint::black_box,
    io::{BufRead, BufReader},
    os::unix::fs::FileExt,
};
use v2x_crypto::{AesKey, Curve, PrivateKey, Provider, RustCrypto, ccm, ecies};
use v2x_crypto_aws_lc::AwsLc;

/// What the search knows of each secret is kept under this mask, so that the search does not find itself.
const MASK: u64 = 0x5ca1_ab1e_0ddc_0ffe;

/// Yields numbers without keeping what it yielded: no buffer of its own may hold a key.
struct Forgetful(u64);

impl TryRng for Forgetful {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Ok(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Forgetful {}

/// Pieces of 16 octets of every secret, in both octet orders, masked: the first half leads to the second and a name.
#[derive(Default)]
struct Needles(HashMap<u64, Vec<(u64, String)>>);

impl Needles {
    fn add(&mut self, name: &str, secret: &[u8]) {
        for piece in secret.chunks_exact(16) {
            let (first, second) = piece.split_at(8);
            let [first, second] = [first, second].map(|half| u64::from_be_bytes(half.try_into().unwrap()));
            let name = |order| format!("{name}, {order}");
            let be = (first.to_be() ^ MASK, second.to_be() ^ MASK);
            let le = (second.to_le() ^ MASK, first.to_le() ^ MASK);
            self.0.entry(be.0).or_default().push((be.1, name("as given")));
            self.0.entry(le.0).or_default().push((le.1, name("as limbs")));
        }
    }

    /// Every copy in writable memory.
    fn found(&self) -> Vec<String> {
        let mut buffer = vec![0_u8; 1 << 16];
        let own = buffer.as_ptr() as u64..buffer.as_ptr() as u64 + buffer.len() as u64;
        let memory = File::open("/proc/self/mem").unwrap();
        let mut found = Vec::new();
        for (start, end) in writable_mappings() {
            let mut at = start;
            while at < end {
                let len = buffer.len().min(usize::try_from(end - at).unwrap());
                let Ok(read) = memory.read_at(&mut buffer[..len], at) else { break };
                self.search(&buffer[..read], at, &own, &mut found);
                // Pieces may straddle two windows.
                at += (read as u64).saturating_sub(15).max(1);
            }
        }
        found
    }

    fn search(&self, window: &[u8], at: u64, own: &std::ops::Range<u64>, found: &mut Vec<String>) {
        for (offset, piece) in window.windows(16).enumerate() {
            let [first, second] =
                [&piece[..8], &piece[8..]].map(|half| u64::from_ne_bytes(half.try_into().unwrap()) ^ MASK);
            let Some(candidates) = self.0.get(&first) else { continue };
            let address = at + offset as u64;
            for (_, name) in candidates.iter().filter(|(wanted, _)| *wanted == second) {
                if !own.contains(&address) {
                    found.push(format!("{name} at {address:x}"));
                }
            }
        }
    }
}

fn writable_mappings() -> Vec<(u64, u64)> {
    let lines = BufReader::new(File::open("/proc/self/maps").unwrap()).lines().map(Result::unwrap);
    let writable = lines.filter(|line| line.split(' ').nth(1).is_some_and(|mode| mode.starts_with("rw")));
    writable
        .map(|line| {
            let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
            (u64::from_str_radix(start, 16).unwrap(), u64::from_str_radix(end, 16).unwrap())
        })
        .collect()
}

/// Everything that is ever done with a private key, and the key dropped at the end.
fn use_and_drop(provider: &dyn Provider, curve: Curve, rng: &mut Forgetful, needles: &mut Needles) {
    let name = |what: &str| format!("{what} of {curve} in {}", provider.name());
    let key = PrivateKey::generate(curve, rng).unwrap();
    needles.add(&name("private key"), key.expose_scalar());
    let signature = provider.signer(&key).unwrap().sign(b"message").unwrap();
    provider.verify(key.public_key(), b"message", &signature).unwrap();
    let hedged = RustCrypto::hedged_signer(&key, rng);
    black_box(v2x_crypto::Signer::sign(&hedged, b"message").unwrap());
    let peer = PrivateKey::generate(curve, rng).unwrap();
    needles.add(&name("peer's private key"), peer.expose_scalar());
    let shared = provider.key_agreement(&key).unwrap().agree(peer.public_key()).unwrap();
    needles.add(&name("shared secret"), shared.expose());
    if curve.coordinate_len() == 32 {
        encrypt_and_decrypt(provider, &key, rng, needles);
    }
    let file = key.to_pkcs8_pem().unwrap();
    let read = PrivateKey::from_pkcs8_pem(&file, None).unwrap();
    assert!(read.public_key() == key.public_key());
}

fn encrypt_and_decrypt(
    provider: &dyn Provider,
    key: &PrivateKey,
    rng: &mut Forgetful,
    needles: &mut Needles,
) {
    let secret = AesKey::generate(rng);
    needles.add(&format!("AES key in {}", provider.name()), secret.expose());
    let sealed = ccm::seal(&secret, &[0; 12], b"content").unwrap();
    let encrypted = ecies::encrypt(provider, key.public_key(), b"", &secret, rng).unwrap();
    let agreement = provider.key_agreement(key).unwrap();
    let opened = ecies::decrypt(&*agreement, b"", &encrypted).unwrap();
    assert!(*ccm::open(&opened, &[0; 12], &sealed).unwrap() == b"content");
}

#[test]
fn no_secret_outlives_its_key() {
    let keys = std::env::var("WAYSEAL_KEYS").map_or(12, |number| number.parse().unwrap());
    let (mut rng, mut needles) = (Forgetful(0x0123_4567_89ab_cdef), Needles::default());

    // The search must be able to find: a key that is alive is there.
    let alive = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    let mut control = Needles::default();
    control.add("control", alive.expose_scalar());
    assert!(control.found().len() >= 2, "the search finds nothing, not even a key that is in use");
    drop(alive);
    let left = control.found();
    assert!(left.is_empty(), "copies of a key that was only generated: {left:#?}");

    for round in 0..keys {
        for curve in Curve::ALL {
            for provider in [&RustCrypto as &dyn Provider, &AwsLc] {
                use_and_drop(provider, curve, &mut rng, &mut needles);
                // Later use covers earlier traces on the stack, so the first round is searched step by step.
                let found = if round == 0 { needles.found() } else { Vec::new() };
                assert!(found.is_empty(), "{found:#?}");
            }
        }
    }
    let found = needles.found();
    println!("{} pieces of secrets searched for, {} found", needles.0.len(), found.len());
    assert!(found.is_empty(), "{:#?}", &found[..found.len().min(40)]);
}
