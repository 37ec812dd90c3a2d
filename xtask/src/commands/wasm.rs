//! `cargo xtask wasm`: the cores build where there is no operating system.

use anyhow::Result;

use crate::process::{cargo, run as run_program};
use crate::rust;
use crate::workspace::CORES;

/// Build the cores for wasm32-unknown-unknown: what has no system under it cannot do I/O.
///
/// Installs the target with rustup when it is missing.
#[derive(clap::Args)]
pub(crate) struct Args {}

const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn run(_: &Args) -> Result<()> {
    rust::ensure_target(TARGET)?;
    let mut build = cargo("build --target");
    build.arg(TARGET);
    for core in CORES {
        build.args(["--package", core]);
    }
    run_program(&mut build)
}
