//! RFC 3339 text, and the calendar it needs (proleptic Gregorian).

use core::fmt;

use super::{MICROS, Time64, leap};
use crate::error::{CodecError, ErrorKind};

const DAY: i64 = 86_400;
/// Unix seconds of 10000-01-01T00:00:00Z: RFC 3339 years have four digits.
const YEAR_10000: i64 = 253_402_300_800;

pub(super) fn print(time: Time64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let utc = leap::utc_from_tai(time.micros() / MICROS);
    if utc.unix >= YEAR_10000 {
        return write!(f, "{} µs after 2004", time.micros());
    }
    // A leap second belongs to the day that it ends.
    let within = if utc.is_leap { utc.unix - 1 } else { utc.unix };
    let (year, month, day) = civil_from_days(within.div_euclid(DAY));
    let second_of_day = within.rem_euclid(DAY);
    let (hour, minute) = (second_of_day / 3600, second_of_day / 60 % 60);
    let second = second_of_day % 60 + i64::from(utc.is_leap);
    write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
    match time.micros() % MICROS {
        0 => f.write_str("Z"),
        micros => write!(f, ".{micros:06}Z"),
    }
}

pub(super) fn parse(text: &str) -> Result<Time64, CodecError> {
    let mut cursor = Cursor { text: text.as_bytes(), position: 0 };
    let days = cursor.date()?;
    cursor.one_of(b"Tt ")?;
    let (hour, minute, second) = cursor.time_of_day()?;
    let micros = cursor.fraction()?;
    let offset = cursor.offset()?;
    cursor.end()?;
    let is_leap = second == 60;
    let unix = days * DAY + hour * 3600 + minute * 60 + second - offset;
    if is_leap && !leap::ends_at(unix) {
        return Err(CodecError::new(ErrorKind::OutOfRange, "RFC 3339 leap second", 17));
    }
    let tai = leap::tai_from_unix(unix).map(|tai| tai - u64::from(is_leap));
    let time = tai.and_then(|tai| tai.checked_mul(MICROS)?.checked_add(micros));
    time.map(Time64::from_micros).ok_or(CodecError::new(
        ErrorKind::OutOfRange,
        "RFC 3339 time before 2004",
        0,
    ))
}

struct Cursor<'a> {
    text: &'a [u8],
    position: usize,
}

impl Cursor<'_> {
    fn date(&mut self) -> Result<i64, CodecError> {
        let year = self.number(4, 0..=9999)?;
        self.one_of(b"-")?;
        let month = self.number(2, 1..=12)?;
        self.one_of(b"-")?;
        let day = self.number(2, 1..=days_in_month(year, month))?;
        Ok(days_from_civil(year, month, day))
    }

    fn time_of_day(&mut self) -> Result<(i64, i64, i64), CodecError> {
        let hour = self.number(2, 0..=23)?;
        self.one_of(b":")?;
        let minute = self.number(2, 0..=59)?;
        self.one_of(b":")?;
        Ok((hour, minute, self.number(2, 0..=60)?))
    }

    /// Microseconds of the optional fraction, which has one to six digits.
    fn fraction(&mut self) -> Result<u64, CodecError> {
        if self.peek() != Some(b'.') {
            return Ok(0);
        }
        self.position += 1;
        let (mut micros, mut unit) = (0, MICROS / 10);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if unit == 0 {
                return Err(self.error(ErrorKind::OutOfRange));
            }
            micros += u64::from(digit - b'0') * unit;
            unit /= 10;
            self.position += 1;
        }
        if unit == MICROS / 10 { Err(self.error(ErrorKind::NotText)) } else { Ok(micros) }
    }

    /// Seconds that local time is ahead of UTC.
    fn offset(&mut self) -> Result<i64, CodecError> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Ok(0),
        };
        let hours = self.number(2, 0..=23)?;
        self.one_of(b":")?;
        Ok(sign * (hours * 3600 + self.number(2, 0..=59)? * 60))
    }

    fn number(&mut self, digits: usize, range: core::ops::RangeInclusive<i64>) -> Result<i64, CodecError> {
        let start = self.position;
        let mut value = 0;
        for _ in 0..digits {
            value = value * 10 + i64::from(self.one_of(b"0123456789")? - b'0');
        }
        let error = CodecError::new(ErrorKind::OutOfRange, "RFC 3339 time", start);
        if range.contains(&value) { Ok(value) } else { Err(error) }
    }

    fn one_of(&mut self, allowed: &[u8]) -> Result<u8, CodecError> {
        let found = self.peek().filter(|octet| allowed.contains(octet));
        let octet = found.ok_or(self.error(ErrorKind::NotText))?;
        self.position += 1;
        Ok(octet)
    }

    fn end(&self) -> Result<(), CodecError> {
        match self.text.len() - self.position {
            0 => Ok(()),
            left => Err(self.error(ErrorKind::TrailingOctets(left))),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.position).copied()
    }

    fn error(&self, kind: ErrorKind) -> CodecError {
        CodecError::new(kind, "RFC 3339 time", self.position)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(is_leap_year),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    march_year * 365 + leap_days + day_of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01: the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Time64 {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_printed_parses_to_the_same_time() {
        // Every 97 h or so from 2004 to 2140, and each second around the last leap second.
        let sparse = (0..12_300_u64).map(|i| i * 349_931_000_001);
        let dense = (0..10).map(|i| parsed("2016-12-31T23:59:55Z").micros() + i * MICROS);
        for time in sparse.chain(dense).map(Time64::from_micros) {
            assert_eq!(parsed(&time.to_string()), time, "{time}");
        }
    }

    #[test]
    fn known_instants_read_as_unix_time_says() {
        assert_eq!(parsed("2025-11-22T08:26:40Z").unix_micros(), 1_763_800_000_000_000);
        assert_eq!(parsed("2024-02-29T12:00:00.5+02:00").unix_micros(), 1_709_200_800_500_000);
        assert_eq!(parsed("2017-01-01T00:00:00Z").micros(), (1_483_228_800 - 1_072_915_200 + 5) * MICROS);
    }

    #[test]
    fn a_leap_second_has_its_own_name() {
        let leap = parsed("2016-12-31T23:59:60.25Z");
        assert_eq!(leap.to_string(), "2016-12-31T23:59:60.250000Z");
        assert_eq!(leap.micros() + 750_000, parsed("2017-01-01T00:00:00Z").micros());
        assert_eq!(parsed("2017-01-01T00:59:60+01:00"), parsed("2016-12-31T23:59:60Z"));
        assert!("2018-12-31T23:59:60Z".parse::<Time64>().is_err());
    }

    #[test]
    fn text_that_is_no_time_is_refused_where_it_goes_wrong() {
        for (text, offset) in [
            ("", 0),
            ("2026-13-01T00:00:00Z", 5),
            ("2026-02-29T00:00:00Z", 8),
            ("2026-02-28T24:00:00Z", 11),
            ("2026-02-28T00:00:00", 19),
            ("2026-02-28T00:00:00.Z", 20),
            ("2026-02-28T00:00:00.1234567Z", 26),
            ("2026-02-28T00:00:00ZZ", 20),
            ("2026-02-28T00:00:00+1:00", 21),
            ("1999-02-28T00:00:00Z", 0),
        ] {
            assert_eq!(text.parse::<Time64>().unwrap_err().offset, offset, "{text}");
        }
    }

    #[test]
    fn a_time_beyond_the_calendar_prints_as_a_count() {
        assert_eq!(Time64::MAX.to_string(), "18446744073709551615 µs after 2004");
    }
}
