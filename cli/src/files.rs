//! Files that are made: nothing is overwritten unasked, and keys are for their owner alone.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use v2x_crypto::PrivateKey;

use crate::random;

/// A file for what a run writes, made anew. Opened before the run, so that a mistyped path does not cost one.
pub(crate) fn create(path: &Path) -> Result<BufWriter<File>> {
    let name = path.display();
    if path.is_dir() {
        bail!("{name}: is a directory, a file is needed");
    }
    Ok(BufWriter::new(File::create(path).with_context(|| format!("{name}: cannot be written"))?))
}

/// How files are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// What is there stays, and the command fails.
    Never,
    /// What is there is replaced.
    Force,
}

impl Overwrite {
    /// By the `--force` option.
    pub(crate) const fn if_forced(force: bool) -> Self {
        if force { Self::Force } else { Self::Never }
    }

    /// Checks beforehand that every file may be made, so that a command fails before it has made the first.
    pub(crate) fn check<'p>(self, paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<()> {
        for path in paths {
            if path.is_dir() {
                bail!("{}: is a directory", path.display());
            }
            if self == Self::Never && path.exists() {
                bail!("{}: exists already; give --force to replace it", path.display());
            }
        }
        Ok(())
    }

    /// Makes a file that everybody may read.
    pub(crate) fn write(self, path: &Path, octets: &[u8]) -> Result<()> {
        self.write_with(path, octets, OpenOptions::new().write(true).create_new(true))
    }

    /// Makes a file with a private key: PKCS#8 PEM, encrypted when there is a passphrase, readable by its owner only.
    pub(crate) fn write_key(self, path: &Path, key: &PrivateKey, passphrase: Option<&[u8]>) -> Result<()> {
        let pem = match passphrase {
            Some(passphrase) => key.to_encrypted_pkcs8_pem(passphrase, &mut random::generator()?)?,
            None => key.to_pkcs8_pem()?,
        };
        self.write_with(path, pem.as_bytes(), &mut private())
    }

    fn write_with(self, path: &Path, octets: &[u8], options: &mut OpenOptions) -> Result<()> {
        let name = path.display();
        if self == Self::Force {
            remove(path).with_context(|| format!("{name}: cannot be replaced"))?;
        }
        let mut file: File = options.open(path).map_err(|error| {
            if error.kind() == ErrorKind::AlreadyExists {
                anyhow!("{name}: exists already; give --force to replace it")
            } else {
                anyhow!(error).context(format!("{name}: cannot be written"))
            }
        })?;
        file.write_all(octets)
            .and_then(|()| file.sync_all())
            .with_context(|| format!("{name}: cannot be written"))
    }
}

/// Gives a file that everybody may read other content: under another name first, so that whoever looks finds the old or the
/// new, whole.
pub(crate) fn replace(path: &Path, octets: &[u8]) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(octets)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}

/// Removes a file that may not be there. It is made anew, so that an old one's looser rights do not stay.
fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Options for a new file that only its owner may read, from its first moment on.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
