//! Private keys and passphrases from files, wiped when dropped.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use v2x_crypto::{Curve, PrivateKey};
use zeroize::Zeroizing;

/// The largest file that is read as a key or passphrase, in octets: a PEM of the largest key has under 1000.
const MAX_SECRET_OCTETS: usize = 16 * 1024;

/// The environment variable that can hold the passphrase.
const PASSPHRASE_VARIABLE: &str = "WAYSEAL_PASSPHRASE";

/// Where the passphrase of private keys comes from.
#[derive(Args)]
pub(crate) struct PassphraseArguments {
    /// File whose first line is the passphrase of the private keys; else WAYSEAL_PASSPHRASE is used when set
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A passphrase, wiped when dropped.
pub(crate) type Passphrase = Zeroizing<Vec<u8>>;

impl PassphraseArguments {
    /// From a file, or where there is none, from the environment.
    #[cfg(target_os = "linux")]
    pub(crate) const fn of(passphrase_file: Option<PathBuf>) -> Self {
        Self { passphrase_file }
    }

    /// The passphrase, if one was given.
    pub(crate) fn read(&self) -> Result<Option<Passphrase>> {
        match &self.passphrase_file {
            Some(path) => first_line(path).map(Some),
            None => Ok(from_environment()),
        }
    }
}

fn first_line(path: &Path) -> Result<Passphrase> {
    let octets = read(path)?;
    let line = octets.split(|octet| matches!(octet, b'\n' | b'\r')).next().unwrap_or_default();
    if line.is_empty() {
        bail!("{}: its first line is empty, so there is no secret in it", path.display());
    }
    Ok(Zeroizing::new(line.to_vec()))
}

fn from_environment() -> Option<Passphrase> {
    variable(PASSPHRASE_VARIABLE)
}

/// Reads a secret from an environment variable. An empty one is as good as none.
pub(crate) fn variable(name: &str) -> Option<Passphrase> {
    let value = std::env::var_os(name)?;
    let octets = Zeroizing::new(value.into_encoded_bytes());
    (!octets.is_empty()).then_some(octets)
}

/// Refuses a secret that others than its owner may read or change.
#[cfg(target_os = "linux")]
pub(crate) fn check_private(path: &Path) -> Result<()> {
    let metadata = path.metadata().with_context(|| format!("{}: cannot be read", path.display()))?;
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    bail!("{}: its mode is {mode:o}, so others could use it; chmod 600 makes it its owner's", path.display())
}

/// Elsewhere, who may read a file is not asked.
#[cfg(not(target_os = "linux"))]
fn check_private(_path: &Path) -> Result<()> {
    Ok(())
}

/// Reads a secret that is one line of text, such as a token or a PIN, from a file of its owner's.
pub(crate) fn line(path: &Path) -> Result<Passphrase> {
    check_private(path)?;
    first_line(path)
}

/// Reads a secret of any form, such as a key of TLS, from a file of its owner's.
#[cfg(all(target_os = "linux", any(feature = "http3", feature = "tls")))]
pub(crate) fn file(path: &Path) -> Result<Passphrase> {
    check_private(path)?;
    read(path)
}

/// Reads a private key: PKCS#8 as PEM or DER, encrypted or not, or the bare scalar of `curve` in binary or hex.
pub(crate) fn private_key(path: &Path, curve: Curve, passphrase: Option<&[u8]>) -> Result<PrivateKey> {
    let octets = read(path)?;
    parse_key(&octets, curve, passphrase).with_context(|| path.display().to_string())
}

fn parse_key(octets: &[u8], curve: Curve, passphrase: Option<&[u8]>) -> Result<PrivateKey> {
    if octets.starts_with(b"-----BEGIN") {
        let text = std::str::from_utf8(octets).map_err(|_| anyhow!("this is not PEM"))?;
        return Ok(PrivateKey::from_pkcs8_pem(text, passphrase)?);
    }
    let digits = unhex(octets);
    let octets = digits.as_deref().map_or(octets, Vec::as_slice);
    if octets.len() == curve.coordinate_len() {
        return Ok(PrivateKey::from_scalar(curve, octets)?);
    }
    match octets.first() {
        Some(0x30) => Ok(PrivateKey::from_pkcs8_der(octets, passphrase)?),
        _ => bail!(
            "not a private key: neither PKCS#8 (PEM or DER) nor the {} octets of a scalar of {curve}",
            curve.coordinate_len()
        ),
    }
}

fn unhex(octets: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digits: Zeroizing<Vec<u8>> =
        Zeroizing::new(octets.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect());
    hex::decode(&*digits).ok().filter(|found| !found.is_empty()).map(Zeroizing::new)
}

/// Reads a file into a buffer that never grows, so that no copy is left behind.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let name = path.display();
    if path.is_dir() {
        bail!("{name}: is a directory, a file is needed");
    }
    let file = File::open(path).with_context(|| format!("{name}: cannot be opened"))?;
    let mut octets = Zeroizing::new(Vec::with_capacity(MAX_SECRET_OCTETS + 1));
    file.take(MAX_SECRET_OCTETS as u64 + 1)
        .read_to_end(&mut octets)
        .with_context(|| format!("{name}: cannot be read"))?;
    match octets.len() {
        0 => bail!("{name}: is empty"),
        1..=MAX_SECRET_OCTETS => Ok(octets),
        _ => bail!("{name}: larger than {MAX_SECRET_OCTETS} octets, which no key is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: [u8; 32] = {
        let mut scalar = [0; 32];
        scalar[31] = 1;
        scalar
    };

    #[test]
    fn a_scalar_is_read_in_binary_and_in_hex() {
        let binary = parse_key(&ONE, Curve::NistP256, None).map(|key| *key.public_key()).ok();
        let digits = format!("{}\n", hex::encode(ONE));
        let text = parse_key(digits.as_bytes(), Curve::NistP256, None).map(|key| *key.public_key()).ok();
        assert!(binary.is_some());
        assert_eq!(binary, text);
    }

    #[test]
    fn a_scalar_of_another_curve_is_no_key() {
        let error = parse_key(&ONE, Curve::NistP384, None).err().map(|error| error.to_string());
        assert!(error.is_some_and(|error| error.contains("48 octets")), "it says what it wants");
    }

    #[test]
    fn pkcs8_is_read_as_der_and_as_pem() {
        let key = PrivateKey::from_scalar(Curve::BrainpoolP256r1, &ONE).expect("one is a scalar");
        let der = key.to_pkcs8_der().expect("it is encoded");
        let pem = key.to_pkcs8_pem().expect("it is encoded");
        for octets in [der.as_slice(), pem.as_bytes()] {
            let read = parse_key(octets, Curve::NistP256, None).expect("it is read");
            assert_eq!(read.public_key(), key.public_key());
        }
    }
}
