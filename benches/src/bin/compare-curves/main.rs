//! Verification of the same signatures on P-384 and the brainpool curves by ours, OpenSSL, aws-lc-rs and RustCrypto, in one
//! process.
//!
//! ```console
//! $ cargo run --release -p benches --features compare --bin compare-curves -- --help
//! ```
//!
//! The rounds are those of `compare`: all contenders take turns on one core, the thread's CPU time is taken, the median
//! over the rounds is the figure, and every verdict is compared with RustCrypto's. Only ratios of one run mean something.

#![expect(clippy::print_stdout, reason = "a program that reports on standard output")]

mod contenders;
mod report;
mod workload;

use anyhow::Result;
use benches::{machine, rounds};
use clap::Parser;
use v2x_crypto::Curve;
use v2x_crypto_curve_batch::TableSize;

use crate::workload::{Shape, Workload};

/// Compares verification on P-384 and the brainpool curves with other libraries on one core.
#[derive(Parser)]
struct Args {
    /// Curves: P-384, brainpoolP256r1, brainpoolP384r1.
    #[arg(long, value_delimiter = ',', default_value = "P-384,brainpoolP256r1,brainpoolP384r1")]
    curve: Vec<Curve>,
    /// How many keys sign.
    #[arg(long, value_delimiter = ',', default_value = "1,64,2000")]
    keys: Vec<usize>,
    /// Per cent of the signatures that are invalid.
    #[arg(long, value_delimiter = ',', default_value = "0")]
    invalid: Vec<usize>,
    /// Signatures in one call of ours.
    #[arg(long, value_delimiter = ',', default_value = "64")]
    batch: Vec<usize>,
    /// Sizes of each key's table: Small, Medium, Large, Huge.
    #[arg(long, value_delimiter = ',', default_value = "Large", value_parser = size)]
    table: Vec<TableSize>,
    /// Rounds of which the median is taken.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// The core to run on.
    #[arg(long, default_value_t = 0)]
    core: usize,
}

fn size(name: &str) -> Result<TableSize, String> {
    let found = TableSize::ALL.into_iter().find(|size| format!("{size:?}").eq_ignore_ascii_case(name));
    found.ok_or_else(|| format!("tables are {:?}", TableSize::ALL))
}

fn main() -> Result<()> {
    let args = Args::parse();
    rounds::pin(args.core)?;
    println!("{}", machine::name());
    for &curve in &args.curve {
        for &keys in &args.keys {
            for &invalid in &args.invalid {
                let shape = Shape { curve, keys, invalid };
                let workload = Workload::new(shape)?;
                let mut contenders = contenders::libraries(&workload)?;
                for &size in &args.table {
                    contenders.extend(contenders::ours(&workload, size, &args.batch)?);
                }
                let figures = rounds::run(&mut contenders, args.rounds)?;
                println!("{}", report::markdown(shape, &figures));
            }
        }
    }
    Ok(())
}
