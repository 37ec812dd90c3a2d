//! A ledger of an earlier release opens. What is stored is an interface: these octets were written when schema 1 was made,
//! and are never written anew; a change of the format is a new schema, with a file of its own.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{NOW, answer, certificate, disk::Disk, intend, issue, open, request, to_be_signed};
use store::{Expected, Head, Ledger, Standing, Table, digest, engine::Redb, restore};

const SCHEMA_1: &[u8] = include_bytes!("data/schema-1.backup");
const HEAD_1: &str = "1:6:700000000000000:7e8396d868f5441e2f94a2b9f49fc9845942447f3b918f624c4074e57206d7cd";

const VALUES: Table = Table::new("values");

fn filled() -> Ledger {
    let ledger = open(Disk::default()).unwrap();
    issue(&ledger, 1).unwrap();
    intend(&ledger, 2).unwrap();
    ledger.remember(NOW, &request(3), b"confirmed").unwrap();
    ledger.put(NOW, VALUES, b"key", Expected::Nothing, b"value").unwrap();
    ledger.raise_epoch(NOW, 1, "tested").unwrap();
    ledger
}

#[test]
fn a_ledger_of_schema_1_opens_and_tells_what_it_knew() {
    let head: Head = HEAD_1.parse().unwrap();
    let disk = Disk::default();
    assert_eq!(restore(&Redb::with_backend(disk.clone()).unwrap(), &mut &SCHEMA_1[..]), Ok(head));
    let ledger = open(disk).unwrap();
    ledger.verify(Some(&head)).unwrap();
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Answered(answer(1))));
    assert_eq!(ledger.standing(&request(2)), Ok(Standing::Intended(to_be_signed(2))));
    assert_eq!(ledger.standing(&request(3)), Ok(Standing::Answered(b"confirmed".to_vec())));
    assert_eq!(ledger.certificate(&digest(&certificate(1))), Ok(Some(certificate(1))));
    assert_eq!(ledger.value(VALUES, b"key").unwrap().unwrap().octets, b"value");
}

#[test]
fn the_present_schema_is_1_and_its_octets_have_not_changed() {
    let mut backup = Vec::new();
    filled().backup(&mut backup).unwrap();
    assert!(backup == SCHEMA_1, "a change of the format is a new schema");
}
