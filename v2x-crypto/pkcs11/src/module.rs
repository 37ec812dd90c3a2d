//! A module: the library that a vendor gives to a token.

use crate::{
    error::{Pkcs11Error, Returned},
    limits::RESTART_PERIOD,
};
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error as Raw, RvError},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Instant,
};

/// A library that speaks PKCS#11, loaded and initialised. All tokens of one library share one `Module`: nobody else in the
/// process may finalise it.
///
/// It stays loaded as long as the process lives.
pub struct Module {
    path: PathBuf,
    pkcs11: Pkcs11,
    /// Held while the library is called, so that it is never finalised under somebody.
    life: RwLock<Life>,
}

/// From one initialisation to the next.
#[derive(Default)]
pub(crate) struct Life {
    /// How many went before. Handles of sessions and keys are numbers that begin anew: those of an earlier life can be somebody
    /// else's in this one.
    pub(crate) number: u64,
    restarted: Option<Instant>,
}

impl Module {
    /// Loads and initialises the library at `path`.
    ///
    /// # Errors
    /// [`Pkcs11Error::Module`].
    pub fn load(path: &Path) -> Result<Arc<Self>, Pkcs11Error> {
        let pkcs11 = Pkcs11::new(path).map_err(|error| unusable(path, &error))?;
        let module = Self { path: path.to_owned(), pkcs11, life: RwLock::default() };
        module.initialise()?;
        Ok(Arc::new(module))
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) const fn raw(&self) -> &Pkcs11 {
        &self.pkcs11
    }

    /// Keeps the module from being started anew. Not to be called again while held.
    pub(crate) fn enter(&self) -> RwLockReadGuard<'_, Life> {
        self.life.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another part of the process may have initialised it.
    pub(crate) fn initialise(&self) -> Result<(), Pkcs11Error> {
        match self.pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Raw::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
            Err(error) => Err(unusable(&self.path, &error)),
        }
    }

    /// Finalises and initialises the library, since some look for tokens only then, SoftHSM among them. Not while somebody
    /// else calls it, nor again within [`RESTART_PERIOD`]. Says whether it did.
    pub(crate) fn restart(&self) -> bool {
        let Ok(mut life) = self.life.try_write() else { return false };
        if life.restarted.is_some_and(|last| last.elapsed() < RESTART_PERIOD) {
            return false;
        }
        *life = Life { number: life.number + 1, restarted: Some(Instant::now()) };
        let finalised = self.pkcs11.clone().finalize();
        tracing::info!(module = %self.path.display(), ok = finalised.is_ok(), "a PKCS#11 module was started anew");
        self.initialise().is_ok()
    }
}

fn unusable(module: &Path, error: &Raw) -> Pkcs11Error {
    Pkcs11Error::Module { module: module.to_owned(), reason: Returned::from(error).to_string() }
}
