//! The operating system's random numbers, the only ones that keys are made of here.

use anyhow::{Context, Result};
use getrandom::SysRng;
use getrandom::rand_core::{TryRng, UnwrapErr};

/// The operating system's generator, after it showed that it delivers.
pub(crate) fn generator() -> Result<UnwrapErr<SysRng>> {
    SysRng.try_next_u64().context("the operating system delivers no random numbers")?;
    Ok(UnwrapErr(SysRng))
}
