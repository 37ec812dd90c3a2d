//! The promises: each function takes any octets, and panics when they break one.

use core::fmt::Debug;
use core::time::Duration;

use drone_link::frame::Frame;
use drone_link::framer::Framer;
use drone_link::table::RightsTable;
use drone_link::wire::{Control, Numbered, Splitter};
use simulator::scenario::Scenario;
use simulator::trace::Trace;
use simulator::traci::wire::Reader;
use v2x_codec::cam::{self, ReceivedCam, Release};
use v2x_codec::capture::Capture;
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::ieee1609dot2::{self as coer, Certificate, CoerType, CrlContents, Ieee1609Dot2Data};
use v2x_codec::services::ServiceMessage;
use v2x_codec::time::{Time32, Time64};
use v2x_codec::ts102941::{
    CtlFormat, EtsiTs102941Data, InnerAtRequest, InnerEcRequest, SharedAtRequest, ToBeSignedCrl,
};
use v2x_codec::view::{NetworkPdu, Packet, PacketContent};
use v2x_codec::{ErrorKind, denm, vam as vam_messages};
use v2x_crypto::PrivateKey;

pub use crate::curve_batch::curve_batch;
pub use crate::p256_batch::p256_batch;

use crate::agreement;

/// Frames from the radio: a packet ends where it says, its parts lie inside, and what is unsecured encodes again.
pub fn packet(frame: &[u8]) {
    let Ok(packet) = Packet::parse(frame) else { return };
    assert_eq!([packet.octets, packet.padding].concat(), frame);
    match packet.content {
        PacketContent::Unsecured(pdu) => pdu_encodes_again(&pdu),
        PacketContent::Secured(data) => {
            agreement::data(data.octets);
            if let Some(payload) = data.content.signed().and_then(|signed| signed.payload.unsecured()) {
                NetworkPdu::parse(payload).iter().for_each(pdu_encodes_again);
            }
        }
    }
}

/// What was read reads the same when it is written; reserved fields are the only difference there may be.
fn pdu_encodes_again(pdu: &NetworkPdu<'_>) {
    let mut octets = Vec::new();
    pdu.header.encode(pdu.payload, &mut octets).expect("the length came from a header");
    assert_eq!(NetworkPdu::parse(&octets).as_ref(), Ok(pdu));
    let _ = pdu.btp();
}

/// Secured data: what the view accepts, the owned decoder reads alike.
pub fn data(octets: &[u8]) {
    agreement::data(octets);
    coer_encodes_again::<Ieee1609Dot2Data>(octets);
}

/// Certificates: what the view accepts, the owned decoder reads alike.
pub fn certificate(octets: &[u8]) {
    agreement::certificate(octets);
    coer_encodes_again::<Certificate>(octets);
}

/// Messages, lists and requests of the PKI.
pub fn ts102941(octets: &[u8]) {
    coer_encodes_again::<EtsiTs102941Data>(octets);
    coer_encodes_again::<CtlFormat>(octets);
    coer_encodes_again::<ToBeSignedCrl>(octets);
    coer_encodes_again::<InnerEcRequest>(octets);
    coer_encodes_again::<InnerAtRequest>(octets);
    coer_encodes_again::<SharedAtRequest>(octets);
    coer_encodes_again::<CrlContents>(octets);
}

/// What the bounded scan accepts the owned decoder accepts, or refuses by name; and its encoding decodes to the same value.
fn coer_encodes_again<T: CoerType + PartialEq>(octets: &[u8]) {
    match coer::decode::<T>(octets) {
        Ok(value) => {
            let again = coer::encode(&value).expect("what was decoded encodes");
            assert_eq!(coer::decode::<T>(&again).as_ref(), Ok(&value));
        }
        Err(error) => assert_ne!(error.kind, ErrorKind::Inconsistent, "{error}"),
    }
}

/// CAMs of release 1: the receive path's own reader against the owned decoder.
pub fn cam_r1(octets: &[u8]) {
    let owned = facility_encodes_again::<cam::r1::CAM>(octets);
    let received = ReceivedCam::read(octets, Release::One);
    let Some(owned) = owned else { return };
    let received = received.expect("the receive path reads what the owned decoder does");
    assert_eq!(received.generation_delta_time, owned.cam.generation_delta_time);
}

/// CAMs of release 2, as [`cam_r1`].
pub fn cam_r2(octets: &[u8]) {
    let owned = facility_encodes_again::<cam::r2::CAM>(octets);
    let received = ReceivedCam::read(octets, Release::Two);
    let Some(owned) = owned else { return };
    let received = received.expect("the receive path reads what the owned decoder does");
    assert_eq!(received.station_id, owned.header.station_id);
}

/// DENMs of release 1.
pub fn denm_r1(octets: &[u8]) {
    let _ = facility_encodes_again::<denm::r1::DENM>(octets);
}

/// DENMs of release 2.
pub fn denm_r2(octets: &[u8]) {
    let _ = facility_encodes_again::<denm::r2::DENM>(octets);
}

/// VAMs.
pub fn vam(octets: &[u8]) {
    let _ = facility_encodes_again::<vam_messages::VAM>(octets);
}

/// Messages of the other services: what decodes encodes to the same octets.
pub fn services(octets: &[u8]) {
    let Ok(message) = ServiceMessage::decode(octets) else { return };
    assert_eq!(message.encode().as_deref(), Ok(octets));
    let _ = message.to_json();
}

/// What decodes encodes, and decodes to the same message again.
fn facility_encodes_again<M: FacilityMessage + PartialEq + Debug>(octets: &[u8]) -> Option<M> {
    let message = facility::decode::<M>(octets).ok()?;
    let again = facility::encode(&message).expect("what was decoded encodes");
    assert_eq!(facility::decode::<M>(&again).as_ref(), Ok(&message));
    Some(message)
}

/// Whatever it is, it is named or refused, and named alike when asked again.
pub fn inspect(octets: &[u8]) {
    let inspected = v2x_codec::inspect::inspect(octets);
    assert_eq!(v2x_codec::inspect::inspect(octets), inspected);
}

/// Capture files: reading ends, stays inside the file, and stops at the first error.
pub fn capture(file: &[u8]) {
    let Ok(mut capture) = Capture::parse(file) else { return };
    let mut left = file.len();
    while let Some(Ok(frame)) = capture.next() {
        left = left.checked_sub(frame.octets.len()).expect("frames do not overlap");
        assert!(frame.geonetworking().is_none_or(|packet| packet.len() < frame.octets.len()));
    }
    assert!(capture.next().is_none());
}

/// RFC 3339 text: what parses prints as the same time.
pub fn time(octets: &[u8]) {
    let Ok(text) = core::str::from_utf8(octets) else { return };
    if let Ok(time) = text.parse::<Time64>() {
        assert_eq!(time.to_string().parse(), Ok(time), "{text} printed as {time}");
    }
    if let Ok(time) = text.parse::<Time32>() {
        assert_eq!(time.to_string().parse(), Ok(time), "{text} printed as {time}");
    }
}

/// Certificates with their points and rules: the canonical form is its own, and keeps what was signed.
pub fn trusted_certificate(octets: &[u8]) {
    use v2x_security::certificate::Certificate;
    let Ok(certificate) = Certificate::parse(octets) else { return };
    let again = Certificate::parse(certificate.octets()).expect("the canonical form is a certificate");
    assert_eq!(again.octets(), certificate.octets());
    assert_eq!(again.hash(), certificate.hash());
    assert_eq!(again.to_be_signed(), certificate.to_be_signed());
}

/// Private keys in PKCS#8: what is read is written, and read as the same key.
pub fn key_file(octets: &[u8]) {
    let text = core::str::from_utf8(octets).ok();
    let from_text = text.and_then(|text| PrivateKey::from_pkcs8_pem(text, None).ok());
    for key in from_text.into_iter().chain(PrivateKey::from_pkcs8_der(octets, None)) {
        let written = key.to_pkcs8_der().expect("a key can be written");
        let again = PrivateKey::from_pkcs8_der(&written, None).expect("what was written is read");
        assert_eq!(again.public_key(), key.public_key());
    }
}

/// Floating-car data: what is read can be asked at any moment, and stays between its first and last step.
pub fn trace(octets: &[u8]) {
    let Ok(trace) = Trace::read(octets) else { return };
    for vehicle in trace.vehicles() {
        assert!(vehicle.appears() <= vehicle.leaves() && vehicle.leaves() <= trace.duration());
        assert!(vehicle.at(vehicle.appears()).is_some());
        assert!(vehicle.at(vehicle.leaves() + Duration::from_millis(1)).is_none());
    }
}

/// What SUMO answers to a step: it is read within bounds, and every number in it is one.
pub fn traci(octets: &[u8]) {
    let mut vehicles = 0;
    let read = Reader::new(octets).step(|_, seen| {
        vehicles += 1;
        assert!([seen.x, seen.y, seen.angle, seen.speed].iter().all(|number| number.is_finite()));
    });
    assert!(read.is_err() || vehicles <= octets.len());
    drop(Reader::new(octets).status(0x02));
}

/// A scenario that is accepted keeps to its bounds.
pub fn scenario(octets: &[u8]) {
    let Ok(text) = core::str::from_utf8(octets) else { return };
    let Ok(scenario) = Scenario::parse(text) else { return };
    assert!((1..=simulator::scenario::limits::MAX_DURATION_S).contains(&scenario.duration_s));
    assert!((0.0..=1.0).contains(&scenario.stations.equipped));
    assert!(scenario.attackers.iter().all(|attacker| attacker.rate > 0.0 && attacker.number > 0));
}

/// Frames are found in any octets, however they are cut, and what is found is written again as it was understood.
pub fn mavlink(octets: &[u8]) {
    let mut found = Vec::new();
    Framer::new().push(octets, |frame| found.extend(frame.ok()));
    let (mut cut, mut same) = (Framer::new(), Vec::new());
    octets.chunks(7).for_each(|chunk| cut.push(chunk, |frame| same.extend(frame.ok())));
    assert_eq!(found, same);
    for frame in found {
        let written = frame.encode().expect("the dialect has it");
        let (again, taken) = Frame::parse(&written).expect("it is a frame");
        assert_eq!((taken, &again.payload, again.message), (written.len(), &frame.payload, frame.message));
        assert_eq!((again.target(), again.command()), (frame.target(), frame.command()));
        drop(frame.name());
    }
}

/// What the ends of a drone link say to each other, and the table of rights: nothing brings the reader down, and what is read is
/// written as it was.
pub fn link_wire(octets: &[u8]) {
    if let Ok(control) = Control::parse(octets) {
        assert_eq!(control.encode(), octets);
    }
    if let Ok(message) = Numbered::parse(octets) {
        assert_eq!(message.encode(), octets);
    }
    let mut splitter = Splitter::new(300);
    splitter.push(octets);
    while let Ok(Some(message)) = splitter.take() {
        assert!(message.len() <= 300);
    }
    if let Ok(text) = core::str::from_utf8(octets) {
        drop(RightsTable::parse(text));
    }
}
