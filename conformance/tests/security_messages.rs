//! Signed messages that others made: their signatures verify, and each is judged by its certificate's own dates.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test helper that cannot go on fails its test"
)]

use std::path::Path;
use std::sync::Arc;

use conformance::shared_dir;
use v2x_codec::time::Time64;
use v2x_crypto::{PrivateKey, Provider, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::observer::Trace;
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::refusal::Refusal;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::rule::Rule;
use v2x_security::sign::{Identity, Location, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

fn pool(shared: &Path, role: impl Fn(&str) -> bool) -> TrustStore {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    for entry in std::fs::read_dir(shared.join("vectors/etsi_pool")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".oer") && role(&name) {
            trust.add_by_content(Certificate::parse(&std::fs::read(path).unwrap()).unwrap()).unwrap();
        }
    }
    trust
}

fn verifier(trust: TrustStore) -> Verifier {
    let filter = ReplayFilter::new(ReplayConfig::new([1, 2]), Time64::from_micros(0));
    Verifier::new(trust, Policy::STANDARD, filter)
}

fn at(micros: u64) -> Clock {
    Clock::exact(Time64::from_micros(micros))
}

fn oracle_messages(shared: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(shared.join("vectors/gn/oracle_signed_etsi_pool.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn octets(value: &serde_json::Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn identity(shared: &Path, name: &str) -> Identity {
    let folder = shared.join("vectors/etsi_pool");
    let certificate =
        Certificate::parse(&std::fs::read(folder.join(format!("{name}.oer"))).unwrap()).unwrap();
    let scalar = std::fs::read(folder.join(format!("{name}.vkey"))).unwrap();
    let curve = certificate.verification_key().unwrap().curve();
    let key = PrivateKey::from_scalar(curve, &scalar).unwrap();
    Identity::new(certificate, RustCrypto.signer(&key).unwrap()).unwrap()
}

/// A moment at which the tickets of the pool are valid: all but A1 start at 473385600.
const VALID: u64 = 480_000_000_000_000;

#[test]
fn messages_of_a_foreign_signer_chain_to_the_root_and_fail_only_by_their_date() {
    let Some(shared) = shared_dir() else { return };
    for message in oracle_messages(&shared) {
        let generated = message["generationTime"].as_u64().unwrap();
        let data = octets(&message["data"]);
        let mut trace = Trace::new();
        let refusal = verifier(pool(&shared, |_| true))
            .verify_data_observed(&at(generated), &data, None, &mut trace)
            .unwrap_err();
        assert_eq!(refusal.code(), "certificate-expired", "{refusal}");
        let passed = |rule| trace.steps().iter().any(|step| step.rule == rule && step.refusal.is_none());
        assert!(passed(Rule::TrustAnchor) && passed(Rule::CertificateSignature));
    }
}

#[test]
fn signatures_of_a_foreign_signer_verify_over_the_same_octets() {
    let Some(shared) = shared_dir() else { return };
    for message in oracle_messages(&shared) {
        let data = octets(&message["data"]);
        let view = v2x_codec::view::Data::parse(&data).unwrap();
        let v2x_codec::view::Content::Signed(signed) = view.content else { panic!("not signed") };
        let name = message["cert"].as_str().unwrap();
        let signer = identity(&shared, name);
        let mut trust = pool(&shared, |_| true);
        let chain = trust.chain(signer.certificate()).unwrap();
        let r = signed.signature.r.x().unwrap();
        let signature = v2x_crypto::Signature::new(chain.key().curve(), r, signed.signature.s).unwrap();
        chain.verify(signed.to_be_signed, &signature).unwrap();
        let mut changed = signed.to_be_signed.to_vec();
        changed[20] ^= 1;
        let refusal = chain.verify(&changed, &signature).unwrap_err();
        assert_eq!(refusal, Refusal::BadMessageSignature(signer.certificate().hashed_id8()));
    }
}

#[test]
fn what_we_write_is_what_a_foreign_signer_writes_up_to_the_signature() {
    let Some(shared) = shared_dir() else { return };
    for message in oracle_messages(&shared) {
        let theirs = octets(&message["data"]);
        let payload = octets(&message["payload"]);
        let signer = identity(&shared, message["cert"].as_str().unwrap());
        let generated = Time64::from_micros(message["generationTime"].as_u64().unwrap());
        let psid = Psid(message["psid"].as_u64().unwrap());
        let mut request = SignRequest::new(psid, generated, SignedPayload::Data(&payload));
        if message["signer"] == "digest" {
            request.signer = SignerChoice::Digest;
        }
        if let Some(place) = message["location"].as_array() {
            let number = |index: usize| i32::try_from(place[index].as_i64().unwrap()).unwrap();
            let elevation = u16::try_from(number(2)).unwrap();
            let location = Location { latitude: number(0), longitude: number(1), elevation };
            request.generation_location = Some(location);
        }
        let ours = signer.sign_unchecked(&request).unwrap();
        let signature = 2 + 64;
        assert_eq!(ours[..ours.len() - signature], theirs[..theirs.len() - signature]);
        assert_eq!(ours.len(), theirs.len());
    }
}

/// A CAM inside GeoNetworking headers, from the foreign signer's first message.
fn cam_payload(shared: &Path) -> Vec<u8> {
    octets(&oracle_messages(shared)[0]["payload"])
}

#[test]
fn a_cam_signed_inside_the_tickets_dates_is_verified_to_the_root() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let request = SignRequest::new(Psid::CAM, Time64::from_micros(VALID), SignedPayload::Data(&payload));
    let data = signer.sign(TrustProfile::EtsiTs103097, &request).unwrap();
    let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
    let Received::Cam(cam) = verifier.verify_data(&at(VALID + 100_000), &data).unwrap() else {
        panic!("no CAM")
    };
    assert_eq!(cam.signer().certificate(), signer.certificate());
    assert_eq!(cam.signer().certificates().len(), 3);
    assert!(cam.is_new_signer());
}

#[test]
fn a_digest_is_unknown_until_its_certificate_was_heard() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let sign = |micros: u64, choice| {
        let mut request =
            SignRequest::new(Psid::CAM, Time64::from_micros(micros), SignedPayload::Data(&payload));
        request.signer = choice;
        signer.sign(TrustProfile::EtsiTs103097, &request).unwrap()
    };
    let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
    let digest = sign(VALID, SignerChoice::Digest);
    let refusal = verifier.verify_data(&at(VALID), &digest).unwrap_err();
    assert_eq!(refusal, Refusal::UnknownSigner(signer.certificate().hashed_id8()));
    verifier.verify_data(&at(VALID), &sign(VALID + 1, SignerChoice::Certificate)).unwrap();
    let heard = verifier.verify_data(&at(VALID), &digest).unwrap();
    assert!(!heard.is_new_signer());
}

#[test]
fn a_revoked_authority_takes_its_remembered_tickets_with_it() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let sign = |micros: u64| {
        let request = SignRequest::new(Psid::CAM, Time64::from_micros(micros), SignedPayload::Data(&payload));
        signer.sign(TrustProfile::EtsiTs103097, &request).unwrap()
    };
    let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
    verifier.verify_data(&at(VALID), &sign(VALID)).unwrap();
    let authority = verifier.trust_mut().chain(signer.certificate()).unwrap().certificates()[1].hashed_id8();
    verifier.trust_mut().revoke(authority).unwrap();
    assert_eq!(verifier.verify_data(&at(VALID), &sign(VALID + 1)).unwrap_err().code(), "revoked");
}

#[test]
fn each_fault_in_a_cam_is_refused_for_its_own_reason() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let now = Time64::from_micros(VALID);
    let good = SignRequest::new(Psid::CAM, now, SignedPayload::Data(&payload));
    let code = |request: SignRequest<'_>, clock: Clock| {
        let data = signer.sign_unchecked(&request).unwrap();
        let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
        verifier.verify_data(&clock, &data).err().map(|refusal| refusal.code())
    };
    let with = |change: &dyn Fn(&mut SignRequest<'_>)| {
        let mut request = good;
        change(&mut request);
        code(request, at(VALID))
    };
    let here = Location { latitude: 488_888_888, longitude: 21_111_111, elevation: 4096 };
    assert_eq!(code(good, at(VALID)), None);
    assert_eq!(code(good, at(VALID + 2_100_000)), Some("too-old"));
    assert_eq!(code(good, at(VALID - 100_000)), Some("from-the-future"));
    let uncertain = Clock::new(now, std::time::Duration::from_secs(1));
    assert_eq!(code(good, uncertain), Some("clock-uncertain"));
    assert_eq!(with(&|r| r.generation_time = None), Some("header-field-missing"));
    assert_eq!(with(&|r| r.generation_location = Some(here)), Some("header-field-forbidden"));
    assert_eq!(
        with(&|r| r.expiry_time = Some(Time64::from_micros(VALID + 1))),
        Some("header-field-forbidden")
    );
    assert_eq!(with(&|r| r.payload = SignedPayload::External(b"elsewhere")), Some("wrong-payload"));
    assert_eq!(with(&|r| r.payload = SignedPayload::Data(b"")), Some("malformed-payload"));
    assert_eq!(with(&|r| r.psid = Psid(138)), Some("psid-not-permitted"));
    assert_eq!(with(&|r| r.psid = Psid::DENM), Some("header-field-missing"));
    let as_denm = |choice| {
        with(&|r| {
            r.psid = Psid::DENM;
            r.generation_location = Some(here);
            r.signer = choice;
        })
    };
    assert_eq!(as_denm(SignerChoice::Digest), Some("wrong-signer-choice"));
    assert_eq!(as_denm(SignerChoice::Certificate), Some("payload-not-of-psid"));
}

#[test]
fn a_message_counts_once_in_whatever_form_its_signature_comes() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let request = SignRequest::new(Psid::CAM, Time64::from_micros(VALID), SignedPayload::Data(&payload));
    let data = signer.sign_unchecked(&request).unwrap();
    let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
    verifier.verify_data(&at(VALID), &data).unwrap();
    assert_eq!(verifier.verify_data(&at(VALID), &data).unwrap_err(), Refusal::Replayed);
    let mut compressed = data.clone();
    let tag = data.len() - 65;
    assert_eq!(compressed[tag], 0x80);
    compressed[tag] = 0x82;
    assert_eq!(verifier.verify_data(&at(VALID), &compressed).unwrap_err(), Refusal::Replayed);
}

#[test]
fn no_changed_octet_of_the_signed_part_is_accepted() {
    let Some(shared) = shared_dir() else { return };
    let payload = cam_payload(&shared);
    let signer = identity(&shared, "CERT_IUT_A_AT");
    let request = SignRequest::new(Psid::CAM, Time64::from_micros(VALID), SignedPayload::Data(&payload));
    let data = signer.sign_unchecked(&request).unwrap();
    let mut verifier = verifier(pool(&shared, |name| !name.contains("AT.")));
    for index in 0..data.len() - 66 {
        let mut changed = data.clone();
        changed[index] ^= 0x01;
        let outcome = verifier.verify_data(&at(VALID), &changed);
        assert!(outcome.is_err(), "octet {index} was changed and the message accepted");
    }
}

#[test]
fn on_road_messages_get_as_far_as_their_unknown_issuer() {
    let Some(shared) = shared_dir() else { return };
    let files = ["cit_cam_p256_cert_463", "cit_cam_p256_cert_368", "cit_cam_p256_cert_345_xonly"];
    for file in files {
        let text = std::fs::read_to_string(shared.join(format!("vectors/gn/{file}.hex"))).unwrap();
        let frame = hex::decode(text.split_whitespace().collect::<String>()).unwrap();
        let data = *v2x_codec::view::Packet::parse(&frame).unwrap().secured().unwrap();
        let v2x_codec::view::Content::Signed(signed) = data.content else { panic!("{file}") };
        let clock = Clock::exact(signed.header_info.generation_time.unwrap());
        let refusal = verifier(pool(&shared, |_| true)).verify_packet(&clock, &frame).unwrap_err();
        assert!(matches!(refusal, Refusal::UnknownIssuer { .. }), "{file}: {refusal}");
    }
}

#[test]
fn the_production_scms_revocation_list_verifies_to_its_root() {
    let Some(shared) = shared_dir() else { return };
    let scms = shared.join("vectors/scms");
    let root = Certificate::parse(&std::fs::read(scms.join("iss_v2x_root.oer")).unwrap()).unwrap();
    let now = Clock::exact(Time64::from(root.validity().start));
    let mut trust = TrustStore::new(TrustProfile::Ieee1609Dot2Generic, Arc::new(RustCrypto));
    trust.add_root(root).unwrap();
    let data = std::fs::read(scms.join("crl_2020-2025.oer")).unwrap();
    let refusal = verifier(trust).verify_data(&now, &data).map(|list| list.header().psid);
    assert_eq!(refusal, Ok(Psid(256)));
}

#[test]
fn the_european_trust_list_verifies_to_its_manager() {
    let Some(shared) = shared_dir() else { return };
    let folder = shared.join("vectors/trust");
    let tlm =
        Certificate::parse(&std::fs::read(folder.join("eu_tlm_l2_E7A4B2B045E7ACF9.oer")).unwrap()).unwrap();
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    trust.add_trust_list_manager(tlm).unwrap();
    let list = std::fs::read(folder.join("eu_ectl_l2_CE4CF6C19BFED720.oer")).unwrap();
    let data = v2x_codec::view::Data::parse(&list).unwrap();
    let v2x_codec::view::Content::Signed(signed) = data.content else { panic!("not signed") };
    let clock = Clock::exact(signed.header_info.generation_time.unwrap());
    let verified = verifier(trust).verify_data(&clock, &list).map(|list| list.header().psid);
    assert_eq!(verified, Ok(Psid::CTL));
}

#[test]
fn pilot_messages_of_the_us_are_untrusted_without_their_issuers() {
    let Some(shared) = shared_dir() else { return };
    let text = std::fs::read_to_string(shared.join("vectors/scms/us_pilot_signed_300.jsonl")).unwrap();
    let mut seen = 0;
    for line in text.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let octets = octets(&entry["hex"]);
        let data = v2x_codec::view::Data::parse(&octets).unwrap();
        let v2x_codec::view::Content::Signed(signed) = data.content else { panic!("not signed") };
        let clock = Clock::exact(signed.header_info.generation_time.unwrap_or(Time64::from_micros(0)));
        let trust = TrustStore::new(TrustProfile::Ieee1609Dot2Generic, Arc::new(RustCrypto));
        let refusal = verifier(trust).verify_data(&clock, &octets).unwrap_err();
        let code = refusal.code();
        assert!(matches!(code, "unknown-signer" | "unknown-issuer" | "header-field-missing"), "{refusal}");
        seen += 1;
    }
    assert_eq!(seen, 300);
}
