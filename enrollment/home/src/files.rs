//! Files of a home: whole or not at all, and keys for their owner alone.

use crate::{HomeError, limits::MAX_FILE_OCTETS};
use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    path::Path,
};
use zeroize::Zeroizing;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    Everybody,
    Owner,
}

pub(crate) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, HomeError> {
    let failed = |error: std::io::Error| HomeError::file(path, error);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > MAX_FILE_OCTETS {
        return Err(HomeError::file(path, format!("longer than {MAX_FILE_OCTETS} octets")));
    }
    // A buffer that never grows leaves no copy of a key behind.
    let mut octets = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(MAX_FILE_OCTETS).read_to_end(&mut octets).map_err(failed)?;
    Ok(octets)
}

/// A file that need not be there.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, HomeError> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Writes a file under another name and puts it in its place once it is on disk.
pub(crate) fn write(path: &Path, octets: &[u8], reader: For) -> Result<(), HomeError> {
    let failed = |error: std::io::Error| HomeError::file(path, error);
    let beside = path.with_extension("new");
    if beside.exists() {
        fs::remove_file(&beside).map_err(failed)?;
    }
    let mut file = options(reader).open(&beside).map_err(failed)?;
    file.write_all(octets).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)?;
    sync_folder(path).map_err(failed)
}

fn options(reader: For) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if reader == For::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options
}

/// A new name is there after a power failure once its folder is on disk.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

/// Makes a folder for its owner alone.
pub(crate) fn make_folder(path: &Path) -> Result<(), HomeError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| HomeError::file(path, error))
}

/// Refuses a key that others than its owner may read or change.
pub(crate) fn check_private(path: &Path) -> Result<(), HomeError> {
    let metadata = path.metadata().map_err(|error| HomeError::file(path, error))?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        if mode & 0o077 != 0 {
            let why = format!("its mode is {mode:o}, so others could use it; chmod 600 makes it its owner's");
            return Err(HomeError::file(path, why));
        }
    }
    if metadata.is_file() { Ok(()) } else { Err(HomeError::file(path, "is no file")) }
}
