//! Whole messages beside the bare signatures of libraries, in one process.
//!
//! ```console
//! $ cargo run --release -p benches --features compare --bin messages -- --help
//! ```
//!
//! Stations get tickets for real and sign CAMs. All contenders take turns on one core: in each round each does a slice of
//! the same messages, in an order that moves on, and its thread's CPU time is taken. A contender's figure is the median over the
//! rounds, so that what else the machine does hits all alike; only ratios of one run mean something. Every verdict is
//! held against what was done to the message.

#![expect(clippy::print_stdout, reason = "a program that reports on standard output")]
#![expect(
    clippy::indexing_slicing,
    reason = "places go round lists of their own length; what is wrong about them may stop it"
)]

mod cold;
mod libraries;
mod report;
mod sign;
mod warm;

use std::sync::Arc;

use anyhow::Result;
use benches::rounds;
use benches::world::{self, World};
use clap::Parser;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::Kernel;

use crate::report::Table;

/// Measures whole messages beside the bare signatures of libraries, on one core.
#[derive(Parser)]
#[command(about)]
struct Args {
    /// How many stations are heard, in the measurement of known signers.
    #[arg(long, value_delimiter = ',', default_value = "64,2000")]
    keys: Vec<usize>,
    /// Per cent of their messages whose signature is bad.
    #[arg(long, value_delimiter = ',', default_value = "0,1,50")]
    invalid: Vec<usize>,
    /// Messages verified together.
    #[arg(long, value_delimiter = ',', default_value = "128,256")]
    batch: Vec<usize>,
    /// Rounds of which the median is taken.
    #[arg(long, default_value_t = 21)]
    rounds: usize,
    /// The core to run on.
    #[arg(long, default_value_t = 0)]
    core: usize,
    /// What to measure; everything if left out.
    #[arg(value_enum)]
    what: Vec<What>,
    /// Write all figures to this file as JSON.
    #[arg(long)]
    json: Option<std::path::PathBuf>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Messages of stations that are known, and named by digest.
    Warm,
    /// First messages of unknown stations, with their certificate.
    Cold,
    /// Signing an encoded CAM, and encoding one.
    Sign,
}

impl Args {
    fn wants(&self, what: What) -> bool {
        self.what.is_empty() || self.what.contains(&what)
    }
}

/// Tables by this machine's fastest kernel, over aws-lc-rs.
fn tables(batch: usize) -> Arc<dyn Provider> {
    world::tables(Arc::new(AwsLc), Kernel::detect(), batch)
}

fn main() -> Result<()> {
    let args = Args::parse();
    rounds::pin(args.core)?;
    println!("{}", report::machine());
    let most = args.keys.iter().copied().max().unwrap_or(0).max(cold::STATIONS);
    let world = World::new(most, Arc::new(AwsLc))?;
    let mut tables = Vec::new();
    let mut done = |table: Table| {
        println!("{}", table.markdown());
        tables.push(table);
    };
    if args.wants(What::Cold) {
        done(cold::measure(&world, args.rounds)?);
    }
    if args.wants(What::Sign) {
        done(sign::measure(&world, args.rounds)?);
    }
    if args.wants(What::Warm) {
        for &keys in &args.keys {
            done(warm::measure(&world, keys, &args.invalid, &args.batch, args.rounds)?);
        }
    }
    match args.json {
        Some(path) => Ok(std::fs::write(path, report::json(&tables)?)?),
        None => Ok(()),
    }
}
