//! What was believed once is not believed for ever: remembered signers, restarts, an uncertain clock.

use std::time::Duration;

use v2x_codec::ieee1609dot2 as asn;
use v2x_crypto::{Provider, RustCrypto};
use v2x_security::clock::Clock;
use v2x_security::permission::Psid;
use v2x_security::refusal::Refusal;
use v2x_security::sign::{Identity, SignRequest, SignedPayload, SignerChoice};
use v2x_security::verifier::Verifier;
use v2x_station::Station;
use v2x_station::cam_trigger::CamDue;
use v2x_station::ticket_pool::{ChangePolicy, Ticket, TicketPool};
use v2x_station::vehicle::{VehicleState, encode_cam};

use crate::pki::{self, NOW, Pki, START, at, plain, rng, ticket_key, time, verifier_since};

/// A car near Munich.
pub(crate) const CAR: VehicleState = VehicleState {
    kinematics: v2x_station::Kinematics {
        latitude: 481_371_000,
        longitude: 115_754_000,
        heading: 900,
        speed: 0,
    },
    station_type: 5,
    length: 42,
    width: 18,
    emergency: false,
};

/// The octets of a CAM, without network headers.
pub(crate) fn cam(state: &VehicleState) -> Vec<u8> {
    let due = CamDue { low_frequency: true, special_vehicle: true };
    encode_cam(state, 4711, time(NOW), due).unwrap()
}

fn signed(signer: &Identity, micros: u64, choice: SignerChoice) -> Vec<u8> {
    let payload = cam(&CAR);
    let mut request = SignRequest::new(Psid::CAM, time(micros), SignedPayload::Data(&payload));
    request.signer = choice;
    signer.sign_unchecked(&request).unwrap()
}

fn verdict(verifier: &mut Verifier, micros: u64, data: &[u8]) -> Result<(), Refusal> {
    verifier.verify_data(&at(micros), data).map(|_| ())
}

#[test]
fn a_revocation_reaches_signers_that_are_already_known() {
    let pki = plain();
    let signer = pki.signer();
    for revoked in [pki.authority.hashed_id8(), pki.root.hashed_id8(), signer.certificate().hashed_id8()] {
        let mut verifier = pki.verifier();
        verdict(&mut verifier, NOW, &signed(&signer, NOW, SignerChoice::Certificate)).unwrap();
        verdict(&mut verifier, NOW, &signed(&signer, NOW + 1, SignerChoice::Digest)).unwrap();
        verifier.trust_mut().revoke(revoked).unwrap();
        let by_digest = verdict(&mut verifier, NOW, &signed(&signer, NOW + 2, SignerChoice::Digest));
        assert_eq!(by_digest, Err(Refusal::UnknownSigner(signer.certificate().hashed_id8())));
        let attached = verdict(&mut verifier, NOW, &signed(&signer, NOW + 3, SignerChoice::Certificate));
        assert_eq!(attached.unwrap_err().code(), "revoked");
    }
}

#[test]
fn a_known_signer_falls_silent_when_its_issuer_runs_out() {
    let two_hours = |tbs: &mut asn::ToBeSignedCertificate| {
        tbs.validity_period.duration = asn::Duration::Hours(2);
    };
    let pki = Pki::new(two_hours);
    let signer = pki::identity(pki.ticket(two_hours));
    let end = (u64::from(START) + 7_200) * 1_000_000;
    let mut verifier = pki.verifier();
    verdict(&mut verifier, NOW, &signed(&signer, NOW, SignerChoice::Certificate)).unwrap();
    verdict(&mut verifier, end - 1, &signed(&signer, end - 1, SignerChoice::Digest)).unwrap();
    for choice in [SignerChoice::Digest, SignerChoice::Certificate] {
        let late = verdict(&mut verifier, end, &signed(&signer, end - 2, choice));
        assert_eq!(late.unwrap_err().code(), "certificate-expired");
    }
}

#[test]
fn what_was_heard_before_a_restart_is_not_believed_again() {
    let pki = plain();
    let data = signed(&pki.signer(), NOW, SignerChoice::Certificate);
    verdict(&mut pki.verifier(), NOW, &data).unwrap();
    let mut restarted = verifier_since(pki.store(), NOW + 100_000);
    let refusal = verdict(&mut restarted, NOW + 100_000, &data).unwrap_err();
    assert_eq!(refusal, Refusal::BeforeReplayMemory { generated: time(NOW), floor: time(NOW + 100_000) });
}

#[test]
fn a_station_that_does_not_know_the_time_believes_nothing() {
    let pki = plain();
    let ticket = Ticket::new(pki.chain(&pki.ticket(|_| {})), RustCrypto.signer(&ticket_key()).unwrap());
    let pool = TicketPool::new(vec![ticket.unwrap()], ChangePolicy::default()).unwrap();
    let mut sender = Station::new(pool, pki.verifier(), &mut rng(30));
    sender.drive(&at(NOW), &CAR, &mut rng(31)).unwrap();
    let packet = sender.poll_output(time(NOW)).unwrap();
    let nobody = TicketPool::new(Vec::new(), ChangePolicy::default()).unwrap();
    let mut listener = Station::new(nobody, pki.verifier(), &mut rng(32));
    let uncertain = Clock::new(time(NOW), Duration::from_millis(201));
    assert_eq!(listener.receive(&uncertain, &packet).unwrap_err().code(), "clock-uncertain");
    let certain = Clock::new(time(NOW), Duration::from_millis(10));
    assert!(listener.receive(&certain, &packet).is_ok());
}

/// Both releases share one wire: what another implementation made at random is read.
#[test]
fn cams_of_release_2_are_read_by_the_verifier() {
    let Some(shared) = conformance::shared_dir() else { return };
    let text = std::fs::read_to_string(shared.join("vectors/uper_random/cam2_seed1.json")).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let pki = plain();
    let ticket = pki.ticket(|tbs| tbs.app_permissions = pki::apps(vec![pki::app(36, &[1, 0xff, 0xfc])]));
    let signer = pki::identity(ticket);
    let vectors = file["vectors"].as_array().unwrap();
    assert!(!vectors.is_empty());
    for (number, vector) in vectors.iter().enumerate() {
        let octets = hex::decode(vector["hex"].as_str().unwrap()).unwrap();
        let request = SignRequest::new(Psid::CAM, time(NOW), SignedPayload::Data(&octets));
        let data = signer.sign_unchecked(&request).unwrap();
        match pki.verifier().verify_data(&at(NOW), &data) {
            Ok(v2x_security::verified::Received::Cam(cam)) => assert_eq!(cam.content().octets, octets),
            Ok(_) => panic!("CAM {number} is none"),
            Err(refusal) => panic!("CAM {number}: {refusal}"),
        }
    }
}
