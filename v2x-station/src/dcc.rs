//! Decentralized congestion control, the reactive approach of TS 102 687 V1.2.1: how long a station leaves between two packets
//! while the channel is so busy.
//!
//! States and intervals are those of its Table A.1, for packets of at most 1 ms on the air, as public implementations show
//! them: [`vanetza`](https://github.com/riebl/vanetza) (`dcc/gradual_state_machine.hpp`) cites the table by its number, and a module
//! for ns-3 (github.com/msepulcre/DCC-ns3) has the same thresholds up to 0.5. A CAM of 350 octets takes 568 µs at 6 Mbit/s, so Table A.2,
//! for packets of at most 0.5 ms (half the intervals, and 0.65 as its last threshold), does not fit it.
//!
//! A new channel busy ratio moves the state by one step at most, up or down.

/// A state, from relaxed to restrictive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DccState {
    /// Busy for less than 30 % of the time: 10 packets a second.
    #[default]
    Relaxed,
    /// 30 to 40 %: 5 packets a second.
    Active1,
    /// 40 to 50 %: 2.5 packets a second.
    Active2,
    /// 50 to 60 %: 2 packets a second.
    Active3,
    /// More: 1 packet a second.
    Restrictive,
}

impl DccState {
    /// Every state, the most relaxed first.
    pub const ALL: [Self; 5] =
        [Self::Relaxed, Self::Active1, Self::Active2, Self::Active3, Self::Restrictive];

    /// Least time between two packets (T_off), in milliseconds.
    #[must_use]
    pub const fn off_ms(self) -> u64 {
        match self {
            Self::Relaxed => 100,
            Self::Active1 => 200,
            Self::Active2 => 400,
            Self::Active3 => 500,
            Self::Restrictive => 1_000,
        }
    }

    /// The state that a channel busy ratio stands for, 0…1; what is no number counts as free.
    fn of(busy_ratio: f64) -> Self {
        const LIMITS: [f64; 4] = [0.30, 0.40, 0.50, 0.60];
        let passed = LIMITS.iter().filter(|limit| busy_ratio >= **limit).count();
        Self::ALL.get(passed).copied().unwrap_or_default()
    }

    fn toward(self, other: Self) -> Self {
        let step =
            |by: isize| Self::ALL.get((self as usize).saturating_add_signed(by)).copied().unwrap_or(self);
        match self.cmp(&other) {
            core::cmp::Ordering::Less => step(1),
            core::cmp::Ordering::Equal => self,
            core::cmp::Ordering::Greater => step(-1),
        }
    }
}

/// The reactive control of one station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReactiveDcc {
    state: DccState,
}

impl ReactiveDcc {
    /// A control that has sensed nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { state: DccState::Relaxed }
    }

    /// Takes note of the channel busy ratio, 0…1, every 100 ms.
    pub fn update(&mut self, busy_ratio: f64) -> DccState {
        self.state = self.state.toward(DccState::of(busy_ratio));
        self.state
    }

    /// The present state.
    #[must_use]
    pub const fn state(&self) -> DccState {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(busy_ratio: f64) -> DccState {
        let mut dcc = ReactiveDcc::new();
        for _ in 0..10 {
            dcc.update(busy_ratio);
        }
        dcc.state()
    }

    #[test]
    fn each_load_has_its_packets_a_second() {
        let rates =
            [(0.0, 100), (0.29, 100), (0.30, 200), (0.40, 400), (0.50, 500), (0.59, 500), (0.60, 1_000)];
        for (busy_ratio, off_ms) in rates {
            assert_eq!(settled(busy_ratio).off_ms(), off_ms, "{busy_ratio}");
        }
        assert_eq!(settled(1.0), DccState::Restrictive);
        assert_eq!(settled(f64::NAN), DccState::Relaxed);
    }

    #[test]
    fn a_jump_of_the_load_moves_one_state_at_a_time() {
        let mut dcc = ReactiveDcc::new();
        let states: Vec<DccState> = (0..5).map(|_| dcc.update(0.9)).collect();
        assert_eq!(states[..4], DccState::ALL[1..]);
        assert_eq!(states[4], DccState::Restrictive);
        assert_eq!(dcc.update(0.1), DccState::Active3);
    }
}
