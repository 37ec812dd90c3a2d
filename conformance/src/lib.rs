//! Vectors, ETSI test purposes by their ids, and interoperability tests.
//!
//! Vectors and foreign tools lie beside the project, in `../shared` seen from its root. A test that needs them asks
//! [`shared_dir`] and ends early without them, except where the environment names itself `CI`.

pub mod manifest;

use std::path::PathBuf;

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
