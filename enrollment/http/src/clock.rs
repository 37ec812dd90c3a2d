//! The system's clock as the time of C-ITS.

use std::time::{SystemTime, UNIX_EPOCH};
use thiserror::Error;
use v2x_codec::time::Time64;

/// The system's clock is somewhere that C-ITS time is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the system's clock is before 2004 or beyond all calendars")]
pub struct ClockError;

/// The time: the system counts UTC, and its leap seconds are put back in.
///
/// # Errors
/// [`ClockError`].
pub fn now() -> Result<Time64, ClockError> {
    let since_unix = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| ClockError)?;
    let micros = i64::try_from(since_unix.as_micros()).map_err(|_| ClockError)?;
    Time64::from_unix_micros(micros).ok_or(ClockError)
}
