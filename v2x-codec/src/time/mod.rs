//! Time as C-ITS counts it: TAI since 2004-01-01T00:00:00 UTC, without leap seconds.
//!
//! | type | unit | where |
//! | --- | --- | --- |
//! | [`Time32`] | s | certificate validity, lists (IEEE 1609.2 base types) |
//! | [`Time64`] | µs | `generationTime`, `expiryTime` (IEEE 1609.2 base types) |
//! | [`TimestampIts`] | ms | DENM, TS 102 941 and CDD fields |
//! | [`GnTimestamp`] | ms, modulo 2³² | GeoNetworking position vectors |
//! | [`GenerationDeltaTime`] | ms, modulo 2¹⁶ | CAM, VAM |
//!
//! UTC, Unix time and RFC 3339 text are the world outside: the leap seconds between are in one table, and only
//! conversions use it. No function here reads a clock.

mod leap;
mod rfc3339;
mod validity;
mod wrapped;

use core::fmt;
use core::str::FromStr;

pub use validity::{Duration, ValidityPeriod};
pub use wrapped::{GenerationDeltaTime, GnTimestamp, TimestampIts};

use crate::error::CodecError;

/// Microseconds in a second.
const MICROS: u64 = 1_000_000;

/// Whole TAI seconds since 2004-01-01T00:00:00 UTC, until the year 2140.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time32(u32);

/// TAI microseconds since 2004-01-01T00:00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time64(u64);

impl Time32 {
    /// The time `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// The time at Unix second `unix`; `None` before 2004 or after the year 2140.
    #[must_use]
    pub fn from_unix_seconds(unix: i64) -> Option<Self> {
        u32::try_from(leap::tai_from_unix(unix)?).ok().map(Self)
    }

    /// Unix seconds; within an inserted leap second, those of the midnight that follows (as POSIX counts).
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        leap::utc_from_tai(u64::from(self.0)).unix
    }
}

impl Time64 {
    /// The latest time that can be expressed.
    pub const MAX: Self = Self(u64::MAX);

    /// The time `micros` µs after the epoch.
    #[must_use]
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Milliseconds since the epoch, rounded down.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0 / 1000
    }

    /// The time at Unix time `unix` (µs); `None` before 2004.
    #[must_use]
    pub fn from_unix_micros(unix: i64) -> Option<Self> {
        let seconds = leap::tai_from_unix(unix.div_euclid(1_000_000))?;
        let fraction = unsigned(unix.rem_euclid(1_000_000));
        seconds.checked_mul(MICROS)?.checked_add(fraction).map(Self)
    }

    /// Unix time in µs; within an inserted leap second, that of the second that follows (as POSIX counts).
    #[must_use]
    pub fn unix_micros(self) -> i64 {
        let seconds = leap::utc_from_tai(self.0 / MICROS).unix;
        seconds.saturating_mul(1_000_000).saturating_add_unsigned(self.0 % MICROS)
    }

    /// The second this time lies in; `None` after the year 2140.
    #[must_use]
    pub fn time32(self) -> Option<Time32> {
        u32::try_from(self.0 / MICROS).ok().map(Time32)
    }

    /// This time and `micros` µs, or the latest time there is.
    #[must_use]
    pub const fn saturating_add_micros(self, micros: u64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// This time less `micros` µs, or the epoch.
    #[must_use]
    pub const fn saturating_sub_micros(self, micros: u64) -> Self {
        Self(self.0.saturating_sub(micros))
    }

    /// Microseconds from `earlier` to this time; `None` when `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> Option<u64> {
        self.0.checked_sub(earlier.0)
    }

    /// Microseconds between two times, whichever is earlier.
    #[must_use]
    pub const fn distance_micros(self, other: Self) -> u64 {
        self.0.abs_diff(other.0)
    }
}

/// How far TAI (less its 32 s at the epoch) is ahead of UTC at `time`, in seconds: 0 at the epoch, 5 since 2017.
#[must_use]
pub fn leap_seconds_at(time: Time64) -> u64 {
    leap::utc_from_tai(time.0 / MICROS).offset
}

impl From<Time32> for Time64 {
    fn from(time: Time32) -> Self {
        Self(u64::from(time.0) * MICROS)
    }
}

/// UTC as RFC 3339 writes it, to the second.
impl fmt::Display for Time32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Time64::from(*self).fmt(f)
    }
}

/// UTC as RFC 3339 writes it, with six decimals where the second is not whole; after the year 9999, for which
/// RFC 3339 has no form, the count of microseconds.
impl fmt::Display for Time64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        rfc3339::print(*self, f)
    }
}

impl FromStr for Time64 {
    type Err = CodecError;

    /// Reads RFC 3339 text, with up to six decimals and any offset; `23:59:60` only where a leap second was.
    fn from_str(text: &str) -> Result<Self, CodecError> {
        rfc3339::parse(text)
    }
}

impl FromStr for Time32 {
    type Err = CodecError;

    /// As for [`Time64`], with decimals cut off.
    fn from_str(text: &str) -> Result<Self, CodecError> {
        let time: Time64 = text.parse()?;
        time.time32().ok_or(CodecError::new(crate::ErrorKind::OutOfRange, "Time32", 0))
    }
}

/// A value known not to be negative.
const fn unsigned(value: i64) -> u64 {
    value.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2004-01-01T00:00:00Z.
    const EPOCH: i64 = 1_072_915_200;

    #[test]
    fn the_epoch_is_the_start_of_2004() {
        assert_eq!(Time32::from_unix_seconds(EPOCH), Some(Time32::from_seconds(0)));
        assert_eq!(Time32::from_unix_seconds(EPOCH - 1), None);
        assert_eq!(Time64::default().to_string(), "2004-01-01T00:00:00Z");
    }

    #[test]
    fn tai_is_five_seconds_ahead_since_2017() {
        let before = Time64::from_unix_micros(1_483_228_799_000_000).unwrap();
        let after = Time64::from_unix_micros(1_483_228_800_000_000).unwrap();
        assert_eq!(after.micros() - before.micros(), 2_000_000);
        assert_eq!((leap_seconds_at(before), leap_seconds_at(after)), (4, 5));
    }

    #[test]
    fn unix_time_comes_back_unchanged() {
        for unix in [EPOCH, 1_136_073_599, 1_136_073_600, 1_230_768_000, 1_341_100_799, 1_763_800_000] {
            assert_eq!(Time32::from_unix_seconds(unix).unwrap().unix_seconds(), unix);
            let micros = unix * 1_000_000 + 123_456;
            assert_eq!(Time64::from_unix_micros(micros).unwrap().unix_micros(), micros);
        }
    }

    #[test]
    fn the_extremes_convert_without_overflow() {
        assert_eq!(Time64::from_unix_micros(i64::MIN), None);
        assert!(Time64::from_unix_micros(i64::MAX).is_some());
        assert!(Time64::MAX.unix_micros() > 0);
        assert_eq!(Time32::from_unix_seconds(i64::MAX), None);
        assert_eq!(Time64::MAX.time32(), None);
    }
}
