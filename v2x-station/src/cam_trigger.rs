//! When a station sends a CAM: the generation rules of the cooperative awareness service.
//!
//! The rules and their numbers are those of EN 302 637-2 as public implementations of the service show them: a CAM
//! leaves at the earliest 100 ms (or the channel's own, longer, minimum) after the last one, at the latest after
//! the current generation interval, and in between as soon as heading, position or speed has changed enough.

use crate::kinematics::Kinematics;
use v2x_codec::time::Time64;

/// Shortest interval between two CAMs, in milliseconds (T_GenCamMin).
pub const GENERATION_MIN_MS: u64 = 100;
/// Longest interval between two CAMs, in milliseconds (T_GenCamMax).
pub const GENERATION_MAX_MS: u64 = 1_000;
/// CAMs sent at a shortened interval before the longest one applies again (N_GenCam).
pub const SHORTENED_INTERVALS: u8 = 3;
/// Shortest interval between two low-frequency containers, in milliseconds.
pub const LOW_FREQUENCY_MS: u64 = 500;
/// Shortest interval between two special vehicle containers, in milliseconds.
pub const SPECIAL_VEHICLE_MS: u64 = 500;

/// Change of heading that calls for a CAM, in tenths of a degree.
const HEADING_CHANGE: u16 = 40;
/// Change of position that calls for a CAM, in metres.
const POSITION_CHANGE_M: f64 = 4.0;
/// Change of speed that calls for a CAM, in centimetres a second.
const SPEED_CHANGE: u16 = 50;

/// What the next CAM contains beyond its basic and high-frequency containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CamDue {
    /// The low-frequency container goes along.
    pub low_frequency: bool,
    /// The special vehicle container goes along, where the vehicle has one.
    pub special_vehicle: bool,
}

/// Decides at each check whether a CAM is due.
///
/// Check it at least every [`GENERATION_MIN_MS`]; a CAM that it calls for counts as sent.
#[derive(Clone, Debug)]
pub struct CamTrigger {
    last: Option<Sent>,
    interval_ms: u64,
    shortened_left: u8,
    last_low_frequency: Option<Time64>,
    last_special_vehicle: Option<Time64>,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    at: Time64,
    kinematics: Kinematics,
}

impl Default for CamTrigger {
    fn default() -> Self {
        Self {
            last: None,
            interval_ms: GENERATION_MAX_MS,
            shortened_left: 0,
            last_low_frequency: None,
            last_special_vehicle: None,
        }
    }
}

impl CamTrigger {
    /// A trigger of a station that has sent nothing yet: its first check calls for a CAM.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a CAM is due at `now`, given how the vehicle moves and the channel's shortest interval
    /// (T_GenCam_DCC, milliseconds; clamped to 100…1000).
    pub fn check(&mut self, now: Time64, kinematics: &Kinematics, channel_min_ms: u64) -> Option<CamDue> {
        let shortest = channel_min_ms.clamp(GENERATION_MIN_MS, GENERATION_MAX_MS);
        let due = match &self.last {
            None => true,
            Some(last) => {
                let elapsed = elapsed_ms(last.at, now);
                if elapsed >= shortest && has_changed(&last.kinematics, kinematics) {
                    self.interval_ms = elapsed.min(GENERATION_MAX_MS);
                    self.shortened_left = SHORTENED_INTERVALS;
                    true
                } else if elapsed >= self.interval_ms.max(shortest) {
                    self.lengthen();
                    true
                } else {
                    false
                }
            }
        };
        due.then(|| self.sent(now, kinematics))
    }

    /// A CAM left for its interval alone: after three of these in a row the longest interval applies again.
    fn lengthen(&mut self) {
        self.shortened_left = self.shortened_left.saturating_sub(1);
        if self.shortened_left == 0 {
            self.interval_ms = GENERATION_MAX_MS;
        }
    }

    fn sent(&mut self, now: Time64, kinematics: &Kinematics) -> CamDue {
        self.last = Some(Sent { at: now, kinematics: *kinematics });
        CamDue {
            low_frequency: is_due(&mut self.last_low_frequency, now, LOW_FREQUENCY_MS),
            special_vehicle: is_due(&mut self.last_special_vehicle, now, SPECIAL_VEHICLE_MS),
        }
    }
}

/// Whether `period_ms` has gone by since `last`, which then becomes `now`.
fn is_due(last: &mut Option<Time64>, now: Time64, period_ms: u64) -> bool {
    let due = last.is_none_or(|last| elapsed_ms(last, now) >= period_ms);
    if due {
        *last = Some(now);
    }
    due
}

fn has_changed(before: &Kinematics, now: &Kinematics) -> bool {
    before.heading_change(now) > HEADING_CHANGE
        || before.distance_m(now) > POSITION_CHANGE_M
        || before.speed.abs_diff(now.speed) > SPEED_CHANGE
}

/// Milliseconds from `earlier` to `later`; none when the clock went back, so that no CAM is sent early for it.
fn elapsed_ms(earlier: Time64, later: Time64) -> u64 {
    later.micros_since(earlier).unwrap_or(0) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time64 = Time64::from_micros(700_000_000_000_000);

    fn at_ms(ms: u64) -> Time64 {
        START.saturating_add_micros(ms * 1_000)
    }

    fn standing() -> Kinematics {
        Kinematics { latitude: 507_000_000, longitude: 69_000_000, heading: 900, speed: 0 }
    }

    /// Checks every 100 ms for `seconds`; `move_on` is told the time and changes the vehicle.
    fn times_of_cams(seconds: u64, mut move_on: impl FnMut(u64, &mut Kinematics)) -> Vec<u64> {
        let (mut trigger, mut vehicle) = (CamTrigger::new(), standing());
        (0..seconds * 10)
            .map(|step| step * 100)
            .filter(|ms| {
                move_on(*ms, &mut vehicle);
                trigger.check(at_ms(*ms), &vehicle, GENERATION_MIN_MS).is_some()
            })
            .collect()
    }

    #[test]
    fn a_standing_vehicle_sends_once_a_second() {
        assert_eq!(times_of_cams(4, |_, _| {}), [0, 1_000, 2_000, 3_000]);
    }

    #[test]
    fn a_turn_beyond_four_degrees_sends_at_once() {
        let times = times_of_cams(1, |ms, vehicle| vehicle.heading = if ms >= 300 { 941 } else { 900 });
        assert_eq!(times.get(1), Some(&300));
    }

    #[test]
    fn a_turn_through_north_is_measured_the_short_way() {
        let times = times_of_cams(1, |ms, vehicle| vehicle.heading = if ms >= 300 { 10 } else { 3_590 });
        assert_eq!(times, [0]);
    }

    #[test]
    fn at_fifty_metres_a_second_every_check_sends() {
        let times = times_of_cams(1, |ms, vehicle| vehicle.latitude = 507_000_000 + (ms as i32 / 100) * 450);
        assert_eq!(times.len(), 10);
    }

    #[test]
    fn three_more_follow_at_a_shortened_interval_before_the_longest_applies_again() {
        let times = times_of_cams(4, |ms, vehicle| vehicle.speed = if ms >= 300 { 60 } else { 0 });
        assert_eq!(times, [0, 300, 600, 900, 1_200, 2_200, 3_200]);
    }

    #[test]
    fn a_loaded_channel_holds_back_what_the_vehicle_would_send() {
        let (mut trigger, mut vehicle) = (CamTrigger::new(), standing());
        assert!(trigger.check(at_ms(0), &vehicle, 500).is_some());
        vehicle.heading = 1_800;
        assert!(trigger.check(at_ms(400), &vehicle, 500).is_none());
        assert!(trigger.check(at_ms(500), &vehicle, 500).is_some());
    }

    #[test]
    fn the_low_frequency_container_goes_along_every_half_second() {
        let (mut trigger, mut vehicle) = (CamTrigger::new(), standing());
        let with_container = (0..10).filter(|step| {
            vehicle.heading = (900 + step * 50) % 3_600;
            let due = trigger.check(at_ms(u64::from(*step) * 100), &vehicle, GENERATION_MIN_MS);
            due.is_some_and(|due| due.low_frequency)
        });
        assert_eq!(with_container.collect::<Vec<_>>(), [0, 5]);
    }

    #[test]
    fn a_clock_that_goes_back_sends_nothing() {
        let mut trigger = CamTrigger::new();
        assert!(trigger.check(at_ms(5_000), &standing(), GENERATION_MIN_MS).is_some());
        assert!(trigger.check(at_ms(1_000), &standing(), GENERATION_MIN_MS).is_none());
    }
}
