use super::*;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use std::sync::Arc;
use v2x_ca::{
    lab::{Lab, Plan},
    link,
    lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, sign_crl, tlm_entry},
};
use v2x_codec::time::Time32;
use v2x_crypto::RustCrypto;
use v2x_security::{
    policy::Policy,
    replay::{ReplayConfig, ReplayFilter},
    trust::{TrustProfile, TrustStore},
};

const START: Time32 = Time32::from_seconds(700_000_000);
const DAY: u64 = 86_400;

fn at(seconds: u64) -> Time64 {
    Time64::from(START).saturating_add_micros(seconds * 1_000_000)
}

fn clock(seconds: u64) -> Clock {
    Clock::exact(at(seconds))
}

fn due(seconds: u64) -> Time32 {
    at(seconds + 30 * DAY).time32().unwrap()
}

fn lab(seed: u64) -> Lab {
    Lab::new(&Plan::new("dc", START), &RustCrypto, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
}

/// A centre that trusts the root and the TLM of `lab`.
fn centre(lab: &Lab) -> DistributionCentre {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    trust.add_root(lab.root.certificate.clone()).unwrap();
    trust.add_trust_list_manager(lab.trust_list_manager.certificate.clone()).unwrap();
    let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), START.into());
    DistributionCentre::new(Verifier::new(trust, Policy::STANDARD, replay))
}

fn root_list(lab: &Lab) -> TrustList {
    let entries = vec![
        ea_entry(&lab.enrolment_authority.certificate, "http://ea.example", None).unwrap(),
        aa_entry(&lab.authorization_authority.certificate, "http://aa.example").unwrap(),
        dc_entry("http://dc.example", &[&lab.root.certificate]).unwrap(),
    ];
    TrustList::first(ListOf::RootCa, entries).unwrap()
}

fn full(lab: &Lab, list: &TrustList, seconds: u64) -> Vec<u8> {
    let root = lab.root.identity(&RustCrypto).unwrap();
    list.sign_full(&root, at(seconds), due(seconds), &lab.policy).unwrap()
}

#[test]
fn a_roots_lists_are_found_by_the_paths_of_annex_d() {
    let lab = lab(1);
    let (root, id) = (lab.root.identity(&RustCrypto).unwrap(), lab.root.certificate.hashed_id8());
    let (mut centre, first) = (centre(&lab), root_list(&lab));
    let first_full = full(&lab, &first, 10);
    assert_eq!(centre.publish(&clock(20), &first_full), Ok(Resource::Ctl(id)));
    let second = first.next(first.entries()[1..].to_vec()).unwrap();
    let delta = second.sign_delta(&first, &root, at(30), due(30), &lab.policy).unwrap();
    let second_full = full(&lab, &second, 30);
    let revoked = [lab.enrolment_authority.certificate.hashed_id8()];
    let crl = sign_crl(&revoked, &root, at(30), due(30), &lab.policy).unwrap();
    assert_eq!(centre.publish(&clock(40), &delta), Ok(Resource::DeltaCtl(id, 1)));
    assert_eq!(centre.publish(&clock(40), &second_full), Ok(Resource::Ctl(id)));
    assert_eq!(centre.publish(&clock(40), &crl), Ok(Resource::Crl(id)));
    for (path, octets) in [("getctl/", &second_full), ("getcrl/", &crl)] {
        let resource = format!("/{path}{id}").parse().unwrap();
        assert_eq!(centre.find(resource), Some(octets.as_slice()), "{path}");
    }
    assert_eq!(centre.find(format!("/getctl/{id}/1").parse().unwrap()), Some(delta.as_slice()));
    assert_eq!(centre.find(Resource::DeltaCtl(id, 0)), None);
    assert_eq!(centre.find(Resource::Crl(lab.trust_list_manager.certificate.hashed_id8())), None);
}

#[test]
fn a_trust_list_managers_lists_and_certificates_are_found_by_the_paths_of_annex_e() {
    let (lab, next) = (lab(1), lab(2));
    let tlm = lab.trust_list_manager.identity(&RustCrypto).unwrap();
    let id = tlm.certificate().hashed_id8();
    let mut centre = centre(&lab);
    let certificate = Some(tlm.certificate().octets());
    assert_eq!(centre.find(Resource::TlmCertificate(None)), certificate);
    assert_eq!(centre.find(Resource::TlmCertificate(Some(id))), certificate);
    assert_eq!(centre.find(Resource::TlmLinkCertificate(None)), None);

    let entries = vec![tlm_entry(tlm.certificate(), "http://cpoc.example").unwrap()];
    let first = TrustList::first(ListOf::TrustListManager, entries.clone()).unwrap();
    let ectl = first.sign_full(&tlm, at(10), due(10), &lab.policy).unwrap();
    assert_eq!(centre.publish(&clock(20), &ectl), Ok(Resource::Ectl(id)));
    let more = [&entries[..], &[root_entry(&lab.root.certificate).unwrap()]].concat();
    let second = first.next(more).unwrap();
    let delta = second.sign_delta(&first, &tlm, at(30), due(30), &lab.policy).unwrap();
    assert_eq!(centre.publish(&clock(40), &delta), Ok(Resource::DeltaEctl(id, Some(1))));
    assert_eq!(centre.find(Resource::Ectl(id)), Some(ectl.as_slice()));
    for number in [None, Some(1)] {
        assert_eq!(centre.find(Resource::DeltaEctl(id, number)), Some(delta.as_slice()));
    }

    let successor = &next.trust_list_manager.certificate;
    let link = link::tlm_link(&tlm, successor, at(50)).unwrap();
    assert_eq!(centre.publish_link(&clock(60), &link, successor.clone()), Ok(Role::TrustListManager));
    let found = Resource::TlmLinkCertificate(Some(successor.hashed_id8()));
    assert_eq!(centre.find(found), Some(link.as_slice()));
    assert_eq!(centre.find(Resource::TlmLinkCertificate(None)), Some(link.as_slice()));
    let found = Resource::TlmCertificate(Some(successor.hashed_id8()));
    assert_eq!(centre.find(found), Some(successor.octets()));
}

#[test]
fn the_same_list_again_is_no_error_and_an_older_one_is() {
    let lab = lab(1);
    let (mut centre, first) = (centre(&lab), root_list(&lab));
    let second = first.next(first.entries().to_vec()).unwrap();
    let (older, newer) = (full(&lab, &first, 10), full(&lab, &second, 30));
    let found = centre.publish(&clock(40), &newer);
    assert_eq!(centre.publish(&clock(41), &newer), found);
    let outcome = centre.publish(&clock(42), &older);
    assert!(matches!(outcome, Err(PublishError::NotNewer { .. })), "{outcome:?}");
    assert_eq!(centre.find(found.unwrap()), Some(newer.as_slice()));
}

#[test]
fn what_is_not_believed_is_not_handed_out() {
    let (lab, stranger) = (lab(1), lab(2));
    let mut centre = centre(&lab);
    let list = root_list(&lab);
    let good = full(&lab, &list, 10);
    let mut bent = good.clone();
    *bent.last_mut().unwrap() ^= 1;
    let foreign = full(&stranger, &root_list(&stranger), 10);
    let refused = |outcome: Result<Resource, PublishError>| {
        assert!(matches!(outcome, Err(PublishError::Refused(_))), "{outcome:?}");
    };
    refused(centre.publish(&clock(20), &bent));
    refused(centre.publish(&clock(20), &foreign));
    refused(centre.publish(&clock(20), b"no list"));
    refused(centre.publish(&clock(31 * DAY), &good));
    let long = vec![0; MAX_LIST_OCTETS + 1];
    assert_eq!(centre.publish(&clock(20), &long), Err(PublishError::TooLong(long.len())));
    assert_eq!(centre.find(Resource::Ctl(lab.root.certificate.hashed_id8())), None);
}

#[test]
fn after_a_roots_link_the_lists_of_the_next_root_are_taken() {
    let (lab, next) = (lab(1), lab(2));
    let mut centre = centre(&lab);
    let list = full(&next, &root_list(&next), 10);
    assert!(centre.publish(&clock(20), &list).is_err());
    let identity = |lab: &Lab| lab.root.identity(&RustCrypto).unwrap();
    let link = link::root_link(&identity(&lab), &identity(&next), at(10)).unwrap();
    assert_eq!(centre.publish_link(&clock(20), &link, next.root.certificate.clone()), Ok(Role::Root));
    let id = next.root.certificate.hashed_id8();
    assert_eq!(centre.publish(&clock(20), &list), Ok(Resource::Ctl(id)));
}
