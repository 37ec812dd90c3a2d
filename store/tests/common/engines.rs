//! What every engine must pass, one after the other on ledgers of its own.

use super::{NAME, NOW, answer, conclude, intend, issue, model, options, request};
use std::thread;
use store::{
    Expected, Ledger, Options, Standing, StoreError, Table, digest,
    engine::{Engine, Redb, Space, Write},
    limits::RESTORE_BATCH,
    restore,
};

const VALUES: Table = Table::new("values");

/// Where an engine keeps its rows.
pub(crate) trait Place {
    /// Opens it. Whoever has it open is gone.
    fn open(&self) -> Box<dyn Engine>;

    fn ledger(&self) -> Ledger {
        Ledger::open(self.open(), &options(), NOW).unwrap()
    }
}

/// All of them, each in a place of its own.
pub(crate) fn check_all(place: &dyn Fn() -> Box<dyn Place>, cases: u32) {
    rows_are_written_all_or_none(&*place());
    rows_come_in_order(&*place());
    what_was_recorded_is_there_when_it_is_opened_again(&*place());
    callers_share_commits(&*place());
    a_backup_restores(&*place(), &*place());
    a_backup_is_of_one_moment(&*place());
    a_damaged_backup_does_not_restore(&*place());
    model::holds(place, cases);
}

fn row(engine: &dyn Engine, space: Space, key: &[u8]) -> Option<Vec<u8>> {
    let mut found = None;
    let read = engine.snapshot(&mut |view| {
        found = view.row(space, key)?;
        Ok(())
    });
    read.unwrap();
    found
}

fn rows_are_written_all_or_none(place: &dyn Place) {
    let engine = place.open();
    let write = |key: &[u8]| Write::new(Space::Entries, key.to_vec(), b"value".to_vec());
    let refused = engine.transact(&[], &mut |_| Err(StoreError::Conflict));
    assert_eq!(refused, Err(StoreError::Conflict));
    engine.transact(&[], &mut |_| Ok(Vec::new())).unwrap();
    let likely = [(Space::Entries, b"a".to_vec()), (Space::Records, b"b".to_vec())];
    let decide = &mut |view: &dyn store::engine::View| {
        assert_eq!(view.row(Space::Entries, b"a"), Ok(None));
        Ok(vec![write(b"a"), write(b"b")])
    };
    engine.transact(&likely, decide).unwrap();
    assert_eq!(row(&engine, Space::Records, b"b"), None, "another space");
    let removed = Write { value: None, ..write(b"a") };
    engine
        .transact(&likely, &mut |view| {
            assert_eq!(view.row(Space::Entries, b"a"), Ok(Some(b"value".to_vec())));
            Ok(vec![removed.clone(), write(b"c")])
        })
        .unwrap();
    drop(engine);
    let engine = place.open();
    assert_eq!(row(&engine, Space::Entries, b"a"), None);
    assert_eq!(row(&engine, Space::Entries, b"b"), Some(b"value".to_vec()));
    assert_eq!(row(&engine, Space::Entries, b"c"), Some(b"value".to_vec()));
}

fn rows_come_in_order(place: &dyn Place) {
    let engine = place.open();
    let keys: Vec<Vec<u8>> =
        (0..3_000_u32).map(|number| [b"k", &number.to_be_bytes()[..]].concat()).collect();
    let others: [&[u8]; 4] = [b"", b"j\xFF", b"l", b"\xFF\xFF"];
    let all = keys.iter().rev().cloned().chain(others.iter().map(|key| key.to_vec()));
    let writes: Vec<Write> = all.map(|key| Write::new(Space::Records, key.clone(), key)).collect();
    engine.transact(&[], &mut |_| Ok(writes.clone())).unwrap();
    let scan = |prefix: &[u8]| {
        let mut seen = Vec::new();
        let read = engine.snapshot(&mut |view| {
            view.scan(Space::Records, prefix, &mut |key, value| {
                assert_eq!(key, value);
                seen.push(key.to_vec());
                Ok(())
            })
        });
        read.unwrap();
        seen
    };
    assert_eq!(scan(b"k"), keys);
    assert_eq!(scan(b"\xFF"), [b"\xFF\xFF"]);
    assert_eq!(scan(b"").len(), keys.len() + others.len());
}

fn what_was_recorded_is_there_when_it_is_opened_again(place: &dyn Place) {
    let ledger = place.ledger();
    issue(&ledger, 1).unwrap();
    intend(&ledger, 2).unwrap();
    let head = ledger.head().unwrap();
    drop(ledger);
    let ledger = place.ledger();
    assert_eq!(ledger.verify(Some(&head)).unwrap().head, head);
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Answered(answer(1))));
    conclude(&ledger, 2).unwrap();
    assert_eq!(ledger.verify(Some(&head)).unwrap().head.count(), head.count() + 1);
    drop(ledger);
    let other = Ledger::open(place.open(), &Options::new("another"), NOW).map(|_| ());
    assert_eq!(
        other,
        Err(StoreError::OtherLedger { expected: "another".to_owned(), found: NAME.to_owned() })
    );
}

fn callers_share_commits(place: &dyn Place) {
    let ledger = place.ledger();
    thread::scope(|scope| {
        for number in 0..16 {
            let ledger = &ledger;
            scope.spawn(move || {
                (0..20).for_each(|certificate| issue(ledger, number * 100 + certificate).unwrap())
            });
        }
    });
    let counts = ledger.counts();
    assert_eq!(counts.operations, 640);
    assert!(counts.commits < counts.operations, "{counts:?}");
    ledger.verify(None).unwrap();
}

fn a_backup_restores(from: &dyn Place, to: &dyn Place) {
    let ledger = from.ledger();
    let certificates = RESTORE_BATCH as u64 / 8;
    thread::scope(|scope| {
        for thread in 0..16 {
            let ledger = &ledger;
            scope.spawn(move || {
                (thread..certificates).step_by(16).for_each(|number| issue(ledger, number).unwrap())
            });
        }
    });
    ledger.put(NOW, VALUES, b"key", Expected::Nothing, b"value").unwrap();
    let mut backup = Vec::new();
    let head = ledger.backup(&mut backup).unwrap();
    assert_eq!(restore(&to.open(), &mut &backup[..]), Ok(head));
    assert_eq!(restore(&to.open(), &mut &backup[..]), Err(StoreError::NotEmpty));
    let copy = to.ledger();
    assert_eq!(copy.verify(Some(&head)), ledger.verify(Some(&head)));
    assert_eq!(copy.value(VALUES, b"key"), ledger.value(VALUES, b"key"));
    assert_eq!(
        issue(&copy, 1_000_000),
        Err(StoreError::Rewound { epoch: 0 }),
        "until an operator has decided"
    );
    copy.raise_epoch(NOW, 1, "the disk was lost").unwrap();
    issue(&copy, 1_000_000).unwrap();
    assert_eq!(copy.head().unwrap().epoch, 1);
    copy.verify(Some(&head)).unwrap();
}

fn a_backup_is_of_one_moment(place: &dyn Place) {
    let ledger = place.ledger();
    let backups: Vec<_> = thread::scope(|scope| {
        let writer = scope.spawn(|| (0..200).for_each(|number| issue(&ledger, number).unwrap()));
        let mut backups = Vec::new();
        while !writer.is_finished() && backups.len() < 8 {
            let mut backup = Vec::new();
            let head = ledger.backup(&mut backup).unwrap();
            backups.push((head, backup));
        }
        backups
    });
    assert!(backups.len() > 1);
    for (head, backup) in &backups {
        let engine = Redb::with_backend(super::disk::Disk::default()).unwrap();
        assert_eq!(restore(&engine, &mut &backup[..]), Ok(*head));
        ledger.verify(Some(head)).unwrap();
    }
}

fn a_damaged_backup_does_not_restore(place: &dyn Place) {
    let ledger = place.ledger();
    issue(&ledger, 1).unwrap();
    let mut backup = Vec::new();
    ledger.backup(&mut backup).unwrap();
    for at in (0..backup.len()).step_by(17) {
        let mut damaged = backup.clone();
        damaged[at] ^= 4;
        let cut = &backup[..at];
        for octets in [&damaged[..], cut] {
            let disk = super::disk::Disk::default();
            let engine = Redb::with_backend(disk.clone()).unwrap();
            assert!(restore(&engine, &mut &octets[..]).is_err(), "{at}");
            drop(engine);
            assert_eq!(super::open(disk).map(|_| ()), Err(StoreError::Incomplete));
        }
    }
    assert_eq!(digest(&backup[..backup.len() - 32])[..], backup[backup.len() - 32..]);
}
