//! `wayseal sim`.

mod list;
mod run;
mod show;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Outcome;
use crate::output::Output;

/// What there is to simulate.
#[derive(Subcommand)]
pub(crate) enum Sim {
    Run(Box<run::Run>),
    List(list::List),
}

impl Sim {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self {
            Self::Run(command) => command.run(output),
            Self::List(command) => command.run(output),
        }
    }
}
