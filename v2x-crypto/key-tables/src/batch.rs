//! A batch: signatures of keys with tables together, the others at once.

use v2x_crypto::{BatchVerifier, CryptoError, PreparedKey, Signature};
use v2x_crypto_p256_batch::Kernel;

use crate::claim::Claim;
use crate::key::TabledKey;
use crate::verifiers::Verifiers;

/// The batch of one thread.
pub(crate) struct TableBatch {
    verifiers: Verifiers,
    /// The signatures whose keys have tables.
    claims: Vec<Claim>,
    /// A verdict for each signature that was added; `None` for those among `claims`, in their order.
    added: Vec<Option<Result<(), CryptoError>>>,
}

impl TableBatch {
    pub(crate) fn new(kernel: Kernel, capacity: usize) -> Self {
        Self { verifiers: Verifiers::new(kernel, capacity), claims: Vec::new(), added: Vec::new() }
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
        let mut judged = self.verifiers.verify(&self.claims).iter().copied();
        let mut next = || judged.next().unwrap_or(Err(CryptoError::BadSignature));
        verdicts.clear();
        verdicts.extend(self.added.drain(..).map(|known| known.unwrap_or_else(&mut next)));
        self.claims.clear();
    }
}
