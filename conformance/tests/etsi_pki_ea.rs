//! Enrolment as an EA does it: the test purposes of TS 103 525-2 for the groups EA_ENR_RCV and EA_ENR.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_ea::registry::Status;
use enrollment_protocol::message::to_octets;
use enrollment_protocol::request_hash;
use exchange::asked::{
    EnrolmentAsk, Outer, bent, keys, no_encryption_key, no_verification_key, sent, unexpected,
};
use exchange::layers::{answer_opened, assert_header, assert_signed_by, data, payload, signed, verifies};
use exchange::{HOUR, NOW, STATION, World, earlier, later, signer};
use simulator::pki::Held;
use v2x_ca::services::{CAM, permission};
use v2x_codec::ieee1609dot2::{SequenceOfPsidSsp, encode};
use v2x_codec::ts102941::{
    CertificateSubjectAttributes, EnrolmentResponseCode as Code, EtsiTs102941DataContent as Message,
    InnerEcResponse,
};
use v2x_crypto::Curve;
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::point;

fn enrolled() -> (World, Held) {
    let mut world = World::new();
    let credential = world.enrolled();
    (world, credential)
}

/// The code of the answer to a first request that is good but for what `spoil` does to it.
fn initial(spoil: impl FnOnce(&mut World, &mut EnrolmentAsk)) -> Code {
    let mut world = World::new();
    let mut ask = EnrolmentAsk::initial(&mut world);
    spoil(&mut world, &mut ask);
    code(&ask.answered(&mut world))
}

/// The code of the answer to a renewal that is good but for what `spoil` does to it.
fn renewal(spoil: impl FnOnce(&mut World, &mut EnrolmentAsk)) -> Code {
    let (mut world, credential) = enrolled();
    let mut ask = EnrolmentAsk::renewal(&mut world, &credential);
    spoil(&mut world, &mut ask);
    code(&ask.answered(&mut world))
}

/// A certificate is there exactly when the code says so.
fn code(said: &InnerEcResponse) -> Code {
    assert_eq!(said.certificate.is_some(), said.response_code == Code::Ok);
    said.response_code
}

// Enrolment requests received.

/// EA_ENR_RCV BV: a first request, signed with the canonical key, is granted.
#[test]
fn ea_enr_rcv_bv_initial() {
    assert_eq!(initial(|_, _| {}), Code::Ok);
}

/// EA_ENR_RCV BV: a request in the name of a valid credential is granted.
#[test]
fn ea_enr_rcv_bv_renewal() {
    assert_eq!(renewal(|_, _| {}), Code::Ok);
}

/// EA_ENR_RCV BO: a request that is encrypted to another authority is refused.
#[test]
fn ea_enr_rcv_bo_recipient() {
    let mut world = World::new();
    let mut ask = EnrolmentAsk::initial(&mut world);
    ask.to = world.aa().certificate.clone();
    let request = ask.send(&mut world);
    assert_eq!(refused_in_the_open(&mut world, &request.octets), Code::ImNotTheRecipient);
}

/// The EA could not read the key that an answer goes under, so that it signs alone, and gives nothing.
fn refused_in_the_open(world: &mut World, request: &[u8]) -> Code {
    let answer = world.enrol(request);
    assert_signed_by(&answer, &world.ea().certificate);
    let Message::EnrolmentResponse(said) = data(&payload(&answer)).content else { panic!("no response") };
    assert_eq!(said.request_hash[..], request_hash(request)[..]);
    code(&said)
}

/// EA_ENR_RCV BO: a request that does not decrypt, or is no message at all, is refused.
#[test]
fn ea_enr_rcv_bo_decryption() {
    let mut world = World::new();
    let request = EnrolmentAsk::initial(&mut world).send(&mut world);
    let changed = bent(request.octets);
    assert_eq!(refused_in_the_open(&mut world, &changed), Code::DecryptionFailed);
    assert_eq!(refused_in_the_open(&mut world, b"noise"), Code::CantParse);
}

/// EA_ENR_RCV BO: a request that is not encrypted is refused.
#[test]
fn ea_enr_rcv_bo_not_encrypted() {
    let mut world = World::new();
    let ask = EnrolmentAsk::initial(&mut world);
    assert_eq!(refused_in_the_open(&mut world, &ask.signed()), Code::BadContentType);
}

/// EA_ENR_RCV BO: encrypted data that holds no signed data, or another message, is refused.
#[test]
fn ea_enr_rcv_bo_content() {
    let mut world = World::new();
    let ea = world.ea().certificate.clone();
    let request = sent(&mut world, b"nonsense", &ea);
    let answer = world.enrol(&request.octets);
    assert_eq!(code(&request.enrolment(&answer)), Code::CantParse);
    assert_eq!(initial(|_, ask| ask.message = Some(unexpected())), Code::BadContentType);
}

/// EA_ENR_RCV BO: a first request whose outer signature is not the canonical key's is refused.
#[test]
fn ea_enr_rcv_bo_outer_signature() {
    let code = initial(|world, ask| ask.outer = Outer::Itself(signer(&world.key())));
    assert_eq!(code, Code::InvalidSignature);
}

/// EA_ENR_RCV BO: a renewal whose outer signature is not the credential's key's is refused.
#[test]
fn ea_enr_rcv_bo_outer_signature_of_a_renewal() {
    let code = renewal(|world, ask| {
        let Outer::Holder(_, key) = &mut ask.outer else { panic!("no renewal") };
        *key = signer(&world.canonical);
    });
    assert_eq!(code, Code::InvalidSignature);
}

/// EA_ENR_RCV BO: a request whose inner signature does not prove possession of the new key is refused.
#[test]
fn ea_enr_rcv_bo_proof_of_possession() {
    let spoil = |world: &mut World, ask: &mut EnrolmentAsk| ask.proof = signer(&world.key());
    assert_eq!(initial(spoil), Code::InvalidSignature);
    assert_eq!(renewal(spoil), Code::InvalidSignature);
}

/// EA_ENR_RCV BO: a station that is not registered is refused.
#[test]
fn ea_enr_rcv_bo_unknown_station() {
    assert_eq!(initial(|_, ask| ask.inner.its_id = b"nobody".to_vec().into()), Code::UnknownIts);
}

/// EA_ENR_RCV BO: a credential that this EA did not issue is refused.
#[test]
fn ea_enr_rcv_bo_unknown_credential() {
    let code = renewal(|_, ask| {
        let stranger = World::elsewhere().1;
        let id = stranger.certificate.hashed_id8();
        ask.inner.its_id = id.as_bytes().to_vec().into();
        ask.outer = Outer::Holder(stranger.certificate.clone(), signer(&stranger.key));
    });
    assert_eq!(code, Code::UnknownIts);
}

/// EA_ENR_RCV BO: a renewal whose itsId is not the digest of its signer is refused.
#[test]
fn ea_enr_rcv_bo_its_id_of_another() {
    let code = renewal(|_, ask| ask.inner.its_id = STATION.to_vec().into());
    assert_eq!(code, Code::IncompleteRequest);
}

/// EA_ENR_RCV BO: a credential that has run out renews nothing.
#[test]
fn ea_enr_rcv_bo_expired_credential() {
    let mut world = World::with_short_credentials();
    let credential = world.enrolled();
    let then = later(25 * HOUR);
    assert!(!credential.certificate.validity().contains(then));
    assert!(world.ea().certificate.validity().contains(then));
    let mut ask = EnrolmentAsk::renewal(&mut world, &credential);
    ask.made = then;
    let request = ask.send(&mut world);
    let answer = world.pki.enrolment_authority().enrol(then, &request.octets, &mut world.rng).unwrap();
    assert_eq!(code(&request.enrolment(&answer)), Code::BadItsStatus);
}

/// EA_ENR_RCV BO: a station that is blocked or not active is refused, by canonical key and by credential.
#[test]
fn ea_enr_rcv_bo_station_status() {
    for status in [Status::Blocked, Status::Inactive] {
        assert_eq!(initial(|world, _| world.set_status(status)), Code::BadItsStatus);
        assert_eq!(renewal(|world, _| world.set_status(status)), Code::BadItsStatus);
    }
}

/// EA_ENR_RCV BO: who cannot sign for a blocked station does not learn that it is blocked.
#[test]
fn ea_enr_rcv_bo_status_is_private() {
    let code = initial(|world, ask| {
        world.set_status(Status::Blocked);
        ask.outer = Outer::Itself(signer(&world.key()));
    });
    assert_eq!(code, Code::InvalidSignature);
}

/// EA_ENR_RCV BO: a request that is too old, or from the future, is refused.
#[test]
fn ea_enr_rcv_bo_generation_time() {
    for made in [earlier(HOUR), later(HOUR)] {
        assert_eq!(initial(|_, ask| ask.made = made), Code::DeniedRequest);
    }
}

/// EA_ENR_RCV BO: another certificateFormat than that of TS 103 097 is refused.
#[test]
fn ea_enr_rcv_bo_certificate_format() {
    assert_eq!(initial(|_, ask| ask.inner.certificate_format = 2), Code::IncompleteRequest);
}

/// EA_ENR_RCV BO: keys off their curve are refused, and the key that the station has already.
#[test]
fn ea_enr_rcv_bo_keys() {
    let code = initial(|_, ask| ask.inner.public_keys.verification_key = no_verification_key());
    assert_eq!(code, Code::InvalidKeys);
    let code = initial(|_, ask| ask.inner.public_keys.encryption_key = Some(no_encryption_key()));
    assert_eq!(code, Code::InvalidEncryptionKey);
    let code = renewal(|_, ask| {
        let Outer::Holder(current, _) = &ask.outer else { panic!("no renewal") };
        ask.inner.public_keys = keys(current.verification_key().unwrap());
    });
    assert_eq!(code, Code::InvalidKeys);
}

/// EA_ENR_RCV BO: a request for other rights than those of a credential is refused.
#[test]
fn ea_enr_rcv_bo_permissions() {
    let wanted = [vec![permission(CAM, &[1, 0, 0])], vec![permission(623, &[1, 0xFE])], vec![]];
    for permissions in wanted {
        let attributes = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(permissions));
        let code = initial(|_, ask| ask.inner.requested_subject_attributes = attributes);
        assert_eq!(code, Code::DeniedPermissions);
    }
}

/// EA_ENR_RCV BV: the same request again gets the same octets, also when the station is blocked meanwhile.
#[test]
fn ea_enr_rcv_bv_retry() {
    let mut world = World::new();
    let request = EnrolmentAsk::initial(&mut world).send(&mut world);
    let answer = world.enrol(&request.octets);
    world.set_status(Status::Blocked);
    assert_eq!(world.enrol(&request.octets), answer);
    let next = EnrolmentAsk::initial(&mut world);
    assert_eq!(code(&next.answered(&mut world)), Code::BadItsStatus);
}

// Enrolment responses.

/// The answer to a first request, opened, and the answer to one that is refused.
fn answers(world: &mut World) -> [Vec<u8>; 2] {
    let good = EnrolmentAsk::initial(world);
    let mut bad = EnrolmentAsk::initial(world);
    bad.inner.certificate_format = 2;
    [good, bad].map(|ask| {
        let request = ask.send(world);
        let answer = world.enrol(&request.octets);
        answer_opened(&answer, &request.key)
    })
}

/// EA_ENR BV: an answer, positive or not, is encrypted under the key of its request.
#[test]
fn ea_enr_bv_encryption() {
    // Opening is what checks it: `pskRecipInfo` is the hash of that key.
    assert_eq!(answers(&mut World::new()).len(), 2);
}

/// EA_ENR BV: an answer is signed by the EA, which is named by digest, on all four curves.
#[test]
fn ea_enr_bv_signature() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        for answer in answers(&mut world) {
            assert_by_the_ea(&world, &answer);
        }
    }
}

fn assert_by_the_ea(world: &World, answer: &[u8]) {
    let ea = world.ea();
    assert_signed_by(answer, &ea.certificate);
    assert!(verifies(answer, ea.signing.public_key(), Some(&ea.certificate)));
    assert_eq!(point::received_hash(signed(answer).hash_id), ea.signing.curve().hash());
}

/// EA_ENR BV: the header of the answer has psid 623 and generationTime, and nothing else.
#[test]
fn ea_enr_bv_header() {
    answers(&mut World::new()).iter().for_each(|answer| assert_header(answer, NOW));
}

/// EA_ENR BV: the answer is an enrolmentResponse of version 1.
#[test]
fn ea_enr_bv_version() {
    for answer in answers(&mut World::new()) {
        let data = data(&payload(&answer));
        assert_eq!(data.version, 1);
        assert!(matches!(data.content, Message::EnrolmentResponse(_)));
    }
}

/// EA_ENR BV: requestHash is the left half of the SHA-256 of the request as it was sent.
#[test]
fn ea_enr_bv_request_hash() {
    let mut world = World::new();
    let request = EnrolmentAsk::initial(&mut world).send(&mut world);
    let answer = world.enrol(&request.octets);
    let said = request.enrolment(&answer);
    assert_eq!(said.request_hash[..], v2x_crypto::sha256(&request.octets)[..16]);
}

/// EA_ENR BV: with responseCode 0 there is a certificate, with any other none.
#[test]
fn ea_enr_bv_certificate_only_if_ok() {
    assert_eq!(initial(|_, _| {}), Code::Ok);
    assert_ne!(initial(|_, ask| ask.inner.certificate_format = 2), Code::Ok);
    // There is no encoding for the one without the other.
    let granted = InnerEcResponse::refused([0; 16], Code::Ok);
    assert!(to_octets(Message::EnrolmentResponse(granted)).is_err());
}

fn issued(said: InnerEcResponse) -> Certificate {
    Certificate::parse(&encode(&said.certificate.unwrap()).unwrap()).unwrap()
}

/// EA_ENR BV: the credential has the requested key and permissions, a name that says nothing, and the EA as issuer.
#[test]
fn ea_enr_bv_credential() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let ask = EnrolmentAsk::initial(&mut world);
        let credential = issued(ask.answered(&mut world));
        assert_eq!(credential.verification_key(), Some(ask.proof.public_key()));
        assert!(
            matches!(credential.issuer(), Issuer::Digest { id, .. } if id == world.ea().certificate.hashed_id8())
        );
        let contents = &credential.decoded().to_be_signed;
        assert_eq!(contents.app_permissions.clone().unwrap().0, [permission(623, &[1, 0xC0])]);
        assert_eq!(contents.cert_issue_permissions, None);
        assert!(!credential.name().unwrap().as_bytes().windows(7).any(|octets| octets == &STATION[..7]));
        assert!(world.trust().chain(&credential).is_ok());
    }
}

/// EA_ENR BV: the credential's validity lies inside the EA's and begins now.
#[test]
fn ea_enr_bv_validity() {
    let mut world = World::new();
    let credential = issued(EnrolmentAsk::initial(&mut world).answered(&mut world));
    let (own, of_the_ea) = (credential.validity(), world.ea().certificate.validity());
    assert_eq!(own.begin(), NOW);
    assert!(of_the_ea.begin() <= own.begin() && own.end() <= of_the_ea.end() && own.begin() < own.end());
}
