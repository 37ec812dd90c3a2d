//! Where the shared test vectors are, and what happens when they are not there.

#![allow(dead_code, reason = "each test binary uses its own part of this module")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// As [`files`], for files of hex digits.
pub(crate) fn hex_files(folder: &Path, suffix: &str) -> Vec<(String, Vec<u8>)> {
    let decode = |(name, text): (String, Vec<u8>)| (name, unhex(&String::from_utf8_lossy(&text)));
    files(folder, suffix).into_iter().map(decode).collect()
}

/// Octets from hex digits.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text.trim()).expect("a vector is hex")
}

/// The 300 BSMs that stations of a US pilot signed.
pub(crate) fn us_pilot(folder: &Path) -> Vec<Vec<u8>> {
    let path = folder.join("scms/us_pilot_signed_300.jsonl");
    let lines = fs::read_to_string(path).expect("the messages can be read");
    let message = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        unhex(line.get("hex").and_then(|hex| hex.as_str()).expect("a line has hex"))
    };
    lines.lines().map(message).collect()
}

/// What the foreign decoder prints for `octets` of `kind`; nothing when it is not installed, under the rule of
/// [`vectors`].
pub(crate) fn oracle_decode(kind: &str, octets: &[u8]) -> Option<Vec<u8>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracle/oracle_decode.py");
    let home = std::env::var_os("HOME").unwrap_or_default();
    let python = Path::new(&home).join(".cache/v2x-oracle/bin/python");
    if !(script.is_file() && python.is_file()) {
        assert!(std::env::var_os("CI").is_none(), "{} or {} is missing", script.display(), python.display());
        eprintln!("not run: {} or {} is missing", script.display(), python.display());
        return None;
    }
    let run = Command::new(python).arg(script).arg(kind).arg(hex::encode(octets)).output();
    Some(run.expect("the foreign decoder starts").stdout)
}
