//! How recent a message must be, and how certain the clock that judges it.

use core::time::Duration;

use v2x_codec::time::Time64;

use crate::clock::Clock;
use crate::limits::{
    MAX_AGE_AWARENESS, MAX_AGE_OTHER, MAX_CLOCK_UNCERTAINTY, MAX_FUTURE, REPLAY_WINDOW_MICROS,
};
use crate::permission::Psid;
use crate::refusal::Refusal;

/// The bounds that messages are judged by. There is no way to leave one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A clock that may be wrong by more than this judges nothing.
    pub max_clock_uncertainty: Duration,
    /// Oldest CAM, VAM or BSM, which are sent again within a second.
    pub max_age_awareness: Duration,
    /// Oldest message of any other kind that is not made to last. The replay filter must remember as long.
    pub max_age_other: Duration,
    /// How far ahead of our clock a sender's may be.
    pub max_future: Duration,
}

impl Policy {
    /// The bounds of [`crate::limits`].
    pub const STANDARD: Self = Self {
        max_clock_uncertainty: MAX_CLOCK_UNCERTAINTY,
        max_age_awareness: MAX_AGE_AWARENESS,
        max_age_other: MAX_AGE_OTHER,
        max_future: MAX_FUTURE,
    };

    /// How long messages of `psid` are news; `None` for what is made to last and carries its own dates: trust lists,
    /// revocation lists and certificate management.
    #[must_use]
    pub const fn max_age(&self, psid: Psid) -> Option<Duration> {
        /// Revocation lists of SCMS deployments (module `Ieee1609Dot2Crl`).
        const SCMS_CRL: Psid = Psid(0x100);
        match psid {
            Psid::CAM | Psid::BSM | Psid::VAM => Some(self.max_age_awareness),
            Psid::CRL | Psid::CTL | Psid::CERTIFICATE_REQUEST | SCMS_CRL => None,
            Psid(_) => Some(self.max_age_other),
        }
    }

    /// Checks that the clock is certain enough.
    ///
    /// # Errors
    /// [`Refusal::ClockUncertain`].
    pub fn check_clock(&self, clock: &Clock) -> Result<(), Refusal> {
        let (uncertainty, limit) = (clock.uncertainty(), self.max_clock_uncertainty);
        if uncertainty <= limit { Ok(()) } else { Err(Refusal::ClockUncertain { uncertainty, limit }) }
    }

    /// Checks that a message is neither too old nor from the future.
    ///
    /// # Errors
    /// [`Refusal::TooOld`], [`Refusal::FromTheFuture`].
    pub fn check_generation(&self, clock: &Clock, psid: Psid, generated: Time64) -> Result<(), Refusal> {
        let (earliest, latest) = clock.bounds();
        let limit = self.max_future;
        let ahead = Duration::from_micros(generated.micros_since(latest).unwrap_or(0));
        if ahead > limit {
            return Err(Refusal::FromTheFuture { generated, ahead, limit });
        }
        let age = Duration::from_micros(earliest.micros_since(generated).unwrap_or(0));
        match self.max_age(psid).filter(|limit| age > *limit) {
            Some(limit) => Err(Refusal::TooOld { generated, age, limit }),
            None => Ok(()),
        }
    }
}

/// Checks that a message has not run out, and was made before it does.
///
/// # Errors
/// [`Refusal::ExpiryBeforeGeneration`], [`Refusal::Expired`].
pub(crate) fn check_expiry(clock: &Clock, generated: Option<Time64>, expiry: Time64) -> Result<(), Refusal> {
    if let Some(generated) = generated.filter(|generated| *generated >= expiry) {
        return Err(Refusal::ExpiryBeforeGeneration { expiry, generated });
    }
    let (_, now) = clock.bounds();
    if now < expiry { Ok(()) } else { Err(Refusal::Expired { expiry, now }) }
}

const _: () = assert!(
    MAX_AGE_OTHER.as_micros() <= REPLAY_WINDOW_MICROS as u128,
    "what is still accepted must still be remembered"
);
