//! Authorization as a station does it: the test purposes of TS 103 525-2 for the groups ITSS_AUTH, ITSS_AUTH_RECV and
//! ITSS_AUTH_REP. That a request is sent again and until when is in `etsi_pki_http`.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_protocol::sealed::open;
use enrollment_protocol::{Fault, request_hash};
use enrollment_station::StationError;
use enrollment_station::authorization::{Authorization, Privacy, Proof};
use exchange::asked::bent;
use exchange::layers::{
    answer_opened, assert_encrypted_to, assert_header, assert_signed_by, assert_signed_by_self,
    authorization_layers, data, opened, payload, signed, verifies,
};
use exchange::{Asked, HOUR, NOW, World, cam, earlier, later, signer};
use simulator::pki::Held;
use v2x_ca::Role;
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{CAM, DENM, permission};
use v2x_codec::ieee1609dot2::{decode, encode};
use v2x_codec::time::{Duration, ValidityPeriod};
use v2x_codec::ts102941::{
    AuthorizationResponseCode as Code, EcSignature, EtsiTs102941DataContent as Message, InnerAtRequest,
    InnerAtResponse,
};
use v2x_codec::view::{Content, Data, ExtDataHash};
use v2x_crypto::{AesKey, Curve, Provider as _, RustCrypto, mac};
use v2x_security::certificate::Certificate;
use v2x_security::point;

/// A station with a credential, asking as most do.
fn asking() -> (World, Held, Asked<Authorization>) {
    let mut world = World::new();
    let credential = world.enrolled();
    let asked = world.usual_authorization(&credential);
    (world, credential, asked)
}

/// What the AA reads of a request that came with a proof of possession.
fn inner(world: &World, asked: &Asked<Authorization>) -> InnerAtRequest {
    authorization_layers(asked.exchange.request(), world.aa()).inner
}

/// The credential's signature, as only the EA reads it.
fn hidden_signature(world: &World, request: &InnerAtRequest) -> Vec<u8> {
    let EcSignature::EncryptedEcSignature(sealed) = &request.ec_signature else { panic!("not encrypted") };
    opened(&encode(sealed).unwrap(), world.ea()).plaintext.to_vec()
}

// What is asked.

/// ITSS_AUTH BV: a station that is told to get a ticket sends an authorization request, which its AA can read.
#[test]
fn itss_auth_bv_sent() {
    let (world, _, asked) = asking();
    let outer = opened(asked.exchange.request(), world.aa()).plaintext;
    assert!(matches!(data(&payload(&outer)).content, Message::AuthorizationRequest(_)));
    assert_eq!(data(&payload(&outer)).version, 1);
}

/// ITSS_AUTH BV: the request is encrypted to one recipient, the AA's certificate, by its digest.
#[test]
fn itss_auth_bv_recipient() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let asked = world.usual_authorization(&credential);
        assert_encrypted_to(asked.exchange.request(), &world.aa().certificate);
    }
}

/// ITSS_AUTH BV: the EA cannot read the request.
#[test]
fn itss_auth_bv_not_for_the_ea() {
    let (world, _, asked) = asking();
    let agreement = RustCrypto.key_agreement(world.ea().encryption.as_ref().unwrap()).unwrap();
    let request = asked.exchange.request();
    let as_itself = open(request, &world.ea().certificate, &*agreement).map(drop);
    assert_eq!(as_itself, Err(Fault::NotTheRecipient));
    let as_the_aa = open(request, &world.aa().certificate, &*agreement).map(drop);
    assert_eq!(as_the_aa, Err(Fault::Undecryptable));
}

/// ITSS_AUTH BV: ticket key, hmacKey and content key are new ones in each request.
#[test]
fn itss_auth_bv_new_keys() {
    let mut world = World::new();
    let credential = world.enrolled();
    let asked = [world.usual_authorization(&credential), world.usual_authorization(&credential)];
    let [one, other] = asked.map(|asked| authorization_layers(asked.exchange.request(), world.aa()));
    assert_ne!(one.inner.public_keys, other.inner.public_keys);
    assert_ne!(one.inner.hmac_key, other.inner.hmac_key);
    assert_ne!(one.inner.shared_at_request.key_tag, other.inner.shared_at_request.key_tag);
    assert_ne!(one.key.expose(), other.key.expose());
    let of_the_credential = point::to_verification_key(credential.key.public_key()).unwrap();
    assert_ne!(one.inner.public_keys.verification_key, of_the_credential);
}

/// ITSS_AUTH BV: the key that is asked for is the station's, on any of the four curves.
#[test]
fn itss_auth_bv_verification_key() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let asked = world.usual_authorization(&credential);
        let wanted = point::to_verification_key(asked.key.public_key()).unwrap();
        assert_eq!(inner(&world, &asked).public_keys.verification_key, wanted);
    }
}

/// ITSS_AUTH BV: keyTag is the leftmost half of HMAC-SHA256 with hmacKey over the encoded keys.
#[test]
fn itss_auth_bv_key_tag() {
    let (world, _, asked) = asking();
    let request = inner(&world, &asked);
    let keys = encode(&request.public_keys.verification_key).unwrap();
    let tag = mac::hmac_sha256(&request.hmac_key[..], &keys).unwrap();
    assert_eq!(request.shared_at_request.key_tag[..], tag[..16]);
    let other = mac::hmac_sha256(&[7; 32], &keys).unwrap();
    assert_ne!(request.shared_at_request.key_tag[..], other[..16]);
}

/// ITSS_AUTH BV: eaId is the digest of the EA that issued the credential, certificateFormat that of TS 103 097.
#[test]
fn itss_auth_bv_ea_id() {
    let (world, credential, asked) = asking();
    let shared = inner(&world, &asked).shared_at_request;
    assert_eq!(shared.ea_id.0.as_ref(), world.ea().certificate.hashed_id8().as_bytes());
    let issuer = credential.certificate.issuer();
    let of_the_ea = world.ea().certificate.hashed_id8();
    assert!(matches!(issuer, v2x_security::certificate::Issuer::Digest { id, .. } if id == of_the_ea));
    assert_eq!(shared.certificate_format, 1);
}

/// ITSS_AUTH BV: the attributes are what the ticket shall say, without certIssuePermissions.
#[test]
fn itss_auth_bv_attributes() {
    let (world, _, asked) = asking();
    let attributes = inner(&world, &asked).shared_at_request.requested_subject_attributes;
    assert_eq!(attributes, cam());
    assert_eq!(attributes.cert_issue_permissions, None);
    assert_eq!(attributes.id, None, "who asks is not said");
}

/// ITSS_AUTH BV: the ticket's key signs the request as `self`: proof of possession.
#[test]
fn itss_auth_bv_proof_of_possession() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let asked = world.usual_authorization(&credential);
        let outer = authorization_layers(asked.exchange.request(), world.aa()).outer;
        assert_signed_by_self(&outer);
        assert_header(&outer, NOW);
        assert!(verifies(&outer, asked.key.public_key(), None));
        assert!(!verifies(&outer, credential.key.public_key(), None));
        assert_eq!(point::received_hash(signed(&outer).hash_id), curve.hash());
    }
}

/// ITSS_AUTH BV: without proof of possession the request is encrypted and not signed.
#[test]
fn itss_auth_bv_without_proof() {
    let mut world = World::new();
    let credential = world.enrolled();
    let asked = world.authorization(&credential, Privacy::Hidden, Proof::Omitted);
    let outer = opened(asked.exchange.request(), world.aa()).plaintext;
    let Content::Unsecured(octets) = Data::parse(&outer).unwrap().content else { panic!("signed") };
    assert!(matches!(data(octets).content, Message::AuthorizationRequest(_)));
    let answer = world.authorize(asked.exchange.request());
    assert!(world.ticket(&asked, &answer).is_ok());
}

/// ITSS_AUTH BV: with privacy, ecSignature is encrypted to the EA alone, and the AA cannot open it.
#[test]
fn itss_auth_bv_privacy() {
    let (world, credential, asked) = asking();
    let layers = authorization_layers(asked.exchange.request(), world.aa());
    let EcSignature::EncryptedEcSignature(sealed) = &layers.inner.ec_signature else { panic!("open") };
    let sealed = encode(sealed).unwrap();
    assert_encrypted_to(&sealed, &world.ea().certificate);
    let agreement = RustCrypto.key_agreement(world.aa().encryption.as_ref().unwrap()).unwrap();
    for certificate in [&world.aa().certificate, &world.ea().certificate] {
        assert!(open(&sealed, certificate, &*agreement).is_err());
    }
    // Nothing that the AA reads names the credential.
    let id = *credential.certificate.hashed_id8().as_bytes();
    assert!(!layers.outer.windows(8).any(|octets| octets == id));
    assert!(hidden_signature(&world, &layers.inner).windows(8).any(|octets| octets == id));
}

/// ITSS_AUTH BV: without privacy, ecSignature is not encrypted.
#[test]
fn itss_auth_bv_without_privacy() {
    let mut world = World::new();
    let credential = world.enrolled();
    let asked = world.authorization(&credential, Privacy::Open, Proof::OfPossession);
    let request = inner(&world, &asked);
    let EcSignature::EcSignature(signature) = &request.ec_signature else { panic!("encrypted") };
    assert_signed_by(&encode(signature).unwrap(), &credential.certificate);
    let answer = world.authorize(asked.exchange.request());
    assert!(world.ticket(&asked, &answer).is_ok());
}

/// ITSS_AUTH BV: ecSignature signs the hash of sharedAtRequest, which is not in it, with the credential's key.
#[test]
fn itss_auth_bv_ec_signature() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let asked = world.usual_authorization(&credential);
        let request = inner(&world, &asked);
        let signature = hidden_signature(&world, &request);
        assert_signed_by(&signature, &credential.certificate);
        assert!(verifies(&signature, credential.key.public_key(), Some(&credential.certificate)));
        assert!(!verifies(&signature, asked.key.public_key(), Some(&credential.certificate)));
        let shared = encode(&request.shared_at_request).unwrap();
        let payload = signed(&signature).payload;
        assert!(payload.data.is_none() && !payload.is_omitted);
        let hash = curve.hash().digest(&shared);
        match payload.ext_data_hash {
            Some(ExtDataHash::Sha256(found)) => assert_eq!(found[..], *hash.as_bytes()),
            Some(ExtDataHash::Sha384(found)) => assert_eq!(found[..], *hash.as_bytes()),
            None => panic!("no extDataHash"),
        }
    }
}

/// ITSS_AUTH BV: the header of ecSignature has psid 623 and generationTime, and nothing else.
#[test]
fn itss_auth_bv_ec_signature_header() {
    let (world, _, asked) = asking();
    assert_header(&hidden_signature(&world, &inner(&world, &asked)), NOW);
}

/// ITSS_AUTH BV: the credential that signs has the right to sign authorization requests.
#[test]
fn itss_auth_bv_right_to_ask() {
    let (_, credential, _) = asking();
    let permissions = credential.certificate.decoded().to_be_signed.app_permissions.clone().unwrap();
    // Bit 0 is for enrolment requests, bit 1 for authorization requests (TS 102 941 table B.5).
    assert_eq!(permissions.0, [permission(623, &[1, 0xC0])]);
}

// What is made of an answer.

/// What the AA would grant for the request.
fn granted(world: &mut World, asked: &Asked<Authorization>) -> (Message, AesKey) {
    let key = opened(asked.exchange.request(), world.aa()).key;
    let answer = world.authorize(asked.exchange.request());
    (data(&payload(&answer_opened(&answer, &key))).content, key)
}

fn grant(request: &[u8], certificate: &Certificate) -> Message {
    let certificate = decode(certificate.octets()).unwrap();
    Message::AuthorizationResponse(InnerAtResponse::granted(request_hash(request), certificate))
}

/// ITSS_AUTH_RECV BV: a positive answer yields a ticket for the key and the services that were asked for.
#[test]
fn itss_auth_recv_bv_ticket() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let asked = world.usual_authorization(&credential);
        let answer = world.authorize(asked.exchange.request());
        let ticket = world.ticket(&asked, &answer).unwrap();
        assert_eq!(ticket.verification_key(), Some(asked.key.public_key()));
        let found = ticket.decoded().to_be_signed.app_permissions.clone().unwrap();
        assert_eq!(Some(found), cam().app_permissions);
        assert!(world.trust().chain(&ticket).is_ok());
    }
}

/// ITSS_AUTH_RECV BO: every code of a refusal is understood, and there is no ticket.
#[test]
fn itss_auth_recv_bo_codes() {
    use rasn::types::Enumerated as _;
    let (mut world, _, asked) = asking();
    let key = opened(asked.exchange.request(), world.aa()).key;
    let hash = request_hash(asked.exchange.request());
    let refusals: Vec<_> = Code::VARIANTS.iter().copied().filter(|code| *code != Code::Ok).collect();
    assert!(refusals.len() > 20);
    for code in refusals {
        let refusal = Message::AuthorizationResponse(InnerAtResponse::refused(hash, code));
        let answer = world.answer_of_the_aa(refusal, Some(&key));
        let refused = world.ticket(&asked, &answer);
        assert!(
            matches!(refused, Err(StationError::AuthorizationRefused(found)) if found == code),
            "{code:?}"
        );
    }
}

/// ITSS_AUTH_RECV BO: an answer to another request is none.
#[test]
fn itss_auth_recv_bo_request_hash() {
    let (mut world, credential, asked) = asking();
    let (good, key) = granted(&mut world, &asked);
    let answer = world.answer_of_the_aa(good, Some(&key));
    let ticket = world.ticket(&asked, &answer).unwrap();
    let other = world.answer_of_the_aa(grant(b"another request", &ticket), Some(&key));
    assert!(matches!(world.ticket(&asked, &other), Err(StationError::OtherRequest)));
    let next = world.usual_authorization(&credential);
    assert!(world.ticket(&next, &answer).is_err(), "the answer to the request before");
}

/// ITSS_AUTH_RECV BO: an answer that another authority signed, or somebody in the AA's name, is none.
#[test]
fn itss_auth_recv_bo_signer() {
    let (mut world, _, asked) = asking();
    let (content, key) = granted(&mut world, &asked);
    let by_the_ea = world.answer_of_the_ea(content.clone(), Some(&key));
    assert!(matches!(world.ticket(&asked, &by_the_ea), Err(StationError::OtherAuthority)));
    let (aa, other) = (world.aa().certificate.clone(), signer(&world.key()));
    let forged = world.answer_as(&aa, &*other, content, Some(&key));
    assert!(matches!(world.ticket(&asked, &forged), Err(StationError::Fault(Fault::BadSignature))));
}

/// ITSS_AUTH_RECV BO: an answer under another key, changed on its way, or unencrypted with a ticket is none.
#[test]
fn itss_auth_recv_bo_encryption() {
    let (mut world, _, asked) = asking();
    let (content, key) = granted(&mut world, &asked);
    let under_another = world.answer_of_the_aa(content.clone(), Some(&AesKey::from_bytes(&[7; 16])));
    let refused = world.ticket(&asked, &under_another);
    assert!(matches!(refused, Err(StationError::Fault(Fault::NotTheRecipient))));
    let changed = bent(world.answer_of_the_aa(content.clone(), Some(&key)));
    let refused = world.ticket(&asked, &changed);
    assert!(matches!(refused, Err(StationError::Fault(Fault::Undecryptable))));
    let open = world.answer_of_the_aa(content, None);
    assert!(matches!(world.ticket(&asked, &open), Err(StationError::Unencrypted)));
}

/// ITSS_AUTH_RECV BO: a ticket for another key, or of another issuer, is not taken.
#[test]
fn itss_auth_recv_bo_another_certificate() {
    let (mut world, credential, asked) = asking();
    let (_, key) = granted(&mut world, &asked);
    let another = world.usual_authorization(&credential);
    let answer = world.authorize(another.exchange.request());
    let anothers = world.ticket(&another, &answer).unwrap();
    for certificate in [&anothers, &credential.certificate] {
        let answer = world.answer_of_the_aa(grant(asked.exchange.request(), certificate), Some(&key));
        assert!(matches!(world.ticket(&asked, &answer), Err(StationError::OtherCertificate(_))));
    }
}

/// ITSS_AUTH_RECV BO: a ticket whose own signature is not the AA's is not taken.
#[test]
fn itss_auth_recv_bo_forged_ticket() {
    let (mut world, _, asked) = asking();
    let (_, key) = granted(&mut world, &asked);
    let answer = world.authorize(asked.exchange.request());
    let ticket = world.ticket(&asked, &answer).unwrap();
    let forged = Certificate::parse(&bent(ticket.octets().to_vec())).unwrap();
    let answer = world.answer_of_the_aa(grant(asked.exchange.request(), &forged), Some(&key));
    let StationError::Untrusted(refusal) = world.ticket(&asked, &answer).unwrap_err() else {
        panic!("it is not the ticket that is refused")
    };
    assert_eq!(refusal.code(), "bad-certificate-signature");
}

/// ITSS_AUTH_RECV BO: a ticket with other permissions than were asked for is not taken.
#[test]
fn itss_auth_recv_bo_other_permissions() {
    let (mut world, _, asked) = asking();
    let (_, key) = granted(&mut world, &asked);
    let of_the_ticket = Key::Verification(*asked.key.public_key());
    let day = ValidityPeriod { start: NOW.time32().unwrap(), duration: Duration::Hours(24) };
    let more = vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0, 0, 0])];
    let template = Template::authorization_ticket(of_the_ticket, day, more);
    let policy = world.pki.lab().policy;
    let issuer = world.aa().issuer(Role::AuthorizationAuthority, policy, &RustCrypto).unwrap();
    let request = RequestDigest::of(b"more");
    let ticket = issuer.issue(&template, request, day.start, &mut MemoryLedger::new()).unwrap();
    let answer = world.answer_of_the_aa(grant(asked.exchange.request(), &ticket), Some(&key));
    let refused = world.ticket(&asked, &answer);
    assert!(matches!(refused, Err(StationError::OtherCertificate("other permissions"))));
}

/// ITSS_AUTH_RECV BO: an answer that is too old or from the future, and one of an AA that was revoked, is none.
#[test]
fn itss_auth_recv_bo_time_and_trust() {
    let (mut world, _, asked) = asking();
    let answer = world.authorize(asked.exchange.request());
    for now in [later(HOUR), earlier(HOUR)] {
        let refused = asked.exchange.answer(&answer, &mut world.trust(), now);
        assert!(matches!(refused, Err(StationError::Fault(Fault::OutOfSync))));
    }
    let mut trust = world.trust();
    trust.revoke(world.aa().certificate.hashed_id8()).unwrap();
    let refused = asked.exchange.answer(&answer, &mut trust, NOW);
    assert!(matches!(refused, Err(StationError::Untrusted(_))));
}

// Once more.

/// ITSS_AUTH_REP BV: a request that is sent again has the same octets, and yields the same ticket.
#[test]
fn itss_auth_rep_bv_same_octets() {
    let (mut world, _, asked) = asking();
    let first = asked.exchange.request().to_vec();
    let answer = world.authorize(&first);
    assert_eq!(asked.exchange.request(), first);
    let again = world.authorize(asked.exchange.request());
    assert_eq!(again, answer);
    assert_eq!(world.ticket(&asked, &again).unwrap(), world.ticket(&asked, &answer).unwrap());
}
