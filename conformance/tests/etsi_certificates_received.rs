//! Certificates: the test purposes of TS 103 096-2 for the group RCV CERT. A message is accepted only under a chain that is
//! right at every step.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use conformance::message::{
    ABROAD, ELSEWHERE, HERE, Place, cam_payload, cam_request, changed, packet, resigned,
};
use conformance::pki::{
    CLOCK, Holder, NOW, Pki, START, authority_contents, enrolment_authority_contents, key, root_contents,
    ticket_contents, verifier, years,
};
use conformance::region::{RegionKind, country};
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{issuing, its_services, permission};
use v2x_codec::ieee1609dot2 as asn;
use v2x_crypto::{Curve, HashAlgorithm, RustCrypto};
use v2x_security::certificate::{Certificate, KeyIndicator};
use v2x_security::refusal::Refusal;
use v2x_security::trust::{TrustProfile, TrustStore};

/// What a receiver that trusts `pki` makes of a CAM that `ticket` signed at `place`.
fn judged_at(pki: &Pki, ticket: &Holder, place: Place) -> Result<(), &'static str> {
    judged_by(pki.trust(), ticket, place)
}

fn judged(pki: &Pki, ticket: &Holder) -> Result<(), &'static str> {
    judged_at(pki, ticket, HERE)
}

fn judged_by(trust: TrustStore, ticket: &Holder, place: Place) -> Result<(), &'static str> {
    let data = ticket.identity().sign_unchecked(&cam_request(&cam_payload(place), NOW)).unwrap();
    outcome(verifier(trust).verify_packet(&CLOCK, &packet(&data)).map(drop))
}

fn outcome(result: Result<(), Refusal>) -> Result<(), &'static str> {
    result.map_err(|refusal| refusal.code())
}

/// What becomes of a ticket that is right but for `change`.
fn judged_with(change: impl FnOnce(&mut asn::ToBeSignedCertificate)) -> Result<(), &'static str> {
    let pki = Pki::new(Curve::NistP256);
    judged(&pki, &pki.ticket_with(change))
}

/// What becomes of a good ticket under an authority that is right but for `change`.
fn judged_under(change: impl FnOnce(&mut asn::ToBeSignedCertificate)) -> Result<(), &'static str> {
    let pki = Pki::with_authority(change);
    judged(&pki, &pki.ticket())
}

/// What makes a certificate's contents wrong.
type Change = fn(&mut asn::ToBeSignedCertificate);

fn hours(start: u32, hours: u16) -> asn::ValidityPeriod {
    asn::ValidityPeriod { start: asn::Time32(start), duration: asn::Duration::Hours(hours) }
}

/// RCV_CERT BV: a ticket is accepted under its AA and root, on every curve.
#[test]
fn rcv_cert_bv_chain() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        assert_eq!(judged(&pki, &pki.ticket()), Ok(()), "{curve}");
    }
}

/// RCV_CERT BO: a ticket whose AA is unknown is refused.
#[test]
fn rcv_cert_bo_unknown_aa() {
    let pki = Pki::new(Curve::NistP256);
    let mut trust = pki.trust();
    trust.remove(pki.authorization.certificate.hashed_id8());
    assert_eq!(judged_by(trust, &pki.ticket(), HERE), Err("unknown-issuer"));
}

/// RCV_CERT BO: a chain whose root is not trusted is refused.
#[test]
fn rcv_cert_bo_untrusted_root() {
    let (ours, theirs) = (Pki::new(Curve::NistP256), foreign());
    let mut trust = ours.trust();
    trust.add(theirs.authorization.certificate.clone()).unwrap();
    assert_eq!(judged_by(trust, &theirs.ticket(), HERE), Err("unknown-issuer"));
    let mut trust = ours.trust();
    assert_eq!(outcome(trust.add(theirs.root.certificate.clone())), Err("untrusted-root"));
}

/// A PKI with the names of ours and other keys.
fn foreign() -> Pki {
    let root_key = key(Curve::NistP256, "another root");
    let root = Holder::self_signed(&root_contents(&root_key), root_key);
    let [enrolment, authorization] =
        ["another enrolment authority", "another AA"].map(|name| key(Curve::NistP256, name));
    let contents = (enrolment_authority_contents(&enrolment), authority_contents(&authorization));
    let enrolment = root.issue(&contents.0, enrolment);
    let authorization = root.issue(&contents.1, authorization);
    Pki { root, enrolment, authorization }
}

/// RCV_CERT BO: a ticket that somebody else signed in the AA's name is refused.
#[test]
fn rcv_cert_bo_forged_ticket() {
    let pki = Pki::new(Curve::NistP256);
    let honest = pki.ticket();
    let forger =
        Holder { certificate: pki.authorization.certificate.clone(), key: key(Curve::NistP256, "forger") };
    let forged = reissued(&honest, &forger);
    assert_eq!(judged(&pki, &forged), Err("bad-certificate-signature"));
}

/// The same contents and key, signed by `issuer`, whose key need not be its certificate's.
fn reissued(holder: &Holder, issuer: &Holder) -> Holder {
    let hash = issuer.key.curve().hash();
    let input = v2x_crypto::SignatureInput::from_digests(
        &hash.digest(holder.certificate.to_be_signed()),
        issuer.certificate.hash(),
    );
    let signature = issuer.signer().sign(input.as_bytes()).unwrap();
    let mut decoded = holder.certificate.decoded().clone();
    decoded.signature = Some(conformance::message::asn_signature(&signature));
    let certificate = Certificate::parse(&asn::encode(&decoded).unwrap()).unwrap();
    let key = v2x_crypto::PrivateKey::from_scalar(holder.key.curve(), holder.key.expose_scalar()).unwrap();
    Holder { certificate, key }
}

/// RCV_CERT BO: an AA that somebody else signed in the root's name is refused.
#[test]
fn rcv_cert_bo_forged_aa() {
    let pki = Pki::new(Curve::NistP256);
    let forger = Holder { certificate: pki.root.certificate.clone(), key: key(Curve::NistP256, "forger") };
    let authorization = reissued(&pki.authorization, &forger);
    let pki = Pki { authorization, ..pki };
    assert_eq!(judged(&pki, &pki.ticket()), Err("bad-certificate-signature"));
}

/// RCV_CERT BO: a ticket whose contents were changed after signing is refused.
#[test]
fn rcv_cert_bo_changed_contents() {
    let pki = Pki::new(Curve::NistP256);
    let honest = pki.ticket();
    let mut decoded = honest.certificate.decoded().clone();
    decoded.to_be_signed.validity_period.duration = asn::Duration::Hours(169);
    let certificate = Certificate::parse(&asn::encode(&decoded).unwrap()).unwrap();
    assert_eq!(judged(&pki, &Holder { certificate, key: honest.key }), Err("bad-certificate-signature"));
}

/// RCV_CERT BO: a certificate with a signature of another curve than its issuer's is refused.
#[test]
fn rcv_cert_bo_signature_curve() {
    let pki = Pki::new(Curve::NistP256);
    let other = Holder {
        certificate: pki.authorization.certificate.clone(),
        key: key(Curve::BrainpoolP256r1, "authorization authority"),
    };
    assert_eq!(judged(&pki, &reissued(&pki.ticket(), &other)), Err("curve-mismatch"));
}

/// RCV_CERT BO: an issuer named with another hash than that of its curve is unknown.
#[test]
fn rcv_cert_bo_issuer_hash() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let mut decoded = ticket.certificate.decoded().clone();
    let asn::IssuerIdentifier::Sha256AndDigest(id) = decoded.issuer.clone() else { panic!("SHA-256") };
    decoded.issuer = asn::IssuerIdentifier::Sha384AndDigest(id);
    let certificate = Certificate::parse(&asn::encode(&decoded).unwrap()).unwrap();
    assert_eq!(judged(&pki, &Holder { certificate, key: ticket.key }), Err("unknown-issuer"));
}

/// RCV_CERT BO: a ticket that begins before its AA, or ends after it, is refused.
#[test]
fn rcv_cert_bo_ticket_validity() {
    let start = START.seconds();
    assert_eq!(judged_with(|tbs| tbs.validity_period = hours(start, 1)), Err("certificate-expired"));
    assert_eq!(judged_with(|tbs| tbs.validity_period = hours(start, 2)), Ok(()));
    assert_eq!(
        judged_with(|tbs| tbs.validity_period = hours(start - 1, 100)),
        Err("validity-exceeds-issuer")
    );
    let long = asn::ValidityPeriod { start: asn::Time32(start), duration: asn::Duration::Years(5) };
    assert_eq!(judged_with(|tbs| tbs.validity_period = long), Err("validity-exceeds-issuer"));
}

/// RCV_CERT BO: an AA that begins before its root, or ends after it, is refused.
#[test]
fn rcv_cert_bo_aa_validity() {
    let start = START.seconds();
    let long = asn::ValidityPeriod { start: asn::Time32(start), duration: asn::Duration::Years(9) };
    assert_eq!(judged_under(|tbs| tbs.validity_period = long), Err("validity-exceeds-issuer"));
    let early = asn::ValidityPeriod { start: asn::Time32(start - 1), duration: asn::Duration::Years(1) };
    assert_eq!(judged_under(|tbs| tbs.validity_period = early), Err("validity-exceeds-issuer"));
}

/// RCV_CERT BV: a region inside the AA's is accepted, in all four kinds of region.
#[test]
fn rcv_cert_bv_region() {
    for outer in [RegionKind::Circle, RegionKind::Rectangle, RegionKind::Polygon] {
        let pki = Pki::with_authority(|tbs| tbs.region = Some(outer.around(HERE)));
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(small_circle()));
        assert_eq!(judged(&pki, &ticket), Ok(()), "{outer:?}");
    }
    let pki = Pki::with_authority(|tbs| tbs.region = Some(country(276)));
    for kind in RegionKind::ALL {
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(kind.around(HERE)));
        assert_eq!(judged(&pki, &ticket), Ok(()), "{kind:?}");
    }
}

fn small_circle() -> asn::GeographicRegion {
    let asn::GeographicRegion::CircularRegion(mut circle) = RegionKind::Circle.around(HERE) else {
        panic!("a circle")
    };
    circle.radius = asn::Uint16::from(100_u16);
    asn::GeographicRegion::CircularRegion(circle)
}

/// RCV_CERT BO: a region outside the AA's is refused, in all four kinds of region.
#[test]
fn rcv_cert_bo_ticket_region() {
    let pki = Pki::with_authority(|tbs| tbs.region = Some(country(276)));
    for kind in [RegionKind::Circle, RegionKind::Rectangle, RegionKind::Polygon] {
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(kind.around(ABROAD)));
        assert_eq!(judged(&pki, &ticket), Err("region-exceeds-issuer"), "{kind:?}");
    }
    let ticket = pki.ticket_with(|tbs| tbs.region = Some(country(250)));
    assert_eq!(judged(&pki, &ticket), Err("region-exceeds-issuer"));
    for outer in [RegionKind::Circle, RegionKind::Rectangle, RegionKind::Polygon] {
        let pki = Pki::with_authority(|tbs| tbs.region = Some(outer.around(ELSEWHERE)));
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(small_circle()));
        assert_eq!(judged(&pki, &ticket), Err("region-exceeds-issuer"), "{outer:?}");
    }
}

/// RCV_CERT BO: a ticket without a region is bound to its AA's.
#[test]
fn rcv_cert_bo_inherited_region() {
    for kind in RegionKind::ALL {
        let pki = Pki::with_authority(|tbs| tbs.region = Some(kind.around(HERE)));
        let ticket = pki.ticket();
        assert_eq!(judged_at(&pki, &ticket, HERE), Ok(()), "{kind:?}");
        assert_eq!(judged_at(&pki, &ticket, ABROAD), Err("outside-region"), "{kind:?}");
    }
}

/// RCV_CERT BV: 65535 stands for the countries of the EU, and for no other.
#[test]
fn rcv_cert_bv_european_union() {
    const ZURICH: Place = Place { latitude: 473_770_000, longitude: 85_420_000 };
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket_with(|tbs| tbs.region = Some(country(65_535)));
    assert_eq!(judged_at(&pki, &ticket, HERE), Ok(()));
    assert_eq!(judged_at(&pki, &ticket, ABROAD), Ok(()));
    assert_eq!(judged_at(&pki, &ticket, ZURICH), Err("outside-region"));
}

/// RCV_CERT BO: a region that cannot be judged makes its certificate unusable.
#[test]
fn rcv_cert_bo_unsupported_region() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let regions = asn::CountryAndRegions::builder()
        .country_only(asn::UnCountryId(276))
        .regions(asn::SequenceOfUint8(vec![1]))
        .build();
    let good = ticket.identity().sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
    let data = changed(&good, |signed| {
        let list = vec![asn::IdentifiedRegion::CountryAndRegions(regions)];
        attached(signed).to_be_signed.region =
            Some(asn::GeographicRegion::IdentifiedRegion(asn::SequenceOfIdentifiedRegion(list)));
    });
    assert_eq!(outcome(pki.verifier().verify_packet(&CLOCK, &packet(&data)).map(drop)), Err("bad-region"));
}

fn attached(signed: &mut asn::SignedData) -> &mut asn::Certificate {
    let asn::SignerIdentifier::Certificate(list) = &mut signed.signer else { panic!("no certificate") };
    list.0.first_mut().unwrap()
}

fn set_permissions(tbs: &mut asn::ToBeSignedCertificate, permissions: Vec<asn::PsidSsp>) {
    tbs.app_permissions = Some(asn::SequenceOfPsidSsp(permissions));
}

/// RCV_CERT BO: a ticket for a service that its AA may not give is refused.
#[test]
fn rcv_cert_bo_psid_of_the_aa() {
    let refused =
        judged_with(|tbs| set_permissions(tbs, vec![permission(36, &[1, 0, 0]), permission(99, &[1])]));
    assert_eq!(refused, Err("permissions-exceed-issuer"));
}

/// RCV_CERT BO: a ticket with an SSP that its AA may not give is refused.
#[test]
fn rcv_cert_bo_ssp_of_the_aa() {
    for ssp in [&[1, 0, 3][..], &[2, 0, 0], &[1, 0], &[1, 0, 0, 0]] {
        let refused = judged_with(|tbs| set_permissions(tbs, vec![permission(36, ssp)]));
        assert_eq!(refused, Err("permissions-exceed-issuer"), "{ssp:?}");
    }
}

/// RCV_CERT BO: an AA that gives what its root may not give is refused.
#[test]
fn rcv_cert_bo_aa_permissions() {
    let foreign = [v2x_ca::services::ServiceRange::up_to(99, &[1])];
    let groups = [issuing(&foreign, 1, 0), issuing(&its_services(), 2, 0)];
    for group in groups {
        let refused = judged_under(|tbs| {
            let mut groups = tbs.cert_issue_permissions.clone().unwrap();
            groups.0.push(group);
            tbs.cert_issue_permissions = Some(groups);
        });
        assert_eq!(refused, Err("permissions-exceed-issuer"));
    }
}

/// RCV_CERT BO: an EA, a ticket and an AA's neighbour issue no tickets.
#[test]
fn rcv_cert_bo_wrong_issuer() {
    let pki = Pki::new(Curve::NistP256);
    let by_enrolment = pki.enrolment.issue_ticket(Curve::NistP256, |_| {});
    assert_eq!(judged(&pki, &by_enrolment), Err("permissions-exceed-issuer"));
    let first = pki.ticket();
    let second_key = key(Curve::NistP256, "second ticket");
    let second = first.issue(&ticket_contents(Key::Verification(*second_key.public_key())), second_key);
    let mut trust = pki.trust();
    trust.add(first.certificate.clone()).unwrap();
    assert_eq!(judged_by(trust, &second, HERE), Err("unknown-issuer"));
}

/// RCV_CERT BO: a root, an EA, an AA and an enrolment credential sign no CAM.
#[test]
fn rcv_cert_bo_wrong_holder() {
    let pki = Pki::new(Curve::NistP256);
    let credential_key = key(Curve::NistP256, "credential");
    let template = Template::enrolment_credential("station", *credential_key.public_key(), years(1));
    let credential = pki.enrolment.issue(&template.to_be_signed().unwrap(), credential_key);
    for holder in [&pki.root, &pki.enrolment, &pki.authorization, &credential] {
        assert_eq!(judged(&pki, holder), Err("psid-not-permitted"), "{}", holder.certificate);
    }
}

/// RCV_CERT BO: a trust list manager vouches for lists, and for no message.
#[test]
fn rcv_cert_bo_trust_list_manager() {
    let pki = Pki::new(Curve::NistP256);
    let manager_key = key(Curve::NistP256, "trust list manager");
    let template = Template::trust_list_manager("Conformance TLM", *manager_key.public_key(), years(4));
    let manager = Holder::self_signed(&template.to_be_signed().unwrap(), manager_key);
    assert_eq!(judged(&pki, &manager), Err("untrusted-root"));
    let mut trust = pki.trust();
    trust.add_trust_list_manager(manager.certificate.clone()).unwrap();
    assert_eq!(judged_by(trust, &manager, HERE), Err("trust-list-manager-only"));
}

/// RCV_CERT BO: a ticket with a name or a binary id is refused.
#[test]
fn rcv_cert_bo_ticket_id() {
    let ids = [
        asn::CertificateId::Name(asn::Hostname("vehicle 1".into())),
        asn::CertificateId::BinaryId(vec![1, 2, 3].into()),
    ];
    for id in ids {
        assert_eq!(judged_with(|tbs| tbs.id = id), Err("certificate-profile"));
    }
}

/// RCV_CERT BO: a ticket with certIssuePermissions is refused.
#[test]
fn rcv_cert_bo_ticket_that_issues() {
    let refused = judged_with(|tbs| {
        tbs.cert_issue_permissions =
            Some(asn::SequenceOfPsidGroupPermissions(vec![issuing(&its_services(), 1, 0)]));
    });
    assert_eq!(refused, Err("certificate-profile"));
}

/// RCV_CERT BO: a ticket without appPermissions is refused.
#[test]
fn rcv_cert_bo_ticket_without_permissions() {
    assert_eq!(judged_with(|tbs| tbs.app_permissions = None), Err("malformed-packet"));
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket_with(|tbs| tbs.app_permissions = None);
    assert_eq!(outcome(pki.trust().chain(&ticket.certificate).map(drop)), Err("certificate-profile"));
}

/// RCV_CERT BO: a ticket that names a service twice is refused.
#[test]
fn rcv_cert_bo_ticket_with_service_twice() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let good = ticket.identity().sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
    let data = changed(&good, |signed| {
        set_permissions(
            &mut attached(signed).to_be_signed,
            vec![permission(36, &[1, 0, 0]), permission(36, &[1, 0xff, 0xfc])],
        );
    });
    assert_eq!(
        outcome(pki.verifier().verify_packet(&CLOCK, &packet(&data)).map(drop)),
        Err("bad-permissions")
    );
}

/// RCV_CERT BO: cracaId and crlSeries other than zero are refused.
#[test]
fn rcv_cert_bo_craca_and_series() {
    let craca = asn::HashedId3(asn::FixedOctetString::new([0, 0, 1]));
    assert_eq!(judged_with(|tbs| tbs.craca_id = craca), Err("certificate-profile"));
    assert_eq!(judged_with(|tbs| tbs.crl_series = asn::CrlSeries(1)), Err("certificate-profile"));
}

/// RCV_CERT BO: certRequestPermissions and canRequestRollover are refused.
#[test]
fn rcv_cert_bo_request_rights() {
    let rights = asn::SequenceOfPsidGroupPermissions(vec![issuing(&its_services(), 1, 0)]);
    assert_eq!(judged_with(|tbs| tbs.cert_request_permissions = Some(rights)), Err("certificate-profile"));
    assert_eq!(judged_with(|tbs| tbs.can_request_rollover = Some(())), Err("certificate-profile"));
}

/// RCV_CERT BO: a ticket with a higher assurance level than its AA is refused.
#[test]
fn rcv_cert_bo_assurance() {
    let level = |level: u8| Some(asn::SubjectAssurance(asn::FixedOctetString::new([level << 5])));
    for (claimed, expected) in [(3, Ok(())), (4, Err("assurance-exceeds-issuer"))] {
        let pki = Pki::with_authority(|tbs| tbs.assurance_level = level(3));
        let ticket = pki.ticket_with(|tbs| tbs.assurance_level = level(claimed));
        assert_eq!(judged(&pki, &ticket), expected, "{claimed}");
    }
}

/// RCV_CERT BO: an AA without encryptionKey, or without appPermissions, is refused.
#[test]
fn rcv_cert_bo_aa_profile() {
    assert_eq!(judged_under(|tbs| tbs.encryption_key = None), Err("certificate-profile"));
    assert_eq!(judged_under(|tbs| tbs.app_permissions = None), Err("certificate-profile"));
}

/// RCV_CERT BO: a root without a name, or without the right to sign lists, is not trusted.
#[test]
fn rcv_cert_bo_root_profile() {
    let changes: [Change; 3] = [
        |tbs| tbs.id = asn::CertificateId::None(()),
        |tbs| set_permissions(tbs, vec![permission(622, &[1])]),
        |tbs| set_permissions(tbs, vec![permission(624, &[1, 0x38])]),
    ];
    for change in changes {
        let root_key = key(Curve::NistP256, "root");
        let mut contents = root_contents(&root_key);
        change(&mut contents);
        let root = Holder::self_signed(&contents, root_key);
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, std::sync::Arc::new(RustCrypto));
        assert_eq!(outcome(trust.add_root(root.certificate)), Err("certificate-profile"));
    }
}

/// RCV_CERT BO: a root whose own signature does not verify is not trusted.
#[test]
fn rcv_cert_bo_root_signature() {
    let pki = Pki::new(Curve::NistP256);
    let mut octets = pki.root.certificate.octets().to_vec();
    *octets.last_mut().unwrap() ^= 1;
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, std::sync::Arc::new(RustCrypto));
    let refused = trust.add_root(Certificate::parse(&octets).unwrap());
    assert_eq!(outcome(refused), Err("bad-certificate-signature"));
}

/// RCV_CERT BO: what an AA issued is refused once the AA is revoked.
#[test]
fn rcv_cert_bo_revoked_aa() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let sign = |micros: u64| {
        let time = NOW.saturating_sub_micros(micros);
        packet(&ticket.identity().sign_unchecked(&cam_request(&cam_payload(HERE), time)).unwrap())
    };
    let mut verifier = pki.verifier();
    assert!(verifier.verify_packet(&CLOCK, &sign(1)).is_ok());
    verifier.trust_mut().revoke(pki.authorization.certificate.hashed_id8()).unwrap();
    assert_eq!(outcome(verifier.verify_packet(&CLOCK, &sign(2)).map(drop)), Err("revoked"));
}

/// RCV_CERT BO: a version other than 3, and an explicit certificate without signature, are refused.
#[test]
fn rcv_cert_bo_structure() {
    let pki = Pki::new(Curve::NistP256);
    let octets = pki.ticket().certificate.octets().to_vec();
    assert_eq!(octets.get(..3), Some(&[0x80, 3, 0][..]));
    for (index, value) in [(1, 2), (1, 4), (2, 1), (0, 0)] {
        let mut broken = octets.clone();
        *broken.get_mut(index).unwrap() = value;
        let refused = Certificate::parse(&broken).map(drop);
        assert_eq!(outcome(refused), Err("malformed-certificate"), "octet {index} is {value}");
    }
}

/// RCV_CERT BO: a key that is no point of its curve is refused.
#[test]
fn rcv_cert_bo_key_off_curve() {
    let pki = Pki::new(Curve::NistP256);
    let mut decoded = pki.ticket().certificate.decoded().clone();
    // The first x from 1 on for which x³ − 3x + b is no square.
    let off = (1..=255_u8).find_map(|x| {
        let mut octets = [0; 32];
        *octets.last_mut()? = x;
        let point = asn::EccP256CurvePoint::CompressedY0(asn::FixedOctetString::new(octets));
        let indicator = asn::PublicVerificationKey::EcdsaNistP256(point);
        decoded.to_be_signed.verify_key_indicator = asn::VerificationKeyIndicator::VerificationKey(indicator);
        Certificate::parse(&asn::encode(&decoded).ok()?).err()
    });
    assert_eq!(off.map(|refusal| refusal.code()), Some("bad-key-material"));
}

/// RCV_CERT switch: an implicit ticket is accepted under AAs on P-256 and brainpoolP256r1.
#[test]
fn rcv_cert_switch_implicit() {
    for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
        let pki = Pki::new(curve);
        let ticket = pki.authorization.issue_implicit_ticket(|_| {});
        assert!(matches!(ticket.certificate.key(), KeyIndicator::Implicit(_)));
        assert_eq!(ticket.certificate.hash().algorithm(), HashAlgorithm::Sha256);
        let data = pki.identity(&ticket).sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
        assert_eq!(
            outcome(pki.verifier().verify_packet(&CLOCK, &packet(&data)).map(drop)),
            Ok(()),
            "{curve}"
        );
    }
}

/// RCV_CERT switch: an implicit ticket is held to the same bounds as an explicit one.
#[test]
fn rcv_cert_switch_implicit_bounds() {
    let changes: [(Change, &str); 4] = [
        (|tbs| tbs.validity_period = hours(START.seconds() - 1, 100), "validity-exceeds-issuer"),
        (|tbs| set_permissions(tbs, vec![permission(99, &[1])]), "permissions-exceed-issuer"),
        (|tbs| tbs.region = Some(country(250)), "region-exceeds-issuer"),
        (|tbs| tbs.id = asn::CertificateId::Name(asn::Hostname("vehicle 1".into())), "certificate-profile"),
    ];
    let pki = Pki::with_authority(|tbs| tbs.region = Some(country(276)));
    let good = pki.identity(&pki.ticket()).sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
    for (change, expected) in changes {
        let ticket = pki.authorization.issue_implicit_ticket(change);
        let list = asn::SequenceOfCertificate(vec![ticket.certificate.decoded().clone()]);
        let data =
            resigned(&ticket, &good, |signed| signed.signer = asn::SignerIdentifier::Certificate(list));
        assert_eq!(outcome(pki.verifier().verify_packet(&CLOCK, &packet(&data)).map(drop)), Err(expected));
    }
}

/// RCV_CERT switch: an implicit ticket in the name of an AA on another curve yields no key that verifies.
#[test]
fn rcv_cert_switch_implicit_foreign_aa() {
    let (ours, theirs) = (Pki::new(Curve::NistP256), foreign());
    let ticket = theirs.authorization.issue_implicit_ticket(|_| {});
    let mut decoded = ticket.certificate.decoded().clone();
    let id = *ours.authorization.certificate.hashed_id8().as_bytes();
    decoded.issuer = asn::IssuerIdentifier::Sha256AndDigest(asn::HashedId8(asn::FixedOctetString::new(id)));
    let certificate = Certificate::parse(&asn::encode(&decoded).unwrap()).unwrap();
    let stolen = Holder { certificate: certificate.clone(), key: ticket.key };
    let good = ours.identity(&ours.ticket()).sign_unchecked(&cam_request(&cam_payload(HERE), NOW)).unwrap();
    let list = asn::SequenceOfCertificate(vec![decoded]);
    let data = resigned(&stolen, &good, |signed| signed.signer = asn::SignerIdentifier::Certificate(list));
    let refused = ours.verifier().verify_packet(&CLOCK, &packet(&data)).map(drop);
    assert_eq!(outcome(refused), Err("bad-message-signature"), "{certificate}");
}
