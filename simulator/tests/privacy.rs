//! What EA and AA have stored after many requests: the EA no ticket's key or name, the AA nothing of who asked.
//!
//! Everything that a core hands to its ledger or registry is kept here octet for octet and searched. The search is shown
//! to work: each party's store does hold what that party may know.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy allows these in test functions, not in what they call"
)]

use std::sync::{Arc, Mutex};

use enrollment_aa::{AuthorizationAuthority, Step};
use enrollment_ea::EnrolmentAuthority;
use enrollment_ea::registry::{
    CanonicalId, Confirmation, MemoryRegistry, Registry, RegistryError, Station, Status,
};
use enrollment_station::Credential;
use enrollment_station::authorization::{Ask, Authorities, Authorization, Privacy, Proof};
use enrollment_station::enrolment::{Enrolment, Identity};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use simulator::pki::usual_profile;
use v2x_ca::Role;
use v2x_ca::lab::{Lab, Member, Plan};
use v2x_ca::ledger::{Hash, Ledger, LedgerError, MemoryLedger, Recorded, RequestDigest, Standing};
use v2x_ca::permit::Conclusion;
use v2x_ca::services::{CAM, permission};
use v2x_codec::ieee1609dot2::SequenceOfPsidSsp;
use v2x_codec::time::{Time32, Time64, ValidityPeriod};
use v2x_codec::ts102941::CertificateSubjectAttributes;
use v2x_crypto::{Curve, PrivateKey, Provider, RustCrypto, sha256};
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::trust::{TrustProfile, TrustStore};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATIONS: usize = 8;

fn now() -> Time64 {
    START.into()
}

/// Everything that one party has stored.
#[derive(Clone, Default)]
struct Store(Arc<Mutex<Vec<Vec<u8>>>>);

impl Store {
    fn keep(&self, octets: &[u8]) {
        self.0.lock().unwrap().push(octets.to_vec());
    }

    fn keep_all<const N: usize>(&self, octets: [&[u8]; N]) {
        octets.into_iter().for_each(|octets| self.keep(octets));
    }

    fn holds(&self, what: &[u8]) -> bool {
        assert!(what.len() >= 8, "too short to be found by chance alone");
        self.0.lock().unwrap().iter().any(|kept| kept.windows(what.len()).any(|place| place == what))
    }
}

/// A ledger whose records can be searched.
struct Spied {
    inner: MemoryLedger,
    store: Store,
}

impl Ledger for Spied {
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
        self.inner.standing(request)
    }

    fn intend(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        octets: &[u8],
    ) -> Result<Recorded, LedgerError> {
        self.store.keep(request.as_bytes());
        self.store.keep(octets);
        self.inner.intend(now, request, octets)
    }

    fn conclude(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        made: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError> {
        [request.as_bytes(), made, answer].into_iter().for_each(|octets| self.store.keep(octets));
        self.inner.conclude(now, request, made, answer)
    }

    fn remember(&mut self, now: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError> {
        self.store.keep(request.as_bytes());
        self.store.keep(answer);
        self.inner.remember(now, request, answer)
    }

    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
        self.inner.knows_certificate(certificate)
    }
}

/// A registry whose records can be searched. Identifiers are kept by the test, which has registered them.
struct SpiedRegistry {
    inner: MemoryRegistry,
    store: Store,
}

impl Registry for SpiedRegistry {
    fn register(&mut self, now: Time64, id: &CanonicalId, station: &Station) -> Result<(), RegistryError> {
        self.store.keep(&station.canonical_key.to_sec1_compressed());
        self.inner.register(now, id, station)
    }

    fn set_status(&mut self, now: Time64, id: &CanonicalId, status: Status) -> Result<(), RegistryError> {
        self.inner.set_status(now, id, status)
    }

    fn station(&self, id: &CanonicalId) -> Result<Option<Station>, RegistryError> {
        self.inner.station(id)
    }

    fn credentials(&self, digest: HashedId8) -> Result<Vec<(CanonicalId, Certificate)>, RegistryError> {
        self.inner.credentials(digest)
    }

    fn enrolled(
        &mut self,
        id: &CanonicalId,
        station: &Station,
        conclusion: Conclusion<'_>,
    ) -> Result<(), RegistryError> {
        let Conclusion { request, certificate, answer, .. } = conclusion;
        self.store.keep_all([request.as_bytes(), certificate.octets(), answer]);
        self.inner.enrolled(id, station, conclusion)
    }

    fn overlapping(
        &self,
        id: &CanonicalId,
        shared: &[u8; 32],
        validity: &ValidityPeriod,
    ) -> Result<usize, RegistryError> {
        self.inner.overlapping(id, shared, validity)
    }

    fn confirmed(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        confirmation: Confirmation<'_>,
        answer: &[u8],
    ) -> Result<(), RegistryError> {
        self.store.keep_all([request.as_bytes(), &confirmation.shared, answer]);
        self.inner.confirmed(now, request, confirmation, answer)
    }
}

impl Ledger for SpiedRegistry {
    fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
        self.inner.standing(request)
    }

    fn intend(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        octets: &[u8],
    ) -> Result<Recorded, LedgerError> {
        self.store.keep_all([request.as_bytes(), octets]);
        self.inner.intend(now, request, octets)
    }

    fn conclude(
        &mut self,
        now: Time64,
        request: &RequestDigest,
        made: &[u8],
        answer: &[u8],
    ) -> Result<(), LedgerError> {
        self.store.keep_all([request.as_bytes(), made, answer]);
        self.inner.conclude(now, request, made, answer)
    }

    fn remember(&mut self, now: Time64, request: &RequestDigest, answer: &[u8]) -> Result<(), LedgerError> {
        self.store.keep_all([request.as_bytes(), answer]);
        self.inner.remember(now, request, answer)
    }

    fn knows_certificate(&self, certificate: &Hash) -> Result<bool, LedgerError> {
        self.inner.knows_certificate(certificate)
    }
}

struct World {
    lab: Lab,
    ea: EnrolmentAuthority,
    aa: AuthorizationAuthority,
    trust: TrustStore,
    of_ea: Store,
    of_aa: Store,
    rng: ChaCha20Rng,
}

fn trust(lab: &Lab) -> TrustStore {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    for certificate in lab.certificates() {
        trust.add_by_content(certificate.clone()).unwrap();
    }
    trust
}

fn ledger(store: &Store) -> Box<Spied> {
    Box::new(Spied { inner: MemoryLedger::new(), store: store.clone() })
}

fn agreement(member: &Member) -> Box<dyn v2x_crypto::KeyAgreement> {
    RustCrypto.key_agreement(member.encryption.as_ref().unwrap()).unwrap()
}

fn world() -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let lab = Lab::new(&Plan::new("privacy", START), &RustCrypto, &mut rng).unwrap();
    let (of_ea, of_aa) = (Store::default(), Store::default());
    let ea = EnrolmentAuthority::new(enrollment_ea::Parts {
        issuer: lab.enrolment_authority.issuer(Role::EnrolmentAuthority, lab.policy, &RustCrypto).unwrap(),
        agreement: agreement(&lab.enrolment_authority),
        provider: Arc::new(RustCrypto),
        trust: trust(&lab),
        registry: Box::new(SpiedRegistry { inner: MemoryRegistry::new(), store: of_ea.clone() }),
    });
    let issuer = lab.authorization_authority.issuer(Role::AuthorizationAuthority, lab.policy, &RustCrypto);
    let aa = AuthorizationAuthority::new(enrollment_aa::Parts {
        issuer: issuer.unwrap(),
        agreement: agreement(&lab.authorization_authority),
        provider: Arc::new(RustCrypto),
        trust: trust(&lab),
        ledger: ledger(&of_aa),
    });
    World { ea: ea.unwrap(), aa: aa.unwrap(), trust: trust(&lab), lab, of_ea, of_aa, rng }
}

/// What one station is known by, on each side.
struct Known {
    /// Its identifier, canonical key, credential and the credential's key and name.
    identity: Vec<Vec<u8>>,
    /// Its tickets, their keys and names.
    tickets: Vec<Vec<u8>>,
}

fn handles(certificate: &Certificate) -> Vec<Vec<u8>> {
    let key = certificate.verification_key().unwrap();
    vec![
        certificate.octets().to_vec(),
        certificate.to_be_signed().to_vec(),
        key.x().to_vec(),
        certificate.hashed_id8().as_bytes().to_vec(),
        sha256(certificate.octets()).to_vec(),
    ]
}

impl World {
    fn enrol(&mut self, number: usize) -> (Known, Certificate, PrivateKey) {
        let id = format!("canonical identifier {number}").into_bytes();
        let canonical = PrivateKey::generate(Curve::NistP256, &mut self.rng).unwrap();
        let station = Station {
            canonical_key: *canonical.public_key(),
            status: Status::Active,
            profile: usual_profile(None),
        };
        let canonical_id = CanonicalId::new(&id).unwrap();
        self.ea.registry().register(now(), &canonical_id, &station).unwrap();
        let key = PrivateKey::generate(Curve::NistP256, &mut self.rng).unwrap();
        let (signer, new) = (RustCrypto.signer(&canonical).unwrap(), RustCrypto.signer(&key).unwrap());
        let identity = Identity::Canonical { id: &id, signer: &*signer };
        let ea = self.lab.enrolment_authority.certificate.clone();
        let asked = Enrolment::new(identity, &*new, &ea, &mut self.trust, now(), &mut self.rng).unwrap();
        let answer = self.ea.enrol(now(), asked.request(), &mut self.rng).unwrap();
        let credential = asked.answer(&answer, &mut self.trust, now()).unwrap();
        let mut identity = vec![id, canonical.public_key().x().to_vec()];
        identity.extend(handles(&credential));
        (Known { identity, tickets: Vec::new() }, credential, key)
    }

    fn ticket(&mut self, credential: &Certificate, own: &PrivateKey, privacy: Privacy) -> Vec<Vec<u8>> {
        let key = PrivateKey::generate(Curve::NistP256, &mut self.rng).unwrap();
        let (new, own) = (RustCrypto.signer(&key).unwrap(), RustCrypto.signer(own).unwrap());
        let encryption = *PrivateKey::generate(Curve::NistP256, &mut self.rng).unwrap().public_key();
        let permissions = SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]);
        let ask = Ask {
            key: &*new,
            encryption_key: Some(encryption),
            attributes: CertificateSubjectAttributes::signing(permissions),
            privacy,
            proof: Proof::OfPossession,
        };
        let credential = Credential { certificate: credential, signer: &*own };
        let (ea, aa) = (&self.lab.enrolment_authority, &self.lab.authorization_authority);
        let authorities = Authorities { ea: &ea.certificate, aa: &aa.certificate };
        let asked =
            Authorization::new(&ask, credential, authorities, &mut self.trust, now(), &mut self.rng).unwrap();
        let step = self.aa.request(now(), asked.request(), &mut self.rng).unwrap();
        let Step::AskEa { question, request, .. } = step else { panic!("the AA asks the EA") };
        let confirmed = self.ea.validate(now(), &request, &mut self.rng).unwrap();
        let answer = self.aa.ea_answered(now(), question, &confirmed, &mut self.rng).unwrap().unwrap();
        let ticket = asked.answer(&answer, &mut self.trust, now()).unwrap();
        let mut handles = handles(&ticket);
        handles.push(encryption.x().to_vec());
        handles
    }
}

#[test]
fn the_ea_stores_nothing_of_tickets_and_the_aa_nothing_of_stations() {
    let mut world = world();
    let stations: Vec<Known> = (0..STATIONS)
        .map(|number| {
            let (mut known, credential, key) = world.enrol(number);
            for privacy in [Privacy::Hidden, Privacy::Open] {
                known.tickets.extend(world.ticket(&credential, &key, privacy));
            }
            known
        })
        .collect();
    for station in &stations {
        for handle in &station.identity {
            assert!(!world.of_aa.holds(handle), "the AA has stored who asked: {handle:02x?}");
        }
        for handle in &station.tickets {
            assert!(!world.of_ea.holds(handle), "the EA has stored a ticket's name or key: {handle:02x?}");
        }
        // The search finds what is there: the credential with the EA, the ticket with the AA.
        assert!(world.of_ea.holds(&station.identity[2]) && world.of_ea.holds(&station.identity[1]));
        assert!(world.of_aa.holds(&station.tickets[0]) && world.of_aa.holds(&station.tickets[2]));
    }
}
