//! Every file that the manifest of the vectors lists: it decodes, encodes to the same octets again, verifies where the
//! manifest says that it does, and is refused where it is there to be refused.
//!
//! A file is judged by the [`Kind`] that its place gives it. A place without a kind fails the test, so that no file is
//! passed over in silence.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use conformance::manifest::{self, Entry, from_hex};
use serde_json::Value;
use v2x_codec::ErrorKind;
use v2x_codec::capture::Capture;
use v2x_codec::ieee1609dot2 as owned;
use v2x_codec::ieee1609dot2::{CoerType, CrlContents, Ieee1609Dot2Data, decode, encode};
use v2x_codec::inspect::inspect;
use v2x_codec::time::Time64;
use v2x_codec::ts102941::EtsiTs102941Data;
use v2x_codec::view::{self, CertificateView, Data, NetworkPdu, Packet, PacketContent, Signed, Signer};
use v2x_crypto::{Curve, PrivateKey, Provider, RustCrypto, Signature, SignatureInput, sha256};
use v2x_security::certificate::Certificate;
use v2x_security::permission::Psid;
use v2x_security::point;
use v2x_security::sign::{Identity, Location, SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::{Role, TrustProfile, TrustStore};

/// What a file of the vectors is, and so what is asked of it.
enum Kind {
    /// A GeoNetworking packet, secured or not.
    Packet,
    /// `Ieee1609Dot2Data` without a packet.
    SignedData,
    /// The fields of another file, as another decoder read them.
    Fields,
    /// Messages that another implementation signed deterministically, with keys that are here.
    SignedElsewhere,
    /// A ticket whose issuer nobody published.
    LoneTicket,
    /// A certificate of the ETSI pool.
    PoolCertificate,
    /// The private key of one.
    PoolKey,
    /// The certificate of the European trust list manager.
    TrustListManager,
    /// The list that it signed.
    TrustList,
    /// The certificate of a production root of another PKI.
    ScmsRoot,
    /// The revocation list that it signed.
    ScmsRevocationList,
    /// Signed messages, one a line.
    ScmsMessages,
    /// Data nested beyond reason.
    NestingBomb,
    /// A capture in which no packet is acceptable.
    BadCapture,
    /// Judged by this test file, whose text says so.
    JudgedBy { test: &'static str, text: &'static str },
    /// Belongs to work that does not exist yet.
    Later(&'static str),
}

const CRYPTO_VECTORS: &str = "tests/crypto_vectors.rs";
const SERVICE_VECTORS: &str = "../v2x-codec/tests/services.rs";
const UPER_VECTORS: &str = "../v2x-codec/tests/uper_vectors.rs";

fn kind(entry: &Entry) -> Option<Kind> {
    let (name, extension) = (entry.name(), entry.name().rsplit('.').next().unwrap_or_default());
    Some(match (entry.group(), name, extension) {
        ("gn", "oracle_signed_etsi_pool.json", _) => Kind::SignedElsewhere,
        ("gn", name, "hex") if name.starts_with("cit_data1609") => Kind::SignedData,
        ("gn", _, "hex") => Kind::Packet,
        ("gn", _, "json") => Kind::Fields,
        ("cert", _, "oer") => Kind::LoneTicket,
        ("etsi_pool", _, "oer") => Kind::PoolCertificate,
        ("etsi_pool", _, "vkey" | "ekey") => Kind::PoolKey,
        ("trust", "eu_tlm_l2_E7A4B2B045E7ACF9.oer", _) => Kind::TrustListManager,
        ("trust", "eu_ectl_l2_CE4CF6C19BFED720.oer", _) => Kind::TrustList,
        ("scms", "iss_v2x_root.oer", _) => Kind::ScmsRoot,
        ("scms", "crl_2020-2025.oer", _) => Kind::ScmsRevocationList,
        ("scms", "us_pilot_signed_300.jsonl", _) => Kind::ScmsMessages,
        ("negative", "ectl_nested_150_deep.oer", _) => Kind::NestingBomb,
        ("pcap", _, "pcap") => Kind::BadCapture,
        ("crypto", "ieee1609_2_2017_annex_d.json", _) => {
            Kind::JudgedBy { test: CRYPTO_VECTORS, text: "ieee1609_2_2017_annex_d.json" }
        }
        ("crypto", "rfc6979_p256_p384.json", _) => {
            Kind::JudgedBy { test: CRYPTO_VECTORS, text: "rfc6979_p256_p384.json" }
        }
        ("crypto", "scms_butterfly.json" | "scms_linkage_values.json", _) => {
            Kind::Later("butterfly key expansion and linkage values come with the IEEE 1609.2.1 interfaces")
        }
        ("wycheproof", "aes_ccm_test.json", _) => Kind::JudgedBy {
            test: "tests/crypto_wycheproof.rs",
            text: "vectors/wycheproof/aes_ccm_test.json",
        },
        ("wycheproof", _, "json") => Kind::JudgedBy {
            test: "tests/crypto_wycheproof.rs",
            text: "vectors/wycheproof/ecdsa_{name}_p1363_test.json",
        },
        ("uper", name, _) if name.starts_with("spatem") || name.starts_with("ivim") => {
            Kind::JudgedBy { test: SERVICE_VECTORS, text: "uper/{kind}_0" }
        }
        ("uper", _, "hex" | "json") => Kind::JudgedBy { test: UPER_VECTORS, text: "join(\"uper\")" },
        ("uper_random", _, "json") => {
            Kind::JudgedBy { test: UPER_VECTORS, text: "uper_random/{kind}_seed1.json" }
        }
        ("mavlink", _, "json") => Kind::Later("MAVLink framing comes with the drone link"),
        _ => return None,
    })
}

#[test]
fn every_file_of_the_manifest_is_judged() {
    let mut later = BTreeMap::<&str, Vec<String>>::new();
    for entry in manifest::entries() {
        assert_eq!(hex::encode(sha256(&entry.read())), entry.sha256, "{}", entry.path);
        let kind = kind(&entry).unwrap_or_else(|| panic!("{}: nobody knows what this is", entry.path));
        match kind {
            Kind::Packet => packet(&entry),
            Kind::SignedData => signed_data(&entry),
            Kind::Fields => fields(&entry),
            Kind::SignedElsewhere => signed_elsewhere(&entry),
            Kind::LoneTicket => lone_ticket(&entry),
            Kind::PoolCertificate => pool_certificate(&entry),
            Kind::PoolKey => pool_key(&entry),
            Kind::TrustListManager => trust_list_manager(&entry),
            Kind::TrustList => trust_list(&entry),
            Kind::ScmsRoot => scms_root(&entry),
            Kind::ScmsRevocationList => scms_revocation_list(&entry),
            Kind::ScmsMessages => scms_messages(&entry),
            Kind::NestingBomb => nesting_bomb(&entry),
            Kind::BadCapture => bad_capture(&entry),
            Kind::JudgedBy { test, text } => judged_by(&entry, test, text),
            Kind::Later(reason) => later.entry(reason).or_default().push(entry.path.clone()),
        }
    }
    later.iter().for_each(|(reason, files)| println!("not yet: {reason}: {}", files.join(", ")));
}

#[test]
fn the_manifest_lists_every_file() {
    let listed: BTreeSet<_> = manifest::entries().into_iter().map(|entry| entry.path).collect();
    assert_eq!(manifest::files().into_iter().collect::<BTreeSet<_>>(), listed);
}

/// Decodes as an owned type and encodes to the same octets again.
fn round_trip<T: CoerType>(name: &str, octets: &[u8]) -> T {
    let value = decode::<T>(octets).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(hex::encode(encode(&value).unwrap()), hex::encode(octets), "{name}");
    value
}

fn store(profile: TrustProfile) -> TrustStore {
    TrustStore::new(profile, Arc::new(RustCrypto))
}

fn signed<'a>(name: &str, data: &Data<'a>) -> Signed<'a> {
    *data.content.signed().unwrap_or_else(|| panic!("{name} is not signed"))
}

fn packet(entry: &Entry) {
    let octets = entry.octets();
    let packet = Packet::parse(&octets).unwrap_or_else(|error| panic!("{}: {error}", entry.path));
    let mut again = Vec::new();
    packet.basic.encode(&mut again);
    match &packet.content {
        PacketContent::Unsecured(pdu) => pdu.header.encode(pdu.payload, &mut again).unwrap(),
        PacketContent::Secured(data) => {
            let value = round_trip::<Ieee1609Dot2Data>(&entry.path, data.octets);
            again.extend(encode(&value).unwrap());
            network_pdu(&entry.path, signed(&entry.path, data).payload.unsecured().unwrap());
            assert!(signature_verifies(entry, &signed(&entry.path, data)), "{}", entry.path);
        }
    }
    assert_eq!(hex::encode(again), hex::encode(packet.octets), "{}", entry.path);
    assert_eq!(packet.secured().is_some(), entry.verified.starts_with("yes"), "{}", entry.path);
}

fn network_pdu(name: &str, octets: &[u8]) {
    let pdu = NetworkPdu::parse(octets).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut again = Vec::new();
    pdu.header.encode(pdu.payload, &mut again).unwrap();
    assert_eq!(hex::encode(again), hex::encode(octets), "{name}");
}

fn signed_data(entry: &Entry) {
    let octets = entry.octets();
    round_trip::<Ieee1609Dot2Data>(&entry.path, &octets);
    let data = Data::parse(&octets).unwrap();
    network_pdu(&entry.path, signed(&entry.path, &data).payload.unsecured().unwrap());
    assert!(signature_verifies(entry, &signed(&entry.path, &data)), "{}", entry.path);
}

/// The message signature by the signer's certificate, whoever issued that.
fn signature_verifies(entry: &Entry, signed: &Signed<'_>) -> bool {
    let certificate = match signed.signer {
        Signer::Certificate(list) => Certificate::parse(list.first().unwrap().octets).unwrap(),
        Signer::Digest(id) => {
            let certificate = certificate_of(&entry.beside("gn/cit_cam_p256_cert_368.hex"));
            assert_eq!(certificate.hashed_id8().as_bytes(), &id.0, "{}", entry.path);
            certificate
        }
        Signer::SelfSigned => panic!("{}: signed by nobody", entry.path),
    };
    let key = certificate.verification_key().unwrap();
    let message =
        SignatureInput::from_digests(&key.curve().hash().digest(signed.to_be_signed), certificate.hash());
    RustCrypto.verify(key, message.as_bytes(), &checked(&signed.signature)).is_ok()
}

fn certificate_of(hex_file: &[u8]) -> Certificate {
    let octets = from_hex(&String::from_utf8_lossy(hex_file));
    let packet = Packet::parse(&octets).unwrap();
    let Signer::Certificate(list) = signed("368", packet.secured().unwrap()).signer else {
        panic!("the message that should carry the certificate does not")
    };
    Certificate::parse(list.first().unwrap().octets).unwrap()
}

fn checked(signature: &view::Signature<'_>) -> Signature {
    point::received_signature(signature).unwrap()
}

const PAYLOAD: &str = "/content/signedData/tbsData/payload/data/content/unsecuredData";

/// Our field names and values against those of another decoder, but for the payload, which ours looks into.
fn fields(entry: &Entry) {
    let expected = entry.json();
    let path = entry.path.replace(".expect.json", ".hex");
    let octets = from_hex(&String::from_utf8_lossy(&entry.beside(&path)));
    let data = match Packet::parse(&octets) {
        Ok(packet) => packet.secured().unwrap().octets,
        Err(_) => &octets,
    };
    let foreign = expected.pointer("/secured/value").or_else(|| expected.pointer("/value"));
    let (mut ours, mut foreign) = (inspect(data).unwrap().fields, foreign.unwrap().clone());
    let payload = core::mem::take(foreign.pointer_mut(PAYLOAD).unwrap());
    *ours.pointer_mut(PAYLOAD).unwrap() = Value::Null;
    assert_eq!(ours, foreign, "{}", entry.path);
    let view = Data::parse(data).unwrap();
    let found = signed(&entry.path, &view).payload.unsecured().map(hex::encode);
    assert_eq!(found.as_deref(), payload.as_str(), "{}", entry.path);
}

/// What another implementation signed with the same keys: ours are the same octets.
fn signed_elsewhere(entry: &Entry) {
    let messages = entry.json();
    let messages = messages.as_array().unwrap();
    assert!(!messages.is_empty());
    for message in messages {
        let name = message["cert"].as_str().unwrap();
        let identity = pool_identity(entry, name);
        let payload = from_hex(message["payload"].as_str().unwrap());
        let ours = identity.sign_unchecked(&as_request(message, &payload)).unwrap();
        assert_eq!(hex::encode(&ours), message["data"].as_str().unwrap(), "{name}");
        round_trip::<Ieee1609Dot2Data>(name, &ours);
    }
}

fn as_request<'a>(message: &Value, payload: &'a [u8]) -> SignRequest<'a> {
    let time = Time64::from_micros(message["generationTime"].as_u64().unwrap());
    let psid = Psid(message["psid"].as_u64().unwrap());
    let mut request = SignRequest::new(psid, time, SignedPayload::Data(payload));
    request.generation_location = message["location"].as_array().map(|location| {
        let number = |index: usize| location[index].as_i64().unwrap();
        Location {
            latitude: number(0).try_into().unwrap(),
            longitude: number(1).try_into().unwrap(),
            elevation: number(2).try_into().unwrap(),
        }
    });
    request.signer = match message["signer"].as_str().unwrap() {
        "certificate" => SignerChoice::Certificate,
        "digest" => SignerChoice::Digest,
        other => panic!("signer {other}"),
    };
    request
}

fn pool_identity(entry: &Entry, name: &str) -> Identity {
    let certificate = Certificate::parse(&entry.beside(&format!("etsi_pool/{name}.oer"))).unwrap();
    let curve = certificate.verification_key().unwrap().curve();
    let scalar = entry.beside(&format!("etsi_pool/{name}.vkey"));
    let key = PrivateKey::from_scalar(curve, &scalar).unwrap();
    Identity::new(certificate, RustCrypto.signer(&key).unwrap()).unwrap()
}

/// Owned types, view and the rules' own reading of one certificate.
fn certificate(entry: &Entry) -> Certificate {
    let octets = entry.octets();
    let value = round_trip::<owned::Certificate>(&entry.path, &octets);
    let view = CertificateView::parse(&octets).unwrap_or_else(|error| panic!("{}: {error}", entry.path));
    assert_eq!(view.octets, octets, "{}", entry.path);
    let start = value.to_be_signed.validity_period.start.0;
    assert_eq!(view.validity_period.start.seconds(), start, "{}", entry.path);
    Certificate::parse(&octets).unwrap_or_else(|error| panic!("{}: {error}", entry.path))
}

fn lone_ticket(entry: &Entry) {
    let ticket = certificate(entry);
    let refusal = store(TrustProfile::EtsiTs103097).chain(&ticket).unwrap_err();
    assert_eq!(refusal.code(), "unknown-issuer", "{}", entry.path);
}

fn pool_certificate(entry: &Entry) {
    let certificate = certificate(entry);
    let mut trust = store(TrustProfile::EtsiTs103097);
    for path in manifest::files().iter().filter(|path| path.starts_with("etsi_pool/")) {
        if path.ends_with(".oer") {
            trust.add_by_content(Certificate::parse(&entry.beside(path)).unwrap()).unwrap();
        }
    }
    let chain = trust.chain(&certificate).unwrap_or_else(|refusal| panic!("{}: {refusal}", entry.path));
    let root = chain.certificates().last().unwrap();
    assert_eq!(root.name(), Some("ETSI Test RCA C certificate"), "{}", entry.path);
}

fn pool_key(entry: &Entry) {
    let (name, extension) = entry.path.rsplit_once('.').unwrap();
    let certificate = Certificate::parse(&entry.beside(&format!("{name}.oer"))).unwrap();
    let public = match extension {
        "vkey" => certificate.verification_key(),
        "ekey" => certificate.encryption_key(),
        other => panic!("{other} is no kind of key"),
    };
    let public = public.unwrap_or_else(|| panic!("{}: its certificate has no such key", entry.path));
    let private = PrivateKey::from_scalar(public.curve(), &entry.read()).unwrap();
    assert_eq!(private.public_key(), public, "{}", entry.path);
}

fn trust_list_manager(entry: &Entry) {
    let manager = certificate(entry);
    assert_eq!(manager.hashed_id8().to_string(), "E7A4B2B045E7ACF9");
    assert_eq!(manager.verification_key().unwrap().curve(), Curve::BrainpoolP384r1);
    let role = store(TrustProfile::EtsiTs103097).add_by_content(manager);
    assert_eq!(role, Ok(Role::TrustListManager));
}

fn trust_list(entry: &Entry) {
    let octets = entry.octets();
    round_trip::<Ieee1609Dot2Data>(&entry.path, &octets);
    let manager = Certificate::parse(&entry.beside("trust/eu_tlm_l2_E7A4B2B045E7ACF9.oer")).unwrap();
    let payload = verified_by_anchor(&octets, manager, TrustProfile::EtsiTs103097, Psid::CTL);
    round_trip::<EtsiTs102941Data>(&entry.path, &payload);
}

fn scms_root(entry: &Entry) {
    let root = certificate(entry);
    let role = store(TrustProfile::Ieee1609Dot2Generic).add_by_content(root);
    assert_eq!(role, Ok(Role::Root));
}

fn scms_revocation_list(entry: &Entry) {
    /// The service of revocation lists in SCMS deployments.
    const SCMS_CRL: Psid = Psid(256);
    let octets = entry.octets();
    round_trip::<Ieee1609Dot2Data>(&entry.path, &octets);
    let root = Certificate::parse(&entry.beside("scms/iss_v2x_root.oer")).unwrap();
    let payload = verified_by_anchor(&octets, root, TrustProfile::Ieee1609Dot2Generic, SCMS_CRL);
    round_trip::<CrlContents>(&entry.path, &payload);
}

/// The payload of data that a trusted self-signed certificate signed; one changed bit and it is refused.
fn verified_by_anchor(octets: &[u8], anchor: Certificate, profile: TrustProfile, expected: Psid) -> Vec<u8> {
    let mut trust = store(profile);
    trust.add_by_content(anchor.clone()).unwrap();
    let chain = trust.chain(&anchor).unwrap();
    let signed = signed("a list", &Data::parse(octets).unwrap());
    assert_eq!(Psid(signed.header_info.psid), expected);
    let signature = checked(&signed.signature);
    chain.verify(signed.to_be_signed, &signature).unwrap();
    let mut forged = signed.to_be_signed.to_vec();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(chain.verify(&forged, &signature).unwrap_err().code(), "bad-message-signature");
    signed.payload.unsecured().unwrap().to_vec()
}

fn nesting_bomb(entry: &Entry) {
    let octets = entry.octets();
    let refused = decode::<Ieee1609Dot2Data>(&octets).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::TooDeep, "{}", entry.path);
    assert_eq!(Data::parse(&octets).unwrap_err().kind, ErrorKind::TooDeep, "{}", entry.path);
    assert!(inspect(&octets).is_err(), "{}", entry.path);
}

fn bad_capture(entry: &Entry) {
    let file = entry.read();
    let frames = Capture::parse(&file).unwrap_or_else(|error| panic!("{}: {error}", entry.path));
    for packet in frames.flatten().filter_map(|frame| frame.geonetworking()) {
        assert!(Packet::parse(packet).is_err(), "{}: {}", entry.path, hex::encode(packet));
    }
}

fn judged_by(entry: &Entry, test: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(test);
    let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(source.contains(text), "{}: {test} does not speak of {text}", entry.path);
}

mod pilot;
use pilot::scms_messages;
