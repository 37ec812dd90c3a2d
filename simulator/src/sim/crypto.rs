//! Who computes in a simulation: keys that are shared by all stations, and authorities whose signatures repeat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use v2x_crypto::{
    BatchVerifier, CryptoError, KeyAgreement, KeyTableStatistics, PreparedKey, PrivateKey, Provider,
    PublicKey, RustCrypto, Signature, Signer,
};

/// Prepared keys before dropped ones are looked for.
const FIRST_SWEEP: usize = 4_096;

/// Lets every station verify by itself, with the prepared keys and scratch memory of all.
///
/// A thousand receivers each prove the chain of the same sender. What they need of its key is the same for all of them, its table above
/// all: it is prepared once, and goes when the last of them forgets the sender. A batch has scratch memory, which is lent for as
/// long as it has signatures in it: as many are made as threads verify.
pub(super) struct SharedKeys {
    inner: Arc<dyn Provider>,
    keys: Mutex<Keys>,
    scratch: Arc<Mutex<Vec<Box<dyn BatchVerifier>>>>,
}

struct Keys {
    prepared: HashMap<PublicKey, Weak<dyn PreparedKey>>,
    sweep_at: usize,
}

impl SharedKeys {
    pub(super) fn new(inner: Arc<dyn Provider>) -> Self {
        let keys = Keys { prepared: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self { inner, keys: Mutex::new(keys), scratch: Arc::default() }
    }
}

impl Keys {
    /// Forgets the keys that nobody has any more, each time that twice as many are there as the last time remained.
    fn sweep(&mut self) {
        if self.prepared.len() >= self.sweep_at {
            self.prepared.retain(|_, key| key.strong_count() > 0);
            self.sweep_at = (2 * self.prepared.len()).max(FIRST_SWEEP);
        }
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider for SharedKeys {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.inner.verify(key, message, signature)
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        let known = lock(&self.keys).prepared.get(key).and_then(Weak::upgrade);
        if let Some(known) = known {
            return Ok(Box::new(SharedKey(known)));
        }
        let fresh: Arc<dyn PreparedKey> = Arc::from(self.inner.prepare(key)?);
        let mut keys = lock(&self.keys);
        keys.sweep();
        // Two threads may have prepared it at the same time: then both work, and the later one is shared.
        keys.prepared.insert(*key, Arc::downgrade(&fresh));
        Ok(Box::new(SharedKey(fresh)))
    }

    fn batch_verifier(&self) -> Box<dyn BatchVerifier> {
        let (inner, scratch) = (Arc::clone(&self.inner), Arc::clone(&self.scratch));
        Box::new(LentBatch { inner, scratch, lent: None })
    }

    fn key_tables(&self) -> Option<KeyTableStatistics> {
        self.inner.key_tables()
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        self.inner.signer(key)
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        self.inner.key_agreement(key)
    }
}

/// A prepared key that others have too.
struct SharedKey(Arc<dyn PreparedKey>);

impl PreparedKey for SharedKey {
    fn public_key(&self) -> &PublicKey {
        self.0.public_key()
    }

    /// The key itself: its provider's batches know it by that.
    fn as_any(&self) -> &dyn core::any::Any {
        self.0.as_any()
    }

    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.0.verify(message, signature)
    }

    fn fetch(&self, step: usize) {
        self.0.fetch(step);
    }
}

/// A batch that has scratch memory only while it holds signatures.
struct LentBatch {
    inner: Arc<dyn Provider>,
    scratch: Arc<Mutex<Vec<Box<dyn BatchVerifier>>>>,
    lent: Option<Box<dyn BatchVerifier>>,
}

impl BatchVerifier for LentBatch {
    fn add(&mut self, key: &dyn PreparedKey, message: &[u8], signature: &Signature) {
        let borrow = || lock(&self.scratch).pop().unwrap_or_else(|| self.inner.batch_verifier());
        self.lent.get_or_insert_with(borrow).add(key, message, signature);
    }

    fn verdicts(&mut self, verdicts: &mut Vec<Result<(), CryptoError>>) {
        match self.lent.take() {
            None => verdicts.clear(),
            Some(mut lent) => {
                lent.verdicts(verdicts);
                lock(&self.scratch).push(lent);
            }
        }
    }
}

/// Signs without randomness (RFC 6979), so that certificates, and what follows from their names, are the same in every run of a seed.
/// Everything else is the wrapped provider's.
pub(super) struct Repeatable(pub(super) Arc<dyn Provider>);

impl Provider for Repeatable {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.0.verify(key, message, signature)
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        self.0.prepare(key)
    }

    fn batch_verifier(&self) -> Box<dyn BatchVerifier> {
        self.0.batch_verifier()
    }

    fn key_tables(&self) -> Option<KeyTableStatistics> {
        self.0.key_tables()
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        RustCrypto.signer(key)
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        self.0.key_agreement(key)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;
    use v2x_crypto::Curve;

    use super::*;

    fn key(seed: u64) -> Result<PrivateKey, CryptoError> {
        PrivateKey::generate(Curve::NistP256, &mut ChaCha20Rng::seed_from_u64(seed))
    }

    #[test]
    fn a_key_is_prepared_once_for_all_and_forgotten_with_the_last() -> Result<(), CryptoError> {
        let shared = SharedKeys::new(Arc::new(RustCrypto));
        let key = key(1)?;
        let (first, second) = (shared.prepare(key.public_key())?, shared.prepare(key.public_key())?);
        assert!(core::ptr::addr_eq(first.as_any(), second.as_any()));
        drop((first, second));
        assert_eq!(lock(&shared.keys).prepared.values().filter(|key| key.strong_count() > 0).count(), 0);
        Ok(())
    }

    #[test]
    fn a_lent_batch_gives_each_signature_its_own_verdict_and_its_memory_back() -> Result<(), CryptoError> {
        let shared = SharedKeys::new(Arc::new(RustCrypto));
        let (one, other) = (key(1)?, key(2)?);
        let signature = RustCrypto.signer(&one)?.sign(b"message")?;
        let mut batch = shared.batch_verifier();
        let mut verdicts = Vec::new();
        for _ in 0..2 {
            for key in [&one, &other] {
                batch.add(&*shared.prepare(key.public_key())?, b"message", &signature);
            }
            batch.verdicts(&mut verdicts);
            assert_eq!(verdicts, [Ok(()), Err(CryptoError::BadSignature)]);
            assert_eq!(lock(&shared.scratch).len(), 1);
        }
        Ok(())
    }

    #[test]
    fn authorities_sign_the_same_octets_in_every_run() -> Result<(), CryptoError> {
        let repeatable = Repeatable(Arc::new(RustCrypto));
        let sign = || repeatable.signer(&key(1)?)?.sign(b"certificate");
        assert_eq!(sign()?, sign()?);
        Ok(())
    }
}
