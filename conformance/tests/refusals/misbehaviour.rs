//! A misbehaviour authority's certificate (TS 103 097 clause 7.2.6) is its own holder's, and never a ticket.

use v2x_codec::ieee1609dot2 as asn;
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::encrypt;
use v2x_security::permission::Psid;
use v2x_security::profile::Holder;
use v2x_security::refusal::Refusal;
use v2x_security::sign::{Identity, SignRequest, SignedPayload};
use v2x_security::trust::TrustProfile;
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

use crate::cached::{CAR, cam};
use crate::pki::{NOW, app, apps, at, encryption_key, identity, key, plain, rng, time, verifier};

/// The service in these tests: its real number is TS 102 965's to say.
const SERVICE: Psid = Psid(138);

fn decryption_key() -> PrivateKey {
    key(Curve::NistP256, 77)
}

/// What clause 7.2.6 demands, with permissions that no such authority should have besides.
fn contents(tbs: &mut asn::ToBeSignedCertificate) {
    tbs.id = asn::CertificateId::Name(asn::Hostname("misbehaviour authority".to_owned()));
    tbs.encryption_key = Some(encryption_key(decryption_key().public_key()));
    tbs.app_permissions = apps(vec![app(36, &[1, 0, 0]), app(37, &[1, 0, 0, 0]), app(138, &[1, 0x80])]);
}

fn authority() -> Certificate {
    plain().ticket(contents)
}

fn told() -> Verifier {
    let mut trust = plain().store();
    trust.set_misbehaviour_service(SERVICE);
    verifier(trust)
}

fn judged(receiver: &mut Verifier, signer: &Identity, psid: Psid, payload: &[u8]) -> Result<Psid, Refusal> {
    let request = SignRequest::new(psid, time(NOW), SignedPayload::Data(payload));
    let message = signer.sign_unchecked(&request).unwrap();
    receiver.verify_data(&at(NOW), &message).map(|received| match received {
        Received::Cam(message) => message.header().psid,
        Received::Denm(message) => message.header().psid,
        Received::Spdu(message) => message.header().psid,
    })
}

/// A CAM that a misbehaviour authority has signed, and its certificate permits.
pub(crate) fn cam_of_an_authority() -> Refusal {
    judged(&mut plain().verifier(), &identity(authority()), Psid::CAM, &cam(&CAR)).unwrap_err()
}

#[test]
fn a_misbehaviour_authority_is_told_from_a_ticket() {
    assert_eq!(Holder::of(&authority()), Holder::MisbehaviourAuthority);
    assert_eq!(Holder::of(&plain().ticket(|_| {})), Holder::AuthorizationTicket);
    let with_key = plain().ticket(|tbs| {
        tbs.encryption_key = Some(encryption_key(decryption_key().public_key()));
    });
    assert_eq!(Holder::of(&with_key), Holder::AuthorizationTicket);
    assert!(plain().store().chain(&authority()).is_ok());
}

#[test]
fn a_named_ticket_without_an_encryption_key_is_still_refused() {
    let named = plain().ticket(|tbs| tbs.id = asn::CertificateId::Name(asn::Hostname("car".to_owned())));
    let refused = plain().store().chain(&named).unwrap_err();
    assert!(matches!(refused, Refusal::CertificateProfile { rule, .. } if rule.contains("must be none")));
}

#[test]
fn reports_can_be_encrypted_to_it() {
    let authority = authority();
    let (sealed, _) = encrypt::seal(b"a report", &authority, &RustCrypto, &mut rng(3)).unwrap();
    let agreement = RustCrypto.key_agreement(&decryption_key()).unwrap();
    let opened = encrypt::open(&asn::encode(&sealed).unwrap(), &authority, &*agreement).unwrap();
    assert_eq!(*opened.plaintext, b"a report");
}

#[test]
fn it_never_signs_what_road_users_sign() {
    let signer = identity(authority());
    for psid in [Psid::CAM, Psid::DENM, Psid::VAM] {
        let only = |refusal| {
            assert!(
                matches!(refusal, Refusal::MisbehaviourAuthorityOnly { psid: refused, .. } if refused == psid.0),
                "{psid:?}: {refusal}"
            );
        };
        let location = (psid == Psid::DENM).then_some(v2x_security::sign::Location {
            latitude: 525_200_000,
            longitude: 134_050_000,
            elevation: 0,
        });
        // What the payload is comes to light after the signer.
        let payload = if psid == Psid::CAM { cam(&CAR) } else { b"anything".to_vec() };
        let mut request = SignRequest::new(psid, time(NOW), SignedPayload::Data(&payload));
        request.generation_location = location;
        only(signer.sign(TrustProfile::EtsiTs103097, &request).unwrap_err());
        let message = signer.sign_unchecked(&request).unwrap();
        for mut receiver in [plain().verifier(), told()] {
            only(receiver.verify_data(&at(NOW), &message).unwrap_err());
        }
    }
}

#[test]
fn its_own_service_is_accepted_once_the_number_is_known() {
    let signer = identity(authority());
    let unknown = judged(&mut plain().verifier(), &signer, SERVICE, b"anything").unwrap_err();
    assert!(matches!(unknown, Refusal::MisbehaviourAuthorityOnly { .. }), "{unknown}");
    let refused = judged(&mut told(), &signer, Psid(139), b"anything").unwrap_err();
    assert!(matches!(refused, Refusal::MisbehaviourAuthorityOnly { psid: 139, .. }), "{refused}");
    let mut request = SignRequest::new(SERVICE, time(NOW), SignedPayload::Data(b"anything"));
    request.generation_location =
        Some(v2x_security::sign::Location { latitude: 525_200_000, longitude: 134_050_000, elevation: 0 });
    let message = signer.sign(TrustProfile::EtsiTs103097, &request).unwrap();
    assert!(told().verify_data(&at(NOW), &message).is_ok());
}

#[test]
fn without_its_service_it_breaks_its_profile_once_the_number_is_known() {
    let without = plain().ticket(|tbs| {
        contents(tbs);
        tbs.app_permissions = apps(vec![app(37, &[1, 0, 0, 0])]);
    });
    let mut trust = plain().store();
    assert!(trust.chain(&without).is_ok());
    trust.set_misbehaviour_service(SERVICE);
    assert!(matches!(trust.chain(&without), Err(Refusal::CertificateProfile { .. })));
    assert!(trust.chain(&authority()).is_ok());
}
