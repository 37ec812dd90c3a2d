//! The operating system's random numbers, the only ones that keys are made of here.

use anyhow::{Context, Result};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, TryRng, UnwrapErr};

/// The operating system's generator, after it showed that it delivers.
pub(crate) fn generator() -> Result<UnwrapErr<SysRng>> {
    SysRng.try_next_u64().context("the operating system delivers no random numbers")?;
    Ok(UnwrapErr(SysRng))
}

/// A number that nobody can guess.
pub(crate) fn number() -> Result<u64> {
    Ok(generator()?.next_u64())
}
