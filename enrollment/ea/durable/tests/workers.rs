//! Authorities side by side on one durable ledger: one answer for each request, one quota for each station, and no answer
//! where the ledger takes no record.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

use enrollment_aa::{AuthorizationAuthority, Step};
use enrollment_ea::{
    EnrolmentAuthority,
    registry::{CanonicalId, Profile, Registry as _, Station, Status},
};
use enrollment_ea_durable::DurableRegistry;
use enrollment_station::{
    Credential, StationError,
    authorization::{Ask, Authorities, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::{path::Path, sync::Arc, sync::Barrier, thread};
use store::{Ledger as Store, Options, engine::Redb};
use tempfile::TempDir;
use v2x_ca::{
    CaError, Role,
    lab::{Lab, Plan},
    ledger::LedgerError,
    services::{CAM, its_services, permission},
};
use v2x_ca_durable::DurableLedger;
use v2x_codec::{
    ieee1609dot2::SequenceOfPsidSsp,
    time::{Time32, Time64},
    ts102941::{AuthorizationResponseCode, CertificateSubjectAttributes},
};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto};
use v2x_security::{
    certificate::Certificate,
    trust::{TrustProfile, TrustStore},
};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATION: &[u8] = b"station 1";
const QUOTA: u32 = 3;
const WORKERS: usize = 4;

fn now() -> Time64 {
    START.into()
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// One PKI, with one ledger for each of its authorities.
struct World {
    folder: TempDir,
    lab: Lab,
    canonical: PrivateKey,
    of_ea: DurableRegistry,
    of_aa: DurableLedger,
}

fn ledger(path: &Path, name: &str) -> DurableLedger {
    let store = Store::open(Redb::open(path).unwrap(), &Options::new(name), now().micros());
    DurableLedger::new(store.unwrap())
}

fn world() -> World {
    let mut rng = rng(1);
    let folder = tempfile::tempdir().unwrap();
    let lab = Lab::new(&Plan::new("workers", START), &RustCrypto, &mut rng).unwrap();
    let canonical = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    let mut of_ea = DurableRegistry::new(ledger(&folder.path().join("ea"), "EA"));
    let of_aa = ledger(&folder.path().join("aa"), "AA");
    let profile =
        Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: QUOTA };
    let station = Station { canonical_key: *canonical.public_key(), status: Status::Active, profile };
    of_ea.register(now(), &CanonicalId::new(STATION).unwrap(), &station).unwrap();
    World { folder, lab, canonical, of_ea, of_aa }
}

impl World {
    fn trust(&self) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        for certificate in self.lab.certificates() {
            trust.add_by_content(certificate.clone()).unwrap();
        }
        trust
    }

    fn ea_on(&self, registry: &DurableRegistry) -> EnrolmentAuthority {
        let member = &self.lab.enrolment_authority;
        let parts = enrollment_ea::Parts {
            issuer: member.issuer(Role::EnrolmentAuthority, self.lab.policy, &RustCrypto).unwrap(),
            agreement: RustCrypto.key_agreement(member.encryption.as_ref().unwrap()).unwrap(),
            provider: Arc::new(RustCrypto),
            trust: self.trust(),
            registry: Box::new(registry.clone()),
        };
        EnrolmentAuthority::new(parts).unwrap()
    }

    fn ea(&self) -> EnrolmentAuthority {
        self.ea_on(&self.of_ea)
    }

    fn aa_on(&self, ledger: &DurableLedger) -> AuthorizationAuthority {
        let member = &self.lab.authorization_authority;
        let parts = enrollment_aa::Parts {
            issuer: member.issuer(Role::AuthorizationAuthority, self.lab.policy, &RustCrypto).unwrap(),
            agreement: RustCrypto.key_agreement(member.encryption.as_ref().unwrap()).unwrap(),
            provider: Arc::new(RustCrypto),
            trust: self.trust(),
            ledger: Box::new(ledger.clone()),
        };
        AuthorizationAuthority::new(parts).unwrap()
    }

    fn aa(&self) -> AuthorizationAuthority {
        self.aa_on(&self.of_aa)
    }

    fn enrolment(&self, seed: u64) -> (Enrolment, PrivateKey) {
        let mut rng = rng(seed);
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let (canonical, new) =
            (RustCrypto.signer(&self.canonical).unwrap(), RustCrypto.signer(&key).unwrap());
        let identity = Identity::Canonical { id: STATION, signer: &*canonical };
        let ea = &self.lab.enrolment_authority.certificate;
        let asked = Enrolment::new(identity, &*new, ea, &mut self.trust(), now(), &mut rng).unwrap();
        (asked, key)
    }

    fn enrol(&self) -> (Certificate, PrivateKey) {
        let (asked, key) = self.enrolment(10);
        let answer = self.ea().enrol(now(), asked.request(), &mut rng(11)).unwrap();
        (asked.answer(&answer, &mut self.trust(), now()).unwrap(), key)
    }

    fn authorization(&self, (certificate, own): &(Certificate, PrivateKey), seed: u64) -> Authorization {
        let mut rng = rng(seed);
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let (new, own) = (RustCrypto.signer(&key).unwrap(), RustCrypto.signer(own).unwrap());
        let permissions = SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]);
        let ask = Ask {
            key: &*new,
            encryption_key: None,
            attributes: CertificateSubjectAttributes::signing(permissions),
            privacy: Privacy::Hidden,
            proof: Proof::OfPossession,
        };
        let (ea, aa) = (&self.lab.enrolment_authority, &self.lab.authorization_authority);
        let authorities = Authorities { ea: &ea.certificate, aa: &aa.certificate };
        let credential = Credential { certificate, signer: &*own };
        Authorization::new(&ask, credential, authorities, &mut self.trust(), now(), &mut rng).unwrap()
    }

    /// Runs `work` in as many workers at once.
    fn at_once<T: Send>(&self, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
        let barrier = Barrier::new(WORKERS);
        thread::scope(|scope| {
            let start = |worker| {
                let (work, barrier) = (&work, &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    work(worker)
                })
            };
            let workers: Vec<_> = (0..WORKERS as u64).map(start).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        })
    }

    fn issued(ledger: &DurableLedger) -> usize {
        let mut issued = 0;
        let counted = ledger.store().each_certificate(|_| {
            issued += 1;
            Ok(())
        });
        counted.unwrap();
        issued
    }
}

fn authorize(
    aa: &mut AuthorizationAuthority,
    ea: &mut EnrolmentAuthority,
    request: &[u8],
    seed: u64,
) -> Result<Vec<u8>, CaError> {
    let mut rng = rng(seed);
    match aa.request(now(), request, &mut rng)? {
        Step::Answer(answer) => Ok(answer),
        Step::AskEa { question, request, .. } => {
            let confirmed = ea.validate(now(), &request, &mut rng)?;
            Ok(aa.ea_answered(now(), question, &confirmed, &mut rng)?.unwrap())
        }
    }
}

fn all_same(answers: &[Vec<u8>]) -> bool {
    answers.windows(2).all(|pair| pair[0] == pair[1])
}

#[test]
fn workers_that_have_the_same_enrolment_at_once_give_the_same_octets() {
    let world = world();
    for round in 0..8 {
        let (asked, _) = world.enrolment(100 + round);
        let answers = world.at_once(|worker| world.ea().enrol(now(), asked.request(), &mut rng(worker)));
        let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert!(all_same(&answers));
        asked.answer(&answers[0], &mut world.trust(), now()).unwrap();
    }
    assert_eq!(World::issued(world.of_ea.ledger()), 8, "one credential for each request");
    world.of_ea.ledger().store().verify(None).unwrap();
}

#[test]
fn workers_that_have_the_same_authorization_at_once_give_the_same_octets() {
    let world = world();
    let credential = world.enrol();
    for round in 0..3 {
        let asked = world.authorization(&credential, 200 + round);
        let answers = world.at_once(|worker| {
            authorize(&mut world.aa(), &mut world.ea(), asked.request(), 300 + worker).unwrap()
        });
        assert!(all_same(&answers));
        asked.answer(&answers[0], &mut world.trust(), now()).unwrap();
    }
    assert_eq!(
        World::issued(&world.of_aa),
        3,
        "one ticket for each request, and one place of the quota each"
    );
}

#[test]
fn workers_that_have_the_same_validation_at_once_give_the_same_octets() {
    let world = world();
    let credential = world.enrol();
    let asked = world.authorization(&credential, 400);
    let step = world.aa().request(now(), asked.request(), &mut rng(1)).unwrap();
    let Step::AskEa { request, .. } = step else { panic!("the AA asks") };
    let answers = world.at_once(|worker| world.ea().validate(now(), &request, &mut rng(worker)).unwrap());
    assert!(all_same(&answers));
}

#[test]
fn a_quota_holds_for_all_workers_together() {
    let world = world();
    let credential = world.enrol();
    let outcomes = world.at_once(|worker| {
        let (mut aa, mut ea) = (world.aa(), world.ea());
        let each = |number: u64| {
            let asked = world.authorization(&credential, 1_000 + 10 * worker + number);
            let answer = authorize(&mut aa, &mut ea, asked.request(), 2_000 + 10 * worker + number).unwrap();
            asked.answer(&answer, &mut world.trust(), now())
        };
        (0..3).map(each).collect::<Vec<_>>()
    });
    let (granted, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().flatten().partition(Result::is_ok);
    assert_eq!(granted.len(), QUOTA as usize);
    assert_eq!(refused.len(), 3 * WORKERS - QUOTA as usize);
    for refusal in refused {
        let code = AuthorizationResponseCode::DeniedTooManyCerts;
        assert!(matches!(refusal, Err(StationError::AuthorizationRefused(found)) if found == code));
    }
}

#[test]
fn a_station_that_one_worker_blocks_gets_nothing_from_another() {
    let world = world();
    let credential = world.enrol();
    let (mut aa, mut ea) = (world.aa(), world.ea());
    let asked = world.authorization(&credential, 500);
    authorize(&mut aa, &mut ea, asked.request(), 501).unwrap();
    let id = CanonicalId::new(STATION).unwrap();
    world.ea().registry().set_status(now(), &id, Status::Blocked).unwrap();
    let asked = world.authorization(&credential, 502);
    let answer = authorize(&mut aa, &mut ea, asked.request(), 503).unwrap();
    let refused = asked.answer(&answer, &mut world.trust(), now());
    assert!(matches!(refused, Err(StationError::AuthorizationRefused(_))), "{:?}", refused.err());
    assert_eq!(World::issued(&world.of_aa), 1);
}

/// A copy of a ledger, which takes no record until its epoch is raised.
fn copy(of: &DurableLedger, path: &Path, name: &str) -> DurableLedger {
    let mut backup = Vec::new();
    of.store().backup(&mut backup).unwrap();
    store::restore(&Redb::open(path).unwrap(), &mut &backup[..]).unwrap();
    ledger(path, name)
}

fn is_rewound<T>(outcome: Result<T, CaError>) -> bool {
    matches!(outcome, Err(CaError::Ledger(LedgerError::Rewound(_))))
}

#[test]
fn what_a_ledger_cannot_record_is_not_answered_and_is_served_when_it_can() {
    let world = world();
    let credential = world.enrol();
    let of_ea = copy(world.of_ea.ledger(), &world.folder.path().join("ea copy"), "EA");
    let of_aa = copy(&world.of_aa, &world.folder.path().join("aa copy"), "AA");
    let (enrolment, _) = world.enrolment(600);
    let authorization = world.authorization(&credential, 601);
    let mut ea = world.ea_on(&DurableRegistry::new(of_ea.clone()));
    let mut aa = world.aa_on(&of_aa);

    assert!(is_rewound(ea.enrol(now(), enrolment.request(), &mut rng(1))));
    assert!(is_rewound(authorize(&mut world.aa(), &mut ea, authorization.request(), 2)), "the EA's ledger");
    assert!(is_rewound(authorize(&mut aa, &mut world.ea(), authorization.request(), 3)), "the AA's ledger");

    for ledger in [&of_ea, &of_aa] {
        ledger.store().raise_epoch(now().micros(), 1, "a test").unwrap();
    }
    let answer = ea.enrol(now(), enrolment.request(), &mut rng(4)).unwrap();
    enrolment.answer(&answer, &mut world.trust(), now()).unwrap();
    let answer = authorize(&mut aa, &mut ea, authorization.request(), 5).unwrap();
    authorization.answer(&answer, &mut world.trust(), now()).unwrap();
}

#[test]
fn a_clock_that_is_behind_the_ledger_is_no_refusal_of_the_station() {
    let world = world();
    let credential = world.enrol();
    let asked = world.authorization(&credential, 700);
    let step = world.aa().request(now(), asked.request(), &mut rng(1)).unwrap();
    let Step::AskEa { request, .. } = step else { panic!("the AA asks") };
    let ahead = now().saturating_add_micros(60_000_000);
    let profile = Profile { services: Vec::new(), region: None, assurance: 0, parallel_tickets: 0 };
    let (canonical_key, status) = (*world.canonical.public_key(), Status::Inactive);
    let other = Station { canonical_key, status, profile };
    world.of_ea.clone().register(ahead, &CanonicalId::new(b"other").unwrap(), &other).unwrap();
    let unavailable = world.ea().validate(now(), &request, &mut rng(2));
    assert!(matches!(unavailable, Err(CaError::Ledger(LedgerError::Clock(_)))), "{:?}", unavailable.err());
    let answer = world.ea().validate(ahead, &request, &mut rng(3)).unwrap();
    assert_eq!(world.ea().validate(ahead, &request, &mut rng(4)).unwrap(), answer, "it was confirmed");
}

#[test]
fn an_ea_that_cannot_be_reached_is_told_to_the_station_and_asked_again_on_a_retry() {
    let world = world();
    let credential = world.enrol();
    let asked = world.authorization(&credential, 800);
    let mut aa = world.aa();
    let step = aa.request(now(), asked.request(), &mut rng(1)).unwrap();
    let Step::AskEa { question, .. } = step else { panic!("the AA asks") };
    let answer = aa.ea_unreachable(now(), question, &mut rng(2)).unwrap().unwrap();
    let refused = asked.answer(&answer, &mut world.trust(), now());
    let code = AuthorizationResponseCode::AaEaCantReachEa;
    assert!(matches!(refused, Err(StationError::AuthorizationRefused(found)) if found == code));
    assert_eq!(aa.ea_unreachable(now(), question, &mut rng(3)).unwrap(), None, "nobody waits any more");
    let answer = authorize(&mut aa, &mut world.ea(), asked.request(), 4).unwrap();
    asked.answer(&answer, &mut world.trust(), now()).unwrap();
}
