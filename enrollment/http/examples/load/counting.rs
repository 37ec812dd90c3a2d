//! A provider that counts what the servers have computed, and measures it.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::time::{ClockId, clock_gettime};
use v2x_crypto::{
    CryptoError, KeyAgreement, PreparedKey, PrivateKey, Provider, PublicKey, SharedSecret, Signature, Signer,
};

/// What was done so often, in so many nanoseconds of its threads.
#[derive(Default)]
pub(crate) struct Work {
    times: AtomicU64,
    nanos: AtomicU64,
}

impl Work {
    fn measure<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = thread_nanos();
        let done = work();
        self.times.fetch_add(1, Ordering::Relaxed);
        self.nanos.fetch_add(thread_nanos().saturating_sub(before), Ordering::Relaxed);
        done
    }

    fn seen(&self) -> (u64, u64) {
        (self.times.load(Ordering::Relaxed), self.nanos.load(Ordering::Relaxed))
    }
}

/// Nanoseconds that this thread has run.
fn thread_nanos() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// All that is counted.
#[derive(Default)]
pub(crate) struct Counts {
    verify: Work,
    sign: Work,
    agree: Work,
    /// Each encryption to a certificate readies a fresh key, which was made before.
    ready: Work,
}

impl Counts {
    /// What was counted: its name, how often, and how long it took in all.
    pub(crate) fn seen(&self) -> [(&'static str, (u64, u64)); 4] {
        [
            ("verify", self.verify.seen()),
            ("sign", self.sign.seen()),
            ("agree", self.agree.seen()),
            ("ready a fresh key", self.ready.seen()),
        ]
    }
}

/// Counts what `inner` does.
pub(crate) struct Counting<P> {
    pub(crate) inner: P,
    pub(crate) counts: Arc<Counts>,
}

struct Counted<T: ?Sized> {
    inner: Box<T>,
    counts: Arc<Counts>,
}

impl<P: Provider> Counting<P> {
    fn counted<T: ?Sized>(&self, inner: Box<T>) -> Counted<T> {
        Counted { inner, counts: Arc::clone(&self.counts) }
    }
}

impl<P: Provider> Provider for Counting<P> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.counts.verify.measure(|| self.inner.verify(key, message, signature))
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        Ok(Box::new(self.counted(self.inner.prepare(key)?)))
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        Ok(Box::new(self.counted(self.inner.signer(key)?)))
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        let ready = self.counts.ready.measure(|| self.inner.key_agreement(key))?;
        Ok(Box::new(self.counted(ready)))
    }
}

impl PreparedKey for Counted<dyn PreparedKey> {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.counts.verify.measure(|| self.inner.verify(message, signature))
    }
}

impl Signer for Counted<dyn Signer> {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        self.counts.sign.measure(|| self.inner.sign(message))
    }
}

impl KeyAgreement for Counted<dyn KeyAgreement> {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        self.counts.agree.measure(|| self.inner.agree(peer))
    }
}
