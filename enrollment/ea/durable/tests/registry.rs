//! What a registry promises, in memory and on a durable ledger alike.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

use enrollment_ea::{
    limits::MAX_CREDENTIALS,
    registry::{
        CanonicalId, Confirmation, MemoryRegistry, Profile, Registry, RegistryError, Station, Status,
    },
};
use enrollment_ea_durable::DurableRegistry;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::path::Path;
use store::{Ledger as Store, Options, engine::Redb};
use v2x_ca::{
    Issuer, Role,
    lab::{Lab, Plan},
    ledger::{LedgerError, MemoryLedger, RequestDigest, Standing},
    permit::Conclusion,
    profile::Template,
    services::its_services,
};
use v2x_ca_durable::DurableLedger;
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, RustCrypto};
use v2x_security::certificate::Certificate;

const START: Time32 = Time32::from_seconds(700_000_000);
const DAY: u32 = 86_400;

fn now() -> Time64 {
    START.into()
}

fn id(name: &str) -> CanonicalId {
    CanonicalId::new(name.as_bytes()).unwrap()
}

fn request(number: u32) -> RequestDigest {
    RequestDigest::of(&number.to_be_bytes())
}

fn shared(number: u32) -> [u8; 32] {
    *request(number).as_bytes()
}

/// From a day on, for some days.
fn days(from: u32, days: u16) -> ValidityPeriod {
    let start = Time32::from_seconds(START.seconds() + from * DAY);
    ValidityPeriod { start, duration: Duration::Hours(24 * days) }
}

struct World {
    issuer: Issuer,
    key: PrivateKey,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let lab = Lab::new(&Plan::new("registry", START), &RustCrypto, &mut rng).unwrap();
        let issuer = lab.enrolment_authority.issuer(Role::EnrolmentAuthority, lab.policy, &RustCrypto);
        Self { issuer: issuer.unwrap(), key: PrivateKey::generate(Curve::NistP256, &mut rng).unwrap() }
    }

    fn station(&self) -> Station {
        let profile =
            Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: 2 };
        Station { canonical_key: *self.key.public_key(), status: Status::Active, profile }
    }

    fn credential(&self, number: u32) -> Certificate {
        let validity = ValidityPeriod { start: START, duration: Duration::Years(1) };
        let template =
            Template::enrolment_credential(&format!("ec-{number}"), *self.key.public_key(), validity);
        self.issuer.issue(&template, request(number), START, &mut MemoryLedger::new()).unwrap()
    }

    fn enrol(
        &self,
        registry: &mut dyn Registry,
        name: &str,
        number: u32,
    ) -> Result<Certificate, RegistryError> {
        let credential = self.credential(number);
        registry.intend(now(), &request(number), credential.to_be_signed())?;
        let answer = number.to_be_bytes();
        let (at, request, certificate) = (now(), request(number), &credential);
        let conclusion = Conclusion { at, request: &request, certificate, answer: &answer };
        registry.enrolled(&id(name), &self.station(), conclusion)?;
        Ok(credential)
    }

    fn confirm(
        &self,
        registry: &mut dyn Registry,
        number: u32,
        shared: [u8; 32],
        validity: ValidityPeriod,
    ) -> Result<(), RegistryError> {
        let (id, station) = (id("car"), self.station());
        let confirmation = Confirmation { id: &id, station: &station, shared, validity };
        registry.confirmed(now(), &request(number), confirmation, &number.to_be_bytes())
    }
}

fn open(folder: &Path) -> DurableRegistry {
    let engine = Redb::open(&folder.join("ea.ledger")).unwrap();
    let store = Store::open(engine, &Options::new("EA"), now().micros()).unwrap();
    DurableRegistry::new(DurableLedger::new(store))
}

/// Runs a statement over both registries, each with a station on it.
fn on_both(statement: impl Fn(&World, &mut dyn Registry)) {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let (mut memory, mut durable) = (MemoryRegistry::new(), open(folder.path()));
    for registry in [&mut memory as &mut dyn Registry, &mut durable] {
        registry.register(now(), &id("car"), &world.station()).unwrap();
        statement(&world, registry);
    }
    durable.ledger().store().verify(None).unwrap();
}

#[test]
fn a_station_is_registered_once_and_found_as_it_was_registered() {
    on_both(|world, registry| {
        assert_eq!(registry.station(&id("car")), Ok(Some(world.station())));
        assert_eq!(registry.station(&id("bus")), Ok(None));
        assert_eq!(registry.register(now(), &id("car"), &world.station()), Err(RegistryError::Known));
    });
}

#[test]
fn a_status_is_changed_and_nothing_else() {
    on_both(|world, registry| {
        registry.set_status(now(), &id("car"), Status::Blocked).unwrap();
        let blocked = Station { status: Status::Blocked, ..world.station() };
        assert_eq!(registry.station(&id("car")), Ok(Some(blocked)));
        let unknown = registry.set_status(now(), &id("bus"), Status::Blocked);
        assert_eq!(unknown, Err(RegistryError::Unknown));
    });
}

#[test]
fn a_credential_is_found_with_its_holder_and_its_answer() {
    on_both(|world, registry| {
        let credential = world.enrol(registry, "car", 1).unwrap();
        let found = registry.credentials(credential.hashed_id8()).unwrap();
        assert!(found.len() == 1 && found[0].0 == id("car") && found[0].1 == credential);
        assert_eq!(registry.standing(&request(1)), Ok(Standing::Answered(vec![0, 0, 0, 1])));
        assert!(registry.knows_certificate(&v2x_crypto::sha256(credential.octets())).unwrap());
        assert!(registry.credentials(world.credential(2).hashed_id8()).unwrap().is_empty());
    });
}

#[test]
fn the_oldest_credential_makes_room_for_one_too_many() {
    on_both(|world, registry| {
        let count = u32::try_from(MAX_CREDENTIALS).unwrap() + 1;
        let held: Vec<_> = (0..count).map(|number| world.enrol(registry, "car", number).unwrap()).collect();
        let found = |credential: &Certificate| registry.credentials(credential.hashed_id8()).unwrap().len();
        assert_eq!((found(&held[0]), found(&held[1]), found(&held[MAX_CREDENTIALS])), (0, 1, 1));
    });
}

#[test]
fn a_station_that_was_blocked_since_it_was_judged_gets_nothing_and_nothing_is_noted() {
    on_both(|world, registry| {
        registry.set_status(now(), &id("car"), Status::Blocked).unwrap();
        assert!(matches!(world.enrol(registry, "car", 1), Err(RegistryError::Changed)));
        assert_eq!(world.confirm(registry, 2, shared(1), days(0, 7)), Err(RegistryError::Changed));
        assert!(registry.credentials(world.credential(1).hashed_id8()).unwrap().is_empty());
        assert_eq!(registry.overlapping(&id("car"), &[0; 32], &days(0, 7)), Ok(0));
        assert_eq!(registry.standing(&request(2)), Ok(Standing::New));
        assert!(matches!(registry.standing(&request(1)), Ok(Standing::Intended(_))));
    });
}

#[test]
fn a_quota_counts_what_overlaps_across_weeks_and_nothing_else() {
    on_both(|world, registry| {
        world.confirm(registry, 1, shared(1), days(0, 7)).unwrap();
        world.confirm(registry, 2, shared(2), days(5, 7)).unwrap();
        let overlapping = |from, length| registry.overlapping(&id("car"), &shared(9), &days(from, length));
        assert_eq!((overlapping(0, 1), overlapping(6, 1), overlapping(8, 1)), (Ok(1), Ok(2), Ok(1)));
        assert_eq!((overlapping(12, 7), overlapping(7, 5)), (Ok(0), Ok(1)));
        assert_eq!(registry.overlapping(&id("car"), &shared(1), &days(0, 7)), Ok(1), "all but itself");
        assert_eq!(registry.overlapping(&id("bus"), &shared(9), &days(0, 7)), Ok(0));
    });
}

#[test]
fn no_ticket_is_confirmed_beyond_the_quota_and_the_refusal_is_not_on_record() {
    on_both(|world, registry| {
        world.confirm(registry, 1, shared(1), days(0, 7)).unwrap();
        world.confirm(registry, 2, shared(2), days(0, 7)).unwrap();
        assert_eq!(world.confirm(registry, 3, shared(3), days(6, 7)), Err(RegistryError::Quota));
        assert_eq!(registry.standing(&request(3)), Ok(Standing::New));
        world.confirm(registry, 3, shared(3), days(7, 7)).unwrap();
    });
}

#[test]
fn a_ticket_that_is_asked_for_again_counts_once_and_is_confirmed_again() {
    on_both(|world, registry| {
        world.confirm(registry, 1, shared(1), days(0, 7)).unwrap();
        world.confirm(registry, 2, shared(2), days(0, 7)).unwrap();
        world.confirm(registry, 3, shared(1), days(0, 7)).unwrap();
        assert_eq!(registry.standing(&request(3)), Ok(Standing::Answered(vec![0, 0, 0, 3])));
        assert_eq!(registry.overlapping(&id("car"), &[0; 32], &days(0, 7)), Ok(2));
    });
}

#[test]
fn a_request_gets_one_answer() {
    on_both(|world, registry| {
        world.confirm(registry, 1, shared(1), days(0, 7)).unwrap();
        let (id, station) = (id("car"), world.station());
        let confirmation =
            Confirmation { id: &id, station: &station, shared: shared(2), validity: days(0, 7) };
        let other = registry.confirmed(now(), &request(1), confirmation, b"other");
        assert_eq!(other, Err(RegistryError::Ledger(LedgerError::Conflict)));
        assert_eq!(registry.overlapping(&id, &[0; 32], &days(0, 7)), Ok(1));
    });
}

#[test]
fn everything_is_there_after_a_restart() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let mut registry = open(folder.path());
    registry.register(now(), &id("car"), &world.station()).unwrap();
    let credential = world.enrol(&mut registry, "car", 1).unwrap();
    world.confirm(&mut registry, 2, shared(1), days(0, 7)).unwrap();
    drop(registry);
    let registry = open(folder.path());
    assert_eq!(registry.station(&id("car")), Ok(Some(world.station())));
    assert_eq!(registry.credentials(credential.hashed_id8()).unwrap().len(), 1);
    assert_eq!(registry.overlapping(&id("car"), &[0; 32], &days(0, 1)), Ok(1));
    let mut stations = Vec::new();
    registry.each_station(|id, _| stations.push(id.as_bytes().to_vec())).unwrap();
    assert_eq!(stations, [b"car"]);
}

#[test]
fn weeks_that_are_over_are_forgotten_and_the_others_are_not() {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let mut registry = open(folder.path());
    registry.register(now(), &id("car"), &world.station()).unwrap();
    world.confirm(&mut registry, 1, shared(1), days(0, 7)).unwrap();
    world.confirm(&mut registry, 2, shared(2), days(28, 7)).unwrap();
    let later = now().saturating_add_micros(u64::from(14 * DAY) * 1_000_000);
    assert_eq!(registry.forget_expired(later, 1), Ok(1));
    assert_eq!(registry.forget_expired(later, 100), Ok(1), "a ticket of a week touches two");
    assert_eq!(registry.overlapping(&id("car"), &[0; 32], &days(0, 7)), Ok(0));
    assert_eq!(registry.overlapping(&id("car"), &[0; 32], &days(28, 7)), Ok(1));
    registry.ledger().store().verify(None).unwrap();
}
