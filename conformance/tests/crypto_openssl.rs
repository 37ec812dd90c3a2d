//! OpenSSL's command line as the third opinion: on brainpool, which only one of our providers has, on key files, and on
//! which points exist.

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
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};
use v2x_crypto::{Curve, PrivateKey, Provider, PublicKey, RustCrypto, Signature};

/// A folder that is gone after the test, and OpenSSL in it.
struct OpenSsl(tempfile::TempDir);

impl OpenSsl {
    fn new() -> Option<Self> {
        let answers =
            Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
        conformance::present(answers, "the openssl command").then(|| Self(tempfile::tempdir().unwrap()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path(name), octets).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &str) -> Output {
        let dir: &Path = self.0.path();
        Command::new("openssl").current_dir(dir).args(arguments.split_whitespace()).output().unwrap()
    }

    /// Runs it and fails the test unless it succeeds.
    fn succeed(&self, arguments: &str) {
        let output = self.run(arguments);
        assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn openssl_name(curve: Curve) -> &'static str {
    match curve {
        Curve::NistP256 => "prime256v1",
        Curve::NistP384 => "secp384r1",
        Curve::BrainpoolP256r1 => "brainpoolP256r1",
        Curve::BrainpoolP384r1 => "brainpoolP384r1",
    }
}

fn hash_option(curve: Curve) -> &'static str {
    match curve.hash() {
        v2x_crypto::HashAlgorithm::Sha256 => "-sha256",
        v2x_crypto::HashAlgorithm::Sha384 => "-sha384",
    }
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

#[test]
fn openssl_verifies_what_we_sign_with_a_key_file_we_wrote() {
    let Some(openssl) = OpenSsl::new() else { return };
    for (curve, case) in Curve::ALL.into_iter().flat_map(|curve| (0..8).map(move |case| (curve, case))) {
        let key = PrivateKey::generate(curve, &mut ChaCha20Rng::seed_from_u64(case)).unwrap();
        let message = vec![0x5a; usize::try_from(case).unwrap() * 37];
        let signature = RustCrypto.signer(&key).unwrap().sign(&message).unwrap();
        openssl.write("key.pem", key.to_pkcs8_pem().unwrap().as_bytes());
        openssl.write("key.der", &key.public_key().to_spki_der().unwrap());
        openssl.write("message", &message);
        openssl.write("signature", &signature.to_der().unwrap());
        let hash = hash_option(curve);
        openssl.succeed(&format!("dgst {hash} -prverify key.pem -signature signature message"));
        openssl.succeed(&format!("dgst {hash} -verify key.der -keyform DER -signature signature message"));
        openssl.write("message", b"another");
        let refused = openssl.run(&format!("dgst {hash} -prverify key.pem -signature signature message"));
        assert!(!refused.status.success());
    }
}

#[test]
fn we_verify_what_openssl_signs_with_its_own_key() {
    let Some(openssl) = OpenSsl::new() else { return };
    for curve in Curve::ALL {
        openssl.succeed(&format!(
            "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{} -out key.pem",
            openssl_name(curve)
        ));
        let pem = String::from_utf8(openssl.read("key.pem")).unwrap();
        let key = PrivateKey::from_pkcs8_pem(&pem, None).unwrap();
        assert_eq!(key.curve(), curve);
        for case in 0..8_u8 {
            let message = vec![case; usize::from(case) * 11];
            openssl.write("message", &message);
            openssl.succeed(&format!("dgst {} -sign key.pem -out signature message", hash_option(curve)));
            let signature = Signature::from_der(curve, &openssl.read("signature")).unwrap();
            assert_eq!(RustCrypto.verify(key.public_key(), &message, &signature), Ok(()));
            let other = [&*message, b"!"].concat();
            assert!(RustCrypto.verify(key.public_key(), &other, &signature).is_err());
        }
    }
}

#[test]
fn both_derive_the_same_shared_secret() {
    let Some(openssl) = OpenSsl::new() else { return };
    let mut rng = rng();
    for curve in Curve::ALL {
        let mine = PrivateKey::generate(curve, &mut rng).unwrap();
        let peer = PrivateKey::generate(curve, &mut rng).unwrap();
        openssl.write("mine.pem", mine.to_pkcs8_pem().unwrap().as_bytes());
        openssl.write("peer.der", &peer.public_key().to_spki_der().unwrap());
        openssl.succeed("pkeyutl -derive -inkey mine.pem -peerkey peer.der -peerform DER -out shared");
        let shared = RustCrypto.key_agreement(&mine).unwrap().agree(peer.public_key()).unwrap();
        assert_eq!(shared.expose(), openssl.read("shared"));
    }
}

#[test]
fn encrypted_key_files_are_read_both_ways() {
    let Some(openssl) = OpenSsl::new() else { return };
    let mut rng = rng();
    openssl.write("passphrase", b"correct horse\n");
    for curve in Curve::ALL {
        let key = PrivateKey::generate(curve, &mut rng).unwrap();
        let pem = key.to_encrypted_pkcs8_pem(b"correct horse", &mut rng).unwrap();
        openssl.write("key.pem", pem.as_bytes());
        openssl.succeed("pkey -in key.pem -passin file:passphrase -out plain.pem");
        let plain = String::from_utf8(openssl.read("plain.pem")).unwrap();
        let plain = PrivateKey::from_pkcs8_pem(&plain, None).unwrap();
        assert_eq!(plain.public_key(), key.public_key());
        for scheme in ["-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 1000", "-scrypt"] {
            openssl.succeed(&format!(
                "pkcs8 -topk8 -in plain.pem {scheme} -passout file:passphrase -out again.pem"
            ));
            let again = String::from_utf8(openssl.read("again.pem")).unwrap();
            let again = PrivateKey::from_pkcs8_pem(&again, Some(b"correct horse")).unwrap();
            assert_eq!(again.expose_scalar(), key.expose_scalar());
        }
    }
}

#[test]
fn both_know_the_same_points() {
    let Some(openssl) = OpenSsl::new() else { return };
    let mut rng = rng();
    let (mut known, mut unknown) = (0, 0);
    for (curve, _) in Curve::ALL.into_iter().flat_map(|curve| (0..16).map(move |case| (curve, case))) {
        let template = PrivateKey::generate(curve, &mut rng).unwrap();
        let mut sec1 = template.public_key().to_sec1_compressed();
        rng.fill_bytes(&mut sec1[1..]);
        openssl.write("key.der", &spki_around(template.public_key(), &sec1));
        let theirs = openssl.run("pkey -pubin -inform DER -in key.der -pubcheck -noout").status.success();
        assert_eq!(PublicKey::from_sec1(curve, &sec1).is_ok(), theirs, "{curve}: {}", hex::encode(&sec1));
        if theirs { known += 1 } else { unknown += 1 }
    }
    println!("points: {known} known to both, {unknown} to none");
    assert!(known > 0 && unknown > 0);
}

/// The SubjectPublicKeyInfo of `template` with the point in `sec1` instead.
fn spki_around(template: &PublicKey, sec1: &[u8]) -> Vec<u8> {
    let whole = template.to_spki_der().unwrap();
    let point_at = whole.len() - template.as_sec1().len();
    // SEQUENCE and its length come first; BIT STRING, its length and the number of unused bits right before the point.
    let algorithm = &whole[2..point_at - 3];
    let bits = [&[3, u8::try_from(1 + sec1.len()).unwrap(), 0], sec1].concat();
    let len = u8::try_from(algorithm.len() + bits.len()).unwrap();
    [&[0x30, len], algorithm, &bits].concat()
}
