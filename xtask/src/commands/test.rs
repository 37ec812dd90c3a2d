//! `cargo xtask test`: everything that a change must pass, in the order that fails soonest.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::debian::{self, Need};
use crate::process::{self, cargo, program};
use crate::rust;
use crate::steps::Steps;
use crate::workspace;

use super::{bench, deny, fuzz, instructions, layering, mavlink, trace};

/// Run everything that a change must pass: packages, formatting, lints, layering, docs, fuzzing, benches, tests.
///
/// Installs the Debian packages that the tests need when run as root, and otherwise prints the line that installs them.
/// The independent decoders that our output is checked against are prepared from ../shared/oracle when that folder
/// exists; with CI set it must exist. SUMO comes from the Python registry into target/sumo. Fuzz targets and benches run for seconds here; `cargo xtask reliability` and
/// `cargo xtask bench` are their long forms. The main test suite runs last, so the last line is its own verdict.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Seconds for each fuzz target.
    #[arg(long, default_value_t = 3, value_name = "SECONDS")]
    fuzz_seconds: u32,
}

const NEEDS: &[Need] = &[
    Need { program: "cc", probe: &[], packages: &["gcc"] },
    Need { program: "c++", probe: &[], packages: &["g++"] },
    Need { program: "openssl", probe: &[], packages: &["openssl"] },
    Need { program: "python3", probe: &["-c", "import ensurepip"], packages: &["python3-venv"] },
    Need { program: "pg_ctlcluster", probe: &[], packages: &["postgresql"] },
    Need { program: "softhsm2-util", probe: &[], packages: &["softhsm2"] },
    Need { program: "tshark", probe: &[], packages: &["tshark"] },
    Need { program: "pkg-config", probe: &["--exists", "libssl"], packages: &["pkg-config", "libssl-dev"] },
];

/// Features that are off by default, and tested like everything else.
const TESTED: &str = "--features wayseal/postgres,wayseal/http3,wayseal/tls,store/sled";

/// Features of programs that only measure: they must compile.
const MEASURING: &str = "--features benches/compare,benches/instructions";

const ORACLE: &str = "../shared/oracle/setup.sh";

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut steps = Steps::new();
    steps.step("packages", || debian::ensure(NEEDS))?;
    oracle(&mut steps)?;
    foreign_programs(&mut steps)?;
    steps.step("format", || process::run(&mut cargo("fmt --all --check")))?;
    steps.step("layering", layering::check)?;
    supply_chain(&mut steps)?;
    steps.step("lints", || {
        let clippy = format!("clippy --workspace --all-targets --quiet {TESTED} {MEASURING} -- -D warnings");
        process::run(&mut cargo(&clippy))
    })?;
    steps.step("documentation", || {
        process::run(cargo("doc --workspace --no-deps --quiet").env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step("doc tests", || {
        process::run(&mut cargo(&format!("test --workspace --doc --quiet {TESTED}")))
    })?;
    steps.step("benches, each once", bench::once)?;
    steps.step("instructions of the hot path", instructions::check)?;
    fuzz_all(&mut steps, args.fuzz_seconds)?;
    steps.summary();
    // Last, so that the test runner's own closing line closes everything.
    eprintln!("\n==> tests");
    process::run(&mut tests()).context("step \"tests\" failed")
}

/// nextest runs the tests of all crates side by side; cargo's own runner needs nothing installed.
fn tests() -> std::process::Command {
    if rust::has_cargo_command("nextest") {
        cargo(&format!(
            "nextest run --workspace --no-fail-fast --status-level fail --final-status-level fail {TESTED}"
        ))
    } else {
        cargo(&format!("test --workspace --tests --no-fail-fast --quiet {TESTED}"))
    }
}

/// The decoders and verifiers that this project did not write.
fn oracle(steps: &mut Steps) -> Result<()> {
    if Path::new(ORACLE).is_file() {
        return steps.step("independent decoders", || process::run(program("bash").arg(ORACLE)));
    }
    if workspace::in_ci() {
        bail!("CI is set, and {ORACLE} is missing: the tests against independent implementations cannot run");
    }
    steps.not_run(
        "independent decoders",
        "../shared is not here; the tests that need it will say so themselves",
    );
    Ok(())
}

/// Programs of others from the Python registry: SUMO, some 500 MB, and the ground stations for MAVLink, each once.
fn foreign_programs(steps: &mut Steps) -> Result<()> {
    foreign(steps, "SUMO", || trace::install().map(drop))?;
    foreign(steps, "MAVLink ground stations", mavlink::install)
}

fn foreign(steps: &mut Steps, name: &str, install: fn() -> Result<()>) -> Result<()> {
    match steps.step(name, install) {
        Err(error) if !workspace::in_ci() => {
            steps.not_run(name, &format!("{error:#}; the tests that need it will say so themselves"));
            Ok(())
        }
        installed => installed,
    }
}

fn supply_chain(steps: &mut Steps) -> Result<()> {
    if workspace::in_ci() || rust::has_cargo_command("deny") {
        return steps.step("supply chain", deny::check);
    }
    steps.not_run("supply chain", "cargo-deny is not installed; `cargo xtask deny` installs and runs it");
    Ok(())
}

fn fuzz_all(steps: &mut Steps, seconds: u32) -> Result<()> {
    steps.step("fuzz targets and seeds, built", fuzz::build)?;
    for target in fuzz::targets()? {
        steps.step(&format!("fuzz {target}"), || fuzz::fuzz(&target, seconds))?;
    }
    Ok(())
}
