//! A PKI, gateways on loopback whose local sides are channels, and a relay in between that loses, delays and cuts.

#![allow(dead_code, reason = "every test file uses another part")]

pub(crate) mod relay;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use drone_link::block_list::BlockList;
use drone_link::dialect::id;
use drone_link::frame::Frame;
use drone_link::rights::{Right, Rights};
use drone_link::table::RightsTable;
use drone_link_gateway::drone::{self, Drone};
use drone_link_gateway::ground::{self, Ground};
use drone_link_gateway::local::LocalSide;
use drone_link_gateway::report::{Report, Reporter};
use drone_link_gateway::standing::{Lists, Standing, StandingKeeper};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tokio::sync::mpsc;
use tokio::time::timeout;
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::policy::Policy;
use v2x_ca::profile::{Key, Template};
use v2x_ca::role::Role;
use v2x_ca::services::{ServiceRange, permission};
use v2x_codec::time::{Duration as Span, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::sign::Identity;
use v2x_security::trust::{TrustProfile, TrustStore};

/// How long a test waits for what should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn now() -> Time64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    Time64::from_unix_micros(i64::try_from(since.as_micros()).expect("a time")).expect("a time")
}

pub(crate) struct World {
    pub(crate) lab: Lab,
    provider: Arc<dyn Provider>,
    rng: ChaCha20Rng,
    start: Time32,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let start = now().saturating_sub_micros(3_600_000_000).time32().expect("a time");
        let mut plan = Plan::new("Drones", start);
        plan.services.push(ServiceRange::up_to(29, &Rights::of(&Right::ALL).to_ssp()));
        let lab = Lab::new(&plan, &*provider, &mut rng).expect("a PKI");
        Self { lab, provider, rng, start }
    }

    pub(crate) fn ticket(&mut self, rights: &[Right]) -> Arc<Identity> {
        let key = PrivateKey::generate(Curve::NistP256, &mut self.rng).expect("a key");
        let validity = ValidityPeriod { start: self.start, duration: Span::Hours(24) };
        let permissions = vec![permission(29, &Rights::of(rights).to_ssp())];
        let template =
            Template::authorization_ticket(Key::Verification(*key.public_key()), validity, permissions);
        let aa = &self.lab.authorization_authority;
        let issuer = aa.issuer(Role::AuthorizationAuthority, Policy::EU, &*self.provider).expect("an issuer");
        let request = RequestDigest::of(&key.public_key().to_sec1_compressed());
        let ticket =
            issuer.issue(&template, request, self.start, &mut MemoryLedger::new()).expect("a ticket");
        Arc::new(Identity::new(ticket, self.provider.signer(&key).expect("a signer")).expect("its key"))
    }

    pub(crate) fn lists(&self) -> TestLists {
        let lab = &self.lab;
        let (root, aa) = (lab.root.certificate.clone(), lab.authorization_authority.certificate.clone());
        TestLists { root, aa, provider: Arc::clone(&self.provider), revoked: Arc::default() }
    }
}

/// Lists that tests change.
#[derive(Clone)]
pub(crate) struct TestLists {
    root: Certificate,
    aa: Certificate,
    provider: Arc<dyn Provider>,
    revoked: Arc<Mutex<Vec<HashedId8>>>,
}

impl TestLists {
    pub(crate) fn revoke(&self, id: HashedId8) {
        self.revoked.lock().expect("a lock").push(id);
    }

    pub(crate) fn with(&self, blocked: BlockList) -> Lists {
        let lists = self.clone();
        Lists { trust: Arc::new(move || lists.store()), blocked }
    }

    pub(crate) fn store(&self) -> Result<TrustStore, String> {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(&self.provider));
        trust.add_root(self.root.clone()).map_err(|error| error.to_string())?;
        trust.add(self.aa.clone()).map_err(|error| error.to_string())?;
        for id in self.revoked.lock().expect("a lock").iter() {
            trust.revoke(*id).map_err(|error| error.to_string())?;
        }
        Ok(trust)
    }
}

/// The local side of a gateway, as its autopilot or ground station sees it.
pub(crate) struct Local {
    to: mpsc::Sender<Frame>,
    from: mpsc::Receiver<Frame>,
}

impl Local {
    fn new() -> (Self, LocalSide) {
        let (to_gateway, from_local) = mpsc::channel(256);
        let (to_local, from_gateway) = mpsc::channel(4096);
        (Self { to: to_gateway, from: from_gateway }, LocalSide { to: to_local, from: from_local })
    }

    pub(crate) async fn send(&self, frame: Frame) {
        self.to.send(frame).await.expect("the gateway takes it");
    }

    pub(crate) async fn receive(&mut self) -> Frame {
        timeout(PATIENCE, self.from.recv()).await.expect("in time").expect("the gateway runs")
    }

    pub(crate) fn try_receive(&mut self) -> Option<Frame> {
        self.from.try_recv().ok()
    }

    /// The next frame of this kind.
    pub(crate) async fn receive_kind(&mut self, message: u32) -> Frame {
        loop {
            let frame = self.receive().await;
            if frame.message == message {
                return frame;
            }
        }
    }

    /// Whether nothing comes for a while.
    pub(crate) async fn is_silent(&mut self, span: Duration) -> bool {
        timeout(span, self.from.recv()).await.is_err()
    }
}

/// A ground station's gateway.
pub(crate) struct GroundEnd {
    pub(crate) gateway: Ground,
    pub(crate) keeper: StandingKeeper,
    pub(crate) local: Local,
    pub(crate) reports: mpsc::Receiver<Report>,
    pub(crate) address: SocketAddr,
}

impl GroundEnd {
    pub(crate) fn start(ticket: Arc<Identity>, lists: Lists) -> Self {
        let (local, side) = Local::new();
        let (reporter, reports) = Reporter::new();
        let (keeper, standing) = Standing::new(ticket, lists);
        let table = Arc::new(RightsTable::usual().expect("a table"));
        let listen = "quic://127.0.0.1:0".parse().expect("an address");
        let settings =
            ground::Settings { listen, table, standing, local: side, reporter, incarnation: [2; 16] };
        let gateway = Ground::start(settings).expect("it listens");
        let address = gateway.address().expect("it has one");
        Self { gateway, keeper, local, reports, address }
    }
}

/// A drone's gateway.
pub(crate) struct DroneEnd {
    pub(crate) gateway: Drone,
    pub(crate) keeper: StandingKeeper,
    pub(crate) local: Local,
    pub(crate) reports: mpsc::Receiver<Report>,
}

impl DroneEnd {
    pub(crate) async fn start(
        ticket: Arc<Identity>,
        lists: Lists,
        system: u8,
        grounds: &[SocketAddr],
    ) -> Self {
        let (local, side) = Local::new();
        let (reporter, reports) = Reporter::new();
        let (keeper, standing) = Standing::new(ticket, lists);
        let links = grounds.iter().map(|address| format!("quic://{address}").parse().expect("an address"));
        let table = Arc::new(RightsTable::usual().expect("a table"));
        let settings = drone::Settings {
            links: links.collect(),
            system: Some(system),
            table,
            standing,
            local: side,
            reporter,
            incarnation,
        };
        let gateway = drone::run(settings).await.expect("it runs");
        Self { gateway, keeper, local, reports }
    }
}

fn incarnation() -> Option<[u8; 16]> {
    Some(now().micros().to_be_bytes().repeat(2).try_into().expect("16 octets"))
}

/// The next report for which `wanted` has something to say.
pub(crate) async fn report<T>(
    reports: &mut mpsc::Receiver<Report>,
    mut wanted: impl FnMut(Report) -> Option<T>,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let next = timeout(left, reports.recv()).await.expect("a report in time").expect("the gateway runs");
        if let Some(found) = wanted(next) {
            return found;
        }
    }
}

pub(crate) async fn connected(reports: &mut mpsc::Receiver<Report>) -> SocketAddr {
    report(reports, |report| match report {
        Report::Connected { peer, .. } => Some(peer),
        _ => None,
    })
    .await
}

pub(crate) async fn disconnected(reports: &mut mpsc::Receiver<Report>) -> String {
    report(reports, |report| match report {
        Report::Disconnected { why, .. } => Some(why),
        _ => None,
    })
    .await
}

/// A command to a drone, told from others by its first parameter.
pub(crate) fn command(system: u8, number: u16, parameter: f32) -> Frame {
    let mut payload = [0; 33];
    payload[..4].copy_from_slice(&parameter.to_le_bytes());
    payload[28..30].copy_from_slice(&number.to_le_bytes());
    payload[30] = system;
    payload[31] = 1;
    Frame::new(255, 190, 0, id::COMMAND_LONG, &payload)
}

pub(crate) const ARM: u16 = 400;

pub(crate) fn parameter(frame: &Frame) -> f32 {
    let octet = |index: usize| frame.payload.get(index).copied().unwrap_or(0);
    f32::from_le_bytes([octet(0), octet(1), octet(2), octet(3)])
}

pub(crate) fn heartbeat(system: u8, sequence: u8) -> Frame {
    Frame::new(system, 1, sequence, id::HEARTBEAT, &[0, 0, 0, 0, 2, 3, 81, 4, 3])
}
