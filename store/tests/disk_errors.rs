//! Disks that fail: at each call that changes the disk, once or for good. After the failure nothing is acknowledged, and
//! what was acknowledged before is there when the ledger is opened again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{
    amount,
    disk::{Call, Disk, Event, Fault, crashed},
    intend, issue, open, request,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::io::ErrorKind;
use store::{Head, Ledger, StoreError};

/// How a run on a failing disk ends.
enum End {
    DidNotOpen,
    Stopped(Ledger),
    /// Every record was acknowledged. What the fault had hit by then, if it had come.
    WentThrough(Option<Call>),
}

/// Issues until the disk fails. What was acknowledged, and how it ended.
fn until_it_fails(disk: &Disk, certificates: u64) -> (Option<Head>, End) {
    let Ok(ledger) = open(disk.clone()) else { return (None, End::DidNotOpen) };
    let mut acknowledged = ledger.head().ok();
    for number in 0..certificates {
        match issue(&ledger, number) {
            Ok(()) => acknowledged = ledger.head().ok().or(acknowledged),
            Err(error) => {
                assert!(matches!(error, StoreError::Stopped(_)), "{error}");
                return (acknowledged, End::Stopped(ledger));
            }
        }
    }
    (acknowledged, End::WentThrough(disk.hit()))
}

/// A ledger that has failed says so to every question, also when the disk works again.
fn acknowledges_nothing(ledger: &Ledger) {
    let stopped = |outcome: Result<(), StoreError>| {
        assert!(matches!(outcome, Err(StoreError::Stopped(_))), "{outcome:?}")
    };
    for number in [0, 1_000_000] {
        stopped(intend(ledger, number));
        stopped(ledger.standing(&request(number)).map(|_| ()));
    }
    stopped(ledger.raise_epoch(common::NOW, 1, "no"));
    stopped(ledger.head().map(|_| ()));
    stopped(ledger.backup(&mut Vec::new()).map(|_| ()));
}

/// What the disk may hold after the failure, where nothing that was not synced need be there.
fn afterwards(disk: &Disk, seed: u64) -> [Vec<u8>; 3] {
    let (mut synced, mut unsynced) = (Vec::new(), Vec::new());
    for event in disk.events() {
        match event {
            Event::Sync => unsynced.drain(..).for_each(|event: Event| event.apply(&mut synced)),
            Event::Write { .. } | Event::Resize(_) | Event::Acknowledged(_) => unsynced.push(event),
        }
    }
    let perhaps = crashed(&synced, &unsynced, &mut ChaCha20Rng::seed_from_u64(seed));
    [disk.octets(), synced, perhaps]
}

/// Fails at every call of a run. Returns how many failures there were, and how many hit a sync.
fn fail_everywhere(certificates: u64) -> (u64, u64) {
    let (mut failures, mut syncs) = (0, 0);
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        for lasts in [false, true] {
            for call in 0.. {
                let disk = Disk::failing(Fault { call, kind, lasts });
                let (acknowledged, end) = until_it_fails(&disk, certificates);
                let Some(hit) = disk.hit() else { break };
                failures += 1;
                syncs += u64::from(hit == Call::Sync);
                match end {
                    End::Stopped(ledger) => acknowledges_nothing(&ledger),
                    // A question that could not be read was not answered; closing is no acknowledgement.
                    End::DidNotOpen | End::WentThrough(None | Some(Call::Read)) => {}
                    End::WentThrough(Some(hit)) => panic!("acknowledged after {hit:?} {call} had failed"),
                }
                let Some(acknowledged) = acknowledged else { continue };
                for octets in afterwards(&disk, call) {
                    let again = open(Disk::holding(octets)).expect("it opens again");
                    again.verify(Some(&acknowledged)).expect("what was acknowledged is there");
                }
            }
        }
    }
    (failures, syncs)
}

#[test]
fn after_a_failed_write_or_sync_nothing_is_acknowledged_and_nothing_is_lost() {
    let (failures, syncs) = fail_everywhere(4);
    assert!(syncs >= 8 && failures > syncs, "{failures} failures, {syncs} of syncs");
}

#[test]
#[ignore = "minutes: cargo xtask reliability disk-errors"]
fn long_disk_errors() {
    let (failures, syncs) = fail_everywhere(amount("WAYSEAL_CERTIFICATES", 200));
    eprintln!("{failures} failures, {syncs} of them of syncs: nothing acknowledged afterwards, nothing lost");
}
