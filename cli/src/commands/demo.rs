//! `wayseal demo`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::ProgressBar;
use simulator::demo::{self, AttackKind, Config, Report, Watcher};
use simulator::pki::Open;
use simulator::trace::Trace;
use v2x_codec::time::Time64;
use v2x_crypto_aws_lc::AwsLc;

use crate::capture_file::CaptureFile;
use crate::exit::Outcome;
use crate::output::Output;
use crate::{files, progress, time};

/// Run vehicles, a PKI, attackers and a roadside unit that verifies everything
///
/// Brings up a root, an enrolment and an authorization authority as servers on loopback, enrols vehicles over TS 102 941
/// messages and HTTP, lets them drive a trace and send signed CAMs by the rules of EN 302 637-2, and has a roadside unit
/// verify every packet. Among them are attackers of sixteen kinds. Exits with 0 when every honest CAM was verified and
/// every attack refused for its own reason, and with 1 otherwise.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal demo\n  \
    wayseal demo --vehicles 20 --seconds 10 --seed 7 --json\n  \
    wayseal demo --pcap demo.pcap   (then: tshark -r demo.pcap)\n  \
    wayseal demo --trace mine.fcd.xml.gz   (SUMO: --fcd-output mine.fcd.xml.gz --fcd-output.geo)")]
pub(crate) struct Demo {
    /// Vehicles that take part, the attackers' not counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    vehicles: usize,
    /// Simulated time in seconds
    #[arg(long, value_name = "S", default_value_t = 60)]
    seconds: u64,
    /// Number that keys and the moments of the attacks follow from: the same gives the same report
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Attacks for every honest CAM, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    attacks: f64,
    /// SUMO floating-car data with geographic positions, plain or gzip, instead of the trace that comes along
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write every packet on the air to a capture file (Ethernet frames, EtherType 0x8947)
    #[arg(long, value_name = "OUT")]
    pcap: Option<PathBuf>,
    /// Write the report as JSON to a file too
    #[arg(long, value_name = "OUT.json")]
    report: Option<PathBuf>,
    /// EA and AA as cores in this process, not as servers on loopback that keep ledgers on disk
    #[arg(long)]
    in_memory: bool,
    /// No progress bar, even on a terminal
    #[arg(long)]
    headless: bool,
}

impl Demo {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let started = Instant::now();
        let (trace, trace_name) = self.read_trace()?;
        let report_file = self.report.as_deref().map(files::create).transpose()?;
        let mut watcher = self.watcher()?;
        let config = Config {
            vehicles: self.vehicles,
            seconds: self.seconds,
            seed: self.seed,
            attack_share: self.attacks,
            start: time::now()?,
        };
        let offices = if self.in_memory { None } else { OFFICES };
        let mut report = demo::run(&config, &trace, &trace_name, Arc::new(AwsLc), offices, &mut watcher)?;
        watcher.finish()?;
        report.wall_s = (started.elapsed().as_secs_f64() * 1e3).round() / 1e3;
        if let Some(file) = report_file {
            write_report(file, &report).context("the report cannot be written")?;
        }
        if output.is_json() {
            output.document(&report)?
        } else {
            show(output, &report)?
        }
        Ok(if report.is_good() { Outcome::Success } else { Outcome::Refused })
    }

    fn read_trace(&self) -> Result<(Trace, String)> {
        match &self.trace {
            None => Ok((demo::shipped_trace()?, "a10.fcd.xml.gz (shipped)".to_owned())),
            Some(path) => {
                let name = path.display().to_string();
                Ok((Trace::open(path).with_context(|| name.clone())?, name))
            }
        }
    }

    fn watcher(&self) -> Result<OnScreen> {
        let capture = self.pcap.as_deref().map(CaptureFile::create).transpose()?;
        let bar = if self.headless { ProgressBar::hidden() } else { progress::bar() };
        Ok(OnScreen { bar, capture })
    }
}

/// The servers of the EA and the AA, where they run.
#[cfg(target_os = "linux")]
const OFFICES: Option<&Open<'static>> = Some(&|lab| match super::serve::Loopback::open(lab) {
    Ok(loopback) => Ok(Box::new(loopback)),
    Err(error) => Err(crate::output::sentence(&error)),
});
#[cfg(not(target_os = "linux"))]
const OFFICES: Option<&Open<'static>> = None;

/// Shows progress, and writes packets down.
struct OnScreen {
    bar: ProgressBar,
    capture: Option<CaptureFile>,
}

impl OnScreen {
    fn finish(&mut self) -> Result<()> {
        self.bar.finish_and_clear();
        self.capture.as_mut().map_or(Ok(()), CaptureFile::finish)
    }
}

impl Watcher for OnScreen {
    fn phase(&mut self, name: &'static str, steps: u64) {
        self.bar.set_message(name);
        self.bar.set_length(steps);
        self.bar.set_position(0);
    }

    fn step(&mut self) {
        self.bar.inc(1);
    }

    fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String> {
        self.capture.as_mut().map_or(Ok(()), |capture| capture.packet(at, octets))
    }
}

fn write_report(mut file: BufWriter<File>, report: &Report) -> Result<()> {
    serde_json::to_writer_pretty(&mut file, report)?;
    writeln!(file)?;
    Ok(file.flush()?)
}

fn show(output: &mut Output, report: &Report) -> Result<()> {
    let rate = report.simulated_s / report.wall_s.max(0.001);
    output.line(format!(
        "{} vehicles, {} s of {}, seed {}: {:.1} s of wall time, {rate:.1} times real time",
        report.vehicles, report.simulated_s, report.trace, report.seed, report.wall_s
    ))?;
    output.line(format!(
        "issued over TS 102 941 messages: {} enrolment credentials, {} authorization tickets",
        report.issued.enrolment_credentials, report.issued.authorization_tickets
    ))?;
    output.text(&format!("{}\n", table(report)))?;
    let (sent, accepted) = report.attack_totals();
    output.line(format!(
        "honest CAMs verified: {} of {}; attacks accepted: {accepted} of {sent}",
        report.honest.verified, report.honest.sent
    ))?;
    output.line(if report.is_good() {
        "every honest CAM was verified, every attack was refused for its own reason"
    } else {
        "NOT as it should be: see the rows above"
    })
}

fn table(report: &Report) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "traffic",
        "sent",
        "accepted",
        "refused for",
        "expected",
    ]);
    let honest = &report.honest;
    let cells = [honest.sent.to_string(), honest.verified.to_string(), reasons(&honest.refused_by_reason)];
    let [sent, accepted, refused] = cells;
    table.add_row(["honest CAMs".to_owned(), sent, accepted, refused, "accepted".to_owned()]);
    for (kind, attacked) in &report.attacks {
        let refused = reasons(&attacked.refused_by_reason);
        let (sent, accepted) = (attacked.sent.to_string(), attacked.accepted.to_string());
        table.add_row([name(*kind), sent, accepted, refused, kind.reason().to_owned()]);
    }
    for column in table.column_iter_mut().skip(1).take(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn reasons(counts: &std::collections::BTreeMap<String, u64>) -> String {
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
    counts.join(", ")
}

/// The kind's name as the JSON has it.
fn name(kind: AttackKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(_) | Err(_) => format!("{kind:?}"),
    }
}
