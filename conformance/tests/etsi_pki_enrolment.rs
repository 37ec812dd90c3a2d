//! Enrolment as a station does it: the test purposes of TS 103 525-2 for the groups ITSS_ENR, ITSS_ENR_RECV and
//! ITSS_ENR_REP. That a request is sent again and until when is in `etsi_pki_http`.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_ea::registry::Status;
use enrollment_protocol::sealed::open;
use enrollment_protocol::{Fault, request_hash};
use enrollment_station::StationError;
use enrollment_station::enrolment::{Enrolment, Identity, credential_attributes};
use exchange::asked::bent;
use exchange::layers::{
    answer_opened, assert_encrypted_to, assert_header, assert_signed_by, assert_signed_by_self, data,
    enrolment_layers, opened, payload, signed, verifies,
};
use exchange::{Asked, HOUR, NOW, STATION, World, earlier, later, signer};
use simulator::pki::Held;
use v2x_ca::services::{CAM, ServiceRange, issuing};
use v2x_codec::ieee1609dot2::{SequenceOfPsidGroupPermissions, decode};
use v2x_codec::ts102941::{
    EnrolmentResponseCode as Code, EtsiTs102941DataContent as Message, InnerEcResponse,
};
use v2x_crypto::{AesKey, Curve, Provider as _, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::point;
use v2x_security::refusal::Refusal;

// What is asked.

/// ITSS_ENR_01_BV: a station that is told to enrol sends an enrolment request, which its EA can read.
#[test]
fn itss_enr_01_bv() {
    let mut world = World::new();
    let asked = world.enrolment();
    let outer = opened(asked.exchange.request(), world.ea()).plaintext;
    assert!(matches!(data(&payload(&outer)).content, Message::EnrolmentRequest(_)));
}

/// ITSS_ENR BV: the request can be read by the EA alone.
#[test]
fn itss_enr_bv_for_the_ea_alone() {
    let mut world = World::new();
    let asked = world.enrolment();
    let (request, ea, aa) = (asked.exchange.request(), world.ea(), world.aa());
    let agreement = RustCrypto.key_agreement(aa.encryption.as_ref().unwrap()).unwrap();
    let by_the_aa = open(request, &aa.certificate, &*agreement).map(drop);
    assert_eq!(by_the_aa, Err(Fault::NotTheRecipient));
    // The AA's key does not help where the EA is the recipient.
    assert_eq!(open(request, &ea.certificate, &*agreement).map(drop), Err(Fault::Undecryptable));
}

/// ITSS_ENR_02_BV: the first request is signed as `self` with the canonical key, and names the canonical identifier.
#[test]
fn itss_enr_02_bv() {
    let mut world = World::new();
    let asked = world.enrolment();
    let layers = enrolment_layers(asked.exchange.request(), world.ea());
    assert_signed_by_self(&layers.outer);
    assert!(verifies(&layers.outer, world.canonical.public_key(), None));
    assert!(!verifies(&layers.outer, asked.key.public_key(), None));
    assert_eq!(layers.inner.its_id, STATION);
}

/// ITSS_ENR BV: with a credential, itsId and the signer are its digest, and its key signs.
#[test]
fn itss_enr_bv_renewal() {
    let mut world = World::new();
    let current = world.enrolled();
    let asked = world.renewal(&current);
    let layers = enrolment_layers(asked.exchange.request(), world.ea());
    assert_eq!(layers.inner.its_id.as_ref(), current.certificate.hashed_id8().as_bytes());
    assert_signed_by(&layers.outer, &current.certificate);
    assert!(verifies(&layers.outer, current.key.public_key(), Some(&current.certificate)));
    assert!(!verifies(&layers.outer, world.canonical.public_key(), None));
}

/// ITSS_ENR BV: without a valid credential, the canonical key enrols a station that was enrolled before.
#[test]
fn itss_enr_bv_after_the_credential() {
    let mut world = World::new();
    let first = world.enrolled();
    let asked = world.enrolment();
    let answer = world.enrol(asked.exchange.request());
    let second = world.credential(&asked, &answer).unwrap();
    assert_ne!(second.verification_key(), first.certificate.verification_key());
}

/// ITSS_ENR BV: the key that is asked for is a new one each time, on any of the four curves.
#[test]
fn itss_enr_bv_new_key() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let asked = [world.enrolment(), world.enrolment()];
        let keys = asked.map(|asked| {
            let layers = enrolment_layers(asked.exchange.request(), world.ea());
            point::verification_key(&layers.inner.public_keys.verification_key).unwrap()
        });
        assert!(keys.iter().all(|key| key.curve() == curve && key != world.canonical.public_key()));
        assert_ne!(keys[0], keys[1]);
    }
}

/// ITSS_ENR BV: the format is that of TS 103 097, what is asked for the right to sign requests, and nothing to issue.
#[test]
fn itss_enr_bv_attributes() {
    let mut world = World::new();
    let asked = world.enrolment();
    let inner = enrolment_layers(asked.exchange.request(), world.ea()).inner;
    assert_eq!(inner.certificate_format, 1);
    let attributes = inner.requested_subject_attributes;
    assert_eq!(attributes.cert_issue_permissions, None);
    let permissions = attributes.app_permissions.unwrap();
    let [only] = &permissions.0[..] else { panic!("one permission") };
    assert_eq!(only, &credential_attributes().app_permissions.unwrap().0[0]);
    assert_eq!(only, &v2x_ca::services::permission(623, &[1, 0xC0]));
}

/// ITSS_ENR BO: a request for certIssuePermissions is not made.
#[test]
fn itss_enr_bo_issue_permissions() {
    let mut world = World::new();
    let (ea, mut trust) = (world.ea().certificate.clone(), world.trust());
    let (key, canonical) = (signer(&world.key()), signer(&world.canonical));
    let identity = Identity::Canonical { id: STATION, signer: &*canonical };
    let groups = vec![issuing(&[ServiceRange::up_to(CAM, &[1, 0, 0])], 1, 0)];
    let mut attributes = credential_attributes();
    attributes.cert_issue_permissions = Some(SequenceOfPsidGroupPermissions(groups));
    let asked = Enrolment::asking(identity, &*key, attributes, &ea, &mut trust, NOW, &mut world.rng);
    assert!(matches!(asked.map(drop), Err(StationError::Fault(Fault::Unparsable(_)))));
}

/// ITSS_ENR BV: the new key signs the inner request as `self`: proof of possession.
#[test]
fn itss_enr_bv_proof_of_possession() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let asked = world.enrolment();
        let layers = enrolment_layers(asked.exchange.request(), world.ea());
        assert_signed_by_self(&layers.proof);
        assert!(verifies(&layers.proof, asked.key.public_key(), None));
        assert!(!verifies(&layers.proof, world.canonical.public_key(), None));
        let wanted = point::to_verification_key(asked.key.public_key()).unwrap();
        assert_eq!(layers.inner.public_keys.verification_key, wanted);
    }
}

/// ITSS_ENR BV: the header of the inner signed data has psid 623 and generationTime, and nothing else.
#[test]
fn itss_enr_bv_inner_header() {
    let mut world = World::new();
    let asked = world.enrolment();
    assert_header(&enrolment_layers(asked.exchange.request(), world.ea()).proof, NOW);
}

/// ITSS_ENR BV: the header of the outer signed data has psid 623 and generationTime, and nothing else.
#[test]
fn itss_enr_bv_outer_header() {
    let mut world = World::new();
    let current = world.enrolled();
    for asked in [world.enrolment(), world.renewal(&current)] {
        assert_header(&enrolment_layers(asked.exchange.request(), world.ea()).outer, NOW);
    }
}

/// ITSS_ENR BV: the request is encrypted to one recipient, the EA's certificate, by its digest.
#[test]
fn itss_enr_bv_recipient() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let asked = world.enrolment();
        assert_encrypted_to(asked.exchange.request(), &world.ea().certificate);
    }
}

/// ITSS_ENR BV: every request is encrypted under a content key of its own.
#[test]
fn itss_enr_bv_content_key() {
    let mut world = World::new();
    let asked = [world.enrolment(), world.enrolment()];
    let keys = asked.map(|asked| *opened(asked.exchange.request(), world.ea()).key.expose());
    assert_ne!(keys[0], keys[1]);
}

/// ITSS_ENR BV: the message between the signatures has version 1.
#[test]
fn itss_enr_bv_version() {
    let mut world = World::new();
    let asked = world.enrolment();
    let outer = opened(asked.exchange.request(), world.ea()).plaintext;
    assert_eq!(data(&payload(&outer)).version, 1);
}

/// ITSS_ENR BV: hashId of each signature goes with the curve of its key.
#[test]
fn itss_enr_bv_hash_id() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let asked = world.enrolment();
        let layers = enrolment_layers(asked.exchange.request(), world.ea());
        for layer in [&layers.outer, &layers.proof] {
            assert_eq!(point::received_hash(signed(layer).hash_id), curve.hash());
        }
    }
}

/// ITSS_ENR BO: a station that the EA blocked gets no further credential by its credential.
#[test]
fn itss_enr_bo_blocked() {
    let mut world = World::new();
    let current = world.enrolled();
    world.set_status(Status::Blocked);
    let asked = world.renewal(&current);
    let answer = world.enrol(asked.exchange.request());
    let refused = world.credential(&asked, &answer);
    assert!(matches!(refused, Err(StationError::EnrolmentRefused(Code::BadItsStatus))));
}

// What is made of an answer.

/// An enrolment that is under way, and the key that its answer comes under.
fn under_way() -> (World, Asked<Enrolment>, AesKey) {
    let mut world = World::new();
    let asked = world.enrolment();
    let key = opened(asked.exchange.request(), world.ea()).key;
    (world, asked, key)
}

/// What a good answer would say, but for the hash.
fn granted(world: &mut World, asked: &Asked<Enrolment>, key: &AesKey) -> Certificate {
    let answer = world.enrol(asked.exchange.request());
    let answer = answer_opened(&answer, key);
    let Message::EnrolmentResponse(said) = data(&payload(&answer)).content else { panic!("no response") };
    let certificate = v2x_codec::ieee1609dot2::encode(&said.certificate.unwrap()).unwrap();
    Certificate::parse(&certificate).unwrap()
}

fn grant(request: &[u8], certificate: &Certificate) -> Message {
    let certificate = decode(certificate.octets()).unwrap();
    Message::EnrolmentResponse(InnerEcResponse::granted(request_hash(request), certificate))
}

/// ITSS_ENR_RECV BV: a positive answer yields a credential for the key that was asked for, in a chain to the root.
#[test]
fn itss_enr_recv_bv_credential() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let asked = world.enrolment();
        let answer = world.enrol(asked.exchange.request());
        let credential = world.credential(&asked, &answer).unwrap();
        assert_eq!(credential.verification_key(), Some(asked.key.public_key()));
        let mut trust = world.trust();
        let chain = trust.chain(&credential).unwrap();
        let root = &world.pki.lab().root.certificate;
        assert_eq!(chain.certificates().last(), Some(root));
    }
}

/// ITSS_ENR_RECV BV: with the new credential the station gets tickets and renews.
#[test]
fn itss_enr_recv_bv_enrolled() {
    let mut world = World::new();
    let first = world.enrolled();
    let asked = world.renewal(&first);
    let answer = world.enrol(asked.exchange.request());
    let second = Held { certificate: world.credential(&asked, &answer).unwrap(), key: asked.key };
    let asked = world.usual_authorization(&second);
    let answer = world.authorize(asked.exchange.request());
    assert!(world.ticket(&asked, &answer).is_ok());
}

/// ITSS_ENR_RECV BO: a refusal yields its code and no credential, and the same request is served once it may be.
#[test]
fn itss_enr_recv_bo_refused() {
    let mut world = World::new();
    world.set_status(Status::Inactive);
    let asked = world.enrolment();
    let answer = world.enrol(asked.exchange.request());
    let refused = world.credential(&asked, &answer);
    assert!(matches!(refused, Err(StationError::EnrolmentRefused(Code::BadItsStatus))));
    world.set_status(Status::Active);
    let answer = world.enrol(asked.exchange.request());
    assert!(world.credential(&asked, &answer).is_ok());
}

/// ITSS_ENR_RECV BO: every code of a refusal is understood.
#[test]
fn itss_enr_recv_bo_codes() {
    use rasn::types::Enumerated as _;
    let (mut world, asked, key) = under_way();
    let hash = request_hash(asked.exchange.request());
    let refusals: Vec<_> = Code::VARIANTS.iter().copied().filter(|code| *code != Code::Ok).collect();
    assert_eq!(refusals.len(), 13);
    for code in refusals {
        let refusal = Message::EnrolmentResponse(InnerEcResponse::refused(hash, code));
        let answer = world.answer_of_the_ea(refusal, Some(&key));
        let refused = world.credential(&asked, &answer);
        assert!(matches!(refused, Err(StationError::EnrolmentRefused(found)) if found == code), "{code:?}");
    }
}

/// ITSS_ENR_RECV BO: an answer to another request is none.
#[test]
fn itss_enr_recv_bo_request_hash() {
    let (mut world, asked, key) = under_way();
    let credential = granted(&mut world, &asked, &key);
    let good = world.answer_of_the_ea(grant(asked.exchange.request(), &credential), Some(&key));
    assert!(world.credential(&asked, &good).is_ok());
    let other = world.answer_of_the_ea(grant(b"another request", &credential), Some(&key));
    assert!(matches!(world.credential(&asked, &other), Err(StationError::OtherRequest)));
}

/// ITSS_ENR_RECV BO: an answer that another authority signed is none.
#[test]
fn itss_enr_recv_bo_another_signer() {
    let (mut world, asked, key) = under_way();
    let content = grant(asked.exchange.request(), &granted(&mut world, &asked, &key));
    let stranger = World::elsewhere().0;
    let by_the_aa = world.answer_of_the_aa(content.clone(), Some(&key));
    let (theirs, their_key) = (&stranger.ea().certificate, signer(&stranger.ea().signing));
    let by_a_stranger = world.answer_as(theirs, &*their_key, content, Some(&key));
    for answer in [by_the_aa, by_a_stranger] {
        assert!(matches!(world.credential(&asked, &answer), Err(StationError::OtherAuthority)));
    }
}

/// ITSS_ENR_RECV BO: an answer whose signature is not the EA's is none.
#[test]
fn itss_enr_recv_bo_signature() {
    let (mut world, asked, key) = under_way();
    let content = grant(asked.exchange.request(), &granted(&mut world, &asked, &key));
    let (ea, other) = (world.ea().certificate.clone(), signer(&world.key()));
    let forged = world.answer_as(&ea, &*other, content, Some(&key));
    let refused = world.credential(&asked, &forged);
    assert!(matches!(refused, Err(StationError::Fault(Fault::BadSignature))));
}

/// ITSS_ENR_RECV BO: an answer under another key, or changed on its way, is none.
#[test]
fn itss_enr_recv_bo_encryption() {
    let (mut world, asked, key) = under_way();
    let content = grant(asked.exchange.request(), &granted(&mut world, &asked, &key));
    let other = AesKey::from_bytes(&[7; 16]);
    let under_another = world.answer_of_the_ea(content.clone(), Some(&other));
    let refused = world.credential(&asked, &under_another);
    assert!(matches!(refused, Err(StationError::Fault(Fault::NotTheRecipient))));
    let changed = bent(world.answer_of_the_ea(content, Some(&key)));
    let refused = world.credential(&asked, &changed);
    assert!(matches!(refused, Err(StationError::Fault(Fault::Undecryptable))));
}

/// ITSS_ENR_RECV BO: a credential that comes unencrypted is not taken.
#[test]
fn itss_enr_recv_bo_unencrypted() {
    let (mut world, asked, key) = under_way();
    let content = grant(asked.exchange.request(), &granted(&mut world, &asked, &key));
    let open = world.answer_of_the_ea(content, None);
    assert!(matches!(world.credential(&asked, &open), Err(StationError::Unencrypted)));
}

/// ITSS_ENR_RECV BO: a credential for another key, or of another issuer, is not taken.
#[test]
fn itss_enr_recv_bo_another_certificate() {
    let (mut world, asked, key) = under_way();
    let (other, aa) = (world.enrolled().certificate, world.aa().certificate.clone());
    for certificate in [other, aa, World::elsewhere().1.certificate] {
        let answer = world.answer_of_the_ea(grant(asked.exchange.request(), &certificate), Some(&key));
        let refused = world.credential(&asked, &answer);
        assert!(matches!(refused, Err(StationError::OtherCertificate(_))), "{refused:?}");
    }
}

/// ITSS_ENR_RECV BO: a credential whose own signature is not the EA's is not taken.
#[test]
fn itss_enr_recv_bo_forged_credential() {
    let (mut world, asked, key) = under_way();
    let credential = granted(&mut world, &asked, &key);
    let forged = Certificate::parse(&bent(credential.octets().to_vec())).unwrap();
    let answer = world.answer_of_the_ea(grant(asked.exchange.request(), &forged), Some(&key));
    let StationError::Untrusted(refusal) = world.credential(&asked, &answer).unwrap_err() else {
        panic!("it is not the credential that is refused")
    };
    assert_eq!(refusal.code(), "bad-certificate-signature");
}

/// ITSS_ENR_RECV BO: an answer that is too old, or from the future, is none.
#[test]
fn itss_enr_recv_bo_time() {
    let (mut world, asked, _) = under_way();
    let answer = world.enrol(asked.exchange.request());
    for now in [later(HOUR), earlier(HOUR)] {
        let refused = asked.exchange.answer(&answer, &mut world.trust(), now);
        assert!(matches!(refused, Err(StationError::Fault(Fault::OutOfSync))));
    }
}

/// ITSS_ENR_RECV BO: the answer of an EA that was revoked meanwhile is not believed.
#[test]
fn itss_enr_recv_bo_revoked_ea() {
    let (mut world, asked, _) = under_way();
    let answer = world.enrol(asked.exchange.request());
    let mut trust = world.trust();
    trust.revoke(world.ea().certificate.hashed_id8()).unwrap();
    let refused = asked.exchange.answer(&answer, &mut trust, NOW).unwrap_err();
    let StationError::Untrusted(refusal) = refused else { panic!("{refused}") };
    assert!(matches!(*refusal, Refusal::Revoked { .. }), "{refusal}");
}

/// ITSS_ENR_RECV BO: what is no enrolment response is no answer.
#[test]
fn itss_enr_recv_bo_another_message() {
    let (mut world, asked, key) = under_way();
    let credential = world.enrolled();
    let ticket = world.usual_authorization(&credential);
    let request = ticket.exchange.request().to_vec();
    let (_, question) = world.question(&request);
    let confirmation = answer_opened(&world.validate(&question), &opened(&question, world.ea()).key);
    let content = data(&payload(&confirmation)).content;
    let answer = world.answer_of_the_ea(content, Some(&key));
    let refused = world.credential(&asked, &answer);
    assert!(matches!(refused, Err(StationError::Fault(Fault::WrongContent("enrolmentResponse")))));
    assert!(world.credential(&asked, b"noise").is_err());
}

// Once more.

/// ITSS_ENR_REP BV: a request that is sent again has the same octets, and yields the same credential.
#[test]
fn itss_enr_rep_bv_same_octets() {
    let (mut world, asked, _) = under_way();
    let first = asked.exchange.request().to_vec();
    let answer = world.enrol(&first);
    assert_eq!(asked.exchange.request(), first);
    let again = world.enrol(asked.exchange.request());
    assert_eq!(again, answer);
    assert_eq!(world.credential(&asked, &again).unwrap(), world.credential(&asked, &answer).unwrap());
}

/// ITSS_ENR_REP BV: with the credential of an answer that was lost, a new request is not mistaken for the old one.
#[test]
fn itss_enr_rep_bv_lost_answer() {
    let mut world = World::new();
    let lost = world.enrolment();
    let _ = world.enrol(lost.exchange.request());
    let asked = world.enrolment();
    let answer = world.enrol(asked.exchange.request());
    assert!(world.credential(&asked, &answer).is_ok());
    assert!(world.credential(&lost, &answer).is_err());
}
