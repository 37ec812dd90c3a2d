//! What a source of cryptography offers, and what a key that lives elsewhere must be able to do.

use crate::{CryptoError, PrivateKey, PublicKey, SharedSecret, Signature};
use alloc::{boxed::Box, vec::Vec};
use core::any::Any;

/// Something that signs with one private key: in memory, in a secure element, behind a network.
pub trait Signer: Send + Sync {
    /// The key that verifies what this signs.
    fn public_key(&self) -> &PublicKey;

    /// Signs the hash of `message`, with the hash of the key's curve.
    ///
    /// # Errors
    /// [`CryptoError::Backend`] if the key's holder fails.
    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError>;
}

/// Something that agrees on a secret with one private key.
pub trait KeyAgreement: Send + Sync {
    /// The key to which others encrypt.
    fn public_key(&self) -> &PublicKey;

    /// The x coordinate of this private key times `peer` (the ECSVDP-DH primitive of IEEE 1363).
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`]; [`CryptoError::Backend`] if the key's holder fails.
    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError>;
}

/// A public key in the form in which a provider verifies fastest.
pub trait PreparedKey: Send + Sync {
    /// The key.
    fn public_key(&self) -> &PublicKey;

    /// Itself, for a [`BatchVerifier`] to recognise the keys of its own provider.
    fn as_any(&self) -> &dyn Any;

    /// Verifies `signature` over the hash of `message`, with the hash of the key's curve.
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`]; [`CryptoError::BadSignature`].
    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError>;

    /// Reads what is so many steps away of what verifying will need, so that for many keys the waits for memory go on side by
    /// side. Changes nothing; a key that is verified without having been fetched is verified as well.
    fn fetch(&self, step: usize) {
        let _ = step;
    }
}

/// Verifies many signatures at once, with a verdict for each.
///
/// A bad signature among good ones changes nothing for the others, neither their verdicts nor, by more than a few
/// percent, what they cost.
pub trait BatchVerifier: Send {
    /// Adds a signature over the hash of `message` (with the hash of the key's curve) to the batch.
    fn add(&mut self, key: &dyn PreparedKey, message: &[u8], signature: &Signature);

    /// Verifies what was added: replaces `verdicts` by one for each, in their order, and begins an empty batch.
    fn verdicts(&mut self, verdicts: &mut Vec<Result<(), CryptoError>>);
}

/// Verifies each signature when it is added.
#[derive(Default)]
struct OneByOne(Vec<Result<(), CryptoError>>);

impl BatchVerifier for OneByOne {
    fn add(&mut self, key: &dyn PreparedKey, message: &[u8], signature: &Signature) {
        self.0.push(key.verify(message, signature));
    }

    fn verdicts(&mut self, verdicts: &mut Vec<Result<(), CryptoError>>) {
        verdicts.clear();
        verdicts.append(&mut self.0);
    }
}

/// What the tables of keys hold and have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyTableStatistics {
    /// Keys that have a table.
    pub tables: usize,
    /// Octets that their tables take.
    pub octets: usize,
    /// Signatures whose key had a table.
    pub hits: u64,
    /// Signatures whose key had none.
    pub misses: u64,
    /// Tables built.
    pub built: u64,
    /// Tables thrown away for others.
    pub evicted: u64,
    /// Keys that got no table because all others were in use.
    pub turned_away: u64,
}

/// An implementation of ECDSA and ECDH on all four curves.
pub trait Provider: Send + Sync {
    /// Its name, for logs and reports.
    fn name(&self) -> &'static str;

    /// Verifies `signature` over the hash of `message`, with the hash of the key's curve.
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`]; [`CryptoError::BadSignature`].
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError>;

    /// Readies a key that will verify more than one signature.
    ///
    /// # Errors
    /// [`CryptoError::Backend`] if the implementation refuses the key.
    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError>;

    /// A verifier of many signatures at once, for one thread. One by one, where the implementation knows nothing better.
    fn batch_verifier(&self) -> Box<dyn BatchVerifier> {
        Box::new(OneByOne::default())
    }

    /// What the tables of keys hold and have done, where the provider keeps such tables.
    fn key_tables(&self) -> Option<KeyTableStatistics> {
        None
    }

    /// A signer that holds a copy of `key`.
    ///
    /// # Errors
    /// [`CryptoError::Backend`] if the implementation refuses the key.
    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError>;

    /// A key agreement that holds a copy of `key`.
    ///
    /// # Errors
    /// [`CryptoError::Backend`] if the implementation refuses the key.
    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError>;
}
