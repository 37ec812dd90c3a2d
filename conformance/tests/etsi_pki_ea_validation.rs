//! Authorization validation as an EA does it: the test purposes of TS 103 525-2 for the groups EA_AUTHVAL_RCV and
//! EA_AUTHVAL.
//!
//! The first line of each test's documentation is its row in `docs/VALIDATION.md`: the id, or the group where no public
//! source tells which number a purpose has, and what is checked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

mod exchange;

use enrollment_ea::registry::Status;
use enrollment_protocol::message::to_octets;
use exchange::asked::{ValidationAsk, asks_as, unexpected};
use exchange::layers::{answer_opened, assert_header, assert_signed_by, data, payload, signed, verifies};
use exchange::{DAY, HOUR, NOW, QUOTA, World, cam, earlier, later, signer};
use simulator::pki::{Held, usual_profile};
use v2x_ca::services::permission;
use v2x_codec::ieee1609dot2::{
    GeographicRegion, HashedId8, IdentifiedRegion, SequenceOfPsidSsp, UnCountryId,
};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_codec::ts102941::{
    AuthorizationValidationResponse, AuthorizationValidationResponseCode as Validated,
    CertificateSubjectAttributes, EtsiTs102941DataContent as Message,
};
use v2x_crypto::Curve;
use v2x_security::point;

fn enrolled() -> (World, Held) {
    let mut world = World::new();
    let credential = world.enrolled();
    (world, credential)
}

// Authorization validation requests received.

/// The answer to a validation request that is good but for what `spoil` does to it.
fn validated(spoil: impl FnOnce(&mut World, &mut ValidationAsk)) -> AuthorizationValidationResponse {
    let (mut world, credential) = enrolled();
    let mut ask = ValidationAsk::good(&world, &credential, 1);
    spoil(&mut world, &mut ask);
    ask.answered(&mut world)
}

fn validation(spoil: impl FnOnce(&mut World, &mut ValidationAsk)) -> Validated {
    validated(spoil).response_code
}

/// EA_AUTHVAL_RCV BV: a request with an encrypted ecSignature is confirmed.
#[test]
fn ea_authval_rcv_bv_privacy() {
    assert_eq!(validation(|_, _| {}), Validated::Ok);
}

/// EA_AUTHVAL_RCV BV: a request with an ecSignature that is not encrypted is confirmed.
#[test]
fn ea_authval_rcv_bv_without_privacy() {
    assert_eq!(validation(|_, ask| ask.hidden_from_all_but = None), Validated::Ok);
}

/// EA_AUTHVAL_RCV BO: a request of an AA that is unknown, revoked, or no AA is refused.
#[test]
fn ea_authval_rcv_bo_aa() {
    let unknown = validation(|_, ask| asks_as(ask, World::elsewhere().0.aa()));
    let revoked = validation(|world, _| {
        let aa = world.aa().certificate.hashed_id8();
        world.pki.enrolment_authority().trust().revoke(aa).unwrap();
    });
    let no_aa = validation(|world, ask| asks_as(ask, world.ea()));
    assert_eq!([unknown, revoked, no_aa], [Validated::InvalidAa; 3]);
}

/// EA_AUTHVAL_RCV BO: a request whose signature is not the AA's is refused.
#[test]
fn ea_authval_rcv_bo_aa_signature() {
    let code = validation(|world, ask| ask.aa_key = signer(&world.key()));
    assert_eq!(code, Validated::InvalidAaSignature);
}

/// EA_AUTHVAL_RCV BO: a request that is for another EA is refused.
#[test]
fn ea_authval_rcv_bo_ea_id() {
    let code = validation(|_, ask| ask.change(|shared| shared.ea_id = HashedId8([7; 8].into())));
    assert_eq!(code, Validated::WrongEa);
}

/// EA_AUTHVAL_RCV BO: an ecSignature that is not the credential's, or over another request, is refused.
#[test]
fn ea_authval_rcv_bo_ec_signature() {
    let forged = validation(|world, ask| ask.credential_key = signer(&world.key()));
    let of_another = validation(|_, ask| ask.shared.key_tag = [9; 16].into());
    assert_eq!([forged, of_another], [Validated::InvalidSignature; 2]);
}

/// EA_AUTHVAL_RCV BO: an ecSignature that is encrypted to somebody else is refused.
#[test]
fn ea_authval_rcv_bo_ec_signature_for_another() {
    let code = validation(|world, ask| ask.hidden_from_all_but = Some(world.aa().certificate.clone()));
    assert_eq!(code, Validated::ImNotTheRecipient);
}

/// EA_AUTHVAL_RCV BO: a credential of another EA is refused.
#[test]
fn ea_authval_rcv_bo_unknown_credential() {
    let code = validation(|_, ask| {
        let stranger = World::elsewhere().1;
        ask.credential_key = signer(&stranger.key);
        ask.credential = stranger.certificate;
    });
    assert_eq!(code, Validated::UnknownIts);
}

/// EA_AUTHVAL_RCV BO: a blocked or inactive station gets no ticket.
#[test]
fn ea_authval_rcv_bo_station_status() {
    for status in [Status::Blocked, Status::Inactive] {
        assert_eq!(validation(|world, _| world.set_status(status)), Validated::DeniedRequest);
    }
}

/// EA_AUTHVAL_RCV BO: more than the station is registered for is refused.
#[test]
fn ea_authval_rcv_bo_permissions() {
    let more = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(vec![permission(9999, &[1])]));
    let code = validation(|_, ask| ask.change(|shared| shared.requested_subject_attributes = more));
    assert_eq!(code, Validated::DeniedPermissions);
}

/// EA_AUTHVAL_RCV BO: more tickets at a time than the station may have are refused, and a retry is not one more.
#[test]
fn ea_authval_rcv_bo_quota() {
    let (mut world, credential) = enrolled();
    for tag in 1..=u8::try_from(QUOTA).unwrap() {
        // Twice: as two requests for the same ticket.
        for _ in 0..2 {
            let ask = ValidationAsk::good(&world, &credential, tag);
            assert_eq!(ask.answered(&mut world).response_code, Validated::Ok);
        }
    }
    let ask = ValidationAsk::good(&world, &credential, 9);
    assert_eq!(ask.answered(&mut world).response_code, Validated::DeniedTooManyCerts);
}

/// EA_AUTHVAL_RCV BO: a request or an ecSignature that is too old or from the future is refused.
#[test]
fn ea_authval_rcv_bo_generation_time() {
    for made in [earlier(HOUR), later(HOUR)] {
        assert_eq!(validation(|_, ask| ask.made = made), Validated::DeniedRequest);
        assert_eq!(validation(|_, ask| ask.asked = made), Validated::DeniedRequest);
    }
}

/// EA_AUTHVAL_RCV BO: another message is refused.
#[test]
fn ea_authval_rcv_bo_content() {
    assert_eq!(validation(|_, ask| ask.message = Some(unexpected())), Validated::BadContentType);
}

// Authorization validation responses.

/// The answer to a good request, opened, and the answer to one that is refused.
fn answers(world: &mut World) -> [Vec<u8>; 2] {
    let credential = world.enrolled();
    let good = ValidationAsk::good(world, &credential, 1);
    let mut bad = ValidationAsk::good(world, &credential, 2);
    bad.aa_key = signer(&world.key());
    [good, bad].map(|ask| {
        let request = ask.send(world);
        let answer = world.validate(&request.octets);
        answer_opened(&answer, &request.key)
    })
}

/// EA_AUTHVAL BV: an answer, positive or not, is encrypted under the key of its request.
#[test]
fn ea_authval_bv_encryption() {
    // Opening is what checks it: `pskRecipInfo` is the hash of that key.
    assert_eq!(answers(&mut World::new()).len(), 2);
}

/// EA_AUTHVAL BV: an answer is signed by the EA, which is named by digest, on all four curves.
#[test]
fn ea_authval_bv_signature() {
    for curve in Curve::ALL {
        let mut world = World::on(curve);
        for answer in answers(&mut world) {
            let ea = world.ea();
            assert_signed_by(&answer, &ea.certificate);
            assert!(verifies(&answer, ea.signing.public_key(), Some(&ea.certificate)));
            assert_eq!(point::received_hash(signed(&answer).hash_id), curve.hash());
        }
    }
}

/// EA_AUTHVAL BV: the header of the answer has psid 623 and generationTime, and nothing else.
#[test]
fn ea_authval_bv_header() {
    answers(&mut World::new()).iter().for_each(|answer| assert_header(answer, NOW));
}

/// EA_AUTHVAL_06_BV: the answer is an EtsiTs102941Data of version 1.
#[test]
fn ea_authval_06_bv() {
    for answer in answers(&mut World::new()) {
        let data = data(&payload(&answer));
        assert_eq!(data.version, 1);
        assert!(matches!(data.content, Message::AuthorizationValidationResponse(_)));
    }
}

/// EA_AUTHVAL BV: requestHash is the left half of the SHA-256 of the request as it was sent.
#[test]
fn ea_authval_bv_request_hash() {
    let (mut world, credential) = enrolled();
    let request = ValidationAsk::good(&world, &credential, 1).send(&mut world);
    let answer = world.validate(&request.octets);
    let said = request.validation(&answer);
    assert_eq!(said.request_hash[..], v2x_crypto::sha256(&request.octets)[..16]);
}

/// EA_AUTHVAL_05_BV: with a responseCode other than 0 there are no confirmedSubjectAttributes.
#[test]
fn ea_authval_05_bv() {
    let refused = [
        validated(|world, ask| ask.aa_key = signer(&world.key())),
        validated(|world, ask| ask.credential_key = signer(&world.key())),
        validated(|world, _| world.set_status(Status::Blocked)),
        validated(|_, ask| ask.change(|shared| shared.ea_id = HashedId8([7; 8].into()))),
    ];
    for said in refused {
        assert_ne!(said.response_code, Validated::Ok);
        assert_eq!(said.confirmed_subject_attributes, None);
    }
    // There is no encoding for a confirmation without attributes either.
    let empty = AuthorizationValidationResponse::refused([0; 16], Validated::Ok);
    assert!(to_octets(Message::AuthorizationValidationResponse(empty)).is_err());
}

/// EA_AUTHVAL BV: with responseCode 0, what was asked for is confirmed, with validity and assurance, and no right to issue.
#[test]
fn ea_authval_bv_confirmed_attributes() {
    let said = validated(|_, _| {});
    assert_eq!(said.response_code, Validated::Ok);
    let confirmed = said.confirmed_subject_attributes.unwrap();
    assert_eq!(confirmed.app_permissions, cam().app_permissions);
    assert_eq!(confirmed.cert_issue_permissions, None);
    assert_eq!(confirmed.id, None, "the AA does not learn who asks");
    assert_eq!(confirmed.assurance_level.unwrap().0[..], [usual_profile(None).assurance]);
    let validity = ValidityPeriod::from(&confirmed.validity_period.unwrap());
    assert_eq!(validity.begin(), NOW);
    assert!(validity.end() <= later(7 * DAY));
}

/// EA_AUTHVAL BV: a validity that is wished is confirmed, a longer one than the policy allows is shortened.
#[test]
fn ea_authval_bv_validity() {
    let start = Time32::from_seconds(NOW.time32().unwrap().seconds() + 3_600);
    let confirmed = |duration| {
        let wish = ValidityPeriod { start, duration };
        let said = validated(|_, ask| {
            ask.change(|shared| shared.requested_subject_attributes.validity_period = Some(wish.into()));
        });
        ValidityPeriod::from(&said.confirmed_subject_attributes.unwrap().validity_period.unwrap())
    };
    let (day, month) = (confirmed(Duration::Hours(24)), confirmed(Duration::Hours(24 * 30)));
    assert_eq!((day.begin(), day.end()), (Time64::from(start), later(25 * HOUR)));
    assert_eq!((month.begin(), month.end()), (Time64::from(start), later(HOUR + 7 * DAY)));
}

/// EA_AUTHVAL BV: the region that is confirmed is that of the station's registration.
#[test]
fn ea_authval_bv_region() {
    let germany = IdentifiedRegion::CountryOnly(UnCountryId(276));
    let region = GeographicRegion::IdentifiedRegion(vec![germany].into());
    let mut world = World::with(Curve::NistP256, usual_profile(Some(region.clone())));
    let credential = world.enrolled();
    let said = ValidationAsk::good(&world, &credential, 1).answered(&mut world);
    assert_eq!(said.confirmed_subject_attributes.unwrap().region, Some(region));
}

/// EA_AUTHVAL BV: the same request again gets the same octets.
#[test]
fn ea_authval_bv_retry() {
    let (mut world, credential) = enrolled();
    let request = ValidationAsk::good(&world, &credential, 1).send(&mut world);
    let answer = world.validate(&request.octets);
    world.set_status(Status::Blocked);
    assert_eq!(world.validate(&request.octets), answer);
}

/// EA_AUTHVAL BV: nothing of an answer names the station or its credential.
#[test]
fn ea_authval_bv_privacy() {
    let (mut world, credential) = enrolled();
    let request = ValidationAsk::good(&world, &credential, 1).send(&mut world);
    let answer = answer_opened(&world.validate(&request.octets), &request.key);
    let holds = |what: &[u8]| answer.windows(what.len()).any(|octets| octets == what);
    assert!(holds(&world.ea().certificate.hashed_id8().as_bytes()[..]), "what is looked for would be found");
    assert!(!holds(exchange::STATION));
    assert!(!holds(&credential.certificate.hashed_id8().as_bytes()[..]));
}
