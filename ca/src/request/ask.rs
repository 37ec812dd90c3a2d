//! The authority's side.

use super::{fingerprint, role_of};
use crate::{
    asn1::{CertificateId, SequenceOfPsidGroupPermissions, SequenceOfPsidSsp, encode},
    error::CaError,
    ledger::Hash,
    profile::{Key, Template},
};
use v2x_codec::{
    time::{Time64, ValidityPeriod},
    ts102941::{
        CaCertificateRequest, CertificateSubjectAttributes, EtsiTs102941Data, EtsiTs102941DataContent,
        PublicKeys,
    },
};
use v2x_crypto::{PublicKey, Signer};
use v2x_security::{
    certificate::{Certificate, Issuer as IssuedBy},
    point,
    refusal::Refusal,
    request::{self, Right, SignedBy},
    sign::SignedPayload,
    trust::TrustStore,
};

/// A request as its authority keeps it: the message, and what the answer must say.
pub struct Asked {
    message: Vec<u8>,
    key: PublicKey,
    encryption_key: PublicKey,
}

impl Asked {
    /// What an authority asks for when it changes its keys: all that its current certificate says, with other keys
    /// and dates.
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the certificate is neither an EA's nor an AA's.
    pub fn next(
        current: &Certificate,
        key: PublicKey,
        encryption_key: PublicKey,
        validity: ValidityPeriod,
    ) -> Result<Template, CaError> {
        let permissions = current.decoded().to_be_signed.app_permissions.as_ref();
        let other = CaError::Misuse("the current certificate is neither an EA's nor an AA's");
        let role = permissions.and_then(|list| role_of(&list.0)).ok_or(other)?;
        Ok(Template::like(role, current, key, Some(encryption_key), validity))
    }

    /// The initial request for what `template` says, signed with the new key (`CaCertificateRequestMessage`).
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the template is neither an EA's nor an AA's, has no encryption key, or another key than the
    /// signer's; [`CaError::Crypto`], [`CaError::Codec`], [`CaError::Refused`] when it cannot be encoded or signed.
    pub fn initial(template: &Template, signer: &dyn Signer, now: Time64) -> Result<Self, CaError> {
        let key = *signer.public_key();
        if role_of(&template.app_permissions) != Some(template.role) {
            return Err(CaError::Misuse("the template is neither an EA's nor an AA's"));
        }
        if template.key != Key::Verification(key) {
            return Err(CaError::Misuse("the template's key is not the signer's"));
        }
        let missing = CaError::Misuse("the template has no encryption key");
        let encryption_key = template.encryption_key.ok_or(missing)?;
        let octets = encode(&EtsiTs102941Data::new(content(template, &key, &encryption_key)?))?;
        let message = request::sign(SignedPayload::Data(&octets), SignedBy::Itself, signer, now);
        Ok(Self { message: message.map_err(refused)?, key, encryption_key })
    }

    /// The same request, signed with the current key as well (`CaCertificateRekeyingMessage`).
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the key is not the current certificate's, which is not valid now, or may not sign such
    /// requests; [`CaError::Refused`] when the key fails.
    pub fn rekeying(self, current: &Certificate, signer: &dyn Signer, now: Time64) -> Result<Self, CaError> {
        if current.verification_key() != Some(signer.public_key()) {
            return Err(CaError::Misuse("the key is not the current certificate's"));
        }
        if !current.validity().contains(now) {
            return Err(CaError::Misuse("the current certificate is not valid now: apply anew"));
        }
        if !Right::CaCertificateRequest.is_in(current) {
            return Err(CaError::Misuse("the current certificate may not sign CA certificate requests"));
        }
        let by = SignedBy::Certificate(current);
        let message = request::sign(SignedPayload::Data(&self.message), by, signer, now);
        Ok(Self { message: message.map_err(refused)?, ..self })
    }

    /// The message, which is transferred outside the network.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// What the application form says of the message.
    #[must_use]
    pub fn fingerprint(&self) -> Hash {
        fingerprint(&self.message)
    }

    /// Checks the root's answer: a certificate for these keys, issued by `root`, in a chain that `trust` believes.
    ///
    /// # Errors
    /// [`CaError::Refused`] with what the certificate lacks.
    pub fn accept(
        &self,
        certificate: &Certificate,
        root: &Certificate,
        trust: &mut TrustStore,
    ) -> Result<(), CaError> {
        let other = || refused(Refusal::KeyNotOfCertificate(certificate.hashed_id8()));
        let keys = (certificate.verification_key(), certificate.encryption_key());
        if keys != (Some(&self.key), Some(&self.encryption_key)) {
            return Err(other());
        }
        match certificate.issuer() {
            IssuedBy::Digest { id, .. } if id == root.hashed_id8() => {}
            IssuedBy::Digest { .. } | IssuedBy::SelfSigned => {
                return Err(CaError::Misuse("the certificate is another root's"));
            }
        }
        trust.chain(certificate).map(|_| ()).map_err(refused)
    }
}

/// `caCertificateRequest` for what a template says.
fn content(
    template: &Template,
    key: &PublicKey,
    encryption_key: &PublicKey,
) -> Result<EtsiTs102941DataContent, CaError> {
    let keys = PublicKeys {
        verification_key: point::to_verification_key(key)?,
        encryption_key: Some(point::to_encryption_key(encryption_key)?),
    };
    let tbs = template.to_be_signed()?;
    let mut attributes = CertificateSubjectAttributes::default();
    attributes.id = Some(tbs.id).filter(|id| *id != CertificateId::None(()));
    attributes.validity_period = Some(tbs.validity_period);
    attributes.region = tbs.region;
    attributes.assurance_level = tbs.assurance_level;
    attributes.app_permissions = Some(SequenceOfPsidSsp(template.app_permissions.clone()));
    attributes.cert_issue_permissions =
        Some(SequenceOfPsidGroupPermissions(template.issue_permissions.clone()));
    Ok(EtsiTs102941DataContent::CaCertificateRequest(CaCertificateRequest::new(keys, attributes)))
}

fn refused(refusal: Refusal) -> CaError {
    CaError::Refused(Box::new(refusal))
}
