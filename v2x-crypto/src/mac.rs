//! HMAC-SHA256 and its 16-octet form, which is MAC1 of IEEE 1609.2 and the `keyTag` of TS 102 941.

use crate::{CryptoError, secret::with_wiped_stack};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// HMAC-SHA256 of `message` under `key`, which may have any length.
///
/// # Errors
/// [`CryptoError::Backend`] never occurs: HMAC takes every key.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Result<[u8; 32], CryptoError> {
    with_wiped_stack(|| hmac_on_stack(key, message))
}

fn hmac_on_stack(key: &[u8], message: &[u8]) -> Result<[u8; 32], CryptoError> {
    let mac = Hmac::<Sha256>::new_from_slice(key);
    let mut mac = mac.map_err(|_| CryptoError::Backend("HMAC refused its key"))?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().into())
}

/// The first 16 octets of HMAC-SHA256.
///
/// # Errors
/// As for [`hmac_sha256`].
pub fn tag128(key: &[u8], message: &[u8]) -> Result<[u8; 16], CryptoError> {
    let full = hmac_sha256(key, message)?;
    let mut tag = [0; 16];
    tag.iter_mut().zip(full).for_each(|(to, from)| *to = from);
    Ok(tag)
}

/// Checks a 16-octet tag in constant time.
///
/// # Errors
/// [`CryptoError::BadTag`] if it is another one.
pub fn verify_tag128(key: &[u8], message: &[u8], tag: &[u8; 16]) -> Result<(), CryptoError> {
    if tag128(key, message)?.ct_eq(tag).into() { Ok(()) } else { Err(CryptoError::BadTag) }
}
