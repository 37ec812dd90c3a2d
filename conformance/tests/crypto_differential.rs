//! Two providers must give one verdict: on signatures, altered signatures, agreements and encryptions.
//!
//! A push runs a few thousand cases; `WAYSEAL_CASES=1000000` with `--release` runs a million.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_crypto::{AesKey, CryptoError, Curve, PrivateKey, Provider, PublicKey, RustCrypto, Signature, ecies};
use v2x_crypto_aws_lc::AwsLc;

const NIST: [Curve; 2] = [Curve::NistP256, Curve::NistP384];

/// How many cases to run: `default`, unless the environment asks for another number.
fn cases(default: u64) -> u64 {
    let asked = std::env::var("WAYSEAL_CASES").ok();
    asked.map_or(default, |number| number.parse().expect("WAYSEAL_CASES is a number"))
}

fn random_octets(rng: &mut ChaCha20Rng, below: u64) -> Vec<u8> {
    let mut octets = vec![0; usize::try_from(rng.next_u64() % below).unwrap()];
    rng.fill_bytes(&mut octets);
    octets
}

/// A signature that is right, or wrong in one of several ways.
fn maybe_altered(rng: &mut ChaCha20Rng, signature: Signature, message: &mut Vec<u8>) -> Option<Signature> {
    let mut fixed = signature.to_fixed();
    match rng.next_u32() % 6 {
        0 | 1 => {}
        2 => message.push(0),
        3 => {
            let bit = rng.next_u32() as usize % (8 * fixed.len());
            fixed[bit / 8] ^= 1 << (bit % 8);
        }
        4 => fixed.rotate_left(signature.curve().coordinate_len()),
        _ => rng.fill_bytes(&mut fixed),
    }
    Signature::from_fixed(signature.curve(), &fixed).ok()
}

#[test]
fn both_providers_agree_on_every_signature() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (mut accepted, mut refused) = (0_u64, 0_u64);
    for case in 0..cases(2_000) {
        let curve = NIST[usize::try_from(case % 2).unwrap()];
        let key = PrivateKey::generate(curve, &mut rng).unwrap();
        let provider: &dyn Provider = if case % 4 < 2 { &RustCrypto } else { &AwsLc };
        let mut message = random_octets(&mut rng, 300);
        let signature = provider.signer(&key).unwrap().sign(&message).unwrap();
        let Some(signature) = maybe_altered(&mut rng, signature, &mut message) else { continue };
        let ours = RustCrypto.verify(key.public_key(), &message, &signature);
        let theirs = AwsLc.verify(key.public_key(), &message, &signature);
        assert_eq!(ours, theirs, "case {case}: {signature:?}");
        if ours.is_ok() { accepted += 1 } else { refused += 1 }
    }
    println!("signatures: {accepted} accepted and {refused} refused by both");
    assert!(accepted > 0 && refused > 0);
}

#[test]
fn both_providers_agree_on_every_shared_secret() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for case in 0..cases(500) {
        let curve = NIST[usize::try_from(case % 2).unwrap()];
        let (mine, peer) = (PrivateKey::generate(curve, &mut rng), PrivateKey::generate(curve, &mut rng));
        let (mine, peer) = (mine.unwrap(), peer.unwrap());
        let ours = RustCrypto.key_agreement(&mine).unwrap().agree(peer.public_key()).unwrap();
        let theirs = AwsLc.key_agreement(&peer).unwrap().agree(mine.public_key()).unwrap();
        assert_eq!(ours.expose(), theirs.expose());
    }
}

#[test]
fn what_one_provider_encrypts_the_other_decrypts() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for case in 0..cases(300) {
        let curve = [Curve::NistP256, Curve::BrainpoolP256r1][usize::try_from(case % 2).unwrap()];
        let recipient = PrivateKey::generate(curve, &mut rng).unwrap();
        let (key, p1) = (AesKey::generate(&mut rng), random_octets(&mut rng, 40));
        let sealed = ecies::encrypt(&AwsLc, recipient.public_key(), &p1, &key, &mut rng).unwrap();
        let opened = ecies::decrypt(&*RustCrypto.key_agreement(&recipient).unwrap(), &p1, &sealed);
        assert!(opened.unwrap() == key);
        let sealed = ecies::encrypt(&RustCrypto, recipient.public_key(), &p1, &key, &mut rng).unwrap();
        let opened = ecies::decrypt(&*AwsLc.key_agreement(&recipient).unwrap(), &p1, &sealed);
        assert!(opened.unwrap() == key);
    }
}

/// Points off the curve, coordinates not below the prime, wrong lengths and forms: ten thousand and more, none accepted.
#[test]
fn no_invalid_point_is_accepted() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let mut refused = 0;
    for case in 0..cases(2_500).max(2_500) {
        for curve in Curve::ALL {
            let sec1 = invalid_point(&mut rng, curve, case % 5);
            let verdict = PublicKey::from_sec1(curve, &sec1);
            assert!(verdict.is_err(), "{curve}: {} was accepted", hex::encode(sec1));
            refused += 1;
        }
    }
    println!("invalid points: {refused} refused, 0 accepted");
    assert!(refused >= 10_000);
}

fn invalid_point(rng: &mut ChaCha20Rng, curve: Curve, kind: u64) -> Vec<u8> {
    let mut sec1 = PrivateKey::generate(curve, rng).unwrap().public_key().as_sec1().to_vec();
    let len = curve.coordinate_len();
    match kind {
        0 => {
            // Two points share an x, and they differ in more than one bit of y, the prime being odd.
            let bit = rng.next_u32() as usize % (8 * len);
            sec1[1 + len + bit / 8] ^= 1 << (bit % 8);
        }
        1 => sec1 = [vec![2 + (sec1[1] & 1)], not_below_the_prime(rng, curve)].concat(),
        2 => sec1[1 + len..].copy_from_slice(&not_below_the_prime(rng, curve)),
        3 => sec1.truncate(1 + rng.next_u32() as usize % (len - 1)),
        _ => sec1[0] = [0, 1, 5, 6, 7, 0x84][rng.next_u32() as usize % 6],
    }
    sec1
}

/// The field prime (RFC 5639 and FIPS 186-4), or up to 255 more.
fn not_below_the_prime(rng: &mut ChaCha20Rng, curve: Curve) -> Vec<u8> {
    let prime = match curve {
        Curve::NistP256 => "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        Curve::NistP384 => {
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"
        }
        Curve::BrainpoolP256r1 => "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
        Curve::BrainpoolP384r1 => {
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53"
        }
    };
    let mut octets = hex::decode(prime).unwrap();
    let mut carry = rng.next_u32() & 0xff;
    for octet in octets.iter_mut().rev() {
        carry += u32::from(*octet);
        *octet = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    octets
}

/// Half of all x have a point. Both parities are found or none, and what is found passes the check of both coordinates.
#[test]
fn decompression_finds_both_points_of_an_x_or_none() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    for curve in Curve::ALL {
        let found = (0..400).filter(|_| has_points(&mut rng, curve)).count();
        // Six standard deviations of 400 fair coins are 60.
        assert!((140..=260).contains(&found), "{curve}: {found} of 400");
    }
}

/// Whether a random x below the prime is that of two points.
fn has_points(rng: &mut ChaCha20Rng, curve: Curve) -> bool {
    let mut x = vec![0; curve.coordinate_len()];
    rng.fill_bytes(&mut x);
    x[0] &= 0x7f;
    match [false, true].map(|odd| PublicKey::from_compressed(curve, odd, &x)) {
        [Ok(even), Ok(odd)] => {
            for (key, is_odd) in [(even, false), (odd, true)] {
                assert_eq!(key.y_is_odd(), is_odd);
                assert_eq!(PublicKey::from_uncompressed(curve, key.x(), key.y()), Ok(key));
                assert_eq!(PublicKey::from_sec1(curve, &key.to_sec1_compressed()), Ok(key));
            }
            true
        }
        verdicts => {
            assert_eq!(verdicts, [Err(CryptoError::NotOnCurve(curve)); 2]);
            false
        }
    }
}
