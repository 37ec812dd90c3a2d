//! What an authorization authority answers and issues: the test purposes of TS 103 525-2 for the group AA_AUTH.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_ea::registry::Status;
use enrollment_protocol::message::to_octets;
use exchange::asked::{AuthorizationAsk, keys};
use exchange::layers::{answer_opened, assert_header, assert_signed_by, data, payload, signed, verifies};
use exchange::{DAY, HOUR, NOW, QUOTA, World, cam, later};
use simulator::pki::{Held, usual_profile};
use v2x_codec::ieee1609dot2::{CertificateId, GeographicRegion, IdentifiedRegion, UnCountryId, encode};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_codec::ts102941::{
    AuthorizationResponseCode as Code, EtsiTs102941DataContent as Message, InnerAtResponse,
};
use v2x_crypto::{Curve, PrivateKey};
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::point;

/// The answer to a good request, opened, and the answer to one that is refused.
fn answers(world: &mut World) -> [Vec<u8>; 2] {
    let credential = world.enrolled();
    let good = AuthorizationAsk::good(world, &credential);
    let mut bad = AuthorizationAsk::good(world, &credential);
    bad.hmac_key = [8; 32];
    [good, bad].map(|ask| {
        let request = ask.send(world);
        let answer = world.authorize(&request.octets);
        answer_opened(&answer, &request.key)
    })
}

/// AA_AUTH BV: an answer, positive or not, is encrypted under the key of its request.
#[test]
fn aa_auth_bv_encryption() {
    // Opening is what checks it: `pskRecipInfo` is the hash of that key.
    assert_eq!(answers(&mut World::new()).len(), 2);
}

/// AA_AUTH BV: an answer is signed by the AA, which is named by digest, on all four curves.
#[test]
fn aa_auth_bv_signature() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        for answer in answers(&mut world) {
            let aa = world.aa();
            assert_signed_by(&answer, &aa.certificate);
            assert!(verifies(&answer, aa.signing.public_key(), Some(&aa.certificate)));
            assert_eq!(point::received_hash(signed(&answer).hash_id), curve.hash());
        }
    }
}

/// AA_AUTH BV: the header of the answer has psid 623 and generationTime, and nothing else.
#[test]
fn aa_auth_bv_header() {
    answers(&mut World::new()).iter().for_each(|answer| assert_header(answer, NOW));
}

/// AA_AUTH BV: the answer is an authorizationResponse of version 1.
#[test]
fn aa_auth_bv_version() {
    for answer in answers(&mut World::new()) {
        let data = data(&payload(&answer));
        assert_eq!(data.version, 1);
        assert!(matches!(data.content, Message::AuthorizationResponse(_)));
    }
}

/// AA_AUTH BV: requestHash is the left half of the SHA-256 of the request as it was sent.
#[test]
fn aa_auth_bv_request_hash() {
    let (mut world, ask) = asking();
    let request = ask.send(&mut world);
    let answer = world.authorize(&request.octets);
    let said = request.authorization(&answer);
    assert_eq!(said.request_hash[..], v2x_crypto::sha256(&request.octets)[..16]);
}

/// AA_AUTH BV: with responseCode 0 there is a ticket, with any other none.
#[test]
fn aa_auth_bv_certificate_only_if_ok() {
    let mut world = World::new();
    let said = answers(&mut world).map(|answer| {
        let Message::AuthorizationResponse(said) = data(&payload(&answer)).content else { panic!("another") };
        (said.response_code, said.certificate.is_some())
    });
    assert_eq!(said, [(Code::Ok, true), (Code::ItsAaKeysDontMatch, false)]);
    // There is no encoding for the one without the other.
    let empty = InnerAtResponse::refused([0; 16], Code::Ok);
    assert!(to_octets(Message::AuthorizationResponse(empty)).is_err());
}

fn asking() -> (World, AuthorizationAsk) {
    let mut world = World::new();
    let credential = world.enrolled();
    let ask = AuthorizationAsk::good(&mut world, &credential);
    (world, ask)
}

/// The ticket that a request gets.
fn issued(world: &mut World, ask: &AuthorizationAsk) -> Certificate {
    let request = ask.send(world);
    let answer = world.authorize(&request.octets);
    let ticket = request.authorization(&answer).certificate.unwrap();
    Certificate::parse(&encode(&ticket).unwrap()).unwrap()
}

/// AA_AUTH BV: the ticket has the requested key and permissions, no name, no right to issue, and the AA as issuer.
#[test]
fn aa_auth_bv_ticket() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let ask = AuthorizationAsk::good(&mut world, &credential);
        let ticket = issued(&mut world, &ask);
        assert_eq!(ticket.verification_key(), Some(ask.proof.public_key()));
        let of_the_aa = world.aa().certificate.hashed_id8();
        assert!(matches!(ticket.issuer(), Issuer::Digest { id, .. } if id == of_the_aa));
        let contents = &ticket.decoded().to_be_signed;
        assert_eq!(contents.id, CertificateId::None(()));
        assert_eq!(contents.app_permissions, cam().app_permissions);
        assert_eq!(contents.cert_issue_permissions, None);
        assert!(world.trust().chain(&ticket).is_ok());
    }
}

/// AA_AUTH BV: nothing in the ticket leads to the credential: neither key, name nor digest.
#[test]
fn aa_auth_bv_no_link() {
    let mut world = World::new();
    let credential = world.enrolled();
    let ask = AuthorizationAsk::good(&mut world, &credential);
    let ticket = issued(&mut world, &ask);
    let holds = |what: &[u8]| ticket.octets().windows(what.len()).any(|octets| octets == what);
    let key = |key: &v2x_crypto::PublicKey| encode(&point::to_verification_key(key).unwrap()).unwrap();
    assert!(holds(&key(ask.proof.public_key())), "what is looked for would be found");
    assert!(!holds(&key(credential.key.public_key())));
    assert!(!holds(credential.certificate.name().unwrap().as_bytes()));
    assert!(!holds(credential.certificate.hashed_id8().as_bytes()));
}

/// AA_AUTH BV: the ticket's encryption key is the one that was asked for, and there is none unasked.
#[test]
fn aa_auth_bv_encryption_key() {
    let (mut world, mut ask) = asking();
    assert_eq!(issued(&mut world, &ask).encryption_key(), None);
    let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut world.rng).unwrap();
    ask.keys = keys(ask.proof.public_key());
    ask.keys.encryption_key = Some(point::to_encryption_key(key.public_key()).unwrap());
    ask.tag_again();
    assert_eq!(issued(&mut world, &ask).encryption_key(), Some(key.public_key()));
}

/// AA_AUTH BV: the ticket's validity is what was asked for, inside the AA's, and a week at the most.
#[test]
fn aa_auth_bv_validity() {
    let start = Time32::from_seconds(NOW.time32().unwrap().seconds() + 3_600);
    for (asked, end) in
        [(Duration::Hours(24), later(25 * HOUR)), (Duration::Hours(720), later(HOUR + 7 * DAY))]
    {
        let (mut world, mut ask) = asking();
        let wish = ValidityPeriod { start, duration: asked };
        ask.shared.requested_subject_attributes.validity_period = Some(wish.into());
        let ticket = issued(&mut world, &ask);
        let (own, of_the_aa) = (ticket.validity(), world.aa().certificate.validity());
        assert_eq!((own.begin(), own.end()), (Time64::from(start), end));
        assert!(of_the_aa.begin() <= own.begin() && own.end() <= of_the_aa.end());
    }
}

/// AA_AUTH BV: region and assurance level are those that the EA confirmed.
#[test]
fn aa_auth_bv_region_and_assurance() {
    let germany = IdentifiedRegion::CountryOnly(UnCountryId(276));
    let region = GeographicRegion::IdentifiedRegion(vec![germany].into());
    let mut world = World::with(Curve::NistP256, usual_profile(Some(region.clone())));
    let credential = world.enrolled();
    let ask = AuthorizationAsk::good(&mut world, &credential);
    let contents = issued(&mut world, &ask).decoded().to_be_signed.clone();
    assert_eq!(contents.region, Some(region));
    assert_eq!(contents.assurance_level.unwrap().0[..], [usual_profile(None).assurance]);
}

/// AA_AUTH BV: the same request again gets the same octets, also when its station is blocked meanwhile.
#[test]
fn aa_auth_bv_retry() {
    let (mut world, ask) = asking();
    let request = ask.send(&mut world);
    let answer = world.authorize(&request.octets);
    world.set_status(Status::Blocked);
    assert_eq!(world.authorize(&request.octets), answer);
    let next = ask.send(&mut world);
    assert_ne!(next.octets, request.octets);
    let answer = world.authorize(&next.octets);
    assert_eq!(next.authorization(&answer).response_code, Code::DeniedPermissions);
}

fn a_ticket(world: &mut World, credential: &Held) -> Code {
    let ask = AuthorizationAsk::good(world, credential);
    ask.answered(world)
}

/// AA_AUTH BO: a station gets as many tickets at a time as it may have, and no more.
#[test]
fn aa_auth_bo_quota() {
    let mut world = World::new();
    let credential = world.enrolled();
    for _ in 0..QUOTA {
        assert_eq!(a_ticket(&mut world, &credential), Code::Ok);
    }
    assert_eq!(a_ticket(&mut world, &credential), Code::DeniedTooManyCerts);
}

/// AA_AUTH BO: a credential of another EA, or one in whose name somebody else signs, gets no ticket.
#[test]
fn aa_auth_bo_credential() {
    let mut world = World::new();
    let mut credential = world.enrolled();
    assert_eq!(a_ticket(&mut world, &World::elsewhere().1), Code::UnknownIts);
    credential.key = world.key();
    assert_eq!(a_ticket(&mut world, &credential), Code::InvalidSignature);
}
