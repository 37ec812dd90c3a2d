//! `wayseal bench`.

mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Outcome;
use crate::output::Output;

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Bench {
    Verify(verify::Verify),
}

impl Bench {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self {
            Self::Verify(command) => command.run(output),
        }
    }
}
