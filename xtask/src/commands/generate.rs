//! `cargo xtask completions` and `cargo xtask man`: made from the command line that `wayseal` really has.
//!
//! The work is done by `cli/examples/generate.rs`, which calls `wayseal::command()`: so this program needs not be built
//! on the whole project.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{cargo, run};

/// Write shell completions of `wayseal` for bash, zsh, fish, elvish and PowerShell.
#[derive(clap::Args)]
pub(crate) struct Completions {
    /// The folder to write to.
    #[arg(default_value = "target/completions")]
    folder: PathBuf,
}

/// Write the manual pages of `wayseal` and each of its commands.
#[derive(clap::Args)]
pub(crate) struct Man {
    /// The folder to write to.
    #[arg(default_value = "target/man")]
    folder: PathBuf,
}

pub(crate) fn completions(args: &Completions) -> Result<()> {
    run(cargo("run --quiet --package wayseal --example generate -- completions").arg(&args.folder))
}

pub(crate) fn man(args: &Man) -> Result<()> {
    run(cargo("run --quiet --package wayseal --example generate -- man").arg(&args.folder))
}
