//! One case for every code of [`Refusal`]: the match has no `_` arm, so a new code without a case does not compile.

use std::sync::Arc;
use std::time::Duration;

use v2x_codec::geonet::{BasicHeader, BasicNextHeader, Lifetime};
use v2x_codec::ieee1609dot2 as asn;
use v2x_crypto::{CryptoError, Curve, Provider, PublicKey, RustCrypto, Signature, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::code::Code;
use v2x_security::id::HashedId8;
use v2x_security::limits::{MAX_CHAIN, MAX_REVOKED};
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::refusal::{Class, Refusal};
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::request;
use v2x_security::sign::{
    CertificateIssuer, Identity, Location, SignRequest, SignedBy, SignedPayload, SignerChoice,
    sign_certificate,
};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;
use v2x_station::router::{Message, Router, position_vector};
use v2x_station::vehicle::VehicleState;

use crate::cached::{CAR, cam};
use crate::lists;
use crate::misbehaviour;
use crate::pki::{
    NOW, Pki, START, app, apps, at, contents, countries, identity, indicator, key, plain, sign, ticket_key,
    time, verifier, verifier_since,
};

/// Where a code comes from.
enum Case {
    /// A message, certificate, list or call that is refused so.
    Met(Refusal),
    /// Why no test here can meet it.
    NotHere(&'static str),
}

fn case(code: Code) -> Case {
    Case::Met(match code {
        Code::MalformedPacket => plain().verifier().verify_packet(&at(NOW), b"\xff").unwrap_err(),
        Code::MalformedData => plain().verifier().verify_data(&at(NOW), &[3]).unwrap_err(),
        Code::MalformedCertificate => Certificate::parse(b"").unwrap_err(),
        Code::MalformedPayload => with(&|request| request.payload = SignedPayload::Data(b"")),
        Code::NotSecured => plain().verifier().verify_packet(&at(NOW), &unsecured_packet()).unwrap_err(),
        Code::NotSigned => plain().verifier().verify_data(&at(NOW), &[3, 0x80, 1, 0]).unwrap_err(),
        Code::BadKeyMaterial => changed(|data| data.iter_mut().rev().take(32).for_each(|octet| *octet = 0)),
        Code::BadPermissions => {
            unissuable(|tbs| tbs.app_permissions = apps(vec![app(36, &[1, 0, 0]), app(36, &[1, 0, 1])]))
        }
        Code::BadRegion => unissuable(|tbs| tbs.region = Some(regions_of_a_country())),
        Code::UnsupportedAlgorithm => unissuable(|tbs| tbs.verify_key_indicator = sm2_key()),
        Code::HashMismatch => changed(|data| data[2] = 1),
        Code::CurveMismatch => other_curve(),
        Code::WrongPayload => with(&|request| request.payload = SignedPayload::External(b"elsewhere")),
        Code::ExternalPayloadMismatch => other_payload(),
        Code::PayloadNotOfPsid => cam_as_denm(),
        Code::UnknownSigner => with(&|request| request.signer = SignerChoice::Digest),
        Code::UnknownIssuer => root_alone().chain(&plain().ticket(|_| {})).unwrap_err(),
        Code::SignerSelf => signed_by_self(),
        Code::UntrustedRoot => nobody().chain(&plain().root).unwrap_err(),
        Code::TrustListManagerOnly => lists::cam_of_a_manager(),
        Code::ChainTooLong => long_chain(),
        Code::BadCertificateSignature => forged_ticket(),
        Code::Reconstruction => {
            return Case::NotHere(
                "needs a key that cancels its issuer's, one in 2^256; v2x_crypto::ecqv meets it",
            );
        }
        Code::Revoked => revoked(),
        Code::BadMessageSignature => changed(|data| *data.last_mut().unwrap() ^= 1),
        Code::CertificateProfile => {
            ticket(|tbs| tbs.id = asn::CertificateId::Name(asn::Hostname("vehicle".to_owned())))
        }
        Code::MisbehaviourAuthorityOnly => misbehaviour::cam_of_an_authority(),
        Code::PsidNotPermitted => with(&|request| request.psid = Psid(139)),
        Code::ContentNotPermitted => ambulance(),
        Code::PermissionsExceedIssuer => ticket(|tbs| tbs.app_permissions = apps(vec![app(36, &[1, 0, 1])])),
        Code::ValidityExceedsIssuer => ticket(|tbs| tbs.validity_period.duration = asn::Duration::Hours(501)),
        Code::RegionExceedsIssuer => beyond_the_border(),
        Code::AssuranceExceedsIssuer => overassured(),
        Code::UnsupportedRegion => message_from(&[999]),
        Code::OutsideRegion => message_from(&[250]),
        Code::NoPosition => nowhere(),
        Code::HeaderFieldMissing => with(&|request| request.generation_time = None),
        Code::HeaderFieldForbidden => with(&|request| request.generation_location = Some(MUNICH)),
        Code::WrongSignerChoice => with(&|request| {
            request.psid = Psid::DENM;
            request.generation_location = Some(MUNICH);
            request.signer = SignerChoice::Digest;
        }),
        Code::ClockUncertain => judged(&plain(), &Clock::new(time(NOW), Duration::from_secs(1)), &|_| {}),
        Code::TooOld => judged(&plain(), &at(NOW + 2_000_001), &|_| {}),
        Code::FromTheFuture => judged(&plain(), &at(NOW - 40_001), &|_| {}),
        Code::Expired => lasting_until(NOW - 1, NOW),
        Code::ExpiryBeforeGeneration => lasting_until(NOW, NOW),
        Code::CertificateExpired => dated(|validity| validity.duration = asn::Duration::Hours(1), NOW),
        Code::CertificateNotYetValid => dated(|validity| validity.start = asn::Time32(START + 7_200), NOW),
        Code::GeneratedOutsideValidity => {
            dated(|validity| validity.start = asn::Time32(START + 3_600), NOW - 1)
        }
        Code::Replayed => twice(),
        Code::BeforeReplayMemory => {
            let pki = plain();
            let data = message(&pki.signer(), &|_| {});
            verifier_since(pki.store(), NOW + 1).verify_data(&at(NOW), &data).unwrap_err()
        }
        Code::ReplayMemoryFull => too_many_messages(),
        Code::Full => too_many_revocations(),
        Code::KeyNotOfCertificate => {
            Identity::new(plain().root, RustCrypto.signer(&ticket_key()).unwrap()).unwrap_err()
        }
        Code::Unbuildable => unbuildable(),
        Code::NotARecipient => {
            return Case::NotHere("a refusal of decryption, which verifying a message does not touch");
        }
        Code::Crypto => broken_key(),
        Code::NotAList => lists::link_certificate(),
        Code::ListSigner => lists::roots_listed_by_a_root(),
        Code::ListEntryNotPermitted => lists::foreign_authority(),
        Code::ListOutOfDate => lists::overdue(),
        Code::ListOutOfOrder => lists::first_delta(),
    })
}

/// The class of each code, stated here a second time: a code that moves to another class fails.
const fn class(code: Code) -> Class {
    match code {
        Code::MalformedPacket
        | Code::MalformedData
        | Code::MalformedCertificate
        | Code::MalformedPayload
        | Code::NotSecured
        | Code::NotSigned
        | Code::BadKeyMaterial
        | Code::BadPermissions
        | Code::BadRegion
        | Code::UnsupportedAlgorithm
        | Code::HashMismatch
        | Code::CurveMismatch
        | Code::WrongPayload
        | Code::ExternalPayloadMismatch
        | Code::PayloadNotOfPsid
        | Code::NotAList => Class::Malformed,
        Code::UnknownSigner
        | Code::UnknownIssuer
        | Code::SignerSelf
        | Code::UntrustedRoot
        | Code::TrustListManagerOnly
        | Code::ChainTooLong
        | Code::BadCertificateSignature
        | Code::Reconstruction
        | Code::Revoked
        | Code::BadMessageSignature => Class::Untrusted,
        Code::CertificateProfile
        | Code::MisbehaviourAuthorityOnly
        | Code::PsidNotPermitted
        | Code::ContentNotPermitted
        | Code::PermissionsExceedIssuer
        | Code::ValidityExceedsIssuer
        | Code::RegionExceedsIssuer
        | Code::AssuranceExceedsIssuer
        | Code::UnsupportedRegion
        | Code::OutsideRegion
        | Code::NoPosition
        | Code::HeaderFieldMissing
        | Code::HeaderFieldForbidden
        | Code::WrongSignerChoice
        | Code::ListSigner
        | Code::ListEntryNotPermitted => Class::NotPermitted,
        Code::ClockUncertain
        | Code::TooOld
        | Code::FromTheFuture
        | Code::Expired
        | Code::ExpiryBeforeGeneration
        | Code::CertificateExpired
        | Code::CertificateNotYetValid
        | Code::GeneratedOutsideValidity
        | Code::BeforeReplayMemory
        | Code::ListOutOfDate => Class::Stale,
        Code::Replayed | Code::ListOutOfOrder => Class::Replayed,
        Code::ReplayMemoryFull | Code::Full => Class::Overloaded,
        Code::KeyNotOfCertificate | Code::Unbuildable | Code::NotARecipient | Code::Crypto => Class::Misuse,
    }
}

#[test]
fn every_code_is_met_by_what_deserves_it() {
    let mut wrong = Vec::new();
    for code in Code::ALL {
        match case(*code) {
            Case::Met(refusal) if refusal.kind() == *code => {
                assert_eq!((refusal.code(), refusal.class()), (code.as_str(), class(*code)));
                assert!(!refusal.source_text().is_empty() && !refusal.to_string().is_empty(), "{code}");
                let on_the_air = !matches!(class(*code), Class::Misuse) && *code != Code::Full;
                assert_eq!(refusal.rule().is_some(), on_the_air, "{code}");
            }
            Case::Met(refusal) => wrong.push(format!("{code}: {refusal} ({})", refusal.code())),
            Case::NotHere(reason) => assert!(!reason.is_empty()),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_codes_share_a_name() {
    let names: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
}

const MUNICH: Location = Location { latitude: 481_371_000, longitude: 115_754_000, elevation: 4_095 };

/// A CAM by `signer`, changed by `change`.
fn message(signer: &Identity, change: &dyn Fn(&mut SignRequest<'_>)) -> Vec<u8> {
    let payload = cam(&CAR);
    let mut request = SignRequest::new(Psid::CAM, time(NOW), SignedPayload::Data(&payload));
    change(&mut request);
    signer.sign_unchecked(&request).unwrap()
}

fn refused(mut verifier: Verifier, data: &[u8]) -> Refusal {
    verifier.verify_data(&at(NOW), data).unwrap_err()
}

fn judged(pki: &Pki, clock: &Clock, change: &dyn Fn(&mut SignRequest<'_>)) -> Refusal {
    let data = message(&pki.signer(), change);
    assert_eq!(pki.verifier().verify_data(&at(NOW), &message(&pki.signer(), &|_| {})).map(|_| ()), Ok(()));
    pki.verifier().verify_data(clock, &data).unwrap_err()
}

/// What becomes of a good CAM that is changed before it is signed.
fn with(change: &dyn Fn(&mut SignRequest<'_>)) -> Refusal {
    judged(&plain(), &at(NOW), change)
}

/// What becomes of a good CAM that is changed after it was signed.
fn changed(change: impl Fn(&mut Vec<u8>)) -> Refusal {
    let pki = plain();
    let mut data = message(&pki.signer(), &|_| {});
    change(&mut data);
    refused(pki.verifier(), &data)
}

/// What becomes of a good CAM by a ticket that is changed.
fn signed_by(pki: &Pki, change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Refusal {
    refused(pki.verifier(), &message(&identity(pki.ticket(change)), &|_| {}))
}

fn ticket(change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Refusal {
    signed_by(&plain(), change)
}

/// What a certificate is refused for that cannot even be parsed.
fn unissuable(change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Refusal {
    let mut tbs = contents(None, 168, indicator(ticket_key().public_key()));
    tbs.app_permissions = apps(vec![app(36, &[1, 0, 0])]);
    change(&mut tbs);
    let pki = plain();
    let signer = RustCrypto.signer(&pki.authority_key).unwrap();
    let octets = asn::encode(&tbs).unwrap();
    sign_certificate(&octets, CertificateIssuer::By(&pki.authority), &*signer).unwrap_err()
}

fn regions_of_a_country() -> asn::GeographicRegion {
    let regions = asn::CountryAndRegions {
        country_only: asn::UnCountryId(276),
        regions: asn::SequenceOfUint8(vec![asn::Uint8::from(1)]),
    };
    let list = vec![asn::IdentifiedRegion::CountryAndRegions(regions)];
    asn::GeographicRegion::IdentifiedRegion(asn::SequenceOfIdentifiedRegion(list))
}

fn sm2_key() -> asn::VerificationKeyIndicator {
    let point = crate::pki::point(ticket_key().public_key());
    asn::VerificationKeyIndicator::VerificationKey(asn::PublicVerificationKey::EcsigSm2(point))
}

fn unsecured_packet() -> Vec<u8> {
    let payload = cam(&CAR);
    let message = Message::cam(&payload);
    let source = position_vector([2, 0, 0, 0, 0, 1], time(NOW), &CAR.kinematics);
    let pdu = Router::new().network_pdu(&message, source, true).unwrap();
    let basic = BasicHeader {
        next_header: BasicNextHeader::Common,
        lifetime: Lifetime::from_millis(1_000),
        remaining_hop_limit: 1,
    };
    let mut packet = Vec::new();
    basic.encode(&mut packet);
    packet.extend_from_slice(&pdu);
    packet
}

/// The signature relabelled to another curve. The order of brainpoolP256r1 is lower than most values below that of
/// P-256, so the first message is taken whose values lie below both.
fn other_curve() -> Refusal {
    let pki = plain();
    let relabelled = (0..64).map(|offset| {
        let mut data = message(&pki.signer(), &|request| request.generation_time = Some(time(NOW + offset)));
        let tag = data.len() - 66;
        assert_eq!(data[tag], 0x80);
        data[tag] = 0x81;
        refused(pki.verifier(), &data)
    });
    relabelled.into_iter().find(|refusal| refusal.kind() == Code::CurveMismatch).unwrap()
}

fn other_payload() -> Refusal {
    let pki = plain();
    let mut request = SignRequest::new(Psid(138), time(NOW), SignedPayload::External(b"this"));
    request.generation_location = Some(MUNICH);
    let data = pki.signer().sign_unchecked(&request).unwrap();
    assert!(pki.verifier().verify_external(&at(NOW), &data, b"this").is_ok());
    pki.verifier().verify_external(&at(NOW), &data, b"that").unwrap_err()
}

/// A CAM in its network headers, under the PSID of DENMs.
fn cam_as_denm() -> Refusal {
    let pdu = unsecured_packet().split_off(4);
    let pki = plain();
    let mut request = SignRequest::new(Psid::DENM, time(NOW), SignedPayload::Data(&pdu));
    request.generation_location = Some(MUNICH);
    refused(pki.verifier(), &pki.signer().sign_unchecked(&request).unwrap())
}

fn nobody() -> TrustStore {
    TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto))
}

fn root_alone() -> TrustStore {
    let mut trust = nobody();
    trust.add_root(plain().root).unwrap();
    trust
}

fn signed_by_self() -> Refusal {
    let payload = cam(&CAR);
    let signer = RustCrypto.signer(&ticket_key()).unwrap();
    let signed = request::sign(SignedPayload::Data(&payload), SignedBy::Itself, &*signer, time(NOW));
    refused(plain().verifier(), &signed.unwrap())
}

/// Authorities below each other, one more than a chain may hold.
fn long_chain() -> Refusal {
    let pki = plain();
    let (mut trust, mut issuer) = (pki.store(), pki.authority.clone());
    for level in 0..MAX_CHAIN {
        let mut tbs = contents(Some(&format!("aa {level}")), 500, indicator(pki.authority_key.public_key()));
        tbs.app_permissions = apps(vec![app(623, &[1, 0x32])]);
        tbs.encryption_key = Some(crate::pki::encryption_key(key(Curve::NistP256, 9).public_key()));
        tbs.cert_issue_permissions = crate::pki::groups(vec![crate::pki::ticket_issuing(1)]);
        issuer = sign(&tbs, CertificateIssuer::By(&issuer), &pki.authority_key);
        trust.add(issuer.clone()).unwrap();
    }
    trust.chain(&issuer).unwrap_err()
}

fn forged_ticket() -> Refusal {
    let pki = plain();
    let mut octets = pki.ticket(|_| {}).octets().to_vec();
    *octets.last_mut().unwrap() ^= 1;
    let forged = Certificate::parse(&octets).unwrap();
    refused(pki.verifier(), &message(&identity(forged), &|_| {}))
}

fn revoked() -> Refusal {
    let pki = plain();
    let mut trust = pki.store();
    trust.revoke(pki.authority.hashed_id8()).unwrap();
    refused(verifier(trust), &message(&pki.signer(), &|_| {}))
}

fn ambulance() -> Refusal {
    let pki = plain();
    let payload = cam(&VehicleState { station_type: 10, emergency: true, ..CAR });
    let request = SignRequest::new(Psid::CAM, time(NOW), SignedPayload::Data(&payload));
    refused(pki.verifier(), &pki.signer().sign_unchecked(&request).unwrap())
}

fn beyond_the_border() -> Refusal {
    let pki = Pki::new(|tbs| tbs.region = countries(&[276, 40]));
    signed_by(&pki, |tbs| tbs.region = countries(&[250]))
}

fn overassured() -> Refusal {
    let level = |octet: u8| Some(asn::SubjectAssurance([octet].into()));
    let pki = Pki::new(|tbs| tbs.assurance_level = level(0x60));
    signed_by(&pki, |tbs| tbs.assurance_level = level(0x80))
}

/// A CAM from Munich by a ticket for these countries.
fn message_from(numbers: &[u16]) -> Refusal {
    assert!(plain().verifier().verify_data(&at(NOW), &from_ticket_for(&[276])).is_ok());
    refused(plain().verifier(), &from_ticket_for(numbers))
}

fn from_ticket_for(numbers: &[u16]) -> Vec<u8> {
    message(&identity(plain().ticket(|tbs| tbs.region = countries(numbers))), &|_| {})
}

fn nowhere() -> Refusal {
    let pki = plain();
    let bound = identity(pki.ticket(|tbs| tbs.region = countries(&[276])));
    let request = SignRequest::new(Psid(138), time(NOW), SignedPayload::Data(b"anything"));
    refused(pki.verifier(), &bound.sign_unchecked(&request).unwrap())
}

/// A message made at `NOW - 2` that runs out at `expiry` or, when that is `generated`, at once.
fn lasting_until(expiry: u64, generated: u64) -> Refusal {
    let generated = if expiry == generated { generated } else { NOW - 2 };
    let mut request = SignRequest::new(Psid(138), time(generated), SignedPayload::Data(b"anything"));
    request.expiry_time = Some(time(expiry));
    let pki = plain();
    refused(pki.verifier(), &pki.signer().sign_unchecked(&request).unwrap())
}

/// A CAM generated then, by a ticket whose dates are changed.
fn dated(change: impl Fn(&mut asn::ValidityPeriod), generated: u64) -> Refusal {
    let pki = plain();
    let ticket = pki.ticket(|tbs| change(&mut tbs.validity_period));
    let data = message(&identity(ticket), &|request| request.generation_time = Some(time(generated)));
    refused(pki.verifier(), &data)
}

fn twice() -> Refusal {
    let pki = plain();
    let (data, mut verifier) = (message(&pki.signer(), &|_| {}), pki.verifier());
    verifier.verify_data(&at(NOW), &data).unwrap();
    verifier.verify_data(&at(NOW), &data).unwrap_err()
}

/// Two messages at once, where memory holds one.
fn too_many_messages() -> Refusal {
    let pki = plain();
    let config = ReplayConfig { budget_octets: 96, ..ReplayConfig::new([1, 2]) };
    let filter = ReplayFilter::new(config, time(0));
    let mut verifier = Verifier::new(pki.store(), Policy::STANDARD, filter);
    verifier.verify_data(&at(NOW), &message(&pki.signer(), &|_| {})).unwrap();
    let next = message(&pki.signer(), &|request| request.generation_time = Some(time(NOW + 1)));
    verifier.verify_data(&at(NOW + 1), &next).unwrap_err()
}

fn too_many_revocations() -> Refusal {
    let mut trust = nobody();
    let mut results = (0..=MAX_REVOKED as u64).map(|number| trust.revoke(HashedId8(number.to_be_bytes())));
    results.find_map(Result::err).unwrap()
}

fn unbuildable() -> Refusal {
    let large = key(Curve::NistP384, 5);
    let mut request = SignRequest::new(Psid(138), time(NOW), SignedPayload::Data(b"anything"));
    request.encryption_key = Some(large.public_key());
    plain().signer().sign_unchecked(&request).unwrap_err()
}

/// A key whose holder does not answer.
struct Broken(PublicKey);

impl Signer for Broken {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Signature, CryptoError> {
        Err(CryptoError::UnknownName)
    }
}

fn broken_key() -> Refusal {
    let ticket = plain().ticket(|_| {});
    let identity = Identity::new(ticket, Box::new(Broken(*ticket_key().public_key()))).unwrap();
    let request = SignRequest::new(Psid(138), time(NOW), SignedPayload::Data(b"anything"));
    identity.sign_unchecked(&request).unwrap_err()
}
