//! `cargo xtask bench`: the figures of the README, or a look that the benches still run.

use anyhow::Result;

use crate::process::{cargo, run as run_program};

/// Measure: run the criterion benches with optimisation, and print their figures.
///
/// No bench asserts a speed: figures are compared by people, on one machine, in one run.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Run each bench once and measure nothing, as `cargo xtask test` does.
    #[arg(long)]
    once: bool,
    /// Only the benches whose name contains this.
    filter: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.once {
        return once();
    }
    let mut bench = cargo("bench --package benches --benches --");
    bench.args(args.filter.as_deref());
    run_program(&mut bench)
}

/// Built like the tests and started without `--bench`, criterion runs each bench once: no second build with optimisation.
pub(crate) fn once() -> Result<()> {
    run_program(&mut cargo("test --package benches --benches --quiet"))
}
