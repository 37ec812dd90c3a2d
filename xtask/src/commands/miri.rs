//! `cargo xtask miri`: the tests that Miri can run, for undefined behaviour.

use anyhow::Result;

use crate::process::{program, run as run_program};
use crate::rust;

/// Run tests under Miri, which finds undefined behaviour: those of the readers of received octets, and of the arithmetic.
///
/// Needs a nightly toolchain; rustup adds Miri to it. Miri is some hundred times slower than the machine, so only tests that it
/// can finish are named here; SIMD kernels are beyond it. Everything behind `--` goes to `cargo miri test` instead.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For `cargo miri test`, instead of the tests that are named here.
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    arguments: Vec<String>,
}

/// Arguments of one `cargo miri test` each.
const TESTS: &[&str] = &[
    "--package v2x-codec --lib -- coer:: view:: geonet:: btp:: uper:: capture::",
    "--package v2x-crypto-p256-batch --lib",
];

const TOOLCHAIN: &str = "nightly";

pub(crate) fn run(args: &Args) -> Result<()> {
    rust::ensure_component(TOOLCHAIN, "miri")?;
    rust::ensure_component(TOOLCHAIN, "rust-src")?;
    if !args.arguments.is_empty() {
        return run_program(miri("").args(&args.arguments));
    }
    TESTS.iter().try_for_each(|arguments| run_program(&mut miri(arguments)))
}

fn miri(arguments: &str) -> std::process::Command {
    let mut command = program("cargo");
    // Tests read vectors and the clock; a folder of its own, as its builds are of no use to anything else.
    command
        .args(["+nightly", "miri", "test", "--target-dir", "target/miri"])
        .args(arguments.split_whitespace());
    command.env("MIRIFLAGS", "-Zmiri-disable-isolation");
    command
}
