//! Certificates in use against the profiles of TS 103 097 V2.2.1: which keep them, and which rule the others break.

mod support;

use std::fs;

use v2x_codec::ieee1609dot2::{Certificate, Ieee1609Dot2Data, SignedData, decode};
use v2x_codec::ts102941::{CtlEntry, EtsiTs102941Data, EtsiTs102941DataContent};
use v2x_codec::ts103097::{CertificateProfile, EncryptedUnicast, MessageProfile, RootCa, Signed, Unsecured};

type Broken = Vec<(&'static str, &'static str)>;

fn violations(profile: CertificateProfile, certificate: &Certificate) -> Broken {
    profile.violations(certificate).map(|violation| (violation.clause, violation.field)).collect()
}

fn certificate(octets: &[u8]) -> Certificate {
    decode(octets).expect("the certificate decodes")
}

fn profile_of(name: &str) -> CertificateProfile {
    let kind = name.trim_start_matches("CERT_").trim_end_matches(".oer");
    let is = |part| kind.split('_').any(|found| found == part);
    match () {
        () if is("AT") => CertificateProfile::AuthorizationTicket,
        () if is("EC") => CertificateProfile::EnrolmentCredential,
        () if is("RCA") => CertificateProfile::RootCa,
        () => CertificateProfile::SubordinateCa,
    }
}

#[test]
fn the_certificates_of_the_etsi_test_pool_keep_their_profiles_but_for_a_credential_without_name() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets) in support::files(&vectors.join("etsi_pool"), "oer") {
        let expected: &[_] = if name == "CERT_TS_A_EC.oer" { &[("7.2.2", "id")] } else { &[] };
        assert_eq!(violations(profile_of(&name), &certificate(&octets)), expected, "{name}");
    }
}

#[test]
fn tickets_from_the_road_keep_their_profile() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets) in support::files(&vectors.join("cert"), "oer") {
        assert_eq!(violations(CertificateProfile::AuthorizationTicket, &certificate(&octets)), [], "{name}");
    }
}

#[test]
fn a_ticket_is_no_other_kind_of_certificate() {
    let Some(vectors) = support::vectors() else { return };
    let (name, octets) = support::files(&vectors.join("cert"), "oer").remove(0);
    for profile in CertificateProfile::ALL {
        let kept = profile.check(&certificate(&octets)).is_ok();
        assert_eq!(kept, profile == CertificateProfile::AuthorizationTicket, "{name}: {profile:?}");
    }
    let refusal = RootCa::try_from(certificate(&octets)).expect_err("a ticket is no root");
    assert_eq!((refusal.clause, refusal.field), ("7.2.3", "issuer"));
}

#[test]
fn the_european_trust_list_manager_and_the_roots_that_it_lists_keep_their_profiles() {
    let Some(vectors) = support::vectors() else { return };
    let read = |name| fs::read(vectors.join(name)).expect("the vector is there");
    let tlm = certificate(&read("trust/eu_tlm_l2_E7A4B2B045E7ACF9.oer"));
    assert_eq!(violations(CertificateProfile::TrustListManager, &tlm), []);

    let data: Ieee1609Dot2Data =
        decode(&read("trust/eu_ectl_l2_CE4CF6C19BFED720.oer")).expect("the list decodes");
    let signed = Signed::try_from(data).expect("the list is signed data");
    let message: EtsiTs102941Data = decode(signed.payload()).expect("the payload decodes");
    let EtsiTs102941DataContent::CertificateTrustListTlm(list) = message.content else {
        unreachable!("the list is a trust list")
    };
    let mut roots = 0;
    for entry in list.additions() {
        match entry {
            CtlEntry::Rca(root) => {
                roots += 1;
                assert_eq!(violations(CertificateProfile::RootCa, &root.self_signed_root_ca), []);
            }
            CtlEntry::Tlm(entry) => assert_eq!(entry.self_signed_tlm_certificate, tlm),
            CtlEntry::Dc(_) => {}
            CtlEntry::Ea(_) | CtlEntry::Aa(_) => unreachable!("a list of roots has none"),
        }
    }
    assert!(roots > 0);
}

#[test]
fn a_root_of_the_scms_does_not_name_the_european_list_services() {
    let Some(vectors) = support::vectors() else { return };
    let root = certificate(&fs::read(vectors.join("scms/iss_v2x_root.oer")).expect("the vector is there"));
    assert_eq!(violations(CertificateProfile::RootCa, &root), [("7.2.3", "appPermissions")]);
}

fn signed_cam() -> Option<SignedData> {
    let folder = support::vectors()?.join("gn");
    let octets =
        support::unhex(&fs::read_to_string(folder.join("cit_data1609_cam_389.hex")).expect("it is there"));
    let data = decode::<Ieee1609Dot2Data>(&octets).expect("the message decodes");
    Some(Signed::try_from(data).expect("the message is signed data").signed_data().clone())
}

#[test]
fn a_cam_from_the_road_keeps_its_profile_and_no_other() {
    let Some(cam) = signed_cam() else { return };
    assert_eq!(MessageProfile::of_psid(36).check(&cam), Ok(()));
    assert_eq!(MessageProfile::Generic.check(&cam), Ok(()));
    let as_denm: Vec<_> = MessageProfile::Denm.violations(&cam).map(|broken| broken.field).collect();
    assert!(as_denm.contains(&"psid") && as_denm.contains(&"generationLocation"), "{as_denm:?}");
}

#[test]
fn a_cam_with_an_expiry_or_without_a_generation_time_breaks_its_profile() {
    let Some(mut cam) = signed_cam() else { return };
    let header = &mut cam.tbs_data.header_info;
    header.expiry_time = header.generation_time.take();
    let broken: Vec<_> =
        MessageProfile::Cam.violations(&cam).map(|broken| (broken.clause, broken.field)).collect();
    assert_eq!(broken, [("5.2", "generationTime"), ("7.1.1", "expiryTime")]);
}

#[test]
fn unsecured_data_is_neither_signed_nor_encrypted() {
    let data = Ieee1609Dot2Data::unsecured(vec![1, 2, 3]);
    assert_eq!(Unsecured::try_from(data.clone()).map(|data| data.payload().to_vec()), Ok(vec![1, 2, 3]));
    assert_eq!(Signed::try_from(data.clone()).map_err(|refusal| refusal.clause), Err("5.1"));
    assert_eq!(EncryptedUnicast::try_from(data).map_err(|refusal| refusal.clause), Err("5.1"));
}
