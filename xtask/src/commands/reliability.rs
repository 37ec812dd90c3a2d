//! `cargo xtask reliability`: the long form of the tests that stand for a promise.

use anyhow::{Result, bail};

use crate::process::{cargo, run as run_program};

use super::fuzz;

/// Run the long form of the reliability tests, with optimisation. This takes minutes to hours.
///
/// The short form of each is an ordinary test and runs in `cargo xtask test`. docs/RELIABILITY.md says what each promises
/// and what was last seen.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this one.
    name: Option<String>,
    /// Name them, and run none.
    #[arg(long)]
    list: bool,
    /// Seconds for each fuzz target.
    #[arg(long, default_value_t = 3_600, value_name = "SECONDS")]
    fuzz_seconds: u32,
}

/// One long form that cargo runs.
struct Long {
    name: &'static str,
    environment: &'static [(&'static str, &'static str)],
    arguments: &'static str,
}

const LONG: &[Long] = &[
    Long {
        name: "mutation",
        environment: &[],
        arguments: "test --release --package conformance --test mutation -- --ignored long_ --nocapture",
    },
    Long {
        name: "hostile-facility-messages",
        environment: &[("WAYSEAL_MUTANTS", "10000")],
        arguments: "test --release --package v2x-codec --test uper_hostile",
    },
    Long {
        name: "differential",
        environment: &[("WAYSEAL_MUTANTS", "2000")],
        arguments: "test --release --package conformance --test differential -- --nocapture",
    },
    Long {
        name: "providers-agree",
        environment: &[("WAYSEAL_CASES", "1000000")],
        arguments: "test --release --package conformance --test crypto_differential",
    },
    Long {
        name: "p256-batch",
        environment: &[("WAYSEAL_CASES", "10000000")],
        arguments: "test --release --package v2x-crypto-p256-batch --test verdicts -- --ignored long_ --nocapture",
    },
    Long {
        name: "zeroize",
        environment: &[("WAYSEAL_KEYS", "2500")],
        arguments: "test --release --package conformance --test crypto_zeroize",
    },
    Long {
        name: "replay",
        environment: &[],
        arguments: "test --release --package v2x-security --lib ten_million -- --ignored --nocapture",
    },
    Long {
        name: "overload",
        environment: &[],
        arguments: "test --release --package v2x-engine --test overload -- --ignored long_ --nocapture --test-threads 1",
    },
    Long {
        name: "drone",
        environment: &[],
        arguments: "test --release --package drone-link-gateway --test storm -- --ignored long_ --nocapture --test-threads 1",
    },
    Long {
        name: "power-failure",
        environment: &[],
        arguments: "test --release --package store --test crash -- --ignored long_ --nocapture",
    },
    Long {
        name: "disk-errors",
        environment: &[],
        arguments: "test --release --package store --test disk_errors -- --ignored long_ --nocapture",
    },
    Long {
        name: "kill",
        environment: &[],
        arguments: "test --release --package store --test kill -- --ignored long_ --nocapture",
    },
    Long {
        name: "audit",
        environment: &[],
        arguments: "test --release --package store --test audit -- --ignored long_ --nocapture",
    },
    Long {
        name: "restore",
        environment: &[],
        arguments: "test --release --package store --test restore -- --ignored long_ --nocapture",
    },
    Long {
        name: "ledger-model",
        environment: &[],
        arguments: "test --release --package store --test engines -- --ignored long_ --nocapture",
    },
    Long {
        name: "constant-time",
        environment: &[],
        arguments: "run --release --package v2x-crypto --example dudect -- 1000000",
    },
    Long {
        name: "simulation",
        environment: &[],
        arguments: "test --release --package simulator --test sim -- --ignored long_ --nocapture",
    },
    Long {
        name: "rsu-load",
        environment: &[],
        arguments: "test --release --package wayseal --test rsu -- --ignored long_ --nocapture",
    },
];

const FUZZ: &str = "fuzz";

pub(crate) fn run(args: &Args) -> Result<()> {
    let names: Vec<&str> = LONG.iter().map(|long| long.name).chain([FUZZ]).collect();
    if args.list {
        eprintln!("{}", names.join("\n"));
        return Ok(());
    }
    let is_chosen = |name: &str| args.name.as_deref().is_none_or(|chosen| chosen == name);
    if !names.iter().any(|name| is_chosen(name)) {
        bail!("there is no such long form; there are: {}", names.join(", "));
    }
    LONG.iter().filter(|long| is_chosen(long.name)).try_for_each(Long::run)?;
    if is_chosen(FUZZ) { fuzz::all(args.fuzz_seconds) } else { Ok(()) }
}

impl Long {
    fn run(&self) -> Result<()> {
        run_program(cargo(self.arguments).envs(self.environment.iter().copied()))
    }
}
