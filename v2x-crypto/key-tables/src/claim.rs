//! A signature of a key that has a table.

use std::sync::Arc;

use v2x_crypto::{Digest, Signature};
use v2x_crypto_curve_batch as curve_batch;
use v2x_crypto_p256_batch as p256_batch;

use crate::table::Table;

/// A signature of a key that has a table.
pub(crate) struct Claim {
    pub(crate) table: Arc<Table>,
    digest: Digest,
    signature: Signature,
}

impl Claim {
    /// `None` for a signature on another curve than its key: the wrapped provider says what is wrong with it.
    pub(crate) fn new(table: Arc<Table>, message: &[u8], signature: &Signature) -> Option<Self> {
        let curve = table.curve();
        let digest = (signature.curve() == curve).then(|| curve.hash().digest(message))?;
        Some(Self { table, digest, signature: *signature })
    }

    /// `None` if it is not on P-256.
    pub(crate) fn p256_item(&self) -> Option<p256_batch::Item<'_>> {
        let Table::P256(key) = &*self.table else { return None };
        let part = |octets: &[u8]| octets.try_into().ok();
        let (r, s) = (part(self.signature.r())?, part(self.signature.s())?);
        Some(p256_batch::Item { key, digest: part(self.digest.as_bytes())?, r, s })
    }

    /// `None` if it is on P-256.
    pub(crate) fn other_item(&self) -> Option<curve_batch::Item<'_>> {
        let Table::Other(key) = &*self.table else { return None };
        let (r, s) = (self.signature.r(), self.signature.s());
        Some(curve_batch::Item { key, digest: self.digest.as_bytes(), r, s })
    }
}
