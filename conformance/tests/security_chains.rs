//! Chains that we issue ourselves: each broken in one way, and refused for that.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test helper that cannot go on fails its test"
)]

use std::sync::Arc;

use rand_core::SeedableRng;
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_crypto::{Curve, PrivateKey, Provider, PublicKey, RustCrypto, ecqv};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::implicit;
use v2x_security::refusal::{Refusal, RevokedBy};
use v2x_security::sign::{CertificateIssuer, Identity, sign_certificate};
use v2x_security::trust::{TrustProfile, TrustStore};

const START: u32 = 700_000_000;

fn key(curve: Curve, seed: u8) -> PrivateKey {
    PrivateKey::generate(curve, &mut rand_chacha::ChaCha20Rng::from_seed([seed; 32])).unwrap()
}

fn point(key: &PublicKey) -> asn::EccP256CurvePoint {
    let x = asn::FixedOctetString::try_from(key.x()).unwrap();
    if key.y_is_odd() {
        asn::EccP256CurvePoint::CompressedY1(x)
    } else {
        asn::EccP256CurvePoint::CompressedY0(x)
    }
}

fn point_384(key: &PublicKey) -> asn::EccP384CurvePoint {
    let x = asn::FixedOctetString::try_from(key.x()).unwrap();
    if key.y_is_odd() {
        asn::EccP384CurvePoint::CompressedY1(x)
    } else {
        asn::EccP384CurvePoint::CompressedY0(x)
    }
}

fn indicator(key: &PublicKey) -> asn::VerificationKeyIndicator {
    asn::VerificationKeyIndicator::VerificationKey(match key.curve() {
        Curve::NistP256 => asn::PublicVerificationKey::EcdsaNistP256(point(key)),
        Curve::BrainpoolP256r1 => asn::PublicVerificationKey::EcdsaBrainpoolP256r1(point(key)),
        Curve::NistP384 => asn::PublicVerificationKey::EcdsaNistP384(point_384(key)),
        Curve::BrainpoolP384r1 => asn::PublicVerificationKey::EcdsaBrainpoolP384r1(point_384(key)),
    })
}

fn app(psid: u32, ssp: &[u8]) -> asn::PsidSsp {
    let ssp = asn::ServiceSpecificPermissions::BitmapSsp(asn::BitmapSsp(ssp.to_vec().into()));
    asn::PsidSsp { psid: asn::Psid(psid.into()), ssp: Some(ssp) }
}

/// Permission to issue CAM permissions whose bits lie in `free`, `length` certificates down.
fn issue(psid: u32, value: &[u8], mask: &[u8], length: u32) -> asn::PsidGroupPermissions {
    let range = asn::BitmapSspRange { ssp_value: value.to_vec().into(), ssp_bitmask: mask.to_vec().into() };
    let entry = asn::PsidSspRange {
        psid: asn::Psid(psid.into()),
        ssp_range: Some(asn::SspRange::BitmapSspRange(range)),
    };
    asn::PsidGroupPermissions {
        subject_permissions: asn::SubjectPermissions::Explicit(asn::SequenceOfPsidSspRange(vec![entry])),
        min_chain_length: length.into(),
        chain_length_range: 0.into(),
        ee_type: app_only(),
    }
}

fn app_only() -> asn::EndEntityType {
    let mut kinds = asn::EndEntityType(Default::default());
    kinds.0.set(0, true);
    kinds
}

fn contents(
    name: Option<&str>,
    hours: u16,
    indicator: asn::VerificationKeyIndicator,
) -> asn::ToBeSignedCertificate {
    let id = name.map_or(asn::CertificateId::None(()), |name| {
        asn::CertificateId::Name(asn::Hostname(name.to_owned()))
    });
    let validity = asn::ValidityPeriod { start: asn::Time32(START), duration: asn::Duration::Hours(hours) };
    asn::ToBeSignedCertificate::new(id, validity, indicator)
}

fn encryption_key(key: &PublicKey) -> asn::PublicEncryptionKey {
    asn::PublicEncryptionKey {
        supported_symm_alg: asn::SymmAlgorithm::Aes128Ccm,
        public_key: asn::BasePublicEncryptionKey::EciesNistP256(point(key)),
    }
}

struct Pki {
    root: Certificate,
    authority: Certificate,
    authority_key: PrivateKey,
}

fn signed(tbs: &asn::ToBeSignedCertificate, issuer: CertificateIssuer<'_>, key: &PrivateKey) -> Certificate {
    sign_certificate(&asn::encode(tbs).unwrap(), issuer, &*RustCrypto.signer(key).unwrap()).unwrap()
}

fn pki(root_curve: Curve, authority_curve: Curve, change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Pki {
    let (root_key, authority_key) = (key(root_curve, 1), key(authority_curve, 2));
    let mut tbs = contents(Some("root"), 1000, indicator(root_key.public_key()));
    tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(622, &[1]), app(624, &[1, 0x38])]));
    tbs.cert_issue_permissions = Some(asn::SequenceOfPsidGroupPermissions(vec![
        issue(36, &[1, 0xff, 0xfc], &[0xff, 0, 3], 2),
        issue(623, &[1, 0xfe], &[0xff, 1], 1),
    ]));
    let root = signed(&tbs, CertificateIssuer::SelfSigned, &root_key);
    let mut tbs = contents(Some("aa"), 500, indicator(authority_key.public_key()));
    tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(623, &[1, 0x32])]));
    tbs.encryption_key = Some(encryption_key(key(Curve::NistP256, 9).public_key()));
    tbs.cert_issue_permissions =
        Some(asn::SequenceOfPsidGroupPermissions(vec![issue(36, &[1, 0xff, 0xfc], &[0xff, 0, 3], 1)]));
    change(&mut tbs);
    let authority = signed(&tbs, CertificateIssuer::By(&root), &root_key);
    Pki { root, authority, authority_key }
}

impl Pki {
    fn store(&self) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        trust.add_root(self.root.clone()).unwrap();
        trust.add(self.authority.clone()).unwrap();
        trust
    }

    fn ticket(&self, change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Certificate {
        let mut tbs = contents(None, 168, indicator(key(Curve::NistP256, 3).public_key()));
        tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(36, &[1, 0, 0])]));
        change(&mut tbs);
        signed(&tbs, CertificateIssuer::By(&self.authority), &self.authority_key)
    }

    fn refusal(&self, ticket: &Certificate) -> Refusal {
        self.store().chain(ticket).unwrap_err()
    }
}

fn plain() -> Pki {
    pki(Curve::NistP256, Curve::NistP256, |_| {})
}

#[test]
fn chains_verify_on_every_curve() {
    for root in Curve::ALL {
        for authority in Curve::ALL {
            let pki = pki(root, authority, |_| {});
            let chain = pki.store().chain(&pki.ticket(|_| {})).unwrap();
            assert_eq!(chain.certificates().len(), 3, "{root} over {authority}");
            assert_eq!(pki.root.hash().algorithm(), root.hash());
        }
    }
}

#[test]
fn a_ticket_valid_longer_than_its_issuer_is_refused() {
    let pki = plain();
    let ticket = pki.ticket(|tbs| tbs.validity_period.duration = asn::Duration::Hours(501));
    assert_eq!(pki.refusal(&ticket).code(), "validity-exceeds-issuer");
}

#[test]
fn a_ticket_with_a_service_its_issuer_may_not_give_is_refused() {
    let pki = plain();
    let ticket = pki.ticket(|tbs| {
        tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(37, &[1, 0, 0, 0])]));
    });
    assert_eq!(pki.refusal(&ticket).code(), "permissions-exceed-issuer");
}

#[test]
fn a_ticket_with_a_bit_its_issuer_may_not_set_is_refused() {
    let pki = plain();
    let ticket = pki.ticket(|tbs| {
        tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(36, &[1, 0, 1])]));
    });
    assert_eq!(pki.refusal(&ticket).code(), "permissions-exceed-issuer");
}

#[test]
fn an_authority_that_gives_longer_chains_than_its_root_is_refused() {
    let pki = pki(Curve::NistP256, Curve::NistP256, |tbs| {
        let group = issue(36, &[1, 0xff, 0xfc], &[0xff, 0, 3], 2);
        tbs.cert_issue_permissions = Some(asn::SequenceOfPsidGroupPermissions(vec![group]));
    });
    assert_eq!(pki.refusal(&pki.authority).code(), "permissions-exceed-issuer");
}

#[test]
fn a_ticket_with_more_assurance_than_its_issuer_is_refused() {
    let level = |octet: u8| Some(asn::SubjectAssurance([octet].into()));
    let pki = pki(Curve::NistP256, Curve::NistP256, |tbs| tbs.assurance_level = level(0x60));
    let ticket = pki.ticket(|tbs| tbs.assurance_level = level(0x80));
    assert_eq!(pki.refusal(&ticket).code(), "assurance-exceeds-issuer");
}

fn countries(numbers: &[u16]) -> Option<asn::GeographicRegion> {
    let list = numbers.iter().map(|number| asn::IdentifiedRegion::CountryOnly(asn::UnCountryId(*number)));
    Some(asn::GeographicRegion::IdentifiedRegion(asn::SequenceOfIdentifiedRegion(list.collect())))
}

#[test]
fn a_ticket_for_a_country_that_its_issuer_has_not_is_refused() {
    let pki = pki(Curve::NistP256, Curve::NistP256, |tbs| tbs.region = countries(&[276, 40]));
    assert!(pki.store().chain(&pki.ticket(|tbs| tbs.region = countries(&[40]))).is_ok());
    let refusal = pki.refusal(&pki.ticket(|tbs| tbs.region = countries(&[250])));
    assert_eq!(refusal.code(), "region-exceeds-issuer");
}

#[test]
fn a_ticket_that_breaks_its_profile_is_refused() {
    let pki = plain();
    let named = pki.ticket(|tbs| tbs.id = asn::CertificateId::Name(asn::Hostname("vehicle".to_owned())));
    let listed = pki.ticket(|tbs| tbs.crl_series = asn::CrlSeries(1));
    let rollover = pki.ticket(|tbs| tbs.can_request_rollover = Some(()));
    for ticket in [named, listed, rollover] {
        assert_eq!(pki.refusal(&ticket).code(), "certificate-profile");
    }
}

#[test]
fn a_ticket_signed_by_somebody_else_in_its_issuers_name_is_refused() {
    let mut pki = plain();
    let honest = pki.authority.clone();
    pki.authority_key = key(Curve::NistP256, 77);
    let mut tbs = contents(None, 168, indicator(key(Curve::NistP256, 3).public_key()));
    tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(36, &[1, 0, 0])]));
    let octets = asn::encode(&tbs).unwrap();
    let forger = RustCrypto.signer(&pki.authority_key).unwrap();
    let refused = sign_certificate(&octets, CertificateIssuer::By(&honest), &*forger).unwrap_err();
    assert_eq!(refused, Refusal::KeyNotOfCertificate(honest.hashed_id8()));
    // What our own signing refuses to make, a forger makes by exchanging the signature.
    let genuine = plain().ticket(|_| {});
    let mut forged = genuine.octets().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let refusal = pki.refusal(&Certificate::parse(&forged).unwrap());
    assert_eq!(refusal.code(), "bad-certificate-signature");
}

#[test]
fn a_self_made_root_is_not_trusted() {
    let pki = plain();
    let mut stranger = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    assert_eq!(stranger.chain(&pki.root).unwrap_err(), Refusal::UntrustedRoot(pki.root.hashed_id8()));
}

#[test]
fn a_revoked_certificate_stays_revoked_under_its_twin_signature() {
    let pki = plain();
    let mut trust = pki.store();
    trust.revoke(pki.authority.hashed_id8()).unwrap();
    let refusal = trust.chain(&pki.ticket(|_| {})).unwrap_err();
    assert!(matches!(refusal, Refusal::Revoked { by: RevokedBy::HashedId8, .. }), "{refusal}");
    let twin = Certificate::parse(&with_negated_s(&pki.authority)).unwrap();
    assert_ne!(twin.hashed_id8(), pki.authority.hashed_id8());
    let refusal = trust.add(twin).unwrap_err();
    assert!(matches!(refusal, Refusal::Revoked { by: RevokedBy::PublicKey, .. }), "{refusal}");
}

/// The same certificate with s replaced by n − s, which verifies just as well.
fn with_negated_s(certificate: &Certificate) -> Vec<u8> {
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    let mut octets = certificate.octets().to_vec();
    let start = octets.len() - 32;
    let (mut borrow, order) = (0_i16, hex::decode(ORDER).unwrap());
    for index in (0..32).rev() {
        let difference = i16::from(order[index]) - i16::from(octets[start + index]) - borrow;
        borrow = i16::from(difference < 0);
        octets[start + index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    octets
}

#[test]
fn a_chain_is_good_only_while_all_of_it_is() {
    let pki = plain();
    let chain = pki.store().chain(&pki.ticket(|_| {})).unwrap();
    let second = |offset: i64| {
        let seconds = u64::try_from(i64::from(START) + offset).unwrap();
        chain
            .check_time(&Clock::exact(Time64::from_micros(seconds * 1_000_000)))
            .map_err(|refusal| refusal.code())
    };
    assert_eq!(second(0), Ok(()));
    assert_eq!(second(-1), Err("certificate-not-yet-valid"));
    assert_eq!(second(168 * 3600 - 1), Ok(()));
    assert_eq!(second(168 * 3600), Err("certificate-expired"));
}

#[test]
fn an_implicit_ticket_yields_the_key_of_its_holder() {
    let pki = plain();
    let request = key(Curve::NistP256, 5);
    let mut rng = rand_chacha::ChaCha20Rng::from_seed([6; 32]);
    let issuance = ecqv::Issuance::new(request.public_key(), &mut rng).unwrap();
    let value = asn::VerificationKeyIndicator::ReconstructionValue(point(issuance.reconstruction()));
    let mut tbs = contents(None, 168, value);
    tbs.app_permissions = Some(asn::SequenceOfPsidSsp(vec![app(36, &[1, 0, 0])]));
    let octets = asn::encode(&tbs).unwrap();
    let ticket = implicit::assemble(&octets, &pki.authority).unwrap();
    let hash = implicit::hash(&octets, &pki.authority);
    let contribution = issuance.finish(&hash, &pki.authority_key).unwrap();
    let private = ecqv::reconstruct_private(&request, &hash, &contribution).unwrap();
    let chain = pki.store().chain(&ticket).unwrap();
    assert!(ticket.is_implicit());
    assert_eq!(chain.key(), private.public_key());
    assert!(Identity::of_chain(&chain, RustCrypto.signer(&private).unwrap()).is_ok());
}
