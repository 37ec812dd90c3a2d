//! An AA's answers to authorization requests: for faults that it finds, and for those that the EA finds or makes.

use super::{
    ANSWER_ALGORITHM, Envelope, Request, World, an_hour_ago, assert_all, content, no_encryption_key,
    no_verification_key, now, signed, signer, unexpected,
};
use enrollment_aa::{QuestionId, Step};
use enrollment_protocol::{
    key_tag::key_tag,
    request_hash,
    sealed::seal_answer,
    signed::{SignedBy, sign},
};
use rasn::types::Enumerated as _;
use simulator::pki::TicketWish;
use v2x_ca::services::permission;
use v2x_codec::{
    ieee1609dot2::{SequenceOfPsidSsp, decode, encode},
    time::Time64,
    ts102941::{
        AuthorizationResponseCode as Code, AuthorizationValidationResponse,
        AuthorizationValidationResponseCode as EaCode, CertificateSubjectAttributes, EcSignature,
        EtsiTs102941DataContent, InnerAtRequest, PublicKeys, SharedAtRequest,
    },
};
use v2x_crypto::{AesKey, Signer};
use v2x_security::{point, sign::SignedPayload};

const HMAC_KEY: [u8; 32] = [7; 32];

/// An authorization request, any part of which may be spoilt.
struct Ask {
    keys: PublicKeys,
    /// The keys that the tag is made over, if they are not those.
    tagged: Option<PublicKeys>,
    ea: [u8; 8],
    attributes: CertificateSubjectAttributes,
    format: Option<u8>,
    proof: Box<dyn Signer>,
    credential_key: Box<dyn Signer>,
    is_another_message: bool,
    made: Time64,
    envelope: Envelope,
}

impl Ask {
    fn good(world: &mut World) -> Self {
        let proof = world.signer();
        let permissions = SequenceOfPsidSsp(TicketWish::ordinary().permissions);
        Self {
            keys: keys(&*proof),
            tagged: None,
            ea: *world.ea().hashed_id8().as_bytes(),
            attributes: CertificateSubjectAttributes::signing(permissions),
            format: None,
            proof,
            credential_key: signer(&world.credential.key),
            is_another_message: false,
            made: now(),
            envelope: Envelope::Fine,
        }
    }

    fn content(&self, world: &World) -> EtsiTs102941DataContent {
        if self.is_another_message {
            return unexpected();
        }
        let tag = key_tag(&HMAC_KEY, self.tagged.as_ref().unwrap_or(&self.keys)).unwrap();
        let mut shared = SharedAtRequest::new(self.ea, tag, self.attributes.clone());
        shared.certificate_format = self.format.unwrap_or(shared.certificate_format);
        let by = SignedBy::Certificate(&world.credential.certificate);
        let octets = encode(&shared).unwrap();
        let signature = sign(SignedPayload::External(&octets), by, &*self.credential_key, now()).unwrap();
        let signature = EcSignature::EcSignature(decode(&signature).unwrap());
        let request = InnerAtRequest::new(self.keys.clone(), HMAC_KEY, shared, signature);
        EtsiTs102941DataContent::AuthorizationRequest(request)
    }

    fn send(&self, world: &mut World) -> Request {
        let outer = signed(self.content(world), SignedBy::Itself, &*self.proof, self.made);
        let authorities = world.pki.authorities();
        self.envelope.seal(&outer, authorities.aa, authorities.ea, &mut world.rng)
    }
}

fn keys(key: &dyn Signer) -> PublicKeys {
    PublicKeys {
        verification_key: point::to_verification_key(key.public_key()).unwrap(),
        encryption_key: None,
    }
}

fn code(answer: &[u8], request: &Request) -> Code {
    let EtsiTs102941DataContent::AuthorizationResponse(response) = content(answer, &request.key) else {
        panic!("another message");
    };
    assert_eq!(response.request_hash[..], request_hash(&request.octets)[..]);
    response.response_code
}

type Spoil = fn(&mut World, &mut Ask);

const CASES: [(Code, &str, Spoil); 22] = [
    (Code::Ok, "nothing is wrong", |_, _| {}),
    (Code::ItsAaCantParse, "no message", |_, ask| ask.envelope = Envelope::Noise),
    (Code::ItsAaCantParse, "no message inside", |_, ask| ask.envelope = Envelope::Nonsense),
    (Code::ItsAaBadContentType, "another message", |_, ask| ask.is_another_message = true),
    (Code::ItsAaImNotTheRecipient, "to the EA", |_, ask| ask.envelope = Envelope::ToAnother),
    (Code::ItsAaUnknownEncryptionAlgorithm, "SM4", |_, ask| ask.envelope = Envelope::UnknownAlgorithm),
    (Code::ItsAaDecryptionFailed, "a bit turned over", |_, ask| ask.envelope = Envelope::Tampered),
    (Code::ItsAaKeysDontMatch, "a tag over other keys", |world, ask| {
        ask.tagged = Some(keys(&*world.signer()));
    }),
    (Code::ItsAaIncompleteRequest, "another certificate format", |_, ask| ask.format = Some(2)),
    (Code::ItsAaIncompleteRequest, "a key off its curve", |_, ask| {
        ask.keys.verification_key = no_verification_key();
    }),
    (Code::ItsAaInvalidEncryptionKey, "an encryption key off its curve", |_, ask| {
        ask.keys.encryption_key = Some(no_encryption_key());
    }),
    (Code::ItsAaOutOfSyncRequest, "an old request", |_, ask| ask.made = an_hour_ago()),
    (Code::ItsAaUnknownEa, "an unknown EA", |_, ask| ask.ea = [7; 8]),
    (Code::ItsAaInvalidEa, "a revoked EA", |world, _| {
        let ea = world.ea().hashed_id8();
        world.pki.authorization_authority().trust().revoke(ea).unwrap();
    }),
    (Code::ItsAaInvalidEa, "the root as EA", |world, ask| {
        ask.ea = *world.pki.lab().root.certificate.hashed_id8().as_bytes();
    }),
    (Code::ItsAaInvalidEa, "the AA as EA", |world, ask| ask.ea = *world.aa().hashed_id8().as_bytes()),
    (Code::ItsAaDeniedPermissions, "a service that the AA does not give", |_, ask| {
        let unknown = SequenceOfPsidSsp(vec![permission(9999, &[1])]);
        ask.attributes = CertificateSubjectAttributes::signing(unknown);
    }),
    (Code::InvalidSignature, "a proof of possession by another key", |world, ask| {
        ask.proof = world.signer();
    }),
    (Code::InvalidSignature, "in the credential's name", |world, ask| ask.credential_key = world.signer()),
    (Code::InvalidAa, "an AA that the EA does not accept", |world, _| {
        let aa = world.aa().hashed_id8();
        world.pki.enrolment_authority().trust().revoke(aa).unwrap();
    }),
    (Code::UnknownIts, "a credential that the EA does not know", |world, ask| {
        std::mem::swap(&mut world.credential, &mut world.stranger);
        ask.credential_key = signer(&world.credential.key);
    }),
    (Code::DeniedTooManyCerts, "one ticket more than its quota", |world, _| {
        for _ in 0..super::QUOTA {
            world.pki.ticket(&world.credential, &TicketWish::ordinary(), now(), &mut world.rng).unwrap();
        }
    }),
];

/// An EA's answer on its way, and what it is an answer to.
struct Answered<'a> {
    question: &'a [u8],
    answer: Vec<u8>,
}

type SpoilAnswer = fn(&mut World, Answered<'_>) -> Vec<u8>;

const ANSWERS: [(Code, &str, SpoilAnswer); 8] = [
    (Code::Ok, "nothing is wrong", |_, ea| ea.answer),
    (Code::EaAaCantParse, "no message", |_, _| b"noise".to_vec()),
    (Code::EaAaBadContentType, "another message", |world, _| by_the_ea(world, unexpected())),
    (Code::EaAaBadContentType, "an answer to another question", |world, _| {
        refusal(world, b"another", EaCode::DeniedRequest)
    }),
    (Code::EaAaImNotTheRecipient, "under another key", |world, _| {
        let key = AesKey::generate(&mut world.rng);
        encode(&seal_answer(b"secret", &key, &mut world.rng).unwrap()).unwrap()
    }),
    (Code::EaAaUnknownEncryptionAlgorithm, "SM4", |_, ea| {
        Envelope::UnknownAlgorithm.spoil(ea.answer, ANSWER_ALGORITHM)
    }),
    (Code::EaAaDecryptionFailed, "a bit turned over", |_, ea| {
        Envelope::Tampered.spoil(ea.answer, ANSWER_ALGORITHM)
    }),
    (Code::AaEaCantReachEa, "in the EA's name", |world, ea| {
        let key = world.signer();
        let refused = refused(ea.question, EaCode::DeniedRequest);
        signed(refused, SignedBy::Certificate(world.pki.authorities().ea), &*key, now())
    }),
];

fn refused(question: &[u8], code: EaCode) -> EtsiTs102941DataContent {
    let refused = AuthorizationValidationResponse::refused(request_hash(question), code);
    EtsiTs102941DataContent::AuthorizationValidationResponse(refused)
}

fn by_the_ea(world: &World, content: EtsiTs102941DataContent) -> Vec<u8> {
    let ea = &world.pki.lab().enrolment_authority;
    signed(content, SignedBy::Certificate(&ea.certificate), &*signer(&ea.signing), now())
}

/// A refusal as an EA sends it that could not read the question.
fn refusal(world: &World, question: &[u8], code: EaCode) -> Vec<u8> {
    by_the_ea(world, refused(question, code))
}

/// What the AA asks the EA for a good request.
fn question(world: &mut World) -> (Request, QuestionId, Vec<u8>) {
    let request = Ask::good(world).send(world);
    let step = world.pki.authorization_authority().request(now(), &request.octets, &mut world.rng);
    let Step::AskEa { question, request: asked, .. } = step.unwrap() else { panic!("the AA asks the EA") };
    (request, question, asked)
}

/// What the AA tells the station when the EA answers `answer`.
fn told(world: &mut World, request: &Request, question: QuestionId, answer: &[u8]) -> Code {
    let aa = world.pki.authorization_authority();
    let told = aa.ea_answered(now(), question, answer, &mut world.rng).unwrap().unwrap();
    code(&told, request)
}

/// What a station is told for each code of an EA. The codes about octets on the way from AA to EA have no counterpart
/// for it: the EA was not reached.
const fn passed_on(code: EaCode) -> Option<Code> {
    match code {
        EaCode::Ok => None,
        EaCode::CantParse
        | EaCode::BadContentType
        | EaCode::ImNotTheRecipient
        | EaCode::UnknownEncryptionAlgorithm
        | EaCode::DecryptionFailed => Some(Code::AaEaCantReachEa),
        EaCode::InvalidAa => Some(Code::InvalidAa),
        EaCode::InvalidAaSignature => Some(Code::InvalidAaSignature),
        EaCode::WrongEa => Some(Code::WrongEa),
        EaCode::UnknownIts => Some(Code::UnknownIts),
        EaCode::InvalidSignature => Some(Code::InvalidSignature),
        EaCode::InvalidEncryptionKey => Some(Code::InvalidEncryptionKey),
        EaCode::DeniedPermissions | EaCode::DeniedRequest => Some(Code::DeniedPermissions),
        EaCode::DeniedTooManyCerts => Some(Code::DeniedTooManyCerts),
    }
}

fn check_requests() {
    for (expected, what, spoil) in CASES {
        let mut world = World::new();
        let mut ask = Ask::good(&mut world);
        spoil(&mut world, &mut ask);
        let request = ask.send(&mut world);
        let answer = world.pki.authorize(&request.octets, now(), &mut world.rng).unwrap();
        assert_eq!(code(&answer, &request), expected, "{what}");
    }
}

fn check_answers() {
    for (expected, what, spoil) in ANSWERS {
        let mut world = World::new();
        let (request, id, question) = question(&mut world);
        let answer = world.pki.enrolment_authority().validate(now(), &question, &mut world.rng).unwrap();
        let answer = spoil(&mut world, Answered { question: &question, answer });
        assert_eq!(told(&mut world, &request, id, &answer), expected, "{what}");
    }
}

fn check_codes_of_the_ea() -> Vec<Code> {
    let mut reached = Vec::new();
    let mut world = World::new();
    for (code, expected) in EaCode::VARIANTS.iter().filter_map(|code| Some((*code, passed_on(*code)?))) {
        let (request, id, question) = question(&mut world);
        let answer = refusal(&world, &question, code);
        assert_eq!(told(&mut world, &request, id, &answer), expected, "{code:?}");
        reached.push(expected);
    }
    reached
}

#[test]
fn each_authorization_response_code_has_a_request_or_an_answer_of_the_ea_that_deserves_it() {
    check_requests();
    check_answers();
    let mut reached = check_codes_of_the_ea();
    reached.extend(CASES.map(|(code, ..)| code));
    reached.extend(ANSWERS.map(|(code, ..)| code));
    assert_all(&reached, &[]);
}

#[test]
fn an_answer_that_confirms_without_encryption_is_not_taken() {
    let mut world = World::new();
    let (request, id, question) = question(&mut world);
    let confirmed = AuthorizationValidationResponse::confirmed(
        request_hash(&question),
        CertificateSubjectAttributes::signing(SequenceOfPsidSsp(TicketWish::ordinary().permissions)),
    );
    let content = EtsiTs102941DataContent::AuthorizationValidationResponse(confirmed);
    let answer = by_the_ea(&world, content);
    assert_eq!(told(&mut world, &request, id, &answer), Code::EaAaBadContentType);
}
