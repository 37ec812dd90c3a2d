//! The chance that a frame is received, over a distance, while the channel is so busy.
//!
//! [`Model::Fading`] is a closed form with two factors:
//! - the chance that fading leaves the mean signal-to-noise ratio above what the frame needs: Q(m, m·10^((4.75 − SNR)/10))
//!   with m = 1 (Rayleigh), which is exp(−10^((4.75 − SNR)/10)), the mean falling by two slopes;
//! - the chance that no other frame gets in its way: exp(−CBR^2.32 · (−0.065 + 0.811·d/100 m)).
//!
//! It was fitted to packet reception ratios that ns-3.37 gives for its model of 802.11p: frames of 350 octets at 6 Mbit/s and 23 dBm, a
//! `ThreeLogDistancePropagationLossModel` of exponents 1.9 and 3.8 with the break at 80 m, Nakagami fading, 10 Hz for each of 10
//! to 200 vehicles a kilometre. The test holds it against nine of these ratios.
//!
//! [`Model::Disc`] receives everything within a radius and nothing beyond, as simple simulators do.

use super::load::BusyRatio;

/// Sent power in dBm: the most that ITS-G5 stations use for CAMs.
const POWER_DBM: f64 = 23.0;
/// Loss over the first metre in dB: the reference of ns-3's log-distance models.
const FIRST_METRE_DB: f64 = 46.6777;
/// Where the second slope begins, in metres.
const BREAK_M: f64 = 80.0;
const NEAR_EXPONENT: f64 = 1.9;
const FAR_EXPONENT: f64 = 3.8;
/// Noise of a receiver of 10 MHz with a noise figure of 7 dB, in dBm.
const NOISE_DBM: f64 = -97.0;
/// Signal-to-noise ratio that a frame needs, in dB.
const NEEDED_DB: f64 = 4.75;
/// How the chance of being disturbed grows with the channel busy ratio…
const LOAD_EXPONENT: f64 = 2.32;
/// …and with distance: at none, and for every 100 m.
const LOAD_AT_ONCE: f64 = -0.065;
const LOAD_PER_100_M: f64 = 0.811;

/// Below this chance a frame counts as out of reach: one in two hundred.
const NEGLIGIBLE: f64 = 0.005;
/// Steps of the table of chances, in metres and in busy ratio.
const STEP_M: f64 = 2.0;
const RATIOS: usize = 101;

/// How reception depends on distance and load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model {
    /// Path loss, fading and interference, by the closed form of this module.
    Fading,
    /// Everything within the radius in metres is received, nothing beyond.
    Disc(f64),
}

/// The mean power that arrives, in dBm.
fn mean_power_dbm(distance_m: f64) -> f64 {
    let distance = distance_m.max(1.0);
    let near = 10.0 * NEAR_EXPONENT * distance.min(BREAK_M).log10();
    let far = 10.0 * FAR_EXPONENT * (distance.max(BREAK_M) / BREAK_M).log10();
    POWER_DBM - FIRST_METRE_DB - near - far
}

/// The chance that a frame is received over `distance_m` metres on a channel that is busy for the share `busy` of the time.
fn fading_chance(distance_m: f64, busy: f64) -> f64 {
    let ratio = mean_power_dbm(distance_m) - NOISE_DBM;
    let strong_enough = (-(10f64.powf((NEEDED_DB - ratio) / 10.0))).exp();
    let disturbance = busy.powf(LOAD_EXPONENT) * (LOAD_AT_ONCE + LOAD_PER_100_M * distance_m / 100.0);
    // Close by, the fit gives a hair more than one.
    (strong_enough * (-disturbance).exp()).clamp(0.0, 1.0)
}

/// The chances of a model, worked out once: in a simulated second they are asked for millions of times.
#[derive(Clone, Debug)]
pub struct Reception {
    model: Model,
    range_m: f64,
    /// For each step of distance the chances by busy ratio.
    chances: Vec<[f32; RATIOS]>,
}

impl Reception {
    /// Works out the chances of a model.
    #[must_use]
    pub fn new(model: Model) -> Self {
        match model {
            Model::Disc(radius) => Self { model, range_m: radius, chances: Vec::new() },
            Model::Fading => {
                let distances = (0..).map(|step| f64::from(step) * STEP_M);
                let reached = distances.take_while(|distance| fading_chance(*distance, 0.0) >= NEGLIGIBLE);
                let chances: Vec<_> = reached.map(row).collect();
                Self { model, range_m: chances.len() as f64 * STEP_M, chances }
            }
        }
    }

    /// Beyond so many metres nothing is received.
    #[must_use]
    pub const fn range_m(&self) -> f64 {
        self.range_m
    }

    /// The chance that a frame is received, 0…1.
    #[must_use]
    pub fn chance(&self, distance_m: f64, busy: BusyRatio) -> f64 {
        if !(0.0..self.range_m).contains(&distance_m) {
            return 0.0;
        }
        match self.model {
            Model::Disc(_) => 1.0,
            Model::Fading => {
                let (row, column) = ((distance_m / STEP_M) as usize, (busy.share() * 100.0).round() as usize);
                self.chances.get(row).and_then(|row| row.get(column)).copied().map_or(0.0, f64::from)
            }
        }
    }
}

/// The chances in the middle of a step of distance.
fn row(distance_m: f64) -> [f32; RATIOS] {
    core::array::from_fn(|percent| fading_chance(distance_m + STEP_M / 2.0, percent as f64 / 100.0) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packet reception ratios of ns-3: channel busy ratio, metres, ratio. For 10, 100 and 200 vehicles a kilometre.
    const NS3: [(f64, f64, f64); 9] = [
        (0.059, 175.0, 0.99),
        (0.059, 425.0, 0.73),
        (0.059, 625.0, 0.28),
        (0.463, 175.0, 0.85),
        (0.463, 425.0, 0.38),
        (0.463, 625.0, 0.10),
        (0.709, 175.0, 0.62),
        (0.709, 425.0, 0.10),
        (0.709, 625.0, 0.01),
    ];

    #[test]
    fn the_closed_form_keeps_to_what_ns3_gives_for_three_densities() {
        let reception = Reception::new(Model::Fading);
        let errors: Vec<f64> = NS3
            .iter()
            .map(|(busy, distance, ratio)| reception.chance(*distance, BusyRatio::new(*busy)) - ratio)
            .collect();
        let mean_square = errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64;
        let worst = errors.iter().fold(0.0f64, |worst, error| worst.max(error.abs()));
        assert!(mean_square.sqrt() <= 0.05, "root mean square {}: {errors:?}", mean_square.sqrt());
        assert!(worst <= 0.12, "worst {worst}: {errors:?}");
    }

    #[test]
    fn the_table_gives_what_the_closed_form_gives() {
        let reception = Reception::new(Model::Fading);
        for distance in (0..1_000).map(|metres| f64::from(metres) + 0.5) {
            for busy in [0.0, 0.25, 0.7] {
                let found = reception.chance(distance, BusyRatio::new(busy));
                let exact = if distance < reception.range_m() { fading_chance(distance, busy) } else { 0.0 };
                assert!((found - exact).abs() < 0.01, "{distance} m at {busy}: {found}, {exact}");
            }
        }
    }

    #[test]
    fn reception_falls_with_distance_and_with_load() {
        let reception = Reception::new(Model::Fading);
        let chances: Vec<f64> =
            (1..9).map(|step| reception.chance(f64::from(step) * 100.0, BusyRatio::new(0.4))).collect();
        assert!(chances.windows(2).all(|pair| pair[0] >= pair[1]), "{chances:?}");
        let at = |busy| reception.chance(300.0, BusyRatio::new(busy));
        assert!(at(0.0) > at(0.3) && at(0.3) > at(0.6));
    }

    #[test]
    fn beyond_the_range_nothing_is_received() {
        let reception = Reception::new(Model::Fading);
        assert!((700.0..1_200.0).contains(&reception.range_m()), "{}", reception.range_m());
        assert_eq!(reception.chance(reception.range_m(), BusyRatio::new(0.0)), 0.0);
        assert_eq!(reception.chance(f64::NAN, BusyRatio::new(0.0)), 0.0);
    }

    #[test]
    fn a_disc_knows_neither_fading_nor_load() {
        let disc = Reception::new(Model::Disc(300.0));
        assert_eq!(disc.chance(299.9, BusyRatio::new(0.9)), 1.0);
        assert_eq!(disc.chance(300.1, BusyRatio::new(0.0)), 0.0);
    }
}
