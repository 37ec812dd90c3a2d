//! The commands in the documentation run, and print what the documentation says.
//!
//! The convention is in `CONTRIBUTING.md`: commands begin with `$ `, the lines below are their output, `…` stands for any
//! text and on a line of its own for any lines, `# exit N` for another exit code than 0.

#![allow(missing_docs, reason = "a test")]
#![cfg(unix)]

#[cfg(all(target_os = "linux", feature = "postgres"))]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests of the ledger use another part; a test fails by panicking"
)]
#[path = "../../store/tests/common/cluster.rs"]
mod cluster;
mod support;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a shell prints behind every command, so that its output can be told from the next one's.
const MARK: &str = "-- this command ended with";

/// One command of a page.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    command: String,
    output: Vec<String>,
    exit: i32,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The commands in the `console` blocks of a page.
fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut inside) = (Vec::<Step>::new(), false);
    for line in page.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => inside = line == "```console",
            Some(command) if inside => steps.push(step(command)),
            None if inside => continue_step(steps.last_mut().expect("output has a command"), line),
            Some(_) | None => {}
        }
    }
    steps
}

fn step(line: &str) -> Step {
    let (command, exit) = match line.rsplit_once("# exit ") {
        Some((command, code)) => (command.trim_end(), code.trim().parse().expect("an exit code")),
        None => (line, 0),
    };
    Step { command: command.to_owned(), output: Vec::new(), exit }
}

fn continue_step(step: &mut Step, line: &str) {
    match step.command.strip_suffix('\\') {
        Some(_) if step.output.is_empty() => step.command = format!("{}\n{line}", step.command),
        Some(_) | None => step.output.push(line.to_owned()),
    }
}

/// Runs commands in one shell; yields what each printed and how it ended.
fn run(steps: &[Step], temporary: &Path, environment: &[(&str, &str)]) -> Vec<(Vec<String>, i32)> {
    let script: String =
        steps.iter().map(|step| format!("{{ {}\n}} 2>&1\necho \"{MARK} $?\"\n", step.command)).collect();
    let program = program_folder(temporary);
    let given = environment.iter().find(|(name, _)| *name == "PATH").map(|(_, path)| OsString::from(path));
    let old = given.or_else(|| std::env::var_os("PATH")).unwrap_or_default();
    let path: OsString =
        std::env::join_paths([program].into_iter().chain(std::env::split_paths(&old))).expect("a path");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).current_dir(root()).stdin(Stdio::null());
    shell
        .envs(environment.iter().copied())
        .env("PATH", path)
        .env("TMPDIR", temporary)
        .env_remove("WAYSEAL_PASSPHRASE");
    let answer = shell.output().expect("the shell runs");
    ended(&String::from_utf8_lossy(&answer.stdout))
}

/// A folder that holds the program, or what starts it under an emulator.
fn program_folder(temporary: &Path) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_wayseal"));
    let Some(emulator) = support::emulator() else {
        return program.parent().expect("a folder").to_owned();
    };
    let folder = temporary.join("emulated");
    std::fs::create_dir(&folder).expect("a folder");
    let script = format!("#!/bin/sh\nexec {} {} \"$@\"\n", emulator.join(" "), program.display());
    std::fs::write(folder.join("wayseal"), script).expect("a script");
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.join("wayseal"), runnable).expect("its mode");
    folder
}

fn ended(printed: &str) -> Vec<(Vec<String>, i32)> {
    let (mut all, mut lines) = (Vec::new(), Vec::new());
    for line in printed.lines() {
        match line.strip_prefix(MARK) {
            Some(code) => all.push((std::mem::take(&mut lines), code.trim().parse().expect("a code"))),
            None => lines.push(line.to_owned()),
        }
    }
    all
}

/// Whether lines are those of a page.
fn agrees(expected: &[String], found: &[String]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((any, rest)) if any == "…" => {
            (0..=found.len()).any(|skipped| agrees(rest, found.split_at(skipped).1))
        }
        Some((line, rest)) => {
            found.split_first().is_some_and(|(first, others)| like(line, first) && agrees(rest, others))
        }
    }
}

/// Whether a line is that of a page; `…` is any text.
fn like(pattern: &str, line: &str) -> bool {
    match pattern.split_once('…') {
        None => pattern == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|line| {
            let ends = line.char_indices().map(|(index, _)| index).chain([line.len()]);
            ends.into_iter().any(|index| like(rest, line.split_at(index).1))
        }),
    }
}

fn check(page: &str, form: fn(Step) -> Step) {
    check_with(page, form, &[]);
}

/// The same with something in the environment.
fn check_with(page: &str, form: fn(Step) -> Step, environment: &[(&str, &str)]) {
    let text = std::fs::read_to_string(root().join(page)).expect("the page is there");
    let temporary = tempfile::tempdir().expect("a folder");
    let steps: Vec<Step> = steps(&text).into_iter().map(form).collect();
    assert!(!steps.is_empty(), "{page} has commands");
    let ended = run(&steps, temporary.path(), environment);
    for (step, (found, code)) in steps.iter().zip(&ended) {
        assert_eq!(*code, step.exit, "{page}: {}\n{}", step.command, found.join("\n"));
        assert!(agrees(&step.output, found), "{page}: {}\n{}", step.command, found.join("\n"));
    }
    assert_eq!(ended.len(), steps.len(), "{page}: every command ran");
}

/// Makes the development commands of a page cheap: the program that is built already is the one that `cargo run` builds,
/// and of a command of `cargo xtask`, which continuous integration runs for real or which takes minutes, the help is asked.
fn short(step: Step) -> Step {
    let command = match step.command.strip_prefix("cargo run --release -- ") {
        Some(arguments) => format!("wayseal {arguments}"),
        None => match step.command.strip_prefix("cargo xtask ") {
            Some(_) => format!("{} --help", step.command),
            None => step.command,
        },
    };
    Step { command, output: vec!["…".to_owned()], ..step }
}

#[test]
fn the_guide_of_the_command_says_what_happens() {
    check("docs/cli.md", |step| step);
}

#[test]
#[cfg(target_os = "linux")]
fn the_guide_of_the_roadside_unit_says_what_happens() {
    check("docs/rsu.md", |step| step);
}

#[test]
#[cfg(target_os = "linux")]
fn the_guide_to_drones_says_what_happens() {
    check("docs/drones.md", |step| step);
}

#[test]
#[cfg(target_os = "linux")]
fn the_guide_of_the_operator_says_what_happens() {
    check("docs/operator.md", |step| step);
}

#[test]
fn the_guide_to_the_simulator_says_what_happens() {
    check("docs/simulator.md", |step| step);
}

#[test]
#[cfg(target_os = "linux")]
fn the_guide_to_keys_in_hardware_says_what_happens() {
    if support::softhsm().is_some() {
        check("docs/hsm.md", |step| step);
    }
}

#[test]
#[cfg(all(target_os = "linux", feature = "postgres"))]
fn the_guide_to_ledgers_in_postgresql_says_what_happens() {
    let Some(cluster) = cluster::Cluster::start() else { return };
    let folder = cluster.folder.path().display().to_string();
    let environment = [("PGHOST", folder.as_str()), ("PGUSER", "ledger"), ("PGDATABASE", "postgres")];
    let programs = cluster.programs.display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{programs}:{path}");
    check_with("docs/postgresql.md", |step| step, &[&environment[..], &[("PATH", &path)]].concat());
}

#[test]
#[cfg(all(target_os = "linux", feature = "http3"))]
fn the_guide_to_http_3_says_what_happens() {
    check("docs/http3.md", |step| step);
}

#[test]
#[cfg(all(target_os = "linux", feature = "tls"))]
fn the_guide_to_the_administration_behind_tls_says_what_happens() {
    check("docs/admin-tls.md", |step| step);
}

#[test]
fn the_commands_of_the_other_pages_exist() {
    for page in ["README.md", "CONTRIBUTING.md", "docs/README.md"] {
        check(page, short);
    }
}

#[test]
fn development_commands_are_asked_for_help_only() {
    let of = |command: &str| short(step(command)).command;
    assert_eq!(of("cargo run --release -- demo"), "wayseal demo");
    assert_eq!(of("cargo xtask wasm"), "cargo xtask wasm --help");
}

#[test]
fn the_marks_of_a_page_are_understood() {
    let page = "```console\n$ one # exit 3\nsaid\n…\n$ two \\\n  three\n```\n```text\n$ four\n```\n";
    let steps = steps(page);
    assert_eq!(steps.len(), 2);
    assert_eq!((steps[0].command.as_str(), steps[0].exit, steps[0].output.len()), ("one", 3, 2));
    assert_eq!(steps[1].command, "two \\\n  three");
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(agrees(&lines("a … c\n…\nz"), &lines("a b c\n1\n2\nz")));
    assert!(!agrees(&lines("a … c"), &lines("a b d")) && !agrees(&[], &lines("more")));
}
