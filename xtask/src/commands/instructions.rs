//! `cargo xtask instructions`: the instructions of the hot path, counted, held against the counts that are kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result, bail, ensure};

use crate::debian::{self, Need};
use crate::process::{self, cargo, program};

/// Count the instructions of the hot path by callgrind, and compare them with `benches/instructions.txt`.
///
/// A count of instructions is no time, but it is the same on a loaded machine, so that a change for the worse shows at once. A
/// path may take 2 % more than what is kept: hash maps have random seeds. Taking less is no failure; --write keeps the new
/// counts. Another compiler makes other instructions: the file says which one it was, and with another nothing is compared.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Keep what is counted now.
    #[arg(long)]
    write: bool,
}

const NEEDS: &[Need] = &[Need { program: "valgrind", probe: &[], packages: &["valgrind"] }];

const KEPT: &str = "benches/instructions.txt";

const BINARY: &str = "target/release/instructions";

/// Per cent.
const TOLERANCE: f64 = 2.0;

/// The comparison alone, as `cargo xtask test` has it.
pub(crate) fn check() -> Result<()> {
    run(&Args { write: false })
}

pub(crate) fn run(args: &Args) -> Result<()> {
    debian::ensure(NEEDS)?;
    process::run(&mut cargo("build --release --package benches --features instructions --bin instructions"))?;
    let compiler = compiler()?;
    if args.write {
        return Ok(fs::write(KEPT, text(&compiler, &counts()?)?)?);
    }
    let kept = fs::read_to_string(KEPT).with_context(|| format!("{KEPT} cannot be read"))?;
    if !kept.lines().any(|line| line == compiler_line(&compiler)) {
        eprintln!("    NOT COMPARED: {KEPT} is not of {compiler}; --write makes one that is");
        return Ok(());
    }
    compare(&parse(&kept)?, &counts()?)
}

fn compiler() -> Result<String> {
    let version = process::output(program("rustc").arg("--version"))?;
    Ok(version.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

fn compiler_line(compiler: &str) -> String {
    format!("# By {compiler}, for x86-64.")
}

/// Instructions apiece, by path.
fn counts() -> Result<BTreeMap<String, u64>> {
    let names = process::output(&mut program(BINARY))?;
    names.lines().map(|name| Ok((name.to_owned(), counted(name)?))).collect()
}

fn counted(path: &str) -> Result<u64> {
    let mut callgrind = program("valgrind");
    callgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    callgrind.args(["--toggle-collect=instructions::counted", BINARY, path]);
    let told = process::output(&mut callgrind)?;
    let collected =
        told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<u64>().ok());
    let pieces = told.lines().find_map(|line| line.trim().parse::<u64>().ok());
    let (Some(collected @ 1..), Some(pieces @ 1..)) = (collected, pieces) else {
        bail!("callgrind counted nothing for {path}:\n{told}");
    };
    Ok(collected / pieces)
}

fn text(compiler: &str, counts: &BTreeMap<String, u64>) -> Result<String> {
    let mut text = String::from(
        "# Instructions apiece, counted by callgrind; made by `cargo xtask instructions --write`.\n",
    );
    writeln!(text, "{}", compiler_line(compiler))?;
    counts.iter().try_for_each(|(path, count)| writeln!(text, "{path} {count}"))?;
    Ok(text)
}

fn parse(kept: &str) -> Result<BTreeMap<String, u64>> {
    let lines = kept.lines().filter(|line| !line.starts_with('#'));
    let parsed = lines.map(|line| {
        let (path, count) = line.split_once(' ').with_context(|| format!("{KEPT}: {line:?}"))?;
        Ok((path.to_owned(), count.parse().with_context(|| format!("{KEPT}: {line:?}"))?))
    });
    parsed.collect()
}

fn compare(kept: &BTreeMap<String, u64>, now: &BTreeMap<String, u64>) -> Result<()> {
    ensure!(kept.keys().eq(now.keys()), "{KEPT} names other paths than there are; --write makes it anew");
    let mut worse = Vec::new();
    for ((path, now), kept) in now.iter().zip(kept.values()) {
        let more = (*now as f64 / *kept as f64 - 1.0) * 100.0;
        eprintln!("    {path:<22} {now:>8}, {more:+.2} % against {kept}");
        if more > TOLERANCE {
            worse.push(format!("{path} takes {more:.2} % more instructions"));
        }
    }
    ensure!(worse.is_empty(), "{}; {TOLERANCE} % are allowed", worse.join(", "));
    Ok(())
}
