//! Which packets go first, and which are left out when there are too many.

use v2x_security::clock::Clock;
use v2x_security::glance::Glance;
use v2x_security::refusal::Position;

use crate::config::{Config, Place};

/// Which queue a packet waits in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Its signer verified before, and keeps within its budget.
    Known,
    /// Anything else.
    Unknown,
}

/// Why a packet was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shed {
    /// More waits than can be verified soon, and this message is old.
    Old,
    /// More waits than can be verified soon, and this sender is far away.
    Far,
    /// The queue for known signers is full.
    KnownFull,
    /// The queue for unknown signers is full.
    UnknownFull,
    /// Longer than any packet on the air.
    TooLong,
}

impl Shed {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Old, Self::Far, Self::KnownFull, Self::UnknownFull, Self::TooLong];

    /// The name that reports and metrics count by.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Far => "far",
            Self::KnownFull => "known-full",
            Self::UnknownFull => "unknown-full",
            Self::TooLong => "too-long",
        }
    }
}

/// Why a packet matters less than others, if it does.
pub(crate) fn irrelevance(config: &Config, clock: &Clock, glance: &Glance<'_>) -> Option<Shed> {
    let recent = u64::try_from(config.recent.as_micros()).unwrap_or(u64::MAX);
    let is_old = glance
        .generation_time()
        .is_some_and(|made| clock.now().micros_since(made).is_some_and(|age| age > recent));
    if is_old {
        return Some(Shed::Old);
    }
    let place = config.place?;
    let is_far = glance.position().is_some_and(|position| distance_m(&place, position) > place.radius_m);
    is_far.then_some(Shed::Far)
}

/// Metres along a flat Earth: near enough to tell near from far.
fn distance_m(place: &Place, other: Position) -> f64 {
    /// Metres in 0.1 microdegrees of a great circle.
    const METRES: f64 = 40_007_863.0 / 3.6e9;
    let own = place.position;
    let north = f64::from(other.latitude) - f64::from(own.latitude);
    let east = f64::from(other.longitude) - f64::from(own.longitude);
    let shrunk = (f64::from(own.latitude) / 1e7).to_radians().cos();
    (north * METRES).hypot(east * METRES * shrunk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_a_degree_is_a_kilometre_and_less_of_it_east() {
        let position = Position { latitude: 523_000_000, longitude: 136_000_000 };
        let place = Place { position, radius_m: 500.0 };
        let north = distance_m(&place, Position { latitude: 523_100_000, ..position });
        let east = distance_m(&place, Position { longitude: 136_100_000, ..position });
        assert!((1_110.0..1_114.0).contains(&north), "{north}");
        assert!((675.0..685.0).contains(&east), "{east}");
    }
}
