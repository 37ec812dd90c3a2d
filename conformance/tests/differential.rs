//! Mutants of real messages through our decoders and through ones that this project did not write: where both accept,
//! they read the same; where they disagree, the reason is one of those named here.
//!
//! `WAYSEAL_MUTANTS` says how many mutants of each vector; `cargo xtask reliability differential` runs the long form.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests, which fail by panicking and report on standard output"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use conformance::manifest::{self, from_hex};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use rasn_its::ieee1609dot2 as its;
use serde_json::Value;
use v2x_codec::ieee1609dot2::{Certificate, CoerType, Ieee1609Dot2Data, decode, encode};
use v2x_codec::inspect::inspect;
use v2x_codec::view::Packet;
use v2x_codec::{CodecError, ErrorKind, cam, denm, uper};

/// Mutants of each vector.
fn mutants(few: usize) -> usize {
    std::env::var("WAYSEAL_MUTANTS").ok().and_then(|count| count.parse().ok()).unwrap_or(few)
}

/// `original` with up to three changes. Half of them keep to the grammar: a small step of an octet's value, or one
/// octet copied over another, leave lengths and choices alone more often than noise does.
fn mutant(original: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut octets = original.to_vec();
    for _ in 0..=random.next_u32() % 3 {
        let at = random.next_u32() as usize % octets.len();
        let other = octets[random.next_u32() as usize % octets.len()];
        match random.next_u32() % 8 {
            0 => octets.truncate(at.max(1)),
            1 => octets.insert(at, other),
            2 if octets.len() > 1 => drop(octets.remove(at)),
            3 => octets[at] = random.next_u32() as u8,
            4 => octets[at] = octets[at].wrapping_add(1),
            5 => octets[at] = octets[at].wrapping_sub(1),
            6 => octets[at] = other,
            _ => octets[at] ^= 1 << (random.next_u32() % 8),
        }
    }
    octets
}

fn all_mutants(originals: &[Vec<u8>], few: usize) -> Vec<Vec<u8>> {
    let mut random = ChaCha8Rng::seed_from_u64(15);
    let each = mutants(few);
    let mutants = originals.iter().flat_map(|original| (0..each).map(move |_| original));
    originals
        .iter()
        .cloned()
        .chain(mutants.map(|original| mutant(original, &mut random)).collect::<Vec<_>>())
        .collect()
}

/// What the foreign decoder of `kind` says to each input; nothing where it is missing.
fn ask(kind: &str, inputs: &[Vec<u8>]) -> Option<Vec<Value>> {
    let folder = conformance::shared_dir()?.join("oracle");
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let environment = home.join(".cache/v2x-oracle");
    let python = environment.join("bin/python");
    if !conformance::present(python.is_file(), "the oracle's Python environment") {
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/decode_batch.py");
    let mut command = Command::new(python);
    command.arg(script).arg(&folder).env("PYTHONPATH", environment).current_dir(&folder);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: String = inputs.iter().map(|octets| format!("{kind} {}\n", hex::encode(octets))).collect();
    let mut stdin = process.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), inputs.len(), "the foreign decoder of {kind} ended early");
    Some(answers)
}

/// What came of one input.
#[derive(Default)]
struct Tally {
    both_accept: usize,
    both_refuse: usize,
    /// Disagreements by their reason.
    explained: BTreeMap<&'static str, usize>,
    unexplained: Vec<String>,
}

impl Tally {
    fn report(self, kind: &str) {
        let Self { both_accept, both_refuse, explained, unexplained } = self;
        let count = unexplained.len();
        println!(
            "{kind}: {both_accept} accepted and {both_refuse} refused by both, {count} disagreements without a reason; \
             with one: {explained:?}"
        );
        let shown: Vec<_> = unexplained.into_iter().take(5).collect();
        assert!(shown.is_empty(), "{kind}: {count} disagreements without a reason:\n{}", shown.join("\n"));
        assert!(both_accept > 0, "{kind}: mutants that nobody accepts show nothing");
    }
}

/// Holds our answers against theirs. `ours` gives the fields and the octets of the encoding of what it accepts.
fn compare(kind: &str, inputs: &[Vec<u8>], ours: impl Fn(&[u8]) -> Result<(Value, Vec<u8>), CodecError>) {
    let Some(answers) = ask(kind, inputs) else { return };
    let mut tally = Tally::default();
    for (octets, theirs) in inputs.iter().zip(&answers) {
        let shown = || hex::encode(octets);
        match (ours(octets), theirs.get("value")) {
            (Ok((fields, again)), Some(value)) => {
                tally.both_accept += 1;
                if let Some(path) = difference("", &fields, value) {
                    tally.unexplained.push(format!("{} differs at {path}", shown()));
                }
                // Both write canonical forms: what one gives back unchanged, the other does.
                if theirs["reencode_identical"] == true && again != *octets {
                    tally.unexplained.push(format!("{} became {}", shown(), hex::encode(again)));
                }
            }
            (Err(_), None) => tally.both_refuse += 1,
            (Err(error), Some(_)) => match reason(error, theirs) {
                Some(reason) => *tally.explained.entry(reason).or_default() += 1,
                None => tally.unexplained.push(format!("{} is refused by us alone: {error}", shown())),
            },
            (Ok(_), None) if theirs.get("limit").is_some() => {
                *tally.explained.entry("the foreign decoder ran into a limit").or_default() += 1;
            }
            (Ok((_, again)), None) if again != *octets => {
                *tally.explained.entry("a form that we read and do not write").or_default() += 1;
            }
            (Ok(_), None) => {
                tally.unexplained.push(format!("{} is refused by them alone: {}", shown(), theirs["error"]));
            }
        }
    }
    tally.report(kind);
}

/// Why we refuse what a decoder of the plain ASN.1 accepts; nothing for a disagreement that should not be.
fn reason(error: CodecError, theirs: &Value) -> Option<&'static str> {
    if theirs["reencode_identical"] != true {
        return Some("not canonical, or octets are left over");
    }
    // The foreign decoder calls the values of an edition to come by this name.
    if theirs["value"].to_string().contains("_ext_") {
        return Some("an extension of an edition to come");
    }
    let named = [
        (ErrorKind::Unsupported, "a named refusal: SM2, SM3, another message or edition"),
        (ErrorKind::TooDeep, "a limit of ours"),
        (ErrorKind::TooMany, "a limit of ours"),
        (ErrorKind::Profile, "a rule between fields"),
    ];
    named.into_iter().find(|(kind, _)| *kind == error.kind).map(|(_, reason)| reason)
}

/// Where two values differ, as far as both write them alike: bit strings and DEFAULTs have other notations, and a payload
/// that we recognise is shown in the place of its octets.
fn difference(path: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => ours.iter().find_map(|(name, value)| {
            theirs.get(name).and_then(|theirs| difference(&format!("{path}/{name}"), value, theirs))
        }),
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            ours.iter().zip(theirs).find_map(|(ours, theirs)| difference(path, ours, theirs))
        }
        (Value::Array(_), Value::Array(_)) => Some(format!("{path}: lengths")),
        (Value::Number(_), Value::Number(_)) | (Value::Bool(_), Value::Bool(_)) => {
            (ours != theirs).then(|| format!("{path}: {ours} and {theirs}"))
        }
        // A value that the foreign module, an older edition, does not know.
        (Value::String(_), Value::String(theirs)) if theirs.starts_with("_ext_") => None,
        (Value::String(ours), Value::String(theirs)) => {
            (!ours.eq_ignore_ascii_case(theirs)).then(|| format!("{path}: {ours} and {theirs}"))
        }
        _ => None,
    }
}

fn coer<T: CoerType>(octets: &[u8]) -> Result<(Value, Vec<u8>), CodecError> {
    let value = decode::<T>(octets)?;
    let again = encode(&value)?;
    Ok((inspect(octets)?.fields, again))
}

fn facility<M: v2x_codec::facility::FacilityMessage>(octets: &[u8]) -> Result<(Value, Vec<u8>), CodecError> {
    let message: M = uper::decode(octets, M::NAME)?;
    Ok((message.to_json()?, uper::encode(&message, M::NAME)?))
}

/// Certificates of the ETSI pool, and from the road.
fn certificates() -> Vec<Vec<u8>> {
    let is_one = |entry: &manifest::Entry| {
        entry.path.ends_with(".oer") && ["etsi_pool", "cert"].contains(&entry.group())
    };
    manifest::entries().iter().filter(|entry| is_one(entry)).map(manifest::Entry::octets).collect()
}

/// The secured data of packets from the road.
fn secured_data() -> Vec<Vec<u8>> {
    let is_one = |entry: &manifest::Entry| entry.group() == "gn" && entry.path.ends_with(".hex");
    let packets: Vec<_> =
        manifest::entries().iter().filter(|entry| is_one(entry)).map(manifest::Entry::octets).collect();
    let data = |octets: &Vec<u8>| Some(Packet::parse(octets).ok()?.secured()?.octets.to_vec());
    packets.iter().filter_map(data).collect()
}

/// The random vectors of a kind of facility message.
fn random_messages(kind: &str) -> Vec<Vec<u8>> {
    let Some(shared) = conformance::shared_dir() else { return Vec::new() };
    let text = fs::read_to_string(shared.join(format!("vectors/uper_random/{kind}_seed1.json"))).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    vectors.iter().map(|vector| from_hex(vector["hex"].as_str().unwrap())).collect()
}

#[test]
fn certificates_are_read_as_by_pycrate() {
    compare("cert", &all_mutants(&certificates(), 40), coer::<Certificate>);
}

#[test]
fn secured_data_is_read_as_by_pycrate() {
    compare("data1609", &all_mutants(&secured_data(), 150), coer::<Ieee1609Dot2Data>);
}

#[test]
fn cams_are_read_as_by_pycrate() {
    compare("cam", &all_mutants(&random_messages("cam"), 20), facility::<cam::r1::CAM>);
}

#[test]
fn denms_are_read_as_by_pycrate() {
    compare("denm", &all_mutants(&random_messages("denm"), 20), facility::<denm::r1::DENM>);
}

/// Only octets that our scan let through may reach `rasn-its`, which trusts every quantity that it reads.
#[test]
fn what_we_accept_rasn_its_accepts_and_writes_alike() {
    let mut accepted = 0;
    for octets in all_mutants(&certificates(), 400) {
        let Ok(certificate) = decode::<Certificate>(&octets) else { continue };
        let contents = &certificate.to_be_signed;
        // It puts extension additions on the wire without their lengths.
        let is_extended = contents.flags.is_some()
            || contents.app_extensions.is_some()
            || contents.cert_issue_extensions.is_some()
            || contents.cert_request_extension.is_some();
        if is_extended {
            continue;
        }
        let theirs = rasn::coer::decode::<its::Certificate>(&octets);
        let theirs = theirs.unwrap_or_else(|error| panic!("{}: {error}", hex::encode(&octets)));
        assert_eq!(
            rasn::coer::encode(&theirs).unwrap(),
            encode(&certificate).unwrap(),
            "{}",
            hex::encode(&octets)
        );
        accepted += 1;
    }
    println!("{accepted} certificates accepted by both");
    assert!(accepted > 0 || certificates().is_empty());
}
