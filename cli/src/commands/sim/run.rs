//! `wayseal sim run`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use simulator::scenario::{Scenario, Shipped, shipped};
use simulator::sim::{self, Options, Report, Watcher};
use simulator::world;
use v2x_codec::time::Time64;
use v2x_crypto_key_tables::{Building, Config as TableConfig};

use crate::capture_file::CaptureFile;
use crate::crypto::{Crypto, Switch};
use crate::exit::Outcome;
use crate::output::Output;
use crate::{files, progress};

/// Run a scenario: every station with its own certificates, every message signed and verified for real
///
/// A scenario is a TOML file, or the name of one that comes along (`wayseal sim list`). Vehicles come from a recording
/// or from SUMO, which is started and led; each enrols with a real EA and AA, changes its tickets, and sends CAMs by
/// the trigger rules and what congestion control leaves it. Who receives what follows from distance and load. The same scenario and
/// seed give the same report, on any number of threads.
///
/// Exits with 0 when everything held that must hold, with 1 when not, and with 2 for a scenario that cannot be run.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal sim run a10\n  \
    wayseal sim run a10-attacks --seed 7 --report report.json --report report.html\n  \
    wayseal sim run mine.toml --duration 10 --pcap air.pcap --series series.csv")]
pub(crate) struct Run {
    /// A scenario file, or the name of a scenario that comes along
    #[arg(value_name = "SCENARIO")]
    scenario: String,
    /// Another seed than the scenario's
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Another duration than the scenario's, in seconds
    #[arg(long, value_name = "S")]
    duration: Option<u64>,
    /// Threads that work; as many as there are cores when not said
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Write every packet on the air to a capture file (Ethernet frames, EtherType 0x8947)
    #[arg(long, value_name = "OUT")]
    pcap: Option<PathBuf>,
    /// Write the report to a file too, as JSON or, where its name ends in .html, as a page; may be given twice
    #[arg(long, value_name = "OUT")]
    report: Vec<PathBuf>,
    /// Write what was counted second by second as comma-separated values
    #[arg(long, value_name = "OUT.csv")]
    series: Option<PathBuf>,
    /// Tables for the keys that are heard often
    #[arg(long, value_name = "ON|OFF", value_enum, default_value_t = Switch::On)]
    key_tables: Switch,
    /// No progress bar, even on a terminal
    #[arg(long)]
    headless: bool,
}

/// Octets that the tables of all stations' keys may take: 4,000 keys with tables of 64 KiB.
const TABLES_OCTETS: usize = 256 << 20;

impl Run {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let scenario = self.scenario()?;
        let options = self.options(&scenario)?;
        let reports: Vec<_> =
            self.report.iter().map(|path| Ok((path, files::create(path)?))).collect::<Result<_>>()?;
        let series = self.series.as_deref().map(files::create).transpose()?;
        let mut watcher = self.watcher()?;
        let traffic = world::open(&scenario)?;
        let report = sim::run(&scenario, traffic, &options, &mut watcher)?;
        watcher.finish()?;
        for (path, file) in reports {
            write_report(path, file, &report)?;
        }
        if let Some(mut file) = series {
            file.write_all(sim::csv(&report.series).as_bytes())
                .and_then(|()| file.flush())
                .context("the series cannot be written")?;
        }
        if output.is_json() {
            output.document(&report)?;
        } else {
            super::show::show(output, &report)?;
        }
        Ok(if report.is_good() { Outcome::Success } else { Outcome::Refused })
    }

    /// A name without a slash or an ending is one of those that come along.
    fn scenario(&self) -> Result<Scenario> {
        let path = Path::new(&self.scenario);
        let is_file = path.extension().is_some() || self.scenario.contains('/');
        let mut scenario =
            if is_file { Scenario::read(path)? } else { shipped_by(&self.scenario)?.scenario()? };
        if let Some(duration) = self.duration {
            let most = simulator::scenario::limits::MAX_DURATION_S;
            if !(1..=most).contains(&duration) {
                bail!("--duration {duration}: 1 to {most}");
            }
            scenario.duration_s = duration;
        }
        // SUMO's own chance is that of the run.
        scenario.seed = self.seed.unwrap_or(scenario.seed);
        Ok(scenario)
    }

    fn options(&self, scenario: &Scenario) -> Result<Options> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or(cores);
        let most = simulator::sim::limits::MAX_THREADS;
        if !(1..=most).contains(&threads) {
            bail!("--threads {threads}: 1 to {most}");
        }
        // The threads that verify build tables too: there is no core left for one that only builds.
        let config =
            TableConfig { budget_octets: TABLES_OCTETS, building: Building::AtOnce, ..TableConfig::detect() };
        let Crypto { provider, .. } = Crypto::new(self.key_tables, config);
        Ok(Options { seed: scenario.seed, threads, provider })
    }

    fn watcher(&self) -> Result<OnScreen> {
        let capture = self.pcap.as_deref().map(CaptureFile::create).transpose()?;
        let bar = if self.headless { ProgressBar::hidden() } else { progress::bar() };
        Ok(OnScreen { bar, capture })
    }
}

/// A scenario that comes along.
pub(super) fn shipped_by(name: &str) -> Result<Shipped> {
    let names = || shipped().iter().map(|shipped| shipped.name).collect::<Vec<_>>().join(", ");
    shipped().iter().find(|shipped| shipped.name == name).copied().with_context(|| {
        format!("there is no scenario {name}; there are {}, and files that end in .toml", names())
    })
}

fn write_report(path: &Path, mut file: impl Write, report: &Report) -> Result<()> {
    let is_page = path.extension().is_some_and(|ending| ending == "html");
    let written = if is_page {
        file.write_all(sim::page(report).as_bytes()).map_err(anyhow::Error::from)
    } else {
        serde_json::to_writer_pretty(&mut file, report).map_err(anyhow::Error::from)
    };
    written.and_then(|()| Ok(file.flush()?)).with_context(|| format!("{}: cannot be written", path.display()))
}

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
    fn step(&mut self, done: u64, of: u64, vehicles: usize) {
        self.bar.set_length(of);
        self.bar.set_position(done);
        // Ten steps are a simulated second.
        let factor = done as f64 / 10.0 / self.bar.elapsed().as_secs_f64().max(1e-3);
        self.bar.set_message(format!("{vehicles} vehicles, {factor:.1} × real time"));
    }

    fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String> {
        self.capture.as_mut().map_or(Ok(()), |capture| capture.packet(at, octets))
    }
}
