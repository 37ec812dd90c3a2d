//! The program as a whole: help, completions, pipes.

#![allow(missing_docs, reason = "a test")]

mod support;

use std::io::Read;
use std::process::{Command, Stdio};

use support::{program, wayseal};

#[test]
fn the_command_line_is_sound() {
    wayseal::command().debug_assert();
}

#[test]
fn every_command_has_help_with_an_example() {
    let with_examples: [&[&str]; 12] = [
        &["bench", "verify"],
        &["demo"],
        &["inspect"],
        &["verify"],
        &["explain"],
        &["sign"],
        &["rsu"],
        &["rsu", "send"],
        &["blast"],
        &["pki", "init"],
        &["pki", "issue-at"],
        &["pki", "issue-ec"],
    ];
    let is_here = |command: &&&[&str]| cfg!(target_os = "linux") || !matches!(command, ["rsu" | "blast", ..]);
    for command in with_examples.iter().filter(is_here) {
        let help = wayseal(command.iter().chain(&["--help"])).exits(0).out;
        assert!(help.contains("Example"), "{help}");
        assert!(help.contains(&format!("wayseal {}", command.join(" "))), "{help}");
    }
    let help = wayseal(["help"]).exits(0).out;
    assert!(help.contains("Exit codes"), "{help}");
    wayseal(["--version"]).exits(0);
}

#[test]
fn completions_are_made_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = wayseal(["completions", shell]).exits(0).out;
        assert!(script.contains("issue-at"), "{shell}");
    }
    wayseal(["completions", "cmd"]).complains("cmd");
}

#[test]
fn completions_and_manual_pages_are_written_for_packagers() {
    let folder = tempfile::tempdir().expect("a folder");
    for (command, files) in [
        ("completions", ["wayseal.bash", "_wayseal", "wayseal.fish"]),
        ("man", ["wayseal.1", "wayseal-demo.1", "wayseal-pki-issue-at.1"]),
    ] {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let ended = cargo.args(["xtask", command]).arg(folder.path()).output().expect("cargo runs");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        for file in files {
            let text = std::fs::read_to_string(folder.path().join(file)).expect(file);
            assert!(text.contains("wayseal"), "{file}");
        }
    }
}

#[test]
fn unknown_words_are_bad_input() {
    wayseal(["frobnicate"]).complains("frobnicate");
    wayseal(["verify", "--frobnicate"]).complains("--frobnicate");
    assert_eq!(wayseal::<[&str; 0], _>([]).code, Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_cause_for_complaint() {
    // Gone before the program starts: one that left later could come too late for what is written at once.
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut child = program()
        .args(["completions", "zsh"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut complaint = String::new();
    let mut stderr = child.stderr.take().expect("it is piped");
    stderr.read_to_string(&mut complaint).expect("it ends");
    assert_eq!(complaint, "");
    // Not 0: a verdict that nobody could read must not count as "all verified".
    assert_eq!(child.wait().expect("it ends").code(), Some(141));
}
