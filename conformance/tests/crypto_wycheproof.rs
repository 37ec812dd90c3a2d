//! Project Wycheproof on both providers: every test is run, counted, and its verdict compared.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use aes::{Aes128, Aes192, Aes256};
use ccm::{
    Ccm, KeyInit,
    aead::{AeadInOut, Nonce, Tag, consts},
};
use serde_json::Value;
use v2x_crypto::{AesKey, CryptoError, Curve, PrivateKey, Provider, PublicKey, RustCrypto, Signature, mac};
use v2x_crypto_aws_lc::AwsLc;
use wycheproof::{aead, ecdh, ecdsa, mac as mac_tests};

const PROVIDERS: [&dyn Provider; 2] = [&RustCrypto, &AwsLc];

/// One test and the group it is in.
struct Case<'a> {
    group: &'a Value,
    test: &'a Value,
}

impl Case<'_> {
    fn octets(&self, field: &str) -> Vec<u8> {
        hex::decode(self.test[field].as_str().unwrap()).unwrap()
    }

    fn bits(&self, field: &str) -> u64 {
        self.group[field].as_u64().unwrap()
    }

    /// Fails unless `accepted` is the expected verdict. What is merely acceptable may go either way.
    fn judge(&self, accepted: bool, by: &str) {
        let expected = self.test["result"].as_str().unwrap();
        let right = match expected {
            "valid" => accepted,
            "invalid" => !accepted,
            "acceptable" => true,
            other => panic!("unknown verdict {other}"),
        };
        assert!(right, "{by}: test {} should be {expected}: {}", self.test["tcId"], self.test["comment"]);
    }
}

/// Calls `check` with every test in `json` and returns how many there were.
fn for_each(json: &str, mut check: impl FnMut(&Case<'_>)) -> usize {
    let set: Value = serde_json::from_str(json).unwrap();
    let mut count = 0;
    for group in set["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            check(&Case { group, test });
            count += 1;
        }
    }
    assert_eq!(set["numberOfTests"], count);
    count
}

/// Runs an ECDSA file on both providers, by single verification and by prepared key.
fn run_ecdsa(json: &str, read: fn(Curve, &[u8]) -> Result<Signature, CryptoError>) -> usize {
    for_each(json, |case| {
        let key = &case.group["publicKey"];
        let curve = key["curve"].as_str().unwrap().parse().unwrap();
        let sec1 = hex::decode(key["uncompressed"].as_str().unwrap()).unwrap();
        let key = PublicKey::from_sec1(curve, &sec1).unwrap();
        let (message, signature) = (case.octets("msg"), read(curve, &case.octets("sig")));
        for provider in PROVIDERS {
            let verdict = signature.and_then(|signature| provider.verify(&key, &message, &signature));
            let prepared = provider.prepare(&key).unwrap();
            let again = signature.and_then(|signature| prepared.verify(&message, &signature));
            assert_eq!(verdict, again);
            case.judge(verdict.is_ok(), provider.name());
        }
    })
}

/// Runs an ECDH file on both providers, with `read` for the peer's key.
fn run_ecdh(json: &str, curve: Curve, read: fn(Curve, &[u8]) -> Result<PublicKey, CryptoError>) -> usize {
    for_each(json, |case| {
        let private = fixed_width(curve, &case.octets("private"));
        let private = PrivateKey::from_scalar(curve, &private).unwrap();
        for provider in PROVIDERS {
            let agreement = provider.key_agreement(&private).unwrap();
            let shared = read(curve, &case.octets("public")).and_then(|peer| agreement.agree(&peer));
            let right = shared.as_ref().is_ok_and(|shared| shared.expose() == case.octets("shared"));
            assert_eq!(right, shared.is_ok(), "a wrong secret in test {}", case.test["tcId"]);
            case.judge(right, provider.name());
        }
    })
}

fn from_spki(_: Curve, spki: &[u8]) -> Result<PublicKey, CryptoError> {
    PublicKey::from_spki_der(spki)
}

/// The integer in `octets` with exactly as many octets as a scalar of the curve.
fn fixed_width(curve: Curve, octets: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = octets.iter().copied().skip_while(|octet| *octet == 0).collect();
    let zeros = curve.coordinate_len() - digits.len();
    [vec![0; zeros], digits].concat()
}

#[test]
fn ecdsa_in_fixed_width_form() {
    let counts = [
        ecdsa::TestName::EcdsaSecp256r1Sha256P1363,
        ecdsa::TestName::EcdsaBrainpool256r1Sha256P1363,
        ecdsa::TestName::EcdsaSecp384r1Sha384P1363,
        ecdsa::TestName::EcdsaBrainpool384r1Sha384P1363,
    ]
    .map(|name| run_ecdsa(name.json_data(), Signature::from_fixed));
    println!("ECDSA P1363: {counts:?} tests on each provider");
    assert_eq!(counts, [262, 261, 280, 292]);
}

#[test]
fn ecdsa_in_der_form() {
    let counts = [
        ecdsa::TestName::EcdsaSecp256r1Sha256,
        ecdsa::TestName::EcdsaBrainpool256r1Sha256,
        ecdsa::TestName::EcdsaSecp384r1Sha384,
        ecdsa::TestName::EcdsaBrainpool384r1Sha384,
    ]
    .map(|name| run_ecdsa(name.json_data(), Signature::from_der));
    println!("ECDSA DER: {counts:?} tests on each provider");
    assert_eq!(counts, [484, 485, 504, 516]);
}

#[test]
fn ecdsa_of_the_stored_files() {
    let Some(shared) = conformance::shared_dir() else { return };
    let counts = ["secp256r1_sha256", "brainpoolP256r1_sha256", "secp384r1_sha384", "brainpoolP384r1_sha384"]
        .map(|name| shared.join(format!("vectors/wycheproof/ecdsa_{name}_p1363_test.json")))
        .map(|path| run_ecdsa(&std::fs::read_to_string(path).unwrap(), Signature::from_fixed));
    println!("ECDSA P1363, stored files: {counts:?} tests on each provider");
    assert_eq!(counts, [262, 261, 280, 292]);
}

#[test]
fn ecdh_with_keys_as_subject_public_key_info() {
    use ecdh::TestName as Name;
    let counts = [
        (Name::EcdhSecp256r1, Curve::NistP256),
        (Name::EcdhBrainpool256r1, Curve::BrainpoolP256r1),
        (Name::EcdhBrainpool384r1, Curve::BrainpoolP384r1),
        (Name::EcdhSecp384r1, Curve::NistP384),
    ]
    .map(|(name, curve)| run_ecdh(name.json_data(), curve, from_spki));
    println!("ECDH: {counts:?} tests on each provider");
    assert_eq!(counts, [612, 804, 936, 1047]);
}

#[test]
fn ecdh_with_keys_as_points() {
    use ecdh::TestName as Name;
    let counts =
        [(Name::EcdhSecp256r1Ecpoint, Curve::NistP256), (Name::EcdhSecp384r1Ecpoint, Curve::NistP384)]
            .map(|(name, curve)| run_ecdh(name.json_data(), curve, PublicKey::from_sec1));
    println!("ECDH, points: {counts:?} tests on each provider");
    assert_eq!(counts, [355, 790]);
}

#[test]
fn hmac_sha256_full_and_truncated() {
    let count = for_each(mac_tests::TestName::HmacSha256.json_data(), |case| {
        let (key, message, tag) = (case.octets("key"), case.octets("msg"), case.octets("tag"));
        let accepted = match case.bits("tagSize") {
            128 => mac::verify_tag128(&key, &message, tag.as_slice().try_into().unwrap()).is_ok(),
            256 => mac::hmac_sha256(&key, &message).unwrap().as_slice() == tag,
            other => panic!("no test has {other} bits"),
        };
        case.judge(accepted, "HMAC");
    });
    println!("HMAC-SHA256: {count} tests");
    assert_eq!(count, 174);
}

/// Every test goes to the CCM underneath ours; those of our parameters go through ours as well.
#[test]
fn aes_ccm() {
    let stored = conformance::shared_dir().map(|dir| dir.join("vectors/wycheproof/aes_ccm_test.json"));
    let stored = stored.map(|path| std::fs::read_to_string(path).unwrap());
    for json in [Some(aead::TestName::AesCcm.json_data().to_owned()), stored].into_iter().flatten() {
        let mut ours = 0;
        let count = for_each(&json, |case| {
            case.judge(underlying_ccm(case), "CCM");
            ours += usize::from(our_ccm(case));
        });
        println!("AES-CCM: {count} tests, {ours} of them with the parameters of IEEE 1609.2");
        assert_eq!((count, ours), (552, 47));
    }
}

/// Whether the test has our parameters; if so, both directions are checked.
fn our_ccm(case: &Case<'_>) -> bool {
    let sizes = ["keySize", "ivSize", "tagSize"].map(|field| case.bits(field));
    if sizes != [128, 96, 128] || !case.octets("aad").is_empty() {
        return false;
    }
    let key = AesKey::from_bytes(case.octets("key").as_slice().try_into().unwrap());
    let nonce = case.octets("iv").try_into().unwrap();
    let sealed = [case.octets("ct"), case.octets("tag")].concat();
    let opened = v2x_crypto::ccm::open(&key, &nonce, &sealed);
    case.judge(opened.as_ref().is_ok_and(|plain| **plain == case.octets("msg")), "our CCM");
    if opened.is_ok() {
        assert_eq!(v2x_crypto::ccm::seal(&key, &nonce, &case.octets("msg")).unwrap(), sealed);
    }
    true
}

/// Calls [`opens`] with the tag and nonce sizes of the test. Sizes that CCM does not have are no types, hence refused.
macro_rules! with_sizes {
    ($case:expr, $cipher:ident) => {
        with_sizes!($case, $cipher:
            (32, 96) => U4, U12; (48, 96) => U6, U12; (64, 96) => U8, U12; (80, 96) => U10, U12;
            (96, 96) => U12, U12; (112, 96) => U14, U12; (128, 96) => U16, U12; (128, 56) => U16, U7;
            (128, 64) => U16, U8; (128, 72) => U16, U9; (128, 80) => U16, U10; (128, 88) => U16, U11;
            (128, 104) => U16, U13;
        )
    };
    ($case:expr, $cipher:ident: $(($tag:literal, $nonce:literal) => $tag_type:ident, $nonce_type:ident;)*) => {
        match ($case.bits("tagSize"), $case.bits("ivSize")) {
            $(($tag, $nonce) => opens::<Ccm<$cipher, consts::$tag_type, consts::$nonce_type>>($case),)*
            _ => false,
        }
    };
}

/// Whether the tag is accepted and the message comes out.
fn underlying_ccm(case: &Case<'_>) -> bool {
    match case.bits("keySize") {
        128 => with_sizes!(case, Aes128),
        192 => with_sizes!(case, Aes192),
        256 => with_sizes!(case, Aes256),
        other => panic!("no test has a key of {other} bits"),
    }
}

fn opens<A: KeyInit + AeadInOut>(case: &Case<'_>) -> bool {
    let cipher = A::new_from_slice(&case.octets("key")).unwrap();
    let (nonce, tag) = (case.octets("iv"), case.octets("tag"));
    let (nonce, tag) = (Nonce::<A>::try_from(nonce.as_slice()), Tag::<A>::try_from(tag.as_slice()));
    let mut text = case.octets("ct");
    let opened = cipher.decrypt_inout_detached(
        &nonce.unwrap(),
        &case.octets("aad"),
        text.as_mut_slice().into(),
        &tag.unwrap(),
    );
    opened.is_ok() && text == case.octets("msg")
}
