//! A batch: signatures of keys with tables together, the others at once.

use v2x_crypto::{BatchVerifier, CryptoError, PreparedKey, Signature};
use v2x_crypto_p256_batch::{self as p256_batch, Item, Kernel};

use crate::claim::{Claim, judged};
use crate::key::TabledKey;

/// The batch of one thread.
pub(crate) struct TableBatch {
    verifier: p256_batch::BatchVerifier,
    /// The signatures whose keys have tables.
    claims: Vec<Claim>,
    /// A verdict for each signature that was added; `None` for those among `claims`, in their order.
    added: Vec<Option<Result<(), CryptoError>>>,
    /// Empty between batches; kept for its memory.
    items: Vec<Item<'static>>,
}

impl TableBatch {
    pub(crate) fn new(kernel: Kernel, capacity: usize) -> Self {
        let verifier = p256_batch::BatchVerifier::new(kernel, capacity);
        Self { verifier, claims: Vec::new(), added: Vec::new(), items: Vec::new() }
    }
}

impl BatchVerifier for TableBatch {
    fn add(&mut self, key: &dyn PreparedKey, message: &[u8], signature: &Signature) {
        let tabled: Option<&TabledKey> = key.as_any().downcast_ref();
        let table = tabled.and_then(TabledKey::use_table);
        let claim = table.and_then(|table| Claim::new(table, message, signature));
        let inner = tabled.map_or(key, TabledKey::inner);
        self.added.push(claim.is_none().then(|| inner.verify(message, signature)));
        self.claims.extend(claim);
    }

    fn verdicts(&mut self, verdicts: &mut Vec<Result<(), CryptoError>>) {
        let mut items = emptied(core::mem::take(&mut self.items));
        items.extend(self.claims.iter().map(Claim::item));
        let mut found = self.verifier.verify(&items).iter();
        verdicts.clear();
        verdicts.extend(self.added.drain(..).map(|known| known.unwrap_or_else(|| judged(found.next()))));
        self.items = emptied(items);
        self.claims.clear();
    }
}

/// The same memory, for items of other tables.
#[expect(clippy::unnecessary_filter_map, reason = "a filter would keep the lifetime of the old items")]
fn emptied<'b>(mut items: Vec<Item<'_>>) -> Vec<Item<'b>> {
    items.clear();
    // Collecting in place keeps the allocation; without it, this would only be slower. No item is left to be mapped.
    items.into_iter().filter_map(|_| None).collect()
}
