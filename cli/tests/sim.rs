//! `wayseal sim` through the program: its report in every form, and what it says of bad input.

#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod support;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{Run, program, text, wayseal, write};

/// A scenario that is over soon: few stations, a second.
const SHORT: &str =
    "description = \"short\"\nduration = 2\n[world]\nkind = \"builtin\"\n[stations]\nequipped = 0.05\n";
const SUMO: &str = "duration = 3\n[world]\nkind = \"sumo\"\nnet = \"$SUMO_HOME/tools/game/A10KW/osm.net.xml\"\n\
    routes = [\"$SUMO_HOME/tools/game/A10KW/osm.passenger.rou.xml\"]\nstep = 0.5\nwarm-up = 20\n";

fn with_sumo(home: &Path, arguments: &[&str]) -> Run {
    program().args(arguments).env("SUMO_HOME", home).output().expect("the program starts").into()
}

/// As on a machine that has no SUMO.
fn without_sumo(arguments: &[&str]) -> Run {
    program()
        .args(arguments)
        .env_remove("SUMO_HOME")
        .env("PATH", "")
        .output()
        .expect("the program starts")
        .into()
}

#[test]
fn a_run_writes_its_report_for_machines_people_and_tools() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = write(folder.path(), "short.toml", SHORT.as_bytes());
    let at = |name: &str| text(&folder.path().join(name));
    let (json, html, csv, pcap) = (at("r.json"), at("r.html"), at("s.csv"), at("air.pcap"));
    let run = wayseal([
        "--json", "sim", "run", &scenario, "--report", &json, "--report", &html, "--series", &csv, "--pcap",
        &pcap,
    ]);
    let report = run.exits(0).json();
    let read = |path: &str| std::fs::read_to_string(path).expect("it was written");
    let written: Value = serde_json::from_str(&read(&json)).expect("a JSON report");
    assert_eq!((&written["hash"], written["scenario"].as_str()), (&report["hash"], Some("short")));
    assert!(read(&html).starts_with("<!doctype html>"));
    assert_eq!(read(&csv).lines().count(), 3, "a head and two seconds");
    let sent = report["messages"]["sent"].as_u64().expect("a count");
    let capture = std::fs::read(&pcap).expect("it was written");
    let frames = v2x_codec::capture::Capture::parse(&capture).expect("a capture").count() as u64;
    assert!(sent > 0 && frames == sent, "{sent} {frames}");
}

#[test]
fn people_are_told_what_held_and_the_seed_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = write(folder.path(), "short.toml", SHORT.as_bytes());
    let run = |seed: &str| wayseal(["sim", "run", &scenario, "--seed", seed, "--threads", "1"]).exits(0).out;
    let hash =
        |out: &str| out.lines().find_map(|line| line.strip_prefix("hash of the report: ").map(str::to_owned));
    let [first, again, other] = [run("1"), run("1"), run("2")];
    assert!(first.contains("held: no forged message is accepted (0)"), "{first}");
    assert_eq!(hash(&first), hash(&again));
    assert_ne!(hash(&first), hash(&other));
}

#[test]
fn the_list_names_every_scenario_and_shows_its_file() {
    let list = wayseal(["--json", "sim", "list"]).exits(0).json();
    let names: Vec<&str> = list["scenarios"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["name"].as_str())
        .collect();
    assert!(names.contains(&"a10") && names.contains(&"sumo-a10"), "{names:?}");
    let shown = wayseal(["sim", "list", "--show", "a10"]).exits(0).out;
    assert!(shown.contains("kind = \"builtin\""), "{shown}");
}

#[test]
fn bad_input_is_answered_with_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, octets: &str| write(folder.path(), name, octets.as_bytes());
    wayseal(["sim", "run", "no-such-scenario"])
        .complains("there is no scenario no-such-scenario; there are a10,");
    wayseal(["sim", "run", "no-such.toml"]).complains("no-such.toml: cannot be read");
    wayseal(["sim", "run", &file("a.toml", "duration = 2\nworld = 3\n")]).complains("a.toml: line 2:");
    let unknown = file("b.toml", &format!("{SHORT}hue = 1\n"));
    wayseal(["sim", "run", &unknown]).complains("line 7: unknown field `hue`");
    let far = file("c.toml", "duration = 2\n[world]\nkind = \"fcd\"\nfile = \"nowhere.xml\"\n");
    wayseal(["sim", "run", &far]).complains("nowhere.xml");
    wayseal(["sim", "run", "a10", "--duration", "5000"]).complains("5000 s were asked for");
    wayseal(["sim", "run", "a10", "--threads", "0"]).complains("--threads 0");
    wayseal(["sim", "run", "a10", "--report", "."]).complains("is a directory");
    wayseal(["sim", "list", "--show", "nothing"]).complains("there is no scenario nothing");
}

#[test]
fn where_sumo_is_missing_a_sentence_says_so_or_the_recording_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = write(folder.path(), "sumo.toml", SUMO.as_bytes());
    without_sumo(&["sim", "run", &scenario]).complains("SUMO is not installed");
    let few = "or-builtin = true\n[stations]\nequipped = 0.02\n";
    let lenient = write(folder.path(), "lenient.toml", format!("{SUMO}{few}").as_bytes());
    let report = without_sumo(&["--json", "sim", "run", &lenient]).exits(0).json();
    let note = report["notes"][0].as_str().expect("a note");
    assert!(note.contains("SUMO is not installed: the recording"), "{note}");
}

#[test]
fn sumo_is_started_led_and_ended_and_its_traffic_drives_the_stations() {
    let Some(home) = sumo_home() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let few = format!("{SUMO}[stations]\nequipped = 0.3\n");
    let scenario = write(folder.path(), "sumo.toml", few.as_bytes());
    let run = || with_sumo(&home, &["--json", "sim", "run", &scenario]).exits(0).json();
    let (first, second) = (run(), run());
    assert!(first["world"].as_str().is_some_and(|world| world.contains("SUMO")), "{}", first["world"]);
    assert!(first["messages"]["verified"].as_u64() > Some(0), "{first}");
    assert_eq!(first["hash"], second["hash"], "SUMO too follows the seed");
}

#[test]
fn what_sumo_does_not_like_is_passed_on_in_a_sentence() {
    let Some(home) = sumo_home() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let broken = write(folder.path(), "broken.net.xml", b"<net");
    let scenario = format!("duration = 3\n[world]\nkind = \"sumo\"\nnet = \"{broken}\"\n");
    let scenario = write(folder.path(), "broken.toml", scenario.as_bytes());
    with_sumo(&home, &["sim", "run", &scenario]).complains("SUMO gave up: Error:");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port();
    let busy = write(folder.path(), "busy.toml", format!("{SUMO}port = {port}\n").as_bytes());
    with_sumo(&home, &["sim", "run", &busy]).complains(&format!("port {port} is in use"));
}

/// Where `cargo xtask test` puts SUMO, or where it is installed. Without it the tests that need it fail in CI, and say elsewhere that
/// they were not run.
fn sumo_home() -> Option<std::path::PathBuf> {
    if support::emulator().is_some() {
        eprintln!("not run: SUMO is not emulated");
        return None;
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/sumo/lib");
    let libraries = std::fs::read_dir(own).into_iter().flatten().flatten();
    let homes = libraries.map(|entry| entry.path().join("site-packages/sumo"));
    let said = std::env::var_os("SUMO_HOME").map(std::path::PathBuf::from);
    let found = said.into_iter().chain(homes).find(|home| home.join("bin/sumo").is_file() && runs(home));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "SUMO is missing: `cargo xtask test` installs it");
        eprintln!("not run: SUMO is missing");
    }
    found
}

fn runs(home: &Path) -> bool {
    Command::new(home.join("bin/sumo")).arg("--version").output().is_ok_and(|output| output.status.success())
}
