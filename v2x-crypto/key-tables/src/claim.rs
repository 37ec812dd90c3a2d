//! A signature of a key that has a table.

use std::sync::Arc;

use v2x_crypto::{CryptoError, Curve, Signature, sha256};
use v2x_crypto_p256_batch::{Item, KeyTable, Verdict};

/// A signature of a key that has a table.
pub(crate) struct Claim {
    table: Arc<KeyTable>,
    digest: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
}

impl Claim {
    /// `None` for a signature on another curve than its key: the wrapped provider says what is wrong with it.
    pub(crate) fn new(table: Arc<KeyTable>, message: &[u8], signature: &Signature) -> Option<Self> {
        if signature.curve() != Curve::NistP256 {
            return None;
        }
        let digest = sha256(message);
        let (r, s) = (signature.r().try_into().ok()?, signature.s().try_into().ok()?);
        Some(Self { table, digest, r, s })
    }

    pub(crate) fn item(&self) -> Item<'_> {
        Item { key: &self.table, digest: self.digest, r: self.r, s: self.s }
    }
}

/// A verdict that is missing vouches for nothing.
pub(crate) const fn judged(verdict: Option<&Verdict>) -> Result<(), CryptoError> {
    match verdict {
        Some(Verdict::Valid) => Ok(()),
        Some(Verdict::Invalid) | None => Err(CryptoError::BadSignature),
    }
}
