//! `wayseal serve` and its clients, as programs.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ChildStderr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use enrollment_client::{AccessPoint, Client, Protocol};
use enrollment_station::enrolment::{Enrolment, Identity};
use support::serving::{Serving, ask, free_port, write_private};
use support::{Run, program, wayseal};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use v2x_crypto::{Curve, PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::trust::{TrustProfile, TrustStore};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const LOOKER: &str = "fedcba9876543210fedcba9876543210";
const ID: &str = "63617231";

/// A PKI in a folder, its settings, and the server when it runs.
struct World {
    folder: TempDir,
    port: u16,
    admin: u16,
    server: Option<Serving>,
}

impl World {
    fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
            port: free_port(),
            admin: free_port(),
            server: None,
        };
        let url = format!("http://127.0.0.1:{}", world.port);
        wayseal(["pki", "init", &world.path("pki"), "--url", &url]).exits(0);
        write_private(Path::new(&world.path("operate.token")), TOKEN);
        write_private(Path::new(&world.path("read.token")), LOOKER);
        let (listen, admin) = (format!("127.0.0.1:{}", world.port), format!("127.0.0.1:{}", world.admin));
        let settings = format!(
            "pki = \"pki\"\n\
             [ea]\nlisten = \"{listen}\"\nledger = \"ea.ledger\"\nhead = \"ea.head\"\nbackups = \"backups\"\nworkers = 4\n\
             [aa]\nlisten = \"{listen}\"\nledger = \"aa.ledger\"\nworkers = 4\n\
             [root-dc]\nlisten = \"{listen}\"\n[tlm]\nlisten = \"{listen}\"\n\
             [admin]\nlisten = \"{admin}\"\nread-token-file = \"read.token\"\noperate-token-file = \"operate.token\"\n\
             [log]\nformat = \"json\"\n"
        );
        fs::write(world.path("serve.toml"), settings).expect("it is written");
        world
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Starts the server, and waits until it says where it is.
    fn start(&mut self) -> BufReader<ChildStderr> {
        let mut command = program();
        command.args(["serve", "all", "--config", &self.path("serve.toml")]);
        let (server, log) = Serving::start(command);
        self.server = Some(server);
        log
    }

    fn signal(&self, signal: &str) {
        self.server.as_ref().expect("it runs").signal(signal);
    }

    fn end(&mut self) -> Option<i32> {
        self.server.take().expect("it runs").end()
    }

    /// The list at a path, if there is one. Lists are no text.
    fn fetch(&self, path: &str) -> Option<Vec<u8>> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("somebody listens");
        let head = format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).expect("it is sent");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("it is answered");
        let end = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head") + 4;
        let is_there = answer.starts_with(b"HTTP/1.1 200 ");
        is_there.then(|| answer.split_off(end))
    }

    fn admin(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
        ask(self.admin, method, path, token, body)
    }

    fn station(&self, arguments: &[&str]) -> Run {
        let home = self.path("car1");
        let (command, rest) = arguments.split_first().expect("a command");
        wayseal([&["station", *command, "--home", &home], rest].concat())
    }

    /// Makes a station's home and registers it.
    fn newcomer(&self) {
        let (root, dc) = (self.path("pki/root.cert"), format!("http://127.0.0.1:{}/dc", self.port));
        let line = self.station(&["init", "--id", "car1", "--root", &root, "--dc", &dc]).exits(0).out;
        assert!(line.starts_with(&format!("{ID},NistP256,")), "{line}");
        fs::write(self.path("stations.csv"), line).expect("it is written");
        let (admin, token) = (format!("http://127.0.0.1:{}", self.admin), self.path("operate.token"));
        let batch = self.path("stations.csv");
        let run = wayseal(["pki", "register", "--admin", &admin, "--token-file", &token, &batch]).exits(0);
        assert_eq!(run.out, "1 registered, 0 were already\n");
    }
}

/// Requests for credentials of the station whose home was made.
fn enrolments(world: &World, count: usize) -> Vec<Enrolment> {
    let certificate = |name: &str| {
        Certificate::parse(&fs::read(world.path(name)).expect("it is there")).expect("it is a certificate")
    };
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, std::sync::Arc::new(AwsLc));
    trust.add_root(certificate("pki/root.cert")).expect("a root");
    let (ea, rng) =
        (certificate("pki/ea.cert"), &mut enrollment_http::random::generator().expect("randomness"));
    let pem = fs::read_to_string(world.path("car1/canonical.key")).expect("a key");
    let canonical = AwsLc.signer(&PrivateKey::from_pkcs8_pem(&pem, None).expect("a key")).expect("a signer");
    let now = enrollment_http::clock::now().expect("a clock");
    let mut enrolment = || {
        let key = PrivateKey::generate(Curve::NistP256, rng).expect("a key");
        let new = AwsLc.signer(&key).expect("a signer");
        let identity = Identity::Canonical { id: b"car1", signer: &*canonical };
        Enrolment::new(identity, &*new, &ea, &mut trust, now, rng).expect("a request")
    };
    (0..count).map(|_| enrolment()).collect()
}

/// Sends all at once and says what came back; where nothing did, the time was over.
fn send_all(world: &World, enrolments: &[Enrolment], patience: Duration) -> Vec<Option<Vec<u8>>> {
    let runtime = Runtime::new().expect("threads");
    let to: AccessPoint = format!("http://127.0.0.1:{}/ea", world.port).parse().expect("an address");
    let client = Client::new(Protocol::Http1);
    let send = |enrolment: &Enrolment| {
        let (client, to, request) = (client.clone(), to.clone(), enrolment.request().to_vec());
        runtime.spawn(async move { client.send(&to, &request, patience).await.ok() })
    };
    let sent: Vec<_> = enrolments.iter().map(send).collect();
    sent.into_iter().map(|sent| runtime.block_on(sent).expect("it ends")).collect()
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == ending)).collect()
}

#[test]
fn a_station_enrols_gets_tickets_renews_and_is_served_again_after_the_server_was_killed() {
    let mut world = World::new();
    let _log = world.start();
    world.newcomer();
    world.station(&["enrol"]).complains("no EA that is valid now");
    assert_eq!(world.station(&["update-lists"]).exits(0).out, "trust list: new\nrevocation list: new\n");
    assert_eq!(
        world.station(&["update-lists"]).exits(0).out,
        "trust list: as before\nrevocation list: as before\n"
    );
    world.station(&["authorize"]).complains("enrol first");
    world.station(&["enrol"]).exits(0);
    world.station(&["authorize", "--count", "2", "--without-privacy", "--without-proof"]).exits(0);
    assert_eq!(world.station(&["renew"]).exits(0).out, "the credential is not due\n");
    world.station(&["renew", "--force"]).exits(0);
    let keys =
        [files(&world.path("car1/credentials"), "key"), files(&world.path("car1/tickets"), "key")].concat();
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert_eq!(key.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    }

    world.signal("-KILL");
    assert_eq!(world.end(), None);
    let _log = world.start();
    world.station(&["authorize", "--count", "3", "--service", "36:010000", "--valid-for", "2h"]).exits(0);
    let status = world.station(&["status"]).exits(0);
    assert!(status.out.contains("tickets: 5 valid now"), "{}", status.out);
    let (answered, _) = world.admin("GET", "/healthz", None, "");
    assert_eq!(answered, 200);
    world.signal("-TERM");
    assert_eq!(world.end(), Some(0));
    assert!(Path::new(&world.path("ea.head")).exists(), "the head is kept");
}

#[test]
fn a_server_that_is_killed_under_load_gives_the_same_octets_again_and_one_credential_for_each_request() {
    const REQUESTS: usize = 96;
    let mut world = World::new();
    let _log = world.start();
    world.newcomer();
    let enrolments = enrolments(&world, REQUESTS);
    let mut answered = vec![None; REQUESTS];
    for delay in [40, 90, 160] {
        let found = std::thread::scope(|scope| {
            let sending = scope.spawn(|| send_all(&world, &enrolments, Duration::from_millis(300)));
            std::thread::sleep(Duration::from_millis(delay));
            world.signal("-KILL");
            sending.join().expect("it ends")
        });
        world.end();
        let _log = world.start();
        for (before, now) in answered.iter_mut().zip(found) {
            match (&before, now) {
                (None, now) => *before = now,
                (Some(_), None) => {}
                (Some(before), Some(now)) => assert_eq!(**before, now, "the same octets"),
            }
        }
    }
    let finally = send_all(&world, &enrolments, Duration::from_secs(60));
    for (before, now) in answered.iter().zip(&finally) {
        assert!(now.is_some() && (before.is_none() || before == now), "the same octets");
    }
    let (_, figures) = world.admin("GET", "/metrics", None, "");
    // The genesis, the station, and two records for each request: whatever was killed, none is there twice.
    let records =
        figures.lines().find(|line| line.starts_with("wayseal_ledger_records_total{ledger=\"EA\"}"));
    let records = records.and_then(|line| line.rsplit(' ').next()?.parse::<usize>().ok());
    assert_eq!(records, Some(2 + 2 * REQUESTS));
}

#[test]
fn a_blocked_station_gets_nothing_and_the_log_and_figures_name_nobody() {
    let mut world = World::new();
    let mut log = world.start();
    world.newcomer();
    world.station(&["update-lists"]).exits(0);
    world.station(&["enrol"]).exits(0);
    world.station(&["authorize"]).exits(0);
    let (admin, token) = (format!("http://127.0.0.1:{}", world.admin), world.path("operate.token"));
    let station = ["pki", "station", "--admin", &admin, "--token-file", &token, ID];
    assert!(wayseal(station).exits(0).out.contains("status: active"));
    assert_eq!(wayseal([&station[..], &["--set", "blocked"]].concat()).exits(0).out, "status: blocked\n");
    let refused = world.station(&["authorize"]).exits(1);
    assert!(refused.err.contains("refused"), "{}", refused.err);
    world.station(&["renew", "--force"]).exits(1);

    let (_, figures) = world.admin("GET", "/metrics", None, "");
    for figure in [
        "wayseal_requests_total{place=\"authorization\",status=\"200\"} 2",
        "wayseal_requests_total{place=\"validation\",status=\"200\"} 2",
        "wayseal_inside{place=\"ea\"} 0",
        "wayseal_healthy 1",
    ] {
        assert!(figures.lines().any(|line| line == figure), "{figure}\n{figures}");
    }
    support::serves_what_is_watched("pki", &figures);
    world.signal("-TERM");
    let mut lines = String::new();
    log.read_to_string(&mut lines).expect("the log");
    assert_eq!(world.end(), Some(0));
    let certificates = files(&world.path("car1/tickets"), "cert").into_iter();
    let names = certificates.chain(files(&world.path("car1/credentials"), "cert"));
    let names = names.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    for name in names.chain([ID.to_owned(), "car1".to_owned(), "127.0.0.1:".to_owned()]) {
        assert!(!lines.to_lowercase().contains(&name.to_lowercase()), "{name} is in the log: {lines}");
        assert!(!figures.to_lowercase().contains(&name.to_lowercase()), "{name} is in the figures");
    }
    let answered = lines.lines().filter(|line| line.contains("\"place\":\"authorization\""));
    assert_eq!(answered.count(), 2, "each request is a line: {lines}");
}

#[test]
fn the_administration_asks_for_the_token_that_goes_with_what_is_asked() {
    let mut world = World::new();
    let _log = world.start();
    world.newcomer();
    let station = format!("/stations/{ID}");
    let status = format!("{station}/status");
    for (method, path, token, body, expected) in [
        ("GET", "/healthz", None, "", 200),
        ("GET", "/metrics", None, "", 200),
        ("GET", "/", None, "", 404),
        ("POST", "/healthz", None, "", 405),
        ("GET", station.as_str(), None, "", 401),
        ("GET", &station, Some("wrong"), "", 401),
        ("GET", &station, Some(LOOKER), "", 200),
        ("GET", &station, Some(TOKEN), "", 200),
        ("GET", "/stations/00", Some(LOOKER), "", 404),
        ("GET", "/stations/zz", Some(LOOKER), "", 400),
        ("POST", &status, None, "blocked", 401),
        ("POST", &status, Some(LOOKER), "blocked", 403),
        ("POST", &status, Some(TOKEN), "gone", 400),
        ("POST", &status, Some(TOKEN), "inactive", 200),
        ("POST", "/stations", Some(LOOKER), "63,,00", 403),
        ("POST", "/stations", Some(TOKEN), "63,,00", 400),
        ("GET", "/stations", Some(TOKEN), "", 405),
        ("POST", "/ledgers/ea/epoch", Some(LOOKER), "{\"epoch\":1,\"reason\":\"x\"}", 403),
        ("POST", "/ledgers/ea/epoch", Some(TOKEN), "{\"epoch\":0,\"reason\":\"x\"}", 409),
        ("POST", "/ledgers/ea/epoch", Some(TOKEN), "{\"epoch\":1,\"reason\":\"x\"}", 200),
        ("POST", "/ledgers/ea/backup", Some(LOOKER), "", 403),
        ("POST", "/ledgers/ea/backup", Some(TOKEN), "", 200),
        ("POST", "/ledgers/aa/backup", Some(TOKEN), "", 409),
        ("GET", "/ledgers/ea/backup", Some(TOKEN), "", 405),
        ("POST", "/ledgers/other/epoch", Some(TOKEN), "{\"epoch\":1,\"reason\":\"x\"}", 404),
    ] {
        let (found, answer) = world.admin(method, path, token, body);
        assert_eq!(found, expected, "{method} {path} with {token:?}: {answer}");
    }
    let public = ask(world.port, "GET", "/metrics", None, "");
    assert_eq!(public.0, 404, "stations do not reach the administration");
}

#[test]
fn a_list_that_is_put_into_the_folder_is_handed_out_within_a_second_and_a_bad_one_is_not() {
    let mut world = World::new();
    let _log = world.start();
    let url = format!("http://127.0.0.1:{}", world.port);
    let id = |file: &str| {
        let bytes = fs::read(world.path(file)).expect("it is there");
        Certificate::parse(&bytes).expect("it is a certificate").hashed_id8().to_string()
    };
    let own = format!("/dc/getcrl/{}", id("pki/root.cert"));
    let crl = || world.fetch(&own);
    let first = crl();
    assert!(first.is_some());
    // Another PKI's list is not believed, and the one that is handed out stays.
    wayseal(["pki", "init", &world.path("other"), "--url", &url]).exits(0);
    fs::copy(world.path("other/crl.oer"), world.path("pki/other-crl.oer")).expect("it is copied");
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(crl(), first);
    let path = format!("/dc/getcrl/{}", id("other/root.cert"));
    assert_eq!(world.fetch(&path), None);
    fs::copy(world.path("other/root.cert"), world.path("pki/other-root.cert")).expect("it is copied");
    let put = Instant::now();
    while world.fetch(&path).is_none() {
        // A second on a machine with nothing else to do.
        assert!(put.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_station_follows_the_trust_list_manager_to_the_next_and_gives_up_a_root_that_is_not_listed() {
    let mut world = World::new();
    let _log = world.start();
    let at = |path: &str| format!("http://127.0.0.1:{}/{path}", world.port);
    let (root, tlm) = (world.path("pki/root.cert"), world.path("pki/tlm.cert"));
    let (dc, cpoc) = (at("dc"), at("cpoc"));
    let init = ["init", "--id", "car1", "--root", &root, "--dc", &dc, "--tlm", &tlm, "--cpoc", &cpoc];
    let line = world.station(&init).exits(0).out;
    assert_eq!(world.admin("POST", "/stations", Some(TOKEN), &line).0, 200);
    let lists = || world.station(&["update-lists"]).exits(0).out;
    assert_eq!(lists(), "list of roots: new\ntrust list: new\nrevocation list: new\n");
    world.station(&["enrol"]).exits(0);
    let old = fs::read(world.path("car1/tlm.cert")).expect("it is there");

    std::thread::sleep(Duration::from_millis(1_100));
    let pki = world.path("pki");
    wayseal(["pki", "roll-over", &pki, "tlm"]).exits(0);
    let next = fs::read(world.path("pki/tlm-next.cert")).expect("it is there");
    let put = Instant::now();
    while world.fetch("/cpoc/gettlmcertificate").as_ref() != Some(&next)
        || world.fetch("/cpoc/gettlmlinkcertificate").is_none()
    {
        assert!(put.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(fs::read(world.path("car1/tlm.cert")).expect("it is there"), old);
    assert!(lists().starts_with("list of roots: new\n"));
    assert_eq!(fs::read(world.path("car1/tlm.cert")).expect("it is there"), next, "by the link");
    world.station(&["authorize"]).exits(0);

    // The next one takes over, and takes the root off its list.
    for (from, to) in
        [("tlm-next.cert", "tlm.cert"), ("tlm-next.key", "tlm.key"), ("ectl-next.oer", "ectl.oer")]
    {
        fs::rename(world.path(&format!("pki/{from}")), world.path(&format!("pki/{to}")))
            .expect("it is renamed");
    }
    fs::remove_file(world.path("pki/tlm-next.link")).expect("it is removed");
    wayseal(["pki", "trust-list", &pki, "--of", "tlm", "--remove", &root]).exits(0);
    let id = Certificate::parse(&next).expect("a certificate").hashed_id8();
    let put = Instant::now();
    while world.fetch(&format!("/cpoc/getectl/{id}"))
        != Some(fs::read(world.path("pki/ectl.oer")).expect("it is there"))
    {
        assert!(put.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(20));
    }
    world.station(&["update-lists"]).complains("is not believed");
    world.station(&["authorize"]).complains("is not believed");
}

#[test]
fn a_station_under_a_passphrase_keeps_no_key_in_the_clear() {
    let mut world = World::new();
    let _log = world.start();
    let secret = world.path("secret");
    fs::write(&secret, "open sesame\n").expect("it is written");
    let (root, dc) = (world.path("pki/root.cert"), format!("http://127.0.0.1:{}/dc", world.port));
    let guarded = ["--passphrase-file", &secret];
    let init = ["init", "--id", "car1", "--root", &root, "--dc", &dc];
    let line = world.station(&[&init[..], &guarded].concat()).exits(0).out;
    assert_eq!(world.admin("POST", "/stations", Some(TOKEN), &line).0, 200);
    let with = |command: &str| world.station(&[&[command], &guarded[..]].concat());
    with("update-lists").exits(0);
    with("enrol").exits(0);
    with("authorize").exits(0);
    world.station(&["authorize"]).complains(".key");
    for folder in ["car1", "car1/credentials", "car1/tickets"] {
        let keys = files(&world.path(folder), "key");
        assert!(!keys.is_empty(), "{folder}");
        for key in keys {
            let pem = fs::read_to_string(key).expect("it is there");
            assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
        }
    }
}

#[test]
fn the_next_trust_list_and_what_changed_are_handed_out_and_a_revocation_is_in_force_within_a_second() {
    let mut world = World::new();
    let _log = world.start();
    world.newcomer();
    world.station(&["update-lists"]).exits(0);
    world.station(&["enrol"]).exits(0);
    world.station(&["authorize"]).exits(0);
    let root = fs::read(world.path("pki/root.cert")).expect("it is there");
    let root = Certificate::parse(&root).expect("a certificate").hashed_id8();
    let pki = world.path("pki");
    // Lists are told apart by the second in which they were made.
    std::thread::sleep(Duration::from_millis(1_100));
    wayseal(["pki", "trust-list", &pki]).exits(0);
    let until = |path: String, expected: Vec<u8>| {
        let put = Instant::now();
        while world.fetch(&path).as_ref() != Some(&expected) {
            assert!(put.elapsed() < Duration::from_secs(10), "{path}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let file = |name: &str| fs::read(world.path(name)).expect("it is there");
    until(format!("/dc/getctl/{root}/1"), file("pki/ctl.delta-1.oer"));
    until(format!("/dc/getctl/{root}"), file("pki/ctl.oer"));
    assert_eq!(
        world.station(&["update-lists"]).exits(0).out,
        "trust list: new\nrevocation list: as before\n"
    );
    // The station took what changed, and the list in full the next time.
    let taken = world.path("car1/ctl.delta-1.oer");
    assert_eq!(fs::read(&taken).expect("it is there"), file("pki/ctl.delta-1.oer"));
    world.station(&["authorize"]).exits(0);
    assert_eq!(
        world.station(&["update-lists"]).exits(0).out,
        "trust list: as before\nrevocation list: as before\n"
    );
    assert!(!Path::new(&taken).exists());
    assert_eq!(file("car1/ctl.oer"), file("pki/ctl.oer"));
    wayseal(["pki", "revoke", &pki, &world.path("pki/ea.cert")]).exits(0);
    until(format!("/dc/getcrl/{root}"), file("pki/crl.oer"));
    // The AA does not ask an EA that is revoked.
    world.station(&["authorize"]).exits(1);
    world.station(&["update-lists"]).exits(0);
    world.station(&["renew", "--force"]).complains("no EA that is valid now");
}

#[test]
fn an_old_copy_of_the_ledger_issues_nothing_until_an_operator_raises_its_epoch() {
    let mut world = World::new();
    let log = world.start();
    world.newcomer();
    world.station(&["update-lists"]).exits(0);
    world.station(&["enrol"]).exits(0);
    world.signal("-TERM");
    assert_eq!(world.end(), Some(0));
    drop(log);
    fs::copy(world.path("ea.ledger"), world.path("ea.copy")).expect("it is copied");

    let log = world.start();
    let other = "6f74,,036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    assert_eq!(world.admin("POST", "/stations", Some(TOKEN), other).0, 200);
    world.station(&["renew", "--force"]).exits(0);
    world.signal("-TERM");
    assert_eq!(world.end(), Some(0));
    drop(log);
    fs::rename(world.path("ea.copy"), world.path("ea.ledger")).expect("it is put back");

    let _log = world.start();
    let (status, says) = world.admin("GET", "/healthz", None, "");
    assert!(status == 503 && says.contains("older copy"), "{status}: {says}");
    world.station(&["renew", "--force"]).complains("answered 503");
    let raise = "{\"epoch\": 1, \"reason\": \"the disk was lost\"}";
    assert_eq!(world.admin("POST", "/ledgers/ea/epoch", Some(TOKEN), raise).0, 200);
    assert_eq!(world.admin("GET", "/healthz", None, "").0, 200);
    world.station(&["renew", "--force"]).exits(0);
    // Its credential was lost, so it has enrolled anew with its canonical key.
    world.station(&["authorize"]).exits(0);
    assert_eq!(world.admin("GET", "/stations/6f74", Some(TOKEN), "").0, 404, "what was lost is lost");
}

#[test]
fn a_backup_is_written_while_the_server_goes_on_and_restored_and_what_was_issued_passes_an_audit() {
    let mut world = World::new();
    let _log = world.start();
    world.newcomer();
    world.station(&["update-lists"]).exits(0);
    world.station(&["enrol"]).exits(0);
    world.station(&["renew", "--force"]).exits(0);
    world.station(&["authorize", "--count", "3"]).exits(0);
    let (admin, token) = (format!("http://127.0.0.1:{}", world.admin), world.path("operate.token"));
    let backup = ["pki", "backup", "ea", "--admin", &admin, "--token-file", &token];
    let written = wayseal(backup).exits(0).out;
    let (file, head) = written.trim_end().split_once(": head ").expect("where it is");
    assert_eq!(fs::metadata(file).expect("it is there").permissions().mode() & 0o777, 0o600);
    fs::write(world.path("head"), head).expect("it is written");
    let (pki, copy, head) = (world.path("pki"), world.path("copy.ledger"), world.path("head"));
    wayseal(["pki", "restore", file, &copy]).exits(0);
    wayseal(["pki", "restore", file, &copy]).complains("exists already");
    let audited = wayseal(["pki", "audit", "ea", &copy, "--trust", &pki, "--head", &head]).exits(0).out;
    assert!(audited.contains("2 certificates, 0 requests without an answer\n0 objections"), "{audited}");
    let own = world.path("aa.ledger");
    wayseal(["pki", "audit", "aa", &own, "--trust", &pki]).complains("is its server running?");
    world.station(&["renew", "--force"]).exits(0);
    world.signal("-TERM");
    assert_eq!(world.end(), Some(0));
    let audited = wayseal(["pki", "audit", "aa", &own, "--trust", &pki]).exits(0).out;
    assert!(audited.contains("3 certificates, 0 requests"), "{audited}");
    let audited = wayseal(["pki", "audit", "ea", &own, "--trust", &pki]).exits(1).out;
    assert!(audited.contains("3 objections"), "an AA's ledger is no EA's: {audited}");
    let cut = wayseal(["pki", "audit", "ea", &copy, "--trust", &pki, "--head", &world.path("ea.head")]);
    assert!(cut.exits(1).out.contains("the published head"), "the ledger went on after its backup");
}

#[test]
fn settings_that_are_wrong_are_refused_with_what_and_where() {
    let world = World::new();
    let config = world.path("serve.toml");
    let text = fs::read_to_string(&config).expect("it is there");
    let serve = |role: &str, text: &str| {
        fs::write(&config, text).expect("it is written");
        wayseal(["serve", role, "--config", &config])
    };
    serve("all", &text.replacen("workers = 4", "worker = 4", 1))
        .complains("serve.toml: line 7: unknown field `worker`");
    serve("all", &text.replace("workers = 4", "workers = 1000")).complains("there are 1 to 256");
    serve("tlm", "pki = \"pki\"\n").complains("no [tlm]");
    serve("ea", &text.replace("pki = \"pki\"", "pki = \"nowhere\"")).complains("nowhere");
    let key = world.path("pki/ea.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("its mode");
    serve("ea", &text).complains("its mode is 644");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("its mode");
    fs::write(world.path("operate.token"), "short").expect("it is written");
    serve("ea", &text).complains("at least 32 octets");
}

/// Between a station and its authorities: passes requests on, and answers only when it is told to.
struct Between {
    port: u16,
    answers: Arc<AtomicBool>,
    passed: Arc<AtomicUsize>,
}

impl Between {
    fn listen(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let between = Self { port, answers: Arc::default(), passed: Arc::default() };
        let (answers, passed) = (Arc::clone(&between.answers), Arc::clone(&between.passed));
        std::thread::spawn(move || {
            let mut held = Vec::new();
            for station in listener.incoming() {
                let mut station = station.expect("a connection");
                let answer = pass_on(&mut station, to);
                passed.fetch_add(1, Ordering::SeqCst);
                if answers.load(Ordering::SeqCst) {
                    // A station that is gone does not read it.
                    let _ = station.write_all(&answer);
                } else {
                    held.push(station);
                }
            }
        });
        between
    }

    /// Waits until so many requests were answered, whether the station was told or not.
    fn until(&self, passed: usize) {
        let began = Instant::now();
        while self.passed.load(Ordering::SeqCst) < passed {
            assert!(began.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Passes one request on, on a connection that ends with its answer.
fn pass_on(station: &mut TcpStream, to: u16) -> Vec<u8> {
    let (mut request, mut octets) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let count = station.read(&mut octets).expect("a request");
        assert_ne!(count, 0, "half a request");
        request.extend_from_slice(octets.get(..count).expect("as many"));
        let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(request.get(..end).expect("a head")).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").parse().expect("a number");
        if request.len() >= end + 4 + length {
            break (head, request.split_off(end + 4));
        }
    };
    let mut authority = TcpStream::connect(("127.0.0.1", to)).expect("somebody listens");
    let head = format!("{head}\r\nconnection: close\r\n\r\n")
        .replacen("post", "POST", 1)
        .replacen("http/1.1", "HTTP/1.1", 1);
    authority.write_all(&[head.as_bytes(), &body].concat()).expect("it is sent");
    let mut answer = Vec::new();
    authority.read_to_end(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_station_that_is_killed_while_it_waits_gets_the_answer_of_the_first_time_when_it_starts_again() {
    let mut world = World::new();
    let _log = world.start();
    let between = Between::listen(world.port);
    let at = |path: &str| format!("http://127.0.0.1:{}/{path}", between.port);
    let (root, dc) = (world.path("pki/root.cert"), format!("http://127.0.0.1:{}/dc", world.port));
    let (ea, aa) = (at("ea"), at("aa"));
    let init = ["init", "--id", "car1", "--root", &root, "--dc", &dc, "--ea", &ea, "--aa", &aa];
    let line = world.station(&init).exits(0).out;
    assert_eq!(world.admin("POST", "/stations", Some(TOKEN), &line).0, 200);
    world.station(&["update-lists"]).exits(0);
    let home = world.path("car1");
    let records = |of: &str| {
        let (_, figures) = world.admin("GET", "/metrics", None, "");
        let name = format!("wayseal_ledger_records_total{{ledger=\"{of}\"}} ");
        figures.lines().find_map(|line| line.strip_prefix(&name)?.parse::<usize>().ok()).expect("a figure")
    };
    let killed_while_it_waits = |command: &str, passed: usize| {
        let mut station = program();
        station.args(["station", command, "--home", &home]);
        let mut station = station.stderr(std::process::Stdio::null()).spawn().expect("it starts");
        between.until(passed);
        station.kill().expect("it is killed");
        station.wait().expect("it ends");
    };

    killed_while_it_waits("enrol", 1);
    assert!(!files(&world.path("car1/pending"), "key").is_empty());
    between.answers.store(true, Ordering::SeqCst);
    world.station(&["enrol"]).exits(0);
    // The genesis, the station, and one credential: the answer is that of the first time.
    assert_eq!((records("EA"), between.passed.load(Ordering::SeqCst)), (4, 2));
    assert!(files(&world.path("car1/pending"), "key").is_empty());

    between.answers.store(false, Ordering::SeqCst);
    killed_while_it_waits("authorize", 3);
    between.answers.store(true, Ordering::SeqCst);
    assert_eq!(world.station(&["authorize", "--count", "2"]).exits(0).out, "2 tickets\n");
    assert_eq!((records("AA"), between.passed.load(Ordering::SeqCst)), (5, 5));
    assert_eq!(files(&world.path("car1/tickets"), "cert").len(), 2);

    // One that was asked for otherwise comes beside those that are asked for now.
    between.answers.store(false, Ordering::SeqCst);
    killed_while_it_waits("authorize", 6);
    between.answers.store(true, Ordering::SeqCst);
    let other = world.station(&["authorize", "--service", "36:010000"]).exits(0).out;
    assert_eq!(other, "1 tickets\n");
    assert_eq!(files(&world.path("car1/tickets"), "cert").len(), 4);
}
