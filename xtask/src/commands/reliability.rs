//! `cargo xtask reliability`: the long form of the tests that stand for a promise.

use anyhow::Result;

use crate::process::{cargo, run as run_program};

/// Run the long form of the reliability tests: every ignored test whose name begins with `long_`, with optimisation.
///
/// The short form of each is an ordinary test and runs in `cargo xtask test`. This takes minutes to hours.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only the tests whose name contains this.
    #[arg(default_value = "long_")]
    filter: String,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    run_program(cargo("test --workspace --release --no-fail-fast --").arg("--ignored").arg(&args.filter))
}
