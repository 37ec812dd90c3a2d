//! `wayseal drone` and `wayseal ground`, with ground stations that others wrote.
#![cfg(target_os = "linux")]

mod support;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use support::serving::{Serving, free_port, write_private};
use support::{program, wayseal};
use tempfile::TempDir;

const TOKEN: &str = "a token to operate with, 0123456789";

/// How long what should happen soon may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A PKI that serves, and stations with tickets for links.
struct World {
    folder: TempDir,
    url: String,
    admin: String,
    server: Serving,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (port, admin) = (free_port(), free_port());
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (url, listen) = (format!("http://127.0.0.1:{port}"), format!("127.0.0.1:{port}"));
        wayseal(["pki", "init", &path("pki"), "--url", &url, "--service", "29:01FF80"]).exits(0);
        write_private(Path::new(&path("operate.token")), TOKEN);
        let settings = format!(
            "pki = \"pki\"\n[ea]\nlisten = \"{listen}\"\nledger = \"ea.ledger\"\n\
             [ea.profiles.usual]\nservices = [\"29:01FF80\"]\n\
             [aa]\nlisten = \"{listen}\"\nledger = \"aa.ledger\"\n[root-dc]\nlisten = \"{listen}\"\n\
             [admin]\nlisten = \"127.0.0.1:{admin}\"\noperate-token-file = \"operate.token\"\n"
        );
        fs::write(path("serve.toml"), settings).expect("it is written");
        let mut command = program();
        command.args(["serve", "all", "--config", &path("serve.toml")]);
        let (server, _log) = Serving::start(command);
        Self { folder, url, admin: format!("http://127.0.0.1:{admin}"), server }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A station with a ticket that gives these rights.
    fn station(&self, name: &str, ssp: &str) -> String {
        let (home, root, dc) = (self.path(name), self.path("pki/root.cert"), format!("{}/dc", self.url));
        let init = ["station", "init", "--home", &home, "--id", name, "--root", &root, "--dc", &dc];
        let line = wayseal(init).exits(0).out;
        let (csv, token) = (self.path(&format!("{name}.csv")), self.path("operate.token"));
        fs::write(&csv, line).expect("it is written");
        wayseal(["pki", "register", "--admin", &self.admin, "--token-file", &token, &csv]).exits(0);
        wayseal(["station", "update-lists", "--home", &home]).exits(0);
        wayseal(["station", "enrol", "--home", &home]).exits(0);
        wayseal(["station", "authorize", "--home", &home, "--service", &format!("29:{ssp}")]).exits(0);
        home
    }
}

/// A program that runs beside a test, and ends with it.
struct Running {
    child: Child,
    lines: Receiver<String>,
    heard: Vec<String>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child =
            program().args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("it starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| _ = sender.send(line));
        });
        Self { child, lines, heard: Vec::new() }
    }

    /// The next line with these words.
    fn line(&mut self, words: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            assert!(line.is_ok(), "no line with {words:?} after {:#?}", self.heard);
            let line = line.unwrap_or_default();
            if line.contains(words) {
                return line;
            }
            self.heard.push(line);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A drone that flies in the computer, its gateway, and that of a ground station whose program listens at a port.
struct Flight {
    _autopilot: Running,
    drone: Running,
    ground: Running,
    port: String,
}

impl Flight {
    fn new(drone: &str, ground: &str, more: &[&str]) -> Self {
        let (port, quic, mavlink) = (free_port(), free_port(), free_port());
        let (listen, gcs) = (format!("quic://127.0.0.1:{quic}"), format!("udp://127.0.0.1:{port}"));
        let own = ["ground", "--listen", &listen, "--gcs", &gcs, "--station", ground];
        let mut ground = Running::start(&[&own, more].concat());
        ground.line("waiting for drones");
        let (beside, to) = (format!("udpin://127.0.0.1:{mavlink}"), format!("udp://127.0.0.1:{mavlink}"));
        let drone = Running::start(&["drone", "--autopilot", &beside, "--link", &listen, "--station", drone]);
        let autopilot = Running::start(&["autopilot", "--mavlink", &to, "--system", "7"]);
        let mut flight = Self { _autopilot: autopilot, drone, ground, port: port.to_string() };
        flight.drone.line("link with the ground station");
        flight.ground.line("link with drone 7");
        flight
    }
}

/// The Python of the MAVLink programs, which `cargo xtask test` installs.
fn python() -> Option<PathBuf> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/mavlink/bin/python");
    if python.is_file() && support::emulator().is_none() {
        return Some(python);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", python.display());
    eprintln!("not run: {} is missing; `cargo xtask test` installs it", python.display());
    None
}

/// Runs a script of `cli/tests/peers`; what it printed.
fn peer(python: &Path, script: &str, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    let done =
        Command::new(python).arg(script).args(arguments).env("MAVLINK20", "1").output().expect("it starts");
    let out = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{out}\n{}", String::from_utf8_lossy(&done.stderr));
    out
}

#[test]
fn pymavlink_flies_a_drone_through_the_link() {
    let Some(python) = python() else { return };
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let flight = Flight::new(&drone, &ground, &[]);
    let out = peer(&python, "pymavlink_pilot.py", &[&flight.port, "pilot"]);
    for step in ["heartbeat of system 7", "mission uploaded", "mission read back", "in the air", "landing"] {
        assert!(out.contains(step), "{step}: {out}");
    }
}

#[test]
fn a_ticket_for_telemetry_alone_flies_nothing() {
    let Some(python) = python() else { return };
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("watcher", "014000"));
    let mut flight = Flight::new(&drone, &ground, &[]);
    assert!(peer(&python, "pymavlink_pilot.py", &[&flight.port, "watcher"]).contains("denied"));
    assert!(flight.ground.line("does not pass").contains("MISSION_COUNT needs the right \"mission\""));
}

#[test]
fn mavsdk_flies_a_drone_through_the_link() {
    let Some(python) = python() else { return };
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let flight = Flight::new(&drone, &ground, &[]);
    let out = peer(&python, "mavsdk_pilot.py", &[&flight.port]);
    for step in ["connected", "telemetry", "mission up and down", "in the air", "landed"] {
        assert!(out.contains(step), "{step}: {out}");
    }
}

#[test]
fn mavproxy_arms_a_drone_through_the_link() {
    let Some(python) = python() else { return };
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let flight = Flight::new(&drone, &ground, &[]);
    let mavproxy = python.with_file_name("mavproxy.py");
    let mut command = Command::new(&python);
    command.arg(mavproxy).arg(format!("--master=udpin:127.0.0.1:{}", flight.port));
    // Again and again, since it does not wait for the drone.
    command.args(["--mav20", "--nowait", "--non-interactive", "--cmd=repeat add 2 arm throttle force"]);
    command.current_dir(world.folder.path()).env("HOME", world.folder.path()).env("PYTHONUNBUFFERED", "1");
    let mut mavproxy =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let out = BufReader::new(mavproxy.stdout.take().expect("its output"));
    let (sender, lines) = channel();
    std::thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| _ = sender.send(line)));
    let (end, mut heard, mut armed) = (Instant::now() + PATIENCE, Vec::new(), false);
    while !armed && let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        armed = line.contains("COMPONENT_ARM_DISARM: ACCEPTED");
        heard.push(line);
    }
    let _ = mavproxy.kill();
    let _ = mavproxy.wait();
    let said: Vec<String> = flight.ground.lines.try_iter().chain(flight.drone.lines.try_iter()).collect();
    assert!(armed, "{heard:#?}\n{said:#?}");
}

#[test]
fn signed_frames_of_pymavlink_are_believed_and_its_are_signed_for_it() {
    let Some(python) = python() else { return };
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let key = world.path("passphrase");
    write_private(Path::new(&key), "one two three\n");
    let flight = Flight::new(&drone, &ground, &["--mavlink-key", &key]);
    assert!(peer(&python, "pymavlink_signed.py", &[&flight.port, "another", "silence"]).contains("silence"));
    assert!(
        peer(&python, "pymavlink_signed.py", &[&flight.port, "one two three", "answer"]).contains("answered")
    );
    assert!(Path::new(&ground).join("mavlink-signing.json").is_file());
}

#[test]
fn a_blocked_ticket_loses_its_link_when_the_list_arrives() {
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let operator = world.station("operator", "010080");
    let (list, quic, mavlink) = (world.path("blocked.oer"), free_port(), free_port());
    let (listen, gcs) = (format!("quic://127.0.0.1:{quic}"), format!("udp://127.0.0.1:{}", free_port()));
    let beside = format!("udpin://127.0.0.1:{mavlink}");
    let own =
        ["drone", "--autopilot", &beside, "--link", &listen, "--station", &drone, "--block-list", &list];
    wayseal(own).complains("blocked.oer: cannot be opened");
    wayseal(["block-list", "--station", &operator, "--out", &list, "--number", "1"]).exits(0);
    let mut ends = Running::start(&["ground", "--listen", &listen, "--gcs", &gcs, "--station", &ground]);
    ends.line("waiting for drones");
    let arguments = [&own[..], &["--system", "7"]].concat();
    let mut gateway = Running::start(&arguments);
    gateway.line("link with the ground station");
    let ticket = fs::read_dir(Path::new(&ground).join("tickets"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path());
    let ticket =
        ticket.into_iter().find(|path| path.extension().is_some_and(|end| end == "cert")).expect("a ticket");
    let begun = Instant::now();
    wayseal(["block-list", "--station", &operator, "--out", &list, &ticket.display().to_string()]).exits(0);
    gateway.line("block list");
    assert!(begun.elapsed() < Duration::from_secs(3), "signing it included: {:?}", begun.elapsed());
    ends.line("block list");
}

#[test]
fn what_cannot_run_says_why_in_a_sentence() {
    let world = World::new();
    let (drone, ground) = (world.station("drone7", "018000"), world.station("pilot", "017F00"));
    let udp = format!("udpin://127.0.0.1:{}", free_port());
    let ends = |station: &str, more: &[&str]| {
        let own = ["drone", "--autopilot", &udp, "--link", "quic://127.0.0.1:1", "--station", station];
        wayseal([&own, more].concat())
    };
    ends(&ground, &[]).complains("no ticket for UAS command and control (PSID 29) with the right \"drone\"");
    ends(&world.path("nothing"), &[]).complains("`wayseal station init` makes a station's home");
    let table = world.path("rights.toml");
    fs::write(&table, "[ground.fly]\ndeadline-ms = 1\n[drone]\ndeadline-ms = 1\nnewest = []\nordered = []\n")
        .expect("written");
    ends(&drone, &["--rights", &table]).complains("[ground.fly]: fly: is no right of a ground station");
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let listen = format!("quic://{}", taken.local_addr().expect("it has one"));
    let in_use =
        wayseal(["ground", "--listen", &listen, "--gcs", "udp://127.0.0.1:14550", "--station", &ground]);
    in_use.complains("Address already in use");
    let key = world.path("passphrase");
    fs::write(&key, "for everybody\n").expect("written");
    ends(&drone, &["--mavlink-key", &key]).complains("its mode is");
    let printed = ends(&drone, &["--rights", "print"]).exits(0).out;
    assert!(printed.contains("[ground.flight]"), "{printed}");
    drop(world.server);
}
