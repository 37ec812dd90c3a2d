//! Hostile UPER: no panic, and the receive path and the owned decoder agree on every CAM, valid or not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail them"
)]

mod support;

use serde_json::Value;
use support::{Random, mutant, mutants, random_messages as octets};
use v2x_codec::cam::extension::WrappedExtensionContainer;
use v2x_codec::cam::{self, ReceivedCam, Release};
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::{denm, uper, vam};

/// The owned CAM as far as the received one keeps it, by fields that both name.
fn agree<M: FacilityMessage>(octets: &[u8], release: Release) -> bool {
    let owned = facility::decode::<M>(octets);
    let received = ReceivedCam::read(octets, release);
    let shown = hex::encode(octets);
    assert_eq!(owned.is_ok(), received.is_ok(), "{shown}: {:?} against {received:?}", owned.err());
    let (Ok(owned), Ok(received)) = (owned, received) else { return false };
    let json = owned.to_json().unwrap();
    let cam = &json["cam"];
    let parameters = &cam["camParameters"];
    let basic = &parameters["basicContainer"];
    assert_eq!(cam["generationDeltaTime"], received.generation_delta_time.value(), "{shown}");
    assert_eq!(basic["stationType"], received.station_type.value(), "{shown}");
    assert_eq!(
        basic["referencePosition"]["latitude"],
        received.reference_position.latitude.value(),
        "{shown}"
    );
    assert_eq!(
        basic["referencePosition"]["longitude"],
        received.reference_position.longitude.value(),
        "{shown}"
    );
    let altitude = received.reference_position.altitude.altitude_value;
    assert_eq!(basic["referencePosition"]["altitude"]["altitudeValue"], altitude.value(), "{shown}");
    let vehicle = &parameters["highFrequencyContainer"]["basicVehicleContainerHighFrequency"];
    assert_eq!(vehicle.is_object(), received.vehicle().is_some(), "{shown}");
    if let Some(received) = received.vehicle() {
        assert_eq!(vehicle["heading"]["headingValue"], received.heading.heading_value.value(), "{shown}");
        assert_eq!(vehicle["speed"]["speedValue"], received.speed.speed_value.value(), "{shown}");
        assert_eq!(vehicle["yawRate"]["yawRateValue"], received.yaw_rate.yaw_rate_value.value(), "{shown}");
        let lane = received.lane_position.map(|lane| Value::from(lane.value()));
        assert_eq!(vehicle.get("lanePosition").cloned(), lane, "{shown}");
    }
    let points = &parameters["lowFrequencyContainer"]["basicVehicleContainerLowFrequency"]["pathHistory"];
    let received_points = received.low_frequency.map(|low| usize::from(low.path_points));
    assert_eq!(points.as_array().map(Vec::len), received_points, "{shown}");
    assert_eq!(
        parameters.get("specialVehicleContainer").is_some(),
        received.special_vehicle.is_some(),
        "{shown}"
    );
    let containers = parameters["extensionContainers"].as_array().map_or(0, Vec::len);
    assert_eq!(containers, usize::from(received.extension_containers), "{shown}");
    true
}

#[test]
fn both_decoders_of_a_cam_agree_on_every_mutant() {
    let mut random = Random(1);
    let mut accepted = 0_u64;
    let originals: Vec<_> = octets("cam").into_iter().chain(octets("cam2")).collect();
    for original in &originals {
        for _ in 0..mutants(300) {
            let octets = mutant(original, &mut random);
            accepted += u64::from(agree::<cam::r1::CAM>(&octets, Release::One));
            accepted += u64::from(agree::<cam::r2::CAM>(&octets, Release::Two));
        }
    }
    // Mutants that nothing accepts would show nothing about values.
    assert!(originals.is_empty() || accepted > mutants(300), "{accepted} accepted");
}

/// A CAM whose extension bit is set, with `tail` in place of its padding.
fn extended(original: &[u8], tail: &[u8]) -> Vec<u8> {
    let mut octets = original.to_vec();
    // Header 48 bits, generationDeltaTime 16: the extension bit of camParameters is the next one.
    octets[8] |= 0x80;
    octets.extend_from_slice(tail);
    octets
}

#[test]
fn both_decoders_agree_on_extensions() {
    let mut random = Random(2);
    let mut accepted = 0_u64;
    let originals: Vec<_> = octets("cam").into_iter().chain(octets("cam2")).collect();
    for original in &originals {
        for _ in 0..mutants(300) {
            let length = random.below(40);
            // Small numbers make small lengths, which have a chance to fit.
            let tail: Vec<u8> =
                (0..length).map(|_| random.next() as u8 & random.next() as u8 & 0x17).collect();
            let octets = extended(original, &tail);
            for end in [octets.len(), octets.len() - tail.len() / 2] {
                accepted += u64::from(agree::<cam::r1::CAM>(&octets[..end], Release::One));
                accepted += u64::from(agree::<cam::r2::CAM>(&octets[..end], Release::Two));
            }
        }
    }
    assert!(originals.is_empty() || accepted > 0, "no extension was accepted");
}

/// A check of one kind of message on octets; whether they decoded.
type Survives = fn(&[u8]) -> bool;

/// What decodes, encodes; and decodes to the same again.
fn survives<M: FacilityMessage + PartialEq + std::fmt::Debug>(octets: &[u8]) -> bool {
    let Ok(mut message) = uper::decode::<M>(octets, M::NAME) else { return false };
    message.normalise();
    let again = facility::encode(&message).unwrap_or_else(|error| panic!("{}: {error}", hex::encode(octets)));
    assert_eq!(uper::decode::<M>(&again, M::NAME).as_ref(), Ok(&message), "{}", hex::encode(octets));
    message.to_json().unwrap();
    true
}

#[test]
fn mutants_of_denm_and_vam_decode_or_are_refused() {
    let mut random = Random(3);
    let kinds: [(&str, Survives); 3] = [
        ("denm", survives::<denm::r1::DENM>),
        ("denm2", survives::<denm::r2::DENM>),
        ("vam", survives::<vam::VAM>),
    ];
    for (kind, survives) in kinds {
        let originals = octets(kind);
        let mut accepted = 0_u64;
        for original in &originals {
            accepted +=
                (0..mutants(300)).map(|_| u64::from(survives(&mutant(original, &mut random)))).sum::<u64>();
        }
        assert!(originals.is_empty() || accepted > mutants(300), "{kind}: {accepted} accepted");
    }
}

/// Found by the long form: the bitmap of a situation container announces a group in which nothing is present.
#[test]
fn an_extension_group_that_holds_nothing_is_absent() {
    let octets = hex::decode(concat!(
        "0201000000088c11935323f99bb1b2c9f78c78f3e804184800000001d6a72e5d1a8005fa344c89effbc6e000dfe140e80dbbe26cbf038cc7",
        "29a9c223f00ffffffffefb3600000001608bffffffff96fa008200"
    ));
    let message = facility::decode::<denm::r2::DENM>(&octets.unwrap()).unwrap();
    assert_eq!(message.denm.situation.as_ref().unwrap().extension_2, None);
    let again = facility::encode(&message).unwrap();
    assert_eq!(facility::decode::<denm::r2::DENM>(&again), Ok(message));
}

#[test]
fn random_octets_are_refused_or_decoded() {
    let mut random = Random(4);
    for _ in 0..mutants(300) * 30 {
        let length = random.below(200) + 1;
        let mut octets: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        octets[0] = 2;
        survives::<denm::r1::DENM>(&octets);
        survives::<denm::r2::DENM>(&octets);
        survives::<vam::VAM>(&octets);
        agree::<cam::r1::CAM>(&octets, Release::One);
        agree::<cam::r2::CAM>(&octets, Release::Two);
        let _ = uper::decode::<WrappedExtensionContainer>(&octets, "x").map(|wrapped| wrapped.content());
    }
}

#[test]
fn a_message_beyond_the_limit_is_refused_unread() {
    let octets = vec![0xff; v2x_codec::limits::MAX_UPER_OCTETS + 1];
    let error = facility::decode::<denm::r2::DENM>(&octets).unwrap_err();
    assert_eq!(error.kind, v2x_codec::ErrorKind::TooMany);
    assert_eq!(ReceivedCam::read(&octets, Release::Two).unwrap_err().kind, v2x_codec::ErrorKind::TooMany);
}

#[test]
fn nothing_may_follow_a_message() {
    for original in octets("cam") {
        let longer = [&original[..], &[0]].concat();
        assert!(facility::decode::<cam::r1::CAM>(&longer).is_err());
        assert!(!agree::<cam::r1::CAM>(&longer, Release::One));
    }
}
