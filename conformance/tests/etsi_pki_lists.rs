//! Lists as root CA and trust list manager make them, and as distribution centre and CPOC take them: the test purposes
//! of TS 103 525-2 for the groups RCA_CTL, RCA_CRL, TLM_ECTL, DC and CPOC. That they are handed out by HTTP GET is in
//! `etsi_pki_http`.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_dc::{DistributionCentre, PublishError};
use enrollment_protocol::resource::Resource;
use exchange::layers::{data, payload, signed};
use exchange::listed::{
    aa, at, dc, delta, due, ea, full, issuer, lab, lab_on, of_root, of_tlm, revocation_list, roots, station,
    trust_list,
};
use exchange::{DAY, NOW, later};
use v2x_ca::CaError;
use v2x_ca::lab::Lab;
use v2x_ca::lists::{ListOf, TrustList, dc_entry, sign_crl};
use v2x_codec::ieee1609dot2::{Certificate as AsnCertificate, HashedId8, decode};
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::{CtlCommand, CtlDelete, CtlEntry, EtsiTs102941DataContent as Message};
use v2x_codec::view::Signer;
use v2x_crypto::{Curve, Provider as _, RustCrypto, SignatureInput};
use v2x_security::certificate::Certificate;
use v2x_security::point;
use v2x_security::trust::Role;

const ROOT: ListOf = ListOf::RootCa;
const TLM: ListOf = ListOf::TrustListManager;
/// The ITS-AIDs of trust lists and of revocation lists.
const CTL: u64 = 624;
const CRL: u64 = 622;

fn asn(certificate: &Certificate) -> AsnCertificate {
    decode(certificate.octets()).unwrap()
}

fn id(certificate: &Certificate) -> HashedId8 {
    HashedId8((*certificate.hashed_id8().as_bytes()).into())
}

fn crl(lab: &Lab, revoked: &[Certificate], made: Time64) -> Vec<u8> {
    let revoked: Vec<_> = revoked.iter().map(Certificate::hashed_id8).collect();
    sign_crl(&revoked, &issuer(lab, ROOT), made, due(made), &lab.policy).unwrap()
}

/// Signed by the holder of this certificate, which is in the message, with the header that a list has.
fn assert_list_of(octets: &[u8], certificate: &Certificate, psid: u64, made: Time64) {
    let signed = signed(octets);
    let Signer::Certificate(certificates) = signed.signer else { panic!("no certificate as signer") };
    let carried: Vec<_> = certificates.iter().map(|certificate| certificate.octets.to_vec()).collect();
    assert_eq!(carried, [certificate.octets()]);
    let header = signed.header_info;
    assert_eq!((header.psid, header.generation_time), (psid, Some(made)));
    assert!(header.expiry_time.is_none() && header.generation_location.is_none());
    let (key, hash) = (certificate.verification_key().unwrap(), certificate.hash().algorithm());
    assert_eq!(point::received_hash(signed.hash_id), hash);
    let over = [hash.digest(signed.to_be_signed), hash.digest(certificate.octets())];
    let input = SignatureInput::from_digests(&over[0], &over[1]);
    let signature = point::received_signature(&signed.signature).unwrap();
    RustCrypto.verify(key, input.as_bytes(), &signature).unwrap();
    assert_eq!(data(&payload(octets)).version, 1);
}

// A root's trust list.

/// RCA_CTL BV: a root's list is signed by the root, whose certificate is in it, with psid 624, on all four curves.
#[test]
fn rca_ctl_bv_signature() {
    for curve in Curve::ALL {
        let lab = lab_on(curve, 1);
        let list = full(&lab, ROOT, &of_root(&lab), NOW);
        assert_list_of(&list, &lab.root.certificate, CTL, NOW);
        assert!(matches!(data(&payload(&list)).content, Message::CertificateTrustListRca(_)));
    }
}

/// RCA_CTL BV: a full list has version 1, isFullCtl, a number, and the time at which the next is due.
#[test]
fn rca_ctl_bv_head() {
    let lab = lab(1);
    let list = trust_list(&full(&lab, ROOT, &of_root(&lab), NOW));
    assert!(list.is_full_ctl);
    assert_eq!(list.version, v2x_codec::ts102941::Version::v1());
    assert_eq!(list.ctl_sequence, 0);
    assert_eq!(list.next_update.0, later(10 * DAY).time32().unwrap().seconds());
}

/// RCA_CTL BV: a full list adds every EA, AA and distribution centre with its addresses, and deletes nothing.
#[test]
fn rca_ctl_bv_entries() {
    let lab = lab(1);
    let list = trust_list(&full(&lab, ROOT, &of_root(&lab), NOW));
    let commands = [ea(&lab), aa(&lab), dc(&lab)].map(CtlCommand::Add);
    assert_eq!(list.ctl_commands, commands);
    let [CtlEntry::Ea(ea), CtlEntry::Aa(aa), CtlEntry::Dc(dc)] = [ea(&lab), aa(&lab), dc(&lab)] else {
        panic!("other entries")
    };
    assert_eq!(ea.ea_certificate, asn(&lab.enrolment_authority.certificate));
    assert_eq!(ea.aa_access_point.to_text(), "http://ea.example/aas");
    assert_eq!(ea.its_access_point.unwrap().to_text(), "http://ea.example/stations");
    assert_eq!(aa.aa_certificate, asn(&lab.authorization_authority.certificate));
    assert_eq!(aa.access_point.to_text(), "http://aa.example");
    assert_eq!(dc.url.to_text(), "http://dc.example");
    assert_eq!(dc.cert, [id(&lab.root.certificate)]);
}

fn misuse<T>(outcome: Result<T, CaError>) -> &'static str {
    match outcome.map(drop) {
        Err(CaError::Misuse(what)) => what,
        other => panic!("{other:?}"),
    }
}

/// RCA_CTL BO: a root's list with a root or TLM, or without a distribution centre for the root, is not made.
#[test]
fn rca_ctl_bo_entries() {
    let lab = lab(1);
    for entry in roots(&lab, &[&lab]) {
        let list = TrustList::first(ROOT, vec![ea(&lab), dc(&lab), entry]);
        assert_eq!(misuse(list), "an entry of a kind that this list does not hold");
    }
    let list = TrustList::first(ROOT, vec![ea(&lab), aa(&lab)]).unwrap();
    let signed = list.sign_full(&issuer(&lab, ROOT), NOW, due(NOW), &lab.policy);
    assert_eq!(misuse(signed), "no distribution centre of a root's list names the root");
}

/// RCA_CTL BO: a list that is signed by another role, or due in the past or too late, is not made.
#[test]
fn rca_ctl_bo_signer_and_time() {
    let lab = lab(1);
    // It names the TLM too, so that nothing else is wrong with the TLM's signature.
    let signers = [&lab.root.certificate, &lab.trust_list_manager.certificate];
    let list =
        TrustList::first(ROOT, vec![aa(&lab), dc_entry("http://dc.example", &signers).unwrap()]).unwrap();
    assert!(list.sign_full(&issuer(&lab, ROOT), NOW, due(NOW), &lab.policy).is_ok());
    let signed = list.sign_full(&issuer(&lab, TLM), NOW, due(NOW), &lab.policy);
    assert_eq!(misuse(signed), "the signer is not of the list's role");
    for due in [NOW.time32().unwrap(), later(93 * DAY).time32().unwrap()] {
        let signed = list.sign_full(&issuer(&lab, ROOT), NOW, due, &lab.policy);
        assert!(misuse(signed).starts_with("nextUpdate lies in the past"));
    }
}

/// RCA_CTL BV: a delta list has the number of the full list that it leads to, and only what changed.
#[test]
fn rca_ctl_bv_delta() {
    let lab = lab(1);
    let first = TrustList::first(ROOT, vec![ea(&lab), dc(&lab)]).unwrap();
    let second = first.next(vec![aa(&lab), dc(&lab)]).unwrap();
    let octets = delta(&lab, ROOT, &second, &first, NOW);
    assert_list_of(&octets, &lab.root.certificate, CTL, NOW);
    let changes = trust_list(&octets);
    assert!(!changes.is_full_ctl);
    assert_eq!(changes.ctl_sequence, 1);
    assert_eq!(changes.ctl_sequence, trust_list(&full(&lab, ROOT, &second, NOW)).ctl_sequence);
    let gone = CtlDelete::Cert(id(&lab.enrolment_authority.certificate));
    assert_eq!(changes.ctl_commands, [CtlCommand::Delete(gone), CtlCommand::Add(aa(&lab))]);
}

/// RCA_CTL BV: each list has the next number, and 0 comes after 255.
#[test]
fn rca_ctl_bv_sequence() {
    let lab = lab(1);
    let mut list = of_root(&lab);
    let mut numbers = vec![list.sequence()];
    for _ in 0..256 {
        list = list.next(list.entries().to_vec()).unwrap();
        numbers.push(list.sequence());
    }
    let expected: Vec<u8> = (0..=255).chain([0]).collect();
    assert_eq!(numbers, expected);
    assert_eq!(trust_list(&full(&lab, ROOT, &list, NOW)).ctl_sequence, 0);
}

/// RCA_CTL BO: a delta from any other list than the one before is not made.
#[test]
fn rca_ctl_bo_delta() {
    let lab = lab(1);
    let first = of_root(&lab);
    let second = first.next(vec![dc(&lab)]).unwrap();
    let third = second.next(vec![aa(&lab), dc(&lab)]).unwrap();
    for (list, before) in [(&third, &first), (&first, &second), (&second, &second)] {
        let signed = list.sign_delta(before, &issuer(&lab, ROOT), NOW, due(NOW), &lab.policy);
        assert_eq!(misuse(signed), "a delta is made from the list with the number before");
    }
}

// A root's revocation list.

/// RCA_CRL BV: a revocation list is signed by the root, whose certificate is in it, with psid 622, on all four curves.
#[test]
fn rca_crl_bv_signature() {
    for curve in Curve::ALL {
        let lab = lab_on(curve, 1);
        let list = crl(&lab, std::slice::from_ref(&lab.authorization_authority.certificate), NOW);
        assert_list_of(&list, &lab.root.certificate, CRL, NOW);
    }
}

/// RCA_CRL BV: it has version 1, the time at which it was made, when the next is due, and the digest of each revoked.
#[test]
fn rca_crl_bv_content() {
    let lab = lab(1);
    let revoked = [&lab.enrolment_authority, &lab.authorization_authority];
    let revoked = revoked.map(|member| member.certificate.clone());
    let list = revocation_list(&crl(&lab, &revoked, NOW));
    assert_eq!(list.version, v2x_codec::ts102941::Version::v1());
    assert_eq!(Time64::from(Time32::from_seconds(list.this_update.0)), NOW);
    assert_eq!(list.next_update.0, later(10 * DAY).time32().unwrap().seconds());
    assert_eq!(list.entries.len(), 2);
    assert!(revoked.iter().all(|certificate| list.entries.contains(&id(certificate))));
    assert_eq!(revocation_list(&crl(&lab, &[], NOW)).entries, [], "a list may be empty");
}

/// RCA_CRL BO: whoever may not sign revocation lists makes none, and none is due in the past or too late.
#[test]
fn rca_crl_bo_signer_and_time() {
    let lab = lab(1);
    let by_the_tlm = sign_crl(&[], &issuer(&lab, TLM), NOW, due(NOW), &lab.policy);
    assert!(matches!(by_the_tlm, Err(CaError::Refused(_))), "{by_the_tlm:?}");
    let ea = lab.enrolment_authority.identity(&RustCrypto).unwrap();
    assert!(matches!(sign_crl(&[], &ea, NOW, due(NOW), &lab.policy), Err(CaError::Refused(_))));
    for due in [NOW.time32().unwrap(), later(93 * DAY).time32().unwrap()] {
        assert!(misuse(sign_crl(&[], &issuer(&lab, ROOT), NOW, due, &lab.policy)).starts_with("nextUpdate"));
    }
}

// A trust list manager's list.

/// TLM_ECTL BV: the list of roots is signed by the TLM, whose certificate is in it, with psid 624, on all four curves.
#[test]
fn tlm_ectl_bv_signature() {
    for curve in Curve::ALL {
        let lab = lab_on(curve, 1);
        let list = full(&lab, TLM, &of_tlm(&lab, &[&lab]), NOW);
        assert_list_of(&list, &lab.trust_list_manager.certificate, CTL, NOW);
        assert!(matches!(data(&payload(&list)).content, Message::CertificateTrustListTlm(_)));
    }
}

/// TLM_ECTL BV: a full list has version 1, a number, the next date, the TLM with the CPOC's address, and every root.
#[test]
fn tlm_ectl_bv_content() {
    let (lab, other) = (lab(1), lab(2));
    let list = trust_list(&full(&lab, TLM, &of_tlm(&lab, &[&lab, &other]), NOW));
    assert!(list.is_full_ctl && list.ctl_sequence == 0);
    assert_eq!(list.version, v2x_codec::ts102941::Version::v1());
    assert_eq!(list.next_update.0, later(10 * DAY).time32().unwrap().seconds());
    let [CtlCommand::Add(CtlEntry::Tlm(tlm)), rest @ ..] = &list.ctl_commands[..] else { panic!("no TLM") };
    assert_eq!(tlm.self_signed_tlm_certificate, asn(&lab.trust_list_manager.certificate));
    assert_eq!(tlm.access_point.to_text(), "http://cpoc.example");
    let root = |command: &CtlCommand| {
        let CtlCommand::Add(CtlEntry::Rca(root)) = command else { panic!("{command:?}") };
        root.self_signed_root_ca.clone()
    };
    let listed: Vec<_> = rest.iter().map(root).collect();
    assert_eq!(listed, [asn(&lab.root.certificate), asn(&other.root.certificate)]);
}

/// TLM_ECTL BV: a delta names the roots that come and go, and has the next number.
#[test]
fn tlm_ectl_bv_delta() {
    let (lab, other) = (lab(1), lab(2));
    let first = of_tlm(&lab, &[&lab]);
    let second = first.next(roots(&lab, &[&other])).unwrap();
    let octets = delta(&lab, TLM, &second, &first, NOW);
    assert_list_of(&octets, &lab.trust_list_manager.certificate, CTL, NOW);
    let changes = trust_list(&octets);
    assert!(!changes.is_full_ctl && changes.ctl_sequence == 1);
    let gone = CtlCommand::Delete(CtlDelete::Cert(id(&lab.root.certificate)));
    let [CtlCommand::Add(_), come] = [0, 1].map(|at| CtlCommand::Add(roots(&lab, &[&other])[at].clone()))
    else {
        panic!("a TLM and a root")
    };
    assert_eq!(changes.ctl_commands, [gone, come]);
}

/// TLM_ECTL BO: a list with an EA or AA, or signed by a root, is not made.
#[test]
fn tlm_ectl_bo_entries_and_signer() {
    let lab = lab(1);
    for entry in [ea(&lab), aa(&lab)] {
        let list = TrustList::first(TLM, vec![entry]);
        assert_eq!(misuse(list), "an entry of a kind that this list does not hold");
    }
    let signed = of_tlm(&lab, &[&lab]).sign_full(&issuer(&lab, ROOT), NOW, due(NOW), &lab.policy);
    assert_eq!(misuse(signed), "the signer is not of the list's role");
}

// Distribution centre and CPOC.

/// A centre that takes the lists of the root and of the TLM of a lab.
fn centre(lab: &Lab) -> DistributionCentre {
    DistributionCentre::new(station(&[&lab.root.certificate, &lab.trust_list_manager.certificate]))
}

fn found(centre: &DistributionCentre, path: &str) -> Option<Vec<u8>> {
    centre.find(path.parse().unwrap()).map(<[u8]>::to_vec)
}

/// DC BV: a root's full list, delta lists by number and revocation list are found by the paths of TS 102 941 annex D.
#[test]
fn dc_bv_paths() {
    let lab = lab(1);
    let (mut centre, root) = (centre(&lab), lab.root.certificate.hashed_id8());
    let first = of_root(&lab);
    let second = first.next(vec![aa(&lab), dc(&lab)]).unwrap();
    let lists =
        [full(&lab, ROOT, &second, NOW), delta(&lab, ROOT, &second, &first, NOW), crl(&lab, &[], NOW)];
    for list in &lists {
        centre.publish(&at(NOW), list).unwrap();
    }
    let paths = [format!("/getctl/{root}"), format!("/getctl/{root}/1"), format!("/getcrl/{root}")];
    assert_eq!(paths.map(|path| found(&centre, &path).unwrap()), lists);
    assert_eq!(found(&centre, &format!("/getctl/{root}/2")), None);
    assert_eq!(found(&centre, "/getcrl/0101010101010101"), None);
}

/// CPOC BV: full list, delta lists, TLM certificate and link are found by the paths of TS 102 941 annex E.
#[test]
fn cpoc_bv_paths() {
    let (lab, next) = (lab(1), lab(2));
    let mut centre = centre(&lab);
    let (first, tlm) = (of_tlm(&lab, &[]), &lab.trust_list_manager.certificate);
    let second = first.next(roots(&lab, &[&lab])).unwrap();
    let lists = [full(&lab, TLM, &second, NOW), delta(&lab, TLM, &second, &first, NOW)];
    for list in &lists {
        centre.publish(&at(NOW), list).unwrap();
    }
    let id = tlm.hashed_id8();
    assert_eq!(found(&centre, &format!("/getectl/{id}")).as_ref(), Some(&lists[0]));
    for path in [format!("/getdeltaectl/{id}"), format!("/getdeltaectl/{id}/1")] {
        assert_eq!(found(&centre, &path).as_ref(), Some(&lists[1]));
    }
    for path in ["/gettlmcertificate".to_owned(), format!("/gettlmcertificate/{id}")] {
        assert_eq!(found(&centre, &path).as_deref(), Some(tlm.octets()));
    }
    let successor = next.trust_list_manager.certificate;
    let link = v2x_ca::link::tlm_link(&issuer(&lab, TLM), &successor, NOW).unwrap();
    assert_eq!(found(&centre, "/gettlmlinkcertificate"), None);
    let role = centre.publish_link(&at(later(1)), &link, successor.clone());
    assert_eq!(role, Ok(Role::TrustListManager));
    assert_eq!(found(&centre, "/gettlmlinkcertificate"), Some(link));
}

/// DC BO: a list that is forged, of another root, overdue or older than the one at hand is not handed out.
#[test]
fn dc_bo_lists() {
    let (lab, other) = (lab(1), lab(2));
    let mut centre = centre(&lab);
    let first = of_root(&lab);
    let older = full(&lab, ROOT, &first, NOW);
    let newer = full(&lab, ROOT, &first.next(vec![dc(&lab)]).unwrap(), later(1));
    let forged = exchange::asked::bent(newer.clone());
    let foreign = full(&other, ROOT, &of_root(&other), NOW);
    for (list, now) in [(&forged, later(2)), (&foreign, later(2)), (&newer, later(10 * DAY))] {
        let outcome = centre.publish(&at(now), list);
        assert!(matches!(outcome, Err(PublishError::Refused(_))), "{outcome:?}");
    }
    let resource = Resource::Ctl(lab.root.certificate.hashed_id8());
    assert_eq!(centre.find(resource), None);
    assert_eq!(centre.publish(&at(later(2)), &newer), Ok(resource));
    let outcome = centre.publish(&at(later(2)), &older);
    assert!(matches!(outcome, Err(PublishError::NotNewer { .. })), "{outcome:?}");
    assert_eq!(centre.find(resource), Some(newer.as_slice()));
}
