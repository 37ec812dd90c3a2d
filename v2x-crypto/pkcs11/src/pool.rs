//! Sessions with a token: a few, handed from thread to thread.

use crate::{
    KeyName, Module,
    error::{Pkcs11Error, is_lost},
    token::{Access, Place},
};
use cryptoki::{
    context::Function,
    error::{Error as Raw, RvError},
    object::ObjectHandle,
    session::Session,
};
use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A session, and the private keys that it has found: a handle holds for the session that found it.
pub(crate) struct Seat {
    session: Option<Session>,
    found: BTreeMap<KeyName, ObjectHandle>,
    module: Arc<Module>,
    /// The life of the module in which it was opened.
    life: u64,
}

impl Seat {
    pub(crate) const fn new(session: Session, module: Arc<Module>, life: u64) -> Self {
        Self { session: Some(session), found: BTreeMap::new(), module, life }
    }

    /// Does something with the session, unless the module was started anew meanwhile.
    pub(crate) fn work<T>(
        &mut self,
        work: impl FnOnce(&mut Held<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let inside = self.module.enter();
        match &self.session {
            Some(session) if self.life == inside.number => {
                work(&mut Held { session, found: &mut self.found })
            }
            Some(_) | None => Err(Raw::Pkcs11(RvError::SessionClosed, Function::GetSessionInfo).into()),
        }
    }

    fn is_stale(&self) -> bool {
        self.life != self.module.enter().number
    }
}

/// A session of an earlier life of the module is not closed: its number may be somebody else's.
impl Drop for Seat {
    fn drop(&mut self) {
        let Some(session) = self.session.take() else { return };
        let inside = self.module.enter();
        if self.life == inside.number {
            // It may be lost already, and is of no more use either way.
            let _ = session.close();
        }
    }
}

/// A session that is in use.
pub(crate) struct Held<'s> {
    pub(crate) session: &'s Session,
    pub(crate) found: &'s mut BTreeMap<KeyName, ObjectHandle>,
}

/// What goes wrong while a session is used.
pub(crate) enum Trouble {
    /// The module said no.
    Raw(Raw),
    /// What it said is not good enough.
    Ours(Pkcs11Error),
}

impl From<Raw> for Trouble {
    fn from(error: Raw) -> Self {
        Self::Raw(error)
    }
}

impl From<Pkcs11Error> for Trouble {
    fn from(error: Pkcs11Error) -> Self {
        Self::Ours(error)
    }
}

/// At most so many sessions, opened when they are needed.
pub(crate) struct Pool {
    most: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Seat>,
    /// Sessions that are open or being opened, idle ones included.
    open: usize,
    /// How often everything was lost. Who was away meanwhile does not come back.
    losses: u64,
}

impl Pool {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Does something with a session that nobody else uses meanwhile. After a loss the other sessions are given up too:
    /// they are as lost, and would each fail a request before that is known.
    pub(crate) fn with<T>(
        &self,
        place: &Place,
        key: Option<&KeyName>,
        patience: Duration,
        work: impl FnOnce(&mut Held<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Pkcs11Error> {
        let mut taken = self.take(place, patience)?;
        let outcome = taken.seat(place)?.work(work);
        if matches!(&outcome, Err(Trouble::Raw(error)) if is_lost(error)) {
            taken.lose();
        }
        outcome.map_err(|trouble| place.told(key, trouble))
    }

    /// An idle session, or the right to open one.
    fn take(&self, place: &Place, patience: Duration) -> Result<Taken<'_>, Pkcs11Error> {
        let deadline = Instant::now() + patience;
        let mut state = self.lock();
        loop {
            if let Some(seat) = state.idle.pop() {
                return Ok(Taken { pool: self, losses: state.losses, seat: Some(seat) });
            }
            if state.open < self.most {
                state.open += 1;
                return Ok(Taken { pool: self, losses: state.losses, seat: None });
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Pkcs11Error::Busy { token: place.label.clone(), sessions: self.most });
            }
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Nothing under the lock can panic half-way.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session of the pool in somebody's hands. It goes back however they end.
struct Taken<'p> {
    pool: &'p Pool,
    losses: u64,
    seat: Option<Seat>,
}

impl Taken<'_> {
    fn seat(&mut self, place: &Place) -> Result<&mut Seat, Pkcs11Error> {
        let seat = match self.seat.take().filter(|seat| !seat.is_stale()) {
            Some(seat) => seat,
            None => place.open(Access::ReadOnly)?,
        };
        Ok(self.seat.insert(seat))
    }

    /// Gives up all sessions that are idle, and this one when it comes back. They are closed outside the lock, so that a module
    /// that hangs holds up nobody who needs no session of it.
    fn lose(&mut self) {
        let idle = {
            let mut state = self.pool.lock();
            if state.losses == self.losses {
                state.losses += 1;
            }
            state.open -= state.idle.len();
            mem::take(&mut state.idle)
        };
        self.pool.freed.notify_all();
        drop(idle);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let stale = {
            let mut state = self.pool.lock();
            match self.seat.take() {
                Some(seat) if state.losses == self.losses => {
                    state.idle.push(seat);
                    None
                }
                other => {
                    state.open -= 1;
                    other
                }
            }
        };
        self.pool.freed.notify_one();
        drop(stale);
    }
}
