//! `cargo xtask deny`: licences, sources, duplicates and known vulnerabilities of what we depend on.

use anyhow::Result;

use crate::process::{cargo, run as run_program, succeeds};
use crate::rust;

/// Check licences, sources, bans and advisories of all dependencies against deny.toml, with cargo-deny.
///
/// Installs cargo-deny when it is missing. The advisories come from the RustSec database, which is fetched from its
/// public repository; when that cannot be reached the other checks still run and the gap is printed.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    check()
}

pub(crate) fn check() -> Result<()> {
    rust::ensure_cargo_command("deny")?;
    run_program(&mut cargo("deny --log-level error check bans licenses sources"))?;
    if !succeeds(&mut cargo("deny --log-level error fetch db")) {
        eprintln!("    NOT RUN: advisories; the RustSec database cannot be fetched from here");
        return Ok(());
    }
    run_program(&mut cargo("deny --log-level error check --disable-fetch advisories"))
}
