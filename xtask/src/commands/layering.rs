//! `cargo xtask layering`: who may depend on whom, and what no core may reach.

use anyhow::{Context as _, Result, bail};

use crate::process::{cargo, output, run as run_program};
use crate::workspace::{self, CORES, Member};

/// Check the direction of dependencies, what cores may reach, and that no crate allows itself unsafe code.
///
/// The table of allowed directions is in `xtask/src/commands/layering.rs` and follows ARCHITECTURE.md. A new crate must
/// be entered there before this passes. Cores are checked through all their dependencies, not only the direct ones.
#[derive(clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<()> {
    check()
}

const CODEC: &str = "v2x-codec";
const CRYPTO: &str = "v2x-crypto";
const AWS_LC: &str = "v2x-crypto-aws-lc";
const CURVE_BATCH: &str = "v2x-crypto-curve-batch";
const P256_BATCH: &str = "v2x-crypto-p256-batch";
const KEY_TABLES: &str = "v2x-crypto-key-tables";
const PKCS11: &str = "v2x-crypto-pkcs11";
const SECURITY: &str = "v2x-security";
const ENGINE: &str = "v2x-engine";
const STORE: &str = "store";
const STATION: &str = "v2x-station";
const CA: &str = "v2x-ca";
const DURABLE: &str = "v2x-ca-durable";
const PROTOCOL: &str = "enrollment-protocol";
const ENROL: &str = "enrollment-station";
const EA: &str = "enrollment-ea";
const EA_DURABLE: &str = "enrollment-ea-durable";
const AA: &str = "enrollment-aa";
const DC: &str = "enrollment-dc";
const CLIENT: &str = "enrollment-client";
const HOME: &str = "enrollment-home";
const HTTP: &str = "enrollment-http";
const DRONE_LINK: &str = "drone-link";
const DRONE_GATEWAY: &str = "drone-link-gateway";
const AUTOPILOT: &str = "simulated-autopilot";
const SIMULATOR: &str = "simulator";
const FUZZ: &str = "wayseal-fuzz";

/// Every crate of the workspace, and the crates of the workspace that it may be built on.
const ALLOWED: &[(&str, &[&str])] = &[
    (CODEC, &[]),
    (CRYPTO, &[]),
    (STORE, &[]),
    (AWS_LC, &[CRYPTO]),
    (CURVE_BATCH, &[CRYPTO]),
    (P256_BATCH, &[CRYPTO]),
    (KEY_TABLES, &[CRYPTO, CURVE_BATCH, P256_BATCH]),
    (PKCS11, &[CRYPTO]),
    (SECURITY, &[CODEC, CRYPTO]),
    (ENGINE, &[CODEC, CRYPTO, SECURITY]),
    (STATION, &[CODEC, CRYPTO, SECURITY]),
    (DRONE_LINK, &[CODEC, CRYPTO, SECURITY]),
    (AUTOPILOT, &[CODEC, DRONE_LINK]),
    (DRONE_GATEWAY, &[CODEC, SECURITY, DRONE_LINK]),
    (CA, &[CODEC, CRYPTO, SECURITY]),
    // A core does no I/O and a store knows no certificate: this joins them.
    (DURABLE, &[CODEC, STORE, CA]),
    (PROTOCOL, &[CODEC, CRYPTO, SECURITY]),
    // A station never holds issuing code.
    (ENROL, &[CODEC, CRYPTO, SECURITY, PROTOCOL]),
    // EA and AA never depend on each other: neither can name what the other must not know.
    (EA, &[CODEC, CRYPTO, SECURITY, PROTOCOL, CA]),
    (AA, &[CODEC, CRYPTO, SECURITY, PROTOCOL, CA]),
    // The EA's registry in the store: it joins them as `ca/durable` does.
    (EA_DURABLE, &[CODEC, CRYPTO, STORE, SECURITY, CA, DURABLE, EA]),
    // It hands out what others signed.
    (DC, &[CODEC, CRYPTO, SECURITY, PROTOCOL]),
    // A station uses it, so it holds no issuing code either.
    (CLIENT, &[CODEC, CRYPTO, SECURITY, PROTOCOL]),
    (HOME, &[CODEC, CRYPTO, SECURITY, PROTOCOL, ENROL, CLIENT]),
    // The shell around the authorities: each process runs the ones that it is told to.
    (HTTP, &[CODEC, CRYPTO, SECURITY, CA, PROTOCOL, EA, AA, DC, CLIENT]),
    (SIMULATOR, &[CODEC, CRYPTO, AWS_LC, SECURITY, STATION, CA, PROTOCOL, ENROL, EA, AA]),
    (
        "wayseal",
        &[
            CODEC,
            CRYPTO,
            AWS_LC,
            P256_BATCH,
            KEY_TABLES,
            PKCS11,
            SECURITY,
            ENGINE,
            STORE,
            STATION,
            CA,
            DURABLE,
            PROTOCOL,
            ENROL,
            EA,
            EA_DURABLE,
            AA,
            DC,
            CLIENT,
            HOME,
            HTTP,
            AUTOPILOT,
            DRONE_LINK,
            DRONE_GATEWAY,
            SIMULATOR,
        ],
    ),
    (
        "benches",
        &[
            CODEC,
            CRYPTO,
            AWS_LC,
            CURVE_BATCH,
            P256_BATCH,
            KEY_TABLES,
            SECURITY,
            STATION,
            CA,
            PROTOCOL,
            ENROL,
            EA,
            AA,
            SIMULATOR,
        ],
    ),
    (
        "conformance",
        &[CODEC, CRYPTO, AWS_LC, P256_BATCH, SECURITY, STATION, CA, PROTOCOL, ENROL, EA, AA, SIMULATOR],
    ),
    (
        FUZZ,
        &[
            CODEC,
            CRYPTO,
            AWS_LC,
            CURVE_BATCH,
            P256_BATCH,
            SECURITY,
            STATION,
            CA,
            PROTOCOL,
            ENROL,
            EA,
            AA,
            DRONE_LINK,
            SIMULATOR,
        ],
    ),
    ("xtask", &[]),
];

/// Crates that nothing may depend on, tests included.
const TOPS: &[&str] = &["wayseal", "benches", "conformance", FUZZ, "xtask"];

/// Foreign crates that bring I/O, an executor, a clock or the system's randomness.
const BARRED_FROM_CORES: &[&str] = &[
    "async-std",
    "axum",
    "clap",
    "cryptoki",
    "getrandom",
    "h3",
    "hyper",
    "libloading",
    "mio",
    "quinn",
    "rand",
    "reqwest",
    "rustix",
    "smol",
    "socket2",
    "tempfile",
    "time",
    "tokio",
];

/// Features that bring a clock or the system's randomness into crates that are harmless without them.
const BARRED_FEATURES: &[(&str, &str)] =
    &[("chrono", "clock"), ("chrono", "now"), ("rand_core", "os_rng"), ("rand_core", "getrandom")];

pub(crate) fn check() -> Result<()> {
    let members = workspace::members()?;
    let mut faults: Vec<String> = Vec::new();
    for member in &members {
        faults.extend(directions(member));
        faults.extend(lints(member));
    }
    for core in CORES {
        faults.extend(reach(core)?);
    }
    if !faults.is_empty() {
        bail!("the layering is broken:\n  - {}", faults.join("\n  - "));
    }
    clippy_on_cores()?;
    eprintln!("    {} crates keep to their layers; {} cores reach no I/O", members.len(), CORES.len());
    Ok(())
}

fn directions(member: &Member) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == member.name) else {
        return vec![format!(
            "{} is not in the table of layering.rs: say there what it may depend on",
            member.name
        )];
    };
    let ours = |name: &&String| ALLOWED.iter().any(|(crate_name, _)| crate_name == name);
    let wrong = member.needs.iter().filter(ours).filter(|name| !allowed.contains(&name.as_str()));
    let top = member.needs_in_tests.iter().filter(|name| TOPS.contains(&name.as_str()));
    wrong.chain(top).map(|name| format!("{} may not depend on {name}", member.name)).collect()
}

/// `unsafe_code = "forbid"` holds in the workspace's lints; a crate that does not take them over escapes it. Fuzz targets
/// export a C function, as libFuzzer wants it; what is ours there, the library, forbids unsafe code by itself. The one crate
/// with SIMD kernels has lints of its own, which ask for a reason wherever `unsafe` is.
fn lints(member: &Member) -> Option<String> {
    if member.name == FUZZ {
        return None;
    }
    let manifest = std::fs::read_to_string(member.folder.join("Cargo.toml")).unwrap_or_default();
    if member.name == P256_BATCH {
        let asked = ["unsafe_code = \"deny\"", "undocumented_unsafe_blocks = \"warn\""];
        let missing = asked.into_iter().find(|lint| !manifest.lines().any(|line| line == *lint));
        return missing.map(|lint| format!("{P256_BATCH} does not have `{lint}` among its lints"));
    }
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[lints]").skip(1);
    let inherits = lines.next().is_some_and(|line| line.trim() == "workspace = true");
    (!inherits)
        .then(|| format!("{} does not take the workspace's lints, so it could hold unsafe code", member.name))
}

/// What a core is built from, whole tree, each crate with the features that this core alone asks for.
///
/// Macros are left out: they run in the compiler.
fn reach(core: &str) -> Result<Vec<String>> {
    let mut tree = cargo("tree --edges normal,no-proc-macro --prefix none");
    let tree = output(tree.args(["--format", "{p} [{f}]", "--package", core]))?;
    let mut barred: Vec<String> = tree.lines().filter_map(barred).collect();
    barred.sort_unstable();
    barred.dedup();
    Ok(barred.into_iter().map(|name| format!("the core {core} reaches {name}")).collect())
}

/// The crate, or crate and feature, on a line `name v1.2.3 (place) [feature,feature]` that no core may reach.
fn barred(line: &str) -> Option<String> {
    let name = line.split_whitespace().next()?;
    if BARRED_FROM_CORES.contains(&name) {
        return Some(name.to_owned());
    }
    let features = line.rsplit_once('[')?.1.split_once(']')?.0;
    let feature = features.split(',').find(|feature| BARRED_FEATURES.contains(&(name, feature)))?;
    Some(format!("{name} with its feature {feature}"))
}

/// Clippy on the cores alone, with a list of methods that only shells may call. Their tests may read files.
fn clippy_on_cores() -> Result<()> {
    let mut clippy = cargo("clippy --quiet --lib");
    clippy.env("CLIPPY_CONF_DIR", "xtask/cores");
    for core in CORES {
        clippy.args(["--package", core]);
    }
    let denied = ["disallowed_methods", "disallowed_types", "disallowed_macros"];
    clippy.arg("--").args(denied.map(|lint| format!("--deny=clippy::{lint}")));
    run_program(&mut clippy).context("a core calls what only a shell may call")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_barred_crate_is_found_in_a_tree() {
        assert_eq!(barred("tokio v1.0.0 [rt]").as_deref(), Some("tokio"));
        assert_eq!(barred("tokio-util v1.0.0 []"), None);
        assert_eq!(barred("chrono v0.4.45 [alloc]"), None);
        assert_eq!(
            barred("chrono v0.4.45 [alloc,clock] (*)").as_deref(),
            Some("chrono with its feature clock")
        );
    }

    #[test]
    fn a_direction_that_is_not_in_the_table_is_refused() {
        let member = |name: &str, needs: &[&str], tests: &[&str]| Member {
            name: name.to_owned(),
            folder: std::path::PathBuf::new(),
            needs: needs.iter().map(|&need| need.to_owned()).collect(),
            needs_in_tests: tests.iter().map(|&need| need.to_owned()).collect(),
        };
        assert!(directions(&member(EA, &[CA, "thiserror"], &[CODEC])).is_empty());
        assert_eq!(directions(&member(EA, &[AA], &[])), ["enrollment-ea may not depend on enrollment-aa"]);
        assert_eq!(
            directions(&member(CODEC, &[], &["conformance"])),
            ["v2x-codec may not depend on conformance"]
        );
        assert_eq!(directions(&member("new", &[], &[])).len(), 1);
    }
}
