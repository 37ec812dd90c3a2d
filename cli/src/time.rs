//! Times on the command line: `now`, RFC 3339, or microseconds since 2004.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow};
use v2x_codec::time::Time64;

/// The system clock's time; it counts UTC, and its leap seconds are put back in.
pub(crate) fn now() -> Result<Time64> {
    let since_unix =
        SystemTime::now().duration_since(UNIX_EPOCH).context("the system clock is before 1970")?;
    let micros = i64::try_from(since_unix.as_micros()).context("the system clock is beyond all calendars")?;
    Time64::from_unix_micros(micros).context("the system clock is before 2004, where C-ITS time starts")
}

/// Reads a TIME argument.
pub(crate) fn parse(text: &str) -> Result<Time64> {
    if text == "now" {
        return now();
    }
    if let Ok(micros) = text.parse::<u64>() {
        return Ok(Time64::from_micros(micros));
    }
    text.parse().map_err(|error| {
        anyhow!(
            "{text}: not a time ({error}); give now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_text_or_as_a_count() {
        let text = parse("2026-11-22T18:00:00Z").ok();
        let count = text.and_then(|time| parse(&time.micros().to_string()).ok());
        assert!(text.is_some());
        assert_eq!(text, count);
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_forms_that_are() {
        let message = parse("yesterday").map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(message.starts_with("yesterday: not a time"), "{message}");
    }
}
