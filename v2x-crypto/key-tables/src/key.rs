//! A key that counts its uses, and gets a table when it is used often.

use core::any::Any;
use core::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use v2x_crypto::{CryptoError, PreparedKey, PublicKey, Signature};
use v2x_crypto_p256_batch::TableSize;

use crate::builder::Builder;
use crate::claim::Claim;
use crate::lone::Lone;
use crate::table::Table;

/// A key of the wrapped provider, and the place for its table.
pub(crate) struct TabledKey {
    inner: Box<dyn PreparedKey>,
    slot: Arc<Slot>,
    builder: Arc<Builder>,
    lone: Arc<Lone>,
}

/// The place for a key's table, which the cache fills and empties.
pub(crate) struct Slot {
    pub(crate) key: PublicKey,
    table: RwLock<Option<Arc<Table>>>,
    /// Where the table is, to be prefetched and nothing else; 0 for none.
    address: AtomicUsize,
    uses: AtomicU32,
    /// When it was last used, on the cache's clock of uses.
    used_at: AtomicU64,
    /// Whether a table is being built for it.
    queued: AtomicBool,
}

impl TabledKey {
    pub(crate) fn new(inner: Box<dyn PreparedKey>, builder: Arc<Builder>, lone: Arc<Lone>) -> Self {
        let slot = Arc::new(Slot::new(*inner.public_key()));
        Self { inner, slot, builder, lone }
    }

    /// The key as the wrapped provider knows it.
    pub(crate) fn inner(&self) -> &dyn PreparedKey {
        self.inner.as_ref()
    }

    /// The key's table, if it has one; counts the use and asks for the table that the key deserves.
    pub(crate) fn use_table(&self) -> Option<Arc<Table>> {
        let cache = self.builder.cache();
        let uses = self.slot.count_use(cache.next_use());
        let (mut table, deserved) = (self.slot.table(), cache.config().size_after(uses));
        if deserved > table.as_ref().map(|table| table.size()) && self.builder.ask(&self.slot) {
            table = self.slot.table();
        }
        cache.count(table.is_some());
        table
    }
}

impl PreparedKey for TabledKey {
    fn public_key(&self) -> &PublicKey {
        &self.slot.key
    }

    fn fetch(&self, step: usize) {
        match step {
            0 => _ = black_box(Arc::as_ptr(&self.slot)),
            1 => _ = black_box(self.slot.uses()),
            2 => self.slot.prefetch(),
            _ => {}
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    /// By the table, if there is one: a lone signature takes a third of the time then. Authorities' keys gain by it, whose
    /// signatures come one at a time.
    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        match self.use_table().and_then(|table| Claim::new(table, message, signature)) {
            Some(claim) => self.lone.verify(&claim),
            None => self.inner.verify(message, signature),
        }
    }
}

impl Slot {
    fn new(key: PublicKey) -> Self {
        Self {
            key,
            table: RwLock::new(None),
            address: AtomicUsize::new(0),
            uses: AtomicU32::new(0),
            used_at: AtomicU64::new(0),
            queued: AtomicBool::new(false),
        }
    }

    pub(crate) fn table(&self) -> Option<Arc<Table>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another table in place, or none; yields the one that was there.
    pub(crate) fn replace(&self, table: Option<Arc<Table>>) -> Option<Arc<Table>> {
        let address = table.as_ref().map_or(0, |table| Arc::as_ptr(table).addr());
        self.address.store(address, Ordering::Relaxed);
        core::mem::replace(&mut self.table.write().unwrap_or_else(PoisonError::into_inner), table)
    }

    /// Asks for the head of the table to be brought near: its count of owners, which lies before it, and its own fields.
    fn prefetch(&self) {
        let address = self.address.load(Ordering::Relaxed);
        [address.wrapping_sub(16), address.wrapping_add(48)]
            .into_iter()
            .for_each(v2x_crypto_p256_batch::prefetch);
    }

    fn count_use(&self, now: u64) -> u32 {
        self.used_at.store(now, Ordering::Relaxed);
        self.uses.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    pub(crate) fn uses(&self) -> u32 {
        self.uses.load(Ordering::Relaxed)
    }

    pub(crate) fn used_at(&self) -> u64 {
        self.used_at.load(Ordering::Relaxed)
    }

    /// What its table weighs.
    pub(crate) fn octets(&self) -> usize {
        self.table().map_or(0, |table| table.bytes())
    }

    pub(crate) fn size(&self) -> Option<TableSize> {
        self.table().map(|table| table.size())
    }

    /// Marks it as waiting for a table; false if it was marked already.
    pub(crate) fn queue(&self) -> bool {
        !self.queued.load(Ordering::Relaxed) && !self.queued.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn unqueue(&self) {
        self.queued.store(false, Ordering::Release);
    }
}
