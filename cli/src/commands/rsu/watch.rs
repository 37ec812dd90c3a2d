//! Watches the trust folders, so that a list put there reaches the verifier that runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Result;
use v2x_crypto::Provider;
use v2x_engine::Engine;
use v2x_security::trust::Role;

use crate::believed::Believed;
use crate::output;
use crate::signals::Asked;
use crate::trust_dir::{Fingerprint, TrustArguments};

/// How often the folders are looked at: a revocation shall reach the verifier within a second.
const PERIOD: Duration = Duration::from_millis(200);

/// What became of the folders, for metrics.
#[derive(Debug, Default)]
pub(super) struct Watched {
    pub(super) roots: AtomicUsize,
    pub(super) authorities: AtomicUsize,
    pub(super) revoked: AtomicUsize,
    /// Changes that were taken over.
    pub(super) reloads: AtomicU64,
    /// Changes that could not be: the verifier stays as it was.
    pub(super) failures: AtomicU64,
}

impl Watched {
    /// Counts whom the verifier believes now.
    pub(super) fn count(&self, believed: &Believed) {
        self.roots.store(believed.count(Role::Root), Ordering::Relaxed);
        self.authorities.store(believed.count(Role::Authority), Ordering::Relaxed);
        self.revoked.store(believed.revoked(), Ordering::Relaxed);
    }
}

/// The folders as they were read last.
pub(super) struct Watch<'a> {
    pub(super) trust: &'a TrustArguments,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) believed: Believed,
    pub(super) fingerprint: Fingerprint,
    pub(super) watched: &'a Watched,
}

impl Watch<'_> {
    /// Follows the folders until somebody asks to stop.
    pub(super) fn run(mut self, engine: &Engine, asked: &Asked) {
        let mut reloads = asked.reloads();
        while !asked.is_stopped() {
            std::thread::sleep(PERIOD);
            // Taken before the folders are read: what changes meanwhile is seen the next time.
            let fingerprint = self.trust.fingerprint();
            if fingerprint == self.fingerprint && reloads == asked.reloads() {
                continue;
            }
            (self.fingerprint, reloads) = (fingerprint, asked.reloads());
            if let Err(error) = self.reload(engine) {
                self.watched.failures.fetch_add(1, Ordering::Relaxed);
                eprintln!("wayseal: trust folders not taken over: {}", output::sentence(&error));
            }
        }
    }

    fn reload(&mut self, engine: &Engine) -> Result<()> {
        let trust = self.trust.load_for(&self.provider)?;
        output::notes(trust.notes());
        let changes = self.believed.follow(Believed::of(trust)?)?;
        self.watched.count(&self.believed);
        self.watched.reloads.fetch_add(1, Ordering::Relaxed);
        if !changes.is_empty() {
            eprintln!("wayseal: trust folders taken over: {}", changes.summary());
            engine.change(move |verifier| changes.apply(verifier.trust_mut()));
        }
        Ok(())
    }
}
