//! Every refusal of a CA certificate request, and what is granted.

use super::{Application, Asked, RequestRefusal, answer, fingerprint};
use crate::{
    asn1::{CertificateId, Integer, OctetString, SequenceOfPsidSsp, encode},
    error::CaError,
    issuer::Issuer,
    lab::{Lab, Member, Plan},
    ledger::{Ledger as _, MemoryLedger, RequestDigest},
    limits::MAX_REQUEST_OCTETS,
    profile::{Key, Template},
    role::Role,
    services::{
        AA_REQUEST_SSP, CAM, CERTIFICATE_REQUEST, CREDENTIAL_REQUEST_SSP, EA_REQUEST_SSP, ServiceRange,
        its_services, permission,
    },
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use std::sync::Arc;
use v2x_codec::{
    time::{Duration, Time32, Time64, ValidityPeriod},
    ts102941::{
        CaCertificateRequest, CertificateSubjectAttributes, EtsiTs102941Data, EtsiTs102941DataContent,
        PublicKeys, ToBeSignedCrl,
    },
};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto, Signer};
use v2x_security::{
    certificate::Certificate,
    permission::Psid,
    point,
    refusal::Refusal,
    request::{RequestError, SignedBy, sign},
    sign::{Identity, SignRequest, SignedPayload, SignerChoice},
    trust::{TrustProfile, TrustStore},
};

const START: Time32 = Time32::from_seconds(700_000_000);
const DAY: u64 = 86_400_000_000;

fn now() -> Time64 {
    Time64::from(START).saturating_add_micros(DAY)
}

struct World {
    lab: Lab,
    root: Issuer,
    trust: TrustStore,
    ledger: MemoryLedger,
    key: PrivateKey,
    encryption: PrivateKey,
}

fn signer(key: &PrivateKey) -> Box<dyn Signer> {
    RustCrypto.signer(key).unwrap()
}

fn world_on(curve: Curve) -> World {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let lab = Lab::new(&Plan { curve, ..Plan::new("lab", START) }, &RustCrypto, &mut rng).unwrap();
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    for certificate in lab.certificates() {
        trust.add_by_content(certificate.clone()).unwrap();
    }
    World {
        root: lab.root.issuer(Role::RootCa, lab.policy, &RustCrypto).unwrap(),
        lab,
        trust,
        ledger: MemoryLedger::new(),
        key: PrivateKey::generate(curve, &mut rng).unwrap(),
        encryption: PrivateKey::generate(Curve::NistP256, &mut rng).unwrap(),
    }
}

fn world() -> World {
    world_on(Curve::NistP256)
}

fn year() -> ValidityPeriod {
    ValidityPeriod { start: now().time32().unwrap(), duration: Duration::Years(1) }
}

impl World {
    fn ea(&self) -> Template {
        let (key, encryption) = (*self.key.public_key(), *self.encryption.public_key());
        Template::enrolment_authority("another EA", key, encryption, year())
    }

    fn aa(&self) -> Template {
        let (key, encryption) = (*self.key.public_key(), *self.encryption.public_key());
        Template::authorization_authority("another AA", key, encryption, year(), &its_services())
    }

    /// The lab's AA with new keys: what its re-keying asks for.
    fn next_aa(&self) -> Template {
        let (key, encryption) = (*self.key.public_key(), *self.encryption.public_key());
        Asked::next(&self.current().certificate, key, encryption, year()).unwrap()
    }

    fn current(&self) -> &Member {
        &self.lab.authorization_authority
    }

    fn initial(&self, template: &Template) -> Asked {
        Asked::initial(template, &*signer(&self.key), now()).unwrap()
    }

    fn rekeying(&self, template: &Template) -> Asked {
        let current = self.current();
        self.initial(template).rekeying(&current.certificate, &*signer(&current.signing), now()).unwrap()
    }

    /// The root's answer to a message whose application was approved for `role`.
    fn approved(&mut self, message: &[u8], role: Role) -> Result<Certificate, RequestRefusal> {
        let form = Application { fingerprint: fingerprint(message), role };
        answer(&self.root, &mut self.trust, Some(&form), message, now(), &mut self.ledger)
    }

    /// The root's answer to a message without an application.
    fn answer(&mut self, message: &[u8]) -> Result<Certificate, RequestRefusal> {
        answer(&self.root, &mut self.trust, None, message, now(), &mut self.ledger)
    }

    /// The request for an EA as a message that a test may spoil before the new key signs it.
    fn spoilt(&self, change: impl FnOnce(&mut CaCertificateRequest)) -> Vec<u8> {
        self.sign_content(EtsiTs102941DataContent::CaCertificateRequest(self.request(change)))
    }

    fn request(&self, change: impl FnOnce(&mut CaCertificateRequest)) -> CaCertificateRequest {
        let keys = PublicKeys {
            verification_key: point::to_verification_key(self.key.public_key()).unwrap(),
            encryption_key: Some(point::to_encryption_key(self.encryption.public_key()).unwrap()),
        };
        let template = self.ea();
        let mut attributes =
            CertificateSubjectAttributes::signing(SequenceOfPsidSsp(template.app_permissions.clone()));
        attributes.cert_issue_permissions = template.to_be_signed().unwrap().cert_issue_permissions;
        let mut request = CaCertificateRequest::new(keys, attributes);
        change(&mut request);
        request
    }

    fn sign_content(&self, content: EtsiTs102941DataContent) -> Vec<u8> {
        let octets = encode(&EtsiTs102941Data::new(content)).unwrap();
        sign(SignedPayload::Data(&octets), SignedBy::Itself, &*signer(&self.key), now()).unwrap()
    }

    fn refused(&mut self, change: impl FnOnce(&mut CaCertificateRequest)) -> RequestRefusal {
        let message = self.spoilt(change);
        self.approved(&message, Role::EnrolmentAuthority).unwrap_err()
    }

    fn rekeying_refused(&mut self, change: impl FnOnce(&mut Template)) -> RequestRefusal {
        let mut template = self.next_aa();
        change(&mut template);
        let message = self.rekeying(&template).message().to_vec();
        self.answer(&message).unwrap_err()
    }

    /// A message around the initial request, signed in the name of the current AA or whoever a test wants.
    fn outer(&self, by: &Certificate, key: &PrivateKey) -> Vec<u8> {
        let inner = self.initial(&self.next_aa());
        sign(SignedPayload::Data(inner.message()), SignedBy::Certificate(by), &*signer(key), now()).unwrap()
    }
}

#[test]
fn an_approved_application_makes_an_authority_of_its_role() {
    for curve in Curve::ALL {
        for role in [Role::EnrolmentAuthority, Role::AuthorizationAuthority] {
            let mut world = world_on(curve);
            let template = if role == Role::EnrolmentAuthority { world.ea() } else { world.aa() };
            let asked = world.initial(&template);
            let certificate = world.approved(asked.message(), role).unwrap();
            let root = world.lab.root.certificate.clone();
            asked.accept(&certificate, &root, &mut world.trust).unwrap();
            assert_eq!(certificate.name(), template.name.as_deref());
            let authority = Issuer::new(role, certificate, signer(&world.key), world.lab.policy);
            assert!(authority.is_ok(), "{curve} {role}");
        }
    }
}

#[test]
fn a_rekeyed_authority_has_the_same_rights_and_new_keys() {
    for curve in Curve::ALL {
        let mut world = world_on(curve);
        let asked = world.rekeying(&world.next_aa());
        let certificate = world.answer(asked.message()).unwrap();
        let root = world.lab.root.certificate.clone();
        asked.accept(&certificate, &root, &mut world.trust).unwrap();
        let current = &world.current().certificate;
        assert_eq!(certificate.app_permissions(), current.app_permissions());
        assert_eq!(certificate.issue_permissions(), current.issue_permissions());
        assert_eq!(certificate.verification_key(), Some(world.key.public_key()));
    }
}

#[test]
fn without_a_wish_the_certificate_lives_as_long_as_policy_and_root_allow() {
    let mut world = world();
    let message = world.spoilt(|_| {});
    let certificate = world.approved(&message, Role::EnrolmentAuthority).unwrap();
    assert_eq!(certificate.validity().begin(), now());
    let left = world.lab.root.certificate.validity().end().micros_since(certificate.validity().end());
    assert!(left.unwrap() < 3_600_000_000);
}

#[test]
fn the_same_request_gets_the_same_certificate_however_late() {
    let mut world = world();
    let asked = world.initial(&world.ea());
    let first = world.approved(asked.message(), Role::EnrolmentAuthority).unwrap();
    let late = now().saturating_add_micros(300 * DAY);
    let again = answer(&world.root, &mut world.trust, None, asked.message(), late, &mut world.ledger);
    assert_eq!(again.unwrap(), first);
    assert_eq!(world.ledger.issued(), 1);
}

#[test]
fn a_request_is_finished_with_the_octets_on_record() {
    let mut world = world();
    let asked = world.initial(&world.ea());
    let before =
        encode(&Template { name: Some("as recorded".to_owned()), ..world.ea() }.to_be_signed().unwrap());
    world.ledger.intend(now(), &RequestDigest::of(asked.message()), &before.unwrap()).unwrap();
    let certificate = world.approved(asked.message(), Role::EnrolmentAuthority).unwrap();
    assert_eq!(certificate.name(), Some("as recorded"));
}

#[test]
fn a_message_longer_than_any_request_is_refused() {
    let refused = world().answer(&vec![0; MAX_REQUEST_OCTETS + 1]);
    assert!(matches!(refused, Err(RequestRefusal::TooLong(_))));
}

#[test]
fn what_is_no_signed_message_is_refused() {
    let refused = world().answer(b"nonsense");
    assert!(matches!(refused, Err(RequestRefusal::Form(RequestError::Malformed(_)))));
}

#[test]
fn a_header_with_more_than_time_and_psid_is_refused() {
    let mut world = world();
    let current = world.current();
    let identity = Identity::new(current.certificate.clone(), signer(&current.signing)).unwrap();
    let mut message = |change: &dyn Fn(&mut SignRequest<'_>)| {
        let mut request = SignRequest::new(Psid::CERTIFICATE_REQUEST, now(), SignedPayload::Data(b"any"));
        request.signer = SignerChoice::Digest;
        change(&mut request);
        match world.answer(&identity.sign_unchecked(&request).unwrap()) {
            Err(RequestRefusal::Form(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let expiring = message(&|request| request.expiry_time = Some(now()));
    assert!(matches!(expiring, RequestError::WrongHeader(_)), "{expiring}");
    let timeless = message(&|request| request.generation_time = None);
    assert!(matches!(timeless, RequestError::WrongHeader(_)), "{timeless}");
    let another = message(&|request| request.psid = Psid::CTL);
    assert!(matches!(another, RequestError::WrongContent(_)), "{another}");
    let attached = message(&|request| request.signer = SignerChoice::Certificate);
    assert!(matches!(attached, RequestError::WrongContent(_)), "{attached}");
}

#[test]
fn a_payload_that_does_not_decode_is_refused() {
    let mut world = world();
    let message =
        sign(SignedPayload::Data(b"nonsense"), SignedBy::Itself, &*signer(&world.key), now()).unwrap();
    let refused = world.approved(&message, Role::EnrolmentAuthority);
    assert!(matches!(refused, Err(RequestRefusal::Undecodable(_))));
}

#[test]
fn another_message_of_the_pki_is_refused() {
    let mut world = world();
    let list = EtsiTs102941DataContent::CertificateRevocationList(ToBeSignedCrl::new(1, 2, Vec::new()));
    let message = world.sign_content(list);
    let refused = world.approved(&message, Role::EnrolmentAuthority);
    assert!(matches!(refused, Err(RequestRefusal::OtherMessage)));
}

#[test]
fn a_request_from_the_future_or_the_past_is_refused() {
    let mut world = world();
    let message = world.spoilt(|_| {});
    let form = Application { fingerprint: fingerprint(&message), role: Role::EnrolmentAuthority };
    let mut at = |now| answer(&world.root, &mut world.trust, Some(&form), &message, now, &mut world.ledger);
    let (early, late) = (now().saturating_sub_micros(60_000_001), now().saturating_add_micros(30 * DAY + 1));
    assert!(matches!(at(early), Err(RequestRefusal::NotFresh { .. })));
    assert!(matches!(at(late), Err(RequestRefusal::NotFresh { .. })));
    assert!(at(now().saturating_sub_micros(60_000_000)).is_ok());
}

#[test]
fn a_stale_request_inside_a_fresh_rekeying_is_refused() {
    let mut world = world();
    let earlier = now().saturating_sub_micros(31 * DAY);
    let inner = Asked::initial(&world.next_aa(), &*signer(&world.key), earlier).unwrap();
    let current = world.current();
    let asked = inner.rekeying(&current.certificate, &*signer(&current.signing), now()).unwrap();
    assert!(
        matches!(world.answer(asked.message()), Err(RequestRefusal::NotFresh { made, .. }) if made == earlier)
    );
}

#[test]
fn an_initial_request_needs_an_application_with_its_fingerprint() {
    let mut world = world();
    let (message, other) = (world.spoilt(|_| {}), world.initial(&world.aa()));
    assert!(matches!(world.answer(&message), Err(RequestRefusal::NotApproved)));
    let form = Application { fingerprint: other.fingerprint(), role: Role::EnrolmentAuthority };
    let refused = answer(&world.root, &mut world.trust, Some(&form), &message, now(), &mut world.ledger);
    assert!(matches!(refused, Err(RequestRefusal::NotApproved)));
}

#[test]
fn an_application_is_for_one_role() {
    let mut world = world();
    let message = world.spoilt(|_| {});
    let refused = world.approved(&message, Role::AuthorizationAuthority);
    assert!(matches!(
        refused,
        Err(RequestRefusal::NotTheApprovedRole {
            asked: Role::EnrolmentAuthority,
            approved: Role::AuthorizationAuthority
        })
    ));
}

#[test]
fn a_rekeying_in_the_name_of_nobody_known_is_refused() {
    let mut world = world();
    let id = world.current().certificate.hashed_id8();
    let message = world.rekeying(&world.next_aa()).message().to_vec();
    world.trust.remove(id);
    assert!(
        matches!(world.answer(&message), Err(RequestRefusal::UnknownAuthority(unknown)) if unknown == id)
    );
}

#[test]
fn a_revoked_authority_does_not_rekey() {
    let mut world = world();
    let message = world.rekeying(&world.next_aa()).message().to_vec();
    world.trust.revoke(world.current().certificate.hashed_id8()).unwrap();
    let refused = world.answer(&message);
    assert!(
        matches!(&refused, Err(RequestRefusal::Untrusted(refusal)) if matches!(**refusal, Refusal::Revoked { .. })),
        "{refused:?}"
    );
}

#[test]
fn an_authority_of_another_root_does_not_rekey_here() {
    let mut world = world();
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    let elsewhere = Lab::new(&Plan::new("elsewhere", START), &RustCrypto, &mut rng).unwrap();
    for certificate in elsewhere.certificates() {
        world.trust.add_by_content(certificate.clone()).unwrap();
    }
    let theirs = &elsewhere.authorization_authority;
    let message = world.outer(&theirs.certificate, &theirs.signing);
    assert!(matches!(world.answer(&message), Err(RequestRefusal::OtherRoot)));
    let (root, key) = (world.lab.root.certificate.clone(), &world.lab.root.signing);
    let message = world.outer(&root, key);
    assert!(matches!(world.answer(&message), Err(RequestRefusal::OtherRoot)));
}

#[test]
fn an_authority_whose_certificate_ran_out_applies_anew() {
    let mut world = world();
    let late = now().saturating_add_micros(4 * 365 * DAY);
    let inner = Asked::initial(&world.next_aa(), &*signer(&world.key), late).unwrap();
    let current = world.current();
    let (certificate, key) = (&current.certificate, &*signer(&current.signing));
    assert!(matches!(
        Asked::initial(&world.next_aa(), &*signer(&world.key), late).unwrap().rekeying(
            certificate,
            key,
            late
        ),
        Err(CaError::Misuse("the current certificate is not valid now: apply anew"))
    ));
    let by = SignedBy::Certificate(certificate);
    let message = sign(SignedPayload::Data(inner.message()), by, key, late).unwrap();
    let refused = answer(&world.root, &mut world.trust, None, &message, late, &mut world.ledger);
    assert!(matches!(refused, Err(RequestRefusal::CurrentNotValid(_))), "{refused:?}");
}

#[test]
fn an_authority_without_the_right_does_not_rekey() {
    let mut world = world();
    let without = vec![permission(CERTIFICATE_REQUEST, &[AA_REQUEST_SSP[0], AA_REQUEST_SSP[1] & !0x02])];
    let template = Template { app_permissions: without, ..world.aa() };
    let (request, now32) = (RequestDigest::of(b"without"), now().time32().unwrap());
    let current = world.root.issue(&template, request, now32, &mut world.ledger).unwrap();
    world.trust.add(current.clone()).unwrap();
    let message = world.outer(&current, &world.key);
    assert!(matches!(world.answer(&message), Err(RequestRefusal::NotPermitted)));
    let asked = world.initial(&world.next_aa()).rekeying(&current, &*signer(&world.key), now());
    assert!(matches!(
        asked,
        Err(CaError::Misuse("the current certificate may not sign CA certificate requests"))
    ));
}

#[test]
fn a_rekeying_with_another_outer_key_is_refused() {
    let mut world = world();
    let message = world.outer(&world.current().certificate, &world.key);
    assert!(matches!(world.answer(&message), Err(RequestRefusal::BadOuterSignature)));
}

#[test]
fn a_rekeying_around_a_rekeying_is_refused() {
    let mut world = world();
    let current = world.current();
    let once = world.rekeying(&world.next_aa());
    let twice = once.rekeying(&current.certificate, &*signer(&current.signing), now()).unwrap();
    assert!(matches!(world.answer(twice.message()), Err(RequestRefusal::NotSelf)));
}

#[test]
fn a_verification_key_off_its_curve_is_refused() {
    let refused = world().refused(|request| {
        let nowhere = crate::asn1::EccP256CurvePoint::CompressedY0([0xFF; 32].into());
        request.public_keys.verification_key = crate::asn1::PublicVerificationKey::EcdsaNistP256(nowhere);
    });
    assert!(matches!(refused, RequestRefusal::BadVerificationKey(_)));
}

#[test]
fn an_encryption_key_off_its_curve_is_refused() {
    let refused = world().refused(|request| {
        let nowhere = crate::asn1::EccP256CurvePoint::CompressedY0([0xFF; 32].into());
        request.public_keys.encryption_key.as_mut().unwrap().public_key =
            crate::asn1::BasePublicEncryptionKey::EciesNistP256(nowhere);
    });
    assert!(matches!(refused, RequestRefusal::BadEncryptionKey(_)));
}

#[test]
fn a_request_without_an_encryption_key_is_refused() {
    let refused = world().refused(|request| request.public_keys.encryption_key = None);
    assert!(matches!(refused, RequestRefusal::NoEncryptionKey));
}

#[test]
fn whoever_has_not_the_new_key_gets_no_certificate_for_it() {
    let refused = world().refused(|request| {
        let other = PrivateKey::from_scalar(Curve::NistP256, &[7; 32]).unwrap();
        request.public_keys.verification_key = point::to_verification_key(other.public_key()).unwrap();
    });
    assert!(matches!(refused, RequestRefusal::NoPossession));
}

#[test]
fn a_rekeying_has_new_keys() {
    let mut world = world();
    let current = world.current();
    let (old, old_encryption) =
        (*current.signing.public_key(), *current.encryption.as_ref().unwrap().public_key());
    let template = Template { key: Key::Verification(old), ..world.next_aa() };
    let same = Asked::initial(&template, &*signer(&current.signing), now()).unwrap();
    let same = same.rekeying(&current.certificate, &*signer(&current.signing), now()).unwrap();
    assert!(matches!(world.answer(same.message()), Err(RequestRefusal::KeyNotNew("verification"))));
    let refused = world.rekeying_refused(|template| template.encryption_key = Some(old_encryption));
    assert!(matches!(refused, RequestRefusal::KeyNotNew("encryption")));
}

#[test]
fn rights_that_are_no_authority_s_are_refused() {
    let rights = |ssp: [u8; 2]| vec![permission(CERTIFICATE_REQUEST, &ssp)];
    let with_cam = [rights(EA_REQUEST_SSP), vec![permission(CAM, &[1, 0, 0])]].concat();
    for permissions in [
        rights(CREDENTIAL_REQUEST_SSP),
        // Both an EA's and an AA's.
        rights([1, EA_REQUEST_SSP[1] | AA_REQUEST_SSP[1]]),
        // What both may have, and neither's own.
        rights([1, 0x02]),
        rights([2, EA_REQUEST_SSP[1]]),
        vec![permission(CAM, &[1, 0, 0])],
        with_cam,
    ] {
        let refused = world().refused(|request| {
            request.requested_subject_attributes.app_permissions = Some(SequenceOfPsidSsp(permissions));
        });
        assert!(matches!(refused, RequestRefusal::NoRole), "{refused}");
    }
    let refused = world().refused(|request| request.requested_subject_attributes.app_permissions = None);
    assert!(matches!(refused, RequestRefusal::NoRole));
}

#[test]
fn an_id_that_is_no_name_is_refused() {
    let refused = world().refused(|request| {
        request.requested_subject_attributes.id =
            Some(CertificateId::BinaryId(OctetString::from_slice(&[1])));
    });
    assert!(matches!(refused, RequestRefusal::BadId));
}

/// What a test does to a template.
type Change = Box<dyn FnOnce(&mut Template)>;

#[test]
fn a_rekeying_changes_keys_and_dates_alone() {
    let region = || {
        let country = crate::asn1::IdentifiedRegion::CountryOnly(crate::asn1::UnCountryId(276));
        crate::asn1::GeographicRegion::IdentifiedRegion(vec![country].into())
    };
    let less = vec![permission(CERTIFICATE_REQUEST, &[1, 0x30])];
    let changes: [(&str, Change); 5] = [
        ("the id", Box::new(|template| template.name = Some("another".to_owned()))),
        ("the region", Box::new(move |template| template.region = Some(region()))),
        ("assuranceLevel", Box::new(|template| template.assurance = Some(0x20))),
        ("appPermissions", Box::new(move |template| template.app_permissions = less)),
        (
            "certIssuePermissions",
            Box::new(|template| {
                template.issue_permissions =
                    vec![crate::services::issuing(&[ServiceRange::up_to(CAM, &[1, 0, 0])], 1, 0)];
            }),
        ),
    ];
    for (what, change) in changes {
        let refused = world().rekeying_refused(change);
        assert!(matches!(refused, RequestRefusal::NotTheCurrent(changed) if changed == what), "{refused}");
    }
}

#[test]
fn an_aa_does_not_become_an_ea_by_rekeying() {
    let mut world = world();
    let template = Template { name: world.next_aa().name, ..world.ea() };
    let message = world.rekeying(&template).message().to_vec();
    assert!(matches!(world.answer(&message), Err(RequestRefusal::NotTheCurrent(_))));
}

#[test]
fn what_a_lint_stops_is_not_issued() {
    let mut world = world();
    let refused = world.refused(|request| {
        let groups = request.requested_subject_attributes.cert_issue_permissions.as_mut().unwrap();
        groups.0[0].min_chain_length = Integer::from(3);
    });
    assert!(matches!(refused, RequestRefusal::NotIssued(CaError::Lint(_))), "{refused}");
    assert_eq!(world.ledger.issued(), 0);
    let template = Template { issue_permissions: Vec::new(), ..world.ea() };
    let asked = world.initial(&template);
    let refused = world.approved(asked.message(), Role::EnrolmentAuthority);
    assert!(matches!(refused, Err(RequestRefusal::NotIssued(CaError::Lint(_)))));
}

#[test]
fn a_clock_beyond_the_certificates_is_refused() {
    let mut world = world();
    let asked = world.initial(&world.ea());
    let never = Time64::from_micros(u64::MAX);
    let refused = answer(&world.root, &mut world.trust, None, asked.message(), never, &mut world.ledger);
    assert!(matches!(refused, Err(RequestRefusal::ClockOutOfRange)));
}

#[test]
fn a_template_that_is_no_authority_s_is_not_asked_for() {
    let world = world();
    let ask = |template: &Template| Asked::initial(template, &*signer(&world.key), now()).err();
    let credential = Template::enrolment_credential("station", *world.key.public_key(), year());
    assert!(matches!(ask(&credential), Some(CaError::Misuse("the template is neither an EA's nor an AA's"))));
    let open = Template { encryption_key: None, ..world.ea() };
    assert!(matches!(ask(&open), Some(CaError::Misuse("the template has no encryption key"))));
    let other = Template { key: Key::Verification(*world.encryption.public_key()), ..world.ea() };
    assert!(matches!(ask(&other), Some(CaError::Misuse("the template's key is not the signer's"))));
}

#[test]
fn an_answer_with_other_keys_or_of_another_root_is_not_accepted() {
    let mut world = world();
    let asked = world.initial(&world.ea());
    let (root, other) =
        (world.lab.root.certificate.clone(), world.lab.enrolment_authority.certificate.clone());
    assert!(asked.accept(&other, &root, &mut world.trust).is_err());
    let certificate = world.approved(asked.message(), Role::EnrolmentAuthority).unwrap();
    let tlm = world.lab.trust_list_manager.certificate.clone();
    assert!(matches!(
        asked.accept(&certificate, &tlm, &mut world.trust),
        Err(CaError::Misuse("the certificate is another root's"))
    ));
    let mut nobody = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
    assert!(asked.accept(&certificate, &root, &mut nobody).is_err());
}
