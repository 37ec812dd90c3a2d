//! `wayseal pki`: a test PKI on disk.

#[cfg(target_os = "linux")]
mod administration;
#[cfg(target_os = "linux")]
mod audit;
mod authority;
#[cfg(target_os = "linux")]
mod backup;
mod init;
mod issue;
mod layout;
mod lists;
#[cfg(target_os = "linux")]
mod register;
mod roll_over;

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
    Revoke(lists::Revoke),
    TrustList(lists::NextTrustList),
    RollOver(roll_over::RollOver),
    #[cfg(target_os = "linux")]
    Register(register::Register),
    #[cfg(target_os = "linux")]
    Station(register::Station),
    #[cfg(target_os = "linux")]
    Audit(audit::Audit),
    #[cfg(target_os = "linux")]
    Backup(backup::Backup),
    #[cfg(target_os = "linux")]
    Restore(backup::Restore),
}

#[cfg(target_os = "linux")]
pub(super) use audit::read_head;

/// A PKI on disk as a whole, its keys included.
pub(super) fn load(folder: &std::path::Path, passphrase: Option<&[u8]>) -> Result<v2x_ca::lab::Lab> {
    layout::Layout(folder).lab(passphrase)
}

/// Writes a PKI into a folder, keys unencrypted, for their owner only: for one that lives no longer than a process.
#[cfg(target_os = "linux")]
pub(super) fn write(lab: &v2x_ca::lab::Lab, folder: &std::path::Path) -> Result<()> {
    init::write_members(lab, &layout::Layout(folder), crate::files::Overwrite::Never, None)
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
            Self::Revoke(command) => command.run(output),
            Self::TrustList(command) => command.run(output),
            Self::RollOver(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Register(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Station(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Audit(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Backup(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Restore(command) => command.run(output),
        }
    }
}
