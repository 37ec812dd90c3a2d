//! `Duration` and `ValidityPeriod` of the IEEE 1609.2 base types.

use super::{MICROS, Time32, Time64};
use crate::ieee1609dot2 as asn;

/// A length of time in the unit that its sender chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duration {
    /// Units of 1 µs.
    Microseconds(u16),
    /// Units of 1 ms.
    Milliseconds(u16),
    /// Units of 1 s.
    Seconds(u16),
    /// Units of 60 s.
    Minutes(u16),
    /// Units of 3600 s.
    Hours(u16),
    /// Units of 60 h.
    SixtyHours(u16),
    /// Units of 31 556 952 s, the mean Gregorian year.
    Years(u16),
}

impl Duration {
    /// The length in µs.
    #[must_use]
    pub fn micros(self) -> u64 {
        let (count, unit) = match self {
            Self::Microseconds(count) => (count, 1),
            Self::Milliseconds(count) => (count, 1000),
            Self::Seconds(count) => (count, MICROS),
            Self::Minutes(count) => (count, 60 * MICROS),
            Self::Hours(count) => (count, 3600 * MICROS),
            Self::SixtyHours(count) => (count, 216_000 * MICROS),
            Self::Years(count) => (count, 31_556_952 * MICROS),
        };
        // 65 535 years are 2.1e18 µs: no overflow.
        u64::from(count) * unit
    }

    /// The length in s, with a started second counted as none.
    #[must_use]
    pub fn whole_seconds(self) -> u64 {
        self.micros() / MICROS
    }
}

/// From `start` (inclusive) for `duration`; the end itself is no longer inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ValidityPeriod {
    /// First second inside.
    pub start: Time32,
    /// How long from then.
    pub duration: Duration,
}

impl ValidityPeriod {
    /// The first instant inside.
    #[must_use]
    pub fn begin(&self) -> Time64 {
        self.start.into()
    }

    /// The first instant after the period.
    #[must_use]
    pub fn end(&self) -> Time64 {
        self.begin().saturating_add_micros(self.duration.micros())
    }

    /// Whether `time` lies inside.
    #[must_use]
    pub fn contains(&self, time: Time64) -> bool {
        self.begin() <= time && time < self.end()
    }

    /// Whether all of `inner` lies inside.
    #[must_use]
    pub fn encloses(&self, inner: &Self) -> bool {
        self.begin() <= inner.begin() && inner.end() <= self.end()
    }
}

impl From<&asn::ValidityPeriod> for ValidityPeriod {
    fn from(period: &asn::ValidityPeriod) -> Self {
        let duration = match period.duration {
            asn::Duration::Microseconds(count) => Duration::Microseconds(count),
            asn::Duration::Milliseconds(count) => Duration::Milliseconds(count),
            asn::Duration::Seconds(count) => Duration::Seconds(count),
            asn::Duration::Minutes(count) => Duration::Minutes(count),
            asn::Duration::Hours(count) => Duration::Hours(count),
            asn::Duration::SixtyHours(count) => Duration::SixtyHours(count),
            asn::Duration::Years(count) => Duration::Years(count),
        };
        Self { start: Time32::from_seconds(period.start.0), duration }
    }
}

impl From<ValidityPeriod> for asn::ValidityPeriod {
    fn from(period: ValidityPeriod) -> Self {
        let duration = match period.duration {
            Duration::Microseconds(count) => asn::Duration::Microseconds(count),
            Duration::Milliseconds(count) => asn::Duration::Milliseconds(count),
            Duration::Seconds(count) => asn::Duration::Seconds(count),
            Duration::Minutes(count) => asn::Duration::Minutes(count),
            Duration::Hours(count) => asn::Duration::Hours(count),
            Duration::SixtyHours(count) => asn::Duration::SixtyHours(count),
            Duration::Years(count) => asn::Duration::Years(count),
        };
        Self { start: asn::Time32(period.start.seconds()), duration }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: ValidityPeriod =
        ValidityPeriod { start: Time32::from_seconds(1000), duration: Duration::Hours(168) };

    #[test]
    fn a_period_holds_its_start_and_not_its_end() {
        assert!(WEEK.contains(WEEK.begin()));
        assert!(WEEK.contains(WEEK.end().saturating_sub_micros(1)));
        assert!(!WEEK.contains(WEEK.end()));
        assert!(!WEEK.contains(WEEK.begin().saturating_sub_micros(1)));
    }

    #[test]
    fn a_period_encloses_itself_and_nothing_longer() {
        let longer = ValidityPeriod { duration: Duration::Minutes(168 * 60 + 1), ..WEEK };
        let earlier = ValidityPeriod { start: Time32::from_seconds(999), ..WEEK };
        assert!(WEEK.encloses(&WEEK));
        assert!(longer.encloses(&WEEK) && !WEEK.encloses(&longer));
        assert!(!WEEK.encloses(&earlier));
    }

    #[test]
    fn units_are_as_long_as_the_base_types_say() {
        assert_eq!(Duration::Years(1).whole_seconds(), 31_556_952);
        assert_eq!(Duration::SixtyHours(2).micros(), Duration::Hours(120).micros());
        assert_eq!(Duration::Milliseconds(999).whole_seconds(), 0);
        let last =
            ValidityPeriod { start: Time32::from_seconds(u32::MAX), duration: Duration::Years(65_535) };
        assert!(last.end() > last.begin());
    }
}
