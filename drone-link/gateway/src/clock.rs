//! The system's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use v2x_codec::time::Time64;

/// Now; `None` for a clock that stands before 2004.
pub(crate) fn now() -> Option<Time64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Time64::from_unix_micros(i64::try_from(since.as_micros()).ok()?)
}
