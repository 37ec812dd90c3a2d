//! Turns at stations, for the workers of one process.

use crate::limits::TURNS;
use enrollment_ea::registry::CanonicalId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use v2x_crypto::sha256;

/// So many locks, and each station behind one of them. They only spare work: what holds is what the ledger checks.
#[derive(Clone, Debug)]
pub(crate) struct Turns(Arc<[Mutex<()>]>);

impl Turns {
    pub(crate) fn new() -> Self {
        Self((0..TURNS).map(|_| Mutex::new(())).collect())
    }

    /// Waits until nobody else is at the station, or at one of those that share its lock.
    pub(crate) fn take(&self, id: &CanonicalId) -> Option<MutexGuard<'_, ()>> {
        let [first, second, ..] = sha256(id.as_bytes());
        let lock = self.0.get(usize::from(u16::from_be_bytes([first, second])) % TURNS)?;
        Some(lock.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
