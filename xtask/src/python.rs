//! Programs from the Python registry, each kind in an environment of its own below `target`.

use std::path::Path;

use anyhow::Result;

use crate::debian::{self, Need};
use crate::process::{program, run};

/// Makes the environment, unless it is there, and installs what `arguments` of pip name; what is there already costs a second.
pub(crate) fn environment(folder: &Path, arguments: &[&str]) -> Result<()> {
    debian::ensure(&[Need {
        program: "python3",
        probe: &["-c", "import ensurepip"],
        packages: &["python3-venv"],
    }])?;
    let python = folder.join("bin/python");
    if !python.is_file() {
        run(program("python3").args(["-m", "venv"]).arg(folder))?;
    }
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(program(python).args(pip).args(arguments))
}
