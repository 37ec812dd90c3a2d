//! Every bound of this crate, with its reason.

/// Questions to EAs under way. At 2 KiB each this is 128 MiB; more than that are refused rather than queued.
pub const MAX_PENDING: usize = 1 << 16;

/// How long an EA may take, in microseconds: 10 s, then the station learns that its EA cannot be reached and retries.
pub const EA_TIMEOUT_MICROS: u64 = 10_000_000;
