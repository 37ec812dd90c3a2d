//! Issuing on a durable ledger: through restarts, from many threads, with a clock and a backup that are wrong.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::{path::Path, thread};
use store::{Ledger as Store, Options, digest, engine::Redb};
use tempfile::TempDir;
use v2x_ca::{
    CaError, Issuer, Role,
    lab::{Lab, Plan},
    ledger::{Ledger as _, LedgerError, RequestDigest, Standing},
    profile::Template,
};
use v2x_ca_durable::DurableLedger;
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, RustCrypto};

const NOW: Time32 = Time32::from_seconds(700_000_000);
const HOUR: u32 = 3_600;

struct World {
    folder: TempDir,
    lab: Lab,
    station: PrivateKey,
}

fn world() -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let lab = Lab::new(&Plan::new("durable", NOW), &RustCrypto, &mut rng).unwrap();
    let station = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    World { folder: tempfile::tempdir().unwrap(), lab, station }
}

fn open(path: &Path) -> DurableLedger {
    let now = Time64::from(NOW).micros();
    DurableLedger::new(Store::open(Redb::open(path).unwrap(), &Options::new("EA"), now).unwrap())
}

impl World {
    fn ledger(&self) -> DurableLedger {
        open(&self.folder.path().join("ledger"))
    }

    fn issuer(&self) -> Issuer {
        self.lab.enrolment_authority.issuer(Role::EnrolmentAuthority, self.lab.policy, &RustCrypto).unwrap()
    }

    fn credential(&self, number: u32) -> Template {
        let validity = ValidityPeriod { start: NOW, duration: Duration::Years(1) };
        Template::enrolment_credential(&format!("ec-{number}"), *self.station.public_key(), validity)
    }
}

fn request(number: u32) -> RequestDigest {
    RequestDigest::of(&number.to_be_bytes())
}

#[test]
fn authorities_side_by_side_share_commits_and_every_certificate_is_on_record() {
    let world = world();
    let ledger = world.ledger();
    thread::scope(|scope| {
        for worker in 0..8 {
            let (world, mut ledger) = (&world, ledger.clone());
            scope.spawn(move || {
                let issuer = world.issuer();
                for number in (worker..160).step_by(8) {
                    let template = world.credential(number);
                    let credential = issuer.issue(&template, request(number), NOW, &mut ledger).unwrap();
                    assert_eq!(ledger.knows_certificate(&digest(credential.octets())), Ok(true));
                }
            });
        }
    });
    let counts = ledger.store().counts();
    assert_eq!(counts.operations, 320, "two records for each certificate");
    assert!(counts.commits < counts.operations, "{counts:?}");
    assert_eq!(ledger.store().verify(None).unwrap().head.count(), 321);
}

#[test]
fn a_request_that_many_workers_have_at_once_gets_one_certificate() {
    let world = world();
    let ledger = world.ledger();
    let credentials: Vec<Vec<u8>> = thread::scope(|scope| {
        let issue = |_| {
            let (world, mut ledger) = (&world, ledger.clone());
            scope.spawn(move || {
                let issuer = world.issuer();
                let mut issue = || issuer.issue(&world.credential(1), request(1), NOW, &mut ledger);
                // Whoever signs a little later finds an answer on record, drops its own, and reads it.
                let first = issue();
                let has_lost = matches!(first, Err(CaError::Ledger(LedgerError::Conflict)));
                let credential = if has_lost { issue() } else { first };
                credential.unwrap().octets().to_vec()
            })
        };
        let workers: Vec<_> = (0..8).map(issue).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert!(credentials.windows(2).all(|pair| pair[0] == pair[1]));
    let mut issued = 0;
    ledger
        .store()
        .each_certificate(|_| {
            issued += 1;
            Ok(())
        })
        .unwrap();
    assert_eq!(issued, 1);
}

#[test]
fn a_request_gets_the_same_octets_after_a_restart() {
    let world = world();
    let issuer = world.issuer();
    let first = issuer.issue(&world.credential(1), request(1), NOW, &mut world.ledger()).unwrap();
    let again = issuer.issue(&world.credential(2), request(1), NOW, &mut world.ledger()).unwrap();
    assert_eq!(first.octets(), again.octets(), "what is on record, not what is asked for now");
}

#[test]
fn what_was_intended_before_a_restart_is_what_is_signed_after_it() {
    let world = world();
    let issuer = world.issuer();
    let linted = issuer.lint(&world.credential(1), NOW).unwrap();
    let intended = linted.octets().to_vec();
    linted.record(request(1), &mut world.ledger()).unwrap();
    let mut ledger = world.ledger();
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Intended(intended.clone())));
    let credential = issuer.issue(&world.credential(2), request(1), NOW, &mut ledger).unwrap();
    assert_eq!(credential.to_be_signed(), intended);
}

#[test]
fn nothing_is_issued_while_the_clock_is_behind_the_ledger() {
    let (world, ahead) = (world(), Time32::from_seconds(NOW.seconds() + HOUR));
    let (issuer, mut ledger) = (world.issuer(), world.ledger());
    issuer.issue(&world.credential(1), request(1), ahead, &mut ledger).unwrap();
    let refused = issuer.issue(&world.credential(2), request(2), NOW, &mut ledger).unwrap_err();
    assert!(matches!(refused, CaError::Ledger(LedgerError::Clock(_))), "{refused}");
    assert_eq!(ledger.standing(&request(2)), Ok(Standing::New));
    issuer.issue(&world.credential(2), request(2), ahead, &mut ledger).unwrap();
}

#[test]
fn an_authority_on_a_restored_backup_issues_nothing_until_its_epoch_is_raised() {
    let world = world();
    let (issuer, mut ledger) = (world.issuer(), world.ledger());
    let first = issuer.issue(&world.credential(1), request(1), NOW, &mut ledger).unwrap();
    let mut backup = Vec::new();
    ledger.store().backup(&mut backup).unwrap();
    let path = world.folder.path().join("restored");
    store::restore(&Redb::open(&path).unwrap(), &mut &backup[..]).unwrap();

    let mut restored = open(&path);
    let refused = issuer.issue(&world.credential(2), request(2), NOW, &mut restored).unwrap_err();
    assert!(matches!(refused, CaError::Ledger(LedgerError::Rewound(_))), "{refused}");
    let again = issuer.issue(&world.credential(1), request(1), NOW, &mut restored).unwrap();
    assert_eq!(first.octets(), again.octets(), "what was answered is still answered");
    restored.store().raise_epoch(Time64::from(NOW).micros(), 1, "the disk was lost").unwrap();
    issuer.issue(&world.credential(2), request(2), NOW, &mut restored).unwrap();
}
