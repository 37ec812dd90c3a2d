//! What the CA makes, read and verified by implementations that this project did not write: certificates of every
//! profile on every curve, trust lists and revocation lists.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use conformance::oracle;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use std::{path::Path, process::Output, sync::Arc};
use v2x_ca::{
    Role,
    implicit::Issuance,
    lab::{Lab, Plan},
    ledger::{MemoryLedger, RequestDigest},
    lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, sign_crl, tlm_entry},
    policy::Policy,
    profile::{Key, Template},
    services::{CAM, DENM, ServiceRange, issuing, permission},
};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, RustCrypto};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::{
    certificate::Certificate,
    permission::Psid,
    trust::{TrustProfile, TrustStore},
};

const START: Time32 = Time32::from_seconds(700_000_000);
/// The service of the misbehaviour authority in this test: its real number is TS 102 965's to say.
const MISBEHAVIOUR: u64 = 38;

/// The curves that the foreign decoder's edition of the ASN.1 knows; P-384 came later.
const KNOWN_TO_THE_ORACLE: [Curve; 3] = [Curve::NistP256, Curve::BrainpoolP256r1, Curve::BrainpoolP384r1];

struct Made {
    folder: tempfile::TempDir,
    lab: Lab,
}

fn made(curve: Curve) -> Made {
    let mut rng = ChaCha20Rng::seed_from_u64(curve as u64);
    let mut plan = Plan { curve, ..Plan::new("oracle", START) };
    plan.services.push(ServiceRange::up_to(MISBEHAVIOUR, &[1]));
    Made { folder: tempfile::tempdir().unwrap(), lab: Lab::new(&plan, &RustCrypto, &mut rng).unwrap() }
}

impl Made {
    fn write(&self, name: &str, octets: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        path.display().to_string()
    }

    fn write_authorities(&self) -> String {
        for (at, certificate) in self.lab.certificates().iter().enumerate() {
            self.write(&format!("{at}.cert"), certificate.octets());
        }
        self.folder.path().display().to_string()
    }
}

fn text(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}\n{err}")
}

/// One certificate of each profile, the lab's own among them.
fn every_profile(made: &Made, curve: Curve) -> Vec<(Role, Certificate)> {
    let mut rng = ChaCha20Rng::seed_from_u64(99);
    let mut key = |curve| *PrivateKey::generate(curve, &mut rng).unwrap().public_key();
    let year = ValidityPeriod { start: START, duration: Duration::Years(1) };
    let week = ValidityPeriod { start: START, duration: Duration::Hours(168) };
    let permissions = vec![permission(CAM, &[1, 0xFF, 0xFC]), permission(DENM, &[1, 0xFF, 0xFF, 0xFF])];
    let lab = &made.lab;
    let mut list = vec![
        (Role::RootCa, lab.root.certificate.clone()),
        (Role::EnrolmentAuthority, lab.enrolment_authority.certificate.clone()),
        (Role::AuthorizationAuthority, lab.authorization_authority.certificate.clone()),
        (Role::TrustListManager, lab.trust_list_manager.certificate.clone()),
    ];
    let credential = Template::enrolment_credential("station", key(curve), year);
    let mut ticket = Template::authorization_ticket(Key::Verification(key(curve)), week, permissions);
    ticket.encryption_key = Some(key(Curve::NistP256));
    ticket.assurance = Some(0x60);
    for (member, issuer, template) in [
        (&lab.enrolment_authority, Role::EnrolmentAuthority, credential),
        (&lab.authorization_authority, Role::AuthorizationAuthority, ticket),
    ] {
        let issuer = member.issuer(issuer, Policy::EU, &RustCrypto).unwrap();
        let mut ledger = MemoryLedger::new();
        let made = issuer.issue(&template, RequestDigest::of(b"one"), START, &mut ledger);
        list.push((template.role, made.unwrap()));
    }
    list.extend(implicit_ticket(lab).map(|ticket| (Role::AuthorizationTicket, ticket)));
    list.push((Role::MisbehaviourAuthority, misbehaviour_authority(curve)));
    list
}

/// An implicit ticket, where the curve has them. Its key is checked elsewhere, by the messages that it signs.
fn implicit_ticket(lab: &Lab) -> Option<Certificate> {
    let aa = &lab.authorization_authority;
    let issuer = aa.issuer(Role::AuthorizationAuthority, lab.policy, &RustCrypto).unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(98);
    let station = PrivateKey::generate(aa.signing.curve(), &mut rng).unwrap();
    let issuance = Issuance::new(&issuer, &aa.signing, station.public_key(), &mut rng).ok()?;
    let week = ValidityPeriod { start: START, duration: Duration::Hours(168) };
    let template =
        Template::authorization_ticket(issuance.key(), week, vec![permission(CAM, &[1, 0xFF, 0xFC])]);
    let mut ledger = MemoryLedger::new();
    let ticket = issuance.issue(&template, RequestDigest::of(b"implicit"), START, &mut ledger).unwrap();
    assert!(ticket.certificate.is_implicit());
    Some(ticket.certificate)
}

/// A root that may give the misbehaviour service, and the authority that it gives it to.
fn misbehaviour_authority(curve: Curve) -> Certificate {
    let (issuer, _) = misbehaviour_root(curve);
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let own = *PrivateKey::generate(curve, &mut rng).unwrap().public_key();
    let encryption = *PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng).unwrap().public_key();
    let year = ValidityPeriod { start: START, duration: Duration::Years(1) };
    let service = permission(MISBEHAVIOUR, &[1]);
    let template = Template::misbehaviour_authority("misbehaviour", own, encryption, year, service);
    let mut ledger = MemoryLedger::new();
    issuer.issue(&template, RequestDigest::of(b"ma"), START, &mut ledger).unwrap()
}

fn misbehaviour_root(curve: Curve) -> (v2x_ca::Issuer, Certificate) {
    use v2x_crypto::Provider as _;
    let key = PrivateKey::generate(curve, &mut ChaCha20Rng::seed_from_u64(8)).unwrap();
    let validity = ValidityPeriod { start: START, duration: Duration::Years(2) };
    let services = v2x_ca::services::its_services();
    let mut template = Template::root("misbehaviour root", *key.public_key(), validity, &services);
    template.issue_permissions.push(issuing(&[ServiceRange::up_to(MISBEHAVIOUR, &[1])], 1, 0));
    let (signer, request) = (RustCrypto.signer(&key).unwrap(), RequestDigest::of(b"root"));
    let mut ledger = MemoryLedger::new();
    let root =
        v2x_ca::issuer::self_signed(&template, &*signer, &Policy::EU, request, START, &mut ledger).unwrap();
    let issuer = v2x_ca::Issuer::new(Role::RootCa, root.clone(), signer, Policy::EU).unwrap();
    (issuer, root)
}

#[test]
fn certificates_of_every_profile_on_every_curve_are_read_and_verified() {
    for curve in KNOWN_TO_THE_ORACLE {
        let made = made(curve);
        let folder = made.write_authorities();
        made.write("misbehaviour-root.cert", misbehaviour_root(curve).1.octets());
        for (role, certificate) in every_profile(&made, curve) {
            let file = made.write("subject.oer", certificate.octets());
            let Some(read) = oracle("oracle_decode.py", &["cert", &file]) else { return };
            assert!(text(&read).contains("\"reencode_identical\": true"), "{curve} {role}: {}", text(&read));
            let Some(verified) = oracle("oracle_verify.py", &["cert", &file, "--certs", &folder]) else {
                return;
            };
            assert!(verified.status.success(), "{curve} {role}: {}", text(&verified));
            assert!(!text(&verified).contains("NOT"), "{curve} {role}: {}", text(&verified));
        }
        let is_short = curve.coordinate_len() == 32;
        assert_eq!(implicit_ticket(&made.lab).is_some(), is_short, "{curve}");
    }
}

#[test]
fn certificates_of_the_chain_on_p384_are_verified_by_the_other_provider() {
    let made = made(Curve::NistP384);
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(AwsLc));
    for certificate in made.lab.certificates() {
        trust.add_by_content(certificate.clone()).unwrap();
    }
    trust.add_root(misbehaviour_root(Curve::NistP384).1).unwrap();
    trust.set_misbehaviour_service(Psid(MISBEHAVIOUR));
    for (role, certificate) in every_profile(&made, Curve::NistP384) {
        assert!(trust.chain(&certificate).is_ok(), "{role}: {:?}", trust.chain(&certificate).err());
    }
}

#[test]
fn a_certificate_with_one_bit_changed_is_not_verified() {
    let made = made(Curve::NistP256);
    let folder = made.write_authorities();
    let mut octets = made.lab.authorization_authority.certificate.octets().to_vec();
    let last = octets.len() - 1;
    octets[last] ^= 1;
    let file = made.write("bent.oer", &octets);
    let Some(refused) = oracle("oracle_verify.py", &["cert", &file, "--certs", &folder]) else { return };
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
}

fn now() -> Time64 {
    Time64::from(START).saturating_add_micros(5_000_000)
}

fn due() -> Time32 {
    Time32::from_seconds(START.seconds() + 30 * 86_400)
}

fn root_list(lab: &Lab) -> TrustList {
    let entries = vec![
        ea_entry(&lab.enrolment_authority.certificate, "http://ea.example/aa", Some("http://ea.example"))
            .unwrap(),
        aa_entry(&lab.authorization_authority.certificate, "http://aa.example").unwrap(),
        dc_entry("http://dc.example", &[&lab.root.certificate]).unwrap(),
    ];
    TrustList::first(ListOf::RootCa, entries).unwrap()
}

fn assert_verified(made: &Made, name: &str, octets: &[u8], folder: &Path) {
    let file = made.write(name, octets);
    let folder = folder.display().to_string();
    let Some(read) = oracle("oracle_decode.py", &["data1609", &file]) else { return };
    assert!(text(&read).contains("\"reencode_identical\": true"), "{name}: {}", text(&read));
    let Some(verified) = oracle("oracle_verify.py", &["msg", &file, "--certs", &folder]) else { return };
    assert!(verified.status.success(), "{name}: {}", text(&verified));
}

#[test]
fn trust_lists_and_revocation_lists_are_read_and_verified() {
    for curve in KNOWN_TO_THE_ORACLE {
        let made = made(curve);
        made.write_authorities();
        let (lab, folder) = (&made.lab, made.folder.path());
        let root = lab.root.identity(&RustCrypto).unwrap();
        let tlm = lab.trust_list_manager.identity(&RustCrypto).unwrap();

        let first = root_list(lab);
        let full = first.sign_full(&root, now(), due(), &lab.policy).unwrap();
        assert_verified(&made, "rca-ctl.oer", &full, folder);
        let without_aa = first.entries().iter().filter(|entry| !is_aa(entry)).cloned().collect();
        let second = first.next(without_aa).unwrap();
        let delta = second.sign_delta(&first, &root, now(), due(), &lab.policy).unwrap();
        assert_verified(&made, "rca-delta.oer", &delta, folder);

        let roots = vec![
            tlm_entry(&lab.trust_list_manager.certificate, "http://cpoc.example").unwrap(),
            root_entry(&lab.root.certificate).unwrap(),
        ];
        let ectl = TrustList::first(ListOf::TrustListManager, roots).unwrap();
        let ectl = ectl.sign_full(&tlm, now(), due(), &lab.policy).unwrap();
        assert_verified(&made, "ectl.oer", &ectl, folder);

        let revoked = [lab.authorization_authority.certificate.hashed_id8()];
        let crl = sign_crl(&revoked, &root, now(), due(), &lab.policy).unwrap();
        assert_verified(&made, "crl.oer", &crl, folder);
    }
}

fn is_aa(entry: &v2x_codec::ts102941::CtlEntry) -> bool {
    matches!(entry, v2x_codec::ts102941::CtlEntry::Aa(_))
}

#[test]
fn link_certificates_are_read_and_verified() {
    let (old, next) = (made(Curve::BrainpoolP384r1), made(Curve::NistP256));
    old.write_authorities();
    old.write("next-root.cert", next.lab.root.certificate.octets());
    let folder = old.folder.path();
    let (old_root, next_root) =
        (old.lab.root.identity(&RustCrypto).unwrap(), next.lab.root.identity(&RustCrypto).unwrap());
    let tlm = old.lab.trust_list_manager.identity(&RustCrypto).unwrap();
    let tlm_link = v2x_ca::link::tlm_link(&tlm, &next.lab.trust_list_manager.certificate, now()).unwrap();
    assert_verified(&old, "tlm-link.oer", &tlm_link, folder);
    let root_link = v2x_ca::link::root_link(&old_root, &next_root, now()).unwrap();
    assert_verified(&old, "root-link.oer", &root_link, folder);
}

#[test]
fn ca_certificate_requests_are_read_and_verified() {
    use v2x_ca::request::{Application, Asked, answer};
    use v2x_crypto::Provider as _;
    for curve in KNOWN_TO_THE_ORACLE {
        let made = made(curve);
        let folder = made.write_authorities();
        let mut rng = ChaCha20Rng::seed_from_u64(21);
        let key = PrivateKey::generate(curve, &mut rng).unwrap();
        let encryption = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let signer = RustCrypto.signer(&key).unwrap();
        let current = &made.lab.authorization_authority;
        let year = ValidityPeriod { start: START, duration: Duration::Years(1) };
        let next = Asked::next(&current.certificate, *key.public_key(), *encryption.public_key(), year);
        let next = next.unwrap();
        let initial = Asked::initial(&next, &*signer, now()).unwrap();

        // The foreign verifier takes no key from a payload: it reads the message and leaves the signature.
        let file = made.write("initial.oer", initial.message());
        let Some(read) = oracle("oracle_verify.py", &["msg", &file, "--certs", &folder]) else { return };
        assert_eq!(read.status.code(), Some(3), "{curve}: {}", text(&read));
        assert!(text(&read).contains("psid=623") && text(&read).contains("signer self"), "{}", text(&read));
        let file = made.write("payload.oer", payload(initial.message()));
        let Some(read) = oracle("oracle_decode.py", &["data102941", &file]) else { return };
        assert!(text(&read).contains("\"reencode_identical\": true"), "{curve}: {}", text(&read));
        assert!(text(&read).contains("caCertificateRequest"), "{curve}: {}", text(&read));

        let form = Application { fingerprint: initial.fingerprint(), role: Role::AuthorizationAuthority };
        let root = made.lab.root.issuer(Role::RootCa, made.lab.policy, &RustCrypto).unwrap();
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(AwsLc));
        for certificate in made.lab.certificates() {
            trust.add_by_content(certificate.clone()).unwrap();
        }
        let mut ledger = MemoryLedger::new();
        let first = answer(&root, &mut trust, Some(&form), initial.message(), now(), &mut ledger).unwrap();
        assert_issued(&made, &first, &folder);

        let outer = RustCrypto.signer(&current.signing).unwrap();
        let rekeying = initial.rekeying(&current.certificate, &*outer, now()).unwrap();
        assert_verified(&made, "rekeying.oer", rekeying.message(), made.folder.path());
        let second = answer(&root, &mut trust, None, rekeying.message(), now(), &mut ledger).unwrap();
        assert_issued(&made, &second, &folder);
    }
}

/// The payload of a signed message.
fn payload(message: &[u8]) -> &[u8] {
    v2x_security::request::Received::parse(message).unwrap().payload().unwrap()
}

fn assert_issued(made: &Made, certificate: &Certificate, folder: &str) {
    let file = made.write("issued.oer", certificate.octets());
    let Some(verified) = oracle("oracle_verify.py", &["cert", &file, "--certs", folder]) else { return };
    assert!(verified.status.success(), "{}", text(&verified));
}
