//! The `wayseal` command: thin, one subcommand a file, over the crates that do the work.
//!
//! It is a library too, so that the documentation tools can ask for [`command`].

#[cfg(target_os = "linux")]
mod believed;
mod capture_file;
mod certificate_file;
mod commands;
mod crypto;
mod exit;
mod files;
mod hardware;
#[cfg(target_os = "linux")]
mod http3;
mod input;
mod judge;
#[cfg(target_os = "linux")]
mod ledger_place;
#[cfg(target_os = "linux")]
mod net;
mod open_chain;
mod output;
mod period;
mod position;
mod progress;
mod random;
mod region;
mod secret;
mod service;
#[cfg(target_os = "linux")]
mod signals;
mod signer;
mod subject;
mod time;
mod tree;
mod trust_dir;
mod trust_lists;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use exit::{BAD_INPUT, BROKEN_PIPE};

/// One open PKI and message-security stack for vehicles, roadside units and drones.
#[derive(Parser)]
#[command(name = "wayseal", version, propagate_version = true, arg_required_else_help = true)]
#[command(after_help = "Start with `wayseal demo`. \
    Exit codes: 0 done or all verified, 1 something was refused, 2 bad input, 3 a signer or issuer is unknown.")]
struct Cli {
    /// Print data as JSON, one document on standard output
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: commands::Command,
}

/// The command line as a value: for completions and man pages.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program: parses the arguments, does the work, says by the exit code how it went.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let mut output = output::Output::new(cli.json);
    match cli.command.run(&mut output) {
        Ok(outcome) => outcome.into(),
        Err(error) if output::is_broken_pipe(&error) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            eprintln!("wayseal: {}", output::sentence(&error));
            ExitCode::from(BAD_INPUT)
        }
    }
}

/// Prints clap's help or complaint; a complaint exits with 2, as all bad input does.
fn usage(error: &clap::Error) -> ExitCode {
    // A terminal that is gone cannot be told so.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(BAD_INPUT))
}
