//! Stations, EA and AA talking to each other.

use super::*;
use enrollment_protocol::Fault;
use enrollment_station::{
    StationError,
    authorization::{Ask, Authorization, Privacy, Proof},
    enrolment::Enrolment,
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use v2x_ca::{
    lab::Plan,
    services::{CAM, DENM, its_services, permission},
};
use v2x_codec::{
    time::{Duration, Time32, ValidityPeriod},
    ts102941::{AuthorizationResponseCode, EnrolmentResponseCode},
};
use v2x_crypto::{Curve, RustCrypto};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATION: &[u8] = b"station 1";

fn now() -> Time64 {
    START.into()
}

struct World {
    pki: Pki,
    canonical: PrivateKey,
    rng: ChaCha20Rng,
}

fn profile() -> Profile {
    Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: 3 }
}

fn world_on(curve: Curve) -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let plan = Plan { curve, ..Plan::new("test", START) };
    let lab = Lab::new(&plan, &RustCrypto, &mut rng).unwrap();
    let mut pki = Pki::new(lab, Arc::new(RustCrypto)).unwrap();
    let canonical = PrivateKey::generate(curve, &mut rng).unwrap();
    pki.register(STATION, &canonical, profile()).unwrap();
    World { pki, canonical, rng }
}

fn world() -> World {
    world_on(Curve::NistP256)
}

impl World {
    fn enrol(&mut self) -> Result<Held, PkiError> {
        self.pki.enrol(STATION, &self.canonical, now(), &mut self.rng)
    }

    fn ticket(&mut self, credential: &Held, wish: &TicketWish) -> Result<Held, PkiError> {
        self.pki.ticket(credential, wish, now(), &mut self.rng)
    }
}

fn wish() -> TicketWish {
    TicketWish::new(vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0, 0, 0])])
}

fn enrolment_code(result: Result<Held, PkiError>) -> Option<EnrolmentResponseCode> {
    match result {
        Err(PkiError::Station(StationError::EnrolmentRefused(code))) => Some(code),
        _ => None,
    }
}

fn authorization_code(result: Result<Held, PkiError>) -> Option<AuthorizationResponseCode> {
    match result {
        Err(PkiError::Station(StationError::AuthorizationRefused(code))) => Some(code),
        _ => None,
    }
}

#[test]
fn a_station_gets_credential_and_tickets_on_every_curve() {
    for curve in Curve::ALL {
        let mut world = world_on(curve);
        let credential = world.enrol().unwrap();
        let ticket = world.ticket(&credential, &wish()).unwrap();
        let mut trust = world.pki.trust_store().unwrap();
        let chain = trust.chain(&ticket.certificate).unwrap();
        assert_eq!(chain.certificates().len(), 3, "{curve}: ticket, AA, root");
        assert_eq!(chain.key(), ticket.key.public_key());
        assert!(chain.period().contains(now()));
    }
}

#[test]
fn a_ticket_comes_with_and_without_privacy_and_proof() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    for (privacy, proof) in [
        (Privacy::Hidden, Proof::OfPossession),
        (Privacy::Hidden, Proof::Omitted),
        (Privacy::Open, Proof::Omitted),
    ] {
        let ticket = world.ticket(&credential, &TicketWish { privacy, proof, ..wish() }).unwrap();
        assert_eq!(ticket.certificate.name(), None);
        assert_eq!(ticket.certificate.assurance().map(|assurance| assurance.level()), Some(3));
    }
}

#[test]
fn a_ticket_says_what_was_asked_for() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let validity = ValidityPeriod {
        start: Time32::from_seconds(START.seconds() + 86_400),
        duration: Duration::Hours(24),
    };
    let ticket = world.ticket(&credential, &TicketWish { validity: Some(validity), ..wish() }).unwrap();
    assert_eq!(ticket.certificate.validity().begin(), validity.begin());
    assert_eq!(ticket.certificate.validity().end(), validity.end());
    assert_eq!(ticket.certificate.app_permissions().unwrap().iter().count(), 2);
}

#[test]
fn a_credential_renews_itself() {
    let mut world = world();
    let first = world.enrol().unwrap();
    let second = world.pki.renew(&first, now(), &mut world.rng).unwrap();
    assert_ne!(first.certificate, second.certificate);
    assert!(world.ticket(&second, &wish()).is_ok());
}

#[test]
fn an_expired_credential_gets_nothing() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let late = credential.certificate.validity().end();
    let renewed = world.pki.renew(&credential, late, &mut world.rng);
    assert!(renewed.is_err());
    let ticket = world.pki.ticket(&credential, &wish(), late, &mut world.rng);
    assert!(ticket.is_err());
}

#[test]
fn an_unknown_station_is_refused_by_name() {
    let mut world = world();
    let result = world.pki.enrol(b"nobody", &world.canonical, now(), &mut world.rng);
    assert_eq!(enrolment_code(result), Some(EnrolmentResponseCode::UnknownIts));
}

#[test]
fn another_canonical_key_is_no_proof() {
    let mut world = world();
    let other = PrivateKey::generate(Curve::NistP256, &mut world.rng).unwrap();
    let result = world.pki.enrol(STATION, &other, now(), &mut world.rng);
    assert_eq!(enrolment_code(result), Some(EnrolmentResponseCode::InvalidSignature));
}

#[test]
fn a_blocked_station_gets_neither_credential_nor_ticket() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let id = CanonicalId::new(STATION).unwrap();
    world.pki.enrolment_authority().registry().set_status(now(), &id, Status::Blocked).unwrap();
    assert_eq!(enrolment_code(world.enrol()), Some(EnrolmentResponseCode::BadItsStatus));
    let refused = authorization_code(world.ticket(&credential, &wish()));
    assert_eq!(refused, Some(AuthorizationResponseCode::DeniedPermissions));
}

#[test]
fn a_station_gets_no_more_tickets_at_a_time_than_its_quota() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    for _ in 0..3 {
        world.ticket(&credential, &wish()).unwrap();
    }
    let fourth = authorization_code(world.ticket(&credential, &wish()));
    assert_eq!(fourth, Some(AuthorizationResponseCode::DeniedTooManyCerts));
    let week = Time32::from_seconds(START.seconds() + 8 * 86_400);
    let later = ValidityPeriod { start: week, duration: Duration::Hours(168) };
    assert!(world.ticket(&credential, &TicketWish { validity: Some(later), ..wish() }).is_ok());
}

#[test]
fn a_service_that_the_authority_does_not_give_is_refused_by_it() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let refused = world.ticket(&credential, &TicketWish::new(vec![permission(9999, &[1])]));
    assert_eq!(authorization_code(refused), Some(AuthorizationResponseCode::ItsAaDeniedPermissions));
}

#[test]
fn a_right_that_the_station_is_not_registered_for_is_refused_by_the_enrolment_authority() {
    let mut world = world();
    let plain = PrivateKey::generate(Curve::NistP256, &mut world.rng).unwrap();
    let services = vec![v2x_ca::services::ServiceRange::up_to(CAM, &[1, 0, 0])];
    world.pki.register(b"plain", &plain, Profile { services, ..profile() }).unwrap();
    let credential = world.pki.enrol(b"plain", &plain, now(), &mut world.rng).unwrap();
    let emergency = TicketWish::new(vec![permission(CAM, &[1, 0x80, 0])]);
    let refused = authorization_code(world.ticket(&credential, &emergency));
    assert_eq!(refused, Some(AuthorizationResponseCode::DeniedPermissions));
    assert!(world.ticket(&credential, &TicketWish::new(vec![permission(CAM, &[1, 0, 0])])).is_ok());
}

#[test]
fn the_same_enrolment_request_gets_the_same_octets() {
    let World { mut pki, canonical, mut rng } = world();
    let (signer, key) =
        (RustCrypto.signer(&canonical).unwrap(), PrivateKey::generate(Curve::NistP256, &mut rng).unwrap());
    let new_key = RustCrypto.signer(&key).unwrap();
    let identity = Identity::Canonical { id: STATION, signer: &*signer };
    let (ea, mut trust) = (pki.authorities().ea.clone(), pki.trust_store().unwrap());
    let enrolment = Enrolment::new(identity, &*new_key, &ea, &mut trust, now(), &mut rng).unwrap();
    let first = pki.enrolment_authority().enrol(now(), enrolment.request(), &mut rng).unwrap();
    let again = pki.enrolment_authority().enrol(now(), enrolment.request(), &mut rng).unwrap();
    assert_eq!(first, again);
}

/// A request for a ticket as the station makes it, and what it made of.
fn authorization(world: &mut World, credential: &Held) -> Authorization {
    let key = PrivateKey::generate(Curve::NistP256, &mut world.rng).unwrap();
    let (signer, own) = (RustCrypto.signer(&key).unwrap(), RustCrypto.signer(&credential.key).unwrap());
    let ask = Ask {
        key: &*signer,
        encryption_key: None,
        attributes: wish().attributes(),
        privacy: Privacy::Hidden,
        proof: Proof::OfPossession,
    };
    let credential = Credential { certificate: &credential.certificate, signer: &*own };
    let mut trust = world.pki.trust_store().unwrap();
    let authorities = world.pki.authorities();
    Authorization::new(&ask, credential, authorities, &mut trust, now(), &mut world.rng).unwrap()
}

#[test]
fn the_same_authorization_request_gets_the_same_octets_and_counts_once() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let request = authorization(&mut world, &credential).request().to_vec();
    let first = world.pki.authorize(&request, now(), &mut world.rng).unwrap();
    for _ in 0..5 {
        assert_eq!(world.pki.authorize(&request, now(), &mut world.rng).unwrap(), first);
    }
    assert!(world.ticket(&credential, &wish()).is_ok(), "five retries did not use up a quota of three");
}

#[test]
fn a_retry_while_the_enrolment_authority_is_asked_asks_in_the_same_octets() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let request = authorization(&mut world, &credential).request().to_vec();
    let first = world.pki.aa.request(now(), &request, &mut world.rng).unwrap();
    let again = world.pki.aa.request(now(), &request, &mut world.rng).unwrap();
    assert_eq!(first, again);
}

#[test]
fn an_answer_to_another_request_is_not_taken() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let (mine, other) = (authorization(&mut world, &credential), authorization(&mut world, &credential));
    let answer = world.pki.authorize(other.request(), now(), &mut world.rng).unwrap();
    let mut trust = world.pki.trust_store().unwrap();
    let refused = mine.answer(&answer, &mut trust, now());
    assert!(matches!(refused, Err(StationError::Fault(Fault::NotTheRecipient))));
    assert!(other.answer(&answer, &mut trust, now()).is_ok());
}

#[test]
fn a_tampered_answer_is_not_taken() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let mine = authorization(&mut world, &credential);
    let answer = world.pki.authorize(mine.request(), now(), &mut world.rng).unwrap();
    let mut trust = world.pki.trust_store().unwrap();
    for at in (0..answer.len()).step_by(7) {
        let mut bent = answer.clone();
        bent[at] ^= 1;
        assert!(mine.answer(&bent, &mut trust, now()).is_err(), "octet {at}");
    }
}

#[test]
fn an_enrolment_authority_that_does_not_answer_is_told() {
    let mut world = world();
    let credential = world.enrol().unwrap();
    let mine = authorization(&mut world, &credential);
    world.pki.aa.request(now(), mine.request(), &mut world.rng).unwrap();
    let deadline = world.pki.aa.poll_timeout().unwrap();
    let answers = world.pki.aa.handle_timeout(deadline, &mut world.rng).unwrap();
    let mut trust = world.pki.trust_store().unwrap();
    let refused = mine.answer(&answers[0].1, &mut trust, deadline);
    let unreached = AuthorizationResponseCode::AaEaCantReachEa;
    assert!(matches!(refused, Err(StationError::AuthorizationRefused(code)) if code == unreached));
    assert_eq!(world.pki.aa.poll_timeout(), None);
}
