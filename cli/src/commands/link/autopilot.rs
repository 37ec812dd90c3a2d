//! `wayseal autopilot`: a drone that flies in the computer.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use drone_link_gateway::local::{self, LocalAddress};
use drone_link_gateway::report::Reporter;
use simulated_autopilot::{Autopilot as Simulated, Home};

use super::ground::{finish, runtime, stopped};
use crate::exit::Outcome;
use crate::output::Output;
use crate::signals::{Asked, Hangup};
use crate::time;

/// How often time passes for the drone.
const TICK: Duration = Duration::from_millis(20);

/// Fly a simulated drone that speaks MAVLink, as an autopilot would
///
/// A multicopter with PX4's modes: it arms, takes off, flies missions, returns, lands, and takes parameters. For trying out links
/// and ground stations where no autopilot is at hand.
#[derive(Args)]
#[command(after_help = "Example:\n  \
    wayseal autopilot --mavlink udp://127.0.0.1:14540 --system 7 --at 48.7665,11.4257,370")]
pub(crate) struct Autopilot {
    /// Whom it speaks to: udp://HOST:PORT, udpin://HOST:PORT, tcp://HOST:PORT, tcpin://HOST:PORT or serial:DEVICE[:BAUD]
    #[arg(long, value_name = "ADDRESS")]
    mavlink: LocalAddress,

    /// Its MAVLink system
    #[arg(long, value_name = "1-255", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    system: u8,

    /// Where it starts: degrees north, degrees east, and metres above sea level
    #[arg(long, value_name = "LAT,LON,METRES", default_value = "48.7665,11.4257,370", value_parser = parse_home)]
    at: Home,
}

fn parse_home(text: &str) -> Result<Home> {
    let numbers: Vec<f64> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers[..] {
        [latitude, longitude, elevation]
            if latitude.abs() <= 85.0 && longitude.abs() <= 180.0 && elevation.abs() < 10_000.0 =>
        {
            Ok(Home { latitude, longitude, elevation })
        }
        _ => bail!(
            "{text}: give LAT,LON,METRES, such as 48.7665,11.4257,370, at most 85 degrees north or south"
        ),
    }
}

impl Autopilot {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let asked = Asked::listen(Hangup::Stops)?;
        let mut drone = Simulated::new(self.system, self.at, time::now()?);
        runtime()?.block_on(async {
            let (reporter, _reports) = Reporter::new();
            let mut local = local::open(self.mavlink.clone(), None, reporter).await?;
            output.line(format_args!("drone {} speaks MAVLink at {}", self.system, self.mavlink))?;
            output.finish()?;
            let mut tick = tokio::time::interval(TICK);
            loop {
                let said = tokio::select! {
                    Some(frame) = local.from.recv() => drone.handle(time::now()?, &frame),
                    _ = tick.tick() => drone.step(time::now()?),
                    () = stopped(&asked) => return finish(output),
                };
                for frame in said {
                    // Nobody listens, or not fast enough: the next says the same.
                    let _ = local.to.try_send(frame);
                }
            }
        })
    }
}
