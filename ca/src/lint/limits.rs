//! What the policy allows: how long, how far ahead, how far back.

use super::{Candidate, Lint, Verdict, require};
use crate::asn1::period;
use v2x_codec::time::Time64;

pub(super) const LINTS: &[Lint] = &[
    Lint { id: "validity_within_policy", source: "policy::Policy (longest_validity)", check: longest },
    Lint { id: "start_not_too_far_ahead", source: "policy::Policy (longest_lead)", check: lead },
    Lint { id: "start_not_too_far_back", source: "policy::Policy (backdating_seconds)", check: backdated },
    Lint { id: "not_expired_at_issue", source: "TS 103 097 clause 6 (validityPeriod)", check: expired },
];

const SECOND: u64 = 1_000_000;

fn longest(candidate: &Candidate<'_>) -> Verdict {
    let allowed = candidate.policy.longest_validity(candidate.role).saturating_mul(SECOND);
    let asked = period(&candidate.tbs.validity_period).duration.micros();
    require(asked <= allowed, "the validity is longer than the policy allows")
}

fn lead(candidate: &Candidate<'_>) -> Verdict {
    let lead = candidate.policy.longest_lead(candidate.role).saturating_mul(SECOND);
    let latest = Time64::from(candidate.now).saturating_add_micros(lead);
    require(period(&candidate.tbs.validity_period).begin() <= latest, "the validity starts too far ahead")
}

fn backdated(candidate: &Candidate<'_>) -> Verdict {
    let back = candidate.policy.backdating_seconds.saturating_mul(SECOND);
    let earliest = Time64::from(candidate.now).saturating_sub_micros(back);
    require(period(&candidate.tbs.validity_period).begin() >= earliest, "the validity starts too far back")
}

fn expired(candidate: &Candidate<'_>) -> Verdict {
    let ahead = period(&candidate.tbs.validity_period).end() > Time64::from(candidate.now);
    require(ahead, "the validity has ended already")
}
