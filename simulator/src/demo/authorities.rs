//! The PKI of the demo: real authorities as cores, spoken to in TS 102 941 messages only.

use std::sync::Arc;

use enrollment_aa::{AuthorizationAuthority, Parts as AaParts, Step};
use enrollment_ea::registry::{CanonicalId, MemoryRegistry, Profile, Station as Registered, Status};
use enrollment_ea::{EnrolmentAuthority, Parts as EaParts};
use enrollment_station::Credential;
use enrollment_station::authorization::{Ask, Authorities as Peers, Authorization, Privacy, Proof};
use enrollment_station::enrolment::{Enrolment, Identity};
use v2x_ca::lab::{Lab, Member, Plan};
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::{Key, Template, to_asn1_validity};
use v2x_ca::services::{CAM, DENM, its_services, permission};
use v2x_ca::{Issuer, Role};
use v2x_codec::ieee1609dot2::{GeographicRegion, SequenceOfPsidSsp};
use v2x_codec::time::{Time32, Time64, ValidityPeriod};
use v2x_codec::ts102941::CertificateSubjectAttributes;
use v2x_crypto::{CryptoRng, Curve, KeyAgreement, PrivateKey, Provider, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity as SigningIdentity;
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_station::ticket_pool::Ticket;

use super::error::DemoError;
use super::report::Issued;

/// Assurance level of the demo's tickets: 3 of 7.
const ASSURANCE: u8 = 0b0110_0000;
/// Tickets that one station may hold at the same time.
const PARALLEL_TICKETS: u32 = 20;

/// Root, EA and AA in one process, each with its own key, ledger and view of whom to trust.
pub(super) struct Authorities {
    lab: Lab,
    ea: EnrolmentAuthority,
    aa: AuthorizationAuthority,
    provider: Arc<dyn Provider>,
    stations: u32,
    issued: Issued,
}

/// A station that is enrolled: it may ask for tickets.
pub(super) struct Enrolled {
    credential: Certificate,
    key: Box<dyn Signer>,
}

/// What a ticket shall allow, and when. Where, the EA says: the region of the station's profile.
#[derive(Clone, Default)]
pub(super) struct Wish {
    /// Services and their permissions: PSID and SSP.
    pub(super) services: Vec<(u64, &'static [u8])>,
    /// When it is valid; `None`: what the AA gives.
    pub(super) validity: Option<ValidityPeriod>,
}

impl Wish {
    /// CAM and DENM without any special right: what an ordinary car gets.
    pub(super) fn ordinary() -> Self {
        Self { services: vec![(CAM, &[1, 0, 0]), (DENM, &[1, 0, 0, 0])], ..Self::default() }
    }
}

/// A further AA under the same root, for whose revocation everybody is glad.
pub(super) struct SecondAuthority {
    /// Its certificate.
    pub(super) certificate: Certificate,
    issuer: Issuer,
}

impl Authorities {
    /// Sets up the PKI: its certificates start at `start`.
    pub(super) fn new(
        name: &str,
        start: Time32,
        provider: Arc<dyn Provider>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, DemoError> {
        let lab = Lab::new(&Plan::new(name, start), &*provider, rng)?;
        let ea = EnrolmentAuthority::new(EaParts {
            issuer: issuer(&lab, &lab.enrolment_authority, Role::EnrolmentAuthority, &*provider)?,
            agreement: agreement(&lab.enrolment_authority, &*provider)?,
            provider: Arc::clone(&provider),
            trust: trust(&lab, &provider)?,
            registry: Box::new(MemoryRegistry::new()),
            ledger: Box::new(MemoryLedger::new()),
        })?;
        let aa = AuthorizationAuthority::new(AaParts {
            issuer: issuer(&lab, &lab.authorization_authority, Role::AuthorizationAuthority, &*provider)?,
            agreement: agreement(&lab.authorization_authority, &*provider)?,
            provider: Arc::clone(&provider),
            trust: trust(&lab, &provider)?,
            ledger: Box::new(MemoryLedger::new()),
        })?;
        Ok(Self { lab, ea, aa, provider, stations: 0, issued: Issued::default() })
    }

    /// What a receiver trusts and knows: the root, the EA and the AA.
    pub(super) fn trust(&self) -> Result<TrustStore, DemoError> {
        trust(&self.lab, &self.provider)
    }

    /// The lab behind it: what an attacker inside the AA could reach.
    pub(super) const fn lab(&self) -> &Lab {
        &self.lab
    }

    /// Who computes.
    pub(super) const fn provider(&self) -> &Arc<dyn Provider> {
        &self.provider
    }

    /// Certificates given out so far.
    pub(super) const fn issued(&self) -> Issued {
        self.issued
    }

    /// Registers a new station, whose tickets shall be valid in `region` or everywhere, and enrols it over a request
    /// and an answer.
    pub(super) fn enrol(
        &mut self,
        region: Option<GeographicRegion>,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Enrolled, DemoError> {
        let canonical = PrivateKey::generate(Curve::NistP256, rng)?;
        let name = format!("wayseal-demo-{:06}", self.stations);
        self.stations += 1;
        self.register(&name, &canonical, region)?;
        let key = self.new_key(rng)?;
        let mut station_trust = self.trust()?;
        let canonical = self.provider.signer(&canonical)?;
        let identity = Identity::Canonical { id: name.as_bytes(), signer: &*canonical };
        let ea = self.lab.enrolment_authority.certificate.clone();
        let enrolment = Enrolment::new(identity, &*key, &ea, &mut station_trust, now, rng)?;
        let answer = self.ea.enrol(now, enrolment.request(), rng)?;
        let credential = enrolment.answer(&answer, &mut station_trust, now)?;
        self.issued.enrolment_credentials += 1;
        Ok(Enrolled { credential, key })
    }

    /// Gets one ticket for a station: request to the AA, question to the EA, both answers.
    pub(super) fn ticket(
        &mut self,
        station: &Enrolled,
        wish: &Wish,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Ticket, DemoError> {
        let key = self.new_key(rng)?;
        let mut station_trust = self.trust()?;
        let ask = Ask {
            key: &*key,
            encryption_key: None,
            attributes: attributes(wish),
            privacy: Privacy::Hidden,
            proof: Proof::OfPossession,
        };
        let credential = Credential { certificate: &station.credential, signer: &*station.key };
        let (ea, aa) =
            (&self.lab.enrolment_authority.certificate, &self.lab.authorization_authority.certificate);
        let authorities = Peers { ea, aa };
        let exchange = Authorization::new(&ask, credential, authorities, &mut station_trust, now, rng)?;
        let answer = self.authorize(exchange.request(), now, rng)?;
        let certificate = exchange.answer(&answer, &mut station_trust, now)?;
        self.issued.authorization_tickets += 1;
        let chain = station_trust.chain(&certificate)?;
        Ok(Ticket::new(chain, key)?)
    }

    /// Sets up another AA under the same root.
    pub(super) fn second_authority(
        &self,
        validity: ValidityPeriod,
        now: Time32,
        rng: &mut dyn CryptoRng,
    ) -> Result<SecondAuthority, DemoError> {
        let (signing, encryption) =
            (PrivateKey::generate(Curve::NistP256, rng)?, PrivateKey::generate(Curve::NistP256, rng)?);
        let (key, encryption_key) = (*signing.public_key(), *encryption.public_key());
        let name = "wayseal demo second AA";
        let template =
            Template::authorization_authority(name, key, encryption_key, validity, &its_services());
        let root = issuer(&self.lab, &self.lab.root, Role::RootCa, &*self.provider)?;
        let request = RequestDigest::of(name.as_bytes());
        let certificate = root.issue(&template, request, now, &mut MemoryLedger::new())?;
        let signer = self.provider.signer(&signing)?;
        let issuer = Issuer::new(Role::AuthorizationAuthority, certificate.clone(), signer, self.lab.policy)?;
        Ok(SecondAuthority { certificate, issuer })
    }

    /// A fresh key.
    pub(super) fn new_key(&self, rng: &mut dyn CryptoRng) -> Result<Box<dyn Signer>, DemoError> {
        let key = PrivateKey::generate(Curve::NistP256, rng)?;
        Ok(self.provider.signer(&key)?)
    }

    fn authorize(
        &mut self,
        request: &[u8],
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, DemoError> {
        match self.aa.request(now, request, rng)? {
            Step::Answer(answer) => Ok(answer),
            Step::AskEa { question, request, ea: _ } => {
                let answer = self.ea.validate(now, &request, rng)?;
                let answer = self.aa.ea_answered(now, question, &answer, rng)?;
                answer.ok_or(DemoError::Setting("the AA forgot a question that it had asked"))
            }
        }
    }

    fn register(
        &mut self,
        name: &str,
        canonical: &PrivateKey,
        region: Option<GeographicRegion>,
    ) -> Result<(), DemoError> {
        let profile = Profile {
            services: its_services(),
            region,
            assurance: ASSURANCE,
            parallel_tickets: PARALLEL_TICKETS,
        };
        let station = Registered { canonical_key: *canonical.public_key(), status: Status::Active, profile };
        Ok(self.ea.registry().register(CanonicalId::new(name.as_bytes())?, station)?)
    }
}

impl SecondAuthority {
    /// Gives a ticket without asking any EA.
    pub(super) fn ticket(
        &self,
        key: Box<dyn Signer>,
        validity: ValidityPeriod,
        now: Time32,
    ) -> Result<SigningIdentity, DemoError> {
        let template = ordinary_template(&*key, validity);
        let request = RequestDigest::of(key.public_key().as_sec1());
        let certificate = self.issuer.issue(&template, request, now, &mut MemoryLedger::new())?;
        Ok(SigningIdentity::new(certificate, key)?)
    }
}

/// The contents of an ordinary car's ticket.
pub(super) fn ordinary_template(key: &dyn Signer, validity: ValidityPeriod) -> Template {
    let permissions =
        Wish::ordinary().services.iter().map(|(service, ssp)| permission(*service, ssp)).collect();
    Template::authorization_ticket(Key::Verification(*key.public_key()), validity, permissions)
}

fn attributes(wish: &Wish) -> CertificateSubjectAttributes {
    let permissions = wish.services.iter().map(|(service, ssp)| permission(*service, ssp)).collect();
    let mut attributes = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(permissions));
    attributes.validity_period = wish.validity.map(to_asn1_validity);
    attributes
}

fn issuer(lab: &Lab, member: &Member, role: Role, provider: &dyn Provider) -> Result<Issuer, DemoError> {
    Ok(member.issuer(role, lab.policy, provider)?)
}

fn agreement(member: &Member, provider: &dyn Provider) -> Result<Box<dyn KeyAgreement>, DemoError> {
    let key = member.encryption.as_ref().ok_or(DemoError::Setting("the authority has no encryption key"))?;
    Ok(provider.key_agreement(key)?)
}

fn trust(lab: &Lab, provider: &Arc<dyn Provider>) -> Result<TrustStore, DemoError> {
    let mut store = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(provider));
    store.add_root(lab.root.certificate.clone())?;
    store.add(lab.enrolment_authority.certificate.clone())?;
    store.add(lab.authorization_authority.certificate.clone())?;
    Ok(store)
}
