//! The one error of this crate.

use crate::Curve;
use thiserror::Error;

/// Why a cryptographic operation was refused.
///
/// It is `Copy`, carries no secret and no allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CryptoError {
    /// An algorithm that the standards name and this crate does not implement.
    #[error("{0} is not supported")]
    Unsupported(Algorithm),
    /// A name of a curve or hash that is not known.
    #[error("this is not the name of a known curve or hash")]
    UnknownName,
    /// Octets that are no SEC 1 point of the curve: wrong first octet or wrong length.
    #[error("these {len} octets are not a SEC 1 point of {curve}")]
    PointEncoding {
        /// The curve that was expected.
        curve: Curve,
        /// Length of the octets.
        len: usize,
    },
    /// A coordinate is not below the prime of the curve's field.
    #[error("a coordinate is not below the field prime of {0}")]
    CoordinateRange(Curve),
    /// No point of the curve has these coordinates.
    #[error("the point is not on {0}")]
    NotOnCurve(Curve),
    /// The result of a point operation is the point at infinity, which is no key.
    #[error("the resulting point is infinity")]
    Infinity,
    /// A part of a signature, or a scalar, has the wrong number of octets.
    #[error("{what} has {found} octets, {curve} needs {expected}")]
    Length {
        /// Which value.
        what: &'static str,
        /// The curve it should belong to.
        curve: Curve,
        /// Octets needed.
        expected: usize,
        /// Octets found.
        found: usize,
    },
    /// A scalar (`r`, `s` or a private key) is zero or not below the order of the curve.
    #[error("{what} is not in 1..n of {curve}")]
    ScalarRange {
        /// Which scalar.
        what: &'static str,
        /// Its curve.
        curve: Curve,
    },
    /// The octets are no DER `ECDSA-Sig-Value`.
    #[error("the signature is not a DER ECDSA-Sig-Value")]
    SignatureEncoding,
    /// Key and signature, or key and peer key, belong to different curves.
    #[error("this belongs to {found}, the key to {expected}")]
    CurveMismatch {
        /// Curve of the key.
        expected: Curve,
        /// Curve of the other value.
        found: Curve,
    },
    /// The signature is well formed, but not by this key over this message.
    #[error("the signature does not match the message and key")]
    BadSignature,
    /// The authentication tag of an encrypted value does not match: wrong key, or altered octets.
    #[error("the authentication tag does not match")]
    BadTag,
    /// A ciphertext is shorter than its tag, or a message longer than AES-CCM can take.
    #[error("{found} octets cannot be a message of AES-CCM here")]
    MessageLength {
        /// Octets found.
        found: usize,
    },
    /// The octets are no PKCS#8 private key, or not of the form this crate reads.
    #[error("not a usable PKCS#8 private key: {0}")]
    Pkcs8(&'static str),
    /// The octets are no SubjectPublicKeyInfo, or not of the form this crate reads.
    #[error("not a usable SubjectPublicKeyInfo: {0}")]
    KeyInfo(&'static str),
    /// The private key is encrypted and no passphrase was given.
    #[error("the private key is encrypted, a passphrase is needed")]
    PassphraseNeeded,
    /// The private key could not be decrypted.
    #[error("the private key cannot be decrypted: wrong passphrase or damaged file")]
    WrongPassphrase,
    /// The random number generator delivered nothing usable; it must be broken.
    #[error("the random number generator yields no usable value")]
    Randomness,
    /// The backend that holds the key refused the operation.
    #[error("the crypto backend failed: {0}")]
    Backend(&'static str),
}

/// What is refused by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Algorithm {
    /// The SM2 curve and its signature and encryption schemes.
    #[error("SM2")]
    Sm2,
    /// The SM3 hash.
    #[error("SM3")]
    Sm3,
    /// The SM4 block cipher.
    #[error("SM4")]
    Sm4,
    /// ECIES on a curve for which IEEE 1609.2 defines none.
    #[error("ECIES on {0}")]
    Ecies(Curve),
    /// ECQV on a curve for which IEEE 1609.2 defines none.
    #[error("ECQV on {0}")]
    Ecqv(Curve),
}

impl CryptoError {
    /// A [`CryptoError::CurveMismatch`] if `found` is not `expected`.
    pub(crate) fn unless_same(expected: Curve, found: Curve) -> Result<(), Self> {
        if expected == found { Ok(()) } else { Err(Self::CurveMismatch { expected, found }) }
    }

    /// A [`CryptoError::Length`] if `octets` are not as many as a coordinate of `curve` has.
    pub(crate) fn unless_coordinate(what: &'static str, curve: Curve, octets: &[u8]) -> Result<(), Self> {
        let (expected, found) = (curve.coordinate_len(), octets.len());
        if expected == found { Ok(()) } else { Err(Self::Length { what, curve, expected, found }) }
    }
}
