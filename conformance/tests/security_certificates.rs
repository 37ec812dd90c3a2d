//! Certificates that others made: they parse, keep their hash, and chain to a root.

#![allow(clippy::unwrap_used, reason = "a test helper that cannot go on fails its test")]

use std::path::Path;
use std::sync::Arc;

use conformance::shared_dir;
use v2x_crypto::RustCrypto;
use v2x_security::certificate::Certificate;
use v2x_security::refusal::Refusal;
use v2x_security::trust::{Role, TrustProfile, TrustStore};

fn read(folder: &Path, file: &str) -> Certificate {
    Certificate::parse(&std::fs::read(folder.join(file)).unwrap()).unwrap()
}

fn folder(path: &Path) -> Vec<(String, Certificate)> {
    let mut found: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "oer"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, Certificate::parse(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn store(profile: TrustProfile) -> TrustStore {
    TrustStore::new(profile, Arc::new(RustCrypto))
}

#[test]
fn every_certificate_of_the_etsi_pool_chains_to_its_root() {
    let Some(shared) = shared_dir() else { return };
    let pool = folder(&shared.join("vectors/etsi_pool"));
    let mut trust = store(TrustProfile::EtsiTs103097);
    for (_, certificate) in &pool {
        trust.add_by_content(certificate.clone()).unwrap();
    }
    assert_eq!(trust.iter().filter(|(_, role)| *role == Role::Root).count(), 1);
    for (name, certificate) in &pool {
        let chain = trust.chain(certificate).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        assert_eq!(
            chain.certificates().last().unwrap().name(),
            Some("ETSI Test RCA C certificate"),
            "{name}"
        );
    }
    assert_eq!(pool.len(), 15);
}

#[test]
fn the_etsi_pool_without_its_root_is_unknown() {
    let Some(shared) = shared_dir() else { return };
    let pool = shared.join("vectors/etsi_pool");
    let mut trust = store(TrustProfile::EtsiTs103097);
    trust.add(read(&pool, "CERT_IUT_A_AA.oer")).unwrap();
    let refusal = trust.chain(&read(&pool, "CERT_IUT_A_AT.oer")).unwrap_err();
    assert!(matches!(refusal, Refusal::UnknownIssuer { .. }), "{refusal}");
}

#[test]
fn the_european_trust_list_manager_is_one_and_no_root() {
    let Some(shared) = shared_dir() else { return };
    let tlm = read(&shared.join("vectors/trust"), "eu_tlm_l2_E7A4B2B045E7ACF9.oer");
    assert_eq!(tlm.hashed_id8().to_string(), "E7A4B2B045E7ACF9");
    let mut trust = store(TrustProfile::EtsiTs103097);
    assert_eq!(trust.add_by_content(tlm), Ok(Role::TrustListManager));
}

#[test]
fn the_production_scms_root_verifies_as_generic_and_not_as_european() {
    let Some(shared) = shared_dir() else { return };
    let root = read(&shared.join("vectors/scms"), "iss_v2x_root.oer");
    assert_eq!(store(TrustProfile::Ieee1609Dot2Generic).add_by_content(root.clone()), Ok(Role::Root));
    let refusal = store(TrustProfile::EtsiTs103097).add_by_content(root).unwrap_err();
    assert_eq!(refusal.code(), "certificate-profile");
}

#[test]
fn tickets_from_the_field_parse_and_their_issuers_are_unknown() {
    let Some(shared) = shared_dir() else { return };
    let tickets = folder(&shared.join("vectors/cert"));
    assert_eq!(tickets.len(), 3);
    for (name, ticket) in tickets {
        let refusal = store(TrustProfile::EtsiTs103097).chain(&ticket).unwrap_err();
        assert!(matches!(refusal, Refusal::UnknownIssuer { .. }), "{name}: {refusal}");
    }
}
