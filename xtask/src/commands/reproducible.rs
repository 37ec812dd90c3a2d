//! `cargo xtask reproducible`: two builds from nothing give the same program, octet for octet.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, run as run_program};

/// Build `wayseal` for release twice, each time from nothing, and compare the two programs octet for octet.
///
/// Who has the sources can then tell whether a program that he was given was built from them. This takes minutes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the two builds go; what is there is deleted first.
    #[arg(default_value = "target/reproducible")]
    folder: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let [one, two] = ["one", "two"].map(|name| args.folder.join(name));
    let (first, second) = (build(&one, &args.folder)?, build(&two, &args.folder)?);
    if first == second {
        eprintln!("    two builds of {} octets are alike", first.len());
        return Ok(());
    }
    let place = first.iter().zip(&second).position(|(one, two)| one != two).unwrap_or(first.len());
    bail!(
        "two builds of {} and {} octets differ, first at octet {place}: compare {} and {}",
        first.len(),
        second.len(),
        one.display(),
        two.display()
    )
}

/// Builds in one and the same folder, whose name can get into a program, and keeps the program elsewhere.
fn build(kept: &Path, folder: &Path) -> Result<Vec<u8>> {
    let target = folder.join("build");
    if target.exists() {
        std::fs::remove_dir_all(&target)
            .with_context(|| format!("{}: cannot be deleted", target.display()))?;
    }
    run_program(cargo("build --locked --release --package wayseal --target-dir").arg(&target))?;
    let program = target.join("release/wayseal");
    std::fs::copy(&program, kept).with_context(|| format!("{}: cannot be kept", program.display()))?;
    std::fs::read(kept).with_context(|| format!("{}: cannot be read", kept.display()))
}
