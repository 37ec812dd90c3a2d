//! A secret that was agreed on through a token is nowhere in the process's memory afterwards.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "helpers of tests, which fail by panicking"
)]
#![cfg(target_os = "linux")]

mod support;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use support::{make, with_token};
use v2x_crypto::{
    AesKey, Curve, HashAlgorithm, KeyAgreement, PrivateKey, Provider, RustCrypto, SharedSecret, ecies,
};
use v2x_crypto_pkcs11::Use;

/// All that is writable, as far as it can be read.
fn memory() -> Vec<u8> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let file = File::open("/proc/self/mem").unwrap();
    let mut all = Vec::with_capacity(256 << 20);
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (range, _) = line.split_once(' ').unwrap();
        let (from, to) = range.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let start = all.len();
        // The buffer itself is left out: what is copied into it would be found in it.
        let own = all.as_ptr() as u64;
        if (from..to).contains(&own) || all.capacity() - start < (to - from) as usize {
            continue;
        }
        all.resize(start + (to - from) as usize, 0);
        if file.read_exact_at(&mut all[start..], from).is_err() {
            all.truncate(start);
        }
    }
    all
}

/// How often the second half of what was agreed on is there. What is freed has its first octets overwritten by the
/// allocator, so the first half says less.
fn traces(memory: &[u8], secret: &SharedSecret) -> usize {
    let half = secret.expose().split_at(secret.expose().len() / 2).1;
    memory.windows(half.len()).filter(|window| *window == half).count()
}

fn rng() -> impl v2x_crypto::CryptoRng {
    use getrandom::rand_core::UnwrapErr;
    UnwrapErr(getrandom::SysRng)
}

#[test]
fn what_was_agreed_on_is_wiped() {
    with_token("what_was_agreed_on_is_wiped", |world| {
        let token = world.open(1);
        let (name, public) = make(&token, Curve::NistP256, Use::Agree);
        let agreement = token.agreement(&name, Curve::NistP256).unwrap();
        let p1 = HashAlgorithm::Sha256.digest(b"certificate");
        let peer = PrivateKey::generate(Curve::NistP256, &mut rng()).unwrap();
        // Held: the search finds it.
        let held = agreement.agree(peer.public_key()).unwrap();
        assert!(traces(&memory(), &held) > 0);
        drop(held);
        // Dropped: it does not. What it looks for is computed anew, after the memory was copied.
        let after = memory();
        let expected = RustCrypto.key_agreement(&peer).unwrap().agree(&public).unwrap();
        assert_eq!(traces(&after, &expected), 0);
        drop((after, expected));

        let sealed =
            ecies::encrypt(&RustCrypto, &public, p1.as_bytes(), &AesKey::generate(&mut rng()), &mut rng());
        let sealed = sealed.unwrap();
        let opened = ecies::decrypt(&agreement, p1.as_bytes(), &sealed).unwrap();
        drop(opened);
        let after = memory();
        let again = agreement.agree(&sealed.ephemeral).unwrap();
        assert_eq!(traces(&after, &again), 0);
    });
}
