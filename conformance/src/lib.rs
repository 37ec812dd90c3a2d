//! Vectors, ETSI test purposes by their ids, and interoperability tests.
//!
//! Vectors and foreign tools lie beside the project, in `../shared` seen from its root. A test that needs them asks
//! [`shared_dir`] and ends early without them, except where the environment names itself `CI`.

pub mod manifest;
pub mod message;
pub mod pki;
pub mod receiving;
pub mod region;

use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// The folder beside the project that holds vectors and foreign tools.
///
/// Without it, the answer is `None` and a line on standard error says that the test was not run.
///
/// # Panics
/// If the folder is missing and `CI` is set: there, a test that does not run is a failure.
#[must_use]
pub fn shared_dir() -> Option<PathBuf> {
    let dir = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    present(dir.is_dir(), "the vectors in ../shared").then_some(dir)
}

/// Whether `what` is there for a test; says so on standard error if not.
///
/// # Panics
/// If it is missing and `CI` is set.
#[must_use]
#[expect(clippy::panic, reason = "in CI a test that cannot run must fail, and this is how a test fails")]
pub fn present(is_there: bool, what: &str) -> bool {
    if !is_there {
        if std::env::var_os("CI").is_some_and(|ci| !ci.is_empty()) {
            panic!("{what} is missing, and CI is set");
        }
        eprintln!("not run: {what} is missing");
    }
    is_there
}

/// Runs a script of `../shared/oracle`, a decoder or verifier that this project did not write.
///
/// Without the scripts or their Python environment, the answer is `None` and a line on standard error says that the
/// test was not run.
///
/// # Panics
/// If they are missing and `CI` is set, or the script cannot be started.
#[must_use]
#[expect(clippy::panic, reason = "a second opinion that cannot be asked is a failed test")]
pub fn oracle(script: &str, arguments: &[&str]) -> Option<Output> {
    let scripts = shared_dir()?.join("oracle");
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let environment = home.join(".cache/v2x-oracle");
    let python = environment.join("bin/python");
    present(python.is_file(), "the oracle's Python environment").then(|| {
        let mut command = Command::new(python);
        // The compiled modules of TS 102 941 lie in the environment's root.
        command.arg(scripts.join(script)).args(arguments).env("PYTHONPATH", environment).current_dir(scripts);
        let output = command.output();
        output.unwrap_or_else(|error| panic!("the oracle cannot be started: {error}"))
    })
}
