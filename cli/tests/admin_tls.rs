//! The administration behind mutual TLS, through the program.
#![cfg(all(target_os = "linux", feature = "tls"))]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use support::serving::{Serving, ask, free_port, write_private};
use support::{Run, program, wayseal};
use tempfile::TempDir;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct World {
    folder: TempDir,
    admin: u16,
    _server: Serving,
}

impl World {
    /// A server whose operator is Alice; Bob may look, and Carol has a certificate and no right. Mallory's is another CA's.
    fn new() -> Self {
        let (folder, admin) = (tempfile::tempdir().expect("a folder"), free_port());
        let path = |name: &str| folder.path().join(name).display().to_string();
        for (authority, names) in
            [("ca", &["server", "alice", "bob", "carol"][..]), ("other-ca", &["mallory"])]
        {
            make_authority(folder.path(), authority);
            names.iter().for_each(|name| certify(folder.path(), authority, name));
        }
        wayseal(["pki", "init", &path("pki")]).exits(0);
        write_private(Path::new(&path("operate.token")), TOKEN);
        let settings = format!(
            "pki = \"pki\"\n\
             [ea]\nlisten = \"127.0.0.1:{}\"\nledger = \"ea.ledger\"\n\
             [admin]\nlisten = \"127.0.0.1:{admin}\"\noperate-token-file = \"operate.token\"\n\
             [admin.tls]\ncertificate = \"server.pem\"\nkey = \"server.key\"\nclient-ca = \"ca.pem\"\n\
             read = [\"bob.example\"]\noperate = [\"alice.example\"]\n",
            free_port()
        );
        fs::write(path("serve.toml"), settings).expect("it is written");
        let mut command = program();
        command.args(["serve", "ea", "--config", &path("serve.toml")]);
        let (server, log) = Serving::start(command);
        std::thread::spawn(move || std::io::copy(&mut { log }, &mut std::io::sink()));
        Self { folder, admin, _server: server }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A command of the PKI as somebody with a certificate.
    fn as_holder(&self, name: &str, arguments: &[&str]) -> Run {
        let (own, key, ca) =
            (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")), self.path("ca.pem"));
        let admin = format!("https://127.0.0.1:{}", self.admin);
        let tls = ["--admin", &admin, "--tls-certificate", &own, "--tls-key", &key, "--tls-ca", &ca];
        wayseal([&["pki"], arguments, &tls].concat())
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let made = Command::new("openssl").args(arguments).current_dir(folder).output().expect("it starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

const NEW_KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

fn make_authority(folder: &Path, name: &str) {
    let (subject, key, certificate) = (format!("/CN={name}"), format!("{name}.key"), format!("{name}.pem"));
    let rest = ["-x509", "-days", "2", "-subj", &subject, "-keyout", &key, "-out", &certificate];
    openssl(folder, &[&["req"][..], &NEW_KEY, &rest].concat());
}

fn certify(folder: &Path, authority: &str, name: &str) {
    let (subject, key, request) = (format!("/CN={name}"), format!("{name}.key"), format!("{name}.csr"));
    let rest = ["-subj", &subject, "-keyout", &key, "-out", &request];
    openssl(folder, &[&["req"][..], &NEW_KEY, &rest].concat());
    let extensions = format!("subjectAltName=DNS:{name}.example,IP:127.0.0.1\n");
    fs::write(folder.join("extensions"), extensions).expect("it is written");
    let (ca, ca_key, out) = (format!("{authority}.pem"), format!("{authority}.key"), format!("{name}.pem"));
    let sign =
        ["x509", "-req", "-days", "2", "-in", &request, "-CA", &ca, "-CAkey", &ca_key, "-CAcreateserial"];
    openssl(folder, &[&sign[..], &["-extfile", "extensions", "-out", &out]].concat());
}

#[test]
fn who_may_do_what_is_said_by_the_name_in_the_certificate_that_is_shown() {
    let world = World::new();
    let batch = world.path("stations.csv");
    fs::write(&batch, "63617231,,036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\n")
        .expect("it is written");
    world.as_holder("bob", &["register", &batch]).complains("answered 403");
    world.as_holder("carol", &["register", &batch]).complains("answered 401");
    world.as_holder("mallory", &["register", &batch]).complains("cannot be reached");
    let registered = world.as_holder("alice", &["register", &batch]).exits(0).out;
    assert_eq!(registered, "1 registered, 0 were already\n");
    assert!(world.as_holder("bob", &["station", "63617231"]).exits(0).out.contains("status: active"));
    world.as_holder("bob", &["station", "63617231", "--set", "blocked"]).complains("answered 403");
    world.as_holder("carol", &["station", "63617231"]).complains("answered 401");
    // A token counts as everywhere else, of whoever may connect.
    let token = world.path("operate.token");
    let blocked =
        world.as_holder("carol", &["station", "63617231", "--set", "blocked", "--token-file", &token]);
    assert_eq!(blocked.exits(0).out, "status: blocked\n");
}

#[test]
fn without_a_certificate_nobody_is_answered_and_a_server_that_is_not_trusted_is_told_nothing() {
    let world = World::new();
    let plain = std::panic::catch_unwind(|| ask(world.admin, "GET", "/healthz", Some(TOKEN), ""));
    assert!(plain.is_err(), "no HTTP in the clear");
    let (own, key, other) = (world.path("alice.pem"), world.path("alice.key"), world.path("other-ca.pem"));
    let admin = format!("https://127.0.0.1:{}", world.admin);
    let tls = ["--admin", &admin, "--tls-certificate", &own, "--tls-key", &key, "--tls-ca", &other];
    wayseal([&["pki", "station", "63617231"][..], &tls].concat()).complains("cannot be reached");
    wayseal(["pki", "station", "63617231", "--admin", &admin]).complains("--token-file");
}
