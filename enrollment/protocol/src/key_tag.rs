//! `keyTag`: what ties a ticket's keys to the part of the request that the EA sees, without showing them to it
//! (TS 102 941 clause 6.2.3.3.1).

use crate::Fault;
use v2x_codec::{ieee1609dot2::encode, ts102941::PublicKeys};
use v2x_crypto::mac;

/// The leftmost 128 bits of HMAC-SHA256 over the encodings of `verificationKey` and, if it is there, `encryptionKey`.
///
/// # Errors
/// [`Fault::Unparsable`] when the keys do not encode.
pub fn key_tag(hmac_key: &[u8; 32], keys: &PublicKeys) -> Result<[u8; 16], Fault> {
    Ok(mac::tag128(hmac_key, &serialized(keys)?)?)
}

/// Checks a tag in constant time.
///
/// # Errors
/// [`Fault::KeyTagMismatch`].
pub fn verify(hmac_key: &[u8; 32], keys: &PublicKeys, tag: &[u8; 16]) -> Result<(), Fault> {
    mac::verify_tag128(hmac_key, &serialized(keys)?, tag).map_err(|_| Fault::KeyTagMismatch)
}

fn serialized(keys: &PublicKeys) -> Result<Vec<u8>, Fault> {
    let mut octets = encode(&keys.verification_key)?;
    if let Some(encryption_key) = &keys.encryption_key {
        octets.extend(encode(encryption_key)?);
    }
    Ok(octets)
}
