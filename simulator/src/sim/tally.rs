//! What one thread counts in one step, and all of them together. Everything is a whole number, so that the sum does not depend on
//! who counted what.

use std::collections::BTreeMap;

use v2x_station::dcc::DccState;

use super::air::Origin;
use super::limits;
use crate::scenario::Attack;

/// Width of a class of distances, in metres.
pub(super) const BIN_M: f64 = 50.0;
/// Classes of distances.
pub(super) const BINS: usize = 20;

/// Counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) ticket_changes: u64,
    /// Receptions of honest messages.
    pub(super) received: u64,
    pub(super) verified: u64,
    pub(super) refused: BTreeMap<&'static str, u64>,
    pub(super) attacks: BTreeMap<Attack, Counted>,
    /// Messages whose verdict was worked out.
    pub(super) judged: u64,
    /// Honest frames by distance: within reach, and received.
    pub(super) by_distance: [(u64, u64); BINS],
    /// Channel busy ratios in millionths: their number, sum and most.
    pub(super) busy: (u64, u64, u64),
    pub(super) dcc: [u64; DccState::ALL.len()],
    /// By roadside unit.
    pub(super) roadside: BTreeMap<usize, (u64, u64)>,
    pub(super) faults: Faults,
    /// Who accepted a frame that is going to be sent again: its number and the receiver.
    pub(super) accepted: Vec<(u64, u64)>,
}

/// Frames of one kind of attack.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) accepted: u64,
    pub(super) first_copies: u64,
    pub(super) refused: BTreeMap<&'static str, u64>,
}

/// Promises that were broken.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    pub(super) forged_accepted: u64,
    pub(super) honest_refused: u64,
    pub(super) attack_refused_otherwise: u64,
    pub(super) examples: Vec<String>,
}

impl Faults {
    fn note(&mut self, example: impl FnOnce() -> String) {
        if self.examples.len() < limits::MAX_FAULTS {
            self.examples.push(example());
        }
    }
}

impl Tally {
    /// Counts a verdict on what a receiver heard. `had_original` says whether the receiver accepted the frame that a replay repeats.
    pub(super) fn verdict(&mut self, origin: Origin, had_original: bool, verdict: Result<(), &'static str>) {
        match (origin, verdict) {
            (Origin::Honest, Ok(())) => {
                self.received += 1;
                self.verified += 1;
            }
            (Origin::Honest, Err(code)) => {
                self.received += 1;
                *self.refused.entry(code).or_default() += 1;
                // A signer whose certificate was not heard yet is the one reason that an honest message may meet.
                if code != "unknown-signer" {
                    self.faults.honest_refused += 1;
                    self.faults.note(|| format!("an honest message was refused: {code}"));
                }
            }
            (Origin::Attack(kind), verdict) => self.attacked(kind, kind.is_authentic(), verdict),
            (Origin::Replay(..), Ok(())) if !had_original => {
                let counted = self.attacks.entry(Attack::Replay).or_default();
                counted.received += 1;
                counted.first_copies += 1;
            }
            (Origin::Replay(..), verdict) => self.attacked(Attack::Replay, false, verdict),
        }
    }

    fn attacked(&mut self, kind: Attack, is_authentic: bool, verdict: Result<(), &'static str>) {
        let counted = self.attacks.entry(kind).or_default();
        counted.received += 1;
        match verdict {
            Ok(()) => {
                counted.accepted += 1;
                if !is_authentic {
                    self.faults.forged_accepted += 1;
                    self.faults.note(|| format!("a message of the attack {kind:?} was accepted"));
                }
            }
            Err(code) => {
                *counted.refused.entry(code).or_default() += 1;
                if !kind.reasons().contains(&code) {
                    self.faults.attack_refused_otherwise += 1;
                    self.faults.note(|| {
                        format!("a message of the attack {kind:?} was refused for another reason: {code}")
                    });
                }
            }
        }
    }

    /// Takes note of a channel busy ratio.
    pub(super) fn busy(&mut self, share: f64) {
        let millionths = (share * 1e6).round() as u64;
        let (number, sum, most) = self.busy;
        self.busy = (number + 1, sum + millionths, most.max(millionths));
    }

    /// Takes note of a frame that could have been received.
    pub(super) fn offered(&mut self, distance_m: f64, is_received: bool) {
        if let Some((offered, received)) = self.by_distance.get_mut((distance_m / BIN_M) as usize) {
            *offered += 1;
            *received += u64::from(is_received);
        }
    }

    /// Adds what another counted.
    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.ticket_changes += other.ticket_changes;
        self.received += other.received;
        self.verified += other.verified;
        self.judged += other.judged;
        add_counts(&mut self.refused, other.refused);
        for (kind, counted) in other.attacks {
            self.attacks.entry(kind).or_default().add(counted);
        }
        for (own, other) in self.by_distance.iter_mut().zip(other.by_distance) {
            *own = (own.0 + other.0, own.1 + other.1);
        }
        let (number, sum, most) = other.busy;
        self.busy = (self.busy.0 + number, self.busy.1 + sum, self.busy.2.max(most));
        self.dcc.iter_mut().zip(other.dcc).for_each(|(own, other)| *own += other);
        for (unit, (received, verified)) in other.roadside {
            let own = self.roadside.entry(unit).or_default();
            *own = (own.0 + received, own.1 + verified);
        }
        self.faults.add(other.faults);
        self.accepted.extend(other.accepted);
    }
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.received += other.received;
        self.accepted += other.accepted;
        self.first_copies += other.first_copies;
        add_counts(&mut self.refused, other.refused);
    }
}

impl Faults {
    fn add(&mut self, other: Self) {
        self.forged_accepted += other.forged_accepted;
        self.honest_refused += other.honest_refused;
        self.attack_refused_otherwise += other.attack_refused_otherwise;
        let room = limits::MAX_FAULTS.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

fn add_counts(own: &mut BTreeMap<&'static str, u64>, other: BTreeMap<&'static str, u64>) {
    other.into_iter().for_each(|(code, count)| *own.entry(code).or_default() += count);
}

#[cfg(test)]
mod tests {
    use v2x_codec::time::Time64;

    use super::*;

    #[test]
    fn an_honest_message_may_meet_no_refusal_but_an_unknown_signer() {
        let mut tally = Tally::default();
        tally.verdict(Origin::Honest, false, Ok(()));
        tally.verdict(Origin::Honest, false, Err("unknown-signer"));
        assert_eq!((tally.verified, tally.received, tally.faults.honest_refused), (1, 2, 0));
        tally.verdict(Origin::Honest, false, Err("too-old"));
        assert_eq!((tally.faults.honest_refused, tally.faults.examples.len()), (1, 1));
    }

    #[test]
    fn an_accepted_forgery_breaks_the_promise_and_an_accepted_position_lie_does_not() {
        let mut tally = Tally::default();
        tally.verdict(Origin::Attack(Attack::PositionLie), false, Ok(()));
        tally.verdict(Origin::Attack(Attack::Forge), false, Err("bad-message-signature"));
        assert_eq!(tally.faults.forged_accepted, 0);
        tally.verdict(Origin::Attack(Attack::Forge), false, Ok(()));
        tally.verdict(Origin::Attack(Attack::Stale), false, Err("replayed"));
        assert_eq!((tally.faults.forged_accepted, tally.faults.attack_refused_otherwise), (1, 1));
    }

    #[test]
    fn a_replay_may_be_accepted_by_whoever_missed_the_original_and_by_nobody_else() {
        let mut tally = Tally::default();
        tally.verdict(Origin::Replay(7, Time64::from_micros(0)), false, Ok(()));
        tally.verdict(Origin::Replay(7, Time64::from_micros(0)), true, Err("replayed"));
        assert_eq!(tally.faults.forged_accepted, 0);
        assert_eq!(tally.attacks[&Attack::Replay].first_copies, 1);
        tally.verdict(Origin::Replay(7, Time64::from_micros(0)), true, Ok(()));
        assert_eq!(tally.faults.forged_accepted, 1);
    }
}
