//! Octets from a file, from standard input or from the command line itself, in binary or in hexadecimal.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The largest input that a command reads: far above any message, certificate, list or useful capture.
const MAX_INPUT_OCTETS: u64 = 1 << 30;

/// Some octets and the words by which a report calls them.
pub(crate) struct Input {
    /// The file's name, `-`, or the first digits of an argument.
    pub(crate) name: String,
    /// What was read, hexadecimal text already turned into octets.
    pub(crate) octets: Vec<u8>,
}

/// Reads FILE, HEX or `-`: a name that exists as a file wins over the same letters read as digits.
pub(crate) fn read(argument: &str) -> Result<Input> {
    if argument == "-" {
        let octets = read_bounded(std::io::stdin().lock(), "standard input")?;
        return Ok(Input { name: "-".into(), octets: unhex(octets) });
    }
    if Path::new(argument).exists() {
        return read_file(Path::new(argument));
    }
    match parse_hex(argument.as_bytes()) {
        Some(octets) if !octets.is_empty() => Ok(Input { name: shortened(argument), octets }),
        _ => bail!("{}: no such file, and not hexadecimal digits either", shortened(argument)),
    }
}

/// Reads a file, whose hexadecimal text is turned into octets.
pub(crate) fn read_file(path: &Path) -> Result<Input> {
    Ok(Input { name: path.display().to_string(), octets: unhex(read_raw(path)?) })
}

/// Reads a file as it is.
pub(crate) fn read_raw(path: &Path) -> Result<Vec<u8>> {
    let name = path.display().to_string();
    if path.is_dir() {
        bail!("{name}: is a directory, a file is needed");
    }
    let file = File::open(path).with_context(|| format!("{name}: cannot be opened"))?;
    read_bounded(file, &name)
}

fn read_bounded(source: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    source
        .take(MAX_INPUT_OCTETS + 1)
        .read_to_end(&mut octets)
        .with_context(|| format!("{name}: cannot be read"))?;
    if octets.len() as u64 > MAX_INPUT_OCTETS {
        bail!("{name}: larger than {MAX_INPUT_OCTETS} octets");
    }
    if octets.is_empty() {
        bail!("{name}: is empty");
    }
    Ok(octets)
}

/// Octets that are the digits of other octets become those; any other octets stay as they are.
fn unhex(octets: Vec<u8>) -> Vec<u8> {
    match parse_hex(&octets) {
        Some(parsed) if !parsed.is_empty() => parsed,
        _ => octets,
    }
}

/// Hexadecimal digits, with white space and colons between them allowed.
fn parse_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.iter().copied().filter(|octet| !octet.is_ascii_whitespace() && *octet != b':').collect();
    hex::decode(digits).ok()
}

/// An argument cut down to what fits a line of a report.
fn shortened(argument: &str) -> String {
    const SHOWN: usize = 24;
    if argument.chars().count() <= SHOWN {
        return argument.to_owned();
    }
    argument.chars().take(SHOWN).chain("…".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_with_white_space_and_colons_are_octets() {
        assert_eq!(parse_hex(b"03 81:00\n40"), Some(vec![3, 0x81, 0, 0x40]));
        assert_eq!(parse_hex(b"03 8"), None);
    }

    #[test]
    fn an_argument_that_is_neither_file_nor_digits_is_named_in_the_error() {
        let error = read("no-such-file.cert").err().map(|error| error.to_string());
        assert_eq!(
            error.as_deref(),
            Some("no-such-file.cert: no such file, and not hexadecimal digits either")
        );
    }

    #[test]
    fn an_odd_number_of_digits_is_not_taken_for_octets() {
        assert!(read("0381004").is_err());
        assert_eq!(read("03810040").map(|input| input.octets).ok(), Some(vec![3, 0x81, 0, 0x40]));
    }
}
