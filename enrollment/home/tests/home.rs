//! A station's home: what is kept in it, what is refused, what is not taken for granted.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

use enrollment_client::{AccessPoint, Client, Protocol};
use enrollment_home::{
    Anchors, Home, HomeError, ListNews, Means, News, Settings,
    limits::{MAX_DELTAS, PENDING_SECONDS},
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
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

/// What a distribution centre hands out, by the end of its path, and what it was asked for.
#[derive(Default)]
struct Centre {
    ctl: Vec<u8>,
    crl: Vec<u8>,
    deltas: BTreeMap<u8, Vec<u8>>,
    asked: Vec<String>,
}

type Handed = Arc<Mutex<Centre>>;

impl Centre {
    fn find(&mut self, path: &str) -> Option<Vec<u8>> {
        self.asked.push(path.to_owned());
        let steps: Vec<&str> = path.trim_start_matches("/dc/").split('/').collect();
        match steps.as_slice() {
            ["getctl", _] => Some(self.ctl.clone()),
            ["getctl", _, number] => self.deltas.get(&number.parse().unwrap()).cloned(),
            ["getcrl", _] => Some(self.crl.clone()),
            _ => None,
        }
    }
}

/// A distribution centre that hands out what it is told, believed or not.
fn centre(handed: &Handed) -> AccessPoint {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handed = Arc::clone(handed);
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut head = BufReader::new(connection.try_clone().unwrap()).lines().map(Result::unwrap);
            let first = head.next().unwrap();
            head.take_while(|line| !line.is_empty()).for_each(drop);
            let found = handed.lock().unwrap().find(first.split(' ').nth(1).unwrap());
            let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
            let body = found.unwrap_or_default();
            let head =
                format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            connection.write_all(&[head.as_bytes(), &body].concat()).unwrap();
        }
    });
    format!("http://{address}/dc").parse().unwrap()
}

/// An authority that takes requests and never answers.
fn silent(taken: &Arc<Mutex<Vec<Vec<u8>>>>) -> AccessPoint {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let taken = Arc::clone(taken);
    thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            let connection = connection.unwrap();
            let mut reader = BufReader::new(connection.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim_end().to_ascii_lowercase();
                if let Some(octets) = line.strip_prefix("content-length: ") {
                    length = octets.parse().unwrap();
                }
                if line.is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            taken.lock().unwrap().push(body);
            open.push(connection);
        }
    });
    format!("http://{address}/ea").parse().unwrap()
}

struct World {
    folder: TempDir,
    lab: Lab,
    handed: Handed,
    home: Home,
}

fn world() -> World {
    world_with(None)
}

/// One whose station asks its EA here, whatever the list says.
fn world_with(ea: Option<AccessPoint>) -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let lab = Lab::new(&Plan::new("home", START), &RustCrypto, &mut rng).unwrap();
    let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    let handed = Handed::default();
    let settings = Settings { id: b"car".to_vec(), centre: centre(&handed), ea, aa: None, contact: None };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("car");
    let home = Home::create(&path, settings, anchors(&lab), &key, means(None), &mut rng).unwrap();
    World { folder, lab, handed, home }
}

impl World {
    /// The first list with an EA and an AA, and those after it without.
    fn list(&self, number: u32) -> TrustList {
        let [root, ea, aa, _] = self.lab.certificates();
        let dc = dc_entry("http://dc", &[root]).unwrap();
        let authorities = vec![
            ea_entry(ea, "http://ea/validation", Some("http://ea")).unwrap(),
            aa_entry(aa, "http://aa").unwrap(),
        ];
        let first = TrustList::first(ListOf::RootCa, [authorities, vec![dc.clone()]].concat()).unwrap();
        (0..number).fold(first, |list, _| list.next(vec![dc.clone()]).unwrap())
    }

    fn ctl(&self, number: u32) -> Vec<u8> {
        let root = self.lab.root.identity(&RustCrypto).unwrap();
        self.list(number).sign_full(&root, at(number).into(), at(48), &self.lab.policy).unwrap()
    }

    /// What changed from the list with the number before.
    fn delta(&self, number: u32) -> Vec<u8> {
        let (root, before) = (self.lab.root.identity(&RustCrypto).unwrap(), self.list(number - 1));
        let list = self.list(number);
        list.sign_delta(&before, &root, at(number).into(), at(48), &self.lab.policy).unwrap()
    }

    fn crl(&self, hour: u32, next: u32) -> Vec<u8> {
        let root = self.lab.root.identity(&RustCrypto).unwrap();
        sign_crl(&[], &root, at(hour).into(), at(next), &self.lab.policy).unwrap()
    }

    fn hand_out(&self, ctl: Vec<u8>, crl: Vec<u8>) {
        let mut handed = self.handed.lock().unwrap();
        (handed.ctl, handed.crl) = (ctl, crl);
    }

    fn hand_out_deltas(&self, deltas: impl IntoIterator<Item = (u8, Vec<u8>)>) {
        self.handed.lock().unwrap().deltas = deltas.into_iter().collect();
    }

    /// What was asked for since the last time, without the digest: `getctl`, `getctl/1`, `getcrl`.
    fn asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.handed.lock().unwrap().asked);
        let shortened = |path: &String| {
            let mut steps = path.trim_start_matches("/dc/").split('/');
            let (what, _, number) = (steps.next().unwrap(), steps.next(), steps.next());
            number.map_or_else(|| what.to_owned(), |number| format!("{what}/{number}"))
        };
        asked.iter().map(shortened).collect()
    }

    /// Whether a station that holds the trust list finds an EA in it.
    fn names_an_ea(&self, hour: u32) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let home = open(&self.path()).unwrap();
        let refused = runtime.block_on(home.enrol(at(hour).into(), &mut ChaCha20Rng::seed_from_u64(3)));
        !matches!(refused.map(drop), Err(HomeError::NoAuthority(_)))
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
fn a_station_that_starts_again_sends_the_request_that_has_no_answer_and_another_when_its_time_is_over() {
    let taken = Arc::default();
    let world = world_with(Some(silent(&taken)));
    world.hand_out(world.ctl(0), world.crl(0, 24));
    world.update(1).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // Whoever waits is stopped as soon as the request has gone out.
    let enrol = |now: Time64, seed: u64| {
        let before = taken.lock().unwrap().len();
        let (home, mut rng) = (open(&world.path()).unwrap(), ChaCha20Rng::seed_from_u64(seed));
        runtime.block_on(async {
            let sent = async {
                while taken.lock().unwrap().len() == before {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! {
                _ = home.enrol(now, &mut rng) => panic!("nobody answers"),
                () = sent => {}
            }
        });
        taken.lock().unwrap().last().unwrap().clone()
    };
    let at = |seconds: u64| Time64::from(at(1)).saturating_add_micros(seconds * 1_000_000);
    let first = enrol(at(0), 3);
    assert_eq!(enrol(at(60), 4), first);
    assert_eq!(enrol(at(PENDING_SECONDS), 5), first);
    let second = enrol(at(PENDING_SECONDS + 1), 6);
    assert_ne!(second, first);
    assert_eq!(enrol(at(PENDING_SECONDS + 2), 7), second, "it has a time of its own");
    for file in ["credentials.json", "credentials.key"] {
        assert!(world.path().join("pending").join(file).exists());
    }
    assert_eq!(fs::read_dir(world.path().join("pending")).unwrap().count(), 2, "one request of a kind");
}

const NEWER: ListNews = ListNews { ectl: None, ctl: News::Newer, crl: News::Same };
const SAME: ListNews = ListNews { ectl: None, ctl: News::Same, crl: News::Same };

#[test]
fn a_station_that_has_a_list_asks_for_what_changed_first_and_for_the_list_in_full_when_nothing_did() {
    let world = world();
    world.hand_out(world.ctl(0), world.crl(0, 24));
    world.update(1).unwrap();
    assert_eq!(world.asked(), ["getctl", "getcrl"], "without a list there is no change to it");
    assert_eq!(world.update(1).unwrap(), SAME);
    assert_eq!(world.asked(), ["getctl/1", "getctl", "getcrl"]);

    world.hand_out(b"not asked for".to_vec(), world.crl(0, 24));
    world.hand_out_deltas([(1, world.delta(1)), (2, world.delta(2))]);
    assert_eq!(world.update(3).unwrap(), NEWER);
    assert_eq!(world.asked(), ["getctl/1", "getctl/2", "getctl/3", "getcrl"]);
    assert_eq!(fs::read(world.path().join("ctl.delta-2.oer")).unwrap(), world.delta(2));
    assert!(!world.names_an_ea(3), "the change took the EA off the list");

    // In full, it is the list that the station has; the changes are in it.
    world.hand_out(world.ctl(2), world.crl(0, 24));
    assert_eq!(world.update(4).unwrap(), SAME);
    assert_eq!(fs::read(world.path().join("ctl.oer")).unwrap(), world.ctl(2));
    assert!(!world.path().join("ctl.delta-1.oer").exists() && !world.path().join("ctl.delta-2.oer").exists());
    assert!(!world.names_an_ea(4));
    assert_eq!(world.update(5).unwrap(), SAME);
}

#[test]
fn a_change_that_is_out_of_order_noise_or_anothers_is_not_kept_and_the_list_in_full_is_fetched() {
    let world = world();
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let other = Lab::new(&Plan::new("other", START), &RustCrypto, &mut rng).unwrap();
    let of_other = world.list(1).sign_delta(
        &world.list(0),
        &other.root.identity(&RustCrypto).unwrap(),
        at(1).into(),
        at(48),
        &other.policy,
    );
    let unusable = [world.delta(2), world.ctl(1), b"noise".to_vec(), world.crl(0, 24), of_other.unwrap()];
    for delta in unusable {
        for file in ["ctl.oer", "crl.oer"] {
            let _ = fs::remove_file(world.path().join(file));
        }
        world.hand_out_deltas([]);
        world.hand_out(world.ctl(0), world.crl(0, 24));
        world.update(1).unwrap();
        world.asked();
        world.hand_out_deltas([(1, delta)]);
        world.hand_out(world.ctl(3), world.crl(0, 24));
        assert_eq!(world.update(4).unwrap(), NEWER);
        assert_eq!(world.asked(), ["getctl/1", "getctl", "getcrl"]);
        assert_eq!(fs::read(world.path().join("ctl.oer")).unwrap(), world.ctl(3));
        assert!(!world.path().join("ctl.delta-1.oer").exists());
    }
}

#[test]
fn a_list_in_full_that_comes_before_what_changes_have_led_to_is_refused() {
    let world = world();
    world.hand_out(world.ctl(0), world.crl(0, 24));
    world.update(1).unwrap();
    world.hand_out_deltas([(1, world.delta(1)), (2, world.delta(2))]);
    world.update(3).unwrap();
    world.hand_out_deltas([]);
    world.hand_out(world.ctl(1), world.crl(0, 24));
    assert!(matches!(world.update(4), Err(HomeError::Refused { .. })));
    assert!(!world.names_an_ea(4), "nothing has changed");
}

#[test]
fn when_the_list_beneath_its_changes_runs_out_the_list_in_full_is_fetched() {
    let world = world();
    world.hand_out(world.ctl(0), world.crl(0, 47));
    world.update(1).unwrap();
    world.hand_out_deltas([(1, world.delta(1))]);
    world.update(2).unwrap();
    let later = Time64::from(at(49));
    assert!(matches!(open(&world.path()).unwrap().lists_due(later), Err(HomeError::Lists(_))));
    let (root, policy) = (world.lab.root.identity(&RustCrypto).unwrap(), &world.lab.policy);
    world.hand_out(world.list(2).sign_full(&root, at(48).into(), at(90), policy).unwrap(), world.crl(48, 90));
    assert_eq!(world.update(49).unwrap(), ListNews { ectl: None, ctl: News::Newer, crl: News::Newer });
    assert_eq!(open(&world.path()).unwrap().lists_due(later).unwrap(), Some(Time64::from(at(90))));
}

#[test]
fn so_many_changes_are_kept_and_with_one_more_the_list_is_fetched_in_full() {
    let world = world();
    world.hand_out(world.ctl(0), world.crl(0, 40));
    world.update(1).unwrap();
    let most = u8::try_from(MAX_DELTAS).unwrap();
    let deltas = |last: u8| (1..=last).map(|number| (number, world.delta(number.into())));
    world.hand_out_deltas(deltas(most));
    assert_eq!(world.update(30).unwrap(), NEWER);
    assert!(open(&world.path()).unwrap().lists_due(at(30).into()).is_ok());
    world.hand_out_deltas(deltas(most + 1));
    world.hand_out(world.ctl(u32::from(most) + 1), world.crl(0, 40));
    assert_eq!(world.update(30).unwrap(), NEWER);
    assert_eq!(fs::read(world.path().join("ctl.oer")).unwrap(), world.ctl(u32::from(most) + 1));
    assert!((1..=most).all(|number| !world.path().join(format!("ctl.delta-{number}.oer")).exists()));
}

#[test]
fn a_station_without_credential_is_due_for_one() {
    let world = world();
    let now = Time64::from(START);
    assert!(world.home.is_due(now).unwrap());
    assert!(matches!(world.home.credential(now).map(drop), Err(HomeError::NotEnrolled)));
    assert!(world.home.tickets().unwrap().is_empty() && world.home.credentials().unwrap().is_empty());
}
