//! AES-128-CCM as IEEE 1609.2 uses it: 12-octet nonce, 16-octet tag behind the ciphertext, no associated data.

use crate::{AesKey, CryptoError, secret::with_wiped_stack};
use ::ccm::{
    Ccm, KeyInit as _,
    aead::{
        AeadInOut as _,
        consts::{U12, U16},
    },
};
use aes::Aes128;
use alloc::vec::Vec;
use zeroize::{Zeroize as _, Zeroizing};

/// Octets in a nonce.
pub const NONCE_LEN: usize = 12;
/// Octets in a tag.
pub const TAG_LEN: usize = 16;

type Cipher = Ccm<Aes128, U16, U12>;

/// Encrypts `plaintext`; the result is 16 octets longer. A nonce must never come twice under one key.
///
/// # Errors
/// [`CryptoError::MessageLength`] above 16 MiB − 1.
pub fn seal(key: &AesKey, nonce: &[u8; NONCE_LEN], plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    with_wiped_stack(|| seal_on_stack(key, nonce, plaintext))
}

/// Decrypts what [`seal`] made. Nothing of the plaintext comes out unless the tag matches.
///
/// # Errors
/// [`CryptoError::MessageLength`] if `sealed` is shorter than a tag; [`CryptoError::BadTag`].
pub fn open(key: &AesKey, nonce: &[u8; NONCE_LEN], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    with_wiped_stack(|| open_on_stack(key, nonce, sealed))
}

fn seal_on_stack(key: &AesKey, nonce: &[u8; NONCE_LEN], plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let mut sealed = Vec::with_capacity(plaintext.len().saturating_add(TAG_LEN));
    sealed.extend_from_slice(plaintext);
    let tag = Cipher::new(key.expose().into()).encrypt_inout_detached(
        nonce.into(),
        &[],
        sealed.as_mut_slice().into(),
    );
    let Ok(tag) = tag else {
        sealed.zeroize();
        return Err(CryptoError::MessageLength { found: plaintext.len() });
    };
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

fn open_on_stack(
    key: &AesKey,
    nonce: &[u8; NONCE_LEN],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (ciphertext, tag) =
        sealed.split_last_chunk::<TAG_LEN>().ok_or(CryptoError::MessageLength { found: sealed.len() })?;
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    Cipher::new(key.expose().into())
        .decrypt_inout_detached(nonce.into(), &[], plaintext.as_mut_slice().into(), tag.into())
        .map_err(|_| CryptoError::BadTag)?;
    Ok(plaintext)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> AesKey {
        AesKey::from_bytes(&[7; 16])
    }

    #[test]
    fn what_is_sealed_opens() {
        for len in [0, 1, 15, 16, 17, 1000] {
            let plaintext = std::vec![3; len];
            let sealed = seal(&key(), &[1; 12], &plaintext).unwrap();
            assert_eq!(sealed.len(), len + TAG_LEN);
            assert_eq!(*open(&key(), &[1; 12], &sealed).unwrap(), plaintext);
        }
    }

    #[test]
    fn every_altered_bit_is_noticed() {
        let sealed = seal(&key(), &[1; 12], b"four").unwrap();
        for bit in 0..8 * sealed.len() {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key(), &[1; 12], &altered).err(), Some(CryptoError::BadTag));
        }
        assert_eq!(open(&key(), &[2; 12], &sealed).err(), Some(CryptoError::BadTag));
    }

    #[test]
    fn less_than_a_tag_is_refused() {
        assert_eq!(open(&key(), &[1; 12], &[0; 15]).err(), Some(CryptoError::MessageLength { found: 15 }));
    }

    #[test]
    fn a_message_too_long_for_the_length_field_is_refused() {
        let found = 1 << 24;
        let refused = seal(&key(), &[1; 12], &std::vec![0; found]);
        assert_eq!(refused, Err(CryptoError::MessageLength { found }));
    }
}
