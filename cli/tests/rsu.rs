//! `wayseal rsu`, `wayseal rsu send` and `wayseal blast` through the program: everything that is sent is accounted for.

#![allow(missing_docs, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![cfg(target_os = "linux")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{Run, program, text, vectors, wayseal, write};
use tempfile::TempDir;
use v2x_ca::lists::sign_crl;
use v2x_codec::time::Time64;
use v2x_crypto::{PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

/// A roadside unit that runs, and where it listens.
struct Unit {
    child: Child,
    notes: BufReader<ChildStderr>,
    listens: String,
    metrics: Option<String>,
}

impl Unit {
    fn start(arguments: &[&str]) -> Self {
        let mut command = program();
        command.arg("--json").arg("rsu").args(arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "udp://127.0.0.1:0"]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let notes = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut unit = Self { child, notes, listens: String::new(), metrics: None };
        unit.listens = unit.note("listening at ").split(',').next().expect("an endpoint").to_owned();
        if arguments.contains(&"--metrics") {
            unit.metrics = Some(unit.note("figures at http://").replace("/metrics", ""));
        }
        unit
    }

    /// What follows these words on the error stream, when it comes.
    fn note(&mut self, words: &str) -> String {
        let mut line = String::new();
        while self.notes.read_line(&mut line).expect("its notes") > 0 {
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
            line.clear();
        }
        panic!("it ended without saying {words:?}");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    fn end(self) -> Run {
        self.child.wait_with_output().expect("it ends").into()
    }

    /// Lines of its output until one is as wanted.
    fn page(&self, path: &str) -> String {
        let mut client =
            TcpStream::connect(self.metrics.as_ref().expect("it serves figures")).expect("it accepts");
        write!(client, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").expect("it is sent");
        let mut page = String::new();
        client.read_to_string(&mut page).expect("it answers");
        page
    }

    /// Waits until a figure reaches a value.
    fn waits_for(&self, figure: &str, least: f64) {
        let began = Instant::now();
        while self.figure(figure) < least {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{figure} stays below {least}: {}",
                self.page("/metrics")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn figure(&self, name: &str) -> f64 {
        let page = self.page("/metrics");
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().expect("a number"))
    }
}

/// The events of a run, by their kind.
fn events(run: &Run, kind: &str) -> Vec<Value> {
    let events =
        run.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("a JSON object a line"));
    events.filter(|event| event["event"] == kind).collect()
}

fn summary(run: &Run) -> Value {
    events(run, "summary").pop().expect("a summary")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn pki(folder: &Path) -> String {
    let pki = text(&folder.join("pki"));
    wayseal(["pki", "init", &pki, "--country", "276"]).exits(0);
    pki
}

/// A message of a station whose ticket comes with it, as a packet.
fn packet(folder: &Path, pki: &str) -> Vec<u8> {
    let (cert, out) = (text(&folder.join("at.cert")), text(&folder.join("signed")));
    wayseal(["pki", "issue-at", pki, "--psid", "36", "--out", &cert, "--force"]).exits(0);
    let key = text(&folder.join("at.key"));
    let cam = support::cam();
    wayseal(["sign", "--cert", &cert, "--key", &key, "--psid", "36", "--time", "now", "--out", &out, &cam])
        .exits(0);
    support::packet(&std::fs::read(out).expect("it was signed"))
}

/// The short form: everything that is sent is verified, refused for its own reason, or counted as lost.
#[test]
fn what_is_sent_is_accounted_for_to_the_last_packet() {
    accounted(200, 4, 20, "25");
}

/// The long form: ten minutes near the highest rate, with the memory of the receiver once a minute.
#[test]
#[ignore = "the long form: ten minutes"]
fn long_a_roadside_unit_under_load_keeps_its_memory_and_accounts_for_all() {
    let number =
        |name: &str, default| std::env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let (rate, seconds) = (number("WAYSEAL_RSU_RATE", 10_000), number("WAYSEAL_RSU_SECONDS", 600));
    accounted(rate, seconds, rate / 10, "5");
}

fn accounted(rate: u64, seconds: u64, stations: u64, forged: &str) {
    let folder = folder();
    let (trust, report) = (text(&folder.path().join("trust")), text(&folder.path().join("sent.json")));
    std::fs::create_dir(&trust).expect("a folder");
    let unit = Unit::start(&[
        "--trust",
        &trust,
        "--quiet",
        "--idle",
        "3",
        "--expect",
        &report,
        "--metrics",
        "127.0.0.1:0",
    ]);
    let [rate, length, stations] = [rate, seconds, stations].map(|number| number.to_string());
    let mut blast = program();
    blast.args(["--json", "blast", "--to", &unit.listens, "--rate", &rate, "--seconds", &length]);
    blast.args(["--stations", &stations, "--forged", forged, "--trust-out", &trust, "--delay", "2"]);
    let blast = blast.args(["--report", &report]).stdout(Stdio::piped()).spawn().expect("it starts");
    if seconds >= 60 {
        watch_memory(&unit, seconds);
    }
    let sent = Run::from(blast.wait_with_output().expect("it ends")).exits(0).json();
    let run = unit.end();
    let summary = summary(&run);
    eprintln!("sent {sent}\nheard {summary}");
    let comparison = events(&run, "comparison").pop().expect("a comparison");
    assert_eq!(comparison["asExpected"], true, "{comparison}\n{sent}\n{summary}");
    run.exits(0);
    let count = |value: &Value| value.as_u64().expect("a number");
    let lost = count(&summary["socketDropped"]) + count(&summary["shed"]);
    assert_eq!(count(&summary["received"]) + count(&summary["socketDropped"]), count(&sent["sentInAll"]));
    assert_eq!(count(&summary["verified"]) + count(&summary["refused"]) + lost, count(&sent["sentInAll"]));
    assert!(count(&summary["verified"]) > 0, "{summary}");
    assert_eq!(sent["sent"].as_object().expect("kinds").len(), 7, "every kind was sent: {sent}");
}

/// Tells the memory once a minute. It grows until the replay memory holds a minute; from then on it must not.
fn watch_memory(unit: &Unit, seconds: u64) {
    unit.waits_for("wayseal_received_total", 1.0);
    let mut seen = Vec::new();
    for minute in 0..=seconds / 60 {
        let memory = unit.figure("process_resident_memory_bytes");
        eprintln!("minute {minute}: {:.1} MiB", memory / 1_048_576.0);
        seen.push(memory);
        if minute < seconds / 60 {
            std::thread::sleep(Duration::from_secs(60));
        }
    }
    let settled = seen.get(2).copied().unwrap_or(f64::MAX);
    let last = seen.last().copied().unwrap_or(0.0);
    assert!(last <= settled * 1.1, "it grows: {seen:?}");
}

#[test]
fn a_revocation_list_put_into_the_folder_reaches_the_unit_that_runs() {
    let folder = folder();
    let pki = pki(folder.path());
    let trust = folder.path().join("trust");
    std::fs::create_dir(&trust).expect("a folder");
    for file in ["root.cert", "aa.cert"] {
        std::fs::copy(Path::new(&pki).join(file), trust.join(file)).expect("it is copied");
    }
    let unit = Unit::start(&["--trust", &text(&trust), "--metrics", "127.0.0.1:0", "--seconds", "60"]);
    let sender = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = unit.listens.strip_prefix("udp://").expect("it is UDP").to_owned();
    let send = || sender.send_to(&packet(folder.path(), &pki), &address).expect("it is sent");
    send();
    unit.waits_for("wayseal_verified_total", 1.0);

    let list = revocation_of_aa(&pki);
    std::fs::write(trust.join("crl.oer"), list).expect("it is put there");
    unit.waits_for("wayseal_revoked", 1.0);
    send();
    unit.waits_for("wayseal_refused_total{reason=\"revoked\"}", 1.0);

    // Nor does it help to take the list away again, or to ask for the folder to be read anew.
    let reloads = unit.figure("wayseal_trust_reloads_total");
    std::fs::remove_file(trust.join("crl.oer")).expect("it is taken away");
    unit.signal("HUP");
    unit.waits_for("wayseal_trust_reloads_total", reloads + 1.0);
    send();
    unit.waits_for("wayseal_refused_total{reason=\"revoked\"}", 2.0);
    unit.signal("TERM");
    let run = unit.end().exits(0);
    assert_eq!((summary(&run)["verified"].clone(), summary(&run)["refused"].clone()), (1.into(), 2.into()));
}

#[test]
fn verify_applies_the_lists_in_a_folder_too() {
    let folder = folder();
    let pki = pki(folder.path());
    let packet = write(folder.path(), "packet", &packet(folder.path(), &pki));
    let verified = wayseal(["--json", "verify", "--trust", &pki, &packet]).exits(0);
    assert_eq!((verified.json()["trust"]["lists"].clone(), verified.err.as_str()), (3.into(), ""));
    let list = revocation_of_aa(&pki);
    std::fs::write(Path::new(&pki).join("crl.oer"), list).expect("it replaces the empty one");
    let refused = wayseal(["verify", "--trust", &pki, &packet]).exits(1);
    assert!(refused.out.contains("[revoked]"), "{}", refused.out);
}

#[test]
fn each_packet_has_a_line_and_a_signal_ends_the_run() {
    let folder = folder();
    let pki = pki(folder.path());
    let unit = Unit::start(&["--trust", &pki, "--metrics", "127.0.0.1:0"]);
    support::serves_what_is_watched("rsu", &unit.page("/metrics"));
    assert!(unit.page("/healthz").ends_with("\r\n\r\nok\n"));
    let sender = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = unit.listens.strip_prefix("udp://").expect("it is UDP").to_owned();
    let packet = packet(folder.path(), &pki);
    for octets in [&packet[..], &packet, b"noise"] {
        sender.send_to(octets, &address).expect("it is sent");
    }
    unit.waits_for("wayseal_received_total", 3.0);
    unit.signal("INT");
    let run = unit.end().exits(0);
    let lines = events(&run, "packet");
    let of = |outcome: &str| lines.iter().filter(|line| line["outcome"] == outcome).collect::<Vec<_>>();
    let [verified] = of("verified")[..] else { panic!("{lines:?}") };
    assert_eq!((verified["message"].clone(), verified["psid"].clone()), ("CAM".into(), 36.into()));
    assert_eq!((verified["stationId"].clone(), verified["latitude"].clone()), (4_711.into(), 52.52.into()));
    assert!(verified["latencyMicros"].is_u64() && verified["signer"].is_string(), "{verified}");
    let codes: Vec<_> = of("refused").iter().map(|line| line["reason"]["code"].clone()).collect();
    assert!(codes.len() == 2 && codes.contains(&"replayed".into()), "{codes:?}");
    let summary = summary(&run);
    assert_eq!((summary["received"].clone(), summary["verified"].clone()), (3.into(), 1.into()));
}

#[test]
fn a_capture_is_judged_as_of_when_it_was_captured() {
    let folder = folder();
    let capture = text(&folder.path().join("demo.pcap"));
    wayseal(["demo", "--vehicles", "5", "--seconds", "3", "--pcap", &capture, "--headless"]).exits(0);
    let pki = pki(folder.path());
    let foreign = wayseal(["--json", "rsu", "--trust", &pki, "--pcap", &capture]);
    let summary = summary(&foreign);
    // The demo's root is nobody's: whoever shows a certificate comes under an issuer that is not known.
    assert_eq!(summary["verified"], 0, "{summary}");
    assert!(summary["refusedByReason"]["unknown-issuer"].as_u64() > Some(0), "{summary}");
    assert!(summary["refusedByReason"]["too-old"].as_u64() < Some(20), "not as of now: {summary}");
    assert_eq!(summary["shed"], 0, "a capture can wait: {summary}");
    let listed = wayseal(["rsu", "--trust", &pki, "--listen", &format!("pcap://{capture}"), "--quiet"]);
    assert!(listed.out.contains(" 0 verified"), "{}", listed.out);
}

#[test]
fn what_a_roadside_unit_sends_is_verified_by_another() {
    let Some(vectors) = vectors() else { return };
    let folder = folder();
    let pki = pki(folder.path());
    let (cert, key) = (text(&folder.path().join("rsu.cert")), text(&folder.path().join("rsu.key")));
    let mut issue = vec!["pki", "issue-at", &pki, "--out", &cert];
    ["36", "37", "137", "138", "139"].iter().for_each(|psid| issue.extend(["--psid", psid]));
    wayseal(issue).exits(0);
    let payload = |kind: &str| text(&vectors.join(format!("uper/{kind}_0.hex")));
    let (spatem, ivim, denm) = (payload("spatem"), payload("ivim"), payload("denm"));
    let unit = Unit::start(&["--trust", &pki, "--idle", "1"]);
    let sent = wayseal([
        "--json",
        "rsu",
        "send",
        "--cert",
        &cert,
        "--key",
        &key,
        "--at",
        "52.3,13.6",
        "--to",
        &unit.listens,
        "--rate",
        "20",
        "--count",
        "3",
        &spatem,
        MAPEM,
        &ivim,
        &denm,
    ]);
    assert_eq!(sent.exits(0).json()["sent"], 12);
    let run = unit.end().exits(0);
    let lines = events(&run, "packet");
    for (message, psid) in [("SPATEM", 137), ("MAPEM", 138), ("IVIM", 139), ("DENM", 37)] {
        let is_it = |line: &&Value| line["message"] == message && line["psid"] == psid;
        let found = lines.iter().filter(is_it).filter(|line| line["outcome"] == "verified").count();
        assert_eq!(found, 3, "{message}: {lines:?}");
    }
}

/// Lanes of a junction, made by another encoder.
const MAPEM: &str = "0205000012670801011000309c5042a7969c039a3a168015e00240114000000001053ec1cb0510100402";

#[test]
fn what_is_not_what_it_says_is_not_sent() {
    let folder = folder();
    let pki = pki(folder.path());
    let (cert, key) = (text(&folder.path().join("rsu.cert")), text(&folder.path().join("rsu.key")));
    wayseal(["pki", "issue-at", &pki, "--psid", "138", "--out", &cert]).exits(0);
    let send = |more: &[&str]| {
        let always = ["rsu", "send", "--cert", &cert, "--key", &key, "--at", "52.3,13.6", "--count", "1"];
        wayseal(always.iter().chain(&["--to", "udp://127.0.0.1:9"]).chain(more))
    };
    send(&[MAPEM]).exits(0);
    send(&[&MAPEM[..60]]).complains("not a MAPEM");
    send(&["02050000"]).complains("not a MAPEM");
    send(&["--service", "spatem", MAPEM]).complains("is a MAPEM");
    send(&["0202000012"]).complains("messageID");
    send(&["--psid", "139", MAPEM]).complains("no appPermissions for PSID 139");
    send(&["--rate", "0", MAPEM]).complains("--rate 0");
    send(&["--area", "0", MAPEM]).complains("--area");
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    let folder = folder();
    let trust = text(folder.path());
    wayseal(["rsu", "--trust", &trust]).complains("--listen");
    wayseal(["rsu", "--listen", "udp://127.0.0.1:0"]).complains("--trust");
    wayseal(["rsu", "--trust", "no-such-folder", "--listen", "udp://127.0.0.1:0"])
        .complains("no such folder");
    wayseal(["rsu", "--trust", &trust, "--listen", "tcp://127.0.0.1:0"]).complains("udp://ADDRESS:PORT");
    wayseal(["rsu", "--trust", &trust, "--listen", "udp://203.0.113.7:4747"]).complains("cannot listen");
    wayseal(["rsu", "--trust", &trust, "--listen", "raw://no-such-if"])
        .complains("no such network interface");
    wayseal(["rsu", "--trust", &trust, "--pcap", "no-such-file"]).complains("cannot be opened");
    wayseal(["rsu", "--trust", &trust, "--pcap", &write(folder.path(), "x", b"text")])
        .complains("not a capture");
    let live = ["rsu", "--trust", &trust, "--listen", "udp://127.0.0.1:0"];
    let with = |more: &[&str]| wayseal(live.iter().chain(more));
    with(&["--pcap", "any"]).complains("not both");
    with(&["--threads", "0"]).complains("--threads");
    with(&["--clock-uncertainty", "201"]).complains("--clock-uncertainty 201");
    with(&["--seconds=-1"]).complains("--seconds");
    with(&["--radius", "5"]).complains("--near");
    let blast = |more: &[&str]| wayseal(["blast", "--to", "udp://127.0.0.1:9"].iter().chain(more));
    blast(&["--rate", "10"]).complains("--pki");
    blast(&["--rate", "0", "--trust-out", &trust]).complains("--rate 0");
    blast(&["--rate", "10", "--trust-out", &trust, "--stations", "11"]).complains("--stations 11");
    blast(&["--rate", "10", "--trust-out", &trust, "--forged", "101"]).complains("--forged 101");
    blast(&["--rate", "10", "--trust-out", &trust, "--kinds", "honest"]).complains("--kinds honest");
    blast(&["--rate", "10", "--pki", "no-such-folder"]).complains("no such folder");
}

#[test]
fn stations_of_a_pki_on_disk_are_believed_by_whoever_trusts_it() {
    let folder = folder();
    let pki = pki(folder.path());
    let unit = Unit::start(&["--trust", &pki, "--quiet", "--idle", "1"]);
    let report = text(&folder.path().join("sent.json"));
    let blast =
        ["blast", "--to", &unit.listens, "--rate", "40", "--stations", "4", "--seconds", "1", "--ramp", "0"];
    wayseal(blast.iter().chain(&["--pki", &pki, "--report", &report])).exits(0);
    let summary = summary(&unit.end().exits(0));
    assert_eq!((summary["verified"].clone(), summary["refused"].clone()), (40.into(), 0.into()), "{summary}");
}

/// Two ends of a cable between this network namespace and itself, gone with the namespace.
#[test]
fn ethernet_frames_are_heard_and_sent() {
    let inside = std::env::var_os("WAYSEAL_IN_NAMESPACE").is_some();
    if !inside {
        return run_in_namespace("ethernet_frames_are_heard_and_sent");
    }
    let ip = |words: &str| {
        let ended = Command::new("ip").args(words.split(' ')).status().expect("ip is there");
        assert!(ended.success(), "ip {words}");
    };
    ip("link add wsl0 type veth peer name wsl1");
    ip("link set wsl0 up");
    ip("link set wsl1 up");
    let folder = folder();
    let pki = pki(folder.path());
    let unit = Unit::start(&["--trust", &pki, "--quiet", "--idle", "1", "--listen", "raw://wsl1"]);
    let blast =
        ["blast", "--to", "raw://wsl0", "--rate", "40", "--stations", "4", "--seconds", "1", "--ramp", "0"];
    wayseal(blast.iter().chain(&["--pki", &pki])).exits(0);
    let summary = summary(&unit.end().exits(0));
    assert_eq!(
        (summary["verified"].clone(), summary["received"].clone()),
        (40.into(), 40.into()),
        "{summary}"
    );
}

/// Runs a test of this file again, alone, in a network namespace of its own, where root may make cables.
fn run_in_namespace(test: &str) {
    let own = std::env::current_exe().expect("this program");
    let mut can = Command::new("unshare");
    can.args(["--net", "ip", "link", "add", "wsl2", "type", "veth", "peer", "name", "wsl3"]);
    let can = can.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !can || support::emulator().is_some() {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
        let must = std::env::var_os("CI").is_some() && is_root && support::emulator().is_none();
        assert!(!must, "a network namespace or a cable cannot be made, though this is root");
        eprintln!("not run: needs root, unshare and ip, and a kernel with veth");
        return;
    }
    let mut again = Command::new("unshare");
    again.arg("--net").arg(own).args(["--exact", test, "--nocapture"]).env("WAYSEAL_IN_NAMESPACE", "1");
    assert!(again.status().expect("it runs").success());
}

/// A list of the PKI's root that revokes its AA.
fn revocation_of_aa(pki: &str) -> Vec<u8> {
    let pem = std::fs::read_to_string(Path::new(pki).join("root.key")).expect("the root's key");
    let key = PrivateKey::from_pkcs8_pem(&pem, None).expect("a key");
    let signer = AwsLc.signer(&key).expect("a signer");
    let root = Identity::new(certificate(pki, "root"), signer).expect("they belong together");
    let now = now();
    let next = now.saturating_add_micros(86_400_000_000).time32().expect("tomorrow");
    sign_crl(&[certificate(pki, "aa").hashed_id8()], &root, now, next, &v2x_ca::Policy::EU).expect("a list")
}

fn certificate(pki: &str, name: &str) -> Certificate {
    let octets = std::fs::read(Path::new(pki).join(format!("{name}.cert"))).expect("a file");
    Certificate::parse(&octets).expect("a certificate")
}

fn now() -> Time64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Time64::from_unix_micros(i64::try_from(since.as_micros()).expect("before the end")).expect("after 2004")
}
