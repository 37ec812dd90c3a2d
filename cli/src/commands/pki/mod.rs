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

/// An EA or AA of a PKI on disk: its certificate, and its keys, which only their owner may be able to read.
#[cfg(target_os = "linux")]
pub(super) struct Authority<'d> {
    layout: layout::Layout<'d>,
    name: &'static str,
}

#[cfg(target_os = "linux")]
impl<'d> Authority<'d> {
    /// That of this role in a folder.
    pub(super) const fn new(folder: &'d std::path::Path, role: v2x_ca::Role) -> Self {
        let is_ea = matches!(role, v2x_ca::Role::EnrolmentAuthority);
        Self { layout: layout::Layout(folder), name: if is_ea { layout::EA } else { layout::AA } }
    }

    /// Its certificate.
    pub(super) fn certificate(&self) -> Result<v2x_security::certificate::Certificate> {
        crate::certificate_file::read(&self.layout.certificate(self.name))
    }

    /// The key that it signs with, on its curve.
    pub(super) fn signing_key(
        &self,
        curve: v2x_crypto::Curve,
        passphrase: Option<&[u8]>,
    ) -> Result<v2x_crypto::PrivateKey> {
        private_key(&self.layout.key(self.name), curve, passphrase)
    }

    /// The key that it decrypts with, on its curve.
    pub(super) fn decryption_key(
        &self,
        curve: v2x_crypto::Curve,
        passphrase: Option<&[u8]>,
    ) -> Result<v2x_crypto::PrivateKey> {
        private_key(&self.layout.encryption_key(self.name), curve, passphrase)
    }
}

#[cfg(target_os = "linux")]
fn private_key(
    path: &std::path::Path,
    curve: v2x_crypto::Curve,
    passphrase: Option<&[u8]>,
) -> Result<v2x_crypto::PrivateKey> {
    crate::secret::check_private(path)?;
    crate::secret::private_key(path, curve, passphrase)
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
