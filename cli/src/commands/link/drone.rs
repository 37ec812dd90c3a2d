//! `wayseal drone`: beside an autopilot.

use anyhow::{Context, Result};
use clap::Args;
use drone_link::rights::Right;
use drone_link_gateway::drone::{self, LinkAddress, Settings};
use drone_link_gateway::local::LocalAddress;
use drone_link_gateway::report::Reporter;

use super::arguments::LinkArguments;
use super::ground::{finish, random_octets, runtime, watch};
use super::keeper::Keeper;
use super::told;
use crate::exit::Outcome;
use crate::output::Output;
use crate::signals::{Asked, Hangup};

/// Run beside an autopilot: link it with its ground stations over QUIC
///
/// Both ends show a ticket of the PKI. Telemetry goes to every ground station that may have it; what a ground station sends is
/// handed to the autopilot when its ticket permits it, once, in order, and in time. A link that breaks is opened again. MAVLink 1
/// and 2 are taken in, MAVLink 2 is given out. The gateway says what it does on standard output, with --json a line for each.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal drone --autopilot udpin://127.0.0.1:14540 --link quic://ground.example:7400 --station drone7\n  \
    wayseal drone --autopilot serial:/dev/ttyACM0:115200 --link quic://10.0.0.2:7400 --link quic://10.0.0.9:7400 \\\n      \
    --station drone7 --mavlink-key passphrase")]
pub(crate) struct Drone {
    /// The autopilot: udp://HOST:PORT, udpin://HOST:PORT, tcp://HOST:PORT, tcpin://HOST:PORT or serial:DEVICE[:BAUD]
    #[arg(long, value_name = "ADDRESS")]
    autopilot: LocalAddress,

    /// A ground station, quic://HOST:PORT; can be given more than once
    #[arg(long, value_name = "ADDRESS", required = true)]
    link: Vec<LinkAddress>,

    /// The autopilot's MAVLink system; without, that of its first heartbeat
    #[arg(long, value_name = "1-255", value_parser = clap::value_parser!(u8).range(1..))]
    system: Option<u8>,

    #[command(flatten)]
    arguments: LinkArguments,
}

impl Drone {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        if self.arguments.asks_for_table() {
            output.text(drone_link::table::USUAL)?;
            return Ok(Outcome::Success);
        }
        let asked = Asked::listen(Hangup::Stops)?;
        let table = self.arguments.table()?;
        let home = self.arguments.home()?;
        let (keeper, standing) =
            Keeper::new(home, self.arguments.station(), self.arguments.block_list(), Some(Right::Drone))?;
        let (reporter, reports) = Reporter::new();
        let names: Vec<String> = self.link.iter().map(ToString::to_string).collect();
        let runtime = runtime()?;
        runtime.block_on(async {
            let local = self.arguments.local(self.autopilot.clone(), &reporter).await?;
            output.line(format_args!("waiting for the autopilot at {}", self.autopilot))?;
            output.finish()?;
            let settings = Settings {
                links: self.link,
                system: self.system,
                table,
                standing,
                local,
                reporter,
                incarnation: random_octets,
            };
            let running = tokio::select! {
                running = drone::run(settings) => running.context("no link is opened")?,
                () = super::ground::stopped(&asked) => return Ok(Outcome::Success),
            };
            watch(reports, keeper, &asked, output).await?;
            for (name, counts) in names.iter().zip(running.counts()) {
                told::summary(name, counts, output)?;
            }
            finish(output)
        })
    }
}
