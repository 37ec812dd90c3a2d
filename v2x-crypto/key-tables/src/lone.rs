//! One signature at a time, by the table of its key.

use std::sync::{Mutex, MutexGuard, PoisonError};

use v2x_crypto::CryptoError;
use v2x_crypto_p256_batch::{BatchVerifier, Kernel};

use crate::claim::{Claim, judged};

/// Verifiers of single signatures: as many as threads have verified one at the same time.
pub(crate) struct Lone {
    kernel: Kernel,
    idle: Mutex<Vec<BatchVerifier>>,
}

impl Lone {
    pub(crate) const fn new(kernel: Kernel) -> Self {
        Self { kernel, idle: Mutex::new(Vec::new()) }
    }

    pub(crate) fn verify(&self, claim: &Claim) -> Result<(), CryptoError> {
        let idle = self.idle().pop();
        let mut verifier = idle.unwrap_or_else(|| BatchVerifier::new(self.kernel, 1));
        let verdict = judged(verifier.verify(&[claim.item()]).first());
        self.idle().push(verifier);
        verdict
    }

    fn idle(&self) -> MutexGuard<'_, Vec<BatchVerifier>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
