//! Messages and certificates that somebody changed on the way.
//!
//! Nothing panics, and nothing is accepted whose signed octets changed. Some changes leave the signature good: they are
//! listed in [`HARMLESS`], and each is shown to yield the same message of the same signer, which counts once.
//!
//! The short form runs with the other tests; the long one by `cargo test --release -p conformance --test mutation --
//! --ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use std::collections::BTreeMap;

use conformance::message::{
    HERE, asn_signature, beacon_payload, cam_payload, cam_request, changed, denm_payload, denm_request,
    other_request, packet,
};
use conformance::pki::{CLOCK, Holder, NOW, Pki, key};
use conformance::region::RegionKind;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::view::{Packet, PacketContent, Signed, Signer};
use v2x_crypto::{Curve, PublicKey, Signature};
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId3;
use v2x_security::sign::{SignRequest, SignerChoice};
use v2x_security::trust::TrustProfile;
use v2x_security::verified::{Header, Received};
use v2x_security::verifier::Verifier;

/// What can change of a packet without breaking its signature.
const HARMLESS: [&str; 5] = [
    "octets behind the packet",
    "the GeoNetworking basic header: lifetime, remaining hop limit, reserved octet",
    "the form of the message's rSig, and s",
    "the form of the certificate's rSig or of a key in it",
    "the form of encryptionKey in the header",
];

/// A packet that is accepted as it is, and the PKI of its signer.
struct Seed {
    pki: Pki,
    ticket: Certificate,
    packet: Vec<u8>,
}

impl Seed {
    fn new(pki: Pki, ticket: &Holder, request: &SignRequest<'_>) -> Self {
        let data = pki.identity(ticket).sign(TrustProfile::EtsiTs103097, request).unwrap();
        Self { pki, ticket: ticket.certificate.clone(), packet: packet(&data) }
    }

    /// A receiver that was told of the ticket and has heard no message yet.
    fn verifier(&self) -> Verifier {
        let mut verifier = self.pki.verifier();
        verifier.trust_mut().add(self.ticket.clone()).unwrap();
        verifier
    }
}

/// One message of each kind on P-256, CAMs on every other curve, with an implicit ticket, and with all that a header
/// can carry.
fn seeds() -> Vec<Seed> {
    let (cam, denm, beacon) = (cam_payload(HERE), denm_payload(HERE), beacon_payload(HERE));
    let mut by_digest = cam_request(&cam, NOW);
    by_digest.signer = SignerChoice::Digest;
    let answer = key(Curve::NistP256, "answer");
    let mut full = other_request(&beacon, NOW);
    (full.expiry_time, full.generation_location) =
        (Some(NOW.saturating_add_micros(9)), Some(HERE.location()));
    full.encryption_key = Some(answer.public_key());
    let asked = [HashedId3([1, 2, 3]), HashedId3([4, 5, 6])];
    let mut asking = cam_request(&cam, NOW);
    asking.inline_p2pcd_request = &asked;
    let requests = [cam_request(&cam, NOW), by_digest, denm_request(&denm, NOW, HERE), full, asking];
    let mut seeds: Vec<_> = requests
        .iter()
        .map(|request| {
            let pki = Pki::new(Curve::NistP256);
            let ticket = pki.ticket_with(|tbs| tbs.region = Some(RegionKind::Polygon.around(HERE)));
            Seed::new(pki, &ticket, request)
        })
        .collect();
    for curve in [Curve::NistP384, Curve::BrainpoolP256r1, Curve::BrainpoolP384r1] {
        let pki = Pki::on(Curve::NistP256, curve);
        let ticket = pki.ticket();
        seeds.push(Seed::new(pki, &ticket, &cam_request(&cam, NOW)));
    }
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.authorization.issue_implicit_ticket(|_| {});
    seeds.push(Seed::new(pki, &ticket, &cam_request(&cam, NOW)));
    seeds
}

fn below(rng: &mut ChaCha20Rng, bound: usize) -> usize {
    usize::try_from(rng.next_u32()).unwrap() % bound.max(1)
}

/// Changes `octets` once: a bit, an octet, a run of octets, or a part of another message.
fn mutate(rng: &mut ChaCha20Rng, octets: &mut Vec<u8>, other: &[u8]) {
    let length = octets.len();
    let (at, run) = (below(rng, length), 1 + below(rng, 8));
    let end = (at + run).min(length);
    match below(rng, 10) {
        0..=2 => octets.get_mut(at..=at).into_iter().flatten().for_each(|octet| *octet ^= 1 << (run - 1)),
        3 | 4 => octets.get_mut(at..=at).into_iter().flatten().for_each(|octet| *octet = interesting(run)),
        5 => drop(octets.splice(at..at, core::iter::repeat_n(interesting(run), run))),
        6 => drop(octets.drain(at..end)),
        7 => octets.truncate(at),
        8 => {
            let part = octets.get(at..end).unwrap_or_default().to_vec();
            drop(octets.splice(at..at, part));
        }
        _ => {
            let part = other.get(at..(at + 8 * run).min(other.len())).unwrap_or_default();
            let end = (at + part.len()).min(octets.len());
            drop(octets.splice(at..end, part.iter().copied()));
        }
    }
}

/// Octets on which lengths, counts and choices turn.
const fn interesting(choice: usize) -> u8 {
    match choice % 8 {
        0 => 0,
        1 => 1,
        2 => 0x7f,
        3 => 0x80,
        4 => 0x81,
        5 => 0x82,
        6 => 0x84,
        _ => 0xff,
    }
}

fn signed_of<'a>(packet: &Packet<'a>) -> Signed<'a> {
    let PacketContent::Secured(data) = packet.content else { panic!("accepted without signature") };
    *data.content.signed().expect("accepted without signature")
}

/// What a message says and who says it, in octets that no form changes.
fn essence(received: &Received<'_>, octets: &[u8]) -> (Vec<u8>, Header, Certificate) {
    let packet = Packet::parse(octets).unwrap();
    let payload = signed_of(&packet).payload.unsecured().unwrap_or_default().to_vec();
    (payload, received.header().clone(), received.signer().certificate().clone())
}

fn essence_of(seed: &Seed) -> (Vec<u8>, Header, Certificate) {
    essence(&seed.verifier().verify_packet(&CLOCK, &seed.packet).unwrap(), &seed.packet)
}

/// Which of [`HARMLESS`] tells `found` from `original`, whose signed octets are the same.
fn kinds_of_change(original: &[u8], found: &[u8]) -> Vec<&'static str> {
    let [padding, basic, signature, certificate, encryption_key] = HARMLESS;
    let (a, b) = (Packet::parse(original).unwrap(), Packet::parse(found).unwrap());
    let (first, second) = (signed_of(&a), signed_of(&b));
    let signers = [&first, &second].map(|signed| match signed.signer {
        Signer::Certificate(list) => list.first().map(|certificate| certificate.octets.to_vec()),
        Signer::Digest(_) | Signer::SelfSigned => None,
    });
    let [one, two] = signers;
    [
        (a.padding != b.padding, padding),
        (original.get(..4) != found.get(..4), basic),
        (first.signature != second.signature, signature),
        (one != two, certificate),
        (first.to_be_signed != second.to_be_signed, encryption_key),
    ]
    .into_iter()
    .filter_map(|(differs, kind)| differs.then_some(kind))
    .collect()
}

/// In which known ways an accepted packet differs from the original; a way that nobody knows fails the test.
fn accepted(original: &[u8], found: &[u8]) -> String {
    if original == found {
        return "accepted: nothing was changed".to_owned();
    }
    let kinds = kinds_of_change(original, found);
    assert!(!kinds.is_empty(), "accepted for a reason that nobody knows: {}", hex::encode(found));
    format!("accepted: {}", kinds.join(" and "))
}

/// Verifies `count` mutants; counts refusals by reason, and what was accepted by the kinds of change.
fn verify_mutated_messages(count: usize, seed: u8) -> BTreeMap<String, usize> {
    let seeds = seeds();
    let essences: Vec<_> = seeds.iter().map(essence_of).collect();
    let mut verifiers: Vec<_> = seeds.iter().map(Seed::verifier).collect();
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    let mut outcomes = BTreeMap::new();
    for _ in 0..count {
        let (chosen, other) = (below(&mut rng, seeds.len()), below(&mut rng, seeds.len()));
        let original = &seeds.get(chosen).unwrap().packet;
        let mut octets = original.clone();
        for _ in 0..=below(&mut rng, 3) {
            mutate(&mut rng, &mut octets, &seeds.get(other).unwrap().packet);
        }
        let verifier = verifiers.get_mut(chosen).unwrap();
        let outcome = match verifier.verify_packet(&CLOCK, &octets) {
            Err(refusal) => refusal.code().to_owned(),
            Ok(received) => {
                let same = essence(&received, &octets) == *essences.get(chosen).unwrap();
                assert!(same, "accepted with other content: {}", hex::encode(&octets));
                // The replay memory must be empty again for the next mutant of this message.
                *verifier = seeds.get(chosen).unwrap().verifier();
                accepted(original, &octets)
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

/// Builds the chains of `count` mutated certificates: accepted only with the contents that were signed.
///
/// Implicit certificates are not among them: they carry no signature, any contents yield some key, and only a message
/// signed with that key shows that it is the right one.
fn verify_mutated_certificates(count: usize, seed: u8) -> BTreeMap<String, usize> {
    let pkis = Curve::ALL.map(Pki::new);
    let certificates: Vec<_> = pkis
        .iter()
        .flat_map(|pki| {
            let ticket = pki.ticket_with(|tbs| tbs.region = Some(RegionKind::Polygon.around(HERE)));
            let authority = pki.authorization.certificate.clone();
            [(pki, ticket.certificate), (pki, authority)]
        })
        .collect();
    let mut rng = ChaCha20Rng::from_seed([seed; 32]);
    let mut outcomes = BTreeMap::new();
    for _ in 0..count {
        let (chosen, other) = (below(&mut rng, certificates.len()), below(&mut rng, certificates.len()));
        let (pki, original) = certificates.get(chosen).unwrap();
        let mut octets = original.octets().to_vec();
        for _ in 0..=below(&mut rng, 3) {
            mutate(&mut rng, &mut octets, certificates.get(other).unwrap().1.octets());
        }
        let outcome = Certificate::parse(&octets)
            .and_then(|certificate| pki.trust().chain(&certificate).map(|_| certificate));
        let outcome = match outcome {
            Err(refusal) => refusal.code().to_owned(),
            Ok(accepted) => {
                let known =
                    |(_, known): &(&Pki, Certificate)| known.to_be_signed() == accepted.to_be_signed();
                assert!(certificates.iter().any(known), "accepted: {}", hex::encode(&octets));
                "accepted: the same contents".to_owned()
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

fn report(what: &str, outcomes: &BTreeMap<String, usize>) {
    println!("{what}: {} mutants", outcomes.values().sum::<usize>());
    outcomes.iter().for_each(|(outcome, count)| println!("  {count:>8} {outcome}"));
}

#[test]
fn mutated_messages_are_refused_or_unchanged() {
    let outcomes = verify_mutated_messages(12_000, 1);
    report("messages", &outcomes);
    // A sample that never gets past the decoder would show nothing.
    assert!(outcomes.get("bad-message-signature").is_some_and(|count| *count > 500), "{outcomes:?}");
}

#[test]
fn mutated_certificates_are_refused_or_unchanged() {
    let outcomes = verify_mutated_certificates(8_000, 2);
    report("certificates", &outcomes);
    assert!(outcomes.get("bad-certificate-signature").is_some_and(|count| *count > 100), "{outcomes:?}");
}

#[test]
#[ignore = "a million verifications: minutes in release"]
fn long_a_million_mutants_are_refused_or_unchanged() {
    report("messages", &verify_mutated_messages(700_000, 3));
    report("certificates", &verify_mutated_certificates(300_000, 4));
}

/// A change of the original packet that keeps its signature good.
type Change = fn(&Seed) -> Vec<u8>;

/// The change yields the same message, and counts as the same message.
fn is_harmless(seed: &Seed, change: Change) -> Result<(), String> {
    let changed = change(seed);
    assert_ne!(changed, seed.packet, "nothing was changed");
    let found = seed.verifier().verify_packet(&CLOCK, &changed).map(|received| essence(&received, &changed));
    if found != Ok(essence_of(seed)) {
        return Err(format!("{:?}", found.map(|(_, header, signer)| (header, signer))));
    }
    let mut heard = seed.verifier();
    heard.verify_packet(&CLOCK, &seed.packet).map_err(|refusal| refusal.to_string())?;
    let again = heard.verify_packet(&CLOCK, &changed).map(drop).map_err(|refusal| refusal.code());
    if again == Err("replayed") { Ok(()) } else { Err(format!("again: {again:?}")) }
}

fn harmless_everywhere(change: Change) {
    for (number, seed) in seeds().iter().enumerate() {
        is_harmless(seed, change).unwrap_or_else(|found| panic!("seed {number}: {found}"));
    }
}

/// The packet with its signed data changed and not signed again.
fn with(seed: &Seed, change: impl FnOnce(&mut asn::SignedData)) -> Vec<u8> {
    packet(&changed(seed.packet.get(4..).unwrap(), change))
}

#[test]
fn octets_behind_a_packet_are_ignored() {
    harmless_everywhere(|seed| [&seed.packet[..], &[0; 3], &[0xa5; 4]].concat());
}

#[test]
fn the_basic_header_is_not_signed() {
    for index in 1..4 {
        for seed in seeds() {
            let mut changed = seed.packet.clone();
            *changed.get_mut(index).unwrap() ^= 0x21;
            let found =
                seed.verifier().verify_packet(&CLOCK, &changed).map(|found| essence(&found, &changed));
            assert_eq!(found, Ok(essence_of(&seed)));
        }
    }
}

#[test]
fn the_form_of_r_is_not_signed() {
    harmless_everywhere(|seed| with(seed, |signed| reform(&mut signed.signature, 0)));
    harmless_everywhere(|seed| with(seed, |signed| reform(&mut signed.signature, 1)));
    harmless_everywhere(|seed| with(seed, |signed| reform(&mut signed.signature, 2)));
}

/// Another form of `rSig`: compressed with either y, or uncompressed with any.
fn reform(signature: &mut asn::Signature, form: u8) {
    fn short(point: &mut asn::EccP256CurvePoint, form: u8) {
        let asn::EccP256CurvePoint::XOnly(x) = *point else { panic!("made x-only") };
        *point = match form {
            0 => asn::EccP256CurvePoint::CompressedY0(x),
            1 => asn::EccP256CurvePoint::CompressedY1(x),
            _ => asn::EccP256CurvePoint::Uncompressed(asn::EccP256CurvePointUncompressedP256 { x, y: x }),
        };
    }
    fn long(point: &mut asn::EccP384CurvePoint, form: u8) {
        let asn::EccP384CurvePoint::XOnly(x) = *point else { panic!("made x-only") };
        *point = match form {
            0 => asn::EccP384CurvePoint::CompressedY0(x),
            1 => asn::EccP384CurvePoint::CompressedY1(x),
            _ => asn::EccP384CurvePoint::Uncompressed(asn::EccP384CurvePointUncompressedP384 { x, y: x }),
        };
    }
    match signature {
        asn::Signature::EcdsaNistP256(parts) | asn::Signature::EcdsaBrainpoolP256r1(parts) => {
            short(&mut parts.r_sig, form);
        }
        asn::Signature::EcdsaNistP384(parts) | asn::Signature::EcdsaBrainpoolP384r1(parts) => {
            long(&mut parts.r_sig, form);
        }
        asn::Signature::Sm2(_) => panic!("SM2 is not made here"),
        _ => panic!("an algorithm of another edition"),
    }
}

/// n − s verifies where s does.
fn negated(signature: &asn::Signature) -> asn::Signature {
    let (curve, r, s) = parts(signature);
    let s = subtract(&order(curve), &s);
    asn_signature(&Signature::new(curve, &r, &s).unwrap())
}

fn parts(signature: &asn::Signature) -> (Curve, Vec<u8>, Vec<u8>) {
    fn short(parts: &asn::EcdsaP256Signature) -> (Vec<u8>, Vec<u8>) {
        let asn::EccP256CurvePoint::XOnly(r) = &parts.r_sig else { panic!("made x-only") };
        (r.to_vec(), parts.s_sig.to_vec())
    }
    fn long(parts: &asn::EcdsaP384Signature) -> (Vec<u8>, Vec<u8>) {
        let asn::EccP384CurvePoint::XOnly(r) = &parts.r_sig else { panic!("made x-only") };
        (r.to_vec(), parts.s_sig.to_vec())
    }
    let (curve, (r, s)) = match signature {
        asn::Signature::EcdsaNistP256(parts) => (Curve::NistP256, short(parts)),
        asn::Signature::EcdsaBrainpoolP256r1(parts) => (Curve::BrainpoolP256r1, short(parts)),
        asn::Signature::EcdsaNistP384(parts) => (Curve::NistP384, long(parts)),
        asn::Signature::EcdsaBrainpoolP384r1(parts) => (Curve::BrainpoolP384r1, long(parts)),
        asn::Signature::Sm2(_) => panic!("SM2 is not made here"),
        _ => panic!("an algorithm of another edition"),
    };
    (curve, r, s)
}

/// The order n of the curve's group.
fn order(curve: Curve) -> Vec<u8> {
    hex::decode(match curve {
        Curve::NistP256 => "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        Curve::NistP384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Curve::BrainpoolP256r1 => "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
        Curve::BrainpoolP384r1 => {
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565"
        }
    })
    .unwrap()
}

fn subtract(from: &[u8], what: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut difference: Vec<_> = from
        .iter()
        .zip(what)
        .rev()
        .map(|(a, b)| {
            let (part, first) = a.overflowing_sub(*b);
            let (part, second) = part.overflowing_sub(u8::from(borrow));
            borrow = first || second;
            part
        })
        .collect();
    difference.reverse();
    difference
}

#[test]
fn the_negated_s_counts_as_the_same_message() {
    harmless_everywhere(|seed| with(seed, |signed| signed.signature = negated(&signed.signature)));
}

fn attached(signed: &mut asn::SignedData) -> &mut asn::Certificate {
    let asn::SignerIdentifier::Certificate(list) = &mut signed.signer else { panic!("no certificate") };
    list.0.first_mut().unwrap()
}

fn with_explicit_certificate() -> Vec<Seed> {
    let explicit = |seed: &Seed| {
        let packet = Packet::parse(&seed.packet).unwrap();
        matches!(signed_of(&packet).signer, Signer::Certificate(_)) && !seed.ticket.is_implicit()
    };
    seeds().into_iter().filter(explicit).collect()
}

#[test]
fn the_form_of_r_in_the_certificate_is_not_hashed() {
    for seed in with_explicit_certificate() {
        let change: Change =
            |seed| with(seed, |signed| reform(attached(signed).signature.as_mut().unwrap(), 1));
        is_harmless(&seed, change).unwrap();
    }
}

#[test]
fn the_form_of_the_key_in_the_certificate_is_not_hashed() {
    for seed in with_explicit_certificate() {
        let change: Change = |seed| {
            let key = *seed.ticket.verification_key().unwrap();
            with(seed, |signed| {
                let indicator = &mut attached(signed).to_be_signed.verify_key_indicator;
                *indicator = asn::VerificationKeyIndicator::VerificationKey(uncompressed(&key));
            })
        };
        is_harmless(&seed, change).unwrap();
    }
}

fn uncompressed(key: &PublicKey) -> asn::PublicVerificationKey {
    let (x, y) = (key.x(), key.y());
    let short = || {
        let fixed = |octets: &[u8]| asn::FixedOctetString::<32>::try_from(octets).unwrap();
        asn::EccP256CurvePoint::Uncompressed(asn::EccP256CurvePointUncompressedP256 {
            x: fixed(x),
            y: fixed(y),
        })
    };
    let long = || {
        let fixed = |octets: &[u8]| asn::FixedOctetString::<48>::try_from(octets).unwrap();
        asn::EccP384CurvePoint::Uncompressed(asn::EccP384CurvePointUncompressedP384 {
            x: fixed(x),
            y: fixed(y),
        })
    };
    match key.curve() {
        Curve::NistP256 => asn::PublicVerificationKey::EcdsaNistP256(short()),
        Curve::BrainpoolP256r1 => asn::PublicVerificationKey::EcdsaBrainpoolP256r1(short()),
        Curve::NistP384 => asn::PublicVerificationKey::EcdsaNistP384(long()),
        Curve::BrainpoolP384r1 => asn::PublicVerificationKey::EcdsaBrainpoolP384r1(long()),
    }
}

#[test]
fn the_form_of_the_encryption_key_in_the_header_is_not_hashed() {
    let seed = seeds().into_iter().nth(3).unwrap();
    let change: Change = |seed| {
        let answer = key(Curve::NistP256, "answer");
        let asn::PublicVerificationKey::EcdsaNistP256(point) = uncompressed(answer.public_key()) else {
            panic!("not P-256")
        };
        with(seed, |signed| {
            let Some(asn::EncryptionKey::Public(key)) = &mut signed.tbs_data.header_info.encryption_key
            else {
                panic!("no key")
            };
            key.public_key = asn::BasePublicEncryptionKey::EciesNistP256(point);
        })
    };
    is_harmless(&seed, change).unwrap();
}

#[test]
fn another_signature_on_the_certificate_is_another_certificate() {
    for seed in with_explicit_certificate() {
        let twin = with(&seed, |signed| {
            let certificate = attached(signed);
            let signature = certificate.signature.as_ref().map(negated);
            certificate.signature = signature;
        });
        // The twin's chain is good, but the message was signed under the other's hash.
        let refusal = seed.verifier().verify_packet(&CLOCK, &twin).unwrap_err();
        assert_eq!(refusal.code(), "bad-message-signature");
    }
}

#[test]
fn the_canonical_form_of_a_certificate_is_one() {
    for seed in with_explicit_certificate() {
        let mut certificate = seed.ticket.decoded().clone();
        reform(certificate.signature.as_mut().unwrap(), 2);
        let key = seed.ticket.verification_key().unwrap();
        certificate.to_be_signed.verify_key_indicator =
            asn::VerificationKeyIndicator::VerificationKey(uncompressed(key));
        let octets = asn::encode(&certificate).unwrap();
        let canonical = CanonicalCertificate::from_received(&octets).unwrap();
        assert_eq!(canonical.octets(), seed.ticket.octets());
    }
}
