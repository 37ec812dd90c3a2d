//! What a run found, for the summary at its end.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use anyhow::Result;
use serde::Serialize;
use v2x_crypto_key_tables::Statistics;
use v2x_engine::{Histogram, Metrics};

use super::tally::Tally;
use crate::exit::Outcome;
use crate::judge;
use crate::output::Output;

/// What a run found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    event: &'static str,
    seconds: f64,
    received: u64,
    pub(super) verified: u64,
    refused: u64,
    pub(super) refused_by_reason: BTreeMap<&'static str, u64>,
    pub(super) shed: u64,
    shed_by_reason: BTreeMap<&'static str, u64>,
    /// Packets that the kernel dropped, because they were not read in time.
    pub(super) socket_dropped: u64,
    other_frames: u64,
    lines_lost: u64,
    latency_micros: Latency,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_tables: Option<Tables>,
    resident_octets: u64,
    #[serde(skip)]
    outcome: Outcome,
}

/// From the moment that the kernel had a packet to its verdict. Each is a bound at most an eighth above.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Latency {
    p50: u64,
    p90: u64,
    p99: u64,
    p999: u64,
    max: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tables {
    tables: usize,
    octets: usize,
    hits: u64,
    misses: u64,
}

impl Latency {
    fn of(ages: &Histogram) -> Self {
        let at = |share| ages.quantile(share);
        Self { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1.0) }
    }
}

impl Summary {
    pub(super) fn new(
        seconds: f64,
        metrics: &Metrics,
        tally: &Tally,
        socket_dropped: u64,
        tables: Option<Statistics>,
    ) -> Self {
        let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let outcomes = metrics.refused.iter().map(|(code, _)| judge::outcome_of(*code));
        Self {
            event: "summary",
            seconds: (seconds * 1e3).round() / 1e3,
            received: load(&tally.received),
            verified: metrics.verified,
            refused: metrics.refused_in_all(),
            refused_by_reason: metrics.refused.iter().map(|(code, n)| (code.as_str(), *n)).collect(),
            shed: metrics.shed_in_all(),
            shed_by_reason: metrics.shed.iter().map(|(reason, n)| (reason.as_str(), *n)).collect(),
            socket_dropped,
            other_frames: load(&tally.other_frames),
            lines_lost: load(&tally.lines_lost),
            latency_micros: Latency::of(&metrics.age_micros),
            key_tables: tables.map(|tables| Tables {
                tables: tables.tables,
                octets: tables.octets,
                hits: tables.hits,
                misses: tables.misses,
            }),
            resident_octets: resident_octets().unwrap_or(0),
            outcome: outcomes.max().unwrap_or(Outcome::Success),
        }
    }

    /// The worst of all verdicts.
    pub(super) const fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(super) fn show(&self, output: &mut Output) -> Result<()> {
        if output.is_json() {
            return output.record(self);
        }
        output.line(format!(
            "{} packets in {:.1} s: {} verified, {} refused{}, {} shed{}, {} dropped by the kernel",
            self.received,
            self.seconds,
            self.verified,
            self.refused,
            in_brackets(&self.refused_by_reason),
            self.shed,
            in_brackets(&self.shed_by_reason),
            self.socket_dropped
        ))?;
        let Latency { p50, p90, p99, p999, max } = self.latency_micros;
        output.line(format!(
            "from arrival to verdict: half within {p50} µs, 90 % {p90} µs, 99 % {p99} µs, 99.9 % {p999} µs, all {max} µs"
        ))?;
        if self.lines_lost > 0 {
            output.line(format!("{} lines were not written: their reader was too slow", self.lines_lost))?;
        }
        Ok(())
    }
}

fn in_brackets(counts: &BTreeMap<&'static str, u64>) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let each: Vec<String> = counts.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    format!(" ({})", each.join(", "))
}

/// Memory that the process has, in octets: the line `VmRSS` of its status.
pub(super) fn resident_octets() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}
