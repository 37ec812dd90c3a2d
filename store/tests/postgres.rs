//! The ledger on a real PostgreSQL, in clusters that the tests start themselves.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]
#![cfg(feature = "postgres")]

mod common;

use common::{
    NOW,
    cluster::{Cluster, succeed},
    engines::{Place, check_all},
    issue, options,
};
use std::{
    fs,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};
use store::{
    Ledger, StoreError,
    engine::{Engine, Postgres},
};

struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl Place for Database<'_> {
    fn open(&self) -> Box<dyn Engine> {
        Box::new(Postgres::connect(&self.cluster.address(&self.name), None).unwrap())
    }
}

static DATABASES: AtomicU64 = AtomicU64::new(0);

fn database(cluster: &Cluster) -> Database<'_> {
    let name = format!("ledger_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    cluster.create(&name);
    Database { cluster, name }
}

fn open_ledger(cluster: &Cluster, database: &str) -> Result<Ledger, StoreError> {
    Ledger::open(Postgres::connect(&cluster.address(database), None)?, &options(), NOW)
}

#[test]
fn postgres_keeps_every_promise_of_an_engine() {
    let Some(cluster) = Cluster::start() else { return };
    // The place outlives nothing: it is used and dropped within.
    let cluster: &'static Cluster = Box::leak(Box::new(cluster));
    let checked = std::panic::catch_unwind(|| check_all(&|| Box::new(database(cluster)), 8));
    cluster.crash();
    fs::remove_dir_all(cluster.folder.path()).unwrap();
    if let Err(panic) = checked {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn a_database_that_crashes_has_lost_nothing_and_the_ledger_stops() {
    let Some(cluster) = Cluster::start() else { return };
    let name = database(&cluster).name;
    let ledger = open_ledger(&cluster, &name).unwrap();
    let acknowledged = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for thread in 0..8 {
            let (ledger, acknowledged) = (&ledger, &acknowledged);
            scope.spawn(move || {
                for number in (0..).map(|number| number * 8 + thread) {
                    match issue(ledger, number) {
                        Ok(()) => acknowledged.lock().unwrap().push(number),
                        Err(error) => return assert!(matches!(error, StoreError::Stopped(_)), "{error}"),
                    }
                }
            });
        }
        while acknowledged.lock().unwrap().len() < 100 {
            thread::yield_now();
        }
        cluster.crash();
    });
    cluster.up();
    assert!(
        matches!(issue(&ledger, 1_000_000), Err(StoreError::Stopped(_))),
        "also when the database is back"
    );
    let again = open_ledger(&cluster, &name).unwrap();
    again.verify(None).unwrap();
    for number in acknowledged.into_inner().unwrap() {
        assert_eq!(
            again.standing(&common::request(number)),
            Ok(store::Standing::Answered(common::answer(number)))
        );
    }
    issue(&again, 1_000_000).unwrap();
}

#[test]
fn processes_that_share_a_ledger_extend_one_chain() {
    let Some(cluster) = Cluster::start() else { return };
    let name = database(&cluster).name;
    let ledgers: Vec<Ledger> = (0..3).map(|_| open_ledger(&cluster, &name).unwrap()).collect();
    let winners: Vec<u64> = thread::scope(|scope| {
        let run = |(process, ledger)| {
            scope.spawn(move || {
                // All want the same requests, and each says something else.
                let won = |number: &u64| {
                    let octets = [number.to_be_bytes(), u64::to_be_bytes(process)].concat();
                    match Ledger::intend(ledger, NOW, &common::request(*number), &octets) {
                        Ok(()) => true,
                        Err(StoreError::Conflict) => false,
                        Err(error) => panic!("{error}"),
                    }
                };
                (0..60).filter(won).count() as u64
            })
        };
        let running: Vec<_> = (0..).zip(&ledgers).map(run).collect();
        running.into_iter().map(|process| process.join().unwrap()).collect()
    });
    assert_eq!(winners.iter().sum::<u64>(), 60, "each request has one intention: {winners:?}");
    let head = ledgers[0].verify(None).unwrap().head;
    assert_eq!(head.count(), 61);
}

#[test]
fn a_database_that_does_not_sync_is_refused() {
    let Some(cluster) = Cluster::start() else { return };
    let name = database(&cluster).name;
    cluster.crash();
    succeed(&mut cluster.control(&[
        "-o",
        &format!("-c fsync=off -c listen_addresses='' -k {}", cluster.folder.path().display()),
        "start",
    ]));
    let refused = open_ledger(&cluster, &name).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("fsync off"), "{refused}");
    let encrypted = Postgres::connect("host=localhost sslmode=require", None).map(|_| ());
    assert!(matches!(encrypted, Err(StoreError::Misuse(_))));
}

#[test]
fn a_password_is_asked_for_and_a_wrong_one_is_refused_without_being_said() {
    let Some(cluster) = Cluster::start() else { return };
    cluster.sql("CREATE ROLE ea LOGIN PASSWORD 'open sesame'");
    cluster.sql("CREATE DATABASE ea OWNER ea");
    let address = format!("postgres:///ea?user=ea&host={}", cluster.folder.path().display());
    assert!(Postgres::connect(&address, Some(b"open sesame")).is_ok());
    for password in [None, Some(&b"shibboleth"[..])] {
        let refused = Postgres::connect(&address, password).map(drop).unwrap_err().to_string();
        assert!(refused.contains("password") && !refused.contains("shibboleth"), "{refused}");
    }
}
