//! `wayseal pki revoke` and `wayseal pki trust-list`.
#![cfg(target_os = "linux")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Run, wayseal};
use tempfile::TempDir;
use v2x_codec::time::Time64;
use v2x_security::certificate::Certificate;

/// A PKI in a folder that was made an hour ago, and what lies beside it.
struct World {
    folder: TempDir,
    made: Time64,
}

impl World {
    fn new() -> Self {
        let now = enrollment_http::clock::now().expect("a clock");
        let world = Self {
            folder: tempfile::tempdir().expect("a folder"),
            made: now.saturating_sub_micros(3_600_000_000),
        };
        world.init("pki");
        world
    }

    fn init(&self, name: &str) {
        let start = self.made.micros().to_string();
        wayseal(["pki", "init", &self.path(name), "--start", &start]).exits(0);
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A moment, in minutes since the PKI was made.
    fn minute(&self, minutes: u64) -> String {
        self.made.saturating_add_micros(minutes * 60_000_000).micros().to_string()
    }

    fn id(&self, name: &str) -> String {
        let octets = fs::read(self.path(name)).expect("it is there");
        Certificate::parse(&octets).expect("a certificate").hashed_id8().to_string()
    }

    fn revoke(&self, certificates: &[&str], minutes: u64) -> Run {
        let (pki, at) = (self.path("pki"), self.minute(minutes));
        wayseal([&["--json", "pki", "revoke", &pki, "--at", &at], certificates].concat())
    }

    fn trust_list(&self, arguments: &[&str], minutes: u64) -> Run {
        let (pki, at) = (self.path("pki"), self.minute(minutes));
        wayseal([&["--json", "pki", "trust-list", &pki, "--at", &at], arguments].concat())
    }

    /// A second AA of the root.
    fn second_aa(&self) -> String {
        let (request, certificate) = (self.path("second.request"), self.path("second.cert"));
        let at = self.minute(1);
        let asked =
            ["--json", "pki", "request-ca", "aa", "--name", "Second", "--start", &at, "--out", &request];
        let asked = wayseal(asked).exits(0).json();
        let fingerprint = asked.get("fingerprint").and_then(Value::as_str).expect("it has one").to_owned();
        let approved = ["--approve", "aa", "--fingerprint", &fingerprint, "--at", &at, "--out", &certificate];
        wayseal([&["pki", "issue-ca", &self.path("pki"), &request], &approved[..]].concat()).exits(0);
        certificate
    }

    fn verify(&self, file: &str) -> Run {
        wayseal(["verify", "--trust", &self.path("pki"), file])
    }
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
}

#[test]
fn what_is_revoked_is_refused_from_then_on_and_stays_revoked() {
    let world = World::new();
    let (ea, aa) = (world.path("pki/ea.cert"), world.path("pki/aa.cert"));
    world.verify(&aa).exits(0);
    let first = world.revoke(&[&aa], 1).exits(0).json();
    assert_eq!(strings(&first["revoked"]), [world.id("pki/aa.cert")]);
    assert!(world.verify(&aa).exits(1).out.contains("revoked"));
    world.verify(&ea).exits(0);
    let second = world.revoke(&[&world.id("pki/ea.cert")], 2).exits(0).json();
    assert_eq!(strings(&second["revoked"]).len(), 2);
    let again = world.revoke(&[&aa], 3).exits(0).json();
    assert_eq!(strings(&again["revoked"]).len(), 2, "once is enough");
    let renewed = world.revoke(&[], 4).exits(0).json();
    assert_eq!(strings(&renewed["revoked"]).len(), 2);
    world.verify(&ea).exits(1);
}

#[test]
fn what_is_not_the_roots_to_revoke_or_no_certificate_is_refused() {
    let world = World::new();
    world.init("other");
    let before = fs::read(world.path("pki/crl.oer")).expect("it is there");
    world.revoke(&[&world.path("other/aa.cert")], 1).complains("issued by another authority");
    world.revoke(&["nothing"], 1).complains("neither a file nor a HashedId8");
    world.revoke(&[&world.path("pki/ctl.oer")], 1).complains("not a certificate");
    fs::copy(world.path("other/crl.oer"), world.path("pki/crl.oer")).expect("it is copied");
    world.revoke(&[], 1).complains("crl.oer: not used");
    fs::write(world.path("pki/crl.oer"), &before).expect("it is written");
    assert_eq!(fs::read(world.path("pki/crl.oer")).expect("it is there"), before);
}

#[test]
fn lists_asked_for_within_a_second_follow_each_other() {
    let world = World::new();
    world.revoke(&[], 0).exits(0);
    world.revoke(&[], 0).complains("crl.oer: not used");
    let pki = world.path("pki");
    wayseal(["pki", "revoke", &pki]).exits(0);
    wayseal(["pki", "revoke", &pki]).exits(0);
}

#[test]
fn lists_that_are_overdue_are_made_anew() {
    let (world, late) = (World::new(), 100 * 24 * 60);
    let (second, aa) = (world.second_aa(), world.path("pki/aa.cert"));
    let added = ["--add-aa", &second, "http://localhost:8601/aa"];
    assert_eq!(world.trust_list(&added, late).exits(0).json()["entries"], 4);
    assert_eq!(world.trust_list(&["--of", "tlm"], late).exits(0).json()["number"], 1);
    assert_eq!(strings(&world.revoke(&[&aa], late).exits(0).json()["revoked"]).len(), 1);
}

#[test]
fn a_trust_list_takes_in_a_second_authority_and_lets_the_first_go() {
    let world = World::new();
    let second = world.second_aa();
    let added = world.trust_list(&["--add-aa", &second, "http://localhost:8601/aa"], 2).exits(0).json();
    assert_eq!((&added["number"], &added["entries"]), (&1.into(), &4.into()), "{added}");
    let moved = world.trust_list(&["--add-aa", &second, "http://localhost:8602/aa"], 3).exits(0).json();
    assert_eq!((&moved["number"], &moved["entries"]), (&2.into(), &4.into()), "one address, not two");
    let removed = world.trust_list(&["--remove", &world.id("pki/aa.cert")], 4).exits(0).json();
    assert_eq!((&removed["number"], &removed["entries"]), (&3.into(), &3.into()));
    world.trust_list(&["--remove", &world.id("pki/aa.cert")], 5).complains("is not in the list");
    let full = wayseal(["inspect", &world.path("pki/ctl.oer")]).exits(0).out;
    assert!(full.contains("8602") && !full.contains("8601"), "{full}");
    for number in 1..=3 {
        let delta = wayseal(["inspect", &world.path(&format!("pki/ctl.delta-{number}.oer"))]).exits(0).out;
        assert!(delta.contains("isFullCtl: false") || delta.contains("isFullCtl = false"), "{delta}");
    }
}

#[test]
fn a_list_of_roots_takes_in_a_partner() {
    let world = World::new();
    world.init("partner");
    let root = world.path("partner/root.cert");
    let added = world.trust_list(&["--of", "tlm", "--add-root", &root], 1).exits(0).json();
    assert_eq!((&added["number"], &added["entries"]), (&1.into(), &4.into()), "{added}");
    // The partner's root comes in by the list alone.
    world.verify(&root).exits(0);
    world.trust_list(&["--of", "root", "--add-root", &root], 2).complains("an entry of a kind");
    world.trust_list(&["--of", "tlm"], 1).complains("stations would not take the next list");
}
