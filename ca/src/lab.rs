//! A whole PKI at once, for labs and tests: root, EA, AA and TLM with their keys.
//!
//! The certificates are real ones, made by the same lints, permits and signatures as any other; what makes it a lab is
//! that one process holds every key and one person decides. Keys come from the random number generator that is passed
//! in, so that a simulation can be repeated: a root made from a seeded generator is trusted by nobody else.

use crate::{
    error::CaError,
    issuer::{Issuer, self_signed},
    ledger::{Ledger, MemoryLedger, RequestDigest},
    policy::Policy,
    profile::Template,
    role::Role,
    services::{ServiceRange, its_services},
};
use v2x_codec::{
    ieee1609dot2::GeographicRegion,
    time::{Duration, Time32, ValidityPeriod},
};
use v2x_crypto::{CryptoRng, Curve, PrivateKey, Provider};
use v2x_security::{certificate::Certificate, sign::Identity};

/// What a lab's PKI shall be like.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the names of its certificates begin with.
    pub name: String,
    /// The curve of every signing key.
    pub curve: Curve,
    /// When it is set up: its certificates start then.
    pub start: Time32,
    /// The services for which it gives tickets.
    pub services: Vec<ServiceRange>,
    /// Where it is valid; `None`: everywhere.
    pub region: Option<GeographicRegion>,
    /// The policy that it follows.
    pub policy: Policy,
}

impl Plan {
    /// A PKI for the usual services everywhere, on P-256, by the European policy.
    #[must_use]
    pub fn new(name: &str, start: Time32) -> Self {
        Self {
            name: name.to_owned(),
            curve: Curve::NistP256,
            start,
            services: its_services(),
            region: None,
            policy: Policy::EU,
        }
    }
}

/// One authority: its certificate and its private keys.
pub struct Member {
    /// Its certificate.
    pub certificate: Certificate,
    /// The key that it signs with.
    pub signing: PrivateKey,
    /// The key that it decrypts with; a root and a TLM have none.
    pub encryption: Option<PrivateKey>,
}

/// A whole PKI.
pub struct Lab {
    /// The root CA.
    pub root: Member,
    /// The enrolment authority.
    pub enrolment_authority: Member,
    /// The authorization authority.
    pub authorization_authority: Member,
    /// The trust list manager.
    pub trust_list_manager: Member,
    /// The policy that it follows.
    pub policy: Policy,
}

impl Lab {
    /// Sets up a PKI.
    ///
    /// # Errors
    /// [`CaError::Lint`] when the plan breaks the policy or the profiles; [`CaError::Crypto`] when a key fails.
    pub fn new(plan: &Plan, provider: &dyn Provider, rng: &mut dyn CryptoRng) -> Result<Self, CaError> {
        let mut ledger = MemoryLedger::new();
        let root = plan.self_signed(Role::RootCa, provider, rng, &mut ledger)?;
        let trust_list_manager = plan.self_signed(Role::TrustListManager, provider, rng, &mut ledger)?;
        let issuer = root.issuer(Role::RootCa, plan.policy, provider)?;
        let enrolment_authority = plan.subordinate(Role::EnrolmentAuthority, &issuer, rng, &mut ledger)?;
        let authorization_authority =
            plan.subordinate(Role::AuthorizationAuthority, &issuer, rng, &mut ledger)?;
        let policy = plan.policy;
        Ok(Self { root, enrolment_authority, authorization_authority, trust_list_manager, policy })
    }

    /// Every certificate, the root's first.
    #[must_use]
    pub fn certificates(&self) -> [&Certificate; 4] {
        [&self.root, &self.enrolment_authority, &self.authorization_authority, &self.trust_list_manager]
            .map(|member| &member.certificate)
    }
}

impl Member {
    /// This authority, ready to sign lists and messages.
    ///
    /// # Errors
    /// [`CaError::Crypto`] when the provider refuses the key; [`CaError::Refused`] if it is not the certificate's.
    pub fn identity(&self, provider: &dyn Provider) -> Result<Identity, CaError> {
        let identity = Identity::new(self.certificate.clone(), provider.signer(&self.signing)?);
        identity.map_err(|refusal| CaError::Refused(Box::new(refusal)))
    }

    /// This authority, ready to issue.
    ///
    /// # Errors
    /// [`CaError::Crypto`] when the provider refuses the key; those of [`Issuer::new`].
    pub fn issuer(&self, role: Role, policy: Policy, provider: &dyn Provider) -> Result<Issuer, CaError> {
        Issuer::new(role, self.certificate.clone(), provider.signer(&self.signing)?, policy)
    }
}

/// Years that certificates of a lab's root and TLM live.
const TOP_YEARS: u16 = 4;
/// Years that certificates of a lab's authorities live.
const SUBORDINATE_YEARS: u16 = 3;

impl Plan {
    fn self_signed(
        &self,
        role: Role,
        provider: &dyn Provider,
        rng: &mut dyn CryptoRng,
        ledger: &mut dyn Ledger,
    ) -> Result<Member, CaError> {
        let signing = PrivateKey::generate(self.curve, rng)?;
        let (name, validity) = (format!("{} {role}", self.name), self.validity(TOP_YEARS));
        let template = if role == Role::RootCa {
            let root = Template::root(&name, *signing.public_key(), validity, &self.services);
            Template { region: self.region.clone(), assurance: Some(ASSURANCE), ..root }
        } else {
            Template::trust_list_manager(&name, *signing.public_key(), validity)
        };
        let signer = provider.signer(&signing)?;
        let request = RequestDigest::of(name.as_bytes());
        let certificate = self_signed(&template, &*signer, &self.policy, request, self.start, ledger)?;
        Ok(Member { certificate, signing, encryption: None })
    }

    fn subordinate(
        &self,
        role: Role,
        issuer: &Issuer,
        rng: &mut dyn CryptoRng,
        ledger: &mut dyn Ledger,
    ) -> Result<Member, CaError> {
        let signing = PrivateKey::generate(self.curve, rng)?;
        let encryption = PrivateKey::generate(encryption_curve(self.curve), rng)?;
        let (name, validity) = (format!("{} {role}", self.name), self.validity(SUBORDINATE_YEARS));
        let (key, encryption_key) = (*signing.public_key(), *encryption.public_key());
        let template = if role == Role::EnrolmentAuthority {
            Template::enrolment_authority(&name, key, encryption_key, validity)
        } else {
            Template::authorization_authority(&name, key, encryption_key, validity, &self.services)
        };
        let template = Template { region: self.region.clone(), assurance: Some(ASSURANCE), ..template };
        let certificate = issuer.issue(&template, RequestDigest::of(name.as_bytes()), self.start, ledger)?;
        Ok(Member { certificate, signing, encryption: Some(encryption) })
    }

    const fn validity(&self, years: u16) -> ValidityPeriod {
        ValidityPeriod { start: self.start, duration: Duration::Years(years) }
    }
}

/// Assurance level 6 of 7: what a lab claims of its authorities, so that tickets of any usual level fit below.
const ASSURANCE: u8 = 0b1100_0000;

/// ECIES is defined on 256-bit curves only.
const fn encryption_curve(signing: Curve) -> Curve {
    match signing {
        Curve::NistP256 | Curve::NistP384 => Curve::NistP256,
        Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => Curve::BrainpoolP256r1,
    }
}
