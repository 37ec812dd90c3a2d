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
use v2x_crypto::{CryptoRng, Curve, PrivateKey, Provider, PublicKey, Signer};
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
        let root = PrivateKey::generate(plan.curve, rng)?;
        let trust_list_manager = PrivateKey::generate(plan.curve, rng)?;
        let enrolment_authority = Pair::generate(plan, rng)?;
        let authorization_authority = Pair::generate(plan, rng)?;
        let certificates = plan.certificates(Keys {
            root: provider.signer(&root)?,
            trust_list_manager: provider.signer(&trust_list_manager)?,
            enrolment_authority: enrolment_authority.public(),
            authorization_authority: authorization_authority.public(),
        })?;
        let [of_root, of_ea, of_aa, of_tlm] = certificates;
        Ok(Self {
            root: Member { certificate: of_root, signing: root, encryption: None },
            enrolment_authority: enrolment_authority.with(of_ea),
            authorization_authority: authorization_authority.with(of_aa),
            trust_list_manager: Member { certificate: of_tlm, signing: trust_list_manager, encryption: None },
            policy: plan.policy,
        })
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

/// The keys of a PKI that is planned, wherever the private ones live.
pub struct Keys {
    /// The root's.
    pub root: Box<dyn Signer>,
    /// The trust list manager's.
    pub trust_list_manager: Box<dyn Signer>,
    /// The public ones of the EA.
    pub enrolment_authority: AuthorityKeys,
    /// The public ones of the AA.
    pub authorization_authority: AuthorityKeys,
}

/// The public keys of an EA or AA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorityKeys {
    /// What its signatures are verified with.
    pub signing: PublicKey,
    /// What it is encrypted to.
    pub encryption: PublicKey,
}

/// The private keys of an EA or AA.
struct Pair {
    signing: PrivateKey,
    encryption: PrivateKey,
}

impl Pair {
    fn generate(plan: &Plan, rng: &mut dyn CryptoRng) -> Result<Self, CaError> {
        let signing = PrivateKey::generate(plan.curve, rng)?;
        Ok(Self { signing, encryption: PrivateKey::generate(encryption_curve(plan.curve), rng)? })
    }

    const fn public(&self) -> AuthorityKeys {
        AuthorityKeys { signing: *self.signing.public_key(), encryption: *self.encryption.public_key() }
    }

    fn with(self, certificate: Certificate) -> Member {
        Member { certificate, signing: self.signing, encryption: Some(self.encryption) }
    }
}

impl Plan {
    /// The certificates of root, EA, AA and TLM for keys that somebody has.
    ///
    /// # Errors
    /// [`CaError::Lint`] when the plan or the keys break the policy or the profiles; [`CaError::Crypto`] when a key fails.
    pub fn certificates(&self, keys: Keys) -> Result<[Certificate; 4], CaError> {
        let mut ledger = MemoryLedger::new();
        let root = self.self_signed(Role::RootCa, &*keys.root, &mut ledger)?;
        let tlm = self.self_signed(Role::TrustListManager, &*keys.trust_list_manager, &mut ledger)?;
        let issuer = Issuer::new(Role::RootCa, root.clone(), keys.root, self.policy)?;
        let (of_ea, of_aa) = (keys.enrolment_authority, keys.authorization_authority);
        let ea = self.subordinate(Role::EnrolmentAuthority, &of_ea, &issuer, &mut ledger)?;
        let aa = self.subordinate(Role::AuthorizationAuthority, &of_aa, &issuer, &mut ledger)?;
        Ok([root, ea, aa, tlm])
    }

    fn self_signed(
        &self,
        role: Role,
        signer: &dyn Signer,
        ledger: &mut dyn Ledger,
    ) -> Result<Certificate, CaError> {
        let (name, validity) = (format!("{} {role}", self.name), self.validity(TOP_YEARS));
        let template = if role == Role::RootCa {
            let root = Template::root(&name, *signer.public_key(), validity, &self.services);
            Template { region: self.region.clone(), assurance: Some(ASSURANCE), ..root }
        } else {
            Template::trust_list_manager(&name, *signer.public_key(), validity)
        };
        let request = RequestDigest::of(name.as_bytes());
        self_signed(&template, signer, &self.policy, request, self.start, ledger)
    }

    fn subordinate(
        &self,
        role: Role,
        keys: &AuthorityKeys,
        issuer: &Issuer,
        ledger: &mut dyn Ledger,
    ) -> Result<Certificate, CaError> {
        let (name, validity) = (format!("{} {role}", self.name), self.validity(SUBORDINATE_YEARS));
        let AuthorityKeys { signing, encryption } = *keys;
        let template = if role == Role::EnrolmentAuthority {
            Template::enrolment_authority(&name, signing, encryption, validity)
        } else {
            Template::authorization_authority(&name, signing, encryption, validity, &self.services)
        };
        let template = Template { region: self.region.clone(), assurance: Some(ASSURANCE), ..template };
        issuer.issue(&template, RequestDigest::of(name.as_bytes()), self.start, ledger)
    }

    const fn validity(&self, years: u16) -> ValidityPeriod {
        ValidityPeriod { start: self.start, duration: Duration::Years(years) }
    }
}

/// Assurance level 6 of 7: what a lab claims of its authorities, so that tickets of any usual level fit below.
const ASSURANCE: u8 = 0b1100_0000;

/// The curve of the key that an authority is encrypted to, by that of the key that it signs with: ECIES is defined on 256-bit
/// curves only.
#[must_use]
pub const fn encryption_curve(signing: Curve) -> Curve {
    match signing {
        Curve::NistP256 | Curve::NistP384 => Curve::NistP256,
        Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => Curve::BrainpoolP256r1,
    }
}
