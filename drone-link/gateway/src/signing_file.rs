//! The state of local signing in a file, so that timestamps survive a restart.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use drone_link::frame::Frame;
use drone_link::signing::{LocalSigning, SigningError, SigningKey, SigningState};
use v2x_codec::time::Time64;

use crate::error::GatewayError;

/// Local signing, whose reservations are in a file.
pub struct SigningFile {
    signing: LocalSigning,
    path: PathBuf,
}

impl SigningFile {
    /// Goes on from what the file says, or starts where there is none.
    ///
    /// # Errors
    /// [`GatewayError::SigningState`] when the file cannot be read or written: going on without it would make timestamps new
    /// again that were used.
    pub fn open(key: SigningKey, link: u8, path: PathBuf, now: Time64) -> Result<Self, GatewayError> {
        let state = match fs::read(&path) {
            Ok(octets) => serde_json::from_slice(&octets).map_err(|error| failed(&path, error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => SigningState::default(),
            Err(error) => return Err(failed(&path, error)),
        };
        let mut file = Self { signing: LocalSigning::resume(key, link, &state), path };
        file.reserve(now).map(|()| file)
    }

    /// Reserves what the next seconds need.
    ///
    /// # Errors
    /// [`GatewayError::SigningState`]; what was reserved before is still good.
    pub fn reserve(&mut self, now: Time64) -> Result<(), GatewayError> {
        let state = self.signing.reservation(now);
        self.write(&state)?;
        self.signing.saved(&state);
        Ok(())
    }

    /// Signs a frame.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign(&mut self, frame: &Frame, now: Time64) -> Result<Vec<u8>, SigningError> {
        self.signing.sign(frame, now)
    }

    /// Checks a frame.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn check(&mut self, frame: &Frame, now: Time64) -> Result<(), SigningError> {
        self.signing.check(frame, now)
    }

    /// Leaves behind what was used, so that the next start need not wait until the reservation is over.
    ///
    /// # Errors
    /// [`GatewayError::SigningState`].
    pub fn close(self) -> Result<(), GatewayError> {
        let Self { signing, path } = self;
        write(&path, &signing.into_final())
    }

    fn write(&self, state: &SigningState) -> Result<(), GatewayError> {
        write(&self.path, state)
    }
}

/// Under another name first, so that what has the name is whole and durable.
fn write(path: &PathBuf, state: &SigningState) -> Result<(), GatewayError> {
    let unfinished = path.with_extension("unfinished");
    let octets = serde_json::to_vec(state).map_err(|error| failed(path, error))?;
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(&octets)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&unfinished, path)).map_err(|error| failed(path, error))
}

fn failed(path: &std::path::Path, why: impl ToString) -> GatewayError {
    GatewayError::SigningState { path: path.to_owned(), why: why.to_string() }
}
