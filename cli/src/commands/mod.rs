//! The subcommands, one a file.

mod completions;
mod demo;
mod explain;
mod inspect;
mod pki;
mod sign;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Outcome;
use crate::output::Output;

/// What the program can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run vehicles, a PKI, attackers and a roadside unit that verifies everything
    Demo(demo::Demo),
    /// Make a test PKI on disk and issue certificates from it
    #[command(subcommand)]
    Pki(pki::Pki),
    /// Say what some octets are and show every field
    Inspect(inspect::Inspect),
    /// Verify messages, certificates and captures against trusted roots
    Verify(verify::Verify),
    /// Show every check of one message, in order, with its clause
    Explain(explain::Explain),
    /// Sign one message
    Sign(sign::Sign),
    /// Print the completion script of a shell
    Completions(completions::Completions),
}

impl Command {
    /// Does what was asked.
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let outcome = match self {
            Self::Demo(command) => command.run(output),
            Self::Pki(command) => command.run(output),
            Self::Inspect(command) => command.run(output),
            Self::Verify(command) => command.run(output),
            Self::Explain(command) => command.run(output),
            Self::Sign(command) => command.run(output),
            Self::Completions(command) => command.run(output),
        }?;
        output.finish()?;
        Ok(outcome)
    }
}
