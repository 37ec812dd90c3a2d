//! The gateway beside a ground station: drones open links to it, and it gives each what is for it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use drone_link::error::LinkError;
use drone_link::frame::Frame;
use drone_link::hello::{Peer, Role};
use drone_link::link::{Counts, Link};
use drone_link::table::RightsTable;
use quinn::{Endpoint, Incoming};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::clock;
use crate::connection::{DONE, Means, close_for, flush_local, greet_drone};
use crate::endpoint::LinkAddress;
use crate::error::GatewayError;
use crate::limits::{CONNECT_TIME, LONGEST_PAUSE, MAX_DRONES, MAX_GREETING, MEMORY_TIME};
use crate::local::LocalSide;
use crate::report::{Report, Reporter};
use crate::shared::SharedLink;
use crate::standing::Standing;
use crate::tls;

/// What a ground station's gateway is told.
pub struct Settings {
    /// Where it waits for drones.
    pub listen: LinkAddress,
    /// Which message needs which right.
    pub table: Arc<RightsTable>,
    /// Who it is, and whom to believe.
    pub standing: Standing,
    /// The ground station.
    pub local: LocalSide,
    /// Where reports go.
    pub reporter: Reporter,
    /// Random octets that tell this run from others.
    pub incarnation: [u8; 16],
}

/// A ground station's gateway that runs.
pub struct Ground {
    endpoint: Endpoint,
    hub: Arc<Hub>,
    tasks: Vec<JoinHandle<()>>,
}

struct Hub {
    table: Arc<RightsTable>,
    incarnation: [u8; 16],
    means: Means,
    drones: Mutex<HashMap<[u8; 16], Known>>,
    greeting: AtomicUsize,
}

/// A drone that said hello once.
struct Known {
    link: Arc<SharedLink>,
    system: u8,
    address: SocketAddr,
    /// When it was heard last, once it is gone.
    gone: Option<Instant>,
}

impl Ground {
    /// Runs the gateway.
    ///
    /// # Errors
    /// [`GatewayError::Io`] when it cannot listen there; [`GatewayError::Link`] when the ticket has no permission for links.
    pub fn start(settings: Settings) -> Result<Self, GatewayError> {
        let Settings { listen, table, mut standing, local, reporter, incarnation } = settings;
        let LocalSide { to, from } = local;
        let own = drone_link::link::Settings {
            role: Role::Ground,
            system: 0,
            table: Arc::clone(&table),
            incarnation,
        };
        Link::new(own, standing.ticket())?;
        let endpoint =
            Endpoint::server(tls::server()?, listen.resolve()?).map_err(GatewayError::io(&listen))?;
        let means = Means { standing, to_local: to, reporter };
        let (drones, greeting) = (Mutex::new(HashMap::new()), AtomicUsize::new(0));
        let hub = Arc::new(Hub { table, incarnation, means, drones, greeting });
        let tasks = vec![
            tokio::spawn(accept(endpoint.clone(), Arc::clone(&hub))),
            tokio::spawn(hand_out(from, Arc::clone(&hub))),
        ];
        Ok(Self { endpoint, hub, tasks })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// [`GatewayError::Io`].
    pub fn address(&self) -> Result<SocketAddr, GatewayError> {
        self.endpoint.local_addr().map_err(GatewayError::io("the link's socket"))
    }

    /// What has happened on the link of each drone so far, by its MAVLink system.
    #[must_use]
    pub fn counts(&self) -> Vec<(u8, Counts)> {
        self.hub.drones().values().map(|known| (known.system, known.link.lock().counts())).collect()
    }

    /// Ends every link, and tells the drones.
    pub async fn stop(self) {
        self.endpoint.close(DONE, b"the ground station ends");
        let _ = timeout(LONGEST_PAUSE, self.endpoint.wait_idle()).await;
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn accept(endpoint: Endpoint, hub: Arc<Hub>) {
    while let Some(incoming) = endpoint.accept().await {
        let greeting = hub.greeting.fetch_add(1, Ordering::Relaxed);
        if greeting >= MAX_GREETING {
            hub.greeting.fetch_sub(1, Ordering::Relaxed);
            incoming.refuse();
        } else if greeting >= MAX_GREETING / 2 && !incoming.remote_address_validated() && incoming.may_retry()
        {
            hub.greeting.fetch_sub(1, Ordering::Relaxed);
            // Whoever forges its address does not come back.
            let _ = incoming.retry();
        } else {
            tokio::spawn(serve(incoming, Arc::clone(&hub)));
        }
    }
}

async fn serve(incoming: Incoming, hub: Arc<Hub>) {
    let address = incoming.remote_address();
    let greeted = greet(incoming, &hub).await;
    hub.greeting.fetch_sub(1, Ordering::Relaxed);
    let end = match greeted {
        Ok((greeted, shared, means)) => {
            let incarnation = greeted.peer.hello.incarnation;
            let end = greeted.drive(shared, means).await;
            hub.gone(incarnation);
            end
        }
        Err(error) => error,
    };
    hub.means.reporter.say(Report::Disconnected { peer: address, why: end.to_string() });
}

async fn greet(
    incoming: Incoming,
    hub: &Arc<Hub>,
) -> Result<(crate::connection::Greeted, Arc<SharedLink>, Means), GatewayError> {
    let peer = incoming.remote_address();
    let failed = |why: String| GatewayError::Connection { peer, why };
    let mut means = hub.means.clone();
    let connection =
        timeout(CONNECT_TIME, incoming).await.map_err(|_| failed("no handshake in time".to_owned()))?;
    let connection = connection.map_err(|error| failed(error.to_string()))?;
    let greeted = async {
        let mut greeted = greet_drone(connection.clone(), &mut means.standing).await?;
        let shared = hub.link_of(&greeted.peer, greeted.connection().remote_address())?;
        let answered = async {
            shared.lock().change_ticket(means.standing.ticket(), crate::connection::now()?)?;
            greeted.answer(&shared).await
        };
        let answered = answered.await;
        // Whoever is not answered is not here, and its place is free for its next attempt, whatever its incarnation is then.
        answered.inspect_err(|_| hub.gone(greeted.peer.hello.incarnation))?;
        Ok((greeted, shared))
    };
    match greeted.await {
        Ok((greeted, shared)) => Ok((greeted, shared, means)),
        Err(error) => {
            close_for(&connection, &error);
            Err(error)
        }
    }
}

impl Hub {
    fn drones(&self) -> MutexGuard<'_, HashMap<[u8; 16], Known>> {
        self.drones.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link of a drone: the one it had, or a new one.
    fn link_of(&self, peer: &Peer, address: SocketAddr) -> Result<Arc<SharedLink>, GatewayError> {
        let (incarnation, system) = (peer.hello.incarnation, peer.hello.system);
        let mut drones = self.drones();
        drones.retain(|_, known| known.gone.is_none_or(|gone| gone.elapsed() < MEMORY_TIME));
        if let Some(known) = drones.get_mut(&incarnation) {
            if known.system != system {
                return Err(LinkError::Hello("is of another MAVLink system than before").into());
            }
            (known.gone, known.address) = (None, address);
            return Ok(Arc::clone(&known.link));
        }
        if drones.values().any(|known| known.gone.is_none() && known.system == system) {
            return Err(LinkError::Hello("has the MAVLink system of another drone that is here").into());
        }
        if drones.len() >= MAX_DRONES {
            return Err(LinkError::Hello("comes when there is no room for another drone").into());
        }
        let table = Arc::clone(&self.table);
        let settings = drone_link::link::Settings {
            role: Role::Ground,
            system: 0,
            table,
            incarnation: self.incarnation,
        };
        let link = SharedLink::new(Link::new(settings, self.means.standing.clone().ticket())?);
        drones.insert(incarnation, Known { link: Arc::clone(&link), system, address, gone: None });
        Ok(link)
    }

    /// A connection of this drone ended; another may have taken its place.
    fn gone(&self, incarnation: [u8; 16]) {
        if let Some(known) = self.drones().get_mut(&incarnation)
            && known.link.lock().peer().is_none()
        {
            known.gone = Some(Instant::now());
        }
    }

    /// Whom a frame of the ground station is for.
    fn addressed(&self, frame: &Frame) -> Vec<(Arc<SharedLink>, SocketAddr)> {
        let (system, _) = frame.target();
        let drones = self.drones();
        let found = drones.values().filter(|known| system == 0 || known.system == system);
        found.map(|known| (Arc::clone(&known.link), known.address)).collect()
    }
}

/// Each frame of the ground station goes to the drone that it is for, or to all.
async fn hand_out(mut from: mpsc::Receiver<Frame>, hub: Arc<Hub>) {
    while let Some(frame) = from.recv().await {
        let Some(now) = clock::now() else { continue };
        for (shared, address) in hub.addressed(&frame) {
            if let Err(error) = shared.local(frame.clone(), now) {
                hub.means.reporter.say(Report::Local { what: format!("{}: {error}", frame.name()) });
            }
            flush_local(&mut shared.lock(), address, &hub.means);
        }
    }
}
