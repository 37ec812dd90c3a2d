//! What a run of the demo says of itself; the same for the same seed, but for [`Report::wall_s`].

use std::collections::BTreeMap;

use serde::Serialize;

use crate::pki::Issued;

use super::attack::AttackKind;

/// The whole report.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// The seed that chose vehicles, tickets' order and the moments of the attacks.
    pub seed: u64,
    /// Vehicles that drove with tickets of their own, attackers not counted.
    pub vehicles: usize,
    /// Simulated time in seconds.
    pub simulated_s: f64,
    /// Time that the run took in seconds, enrolment included.
    pub wall_s: f64,
    /// Where the positions came from.
    pub trace: String,
    /// The certificates that were issued over TS 102 941 messages.
    pub issued: Issued,
    /// What honest vehicles sent, and what became of it.
    pub honest: Honest,
    /// What attackers sent, and what became of it.
    pub attacks: BTreeMap<AttackKind, Attacked>,
}

/// Honest traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Honest {
    /// CAMs sent.
    pub sent: u64,
    /// CAMs that the roadside unit verified.
    pub verified: u64,
    /// CAMs that it refused, by the refusal's code: empty in a good run.
    pub refused_by_reason: BTreeMap<String, u64>,
}

/// Traffic of one kind of attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attacked {
    /// Packets sent.
    pub sent: u64,
    /// Packets that were accepted: none in a good run.
    pub accepted: u64,
    /// Packets refused, by the refusal's code.
    pub refused_by_reason: BTreeMap<String, u64>,
}

impl Report {
    /// Whether every honest CAM was verified and every attack refused for the reason it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let honest = self.honest.sent > 0 && self.honest.verified == self.honest.sent;
        honest && self.attacks.iter().all(|(kind, attacked)| attacked.is_refused_for(kind.reason()))
    }

    /// Packets of all attacks together: sent and accepted.
    #[must_use]
    pub fn attack_totals(&self) -> (u64, u64) {
        self.attacks
            .values()
            .fold((0, 0), |(sent, accepted), attacked| (sent + attacked.sent, accepted + attacked.accepted))
    }
}

impl Honest {
    /// Counts one honest packet and what the roadside unit said of it.
    pub(super) fn count(&mut self, verdict: Result<(), &str>) {
        self.sent += 1;
        match verdict {
            Ok(()) => self.verified += 1,
            Err(code) => *self.refused_by_reason.entry(code.to_owned()).or_default() += 1,
        }
    }
}

impl Attacked {
    /// Counts one packet of an attack and what the roadside unit said of it.
    pub(super) fn count(&mut self, verdict: Result<(), &str>) {
        self.sent += 1;
        match verdict {
            Ok(()) => self.accepted += 1,
            Err(code) => *self.refused_by_reason.entry(code.to_owned()).or_default() += 1,
        }
    }

    fn is_refused_for(&self, reason: &str) -> bool {
        self.refused_by_reason.get(reason).copied().unwrap_or(0) == self.sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(kind: AttackKind, code: &str) -> Report {
        let mut report = Report::default();
        report.honest.count(Ok(()));
        report.attacks.entry(kind).or_default().count(Err(code));
        report
    }

    #[test]
    fn a_run_is_good_when_each_attack_meets_its_own_reason() {
        assert!(report(AttackKind::Replayed, "replayed").is_good());
        assert!(!report(AttackKind::Replayed, "too-old").is_good());
    }

    #[test]
    fn one_accepted_attack_or_refused_honest_cam_spoils_the_run() {
        let mut accepted = report(AttackKind::Replayed, "replayed");
        accepted.attacks.entry(AttackKind::Replayed).or_default().count(Ok(()));
        assert!(!accepted.is_good());
        let mut refused = report(AttackKind::Replayed, "replayed");
        refused.honest.count(Err("too-old"));
        assert!(!refused.is_good());
    }

    #[test]
    fn a_run_without_honest_traffic_shows_nothing() {
        assert!(!Report::default().is_good());
    }
}
