//! The verifiers of one thread, for all curves.

use v2x_crypto::CryptoError;
use v2x_crypto_curve_batch as curve_batch;
use v2x_crypto_p256_batch::{self as p256_batch, Kernel};

use crate::claim::Claim;
use crate::table::Table;

/// Verifies claims of all curves.
pub(crate) struct Verifiers {
    p256: p256_batch::BatchVerifier,
    other: curve_batch::BatchVerifier,
    judged: Vec<Result<(), CryptoError>>,
    /// Empty between calls; kept for their memory.
    p256_items: Vec<p256_batch::Item<'static>>,
    other_items: Vec<curve_batch::Item<'static>>,
}

impl Verifiers {
    /// With room for so many signatures at once.
    pub(crate) fn new(kernel: Kernel, capacity: usize) -> Self {
        Self {
            p256: p256_batch::BatchVerifier::new(kernel, capacity),
            other: curve_batch::BatchVerifier::new(capacity),
            judged: Vec::new(),
            p256_items: Vec::new(),
            other_items: Vec::new(),
        }
    }

    /// A verdict for each claim, in their order.
    pub(crate) fn verify(&mut self, claims: &[Claim]) -> &[Result<(), CryptoError>] {
        let mut p256_items = emptied(core::mem::take(&mut self.p256_items));
        let mut other_items = emptied(core::mem::take(&mut self.other_items));
        p256_items.extend(claims.iter().filter_map(Claim::p256_item));
        other_items.extend(claims.iter().filter_map(Claim::other_item));
        let mut p256 = self.p256.verify(&p256_items).iter().map(|verdict| verdict.is_valid());
        let mut other = self.other.verify(&other_items).iter().map(|verdict| verdict.is_valid());
        self.judged.clear();
        self.judged.extend(claims.iter().map(|claim| match &*claim.table {
            Table::P256(_) => judged(p256.next()),
            Table::Other(_) => judged(other.next()),
        }));
        (self.p256_items, self.other_items) = (emptied(p256_items), emptied(other_items));
        &self.judged
    }
}

/// A verdict that is missing vouches for nothing.
fn judged(valid: Option<bool>) -> Result<(), CryptoError> {
    if valid == Some(true) { Ok(()) } else { Err(CryptoError::BadSignature) }
}

/// The same memory, for items of other tables.
fn emptied<Old, New>(mut items: Vec<Old>) -> Vec<New> {
    items.clear();
    // Collecting in place keeps the allocation; without it, this would only be slower. No item is left to be mapped.
    items.into_iter().filter_map(|_| None).collect()
}
