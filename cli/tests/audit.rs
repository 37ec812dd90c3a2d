//! `wayseal pki audit` on ledgers that somebody has tampered with, or that an authority has filled wrongly.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use store::engine::{Engine as _, Redb, Space, Write};
use store::{Ledger, Options, digest};
use support::{Run, wayseal};
use tempfile::TempDir;
use v2x_security::certificate::Certificate;

struct World {
    folder: TempDir,
    now: u64,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let now = enrollment_http::clock::now().expect("a clock").micros();
        let world = Self { folder, now };
        wayseal(["pki", "init", &world.path("pki")]).exits(0);
        world
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("aa.ledger")
    }

    /// A ticket that the AA of the folder signed.
    fn ticket(&self, name: &str) -> Certificate {
        let out = self.path(name);
        wayseal(["pki", "issue-at", &self.path("pki"), "--psid", "36", "--ssp", "010000", "--out", &out])
            .exits(0);
        Certificate::parse(&fs::read(out).expect("it is there")).expect("a certificate")
    }

    fn ledger(&self) -> Ledger {
        let engine = Redb::open(&self.file()).expect("a file");
        Ledger::open(engine, &Options::new("AA test"), self.now).expect("a ledger")
    }

    /// Puts a ticket on record, with what was intended before.
    fn record(&self, number: u8, intended: &[u8], ticket: &[u8]) {
        let (ledger, request) = (self.ledger(), digest(&[number]));
        ledger.intend(self.now, &request, intended).expect("recorded");
        ledger.conclude(self.now, &request, ticket, b"answer").expect("recorded");
    }

    fn audit(&self) -> Run {
        let ledger = self.file().display().to_string();
        wayseal(["--json", "pki", "audit", "aa", &ledger, "--trust", &self.path("pki")])
    }
}

#[test]
fn tickets_that_were_issued_as_they_should_pass() {
    let world = World::new();
    for number in 0..3 {
        let ticket = world.ticket(&format!("{number}.cert"));
        world.record(number, ticket.to_be_signed(), ticket.octets());
    }
    world.ledger().intend(world.now, &digest(b"unanswered"), b"octets").expect("recorded");
    world.ledger().remember(world.now, &digest(b"refused"), b"no").expect("recorded");
    let report = world.audit().exits(0).json();
    assert_eq!((&report["certificates"], &report["unanswered"]), (&3.into(), &1.into()), "{report}");
    assert_eq!(report["damage"], serde_json::Value::Null);
}

#[test]
fn what_was_not_on_record_before_it_was_signed_is_objected_to() {
    let world = World::new();
    let (one, other) = (world.ticket("one.cert"), world.ticket("other.cert"));
    world.record(1, one.to_be_signed(), one.octets());
    world.record(2, one.to_be_signed(), other.octets());
    let report = world.audit().exits(1).json();
    assert_eq!(report["objections"].as_array().map(Vec::len), Some(1), "{report}");
    assert_eq!(report["objections"][0]["certificate"], other.hashed_id8().to_string());
    assert!(report["objections"][0]["reason"].as_str().is_some_and(|reason| reason.contains("on record")));
}

#[test]
fn a_ticket_whose_signature_is_not_the_authoritys_is_objected_to() {
    let world = World::new();
    let ticket = world.ticket("one.cert");
    let mut forged = ticket.octets().to_vec();
    *forged.last_mut().expect("octets") ^= 1;
    world.record(1, ticket.to_be_signed(), &forged);
    world.record(2, b"what nobody can read", b"what nobody can read");
    let report = world.audit().exits(1).json();
    assert_eq!(report["objected"], 2, "{report}");
    assert!(report["objections"][0]["reason"].as_str().is_some_and(|reason| reason.contains("signature")));
    assert_eq!(report["objections"][1]["certificate"], serde_json::Value::Null);
}

#[test]
fn a_ledger_whose_entry_was_edited_is_damaged() {
    let world = World::new();
    let ticket = world.ticket("one.cert");
    world.record(1, ticket.to_be_signed(), ticket.octets());
    let engine = Redb::open(&world.file()).expect("a file");
    let edit = engine.transact(&[], &mut |view| {
        let mut found = Vec::new();
        view.scan(Space::Entries, b"=certificates", &mut |key, row| {
            let mut row = row.to_vec();
            *row.last_mut().expect("octets") ^= 1;
            found.push(Write::new(Space::Entries, key.to_vec(), row));
            Ok(())
        })?;
        Ok(found)
    });
    edit.expect("it is edited");
    drop(engine);
    let report = world.audit().exits(1).json();
    assert!(report["damage"].as_str().is_some_and(|damage| damage.contains("was altered")), "{report}");
}

#[test]
fn files_that_are_no_ledgers_are_bad_input() {
    let world = World::new();
    let audit = |ledger: &str| wayseal(["pki", "audit", "aa", ledger, "--trust", &world.path("pki")]);
    audit(&world.path("nowhere.ledger")).complains("no such ledger");
    assert!(!Path::new(&world.path("nowhere.ledger")).exists(), "none was made");
    audit(&world.path("pki/aa.cert")).complains("cannot be opened");
    let backup = world.path("no.backup");
    fs::write(&backup, b"no backup").expect("it is written");
    let restored = world.path("restored.ledger");
    wayseal(["pki", "restore", &backup, &restored]).complains("no.backup");
    assert!(!Path::new(&restored).exists(), "no half a ledger stays");
}
