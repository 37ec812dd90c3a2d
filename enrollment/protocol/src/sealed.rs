//! The encrypted layer: `EtsiTs103097Data-Encrypted` with one recipient (TS 102 941 clause 6.2.0.2).
//!
//! A request goes to a certificate (`certRecipInfo`) under a fresh AES key, which the sender keeps; the answer comes
//! back under that key (`pskRecipInfo`). The encryption itself is [`v2x_security::encrypt`]; here it is bounded, and
//! its errors get the names of the exchange.

use crate::{Fault, limits::MAX_MESSAGE_OCTETS};
use v2x_codec::ieee1609dot2::Ieee1609Dot2Data;
use v2x_crypto::{AesKey, CryptoRng, KeyAgreement, Provider};
use v2x_security::{
    certificate::Certificate,
    encrypt::{self, EncryptionError},
};
use zeroize::Zeroizing;

pub use v2x_security::encrypt::Opened;

/// Encrypts `plaintext` to the holder of `recipient`; the key returned opens the answer.
///
/// # Errors
/// [`Fault::BadEncryptionKey`] if the certificate has no encryption key; [`Fault::Denied`] when encryption fails.
pub fn seal(
    plaintext: &[u8],
    recipient: &Certificate,
    provider: &dyn Provider,
    rng: &mut dyn CryptoRng,
) -> Result<(Ieee1609Dot2Data, AesKey), Fault> {
    Ok(encrypt::seal(plaintext, recipient, provider, rng)?)
}

/// Encrypts an answer under the key of its request.
///
/// # Errors
/// [`Fault::Denied`] when encryption fails.
pub fn seal_answer(
    plaintext: &[u8],
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<Ieee1609Dot2Data, Fault> {
    Ok(encrypt::seal_under(plaintext, key, rng)?)
}

/// Opens what was encrypted to the holder of `recipient`.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::Unparsable`], [`Fault::WrongContent`], [`Fault::NotTheRecipient`],
/// [`Fault::UnknownAlgorithm`], [`Fault::Undecryptable`]; [`Fault::Denied`] when the key's holder fails.
pub fn open(octets: &[u8], recipient: &Certificate, agreement: &dyn KeyAgreement) -> Result<Opened, Fault> {
    Ok(encrypt::open(bounded(octets)?, recipient, agreement)?)
}

/// Opens an answer with the key of its request.
///
/// # Errors
/// As [`open`].
pub fn open_answer(octets: &[u8], key: &AesKey) -> Result<Zeroizing<Vec<u8>>, Fault> {
    Ok(encrypt::open_under(bounded(octets)?, key)?)
}

const fn bounded(octets: &[u8]) -> Result<&[u8], Fault> {
    if octets.len() > MAX_MESSAGE_OCTETS { Err(Fault::TooLong(octets.len())) } else { Ok(octets) }
}

impl From<EncryptionError> for Fault {
    fn from(error: EncryptionError) -> Self {
        match error {
            EncryptionError::NoEncryptionKey => Self::BadEncryptionKey,
            EncryptionError::Malformed(error) => Self::Unparsable(error),
            EncryptionError::WrongContent(expected) => Self::WrongContent(expected),
            EncryptionError::NotTheRecipient => Self::NotTheRecipient,
            EncryptionError::UnknownAlgorithm => Self::UnknownAlgorithm,
            EncryptionError::Undecryptable => Self::Undecryptable,
            EncryptionError::Failed(_) => Self::Denied("a cryptographic operation failed"),
            _ => Self::Denied("an encryption error that this version does not know"),
        }
    }
}
