//! A PKI of one root, served over loopback on durable ledgers, and stations that use it.
#![allow(dead_code, reason = "each test is a crate of its own and uses a part of this")]

use enrollment_aa::AuthorizationAuthority;
use enrollment_client::{AccessPoint, Addresses, Client, EaAddresses, Protocol};
use enrollment_dc::DistributionCentre;
use enrollment_ea::{
    EnrolmentAuthority,
    registry::{CanonicalId, Profile, Registry as _, Station, Status},
};
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::{
    centre::Centre,
    clock,
    desk::Desk,
    intake::Bounds,
    metrics::Metrics,
    office::{AaOffice, EaOffice},
    random,
    server::{Patience, Server},
    site::Site,
};
use enrollment_station::{
    Credential,
    authorization::{Ask, Authorities, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc, OnceLock, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{Ledger as Store, Options, engine::Redb};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle};
use v2x_ca::{
    Role,
    lab::{Lab, Member, Plan},
    lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, sign_crl},
    services::{CAM, its_services, permission},
};
use v2x_ca_durable::DurableLedger;
use v2x_codec::{
    ieee1609dot2::SequenceOfPsidSsp,
    time::{Time32, Time64},
    ts102941::CertificateSubjectAttributes,
};
use v2x_crypto::{CryptoError, Curve, KeyAgreement, PrivateKey, Provider, PublicKey, SharedSecret};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::{
    certificate::Certificate,
    clock::Clock,
    policy::Policy,
    replay::{ReplayConfig, ReplayFilter},
    trust::{TrustProfile, TrustStore},
    verifier::Verifier,
};

pub(crate) const STATION: &[u8] = b"station 0";

fn id(station: usize) -> Vec<u8> {
    format!("station {station}").into_bytes()
}

pub(crate) const QUOTA: u32 = 64;
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How a PKI is served.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) workers: usize,
    pub(crate) places: usize,
    pub(crate) connections: usize,
    pub(crate) patience: Patience,
    pub(crate) bounds: Bounds,
}

impl Default for Setting {
    fn default() -> Self {
        let (patience, bounds) = (Patience::default(), Bounds::default());
        Self { workers: 4, places: 64, connections: 64, patience, bounds }
    }
}

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) lab: Arc<Lab>,
    pub(crate) canonical: PrivateKey,
    pub(crate) registry: DurableRegistry,
    pub(crate) of_aa: DurableLedger,
    pub(crate) ea: EaOffice,
    pub(crate) aa: AaOffice,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) address: SocketAddr,
    pub(crate) site: Site,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) running: Option<JoinHandle<()>>,
    /// Whether the decryption keys are out of reach.
    pub(crate) away: Arc<AtomicBool>,
    _folder: Option<TempDir>,
}

pub(crate) fn now() -> Time64 {
    clock::now().unwrap()
}

fn start() -> Time32 {
    Time32::from_seconds(now().time32().unwrap().seconds() - 60)
}

pub(crate) fn trust(lab: &Lab) -> TrustStore {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, provider());
    for certificate in lab.certificates() {
        trust.add_by_content(certificate.clone()).unwrap();
    }
    trust
}

/// A decryption key that can be out of reach, as one in a hardware module.
struct Remote {
    key: Box<dyn KeyAgreement>,
    is_away: Arc<AtomicBool>,
}

impl KeyAgreement for Remote {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        let is_away = self.is_away.load(Ordering::Relaxed);
        if is_away { Err(CryptoError::Backend("away")) } else { self.key.agree(peer) }
    }
}

fn agreement(member: &Member, is_away: &Arc<AtomicBool>) -> Box<dyn KeyAgreement> {
    let key = provider().key_agreement(member.encryption.as_ref().unwrap()).unwrap();
    Box::new(Remote { key, is_away: Arc::clone(is_away) })
}

fn ledger(folder: &Path, name: &str) -> DurableLedger {
    let engine = Redb::open(&folder.join(name)).unwrap();
    DurableLedger::new(Store::open(engine, &Options::new(name), now().micros()).unwrap())
}

/// Who computes in the servers: somebody else than usual where it was set before.
pub(crate) static PROVIDER: OnceLock<Arc<dyn Provider>> = OnceLock::new();

fn provider() -> Arc<dyn Provider> {
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(AwsLc)))
}

fn enrolment_authority(lab: &Lab, registry: &DurableRegistry, away: &Arc<AtomicBool>) -> EnrolmentAuthority {
    let member = &lab.enrolment_authority;
    let parts = enrollment_ea::Parts {
        issuer: member.issuer(Role::EnrolmentAuthority, lab.policy, &*provider()).unwrap(),
        agreement: agreement(member, away),
        provider: provider(),
        trust: trust(lab),
        registry: Box::new(registry.clone()),
    };
    EnrolmentAuthority::new(parts).unwrap()
}

fn authorization_authority(
    lab: &Lab,
    ledger: &DurableLedger,
    away: &Arc<AtomicBool>,
) -> AuthorizationAuthority {
    let member = &lab.authorization_authority;
    let parts = enrollment_aa::Parts {
        issuer: member.issuer(Role::AuthorizationAuthority, lab.policy, &*provider()).unwrap(),
        agreement: agreement(member, away),
        provider: provider(),
        trust: trust(lab),
        ledger: Box::new(ledger.clone()),
    };
    AuthorizationAuthority::new(parts).unwrap()
}

fn centre(lab: &Lab, address: SocketAddr) -> Centre {
    let filter = ReplayFilter::new(ReplayConfig::new([1, 2]), now());
    let centre = Centre::new(DistributionCentre::new(Verifier::new(trust(lab), Policy::STANDARD, filter)));
    for list in lists(lab, address) {
        centre.publish(&Clock::exact(now()), &list).unwrap();
    }
    centre
}

/// The root's trust list and its empty revocation list.
pub(crate) fn lists(lab: &Lab, address: SocketAddr) -> [Vec<u8>; 2] {
    let [root, ea, aa, _] = lab.certificates();
    let url = |path: &str| format!("http://{address}/{path}");
    let entries = vec![
        ea_entry(ea, &url("ea/validation"), Some(&url("ea"))).unwrap(),
        aa_entry(aa, &url("aa")).unwrap(),
        dc_entry(&url("dc"), &[root]).unwrap(),
    ];
    let root = lab.root.identity(&AwsLc).unwrap();
    let next = Time32::from_seconds(start().seconds() + 86_400);
    let list = TrustList::first(ListOf::RootCa, entries).unwrap();
    let crl = sign_crl(&[], &root, start().into(), next, &lab.policy).unwrap();
    [list.sign_full(&root, start().into(), next, &lab.policy).unwrap(), crl]
}

impl World {
    pub(crate) fn new(setting: Setting) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let world = Self::in_folder(setting, folder.path(), 1);
        Self { _folder: Some(folder), ..world }
    }

    /// With its ledgers in a folder, and so many stations.
    pub(crate) fn in_folder(setting: Setting, folder: &Path, stations: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut rng = random::generator().unwrap();
        let lab = Arc::new(Lab::new(&Plan::new("http", start()), &AwsLc, &mut rng).unwrap());
        let canonical = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let mut registry = DurableRegistry::new(ledger(folder, "ea"));
        let of_aa = ledger(folder, "aa");
        let profile =
            Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: QUOTA };
        let station = Station { canonical_key: *canonical.public_key(), status: Status::Active, profile };
        for number in 0..stations {
            registry.register(now(), &CanonicalId::new(&id(number)).unwrap(), &station).unwrap();
        }
        let addresses = Arc::new(RwLock::new(Addresses::new()));
        let away = Arc::default();
        let (ea, aa) = offices(&lab, &registry, &of_aa, &addresses, setting, &away);
        let metrics = Arc::new(Metrics::new());
        let bound = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = bound.local_addr().unwrap();
        drop(bound);
        let for_aas = format!("http://{address}/ea/validation").parse().unwrap();
        let found = EaAddresses { for_aas, for_stations: None };
        addresses.write().unwrap().set_ea(&lab.enrolment_authority.certificate, found).unwrap();
        let centre = centre(&lab, address);
        let site = Site {
            ea: Some(ea.clone()),
            aa: Some(aa.clone()),
            dc: Some(centre.clone()),
            cpoc: Some(centre),
            bounds: setting.bounds,
            draining: Arc::default(),
        };
        let kept = site.clone();
        let (stop, stopping) = watch::channel(false);
        let server = runtime.block_on(Server::bind(address, Arc::new(site), Arc::clone(&metrics))).unwrap();
        let server = server.with_connections(setting.connections).with_patience(setting.patience);
        let running = Some(runtime.spawn(server.run(stopping)));
        Self {
            runtime,
            lab,
            canonical,
            registry,
            of_aa,
            ea,
            aa,
            metrics,
            address,
            site: kept,
            stop,
            running,
            away,
            _folder: None,
        }
    }

    pub(crate) fn url(&self, path: &str) -> AccessPoint {
        format!("http://{}/{path}", self.address).parse().unwrap()
    }

    pub(crate) fn trust(&self) -> TrustStore {
        trust(&self.lab)
    }

    pub(crate) fn send(&self, client: &Client, path: &str, request: &[u8]) -> Vec<u8> {
        self.runtime.block_on(client.send(&self.url(path), request, PATIENCE)).unwrap()
    }

    pub(crate) fn enrolment(&self) -> (Enrolment, PrivateKey) {
        self.enrolment_of(0)
    }

    fn enrolment_of(&self, station: usize) -> (Enrolment, PrivateKey) {
        let mut rng = random::generator().unwrap();
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let canonical = AwsLc.signer(&self.canonical).unwrap();
        let new = AwsLc.signer(&key).unwrap();
        let id = id(station);
        let identity = Identity::Canonical { id: &id, signer: &*canonical };
        let ea = &self.lab.enrolment_authority.certificate;
        let asked = Enrolment::new(identity, &*new, ea, &mut self.trust(), now(), &mut rng).unwrap();
        (asked, key)
    }

    pub(crate) fn enrol(&self, client: &Client) -> (Certificate, PrivateKey) {
        self.enrol_as(client, 0)
    }

    pub(crate) fn enrol_as(&self, client: &Client, station: usize) -> (Certificate, PrivateKey) {
        let (asked, key) = self.enrolment_of(station);
        let answer = self.send(client, "ea", asked.request());
        (asked.answer(&answer, &mut self.trust(), now()).unwrap(), key)
    }

    pub(crate) fn authorization(
        &self,
        (certificate, own): &(Certificate, PrivateKey),
        privacy: Privacy,
        proof: Proof,
    ) -> Authorization {
        let mut rng = random::generator().unwrap();
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let (new, own) = (AwsLc.signer(&key).unwrap(), AwsLc.signer(own).unwrap());
        let permissions = SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]);
        let attributes = CertificateSubjectAttributes::signing(permissions);
        let ask = Ask { key: &*new, encryption_key: None, attributes, privacy, proof };
        let (ea, aa) = (&self.lab.enrolment_authority, &self.lab.authorization_authority);
        let authorities = Authorities { ea: &ea.certificate, aa: &aa.certificate };
        let credential = Credential { certificate, signer: &*own };
        Authorization::new(&ask, credential, authorities, &mut self.trust(), now(), &mut rng).unwrap()
    }

    /// Asks the server to stop, and waits until it has.
    pub(crate) fn end(&mut self) {
        self.runtime.block_on(self.site.drain(PATIENCE));
        self.stop.send_replace(true);
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running).unwrap();
        }
    }

    /// What comes back for some octets, until the server closes the connection or a time is over.
    pub(crate) fn raw(&self, octets: &[u8]) -> String {
        let mut connection = self.connect();
        // The server may close before it has read all.
        let _ = connection.write_all(octets);
        read_all(&mut connection)
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(self.address).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        connection
    }

    /// What comes back for a request that closes its connection.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> String {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        self.raw(&[head.as_bytes(), body].concat())
    }
}

pub(crate) fn read_all(connection: &mut TcpStream) -> String {
    let mut octets = Vec::new();
    let _ = connection.read_to_end(&mut octets);
    String::from_utf8_lossy(&octets).into_owned()
}

fn offices(
    lab: &Arc<Lab>,
    registry: &DurableRegistry,
    of_aa: &DurableLedger,
    addresses: &Arc<RwLock<Addresses>>,
    setting: Setting,
    away: &Arc<AtomicBool>,
) -> (EaOffice, AaOffice) {
    let (held, registry, keys) = (Arc::clone(lab), registry.clone(), Arc::clone(away));
    let make = move || Ok::<_, std::io::Error>(enrolment_authority(&held, &registry, &keys));
    let ea = Desk::open("ea", setting.workers, setting.places, make).unwrap();
    let (held, of_aa, keys) = (Arc::clone(lab), of_aa.clone(), Arc::clone(away));
    let make = move || Ok::<_, std::io::Error>(authorization_authority(&held, &of_aa, &keys));
    let aa = Desk::open("aa", setting.workers, setting.places, make).unwrap();
    let client = Client::new(Protocol::Http2);
    let aa = AaOffice::new(Arc::new(aa), client, Arc::clone(addresses));
    (EaOffice::new(Arc::new(ea)), aa.with_patience(Duration::from_secs(2)))
}
