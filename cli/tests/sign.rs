//! `wayseal sign` with the keys of ETSI's test pool, checked by a foreign verifier.

#![allow(missing_docs, reason = "a test")]

mod support;

use std::path::Path;

use support::{oracle, text, vectors, wayseal, write};

/// A moment at which the tickets of ETSI's pool are valid: 2019-06-01.
const TIME: &str = "2019-06-01T12:00:00Z";

fn arguments(pool: &Path, more: &[&str]) -> Vec<String> {
    let file = |name: &str| text(&pool.join(name));
    let mut all = vec![
        "sign".to_owned(),
        "--cert".to_owned(),
        file("CERT_IUT_A_AT.oer"),
        "--key".to_owned(),
        file("CERT_IUT_A_AT.vkey"),
    ];
    all.extend(more.iter().map(|&argument| argument.to_owned()));
    all
}

#[test]
fn what_is_signed_verifies_elsewhere() {
    let Some(pool) = vectors().map(|vectors| vectors.join("etsi_pool")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for (name, more) in [("by-certificate", &[][..]), ("by-digest", &["--digest"])] {
        let out = text(&folder.path().join(name));
        let options = ["--psid", "141", "--time", TIME, "--out", &out, "cafe"];
        wayseal(arguments(&pool, &[&options, more].concat())).exits(0);
        let Some(mut judge) = oracle("oracle_verify.py") else { return };
        let answer = judge.arg("msg").arg(&out).arg("--certs").arg(&pool).output().expect("it answers");
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        assert!(answer.status.success(), "{said}");
        assert!(said.contains("message: SIGNATURE OK"), "{said}");
    }
}

#[test]
fn without_a_file_the_message_comes_as_digits() {
    let Some(pool) = vectors().map(|vectors| vectors.join("etsi_pool")) else { return };
    let signed = wayseal(arguments(&pool, &["--psid", "141", "--time", TIME, "cafe"])).exits(0);
    assert!(signed.out.starts_with("038100400380"), "{}", signed.out);
    let mut json = arguments(&pool, &["--psid", "141", "--time", TIME, "cafe"]);
    json.insert(0, "--json".into());
    let document = wayseal(json).exits(0).json();
    let digits = document.pointer("/message").and_then(|message| message.as_str());
    assert!(digits.is_some_and(|digits| digits.starts_with("038100400380")), "{document}");
}

#[test]
fn what_receivers_would_refuse_is_not_signed() {
    let Some(pool) = vectors().map(|vectors| vectors.join("etsi_pool")) else { return };
    let refused = |more: &[&str], words| {
        wayseal(arguments(&pool, more)).complains(words);
    };
    refused(&["--psid", "32", "--time", TIME, "cafe"], "no appPermissions for PSID 32");
    refused(&["--psid", "36", "--time", "2024-01-01T00:00:00Z", "cafe"], "is valid from");
    let unchecked = ["--psid", "36", "--time", "2024-01-01T00:00:00Z", "--rules", "none", "cafe"];
    wayseal(arguments(&pool, &unchecked)).exits(0);
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    let Some(pool) = vectors().map(|vectors| vectors.join("etsi_pool")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let bad = |more: &[&str], words| {
        wayseal(arguments(&pool, more)).complains(words);
    };
    bad(&["--psid", "141", "--time", "yesterday", "cafe"], "yesterday: not a time");
    bad(&["--psid", "CAM", "--time", TIME, "cafe"], "CAM");
    bad(&["--psid", "141", "--time", TIME, "no-such-file"], "no such file");
    bad(&["--psid", "141", "--time", TIME], "PAYLOAD");
    bad(&["--psid", "141", "--time", TIME, "--location", "91,0", "cafe"], "latitude 91");
    bad(&["--psid", "141", "--time", TIME, "--out", "/no/such/folder/file", "cafe"], "cannot be written");

    let with = |cert: &str, key: &str, words| {
        let all = ["sign", "--cert", cert, "--key", key, "--psid", "141", "--time", TIME, "cafe"];
        wayseal(all).complains(words);
    };
    let cert = text(&pool.join("CERT_IUT_A_AT.oer"));
    let key = text(&pool.join("CERT_IUT_A_AT.vkey"));
    let other = text(&pool.join("CERT_IUT_A1_AT.vkey"));
    let garbage = write(folder.path(), "garbage", &[0xfe; 40]);
    with(&cert, &other, "the key does not belong to certificate");
    with(&cert, &garbage, "not a private key");
    with(&garbage, &key, "not a certificate");
    with(&key, &key, "not a certificate");
    with("no-such-file", &key, "no-such-file: cannot be opened");
    with(&cert, "no-such-file", "no-such-file: cannot be opened");
    with(&cert, &text(folder.path()), "is a directory");
}
