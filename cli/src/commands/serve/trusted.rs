//! Whom the servers believe, and the lists that they hand out: the trust folders, followed while they change.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Result;
use v2x_crypto::Provider;
use v2x_security::certificate::Certificate;
use v2x_security::trust::TrustStore;

use crate::believed::{Believed, Changes};
use crate::trust_dir::{Fingerprint, Trust, TrustArguments};

/// What the folders said when they were read last.
pub(super) struct Trusted {
    folders: TrustArguments,
    provider: Arc<dyn Provider>,
    fingerprint: Fingerprint,
    believed: Shared,
    lists: Vec<Vec<u8>>,
    passed: Vec<Vec<u8>>,
    links: Vec<Vec<u8>>,
}

/// Whom to believe now: for workers that start anew as well.
#[derive(Clone)]
pub(super) struct Shared(Arc<RwLock<Believed>>);

impl Shared {
    /// The roots and trust list managers.
    pub(super) fn anchors(&self) -> Vec<Certificate> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).anchors()
    }

    /// A store that believes as much.
    pub(super) fn store(&self, provider: &Arc<dyn Provider>) -> Result<TrustStore> {
        Ok(self.0.read().unwrap_or_else(PoisonError::into_inner).store(provider)?)
    }
}

impl Trusted {
    pub(super) fn read(folders: &[PathBuf], provider: &Arc<dyn Provider>) -> Result<Self> {
        let folders = TrustArguments::etsi(folders.to_vec());
        // Taken before the folders are read: what changes meanwhile is seen the next time.
        let fingerprint = folders.fingerprint();
        let trust = folders.load_for(provider)?;
        note(&trust);
        let (lists, passed) = (trust.lists().to_vec(), trust.passed().to_vec());
        let links = trust.links().to_vec();
        let believed = Shared(Arc::new(RwLock::new(Believed::of(trust)?)));
        Ok(Self { folders, provider: Arc::clone(provider), fingerprint, believed, lists, passed, links })
    }

    pub(super) fn shared(&self) -> Shared {
        self.believed.clone()
    }

    /// The lists that are in force, as they came.
    pub(super) fn lists(&self) -> &[Vec<u8>] {
        &self.lists
    }

    /// The lists that are handed out: those in force, and deltas for who has not come as far.
    pub(super) fn handed_out(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.lists.iter().chain(&self.passed)
    }

    /// The link certificate messages that are handed out.
    pub(super) fn links(&self) -> &[Vec<u8>] {
        &self.links
    }

    /// Whether the folders look other than when they were read.
    pub(super) fn has_changed(&self) -> bool {
        self.folders.fingerprint() != self.fingerprint
    }

    /// Reads the folders again, and says what to change.
    pub(super) fn follow(&mut self) -> Result<Changes> {
        self.fingerprint = self.folders.fingerprint();
        let trust = self.folders.load_for(&self.provider)?;
        note(&trust);
        let (lists, passed) = (trust.lists().to_vec(), trust.passed().to_vec());
        let links = trust.links().to_vec();
        let now = Believed::of(trust)?;
        let changes = self.believed.0.write().unwrap_or_else(PoisonError::into_inner).follow(now)?;
        (self.lists, self.passed, self.links) = (lists, passed, links);
        Ok(changes)
    }
}

fn note(trust: &Trust) {
    trust.notes().iter().for_each(|note| tracing::warn!("{note}"));
}
