//! A station over its life, with what it keeps from one exchange to the next: the test purposes of TS 103 525-2 for the
//! groups ITSS_ENR, ITSS_AUTH and ITSS_CTL that are about its state.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;
mod http;

use std::sync::{Arc, Mutex};

use enrollment_client::{Client, Protocol};
use enrollment_ea::registry::Status;
use enrollment_home::{Anchors, Home, HomeError, Means, Settings, TicketWish};
use enrollment_station::StationError;
use enrollment_station::authorization::{Privacy, Proof};
use exchange::layers::{
    assert_signed_by, assert_signed_by_self, authorization_layers, enrolment_layers, verifies,
};
use exchange::listed::{due, full, issuer, of_root};
use exchange::{DAY, HOUR, NOW, SECOND, STATION, World, cam, later, signer};
use http::{Heard, Reply, Scripted};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_ca::lists::{ListOf, sign_crl};
use v2x_codec::time::Time64;
use v2x_codec::ts102941::EnrolmentResponseCode as Code;
use v2x_crypto::{PrivateKey, RustCrypto};
use v2x_security::certificate::Certificate;

/// What the PKI of a test is told.
#[derive(Clone, Copy)]
struct Orders {
    now: Time64,
    status: Status,
    /// The EA starts anew, from before it knew any credential.
    forget: bool,
}

/// A PKI as a server.
fn answering(make: fn() -> World, orders: &Arc<Mutex<Orders>>) -> impl FnMut(&Heard) -> Reply + use<> {
    let (mut world, orders) = (make(), Arc::clone(orders));
    move |heard| {
        let Orders { now, status, forget } = *orders.lock().unwrap();
        if forget {
            world = make();
            orders.lock().unwrap().forget = false;
        }
        world.set_status(status);
        Reply::Answer(answer(&mut world, now, heard))
    }
}

fn answer(world: &mut World, now: Time64, heard: &Heard) -> Vec<u8> {
    let lab = world.pki.lab();
    if heard.line.contains("/getctl/") {
        let first = of_root(lab);
        let list = if now == NOW { first } else { first.next(first.entries().to_vec()).unwrap() };
        full(lab, ListOf::RootCa, &list, now)
    } else if heard.line.contains("/getcrl/") {
        sign_crl(&[], &issuer(lab, ListOf::RootCa), now, due(now), &lab.policy).unwrap()
    } else if heard.line.contains("/ea ") {
        world.pki.enrolment_authority().enrol(now, &heard.body, &mut world.rng).unwrap()
    } else {
        world.pki.authorize(&heard.body, now, &mut world.rng).unwrap()
    }
}

/// A station's home, the PKI that it talks to, and the same PKI to look into what it is told.
struct Life {
    home: Home,
    server: Scripted,
    orders: Arc<Mutex<Orders>>,
    pki: World,
    rng: ChaCha20Rng,
    _folder: tempfile::TempDir,
}

impl Life {
    /// A station that has its root's lists and no credential.
    fn new() -> Self {
        Self::with(World::new)
    }

    /// With a PKI that is made in the same way twice.
    fn with(make: fn() -> World) -> Self {
        let orders = Orders { now: NOW, status: Status::Active, forget: false };
        let orders = Arc::new(Mutex::new(orders));
        let of_server = Arc::clone(&orders);
        let server = Scripted::serving(move || answering(make, &of_server));
        let (pki, folder) = (make(), tempfile::tempdir().unwrap());
        let settings = Settings {
            id: STATION.to_vec(),
            centre: server.url("dc"),
            ea: Some(server.url("ea")),
            aa: Some(server.url("aa")),
            contact: None,
        };
        let anchors = Anchors { root: pki.pki.lab().root.certificate.clone(), manager: None };
        let client = Client::new(Protocol::Http1);
        let means = Means { provider: Arc::new(RustCrypto), client, passphrase: None };
        let (path, mut rng) = (folder.path().join("station"), ChaCha20Rng::seed_from_u64(11));
        let home = Home::create(&path, settings, anchors, &pki.canonical, means, &mut rng).unwrap();
        let mut life = Self { home, server, orders, pki, rng, _folder: folder };
        life.update_lists();
        life
    }

    fn now(&self) -> Time64 {
        self.orders.lock().unwrap().now
    }

    fn order(&self, change: impl FnOnce(&mut Orders)) {
        change(&mut self.orders.lock().unwrap());
    }

    fn update_lists(&mut self) {
        let now = self.now();
        self.server.run(self.home.update_lists(now)).unwrap();
    }

    fn enrol(&mut self) -> Result<Certificate, HomeError> {
        let now = self.now();
        let pair = self.server.run(self.home.enrol(now, &mut self.rng))?;
        Ok(pair.certificate().clone())
    }

    fn tickets(&mut self, count: usize) -> Result<Vec<Certificate>, HomeError> {
        let now = self.now();
        let wish = TicketWish { attributes: cam(), privacy: Privacy::Hidden, proof: Proof::OfPossession };
        self.server.run(self.home.authorize(count, &wish, || now, &mut self.rng))
    }

    /// The requests that went to this path.
    fn sent(&self, path: &str) -> Vec<Vec<u8>> {
        let line = format!("POST /{path} HTTP/1.1");
        self.server.heard().into_iter().filter(|heard| heard.line == line).map(|heard| heard.body).collect()
    }

    /// The outer layer of the last enrolment request.
    fn last_enrolment(&self) -> Vec<u8> {
        enrolment_layers(self.sent("ea").last().unwrap(), self.pki.ea()).outer
    }

    fn assert_canonical(&self) {
        let outer = self.last_enrolment();
        assert_signed_by_self(&outer);
        assert!(verifies(&outer, self.pki.canonical.public_key(), None));
    }
}

/// ITSS_ENR BV: a station without credential enrols with the canonical key, and with its credential while that is valid.
#[test]
fn itss_enr_bv_life() {
    let mut life = Life::new();
    assert!(life.home.is_due(NOW).unwrap());
    let first = life.enrol().unwrap();
    life.assert_canonical();
    assert!(!life.home.is_due(NOW).unwrap());
    life.order(|orders| orders.now = later(SECOND));
    let second = life.enrol().unwrap();
    assert_signed_by(&life.last_enrolment(), &first);
    assert!(verifies(&life.last_enrolment(), first.verification_key().unwrap(), Some(&first)));
    assert_eq!(life.home.credential(later(SECOND)).unwrap().certificate(), &second);
}

/// ITSS_ENR BV: a station makes a new key pair for every enrolment request, and keeps the private key to itself.
#[test]
fn itss_enr_bv_life_new_keys() {
    let mut life = Life::new();
    let keys: Vec<_> = (0..3)
        .map(|second| {
            life.order(|orders| orders.now = later(second * SECOND));
            life.enrol().unwrap();
            let request = life.sent("ea").pop().unwrap();
            enrolment_layers(&request, life.pki.ea()).inner.public_keys.verification_key
        })
        .collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
    for pair in life.home.credentials().unwrap() {
        let key: PrivateKey = pair.key(None).unwrap();
        assert_eq!(Some(signer(&key).public_key()), pair.certificate().verification_key());
    }
}

/// ITSS_ENR BV: a station whose credential has run out is not enrolled, and enrols with its canonical key.
#[test]
fn itss_enr_bv_life_expired() {
    let mut life = Life::with(World::with_short_credentials);
    let first = life.enrol().unwrap();
    let then = later(25 * HOUR);
    assert!(first.validity().end() <= then);
    life.order(|orders| orders.now = then);
    assert!(matches!(life.home.credential(then).map(drop), Err(HomeError::NotEnrolled)));
    let refused = life.tickets(1);
    assert!(matches!(refused, Err(HomeError::NotEnrolled)), "{refused:?}");
    life.enrol().unwrap();
    life.assert_canonical();
    assert!(life.home.credential(then).is_ok());
}

/// ITSS_ENR BV: a station whose credential the EA knows no more enrols with its canonical key.
#[test]
fn itss_enr_bv_life_unknown_credential() {
    let mut life = Life::new();
    let first = life.enrol().unwrap();
    life.order(|orders| (orders.now, orders.forget) = (later(SECOND), true));
    life.enrol().unwrap();
    let [_, by_credential, _] = &life.sent("ea")[..] else { panic!("three requests") };
    assert_signed_by(&enrolment_layers(by_credential, life.pki.ea()).outer, &first);
    life.assert_canonical();
}

/// ITSS_ENR_RECV BO: a station that is refused has no credential, and asks for no ticket.
#[test]
fn itss_enr_recv_bo_life_refused() {
    let mut life = Life::new();
    life.order(|orders| orders.status = Status::Blocked);
    let refused = life.enrol().unwrap_err();
    let HomeError::Station(StationError::EnrolmentRefused(code)) = refused else { panic!("{refused}") };
    assert_eq!(code, Code::BadItsStatus);
    assert!(life.home.credentials().unwrap().is_empty());
    assert!(matches!(life.tickets(1), Err(HomeError::NotEnrolled)));
    assert!(life.sent("aa").is_empty());
    life.order(|orders| orders.status = Status::Active);
    assert!(life.enrol().is_ok());
}

/// ITSS_ENR_RECV BO: a station that is blocked gets no further credential, and keeps the one that it has.
#[test]
fn itss_enr_recv_bo_life_blocked() {
    let mut life = Life::new();
    let first = life.enrol().unwrap();
    life.order(|orders| (orders.now, orders.status) = (later(SECOND), Status::Blocked));
    assert!(matches!(
        life.enrol(),
        Err(HomeError::Station(StationError::EnrolmentRefused(Code::BadItsStatus)))
    ));
    let held = life.home.credentials().unwrap();
    assert_eq!(held.iter().map(|pair| pair.certificate()).collect::<Vec<_>>(), [&first]);
    assert!(matches!(life.tickets(1), Err(HomeError::Station(StationError::AuthorizationRefused(_)))));
}

/// ITSS_AUTH BV: a station asks for each ticket in a request of its own, with keys that no other request has.
#[test]
fn itss_auth_bv_life_new_keys() {
    let mut life = Life::new();
    life.enrol().unwrap();
    let tickets = life.tickets(2).unwrap();
    let [one, other] = &life.sent("aa")[..] else { panic!("two requests") };
    let [one, other] = [one, other].map(|request| authorization_layers(request, life.pki.aa()).inner);
    assert_ne!(one.public_keys, other.public_keys);
    assert_ne!(one.hmac_key, other.hmac_key);
    assert_ne!(tickets[0].verification_key(), tickets[1].verification_key());
    assert_eq!(life.home.tickets().unwrap().len(), 2);
}

/// ITSS_AUTH_RECV BO: a station whose request for one ticket more is refused keeps the tickets that it has.
#[test]
fn itss_auth_recv_bo_life_refused() {
    let mut life = Life::new();
    life.enrol().unwrap();
    life.tickets(2).unwrap();
    assert!(matches!(life.tickets(1), Err(HomeError::Station(StationError::AuthorizationRefused(_)))));
    assert_eq!(life.home.tickets().unwrap().len(), 2);
}

/// ITSS_CTL BV: a station whose lists are overdue asks nobody for anything until it has the next ones.
#[test]
fn itss_ctl_bv_life_overdue() {
    let mut life = Life::new();
    life.enrol().unwrap();
    let (asked, then) = (life.sent("ea").len(), later(10 * DAY + HOUR));
    life.order(|orders| orders.now = then);
    assert!(matches!(life.enrol(), Err(HomeError::Lists(_))));
    assert!(matches!(life.tickets(1), Err(HomeError::Lists(_))));
    assert_eq!((life.sent("ea").len(), life.sent("aa").len()), (asked, 0));
    life.update_lists();
    assert_eq!(life.tickets(1).unwrap().len(), 1);
}
