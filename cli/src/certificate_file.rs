//! A certificate from a file named on the command line.

use std::path::Path;

use anyhow::{Result, bail};
use v2x_security::certificate::Certificate;

use crate::input;

/// Reads a certificate in COER, binary or hex.
pub(crate) fn read(path: &Path) -> Result<Certificate> {
    let input = input::read_file(path)?;
    if !looks_like_certificate(&input.octets) {
        bail!("{}: not a certificate in COER", input.name);
    }
    match Certificate::parse(&input.octets) {
        Ok(certificate) => Ok(certificate),
        Err(refusal) => bail!("{}: {refusal}", input.name),
    }
}

/// Whether octets begin as `CertificateBase` does: the presence bit of the signature, version 3, the type.
pub(crate) const fn looks_like_certificate(octets: &[u8]) -> bool {
    matches!(octets, [0x00 | 0x80, 3, 0 | 1, ..])
}
