//! Every bound of the exchange, with its reason.

use v2x_codec::time::Time64;

/// Octets of a request or response. The largest has two nested signatures, two keys, and permissions of at most a few
/// hundred octets; a certificate has at most 4 KiB.
pub const MAX_MESSAGE_OCTETS: usize = 16 * 1024;

/// How old a request may be, in seconds. A retry on a bad link comes within minutes; every request inside this window
/// must be remembered so that its replay gets the same octets.
pub const MAX_AGE_SECONDS: u64 = 600;

/// How far in the future a request may come from, in seconds: what a station's clock may be ahead.
pub const MAX_LEAD_SECONDS: u64 = 60;

/// Whether `made` lies in the window around `now` in which requests are served.
#[must_use]
pub const fn is_fresh(made: Time64, now: Time64) -> bool {
    let latest = now.saturating_add_micros(MAX_LEAD_SECONDS * 1_000_000);
    let earliest = now.saturating_sub_micros(MAX_AGE_SECONDS * 1_000_000);
    earliest.micros() <= made.micros() && made.micros() <= latest.micros()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time64 = Time64::from_micros(700_000_000_000_000);

    #[test]
    fn a_request_is_fresh_for_ten_minutes_and_one_minute_ahead() {
        assert!(is_fresh(NOW, NOW));
        assert!(is_fresh(NOW.saturating_sub_micros(600_000_000), NOW));
        assert!(!is_fresh(NOW.saturating_sub_micros(600_000_001), NOW));
        assert!(is_fresh(NOW.saturating_add_micros(60_000_000), NOW));
        assert!(!is_fresh(NOW.saturating_add_micros(60_000_001), NOW));
    }
}
