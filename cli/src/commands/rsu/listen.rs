//! The arguments of a listening roadside unit, and what they mean.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use v2x_engine::{Config, Place};
use v2x_security::limits::MAX_CLOCK_UNCERTAINTY;
use v2x_security::refusal::Position;
use v2x_security::sign::Location;

use super::expect::Expected;
use super::run::Run;
use crate::crypto::Switch;
use crate::exit::Outcome;
use crate::net::Endpoint;
use crate::output::Output;
use crate::position;
use crate::trust_dir::TrustArguments;

/// Where to listen, whom to trust, what to tell.
#[derive(Args)]
pub(super) struct Listen {
    /// Where packets come from: udp://ADDRESS:PORT, raw://INTERFACE or pcap://FILE; can be given more than once
    #[arg(long, value_name = "WHERE", required_unless_present = "pcap")]
    listen: Vec<Endpoint>,

    /// Verify the packets of a capture (pcap or pcapng), each as of when it was captured; can be given more than once
    #[arg(long, value_name = "FILE")]
    pcap: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) trust: TrustArguments,

    /// Serve figures for Prometheus at this address, under /metrics; /healthz says that it runs
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) metrics: Option<SocketAddr>,

    /// No line for each packet, only the summary
    #[arg(long)]
    pub(super) quiet: bool,

    /// Threads that verify; without it, one for each core
    #[arg(long, value_name = "T")]
    threads: Option<usize>,

    /// Most packets verified together
    #[arg(long, value_name = "N", default_value_t = 128)]
    batch: usize,

    /// Tables for the keys that are heard often (see docs/PATENTS.md)
    #[arg(long, value_name = "ON|OFF", value_enum, default_value_t = Switch::On)]
    pub(super) key_tables: Switch,

    /// Where this unit stands: when there is too much to verify, who is farther away than --radius is left out first
    #[arg(long, value_parser = position::parse, value_name = "LAT,LON", allow_hyphen_values = true)]
    near: Option<Location>,

    /// Metres around --near
    #[arg(long, value_name = "METRES", default_value_t = 1_000.0, requires = "near")]
    radius: f64,

    /// How far the system's clock may be off, in milliseconds; beyond 200 nothing is believed
    #[arg(long, value_name = "MS", default_value_t = 0)]
    clock_uncertainty: u64,

    /// Octets that the kernel shall keep for packets that wait to be read; without root, the system's limit holds
    #[arg(long, value_name = "OCTETS", default_value_t = 8 << 20)]
    pub(super) receive_buffer: usize,

    /// End after this time
    #[arg(long, value_name = "S")]
    seconds: Option<f64>,

    /// End when nothing was heard for this time, counted from the first packet on
    #[arg(long, value_name = "S")]
    idle: Option<f64>,

    /// Hold what was heard against the report that `wayseal blast --report FILE` wrote, when it ends
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,
}

/// Most threads that verify, and most packets in a batch: far beyond what helps.
const MAX_THREADS: usize = 256;
const MAX_BATCH: usize = 4_096;
/// Octets of a kernel buffer at most: seconds of the fullest channel.
const MAX_RECEIVE_BUFFER: usize = 1 << 30;
/// The longest time that can be asked for: ten years.
const MAX_SECONDS: f64 = 3.2e8;

impl Listen {
    pub(super) fn run(self, output: &mut Output) -> Result<Outcome> {
        self.check()?;
        let run = Run::start(&self)?;
        let summary = run.until_its_end(&self, output)?;
        summary.show(output)?;
        match &self.expect {
            Some(report) => self.compare(report, &summary, output),
            None if self.is_live() => Ok(Outcome::Success),
            None => Ok(summary.outcome()),
        }
    }

    fn compare(
        &self,
        report: &std::path::Path,
        summary: &super::report::Summary,
        output: &mut Output,
    ) -> Result<Outcome> {
        let differences = Expected::read(report)?.differences(summary);
        if output.is_json() {
            output.record(&serde_json::json!({
                "event": "comparison", "asExpected": differences.is_empty(), "differences": differences,
            }))?;
        } else if differences.is_empty() {
            output.line("every packet came out as it should")?;
        } else {
            differences
                .iter()
                .try_for_each(|difference| output.line(format!("NOT as it should be: {difference}")))?;
        }
        Ok(if differences.is_empty() { Outcome::Success } else { Outcome::Refused })
    }

    fn check(&self) -> Result<()> {
        if self.is_live() && self.captures().next().is_some() {
            bail!(
                "a capture is judged as of when it was captured, and what is live as of now: not both in one run"
            );
        }
        if self.threads.is_some_and(|threads| !(1..=MAX_THREADS).contains(&threads)) {
            bail!("--threads: 1 to {MAX_THREADS}");
        }
        if !(1..=MAX_BATCH).contains(&self.batch) {
            bail!("--batch {}: 1 to {MAX_BATCH}", self.batch);
        }
        if self.receive_buffer > MAX_RECEIVE_BUFFER {
            bail!("--receive-buffer {}: {MAX_RECEIVE_BUFFER} at most", self.receive_buffer);
        }
        for (name, seconds) in [("--seconds", self.seconds), ("--idle", self.idle)] {
            if seconds.is_some_and(|seconds| !(0.0..=MAX_SECONDS).contains(&seconds)) {
                bail!("{name}: 0 to {MAX_SECONDS} seconds");
            }
        }
        if !(0.0..=1e8).contains(&self.radius) {
            bail!("--radius {}: metres, not below 0", self.radius);
        }
        if self.uncertainty() > MAX_CLOCK_UNCERTAINTY {
            let limit = MAX_CLOCK_UNCERTAINTY.as_millis();
            bail!(
                "--clock-uncertainty {}: with more than {limit} ms nothing is believed",
                self.clock_uncertainty
            );
        }
        Ok(())
    }

    /// Where is listened.
    pub(super) fn sockets(&self) -> impl Iterator<Item = &Endpoint> {
        self.listen.iter().filter(|endpoint| !matches!(endpoint, Endpoint::Pcap(_)))
    }

    /// The captures that are read.
    pub(super) fn captures(&self) -> impl Iterator<Item = &PathBuf> {
        let named = self.listen.iter().filter_map(|endpoint| match endpoint {
            Endpoint::Pcap(file) => Some(file),
            Endpoint::Udp(_) | Endpoint::Raw(_) => None,
        });
        named.chain(&self.pcap)
    }

    /// Whether packets come from a network, and are judged as of now.
    pub(super) fn is_live(&self) -> bool {
        self.sockets().next().is_some()
    }

    pub(super) fn engine(&self) -> Config {
        let detected = Config::detect();
        Config {
            workers: self.threads.unwrap_or(detected.workers),
            batch: self.batch,
            place: self.near.map(|at| Place {
                position: Position { latitude: at.latitude, longitude: at.longitude },
                radius_m: self.radius,
            }),
            ..detected
        }
    }

    pub(super) const fn batch(&self) -> usize {
        self.batch
    }

    pub(super) const fn uncertainty(&self) -> Duration {
        Duration::from_millis(self.clock_uncertainty)
    }

    pub(super) fn seconds(&self) -> Option<Duration> {
        self.seconds.map(Duration::from_secs_f64)
    }

    pub(super) fn idle(&self) -> Option<Duration> {
        self.idle.map(Duration::from_secs_f64)
    }
}
