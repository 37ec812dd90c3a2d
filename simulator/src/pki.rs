//! A PKI in memory that stations talk to in the real messages: enrolment, authorization, validation.
//!
//! Root, EA, AA and TLM come from a [`Lab`]; EA and AA are the real cores, each with its own trust store and ledger,
//! and the only thing that passes between them and the stations is octets.

use enrollment_aa::{AuthorizationAuthority, Step};
use enrollment_ea::{
    EnrolmentAuthority,
    registry::{CanonicalId, MemoryRegistry, Profile, RegistryError, Station, Status},
};
use enrollment_station::{
    Credential, StationError,
    authorization::{Ask, Authorities, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use std::sync::Arc;
use thiserror::Error;
use v2x_ca::{
    CaError, Role,
    lab::{Lab, Member},
    ledger::MemoryLedger,
};
use v2x_codec::{
    ieee1609dot2::PsidSsp,
    time::{Time64, ValidityPeriod},
    ts102941::CertificateSubjectAttributes,
};
use v2x_crypto::{CryptoError, CryptoRng, KeyAgreement, PrivateKey, Provider};
use v2x_security::{
    certificate::Certificate,
    refusal::Refusal,
    trust::{TrustProfile, TrustStore},
};

/// Why the PKI could not be set up, or did not give what was asked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PkiError {
    /// An authority could not be made or could not answer.
    #[error(transparent)]
    Authority(#[from] CaError),
    /// The station did not get what it asked for.
    #[error(transparent)]
    Station(#[from] StationError),
    /// The station could not be registered.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A key could not be made.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// A certificate was not taken into a trust store.
    #[error(transparent)]
    Trust(#[from] Refusal),
    /// An authority of the lab has no decryption key.
    #[error("the authority has no decryption key")]
    NoDecryptionKey,
    /// The AA answered without asking the EA, or not at all.
    #[error("the authorization authority did not ask as it should")]
    OutOfStep,
}

/// A certificate and its private key: a credential or a ticket.
pub struct Held {
    /// The certificate.
    pub certificate: Certificate,
    /// Its private key.
    pub key: PrivateKey,
}

/// What a station asks its tickets for.
#[derive(Clone)]
pub struct TicketWish {
    /// The services and permissions.
    pub permissions: Vec<PsidSsp>,
    /// When the ticket shall be valid; `None`: from now on, as long as the policy allows.
    pub validity: Option<ValidityPeriod>,
    /// Whether the AA may learn who asks.
    pub privacy: Privacy,
    /// Whether possession of the key is proved.
    pub proof: Proof,
}

/// EA and AA of a lab, in memory.
pub struct Pki {
    provider: Arc<dyn Provider>,
    ea: EnrolmentAuthority,
    aa: AuthorizationAuthority,
    ea_certificate: Certificate,
    aa_certificate: Certificate,
    /// What stations trust: the root, and the authorities as known issuers.
    trust: TrustStore,
    certificates: Vec<Certificate>,
}

impl Pki {
    /// Brings up the EA and the AA of `lab`.
    ///
    /// # Errors
    /// [`PkiError::Authority`] or [`PkiError::Trust`] when the lab's certificates do not fit together.
    pub fn new(lab: &Lab, provider: Arc<dyn Provider>) -> Result<Self, PkiError> {
        let ea = enrollment_ea::Parts {
            issuer: lab.enrolment_authority.issuer(Role::EnrolmentAuthority, lab.policy, &*provider)?,
            agreement: decryption(&lab.enrolment_authority, &*provider)?,
            provider: Arc::clone(&provider),
            trust: trust_store(lab, &provider)?,
            registry: Box::new(MemoryRegistry::new()),
            ledger: Box::new(MemoryLedger::new()),
        };
        let aa = enrollment_aa::Parts {
            issuer: lab.authorization_authority.issuer(
                Role::AuthorizationAuthority,
                lab.policy,
                &*provider,
            )?,
            agreement: decryption(&lab.authorization_authority, &*provider)?,
            provider: Arc::clone(&provider),
            trust: trust_store(lab, &provider)?,
            ledger: Box::new(MemoryLedger::new()),
        };
        Ok(Self {
            ea: EnrolmentAuthority::new(ea)?,
            aa: AuthorizationAuthority::new(aa)?,
            ea_certificate: lab.enrolment_authority.certificate.clone(),
            aa_certificate: lab.authorization_authority.certificate.clone(),
            trust: trust_store(lab, &provider)?,
            certificates: lab.certificates().into_iter().cloned().collect(),
            provider,
        })
    }

    /// A fresh store that trusts the root and knows the authorities: what a verifier starts with.
    ///
    /// # Errors
    /// [`PkiError::Trust`] when a certificate is not taken.
    pub fn trust_store(&self) -> Result<TrustStore, PkiError> {
        store_of(self.certificates.iter(), &self.provider)
    }

    /// The EA, to change its registry or to hand it requests of one's own making.
    pub const fn enrolment_authority(&mut self) -> &mut EnrolmentAuthority {
        &mut self.ea
    }

    /// The AA, to hand it requests of one's own making.
    pub const fn authorization_authority(&mut self) -> &mut AuthorizationAuthority {
        &mut self.aa
    }

    /// The certificates of EA and AA.
    #[must_use]
    pub const fn authorities(&self) -> Authorities<'_> {
        Authorities { ea: &self.ea_certificate, aa: &self.aa_certificate }
    }

    /// Registers a station with its canonical key.
    ///
    /// # Errors
    /// [`PkiError::Registry`].
    pub fn register(&mut self, id: &[u8], canonical: &PrivateKey, profile: Profile) -> Result<(), PkiError> {
        let station = Station { canonical_key: *canonical.public_key(), status: Status::Active, profile };
        Ok(self.ea.registry().register(CanonicalId::new(id)?, station)?)
    }

    /// Gets a first credential for a registered station.
    ///
    /// # Errors
    /// [`PkiError::Station`] with what the station made of the EA's answer.
    pub fn enrol(
        &mut self,
        id: &[u8],
        canonical: &PrivateKey,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Held, PkiError> {
        let signer = self.provider.signer(canonical)?;
        self.enrol_as(Identity::Canonical { id, signer: &*signer }, canonical.curve(), now, rng)
    }

    /// Gets the next credential with the current one.
    ///
    /// # Errors
    /// [`PkiError::Station`] with what the station made of the EA's answer.
    pub fn renew(&mut self, current: &Held, now: Time64, rng: &mut dyn CryptoRng) -> Result<Held, PkiError> {
        let signer = self.provider.signer(&current.key)?;
        let credential = Credential { certificate: &current.certificate, signer: &*signer };
        self.enrol_as(Identity::Credential(credential), current.key.curve(), now, rng)
    }

    fn enrol_as(
        &mut self,
        identity: Identity<'_>,
        curve: v2x_crypto::Curve,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Held, PkiError> {
        let key = PrivateKey::generate(curve, rng)?;
        let signer = self.provider.signer(&key)?;
        let enrolment = Enrolment::new(identity, &*signer, &self.ea_certificate, &mut self.trust, now, rng)?;
        let answer = self.ea.enrol(now, enrolment.request(), rng)?;
        Ok(Held { certificate: enrolment.answer(&answer, &mut self.trust, now)?, key })
    }

    /// Gets one ticket.
    ///
    /// # Errors
    /// [`PkiError::Station`] with what the station made of the AA's answer.
    pub fn ticket(
        &mut self,
        credential: &Held,
        wish: &TicketWish,
        now: Time64,
        rng: &mut dyn CryptoRng,
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
        let authorities = Authorities { ea: &self.ea_certificate, aa: &self.aa_certificate };
        let authorization = Authorization::new(&ask, credential, authorities, &mut self.trust, now, rng)?;
        let answer = self.authorize(authorization.request(), now, rng)?;
        Ok(Held { certificate: authorization.answer(&answer, &mut self.trust, now)?, key })
    }

    /// Carries a request to the AA, its question to the EA and back, and returns the AA's answer.
    ///
    /// # Errors
    /// [`PkiError::Authority`] when an authority cannot answer at all.
    pub fn authorize(
        &mut self,
        request: &[u8],
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, PkiError> {
        match self.aa.request(now, request, rng)? {
            Step::Answer(answer) => Ok(answer),
            Step::AskEa { question, request, .. } => {
                let confirmation = self.ea.validate(now, &request, rng)?;
                self.aa.ea_answered(now, question, &confirmation, rng)?.ok_or(PkiError::OutOfStep)
            }
        }
    }
}

impl TicketWish {
    /// A wish for these permissions from now on, with privacy and proof of possession.
    #[must_use]
    pub const fn new(permissions: Vec<PsidSsp>) -> Self {
        Self { permissions, validity: None, privacy: Privacy::Hidden, proof: Proof::OfPossession }
    }

    fn attributes(&self) -> CertificateSubjectAttributes {
        let permissions = v2x_codec::ieee1609dot2::SequenceOfPsidSsp(self.permissions.clone());
        let mut attributes = CertificateSubjectAttributes::signing(permissions);
        attributes.validity_period = self.validity.map(v2x_ca::profile::to_asn1_validity);
        attributes
    }
}

fn decryption(member: &Member, provider: &dyn Provider) -> Result<Box<dyn KeyAgreement>, PkiError> {
    let key = member.encryption.as_ref().ok_or(PkiError::NoDecryptionKey)?;
    Ok(provider.key_agreement(key)?)
}

fn trust_store(lab: &Lab, provider: &Arc<dyn Provider>) -> Result<TrustStore, PkiError> {
    store_of(lab.certificates().into_iter(), provider)
}

fn store_of<'a>(
    certificates: impl Iterator<Item = &'a Certificate>,
    provider: &Arc<dyn Provider>,
) -> Result<TrustStore, PkiError> {
    let mut store = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(provider));
    for certificate in certificates {
        store.add_by_content(certificate.clone())?;
    }
    Ok(store)
}

#[cfg(test)]
mod tests;
