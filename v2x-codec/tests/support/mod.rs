//! Where the shared test vectors are, and what happens when they are not there.

#![allow(dead_code, reason = "each test binary uses its own part of this module")]

pub(crate) mod values;

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

/// Octets of the random facility messages of one kind.
pub(crate) fn random_messages(kind: &str) -> Vec<Vec<u8>> {
    let Some(folder) = vectors() else { return Vec::new() };
    let path = folder.join(format!("uper_random/{kind}_seed1.json"));
    let file = fs::read_to_string(path).expect("the random messages can be read");
    let file: serde_json::Value = serde_json::from_str(&file).expect("they are JSON");
    let messages = file.get("vectors").and_then(|found| found.as_array()).expect("there is a list of them");
    let digits = |message: &serde_json::Value| message.get("hex").and_then(|hex| hex.as_str()).map(unhex);
    messages.iter().map(|message| digits(message).expect("a message has hex")).collect()
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

/// How many mutants of each vector a test makes: `WAYSEAL_MUTANTS`, or `few`.
pub(crate) fn mutants(few: u64) -> u64 {
    std::env::var("WAYSEAL_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(few)
}

/// A small generator, so that a failure comes back with the same numbers (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// `original` with a few bits flipped, octets replaced, inserted or removed, or its end cut off.
pub(crate) fn mutant(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut octets = original.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(octets.len());
        match random.below(5) {
            0 => octets.truncate(at.max(1)),
            1 => octets.insert(at, random.next() as u8),
            2 => drop(octets.remove(at)),
            3 => octets.splice(at..=at, [random.next() as u8]).for_each(drop),
            _ => octets.iter_mut().skip(at).take(1).for_each(|octet| *octet ^= 1 << random.below(8)),
        }
        if octets.is_empty() {
            octets.push(0);
        }
    }
    octets
}
