//! Durable records a second, by how many threads hand them in, beside bare `fdatasync` calls on the same disk.
//!
//! ```text
//! cargo run --release --package store --example throughput -- [FOLDER] [SECONDS]
//! ```
//! Rounds of all of them alternate for as many seconds each, and the medians of five are printed.
#![allow(clippy::print_stdout, reason = "figures are what it is for")]

use std::{
    env,
    error::Error,
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};
use store::{Ledger, Options, digest, engine::Redb};

const ROUNDS: usize = 5;
const THREADS: [u64; 3] = [1, 16, 64];
const TIME: u64 = 700_000_000_000_000;

/// As large as an intention of a ticket.
const OCTETS: usize = 200;

struct Round {
    per_second: f64,
    commits_per_second: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let folder = arguments.next().map_or_else(env::temp_dir, PathBuf::from);
    let seconds = arguments.next().map_or(Ok(2), |text| text.to_string_lossy().parse())?;
    let folder = tempfile::tempdir_in(folder)?;
    let duration = Duration::from_secs(seconds);
    let ledger = Ledger::open(Redb::open(&folder.path().join("ledger"))?, &Options::new("throughput"), TIME)?;
    let (mut raw, mut of_ledger) = (Vec::new(), THREADS.map(|_| Vec::new()));
    let next = AtomicU64::new(0);
    for _ in 0..ROUNDS {
        raw.push(syncs(folder.path(), duration)?);
        for (threads, rounds) in THREADS.iter().zip(&mut of_ledger) {
            rounds.push(records(&ledger, *threads, duration, &next));
        }
    }
    println!("fdatasync of {OCTETS} octets: {:.0} a second", median(raw));
    for (threads, rounds) in THREADS.iter().zip(of_ledger) {
        let records = median(rounds.iter().map(|round| round.per_second).collect());
        let commits = median(rounds.iter().map(|round| round.commits_per_second).collect());
        println!("{threads} threads: {records:.0} durable records a second in {commits:.0} commits");
    }
    let (began, head) = (Instant::now(), ledger.head()?);
    ledger.verify(Some(&head))?;
    println!("{} records verified in {:.2} s", head.count(), began.elapsed().as_secs_f64());
    Ok(())
}

fn syncs(folder: &Path, duration: Duration) -> std::io::Result<f64> {
    let mut file = File::create(folder.join("raw"))?;
    let (began, mut count) = (Instant::now(), 0_u64);
    while began.elapsed() < duration {
        // Over and over in one place, as a journal does it that was allocated before.
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[count as u8; OCTETS])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

fn records(ledger: &Ledger, threads: u64, duration: Duration, next: &AtomicU64) -> Round {
    let (began, before) = (Instant::now(), ledger.counts());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while began.elapsed() < duration {
                    let number = next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                    let recorded = ledger.intend(TIME, &digest(&number), &[7; OCTETS]);
                    recorded.expect("the disk works");
                }
            });
        }
    });
    let (after, elapsed) = (ledger.counts(), began.elapsed().as_secs_f64());
    Round {
        per_second: (after.operations - before.operations) as f64 / elapsed,
        commits_per_second: (after.commits - before.commits) as f64 / elapsed,
    }
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds.get(rounds.len() / 2).copied().unwrap_or_default()
}
