//! `cargo xtask fuzz`: the fuzz targets, from seeds that our own code makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, program, run as run_program};

/// Fuzz the parsers: every target in turn, from its seeds, for some seconds each.
///
/// Needs no more than the toolchain and a C++ compiler: a wrapper around the compiler adds the coverage that libFuzzer
/// steers by to our own crates, and all other crates come from the ordinary build. What a run finds stays in
/// target/fuzz-corpus; an input that breaks a promise is written to target/fuzz-artifacts and named.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this target.
    target: Option<String>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    seconds: u32,
}

const SEEDS: &str = "target/fuzz-seeds";
const FOUND: &str = "target/fuzz-corpus";
const ARTIFACTS: &str = "target/fuzz-artifacts";

pub(crate) fn run(args: &Args) -> Result<()> {
    let targets = targets()?;
    if let Some(wrong) = args.target.as_ref().filter(|name| !targets.contains(name)) {
        bail!("there is no fuzz target {wrong}; there are: {}", targets.join(", "));
    }
    build()?;
    let chosen = targets.iter().filter(|name| args.target.as_ref().is_none_or(|target| target == *name));
    chosen.into_iter().try_for_each(|target| fuzz(target, args.seconds))
}

/// Builds and runs every target.
pub(crate) fn all(seconds: u32) -> Result<()> {
    build()?;
    targets()?.iter().try_for_each(|target| fuzz(target, seconds))
}

/// The names of the targets: each is a file.
pub(crate) fn targets() -> Result<Vec<String>> {
    let files = fs::read_dir("fuzz/fuzz_targets").context("fuzz/fuzz_targets cannot be listed")?;
    let names = files.flatten().filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    Ok(names)
}

/// Writes the seeds and builds every target.
pub(crate) fn build() -> Result<()> {
    run_program(cargo("run --quiet --package wayseal-fuzz --example seeds --").arg(SEEDS))?;
    let wrapper = fs::canonicalize("fuzz/instrumented").context("fuzz/instrumented is missing")?;
    let mut build = cargo("build --quiet --package wayseal-fuzz --bins");
    run_program(build.env("RUSTC_WORKSPACE_WRAPPER", wrapper))
}

/// Runs one target. Seeds, and what the repository keeps, are read and never written.
pub(crate) fn fuzz(target: &str, seconds: u32) -> Result<()> {
    let (found, artifacts) = (format!("{FOUND}/{target}"), format!("{ARTIFACTS}/{target}/"));
    fs::create_dir_all(&found).with_context(|| format!("{found} cannot be made"))?;
    fs::create_dir_all(&artifacts).with_context(|| format!("{artifacts} cannot be made"))?;
    let kept = [format!("{SEEDS}/{target}"), format!("fuzz/corpus/{target}")];
    let mut command = program(format!("target/debug/{target}"));
    command.arg(found).args(kept.iter().filter(|folder| Path::new(folder).is_dir()));
    command.args(["-rss_limit_mb=1024", "-timeout=10", "-verbosity=0", "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-artifact_prefix={artifacts}"));
    report(target, &outcome(&mut command)?)
}

/// What a target wrote, all of it when it failed.
fn outcome(command: &mut Command) -> Result<String> {
    let outcome = command.output().context("a fuzz target could not be started")?;
    let written = String::from_utf8_lossy(&outcome.stderr).into_owned();
    if !outcome.status.success() {
        eprintln!("{written}");
        bail!("a promise is broken; the input is in {ARTIFACTS}");
    }
    Ok(written)
}

fn report(target: &str, written: &str) -> Result<()> {
    let executed = written.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let executed = executed.with_context(|| format!("{target} did not say how often it ran"))?;
    eprintln!("    {target}: {} executions", executed.trim());
    Ok(())
}
