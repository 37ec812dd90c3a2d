//! Where the project lies, and what cargo says of it.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;

/// Crates that hold cores: they do no I/O, read no clock, own no randomness, and build for WebAssembly.
pub(crate) const CORES: &[&str] = &[
    "v2x-codec",
    "v2x-crypto",
    "v2x-crypto-curve-batch",
    "v2x-crypto-p256-batch",
    "v2x-security",
    "v2x-station",
    "drone-link",
    "simulated-autopilot",
    "v2x-ca",
    "enrollment-protocol",
    "enrollment-station",
    "enrollment-ea",
    "enrollment-aa",
    "enrollment-dc",
];

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Whether this runs in continuous integration, where nothing may be left out.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// One crate of the workspace.
pub(crate) struct Member {
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) folder: std::path::PathBuf,
    /// Names of what it needs to be built, its tests and examples apart.
    pub(crate) needs: Vec<String>,
    /// Names of what only its tests, examples and benches need.
    pub(crate) needs_in_tests: Vec<String>,
}

/// All crates of the workspace, from `cargo metadata`.
pub(crate) fn members() -> Result<Vec<Member>> {
    let text = process::output(&mut process::cargo("metadata --format-version 1 --no-deps"))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata wrote no JSON")?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).context("cargo metadata lists no packages")?;
    packages.iter().map(|package| member(package).context("a package without name or manifest")).collect()
}

fn member(package: &Value) -> Option<Member> {
    let dependencies = package.get("dependencies")?.as_array()?;
    let (tests, needs): (Vec<&Value>, Vec<&Value>) =
        dependencies.iter().partition(|dependency| is_dev(dependency));
    Some(Member {
        name: text(package, "name")?,
        folder: Path::new(&text(package, "manifest_path")?).parent()?.to_owned(),
        needs: names(&needs),
        needs_in_tests: names(&tests),
    })
}

fn is_dev(dependency: &Value) -> bool {
    dependency.get("kind").and_then(Value::as_str) == Some("dev")
}

fn names(dependencies: &[&Value]) -> Vec<String> {
    dependencies.iter().filter_map(|dependency| text(dependency, "name")).collect()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}
