//! What was sent, and what a receiver should make of it.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use super::kind::Kind;
use super::sender::Sent;
use super::signing::Plan;
use crate::net::Endpoint;
use crate::output::Output;

/// The report of a run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    to: String,
    stations: usize,
    seconds: f64,
    asked_per_second: f64,
    sent_per_second: f64,
    /// How late a message was sent at most.
    latest_micros: u64,
    nobody_listened: u64,
    sent_in_all: u64,
    sent: BTreeMap<&'static str, u64>,
    expect: Expect,
}

/// What a receiver that misses nothing finds.
#[derive(Serialize)]
struct Expect {
    verified: u64,
    refused: BTreeMap<&'static str, u64>,
}

impl Report {
    pub(super) fn new(to: &Endpoint, plan: &Plan, sent: Sent) -> Self {
        let sent_in_all: u64 = sent.by_kind.values().sum();
        let kinds = Kind::ALL.into_iter().filter_map(|kind| Some((kind, *sent.by_kind.get(&kind)?)));
        let refused = kinds.clone().filter_map(|(kind, count)| Some((kind.reason()?.as_str(), count)));
        Self {
            to: to.to_string(),
            stations: plan.stations,
            seconds: (sent.seconds * 1e3).round() / 1e3,
            asked_per_second: plan.rate,
            sent_per_second: (sent_in_all as f64 / sent.seconds.max(1e-9)).round(),
            latest_micros: u64::try_from(sent.latest.as_micros()).unwrap_or(u64::MAX),
            nobody_listened: sent.nobody_listened,
            sent_in_all,
            expect: Expect {
                verified: sent.by_kind.get(&Kind::Honest).copied().unwrap_or(0),
                refused: refused.collect(),
            },
            sent: kinds.map(|(kind, count)| (kind.name(), count)).collect(),
        }
    }

    pub(super) fn show(&self, output: &mut Output) -> Result<()> {
        let kinds: Vec<String> = self.sent.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        output.line(format!(
            "{} messages of {} stations sent to {} in {:.1} s, {:.0} a second: {}",
            self.sent_in_all,
            self.stations,
            self.to,
            self.seconds,
            self.sent_per_second,
            kinds.join(", ")
        ))?;
        output.line(format!("the latest was sent {} µs after its time", self.latest_micros))?;
        if self.nobody_listened > 0 {
            output.line(format!("NOBODY LISTENED there, as was said {} times", self.nobody_listened))?;
        }
        Ok(())
    }
}
