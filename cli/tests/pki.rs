//! From an empty folder to verified messages: `pki init`, `pki issue-at`, `pki issue-ec`, `sign`, `verify`, `explain`.

#![allow(missing_docs, reason = "a test")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{cam, oracle, text, wayseal, write};

/// A PKI in a folder of its own, which goes away with it.
struct Pki {
    folder: tempfile::TempDir,
}

impl Pki {
    fn new(options: &[&str]) -> Self {
        let pki = Self { folder: tempfile::tempdir().expect("a folder") };
        let dir = pki.dir();
        wayseal([&["pki", "init", &dir][..], options].concat()).exits(0);
        pki
    }

    fn dir(&self) -> String {
        self.file("pki")
    }

    fn file(&self, name: &str) -> String {
        text(&self.folder.path().join(name))
    }

    /// A ticket for CAM and DENM in `name.cert`.
    fn ticket(&self, name: &str, options: &[&str]) {
        let (dir, out) = (self.dir(), self.file(&format!("{name}.cert")));
        let all = ["pki", "issue-at", &dir, "--psid", "36", "--psid", "37", "--out", &out];
        wayseal([&all[..], options].concat()).exits(0);
    }

    /// A CAM signed by the ticket `name`.
    fn cam(&self, name: &str, options: &[&str]) -> String {
        let file = |ending: &str| self.file(&format!("{name}.{ending}"));
        let (cert, key, out) = (file("cert"), file("key"), file("message"));
        let time: &[&str] = if options.contains(&"--time") { &[] } else { &["--time", "now"] };
        let payload = cam();
        let all = ["sign", "--cert", &cert, "--key", &key, "--psid", "36", "--out", &out, &payload];
        wayseal([&all[..], options, time].concat()).exits(0);
        out
    }

    fn verify(&self, file: &str) -> support::Run {
        wayseal(["verify", "--trust", &self.dir(), file])
    }
}

#[test]
fn everything_that_init_makes_verifies() {
    for curve in ["P-256", "P-384", "brainpoolP256r1", "brainpoolP384r1"] {
        let pki = Pki::new(&["--curve", curve, "--country", "65535"]);
        for name in ["root.cert", "ea.cert", "aa.cert", "tlm.cert", "ctl.oer", "ectl.oer", "crl.oer"] {
            let file = text(&pki.folder.path().join("pki").join(name));
            let said = pki.verify(&file).exits(0).out;
            assert!(said.contains(": verified: "), "{said}");
            wayseal(["inspect", &file]).exits(0);
        }
    }
}

#[test]
fn what_is_issued_and_signed_verifies_here_and_elsewhere() {
    let pki = Pki::new(&[]);
    let dir = pki.dir();
    for curve in ["P-256", "P-384", "brainpoolP256r1", "brainpoolP384r1"] {
        pki.ticket(curve, &["--curve", curve]);
        let message = pki.cam(curve, &[]);
        let said = pki.verify(&message).exits(0).out;
        assert!(said.contains("up to root"), "{said}");
        assert_eq!(said.lines().count(), 1);
        // The foreign decoder's edition of the module has no P-384.
        let Some(mut judge) = oracle("oracle_verify.py").filter(|_| curve != "P-384") else { continue };
        let answer = judge.args(["msg", &message, "--certs", &dir]).output().expect("it answers");
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stdout));
    }
}

#[test]
fn what_an_implicit_ticket_signs_verifies_here_and_elsewhere() {
    for curve in ["P-256", "brainpoolP256r1"] {
        let pki = Pki::new(&["--curve", curve]);
        let (dir, aa) = (pki.dir(), text(&pki.folder.path().join("pki/aa.cert")));
        pki.ticket("small", &["--implicit"]);
        pki.ticket("large", &["--curve", curve]);
        let length = |name: &str| std::fs::metadata(pki.file(name)).expect("a file").len();
        assert!(length("small.cert") + 60 < length("large.cert"));
        pki.verify(&pki.file("small.cert")).exits(0);
        for options in [&["--issuer", &aa][..], &["--issuer", &aa, "--digest"]] {
            let message = pki.cam("small", options);
            let said = wayseal(["verify", "--trust", &text(pki.folder.path()), &message]).exits(0).out;
            assert!(said.contains("up to root"), "{said}");
            // The foreign verifier reconstructs keys on P-256 only.
            let Some(mut judge) = oracle("oracle_verify.py").filter(|_| curve == "P-256") else { continue };
            std::fs::copy(pki.file("small.cert"), format!("{dir}/small.cert")).expect("it is copied");
            let answer = judge.args(["msg", &message, "--certs", &dir]).output().expect("it answers");
            assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stdout));
        }
    }
}

#[test]
fn an_implicit_ticket_needs_its_issuer_and_its_own_key() {
    let pki = Pki::new(&[]);
    pki.ticket("small", &["--implicit"]);
    pki.ticket("other", &[]);
    let (cert, key, other) = (pki.file("small.cert"), pki.file("small.key"), pki.file("other.key"));
    let authority = |name: &str| text(&pki.folder.path().join("pki").join(name));
    let (aa, ea) = (authority("aa.cert"), authority("ea.cert"));
    let sign = |key: &str, more: &[&str], words: &str| {
        let all = ["sign", "--cert", &cert, "--key", key, "--psid", "36", "--time", "now", "cafe"];
        wayseal([&all[..], more].concat()).complains(words);
    };
    sign(&key, &[], "give the explicit certificate of its issuer with --issuer");
    sign(&key, &["--issuer", &cert], "give the explicit certificate of its issuer with --issuer");
    sign(&key, &["--issuer", &ea], "the key does not belong to certificate");
    sign(&other, &["--issuer", &aa], "the key does not belong to certificate");
}

#[test]
fn implicit_tickets_are_issued_on_256_bit_curves_only() {
    let pki = Pki::new(&["--curve", "P-384"]);
    let (dir, out) = (pki.dir(), pki.file("at.cert"));
    let issue = ["pki", "issue-at", &dir, "--psid", "36", "--implicit", "--out", &out];
    wayseal(issue).complains("ECQV on NistP384 is not supported");
    wayseal([&issue[..], &["--curve", "P-256"]].concat()).complains("cannot be used with");
    assert!(!Path::new(&out).exists());
}

#[test]
fn explain_shows_every_check_with_its_clause() {
    let pki = Pki::new(&[]);
    pki.ticket("at", &[]);
    let message = pki.cam("at", &[]);
    let dir = pki.dir();
    let shown = wayseal(["explain", "--trust", &dir, &message]).exits(0).out;
    for words in ["message signature", "TS 103 097 V2.2.1 clause 5.2", "chain ends in a trusted root"] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    assert!(!shown.contains("FAILED"), "{shown}");
    let json = wayseal(["--json", "explain", "--trust", &dir, &message]).exits(0).json();
    let checks = json.pointer("/checks").and_then(Value::as_array).expect("checks");
    assert!(checks.len() > 20, "{json}");
    assert!(checks.iter().all(|check| check.pointer("/passed") == Some(&true.into())));
}

#[test]
fn a_changed_octet_is_refused_wherever_it_is() {
    let pki = Pki::new(&[]);
    pki.ticket("at", &[]);
    let octets = std::fs::read(pki.cam("at", &[])).expect("the message");
    // The version and the choice say what it is; behind them, a change makes it false or no message at all.
    for place in (2..octets.len()).step_by(9) {
        let mut changed = octets.clone();
        changed[place] ^= 0x01;
        let file = write(pki.folder.path(), "changed", &changed);
        let run = pki.verify(&file);
        // A certificate that names another issuer may be somebody else's.
        assert!(matches!(run.code, Some(1 | 3)), "octet {place}: {}", run.out);
        assert!(!run.out.contains("verified"), "{}", run.out);
    }
    let mut forged = octets;
    *forged.last_mut().expect("octets") ^= 1;
    let file = write(pki.folder.path(), "forged", &forged);
    let said = pki.verify(&file).exits(1).out;
    assert!(said.contains("[bad-message-signature]"), "{said}");
    let dir = pki.dir();
    let shown = wayseal(["explain", "--trust", &dir, &file]).exits(1).out;
    assert!(shown.contains("FAILED  message signature"), "{shown}");
}

#[test]
fn a_signer_that_nobody_vouches_for_is_unknown() {
    let (pki, other) = (Pki::new(&[]), Pki::new(&[]));
    other.ticket("at", &[]);
    let message = other.cam("at", &[]);
    let said = pki.verify(&message).exits(3).out;
    assert!(said.contains(": unknown: ") && said.contains("[unknown-issuer]"), "{said}");
    wayseal(["explain", "--trust", &pki.dir(), &message]).exits(3);

    let by_digest = other.cam("at", &["--digest"]);
    let said = other.verify(&by_digest).exits(3).out;
    assert!(said.contains("[unknown-signer]"), "{said}");
    // The ticket's folder holds the PKI's too.
    wayseal(["verify", "--trust", &text(other.folder.path()), &by_digest]).exits(0);
}

#[test]
fn a_bad_signature_under_an_unknown_issuer_is_refused() {
    let (pki, other) = (Pki::new(&[]), Pki::new(&[]));
    other.ticket("at", &[]);
    let mut octets = std::fs::read(other.cam("at", &[])).expect("the message");
    *octets.last_mut().expect("octets") ^= 1;
    let file = write(pki.folder.path(), "forged", &octets);
    let said = pki.verify(&file).exits(1).out;
    assert!(said.contains("[bad-message-signature]"), "{said}");
}

#[test]
fn one_refused_among_unknown_ones_counts() {
    let (pki, other) = (Pki::new(&[]), Pki::new(&[]));
    pki.ticket("at", &[]);
    other.ticket("at", &[]);
    let (good, unknown) = (pki.cam("at", &[]), other.cam("at", &[]));
    let mut octets = std::fs::read(&good).expect("the message");
    *octets.last_mut().expect("octets") ^= 1;
    let bad = write(pki.folder.path(), "forged", &octets);
    let dir = pki.dir();
    wayseal(["verify", "--trust", &dir, &good, &unknown]).exits(3);
    let run = wayseal(["--json", "verify", "--trust", &dir, &good, &bad, &unknown]).exits(1);
    let json = run.json();
    assert_eq!(json.pointer("/summary/verified"), Some(&1.into()));
    assert_eq!(json.pointer("/summary/refused"), Some(&1.into()));
    assert_eq!(json.pointer("/summary/unknown"), Some(&1.into()));
    assert_eq!(json.pointer("/trust/roots"), Some(&1.into()));
    assert_eq!(json.pointer("/messages/1/reason/code"), Some(&"bad-message-signature".into()));
}

#[test]
fn time_is_the_messages_own_unless_another_is_given() {
    let pki = Pki::new(&["--start", "2020-01-01T00:00:00Z"]);
    pki.ticket("at", &["--start", "2020-01-02T00:00:00Z"]);
    let message = pki.cam("at", &["--time", "2020-01-03T00:00:00Z"]);
    pki.verify(&message).exits(0);
    let at = |time: &str| wayseal(["verify", "--trust", &pki.dir(), "--at", time, &message]);
    at("2020-01-03T00:00:00.5Z").exits(0);
    assert!(at("now").exits(1).out.contains("too-old"));
    assert!(at("2020-01-02T00:00:00Z").exits(1).out.contains("from-the-future"));
    let (ticket, dir) = (pki.file("at.cert"), pki.dir());
    pki.verify(&ticket).exits(0);
    let said = wayseal(["verify", "--trust", &dir, "--at", "now", &ticket]).exits(1).out;
    assert!(said.contains("[certificate-expired]"), "{said}");
}

#[test]
fn a_trust_list_manager_vouches_for_lists_only() {
    let pki = Pki::new(&[]);
    let dir = pki.dir();
    let tlm = |name: &str| text(&Path::new(&dir).join(name));
    let out = pki.file("message");
    let signed = [
        "sign",
        "--cert",
        &tlm("tlm.cert"),
        "--key",
        &tlm("tlm.key"),
        "--psid",
        "36",
        "--time",
        "now",
        "--rules",
        "none",
        "--out",
        &out,
        &cam(),
    ];
    wayseal(signed).exits(0);
    let said = pki.verify(&out).exits(1).out;
    assert!(said.contains("[trust-list-manager-only]"), "{said}");
}

#[test]
fn keys_are_for_their_owner_and_encrypted_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = text(&folder.path().join("pki"));
    let passphrase = write(folder.path(), "passphrase", b"open sesame\n");
    wayseal(["pki", "init", &dir, "--passphrase-file", &passphrase]).exits(0);
    for name in ["root.key", "ea.key", "aa.key", "tlm.key", "ea.enc.key", "aa.enc.key"] {
        let path = Path::new(&dir).join(name);
        let pem = std::fs::read_to_string(&path).expect("a key");
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{name}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
    let out = text(&folder.path().join("at.cert"));
    let issue = ["pki", "issue-at", &dir, "--psid", "36", "--out", &out];
    wayseal(issue).complains("a passphrase is needed");
    let wrong = write(folder.path(), "wrong", b"abracadabra");
    wayseal([&issue[..], &["--passphrase-file", &wrong]].concat()).complains("wrong passphrase");
    let run = support::program().args(issue).env("WAYSEAL_PASSPHRASE", "open sesame").output();
    support::Run::from(run.expect("it runs")).exits(0);
    wayseal(["verify", "--trust", &dir, &out]).exits(0);
}

#[test]
fn an_enrolment_credential_is_issued() {
    let pki = Pki::new(&[]);
    let (dir, out) = (pki.dir(), pki.file("ec.cert"));
    wayseal(["pki", "issue-ec", &dir, "--name", "station-1", "--out", &out]).exits(0);
    pki.verify(&out).exits(0);
}

#[test]
fn an_authority_is_certified_by_its_request_and_changes_its_keys() {
    let pki = Pki::new(&[]);
    let (dir, request, cert) = (pki.dir(), pki.file("second.request"), pki.file("second.cert"));
    let asked =
        wayseal(["--json", "pki", "request-ca", "aa", "--name", "Second AA", "--out", &request]).exits(0);
    let json = asked.json();
    let fingerprint = json.pointer("/fingerprint").and_then(Value::as_str).expect("a fingerprint");
    let issue =
        |more: &[&str]| wayseal([&["pki", "issue-ca", &dir, &request, "--out", &cert], more].concat());
    issue(&[]).complains("no approved application has this request's fingerprint");
    let form = ["--approve", "ea", "--fingerprint", fingerprint];
    issue(&form).complains("asked for as authorization authority, approved as enrolment authority");
    issue(&["--approve", "aa", "--fingerprint", &"0".repeat(64)]).complains("no approved application");
    issue(&["--approve", "aa", "--fingerprint", "beef"]).complains("not a fingerprint");
    issue(&["--approve", "aa"]).complains("--fingerprint");
    issue(&["--approve", "aa", "--fingerprint", fingerprint]).exits(0);
    let said = pki.verify(&cert).exits(0).out;
    assert!(said.contains(": verified: "), "{said}");

    let (next, next_cert) = (pki.file("next.request"), pki.file("next.cert"));
    wayseal(["pki", "request-ca", "aa", "--rekey", &dir, "--out", &next]).exits(0);
    wayseal(["pki", "issue-ca", &dir, &next, "--out", &next_cert]).exits(0);
    pki.verify(&next_cert).exits(0);
    // The authority takes its new certificate and keys into use.
    for (from, to) in [("cert", "aa.cert"), ("key", "aa.key"), ("enc.key", "aa.enc.key")] {
        std::fs::copy(pki.file(&format!("next.{from}")), Path::new(&dir).join(to)).expect("it is copied");
    }
    pki.ticket("at", &[]);
    pki.verify(&pki.cam("at", &[])).exits(0);
    wayseal(["pki", "issue-ca", &dir, &next, "--out", &next_cert, "--force"]).complains("is known");
    wayseal(["pki", "request-ca", "aa", "--out", &next]).complains("--name");
    wayseal(["pki", "request-ca", "ea", "--name", "EA", "--out", &pki.file("x.key")])
        .complains("give the request another ending");
    wayseal(["pki", "issue-ca", &dir, &cert, "--out", &pki.file("y.cert")])
        .complains("not a CA certificate request");
}

#[test]
fn nothing_is_overwritten_unasked() {
    let pki = Pki::new(&[]);
    let dir = pki.dir();
    let before = std::fs::read(Path::new(&dir).join("root.cert")).expect("a certificate");
    wayseal(["pki", "init", &dir]).complains("exists already; give --force");
    assert_eq!(std::fs::read(Path::new(&dir).join("root.cert")).expect("a certificate"), before);
    wayseal(["pki", "init", &dir, "--force"]).exits(0);
    assert_ne!(std::fs::read(Path::new(&dir).join("root.cert")).expect("a certificate"), before);
    pki.ticket("at", &[]);
    let out = pki.file("at.cert");
    wayseal(["pki", "issue-at", &dir, "--psid", "36", "--out", &out]).complains("exists already");
}

#[test]
fn what_may_not_be_issued_is_not() {
    let pki = Pki::new(&["--country", "276"]);
    let (dir, out) = (pki.dir(), pki.file("at.cert"));
    let issue = |options: &[&str], words: &str| {
        wayseal([&["pki", "issue-at", &dir, "--out", &out][..], options].concat()).complains(words);
        assert!(!Path::new(&out).exists(), "{options:?}");
    };
    issue(&["--psid", "32", "--ssp", "01"], "more than the issuer may give");
    issue(&["--psid", "36", "--ssp", "02FFFC"], "more than the issuer may give");
    issue(&["--psid", "36", "--valid-for", "30d"], "longer than the policy allows");
    issue(&["--psid", "36", "--country", "250"], "refused by lint");
    issue(&["--psid", "9999"], "PSID 9999: no rights are known");
    issue(&["--psid", "36", "--psid", "37", "--ssp", "01FFFC"], "2 --psid but 1 --ssp");
    issue(&["--psid", "36", "--ssp", "zz"], "not an SSP");
    issue(&["--psid", "36", "--valid-for", "soon"], "not a length of time");
    issue(&["--psid", "36", "--circle", "1,2"], "not a position");
    issue(&["--psid", "36", "--circle", "here"], "not a circle");
    issue(&["--psid", "36", "--curve", "P-521"], "not the name of a known curve");
    issue(&[], "--psid");
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let (dir, out) = (text(&folder.path().join("none")), text(&folder.path().join("at.cert")));
    wayseal(["pki", "issue-at", &dir, "--psid", "36", "--out", &out]).complains("no such folder");
    let empty = text(folder.path());
    wayseal(["pki", "issue-at", &empty, "--psid", "36", "--out", &out])
        .complains("aa.cert: cannot be opened");
    wayseal(["pki", "init", &dir, "--curve", "SM2"]).complains("SM2 is not supported");
    wayseal(["pki", "init", &dir, "--start", "soon"]).complains("not a time");
    wayseal(["pki", "init", &dir, "--service", "638"]).complains("give PSID:SSP");
    wayseal(["pki", "init", &dir, "--passphrase-file", "/no/such/file"]).complains("cannot be opened");
    let file = write(folder.path(), "file", b"x");
    wayseal(["pki", "init", &file]).complains("cannot be made");
    wayseal(["pki"]).complains("");
    assert!(!Path::new(&dir).exists(), "nothing was made");
    let pki = Pki::new(&[]);
    let aa = |name: &str| text(&Path::new(&pki.dir()).join(name));
    std::fs::copy(aa("ea.key"), aa("aa.key")).expect("it is copied");
    wayseal(["pki", "issue-at", &pki.dir(), "--psid", "36", "--out", &out])
        .complains("does not go with aa.cert");
}
