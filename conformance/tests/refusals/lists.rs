//! Trust lists and revocation lists, applied in order or refused.

use std::sync::Arc;

use conformance::shared_dir;
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, sign_crl, tlm_entry};
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::{
    CtlEntry, CtlFormat, EtsiTs102941Data, EtsiTs102941DataContent as Content, ToBeSignedLinkCertificate,
};
use v2x_crypto::RustCrypto;
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::lists::{Change, TrustLists};
use v2x_security::permission::Psid;
use v2x_security::refusal::{ListVersion, Refusal};
use v2x_security::sign::{Identity, SignRequest, SignedPayload};
use v2x_security::trust::{Role, TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use crate::pki::{NOW, START, at, rng, time, verifier};

const DAY: u64 = 86_400_000_000;

fn lab(seed: u8) -> Lab {
    let plan = Plan::new(&format!("lab {seed}"), Time32::from_seconds(START));
    Lab::new(&plan, &RustCrypto, &mut rng(seed)).unwrap()
}

/// Ten days behind the time at which a list is signed.
fn due(signed: u64) -> Time32 {
    Time32::from_seconds(u32::try_from((signed + 10 * DAY) / 1_000_000).unwrap())
}

fn full(lab: &Lab, list: &TrustList, of: ListOf, signed: u64) -> Vec<u8> {
    list.sign_full(&issuer(lab, of), time(signed), due(signed), &lab.policy).unwrap()
}

fn delta(lab: &Lab, list: &TrustList, before: &TrustList, of: ListOf, signed: u64) -> Vec<u8> {
    list.sign_delta(before, &issuer(lab, of), time(signed), due(signed), &lab.policy).unwrap()
}

fn issuer(lab: &Lab, of: ListOf) -> Identity {
    let member = match of {
        ListOf::RootCa => &lab.root,
        ListOf::TrustListManager => &lab.trust_list_manager,
    };
    member.identity(&RustCrypto).unwrap()
}

fn roots(lab: &Lab, roots: &[&Certificate]) -> Vec<CtlEntry> {
    let tlm = tlm_entry(&lab.trust_list_manager.certificate, "http://cpoc.example").unwrap();
    std::iter::once(tlm).chain(roots.iter().map(|root| root_entry(root).unwrap())).collect()
}

fn distribution(lab: &Lab) -> CtlEntry {
    dc_entry("http://dc.example", &[&lab.root.certificate]).unwrap()
}

fn ea(lab: &Lab) -> CtlEntry {
    ea_entry(&lab.enrolment_authority.certificate, "http://ea.example", None).unwrap()
}

fn aa(lab: &Lab) -> CtlEntry {
    aa_entry(&lab.authorization_authority.certificate, "http://aa.example").unwrap()
}

/// A verifier that trusts `trusted`, each in the role that it has by itself.
fn knowing(trusted: &[&Certificate]) -> Verifier {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    for certificate in trusted {
        trust.add_by_content((*certificate).clone()).unwrap();
    }
    verifier(trust)
}

/// A message of TS 102 941 that nothing but its signer's key vouches for.
fn message(signer: &Identity, psid: Psid, content: Content) -> Vec<u8> {
    let octets = asn::encode(&EtsiTs102941Data::new(content)).unwrap();
    signer.sign_unchecked(&SignRequest::new(psid, time(NOW), SignedPayload::Data(&octets))).unwrap()
}

#[test]
fn from_the_manager_alone_trust_reaches_roots_then_authorities() {
    let lab = lab(40);
    let mut verifier = knowing(&[&lab.trust_list_manager.certificate]);
    let mut lists = TrustLists::new();
    let [root, ea_id, aa_id] = [&lab.root, &lab.enrolment_authority, &lab.authorization_authority]
        .map(|member| member.certificate.hashed_id8());
    let of_root = TrustList::first(ListOf::RootCa, vec![ea(&lab), aa(&lab), distribution(&lab)]).unwrap();
    let of_root = full(&lab, &of_root, ListOf::RootCa, NOW);
    let early = lists.apply(&mut verifier, &at(NOW), &of_root).unwrap_err();
    assert_eq!(early, Refusal::UntrustedRoot(root));
    let ectl = TrustList::first(ListOf::TrustListManager, roots(&lab, &[&lab.root.certificate])).unwrap();
    let ectl = full(&lab, &ectl, ListOf::TrustListManager, NOW);
    assert_eq!(lists.apply(&mut verifier, &at(NOW), &ectl).unwrap().added, [root]);
    let change = lists.apply(&mut verifier, &at(NOW), &of_root).unwrap();
    assert_eq!((change.added.len(), change.left_out), (2, vec![]));
    assert!(change.added.contains(&ea_id) && change.added.contains(&aa_id));
    let chain = verifier.trust_mut().chain(&lab.authorization_authority.certificate).unwrap();
    assert_eq!(chain.certificates().last(), Some(&lab.root.certificate));
}

/// A verifier that applied the first list of the root, and the lists that come next.
struct Ordered {
    lab: Lab,
    verifier: Verifier,
    lists: TrustLists,
    numbered: Vec<TrustList>,
}

impl Ordered {
    fn new() -> Self {
        let lab = lab(41);
        let verifier = knowing(&[&lab.root.certificate]);
        let both = vec![ea(&lab), aa(&lab), distribution(&lab)];
        let first = TrustList::first(ListOf::RootCa, both.clone()).unwrap();
        let second = first.next(vec![aa(&lab), distribution(&lab)]).unwrap();
        let third = second.next(both).unwrap();
        let mut ordered =
            Self { lab, verifier, lists: TrustLists::new(), numbered: vec![first, second, third] };
        ordered.full(0, NOW).unwrap();
        ordered
    }

    fn apply(&mut self, data: &[u8]) -> Result<Change, Refusal> {
        self.lists.apply(&mut self.verifier, &at(NOW + 60_000_000), data)
    }

    fn full(&mut self, number: usize, signed: u64) -> Result<Change, Refusal> {
        let data = full(&self.lab, &self.numbered[number], ListOf::RootCa, signed);
        self.apply(&data)
    }

    fn delta(&mut self, number: usize, signed: u64) -> Result<Change, Refusal> {
        let (list, before) = (&self.numbered[number], &self.numbered[number - 1]);
        let data = delta(&self.lab, list, before, ListOf::RootCa, signed);
        self.apply(&data)
    }

    fn knows_ea(&self) -> bool {
        let id = self.lab.enrolment_authority.certificate.hashed_id8();
        self.verifier.trust().find(id).any(|(_, role)| role == Role::Authority)
    }
}

fn code(result: Result<Change, Refusal>) -> Result<(), &'static str> {
    result.map(|_| ()).map_err(|refusal| refusal.code())
}

#[test]
fn deltas_apply_one_after_the_other() {
    let mut ordered = Ordered::new();
    assert!(ordered.knows_ea());
    let change = ordered.delta(1, NOW + 1).unwrap();
    assert_eq!(change.removed, [ordered.lab.enrolment_authority.certificate.hashed_id8()]);
    assert_eq!(change.version, ListVersion::Delta(1, time(NOW + 1)));
    assert!(!ordered.knows_ea());
    let change = ordered.delta(2, NOW + 2).unwrap();
    assert_eq!(change.added, [ordered.lab.enrolment_authority.certificate.hashed_id8()]);
    assert!(ordered.knows_ea());
}

#[test]
fn a_full_list_takes_away_what_it_does_not_name() {
    let mut ordered = Ordered::new();
    ordered.full(1, NOW + 1).unwrap();
    assert!(!ordered.knows_ea());
}

#[test]
fn lists_out_of_order_are_refused_and_change_nothing() {
    let mut ordered = Ordered::new();
    assert_eq!(code(ordered.full(0, NOW + 1)), Err("list-out-of-order"), "the same number again");
    assert_eq!(code(ordered.delta(2, NOW + 1)), Err("list-out-of-order"), "a delta left out");
    assert_eq!(code(ordered.delta(1, NOW)), Err("list-out-of-order"), "no later than the one before");
    assert!(ordered.knows_ea());
    ordered.delta(1, NOW + 1).unwrap();
    assert_eq!(code(ordered.delta(1, NOW + 2)), Err("list-out-of-order"), "the same delta again");
    assert_eq!(code(ordered.full(0, NOW + 2)), Err("list-out-of-order"), "an older full list");
    assert!(!ordered.knows_ea());
    let refusal = first_delta();
    assert!(matches!(refusal, Refusal::ListOutOfOrder { applied: ListVersion::None, .. }), "{refusal}");
}

/// A delta to a list that was never applied.
pub(crate) fn first_delta() -> Refusal {
    let mut ordered = Ordered::new();
    ordered.lists = TrustLists::new();
    ordered.delta(1, NOW + 1).unwrap_err()
}

#[test]
fn an_overdue_list_is_refused_and_one_in_force_becomes_overdue() {
    let mut ordered = Ordered::new();
    let later = at(NOW + 10 * DAY);
    let data = full(&ordered.lab, &ordered.numbered[1], ListOf::RootCa, NOW + 1);
    let refusal = ordered.lists.apply(&mut ordered.verifier, &later, &data).unwrap_err();
    let next_update = Time64::from(due(NOW));
    assert_eq!(refusal, Refusal::ListOutOfDate { next_update, now: later.now() });
    assert_eq!(ordered.lists.overdue(&at(NOW + 10 * DAY - 1)).count(), 0);
    let overdue: Vec<_> = ordered.lists.overdue(&later).collect();
    assert_eq!(overdue, [(*ordered.lab.root.certificate.hash(), next_update)]);
}

/// A list that ran out ten days after it was signed.
pub(crate) fn overdue() -> Refusal {
    let lab = lab(41);
    let list = TrustList::first(ListOf::RootCa, vec![distribution(&lab)]).unwrap();
    let data = full(&lab, &list, ListOf::RootCa, NOW);
    let mut verifier = knowing(&[&lab.root.certificate]);
    TrustLists::new().apply(&mut verifier, &at(NOW + 10 * DAY), &data).unwrap_err()
}

#[test]
fn a_root_that_left_the_managers_list_takes_its_authorities_with_it() {
    let (lab, other) = (lab(42), lab(43));
    let mut verifier = knowing(&[&lab.trust_list_manager.certificate]);
    let mut lists = TrustLists::new();
    let of = ListOf::TrustListManager;
    let both = roots(&lab, &[&lab.root.certificate, &other.root.certificate]);
    let first = TrustList::first(of, both).unwrap();
    lists.apply(&mut verifier, &at(NOW), &full(&lab, &first, of, NOW)).unwrap();
    let authority = &other.authorization_authority.certificate;
    verifier.trust_mut().chain(authority).unwrap();
    let second = first.next(roots(&lab, &[&lab.root.certificate])).unwrap();
    let change =
        lists.apply(&mut verifier, &at(NOW + 2), &delta(&lab, &second, &first, of, NOW + 1)).unwrap();
    assert_eq!(change.removed, [other.root.certificate.hashed_id8()]);
    assert_eq!(verifier.trust_mut().chain(authority).unwrap_err().code(), "unknown-issuer");
}

/// What a root's list leaves out because another root issued it.
pub(crate) fn foreign_authority() -> Refusal {
    let (lab, other) = (lab(42), lab(43));
    let mut verifier = knowing(&[&lab.root.certificate, &other.root.certificate]);
    let list = TrustList::first(ListOf::RootCa, vec![aa(&other), ea(&lab), distribution(&lab)]).unwrap();
    let data = full(&lab, &list, ListOf::RootCa, NOW);
    let mut change = TrustLists::new().apply(&mut verifier, &at(NOW), &data).unwrap();
    assert_eq!(change.added, [lab.enrolment_authority.certificate.hashed_id8()]);
    assert_eq!(verifier.trust().find(other.authorization_authority.certificate.hashed_id8()).count(), 0);
    assert_eq!(change.left_out.len(), 1);
    change.left_out.remove(0)
}

#[test]
fn a_root_lists_its_own_authorities_only() {
    assert_eq!(foreign_authority().code(), "list-entry-not-permitted");
}

#[test]
fn a_revocation_list_revokes_for_good_and_only_what_is_the_roots() {
    let (lab, other) = (lab(44), lab(45));
    let authority = &lab.authorization_authority.certificate;
    let foreign = &other.authorization_authority.certificate;
    let mut verifier = knowing(&[&lab.root.certificate, authority, &other.root.certificate, foreign]);
    let mut lists = TrustLists::new();
    let crl = |revoked: &[HashedId8], signed: u64| {
        let signer = issuer(&lab, ListOf::RootCa);
        sign_crl(revoked, &signer, time(signed), due(signed), &lab.policy).unwrap()
    };
    let first = crl(&[authority.hashed_id8(), foreign.hashed_id8()], NOW);
    let change = lists.apply(&mut verifier, &at(NOW), &first).unwrap();
    assert_eq!(change.revoked, [authority.hashed_id8()]);
    assert_eq!(change.left_out.len(), 1);
    assert_eq!(verifier.trust_mut().chain(authority).unwrap_err().code(), "revoked");
    assert!(verifier.trust_mut().chain(foreign).is_ok());
    assert_eq!(code(lists.apply(&mut verifier, &at(NOW), &first)), Err("list-out-of-order"));
    let shorter = crl(&[], NOW + 1_000_000);
    lists.apply(&mut verifier, &at(NOW + 1_000_000), &shorter).unwrap();
    assert_eq!(verifier.trust_mut().chain(authority).unwrap_err().code(), "revoked");
    assert_eq!(code(lists.apply(&mut verifier, &at(NOW + DAY), &first)), Err("list-out-of-order"));
}

/// A list of roots, signed by a root.
pub(crate) fn roots_listed_by_a_root() -> Refusal {
    let lab = lab(46);
    let list = CtlFormat::full(due(NOW).seconds(), 0, roots(&lab, &[&lab.root.certificate]));
    let data = message(&issuer(&lab, ListOf::RootCa), Psid::CTL, Content::CertificateTrustListTlm(list));
    let mut verifier = knowing(&[&lab.root.certificate, &lab.trust_list_manager.certificate]);
    TrustLists::new().apply(&mut verifier, &at(NOW), &data).unwrap_err()
}

/// A link certificate, signed like a list.
pub(crate) fn link_certificate() -> Refusal {
    let lab = lab(46);
    let hash = asn::HashedData::Sha256HashedData(asn::FixedOctetString::new([0; 32]).into());
    let content = Content::LinkCertificateTlm(ToBeSignedLinkCertificate::new(due(NOW).seconds(), hash));
    let data = message(&issuer(&lab, ListOf::TrustListManager), Psid::CTL, content);
    let mut verifier = knowing(&[&lab.trust_list_manager.certificate]);
    TrustLists::new().apply(&mut verifier, &at(NOW), &data).unwrap_err()
}

/// The trust list manager's certificate, under which a CAM is signed.
pub(crate) fn cam_of_a_manager() -> Refusal {
    let lab = lab(46);
    let request = SignRequest::new(Psid::CAM, time(NOW), SignedPayload::Data(b""));
    let data = issuer(&lab, ListOf::TrustListManager).sign_unchecked(&request).unwrap();
    let mut verifier = knowing(&[&lab.trust_list_manager.certificate]);
    verifier.verify_data(&at(NOW), &data).unwrap_err()
}

#[test]
fn a_list_of_another_kind_of_signer_or_content_is_refused() {
    assert_eq!(roots_listed_by_a_root().code(), "list-signer");
    assert_eq!(link_certificate(), Refusal::NotAList("a link certificate"));
    let lab = lab(46);
    let list = CtlFormat::full(due(NOW).seconds(), 0, vec![distribution(&lab)]);
    let data = message(&issuer(&lab, ListOf::RootCa), Psid::CRL, Content::CertificateTrustListRca(list));
    let mut verifier = knowing(&[&lab.root.certificate]);
    let as_crl = TrustLists::new().apply(&mut verifier, &at(NOW), &data);
    assert_eq!(code(as_crl), Err("payload-not-of-psid"));
}

#[test]
fn no_changed_octet_of_a_list_is_applied() {
    let lab = lab(47);
    let list = TrustList::first(ListOf::RootCa, vec![aa(&lab), distribution(&lab)]).unwrap();
    let data = full(&lab, &list, ListOf::RootCa, NOW);
    let mut verifier = knowing(&[&lab.root.certificate]);
    for index in (0..data.len() - 66).step_by(7) {
        let mut changed = data.clone();
        changed[index] ^= 1;
        assert!(TrustLists::new().apply(&mut verifier, &at(NOW), &changed).is_err(), "octet {index}");
    }
    assert_eq!(verifier.trust().len(), 1);
}

#[test]
fn the_european_list_of_roots_is_applied_under_its_manager() {
    let Some(shared) = shared_dir() else { return };
    let folder = shared.join("vectors/trust");
    let manager = std::fs::read(folder.join("eu_tlm_l2_E7A4B2B045E7ACF9.oer")).unwrap();
    let manager = Certificate::parse(&manager).unwrap();
    let data = std::fs::read(folder.join("eu_ectl_l2_CE4CF6C19BFED720.oer")).unwrap();
    let parsed = v2x_codec::view::Data::parse(&data).unwrap();
    let v2x_codec::view::Content::Signed(signed) = parsed.content else { panic!("not signed") };
    let octets = signed.payload.unsecured().unwrap();
    let Content::CertificateTrustListTlm(list) = asn::decode::<EtsiTs102941Data>(octets).unwrap().content
    else {
        panic!("no trust list")
    };
    let listed = list.additions().filter(|entry| matches!(entry, CtlEntry::Rca(_))).count();
    let clock = Clock::exact(signed.header_info.generation_time.unwrap());
    let mut verifier = knowing(&[&manager]);
    let mut lists = TrustLists::new();
    let change = lists.apply(&mut verifier, &clock, &data).unwrap();
    assert!(listed > 0);
    assert_eq!(change.added.len() + change.left_out.len(), listed, "{:?}", change.left_out);
    assert_eq!(change.left_out, []);
    let trusted = verifier.trust().iter().filter(|(_, role)| *role == Role::Root).count();
    assert_eq!(trusted, change.added.len());
    let later = Clock::exact(change.next_update);
    let refused = TrustLists::new().apply(&mut knowing(&[&manager]), &later, &data);
    assert_eq!(code(refused), Err("list-out-of-date"));
}
