//! `cargo xtask kernels`: the assembly of the AVX2 kernel, from the lists of instructions that its proofs are about.
//!
//! The work is done by a test of `v2x-crypto-p256-batch`, which otherwise compares: there the lists are.

use anyhow::Result;

use crate::process::{cargo, run as run_program};

/// Write the assembly files of the AVX2 kernel (`v2x-crypto/p256-batch/src/lanes/avx2/*.s`).
///
/// They are made from `limbs29/program.rs`, and the tests hold them against it. The crate is built without its assembly for
/// this, in a folder of its own, so that files which do not assemble, or are not there yet, are no hindrance.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    let test = "test --package v2x-crypto-p256-batch --lib --target-dir target/kernels the_assembly_is";
    run_program(cargo(test).env("RUSTFLAGS", "--cfg without_assembly").env("WAYSEAL_WRITE", "1"))
}
