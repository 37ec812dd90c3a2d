//! The servers of a laboratory's PKI for this process alone: on a loopback address that nobody else is told, with their
//! ledgers in a folder that goes when they do.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use enrollment_client::{AccessPoint, Client, EaAddresses, Protocol};
use enrollment_ea::registry::{CanonicalId, Registry as _, Station};
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::clock;
use enrollment_http::limits::STOP_TIME;
use enrollment_http::metrics::Metrics;
use enrollment_http::server::Server;
use enrollment_http::site::Site;
use simulator::pki::Offices;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use v2x_ca::lab::Lab;
use v2x_codec::time::Time64;

use super::Role;
use super::config::Config;
use super::run::Served;
use crate::commands::pki;

/// The port is the system's to choose.
const SETTINGS: &str = "pki = \"pki\"\n\
    [ea]\nlisten = \"127.0.0.1:0\"\nledger = \"ea.ledger\"\n\
    [aa]\nlisten = \"127.0.0.1:0\"\nledger = \"aa.ledger\"\n";

/// How long an answer may take, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// EA and AA on loopback. They stop when this is dropped.
pub(in crate::commands) struct Loopback {
    runtime: Runtime,
    registry: DurableRegistry,
    client: Client,
    ea: AccessPoint,
    aa: AccessPoint,
    site: Arc<Site>,
    stop: watch::Sender<bool>,
    server: Option<JoinHandle<()>>,
    /// Behind everything that has files in it.
    _folder: TempDir,
}

impl Loopback {
    /// Serves the EA and the AA of `lab`.
    pub(in crate::commands) fn open(lab: &Lab) -> Result<Self> {
        let folder = tempfile::tempdir().context("no folder for ledgers can be made")?;
        pki::write(lab, &folder.path().join("pki"))?;
        let config = Config::parse(SETTINGS, folder.path())?;
        let runtime = Runtime::new().context("no threads can be started")?;
        let served = Served::open(Role::All, &config)?;
        let (site, connections) = served.only_site(&config)?;
        let site = Arc::new(site);
        let address = config.ea_for(Role::All)?.map(|ea| ea.listen).context("an EA is served")?;
        let server =
            runtime.block_on(Server::bind(address, Arc::clone(&site) as _, Arc::new(Metrics::new())));
        let server =
            server.with_context(|| format!("{address}: cannot listen"))?.with_connections(connections);
        let at = |path: &str| -> Result<AccessPoint> {
            Ok(format!("http://{}/{path}", server.address()?).parse()?)
        };
        let (ea, aa, for_aas) = (at("ea")?, at("aa")?, at("ea/validation")?);
        let (registry, addresses) = served.insides().context("an EA and an AA are served")?;
        let found = EaAddresses { for_aas, for_stations: None };
        let mut addresses = addresses.write().unwrap_or_else(PoisonError::into_inner);
        addresses.set_ea(&lab.enrolment_authority.certificate, found)?;
        drop(addresses);
        let (stop, stopping) = watch::channel(false);
        let server = Some(runtime.spawn(server.run(stopping)));
        let client = Client::new(Protocol::Http1);
        Ok(Self { runtime, registry, client, ea, aa, site, stop, server, _folder: folder })
    }

    fn ask(&self, to: &AccessPoint, request: &[u8]) -> Result<Vec<u8>, String> {
        let answer = self.runtime.block_on(self.client.send(to, request, PATIENCE));
        answer.map_err(|error| error.to_string())
    }
}

impl Offices for Loopback {
    fn now(&self) -> Result<Time64, String> {
        clock::now().map_err(|error| error.to_string())
    }

    fn register(&self, id: &CanonicalId, station: &Station) -> Result<(), String> {
        let register = || -> Result<()> { Ok(self.registry.clone().register(clock::now()?, id, station)?) };
        register().map_err(|error| error.to_string())
    }

    fn enrol(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.ask(&self.ea, request)
    }

    fn authorize(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.ask(&self.aa, request)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.runtime.block_on(self.site.drain(STOP_TIME));
        self.stop.send_replace(true);
        if let Some(server) = self.server.take() {
            // A server that failed has said so to whoever asked it.
            let _ = self.runtime.block_on(server);
        }
    }
}
