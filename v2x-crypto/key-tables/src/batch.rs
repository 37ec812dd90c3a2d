//! A batch: signatures of keys with tables together, the others at once.

use std::sync::Arc;

use v2x_crypto::{BatchVerifier, CryptoError, Curve, PreparedKey, Signature, sha256};
use v2x_crypto_p256_batch::{self as p256_batch, Item, Kernel, KeyTable};

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

struct Claim {
    table: Arc<KeyTable>,
    digest: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
}

impl TableBatch {
    pub(crate) fn new(kernel: Kernel, capacity: usize) -> Self {
        let verifier = p256_batch::BatchVerifier::new(kernel, capacity);
        Self { verifier, claims: Vec::new(), added: Vec::new(), items: Vec::new() }
    }
}

impl BatchVerifier for TableBatch {
    fn add(&mut self, key: &dyn PreparedKey, message: &[u8], signature: &Signature) {
        let table = key.as_any().downcast_ref().and_then(TabledKey::use_table);
        let claim = table.and_then(|table| Claim::new(table, message, signature));
        self.added.push(claim.is_none().then(|| key.verify(message, signature)));
        self.claims.extend(claim);
    }

    fn verdicts(&mut self, verdicts: &mut Vec<Result<(), CryptoError>>) {
        let mut items = emptied(core::mem::take(&mut self.items));
        items.extend(self.claims.iter().map(Claim::item));
        let mut judged = self.verifier.verify(&items).iter();
        verdicts.clear();
        verdicts.extend(self.added.drain(..).map(|known| {
            known.unwrap_or_else(|| match judged.next() {
                Some(p256_batch::Verdict::Valid) => Ok(()),
                Some(p256_batch::Verdict::Invalid) | None => Err(CryptoError::BadSignature),
            })
        }));
        self.items = emptied(items);
        self.claims.clear();
    }
}

impl Claim {
    /// `None` for a signature on another curve than its key: the wrapped provider says what is wrong with it.
    fn new(table: Arc<KeyTable>, message: &[u8], signature: &Signature) -> Option<Self> {
        if signature.curve() != Curve::NistP256 {
            return None;
        }
        let digest = sha256(message);
        let (r, s) = (signature.r().try_into().ok()?, signature.s().try_into().ok()?);
        Some(Self { table, digest, r, s })
    }

    fn item(&self) -> Item<'_> {
        Item { key: &self.table, digest: self.digest, r: self.r, s: self.s }
    }
}

/// The same memory, for items of other tables.
#[expect(clippy::unnecessary_filter_map, reason = "a filter would keep the lifetime of the old items")]
fn emptied<'b>(mut items: Vec<Item<'_>>) -> Vec<Item<'b>> {
    items.clear();
    // Collecting in place keeps the allocation; without it, this would only be slower. No item is left to be mapped.
    items.into_iter().filter_map(|_| None).collect()
}
