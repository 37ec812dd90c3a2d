//! Lengths of time on the command line, such as `7d`.

use anyhow::{Result, bail};
use v2x_codec::time::Duration;

/// Reads a count and its unit: `90s`, `30min`, `168h`, `7d`, `3y`.
pub(crate) fn parse(text: &str) -> Result<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at(digits);
    let Ok(count) = count.parse::<u16>() else { bail!("{text}: {FORMS}") };
    let duration = match unit.trim() {
        "s" => Duration::Seconds(count),
        "min" => Duration::Minutes(count),
        "h" => Duration::Hours(count),
        "d" => return days(count),
        "y" => Duration::Years(count),
        _ => bail!("{text}: {FORMS}"),
    };
    if count == 0 { bail!("{text}: too short to be valid at all") } else { Ok(duration) }
}

const FORMS: &str = "not a length of time; give a count up to 65535 and s, min, h, d or y, such as 7d";

/// IEEE 1609.2 knows no days, so they become hours.
fn days(count: u16) -> Result<Duration> {
    match count.checked_mul(24) {
        Some(0) => bail!("0d: too short to be valid at all"),
        Some(hours) => Ok(Duration::Hours(hours)),
        None => bail!("{count}d: at most 2730 days; give years"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_and_a_unit_is_a_length_of_time() {
        assert_eq!(parse("7d").ok(), Some(Duration::Hours(168)));
        assert_eq!(parse("3y").ok(), Some(Duration::Years(3)));
        assert_eq!(parse("30min").ok(), Some(Duration::Minutes(30)));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "7", "d", "7w", "-1d", "70000h", "0h", "0d", "2731d", "1.5h"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
