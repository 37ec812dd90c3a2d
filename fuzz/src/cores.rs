//! The promises of the parts that hold keys: what was never signed is never granted and never believed.

use enrollment_aa::Step;
use enrollment_protocol::limits::MAX_MESSAGE_OCTETS;
use enrollment_protocol::message;
use enrollment_protocol::sealed::{open, open_answer, seal};
use enrollment_protocol::signed::{Received, SignedBy};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use v2x_codec::ieee1609dot2::encode;
use v2x_codec::ts102941::{
    AuthorizationResponseCode, AuthorizationValidationResponseCode, EnrolmentResponseCode,
    EtsiTs102941DataContent, InnerAtRequest,
};
use v2x_codec::view::{Content, Data};
use v2x_crypto::{AesKey, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;

use crate::exchange::{NOW, World, exchanges, signed_part, with_world};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(0xf022)
}

/// Envelopes to the EA: what opens was sealed here, whatever was done to the envelope.
pub fn sealed(octets: &[u8]) {
    let opened = with_world(|world| {
        let (certificate, agreement) = world.ea();
        open(octets, certificate, &*agreement).map(|opened| opened.plaintext)
    });
    let Ok(plaintext) = opened else { return };
    assert!(octets.len() <= MAX_MESSAGE_OCTETS);
    let known = exchanges();
    let sent = known.enrolments.iter().chain(&known.validations).any(|known| **known == **plaintext);
    assert!(sent, "an envelope that nobody sealed opens");
}

/// The EA as a whole: it answers everything, each answer is its own and opens under the request's key, and it grants
/// only what a registered station or the AA has signed.
pub fn ea_request(octets: &[u8]) {
    with_world(|world| {
        let ea = world.pki.enrolment_authority();
        ea.enrol(NOW, octets, &mut rng()).expect("the EA answers");
        ea.validate(NOW, octets, &mut rng()).expect("the EA answers");
        let known = exchanges();
        assert!(
            !enrols(world, octets) || was_signed(octets, &known.enrolments),
            "a forged enrolment is granted"
        );
        assert!(
            !confirms(world, octets) || was_signed(octets, &known.validations),
            "a forged question is granted"
        );
    });
}

/// Whether the EA gives a credential for these octets in an envelope.
fn enrols(world: &mut World, octets: &[u8]) -> bool {
    let ea = world.pki.lab().enrolment_authority.certificate.clone();
    let Some((request, key)) = envelope(octets, &ea) else { return false };
    let answer = world.pki.enrolment_authority().enrol(NOW, &request, &mut rng()).expect("the EA answers");
    match said(&answer, &key, &ea) {
        EtsiTs102941DataContent::EnrolmentResponse(response) => {
            response.response_code == EnrolmentResponseCode::Ok
        }
        // The same octets asked for a confirmation before, and the same request gets the same answer.
        EtsiTs102941DataContent::AuthorizationValidationResponse(_) => false,
        _ => panic!("another answer"),
    }
}

/// Whether the EA confirms a ticket for these octets in an envelope.
fn confirms(world: &mut World, octets: &[u8]) -> bool {
    let ea = world.pki.lab().enrolment_authority.certificate.clone();
    let Some((request, key)) = envelope(octets, &ea) else { return false };
    let answer = world.pki.enrolment_authority().validate(NOW, &request, &mut rng()).expect("the EA answers");
    match said(&answer, &key, &ea) {
        EtsiTs102941DataContent::AuthorizationValidationResponse(response) => {
            response.response_code == AuthorizationValidationResponseCode::Ok
        }
        // The same octets asked for a credential, and the same request gets the same answer.
        EtsiTs102941DataContent::EnrolmentResponse(_) => false,
        _ => panic!("another answer"),
    }
}

/// The AA as a whole, with the EA that it asks: it answers everything or asks the EA, octets that are no answer of the EA
/// make no ticket, and a ticket is given only for keys and a shared part that a station has tied together and signed.
pub fn aa_request(octets: &[u8]) {
    with_world(|world| {
        let step = world.pki.authorization_authority().request(NOW, octets, &mut rng());
        assert!(matches!(step.expect("the AA answers"), Step::Answer(_)), "noise raises a question");
        assert!(!authorizes(world, octets) || is_tied(octets), "a forged authorization is granted");
        let late = NOW.saturating_add_micros(3_600_000_000);
        world.pki.authorization_authority().handle_timeout(late, &mut rng()).expect("the AA answers");
    });
}

/// Whether the AA gives a ticket for these octets in an envelope.
fn authorizes(world: &mut World, octets: &[u8]) -> bool {
    let aa = world.pki.lab().authorization_authority.certificate.clone();
    envelope(octets, &aa).is_some_and(|(request, key)| is_granted(world, &request, &key, octets, &aa))
}

/// Whether the AA gives a ticket for a request. The EA's answer comes after the fuzzed octets in its place, for every
/// request that is asked about.
fn is_granted(world: &mut World, request: &[u8], key: &AesKey, octets: &[u8], aa: &Certificate) -> bool {
    let step = world.pki.authorization_authority().request(NOW, request, &mut rng());
    let answer = match step.expect("the AA answers") {
        Step::Answer(answer) => answer,
        Step::AskEa { question, request: asked, .. } => {
            let core = world.pki.authorization_authority();
            let noise = core.ea_answered(NOW, question, octets, &mut rng()).expect("the AA answers");
            assert!(
                !is_ticket(&noise.expect("somebody waits"), key, aa),
                "noise is taken for the EA's answer"
            );
            let again = core.request(NOW, request, &mut rng()).expect("the AA answers");
            assert!(matches!(&again, Step::AskEa { question: same, .. } if *same == question));
            let Step::AskEa { request: asked_again, .. } = again else { return false };
            assert_eq!(asked_again, asked, "the same request asks the same question");
            let confirmed =
                world.pki.enrolment_authority().validate(NOW, &asked, &mut rng()).expect("the EA answers");
            let core = world.pki.authorization_authority();
            let answer = core.ea_answered(NOW, question, &confirmed, &mut rng()).expect("the AA answers");
            answer.expect("somebody waits")
        }
    };
    is_ticket(&answer, key, aa)
}

fn is_ticket(answer: &[u8], key: &AesKey, aa: &Certificate) -> bool {
    let EtsiTs102941DataContent::AuthorizationResponse(response) = said(answer, key, aa) else {
        panic!("another answer")
    };
    response.response_code == AuthorizationResponseCode::Ok
}

/// Octets as they would be sent to an authority, where they fit an envelope.
fn envelope(octets: &[u8], to: &Certificate) -> Option<(Vec<u8>, AesKey)> {
    let (sealed, key) = seal(octets, to, &RustCrypto, &mut rng()).expect("it is sealed");
    Some((encode(&sealed).ok()?, key))
}

/// What an authority said, after checking that it did.
fn said(answer: &[u8], key: &AesKey, by: &Certificate) -> EtsiTs102941DataContent {
    let opened;
    let octets = match Data::parse(answer).expect("an answer is data").content {
        Content::Encrypted(_) => {
            opened = open_answer(answer, key).expect("it opens under the request's key");
            &opened
        }
        // What was too long to be read is answered in the open.
        Content::Signed(_) | Content::Unsecured(_) | Content::SignedCertificateRequest(_) => answer,
    };
    let received = Received::parse(octets).expect("it is signed");
    let own = by.verification_key().expect("an authority's certificate is explicit");
    received.verify(&RustCrypto, own, SignedBy::Certificate(by)).expect("the authority signed it");
    message::from_octets(received.payload().expect("it has a payload")).expect("it is a message")
}

/// Whether the signed part of `octets` is that of a seed.
fn was_signed(octets: &[u8], seeds: &[Vec<u8>]) -> bool {
    let part = signed_part(octets);
    part.is_some() && seeds.iter().any(|seed| signed_part(seed) == part)
}

/// Whether keys and shared part are together those of a seed: the credential signs the one, the key tag ties the other.
fn is_tied(octets: &[u8]) -> bool {
    let tied = |request: &InnerAtRequest| (request.public_keys.clone(), request.shared_at_request.clone());
    let Some(asked) = at_request(octets) else { return false };
    exchanges()
        .authorizations
        .iter()
        .filter_map(|seed| at_request(seed))
        .any(|seed| tied(&seed) == tied(&asked))
}

fn at_request(octets: &[u8]) -> Option<InnerAtRequest> {
    let payload = match Data::parse(octets).ok()?.content {
        Content::Signed(signed) => signed.payload.unsecured()?,
        Content::Unsecured(payload) => payload,
        Content::Encrypted(_) | Content::SignedCertificateRequest(_) => return None,
    };
    match message::from_octets(payload).ok()? {
        EtsiTs102941DataContent::AuthorizationRequest(request) => Some(request),
        _ => None,
    }
}

/// The receiver: of packets and bare messages it believes those alone whose signed octets were signed.
pub fn verifier(octets: &[u8]) {
    let (mut in_packet, mut bare) = with_world(|world| (world.verifier(), world.verifier()));
    let clock = Clock::exact(NOW);
    if in_packet.verify_packet(&clock, octets).is_ok() {
        let part = packet_part(octets);
        let signed = exchanges().packets.iter().any(|seed| packet_part(seed) == part);
        assert!(part.is_some() && signed, "a forged packet is believed");
    }
    if bare.verify_data(&clock, octets).is_ok() {
        assert!(was_signed(octets, &exchanges().messages), "a forged message is believed");
    }
}

fn packet_part(frame: &[u8]) -> Option<&[u8]> {
    match v2x_codec::view::Packet::parse(frame).ok()?.content {
        v2x_codec::view::PacketContent::Secured(data) => {
            data.content.signed().map(|signed| signed.to_be_signed)
        }
        v2x_codec::view::PacketContent::Unsecured(_) => None,
    }
}

#[cfg(test)]
mod tests {
    //! The promises are not kept by refusing everything: what was signed is granted.

    use super::*;

    #[test]
    fn every_exchange_that_was_made_is_granted() {
        with_world(|world| {
            let known = exchanges();
            assert!(known.enrolments.iter().all(|seed| enrols(world, seed)), "an enrolment is not granted");
            assert!(known.validations.iter().all(|seed| confirms(world, seed)), "a ticket is not confirmed");
        });
        with_world(|world| {
            let known = exchanges();
            assert!(known.authorizations.iter().all(|seed| authorizes(world, seed)), "no ticket is given");
        });
    }

    #[test]
    fn every_message_that_was_made_is_believed() {
        let known = exchanges();
        let clock = Clock::exact(NOW);
        with_world(|world| {
            for packet in &known.packets {
                let refused = world.verifier().verify_packet(&clock, packet).err();
                assert!(refused.is_none(), "{refused:?}");
            }
            for message in &known.messages {
                let refused = world.verifier().verify_data(&clock, message).err();
                assert!(refused.is_none(), "{refused:?}");
            }
        });
    }
}
