//! Debian packages: installed when we may, else named in one line that can be pasted.

use anyhow::{Result, bail};

use crate::process::{is_installed, output, program, run, succeeds};

/// A program that is needed, and the packages that bring it.
pub(crate) struct Need {
    pub(crate) program: &'static str,
    /// Arguments with which it must succeed, where being there is not enough.
    pub(crate) probe: &'static [&'static str],
    pub(crate) packages: &'static [&'static str],
}

impl Need {
    fn is_met(&self) -> bool {
        is_installed(self.program)
            && (self.probe.is_empty() || succeeds(program(self.program).args(self.probe)))
    }
}

/// Makes sure that each program is there.
///
/// As root with apt-get the missing packages are installed; otherwise the error is the line to run.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<&str> =
        needs.iter().filter(|need| !need.is_met()).flat_map(|need| need.packages).copied().collect();
    if missing.is_empty() {
        eprintln!("    all {} needed programs are installed", needs.len());
        return Ok(());
    }
    if !is_root() || !is_installed("apt-get") {
        bail!(
            "missing packages; run this, then start again:\n\n    sudo apt-get install -y --no-install-recommends {}\n",
            missing.join(" ")
        );
    }
    install(&missing)
}

fn install(packages: &[&str]) -> Result<()> {
    run(apt().args(["update", "-qq"]))?;
    run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

fn apt() -> std::process::Command {
    let mut command = program("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    output(program("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
