//! Development commands: `cargo xtask help` lists them, `cargo xtask help COMMAND` explains one.
//!
//! Each command is a file in `commands/`. They run the tools that a developer would run by hand, print each step with
//! its time, and stop at the first one that fails. Nothing here depends on the project's own crates, so that the
//! commands work while those do not compile.

mod commands;
mod debian;
mod process;
mod python;
mod rust;
mod steps;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{
    aarch64, bench, boundaries, deny, fuzz, generate, instructions, kernels, layering, miri, reliability,
    reproducible, sbom, test, trace, wasm,
};

/// Development commands of Wayseal: tests, checks, and the files that are made rather than written.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = false, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Test(test::Args),
    Layering(layering::Args),
    Deny(deny::Args),
    Wasm(wasm::Args),
    Aarch64(aarch64::Args),
    Fuzz(fuzz::Args),
    Bench(bench::Args),
    Instructions(instructions::Args),
    Kernels(kernels::Args),
    Reliability(reliability::Args),
    Reproducible(reproducible::Args),
    Miri(miri::Args),
    Sbom(sbom::Args),
    Trace(trace::Args),
    Boundaries(boundaries::Args),
    Completions(generate::Completions),
    Man(generate::Man),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    std::env::set_current_dir(workspace::root())?;
    match command {
        Command::Test(args) => test::run(&args),
        Command::Layering(args) => layering::run(&args),
        Command::Deny(args) => deny::run(&args),
        Command::Wasm(args) => wasm::run(&args),
        Command::Aarch64(args) => aarch64::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Instructions(args) => instructions::run(&args),
        Command::Kernels(args) => kernels::run(&args),
        Command::Reliability(args) => reliability::run(&args),
        Command::Reproducible(args) => reproducible::run(&args),
        Command::Miri(args) => miri::run(&args),
        Command::Sbom(args) => sbom::run(&args),
        Command::Trace(args) => trace::run(&args),
        Command::Boundaries(args) => boundaries::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
    }
}
