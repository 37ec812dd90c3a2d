//! `wayseal verify`.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use v2x_codec::capture::Capture;
use v2x_codec::inspect::facility_message;
use v2x_codec::time::Time64;
use v2x_security::trust::TrustProfile;

use crate::exit::Outcome;
use crate::input::{self, Input};
use crate::judge::{Judge, Verdict};
use crate::output::{self, Output};
use crate::subject::Subject;
use crate::time;
use crate::trust_dir::{Counts, TrustArguments};

/// Verify messages, certificates and captures against trusted roots
///
/// A message can be a GeoNetworking packet or bare Ieee1609Dot2Data, in binary or hex. A capture (pcap or pcapng) is
/// gone through packet by packet; a certificate that came with one message makes later digests of it known. One line
/// is printed for each, with the reason when it is not verified.
///
/// Exit code: 0 all verified to a trusted root; 1 something was refused; 3 nothing was refused, but some signer or
/// issuer is unknown; 2 bad input.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal verify --trust roots/ message.bin\n  \
    wayseal verify --trust pki/ --trust partners/ --at now capture.pcap\n  \
    wayseal verify --trust pki/ --json *.hex | jq .summary")]
pub(crate) struct Verify {
    #[command(flatten)]
    trust: TrustArguments,

    /// Judge as of this time: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    ///
    /// Without it, each message is judged at its own generationTime (now, when it has none), and a certificate at the
    /// start of its validity.
    #[arg(long, value_parser = time::parse, value_name = "TIME")]
    at: Option<Time64>,

    /// Files in binary or hex, hex digits, or - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

impl Verify {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let trust = self.trust.load()?;
        output::notes(trust.notes());
        let mut report = Report::new(trust.counts());
        let mut judge = Judge::new(trust, self.at)?;
        for file in &self.files {
            verify_input(&input::read(file)?, &mut judge, &mut report, output)?;
        }
        if output.is_json() {
            output.document(&report)?;
        } else if report.results.total() > 1 {
            output.finish()?;
            eprintln!("{}", report.results);
        }
        Ok(report.results.outcome)
    }
}

fn verify_input(input: &Input, judge: &mut Judge, report: &mut Report, output: &mut Output) -> Result<()> {
    if let Ok(capture) = Capture::parse(&input.octets) {
        return verify_capture(capture, &input.name, judge, report, output);
    }
    let subject = Subject::of(&input.octets)
        .ok_or_else(|| anyhow!("{}: neither a message, a certificate nor a capture", input.name))?;
    report.add(&input.name, subject, &judge.judge(subject), output)
}

fn verify_capture(
    capture: Capture<'_>,
    name: &str,
    judge: &mut Judge,
    report: &mut Report,
    output: &mut Output,
) -> Result<()> {
    let mut packets = 0_usize;
    for (index, frame) in capture.enumerate() {
        let name = format!("{name} frame {}", index + 1);
        let frame = frame.map_err(|error| anyhow!("{name}: {error}"))?;
        let Some(packet) = frame.geonetworking() else {
            report.other_frames += 1;
            continue;
        };
        packets += 1;
        let subject = Subject::Packet(packet);
        report.add(&name, subject, &judge.judge(subject), output)?;
    }
    if packets == 0 {
        bail!("{name}: a capture without any GeoNetworking packet, so there is nothing to verify");
    }
    Ok(())
}

/// What was found, for one JSON document at the end.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    trust: Counts,
    messages: Vec<Value>,
    /// Frames of captures that carry no GeoNetworking.
    other_frames: usize,
    #[serde(rename = "summary")]
    results: Tally,
}

/// How many of each outcome.
#[derive(Clone, Copy, Serialize)]
struct Tally {
    verified: usize,
    refused: usize,
    unknown: usize,
    #[serde(skip)]
    outcome: Outcome,
}

impl Tally {
    const fn total(&self) -> usize {
        self.verified + self.refused + self.unknown
    }

    fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Success => &mut self.verified,
            Outcome::Refused => &mut self.refused,
            Outcome::Unknown => &mut self.unknown,
        } += 1;
        self.outcome = self.outcome.max(outcome);
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} verified, {} refused, {} unknown", self.verified, self.refused, self.unknown)
    }
}

impl Report {
    const fn new(trust: Counts) -> Self {
        let results = Tally { verified: 0, refused: 0, unknown: 0, outcome: Outcome::Success };
        Self { trust, messages: Vec::new(), other_frames: 0, results }
    }

    /// Text goes out at once, so that a long capture can be watched; JSON is one document, so it waits.
    fn add(
        &mut self,
        name: &str,
        subject: Subject<'_>,
        verdict: &Verdict,
        output: &mut Output,
    ) -> Result<()> {
        self.results.count(verdict.outcome());
        if output.is_json() {
            self.messages.push(document(name, subject, verdict));
            return Ok(());
        }
        output.line(line(name, verdict))
    }
}

/// One line for people.
pub(super) fn line(name: &str, verdict: &Verdict) -> String {
    let word = verdict.outcome().word();
    match &verdict.result {
        Ok(anchor) => format!("{name}: {word}: {}up to {anchor}", facts(verdict)),
        Err(refusal) => format!("{name}: {word}: {}{refusal} [{}]", facts(verdict), refusal.code()),
    }
}

/// What is known of a message whether or not it is believed.
fn facts(verdict: &Verdict) -> String {
    let psid = verdict.psid.map(|psid| format!("PSID {psid}, "));
    let signer = verdict.signer.filter(|_| verdict.psid.is_some()).map(|id| format!("signer {id}, "));
    let time = verdict.generation_time.map(|time| format!("generated {time}, "));
    [psid, signer, time].into_iter().flatten().collect()
}

/// The same for machines.
pub(super) fn document(name: &str, subject: Subject<'_>, verdict: &Verdict) -> Value {
    json!({
        "name": name,
        "kind": subject.name(),
        "outcome": verdict.outcome().word(),
        "rules": rules(verdict.rules),
        "judgedAt": verdict.judged_at.to_string(),
        "psid": verdict.psid,
        "message": subject.signed().and_then(|signed| facility_message(&signed)),
        "generationTime": verdict.generation_time.map(Time64::micros),
        "signer": verdict.signer.map(|id| id.to_string()),
        "anchor": verdict.result.as_ref().ok().map(|anchor| anchor.id.to_string()),
        "reason": verdict.result.as_ref().err().map(reason),
    })
}

/// A refusal for machines.
pub(super) fn reason(refusal: &v2x_security::refusal::Refusal) -> Value {
    json!({
        "code": refusal.code(),
        "class": refusal.class().to_string(),
        "text": refusal.to_string(),
        "clause": refusal.source_text(),
    })
}

/// The name of the rules that something was held against.
pub(super) const fn rules(rules: TrustProfile) -> &'static str {
    match rules {
        TrustProfile::EtsiTs103097 => "TS 103 097 V2.2.1",
        TrustProfile::Ieee1609Dot2Generic => "IEEE 1609.2",
    }
}
