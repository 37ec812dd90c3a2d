//! Writes the completion scripts of every shell, or the manual pages of every subcommand, into a folder.
//!
//! `cargo xtask completions FOLDER` and `cargo xtask man FOLDER` run it; packagers do.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// A completion script for each shell
    Completions { folder: PathBuf },
    /// A manual page for each subcommand
    Man { folder: PathBuf },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().what {
        What::Completions { folder } => write(&folder, completions),
        What::Man { folder } => write(&folder, |folder| clap_mangen::generate_to(wayseal::command(), folder)),
    }
}

fn write(folder: &PathBuf, generate: impl FnOnce(&PathBuf) -> std::io::Result<()>) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .and_then(|()| generate(folder))
        .with_context(|| format!("cannot write to {}", folder.display()))
}

fn completions(folder: &PathBuf) -> std::io::Result<()> {
    Shell::value_variants().iter().try_for_each(|shell| {
        clap_complete::generate_to(*shell, &mut wayseal::command(), "wayseal", folder).map(drop)
    })
}
