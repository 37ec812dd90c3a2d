//! `wayseal serve` with its ledgers in PostgreSQL, as a program beside a real one.
#![cfg(all(target_os = "linux", feature = "postgres"))]

#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests of the ledger use another part; a test fails by panicking"
)]
#[path = "../../store/tests/common/cluster.rs"]
mod cluster;
mod support;

use std::fs;
use std::io::{BufReader, Read};
use std::path::Path;
use std::process::ChildStderr;

use cluster::Cluster;
use support::serving::{Serving, ask, free_port, write_private};
use support::{Run, program, wayseal};
use tempfile::TempDir;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "open-sesame-4711";

/// A PKI in a folder, a cluster with a database for each authority, and the server when it runs.
struct World {
    folder: TempDir,
    port: u16,
    admin: u16,
    server: Option<Serving>,
    cluster: Cluster,
}

impl World {
    /// Nothing where PostgreSQL is missing.
    fn new() -> Option<Self> {
        let cluster = Cluster::start()?;
        cluster.sql(&format!("CREATE ROLE wayseal LOGIN PASSWORD '{PASSWORD}'"));
        for database in ["ea", "aa", "copy"] {
            cluster.sql(&format!("CREATE DATABASE {database} OWNER wayseal"));
        }
        let (folder, port, admin) = (tempfile::tempdir().expect("a folder"), free_port(), free_port());
        let world = Self { folder, port, admin, server: None, cluster };
        let url = format!("http://127.0.0.1:{port}");
        wayseal(["pki", "init", &world.path("pki"), "--url", &url]).exits(0);
        write_private(Path::new(&world.path("operate.token")), TOKEN);
        world.set_password(PASSWORD);
        fs::write(world.path("serve.toml"), world.settings()).expect("it is written");
        Some(world)
    }

    fn settings(&self) -> String {
        let listen = format!("127.0.0.1:{}", self.port);
        let (ea, aa) = (self.database("ea"), self.database("aa"));
        format!(
            "pki = \"pki\"\n\
             [ea]\nlisten = \"{listen}\"\nledger = \"{ea}\"\nledger-password-file = \"password\"\nhead = \"ea.head\"\n\
             backups = \"backups\"\nworkers = 4\n\
             [aa]\nlisten = \"{listen}\"\nledger = \"{aa}\"\nledger-password-file = \"password\"\nworkers = 4\n\
             [root-dc]\nlisten = \"{listen}\"\n\
             [admin]\nlisten = \"127.0.0.1:{}\"\noperate-token-file = \"operate.token\"\n",
            self.admin
        )
    }

    fn database(&self, name: &str) -> String {
        format!("postgres:///{name}?user=wayseal&host={}", self.cluster.folder.path().display())
    }

    fn set_password(&self, password: &str) {
        write_private(Path::new(&self.path("password")), password);
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn start(&mut self) -> BufReader<ChildStderr> {
        let mut command = program();
        command.args(["serve", "all", "--config", &self.path("serve.toml")]);
        let (server, log) = Serving::start(command);
        self.server = Some(server);
        log
    }

    fn signal(&mut self, signal: &str) -> Option<i32> {
        let server = self.server.take().expect("it runs");
        server.signal(signal);
        server.end()
    }

    fn station(&self, arguments: &[&str]) -> Run {
        let (command, rest) = arguments.split_first().expect("a command");
        wayseal([&["station", *command, "--home", &self.path("car1")], rest].concat())
    }

    /// Makes a station's home, registers it and has it enrol.
    fn newcomer(&self) {
        let (root, dc) = (self.path("pki/root.cert"), format!("http://127.0.0.1:{}/dc", self.port));
        let line = self.station(&["init", "--id", "car1", "--root", &root, "--dc", &dc]).exits(0).out;
        assert_eq!(self.admin("POST", "/stations", &line).0, 200);
        self.station(&["update-lists"]).exits(0);
        self.station(&["enrol"]).exits(0);
    }

    fn admin(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        ask(self.admin, method, path, Some(TOKEN), body)
    }

    fn audit(&self, authority: &str, ledger: &str) -> String {
        let (pki, password) = (self.path("pki"), self.path("password"));
        let audit = ["pki", "audit", authority, ledger, "--trust", &pki, "--ledger-password-file", &password];
        wayseal(audit).exits(0).out
    }
}

#[test]
fn a_station_enrols_and_gets_tickets_and_everything_is_there_after_the_server_was_killed() {
    let Some(mut world) = World::new() else { return };
    let _log = world.start();
    world.newcomer();
    world.station(&["authorize", "--count", "3"]).exits(0);
    assert_eq!(world.signal("-KILL"), None);

    let mut log = world.start();
    let (status, station) = world.admin("GET", "/stations/63617231", "");
    assert!(status == 200 && station.contains("active"), "{status}: {station}");
    world.station(&["authorize", "--count", "2"]).exits(0);
    world.station(&["renew", "--force"]).exits(0);
    assert_eq!(world.admin("GET", "/healthz", "").0, 200);
    let (_, figures) = world.admin("GET", "/metrics", "");
    // The genesis, and two records for each ticket.
    let records = "wayseal_ledger_records_total{ledger=\"AA\"} 11";
    assert!(figures.lines().any(|line| line == records), "{figures}");
    // A database is audited while its server goes on.
    for (authority, certificates) in [("ea", "2 certificates"), ("aa", "5 certificates")] {
        let audited = world.audit(authority, &world.database(authority));
        assert!(audited.contains(certificates) && audited.contains("\n0 objections"), "{audited}");
    }
    assert_eq!(world.signal("-TERM"), Some(0));
    let mut lines = String::new();
    log.read_to_string(&mut lines).expect("the log");
    assert!(lines.contains("stopped") && !lines.contains(PASSWORD), "{lines}");
}

#[test]
fn a_backup_goes_from_a_database_into_a_file_or_another_database() {
    let Some(mut world) = World::new() else { return };
    let _log = world.start();
    world.newcomer();
    let (status, written) = world.admin("POST", "/ledgers/ea/backup", "");
    assert_eq!(status, 200, "{written}");
    let written: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    let backup = written["file"].as_str().expect("a file");
    let (copy, password) = (world.database("copy"), world.path("password"));
    wayseal(["pki", "restore", backup, &world.path("copy.ledger")]).exits(0);
    let restore = ["pki", "restore", backup, &copy, "--ledger-password-file", &password];
    wayseal(restore).exits(0);
    wayseal(restore).complains("there is a ledger already");
    assert!(world.audit("ea", &copy).contains("1 certificates"));
}

#[test]
fn a_database_that_goes_away_is_told_and_served_from_again_after_a_restart() {
    let Some(mut world) = World::new() else { return };
    let log = world.start();
    world.newcomer();
    world.station(&["authorize"]).exits(0);
    world.cluster.crash();
    let (status, says) = world.admin("GET", "/healthz", "");
    assert!(status == 503 && says.contains("the ledger of the EA"), "{status}: {says}");
    assert_eq!(world.admin("GET", "/stations/63617231", "").0, 503);
    world.station(&["authorize"]).complains("answered 503");
    assert_eq!(world.signal("-TERM"), Some(0), "it stops as always");
    drop(log);
    let config = world.path("serve.toml");
    wayseal(["serve", "all", "--config", &config])
        .complains("the ledger of the EA: the ledger's storage failed");
    world.cluster.up();
    let _log = world.start();
    // What a station had sent before, it sends again.
    world.station(&["authorize"]).exits(0);
}

#[test]
fn a_password_is_in_a_file_of_its_owners_and_is_never_said() {
    let Some(world) = World::new() else { return };
    let config = world.path("serve.toml");
    let serve = |text: &str| {
        fs::write(&config, text).expect("it is written");
        let run = wayseal(["serve", "all", "--config", &config]);
        assert!(!run.err.contains("shibboleth") && !run.err.contains(PASSWORD), "{}", run.err);
        run
    };
    let settings = world.settings();
    let with_password = settings.replacen("user=wayseal&", "user=wayseal&password=shibboleth&", 1);
    serve(&with_password)
        .complains("serve.toml: line 4: the address of the ledger's database has a password in it");
    world.set_password("shibboleth");
    serve(&settings).complains("password authentication failed");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    fs::set_permissions(world.path("password"), mode).expect("its mode");
    serve(&settings).complains("its mode is 644");
    let in_command = world.database("ea").replace("user=", "password=shibboleth&user=");
    let run = wayseal(["pki", "audit", "ea", &in_command, "--trust", &world.path("pki")]);
    assert!(!run.err.contains("shibboleth"), "{}", run.err);
    run.complains("has a password in it");
}
