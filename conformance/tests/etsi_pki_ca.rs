//! Certificates of authorities: the test purposes of TS 103 525-2 about an EA's or AA's request to its root, initial and
//! re-keying, what the root issues, and link certificates of root and TLM.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use exchange::asked::{bent, no_encryption_key, no_verification_key};
use exchange::layers::{
    assert_header, assert_signed_by, assert_signed_by_self, data, message, payload, verifies,
};
use exchange::listed::{at, issuer, lab, lab_on, station, trusting};
use exchange::{DAY, NOW, later, signer};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_ca::lab::{Lab, Member};
use v2x_ca::ledger::MemoryLedger;
use v2x_ca::lists::ListOf;
use v2x_ca::profile::{Key, Template};
use v2x_ca::request::{Application, Asked, RequestRefusal, answer, fingerprint};
use v2x_ca::services::{CAM, its_services, permission};
use v2x_ca::{Issuer, Role};
use v2x_codec::ieee1609dot2::{HashedData, SequenceOfPsidGroupPermissions, SequenceOfPsidSsp, encode};
use v2x_codec::time::{Duration, Time64, ValidityPeriod};
use v2x_codec::ts102941::{CaCertificateRequest, EtsiTs102941Data, EtsiTs102941DataContent as Message};
use v2x_crypto::{Curve, PrivateKey, RustCrypto, sha256};
use v2x_security::certificate::{Certificate, Issuer as IssuedBy};
use v2x_security::links::{LinkError, follow};
use v2x_security::point;
use v2x_security::request::{SignedBy, sign};
use v2x_security::sign::SignedPayload;
use v2x_security::trust::{Role as Trusted, TrustStore};

/// A root as it answers, and the new keys of an authority.
struct World {
    lab: Lab,
    root: Issuer,
    trust: TrustStore,
    ledger: MemoryLedger,
    key: PrivateKey,
    encryption: PrivateKey,
}

fn world() -> World {
    world_on(Curve::NistP256)
}

fn world_on(curve: Curve) -> World {
    let (lab, mut rng) = (lab_on(curve, 1), ChaCha20Rng::seed_from_u64(3));
    let trust = trusting(&lab.certificates());
    let root = lab.root.issuer(Role::RootCa, lab.policy, &RustCrypto).unwrap();
    let (key, encryption) = (
        PrivateKey::generate(curve, &mut rng).unwrap(),
        PrivateKey::generate(Curve::NistP256, &mut rng).unwrap(),
    );
    World { lab, root, trust, ledger: MemoryLedger::new(), key, encryption }
}

fn year() -> ValidityPeriod {
    ValidityPeriod { start: NOW.time32().unwrap(), duration: Duration::Years(1) }
}

impl World {
    fn template(&self, role: Role) -> Template {
        let (key, encryption) = (*self.key.public_key(), *self.encryption.public_key());
        if role == EA {
            Template::enrolment_authority("new EA", key, encryption, year())
        } else {
            Template::authorization_authority("new AA", key, encryption, year(), &its_services())
        }
    }

    fn initial(&self, role: Role) -> Asked {
        Asked::initial(&self.template(role), &*signer(&self.key), NOW).unwrap()
    }

    fn current(&self) -> &Member {
        &self.lab.authorization_authority
    }

    /// The AA's request for what its certificate says, with new keys.
    fn inner(&self) -> Asked {
        let (key, encryption) = (*self.key.public_key(), *self.encryption.public_key());
        let template = Asked::next(&self.current().certificate, key, encryption, year()).unwrap();
        Asked::initial(&template, &*signer(&self.key), NOW).unwrap()
    }

    fn rekeying(&self) -> Asked {
        let current = self.current();
        self.inner().rekeying(&current.certificate, &*signer(&current.signing), NOW).unwrap()
    }

    /// The root's answer, with an approved application form for this request or without.
    fn answer(&mut self, octets: &[u8], approved: Option<Role>) -> Result<Certificate, RequestRefusal> {
        self.answer_at(NOW, octets, approved)
    }

    fn answer_at(
        &mut self,
        now: Time64,
        octets: &[u8],
        approved: Option<Role>,
    ) -> Result<Certificate, RequestRefusal> {
        let form = approved.map(|role| Application { fingerprint: fingerprint(octets), role });
        answer(&self.root, &mut self.trust, form.as_ref(), octets, now, &mut self.ledger)
    }

    /// Why an initial request is refused that is good but for what `spoil` does to it.
    fn refused(&mut self, spoil: impl FnOnce(&mut CaCertificateRequest)) -> RequestRefusal {
        let Message::CaCertificateRequest(mut request) = message(self.initial(EA).message()) else {
            panic!("another message")
        };
        spoil(&mut request);
        let octets = encode(&EtsiTs102941Data::new(Message::CaCertificateRequest(request))).unwrap();
        let data = SignedPayload::Data(&octets);
        let octets = sign(data, SignedBy::Itself, &*signer(&self.key), NOW).unwrap();
        self.answer(&octets, Some(EA)).unwrap_err()
    }

    fn issued_by_the_root(&mut self, certificate: &Certificate) -> bool {
        let root = self.lab.root.certificate.hashed_id8();
        let by = matches!(certificate.issuer(), IssuedBy::Digest { id, .. } if id == root);
        by && self.trust.chain(certificate).is_ok()
    }
}

const EA: Role = Role::EnrolmentAuthority;
const AA: Role = Role::AuthorizationAuthority;

fn request(octets: &[u8]) -> CaCertificateRequest {
    let Message::CaCertificateRequest(request) = message(octets) else { panic!("another message") };
    request
}

// What an authority asks.

/// CA request BV: an initial request is a caCertificateRequest of version 1, signed as `self` with the new key.
#[test]
fn ca_request_bv_initial() {
    for curve in Curve::ALL {
        let world = world_on(curve);
        for role in [EA, AA] {
            let asked = world.initial(role);
            let octets = asked.message();
            assert_signed_by_self(octets);
            assert!(verifies(octets, world.key.public_key(), None));
            assert_header(octets, NOW);
            assert_eq!(data(&payload(octets)).version, 1);
            assert_eq!(asked.fingerprint(), sha256(octets), "what the application form names");
        }
    }
}

/// CA request BV: it has both new public keys, the name, and the permissions of an EA or AA.
#[test]
fn ca_request_bv_content() {
    let world = world();
    for role in [EA, AA] {
        let template = world.template(role);
        let request = request(world.initial(role).message());
        let verification = point::to_verification_key(world.key.public_key()).unwrap();
        let encryption = point::to_encryption_key(world.encryption.public_key()).unwrap();
        assert_eq!(request.public_keys.verification_key, verification);
        assert_eq!(request.public_keys.encryption_key, Some(encryption));
        let asked = request.requested_subject_attributes;
        assert_eq!(asked.app_permissions, Some(SequenceOfPsidSsp(template.app_permissions.clone())));
        let issue = SequenceOfPsidGroupPermissions(template.issue_permissions.clone());
        assert_eq!(asked.cert_issue_permissions, Some(issue));
        assert_eq!(asked.id, Some(template.to_be_signed().unwrap().id));
    }
}

/// CA request BV: a re-keying is the same request, signed with the new key, inside a signature of the current key.
#[test]
fn ca_request_bv_rekeying() {
    for curve in Curve::ALL {
        let world = world_on(curve);
        let (asked, current) = (world.rekeying(), world.current());
        let outer = asked.message();
        assert_signed_by(outer, &current.certificate);
        assert!(verifies(outer, current.signing.public_key(), Some(&current.certificate)));
        assert!(!verifies(outer, world.key.public_key(), Some(&current.certificate)));
        assert_header(outer, NOW);
        let inner = payload(outer);
        assert_signed_by_self(&inner);
        assert!(verifies(&inner, world.key.public_key(), None));
        assert_header(&inner, NOW);
        assert_ne!(world.key.public_key(), current.signing.public_key());
        let _ = request(&inner);
    }
}

/// CA request BO: a re-keying is not made with another key than the current one, nor when that has run out.
#[test]
fn ca_request_bo_rekeying() {
    let world = world();
    let current = &world.current().certificate;
    let other = world.inner().rekeying(current, &*signer(&world.key), NOW);
    assert!(other.is_err());
    let late = later(6 * 366 * DAY);
    let late = world.inner().rekeying(current, &*signer(&world.current().signing), late);
    assert!(late.is_err());
}

// What a root answers.

/// CA request BV: an initial request whose application was approved gets a certificate for its keys, name and rights.
#[test]
fn ca_request_bv_initial_granted() {
    for curve in Curve::ALL {
        for role in [EA, AA] {
            let mut world = world_on(curve);
            let (asked, template) = (world.initial(role), world.template(role));
            let certificate = world.answer(asked.message(), Some(role)).unwrap();
            assert_eq!(certificate.verification_key(), Some(world.key.public_key()));
            assert_eq!(certificate.encryption_key(), Some(world.encryption.public_key()));
            assert_eq!(certificate.name(), template.name.as_deref());
            let contents = certificate.decoded().to_be_signed.clone();
            assert_eq!(contents.app_permissions.unwrap().0, template.app_permissions);
            assert_eq!(contents.cert_issue_permissions.unwrap().0, template.issue_permissions);
            assert!(world.issued_by_the_root(&certificate));
            let root = world.lab.root.certificate.clone();
            asked.accept(&certificate, &root, &mut world.trust).unwrap();
        }
    }
}

/// CA request BV: a re-keying gets a certificate with the same name and rights for the new keys.
#[test]
fn ca_request_bv_rekeying_granted() {
    for curve in Curve::ALL {
        let mut world = world_on(curve);
        let asked = world.rekeying();
        let next = world.answer(asked.message(), None).unwrap();
        let current = world.current().certificate.clone();
        assert_eq!(next.name(), current.name());
        assert_eq!(next.app_permissions(), current.app_permissions());
        assert_eq!(next.issue_permissions(), current.issue_permissions());
        assert_eq!(next.verification_key(), Some(world.key.public_key()));
        assert_eq!(next.encryption_key(), Some(world.encryption.public_key()));
        assert_ne!(next.encryption_key(), current.encryption_key());
        assert!(world.issued_by_the_root(&next));
    }
}

/// CA request BV: the same request again gets the same certificate, and one is issued.
#[test]
fn ca_request_bv_retry() {
    let mut world = world();
    let asked = world.initial(EA);
    let first = world.answer(asked.message(), Some(EA)).unwrap();
    assert_eq!(world.answer_at(later(300 * DAY), asked.message(), None).unwrap(), first);
    assert_eq!(world.ledger.issued(), 1);
}

/// CA request BO: an initial request without an application that names it, or for another role, is refused.
#[test]
fn ca_request_bo_application() {
    let mut world = world();
    let asked = world.initial(EA);
    assert!(matches!(world.answer(asked.message(), None), Err(RequestRefusal::NotApproved)));
    let other = Application { fingerprint: world.initial(AA).fingerprint(), role: EA };
    let refused =
        answer(&world.root, &mut world.trust, Some(&other), asked.message(), NOW, &mut world.ledger);
    assert!(matches!(refused, Err(RequestRefusal::NotApproved)));
    let refused = world.answer(asked.message(), Some(AA));
    assert!(matches!(refused, Err(RequestRefusal::NotTheApprovedRole { asked: EA, approved: AA })));
    assert_eq!(world.ledger.issued(), 0);
}

/// CA request BO: a request whose signature does not prove possession of the new key is refused.
#[test]
fn ca_request_bo_proof_of_possession() {
    let mut world = world();
    let changed = bent(world.initial(EA).message().to_vec());
    assert!(matches!(world.answer(&changed, Some(EA)), Err(RequestRefusal::NoPossession)));
    let other = PrivateKey::from_scalar(Curve::NistP256, &[7; 32]).unwrap();
    let key = point::to_verification_key(other.public_key()).unwrap();
    let refused = world.refused(|request| request.public_keys.verification_key = key);
    assert!(matches!(refused, RequestRefusal::NoPossession));
}

/// CA request BO: keys off their curve, no encryption key, and rights that are no authority's are refused.
#[test]
fn ca_request_bo_content() {
    let mut world = world();
    let refused = world.refused(|request| request.public_keys.verification_key = no_verification_key());
    assert!(matches!(refused, RequestRefusal::BadVerificationKey(_)), "{refused}");
    let refused = world.refused(|request| request.public_keys.encryption_key = Some(no_encryption_key()));
    assert!(matches!(refused, RequestRefusal::BadEncryptionKey(_)), "{refused}");
    let refused = world.refused(|request| request.public_keys.encryption_key = None);
    assert!(matches!(refused, RequestRefusal::NoEncryptionKey), "{refused}");
    let rights = Some(SequenceOfPsidSsp(vec![permission(CAM, &[1, 0, 0])]));
    let refused = world.refused(|request| request.requested_subject_attributes.app_permissions = rights);
    assert!(matches!(refused, RequestRefusal::NoRole), "{refused}");
    assert_eq!(world.ledger.issued(), 0);
}

/// A re-keying whose outer layer somebody signs in the name of a certificate.
fn outer(world: &World, by: &Certificate, key: &PrivateKey) -> Vec<u8> {
    let inner = world.inner();
    sign(SignedPayload::Data(inner.message()), SignedBy::Certificate(by), &*signer(key), NOW).unwrap()
}

/// CA request BO: a re-keying that the current key did not sign, or of an authority that is revoked or foreign, is refused.
#[test]
fn ca_request_bo_rekeying_signer() {
    let mut world = world();
    let current = world.current().certificate.clone();
    let forged = outer(&world, &current, &world.key);
    assert!(matches!(world.answer(&forged, None), Err(RequestRefusal::BadOuterSignature)));
    let other = lab(2).authorization_authority;
    let unknown = outer(&world, &other.certificate, &other.signing);
    assert!(matches!(world.answer(&unknown, None), Err(RequestRefusal::UnknownAuthority(_))));
    for certificate in lab(2).certificates() {
        world.trust.add_by_content(certificate.clone()).unwrap();
    }
    assert!(matches!(world.answer(&unknown, None), Err(RequestRefusal::OtherRoot)));
    let good = world.rekeying();
    world.trust.revoke(current.hashed_id8()).unwrap();
    assert!(matches!(world.answer(good.message(), None), Err(RequestRefusal::Untrusted(_))));
    assert_eq!(world.ledger.issued(), 0);
}

/// CA request BO: a re-keying with a current key, or that asks for another name, is refused.
#[test]
fn ca_request_bo_rekeying_content() {
    let mut world = world();
    let current = world.current();
    let (own, certificate) = (signer(&current.signing), current.certificate.clone());
    let encryption = *world.encryption.public_key();
    let same = Asked::next(&certificate, *current.signing.public_key(), encryption, year()).unwrap();
    let same = Asked::initial(&same, &*own, NOW).unwrap().rekeying(&certificate, &*own, NOW).unwrap();
    assert!(matches!(world.answer(same.message(), None), Err(RequestRefusal::KeyNotNew("verification"))));
    let template = Template {
        name: Some("another".to_owned()),
        key: Key::Verification(*world.key.public_key()),
        ..Asked::next(&certificate, *world.key.public_key(), encryption, year()).unwrap()
    };
    let renamed = Asked::initial(&template, &*signer(&world.key), NOW).unwrap();
    let renamed = renamed.rekeying(&certificate, &*own, NOW).unwrap();
    assert!(matches!(world.answer(renamed.message(), None), Err(RequestRefusal::NotTheCurrent("the id"))));
}

/// CA request BO: a request that is too old or from the future, and what is no request, are refused.
#[test]
fn ca_request_bo_time_and_form() {
    let mut world = world();
    let asked = world.initial(EA);
    for now in [NOW.saturating_sub_micros(DAY), later(31 * DAY)] {
        let refused = world.answer_at(now, asked.message(), Some(EA));
        assert!(matches!(refused, Err(RequestRefusal::NotFresh { .. })));
    }
    assert!(matches!(world.answer(b"noise", Some(EA)), Err(RequestRefusal::Form(_))));
    let octets = encode(&EtsiTs102941Data::new(exchange::asked::unexpected())).unwrap();
    let other = sign(SignedPayload::Data(&octets), SignedBy::Itself, &*signer(&world.key), NOW).unwrap();
    assert!(matches!(world.answer(&other, Some(EA)), Err(RequestRefusal::OtherMessage)));
}

// Link certificates.

/// The hash of the next certificate, and when the link ends, in a message of the old one.
fn assert_link(octets: &[u8], next: &Certificate, end: Time64) {
    let (Message::LinkCertificateTlm(link) | Message::SingleSignedLinkCertificateRca(link)) = message(octets)
    else {
        panic!("no link certificate")
    };
    let HashedData::Sha256HashedData(hash) = link.certificate_hash else { panic!("another hash") };
    assert_eq!(hash.0[..], sha256(next.octets()));
    assert_eq!(link.expiry_time.0, end.time32().unwrap().seconds());
}

/// TLM link BV: a TLM's link is signed by the old key, holds the hash of the next certificate, and makes that trusted.
#[test]
fn tlm_link_bv() {
    let (old, next) = (lab(1), lab(2).trust_list_manager.certificate);
    let tlm = &old.trust_list_manager;
    let link = v2x_ca::link::tlm_link(&issuer(&old, ListOf::TrustListManager), &next, NOW).unwrap();
    assert_signed_by(&link, &tlm.certificate);
    assert!(verifies(&link, tlm.signing.public_key(), Some(&tlm.certificate)));
    assert_link(&link, &next, tlm.certificate.validity().end());
    let mut station = station(&[&tlm.certificate]);
    let role = follow(station.trust_mut(), &at(later(1)), &link, next.clone());
    assert_eq!(role, Ok(Trusted::TrustListManager));
    assert!(station.trust().roles(&next).any(|role| role == Trusted::TrustListManager));
}

/// RCA link BV: a root's link is signed by the old key and around that by the next one, and makes the next root trusted.
#[test]
fn rca_link_bv() {
    let (old, next) = (lab(1), lab(2));
    let link = v2x_ca::link::root_link(&issuer(&old, ListOf::RootCa), &issuer(&next, ListOf::RootCa), NOW);
    let link = link.unwrap();
    assert_signed_by(&link, &next.root.certificate);
    assert!(verifies(&link, next.root.signing.public_key(), Some(&next.root.certificate)));
    let Message::DoubleSignedLinkCertificateRca(inner) = message(&link) else { panic!("no link") };
    let inner = encode(&inner).unwrap();
    assert_signed_by(&inner, &old.root.certificate);
    assert!(verifies(&inner, old.root.signing.public_key(), Some(&old.root.certificate)));
    assert_link(&inner, &next.root.certificate, old.root.certificate.validity().end());
    let mut station = station(&[&old.root.certificate]);
    let role = follow(station.trust_mut(), &at(later(1)), &link, next.root.certificate.clone());
    assert_eq!(role, Ok(Trusted::Root));
    assert!(station.trust_mut().chain(&next.authorization_authority.certificate).is_ok());
}

/// RCA link BO: a link of an unknown root, to another certificate, or signed by the old key alone is not followed.
#[test]
fn rca_link_bo() {
    let (old, next, other) = (lab(1), lab(2), lab(3));
    let [by_old, by_next] = [&old, &next].map(|lab| issuer(lab, ListOf::RootCa));
    let link = v2x_ca::link::root_link(&by_old, &by_next, NOW).unwrap();
    let followed = |trusted: &Lab, link: &[u8], next: &Lab| {
        let mut station = station(&[&trusted.root.certificate]);
        let outcome = follow(station.trust_mut(), &at(later(1)), link, next.root.certificate.clone());
        assert_eq!(station.trust().len(), 1 + usize::from(outcome.is_ok()));
        outcome
    };
    let unknown = followed(&other, &link, &next);
    assert!(matches!(unknown, Err(LinkError::UnknownSigner(_, Trusted::Root))), "{unknown:?}");
    assert!(matches!(followed(&old, &link, &other), Err(LinkError::NotTheNext(_))));
    assert!(followed(&old, &bent(link.clone()), &next).is_err());
    let Message::DoubleSignedLinkCertificateRca(alone) = message(&link) else { panic!("no link") };
    assert!(matches!(followed(&old, &encode(&alone).unwrap(), &next), Err(LinkError::Message(_))));
    assert_eq!(followed(&old, &link, &next), Ok(Trusted::Root));
}
