//! The authorization authority: the test purposes of TS 103 525-2 for the groups AA_AUTH_RCV and
//! AA_AUTHVAL.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_aa::{QuestionId, Step};
use enrollment_protocol::request_hash;
use enrollment_station::authorization::{Privacy, Proof};
use exchange::asked::{
    AuthorizationAsk, Sent, bent, keys, no_encryption_key, no_verification_key, sent, unexpected,
};
use exchange::layers::{
    assert_encrypted_to, assert_header, assert_signed_by, authorization_layers, data, message, opened,
    payload, signed, verifies,
};
use exchange::{HOUR, NOW, SECOND, World, cam, earlier, later, signer};
use simulator::pki::Held;
use v2x_ca::services::permission;
use v2x_codec::ieee1609dot2::{HashedId8, SequenceOfPsidSsp, encode};
use v2x_codec::ts102941::{
    AuthorizationResponseCode as Code, AuthorizationValidationRequest, AuthorizationValidationResponse,
    AuthorizationValidationResponseCode as Validated, CertificateSubjectAttributes, EcSignature,
    EtsiTs102941DataContent as Message,
};
use v2x_crypto::{AesKey, Curve};
use v2x_security::certificate::Certificate;
use v2x_security::point;

fn enrolled() -> (World, Held) {
    let mut world = World::new();
    let credential = world.enrolled();
    (world, credential)
}

/// A good request but for what `spoil` does to it.
fn ask(spoil: impl FnOnce(&mut World, &mut AuthorizationAsk)) -> (World, AuthorizationAsk) {
    let (mut world, credential) = enrolled();
    let mut ask = AuthorizationAsk::good(&mut world, &credential);
    spoil(&mut world, &mut ask);
    (world, ask)
}

/// The code with which the AA refuses by itself.
fn refused(spoil: impl FnOnce(&mut World, &mut AuthorizationAsk)) -> Code {
    let (mut world, ask) = ask(spoil);
    ask.refused(&mut world)
}

/// The code of the answer in the end, the EA having been asked.
fn answered(spoil: impl FnOnce(&mut World, &mut AuthorizationAsk)) -> Code {
    let (mut world, ask) = ask(spoil);
    ask.answered(&mut world)
}

// Authorization requests received.

/// AA_AUTH_RCV BV: the AA decrypts a request, checks its keyTag with hmacKey, and asks the EA that it names.
#[test]
fn aa_auth_rcv_bv_asks_the_ea() {
    let (mut world, ask) = ask(|_, _| {});
    let request = ask.send(&mut world);
    let step = world.pki.authorization_authority().request(NOW, &request.octets, &mut world.rng).unwrap();
    let Step::AskEa { ea, request, .. } = step else { panic!("the AA does not ask") };
    assert_eq!(ea, world.ea().certificate);
    assert_encrypted_to(&request, &ea);
}

/// AA_AUTH_RCV BV: requests with and without privacy and proof of possession are granted.
#[test]
fn aa_auth_rcv_bv_privacy_and_proof() {
    let (mut world, credential) = enrolled();
    for (privacy, proof) in [(Privacy::Hidden, Proof::OfPossession), (Privacy::Open, Proof::Omitted)] {
        let asked = world.authorization(&credential, privacy, proof);
        let answer = world.authorize(asked.exchange.request());
        assert!(world.ticket(&asked, &answer).is_ok(), "{privacy:?} {proof:?}");
    }
    assert_eq!(answered(|_, _| {}), Code::Ok, "with a readable signature of the credential");
}

/// The AA could not read the key that an answer goes under, so that it signs alone, and gives nothing.
fn refused_in_the_open(world: &mut World, request: &[u8]) -> Code {
    let answer = world.authorize(request);
    assert_signed_by(&answer, &world.aa().certificate);
    let Message::AuthorizationResponse(said) = message(&answer) else { panic!("another message") };
    assert_eq!(said.request_hash[..], request_hash(request)[..]);
    assert_eq!(said.certificate, None);
    said.response_code
}

/// AA_AUTH_RCV BO: a request that is encrypted to another authority, does not decrypt, or is none, is refused.
#[test]
fn aa_auth_rcv_bo_encryption() {
    let (mut world, mut ask) = ask(|_, _| {});
    let good = ask.send(&mut world).octets;
    let signed = ask.signed();
    ask.to = world.ea().certificate.clone();
    let to_another = ask.send(&mut world).octets;
    assert_eq!(refused_in_the_open(&mut world, &to_another), Code::ItsAaImNotTheRecipient);
    assert_eq!(refused_in_the_open(&mut world, &bent(good)), Code::ItsAaDecryptionFailed);
    assert_eq!(refused_in_the_open(&mut world, &signed), Code::ItsAaBadContentType);
    assert_eq!(refused_in_the_open(&mut world, b"noise"), Code::ItsAaCantParse);
}

/// AA_AUTH_RCV BO: encrypted data that holds nothing readable, or another message, is refused.
#[test]
fn aa_auth_rcv_bo_content() {
    let mut world = World::new();
    let aa = world.aa().certificate.clone();
    let request = sent(&mut world, b"nonsense", &aa);
    let answer = world.authorize(&request.octets);
    assert_eq!(request.authorization(&answer).response_code, Code::ItsAaCantParse);
    assert_eq!(refused(|_, ask| ask.message = Some(unexpected())), Code::ItsAaBadContentType);
}

/// AA_AUTH_RCV BO: a keyTag that does not go with keys and hmacKey is refused.
#[test]
fn aa_auth_rcv_bo_key_tag() {
    let other_key = refused(|_, ask| ask.hmac_key = [8; 32]);
    let other_keys = refused(|world, ask| {
        ask.proof = signer(&world.key());
        ask.keys = keys(ask.proof.public_key());
    });
    assert_eq!([other_key, other_keys], [Code::ItsAaKeysDontMatch; 2]);
}

/// AA_AUTH_RCV BO: a request whose proof of possession is another key's is refused.
#[test]
fn aa_auth_rcv_bo_proof_of_possession() {
    assert_eq!(refused(|world, ask| ask.proof = signer(&world.key())), Code::InvalidSignature);
}

/// AA_AUTH_RCV BO: keys off their curve are refused.
#[test]
fn aa_auth_rcv_bo_keys() {
    let verification = refused(|_, ask| {
        ask.keys.verification_key = no_verification_key();
        ask.tag_again();
    });
    let encryption = refused(|_, ask| {
        ask.keys.encryption_key = Some(no_encryption_key());
        ask.tag_again();
    });
    assert_eq!((verification, encryption), (Code::ItsAaIncompleteRequest, Code::ItsAaInvalidEncryptionKey));
}

/// AA_AUTH_RCV BO: another certificateFormat than that of TS 103 097 is refused.
#[test]
fn aa_auth_rcv_bo_certificate_format() {
    assert_eq!(refused(|_, ask| ask.shared.certificate_format = 2), Code::ItsAaIncompleteRequest);
}

/// AA_AUTH_RCV BO: a request that is too old, or from the future, is refused.
#[test]
fn aa_auth_rcv_bo_generation_time() {
    for made in [earlier(HOUR), later(HOUR)] {
        assert_eq!(refused(|_, ask| ask.made = made), Code::ItsAaOutOfSyncRequest);
    }
}

/// AA_AUTH_RCV BO: an EA that is unknown, revoked, or no EA is not asked.
#[test]
fn aa_auth_rcv_bo_ea() {
    let id = |certificate: &Certificate| HashedId8((*certificate.hashed_id8().as_bytes()).into());
    let unknown = refused(|_, ask| ask.shared.ea_id = id(&World::elsewhere().0.ea().certificate));
    let revoked = refused(|world, _| {
        let ea = world.ea().certificate.hashed_id8();
        world.pki.authorization_authority().trust().revoke(ea).unwrap();
    });
    let no_ea = refused(|world, ask| ask.shared.ea_id = id(&world.aa().certificate));
    assert_eq!([unknown, revoked, no_ea], [Code::ItsAaUnknownEa, Code::ItsAaInvalidEa, Code::ItsAaInvalidEa]);
}

/// AA_AUTH_RCV BO: what the AA may not give is refused without asking the EA.
#[test]
fn aa_auth_rcv_bo_permissions() {
    let more = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(vec![permission(9999, &[1])]));
    let code = refused(|_, ask| ask.shared.requested_subject_attributes = more);
    assert_eq!(code, Code::ItsAaDeniedPermissions);
}

// Authorization validation requests.

/// What the AA asks about a request, and the request as it came.
fn question(world: &mut World, credential: &Held) -> (Vec<u8>, Sent, QuestionId) {
    let asked = world.usual_authorization(credential);
    let octets = asked.exchange.request().to_vec();
    let key = opened(&octets, world.aa()).key;
    let (id, question) = world.question(&octets);
    (question, Sent { octets, key }, id)
}

fn validation_request(world: &World, question: &[u8]) -> AuthorizationValidationRequest {
    let Message::AuthorizationValidationRequest(asked) = message(&opened(question, world.ea()).plaintext)
    else {
        panic!("another message")
    };
    asked
}

/// AA_AUTHVAL BV: the question is encrypted to one recipient, the EA's certificate, by its digest.
#[test]
fn aa_authval_bv_encryption() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let (question, ..) = question(&mut world, &credential);
        assert_encrypted_to(&question, &world.ea().certificate);
    }
}

/// AA_AUTHVAL BV: the question is signed by the AA, which is named by digest, with psid 623 and generationTime alone.
#[test]
fn aa_authval_bv_signature() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        let credential = world.enrolled();
        let (question, ..) = question(&mut world, &credential);
        let outer = opened(&question, world.ea()).plaintext;
        let aa = world.aa();
        assert_signed_by(&outer, &aa.certificate);
        assert!(verifies(&outer, aa.signing.public_key(), Some(&aa.certificate)));
        assert_eq!(point::received_hash(signed(&outer).hash_id), curve.hash());
        assert_header(&outer, NOW);
        assert_eq!(data(&payload(&outer)).version, 1);
    }
}

/// AA_AUTHVAL BV: the question holds sharedAtRequest and ecSignature as they came.
#[test]
fn aa_authval_bv_content() {
    let (mut world, credential) = enrolled();
    let (question, request, _) = question(&mut world, &credential);
    let came = authorization_layers(&request.octets, world.aa()).inner;
    let asked = validation_request(&world, &question);
    assert_eq!(asked.shared_at_request, came.shared_at_request);
    assert_eq!(asked.ec_signature, came.ec_signature);
    assert!(matches!(asked.ec_signature, EcSignature::EncryptedEcSignature(_)));
}

/// AA_AUTHVAL BV: the EA does not learn the ticket's key or hmacKey.
#[test]
fn aa_authval_bv_keys_are_private() {
    let (mut world, credential) = enrolled();
    let (question, request, _) = question(&mut world, &credential);
    let came = authorization_layers(&request.octets, world.aa()).inner;
    let seen = opened(&question, world.ea()).plaintext;
    let holds = |what: &[u8]| seen.windows(what.len()).any(|octets| octets == what);
    assert!(holds(&came.shared_at_request.key_tag[..]), "what is looked for would be found");
    assert!(!holds(&came.hmac_key[..]));
    // Behind the two octets that name curve and form of the point.
    assert!(!holds(&encode(&came.public_keys.verification_key).unwrap()[2..]));
}

/// AA_AUTHVAL BV: each question goes under a content key of its own; a retry asks the same question again.
#[test]
fn aa_authval_bv_content_key_and_retry() {
    let (mut world, credential) = enrolled();
    let (first, request, id) = question(&mut world, &credential);
    let (second, ..) = question(&mut world, &credential);
    let [one, other] = [&first, &second].map(|question| *opened(question, world.ea()).key.expose());
    assert_ne!(one, other);
    assert_eq!(world.question(&request.octets), (id, first));
}

/// The EA's answer, in whatever form a test gives it, and what the station is told.
fn told(answer: impl FnOnce(&mut World, &[u8], AesKey) -> Vec<u8>) -> Code {
    let (mut world, credential) = enrolled();
    let (question, request, id) = question(&mut world, &credential);
    let key = opened(&question, world.ea()).key;
    let answer = answer(&mut world, &question, key);
    let aa = world.pki.authorization_authority();
    let told = aa.ea_answered(NOW, id, &answer, &mut world.rng).unwrap().unwrap();
    request.authorization(&told).response_code
}

/// AA_AUTHVAL BV: a confirmation makes a ticket.
#[test]
fn aa_authval_bv_confirmed() {
    assert_eq!(told(|world, question, _| world.validate(question)), Code::Ok);
}

/// A confirmation of what was asked for.
fn confirmation(question: &[u8]) -> Message {
    let hash = request_hash(question);
    Message::AuthorizationValidationResponse(AuthorizationValidationResponse::confirmed(hash, cam()))
}

/// AA_AUTHVAL BO: a confirmation of another question, or of less than TS 102 941 wants in it, makes no ticket.
#[test]
fn aa_authval_bo_confirmation() {
    let other = told(|world, _, key| world.answer_of_the_ea(confirmation(b"another"), Some(&key)));
    // Without validity and assurance, which are in every confirmation.
    let less = told(|world, question, key| world.answer_of_the_ea(confirmation(question), Some(&key)));
    assert_eq!((other, less), (Code::EaAaBadContentType, Code::EaAaCantParse));
}

/// AA_AUTHVAL BO: an answer that another signed, or somebody in the EA's name, makes no ticket.
#[test]
fn aa_authval_bo_signature() {
    let by_the_aa = told(|world, question, key| world.answer_of_the_aa(confirmation(question), Some(&key)));
    let forged = told(|world, question, key| {
        let (ea, other) = (world.ea().certificate.clone(), signer(&world.key()));
        world.answer_as(&ea, &*other, confirmation(question), Some(&key))
    });
    assert_eq!([by_the_aa, forged], [Code::AaEaCantReachEa; 2]);
}

/// AA_AUTHVAL BO: an answer under another key, changed on its way, or that confirms unencrypted makes no ticket.
#[test]
fn aa_authval_bo_encryption() {
    let other = told(|world, question, _| {
        world.answer_of_the_ea(confirmation(question), Some(&AesKey::from_bytes(&[7; 16])))
    });
    let changed = told(|world, question, _| bent(world.validate(question)));
    let open = told(|world, question, _| world.answer_of_the_ea(confirmation(question), None));
    let expected = (Code::EaAaImNotTheRecipient, Code::EaAaDecryptionFailed, Code::EaAaBadContentType);
    assert_eq!((other, changed, open), expected);
}

/// AA_AUTHVAL BO: each refusal of the EA reaches the station as the code that stands for it.
#[test]
fn aa_authval_bo_refusals() {
    for (code, expected) in [
        (Validated::InvalidAa, Code::InvalidAa),
        (Validated::InvalidAaSignature, Code::InvalidAaSignature),
        (Validated::WrongEa, Code::WrongEa),
        (Validated::UnknownIts, Code::UnknownIts),
        (Validated::InvalidSignature, Code::InvalidSignature),
        (Validated::InvalidEncryptionKey, Code::InvalidEncryptionKey),
        (Validated::DeniedPermissions, Code::DeniedPermissions),
        (Validated::DeniedTooManyCerts, Code::DeniedTooManyCerts),
        (Validated::DeniedRequest, Code::DeniedPermissions),
        (Validated::CantParse, Code::AaEaCantReachEa),
    ] {
        let found = told(|world, question, key| {
            let refused = AuthorizationValidationResponse::refused(request_hash(question), code);
            let refused = Message::AuthorizationValidationResponse(refused);
            world.answer_of_the_ea(refused, Some(&key))
        });
        assert_eq!(found, expected, "{code:?}");
    }
}

/// AA_AUTHVAL BO: a station whose EA does not answer in time is told so, and may ask again.
#[test]
fn aa_authval_bo_ea_unreachable() {
    let (mut world, credential) = enrolled();
    let (_, request, id) = question(&mut world, &credential);
    let aa = world.pki.authorization_authority();
    let late = aa.poll_timeout().unwrap();
    assert!(NOW < late && late <= later(60 * SECOND));
    let answers = aa.handle_timeout(late, &mut world.rng).unwrap();
    let [(answered, answer)] = &answers[..] else { panic!("one answer") };
    assert_eq!(*answered, id);
    assert_eq!(request.authorization(answer).response_code, Code::AaEaCantReachEa);
    let answer = world.authorize(&request.octets);
    assert_eq!(request.authorization(&answer).response_code, Code::Ok);
}
