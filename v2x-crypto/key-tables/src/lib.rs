//! A crypto provider that keeps a table for each key that is heard often, under a budget of memory.
//!
//! [`KeyTables`] wraps another [`Provider`]. Everything goes to that one, except signatures by prepared keys that have a
//! table: those in a [batch](v2x_crypto::BatchVerifier) are verified together, by `v2x-crypto-p256-batch` on P-256 and
//! by `v2x-crypto-curve-batch` on the other curves, at a fraction of the price, and one that comes alone at a third of it.
//!
//! - A table is built when a key has been used [often enough](Config::steps), by a thread of its own, so that no message
//!   waits; until then the wrapped provider verifies. Keys are prepared for use only after their certificates verified, so
//!   nobody can have tables built for keys that he made up.
//! - Keys that are used more get larger, faster tables.
//! - All tables of all verifiers that share a `KeyTables` share one [budget](Config::budget_octets). What was used least
//!   recently goes first; a table that is still in use is not thrown away for another, so that more keys than fit do not
//!   have their tables built in turns.
//! - A key that nobody holds any more takes its table with it.
//!
//! Only verifying keys are kept here, which are public.
//!
//! To run without tables, leave this provider out: docs/PATENTS.md says why one might.

mod batch;
mod builder;
mod cache;
mod claim;
mod config;
mod key;
mod lone;
mod table;
mod verifiers;

use std::sync::Arc;

use batch::TableBatch;
use builder::Builder;
use cache::Cache;
use key::TabledKey;
use lone::Lone;
use v2x_crypto::{
    BatchVerifier, CryptoError, KeyAgreement, PreparedKey, PrivateKey, Provider, PublicKey, Signature, Signer,
};

pub use config::{Building, Config, Step};
pub use v2x_crypto::KeyTableStatistics as Statistics;
pub use v2x_crypto_p256_batch::{Kernel, TableSize};

/// A provider with tables for the keys that are heard often.
pub struct KeyTables {
    inner: Arc<dyn Provider>,
    builder: Arc<Builder>,
    lone: Arc<Lone>,
}

impl KeyTables {
    /// Wraps a provider.
    #[must_use]
    pub fn new(inner: Arc<dyn Provider>, config: Config) -> Self {
        let builder = Arc::new(Builder::new(Arc::new(Cache::new(config))));
        Self { inner, builder, lone: Arc::new(Lone::new(config.kernel)) }
    }

    /// What the cache of tables holds and has done.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.builder.cache().statistics()
    }
}

impl Provider for KeyTables {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        self.inner.verify(key, message, signature)
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        let inner = self.inner.prepare(key)?;
        Ok(Box::new(TabledKey::new(inner, Arc::clone(&self.builder), Arc::clone(&self.lone))))
    }

    fn batch_verifier(&self) -> Box<dyn BatchVerifier> {
        let config = self.builder.cache().config();
        Box::new(TableBatch::new(config.kernel, config.batch))
    }

    fn key_tables(&self) -> Option<Statistics> {
        Some(self.statistics())
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        self.inner.signer(key)
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        self.inner.key_agreement(key)
    }
}

#[cfg(test)]
mod tests;
