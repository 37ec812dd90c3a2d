//! `wayseal demo` through the program: its table, its JSON, its files, and what it says of bad input.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking"
)]

mod support;

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::wayseal;

const SMALL: [&str; 7] = ["demo", "--headless", "--vehicles", "5", "--seconds", "10", "--attacks=0.5"];

fn small(more: &[&str]) -> support::Run {
    wayseal(SMALL.iter().chain(more))
}

fn report(more: &[&str]) -> Value {
    small(&[&["--json"], more].concat()).exits(0).json()
}

#[test]
fn the_report_has_what_machines_read() {
    let report = report(&["--seed", "3"]);
    assert_eq!((report["seed"].as_u64(), report["vehicles"].as_u64()), (Some(3), Some(5)));
    assert!(report["simulated_s"].is_f64() && report["wall_s"].is_f64());
    let honest = &report["honest"];
    assert!(honest["sent"].as_u64() > Some(0));
    assert_eq!(honest["sent"], honest["verified"]);
    let attacks = report["attacks"].as_object().expect("attacks by kind");
    assert_eq!(attacks.len(), 16);
    for (kind, attack) in attacks {
        assert_eq!(attack["accepted"].as_u64(), Some(0), "{kind}");
        assert!(attack["refused_by_reason"].as_object().is_some_and(|reasons| reasons.len() == 1), "{kind}");
    }
}

#[test]
fn the_same_seed_gives_the_same_report_but_for_the_wall_time() {
    let [first, second] = [(), ()].map(|()| {
        let mut report = report(&["--seed", "9"]);
        report["wall_s"] = Value::Null;
        report
    });
    assert_eq!(first, second);
}

#[test]
fn people_get_a_table_that_ends_with_the_verdict() {
    let run = small(&[]).exits(0);
    for words in ["honest CAMs", "forged-ticket", "bad-certificate-signature", "refused for its own reason"] {
        assert!(run.out.contains(words), "{words:?} is not in {}", run.out);
    }
}

#[test]
fn bad_input_is_answered_with_a_sentence() {
    wayseal(["demo", "--vehicles", "0"]).complains("at least one vehicle");
    wayseal(["demo", "--vehicles", "many"]).complains("--vehicles");
    wayseal(["demo", "--seconds", "100000"]).complains("100000 s were asked for");
    wayseal(["demo", "--vehicles", "100000", "--seconds", "1"]).complains("100000 were asked for");
    wayseal(["demo", "--attacks", "2"]).complains("between 0 and 1");
    wayseal(["demo", "--trace", "no-such-file"]).complains("no-such-file");
    wayseal(["demo", "--trace", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).complains("Cargo.toml");
    wayseal(["demo", "--pcap", "/no/such/folder/out.pcap"]).complains("/no/such/folder/out.pcap");
    wayseal(["demo", "--report", "."]).complains("is a directory");
}

#[test]
fn a_foreign_dissector_reads_the_capture_down_to_the_cam_without_an_error() {
    let folder = tempfile::tempdir().expect("a folder for the capture");
    let path = folder.path().join("demo.pcap");
    let path = path.to_str().expect("a path in UTF-8");
    let quiet = ["demo", "--json", "--vehicles", "5", "--seconds", "10", "--attacks", "0", "--pcap", path];
    let sent = wayseal(quiet).exits(0).json()["honest"]["sent"].as_u64().expect("a count");
    let Some(fields) = tshark(Path::new(path)) else { return };
    assert_eq!(fields.lines().count() as u64, sent, "every packet is a frame");
    for frame in fields.lines() {
        let columns: Vec<&str> = frame.split('\t').collect();
        assert_eq!(columns[0].split(',').next(), Some("36"), "PSID of the security header: {frame}");
        assert!(
            columns[1].parse::<f64>().is_ok_and(|latitude| latitude != 0.0),
            "latitude in the CAM: {frame}"
        );
        // Severity 0x00800000 is an error; a note that the packet is on its last hop is none.
        let errors = columns[2].split(',').filter(|severity| *severity == "8388608");
        assert_eq!(errors.count(), 0, "{frame}");
    }
}

/// PSID, latitude and the severities of expert remarks of each frame; `None` where tshark is not installed.
fn tshark(capture: &Path) -> Option<String> {
    let fields = ["ieee1609dot2.psid", "its.latitude", "_ws.expert.severity"];
    let mut command = Command::new("tshark");
    command.arg("-r").arg(capture).args(["-T", "fields"]);
    command.args(fields.iter().flat_map(|field| ["-e", field]));
    match command.output() {
        Ok(output) => {
            assert!(output.status.success(), "tshark: {}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("not run: tshark cannot be started ({error})");
            None
        }
        Err(error) => panic!("tshark cannot be started: {error}"),
    }
}

/// The demo's keys follow from its seed, so anybody has them: nothing that they vouch for is believed by another command.
#[test]
fn no_other_command_believes_the_simulation_s_root() {
    let folder = tempfile::tempdir().expect("a folder");
    let (capture, dir) =
        (support::text(&folder.path().join("air.pcap")), support::text(&folder.path().join("pki")));
    let demo =
        ["demo", "--headless", "--vehicles", "5", "--seconds", "10", "--attacks=0", "--pcap", &capture];
    wayseal(demo).exits(0);
    wayseal(["pki", "init", &dir]).exits(0);
    let verdicts = wayseal(["--json", "verify", "--trust", &dir, &capture]).exits(3).json();
    assert_eq!(verdicts["summary"]["verified"], 0, "{}", verdicts["summary"]);
    assert!(verdicts["summary"]["unknown"].as_u64() > Some(0), "{}", verdicts["summary"]);
    // No command trusts anybody that it is not told to trust.
    for command in ["verify", "explain"] {
        wayseal([command, &capture]).complains("--trust");
    }
    // A root of the same name is another root.
    let namesake = support::text(&folder.path().join("namesake"));
    wayseal(["pki", "init", &namesake, "--name", "wayseal demo"]).exits(0);
    let verdicts = wayseal(["--json", "verify", "--trust", &namesake, &capture]).exits(3).json();
    assert_eq!(verdicts["summary"]["verified"], 0, "{}", verdicts["summary"]);
}
