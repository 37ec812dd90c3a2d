//! A further AA under the root of a PKI, which issues without asking any EA.

use super::{Pki, PkiError, TicketWish};
use v2x_ca::{
    Issuer, Role,
    ledger::{MemoryLedger, RequestDigest},
    profile::{Key, Template},
    services::its_services,
};
use v2x_codec::time::{Time32, ValidityPeriod};
use v2x_crypto::{CryptoRng, PrivateKey, Signer};
use v2x_security::{certificate::Certificate, sign::Identity};

/// A further AA under the same root: an attacker's, or one that is going to be revoked.
pub struct SecondAuthority {
    /// Its certificate.
    pub certificate: Certificate,
    issuer: Issuer,
}

impl Pki {
    /// Sets up another AA under the same root.
    ///
    /// # Errors
    /// [`PkiError::Authority`] when the certificate breaks the root's policy; [`PkiError::Crypto`] when a key fails.
    pub fn second_authority(
        &self,
        validity: ValidityPeriod,
        now: Time32,
        rng: &mut dyn CryptoRng,
    ) -> Result<SecondAuthority, PkiError> {
        let first = &self.lab.authorization_authority;
        let encryption = first.encryption.as_ref().ok_or(PkiError::NoDecryptionKey)?.curve();
        let signing = PrivateKey::generate(first.signing.curve(), rng)?;
        let encryption = PrivateKey::generate(encryption, rng)?;
        let (key, encryption_key) = (*signing.public_key(), *encryption.public_key());
        let name = "second AA";
        let template =
            Template::authorization_authority(name, key, encryption_key, validity, &its_services());
        let root = self.lab.root.issuer(Role::RootCa, self.lab.policy, &*self.provider)?;
        let request = RequestDigest::of(name.as_bytes());
        let certificate = root.issue(&template, request, now, &mut MemoryLedger::new())?;
        let signer = self.provider.signer(&signing)?;
        let issuer = Issuer::new(Role::AuthorizationAuthority, certificate.clone(), signer, self.lab.policy)?;
        Ok(SecondAuthority { certificate, issuer })
    }
}

impl SecondAuthority {
    /// Gives an ordinary car's ticket without asking any EA.
    ///
    /// # Errors
    /// [`PkiError::Authority`] when the ticket breaks the policy.
    pub fn ticket(
        &self,
        key: Box<dyn Signer>,
        validity: ValidityPeriod,
        now: Time32,
    ) -> Result<Identity, PkiError> {
        let template = ordinary_ticket(&*key, validity);
        let request = RequestDigest::of(key.public_key().as_sec1());
        let certificate = self.issuer.issue(&template, request, now, &mut MemoryLedger::new())?;
        Ok(Identity::new(certificate, key)?)
    }
}

/// The contents of an ordinary car's ticket.
#[must_use]
pub fn ordinary_ticket(key: &dyn Signer, validity: ValidityPeriod) -> Template {
    let permissions = TicketWish::ordinary().permissions;
    Template::authorization_ticket(Key::Verification(*key.public_key()), validity, permissions)
}
