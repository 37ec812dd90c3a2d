//! `cargo xtask vet`: who has read the code of others that we build on.

use anyhow::Result;

use crate::process::{cargo, run as run_program};
use crate::rust;

/// Check that every foreign crate is vetted, or stands on the list of those that nobody has vetted yet.
///
/// By cargo-vet, which is installed when it is missing, from the files in `supply-chain/`. A new or updated crate fails until it is
/// read (`cargo vet certify`) or listed (`cargo vet add-exemption`).
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    rust::ensure_cargo_command("vet")?;
    run_program(&mut cargo("vet --locked"))
}
