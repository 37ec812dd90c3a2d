//! A PKI and a station for the test purposes of TS 103 525-2: the cores that stations and authorities run, and their
//! messages taken apart and made by hand.
#![allow(dead_code, reason = "each suite is a crate of its own and uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

pub(crate) mod asked;
pub(crate) mod layers;
pub(crate) mod listed;

use std::sync::Arc;

use enrollment_aa::{QuestionId, Step};
use enrollment_ea::registry::{CanonicalId, Profile, Status};
use enrollment_protocol::answer::Answerer;
use enrollment_station::authorization::{Ask, Authorization, Privacy, Proof};
use enrollment_station::enrolment::{Enrolment, Identity};
use enrollment_station::{Credential, StationError};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use simulator::pki::{Held, Pki, usual_profile};
use v2x_ca::lab::{Lab, Member, Plan};
use v2x_ca::policy::Policy;
use v2x_ca::services::{CAM, permission};
use v2x_codec::ieee1609dot2::SequenceOfPsidSsp;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::{CertificateSubjectAttributes, EtsiTs102941DataContent};
use v2x_crypto::{AesKey, Curve, PrivateKey, Provider as _, RustCrypto, Signer};
use v2x_security::certificate::Certificate;
use v2x_security::trust::TrustStore;

/// When every certificate of the authorities begins.
pub(crate) const START: Time32 = Time32::from_seconds(700_000_000);
/// An hour later: when the tests take place.
pub(crate) const NOW: Time64 = Time64::from_micros(700_003_600_000_000);
pub(crate) const SECOND: u64 = 1_000_000;
pub(crate) const HOUR: u64 = 3_600 * SECOND;
pub(crate) const DAY: u64 = 24 * HOUR;
/// The canonical identifier of the station.
pub(crate) const STATION: &[u8] = b"station 1";
/// Tickets that the station may have at a time.
pub(crate) const QUOTA: u32 = 2;

pub(crate) const fn later(micros: u64) -> Time64 {
    NOW.saturating_add_micros(micros)
}

pub(crate) const fn earlier(micros: u64) -> Time64 {
    NOW.saturating_sub_micros(micros)
}

/// Root, EA and AA as they are run, and a station that is registered with the EA.
pub(crate) struct World {
    pub(crate) pki: Pki,
    pub(crate) canonical: PrivateKey,
    pub(crate) rng: ChaCha20Rng,
}

/// An exchange under way, and the new key that it is about.
pub(crate) struct Asked<T> {
    pub(crate) exchange: T,
    pub(crate) key: PrivateKey,
}

pub(crate) fn signer(key: &PrivateKey) -> Box<dyn Signer> {
    RustCrypto.signer(key).unwrap()
}

pub(crate) fn lab(name: &str, curve: Curve, rng: &mut ChaCha20Rng) -> Lab {
    Lab::new(&Plan { curve, ..Plan::new(name, START) }, &RustCrypto, rng).unwrap()
}

/// CAM without any special right: what the station asks its tickets for.
pub(crate) fn cam() -> CertificateSubjectAttributes {
    CertificateSubjectAttributes::signing(SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]))
}

impl World {
    pub(crate) fn new() -> Self {
        Self::on(Curve::NistP256)
    }

    pub(crate) fn on(curve: Curve) -> Self {
        Self::with(curve, usual_profile(None))
    }

    /// With a station that is registered for certain tickets, [`QUOTA`] at a time.
    pub(crate) fn with(curve: Curve, profile: Profile) -> Self {
        Self::planned(&Plan { curve, ..Plan::new("pki", START) }, profile)
    }

    /// Whose EA gives credentials for a day.
    pub(crate) fn with_short_credentials() -> Self {
        let policy = Policy { credential_seconds: 86_400, ..Policy::EU };
        Self::planned(&Plan { policy, ..Plan::new("pki", START) }, usual_profile(None))
    }

    fn planned(plan: &Plan, profile: Profile) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(525);
        let lab = Lab::new(plan, &RustCrypto, &mut rng).unwrap();
        let mut pki = Pki::new(lab, Arc::new(RustCrypto)).unwrap();
        let canonical = PrivateKey::generate(plan.curve, &mut rng).unwrap();
        let profile = Profile { parallel_tickets: QUOTA, ..profile };
        pki.register(STATION, &canonical, profile).unwrap();
        Self { pki, canonical, rng }
    }

    /// Another PKI, which this one has nothing to do with, and a station enrolled there.
    pub(crate) fn elsewhere() -> (Self, Held) {
        let mut rng = ChaCha20Rng::seed_from_u64(526);
        let pki = Pki::new(lab("elsewhere", Curve::NistP256, &mut rng), Arc::new(RustCrypto)).unwrap();
        let canonical = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let mut world = Self { pki, canonical, rng };
        let profile = Profile { parallel_tickets: QUOTA, ..usual_profile(None) };
        world.pki.register(STATION, &world.canonical, profile).unwrap();
        let credential = world.enrolled();
        (world, credential)
    }

    pub(crate) fn ea(&self) -> &Member {
        &self.pki.lab().enrolment_authority
    }

    pub(crate) fn aa(&self) -> &Member {
        &self.pki.lab().authorization_authority
    }

    /// What a station of this PKI trusts.
    pub(crate) fn trust(&self) -> TrustStore {
        self.pki.trust_store().unwrap()
    }

    pub(crate) fn key(&mut self) -> PrivateKey {
        self.pki.new_key(&mut self.rng).unwrap()
    }

    pub(crate) fn set_status(&mut self, status: Status) {
        let id = CanonicalId::new(STATION).unwrap();
        self.pki.enrolment_authority().registry().set_status(NOW, &id, status).unwrap();
    }

    /// The station's first enrolment.
    pub(crate) fn enrolment(&mut self) -> Asked<Enrolment> {
        let canonical = signer(&self.canonical);
        self.enrolment_as(Identity::Canonical { id: STATION, signer: &*canonical })
    }

    /// The next enrolment of the holder of a credential.
    pub(crate) fn renewal(&mut self, current: &Held) -> Asked<Enrolment> {
        let own = signer(&current.key);
        let credential = Credential { certificate: &current.certificate, signer: &*own };
        self.enrolment_as(Identity::Credential(credential))
    }

    fn enrolment_as(&mut self, identity: Identity<'_>) -> Asked<Enrolment> {
        let (key, ea, mut trust) = (self.key(), self.ea().certificate.clone(), self.trust());
        let exchange = Enrolment::new(identity, &*signer(&key), &ea, &mut trust, NOW, &mut self.rng);
        Asked { exchange: exchange.unwrap(), key }
    }

    /// The EA's answer to an enrolment request.
    pub(crate) fn enrol(&mut self, request: &[u8]) -> Vec<u8> {
        self.pki.enrolment_authority().enrol(NOW, request, &mut self.rng).unwrap()
    }

    /// What the station makes of an answer.
    pub(crate) fn credential(
        &self,
        asked: &Asked<Enrolment>,
        answer: &[u8],
    ) -> Result<Certificate, StationError> {
        asked.exchange.answer(answer, &mut self.trust(), NOW)
    }

    /// The station's first credential.
    pub(crate) fn enrolled(&mut self) -> Held {
        let asked = self.enrolment();
        let answer = self.enrol(asked.exchange.request());
        Held { certificate: self.credential(&asked, &answer).unwrap(), key: asked.key }
    }

    /// The station asks for a ticket for CAM.
    pub(crate) fn authorization(
        &mut self,
        credential: &Held,
        privacy: Privacy,
        proof: Proof,
    ) -> Asked<Authorization> {
        self.authorization_for(credential, cam(), privacy, proof)
    }

    /// As most stations ask: the AA does not learn who, and sees that they have the key.
    pub(crate) fn usual_authorization(&mut self, credential: &Held) -> Asked<Authorization> {
        self.authorization(credential, Privacy::Hidden, Proof::OfPossession)
    }

    pub(crate) fn authorization_for(
        &mut self,
        credential: &Held,
        attributes: CertificateSubjectAttributes,
        privacy: Privacy,
        proof: Proof,
    ) -> Asked<Authorization> {
        let (key, own, mut trust) = (self.key(), signer(&credential.key), self.trust());
        let new = signer(&key);
        let ask = Ask { key: &*new, encryption_key: None, attributes, privacy, proof };
        let credential = Credential { certificate: &credential.certificate, signer: &*own };
        let authorities = self.pki.authorities();
        let exchange = Authorization::new(&ask, credential, authorities, &mut trust, NOW, &mut self.rng);
        Asked { exchange: exchange.unwrap(), key }
    }

    /// What the AA asks the EA about an authorization request.
    pub(crate) fn question(&mut self, request: &[u8]) -> (QuestionId, Vec<u8>) {
        let step = self.pki.authorization_authority().request(NOW, request, &mut self.rng).unwrap();
        let Step::AskEa { question, request, .. } = step else { panic!("the AA does not ask the EA") };
        (question, request)
    }

    /// The EA's answer to an AA.
    pub(crate) fn validate(&mut self, question: &[u8]) -> Vec<u8> {
        self.pki.enrolment_authority().validate(NOW, question, &mut self.rng).unwrap()
    }

    /// The AA's answer to a station, the EA asked where the AA asks it.
    pub(crate) fn authorize(&mut self, request: &[u8]) -> Vec<u8> {
        self.pki.authorize(request, NOW, &mut self.rng).unwrap()
    }

    /// What the station makes of an answer.
    pub(crate) fn ticket(
        &self,
        asked: &Asked<Authorization>,
        answer: &[u8],
    ) -> Result<Certificate, StationError> {
        asked.exchange.answer(answer, &mut self.trust(), NOW)
    }

    /// An answer in the name of `authority`, signed by whoever a test wants and encrypted, if at all, under this key.
    pub(crate) fn answer_as(
        &mut self,
        authority: &Certificate,
        signer: &dyn Signer,
        content: EtsiTs102941DataContent,
        under: Option<&AesKey>,
    ) -> Vec<u8> {
        let answerer = Answerer { certificate: authority, signer };
        answerer.answer(content, under, NOW, &mut self.rng).unwrap()
    }

    /// An answer that the EA itself would sign.
    pub(crate) fn answer_of_the_ea(
        &mut self,
        content: EtsiTs102941DataContent,
        under: Option<&AesKey>,
    ) -> Vec<u8> {
        let (ea, key) = (self.ea().certificate.clone(), signer(&self.ea().signing));
        self.answer_as(&ea, &*key, content, under)
    }

    /// An answer that the AA itself would sign.
    pub(crate) fn answer_of_the_aa(
        &mut self,
        content: EtsiTs102941DataContent,
        under: Option<&AesKey>,
    ) -> Vec<u8> {
        let (aa, key) = (self.aa().certificate.clone(), signer(&self.aa().signing));
        self.answer_as(&aa, &*key, content, under)
    }
}
