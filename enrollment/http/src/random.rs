//! The operating system's random numbers.

use getrandom::{
    SysRng,
    rand_core::{Rng as _, TryRng as _, UnwrapErr},
};
use thiserror::Error;

/// The operating system delivers no random numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the operating system delivers no random numbers")]
pub struct NoRandomness;

/// The operating system's generator, after it showed that it delivers.
///
/// # Errors
/// [`NoRandomness`].
pub fn generator() -> Result<UnwrapErr<SysRng>, NoRandomness> {
    SysRng.try_next_u64().map_err(|_| NoRandomness)?;
    Ok(UnwrapErr(SysRng))
}

/// A number that nobody can guess; 0 where there is no randomness, for uses that only spread load.
#[must_use]
pub fn number() -> u64 {
    generator().map(|mut rng| rng.next_u64()).unwrap_or_default()
}
