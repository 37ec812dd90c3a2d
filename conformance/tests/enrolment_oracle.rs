//! Enrolment and authorization exchanges of ours, opened and verified by an implementation that this project did not
//! write.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use conformance::oracle;
use enrollment_aa::Step;
use enrollment_ea::registry::Profile;
use enrollment_station::{
    Credential,
    authorization::{Ask, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use simulator::pki::Pki;
use std::{process::Output, sync::Arc};
use v2x_ca::{
    lab::{Lab, Plan},
    services::{CAM, its_services, permission},
};
use v2x_codec::{
    ieee1609dot2::SequenceOfPsidSsp,
    time::{Time32, Time64},
    ts102941::CertificateSubjectAttributes,
};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto, sha256};

const START: Time32 = Time32::from_seconds(700_000_000);
const STATION: &[u8] = b"station 1";

struct World {
    folder: tempfile::TempDir,
    lab: Arc<Lab>,
    pki: Pki,
    canonical: PrivateKey,
    rng: ChaCha20Rng,
}

fn now() -> Time64 {
    START.into()
}

fn world(curve: Curve) -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(curve as u64);
    let plan = Plan { curve, ..Plan::new("oracle", START) };
    let lab = Arc::new(Lab::new(&plan, &RustCrypto, &mut rng).unwrap());
    let mut pki = Pki::new(Arc::clone(&lab), Arc::new(RustCrypto)).unwrap();
    let canonical = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
    let profile = Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: 3 };
    pki.register(STATION, &canonical, profile).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (at, certificate) in lab.certificates().iter().enumerate() {
        std::fs::write(folder.path().join(format!("{at}.cert")), certificate.octets()).unwrap();
    }
    World { folder, lab, pki, canonical, rng }
}

impl World {
    fn write(&self, name: &str, octets: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, octets).unwrap();
        path.display().to_string()
    }

    fn certificates(&self) -> String {
        self.folder.path().display().to_string()
    }
}

fn text(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}\n{err}")
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn an_enrolment_exchange_is_opened_and_verified() {
    // The foreign decoder knows no keys on P-384.
    for curve in [Curve::NistP256, Curve::BrainpoolP256r1, Curve::BrainpoolP384r1] {
        let mut world = world(curve);
        let key = PrivateKey::generate(curve, &mut world.rng).unwrap();
        let (new_key, canonical) =
            (RustCrypto.signer(&key).unwrap(), RustCrypto.signer(&world.canonical).unwrap());
        let identity = Identity::Canonical { id: STATION, signer: &*canonical };
        let ea = world.lab.enrolment_authority.certificate.clone();
        let mut trust = world.pki.trust_store().unwrap();
        let enrolment = Enrolment::new(identity, &*new_key, &ea, &mut trust, now(), &mut world.rng).unwrap();
        let answer =
            world.pki.enrolment_authority().enrol(now(), enrolment.request(), &mut world.rng).unwrap();

        let request = world.write("request.oer", enrolment.request());
        let response = world.write("response.oer", &answer);
        let decryption = world.lab.enrolment_authority.encryption.as_ref().unwrap();
        let ekey = world.write("ea.ekey", decryption.expose_scalar());
        let (p1, eckey) =
            (hex(&sha256(ea.octets())), hex(&world.canonical.public_key().to_sec1_compressed()));
        let certs = world.certificates();
        let arguments = [
            "enrolment",
            &request,
            "--response",
            &response,
            "--ekey",
            &ekey,
            "--p1",
            &p1,
            "--eckey",
            &eckey,
            "--certs",
            &certs,
        ];
        let Some(verified) = oracle("oracle_verify.py", &arguments) else { return };
        let said = text(&verified);
        assert!(verified.status.success(), "{curve}: {said}");
        for line in ["inner PoP OK", "OK with the given key", "requestHash OK", "is the requested one"] {
            assert!(said.contains(line), "{curve}: {line} is missing in {said}");
        }
        // The recipient's identifier is the low octets of the certificate's own hash: SHA-256 for 256-bit keys only.
        assert_eq!(said.contains("(= low 8 of P1)"), curve.coordinate_len() == 32, "{said}");
        assert!(!said.contains("SIGNATURE BAD"), "{said}");
    }
}

#[test]
fn an_authorization_exchange_is_opened_and_verified() {
    let mut world = world(Curve::NistP256);
    let credential = world.pki.enrol(STATION, &world.canonical, now(), &mut world.rng).unwrap();
    world.write("credential.cert", credential.certificate.octets());
    let key = PrivateKey::generate(Curve::NistP256, &mut world.rng).unwrap();
    let (signer, own) = (RustCrypto.signer(&key).unwrap(), RustCrypto.signer(&credential.key).unwrap());
    let permissions = SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]);
    let ask = Ask {
        key: &*signer,
        encryption_key: None,
        attributes: CertificateSubjectAttributes::signing(permissions),
        privacy: Privacy::Hidden,
        proof: Proof::OfPossession,
    };
    let held = Credential { certificate: &credential.certificate, signer: &*own };
    let mut trust = world.pki.trust_store().unwrap();
    let authorities = world.pki.authorities();
    let authorization =
        Authorization::new(&ask, held, authorities, &mut trust, now(), &mut world.rng).unwrap();
    let step = world.pki.authorization_authority().request(now(), authorization.request(), &mut world.rng);
    let Step::AskEa { question, request, .. } = step.unwrap() else { panic!("the AA asks the EA") };
    let confirmation = world.pki.enrolment_authority().validate(now(), &request, &mut world.rng).unwrap();
    let aa = world.pki.authorization_authority();
    let answer = aa.ea_answered(now(), question, &confirmation, &mut world.rng).unwrap().unwrap();

    let (ea, aa) = (&world.lab.enrolment_authority, &world.lab.authorization_authority);
    let Some(inner) = opened(&world, authorization.request(), aa) else { return };
    assert!(inner.plaintext.len() > 100);
    let Some(asked) = opened(&world, &request, ea) else { return };
    assert_signed(&world, &asked.plaintext);
    for (octets, key) in [(&answer, &inner.key), (&confirmation, &asked.key)] {
        let file = world.write("answer.oer", octets);
        let Some(output) = oracle("oracle_verify.py", &["decrypt", &file, "--psk", key]) else { return };
        assert_signed(&world, &plaintext(&text(&output)));
    }
}

struct Opened {
    plaintext: Vec<u8>,
    key: String,
}

/// What the oracle finds inside a request to `to`.
fn opened(world: &World, request: &[u8], to: &v2x_ca::lab::Member) -> Option<Opened> {
    let request = world.write("request.oer", request);
    let ekey = world.write("authority.ekey", to.encryption.as_ref().unwrap().expose_scalar());
    let recipient = world.write("authority.oer", to.certificate.octets());
    let arguments = ["decrypt", &request, "--ekey", &ekey, "--recipient", &recipient];
    let output = oracle("oracle_verify.py", &arguments)?;
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    let key = said.lines().find_map(|line| line.trim().strip_prefix("aes key ")).unwrap().to_owned();
    Some(Opened { plaintext: plaintext(&said), key })
}

fn plaintext(said: &str) -> Vec<u8> {
    let line = said.lines().find_map(|line| line.trim().strip_prefix("plaintext ")).unwrap();
    (0..line.len()).step_by(2).map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap()).collect()
}

fn assert_signed(world: &World, octets: &[u8]) {
    let file = world.write("signed.oer", octets);
    let Some(verified) = oracle("oracle_verify.py", &["msg", &file, "--certs", &world.certificates()]) else {
        return;
    };
    assert!(verified.status.success(), "{}", text(&verified));
}
