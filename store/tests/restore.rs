//! Snapshots of a running ledger, restored: each is whole, knows what was acknowledged before it was taken, and issues
//! nothing until an operator has raised its epoch.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{NOW, amount, answer, disk::Disk, intend, issue, open, options, request};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};
use store::{Head, Ledger, Options, Standing, StoreError, engine::Redb, restore};

struct Snapshot {
    octets: Vec<u8>,
    head: Head,
    /// How many requests were answered, from 0 on, before it was begun.
    answered: u64,
}

/// Takes snapshots at random moments while a thread issues. Also the head at the end.
fn snapshots(count: usize) -> (Vec<Snapshot>, Head) {
    let ledger = open(Disk::default()).unwrap();
    let (answered, is_done) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let snapshots = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                issue(&ledger, answered.load(Ordering::Relaxed)).unwrap();
                answered.fetch_add(1, Ordering::Release);
            }
        });
        let snapshots = (0..count).map(|_| {
            thread::sleep(Duration::from_micros(u64::from(rng.next_u32() % 10_000)));
            let (answered, mut octets) = (answered.load(Ordering::Acquire), Vec::new());
            let head = ledger.backup(&mut octets).unwrap();
            Snapshot { octets, head, answered }
        });
        let snapshots = snapshots.collect();
        is_done.store(true, Ordering::Relaxed);
        snapshots
    });
    issue(&ledger, u64::MAX).unwrap();
    (snapshots, ledger.head().unwrap())
}

fn check(snapshot: &Snapshot, newest: Head) {
    let disk = Disk::default();
    assert_eq!(
        restore(&Redb::with_backend(disk.clone()).unwrap(), &mut &snapshot.octets[..]),
        Ok(snapshot.head)
    );
    let ledger = open(disk.clone()).unwrap();
    ledger.verify(Some(&snapshot.head)).unwrap();
    for number in 0..snapshot.answered {
        assert_eq!(ledger.standing(&request(number)), Ok(Standing::Answered(answer(number))));
    }
    assert!(ledger.verify(Some(&newest)).is_err(), "what came later is missing, and that shows");
    assert_eq!(intend(&ledger, u64::MAX), Err(StoreError::Rewound { epoch: 0 }));
    drop(ledger);

    let published = Options { published: Some(newest), ..options() };
    let ledger = Ledger::open(Redb::with_backend(disk).unwrap(), &published, NOW).unwrap();
    assert_eq!(intend(&ledger, u64::MAX), Err(StoreError::Rewound { epoch: 0 }));
    ledger.raise_epoch(NOW, 1, "restored").unwrap();
    issue(&ledger, u64::MAX).unwrap();
    ledger.verify(Some(&snapshot.head)).unwrap();
}

#[test]
fn a_restored_snapshot_is_whole_and_issues_nothing_until_its_epoch_is_raised() {
    let (snapshots, newest) = snapshots(8);
    assert!(snapshots.iter().any(|snapshot| snapshot.answered > 0));
    snapshots.iter().for_each(|snapshot| check(snapshot, newest));
}

#[test]
#[ignore = "a minute: cargo xtask reliability restore"]
fn long_restores() {
    let (snapshots, newest) = snapshots(amount("WAYSEAL_SNAPSHOTS", 100) as usize);
    snapshots.iter().for_each(|snapshot| check(snapshot, newest));
    let largest = snapshots.iter().map(|snapshot| snapshot.answered).max().unwrap_or_default();
    eprintln!(
        "{} snapshots of up to {largest} certificates: all whole, none issued before it was told to",
        snapshots.len()
    );
}
