//! From octets that passed lint to the right to sign them once.
//!
//! ```text
//! Template ─lint→ Linted ─record→ Permit ─sign→ Unreleased ─conclude→ the answer
//! ```
//! Each arrow consumes what is on its left. None of the types in between can be made elsewhere, cloned or copied, and
//! the to-be-signed octets do not change from the first arrow on: what is linted is what is recorded is what is
//! signed, and no certificate leaves before the record that holds it is durable.

use crate::{
    asn1::CertificateType,
    error::CaError,
    ledger::{Ledger, Recorded, RequestDigest},
    role::Role,
};
use v2x_security::{certificate::Certificate, refusal::Refusal};

/// To-be-signed octets that passed every lint.
#[derive(Debug)]
pub struct Linted {
    role: Role,
    certificate_type: CertificateType,
    octets: Vec<u8>,
}

impl Linted {
    /// Only [`crate::issuer`] lints, and only it comes here, with what no lint objected to.
    pub(crate) const fn passed(role: Role, certificate_type: CertificateType, octets: Vec<u8>) -> Self {
        Self { role, certificate_type, octets }
    }

    /// The to-be-signed octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Records that these octets will be signed for `request`, and with it the right to do so.
    ///
    /// # Errors
    /// [`CaError::Ledger`] when the ledger does not take the record, or answers for other octets.
    pub fn record(self, request: RequestDigest, ledger: &mut dyn Ledger) -> Result<Permit, CaError> {
        let recorded = ledger.intend(&request, &self.octets)?;
        Permit::new(self, request, &recorded)
    }
}

/// The right to sign certain octets once.
#[derive(Debug)]
pub struct Permit {
    linted: Linted,
    request: RequestDigest,
}

impl Permit {
    fn new(linted: Linted, request: RequestDigest, recorded: &Recorded) -> Result<Self, CaError> {
        if recorded.covers(&linted.octets) {
            Ok(Self { linted, request })
        } else {
            Err(CaError::Misuse("the ledger recorded other octets than those that were linted"))
        }
    }

    /// Whose certificate may be signed.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.linted.role
    }

    /// The octets that may be signed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.linted.octets
    }

    pub(crate) const fn certificate_type(&self) -> CertificateType {
        self.linted.certificate_type
    }

    /// Spends the permit: `sign` makes a certificate of its octets.
    pub(crate) fn spend(
        self,
        sign: impl FnOnce(&[u8]) -> Result<Certificate, Refusal>,
    ) -> Result<Unreleased, CaError> {
        let certificate = sign(&self.linted.octets).map_err(|refusal| CaError::Refused(Box::new(refusal)))?;
        if certificate.to_be_signed() != self.linted.octets {
            return Err(CaError::Misuse("other octets were signed than those that were linted"));
        }
        Ok(Unreleased { request: self.request, certificate })
    }
}

/// A signed certificate that is not yet on record, so nobody may see it.
#[derive(Debug)]
pub struct Unreleased {
    request: RequestDigest,
    certificate: Certificate,
}

impl Unreleased {
    pub(crate) const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Builds the answer with the certificate, records both, and only then gives the answer out.
    ///
    /// `build` must not send anything: it makes octets.
    ///
    /// # Errors
    /// Those of `build`; [`CaError::Ledger`] when the ledger does not take the record: then the answer is dropped.
    pub fn conclude<E: From<CaError>>(
        self,
        ledger: &mut dyn Ledger,
        build: impl FnOnce(&Certificate) -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let answer = build(&self.certificate)?;
        let concluded = ledger.conclude(&self.request, self.certificate.octets(), &answer);
        concluded.map_err(|error| E::from(CaError::Ledger(error)))?;
        Ok(answer)
    }

    /// As [`conclude`](Self::conclude), where the certificate itself is the answer.
    ///
    /// # Errors
    /// [`CaError::Ledger`] when the ledger does not take the record.
    pub fn release(self, ledger: &mut dyn Ledger) -> Result<Certificate, CaError> {
        let certificate = self.certificate.clone();
        self.conclude(ledger, |certificate| Ok::<_, CaError>(certificate.octets().to_vec()))?;
        Ok(certificate)
    }
}
