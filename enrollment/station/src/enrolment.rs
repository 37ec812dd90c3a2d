//! Enrolment: from the canonical key to the first credential, and from a credential to the next (TS 102 941 clauses
//! 6.2.3.2.1 and 6.2.3.2.2).

use crate::{
    Credential, StationError,
    common::{Answer, Sent},
};
use enrollment_protocol::{
    Fault, message,
    sealed::seal,
    signed::{self, SignedBy},
};
use v2x_codec::{
    ieee1609dot2::{
        BitmapSsp, OctetString, Psid, PsidSsp, SequenceOfPsidSsp, ServiceSpecificPermissions, decode, encode,
    },
    time::Time64,
    ts102941::{
        CertificateSubjectAttributes, EnrolmentResponseCode, EtsiTs102941DataContent, InnerEcRequest,
        InnerEcResponse, PublicKeys,
    },
};
use v2x_crypto::{CryptoRng, PublicKey, Signer};
use v2x_security::{certificate::Certificate, permission, point, sign::SignedPayload, trust::TrustStore};

/// As whom the station asks.
#[derive(Clone, Copy)]
pub enum Identity<'a> {
    /// For the first credential: the canonical identifier and key that the EA has on register.
    Canonical {
        /// The canonical identifier.
        id: &'a [u8],
        /// The canonical key, wherever it lives.
        signer: &'a dyn Signer,
    },
    /// For the next credential: the current one.
    Credential(Credential<'a>),
}

/// An enrolment under way.
pub struct Enrolment {
    sent: Sent,
    key: PublicKey,
}

impl Enrolment {
    /// Asks `ea` for a credential for the key of `new_key`, which is fresh for each request.
    ///
    /// # Errors
    /// [`StationError::Fault`] when the EA's certificate has no encryption key, or a key fails.
    pub fn new(
        identity: Identity<'_>,
        new_key: &dyn Signer,
        ea: &Certificate,
        trust: &mut TrustStore,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StationError> {
        Self::asking(identity, new_key, credential_attributes(), ea, trust, now, rng)
    }

    /// As [`new`](Self::new), for a credential with certain attributes.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn asking(
        identity: Identity<'_>,
        new_key: &dyn Signer,
        attributes: CertificateSubjectAttributes,
        ea: &Certificate,
        trust: &mut TrustStore,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, StationError> {
        let inner = inner_request(identity.its_id(), new_key.public_key(), attributes)?;
        let proof = signed::sign(SignedPayload::Data(&inner), SignedBy::Itself, new_key, now)?;
        let proof = decode(&proof).map_err(Fault::from)?;
        let content = message::to_octets(EtsiTs102941DataContent::EnrolmentRequest(proof))?;
        let (by, signer) = (identity.signed_by(), identity.signer());
        let outer = signed::sign(SignedPayload::Data(&content), by, signer, now)?;
        let (sealed, key) = seal(&outer, ea, trust.provider(), rng)?;
        let octets = encode(&sealed).map_err(Fault::from)?;
        Ok(Self { sent: Sent { octets, key, authority: ea.clone() }, key: *new_key.public_key() })
    }

    /// Goes on with a request that was sent before, for the key that it asked for.
    #[must_use]
    pub const fn resume(sent: Sent, key: PublicKey) -> Self {
        Self { sent, key }
    }

    /// What must be kept, and the new key with it, to go on with this request later.
    #[must_use]
    pub const fn sent(&self) -> &Sent {
        &self.sent
    }

    /// The request: the same octets for each retry.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.sent.octets
    }

    /// The credential in an answer.
    ///
    /// # Errors
    /// [`StationError::EnrolmentRefused`] with the EA's code; anything else is no answer to this request, and the real
    /// one may still come.
    pub fn answer(
        &self,
        octets: &[u8],
        trust: &mut TrustStore,
        now: Time64,
    ) -> Result<Certificate, StationError> {
        let Answer { content, was_encrypted } = self.sent.open(octets, trust, now)?;
        let EtsiTs102941DataContent::EnrolmentResponse(response) = content else {
            return Err(Fault::WrongContent("enrolmentResponse").into());
        };
        self.sent.check_hash(&response.request_hash[..])?;
        self.credential(&response, was_encrypted, trust)
    }

    fn credential(
        &self,
        response: &InnerEcResponse,
        was_encrypted: bool,
        trust: &mut TrustStore,
    ) -> Result<Certificate, StationError> {
        match (&response.certificate, response.response_code) {
            (Some(_), EnrolmentResponseCode::Ok) if !was_encrypted => Err(StationError::Unencrypted),
            (Some(certificate), EnrolmentResponseCode::Ok) => {
                self.sent.check_certificate(certificate, &self.key, trust)
            }
            (_, code) => Err(StationError::EnrolmentRefused(code)),
        }
    }
}

impl<'a> Identity<'a> {
    /// The canonical identifier, or the digest of the current credential.
    fn its_id(&self) -> Vec<u8> {
        match self {
            Self::Canonical { id, .. } => id.to_vec(),
            Self::Credential(credential) => credential.certificate.hashed_id8().as_bytes().to_vec(),
        }
    }

    const fn signed_by(&self) -> SignedBy<'a> {
        match self {
            Self::Canonical { .. } => SignedBy::Itself,
            Self::Credential(credential) => SignedBy::Certificate(credential.certificate),
        }
    }

    const fn signer(&self) -> &'a dyn Signer {
        match self {
            Self::Canonical { signer, .. } => *signer,
            Self::Credential(credential) => credential.signer,
        }
    }
}

fn inner_request(
    its_id: Vec<u8>,
    key: &PublicKey,
    attributes: CertificateSubjectAttributes,
) -> Result<Vec<u8>, Fault> {
    let keys = PublicKeys {
        verification_key: point::to_verification_key(key).map_err(Fault::from)?,
        encryption_key: None,
    };
    Ok(encode(&InnerEcRequest::new(its_id, keys, attributes))?)
}

/// The right to sign enrolment and authorization requests (TS 102 941 table B.5, bits 0 and 1), and nothing else.
#[must_use]
pub fn credential_attributes() -> CertificateSubjectAttributes {
    let ssp = ServiceSpecificPermissions::BitmapSsp(BitmapSsp(OctetString::from_static(&[1, 0xC0])));
    let requests = PsidSsp { psid: Psid(permission::Psid::CERTIFICATE_REQUEST.0.into()), ssp: Some(ssp) };
    CertificateSubjectAttributes::signing(SequenceOfPsidSsp(vec![requests]))
}
