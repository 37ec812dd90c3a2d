//! Certificates: the test purposes of TS 103 096-2 for the group SND CERT. What the authorities issue keeps to its profile, and
//! nothing else is signed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::collections::BTreeSet;

use conformance::message::{ABROAD, HERE};
use conformance::pki::{START, key, one_week, years};
use conformance::region::{RegionKind, country};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{issuing, its_services, permission};
use v2x_ca::{CaError, Policy, Role};
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::{Duration, Time32, ValidityPeriod};
use v2x_codec::ts103097::CertificateProfile;
use v2x_crypto::{Curve, RustCrypto};
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::trust::{TrustProfile, TrustStore};

fn lab(curve: Curve, region: Option<asn::GeographicRegion>) -> Lab {
    let plan = Plan { curve, region, ..Plan::new("Conformance", START) };
    Lab::new(&plan, &RustCrypto, &mut ChaCha20Rng::from_seed([9; 32])).unwrap()
}

fn ticket_template(curve: Curve) -> Template {
    let permissions = vec![permission(36, &[1, 0, 0]), permission(37, &[1, 0, 0, 0]), permission(141, &[0])];
    Template::authorization_ticket(
        Key::Verification(*key(curve, "ticket").public_key()),
        one_week(),
        permissions,
    )
}

fn issue(lab: &Lab, role: Role, template: &Template) -> Result<Certificate, CaError> {
    let member = match role {
        Role::RootCa => &lab.root,
        Role::EnrolmentAuthority => &lab.enrolment_authority,
        Role::AuthorizationAuthority => &lab.authorization_authority,
        Role::TrustListManager
        | Role::MisbehaviourAuthority
        | Role::EnrolmentCredential
        | Role::AuthorizationTicket => panic!("{role} issues nothing"),
    };
    let issuer = member.issuer(role, Policy::EU, &RustCrypto)?;
    issuer.issue(template, RequestDigest::of(b"conformance"), START, &mut MemoryLedger::new())
}

fn ticket(curve: Curve) -> (Lab, Certificate) {
    let lab = lab(curve, None);
    let ticket = issue(&lab, Role::AuthorizationAuthority, &ticket_template(curve)).unwrap();
    (lab, ticket)
}

fn tbs(certificate: &Certificate) -> &asn::ToBeSignedCertificate {
    &certificate.decoded().to_be_signed
}

/// The lints that stop a ticket which `change` made wrong.
fn lints(change: impl FnOnce(&mut Template)) -> BTreeSet<&'static str> {
    let lab = lab(Curve::NistP256, Some(country(276)));
    let mut template = ticket_template(Curve::NistP256);
    change(&mut template);
    match issue(&lab, Role::AuthorizationAuthority, &template) {
        Err(CaError::Lint(findings)) => findings.iter().map(|finding| finding.lint).collect(),
        other => panic!("{other:?}"),
    }
}

/// SND_CERT AT: a ticket has version 3, is explicit, and keeps to the profile of clause 7.2.1.
#[test]
fn snd_cert_at_profile() {
    for curve in Curve::ALL {
        let (_, ticket) = ticket(curve);
        let decoded = ticket.decoded();
        assert_eq!((decoded.version, decoded.r#type), (3, asn::CertificateType::Explicit));
        assert_eq!(CertificateProfile::AuthorizationTicket.check(decoded), Ok(()), "{curve}");
    }
}

/// SND_CERT AT: the issuer is named by the digest of the AA's certificate, with the hash of the AA's curve.
#[test]
fn snd_cert_at_issuer_digest() {
    for curve in Curve::ALL {
        let (lab, ticket) = ticket(curve);
        let authority = &lab.authorization_authority.certificate;
        let expected = Issuer::Digest { algorithm: curve.hash(), id: authority.hashed_id8() };
        assert_eq!(ticket.issuer(), expected, "{curve}");
        assert_eq!(authority.hash().algorithm(), curve.hash());
    }
}

/// SND_CERT AT: the AA's signature over the ticket verifies, in the chain to the root.
#[test]
fn snd_cert_at_signature() {
    for curve in Curve::ALL {
        let (lab, ticket) = ticket(curve);
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, std::sync::Arc::new(RustCrypto));
        trust.add_root(lab.root.certificate.clone()).unwrap();
        trust.add(lab.authorization_authority.certificate.clone()).unwrap();
        assert_eq!(trust.chain(&ticket).unwrap().certificates().len(), 3, "{curve}");
    }
}

/// SND_CERT AT: signature and keys are in canonical form: rSig x-only, points compressed.
#[test]
fn snd_cert_at_canonical_form() {
    for curve in Curve::ALL {
        let (_, ticket) = ticket(curve);
        let octets = asn::encode(ticket.decoded()).unwrap();
        assert_eq!(octets, ticket.octets(), "{curve}");
        let canonical = asn::canonical::CanonicalCertificate::from_received(&octets).unwrap();
        assert!(canonical.arrived_canonical(), "{curve}");
    }
}

/// SND_CERT AT: the id is none, and a ticket with a name is not issued.
#[test]
fn snd_cert_at_id() {
    let (_, ticket) = ticket(Curve::NistP256);
    assert!(matches!(tbs(&ticket).id, asn::CertificateId::None(())));
    assert!(!lints(|template| template.name = Some("vehicle 1".into())).is_empty());
}

/// SND_CERT AT: certIssuePermissions are absent, and a ticket with them is not issued.
#[test]
fn snd_cert_at_no_issue_permissions() {
    let (_, ticket) = ticket(Curve::NistP256);
    assert!(tbs(&ticket).cert_issue_permissions.is_none());
    assert!(!lints(|template| template.issue_permissions = vec![issuing(&its_services(), 1, 0)]).is_empty());
}

/// SND_CERT AT: cracaId and crlSeries are zero, certRequestPermissions and canRequestRollover absent.
#[test]
fn snd_cert_at_fixed_fields() {
    let (_, ticket) = ticket(Curve::NistP256);
    let tbs = tbs(&ticket);
    assert_eq!((*tbs.craca_id.0, tbs.crl_series.0), ([0; 3], 0));
    assert!(tbs.cert_request_permissions.is_none() && tbs.can_request_rollover.is_none());
}

/// SND_CERT AT: every AID in appPermissions is there once, and a ticket with one twice is not issued.
#[test]
fn snd_cert_at_unique_aids() {
    let (_, ticket) = ticket(Curve::NistP256);
    let psids: Vec<_> = ticket.app_permissions().unwrap().iter().map(|entry| entry.psid).collect();
    assert_eq!(psids.iter().collect::<BTreeSet<_>>().len(), psids.len());
    let found = lints(|template| template.app_permissions.push(permission(36, &[1, 0, 0])));
    assert!(found.contains("app_permissions_unique"), "{found:?}");
}

/// SND_CERT AT: an SSP has at most 31 octets, and a ticket with a longer one is not issued.
#[test]
fn snd_cert_at_ssp_length() {
    let lab = lab(Curve::NistP256, None);
    let mut template = ticket_template(Curve::NistP256);
    template.app_permissions = vec![permission(36, &[1; 32])];
    assert!(issue(&lab, Role::AuthorizationAuthority, &template).is_err());
}

/// SND_CERT AT: AIDs and SSPs are among the AA's to give, and no other ticket is issued.
#[test]
fn snd_cert_at_permissions_of_the_aa() {
    let foreign = lints(|template| template.app_permissions.push(permission(99, &[1])));
    let bit = lints(|template| template.app_permissions = vec![permission(36, &[1, 0, 3])]);
    for found in [foreign, bit] {
        assert!(found.contains("app_permissions_are_the_issuers_to_give"), "{found:?}");
    }
}

/// SND_CERT AT: the validity lies inside the AA's, and no other ticket is issued.
#[test]
fn snd_cert_at_validity_inside_the_aa() {
    let (lab, ticket) = ticket(Curve::NistP256);
    assert!(lab.authorization_authority.certificate.validity().encloses(ticket.validity()));
    let early = Time32::from_seconds(START.seconds() - 1);
    for validity in [ValidityPeriod { start: early, duration: Duration::Hours(1) }, years(30)] {
        let found = lints(|template| template.validity = validity);
        assert!(found.contains("validity_inside_the_issuers"), "{found:?}");
    }
}

/// SND_CERT AT: the region lies inside the AA's, in all four kinds, and no other ticket is issued.
#[test]
fn snd_cert_at_region_inside_the_aa() {
    let lab = lab(Curve::NistP256, Some(country(276)));
    for kind in RegionKind::ALL {
        let mut template = ticket_template(Curve::NistP256);
        template.region = Some(kind.around(HERE));
        let issued = issue(&lab, Role::AuthorizationAuthority, &template);
        assert!(issued.is_ok(), "{kind:?}: {issued:?}");
    }
    let found = lints(|template| template.region = Some(RegionKind::Circle.around(ABROAD)));
    assert!(found.contains("region_inside_the_issuers"), "{found:?}");
    let found = lints(|template| template.region = Some(country(250)));
    assert!(found.contains("region_inside_the_issuers"), "{found:?}");
}

/// SND_CERT AA: certificates of AA and EA keep to the profile of clause 7.2.4, with an encryption key.
#[test]
fn snd_cert_aa_profile() {
    for curve in Curve::ALL {
        let lab = lab(curve, None);
        for authority in [&lab.authorization_authority, &lab.enrolment_authority] {
            let certificate = &authority.certificate;
            assert_eq!(CertificateProfile::SubordinateCa.check(certificate.decoded()), Ok(()), "{curve}");
            assert!(certificate.encryption_key().is_some() && certificate.name().is_some());
            let id = lab.root.certificate.hashed_id8();
            assert_eq!(certificate.issuer(), Issuer::Digest { algorithm: curve.hash(), id }, "{curve}");
        }
    }
}

/// SND_CERT RCA: a root's certificate keeps to the profile of clause 7.2.3 and signs itself.
#[test]
fn snd_cert_rca_profile() {
    for curve in Curve::ALL {
        let root = lab(curve, None).root.certificate;
        assert_eq!(CertificateProfile::RootCa.check(root.decoded()), Ok(()), "{curve}");
        assert_eq!(root.issuer(), Issuer::SelfSigned);
        assert_eq!(v2x_security::chain::verify_self_signed(&RustCrypto, &root), Ok(()), "{curve}");
    }
}

/// SND_CERT TLM: the certificate of a trust list manager keeps to the profile of clause 7.2.5.
#[test]
fn snd_cert_tlm_profile() {
    for curve in Curve::ALL {
        let manager = lab(curve, None).trust_list_manager.certificate;
        assert_eq!(CertificateProfile::TrustListManager.check(manager.decoded()), Ok(()), "{curve}");
        assert!(manager.encryption_key().is_none() && manager.issue_permissions().is_none());
    }
}

/// SND_CERT EC: an enrolment credential keeps to the profile of clause 7.2.2.
#[test]
fn snd_cert_ec_profile() {
    let lab = lab(Curve::NistP256, None);
    let template =
        Template::enrolment_credential("station", *key(Curve::NistP256, "credential").public_key(), years(1));
    let credential = issue(&lab, Role::EnrolmentAuthority, &template).unwrap();
    assert_eq!(CertificateProfile::EnrolmentCredential.check(credential.decoded()), Ok(()));
}
