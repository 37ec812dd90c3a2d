//! `cargo xtask sbom`: what a release of `wayseal` is made of.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{cargo, run as run_program};
use crate::rust;
use crate::workspace;

/// Write the bill of materials of `wayseal`: every crate that is built into it, with version, licence and checksum.
///
/// The format is CycloneDX 1.5 in JSON, made by cargo-cyclonedx, which is installed when it is missing.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to write.
    #[arg(default_value = "target/wayseal.cdx.json")]
    file: PathBuf,
}

/// The name under which cargo-cyclonedx writes beside the manifest.
const NAME: &str = "bill-of-materials";

pub(crate) fn run(args: &Args) -> Result<()> {
    rust::ensure_cargo_command("cyclonedx")?;
    let mut make = cargo("cyclonedx --quiet --manifest-path cli/Cargo.toml --format json --spec-version 1.5");
    run_program(make.args(["--target", "x86_64-unknown-linux-gnu", "--override-filename", NAME]))?;
    let bill = collect()?;
    let components = components(&bill)?;
    std::fs::write(&args.file, serde_json::to_vec_pretty(&bill)?)
        .with_context(|| format!("{}: cannot be written", args.file.display()))?;
    eprintln!("    {} lists {components} crates", args.file.display());
    Ok(())
}

/// Takes the bill of `wayseal`, and removes those that were written beside the manifests of its parts.
fn collect() -> Result<Value> {
    let name = format!("{NAME}.json");
    let path = PathBuf::from("cli").join(&name);
    let text = std::fs::read(&path).with_context(|| format!("{}: was not made", path.display()))?;
    for member in workspace::members()? {
        let stray = member.folder.join(&name);
        if stray.is_file() {
            std::fs::remove_file(&stray)
                .with_context(|| format!("{}: cannot be removed", stray.display()))?;
        }
    }
    serde_json::from_slice(&text).with_context(|| format!("{}: is not JSON", path.display()))
}

/// How many components it has, each with a version and a licence.
fn components(bill: &Value) -> Result<usize> {
    let all = bill.get("components").and_then(Value::as_array);
    let all = all.context("the bill of materials has no components")?;
    let is_whole =
        |component: &&Value| component.get("version").is_some() && component.get("licenses").is_some();
    if let Some(partial) = all.iter().find(|component| !is_whole(component)) {
        bail!("the bill of materials has no version or licence of {:?}", partial.get("name"));
    }
    Ok(all.len())
}
