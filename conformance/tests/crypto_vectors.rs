//! Numbers printed in standards: IEEE 1609.2-2017 Annex D and RFC 6979, on both providers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;
use std::convert::Infallible;
use v2x_crypto::{
    AesKey, CryptoError, Curve, PrivateKey, Provider, PublicKey, RustCrypto, ccm, ecies, kdf, mac,
};
use v2x_crypto_aws_lc::AwsLc;

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto, &AwsLc];

/// A file of `vectors/crypto`, or nothing where the vectors are missing.
fn vectors(name: &str) -> Option<Value> {
    let path = conformance::shared_dir()?.join("vectors/crypto").join(name);
    Some(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
}

fn annex_d(part: &str) -> Option<Vec<Value>> {
    Some(vectors("ieee1609_2_2017_annex_d.json")?[part].as_array().unwrap().clone())
}

fn octets(vector: &Value, field: &str) -> Vec<u8> {
    hex::decode(vector[field].as_str().unwrap()).unwrap()
}

fn array<const N: usize>(vector: &Value, field: &str) -> [u8; N] {
    octets(vector, field).try_into().unwrap()
}

fn p256(vector: &Value, x: &str, y: &str) -> PublicKey {
    PublicKey::from_uncompressed(Curve::NistP256, &octets(vector, x), &octets(vector, y)).unwrap()
}

/// A generator that yields given octets, then fails the test.
struct Given(Vec<u8>);

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_be_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        to.copy_from_slice(&self.0.drain(..to.len()).collect::<Vec<_>>());
        Ok(())
    }
}

impl TryCryptoRng for Given {}

#[test]
fn aes_ccm_of_annex_d() {
    let Some(vectors) = annex_d("aes_ccm_128") else { return };
    for vector in &vectors {
        let (key, nonce) = (AesKey::from_bytes(&array(vector, "K")), array(vector, "N"));
        let (plain, sealed) = (octets(vector, "P"), octets(vector, "C_T"));
        assert_eq!(ccm::seal(&key, &nonce, &plain).unwrap(), sealed, "{}", vector["ref"]);
        assert_eq!(*ccm::open(&key, &nonce, &sealed).unwrap(), plain, "{}", vector["ref"]);
    }
    assert_eq!(vectors.len(), 6);
}

#[test]
fn ecies_of_annex_d_is_decrypted() {
    let Some(vectors) = annex_d("ecies_p256") else { return };
    for (vector, provider) in vectors.iter().flat_map(|v| PROVIDERS.map(|p| (v, p))) {
        let recipient = PrivateKey::from_scalar(Curve::NistP256, &octets(vector, "r_private")).unwrap();
        assert_eq!(*recipient.public_key(), p256(vector, "r_x", "r_y"));
        let recipient = provider.key_agreement(&recipient).unwrap();
        let key = ecies::decrypt(&*recipient, &octets(vector, "P1"), &printed(vector)).unwrap();
        assert_eq!(key.expose().as_slice(), octets(vector, "k"), "{}", vector["ref"]);
    }
    assert_eq!(vectors.len(), 2);
}

#[test]
fn ecies_of_annex_d_is_made_again() {
    let Some(vectors) = annex_d("ecies_p256") else { return };
    for (vector, provider) in vectors.iter().flat_map(|v| PROVIDERS.map(|p| (v, p))) {
        let recipient = p256(vector, "r_x", "r_y");
        let key = AesKey::from_bytes(&array(vector, "k"));
        let mut rng = Given(octets(vector, "v_private"));
        let made = ecies::encrypt(provider, &recipient, &octets(vector, "P1"), &key, &mut rng).unwrap();
        assert_eq!(made, printed(vector), "{}", vector["ref"]);
    }
}

#[test]
fn an_altered_ecies_of_annex_d_is_refused() {
    let Some(vectors) = annex_d("ecies_p256") else { return };
    for vector in &vectors {
        let recipient = PrivateKey::from_scalar(Curve::NistP256, &octets(vector, "r_private")).unwrap();
        let recipient = RustCrypto.key_agreement(&recipient).unwrap();
        let p1 = octets(vector, "P1");
        let refused = |p1: &[u8], encrypted: &ecies::EncryptedKey| {
            assert_eq!(ecies::decrypt(&*recipient, p1, encrypted).err(), Some(CryptoError::BadTag));
        };
        refused(b"", &printed(vector));
        for bit in 0..128 {
            let mut altered = printed(vector);
            altered.tag[bit / 8] ^= 1 << (bit % 8);
            refused(&p1, &altered);
            let mut altered = printed(vector);
            altered.ciphertext[bit / 8] ^= 1 << (bit % 8);
            refused(&p1, &altered);
        }
    }
}

fn printed(vector: &Value) -> ecies::EncryptedKey {
    ecies::EncryptedKey {
        ephemeral: p256(vector, "v_x", "v_y"),
        ciphertext: array(vector, "C"),
        tag: array(vector, "T"),
    }
}

#[test]
fn mac1_of_annex_d() {
    let Some(vectors) = annex_d("mac1") else { return };
    for vector in &vectors {
        let (key, message) = (octets(vector, "K"), octets(vector, "M"));
        assert_eq!(mac::tag128(&key, &message).unwrap(), array(vector, "T"), "{}", vector["ref"]);
    }
    assert_eq!(vectors.len(), 7);
}

#[test]
fn kdf2_of_annex_d() {
    let Some(vectors) = annex_d("kdf2_sha256") else { return };
    for vector in &vectors {
        let expected = octets(vector, "key");
        let mut derived = vec![0; expected.len()];
        kdf::kdf2_sha256(&octets(vector, "ss"), &octets(vector, "kdp"), &mut derived);
        assert_eq!(derived, expected, "{}", vector["ref"]);
        assert_eq!(vector["dl"], expected.len());
    }
    assert_eq!(vectors.len(), 4);
}

#[test]
fn ecdh_of_annex_d() {
    let Some(vectors) = annex_d("ecdh_p256") else { return };
    for (vector, provider) in vectors.iter().flat_map(|v| PROVIDERS.map(|p| (v, p))) {
        let private = PrivateKey::from_scalar(Curve::NistP256, &octets(vector, "a")).unwrap();
        let shared = provider.key_agreement(&private).unwrap().agree(&p256(vector, "Bx", "By")).unwrap();
        assert_eq!(shared.expose(), octets(vector, "Z"));
    }
    assert_eq!(vectors.len(), 25);
}

#[test]
fn signatures_of_rfc_6979_are_made_again_and_verify() {
    let Some(vectors) = vectors("rfc6979_p256_p384.json") else { return };
    let vectors = vectors.as_array().unwrap();
    for vector in vectors {
        let curve = vector["curve"].as_str().unwrap().parse().unwrap();
        let message = vector["message"].as_str().unwrap().as_bytes();
        let key = PrivateKey::from_scalar(curve, &octets(vector, "private")).unwrap();
        let signature = RustCrypto.signer(&key).unwrap().sign(message).unwrap();
        assert_eq!((signature.r(), signature.s()), (&*octets(vector, "r"), &*octets(vector, "s")));
        for provider in PROVIDERS {
            assert_eq!(provider.verify(key.public_key(), message, &signature), Ok(()));
        }
    }
    assert_eq!(vectors.len(), 4);
}
