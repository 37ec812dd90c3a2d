//! Where packets wait for a worker, and how it is woken.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use v2x_security::clock::Clock;
use v2x_security::verifier::Verifier;

use crate::config::Config;
use crate::glance::Class;
use crate::intake::Intake;

/// A change that a worker makes to its verifier before it goes on.
pub(crate) type Change = Arc<dyn Fn(&mut Verifier) + Send + Sync>;

/// What waits for one worker.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    wake: Condvar,
    /// How many packets of known signers wait, to be read without the lock.
    known: AtomicUsize,
    /// How many others wait.
    unknown: AtomicUsize,
}

struct State {
    known: Intake,
    unknown: Intake,
    changes: Vec<Change>,
    is_closed: bool,
    is_idle: bool,
}

/// What a worker took out, and gives back empty.
pub(crate) struct Taken {
    pub(crate) known: Intake,
    pub(crate) unknown: Intake,
    pub(crate) changes: Vec<Change>,
}

impl Taken {
    pub(crate) fn new(config: &Config) -> Self {
        let (known, unknown) = (Intake::new(config.known_waiting), Intake::new(config.unknown_waiting));
        Self { known, unknown, changes: Vec::new() }
    }
}

impl Mailbox {
    pub(crate) fn new(config: &Config) -> Self {
        let Taken { known, unknown, changes } = Taken::new(config);
        let state = State { known, unknown, changes, is_closed: false, is_idle: false };
        Self {
            state: Mutex::new(state),
            wake: Condvar::new(),
            known: AtomicUsize::new(0),
            unknown: AtomicUsize::new(0),
        }
    }

    /// Puts a packet behind the others of its class; false when there is no room.
    pub(crate) fn put(&self, class: Class, packet: &[u8], heard: (Clock, Instant), slot: u16) -> bool {
        let mut state = self.lock();
        let queue = match class {
            Class::Known => &mut state.known,
            Class::Unknown => &mut state.unknown,
        };
        let taken = queue.push(packet, heard, slot);
        self.publish(&state);
        self.wake_if_idle(state);
        taken
    }

    pub(crate) fn change(&self, change: Change) {
        let mut state = self.lock();
        state.changes.push(change);
        self.wake_if_idle(state);
    }

    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        self.wake_if_idle(state);
    }

    /// Packets of known signers that wait.
    pub(crate) fn known_waiting(&self) -> usize {
        self.known.load(Ordering::Relaxed)
    }

    /// Other packets that wait.
    pub(crate) fn unknown_waiting(&self) -> usize {
        self.unknown.load(Ordering::Relaxed)
    }

    /// Takes all that waits of known signers and, when `taken` has none left, of unknown ones. Waits for something to do,
    /// unless packets of unknown signers are left over from before. False when nothing will come any more.
    pub(crate) fn take(&self, taken: &mut Taken, has_left_over: bool) -> bool {
        let mut state = self.lock();
        while !has_left_over && state.is_quiet() {
            if state.is_closed {
                return false;
            }
            state.is_idle = true;
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.is_idle = false;
        }
        core::mem::swap(&mut taken.known, &mut state.known);
        core::mem::swap(&mut taken.changes, &mut state.changes);
        if !has_left_over {
            core::mem::swap(&mut taken.unknown, &mut state.unknown);
        }
        self.publish(&state);
        true
    }

    fn publish(&self, state: &State) {
        self.known.store(state.known.len(), Ordering::Relaxed);
        self.unknown.store(state.unknown.len(), Ordering::Relaxed);
    }

    fn wake_if_idle(&self, state: MutexGuard<'_, State>) {
        let is_idle = state.is_idle;
        drop(state);
        if is_idle {
            self.wake.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const fn is_quiet(&self) -> bool {
        self.known.is_empty() && self.unknown.is_empty() && self.changes.is_empty()
    }
}
