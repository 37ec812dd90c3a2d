//! Real messages, certificates and captures, where they are at hand.

use std::fs;
use std::path::Path;

/// The octets of the vectors that a target's parser reads; none where `../shared/vectors` is missing.
#[must_use]
pub fn vectors(target: &str) -> Vec<Vec<u8>> {
    let folders: &[&str] = match target {
        "packet" => &["gn"],
        "data" => &["gn", "trust", "negative"],
        "certificate" | "trusted_certificate" => &["etsi_pool", "cert", "trust", "scms"],
        "ts102941" | "inspect" => &["trust", "scms", "etsi_pool"],
        "cam_r1" | "cam_r2" | "denm_r1" | "denm_r2" | "vam" => &["uper"],
        "capture" => &["pcap"],
        _ => &[],
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    folders.iter().flat_map(|folder| files(&root.join(folder))).collect()
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| octets(path)).collect()
}

fn octets(path: &Path) -> Option<Vec<u8>> {
    let file = fs::read(path).ok()?;
    match path.extension()?.to_str()? {
        "oer" | "pcap" => Some(file),
        "hex" => unhex(core::str::from_utf8(&file).ok()?.trim()),
        _ => None,
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect())
}
