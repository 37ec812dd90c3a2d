//! Millisecond times of the facilities and network layers; two of them wrap around.

use super::Time64;

/// TAI milliseconds since 2004-01-01T00:00:00 UTC, below 2⁴² (`TimestampIts` of the common data dictionary).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimestampIts(u64);

/// The timestamp of a GeoNetworking position vector: milliseconds modulo 2³², which repeats after 49.7 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GnTimestamp(u32);

/// `generationDeltaTime` of CAM and VAM: milliseconds modulo 2¹⁶, which repeats after 65.5 s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct GenerationDeltaTime(u16);

impl TimestampIts {
    /// The largest value of the ASN.1 constraint, in the year 2143.
    pub const MAX: u64 = (1 << 42) - 1;

    /// `None` above [`MAX`](Self::MAX).
    #[must_use]
    pub const fn from_millis(millis: u64) -> Option<Self> {
        if millis <= Self::MAX { Some(Self(millis)) } else { None }
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// The millisecond `time` lies in; `None` after the year 2143.
    #[must_use]
    pub const fn from_time64(time: Time64) -> Option<Self> {
        Self::from_millis(time.millis())
    }

    /// The start of this millisecond.
    #[must_use]
    pub const fn time64(self) -> Time64 {
        Time64::from_micros(self.0 * 1000)
    }
}

impl GnTimestamp {
    /// The field's value.
    #[must_use]
    pub const fn new(value: u32) -> Self {
        Self(value)
    }

    /// The field's value.
    #[must_use]
    pub const fn value(self) -> u32 {
        self.0
    }

    /// The timestamp at `time`.
    #[must_use]
    pub const fn at(time: Time64) -> Self {
        let [_, _, _, _, a, b, c, d] = time.millis().to_be_bytes();
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// The time with this timestamp that is nearest to `reference`: right within 24 days of it.
    #[must_use]
    pub fn nearest(self, reference: Time64) -> Time64 {
        let ahead = self.0.wrapping_sub(Self::at(reference).0).cast_signed();
        shifted(reference, i64::from(ahead))
    }
}

impl GenerationDeltaTime {
    /// The field's value.
    #[must_use]
    pub const fn new(value: u16) -> Self {
        Self(value)
    }

    /// The field's value.
    #[must_use]
    pub const fn value(self) -> u16 {
        self.0
    }

    /// The value at `time`.
    #[must_use]
    pub const fn at(time: Time64) -> Self {
        let [_, _, _, _, _, _, a, b] = time.millis().to_be_bytes();
        Self(u16::from_be_bytes([a, b]))
    }

    /// The time with this value that is nearest to `reference`: right within 32 s of it.
    #[must_use]
    pub fn nearest(self, reference: Time64) -> Time64 {
        let ahead = self.0.wrapping_sub(Self::at(reference).0).cast_signed();
        shifted(reference, i64::from(ahead))
    }
}

/// The millisecond `ahead` of the one that `reference` lies in, clipped to what can be expressed.
fn shifted(reference: Time64, ahead: i64) -> Time64 {
    let millis = reference.millis().saturating_add_signed(ahead);
    Time64::from_micros(millis.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// generationTime of a CAM heard on the road, whose position vector has timestamp 809418448 and whose
    /// generationDeltaTime is 48848.
    const HEARD: Time64 = Time64::from_micros(696_594_120_508_870);

    #[test]
    fn a_position_is_108_ms_older_than_the_signature_over_it() {
        let position = GnTimestamp::new(809_418_448).nearest(HEARD);
        assert_eq!(HEARD.millis() - position.millis(), 108);
        assert_eq!(GnTimestamp::at(position), GnTimestamp::new(809_418_448));
        assert_eq!(GenerationDeltaTime::at(position), GenerationDeltaTime::new(48_848));
        assert_eq!(GenerationDeltaTime::new(48_848).nearest(HEARD), position);
    }

    #[test]
    fn the_nearest_time_may_lie_ahead_and_across_the_wrap() {
        let wrap = Time64::from_micros((1_u64 << 32) * 1000);
        let before = GnTimestamp::new(u32::MAX).nearest(wrap);
        let after = GnTimestamp::new(5).nearest(before);
        assert_eq!(wrap.millis() - before.millis(), 1);
        assert_eq!(after.millis() - wrap.millis(), 5);
    }

    #[test]
    fn a_timestamp_has_42_bits() {
        assert_eq!(TimestampIts::from_millis(TimestampIts::MAX + 1), None);
        assert_eq!(TimestampIts::from_time64(Time64::MAX), None);
        let timestamp = TimestampIts::from_time64(HEARD).unwrap();
        assert_eq!(timestamp.time64().micros(), 696_594_120_508_000);
    }
}
