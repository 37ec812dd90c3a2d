//! An EA's answers to authorization validation requests.

use super::{
    Envelope, Request, STATION, World, an_hour_ago, assert_all, content, now, signed, signer, unexpected,
};
use enrollment_ea::registry::{CanonicalId, Status};
use enrollment_protocol::signed::{SignedBy, sign};
use simulator::pki::TicketWish;
use v2x_ca::services::permission;
use v2x_codec::{
    ieee1609dot2::{HashedId8, Ieee1609Dot2Data, SequenceOfPsidSsp, decode, encode},
    time::Time64,
    ts102941::{
        AuthorizationValidationRequest, AuthorizationValidationResponseCode as Code,
        CertificateSubjectAttributes, EcSignature, EtsiTs102941DataContent, SharedAtRequest,
    },
};
use v2x_crypto::Signer;
use v2x_security::{certificate::Certificate, sign::SignedPayload};

/// An authorization validation request, any part of which may be spoilt.
struct Ask {
    shared: SharedAtRequest,
    /// What the credential signs instead of the shared request.
    signs: Option<SharedAtRequest>,
    credential: Certificate,
    credential_key: Box<dyn Signer>,
    aa: Certificate,
    aa_key: Box<dyn Signer>,
    is_another_message: bool,
    made: Time64,
    envelope: Envelope,
}

impl Ask {
    fn good(world: &World) -> Self {
        let aa = &world.pki.lab().authorization_authority;
        Self {
            shared: shared(world, 1),
            signs: None,
            credential: world.credential.certificate.clone(),
            credential_key: signer(&world.credential.key),
            aa: aa.certificate.clone(),
            aa_key: signer(&aa.signing),
            is_another_message: false,
            made: now(),
            envelope: Envelope::Fine,
        }
    }

    fn ec_signature(&self) -> Ieee1609Dot2Data {
        let shared = encode(self.signs.as_ref().unwrap_or(&self.shared)).unwrap();
        let by = SignedBy::Certificate(&self.credential);
        let signed = sign(SignedPayload::External(&shared), by, &*self.credential_key, self.made);
        decode(&signed.unwrap()).unwrap()
    }

    fn send(&self, world: &mut World) -> Request {
        let signature = EcSignature::EcSignature(self.ec_signature());
        let request = AuthorizationValidationRequest::new(self.shared.clone(), signature);
        let content = if self.is_another_message {
            unexpected()
        } else {
            EtsiTs102941DataContent::AuthorizationValidationRequest(request)
        };
        let outer = signed(content, SignedBy::Certificate(&self.aa), &*self.aa_key, self.made);
        let authorities = world.pki.authorities();
        self.envelope.seal(&outer, authorities.ea, authorities.aa, &mut world.rng)
    }
}

/// What the EA sees of a request for an ordinary ticket; `tag` tells requests apart.
fn shared(world: &World, tag: u8) -> SharedAtRequest {
    let permissions = SequenceOfPsidSsp(TicketWish::ordinary().permissions);
    let attributes = CertificateSubjectAttributes::signing(permissions);
    SharedAtRequest::new(*world.ea().hashed_id8().as_bytes(), [tag; 16], attributes)
}

fn validate(world: &mut World, ask: &Ask) -> Code {
    let Request { octets, key } = ask.send(world);
    let answer = world.pki.enrolment_authority().validate(now(), &octets, &mut world.rng).unwrap();
    let EtsiTs102941DataContent::AuthorizationValidationResponse(response) = content(&answer, &key) else {
        panic!("another message");
    };
    assert_eq!(response.request_hash[..], enrollment_protocol::request_hash(&octets)[..]);
    response.response_code
}

type Spoil = fn(&mut World, &mut Ask);

const CASES: [(Code, &str, Spoil); 20] = [
    (Code::Ok, "nothing is wrong", |_, _| {}),
    (Code::CantParse, "no message", |_, ask| ask.envelope = Envelope::Noise),
    (Code::CantParse, "no message inside", |_, ask| ask.envelope = Envelope::Nonsense),
    (Code::BadContentType, "another message", |_, ask| ask.is_another_message = true),
    (Code::ImNotTheRecipient, "to the AA", |_, ask| ask.envelope = Envelope::ToAnother),
    (Code::UnknownEncryptionAlgorithm, "SM4", |_, ask| ask.envelope = Envelope::UnknownAlgorithm),
    (Code::DecryptionFailed, "a bit turned over", |_, ask| ask.envelope = Envelope::Tampered),
    (Code::InvalidAa, "an AA of another root", |world, ask| {
        let aa = &world.elsewhere.lab().authorization_authority;
        (ask.aa, ask.aa_key) = (aa.certificate.clone(), signer(&aa.signing));
    }),
    (Code::InvalidAa, "an EA that asks", |world, ask| {
        let ea = &world.pki.lab().enrolment_authority;
        (ask.aa, ask.aa_key) = (ea.certificate.clone(), signer(&ea.signing));
    }),
    (Code::InvalidAa, "a revoked AA", |world, _| {
        let aa = world.aa().hashed_id8();
        world.pki.enrolment_authority().trust().revoke(aa).unwrap();
    }),
    (Code::InvalidAaSignature, "in the AA's name", |world, ask| ask.aa_key = world.signer()),
    (Code::WrongEa, "for another EA", |_, ask| ask.shared.ea_id = HashedId8([7; 8].into())),
    (Code::UnknownIts, "a credential of another EA", |world, ask| {
        ask.credential = world.stranger.certificate.clone();
        ask.credential_key = signer(&world.stranger.key);
    }),
    (Code::InvalidSignature, "in the credential's name", |world, ask| ask.credential_key = world.signer()),
    (Code::InvalidSignature, "over another request", |world, ask| ask.signs = Some(shared(world, 9))),
    (Code::DeniedPermissions, "a service that it is not registered for", |_, ask| {
        let unknown = SequenceOfPsidSsp(vec![permission(9999, &[1])]);
        ask.shared.requested_subject_attributes = CertificateSubjectAttributes::signing(unknown);
    }),
    (Code::DeniedTooManyCerts, "one ticket more than its quota", |world, ask| {
        for tag in 2..4 {
            let before = Ask { shared: shared(world, tag), ..Ask::good(world) };
            assert_eq!(validate(world, &before), Code::Ok);
        }
        ask.shared = shared(world, 4);
    }),
    (Code::DeniedRequest, "a blocked station", |world, _| set_status(world, Status::Blocked)),
    (Code::DeniedRequest, "a station not active", |world, _| set_status(world, Status::Inactive)),
    (Code::DeniedRequest, "an old request", |_, ask| ask.made = an_hour_ago()),
];

const NEVER: [(Code, &str); 1] =
    [(Code::InvalidEncryptionKey, "the EA sees no key of the ticket: it has the key tag alone")];

fn set_status(world: &mut World, status: Status) {
    let id = CanonicalId::new(STATION).unwrap();
    world.pki.enrolment_authority().registry().set_status(now(), &id, status).unwrap();
}

#[test]
fn each_authorization_validation_response_code_has_a_request_that_deserves_it() {
    for (code, what, spoil) in CASES {
        let mut world = World::new();
        let mut ask = Ask::good(&world);
        spoil(&mut world, &mut ask);
        assert_eq!(validate(&mut world, &ask), code, "{what}");
    }
    assert_all(&CASES.map(|(code, ..)| code), &NEVER);
}
