//! One signature at a time, by the table of its key.

use std::sync::{Mutex, MutexGuard, PoisonError};

use v2x_crypto::CryptoError;
use v2x_crypto_p256_batch::Kernel;

use crate::claim::Claim;
use crate::verifiers::Verifiers;

/// Verifiers of single signatures: as many as threads have verified one at the same time.
pub(crate) struct Lone {
    kernel: Kernel,
    idle: Mutex<Vec<Verifiers>>,
}

impl Lone {
    pub(crate) const fn new(kernel: Kernel) -> Self {
        Self { kernel, idle: Mutex::new(Vec::new()) }
    }

    pub(crate) fn verify(&self, claim: &Claim) -> Result<(), CryptoError> {
        let idle = self.idle().pop();
        let mut verifiers = idle.unwrap_or_else(|| Verifiers::new(self.kernel, 1));
        let verdict = verifiers.verify(core::slice::from_ref(claim)).first().copied();
        self.idle().push(verifiers);
        verdict.unwrap_or(Err(CryptoError::BadSignature))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Verifiers>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
