//! What both exchanges do alike.

use crate::StationError;
use enrollment_protocol::{
    Fault,
    limits::is_fresh,
    message,
    sealed::open_answer,
    signed::{Claim, Received},
};
use v2x_codec::{
    ieee1609dot2::encode,
    time::Time64,
    ts102941::EtsiTs102941DataContent,
    view::{Content, Data},
};
use v2x_crypto::{AesKey, PublicKey, Signer};
use v2x_security::{
    certificate::{Certificate, Issuer},
    trust::TrustStore,
};

/// An enrolment credential and the key that goes with it.
#[derive(Clone, Copy)]
pub struct Credential<'a> {
    /// The credential.
    pub certificate: &'a Certificate,
    /// Its key, wherever that lives.
    pub signer: &'a dyn Signer,
}

/// A request on its way, and what its answer is opened and judged with.
pub struct Sent {
    pub(crate) octets: Vec<u8>,
    pub(crate) key: AesKey,
    pub(crate) authority: Certificate,
}

/// An answer that the authority signed.
pub(crate) struct Answer {
    pub(crate) content: EtsiTs102941DataContent,
    pub(crate) was_encrypted: bool,
}

impl Sent {
    /// Puts together what was kept of a request: its octets, the key that opens its answer, and who was asked.
    #[must_use]
    pub const fn new(octets: Vec<u8>, answer_key: AesKey, authority: Certificate) -> Self {
        Self { octets, key: answer_key, authority }
    }

    /// The octets of the request.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.octets
    }

    /// The key that opens the answer: kept only as the station's private keys are.
    #[must_use]
    pub const fn answer_key(&self) -> &AesKey {
        &self.key
    }

    /// Who was asked.
    #[must_use]
    pub const fn authority(&self) -> &Certificate {
        &self.authority
    }

    /// Opens an answer and checks who signed it.
    pub(crate) fn open(
        &self,
        octets: &[u8],
        trust: &mut TrustStore,
        now: Time64,
    ) -> Result<Answer, StationError> {
        let was_encrypted =
            matches!(Data::parse(octets).map_err(Fault::from)?.content, Content::Encrypted(_));
        let content = if was_encrypted {
            self.signed_content(&open_answer(octets, &self.key)?, trust, now)?
        } else {
            self.signed_content(octets, trust, now)?
        };
        Ok(Answer { content, was_encrypted })
    }

    fn signed_content(
        &self,
        octets: &[u8],
        trust: &mut TrustStore,
        now: Time64,
    ) -> Result<EtsiTs102941DataContent, StationError> {
        let received = Received::parse(octets)?;
        if received.claim()? != Claim::Digest(self.authority.hashed_id8()) {
            return Err(StationError::OtherAuthority);
        }
        let chain =
            trust.chain(&self.authority).map_err(|refusal| StationError::Untrusted(Box::new(refusal)))?;
        received.verify_by(&chain)?;
        if !is_fresh(received.made(), now) {
            return Err(Fault::OutOfSync.into());
        }
        Ok(message::from_octets(received.payload()?)?)
    }

    /// Checks that an answer names this request.
    pub(crate) fn check_hash(&self, found: &[u8]) -> Result<(), StationError> {
        if found == enrollment_protocol::request_hash(&self.octets) {
            Ok(())
        } else {
            Err(StationError::OtherRequest)
        }
    }

    /// Parses a certificate from an answer, and checks its key, its issuer and its chain.
    pub(crate) fn check_certificate(
        &self,
        certificate: &v2x_codec::ieee1609dot2::Certificate,
        key: &PublicKey,
        trust: &mut TrustStore,
    ) -> Result<Certificate, StationError> {
        let untrusted = |refusal| StationError::Untrusted(Box::new(refusal));
        let certificate =
            Certificate::parse(&encode(certificate).map_err(Fault::from)?).map_err(untrusted)?;
        if certificate.verification_key() != Some(key) {
            return Err(StationError::OtherCertificate("another verification key"));
        }
        match certificate.issuer() {
            Issuer::Digest { id, .. } if id == self.authority.hashed_id8() => {}
            Issuer::Digest { .. } | Issuer::SelfSigned => {
                return Err(StationError::OtherCertificate("another issuer"));
            }
        }
        trust.chain(&certificate).map_err(untrusted)?;
        Ok(certificate)
    }
}
