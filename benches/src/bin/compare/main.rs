//! P-256 verification of the same signatures by ours, OpenSSL, aws-lc-rs, ring and p256, in one process.
//!
//! ```console
//! $ cargo run --release -p benches --features compare --bin compare -- --help
//! ```
//!
//! All contenders take turns on one core: in each round each verifies a slice of the signatures, in an order that moves
//! on, and its thread's CPU time is taken. Sets with other shares of invalid signatures take turns as well, so that their
//! figures can be compared. A contender's figure is the median over the rounds, so that what else the
//! machine does hits all alike. Every verdict is compared with that of p256. The clock of a core wanders: only ratios of
//! one run mean something.

#![expect(clippy::print_stdout, reason = "a program that reports on standard output")]

mod contenders;
mod report;
mod workload;

use anyhow::Result;
use benches::{machine, rounds};
use clap::Parser;
use v2x_crypto_p256_batch::{Kernel, TableSize};

use crate::report::Outcome;
use crate::workload::Workload;

/// Compares P-256 verification with other libraries on one core.
#[derive(Parser)]
#[command(about)]
struct Args {
    /// How many keys sign.
    #[arg(long, value_delimiter = ',', default_value = "1,64,2000")]
    keys: Vec<usize>,
    /// Per cent of the signatures that are invalid; what the first of them takes is what losses are counted from.
    #[arg(long, value_delimiter = ',', default_value = "0,1,50")]
    invalid: Vec<usize>,
    /// Signatures in one call of ours.
    #[arg(long, value_delimiter = ',', default_value = "64,128,256")]
    batch: Vec<usize>,
    /// KiB of each key's table: 13, 22, 64 or 416.
    #[arg(long, default_value = "64", value_parser = size)]
    table: TableSize,
    /// Kernels of ours; all that the machine has if left out.
    #[arg(long, value_delimiter = ',')]
    kernel: Vec<String>,
    /// Rounds of which the median is taken.
    #[arg(long, default_value_t = 41)]
    rounds: usize,
    /// The core to run on.
    #[arg(long, default_value_t = 0)]
    core: usize,
    /// Write all figures to this file as JSON.
    #[arg(long)]
    json: Option<std::path::PathBuf>,
}

fn size(kib: &str) -> Result<TableSize, String> {
    let found = TableSize::ALL.into_iter().find(|size| (size.bytes() / 1024).to_string() == kib);
    found.ok_or_else(|| format!("tables have {:?} KiB", TableSize::ALL.map(|size| size.bytes() / 1024)))
}

fn main() -> Result<()> {
    let args = Args::parse();
    rounds::pin(args.core)?;
    let kernels: Vec<Kernel> = Kernel::ALL
        .into_iter()
        .filter(|kernel| kernel.is_available())
        .filter(|kernel| {
            args.kernel.is_empty() || args.kernel.contains(&format!("{kernel:?}").to_lowercase())
        })
        .collect();
    println!("{}", machine::name());
    let mut outcomes = Vec::new();
    for &keys in &args.keys {
        let workload = Workload::new(keys, &args.invalid)?;
        let mut contenders = Vec::new();
        for set in &workload.sets {
            contenders.extend(contenders::libraries(&workload.keys, set)?);
        }
        for &kernel in &kernels {
            contenders.extend(contenders::ours(&workload, kernel, args.table, &args.batch)?);
        }
        let figures = rounds::run(&mut contenders, args.rounds)?;
        for set in &workload.sets {
            let outcome = Outcome { keys, set, table: args.table, figures: &figures };
            println!("{}", outcome.markdown());
            outcomes.push(outcome.json());
        }
    }
    if let Some(path) = args.json {
        std::fs::write(path, report::json(outcomes)?)?;
    }
    Ok(())
}
