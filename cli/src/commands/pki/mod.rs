//! `wayseal pki`: a test PKI on disk.

mod authority;
mod init;
mod issue;
mod layout;
#[cfg(target_os = "linux")]
mod register;

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
    #[cfg(target_os = "linux")]
    Register(register::Register),
    #[cfg(target_os = "linux")]
    Station(register::Station),
}

/// A PKI on disk as a whole, its keys included.
pub(super) fn load(folder: &std::path::Path, passphrase: Option<&[u8]>) -> Result<v2x_ca::lab::Lab> {
    layout::Layout(folder).lab(passphrase)
}

/// One authority of a PKI on disk, with its keys, which only their owner may be able to read.
#[cfg(target_os = "linux")]
pub(super) fn authority(
    folder: &std::path::Path,
    role: v2x_ca::Role,
    passphrase: Option<&[u8]>,
) -> Result<v2x_ca::lab::Member> {
    let layout = layout::Layout(folder);
    let name = if role == v2x_ca::Role::EnrolmentAuthority { layout::EA } else { layout::AA };
    for key in [layout.key(name), layout.encryption_key(name)] {
        crate::secret::check_private(&key)?;
    }
    layout.member(name, passphrase)
}

impl Pki {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self {
            Self::Init(command) => command.run(output),
            Self::IssueAt(command) => command.run(output),
            Self::IssueEc(command) => command.run(output),
            Self::RequestCa(command) => command.run(output),
            Self::IssueCa(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Register(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Station(command) => command.run(output),
        }
    }
}
