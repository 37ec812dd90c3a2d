//! Running the program and reading what it said.

#![allow(dead_code, reason = "every test file uses another part")]

#[cfg(target_os = "linux")]
pub(crate) mod serving;

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use v2x_codec::time::Time64;
use v2x_station::Kinematics;
use v2x_station::cam_trigger::CamDue;
use v2x_station::router::{Message, Router, position_vector};
use v2x_station::vehicle::{VehicleState, encode_cam};

/// What a run of the program left.
pub(crate) struct Run {
    /// The exit code; a signal has none.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Run {
    /// The JSON on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).expect("standard output is one JSON document")
    }

    /// Itself, after checking how it ended.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Itself, after checking that it complained in one sentence with these words, with exit code 2.
    #[track_caller]
    pub(crate) fn complains(self, words: &str) -> Self {
        assert_eq!(self.code, Some(2), "out: {}\nerr: {}", self.out, self.err);
        assert!(self.err.contains(words), "{words:?} is not in {}", self.err);
        for trace in ["panicked", "backtrace", "RUST_BACKTRACE"] {
            assert!(!self.err.contains(trace), "{}", self.err);
        }
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |octets| String::from_utf8_lossy(octets).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// Holds the alerts and the dashboard of `deploy/` that ask for figures of this kind against a page of them: whatever they name is there.
#[track_caller]
pub(crate) fn serves_what_is_watched(kind: &str, page: &str) {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    let read = |file: String| std::fs::read_to_string(deploy.join(file)).expect("it is there");
    let (rules, dashboard) =
        (read(format!("prometheus/{kind}.rules.yml")), read(format!("grafana/{kind}.json")));
    serde_json::from_str::<Value>(&dashboard).expect("a dashboard is JSON");
    for text in [rules, dashboard] {
        let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let names: Vec<&str> = names.filter(|name| name.starts_with("wayseal_")).collect();
        assert!(names.len() >= 4, "{names:?}");
        for name in names {
            let figure = name.strip_suffix("_bucket").unwrap_or(name);
            assert!(page.contains(&format!("# TYPE {figure} ")), "{name} is not among\n{page}");
        }
    }
}

/// How programs for this target are started on a machine of another kind: by an emulator, which cargo is told of in the
/// environment. An emulated test that starts a program has to name it again.
pub(crate) fn emulator() -> Option<Vec<String>> {
    if !cfg!(all(target_arch = "aarch64", target_os = "linux")) {
        return None;
    }
    let runner = std::env::var("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").ok()?;
    Some(runner.split_whitespace().map(str::to_owned).collect())
        .filter(|words: &Vec<String>| !words.is_empty())
}

/// The program, with nothing of the caller's environment that it reads.
pub(crate) fn program() -> Command {
    let mut words =
        emulator().unwrap_or_default().into_iter().chain([env!("CARGO_BIN_EXE_wayseal").to_owned()]);
    let mut command = Command::new(words.next().expect("at least the program"));
    command.args(words);
    command.env_remove("WAYSEAL_PASSPHRASE").env_remove("RUST_BACKTRACE").stdin(Stdio::null());
    command
}

/// Runs the program.
pub(crate) fn wayseal<I: IntoIterator<Item = A>, A: AsRef<OsStr>>(arguments: I) -> Run {
    program().args(arguments).output().expect("the program starts").into()
}

/// Runs the program with octets on standard input.
pub(crate) fn wayseal_with_input<'a>(arguments: impl IntoIterator<Item = &'a str>, input: &[u8]) -> Run {
    let mut command = program();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let written = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    assert!(written.is_some_and(|result| result.is_ok()), "it reads its input");
    child.wait_with_output().expect("the program ends").into()
}

/// The folder of foreign test vectors. Where it is missing, the tests that need it fail in CI and say elsewhere that
/// they were not run.
pub(crate) fn vectors() -> Option<PathBuf> {
    shared("vectors")
}

/// The foreign scripts that check what is made here.
pub(crate) fn oracle(script: &str) -> Option<Command> {
    let home = PathBuf::from(std::env::var_os("HOME")?);
    let python = home.join(".cache/v2x-oracle/bin/python");
    let folder = shared("oracle")?;
    if !python.exists() {
        return not_run(&python);
    }
    let mut command = Command::new(python);
    command.arg(folder.join(script));
    Some(command)
}

/// The library of SoftHSM2, as the guide names it. An emulated program cannot load that of this machine.
pub(crate) fn softhsm() -> Option<PathBuf> {
    let module = PathBuf::from("/usr/lib/softhsm/libsofthsm2.so");
    if emulator().is_some() {
        eprintln!("not run: an emulated program cannot load {}", module.display());
        return None;
    }
    if module.exists() { Some(module) } else { not_run(&module) }
}

fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(folder);
    if path.is_dir() { Some(path) } else { not_run(&path) }
}

fn not_run<T>(missing: &Path) -> Option<T> {
    assert!(std::env::var_os("CI").is_none(), "{} is missing", missing.display());
    eprintln!("not run: {} is missing", missing.display());
    None
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().expect("test paths are text").to_owned()
}

/// A file in a folder, written.
pub(crate) fn write(folder: &Path, name: &str, octets: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, octets).expect("it is written");
    text(&path)
}

/// A CAM of a car in Berlin with its GeoNetworking and BTP headers, in hex digits: the payload of a signed message.
pub(crate) fn cam() -> String {
    hex::encode(network_pdu())
}

/// Signed data as the packet that a radio sends.
pub(crate) fn packet(signed: &[u8]) -> Vec<u8> {
    v2x_station::router::secured_packet(signed, 1)
}

fn network_pdu() -> Vec<u8> {
    let now = Time64::from_micros(700_000_000_000_000);
    let kinematics = Kinematics { latitude: 525_200_000, longitude: 134_050_000, heading: 900, speed: 1_389 };
    let state = VehicleState { kinematics, station_type: 5, length: 42, width: 18, emergency: false };
    let due = CamDue { low_frequency: true, special_vehicle: false };
    let octets = encode_cam(&state, 4_711, now, due).expect("a CAM");
    let message = Message::cam(&octets);
    let source = position_vector([2, 0, 0, 0, 0, 1], now, &kinematics);
    Router::new().network_pdu(&message, source, true).expect("it fits a packet")
}
