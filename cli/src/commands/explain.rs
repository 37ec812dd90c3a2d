//! `wayseal explain`.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use serde_json::{Value, json};
use v2x_codec::capture::Capture;
use v2x_codec::time::Time64;
use v2x_security::observer::{Step, Trace};

use super::verify::{document, line, reason, rules};
use crate::exit::Outcome;
use crate::input::{self, Input};
use crate::judge::{Judge, Verdict};
use crate::output::{self, Output};
use crate::subject::Subject;
use crate::time;
use crate::trust_dir::TrustArguments;

/// Show every check of one message or certificate, in order, with its clause
///
/// The verifier is the one of `wayseal verify`, with nothing remembered: the whole chain is gone through again. Each
/// check is shown with the text that demands it, what was compared, and how it ended; the first that fails is the
/// last. Exit codes as of `wayseal verify`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal explain --trust pki/ message.bin\n  \
    wayseal explain --trust pki/ --frame 17 capture.pcap")]
pub(crate) struct Explain {
    #[command(flatten)]
    trust: TrustArguments,

    /// Judge as of this time: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004; without it, at the
    /// message's own generationTime or the start of the certificate's validity
    #[arg(long, value_parser = time::parse, value_name = "TIME")]
    at: Option<Time64>,

    /// Which frame of a capture, counted from 1; certificates in the frames before it are learnt
    #[arg(long, value_name = "N", default_value_t = 1)]
    frame: usize,

    /// File in binary or hex, hex digits, or - for standard input
    #[arg(value_name = "FILE")]
    file: String,
}

impl Explain {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let trust = self.trust.load()?;
        output::notes(trust.notes());
        let mut judge = Judge::new(trust, self.at)?;
        let input = input::read(&self.file)?;
        let (name, subject) = self.subject(&input, &mut judge)?;
        let mut trace = Trace::new();
        let verdict = judge.judge_observed(subject, &mut trace);
        if output.is_json() {
            output.document(&explained(&name, subject, &verdict, trace.steps()))?;
        } else {
            print(&name, subject, &verdict, trace.steps(), output)?;
        }
        Ok(verdict.outcome())
    }

    fn subject<'a>(&self, input: &'a Input, judge: &mut Judge) -> Result<(String, Subject<'a>)> {
        if let Ok(capture) = Capture::parse(&input.octets) {
            return self.frame(capture, &input.name, judge);
        }
        let subject = Subject::of(&input.octets)
            .ok_or_else(|| anyhow!("{}: neither a message, a certificate nor a capture", input.name))?;
        Ok((input.name.clone(), subject))
    }

    fn frame<'a>(
        &self,
        capture: Capture<'a>,
        name: &str,
        judge: &mut Judge,
    ) -> Result<(String, Subject<'a>)> {
        for (number, frame) in (1..).zip(capture) {
            let frame = frame.map_err(|error| anyhow!("{name} frame {number}: {error}"))?;
            match frame.geonetworking().map(Subject::Packet) {
                Some(packet) if number == self.frame => {
                    return Ok((format!("{name} frame {number}"), packet));
                }
                None if number == self.frame => {
                    bail!("{name} frame {number}: carries no GeoNetworking packet")
                }
                Some(earlier) => drop(judge.judge(earlier)),
                None => {}
            }
        }
        bail!("{name}: has no frame {}", self.frame)
    }
}

fn print(
    name: &str,
    subject: Subject<'_>,
    verdict: &Verdict,
    steps: &[Step],
    output: &mut Output,
) -> Result<()> {
    let at = verdict.judged_at;
    output.line(format_args!("{name}: {}, judged at {at} by {}", subject.name(), rules(verdict.rules)))?;
    for (number, step) in (1..).zip(steps) {
        print_step(number, step, output)?;
    }
    output.line(line(name, verdict))
}

fn print_step(number: usize, step: &Step, output: &mut Output) -> Result<()> {
    let word = if step.refusal.is_none() { "ok" } else { "FAILED" };
    output.line(format_args!("{number:4}  {word:6}  {}  [{}]", step.rule.title(), step.rule.source()))?;
    if !step.compared.is_empty() {
        output.line(format_args!("              {}", step.compared))?;
    }
    match &step.refusal {
        Some(refusal) => output.line(format_args!("              {refusal}")),
        None => Ok(()),
    }
}

fn explained(name: &str, subject: Subject<'_>, verdict: &Verdict, steps: &[Step]) -> Value {
    let steps: Vec<Value> = steps.iter().map(step_document).collect();
    let mut document = document(name, subject, verdict);
    if let Value::Object(fields) = &mut document {
        fields.insert("checks".into(), steps.into());
    }
    document
}

fn step_document(step: &Step) -> Value {
    json!({
        "rule": step.rule.name(),
        "check": step.rule.title(),
        "clause": step.rule.source(),
        "compared": step.compared,
        "passed": step.refusal.is_none(),
        "reason": step.refusal.as_ref().map(reason),
    })
}
