//! The rules of the ledger.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{
    NAME, NOW, answer, certificate, conclude, disk::Disk, intend, issue, open, options, request, to_be_signed,
};
use store::{
    Accounts, Expected, Ledger, Note, Options, Standing, StoreError, Table, Then, digest, each_issued,
    engine::{Engine as _, Redb, Space, Write},
    limits::{MAX_KEY, MAX_NAME, MAX_NOTES, MAX_TIME_BEHIND, MAX_VALUE},
};

const STATIONS: Table = Table::new("stations");
const QUOTAS: Table = Table::new("quotas");

fn fresh() -> Ledger {
    open(Disk::default()).unwrap()
}

#[test]
fn a_request_is_new_then_intended_then_answered() {
    let ledger = fresh();
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::New));
    intend(&ledger, 1).unwrap();
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Intended(to_be_signed(1))));
    conclude(&ledger, 1).unwrap();
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Answered(answer(1))));
    assert_eq!(ledger.certificate(&digest(&certificate(1))), Ok(Some(certificate(1))));
    assert_eq!(ledger.certificate(&digest(&certificate(2))), Ok(None));
}

#[test]
fn the_same_again_is_the_same_record() {
    let ledger = fresh();
    intend(&ledger, 1).unwrap();
    let head = ledger.head().unwrap();
    intend(&ledger, 1).unwrap();
    assert_eq!(ledger.head(), Ok(head));
    conclude(&ledger, 1).unwrap();
    ledger.remember(NOW, &request(2), b"confirmed").unwrap();
    let head = ledger.head().unwrap();
    conclude(&ledger, 1).unwrap();
    ledger.remember(NOW, &request(2), b"confirmed").unwrap();
    assert_eq!(ledger.head(), Ok(head));
}

#[test]
fn a_request_has_one_intention_and_one_answer() {
    let ledger = fresh();
    assert_eq!(conclude(&ledger, 1), Err(StoreError::Conflict), "nothing was intended");
    intend(&ledger, 1).unwrap();
    assert_eq!(ledger.intend(NOW, &request(1), b"other"), Err(StoreError::Conflict));
    assert_eq!(ledger.remember(NOW, &request(1), b"answer"), Err(StoreError::Conflict));
    conclude(&ledger, 1).unwrap();
    assert_eq!(intend(&ledger, 1), Err(StoreError::Conflict));
    let other = ledger.conclude(NOW, &request(1), &certificate(1), b"other");
    assert_eq!(other, Err(StoreError::Conflict), "another answer");
    let other = ledger.conclude(NOW, &request(1), b"other", &answer(1));
    assert_eq!(other, Err(StoreError::Conflict), "another certificate");
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Answered(answer(1))));
}

fn note(table: Table, expected: Expected, then: Then) -> Note {
    Note { table, key: b"station".to_vec(), expected, then }
}

fn octets(ledger: &Ledger, table: Table) -> Option<Vec<u8>> {
    ledger.value(table, b"station").unwrap().map(|value| value.octets)
}

#[test]
fn an_answer_and_its_notes_are_one_record() {
    let ledger = fresh();
    ledger.put(NOW, STATIONS, b"station", Expected::Nothing, b"active").unwrap();
    let active = Expected::Version(ledger.value(STATIONS, b"station").unwrap().unwrap().version);
    let notes =
        [note(STATIONS, active, Then::Keep), note(QUOTAS, Expected::Nothing, Then::Write(b"1".to_vec()))];
    let before = ledger.head().unwrap().count();
    ledger.remember_with(NOW, &request(1), b"confirmed", &notes).unwrap();
    intend(&ledger, 2).unwrap();
    let notes = [note(STATIONS, active, Then::Remove)];
    ledger.conclude_with(NOW, &request(2), &certificate(2), &answer(2), &notes).unwrap();
    assert_eq!(ledger.head().unwrap().count(), before + 3);
    assert_eq!((octets(&ledger, STATIONS), octets(&ledger, QUOTAS)), (None, Some(b"1".to_vec())));
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::Answered(b"confirmed".to_vec())));
    ledger.verify(None).unwrap();
}

#[test]
fn where_one_note_is_not_met_nothing_is_recorded_and_nothing_answered() {
    let ledger = fresh();
    intend(&ledger, 2).unwrap();
    let head = ledger.head().unwrap();
    let notes = [
        note(QUOTAS, Expected::Nothing, Then::Write(b"1".to_vec())),
        note(STATIONS, Expected::Version(0), Then::Keep),
    ];
    let refused = ledger.remember_with(NOW, &request(1), b"confirmed", &notes);
    assert_eq!(refused, Err(StoreError::Conflict));
    let refused = ledger.conclude_with(NOW, &request(2), &certificate(2), &answer(2), &notes);
    assert_eq!(refused, Err(StoreError::Conflict));
    assert_eq!(ledger.head(), Ok(head));
    assert_eq!(ledger.standing(&request(1)), Ok(Standing::New));
    assert_eq!((octets(&ledger, QUOTAS), ledger.certificate(&digest(&certificate(2)))), (None, Ok(None)));
}

#[test]
fn the_same_answer_again_takes_no_notes() {
    let ledger = fresh();
    let notes = [note(QUOTAS, Expected::Nothing, Then::Write(b"1".to_vec()))];
    ledger.remember_with(NOW, &request(1), b"confirmed", &notes).unwrap();
    let head = ledger.head().unwrap();
    ledger.remember_with(NOW, &request(1), b"confirmed", &notes).unwrap();
    assert_eq!(ledger.head(), Ok(head));
    assert_eq!(octets(&ledger, QUOTAS), Some(b"1".to_vec()));
}

#[test]
fn a_record_has_so_many_notes_and_one_about_each_value() {
    let ledger = fresh();
    let numbered = |number: usize| Note {
        key: number.to_be_bytes().to_vec(),
        ..note(QUOTAS, Expected::Nothing, Then::Write(vec![0; 4]))
    };
    let most: Vec<Note> = (0..MAX_NOTES).map(numbered).collect();
    intend(&ledger, 1).unwrap();
    ledger.conclude_with(NOW, &request(1), &certificate(1), &answer(1), &most).unwrap();
    ledger.verify(None).unwrap();
    let more: Vec<Note> = (0..=MAX_NOTES).map(numbered).collect();
    let refused = ledger.remember_with(NOW, &request(2), b"answer", &more);
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
    let refused = ledger.remember_with(NOW, &request(2), b"answer", &[numbered(9), numbered(9)]);
    assert!(matches!(refused, Err(StoreError::Misuse(_))), "{refused:?}");
}

#[test]
fn values_are_written_only_over_what_was_expected() {
    let ledger = fresh();
    let put = |expected, value: &[u8]| ledger.put(NOW, QUOTAS, b"station", expected, value);
    assert_eq!(put(Expected::Version(0), b"1"), Err(StoreError::Conflict));
    put(Expected::Nothing, b"1").unwrap();
    assert_eq!(put(Expected::Nothing, b"1"), Err(StoreError::Conflict));
    let first = ledger.value(QUOTAS, b"station").unwrap().unwrap();
    put(Expected::Version(first.version), b"2").unwrap();
    assert_eq!(
        put(Expected::Version(first.version), b"2"),
        Err(StoreError::Conflict),
        "it was counted already"
    );
    assert_eq!(ledger.value(QUOTAS, b"station").unwrap().unwrap().octets, b"2");
    assert_eq!(ledger.value(STATIONS, b"station"), Ok(None), "another table");
    ledger.remove(NOW, QUOTAS, b"station", Expected::Anything).unwrap();
    ledger.remove(NOW, QUOTAS, b"station", Expected::Anything).unwrap();
    assert_eq!(ledger.value(QUOTAS, b"station"), Ok(None));
    ledger.verify(None).unwrap();
}

#[test]
fn a_table_is_read_in_the_order_of_its_keys_and_without_those_of_others() {
    let ledger = fresh();
    for (table, key) in [(STATIONS, "b"), (QUOTAS, "x"), (STATIONS, "a"), (Table::new("stations-2"), "c")] {
        ledger.put(NOW, table, key.as_bytes(), Expected::Nothing, key.as_bytes()).unwrap();
    }
    let mut seen = Vec::new();
    let read = ledger.each(STATIONS, |key, value| {
        assert_eq!(key, value);
        seen.push(key.to_vec());
        Ok(())
    });
    assert_eq!(read, Ok(()));
    assert_eq!(seen, [b"a", b"b"]);
}

#[test]
fn what_is_too_large_is_refused_and_what_just_fits_is_not() {
    let ledger = fresh();
    let put = |key: usize, value: usize| {
        ledger.put(NOW, STATIONS, &vec![1; key], Expected::Anything, &vec![2; value])
    };
    put(MAX_KEY, MAX_VALUE).unwrap();
    let too_large = |outcome| matches!(outcome, Err(StoreError::TooLarge { .. }));
    assert!(too_large(put(MAX_KEY + 1, 1)));
    assert!(too_large(put(1, MAX_VALUE + 1)));
    assert!(too_large(ledger.intend(NOW, &request(1), &vec![0; MAX_VALUE + 1])));
    intend(&ledger, 1).unwrap();
    assert!(too_large(ledger.conclude(NOW, &request(1), &vec![0; MAX_VALUE + 1], b"answer")));
    assert!(too_large(ledger.conclude(NOW, &request(1), b"certificate", &vec![0; MAX_VALUE + 1])));
    ledger.conclude(NOW, &request(1), &vec![0; MAX_VALUE], &vec![0; MAX_VALUE]).unwrap();
    assert!(too_large(ledger.raise_epoch(NOW, 1, &"x".repeat(MAX_NAME + 1))));
    let named = |octets| {
        let engine = Redb::with_backend(Disk::default()).unwrap();
        Ledger::open(engine, &Options::new(&"x".repeat(octets)), NOW).map(|_| ())
    };
    assert!(too_large(named(MAX_NAME + 1)));
    assert_eq!(named(MAX_NAME), Ok(()));
    let mut backup = Vec::new();
    ledger.backup(&mut backup).unwrap();
    store::restore(&Redb::with_backend(Disk::default()).unwrap(), &mut &backup[..]).unwrap();
}

#[test]
fn a_clock_behind_the_ledger_stops_it_until_the_clock_is_right() {
    let ledger = fresh();
    let later = NOW + 3_600_000_000;
    ledger.intend(later, &request(1), b"octets").unwrap();
    let behind = ledger.intend(NOW, &request(2), b"octets");
    assert_eq!(behind, Err(StoreError::TimeBehind { newest: later, given: NOW }));
    assert!(matches!(
        ledger.conclude(later - MAX_TIME_BEHIND - 1, &request(1), b"certificate", b"answer"),
        Err(StoreError::TimeBehind { .. })
    ));
    ledger.conclude(later - MAX_TIME_BEHIND, &request(1), b"certificate", b"answer").unwrap();
    assert_eq!(ledger.head().unwrap().time, later, "tolerated steps back do not add up");
}

#[test]
fn an_operator_can_take_back_a_clock_that_was_ahead() {
    let ledger = fresh();
    ledger.intend(NOW + 86_400_000_000, &request(1), b"octets").unwrap();
    assert!(matches!(intend(&ledger, 2), Err(StoreError::TimeBehind { .. })));
    assert_eq!(ledger.raise_epoch(NOW, 0, "no"), Err(StoreError::EpochNotAbove { asked: 0, present: 0 }));
    ledger.raise_epoch(NOW, 1, "the clock was a day ahead").unwrap();
    intend(&ledger, 2).unwrap();
    let head = ledger.head().unwrap();
    assert_eq!((head.time, head.epoch), (NOW, 1));
    ledger.verify(Some(&head)).unwrap();
}

#[test]
fn a_ledger_of_another_name_is_refused() {
    let disk = Disk::default();
    drop(open(disk.clone()).unwrap());
    let other = Ledger::open(Redb::with_backend(disk).unwrap(), &Options::new("AA"), NOW);
    let refused = StoreError::OtherLedger { expected: "AA".to_owned(), found: NAME.to_owned() };
    assert_eq!(other.map(|_| ()), Err(refused));
}

#[test]
fn a_ledger_of_a_later_release_is_refused() {
    let disk = Disk::default();
    drop(open(disk.clone()).unwrap());
    let engine = Redb::with_backend(disk.clone()).unwrap();
    let schema = Write::new(Space::Meta, b"schema".to_vec(), 2_u32.to_be_bytes().to_vec());
    engine.transact(&[], &mut |_| Ok(vec![schema.clone()])).unwrap();
    drop(engine);
    let refused = open(disk).unwrap_err();
    assert_eq!(refused, StoreError::NewerSchema { found: 2, known: 1 });
    assert_eq!(refused.to_string(), "the ledger has schema 2; this release knows 1 and cannot read it");
}

#[test]
fn a_ledger_that_lost_what_was_published_takes_no_record() {
    let disk = Disk::default();
    let ledger = open(disk.clone()).unwrap();
    issue(&ledger, 1).unwrap();
    let old = disk.octets();
    issue(&ledger, 2).unwrap();
    let published = Some(ledger.head().unwrap());
    drop(ledger);

    let with = |published, disk| {
        Ledger::open(Redb::with_backend(disk).unwrap(), &Options { published, ..options() }, NOW)
    };
    issue(&with(published, disk).unwrap(), 3).unwrap();

    let old = Disk::holding(old);
    let rewound = with(published, old.clone()).unwrap();
    assert_eq!(rewound.is_rewound(), Ok(true));
    assert_eq!(intend(&rewound, 3), Err(StoreError::Rewound { epoch: 0 }));
    assert_eq!(
        rewound.standing(&request(1)),
        Ok(Standing::Answered(answer(1))),
        "what it knows it still tells"
    );
    drop(rewound);
    let rewound = with(None, old.clone()).unwrap();
    assert_eq!(intend(&rewound, 3), Err(StoreError::Rewound { epoch: 0 }), "it stays so without the head");
    rewound.raise_epoch(NOW, 1, "the disk was lost").unwrap();
    issue(&rewound, 3).unwrap();
    drop(rewound);
    assert_eq!(
        with(published, old).unwrap().is_rewound(),
        Ok(false),
        "a head of the epoch before is given up"
    );
}

#[test]
fn callers_that_come_together_share_commits() {
    let ledger = fresh();
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let ledger = ledger.clone();
            scope.spawn(move || (0..50).for_each(|number| issue(&ledger, thread * 1_000 + number).unwrap()));
        }
    });
    let counts = ledger.counts();
    assert_eq!(counts.operations, 16 * 50 * 2);
    assert!(counts.commits * 2 < counts.operations, "{counts:?}");
    let verified = ledger.verify(None).unwrap();
    assert_eq!(verified.head.count(), 1 + counts.operations);
}

#[test]
fn of_many_threads_with_one_request_one_wins() {
    let ledger = fresh();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let intend = |octets: u8| {
            let ledger = ledger.clone();
            scope.spawn(move || ledger.intend(NOW, &request(1), &[octets]))
        };
        let threads: Vec<_> = (0..16).map(intend).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(StoreError::Conflict)).count(), 15);
}

/// What was issued, by the chain: its request, its certificate, and whether `to_be_signed` was on record before.
fn issued(engine: &Redb) -> (Vec<(u64, Vec<u8>, bool)>, Accounts) {
    let (mut seen, mut accounts) = (Vec::new(), Accounts::default());
    engine
        .snapshot(&mut |view| {
            accounts = each_issued(view, &mut |issued| {
                let number = (0..9).find(|number| request(*number) == *issued.request).unwrap();
                let was_intended = issued.was_intended(&to_be_signed(number));
                seen.push((number, issued.certificate.to_vec(), was_intended));
                Ok(())
            })?;
            Ok(())
        })
        .unwrap();
    (seen, accounts)
}

#[test]
fn what_was_issued_is_shown_in_the_order_of_the_chain_with_what_was_intended() {
    let disk = Disk::default();
    let ledger = open(disk.clone()).unwrap();
    intend(&ledger, 2).unwrap();
    issue(&ledger, 1).unwrap();
    conclude(&ledger, 2).unwrap();
    intend(&ledger, 3).unwrap();
    ledger.remember(NOW, &request(4), b"no").unwrap();
    ledger.intend(NOW, &request(5), b"other octets").unwrap();
    conclude(&ledger, 5).unwrap();
    // The same octets for another request are the same certificate.
    ledger.intend(NOW, &request(6), &to_be_signed(6)).unwrap();
    ledger.conclude(NOW, &request(6), &certificate(1), &answer(6)).unwrap();
    drop(ledger);
    let (seen, accounts) = issued(&Redb::with_backend(disk).unwrap());
    let expected = [
        (1, certificate(1), true),
        (2, certificate(2), true),
        (5, certificate(5), false),
        (6, certificate(1), true),
    ];
    assert_eq!(seen, expected);
    assert_eq!(accounts, Accounts { issued: 4, unanswered: 1 });
}

#[test]
fn an_issued_certificate_that_is_gone_is_damage() {
    let disk = Disk::default();
    let ledger = open(disk.clone()).unwrap();
    issue(&ledger, 1).unwrap();
    drop(ledger);
    let engine = Redb::with_backend(disk).unwrap();
    let gone = engine.transact(&[], &mut |view| {
        let mut rows = Vec::new();
        view.scan(Space::Entries, b"=certificates", &mut |key, _| {
            rows.push(Write { space: Space::Entries, key: key.to_vec(), value: None });
            Ok(())
        })?;
        Ok(rows)
    });
    gone.unwrap();
    let walked = engine.snapshot(&mut |view| each_issued(view, &mut |_| Ok(())).map(drop));
    assert!(matches!(walked, Err(StoreError::Damaged(_))), "{walked:?}");
}
