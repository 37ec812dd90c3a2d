//! The list of vectors, and the files themselves.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// One file of `../shared/vectors` with what its manifest says of it.
#[derive(Clone, Debug)]
pub struct Entry {
    folder: PathBuf,
    /// Its place below the folder of the vectors.
    pub path: String,
    /// SHA-256 of its octets, in hexadecimal.
    pub sha256: String,
    /// Whether and how another implementation verified it.
    pub verified: String,
}

/// Every entry of the manifest; none where the vectors are missing, under the rule of
/// [`shared_dir`](crate::shared_dir).
///
/// # Panics
/// If the manifest is not the list that it should be.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let Some(folder) = crate::shared_dir().map(|dir| dir.join("vectors")) else { return Vec::new() };
    let manifest = fs::read_to_string(folder.join("manifest.json")).expect("the manifest is there");
    let manifest: Vec<Value> = serde_json::from_str(&manifest).expect("the manifest is a list");
    manifest.iter().map(|entry| Entry::new(&folder, entry)).collect()
}

/// Every file below the folder of the vectors, in order, without the manifest and what explains it.
///
/// # Panics
/// If a folder cannot be listed.
#[must_use]
pub fn files() -> Vec<String> {
    let Some(folder) = crate::shared_dir().map(|dir| dir.join("vectors")) else { return Vec::new() };
    let folders = listed(&folder).into_iter().filter(|path| path.is_dir());
    let mut files: Vec<_> =
        folders.flat_map(|inner| listed(&inner)).map(|path| relative(&folder, &path)).collect();
    files.sort();
    files
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of vectors can be listed");
    entries.map(|entry| entry.expect("an entry can be read").path()).collect()
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}

impl Entry {
    fn new(folder: &Path, entry: &Value) -> Self {
        let text = |field: &str| {
            entry.get(field).and_then(Value::as_str).expect("an entry has its fields").to_owned()
        };
        Self {
            folder: folder.to_owned(),
            path: text("path"),
            sha256: text("sha256"),
            verified: text("verified"),
        }
    }

    /// The file as it is.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn read(&self) -> Vec<u8> {
        self.beside(&self.path)
    }

    /// Another file of the vectors.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn beside(&self, path: &str) -> Vec<u8> {
        fs::read(self.folder.join(path)).expect("a vector can be read")
    }

    /// What the file holds: its octets, or those that its hexadecimal digits stand for.
    ///
    /// # Panics
    /// If it cannot be read, or its digits are none.
    #[must_use]
    pub fn octets(&self) -> Vec<u8> {
        let read = self.read();
        if self.path.ends_with(".hex") { from_hex(&String::from_utf8_lossy(&read)) } else { read }
    }

    /// The file as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.read()).expect("the file is JSON")
    }

    /// The folder that it is in.
    #[must_use]
    pub fn group(&self) -> &str {
        self.path.split_once('/').map_or("", |(group, _)| group)
    }

    /// Its name without the folder.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.split_once('/').map_or(&self.path, |(_, name)| name)
    }
}

/// Octets from hexadecimal digits.
///
/// # Panics
/// If `text` is something else.
#[must_use]
pub fn from_hex(text: &str) -> Vec<u8> {
    hex::decode(text.trim()).expect("hexadecimal digits")
}
