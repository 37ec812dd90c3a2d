//! Whoever changes a record is found out: each record is deleted, swapped with the next, edited and cut off, by hands
//! that write to the storage itself.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{NAME, NOW, amount, disk::Disk, options};
use store::{
    Damage, Expected, Head, Ledger, StoreError, Table, digest,
    engine::{Engine as _, Redb, Space, Write},
};

const VALUES: Table = Table::new("values");

/// The rows of a ledger with as many records, of all kinds.
fn filled(records: u64) -> (Redb, Head) {
    let disk = Disk::default();
    let ledger = Ledger::open(Redb::with_backend(disk.clone()).unwrap(), &options(), NOW).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let ledger = &ledger;
            scope.spawn(move || {
                for number in (thread..records / 4).step_by(8) {
                    let key = number.to_be_bytes();
                    common::issue(ledger, number).unwrap();
                    ledger.put(NOW, VALUES, &key, Expected::Nothing, b"first").unwrap();
                    if number % 2 == 0 {
                        ledger.put(NOW, VALUES, &key, Expected::Anything, b"second").unwrap();
                    } else {
                        ledger.remove(NOW, VALUES, &key, Expected::Anything).unwrap();
                    }
                }
            });
        }
    });
    let head = ledger.verify(None).unwrap().head;
    drop(ledger);
    (Redb::with_backend(disk).unwrap(), head)
}

fn row(engine: &Redb, space: Space, key: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    engine
        .snapshot(&mut |view| {
            found = view.row(space, key)?;
            Ok(())
        })
        .unwrap();
    found
}

fn keys(engine: &Redb, space: Space) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    engine
        .snapshot(&mut |view| {
            view.scan(space, &[], &mut |key, _| {
                keys.push(key.to_vec());
                Ok(())
            })
        })
        .unwrap();
    keys
}

/// Verifies the ledger after `writes` were made behind its back, and takes them back.
fn tampered(engine: &Redb, writes: Vec<Write>, published: Option<&Head>) -> Result<(), StoreError> {
    let before =
        writes.iter().map(|write| Write { value: row(engine, write.space, &write.key), ..write.clone() });
    let before: Vec<Write> = before.collect();
    let put = |writes: &Vec<Write>| engine.transact(&[], &mut |_| Ok(writes.clone())).unwrap();
    put(&writes);
    let mut verified = Ok(());
    engine
        .snapshot(&mut |view| {
            verified = store::verify_rows(view, published).map(|_| ());
            Ok(())
        })
        .unwrap();
    put(&before);
    verified
}

fn record_key(sequence: u64) -> Vec<u8> {
    sequence.to_be_bytes().to_vec()
}

fn removed(space: Space, key: Vec<u8>) -> Write {
    Write { space, key, value: None }
}

fn is_damage(outcome: &Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Damaged(_)))
}

/// Tampers with every record, and with every entry, in each way. Returns how often.
fn tamper_with_all(records: u64) -> u64 {
    let (engine, head) = filled(records);
    let record = |sequence| row(&engine, Space::Records, &record_key(sequence)).unwrap();
    let mut tried = 0;
    let mut found = |what: &str, at: u64, writes: Vec<Write>| {
        let outcome = tampered(&engine, writes, Some(&head));
        assert!(is_damage(&outcome), "{what} {at}: {outcome:?}");
        tried += 1;
    };
    for sequence in 0..head.count() {
        let key = record_key(sequence);
        found("deleted record", sequence, vec![removed(Space::Records, key.clone())]);
        let mut edited = record(sequence);
        let at = sequence as usize % edited.len();
        edited[at] ^= 1 << (sequence % 8);
        found("edited record", sequence, vec![Write::new(Space::Records, key.clone(), edited)]);
        if sequence < head.sequence {
            let (one, other) = (record(sequence), record(sequence + 1));
            let swapped = vec![
                Write::new(Space::Records, key, other),
                Write::new(Space::Records, record_key(sequence + 1), one),
            ];
            found("reordered record", sequence, swapped);
        }
    }
    for (at, key) in (0..).zip(keys(&engine, Space::Entries)) {
        found("deleted entry", at, vec![removed(Space::Entries, key.clone())]);
        let mut edited = row(&engine, Space::Entries, &key).unwrap();
        let octet = at as usize % edited.len();
        edited[octet] ^= 1;
        found("edited entry", at, vec![Write::new(Space::Entries, key, edited)]);
    }
    found("added entry", 0, vec![Write::new(Space::Entries, b"values\0new".to_vec(), vec![0; 9])]);
    found(
        "added record",
        0,
        vec![Write::new(Space::Records, record_key(head.count()), record(head.sequence))],
    );
    tampered(&engine, Vec::new(), Some(&head)).expect("it is whole when nobody tampers with it");
    tried
}

/// A ledger that was cut off at a record is one that ended there: only the published head tells. Returns how often.
fn truncate_everywhere(records: u64) -> u64 {
    let disk = Disk::default();
    let ledger = Ledger::open(Redb::with_backend(disk.clone()).unwrap(), &options(), NOW).unwrap();
    let mut before = Vec::new();
    for number in 0..records {
        before.push(disk.octets());
        common::intend(&ledger, number).unwrap();
    }
    let published = ledger.head().unwrap();
    ledger.verify(Some(&published)).unwrap();
    for octets in &before {
        let cut = Ledger::open(Redb::with_backend(Disk::holding(octets.clone())).unwrap(), &options(), NOW)
            .unwrap();
        cut.verify(None).expect("it is whole in itself");
        let outcome = cut.verify(Some(&published)).map(|_| ());
        assert_eq!(outcome, Err(Damage::NotPublished(published).into()));
    }
    before.len() as u64
}

#[test]
fn whoever_deletes_reorders_or_edits_a_record_or_an_entry_is_found_out() {
    assert!(tamper_with_all(120) > 120 * 3);
}

#[test]
fn whoever_cuts_the_ledger_off_is_found_out_by_the_published_head() {
    truncate_everywhere(30);
}

#[test]
fn whoever_writes_the_chain_anew_is_found_out_by_the_published_head() {
    let write = |octets: &[u8]| {
        let ledger = common::open(Disk::default()).unwrap();
        ledger.intend(NOW, &digest(b"request"), octets).unwrap();
        common::issue(&ledger, 1).unwrap();
        ledger
    };
    let (real, forged) = (write(b"real"), write(b"forged"));
    let published = real.head().unwrap();
    forged.verify(None).expect("it is whole in itself");
    assert_eq!(forged.verify(Some(&published)).map(|_| ()), Err(Damage::NotPublished(published).into()));
    assert_eq!(NAME.len(), 15, "both have one name");
}

#[test]
fn damage_to_an_entry_is_found_before_anybody_acts_on_it() {
    let disk = Disk::default();
    let ledger = common::open(disk.clone()).unwrap();
    common::issue(&ledger, 1).unwrap();
    drop(ledger);
    let engine = Redb::with_backend(disk.clone()).unwrap();
    let key = [b"=requests\0", &common::request(1)[..]].concat();
    let mut entry = row(&engine, Space::Entries, &key).unwrap();
    *entry.last_mut().unwrap() ^= 1;
    engine.transact(&[], &mut |_| Ok(vec![Write::new(Space::Entries, key.clone(), entry.clone())])).unwrap();
    drop(engine);
    let ledger = common::open(disk).unwrap();
    assert_eq!(ledger.standing(&common::request(1)).unwrap_err(), Damage::Entry(2).into());
    assert!(matches!(common::conclude(&ledger, 1), Err(StoreError::Stopped(_))), "and stops the ledger");
    assert!(matches!(common::issue(&ledger, 2), Err(StoreError::Stopped(_))));
}

#[test]
#[ignore = "many minutes: cargo xtask reliability audit"]
fn long_audit() {
    let records = amount("WAYSEAL_RECORDS", 10_000);
    eprintln!("{records} records: {} deleted, reordered or edited, all found", tamper_with_all(records));
    eprintln!("{} cut off, all found by the published head", truncate_everywhere(records / 10));
}
