//! Requests made by hand, any part of which a test may spoil before the next layer is put around it.

use enrollment_protocol::key_tag::key_tag;
use enrollment_protocol::message::to_octets;
use enrollment_protocol::request_hash;
use enrollment_protocol::sealed::seal;
use enrollment_protocol::signed::{SignedBy, sign};
use enrollment_station::enrolment::credential_attributes;
use simulator::pki::Held;
use v2x_ca::lab::Member;
use v2x_codec::ieee1609dot2::{
    BasePublicEncryptionKey, EccP256CurvePoint, PublicEncryptionKey, PublicVerificationKey, SymmAlgorithm,
    decode, encode,
};
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{
    AuthorizationResponseCode, AuthorizationValidationRequest, AuthorizationValidationResponse, EcSignature,
    EnrolmentResponseCode, EtsiTs102941DataContent as Message, InnerAtRequest, InnerAtResponse,
    InnerEcRequest, InnerEcResponse, PublicKeys, SharedAtRequest,
};
use v2x_crypto::{AesKey, PublicKey, RustCrypto, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::point;
use v2x_security::sign::SignedPayload;

use super::layers::{answer_opened, message};
use super::{NOW, STATION, World, cam, signer};

/// A request as it is sent, and the key that its answer comes under.
pub(crate) struct Sent {
    pub(crate) octets: Vec<u8>,
    pub(crate) key: AesKey,
}

impl Sent {
    /// What an answer says; it is encrypted, and about this request.
    fn said(&self, answer: &[u8]) -> Message {
        message(&answer_opened(answer, &self.key))
    }

    pub(crate) fn enrolment(&self, answer: &[u8]) -> InnerEcResponse {
        let Message::EnrolmentResponse(said) = self.said(answer) else { panic!("no enrolmentResponse") };
        assert_eq!(said.request_hash[..], request_hash(&self.octets)[..]);
        said
    }

    pub(crate) fn authorization(&self, answer: &[u8]) -> InnerAtResponse {
        let Message::AuthorizationResponse(said) = self.said(answer) else { panic!("another message") };
        assert_eq!(said.request_hash[..], request_hash(&self.octets)[..]);
        said
    }

    pub(crate) fn validation(&self, answer: &[u8]) -> AuthorizationValidationResponse {
        let Message::AuthorizationValidationResponse(said) = self.said(answer) else {
            panic!("another message")
        };
        assert_eq!(said.request_hash[..], request_hash(&self.octets)[..]);
        said
    }
}

/// A message that no authority expects.
pub(crate) fn unexpected() -> Message {
    Message::EnrolmentResponse(InnerEcResponse::refused([0; 16], EnrolmentResponseCode::CantParse))
}

/// Encrypts to the certificate of an authority.
pub(crate) fn sent(world: &mut World, plaintext: &[u8], to: &Certificate) -> Sent {
    let (sealed, key) = seal(plaintext, to, &RustCrypto, &mut world.rng).unwrap();
    Sent { octets: encode(&sealed).unwrap(), key }
}

pub(crate) fn keys(key: &PublicKey) -> PublicKeys {
    PublicKeys { verification_key: point::to_verification_key(key).unwrap(), encryption_key: None }
}

/// An x-coordinate above the field's order.
fn no_point() -> EccP256CurvePoint {
    EccP256CurvePoint::CompressedY0([0xff; 32].into())
}

pub(crate) fn no_verification_key() -> PublicVerificationKey {
    PublicVerificationKey::EcdsaNistP256(no_point())
}

pub(crate) fn no_encryption_key() -> PublicEncryptionKey {
    let public_key = BasePublicEncryptionKey::EciesNistP256(no_point());
    PublicEncryptionKey { supported_symm_alg: SymmAlgorithm::Aes128Ccm, public_key }
}

/// The octets with one bit of the last turned over: that of a signature, or of a ciphertext's tag.
pub(crate) fn bent(mut octets: Vec<u8>) -> Vec<u8> {
    *octets.last_mut().unwrap() ^= 1;
    octets
}

/// Who signs the outer layer of an enrolment request.
pub(crate) enum Outer {
    /// Whoever has this key.
    Itself(Box<dyn Signer>),
    /// The holder of this certificate, or who claims to be.
    Holder(Certificate, Box<dyn Signer>),
}

/// An enrolment request.
pub(crate) struct EnrolmentAsk {
    pub(crate) inner: InnerEcRequest,
    pub(crate) proof: Box<dyn Signer>,
    pub(crate) outer: Outer,
    /// Instead of the message.
    pub(crate) message: Option<Message>,
    pub(crate) made: Time64,
    /// The certificate that it is encrypted to.
    pub(crate) to: Certificate,
}

impl EnrolmentAsk {
    /// The first request of the station.
    pub(crate) fn initial(world: &mut World) -> Self {
        let outer = Outer::Itself(signer(&world.canonical));
        Self::with(world, STATION.to_vec(), outer)
    }

    /// The request of the holder of a credential.
    pub(crate) fn renewal(world: &mut World, current: &Held) -> Self {
        let id = current.certificate.hashed_id8().as_bytes().to_vec();
        let outer = Outer::Holder(current.certificate.clone(), signer(&current.key));
        Self::with(world, id, outer)
    }

    fn with(world: &mut World, its_id: Vec<u8>, outer: Outer) -> Self {
        let proof = signer(&world.key());
        let inner = InnerEcRequest::new(its_id, keys(proof.public_key()), credential_attributes());
        let to = world.ea().certificate.clone();
        Self { inner, proof, outer, message: None, made: NOW, to }
    }

    /// The signed layers.
    pub(crate) fn signed(&self) -> Vec<u8> {
        let inner = encode(&self.inner).unwrap();
        let proof = sign(SignedPayload::Data(&inner), SignedBy::Itself, &*self.proof, self.made).unwrap();
        let message = self.message.clone();
        let message = message.unwrap_or_else(|| Message::EnrolmentRequest(decode(&proof).unwrap()));
        let message = to_octets(message).unwrap();
        let (by, key) = match &self.outer {
            Outer::Itself(key) => (SignedBy::Itself, key),
            Outer::Holder(certificate, key) => (SignedBy::Certificate(certificate), key),
        };
        sign(SignedPayload::Data(&message), by, &**key, self.made).unwrap()
    }

    pub(crate) fn send(&self, world: &mut World) -> Sent {
        sent(world, &self.signed(), &self.to)
    }

    /// What the EA answers.
    pub(crate) fn answered(&self, world: &mut World) -> InnerEcResponse {
        let sent = self.send(world);
        let answer = world.enrol(&sent.octets);
        sent.enrolment(&answer)
    }
}

/// An authorization request.
pub(crate) struct AuthorizationAsk {
    pub(crate) keys: PublicKeys,
    pub(crate) hmac_key: [u8; 32],
    pub(crate) shared: SharedAtRequest,
    /// The credential whose signature the EA looks at, and who signs with it.
    pub(crate) credential: Certificate,
    pub(crate) credential_key: Box<dyn Signer>,
    pub(crate) proof: Box<dyn Signer>,
    /// Instead of the message.
    pub(crate) message: Option<Message>,
    pub(crate) made: Time64,
    pub(crate) to: Certificate,
}

impl AuthorizationAsk {
    pub(crate) fn good(world: &mut World, credential: &Held) -> Self {
        let (proof, hmac_key) = (signer(&world.key()), [7; 32]);
        let keys = keys(proof.public_key());
        let tag = key_tag(&hmac_key, &keys).unwrap();
        let shared = SharedAtRequest::new(*world.ea().certificate.hashed_id8().as_bytes(), tag, cam());
        Self {
            keys,
            hmac_key,
            shared,
            credential: credential.certificate.clone(),
            credential_key: signer(&credential.key),
            proof,
            message: None,
            made: NOW,
            to: world.aa().certificate.clone(),
        }
    }

    /// Makes the tag that goes with the keys as they are now.
    pub(crate) fn tag_again(&mut self) {
        self.shared.key_tag = key_tag(&self.hmac_key, &self.keys).unwrap().into();
    }

    /// The message with its signature of possession.
    pub(crate) fn signed(&self) -> Vec<u8> {
        let shared = encode(&self.shared).unwrap();
        let signature = ec_signature(&shared, &self.credential, &*self.credential_key, NOW);
        let signature = EcSignature::EcSignature(decode(&signature).unwrap());
        let request = InnerAtRequest::new(self.keys.clone(), self.hmac_key, self.shared.clone(), signature);
        let message = self.message.clone().unwrap_or(Message::AuthorizationRequest(request));
        let message = to_octets(message).unwrap();
        sign(SignedPayload::Data(&message), SignedBy::Itself, &*self.proof, self.made).unwrap()
    }

    pub(crate) fn send(&self, world: &mut World) -> Sent {
        sent(world, &self.signed(), &self.to)
    }

    /// What the AA answers in the end.
    pub(crate) fn answered(&self, world: &mut World) -> AuthorizationResponseCode {
        let sent = self.send(world);
        let answer = world.authorize(&sent.octets);
        sent.authorization(&answer).response_code
    }

    /// What the AA answers by itself, without a question to the EA.
    pub(crate) fn refused(&self, world: &mut World) -> AuthorizationResponseCode {
        let sent = self.send(world);
        let step = world.pki.authorization_authority().request(NOW, &sent.octets, &mut world.rng).unwrap();
        let enrollment_aa::Step::Answer(answer) = step else { panic!("the EA was asked") };
        sent.authorization(&answer).response_code
    }
}

/// A credential's signature over the part of a request that the EA sees.
pub(crate) fn ec_signature(
    shared: &[u8],
    credential: &Certificate,
    key: &dyn Signer,
    made: Time64,
) -> Vec<u8> {
    sign(SignedPayload::External(shared), SignedBy::Certificate(credential), key, made).unwrap()
}

/// An authorization validation request.
pub(crate) struct ValidationAsk {
    pub(crate) shared: SharedAtRequest,
    /// What the credential signs.
    pub(crate) signs: SharedAtRequest,
    pub(crate) credential: Certificate,
    pub(crate) credential_key: Box<dyn Signer>,
    /// Whom the credential's signature is encrypted to, if to anybody.
    pub(crate) hidden_from_all_but: Option<Certificate>,
    pub(crate) aa: Certificate,
    pub(crate) aa_key: Box<dyn Signer>,
    pub(crate) message: Option<Message>,
    /// When the AA signs.
    pub(crate) made: Time64,
    /// When the credential signed.
    pub(crate) asked: Time64,
    pub(crate) to: Certificate,
}

impl ValidationAsk {
    /// A request for a ticket for CAM; `tag` tells requests apart.
    pub(crate) fn good(world: &World, credential: &Held, tag: u8) -> Self {
        let (ea, aa) = (world.ea().certificate.clone(), world.aa());
        let shared = SharedAtRequest::new(*ea.hashed_id8().as_bytes(), [tag; 16], cam());
        Self {
            signs: shared.clone(),
            shared,
            credential: credential.certificate.clone(),
            credential_key: signer(&credential.key),
            hidden_from_all_but: Some(ea.clone()),
            aa: aa.certificate.clone(),
            aa_key: signer(&aa.signing),
            message: None,
            made: NOW,
            asked: NOW,
            to: ea,
        }
    }

    /// Asks for something else, and has the credential sign that.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut SharedAtRequest)) {
        change(&mut self.shared);
        self.signs = self.shared.clone();
    }

    fn ec_signature(&self, world: &mut World) -> EcSignature {
        let shared = encode(&self.signs).unwrap();
        let signature = ec_signature(&shared, &self.credential, &*self.credential_key, self.asked);
        match &self.hidden_from_all_but {
            None => EcSignature::EcSignature(decode(&signature).unwrap()),
            Some(to) => EcSignature::EncryptedEcSignature(
                seal(&signature, to, &RustCrypto, &mut world.rng).unwrap().0,
            ),
        }
    }

    pub(crate) fn send(&self, world: &mut World) -> Sent {
        let request = AuthorizationValidationRequest::new(self.shared.clone(), self.ec_signature(world));
        let message = self.message.clone();
        let message = message.unwrap_or(Message::AuthorizationValidationRequest(request));
        let message = to_octets(message).unwrap();
        let by = SignedBy::Certificate(&self.aa);
        let signed = sign(SignedPayload::Data(&message), by, &*self.aa_key, self.made).unwrap();
        sent(world, &signed, &self.to)
    }

    /// What the EA answers.
    pub(crate) fn answered(&self, world: &mut World) -> AuthorizationValidationResponse {
        let sent = self.send(world);
        let answer = world.validate(&sent.octets);
        sent.validation(&answer)
    }
}

/// An AA that may be asked and asks in turn, and the key that it signs with.
pub(crate) fn asks_as(ask: &mut ValidationAsk, authority: &Member) {
    ask.aa = authority.certificate.clone();
    ask.aa_key = signer(&authority.signing);
}
