//! The gateway beside an autopilot: it opens a link to each of its ground stations, and opens it again when it breaks.

use std::sync::Arc;
use std::time::Duration;

use drone_link::dialect::id;
use drone_link::frame::Frame;
use drone_link::hello::Role;
use drone_link::link::{Counts, Link};
use drone_link::table::RightsTable;
use quinn::Endpoint;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::clock;
use crate::connection::{Means, close_for, flush_local, greet_ground};
pub use crate::endpoint::LinkAddress;
use crate::error::GatewayError;
use crate::limits::{CONNECT_TIME, FIRST_PAUSE, LONGEST_PAUSE};
use crate::local::LocalSide;
use crate::report::{Report, Reporter};
use crate::shared::SharedLink;
use crate::standing::Standing;
use crate::tls;

/// `MAV_COMP_ID_AUTOPILOT1`.
const AUTOPILOT: u8 = 1;

/// What a drone's gateway is told.
pub struct Settings {
    /// Its ground stations.
    pub links: Vec<LinkAddress>,
    /// The autopilot's MAVLink system; `None`: the one that its first heartbeat says.
    pub system: Option<u8>,
    /// Which message needs which right.
    pub table: Arc<RightsTable>,
    /// Who it is, and whom to believe.
    pub standing: Standing,
    /// The autopilot.
    pub local: LocalSide,
    /// Where reports go.
    pub reporter: Reporter,
    /// Random octets for each link.
    pub incarnation: fn() -> Option<[u8; 16]>,
}

/// A drone's gateway that runs.
pub struct Drone {
    links: Vec<Arc<SharedLink>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drone {
    /// What has happened on each link so far, in the order of the settings.
    #[must_use]
    pub fn counts(&self) -> Vec<Counts> {
        self.links.iter().map(|shared| shared.lock().counts()).collect()
    }
}

impl Drop for Drone {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Runs the gateway. Returns as soon as the autopilot was heard, and its links are being opened.
///
/// # Errors
/// [`GatewayError::LocalEnded`] when the local side ends before the autopilot was heard; [`GatewayError::Link`] when the ticket
/// does not permit to be a drone.
pub async fn run(settings: Settings) -> Result<Drone, GatewayError> {
    let Settings { links, system, table, mut standing, local, reporter, incarnation } = settings;
    let LocalSide { to, mut from } = local;
    let system = match system {
        Some(system) => system,
        None => autopilot(&mut from).await?,
    };
    let ticket = standing.ticket();
    let mut shared = Vec::with_capacity(links.len());
    for _ in &links {
        let incarnation =
            incarnation().ok_or_else(|| GatewayError::Standing("no random octets".to_owned()))?;
        let settings =
            drone_link::link::Settings { role: Role::Drone, system, table: Arc::clone(&table), incarnation };
        shared.push(SharedLink::new(Link::new(settings, Arc::clone(&ticket))?));
    }
    let means = Means { standing, to_local: to, reporter };
    let mut tasks: Vec<_> = links
        .into_iter()
        .zip(&shared)
        .map(|(address, link)| tokio::spawn(keep_open(address, Arc::clone(link), means.clone())))
        .collect();
    tasks.push(tokio::spawn(hand_out(from, shared.clone(), means)));
    Ok(Drone { links: shared, tasks })
}

/// The system of the first heartbeat of an autopilot.
async fn autopilot(from: &mut mpsc::Receiver<Frame>) -> Result<u8, GatewayError> {
    loop {
        let frame = from.recv().await.ok_or(GatewayError::LocalEnded)?;
        if frame.message == id::HEARTBEAT && frame.component == AUTOPILOT {
            return Ok(frame.system);
        }
    }
}

/// Each frame of the autopilot goes to every ground station.
async fn hand_out(mut from: mpsc::Receiver<Frame>, links: Vec<Arc<SharedLink>>, means: Means) {
    while let Some(frame) = from.recv().await {
        let Some(now) = clock::now() else { continue };
        for shared in &links {
            if let Err(error) = shared.local(frame.clone(), now) {
                means.reporter.say(Report::Local { what: format!("{}: {error}", frame.name()) });
            }
            flush_local(&mut shared.lock(), NOWHERE, &means);
        }
    }
}

/// A peer that there is none of.
const NOWHERE: std::net::SocketAddr =
    std::net::SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

async fn keep_open(address: LinkAddress, shared: Arc<SharedLink>, means: Means) {
    let mut pause = FIRST_PAUSE;
    loop {
        let begun = tokio::time::Instant::now();
        let error = open_once(&address, &shared, &means).await;
        let peer = address.resolve().unwrap_or(NOWHERE);
        means.reporter.say(Report::Disconnected { peer, why: error.to_string() });
        let held = begun.elapsed() > CONNECT_TIME;
        pause = if held { FIRST_PAUSE } else { longer(pause) };
        sleep(pause).await;
    }
}

fn longer(pause: Duration) -> Duration {
    (pause * 2).min(LONGEST_PAUSE)
}

/// Opens the link and drives it to its end.
async fn open_once(address: &LinkAddress, shared: &Arc<SharedLink>, means: &Means) -> GatewayError {
    let mut means = means.clone();
    let opened = async {
        let peer = address.resolve()?;
        let any = if peer.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let any = any.parse().map_err(|_| GatewayError::Tls("no address".to_owned()))?;
        let endpoint = Endpoint::client(any).map_err(GatewayError::io(address))?;
        // The name says nothing: who is there is what the hello says.
        let connecting = endpoint.connect_with(tls::client()?, peer, "ground.invalid");
        let connecting =
            connecting.map_err(|error| GatewayError::Connection { peer, why: error.to_string() })?;
        let connection =
            connecting.await.map_err(|error| GatewayError::Connection { peer, why: error.to_string() })?;
        let ticket = means.standing.ticket();
        shared.lock().change_ticket(ticket, crate::connection::now()?)?;
        match greet_ground(connection.clone(), shared, &mut means.standing).await {
            Ok(greeted) => Ok((endpoint, greeted)),
            Err(error) => {
                close_for(&connection, &error);
                // The reason goes out before the endpoint is gone.
                let _ = timeout(LONGEST_PAUSE, endpoint.wait_idle()).await;
                Err(error)
            }
        }
    };
    match timeout(CONNECT_TIME, opened).await {
        Ok(Ok((endpoint, greeted))) => {
            let end = greeted.drive(Arc::clone(shared), means).await;
            let _ = timeout(LONGEST_PAUSE, endpoint.wait_idle()).await;
            end
        }
        Ok(Err(error)) => error,
        Err(_) => GatewayError::Connection {
            peer: address.resolve().unwrap_or(NOWHERE),
            why: format!("no link within {} s", CONNECT_TIME.as_secs()),
        },
    }
}
