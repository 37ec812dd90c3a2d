//! Lists as a station applies them: the test purposes of TS 103 525-2 for the groups ITSS_CTL and ITSS_CRL. That a
//! station fetches them by HTTP GET is in `etsi_pki_http`.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use exchange::listed::{
    aa, at, dc, delta, due, ea, full, issuer, lab, lab_on, of_root, of_tlm, roots, signed_by, station,
};
use exchange::{DAY, HOUR, NOW, SECOND, earlier, later};
use v2x_ca::lab::Lab;
use v2x_ca::lists::{ListOf, TrustList, sign_crl};
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{CtlEntry, CtlFormat, EtsiTs102941DataContent as Message, ToBeSignedCrl};
use v2x_crypto::{Curve, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::lists::{Change, TrustLists};
use v2x_security::permission::Psid;
use v2x_security::refusal::Refusal;
use v2x_security::trust::Role;
use v2x_security::verifier::Verifier;

const ROOT: ListOf = ListOf::RootCa;
const TLM: ListOf = ListOf::TrustListManager;

/// A station, and which lists it has applied.
struct Station {
    verifier: Verifier,
    lists: TrustLists,
}

impl Station {
    fn trusting(trusted: &[&Certificate]) -> Self {
        Self { verifier: station(trusted), lists: TrustLists::new() }
    }

    fn apply(&mut self, now: Time64, list: &[u8]) -> Result<Change, Refusal> {
        self.lists.apply(&mut self.verifier, &at(now), list)
    }

    /// Why a list was refused; nothing has changed then.
    fn refused(&mut self, now: Time64, list: &[u8]) -> &'static str {
        let before = self.verifier.trust().len();
        let refusal = self.apply(now, list).unwrap_err();
        assert_eq!(self.verifier.trust().len(), before);
        refusal.code()
    }

    fn believes(&mut self, certificate: &Certificate) -> bool {
        let id = certificate.hashed_id8();
        let known = self.verifier.trust().find(id).any(|(known, _)| known == certificate);
        known && self.verifier.trust_mut().chain(certificate).is_ok()
    }
}

fn ea_of(lab: &Lab) -> &Certificate {
    &lab.enrolment_authority.certificate
}

fn aa_of(lab: &Lab) -> &Certificate {
    &lab.authorization_authority.certificate
}

// Trust lists.

/// ITSS_CTL BV: a station that trusts a TLM trusts the roots of its list, and by their lists their EAs and AAs.
#[test]
fn itss_ctl_bv_from_the_tlm() {
    for curve in Curve::ALL {
        let lab = lab_on(curve, 1);
        let mut station = Station::trusting(&[&lab.trust_list_manager.certificate]);
        let of_root = full(&lab, ROOT, &of_root(&lab), NOW);
        assert_eq!(station.refused(NOW, &of_root), "untrusted-root", "before the TLM has named it");
        let change = station.apply(NOW, &full(&lab, TLM, &of_tlm(&lab, &[&lab]), NOW)).unwrap();
        assert_eq!(change.added, [lab.root.certificate.hashed_id8()]);
        let change = station.apply(NOW, &of_root).unwrap();
        assert_eq!((change.added.len(), change.left_out), (2, vec![]));
        assert!(station.believes(ea_of(&lab)) && station.believes(aa_of(&lab)));
        assert_eq!(change.next_update, Time64::from(due(NOW)));
    }
}

/// ITSS_CTL BV: a delta list is applied to the list before it.
#[test]
fn itss_ctl_bv_delta() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let first = of_root(&lab);
    let second = first.next(vec![aa(&lab), dc(&lab)]).unwrap();
    let third = second.next(vec![ea(&lab), aa(&lab), dc(&lab)]).unwrap();
    station.apply(NOW, &full(&lab, ROOT, &first, NOW)).unwrap();
    let gone = station.apply(later(2), &delta(&lab, ROOT, &second, &first, later(1))).unwrap();
    assert_eq!(gone.removed, [ea_of(&lab).hashed_id8()]);
    assert!(!station.believes(ea_of(&lab)) && station.believes(aa_of(&lab)));
    let come = station.apply(later(3), &delta(&lab, ROOT, &third, &second, later(2))).unwrap();
    assert_eq!(come.added, [ea_of(&lab).hashed_id8()]);
    assert!(station.believes(ea_of(&lab)));
}

/// ITSS_CTL BV: a full list takes away what it does not name any more.
#[test]
fn itss_ctl_bv_full() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let first = of_root(&lab);
    station.apply(NOW, &full(&lab, ROOT, &first, NOW)).unwrap();
    let second = first.next(vec![ea(&lab), dc(&lab)]).unwrap();
    let change = station.apply(later(2), &full(&lab, ROOT, &second, later(1))).unwrap();
    assert_eq!(change.removed, [aa_of(&lab).hashed_id8()]);
    assert!(station.believes(ea_of(&lab)) && !station.believes(aa_of(&lab)));
}

/// ITSS_CTL BV: a root that left the TLM's list is trusted no more, nor is what it certified.
#[test]
fn itss_ctl_bv_root_removed() {
    let (lab, other) = (lab(1), lab(2));
    let mut station = Station::trusting(&[&lab.trust_list_manager.certificate]);
    let first = of_tlm(&lab, &[&lab, &other]);
    station.apply(NOW, &full(&lab, TLM, &first, NOW)).unwrap();
    station.apply(NOW, &full(&other, ROOT, &of_root(&other), NOW)).unwrap();
    assert!(station.believes(aa_of(&other)));
    let second = first.next(roots(&lab, &[&lab])).unwrap();
    let change = station.apply(later(2), &delta(&lab, TLM, &second, &first, later(1))).unwrap();
    assert_eq!(change.removed, [other.root.certificate.hashed_id8()]);
    assert!(!station.believes(aa_of(&other)));
    let next = of_root(&other).next(vec![dc(&other)]).unwrap();
    assert_eq!(station.refused(later(3), &full(&other, ROOT, &next, later(2))), "untrusted-root");
}

/// ITSS_CTL BV: a station can tell that the next list is due, and takes it then.
#[test]
fn itss_ctl_bv_next_update() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let first = of_root(&lab);
    station.apply(NOW, &full(&lab, ROOT, &first, NOW)).unwrap();
    let then = Time64::from(due(NOW));
    assert_eq!(station.lists.overdue(&at(then.saturating_sub_micros(1))).count(), 0);
    let overdue: Vec<_> = station.lists.overdue(&at(then)).collect();
    assert_eq!(overdue, [(*lab.root.certificate.hash(), then)]);
    let second = first.next(first.entries().to_vec()).unwrap();
    station.apply(then, &full(&lab, ROOT, &second, then)).unwrap();
    assert_eq!(station.lists.overdue(&at(then)).count(), 0);
}

/// ITSS_CTL BO: a list that is overdue when it arrives is refused.
#[test]
fn itss_ctl_bo_overdue() {
    let lab = lab(1);
    let list = full(&lab, ROOT, &of_root(&lab), NOW);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    assert_eq!(station.refused(later(10 * DAY), &list), "list-out-of-date");
    assert!(station.apply(later(10 * DAY - SECOND), &list).is_ok());
}

/// ITSS_CTL BO: a list whose signature does not verify, or with any octet changed, is refused.
#[test]
fn itss_ctl_bo_signature() {
    let lab = lab(1);
    let list = full(&lab, ROOT, &of_root(&lab), NOW);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    assert_eq!(station.refused(NOW, &exchange::asked::bent(list.clone())), "bad-message-signature");
    for at in (0..list.len()).step_by(11) {
        let mut changed = list.clone();
        changed[at] ^= 1;
        assert!(station.apply(NOW, &changed).is_err(), "octet {at}");
    }
    assert!(station.apply(NOW, &list).is_ok());
}

/// ITSS_CTL BO: a list of an unknown root or TLM is refused.
#[test]
fn itss_ctl_bo_unknown_signer() {
    let (lab, other) = (lab(1), lab(2));
    let mut station = Station::trusting(&[&lab.root.certificate, &lab.trust_list_manager.certificate]);
    assert_eq!(station.refused(NOW, &full(&other, ROOT, &of_root(&other), NOW)), "untrusted-root");
    assert_eq!(station.refused(NOW, &full(&other, TLM, &of_tlm(&other, &[&other]), NOW)), "untrusted-root");
}

fn unchecked(lab: &Lab, of: ListOf, psid: Psid, list: Vec<CtlEntry>) -> Vec<u8> {
    let list = CtlFormat::full(due(NOW).seconds(), 0, list);
    // In the name of `of`, the content of the other.
    let content = match of {
        ListOf::RootCa => Message::CertificateTrustListTlm(list),
        ListOf::TrustListManager => Message::CertificateTrustListRca(list),
    };
    signed_by(&issuer(lab, of), psid, content)
}

/// ITSS_CTL BO: a root's list of roots, and a TLM's list of authorities, are refused.
#[test]
fn itss_ctl_bo_signer_of_another_role() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate, &lab.trust_list_manager.certificate]);
    let by_the_root = unchecked(&lab, ROOT, Psid::CTL, roots(&lab, &[&lab]));
    let by_the_tlm = unchecked(&lab, TLM, Psid::CTL, vec![aa(&lab), dc(&lab)]);
    assert_eq!(station.refused(NOW, &by_the_root), "list-signer");
    assert_eq!(station.refused(NOW, &by_the_tlm), "list-signer");
}

/// ITSS_CTL BO: a trust list with the psid of another kind of message is refused.
#[test]
fn itss_ctl_bo_psid() {
    let lab = lab(1);
    let list = CtlFormat::full(due(NOW).seconds(), 0, vec![aa(&lab), dc(&lab)]);
    let content = Message::CertificateTrustListRca(list);
    let data = signed_by(&issuer(&lab, ROOT), Psid::CRL, content);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    assert_eq!(station.refused(NOW, &data), "payload-not-of-psid");
}

/// ITSS_CTL BO: a list that comes before the one at hand, twice, or behind a gap is refused.
#[test]
fn itss_ctl_bo_order() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let first = of_root(&lab);
    let second = first.next(vec![aa(&lab), dc(&lab)]).unwrap();
    let third = second.next(vec![dc(&lab)]).unwrap();
    let changes = delta(&lab, ROOT, &second, &first, later(1));
    assert_eq!(station.refused(later(9), &changes), "list-out-of-order", "a delta to nothing");
    station.apply(later(9), &full(&lab, ROOT, &first, NOW)).unwrap();
    for (list, why) in [
        (full(&lab, ROOT, &first, later(2)), "the same number again"),
        (delta(&lab, ROOT, &third, &second, later(2)), "a delta left out"),
        (delta(&lab, ROOT, &second, &first, earlier(1)), "made before the one at hand"),
    ] {
        assert_eq!(station.refused(later(9), &list), "list-out-of-order", "{why}");
    }
    station.apply(later(9), &full(&lab, ROOT, &second, later(3))).unwrap();
    assert_eq!(station.refused(later(9), &full(&lab, ROOT, &first, later(4))), "list-out-of-order");
    assert!(!station.believes(ea_of(&lab)), "it does not come back by an old list");
}

/// ITSS_CTL BO: an authority of another root is left out of a root's list, and the rest of it holds.
#[test]
fn itss_ctl_bo_foreign_authority() {
    let (lab, other) = (lab(1), lab(2));
    let mut station = Station::trusting(&[&lab.root.certificate, &other.root.certificate]);
    let list = TrustList::first(ROOT, vec![ea(&lab), aa(&other), dc(&lab)]).unwrap();
    let change = station.apply(NOW, &full(&lab, ROOT, &list, NOW)).unwrap();
    assert_eq!(change.added, [ea_of(&lab).hashed_id8()]);
    let [refusal] = &change.left_out[..] else { panic!("{:?}", change.left_out) };
    assert_eq!(refusal.code(), "list-entry-not-permitted");
    assert!(!station.believes(aa_of(&other)));
}

/// ITSS_CTL BO: nothing else that a root signs is taken for a list.
#[test]
fn itss_ctl_bo_another_message() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let link = v2x_ca::link::tlm_link(&issuer(&lab, TLM), &lab.trust_list_manager.certificate, NOW).unwrap();
    assert!(station.apply(NOW, &link).is_err());
    let nonsense = signed_by(&issuer(&lab, ROOT), Psid::CTL, exchange::asked::unexpected());
    assert_eq!(station.refused(NOW, &nonsense), "not-a-list");
    assert!(station.apply(NOW, b"noise").is_err());
}

// Revocation lists.

fn crl(lab: &Lab, revoked: &[&Certificate], made: Time64) -> Vec<u8> {
    let revoked: Vec<_> = revoked.iter().map(|certificate| certificate.hashed_id8()).collect();
    sign_crl(&revoked, &issuer(lab, ROOT), made, due(made), &lab.policy).unwrap()
}

/// ITSS_CRL BV: what a root's revocation list names is believed no more, nor is what it issued.
#[test]
fn itss_crl_bv_revoked() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate, ea_of(&lab), aa_of(&lab)]);
    let change = station.apply(NOW, &crl(&lab, &[aa_of(&lab)], NOW)).unwrap();
    assert_eq!(change.revoked, [aa_of(&lab).hashed_id8()]);
    let refusal = station.verifier.trust_mut().chain(aa_of(&lab)).unwrap_err();
    assert_eq!(refusal.code(), "revoked");
    assert!(station.believes(ea_of(&lab)));
}

/// ITSS_CRL BV: what is revoked stays so, also when a later list does not name it or a trust list adds it.
#[test]
fn itss_crl_bv_for_good() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate, aa_of(&lab)]);
    station.apply(NOW, &crl(&lab, &[aa_of(&lab)], NOW)).unwrap();
    station.apply(later(HOUR), &crl(&lab, &[], later(HOUR))).unwrap();
    assert!(!station.believes(aa_of(&lab)));
    let change = station.apply(later(HOUR), &full(&lab, ROOT, &of_root(&lab), later(HOUR))).unwrap();
    assert_eq!(change.added, [ea_of(&lab).hashed_id8()]);
    assert!(!station.believes(aa_of(&lab)));
}

/// ITSS_CRL BV: a revocation may come before the certificate that it names.
#[test]
fn itss_crl_bv_before_the_certificate() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    station.apply(NOW, &crl(&lab, &[aa_of(&lab)], NOW)).unwrap();
    let refusal = station.verifier.trust_mut().chain(aa_of(&lab)).unwrap_err();
    assert_eq!(refusal.code(), "revoked");
}

/// ITSS_CRL BO: a list that was forged, overdue, signed by somebody else, or made before the one at hand is refused.
#[test]
fn itss_crl_bo_list() {
    let (lab, other) = (lab(1), lab(2));
    let mut station = Station::trusting(&[&lab.root.certificate, aa_of(&lab)]);
    let (older, newer) = (crl(&lab, &[], NOW), crl(&lab, &[aa_of(&lab)], later(HOUR)));
    assert_eq!(station.refused(later(HOUR), &exchange::asked::bent(newer.clone())), "bad-message-signature");
    assert_eq!(station.refused(later(11 * DAY), &newer), "list-out-of-date");
    assert_eq!(station.refused(later(HOUR), &crl(&other, &[aa_of(&lab)], NOW)), "untrusted-root");
    station.apply(later(HOUR), &newer).unwrap();
    assert_eq!(station.refused(later(HOUR), &older), "list-out-of-order");
    assert_eq!(station.refused(later(HOUR), &newer), "list-out-of-order", "the same again");
    assert!(!station.believes(aa_of(&lab)));
}

/// ITSS_CRL BO: a list from the future is refused.
#[test]
fn itss_crl_bo_from_the_future() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate]);
    let made = later(HOUR).time32().unwrap().seconds();
    let list = ToBeSignedCrl::new(made, due(NOW).seconds(), Vec::new());
    let data = signed_by(&issuer(&lab, ROOT), Psid::CRL, Message::CertificateRevocationList(list));
    assert_eq!(station.refused(NOW, &data), "from-the-future");
    assert!(station.apply(later(HOUR), &data).is_ok());
}

/// ITSS_CRL BO: a root revokes nothing of another root.
#[test]
fn itss_crl_bo_foreign_authority() {
    let (lab, other) = (lab(1), lab(2));
    let mut station = Station::trusting(&[&lab.root.certificate, &other.root.certificate, aa_of(&other)]);
    let change = station.apply(NOW, &crl(&lab, &[aa_of(&other)], NOW)).unwrap();
    assert_eq!((change.revoked, change.left_out.len()), (vec![], 1));
    assert!(station.believes(aa_of(&other)));
}

/// ITSS_CRL BO: an authority does not revoke.
#[test]
fn itss_crl_bo_signer() {
    let lab = lab(1);
    let mut station = Station::trusting(&[&lab.root.certificate, ea_of(&lab), aa_of(&lab)]);
    let list = ToBeSignedCrl::new(NOW.time32().unwrap().seconds(), due(NOW).seconds(), Vec::new());
    let ea = lab.enrolment_authority.identity(&RustCrypto).unwrap();
    let data = signed_by(&ea, Psid::CRL, Message::CertificateRevocationList(list));
    assert!(station.apply(NOW, &data).is_err());
    assert!(station.verifier.trust().iter().any(|(_, role)| role == Role::Root));
}
