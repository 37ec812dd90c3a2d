//! The four curves and two hashes.

use crate::error::{Algorithm, CryptoError};
use core::{fmt, str::FromStr};

/// An elliptic curve that IEEE 1609.2 and TS 103 097 name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Curve {
    /// NIST P-256 (`ecdsaNistP256`).
    NistP256,
    /// NIST P-384 (`ecdsaNistP384`).
    NistP384,
    /// brainpoolP256r1 (`ecdsaBrainpoolP256r1`).
    BrainpoolP256r1,
    /// brainpoolP384r1 (`ecdsaBrainpoolP384r1`).
    BrainpoolP384r1,
}

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HashAlgorithm {
    /// SHA-256, 32 octets.
    Sha256,
    /// SHA-384, 48 octets.
    Sha384,
}

/// Octets in the largest coordinate or scalar.
pub(crate) const MAX_COORDINATE_LEN: usize = 48;

impl Curve {
    /// Every curve.
    pub const ALL: [Self; 4] = [Self::NistP256, Self::NistP384, Self::BrainpoolP256r1, Self::BrainpoolP384r1];

    /// The hash that goes with signatures of this curve: of the same strength.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::NistP256 | Self::BrainpoolP256r1 => HashAlgorithm::Sha256,
            Self::NistP384 | Self::BrainpoolP384r1 => HashAlgorithm::Sha384,
        }
    }

    /// Octets in a coordinate, in a private key, and in each part of a signature: 32 or 48.
    #[must_use]
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::NistP256 | Self::BrainpoolP256r1 => 32,
            Self::NistP384 | Self::BrainpoolP384r1 => 48,
        }
    }

    /// The usual name, which [`FromStr`] reads back.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NistP256 => "NistP256",
            Self::NistP384 => "NistP384",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Curve {
    type Err = CryptoError;

    /// Reads a name without regard to case or hyphens: `P-256`, `NistP256`, `secp384r1`, `brainpoolP256r1`, …
    fn from_str(name: &str) -> Result<Self, CryptoError> {
        let is = |known: &str| same_name(name, known);
        match () {
            () if is("P256") || is("NistP256") || is("secp256r1") || is("prime256v1") => Ok(Self::NistP256),
            () if is("P384") || is("NistP384") || is("secp384r1") => Ok(Self::NistP384),
            () if is("brainpoolP256r1") => Ok(Self::BrainpoolP256r1),
            () if is("brainpoolP384r1") => Ok(Self::BrainpoolP384r1),
            () if is("SM2") => Err(CryptoError::Unsupported(Algorithm::Sm2)),
            () => Err(CryptoError::UnknownName),
        }
    }
}

impl HashAlgorithm {
    /// Octets in a digest.
    #[must_use]
    pub const fn digest_len(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }

    /// The usual name, which [`FromStr`] reads back.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
        }
    }
}

impl fmt::Display for HashAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for HashAlgorithm {
    type Err = CryptoError;

    /// Reads a name without regard to case or hyphens.
    fn from_str(name: &str) -> Result<Self, CryptoError> {
        let is = |known: &str| same_name(name, known);
        match () {
            () if is("SHA256") => Ok(Self::Sha256),
            () if is("SHA384") => Ok(Self::Sha384),
            () if is("SM3") => Err(CryptoError::Unsupported(Algorithm::Sm3)),
            () => Err(CryptoError::UnknownName),
        }
    }
}

/// Whether `given` is `known` but for case and hyphens.
fn same_name(given: &str, known: &str) -> bool {
    given
        .chars()
        .filter(|&c| c != '-')
        .map(|c| c.to_ascii_lowercase())
        .eq(known.chars().map(|c| c.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_reads_back_its_own_name() {
        for curve in Curve::ALL {
            assert_eq!(curve.name().parse(), Ok(curve));
        }
    }

    #[test]
    fn the_usual_other_names_are_read() {
        assert_eq!("P-256".parse(), Ok(Curve::NistP256));
        assert_eq!("secp384r1".parse(), Ok(Curve::NistP384));
        assert_eq!("BRAINPOOLP384R1".parse(), Ok(Curve::BrainpoolP384r1));
        assert_eq!("sha-384".parse(), Ok(HashAlgorithm::Sha384));
    }

    #[test]
    fn sm2_and_sm3_are_refused_by_name() {
        assert_eq!("SM2".parse::<Curve>(), Err(CryptoError::Unsupported(Algorithm::Sm2)));
        assert_eq!("SM3".parse::<HashAlgorithm>(), Err(CryptoError::Unsupported(Algorithm::Sm3)));
        assert_eq!("P-521".parse::<Curve>(), Err(CryptoError::UnknownName));
    }
}
