//! Where the shared test vectors are, and what happens when they are not there.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the vectors. When it is missing, tests that need it fail where `CI` is set; elsewhere they say that
/// they did not run.
pub(crate) fn vectors() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
    eprintln!("not run: {} is missing", folder.display());
    None
}

/// Every file of `folder` whose name ends in `.suffix`, with its octets, in the order of the names.
pub(crate) fn files(folder: &Path, suffix: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let paths = entries.map(|entry| entry.expect("an entry can be read").path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|found| found == suffix)).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no .{suffix} in {}", folder.display());
    paths.into_iter().map(|path| (name(&path), fs::read(&path).expect("a vector can be read"))).collect()
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
