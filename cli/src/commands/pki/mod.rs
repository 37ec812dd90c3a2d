//! `wayseal pki`: a test PKI on disk.

mod authority;
mod init;
mod issue;
mod layout;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Outcome;
use crate::output::Output;

/// What can be done with a test PKI.
#[derive(Subcommand)]
pub(crate) enum Pki {
    Init(init::Init),
    IssueAt(issue::IssueAt),
    IssueEc(issue::IssueEc),
    RequestCa(authority::RequestCa),
    IssueCa(authority::IssueCa),
}

/// A PKI on disk as a whole, its keys included.
pub(super) fn load(folder: &std::path::Path, passphrase: Option<&[u8]>) -> Result<v2x_ca::lab::Lab> {
    layout::Layout(folder).lab(passphrase)
}

impl Pki {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self {
            Self::Init(command) => command.run(output),
            Self::IssueAt(command) => command.run(output),
            Self::IssueEc(command) => command.run(output),
            Self::RequestCa(command) => command.run(output),
            Self::IssueCa(command) => command.run(output),
        }
    }
}
