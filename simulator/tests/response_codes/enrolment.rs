//! An EA's answers to enrolment requests.

use super::{
    Envelope, Request, STATION, World, an_hour_ago, assert_all, content, no_encryption_key,
    no_verification_key, now, signed, signer, unexpected,
};
use enrollment_ea::registry::{CanonicalId, Status};
use enrollment_protocol::signed::{SignedBy, sign};
use enrollment_station::enrolment::credential_attributes;
use v2x_ca::services::{CAM, permission};
use v2x_codec::{
    ieee1609dot2::{SequenceOfPsidSsp, decode, encode},
    time::Time64,
    ts102941::{
        CertificateSubjectAttributes, EnrolmentResponseCode as Code, EtsiTs102941DataContent, InnerEcRequest,
        PublicKeys,
    },
};
use v2x_crypto::Signer;
use v2x_security::{point, sign::SignedPayload};

/// An enrolment request, any part of which may be spoilt.
struct Ask {
    inner: InnerEcRequest,
    proof: Box<dyn Signer>,
    canonical: Box<dyn Signer>,
    is_another_message: bool,
    made: Time64,
    envelope: Envelope,
}

impl Ask {
    fn good(world: &mut World) -> Self {
        let proof = world.signer();
        let keys = PublicKeys {
            verification_key: point::to_verification_key(proof.public_key()).unwrap(),
            encryption_key: None,
        };
        Self {
            inner: InnerEcRequest::new(STATION.to_vec(), keys, credential_attributes()),
            proof,
            canonical: signer(&world.canonical),
            is_another_message: false,
            made: now(),
            envelope: Envelope::Fine,
        }
    }

    fn send(&self, world: &mut World) -> Request {
        let inner = encode(&self.inner).unwrap();
        let proof = sign(SignedPayload::Data(&inner), SignedBy::Itself, &*self.proof, self.made);
        let content = if self.is_another_message {
            unexpected()
        } else {
            EtsiTs102941DataContent::EnrolmentRequest(decode(&proof.unwrap()).unwrap())
        };
        let outer = signed(content, SignedBy::Itself, &*self.canonical, self.made);
        let authorities = world.pki.authorities();
        self.envelope.seal(&outer, authorities.ea, authorities.aa, &mut world.rng)
    }
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
    (Code::UnknownIts, "an unknown name", |_, ask| ask.inner.its_id = b"nobody".to_vec().into()),
    (Code::UnknownIts, "a name too long", |_, ask| ask.inner.its_id = vec![1; 65].into()),
    (Code::InvalidSignature, "another canonical key", |world, ask| ask.canonical = world.signer()),
    (Code::InvalidSignature, "another key in the proof", |world, ask| ask.proof = world.signer()),
    (Code::InvalidEncryptionKey, "an encryption key off its curve", |_, ask| {
        ask.inner.public_keys.encryption_key = Some(no_encryption_key());
    }),
    (Code::BadItsStatus, "a blocked station", |world, _| set_status(world, Status::Blocked)),
    (Code::BadItsStatus, "a station not yet active", |world, _| set_status(world, Status::Inactive)),
    (Code::IncompleteRequest, "another certificate format", |_, ask| ask.inner.certificate_format = 2),
    (Code::DeniedPermissions, "a credential for CAMs", |_, ask| {
        let cam = SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]);
        ask.inner.requested_subject_attributes = CertificateSubjectAttributes::signing(cam);
    }),
    (Code::InvalidKeys, "a key off its curve", |_, ask| {
        ask.inner.public_keys.verification_key = no_verification_key();
    }),
    (Code::InvalidKeys, "the canonical key again", |_, ask| {
        let canonical = point::to_verification_key(ask.canonical.public_key());
        ask.inner.public_keys.verification_key = canonical.unwrap();
    }),
    (Code::DeniedRequest, "an old request", |_, ask| ask.made = an_hour_ago()),
    (Code::DeniedRequest, "a request from the future", |_, ask| {
        ask.made = now().saturating_add_micros(3_600_000_000);
    }),
];

fn set_status(world: &mut World, status: Status) {
    let id = CanonicalId::new(STATION).unwrap();
    world.pki.enrolment_authority().registry().set_status(now(), &id, status).unwrap();
}

#[test]
fn each_enrolment_response_code_has_a_request_that_deserves_it() {
    for (code, what, spoil) in CASES {
        let mut world = World::new();
        let mut ask = Ask::good(&mut world);
        spoil(&mut world, &mut ask);
        let Request { octets, key } = ask.send(&mut world);
        let answer = world.pki.enrolment_authority().enrol(now(), &octets, &mut world.rng).unwrap();
        let EtsiTs102941DataContent::EnrolmentResponse(response) = content(&answer, &key) else {
            panic!("{what}: another message");
        };
        assert_eq!(response.response_code, code, "{what}");
        assert_eq!(response.request_hash[..], enrollment_protocol::request_hash(&octets)[..], "{what}");
    }
    assert_all(&CASES.map(|(code, ..)| code), &[]);
}
