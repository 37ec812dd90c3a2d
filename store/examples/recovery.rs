//! How long a ledger takes to open after a crash, and to restore, by how many records it has.
//!
//! ```text
//! cargo run --release --package store --example recovery -- [FOLDER] [RECORDS]
//! ```
#![allow(clippy::print_stdout, reason = "figures are what it is for")]

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufReader, BufWriter},
    path::PathBuf,
    thread,
    time::Instant,
};
use store::{Ledger, Options, digest, engine::Redb, restore};

const THREADS: u64 = 250;
const TIME: u64 = 700_000_000_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let folder = arguments.next().map_or_else(env::temp_dir, PathBuf::from);
    let records: u64 = arguments.next().map_or(Ok(100_000), |text| text.to_string_lossy().parse())?;
    let folder = tempfile::tempdir_in(folder)?;
    let path = folder.path().join("ledger");
    let ledger = Ledger::open(Redb::open(&path)?, &Options::new("recovery"), TIME)?;
    fill(&ledger, records / 2);

    // What a killed process leaves is the file as it is.
    let crashed = folder.path().join("crashed");
    fs::copy(&path, &crashed)?;
    println!("{} records, {} MiB", ledger.head()?.count(), fs::metadata(&crashed)?.len() >> 20);
    let backup = folder.path().join("backup");
    let began = Instant::now();
    ledger.backup(&mut BufWriter::new(File::create(&backup)?))?;
    println!("backup: {:.2} s, {} MiB", began.elapsed().as_secs_f64(), fs::metadata(&backup)?.len() >> 20);
    drop(ledger);

    let began = Instant::now();
    drop(Ledger::open(Redb::open(&crashed)?, &Options::new("recovery"), TIME)?);
    println!("open after a crash: {:.2} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    drop(Ledger::open(Redb::open(&path)?, &Options::new("recovery"), TIME)?);
    println!("open after it was closed: {:.2} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    restore(&Redb::open(&folder.path().join("restored"))?, &mut BufReader::new(File::open(&backup)?))?;
    println!("restore and verify: {:.2} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// Issues as many certificates of the sizes of a ticket and its answer.
fn fill(ledger: &Ledger, certificates: u64) {
    thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                for number in (thread..certificates).step_by(THREADS as usize) {
                    let request = digest(&number.to_be_bytes());
                    let certificate = [&request[..], &[3; 170]].concat();
                    ledger.intend(TIME, &request, &certificate).expect("the disk works");
                    ledger.conclude(TIME, &request, &certificate, &[5; 350]).expect("the disk works");
                }
            });
        }
    });
}
