//! `wayseal verify` and `wayseal explain` on foreign messages, certificates and captures, and on rubbish.

#![allow(missing_docs, reason = "a test")]

mod support;

use std::path::{Path, PathBuf};

use support::{Run, cam, oracle, packet, text, vectors, wayseal, wayseal_with_input, write};
use v2x_codec::capture::PcapWriter;
use v2x_codec::time::Time64;

/// A moment at which the tickets of ETSI's pool are valid, as signing takes it and as the foreign signer takes it.
const TIME: &str = "2019-06-01T12:00:00Z";
const TIME_MICROS: &str = "486475205000000";

fn pool() -> Option<PathBuf> {
    Some(vectors()?.join("etsi_pool"))
}

fn verify(trust: &Path, file: &str) -> Run {
    wayseal(["verify", "--trust", &text(trust), file])
}

/// A message of a pool's ticket with our CAM in it.
fn signed(pool: &Path, folder: &Path, name: &str, options: &[&str]) -> Vec<u8> {
    let (cert, key) = (text(&pool.join("CERT_IUT_A_AT.oer")), text(&pool.join("CERT_IUT_A_AT.vkey")));
    let (out, payload) = (text(&folder.join(name)), cam());
    let all = ["sign", "--cert", &cert, "--key", &key, "--psid", "36", "--out", &out, &payload];
    wayseal([&all[..], options].concat()).exits(0);
    std::fs::read(out).expect("the message")
}

#[test]
fn foreign_messages_meet_the_verdict_that_they_deserve() {
    let Some(vectors) = vectors() else { return };
    // On-road messages whose issuers are not in the vectors; packets without security; lists with their signers.
    let cases = [
        ("gn/cit_cam_p256_cert_345_xonly.hex", 3),
        ("gn/cit_cam_p256_cert_368.hex", 3),
        ("gn/cit_cam_p256_cert_463.hex", 3),
        ("gn/cit_cam_p256_digest_181.hex", 3),
        ("gn/cit_data1609_cam_389.hex", 3),
        ("gn/cit_unsecured_0.hex", 1),
        ("gn/cit_unsecured_1.hex", 1),
        ("gn/cit_unsecured_2.hex", 1),
        ("trust/eu_ectl_l2_CE4CF6C19BFED720.oer", 0),
        ("trust/eu_tlm_l2_E7A4B2B045E7ACF9.oer", 0),
        ("scms/crl_2020-2025.oer", 0),
        ("scms/iss_v2x_root.oer", 0),
        ("cert/cit_at_0.oer", 3),
        ("cert/cit_at_1.oer", 3),
        ("cert/cit_at_2.oer", 3),
        ("negative/ectl_nested_150_deep.oer", 1),
        ("pcap/geonet_v0_and_calm_fast.pcap", 1),
        ("pcap/cve-2014-8768-Geonet.pcap", 2),
        ("pcap/geonet-mac-lookup-heapoverflow.pcap", 2),
    ];
    let [pool, trust, scms] = ["etsi_pool", "trust", "scms"].map(|name| text(&vectors.join(name)));
    for (name, code) in cases {
        let file = text(&vectors.join(name));
        let all = ["verify", "--trust", &pool, "--trust", &trust, "--trust", &scms, &file];
        wayseal(all).exits(code);
        let explained = [&["explain"], &all[1..]].concat();
        wayseal(explained).exits(code);
    }
}

#[test]
fn every_certificate_of_etsis_pool_verifies_to_its_root() {
    let Some(pool) = pool() else { return };
    let files = std::fs::read_dir(&pool).expect("a folder").map(|entry| entry.expect("a file").path());
    let certificates: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "oer"))
        .map(|path| text(&path))
        .collect();
    assert_eq!(certificates.len(), 15);
    let trust = text(&pool);
    let all = ["verify".to_owned(), "--json".to_owned(), "--trust".to_owned(), trust];
    let json = wayseal(all.iter().chain(&certificates)).exits(0).json();
    assert_eq!(json.pointer("/summary/verified"), Some(&15.into()));
    assert_eq!(json.pointer("/trust/roots"), Some(&1.into()));
    assert_eq!(json.pointer("/trust/otherFiles"), Some(&29.into()), "the keys");
}

#[test]
fn what_a_foreign_signer_makes_verifies() {
    let Some(pool) = pool() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for digest in [&[][..], &["--digest"]] {
        let Some(mut signer) = oracle("oracle_sign.py") else { return };
        signer.args([pool.join("CERT_IUT_A_AT.oer"), pool.join("CERT_IUT_A_AT.vkey")]);
        let answer = signer.args(["36", TIME_MICROS, &cam()]).args(digest).output().expect("it answers");
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        let file = write(folder.path(), "foreign.hex", &answer.stdout);
        let said = verify(&pool, &file).exits(0).out;
        assert!(said.contains("generated 2019-06-01T12:00:00Z"), "{said}");
        wayseal(["verify", "--trust", &text(&pool), "--at", TIME, &file]).exits(0);
    }
}

#[test]
fn the_messages_that_etsis_tickets_signed_after_their_end_are_refused_for_that() {
    let Some(vectors) = vectors() else { return };
    let list = std::fs::read(vectors.join("gn/oracle_signed_etsi_pool.json")).expect("the vector is there");
    let list: serde_json::Value = serde_json::from_slice(&list).expect("it is JSON");
    for message in list.as_array().expect("a list") {
        // Made in 2023 with tickets of 2019: the signatures are good, and a receiver refuses them all the same.
        let data = message.pointer("/data").and_then(|data| data.as_str()).expect("digits");
        let run = verify(&vectors.join("etsi_pool"), data).exits(1);
        assert!(run.out.contains("[certificate-expired]"), "{}", run.out);
    }
}

#[test]
fn a_capture_is_gone_through_and_its_signers_are_learnt() {
    let Some(pool) = pool() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    // The pool without its tickets: digests are known only from the capture.
    let trust = folder.path().join("trust");
    std::fs::create_dir(&trust).expect("it is made");
    for name in ["CERT_IUT_A_RCA.oer", "CERT_IUT_A_AA.oer"] {
        std::fs::copy(pool.join(name), trust.join(name)).expect("it is copied");
    }
    let by_certificate = packet(&signed(&pool, folder.path(), "1", &["--time", TIME]));
    let by_digest = packet(&signed(&pool, folder.path(), "2", &["--time", TIME, "--digest"]));
    let padded: Vec<u8> = by_digest.iter().copied().chain([0; 18]).collect();
    let capture = |packets: &[&[u8]]| {
        let mut writer = PcapWriter::new();
        for packet in packets {
            writer.push(Time64::from_micros(0), [2, 0, 0, 0, 0, 1], packet).expect("it is short");
        }
        writer.into_octets()
    };
    let good = capture(&[&by_certificate, &by_digest, &padded, &by_certificate]);
    let file = write(folder.path(), "good.pcap", &good);
    let run = verify(&trust, &file).exits(0);
    assert_eq!(run.out.lines().count(), 4, "{}", run.out);
    assert!(run.err.contains("4 verified, 0 refused, 0 unknown"), "{}", run.err);
    wayseal(["explain", "--trust", &text(&trust), "--frame", "3", &file]).exits(0);
    wayseal(["explain", "--trust", &text(&trust), "--frame", "5", &file]).complains("has no frame 5");

    let file = write(folder.path(), "early.pcap", &capture(&[&by_digest, &by_certificate]));
    verify(&trust, &file).exits(3);
    let mut forged = by_certificate.clone();
    *forged.last_mut().expect("octets") ^= 1;
    let file = write(folder.path(), "forged.pcap", &capture(&[&by_digest, &forged, &by_certificate]));
    let run = verify(&trust, &file).exits(1);
    let words: Vec<_> = ["unknown", "refused", "verified"].into_iter().zip(run.out.lines()).collect();
    assert!(words.iter().all(|(word, line)| line.contains(word)), "{}", run.out);

    let cut = write(folder.path(), "cut.pcap", good.split_at(good.len() - 7).0);
    let run = verify(&trust, &cut).complains("cut.pcap frame 4");
    assert_eq!(run.out.lines().count(), 3, "what was whole is judged: {}", run.out);
    let file = write(folder.path(), "ng.pcapng", &pcapng(&[&by_certificate, &padded]));
    verify(&trust, &file).exits(0);
}

/// A pcapng file by hand: section header, one Ethernet interface, enhanced packets.
fn pcapng(packets: &[&[u8]]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let length = u32::try_from(body.len() + 12).expect("it is short").to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &length].concat()
    };
    let section =
        block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat());
    let interface = block(1, &[1, 0, 0, 0, 0, 0, 4, 0]);
    let frames = packets.iter().flat_map(|packet| {
        let mut frame = [&[0xff; 6][..], &[2, 0, 0, 0, 0, 1], &[0x89, 0x47], packet].concat();
        let length = u32::try_from(frame.len()).expect("it is short").to_le_bytes();
        frame.resize(frame.len().next_multiple_of(4), 0);
        block(6, &[&[0; 12][..], &length, &length, &frame].concat())
    });
    [section, interface].into_iter().flatten().chain(frames).collect()
}

#[test]
fn messages_come_from_standard_input_and_as_digits_too() {
    let Some(pool) = pool() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let message = signed(&pool, folder.path(), "1", &["--time", TIME]);
    verify(&pool, &hex::encode(&message)).exits(0);
    wayseal_with_input(["verify", "--trust", &text(&pool), "-"], &message).exits(0);
    let digits = hex::encode(packet(&message));
    wayseal_with_input(["verify", "--trust", &text(&pool), "-"], digits.as_bytes()).exits(0);
}

#[test]
fn a_root_that_nobody_trusts_is_refused_and_what_it_issued_is_unknown() {
    let Some(vectors) = vectors() else { return };
    let (pool, trust) = (vectors.join("etsi_pool"), vectors.join("trust"));
    let said = verify(&trust, &text(&pool.join("CERT_IUT_A_RCA.oer"))).exits(1).out;
    assert!(said.contains("[untrusted-root]"), "{said}");
    verify(&trust, &text(&pool.join("CERT_IUT_A_AA.oer"))).exits(3);
}

#[test]
fn broken_certificates_in_a_trust_folder_are_left_out_and_named() {
    let Some(pool) = pool() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut root = std::fs::read(pool.join("CERT_IUT_A_RCA.oer")).expect("a root");
    *root.last_mut().expect("octets") ^= 1;
    write(folder.path(), "forged-root.oer", &root);
    write(folder.path(), "cut.oer", root.split_at(100).0);
    write(folder.path(), "notes.txt", b"not a certificate");
    let run = verify(folder.path(), &text(&pool.join("CERT_IUT_A_AA.oer"))).exits(3);
    assert!(run.err.contains("forged-root.oer: not used"), "{}", run.err);
    assert!(run.err.contains("cut.oer: not used"), "{}", run.err);
    assert!(run.err.contains("holds no certificate"), "{}", run.err);
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    let Some(pool) = pool() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (trust, dir) = (text(&pool), text(folder.path()));
    let garbage = write(folder.path(), "garbage", &[0xfe; 40]);
    let empty = write(folder.path(), "empty", &[]);
    for command in ["verify", "explain"] {
        let bad = |file: &str, words| {
            wayseal([command, "--trust", &trust, file]).complains(words);
            wayseal(["--json", command, "--trust", &trust, file]).complains(words);
        };
        bad(&garbage, "garbage: neither a message, a certificate nor a capture");
        bad(&empty, "empty: is empty");
        bad(&dir, "is a directory");
        bad("no-such-file", "no-such-file: no such file");
        wayseal([command, "--trust", "/no/such/folder", &garbage])
            .complains("/no/such/folder: no such folder");
        wayseal([command, "--trust", &garbage, &garbage])
            .complains("neither a folder, a certificate nor a list");
        wayseal([command, &garbage]).complains("--trust");
        wayseal([command, "--trust", &trust]).complains("<FILE>");
        wayseal([command, "--trust", &trust, "--at", "soon", &garbage]).complains("not a time");
        wayseal([command, "--trust", &trust, "--rules", "none", &garbage]).complains("none");
    }
}
