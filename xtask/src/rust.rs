//! What the Rust toolchain must bring beside itself: targets and cargo's own additions.

use anyhow::{Result, bail};

use crate::process::{cargo, is_installed, output, program, run, succeeds};

/// Makes sure that the standard library for a target is there.
pub(crate) fn ensure_target(target: &str) -> Result<()> {
    if has_target(target) {
        return Ok(());
    }
    if !is_installed("rustup") {
        bail!("this toolchain has no standard library for {target}, and there is no rustup to fetch it");
    }
    run(program("rustup").args(["target", "add", target]))
}

fn has_target(target: &str) -> bool {
    let folder = output(program("rustc").args(["--print", "target-libdir", "--target", target]));
    folder.is_ok_and(|folder| std::path::Path::new(folder.trim()).is_dir())
}

/// Makes sure that a toolchain has a component.
pub(crate) fn ensure_component(toolchain: &str, component: &str) -> Result<()> {
    let there =
        output(program("rustup").args(["component", "list", "--installed", "--toolchain", toolchain]));
    if there.is_ok_and(|list| list.lines().any(|line| line.starts_with(component))) {
        return Ok(());
    }
    if !is_installed("rustup") {
        bail!("the {toolchain} toolchain has no {component}, and there is no rustup to fetch it");
    }
    run(program("rustup").args(["component", "add", "--toolchain", toolchain, component]))
}

/// Whether `cargo NAME` exists.
pub(crate) fn has_cargo_command(name: &str) -> bool {
    succeeds(cargo(name).arg("--version"))
}

/// Makes sure that `cargo NAME` exists, building it from the registry when it does not.
///
/// Built without optimisation: these tools spend their time in the compiler, and a build of theirs counts as ours.
pub(crate) fn ensure_cargo_command(name: &str) -> Result<()> {
    if has_cargo_command(name) {
        return Ok(());
    }
    run(cargo("install --locked --debug --quiet").arg(format!("cargo-{name}")))
}
