//! `cargo xtask aarch64`: most on-board and roadside units are ARM; build for them and run the tests there.

use anyhow::Result;

use crate::debian::{self, Need};
use crate::process::{cargo, run as run_program};
use crate::rust;

/// Build the workspace for aarch64 Linux and run its tests under user-mode emulation.
///
/// Needs Debian's cross compiler and qemu (installed when run as root) and the target's standard library (from rustup).
/// Everything behind `--` goes to cargo test, so `cargo xtask aarch64 -- --package v2x-codec` runs one crate's tests.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Build only, run nothing.
    #[arg(long)]
    no_run: bool,
    /// For cargo test, instead of the whole workspace.
    #[arg(last = true, value_name = "CARGO ARGUMENTS")]
    arguments: Vec<String>,
}

const TARGET: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64-static";

const NEEDS: &[Need] = &[
    Need { program: LINKER, probe: &[], packages: &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"] },
    Need { program: EMULATOR, probe: &[], packages: &["qemu-user-static"] },
];

pub(crate) fn run(args: &Args) -> Result<()> {
    debian::ensure(NEEDS)?;
    rust::ensure_target(TARGET)?;
    let mut test = cargo("test --target");
    test.arg(TARGET)
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER)
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", format!("{EMULATOR} -L /usr/aarch64-linux-gnu"))
        .env("CC_aarch64_unknown_linux_gnu", LINKER);
    if args.no_run {
        test.arg("--no-run");
    }
    if args.arguments.is_empty() {
        // Development commands and fuzzing run on the developer's machine.
        test.args(["--workspace", "--exclude", "xtask", "--exclude", "wayseal-fuzz", "--tests"]);
    }
    run_program(test.args(&args.arguments))
}
