//! A PKI in memory that stations talk to in the real messages: enrolment, authorization, validation.
//!
//! Root, EA, AA and TLM come from a [`Lab`]; EA and AA are the real cores, each with its own trust store and ledger,
//! and the only thing that passes between them and the stations is octets.

mod error;
mod exchange;
mod offices;
mod second;
mod wish;

pub use error::PkiError;
pub use offices::{Counter, Offices, Open};
pub use second::{SecondAuthority, ordinary_ticket};
pub use wish::{TicketWish, usual_profile};

use enrollment_aa::{AuthorizationAuthority, Step};
use enrollment_ea::{
    EnrolmentAuthority,
    registry::{CanonicalId, MemoryRegistry, Profile, Station, Status},
};
use enrollment_station::{Credential, authorization::Authorities, enrolment::Identity};
use exchange::Asking;
use serde::Serialize;
use std::sync::Arc;
use v2x_ca::{
    Role,
    lab::{Lab, Member},
    ledger::MemoryLedger,
};
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, KeyAgreement, PrivateKey, Provider, Signer};
use v2x_security::{
    certificate::Certificate,
    sign,
    trust::{TrustProfile, TrustStore},
};
use v2x_station::ticket_pool::Ticket;

/// A certificate and its private key: a credential or a ticket.
pub struct Held {
    /// The certificate.
    pub certificate: Certificate,
    /// Its private key.
    pub key: PrivateKey,
}

/// Certificates issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// Enrolment credentials.
    pub enrolment_credentials: usize,
    /// Authorization tickets.
    pub authorization_tickets: usize,
}

impl Issued {
    /// With so many credentials and tickets more.
    #[must_use]
    pub const fn and(self, credentials: usize, tickets: usize) -> Self {
        Self {
            enrolment_credentials: self.enrolment_credentials + credentials,
            authorization_tickets: self.authorization_tickets + tickets,
        }
    }
}

/// EA and AA of a lab, in memory.
pub struct Pki {
    provider: Arc<dyn Provider>,
    lab: Arc<Lab>,
    ea: EnrolmentAuthority,
    aa: AuthorizationAuthority,
    /// What stations trust: the root, and the authorities as known issuers.
    trust: TrustStore,
    /// Stations that [`newcomer`](Self::newcomer) has named.
    newcomers: u32,
    issued: Issued,
}

impl Pki {
    /// Brings up the EA and the AA of `lab`.
    ///
    /// # Errors
    /// [`PkiError::Authority`] or [`PkiError::Trust`] when the lab's certificates do not fit together.
    pub fn new(lab: impl Into<Arc<Lab>>, provider: Arc<dyn Provider>) -> Result<Self, PkiError> {
        let lab = lab.into();
        Ok(Self {
            ea: enrolment_authority(&lab, &provider)?,
            aa: authorization_authority(&lab, &provider)?,
            trust: trust_store(&lab, &provider)?,
            newcomers: 0,
            issued: Issued::default(),
            provider,
            lab,
        })
    }

    /// A fresh store that trusts the root and knows the authorities: what a verifier starts with.
    ///
    /// # Errors
    /// [`PkiError::Trust`] when a certificate is not taken.
    pub fn trust_store(&self) -> Result<TrustStore, PkiError> {
        trust_store(&self.lab, &self.provider)
    }

    /// The authorities' certificates and keys and who computes, when no request will come any more.
    pub(crate) fn into_parts(self) -> (Arc<Lab>, Arc<dyn Provider>) {
        (self.lab, self.provider)
    }

    /// The authorities' certificates and keys: what an attacker inside one of them could reach.
    #[must_use]
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Who computes.
    #[must_use]
    pub const fn provider(&self) -> &Arc<dyn Provider> {
        &self.provider
    }

    /// How many certificates stations got so far.
    #[must_use]
    pub const fn issued(&self) -> Issued {
        self.issued
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
    pub fn authorities(&self) -> Authorities<'_> {
        authorities(&self.lab)
    }

    /// A fresh key on the curve of the PKI.
    ///
    /// # Errors
    /// [`PkiError::Crypto`].
    pub fn new_key(&self, rng: &mut dyn CryptoRng) -> Result<PrivateKey, PkiError> {
        Ok(PrivateKey::generate(self.lab.root.signing.curve(), rng)?)
    }

    /// As [`new_key`](Self::new_key), ready to sign.
    ///
    /// # Errors
    /// [`PkiError::Crypto`].
    pub fn new_signer(&self, rng: &mut dyn CryptoRng) -> Result<Box<dyn Signer>, PkiError> {
        Ok(self.provider.signer(&self.new_key(rng)?)?)
    }

    /// Registers a station that nobody knew before, with a canonical key of its own, and enrols it.
    ///
    /// # Errors
    /// Those of [`register`](Self::register) and [`enrol`](Self::enrol).
    pub fn newcomer(
        &mut self,
        profile: Profile,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Held, PkiError> {
        let name = format!("newcomer {:06}", self.newcomers);
        self.newcomers += 1;
        let canonical = self.new_key(rng)?;
        self.register(name.as_bytes(), &canonical, profile)?;
        self.enrol(name.as_bytes(), &canonical, now, rng)
    }

    /// Registers a station with its canonical key.
    ///
    /// # Errors
    /// [`PkiError::Registry`].
    pub fn register(&mut self, id: &[u8], canonical: &PrivateKey, profile: Profile) -> Result<(), PkiError> {
        let station = Station { canonical_key: *canonical.public_key(), status: Status::Active, profile };
        Ok(self.ea.registry().register(Time64::default(), &CanonicalId::new(id)?, &station)?)
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
        let Self { lab, provider, trust, ea, .. } = self;
        let mut asking = Asking { lab, provider: &**provider, trust, now };
        let held =
            asking.enrol(identity, curve, rng, &mut |request, rng| Ok(ea.enrol(now, request, rng)?))?;
        self.issued.enrolment_credentials += 1;
        Ok(held)
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
        let Self { lab, provider, trust, ea, aa, .. } = self;
        let mut asking = Asking { lab, provider: &**provider, trust, now };
        let held =
            asking.ticket(credential, wish, rng, &mut |request, rng| carried(ea, aa, request, now, rng))?;
        self.issued.authorization_tickets += 1;
        Ok(held)
    }

    /// A ticket with its verified chain, as a station's pool takes it.
    ///
    /// # Errors
    /// [`PkiError::Trust`] when the chain is not believed; [`PkiError::Pool`] when the key is another one.
    pub fn pool_ticket(&mut self, ticket: &Held) -> Result<Ticket, PkiError> {
        let provider = Arc::clone(&self.provider);
        self.pool_ticket_by(ticket, &*provider)
    }

    /// As [`pool_ticket`](Self::pool_ticket), its messages signed by another provider than the authorities'.
    ///
    /// # Errors
    /// As [`pool_ticket`](Self::pool_ticket).
    pub fn pool_ticket_by(&mut self, ticket: &Held, provider: &dyn Provider) -> Result<Ticket, PkiError> {
        let chain = self.trust.chain(&ticket.certificate)?;
        Ok(Ticket::new(chain, provider.signer(&ticket.key)?)?)
    }

    /// A ticket and its key, ready to sign.
    ///
    /// # Errors
    /// [`PkiError::Trust`] when the key is another one; [`PkiError::Crypto`] when the provider refuses it.
    pub fn identity(&self, ticket: Held) -> Result<sign::Identity, PkiError> {
        Ok(sign::Identity::new(ticket.certificate, self.provider.signer(&ticket.key)?)?)
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
        carried(&mut self.ea, &mut self.aa, request, now, rng)
    }
}

fn carried(
    ea: &mut EnrolmentAuthority,
    aa: &mut AuthorizationAuthority,
    request: &[u8],
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, PkiError> {
    match aa.request(now, request, rng)? {
        Step::Answer(answer) => Ok(answer),
        Step::AskEa { question, request, .. } => {
            let confirmation = ea.validate(now, &request, rng)?;
            aa.ea_answered(now, question, &confirmation, rng)?.ok_or(PkiError::OutOfStep)
        }
    }
}

const fn authorities(lab: &Lab) -> Authorities<'_> {
    Authorities { ea: &lab.enrolment_authority.certificate, aa: &lab.authorization_authority.certificate }
}

fn enrolment_authority(lab: &Lab, provider: &Arc<dyn Provider>) -> Result<EnrolmentAuthority, PkiError> {
    Ok(EnrolmentAuthority::new(enrollment_ea::Parts {
        issuer: lab.enrolment_authority.issuer(Role::EnrolmentAuthority, lab.policy, &**provider)?,
        agreement: decryption(&lab.enrolment_authority, &**provider)?,
        provider: Arc::clone(provider),
        trust: trust_store(lab, provider)?,
        registry: Box::new(MemoryRegistry::new()),
    })?)
}

fn authorization_authority(
    lab: &Lab,
    provider: &Arc<dyn Provider>,
) -> Result<AuthorizationAuthority, PkiError> {
    Ok(AuthorizationAuthority::new(enrollment_aa::Parts {
        issuer: lab.authorization_authority.issuer(Role::AuthorizationAuthority, lab.policy, &**provider)?,
        agreement: decryption(&lab.authorization_authority, &**provider)?,
        provider: Arc::clone(provider),
        trust: trust_store(lab, provider)?,
        ledger: Box::new(MemoryLedger::new()),
    })?)
}

fn decryption(member: &Member, provider: &dyn Provider) -> Result<Box<dyn KeyAgreement>, PkiError> {
    let key = member.encryption.as_ref().ok_or(PkiError::NoDecryptionKey)?;
    Ok(provider.key_agreement(key)?)
}

/// A store that trusts the root of `lab` and knows its authorities.
pub(crate) fn trust_store(lab: &Lab, provider: &Arc<dyn Provider>) -> Result<TrustStore, PkiError> {
    let mut store = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(provider));
    for certificate in lab.certificates() {
        store.add_by_content(certificate.clone())?;
    }
    Ok(store)
}

#[cfg(test)]
mod tests;
