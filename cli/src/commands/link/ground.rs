//! `wayseal ground`: beside a ground station.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use drone_link_gateway::drone::LinkAddress;
use drone_link_gateway::ground::{self, Settings};
use drone_link_gateway::local::LocalAddress;
use drone_link_gateway::report::{Report, Reporter};
use getrandom::SysRng;
use getrandom::rand_core::TryRng as _;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::arguments::LinkArguments;
use super::keeper::Keeper;
use super::told;
use crate::exit::Outcome;
use crate::output::Output;
use crate::signals::{Asked, Hangup};

/// How often it is asked whether to stop.
const ATTENTION: Duration = Duration::from_millis(50);

/// Run beside a ground station: drones link with it over QUIC
///
/// QGroundControl, MAVProxy, MAVSDK and others work as they are: they see the drones as if they were beside them. What the ground
/// station's ticket does not permit does not leave, and the person in front of it is told in MAVLink's own terms: a command is
/// denied, an upload ends. Many drones can link with one ground station; each frame goes to the drone that it is for.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal ground --listen quic://0.0.0.0:7400 --gcs udp://127.0.0.1:14550 --station ground\n  \
    wayseal ground --listen quic://0.0.0.0:7400 --gcs tcpin://127.0.0.1:5760 --station ground --rights rights.toml\n  \
    wayseal ground --listen quic://0.0.0.0:7400 --gcs udp://127.0.0.1:14550 --station ground --rights print > rights.toml")]
pub(crate) struct Ground {
    /// Where drones find it, quic://HOST:PORT
    #[arg(long, value_name = "ADDRESS")]
    listen: LinkAddress,

    /// The ground station: udp://HOST:PORT, udpin://HOST:PORT, tcp://HOST:PORT, tcpin://HOST:PORT or serial:DEVICE[:BAUD]
    #[arg(long, value_name = "ADDRESS")]
    gcs: LocalAddress,

    #[command(flatten)]
    arguments: LinkArguments,
}

impl Ground {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        if self.arguments.asks_for_table() {
            output.text(drone_link::table::USUAL)?;
            return Ok(Outcome::Success);
        }
        let asked = Asked::listen(Hangup::Stops)?;
        let table = self.arguments.table()?;
        let home = self.arguments.home()?;
        let (keeper, standing) =
            Keeper::new(home, self.arguments.station(), self.arguments.block_list(), None)?;
        let (reporter, reports) = Reporter::new();
        let incarnation = random_octets().context("the operating system delivers no random numbers")?;
        runtime()?.block_on(async {
            let local = self.arguments.local(self.gcs.clone(), &reporter).await?;
            let settings = Settings { listen: self.listen, table, standing, local, reporter, incarnation };
            let running = ground::Ground::start(settings)?;
            output.line(format_args!("waiting for drones at quic://{}", running.address()?))?;
            output.finish()?;
            watch(reports, keeper, &asked, output).await?;
            for (system, counts) in running.counts() {
                told::summary(&format!("drone {system}"), counts, output)?;
            }
            running.stop().await;
            finish(output)
        })
    }
}

pub(super) fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().context("no threads can be started")
}

pub(super) fn random_octets() -> Option<[u8; 16]> {
    let mut octets = [0; 16];
    SysRng.try_fill_bytes(&mut octets).ok().map(|()| octets)
}

/// Waits until somebody asks to stop.
pub(super) async fn stopped(asked: &Asked) {
    while !asked.is_stopped() {
        tokio::time::sleep(ATTENTION).await;
    }
}

/// Follows the home, and prints what happens, until somebody asks to stop.
pub(super) async fn watch(
    mut reports: mpsc::Receiver<Report>,
    keeper: Keeper,
    asked: &Asked,
    output: &mut Output,
) -> Result<()> {
    let (said, mut heard) = mpsc::channel(64);
    let follows = asked.clone();
    let thread = std::thread::Builder::new().name("home".into()).spawn(move || {
        keeper.follow(&follows, |what| _ = said.try_send(Report::Local { what }));
    })?;
    let printed = loop {
        let report = tokio::select! {
            Some(report) = reports.recv() => report,
            Some(report) = heard.recv() => report,
            () = stopped(asked) => break Ok(()),
        };
        if let Err(error) = told::print(&report, output) {
            // Whoever read the output has gone.
            asked.stop();
            break Err(error);
        }
    };
    let _ = thread.join();
    printed
}

pub(super) fn finish(output: &mut Output) -> Result<Outcome> {
    output.finish()?;
    Ok(Outcome::Success)
}
