//! Lists of a PKI: made, taken apart, and applied to what a station trusts.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_ca::lab::Lab;
use v2x_ca::lists::{ListOf, TrustList, aa_entry, dc_entry, ea_entry, root_entry, tlm_entry};
use v2x_codec::ieee1609dot2::encode;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::{
    CtlEntry, CtlFormat, EtsiTs102941Data, EtsiTs102941DataContent as Message, ToBeSignedCrl,
};
use v2x_crypto::{Curve, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::permission::Psid;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{Identity, SignRequest, SignedPayload};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use super::layers::message;
use super::{DAY, NOW};

pub(crate) fn lab(seed: u64) -> Lab {
    lab_on(Curve::NistP256, seed)
}

pub(crate) fn lab_on(curve: Curve, seed: u64) -> Lab {
    super::lab(&format!("lists {seed}"), curve, &mut ChaCha20Rng::seed_from_u64(seed))
}

/// When the next list is due: ten days after one was signed.
pub(crate) fn due(signed: Time64) -> Time32 {
    signed.saturating_add_micros(10 * DAY).time32().unwrap()
}

/// The signer of a list, ready to sign.
pub(crate) fn issuer(lab: &Lab, of: ListOf) -> Identity {
    let member = match of {
        ListOf::RootCa => &lab.root,
        ListOf::TrustListManager => &lab.trust_list_manager,
    };
    member.identity(&RustCrypto).unwrap()
}

pub(crate) fn ea(lab: &Lab) -> CtlEntry {
    let ea = &lab.enrolment_authority.certificate;
    ea_entry(ea, "http://ea.example/aas", Some("http://ea.example/stations")).unwrap()
}

pub(crate) fn aa(lab: &Lab) -> CtlEntry {
    aa_entry(&lab.authorization_authority.certificate, "http://aa.example").unwrap()
}

pub(crate) fn dc(lab: &Lab) -> CtlEntry {
    dc_entry("http://dc.example", &[&lab.root.certificate]).unwrap()
}

/// The first list of a root: its EA, its AA and its distribution centre.
pub(crate) fn of_root(lab: &Lab) -> TrustList {
    TrustList::first(ListOf::RootCa, vec![ea(lab), aa(lab), dc(lab)]).unwrap()
}

/// The entries of a TLM's list: itself with its CPOC, and roots.
pub(crate) fn roots(lab: &Lab, roots: &[&Lab]) -> Vec<CtlEntry> {
    let tlm = tlm_entry(&lab.trust_list_manager.certificate, "http://cpoc.example").unwrap();
    let roots = roots.iter().map(|lab| root_entry(&lab.root.certificate).unwrap());
    std::iter::once(tlm).chain(roots).collect()
}

/// The first list of a TLM.
pub(crate) fn of_tlm(lab: &Lab, listed: &[&Lab]) -> TrustList {
    TrustList::first(ListOf::TrustListManager, roots(lab, listed)).unwrap()
}

pub(crate) fn full(lab: &Lab, of: ListOf, list: &TrustList, signed: Time64) -> Vec<u8> {
    list.sign_full(&issuer(lab, of), signed, due(signed), &lab.policy).unwrap()
}

pub(crate) fn delta(lab: &Lab, of: ListOf, list: &TrustList, before: &TrustList, signed: Time64) -> Vec<u8> {
    list.sign_delta(before, &issuer(lab, of), signed, due(signed), &lab.policy).unwrap()
}

/// The trust list in a signed message.
pub(crate) fn trust_list(octets: &[u8]) -> CtlFormat {
    let (Message::CertificateTrustListRca(list) | Message::CertificateTrustListTlm(list)) = message(octets)
    else {
        panic!("no trust list")
    };
    list
}

/// The revocation list in a signed message.
pub(crate) fn revocation_list(octets: &[u8]) -> ToBeSignedCrl {
    let Message::CertificateRevocationList(list) = message(octets) else { panic!("no revocation list") };
    list
}

/// A message of TS 102 941 that nothing but its signer's key vouches for.
pub(crate) fn signed_by(signer: &Identity, psid: Psid, content: Message) -> Vec<u8> {
    let octets = encode(&EtsiTs102941Data::new(content)).unwrap();
    signer.sign_unchecked(&SignRequest::new(psid, NOW, SignedPayload::Data(&octets))).unwrap()
}

/// A store that trusts these, each in the role that it has by itself.
pub(crate) fn trusting(trusted: &[&Certificate]) -> TrustStore {
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    for certificate in trusted {
        trust.add_by_content((*certificate).clone()).unwrap();
    }
    trust
}

/// A station that trusts these.
pub(crate) fn station(trusted: &[&Certificate]) -> Verifier {
    let trust = trusting(trusted);
    let replay = ReplayFilter::new(ReplayConfig::new([1, 2]), Time64::from_micros(0));
    Verifier::new(trust, Policy::STANDARD, replay)
}

pub(crate) const fn at(now: Time64) -> Clock {
    Clock::exact(now)
}
