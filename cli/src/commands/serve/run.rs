//! The servers of one process, from their start to their end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use enrollment_client::Addresses;
use enrollment_dc::{DistributionCentre, PublishError};
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::centre::Centre;
use enrollment_http::clock;
use enrollment_http::limits::STOP_TIME;
use enrollment_http::metrics::Metrics;
#[cfg(feature = "http3")]
use enrollment_http::server::Patience;
use enrollment_http::server::{Handler, Server};
use enrollment_http::site::Site;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use v2x_crypto::Provider;
use v2x_crypto_key_tables::Config as TableConfig;
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::verifier::Verifier;

use super::Role;
use super::admin::{Admin, Inside};
use super::config::{Aa, Config};
use super::health::Watched;
use super::logs;
use super::offices::{self, Means, ReadyAa, ReadyEa};
use super::profiles::Profiles;
use super::tokens::{Names, Tokens};
use super::trusted::{Shared, Trusted};
use crate::crypto::{Crypto, Switch};
use crate::hardware::Modules;
use crate::signals::{Asked, Hangup};
use crate::{judge, output};

/// How often the folders are looked at: a revocation shall be in force within a second.
const PERIOD: Duration = Duration::from_millis(200);
/// How often heads are kept.
const HEAD_PERIOD: Duration = Duration::from_secs(10);
/// How often what has run out is forgotten.
const FORGET_PERIOD: Duration = Duration::from_secs(3_600);
/// Weeks of stations that are forgotten at once.
const FORGET_AT_ONCE: usize = 100_000;

/// All that serves.
pub(super) struct Served<'c> {
    trusted: Trusted,
    ea: Option<ReadyEa>,
    aa: Option<(ReadyAa, &'c Aa)>,
    centre: Option<Centre>,
    /// Ledgers whose heads are kept, and where.
    heads: Vec<(store::Ledger, PathBuf)>,
}

/// What is served at one address.
#[derive(Default)]
struct Place {
    site: Site,
    names: Vec<&'static str>,
    connections: usize,
}

/// Serves until somebody asks to stop.
pub(super) fn run(role: Role, config: &Config) -> Result<()> {
    // Before other threads are made, since they must leave the signals to its thread.
    let asked = Asked::listen(Hangup::Reloads)?;
    logs::start(config.log);
    raise_descriptors();
    let runtime = Runtime::new().context("no threads can be started")?;
    let mut served = Served::open(role, config)?;
    let metrics = Arc::new(Metrics::new());
    let (stop, stopping) = watch::channel(false);
    let (mut running, mut sites) = (Vec::new(), Vec::new());
    for (address, place) in served.places(role, config)? {
        let name = place.names.join(", ");
        sites.push(place.site.clone());
        let start = Start { runtime: &runtime, metrics: &metrics, stopping: &stopping };
        let site: Arc<dyn Handler> = Arc::new(place.site);
        running.push(start.server(address, Arc::clone(&site), place.connections, &name)?);
        #[cfg(feature = "http3")]
        if let Some(settings) = &config.http3 {
            running.push(start.http3(settings, address, site, place.connections, &name)?);
        }
    }
    if let Some(settings) = &config.admin {
        let admin = served.admin((Tokens::read(settings)?, Names::of(settings)), config, &metrics)?;
        let start = Start { runtime: &runtime, metrics: &metrics, stopping: &stopping };
        running.push(start.administration(settings, Arc::new(admin))?);
    }
    served.follow(&asked);
    for site in &sites {
        runtime.block_on(site.drain(STOP_TIME));
    }
    stop.send_replace(true);
    for server in running {
        runtime.block_on(server).context("a server failed")?;
    }
    served.keep_heads();
    tracing::info!("stopped");
    Ok(())
}

/// A connection needs a descriptor, and systems give a process 1,024 unless it asks for those that it may have.
fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    if let Err(error) = raised {
        tracing::warn!(reason = %error, "the number of open files stays as it is");
    }
}

/// Connections to the administration: a scraper, an operator, and some more.
const ADMIN_CONNECTIONS: usize = 32;

/// What servers are started with.
struct Start<'r> {
    runtime: &'r Runtime,
    metrics: &'r Arc<Metrics>,
    stopping: &'r watch::Receiver<bool>,
}

impl Start<'_> {
    fn server(
        &self,
        address: SocketAddr,
        handler: Arc<dyn Handler>,
        connections: usize,
        name: &str,
    ) -> Result<JoinHandle<()>> {
        let server = self.bind(address, handler, connections)?;
        eprintln!("wayseal: {name} at http://{}", server.address()?);
        Ok(self.runtime.spawn(server.run(self.stopping.clone())))
    }

    fn bind(&self, address: SocketAddr, handler: Arc<dyn Handler>, connections: usize) -> Result<Server> {
        let server = self.runtime.block_on(Server::bind(address, handler, Arc::clone(self.metrics)));
        let server = server.with_context(|| format!("{address}: cannot listen"))?;
        Ok(server.with_connections(connections))
    }

    #[cfg(not(feature = "tls"))]
    fn administration(
        &self,
        settings: &super::config::Admin,
        handler: Arc<dyn Handler>,
    ) -> Result<JoinHandle<()>> {
        self.server(settings.listen, handler, ADMIN_CONNECTIONS, "admin")
    }

    /// The administration, whose clients show certificates if the settings say so.
    #[cfg(feature = "tls")]
    fn administration(
        &self,
        settings: &super::config::Admin,
        handler: Arc<dyn Handler>,
    ) -> Result<JoinHandle<()>> {
        use enrollment_http::tls::{MutualTls, ServerIdentity};
        let Some(tls) = &settings.tls else {
            return self.server(settings.listen, handler, ADMIN_CONNECTIONS, "admin");
        };
        let certificates = crate::input::read_raw(&tls.certificate)?;
        let identity = ServerIdentity::from_pem(&certificates, &crate::secret::file(&tls.key)?);
        let authorities = crate::input::read_raw(&tls.client_ca)?;
        let mutual = identity.and_then(|identity| MutualTls::new(identity, &authorities));
        let mutual = mutual.context("[admin.tls]")?;
        let server = self.bind(settings.listen, handler, ADMIN_CONNECTIONS)?.with_tls(mutual);
        eprintln!("wayseal: admin at https://{}", server.address()?);
        Ok(self.runtime.spawn(server.run(self.stopping.clone())))
    }
}

#[cfg(feature = "http3")]
impl Start<'_> {
    /// The same over HTTP/3.
    fn http3(
        &self,
        settings: &super::config::Http3,
        address: SocketAddr,
        handler: Arc<dyn Handler>,
        connections: usize,
        name: &str,
    ) -> Result<JoinHandle<()>> {
        use enrollment_http::http3::Http3Server;
        use enrollment_http::tls::ServerIdentity;
        let certificates = crate::input::read_raw(&settings.certificate)?;
        let identity = ServerIdentity::from_pem(&certificates, &crate::secret::file(&settings.key)?);
        let identity = identity
            .with_context(|| format!("{}, {}", settings.certificate.display(), settings.key.display()))?;
        let _inside = self.runtime.enter();
        let given = (connections, Patience::default());
        let server = Http3Server::bind(address, identity, given, handler, Arc::clone(self.metrics));
        let server = server.with_context(|| format!("{address}: HTTP/3 cannot be served"))?;
        eprintln!("wayseal: {name} at https://{} by HTTP/3", server.address()?);
        Ok(self.runtime.spawn(server.run(self.stopping.clone())))
    }
}

impl<'c> Served<'c> {
    pub(super) fn open(role: Role, config: &'c Config) -> Result<Self> {
        // Authorities hear each other for each ticket.
        let provider = Crypto::new(Switch::On, TableConfig::detect()).provider;
        let trusted = Trusted::read(&config.trust, &provider)?;
        let (believed, modules) = (trusted.shared(), Modules::default());
        let mut means = Means { config, provider: Arc::clone(&provider), believed, modules };
        let (of_ea, of_aa) = (config.ea_for(role)?, config.aa_for(role)?);
        let ea = of_ea.map(|settings| means.ea(settings)).transpose()?;
        let aa = of_aa.map(|settings| means.aa(settings, trusted.lists()).map(|aa| (aa, settings)));
        let aa = aa.transpose()?;
        let needs_centre = config.root_dc_for(role)?.is_some() || config.tlm_for(role)?.is_some();
        let centre = needs_centre.then(|| centre(&trusted.shared(), &provider)).transpose()?;
        let of_ea = ea.as_ref().zip(of_ea.and_then(|settings| settings.head.clone()));
        let of_aa = aa.as_ref().zip(of_aa.and_then(|settings| settings.head.clone()));
        let of_ea = of_ea.map(|(ea, head)| (ea.registry.ledger().store().clone(), head));
        let of_aa = of_aa.map(|((aa, _), head)| (aa.ledger.store().clone(), head));
        let served = Self { trusted, ea, aa, centre, heads: of_ea.into_iter().chain(of_aa).collect() };
        served.publish();
        Ok(served)
    }

    /// What is served where: parts with one address share it.
    fn places(&self, role: Role, config: &Config) -> Result<BTreeMap<SocketAddr, Place>> {
        let mut places = BTreeMap::<SocketAddr, Place>::new();
        let mut place = |address, name, connections: usize, put: &dyn Fn(&mut Site)| {
            let place = places.entry(address).or_default();
            place.names.push(name);
            place.connections = place.connections.max(connections);
            put(&mut place.site);
        };
        if let (Some(ea), Some(settings)) = (&self.ea, config.ea_for(role)?) {
            place(settings.listen, "ea", settings.connections.0, &|site| site.ea = Some(ea.office.clone()));
        }
        if let (Some((aa, _)), Some(settings)) = (&self.aa, config.aa_for(role)?) {
            place(settings.listen, "aa", settings.connections.0, &|site| site.aa = Some(aa.office.clone()));
        }
        if let Some(settings) = config.root_dc_for(role)? {
            place(settings.listen, "root-dc", settings.connections.0, &|site| site.dc = self.centre.clone());
        }
        if let Some(settings) = config.tlm_for(role)? {
            place(settings.listen, "tlm", settings.connections.0, &|site| site.cpoc = self.centre.clone());
        }
        Ok(places)
    }

    /// What is served at the one address of settings that have but one, and how many connections it may have.
    pub(super) fn only_site(&self, config: &Config) -> Result<(Site, usize)> {
        let mut places = self.places(Role::All, config)?.into_values();
        let place = places.next().filter(|_| places.next().is_none()).context("more than one address")?;
        Ok((place.site, place.connections))
    }

    /// The EA's registry and the addresses by which the AA finds EAs, where both are served.
    pub(super) fn insides(&self) -> Option<(DurableRegistry, Arc<RwLock<Addresses>>)> {
        let (ea, (aa, _)) = self.ea.as_ref().zip(self.aa.as_ref())?;
        Some((ea.registry.clone(), Arc::clone(&aa.addresses)))
    }

    fn admin(
        &self,
        (tokens, names): (Tokens, Names),
        config: &Config,
        metrics: &Arc<Metrics>,
    ) -> Result<Admin> {
        let (mut ledgers, mut inside) = (Vec::new(), Vec::<(&'static str, Inside)>::new());
        if let Some(ea) = &self.ea {
            let backups = config.ea.as_ref().and_then(|ea| ea.backups.clone());
            ledgers.push(Watched { name: "EA", ledger: ea.registry.ledger().store().clone(), backups });
            let office = ea.office.clone();
            inside.push(("ea", Box::new(move || office.desk().inside())));
        }
        if let Some((aa, settings)) = &self.aa {
            let backups = settings.backups.clone();
            ledgers.push(Watched { name: "AA", ledger: aa.ledger.store().clone(), backups });
            let office = aa.office.clone();
            inside.push(("aa", Box::new(move || office.desk().inside())));
        }
        let no_profiles = BTreeMap::new();
        let profiles = Profiles::of(config.ea.as_ref().map_or(&no_profiles, |ea| &ea.profiles))?;
        let registry = self.ea.as_ref().map(|ea| ea.registry.clone());
        let metrics = Arc::clone(metrics);
        let of_ea = self.ea.iter().filter_map(|ea| ea.token.clone());
        let hsm_tokens = of_ea.chain(self.aa.iter().filter_map(|(aa, _)| aa.token.clone())).collect();
        let profiles = Arc::new(profiles);
        Ok(Admin { tokens, names, registry, profiles, ledgers, hsm_tokens, metrics, inside })
    }

    /// Follows the folders and does what is due now and then, until somebody asks to stop.
    fn follow(&mut self, asked: &Asked) {
        let (mut reloads, mut kept, mut forgotten) = (asked.reloads(), Instant::now(), None::<Instant>);
        while asked.sleep(PERIOD) {
            if reloads != asked.reloads() || self.trusted.has_changed() {
                reloads = asked.reloads();
                self.reload();
            }
            if kept.elapsed() >= HEAD_PERIOD {
                kept = Instant::now();
                self.keep_heads();
            }
            if forgotten.is_none_or(|last| last.elapsed() >= FORGET_PERIOD) {
                forgotten = Some(Instant::now());
                self.forget();
            }
        }
        tracing::info!("stopping: what was taken in is answered");
    }

    fn reload(&mut self) {
        let changes = match self.trusted.follow() {
            Ok(changes) => Arc::new(changes),
            Err(error) => {
                tracing::error!(reason = output::sentence(&error), "the trust folders were not taken over");
                return;
            }
        };
        if let Some(ea) = &self.ea {
            let changes = Arc::clone(&changes);
            ea.office.desk().each(move |ea| changes.apply(ea.trust()));
        }
        if let Some((aa, settings)) = &self.aa {
            let changes = Arc::clone(&changes);
            aa.office.desk().each(move |aa| changes.apply(aa.trust()));
            match offices::addresses(settings, self.trusted.lists()) {
                Ok(found) => *aa.addresses.write().unwrap_or_else(PoisonError::into_inner) = found,
                Err(error) => tracing::error!(reason = output::sentence(&error), "no addresses taken over"),
            }
        }
        if let Some(centre) = &self.centre {
            centre.change(|trust| changes.apply(trust));
        }
        self.publish();
        tracing::info!("the trust folders were taken over: {}", changes.summary());
    }

    /// Hands out the lists of the folders. Those that are out already stay as they are.
    fn publish(&self) {
        let (Some(centre), Ok(now)) = (&self.centre, clock::now()) else { return };
        for list in self.trusted.handed_out() {
            match centre.publish(&Clock::exact(now), list) {
                Ok(_) => {}
                Err(PublishError::NotNewer { .. }) => {
                    tracing::warn!("a list that is older than the one handed out stays in the folder");
                }
                Err(error) => tracing::warn!(reason = %error, "a list is not handed out"),
            }
        }
        self.publish_links(centre, &Clock::exact(now));
    }

    /// Hands out the links that lead from one of the folders' roots or trust list managers to another.
    fn publish_links(&self, centre: &Centre, clock: &Clock) {
        let anchors = self.trusted.shared().anchors();
        for link in self.trusted.links() {
            let publish = |next: &Certificate| centre.publish_link(clock, link, next.clone()).is_ok();
            if !anchors.iter().any(publish) {
                tracing::warn!("a link certificate message leads nowhere, and is not handed out");
            }
        }
    }

    fn keep_heads(&self) {
        for (ledger, path) in &self.heads {
            if let Err(error) = offices::keep_head(ledger, path) {
                tracing::error!(reason = output::sentence(&error), "a head was not kept");
            }
        }
    }

    /// Beside everything else: it walks through all stations, and waits for the disk.
    fn forget(&self) {
        let (Some(ea), Ok(now)) = (&self.ea, clock::now()) else { return };
        let registry = ea.registry.clone();
        let started = std::thread::Builder::new().name("forget".to_owned()).spawn(move || {
            match registry.forget_expired(now, FORGET_AT_ONCE) {
                Ok(0) => {}
                Ok(weeks) => tracing::info!(weeks, "tickets that have run out were forgotten"),
                Err(error) => tracing::error!(reason = %error, "what has run out was not forgotten"),
            }
        });
        if let Err(error) = started {
            tracing::error!(reason = %error, "what has run out was not forgotten");
        }
    }
}

fn centre(believed: &Shared, provider: &Arc<dyn Provider>) -> Result<Centre> {
    let verifier = Verifier::new(believed.store(provider)?, Policy::STANDARD, judge::no_memory());
    Ok(Centre::new(DistributionCentre::new(verifier)))
}
