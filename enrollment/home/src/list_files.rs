//! The files of one list: in full, and beside it what changed since.

use crate::{HomeError, files};
use enrollment_protocol::resource::Resource;
use std::{
    fs,
    path::{Path, PathBuf},
};
use v2x_security::{id::HashedId8, refusal::ListVersion};

/// A list that a station holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Ectl,
    Ctl,
    Crl,
}

impl List {
    /// The file of the list in full.
    pub(crate) fn path(self, folder: &Path) -> PathBuf {
        folder.join(format!("{}.oer", self.stem()))
    }

    /// The file of the change to the list that has this number.
    pub(crate) fn delta_path(self, folder: &Path, number: u8) -> PathBuf {
        folder.join(format!("{}.delta-{number}.oer", self.stem()))
    }

    const fn stem(self) -> &'static str {
        match self {
            Self::Ectl => "ectl",
            Self::Ctl => "ctl",
            Self::Crl => "crl",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ectl => "the list of roots",
            Self::Ctl => "the trust list",
            Self::Crl => "the revocation list",
        }
    }

    /// By what the list of an issuer is fetched.
    pub(crate) const fn resource(self, issuer: HashedId8) -> Resource {
        match self {
            Self::Ectl => Resource::Ectl(issuer),
            Self::Ctl => Resource::Ctl(issuer),
            Self::Crl => Resource::Crl(issuer),
        }
    }

    /// By what the change to the list with the number before is fetched; revocation lists have none.
    pub(crate) const fn delta(self, issuer: HashedId8, number: u8) -> Option<Resource> {
        match self {
            Self::Ectl => Some(Resource::DeltaEctl(issuer, Some(number))),
            Self::Ctl => Some(Resource::DeltaCtl(issuer, number)),
            Self::Crl => None,
        }
    }

    /// Removes the changes, once they are in the list in full. Any that stay behind do not follow it, and are not used.
    pub(crate) fn forget_deltas(self, folder: &Path) -> Result<(), HomeError> {
        for path in (0..=u8::MAX).map(|number| self.delta_path(folder, number)) {
            if path.exists() {
                fs::remove_file(&path).map_err(|error| HomeError::file(&path, error))?;
            }
        }
        files::sync_folder(&self.path(folder)).map_err(|error| HomeError::file(folder, error))
    }
}

/// The number that the change to a list has.
pub(crate) const fn next_number(version: ListVersion) -> Option<u8> {
    match version {
        ListVersion::Full(number, _) | ListVersion::Delta(number, _) => Some(number.wrapping_add(1)),
        ListVersion::None | ListVersion::Revocation(_) => None,
    }
}
