//! A station's home: what is kept in it, what is refused, what is not taken for granted.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

use enrollment_client::{AccessPoint, Client, Protocol};
use enrollment_home::{Anchors, Home, HomeError, ListNews, Means, News, Settings};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};
use tempfile::TempDir;
use v2x_ca::{
    lab::{Lab, Plan},
    lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, sign_crl},
};
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::{Curve, PrivateKey, RustCrypto};
use v2x_security::refusal::Refusal;
use zeroize::Zeroizing;

const START: Time32 = Time32::from_seconds(700_000_000);
const HOUR: u32 = 3_600;

fn at(hours: u32) -> Time32 {
    Time32::from_seconds(START.seconds() + hours * HOUR)
}

/// What a distribution centre hands out: a trust list and a revocation list.
type Handed = Arc<Mutex<[Vec<u8>; 2]>>;

/// A distribution centre that hands out what it is told, believed or not.
fn centre(handed: &Handed) -> AccessPoint {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handed = Arc::clone(handed);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut head = BufReader::new(connection.try_clone().unwrap()).lines().map(Result::unwrap);
            let is_ctl = head.next().unwrap().contains("/getctl/");
            head.take_while(|line| !line.is_empty()).for_each(drop);
            let body = handed.lock().unwrap()[usize::from(!is_ctl)].clone();
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            connection.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    format!("http://{address}/dc").parse().unwrap()
}

struct World {
    folder: TempDir,
    lab: Lab,
    handed: Handed,
    home: Home,
}

fn world() -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let lab = Lab::new(&Plan::new("home", START), &RustCrypto, &mut rng).unwrap();
    let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    let handed = Handed::default();
    let settings =
        Settings { id: b"car".to_vec(), centre: centre(&handed), ea: None, aa: None, contact: None };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("car");
    let home = Home::create(&path, settings, anchors(&lab), &key, means(None), &mut rng).unwrap();
    World { folder, lab, handed, home }
}

impl World {
    /// The first list with an EA and an AA, and the one after it without.
    fn ctl(&self, number: u32) -> Vec<u8> {
        let [root, ea, aa, _] = self.lab.certificates();
        let dc = dc_entry("http://dc", &[root]).unwrap();
        let authorities = vec![
            ea_entry(ea, "http://ea/validation", Some("http://ea")).unwrap(),
            aa_entry(aa, "http://aa").unwrap(),
        ];
        let first = TrustList::first(ListOf::RootCa, [authorities, vec![dc.clone()]].concat()).unwrap();
        let list = if number == 0 { first } else { first.next(vec![dc]).unwrap() };
        let root = self.lab.root.identity(&RustCrypto).unwrap();
        list.sign_full(&root, at(number).into(), at(48), &self.lab.policy).unwrap()
    }

    fn crl(&self, hour: u32, next: u32) -> Vec<u8> {
        let root = self.lab.root.identity(&RustCrypto).unwrap();
        sign_crl(&[], &root, at(hour).into(), at(next), &self.lab.policy).unwrap()
    }

    fn hand_out(&self, ctl: Vec<u8>, crl: Vec<u8>) {
        *self.handed.lock().unwrap() = [ctl, crl];
    }

    fn update(&self, hour: u32) -> Result<ListNews, HomeError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(open(&self.path())?.update_lists(at(hour).into()))
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("car")
    }
}

fn anchors(lab: &Lab) -> Anchors {
    Anchors { root: lab.root.certificate.clone(), manager: None }
}

fn means(passphrase: Option<&str>) -> Means {
    let passphrase = passphrase.map(|text| Zeroizing::new(text.as_bytes().to_vec()));
    Means { provider: Arc::new(RustCrypto), client: Client::new(Protocol::Http1), passphrase }
}

fn open(path: &Path) -> Result<Home, HomeError> {
    Home::open(path, means(None))
}

#[test]
fn a_home_is_found_as_it_was_made_and_not_made_twice() {
    let world = world();
    let again = open(&world.path()).unwrap();
    assert_eq!(again.settings(), world.home.settings());
    assert_eq!(again.canonical_key().unwrap().public_key(), world.home.canonical_key().unwrap().public_key());
    let (settings, key) = (again.settings().clone(), again.canonical_key().unwrap());
    let (root, mut rng) = (anchors(&world.lab), ChaCha20Rng::seed_from_u64(2));
    let twice = Home::create(&world.path(), settings, root, &key, means(None), &mut rng);
    assert!(matches!(twice, Err(HomeError::File { .. })));
    assert!(open(world.folder.path()).is_err(), "no home");
}

#[test]
#[cfg(unix)]
fn keys_are_for_their_owner_and_one_that_is_not_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = world();
    let key = world.path().join("canonical.key");
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    let refused = world.home.canonical_key().map(drop).unwrap_err().to_string();
    assert!(refused.contains("its mode is 640"), "{refused}");
}

#[test]
fn a_key_under_a_passphrase_is_encrypted_and_opens_with_it_alone() {
    let (world, mut rng) = (world(), ChaCha20Rng::seed_from_u64(2));
    let (settings, root) = (world.home.settings().clone(), anchors(&world.lab));
    let (path, key) = (world.folder.path().join("guarded"), world.home.canonical_key().unwrap());
    let home = Home::create(&path, settings, root, &key, means(Some("open sesame")), &mut rng).unwrap();
    assert_eq!(home.canonical_key().unwrap().public_key(), key.public_key());
    let pem = fs::read_to_string(path.join("canonical.key")).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
    for passphrase in [None, Some("another")] {
        let home = Home::open(&path, means(passphrase)).unwrap();
        let refused = home.canonical_key().map(drop).unwrap_err();
        assert!(matches!(refused, HomeError::File { .. }), "{refused}");
    }
    let home = Home::open(&path, means(Some("open sesame"))).unwrap();
    assert_eq!(home.canonical_key().unwrap().public_key(), key.public_key());
}

#[test]
fn a_station_that_believes_a_trust_list_manager_does_not_believe_its_root_alone() {
    let (world, mut rng) = (world(), ChaCha20Rng::seed_from_u64(2));
    let (path, key) = (world.folder.path().join("managed"), world.home.canonical_key().unwrap());
    let manager = Some(world.lab.trust_list_manager.certificate.clone());
    let contact = Some("http://cpoc".parse().unwrap());
    let settings = || world.home.settings().clone();
    for (settings, manager) in
        [(settings(), manager.clone()), (Settings { contact: contact.clone(), ..settings() }, None)]
    {
        let anchors = Anchors { manager, ..anchors(&world.lab) };
        let refused = Home::create(&path, settings, anchors, &key, means(None), &mut rng);
        assert!(matches!(refused, Err(HomeError::File { .. })), "one without the other");
    }
    let (settings, anchors) =
        (Settings { contact, ..settings() }, Anchors { manager, ..anchors(&world.lab) });
    Home::create(&path, settings, anchors, &key, means(None), &mut rng).unwrap();
    assert!(open(&path).is_ok());
    fs::remove_file(path.join("tlm.cert")).unwrap();
    assert!(matches!(open(&path), Err(HomeError::File { .. })));
}

#[test]
fn lists_that_are_believed_are_kept_and_the_same_again_is_no_news() {
    let world = world();
    assert_eq!(world.home.lists_due(at(1).into()).unwrap(), None);
    world.hand_out(world.ctl(0), world.crl(0, 24));
    assert_eq!(world.update(1).unwrap(), ListNews { ectl: None, ctl: News::Newer, crl: News::Newer });
    assert_eq!(world.update(1).unwrap(), ListNews { ectl: None, ctl: News::Same, crl: News::Same });
    assert_eq!(world.home.lists_due(at(1).into()).unwrap(), Some(Time64::from(at(24))));
}

#[test]
fn a_list_that_comes_before_the_one_at_hand_is_refused_and_nothing_changes() {
    let world = world();
    let (old, new) = (world.ctl(0), world.ctl(1));
    world.hand_out(new.clone(), world.crl(1, 24));
    world.update(2).unwrap();
    world.hand_out(old, world.crl(0, 24));
    let refused = world.update(2).unwrap_err();
    let HomeError::Refused { refusal, .. } = refused else { panic!("{refused}") };
    assert!(matches!(*refusal, Refusal::ListOutOfOrder { .. }), "{refusal}");
    assert_eq!(fs::read(world.path().join("ctl.oer")).unwrap(), new);
}

#[test]
fn a_list_of_another_root_and_noise_are_refused() {
    let world = world();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let other = Lab::new(&Plan::new("other", START), &RustCrypto, &mut rng).unwrap();
    let signer = other.root.identity(&RustCrypto).unwrap();
    let list = sign_crl(&[], &signer, at(0).into(), at(24), &other.policy).unwrap();
    for ctl in [list, b"noise".to_vec()] {
        world.hand_out(ctl, world.crl(0, 24));
        assert!(matches!(world.update(1), Err(HomeError::Refused { .. })));
        assert!(!world.path().join("ctl.oer").exists());
    }
}

#[test]
fn with_lists_that_are_out_of_date_a_station_does_nothing_until_it_has_new_ones() {
    let world = world();
    world.hand_out(world.ctl(0), world.crl(0, 24));
    world.update(1).unwrap();
    let later = Time64::from(at(25));
    assert!(matches!(world.home.lists_due(later), Err(HomeError::Lists(_))));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let refused = runtime.block_on(world.home.enrol(later, &mut ChaCha20Rng::seed_from_u64(3)));
    assert!(matches!(refused.map(drop), Err(HomeError::Lists(_))));
    world.hand_out(world.ctl(0), world.crl(24, 40));
    assert_eq!(world.update(25).unwrap(), ListNews { ectl: None, ctl: News::Same, crl: News::Newer });
    assert_eq!(world.home.lists_due(later).unwrap(), Some(Time64::from(at(40))));
}

#[test]
fn a_station_without_credential_is_due_for_one() {
    let world = world();
    let now = Time64::from(START);
    assert!(world.home.is_due(now).unwrap());
    assert!(matches!(world.home.credential(now).map(drop), Err(HomeError::NotEnrolled)));
    assert!(world.home.tickets().unwrap().is_empty() && world.home.credentials().unwrap().is_empty());
}
