//! Authorities with their keys in a token of SoftHSM2, as programs.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{ChildStderr, Command};
use std::time::{Duration, Instant};

use support::serving::{Serving, ask, free_port, write_private};
use support::{Run, program};
use tempfile::TempDir;

const PIN: &str = "correct horse";
const LABEL: &str = "authorities";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A folder with a token in it, a PKI, settings, and a server when it runs.
struct World {
    folder: TempDir,
    module: PathBuf,
    port: u16,
    admin: u16,
    server: Option<Serving>,
}

impl World {
    /// Nothing where SoftHSM2 is missing.
    fn new() -> Option<Self> {
        let module = support::softhsm()?;
        let folder = tempfile::tempdir().expect("a folder");
        let world = Self { folder, module, port: free_port(), admin: free_port(), server: None };
        fs::create_dir(world.file("tokens")).expect("a folder");
        let configuration = format!("directories.tokendir = {}\n", world.path("tokens"));
        fs::write(world.file("softhsm2.conf"), configuration).expect("it is written");
        write_private(&world.file("pin"), &format!("{PIN}\n"));
        write_private(&world.file("operate.token"), TOKEN);
        world.initialise(LABEL);
        Some(world)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.file(name).display().to_string()
    }

    /// Makes a token.
    fn initialise(&self, label: &str) {
        let mut command = Command::new("softhsm2-util");
        command.args(["--init-token", "--free", "--label", label, "--so-pin", "87654321", "--pin", PIN]);
        let made = command.env("SOFTHSM2_CONF", self.file("softhsm2.conf")).output().expect("it starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// The program, which finds the tokens.
    fn program(&self) -> Command {
        let mut command = program();
        command.env("SOFTHSM2_CONF", self.file("softhsm2.conf")).env_remove("WAYSEAL_HSM_PIN");
        command
    }

    fn wayseal(&self, arguments: &[&str]) -> Run {
        self.program().args(arguments).output().expect("the program starts").into()
    }

    /// A command that uses the token.
    fn with_token(&self, arguments: &[&str]) -> Run {
        let (module, pin) = (self.module.display().to_string(), self.path("pin"));
        let token = ["--hsm-module", &module, "--hsm-token", LABEL, "--hsm-pin-file", &pin];
        self.wayseal(&[arguments, &token].concat())
    }

    /// A PKI whose keys are all in the token.
    fn init(&self, more: &[&str]) -> Run {
        let (folder, url) = (self.path("pki"), format!("http://127.0.0.1:{}", self.port));
        self.with_token(&[&["pki", "init", &folder, "--url", &url], more].concat())
    }

    /// Settings in which EA and AA have both keys in the token.
    fn settings(&self) -> String {
        let (listen, admin) = (format!("127.0.0.1:{}", self.port), format!("127.0.0.1:{}", self.admin));
        let hsm = |of: &str| {
            format!(
                "[{of}.hsm]\nmodule = \"{}\"\ntoken = \"{LABEL}\"\npin-file = \"pin\"\nsessions = 2\n\
                 signing-key = \"{of}\"\ndecryption-key = \"{of}.enc\"\n",
                self.module.display()
            )
        };
        format!(
            "pki = \"pki\"\n[ea]\nlisten = \"{listen}\"\nledger = \"ea.ledger\"\nworkers = 4\n{}\
             [aa]\nlisten = \"{listen}\"\nledger = \"aa.ledger\"\nworkers = 4\n{}[root-dc]\nlisten = \"{listen}\"\n\
             [admin]\nlisten = \"{admin}\"\noperate-token-file = \"operate.token\"\n",
            hsm("ea"),
            hsm("aa")
        )
    }

    fn serve(&self, settings: &str) -> Run {
        fs::write(self.file("serve.toml"), settings).expect("it is written");
        self.wayseal(&["serve", "ea", "--config", &self.path("serve.toml")])
    }

    /// Starts the servers, and waits until they say where they are.
    fn start(&mut self) -> BufReader<ChildStderr> {
        let mut command = self.program();
        command.args(["serve", "all", "--config", &self.path("serve.toml")]);
        let (server, log) = Serving::start(command);
        self.server = Some(server);
        log
    }

    fn health(&self) -> (u16, String) {
        ask(self.admin, "GET", "/healthz", None, "")
    }

    fn station(&self, arguments: &[&str]) -> Run {
        let home = self.path("car1");
        let (command, rest) = arguments.split_first().expect("a command");
        self.wayseal(&[&["station", *command, "--home", &home], rest].concat())
    }

    /// A station that is registered, and has the lists and a credential.
    fn enrolled(&self) {
        let (root, dc) = (self.path("pki/root.cert"), format!("http://127.0.0.1:{}/dc", self.port));
        let line = self.station(&["init", "--id", "car1", "--root", &root, "--dc", &dc]).exits(0).out;
        fs::write(self.file("stations.csv"), line).expect("it is written");
        let (admin, token) = (format!("http://127.0.0.1:{}", self.admin), self.path("operate.token"));
        let batch = self.path("stations.csv");
        self.wayseal(&["pki", "register", "--admin", &admin, "--token-file", &token, &batch]).exits(0);
        self.station(&["update-lists"]).exits(0);
        self.station(&["enrol"]).exits(0);
    }
}

#[test]
fn authorities_with_their_keys_in_a_token_give_a_station_tickets() {
    for curve in ["NistP256", "brainpoolP384r1"] {
        let Some(mut world) = World::new() else { return };
        let made = world.init(&["--curve", curve]).exits(0).out;
        let keys = format!("keys in token {LABEL:?}, not extractable: root, ea, ea.enc, aa, aa.enc, tlm\n");
        assert!(made.ends_with(&keys), "{made}");
        let names = fs::read_dir(world.file("pki")).expect("a folder");
        let names = names.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
        assert!(names.into_iter().all(|name| !name.ends_with(".key")), "no key is in a file");
        fs::write(world.file("serve.toml"), world.settings()).expect("it is written");
        let mut log = world.start();
        assert_eq!(world.health(), (200, "ok\n".to_owned()));
        world.enrolled();
        assert_eq!(world.station(&["authorize", "--count", "3"]).exits(0).out, "3 tickets\n");
        world.station(&["authorize", "--without-privacy", "--without-proof"]).exits(0);
        let server = world.server.take().expect("it runs");
        server.signal("-TERM");
        assert_eq!(server.end(), Some(0));
        let mut lines = String::new();
        log.read_to_string(&mut lines).expect("the log");
        assert!(!lines.contains(PIN) && !lines.contains("WARN") && !lines.contains("ERROR"), "{lines}");
    }
}

#[test]
fn a_server_whose_token_goes_away_answers_503_and_serves_again_when_it_is_back() {
    let Some(mut world) = World::new() else { return };
    world.init(&[]).exits(0);
    fs::write(world.file("serve.toml"), world.settings()).expect("it is written");
    let mut log = world.start();
    world.enrolled();
    let (tokens, away) = (world.file("tokens"), world.file("away"));
    fs::rename(&tokens, &away).expect("it is moved");
    let refused = world.station(&["authorize"]);
    assert!(refused.err.contains("503"), "{}{}", refused.out, refused.err);
    let (status, says) = world.health();
    assert!(status == 503 && says.contains(LABEL), "{status}: {says}");
    fs::rename(&away, &tokens).expect("it is moved");
    let back = Instant::now();
    while world.health().0 != 200 {
        // A second, in which the module is not started anew.
        assert!(back.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(100));
    }
    world.station(&["authorize"]).exits(0);
    drop(world.server.take());
    let mut lines = String::new();
    log.read_to_string(&mut lines).expect("the log");
    assert!(lines.contains("a key in hardware failed") && lines.contains("CKR_"), "{lines}");
}

#[test]
fn an_authority_that_is_certified_by_request_serves_with_the_keys_of_its_token_and_no_others() {
    let Some(mut world) = World::new() else { return };
    let (folder, url) = (world.path("pki"), format!("http://127.0.0.1:{}", world.port));
    world.wayseal(&["pki", "init", &folder, "--url", &url]).exits(0);
    let (request, certificate) = (world.path("second.request"), world.path("second.cert"));
    let made =
        world.with_token(&["pki", "request-ca", "ea", "--name", "Second", "--out", &request]).exits(0).out;
    assert!(made.ends_with(&format!("ea, ea.enc: its keys in token {LABEL:?}\n")), "{made}");
    assert!(!world.file("second.key").exists());
    let settings = world.settings();
    let (settings, admin) =
        (settings.split_once("[aa]").expect("it has one").0, settings.split_once("[admin]"));
    let settings = format!("{settings}[admin]{}", admin.expect("it has one").1);
    world.serve(&settings).complains("the key is not the one in the issuer's certificate");

    let fingerprint = made.lines().next().and_then(|line| line.rsplit(' ').next()).expect("a fingerprint");
    let approved = ["--approve", "ea", "--fingerprint", fingerprint, "--out", &certificate];
    world.wayseal(&[&["pki", "issue-ca", &folder, &request][..], &approved].concat()).exits(0);
    fs::remove_file(world.file("ea.ledger")).expect("it was another EA's");
    fs::rename(&certificate, world.file("pki/ea.cert")).expect("it is moved");
    // One key in the token and one in a file: it is looked for in both places.
    world
        .serve(&settings.replace("decryption-key = \"ea.enc\"\n", ""))
        .complains("the decryption key is not the one in the certificate");
    fs::write(world.file("serve.toml"), &settings).expect("it is written");
    let _log = world.start();
    assert_eq!(world.health(), (200, "ok\n".to_owned()));
}

#[test]
fn an_authority_in_a_token_changes_its_keys() {
    let Some(world) = World::new() else { return };
    world.init(&["--hsm-prefix", "2026-"]).exits(0);
    world.init(&["--hsm-prefix", "2026-", "--force"]).complains("has a key \"2026-root\" already");
    let (folder, request, next) = (world.path("pki"), world.path("next.request"), world.path("next.cert"));
    let rekey = ["pki", "request-ca", "aa", "--rekey", &folder, "--out", &request, "--hsm-prefix", "2027-"];
    world.with_token(&rekey).complains("aa.key");
    let rekey = [&rekey[..], &["--hsm-current-prefix", "2026-"]].concat();
    // What was made before the current key was missed is not made again.
    let made = world.with_token(&rekey).exits(0).out;
    assert!(made.contains("2027-aa, 2027-aa.enc: its keys in token"), "{made}");
    let issue = ["pki", "issue-ca", &folder, &request, "--out", &next, "--hsm-prefix", "2026-"];
    let issued = world.with_token(&issue).exits(0).out;
    assert!(issued.contains("next.cert: "), "{issued}");
    // The lists of root and trust list manager are signed in the token as well.
    let listed =
        ["pki", "trust-list", &folder, "--add-aa", &next, "http://127.0.0.1:1/aa", "--hsm-prefix", "2026-"];
    assert!(world.with_token(&listed).exits(0).out.contains("number 1, 4 entries"));
    let of_tlm = ["pki", "trust-list", &folder, "--of", "tlm", "--hsm-prefix", "2026-"];
    assert!(world.with_token(&of_tlm).exits(0).out.contains("number 1, "));
    let revoke = ["pki", "revoke", &folder, &next, "--hsm-prefix", "2026-"];
    assert!(world.with_token(&revoke).exits(0).out.contains("1 revoked"));
    world
        .with_token(&["pki", "revoke", &folder, "--hsm-prefix", "2027-"])
        .complains("no public key \"2027-root\"");
}

#[test]
fn settings_of_a_token_that_are_wrong_are_refused_with_what_and_where() {
    let Some(world) = World::new() else { return };
    world.init(&[]).exits(0);
    let settings = world.settings();
    let (settings, _) = settings.split_once("[aa]").expect("it has one");
    let with = |from: &str, to: &str| {
        assert!(settings.contains(from), "{from}");
        world.serve(&settings.replace(from, to))
    };
    with("token = \"authorities\"", "token = \"others\"").complains("no token \"others\" in");
    with("signing-key = \"ea\"", "signing-key = \"nobody\"").complains("has no public key \"nobody\"");
    with("signing-key = \"ea\"", "signing-key = { id = \"0g\" }").complains("hex digits only");
    with("signing-key = \"ea\"", "signing-key = { label = \"ea\" }").complains("a key's label, or its id");
    with("signing-key = \"ea\"", "signing-key = \"aa\"").complains("not the one in the issuer's certificate");
    with("signing-key = \"ea\"", "signing-key = \"ea.enc\"").complains("CKR_KEY_FUNCTION_NOT_PERMITTED");
    with("decryption-key = \"ea.enc\"", "decryption-key = \"aa.enc\"")
        .complains("not the one in the certificate");
    with("sessions = 2", "sessions = 65").complains("there are 1 to 64");
    with("pin-file = \"pin\"\n", "").complains("either pin-file or pin-variable");
    with("pin-file = \"pin\"\n", "pin-variable = \"NOT_SET\"\n").complains("NOT_SET");
    with("libsofthsm2.so", "nothing.so").complains("nothing.so");
    let none = settings.replace("signing-key = \"ea\"\ndecryption-key = \"ea.enc\"\n", "");
    world.serve(&none).complains("has no use");
    write_private(&world.file("pin"), "wrong horse\n");
    let wrong = with("workers", "workers");
    assert!(!wrong.err.contains("horse"), "{}", wrong.err);
    wrong.complains("does not take the PIN: C_Login returned CKR_PIN_INCORRECT");
    fs::set_permissions(world.file("pin"), fs::Permissions::from_mode(0o644)).expect("its mode");
    with("workers", "workers").complains("its mode is 644");
}
