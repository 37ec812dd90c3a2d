//! One token of one module.

use crate::{
    KeyName, Module, Pin,
    error::{Pkcs11Error, Returned},
    key::logged_in,
    limits::{MAX_KEY_NAME, MAX_SESSIONS, MAX_TOKEN_LABEL, SESSION_PATIENCE},
    pool::{Held, Pool, Seat, Trouble},
};
use cryptoki::{
    error::{Error as Raw, RvError},
    session::{Session, UserType},
    slot::Slot,
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// A token that was found by its label and opened with its PIN, and sessions with it.
///
/// Threads work with it side by side, each with a session of its own as long as there are any.
pub struct Token {
    place: Place,
    pool: Pool,
}

/// Where a token is, and how it is opened.
pub(crate) struct Place {
    pub(crate) module: Arc<Module>,
    pub(crate) label: String,
    pin: Pin,
    /// What the token said to the PIN, once it has refused it.
    refused: Mutex<Option<Returned>>,
}

impl Token {
    /// Opens the token of `module` with this label. At most `sessions` are open at a time; one is opened at once, to see that it
    /// can be.
    ///
    /// # Errors
    /// [`Pkcs11Error::Bounds`], [`Pkcs11Error::NoToken`], [`Pkcs11Error::ManyTokens`], [`Pkcs11Error::Login`];
    /// [`Pkcs11Error::Refused`], [`Pkcs11Error::Lost`] or [`Pkcs11Error::Module`] when the module fails.
    pub fn open(
        module: &Arc<Module>,
        label: &str,
        pin: Pin,
        sessions: usize,
    ) -> Result<Arc<Self>, Pkcs11Error> {
        if !(1..=MAX_SESSIONS).contains(&sessions) || !(1..=MAX_TOKEN_LABEL).contains(&label.len()) {
            return Err(Pkcs11Error::Bounds);
        }
        let (module, label) = (Arc::clone(module), label.to_owned());
        let place = Place { module, label, pin, refused: Mutex::default() };
        let token = Arc::new(Self { place, pool: Pool::new(sessions) });
        token.with_session(None, |_| Ok(()))?;
        Ok(token)
    }

    /// Its label.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.place.label
    }

    /// Whether the token answers: asks it how a session is, for which a lost one is opened anew. A token all of whose
    /// sessions are in use is taken to be well.
    ///
    /// # Errors
    /// [`Pkcs11Error::Lost`], [`Pkcs11Error::Refused`]; those of [`Token::open`] when a session is opened anew.
    pub fn check(&self) -> Result<(), Pkcs11Error> {
        match self.pool.with(&self.place, None, Duration::ZERO, |held| logged_in(held.session)) {
            Err(Pkcs11Error::Busy { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    /// Does something with a session, of which there are as many as were said when the token was opened.
    pub(crate) fn with_session<T>(
        &self,
        key: Option<&KeyName>,
        work: impl FnOnce(&mut Held<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Pkcs11Error> {
        self.pool.with(&self.place, key, SESSION_PATIENCE, work)
    }

    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) const fn check_name(key: &KeyName) -> Result<(), Pkcs11Error> {
        if key.len() == 0 || key.len() > MAX_KEY_NAME { Err(Pkcs11Error::Bounds) } else { Ok(()) }
    }
}

/// Whether a session may change the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    ReadOnly,
    ReadWrite,
}

impl Place {
    /// A session with the user logged in. Where the token is missing, the module is started anew and looked at again: it may
    /// be back.
    pub(crate) fn open(&self, access: Access) -> Result<Seat, Pkcs11Error> {
        match self.open_once(access) {
            Err(Pkcs11Error::NoToken { .. }) if self.module.restart() => self.open_once(access),
            outcome => outcome,
        }
    }

    fn open_once(&self, access: Access) -> Result<Seat, Pkcs11Error> {
        let inside = self.module.enter();
        self.module.initialise()?;
        let (slot, raw) = (self.slot()?, self.module.raw());
        // What closes them is the seat, which knows when their number is somebody else's.
        let session = match access {
            Access::ReadOnly => raw.open_ro_session_no_drop(slot),
            Access::ReadWrite => raw.open_rw_session_no_drop(slot),
        };
        let session = session.map_err(|error| self.failed(None, &error))?;
        let logged_in = self.log_in(&session);
        let life = inside.number;
        drop(inside);
        let seat = Seat::new(session, Arc::clone(&self.module), life);
        logged_in.map(|()| seat)
    }

    /// What a failure means: a lost session, or something that the token does not do.
    pub(crate) fn failed(&self, key: Option<&KeyName>, error: &Raw) -> Pkcs11Error {
        let (token, key, returned) = (self.label.clone(), key.cloned(), Returned::from(error));
        if crate::error::is_lost(error) {
            Pkcs11Error::Lost { token, key, returned }
        } else {
            Pkcs11Error::Refused { token, key, returned }
        }
    }

    /// What went wrong while a session was used.
    pub(crate) fn told(&self, key: Option<&KeyName>, trouble: Trouble) -> Pkcs11Error {
        match trouble {
            Trouble::Raw(error) => self.failed(key, &error),
            Trouble::Ours(error) => error,
        }
    }

    /// The slot with the token: it can be another one each time that the token is put in.
    fn slot(&self) -> Result<Slot, Pkcs11Error> {
        let slots = self.module.raw().get_slots_with_token().map_err(|error| self.failed(None, &error))?;
        let mut found = slots.into_iter().filter(|slot| self.is_in(*slot));
        match (found.next(), found.next()) {
            (Some(slot), None) => Ok(slot),
            (None, _) => {
                Err(Pkcs11Error::NoToken { token: self.label.clone(), module: self.module.path().to_owned() })
            }
            (Some(_), Some(_)) => Err(Pkcs11Error::ManyTokens {
                token: self.label.clone(),
                module: self.module.path().to_owned(),
            }),
        }
    }

    /// A slot whose token cannot be asked has none that is of use.
    fn is_in(&self, slot: Slot) -> bool {
        self.module
            .raw()
            .get_token_info(slot)
            .is_ok_and(|info| info.token_initialized() && info.label() == self.label)
    }

    /// A login holds for all sessions of the process. A PIN that was refused is not tried again: a few times more, and the
    /// token locks itself.
    fn log_in(&self, session: &Session) -> Result<(), Pkcs11Error> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(returned) = &*refused {
            return Err(self.not_opened(returned.clone()));
        }
        match session.login(UserType::User, Some(self.pin.secret())) {
            Ok(()) | Err(Raw::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(error) if is_about_pin(&error) => {
                Err(self.not_opened(refused.insert(Returned::from(&error)).clone()))
            }
            Err(error) => Err(self.failed(None, &error)),
        }
    }

    fn not_opened(&self, returned: Returned) -> Pkcs11Error {
        Pkcs11Error::Login { token: self.label.clone(), returned }
    }
}

fn is_about_pin(error: &Raw) -> bool {
    let Raw::Pkcs11(value, _) = error else { return false };
    PIN_REFUSED.contains(value)
}

/// What a token returns to a PIN that will be as wrong the next time.
const PIN_REFUSED: &[RvError] = &[
    RvError::PinExpired,
    RvError::PinIncorrect,
    RvError::PinInvalid,
    RvError::PinLenRange,
    RvError::PinLocked,
    RvError::UserPinNotInitialized,
];
