//! A station's side of the exchanges, whoever carries the octets.

use super::{Held, PkiError, TicketWish, authorities};
use enrollment_station::{
    Credential,
    authorization::{Ask, Authorization},
    enrolment::{Enrolment, Identity},
};
use v2x_ca::lab::Lab;
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, Curve, PrivateKey, Provider};
use v2x_security::trust::TrustStore;

/// What a station asks with.
pub(super) struct Asking<'a> {
    pub(super) lab: &'a Lab,
    pub(super) provider: &'a dyn Provider,
    pub(super) trust: &'a mut TrustStore,
    pub(super) now: Time64,
}

/// Carries a request to an authority and brings its answer.
pub(super) type Carry<'a> = dyn FnMut(&[u8], &mut dyn CryptoRng) -> Result<Vec<u8>, PkiError> + 'a;

impl Asking<'_> {
    /// Gets a credential for a fresh key.
    pub(super) fn enrol(
        &mut self,
        identity: Identity<'_>,
        curve: Curve,
        rng: &mut dyn CryptoRng,
        carry: &mut Carry<'_>,
    ) -> Result<Held, PkiError> {
        let key = PrivateKey::generate(curve, rng)?;
        let (signer, ea) = (self.provider.signer(&key)?, authorities(self.lab).ea);
        let enrolment = Enrolment::new(identity, &*signer, ea, self.trust, self.now, rng)?;
        let answer = carry(enrolment.request(), rng)?;
        let certificate = enrolment.answer(&answer, self.trust, self.now)?;
        Ok(Held { certificate, key })
    }

    /// Gets a ticket for a fresh key.
    pub(super) fn ticket(
        &mut self,
        credential: &Held,
        wish: &TicketWish,
        rng: &mut dyn CryptoRng,
        carry: &mut Carry<'_>,
    ) -> Result<Held, PkiError> {
        let key = PrivateKey::generate(credential.key.curve(), rng)?;
        let (signer, own) = (self.provider.signer(&key)?, self.provider.signer(&credential.key)?);
        let ask = Ask {
            key: &*signer,
            encryption_key: None,
            attributes: wish.attributes(),
            privacy: wish.privacy,
            proof: wish.proof,
        };
        let credential = Credential { certificate: &credential.certificate, signer: &*own };
        let authorities = authorities(self.lab);
        let authorization = Authorization::new(&ask, credential, authorities, self.trust, self.now, rng)?;
        let answer = carry(authorization.request(), rng)?;
        let certificate = authorization.answer(&answer, self.trust, self.now)?;
        Ok(Held { certificate, key })
    }
}
