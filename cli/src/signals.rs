//! The signals that a program which runs until it is told to stop listens to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{SigSet, Signal};

/// The exit code of a program that was told twice to stop, as shells give it to those that die of SIGINT.
const IMPATIENT: i32 = 130;

/// The longest sleep from which a signal is not heard.
const ATTENTION: Duration = Duration::from_millis(20);

/// What signals asked for so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked(Arc<State>);

/// What SIGHUP means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hangup {
    /// To read again what was read, as for programs that stay.
    Reloads,
    /// To stop, as for programs whose terminal has gone.
    Stops,
}

#[derive(Debug, Default)]
struct State {
    stop: AtomicBool,
    reloads: AtomicU64,
}

impl Asked {
    /// Listens from now on: SIGINT and SIGTERM ask to stop, the second of them at once. To be called before other threads
    /// are made, since they must leave the signals to this one.
    pub(crate) fn listen(hangup: Hangup) -> Result<Self> {
        let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP].into_iter().collect();
        signals.thread_block().context("signals cannot be listened to")?;
        let asked = Self::default();
        let told = asked.clone();
        let thread = std::thread::Builder::new().name("signals".into());
        thread.spawn(move || {
            while let Ok(signal) = signals.wait() {
                told.take(signal, hangup);
            }
        })?;
        Ok(asked)
    }

    fn take(&self, signal: Signal, hangup: Hangup) {
        if signal == Signal::SIGHUP && hangup == Hangup::Reloads {
            self.0.reloads.fetch_add(1, Ordering::Relaxed);
        } else if self.0.stop.swap(true, Ordering::Relaxed) {
            std::process::exit(IMPATIENT);
        }
    }

    /// Asks to stop.
    pub(crate) fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// Sleeps, unless somebody asks to stop; says whether nobody did.
    pub(crate) fn sleep(&self, duration: Duration) -> bool {
        let end = Instant::now() + duration;
        while !self.is_stopped() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(ATTENTION));
        }
        false
    }

    /// How often somebody asked to read again.
    pub(crate) fn reloads(&self) -> u64 {
        self.0.reloads.load(Ordering::Relaxed)
    }
}
