//! How busy the channel is at one station.
//!
//! A station's radio counts the time in which it senses a frame. Frames of stations that hear each other follow one another,
//! those of others overlap; taken as independent, frames of ρ times the window leave the channel free with the chance exp(−ρ). ns-3
//! gives channel busy ratios of 0.059, 0.463 and 0.709 for 10, 100 and 200 vehicles a kilometre at 10 Hz; a sensing range of
//! 530 m gives 0.059, 0.455 and 0.703.

/// How far a frame is sensed that need not be understood, in metres: where the mean power falls to −91 dBm.
pub const SENSED_M: f64 = 530.0;
/// How often a station works out the channel busy ratio, in microseconds: every 100 ms, as TS 102 687 V1.2.1 has it in public
/// implementations.
pub const WINDOW_MICROS: u64 = 100_000;

/// The share of time in which the channel is busy, 0…1.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct BusyRatio(f64);

impl BusyRatio {
    /// A share, taken into 0…1; what is no number is 0.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self(if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) })
    }

    /// The share, 0…1.
    #[must_use]
    pub const fn share(self) -> f64 {
        self.0
    }
}

/// What one station senses on the channel.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChannelLoad {
    sensed_micros: u64,
    smoothed: BusyRatio,
}

impl ChannelLoad {
    /// A frame of so many microseconds was on the air within [`SENSED_M`], the station's own included.
    pub const fn sense(&mut self, micros: u64) {
        self.sensed_micros = self.sensed_micros.saturating_add(micros);
    }

    /// Ends a window and begins the next: the mean of the ratio before and that of the window, as public implementations of
    /// TS 102 687 V1.2.1 smooth it.
    pub fn end_window(&mut self) -> BusyRatio {
        let sensed = self.sensed_micros as f64 / WINDOW_MICROS as f64;
        let busy = 1.0 - (-sensed).exp();
        self.sensed_micros = 0;
        self.smoothed = BusyRatio::new((busy + self.smoothed.share()) / 2.0);
        self.smoothed
    }

    /// The ratio after the last window.
    #[must_use]
    pub const fn busy(&self) -> BusyRatio {
        self.smoothed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radio::airtime;

    /// The ratio among so many vehicles a kilometre, each sending 350 octets at 10 Hz.
    fn steady(per_kilometre: u32) -> f64 {
        let mut load = ChannelLoad::default();
        let sensed = f64::from(per_kilometre) * 2.0 * SENSED_M / 1_000.0;
        (0..50).for_each(|_| {
            load.sense((sensed * airtime::micros(350) as f64) as u64);
            load.end_window();
        });
        load.busy().share()
    }

    #[test]
    fn three_densities_make_the_channel_as_busy_as_in_ns3() {
        for (density, expected) in [(10, 0.059), (100, 0.463), (200, 0.709)] {
            let found = steady(density);
            assert!((found - expected).abs() < 0.02, "{density} a kilometre: {found}, ns-3 {expected}");
        }
    }

    #[test]
    fn a_silent_channel_is_free_after_some_windows() {
        let mut load = ChannelLoad::default();
        load.sense(60_000);
        let first = load.end_window();
        for _ in 0..10 {
            load.end_window();
        }
        assert!(first.share() > 0.2 && load.busy().share() < 0.001);
    }

    #[test]
    fn no_number_leaves_the_range() {
        assert_eq!(BusyRatio::new(f64::NAN).share(), 0.0);
        assert_eq!(BusyRatio::new(7.0).share(), 1.0);
        assert_eq!(BusyRatio::new(-7.0).share(), 0.0);
    }
}
