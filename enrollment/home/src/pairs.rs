//! Certificates with their keys, in a folder by digest: credentials, tickets.

use crate::{
    HomeError,
    files::{self, For},
};
use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, PrivateKey};
use v2x_security::certificate::Certificate;
use zeroize::Zeroizing;

/// A certificate and where its key lies.
#[derive(Clone, Debug)]
pub struct Pair {
    certificate: Certificate,
    key: PathBuf,
    /// When its file was written: of two that start in the same second, which came last.
    written: Option<SystemTime>,
}

impl Pair {
    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The file of its key.
    #[must_use]
    pub fn key_file(&self) -> &Path {
        &self.key
    }

    /// Its key, which is that of the certificate.
    ///
    /// # Errors
    /// [`HomeError::File`], also when the key is encrypted and the passphrase is wrong or missing.
    pub fn key(&self, passphrase: Option<&[u8]>) -> Result<PrivateKey, HomeError> {
        let key = read_key(&self.key, passphrase)?;
        if self.certificate.verification_key() == Some(key.public_key()) {
            Ok(key)
        } else {
            Err(HomeError::file(&self.key, "is not the key of the certificate beside it"))
        }
    }

    /// Whether it can be used at some time.
    #[must_use]
    pub fn is_valid(&self, at: Time64) -> bool {
        self.certificate.validity().contains(at)
    }
}

pub(crate) fn read_key(path: &Path, passphrase: Option<&[u8]>) -> Result<PrivateKey, HomeError> {
    KeyText::read(path)?.key(path, passphrase)
}

/// A key as it lies on disk: encrypted where there is a passphrase.
pub(crate) struct KeyText(Zeroizing<Vec<u8>>);

impl KeyText {
    pub(crate) fn of(
        key: &PrivateKey,
        passphrase: Option<&[u8]>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, HomeError> {
        let pem = match passphrase {
            Some(passphrase) => key.to_encrypted_pkcs8_pem(passphrase, rng)?,
            None => key.to_pkcs8_pem()?,
        };
        Ok(Self(Zeroizing::new(pem.as_bytes().to_vec())))
    }

    /// The text in a file of its owner's.
    pub(crate) fn read(path: &Path) -> Result<Self, HomeError> {
        files::check_private(path)?;
        files::read(path).map(Self)
    }

    /// Writes it for its owner alone.
    pub(crate) fn write(&self, path: &Path) -> Result<(), HomeError> {
        files::write(path, &self.0, For::Owner)
    }

    /// The key; `path` is where it came from.
    pub(crate) fn key(&self, path: &Path, passphrase: Option<&[u8]>) -> Result<PrivateKey, HomeError> {
        let text = std::str::from_utf8(&self.0).map_err(|_| HomeError::file(path, "is not PEM"))?;
        PrivateKey::from_pkcs8_pem(text, passphrase).map_err(|error| HomeError::file(path, error))
    }
}

/// Keeps a certificate and its key: the key first, so that no certificate is without.
pub(crate) fn keep(folder: &Path, certificate: &Certificate, key: &KeyText) -> Result<(), HomeError> {
    files::make_folder(folder)?;
    let name = certificate.hashed_id8();
    key.write(&folder.join(format!("{name}.key")))?;
    files::write(&folder.join(format!("{name}.cert")), certificate.octets(), For::Everybody)
}

/// What is in a folder, those that start first in front. A folder that is not there is empty.
pub(crate) fn list(folder: &Path) -> Result<Vec<Pair>, HomeError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|error| HomeError::file(folder, error))?;
    let mut pairs = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| HomeError::file(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "cert") {
            let parsed = Certificate::parse(&files::read(&path)?);
            let certificate = parsed.map_err(|refusal| HomeError::file(&path, refusal))?;
            let written = path.metadata().and_then(|metadata| metadata.modified()).ok();
            pairs.push(Pair { certificate, key: path.with_extension("key"), written });
        }
    }
    pairs.sort_by_key(|pair| {
        (pair.certificate.validity().begin(), pair.written, pair.certificate.hashed_id8())
    });
    Ok(pairs)
}

/// Removes what has run out, the certificate first.
pub(crate) fn forget_expired(folder: &Path, now: Time64) -> Result<(), HomeError> {
    for pair in list(folder)? {
        if pair.certificate.validity().end() <= now {
            for path in [pair.key.with_extension("cert"), pair.key.clone()] {
                fs::remove_file(&path).map_err(|error| HomeError::file(&path, error))?;
            }
        }
    }
    Ok(())
}
