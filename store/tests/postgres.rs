//! The ledger on a real PostgreSQL, in clusters that the tests start themselves.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]
#![cfg(feature = "postgres")]

mod common;

use common::{
    NOW,
    engines::{Place, check_all},
    issue, options,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
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
use tempfile::TempDir;

/// A cluster in a folder of its own, reached over a socket in it.
struct Cluster {
    programs: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// `None` where PostgreSQL is not installed, which is an error in continuous integration.
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(!in_ci(), "CI is set, and PostgreSQL is not installed: the Debian package is postgresql");
            eprintln!("NOT RUN: PostgreSQL is not installed; the Debian package is postgresql");
            return None;
        };
        let cluster = Self { programs, folder: tempfile::tempdir().unwrap() };
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(cluster.folder.path()));
        }
        succeed(
            cluster
                .program("initdb")
                .args(["--auth=trust", "--username=ledger", "--no-sync", "-D"])
                .arg(cluster.data()),
        );
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of PostgreSQL's, which refuses to be root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }

    fn control(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-w", "-s", "-l"])
            .arg(self.folder.path().join("log"))
            .args(arguments);
        command
    }

    fn up(&self) {
        let settings =
            format!("-c listen_addresses='' -c max_connections=200 -k {}", self.folder.path().display());
        succeed(&mut self.control(&["-o", &settings, "start"]));
    }

    /// As a power switch does it.
    fn crash(&self) {
        succeed(&mut self.control(&["-m", "immediate", "stop"]));
    }

    fn address(&self, database: &str) -> String {
        format!("host={} user=ledger dbname={database}", self.folder.path().display())
    }

    fn create(&self, database: &str) {
        let mut command = self.program("psql");
        command.args(["-q", "-U", "ledger", "-d", "postgres", "-h"]).arg(self.folder.path());
        succeed(command.args(["-c", &format!("CREATE DATABASE {database}")]));
    }

    fn ledger(&self, database: &str) -> Result<Ledger, StoreError> {
        Ledger::open(Postgres::connect(&self.address(database))?, &options(), NOW)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be down already; its folder goes with it.
        let _ = self.control(&["-m", "immediate", "stop"]).output();
    }
}

fn succeed(command: &mut Command) {
    // Its output to files and pipes that the server would keep open is none.
    let Output { status, stderr, .. } = if command.get_args().any(|argument| argument == "start") {
        Output { status: command.status().unwrap(), stdout: Vec::new(), stderr: Vec::new() }
    } else {
        command.output().unwrap()
    };
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The folder of the newest PostgreSQL: where Debian puts it, or beside `initdb` in the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin")).filter(|folder| has_initdb(folder)).max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.or_else(|| std::env::split_paths(&path).find(|folder| has_initdb(folder)))
}

fn has_initdb(folder: &Path) -> bool {
    folder.join("initdb").is_file()
}

struct Database<'a> {
    cluster: &'a Cluster,
    name: String,
}

impl Place for Database<'_> {
    fn open(&self) -> Box<dyn Engine> {
        Box::new(Postgres::connect(&self.cluster.address(&self.name)).unwrap())
    }
}

static DATABASES: AtomicU64 = AtomicU64::new(0);

impl Cluster {
    fn database(&self) -> Database<'_> {
        let name = format!("ledger_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.create(&name);
        Database { cluster: self, name }
    }
}

#[test]
fn postgres_keeps_every_promise_of_an_engine() {
    let Some(cluster) = Cluster::start() else { return };
    // The place outlives nothing: it is used and dropped within.
    let cluster: &'static Cluster = Box::leak(Box::new(cluster));
    let checked = std::panic::catch_unwind(|| check_all(&|| Box::new(cluster.database()), 8));
    cluster.crash();
    fs::remove_dir_all(cluster.folder.path()).unwrap();
    if let Err(panic) = checked {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn a_database_that_crashes_has_lost_nothing_and_the_ledger_stops() {
    let Some(cluster) = Cluster::start() else { return };
    let name = cluster.database().name;
    let ledger = cluster.ledger(&name).unwrap();
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
    let again = cluster.ledger(&name).unwrap();
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
    let name = cluster.database().name;
    let ledgers: Vec<Ledger> = (0..3).map(|_| cluster.ledger(&name).unwrap()).collect();
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
    let name = cluster.database().name;
    cluster.crash();
    succeed(&mut cluster.control(&[
        "-o",
        &format!("-c fsync=off -c listen_addresses='' -k {}", cluster.folder.path().display()),
        "start",
    ]));
    let refused = cluster.ledger(&name).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("fsync off"), "{refused}");
    let encrypted = Postgres::connect("host=localhost sslmode=require").map(|_| ());
    assert!(matches!(encrypted, Err(StoreError::Misuse(_))));
}
