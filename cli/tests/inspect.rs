//! `wayseal inspect` on foreign octets and on rubbish.

#![allow(missing_docs, reason = "a test")]

mod support;

use support::{text, vectors, wayseal, wayseal_with_input, write};

#[test]
fn a_certificate_is_named_and_its_fields_are_those_of_the_asn1() {
    let Some(vectors) = vectors() else { return };
    let file = text(&vectors.join("cert/cit_at_0.oer"));
    let shown = wayseal(["inspect", &file]).exits(0);
    assert!(shown.out.starts_with("Certificate, 188 octets, HashedId8 6D97C0994752F608\n"), "{}", shown.out);
    assert!(shown.out.contains("start: 627655425  (2023-11-21T12:43:40Z)"), "{}", shown.out);
    let json = wayseal(["--json", "inspect", &file]).exits(0).json();
    assert_eq!(json.pointer("/hashedId8").and_then(|id| id.as_str()), Some("6D97C0994752F608"));
    assert_eq!(json.pointer("/fields/toBeSigned/appPermissions/0/psid"), Some(&36.into()));
}

#[test]
fn a_packet_is_shown_from_a_file_from_digits_and_from_standard_input() {
    let Some(vectors) = vectors() else { return };
    let file = vectors.join("gn/cit_cam_p256_digest_181.hex");
    let digits = std::fs::read_to_string(&file).expect("the vector is there");
    let from_file = wayseal(["inspect", &text(&file)]).exits(0).out;
    assert!(from_file.contains("generationDeltaTime"), "{from_file}");
    assert_eq!(wayseal(["inspect", digits.trim()]).exits(0).out, from_file);
    assert_eq!(wayseal_with_input(["inspect", "-"], digits.as_bytes()).exits(0).out, from_file);
}

#[test]
fn every_frame_of_a_capture_is_shown_or_said_to_be_no_packet() {
    let Some(vectors) = vectors() else { return };
    let file = text(&vectors.join("pcap/geonet_v0_and_calm_fast.pcap"));
    let shown = wayseal(["inspect", &file]).exits(0).out;
    assert!(shown.lines().all(|line| line.starts_with("frame ")), "{shown}");
    let json = wayseal(["--json", "inspect", &file]).exits(0).json();
    let frames = json.pointer("/frames").and_then(|frames| frames.as_array()).map(Vec::len);
    assert_eq!(frames, Some(shown.lines().count()));
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let garbage = write(folder.path(), "garbage", &[0xfe; 40]);
    let empty = write(folder.path(), "empty", &[]);
    let cases: [(&str, &str); 7] = [
        ("no-such-file", "no such file, and not hexadecimal digits"),
        (&garbage, "garbage: not a packet, message, certificate or list"),
        (&empty, "empty: is empty"),
        (&text(folder.path()), "is a directory"),
        ("038100", "not a packet"),
        ("0381004003", "not a packet"),
        ("", "no such file"),
    ];
    for (argument, words) in cases {
        wayseal(["inspect", argument]).complains(words);
        wayseal(["--json", "inspect", argument]).complains(words);
    }
    wayseal(["inspect"]).complains("required");
    wayseal_with_input(["inspect", "-"], b"").complains("standard input: is empty");
}

#[test]
fn a_nesting_bomb_is_refused() {
    let Some(vectors) = vectors() else { return };
    let file = text(&vectors.join("negative/ectl_nested_150_deep.oer"));
    wayseal(["inspect", &file]).complains("not a packet");
}
