//! Messages that stations of a US pilot signed with implicit certificates, whose issuers nobody published.
//!
//! Without its issuer's certificate an implicit certificate has no key, so all of them are refused. But a signature
//! leaves few candidates for the key that made it, and the messages of one certificate have one candidate in
//! common only if what was signed was read as the station wrote it: payload, header, certificate and their hashes.

use std::collections::BTreeMap;

use conformance::manifest::{Entry, from_hex};
use p256::ecdsa::{RecoveryId, Signature as P256Signature, VerifyingKey};
use serde_json::Value;
use v2x_codec::ieee1609dot2::Ieee1609Dot2Data;
use v2x_codec::view::{Data, Signed, Signer};
use v2x_crypto::{Curve, HashAlgorithm, Provider, PublicKey, RustCrypto, Signature, SignatureInput, sha256};
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::trust::TrustProfile;

use crate::{checked, round_trip, signed, store};

/// What a message's signature was made over, and the signature.
struct Sealed {
    input: SignatureInput,
    signature: Signature,
}

pub(crate) fn scms_messages(entry: &Entry) {
    let messages = messages(entry);
    assert_eq!(messages.len(), 300);
    messages.iter().for_each(|octets| drop(round_trip::<Ieee1609Dot2Data>(&entry.path, octets)));
    let views: Vec<_> = messages.iter().map(|octets| Data::parse(octets).unwrap()).collect();
    let signed: Vec<_> = views.iter().map(|data| signed(&entry.path, data)).collect();
    let certificates = certificates(&signed);
    certificates.values().for_each(issuer_is_unknown);
    let groups = by_certificate(&signed, &certificates);
    let (alone, together): (Vec<_>, Vec<_>) = groups.values().partition(|group| group.len() == 1);
    together.iter().for_each(|group| one_key_verifies_all(group));
    let verified: usize = together.iter().map(|group| group.len()).sum();
    // One certificate signed one message only: any key fits that.
    assert_eq!((verified, alone.len(), together.len() + alone.len()), (299, 1, certificates.len()));
}

fn messages(entry: &Entry) -> Vec<Vec<u8>> {
    let lines = String::from_utf8(entry.read()).unwrap();
    let octets = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        from_hex(line["hex"].as_str().unwrap())
    };
    lines.lines().map(octets).collect()
}

/// The certificates that the messages carry.
fn certificates(signed: &[Signed<'_>]) -> BTreeMap<HashedId8, Certificate> {
    let carried = signed.iter().filter_map(|signed| match signed.signer {
        Signer::Certificate(list) => Some(Certificate::parse(list.first().unwrap().octets).unwrap()),
        Signer::Digest(_) => None,
        Signer::SelfSigned => panic!("signed by nobody"),
    });
    carried.map(|certificate| (certificate.hashed_id8(), certificate)).collect()
}

fn issuer_is_unknown(certificate: &Certificate) {
    assert!(certificate.is_implicit(), "{certificate}");
    let refusal = store(TrustProfile::Ieee1609Dot2Generic).chain(certificate).unwrap_err();
    assert_eq!(refusal.code(), "unknown-issuer");
}

/// The messages whose signer's certificate some message carries, by that certificate.
fn by_certificate(
    signed: &[Signed<'_>],
    certificates: &BTreeMap<HashedId8, Certificate>,
) -> BTreeMap<HashedId8, Vec<Sealed>> {
    let mut groups = BTreeMap::<_, Vec<_>>::new();
    for signed in signed {
        let id = match signed.signer {
            Signer::Certificate(list) => {
                Certificate::parse(list.first().unwrap().octets).unwrap().hashed_id8()
            }
            Signer::Digest(id) => id,
            Signer::SelfSigned => panic!("signed by nobody"),
        };
        if let Some(certificate) = certificates.get(&id) {
            groups.entry(id).or_default().push(seal(signed, certificate));
        }
    }
    groups
}

fn seal(signed: &Signed<'_>, certificate: &Certificate) -> Sealed {
    let tbs = HashAlgorithm::Sha256.digest(signed.to_be_signed);
    let input = SignatureInput::from_digests(&tbs, certificate.hash());
    Sealed { input, signature: checked(&signed.signature) }
}

fn one_key_verifies_all(messages: &[Sealed]) {
    let verifies = |key: &PublicKey| {
        messages
            .iter()
            .all(|message| RustCrypto.verify(key, message.input.as_bytes(), &message.signature).is_ok())
    };
    let keys = candidates(&messages[0]).into_iter().filter(verifies).count();
    assert_eq!(keys, 1, "{} messages", messages.len());
}

/// The keys that can have made a signature.
fn candidates(message: &Sealed) -> Vec<PublicKey> {
    let hash = sha256(message.input.as_bytes());
    let signature = P256Signature::from_slice(&message.signature.to_fixed()).unwrap();
    let candidate = |id| VerifyingKey::recover_from_prehash(&hash, &signature, id).ok();
    let keys = (0..4).filter_map(RecoveryId::from_byte).filter_map(candidate);
    keys.map(|key| PublicKey::from_sec1(Curve::NistP256, key.to_sec1_point(false).as_bytes()).unwrap())
        .collect()
}
