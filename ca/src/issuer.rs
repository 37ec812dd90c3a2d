//! An authority that issues: its certificate, its key, and the way from a template to a certificate.

use crate::{
    asn1::{self, CertificateType, ToBeSignedCertificate},
    error::CaError,
    ledger::{Ledger, RequestDigest, Standing},
    lint::{self, Candidate, Issuing},
    permit::{Linted, Permit, Unreleased},
    policy::Policy,
    profile::Template,
    role::Role,
};
use v2x_codec::time::Time32;
use v2x_crypto::Signer;
use v2x_security::{
    certificate::Certificate,
    implicit,
    sign::{CertificateIssuer, sign_certificate},
};

/// A root, EA or AA with its key.
pub struct Issuer {
    role: Role,
    certificate: Certificate,
    signer: Box<dyn Signer>,
    policy: Policy,
}

impl Issuer {
    /// An authority of `role` with its certificate and the key that goes with it.
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the role issues nothing, or the key is not the certificate's.
    pub fn new(
        role: Role,
        certificate: Certificate,
        signer: Box<dyn Signer>,
        policy: Policy,
    ) -> Result<Self, CaError> {
        if !role.issues() {
            return Err(CaError::Misuse("a certificate of this role issues nothing"));
        }
        if certificate.verification_key() != Some(signer.public_key()) {
            return Err(CaError::Misuse("the key is not the one in the issuer's certificate"));
        }
        Ok(Self { role, certificate, signer, policy })
    }

    /// Its role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Its certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Its key.
    #[must_use]
    pub fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// The policy that it follows.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Lints what `template` says.
    ///
    /// # Errors
    /// [`CaError::Lint`] with everything that is wrong.
    pub fn lint(&self, template: &Template, now: Time32) -> Result<Linted, CaError> {
        let octets = asn1::encode(&template.to_be_signed()?)?;
        self.lint_octets(template.role, template.certificate_type(), octets, now)
    }

    /// Lints to-be-signed octets, such as those that were on record when the process died.
    ///
    /// # Errors
    /// [`CaError::Codec`] if they are no to-be-signed certificate; [`CaError::Lint`] with everything that is wrong.
    pub fn lint_octets(
        &self,
        role: Role,
        certificate_type: CertificateType,
        octets: Vec<u8>,
        now: Time32,
    ) -> Result<Linted, CaError> {
        let issuer = Issuing { role: self.role, tbs: &self.certificate.decoded().to_be_signed };
        lint_octets(role, certificate_type, octets, Some(issuer), &self.policy, now)
    }

    /// Signs what `permit` allows.
    ///
    /// # Errors
    /// [`CaError::Misuse`] for a permit of a role that this authority does not issue, or for an implicit certificate;
    /// [`CaError::Refused`] when the key fails, or the verifier would not read what was made.
    pub fn sign(&self, permit: Permit) -> Result<Unreleased, CaError> {
        self.check_permit(&permit, CertificateType::Explicit)?;
        permit
            .spend(|octets| sign_certificate(octets, CertificateIssuer::By(&self.certificate), &*self.signer))
    }

    /// Puts together the implicit certificate that `permit` allows; [`crate::implicit`] makes its key.
    pub(crate) fn assemble(&self, permit: Permit) -> Result<Unreleased, CaError> {
        self.check_permit(&permit, CertificateType::Implicit)?;
        permit.spend(|octets| implicit::assemble(octets, &self.certificate))
    }

    fn check_permit(&self, permit: &Permit, certificate_type: CertificateType) -> Result<(), CaError> {
        if permit.role().issuer() != Some(self.role) {
            return Err(CaError::Misuse("the permit is for another issuer"));
        }
        if permit.certificate_type() != certificate_type {
            return Err(CaError::Misuse("an explicit certificate is signed, an implicit one is not"));
        }
        Ok(())
    }

    /// The whole cycle where the certificate itself is the answer: lint, record, sign, record, release. The same
    /// request again gets the same certificate.
    ///
    /// # Errors
    /// Those of the steps.
    pub fn issue(
        &self,
        template: &Template,
        request: RequestDigest,
        now: Time32,
        ledger: &mut dyn Ledger,
    ) -> Result<Certificate, CaError> {
        let linted = match ledger.standing(&request)? {
            Standing::Answered(octets) => return parse(&octets),
            Standing::Intended(octets) => {
                self.lint_octets(template.role, template.certificate_type(), octets, now)?
            }
            Standing::New => self.lint(template, now)?,
        };
        let permit = linted.record(request, ledger)?;
        self.sign(permit)?.release(ledger)
    }
}

/// Makes a certificate that signs itself: a root CA's or a TLM's.
///
/// # Errors
/// [`CaError::Misuse`] for another role, or a template with another key than the signer's; otherwise those of linting,
/// recording and signing.
pub fn self_signed(
    template: &Template,
    signer: &dyn Signer,
    policy: &Policy,
    request: RequestDigest,
    now: Time32,
    ledger: &mut dyn Ledger,
) -> Result<Certificate, CaError> {
    if template.role.issuer().is_some() {
        return Err(CaError::Misuse("a certificate of this role does not sign itself"));
    }
    if template.key != crate::profile::Key::Verification(*signer.public_key()) {
        return Err(CaError::Misuse("the template's key is not the signer's"));
    }
    let octets = match ledger.standing(&request)? {
        Standing::Answered(octets) => return parse(&octets),
        Standing::Intended(octets) => octets,
        Standing::New => asn1::encode(&template.to_be_signed()?)?,
    };
    let linted = lint_octets(template.role, CertificateType::Explicit, octets, None, policy, now)?;
    let permit = linted.record(request, ledger)?;
    permit.spend(|octets| sign_certificate(octets, CertificateIssuer::SelfSigned, signer))?.release(ledger)
}

fn lint_octets(
    role: Role,
    certificate_type: CertificateType,
    octets: Vec<u8>,
    issuer: Option<Issuing<'_>>,
    policy: &Policy,
    now: Time32,
) -> Result<Linted, CaError> {
    let tbs: ToBeSignedCertificate = asn1::decode(&octets)?;
    let candidate = Candidate { role, certificate_type, tbs: &tbs, encoded: &octets, issuer, policy, now };
    let findings = lint::findings(&candidate);
    if findings.is_empty() {
        Ok(Linted::passed(role, certificate_type, octets, now))
    } else {
        Err(CaError::Lint(findings))
    }
}

/// A certificate from the ledger.
pub(crate) fn parse(octets: &[u8]) -> Result<Certificate, CaError> {
    Certificate::parse(octets).map_err(|refusal| CaError::Refused(Box::new(refusal)))
}
