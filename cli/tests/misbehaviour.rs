//! `--misbehaviour-psid`: whose service a misbehaviour authority's messages are.

#![allow(missing_docs, reason = "a test")]

mod support;

use std::path::Path;

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use support::{text, wayseal, write};
use v2x_ca::issuer::self_signed;
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::Template;
use v2x_ca::services::{ServiceRange, issuing, its_services, permission};
use v2x_ca::{Policy, Role};
use v2x_codec::time::{Duration, Time32, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto};

/// The service in this test: its real number is TS 102 965's to say.
const SERVICE: u64 = 38;
const START: Time32 = Time32::from_seconds(700_000_000);
const LATER: &str = "700000060000000";

fn key() -> PrivateKey {
    PrivateKey::generate(Curve::NistP256, &mut UnwrapErr(SysRng)).expect("a key")
}

/// A root that may give the service, and an authority that it gave it to, as files in `folder`.
fn authority(folder: &Path) {
    let (root_key, own, encryption) = (key(), key(), key());
    let validity = ValidityPeriod { start: START, duration: Duration::Years(1) };
    let mut template = Template::root("root", *root_key.public_key(), validity, &its_services());
    template.issue_permissions.push(issuing(&[ServiceRange::up_to(SERVICE, &[1])], 1, 0));
    let mut ledger = MemoryLedger::new();
    let signer = RustCrypto.signer(&root_key).expect("a signer");
    let root = self_signed(&template, &*signer, &Policy::EU, RequestDigest::of(b"root"), START, &mut ledger)
        .expect("a root");
    let issuer = v2x_ca::Issuer::new(Role::RootCa, root.clone(), signer, Policy::EU).expect("an issuer");
    let template = Template::misbehaviour_authority(
        "misbehaviour authority",
        *own.public_key(),
        *encryption.public_key(),
        validity,
        permission(SERVICE, &[1]),
    );
    let made = issuer.issue(&template, RequestDigest::of(b"authority"), START, &mut ledger).expect("issued");
    write(folder, "root.cert", root.octets());
    write(folder, "authority.cert", made.octets());
    write(folder, "authority.key", &own.to_pkcs8_der().expect("it encodes"));
}

#[test]
fn a_misbehaviour_authority_is_believed_in_the_service_that_is_named_and_in_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    authority(folder.path());
    let file = |name: &str| text(&folder.path().join(name));
    let (trust, message) = (text(folder.path()), file("message"));
    let psid = SERVICE.to_string();
    let (cert, key) = (file("authority.cert"), file("authority.key"));
    let place = ["--location", "52.52,13.405", "--rules", "none"];
    let sign =
        ["sign", "--cert", &cert, "--key", &key, "--psid", &psid, "--time", LATER, "--out", &message, "cafe"];
    wayseal([&sign[..], &place].concat()).exits(0);
    let judged = |more: &[&str]| {
        let all = ["--json", "verify", "--trust", &trust, &message];
        wayseal([&all[..], more].concat())
    };
    for wrong in [&[][..], &["--misbehaviour-psid", "139"]] {
        let refused = judged(wrong).exits(1).json();
        assert!(!refused.to_string().contains("\"verified\":1"), "{refused}");
    }
    judged(&["--misbehaviour-psid", &psid]).exits(0);
}
