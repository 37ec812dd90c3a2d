//! What time it is, and how sure the caller is of it.
//!
//! The cores have no clock of their own. Every call that judges time takes a [`Clock`]; a clock that cannot say
//! how wrong it may be cannot be built, and one that may be too wrong is refused by the verifier.

use core::time::Duration;

use v2x_codec::time::Time64;

/// A reading of the station's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    now: Time64,
    uncertainty: Duration,
}

impl Clock {
    /// A reading of `now` that may be wrong by `uncertainty` either way.
    #[must_use]
    pub const fn new(now: Time64, uncertainty: Duration) -> Self {
        Self { now, uncertainty }
    }

    /// A reading without error: simulated time, or the judgement of a stored message at a stated time.
    #[must_use]
    pub const fn exact(now: Time64) -> Self {
        Self::new(now, Duration::ZERO)
    }

    /// The reading: microseconds of TAI since 2004-01-01 00:00 UTC.
    #[must_use]
    pub const fn now(&self) -> Time64 {
        self.now
    }

    /// How far the true time may lie from the reading, either way.
    #[must_use]
    pub const fn uncertainty(&self) -> Duration {
        self.uncertainty
    }

    /// The earliest and the latest that the true time can be.
    #[must_use]
    pub fn bounds(&self) -> (Time64, Time64) {
        let micros = u64::try_from(self.uncertainty.as_micros()).unwrap_or(u64::MAX);
        (self.now.saturating_sub_micros(micros), self.now.saturating_add_micros(micros))
    }
}
