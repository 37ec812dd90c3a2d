//! The authority: what it holds, and the two questions that it answers.

use crate::registry::Registry;
use enrollment_protocol::answer::Answerer;
use std::sync::Arc;
use v2x_ca::{CaError, Issuer, Role};
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoError, CryptoRng, KeyAgreement, Provider};
use v2x_security::trust::TrustStore;

/// What an enrolment authority is made of.
pub struct Parts {
    /// Its certificate and signing key.
    pub issuer: Issuer,
    /// Its decryption key.
    pub agreement: Box<dyn KeyAgreement>,
    /// Who verifies signatures.
    pub provider: Arc<dyn Provider>,
    /// The root, and the AAs that may ask.
    pub trust: TrustStore,
    /// Who is registered, and where issuing is recorded.
    pub registry: Box<dyn Registry + Send>,
}

/// An enrolment authority.
pub struct EnrolmentAuthority {
    pub(crate) parts: Parts,
}

impl EnrolmentAuthority {
    /// An authority of these parts.
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the certificate is no EA's, or the decryption key is not the one in it.
    pub fn new(parts: Parts) -> Result<Self, CaError> {
        if parts.issuer.role() != Role::EnrolmentAuthority {
            return Err(CaError::Misuse("the issuer is no enrolment authority"));
        }
        if parts.issuer.certificate().encryption_key() != Some(parts.agreement.public_key()) {
            return Err(CaError::Misuse("the decryption key is not the one in the certificate"));
        }
        Ok(Self { parts })
    }

    /// Who is registered, to change it.
    pub fn registry(&mut self) -> &mut (dyn Registry + Send) {
        &mut *self.parts.registry
    }

    /// The roots and AAs that it knows, to change them.
    pub const fn trust(&mut self) -> &mut TrustStore {
        &mut self.parts.trust
    }

    /// Answers an enrolment request (TS 102 941 clauses 6.2.3.2.1 and 6.2.3.2.2).
    ///
    /// # Errors
    /// [`CaError`] when no answer is given, because the ledger or a key is not available: the station sends the same
    /// request again, later. Nothing is remembered of it.
    pub fn enrol(
        &mut self,
        now: Time64,
        request: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, CaError> {
        crate::enrol::answer(&mut self.parts, now, request, rng)
    }

    /// Answers an authorization validation request (TS 102 941 clauses 6.2.3.4.1 and 6.2.3.4.2).
    ///
    /// # Errors
    /// [`CaError`] when no answer is given, because the ledger or a key is not available: the station sends the same
    /// request again, later. Nothing is remembered of it.
    pub fn validate(
        &mut self,
        now: Time64,
        request: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, CaError> {
        crate::validate::answer(&mut self.parts, now, request, rng)
    }
}

/// The authority as it signs answers.
pub(crate) fn answerer(issuer: &Issuer) -> Answerer<'_> {
    Answerer { certificate: issuer.certificate(), signer: issuer.signer() }
}

/// What was sent could not be opened, and not for its own sake: the decryption key cannot be asked. It may come again.
pub(crate) const fn unopened(why: &'static str) -> CaError {
    CaError::Crypto(CryptoError::Backend(why))
}
