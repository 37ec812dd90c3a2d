//! The receive path allocates nothing, and an owned decoder no more than a small multiple of what came.

mod support;

use allocation_counter::{AllocationInfo, measure};
use v2x_codec::cam::{self, ReceivedCam, Release};
use v2x_codec::facility::{FacilityMessage, decode as decode_message};
use v2x_codec::ieee1609dot2::{Certificate, CoerType, Ieee1609Dot2Data, decode};
use v2x_codec::view::{NetworkPdu, Packet, Signer};
use v2x_codec::{denm, vam};

/// What owned decoding may hold at once: four octets for one, and this.
const BASE: u64 = 4096;

/// Everything that the receive path reads of a packet before cryptography; whether a CAM was in it.
fn receive(frame: &[u8]) -> bool {
    let Ok(packet) = Packet::parse(frame) else { return false };
    let Some(signed) = packet.secured().and_then(|data| data.content.signed()) else { return false };
    if let Signer::Certificate(certificates) = signed.signer {
        assert!(certificates.first().is_some());
    }
    let Some(payload) = signed.payload.unsecured() else { return false };
    let Ok(Some((_, message))) = NetworkPdu::parse(payload).and_then(|pdu| pdu.btp()) else { return false };
    ReceivedCam::read(message, Release::Two).is_ok()
}

/// Packets from the road.
fn packets() -> Vec<(String, Vec<u8>)> {
    support::vectors().map(|folder| support::hex_files(&folder.join("gn"), "hex")).unwrap_or_default()
}

#[test]
fn the_receive_path_allocates_nothing() {
    let mut cams = 0;
    for (name, octets) in packets() {
        let mut is_cam = false;
        let made = measure(|| is_cam = receive(&octets));
        assert_eq!(made.count_total, 0, "{name}");
        cams += usize::from(is_cam);
    }
    assert!(cams > 3 || support::vectors().is_none(), "{cams} CAMs");
}

#[test]
fn refusing_garbage_allocates_nothing() {
    let mut random = support::Random(14);
    for (name, octets) in packets() {
        for _ in 0..support::mutants(300) {
            let mutant = support::mutant(&octets, &mut random);
            let made = measure(|| {
                receive(&mutant);
            });
            assert_eq!(made.count_total, 0, "{name} {}", hex::encode(&mutant));
        }
    }
}

/// Fails when more was held at once than `octets` may cost.
fn within(name: &str, octets: &[u8], made: AllocationInfo) {
    let limit = 4 * octets.len() as u64 + BASE;
    assert!(made.bytes_max <= limit, "{name}: {} octets held {} of {limit}", octets.len(), made.bytes_max);
}

fn coer<T: CoerType>(name: &str, octets: &[u8]) -> bool {
    let mut is_accepted = false;
    within(name, octets, measure(|| is_accepted = decode::<T>(octets).is_ok()));
    is_accepted
}

fn message<M: FacilityMessage>(name: &str, octets: &[u8]) -> bool {
    let mut is_accepted = false;
    within(name, octets, measure(|| is_accepted = decode_message::<M>(octets).is_ok()));
    is_accepted
}

#[test]
fn owned_certificates_and_data_stay_within_their_bound() {
    let Some(vectors) = support::vectors() else { return };
    let folders = ["etsi_pool", "cert", "trust", "scms"];
    for (name, octets) in folders.iter().flat_map(|folder| support::files(&vectors.join(folder), "oer")) {
        assert!(coer::<Certificate>(&name, &octets) || coer::<Ieee1609Dot2Data>(&name, &octets), "{name}");
    }
    for (name, octets) in packets() {
        if let Some(data) = Packet::parse(&octets).ok().as_ref().and_then(Packet::secured) {
            assert!(coer::<Ieee1609Dot2Data>(&name, data.octets), "{name}");
        }
    }
    for octets in support::us_pilot(&vectors) {
        assert!(coer::<Ieee1609Dot2Data>("a signed BSM", &octets));
    }
}

#[test]
fn owned_facility_messages_stay_within_their_bound() {
    for (kind, check) in [
        ("cam", message::<cam::r1::CAM> as fn(&str, &[u8]) -> bool),
        ("cam2", message::<cam::r2::CAM>),
        ("denm", message::<denm::r1::DENM>),
        ("denm2", message::<denm::r2::DENM>),
        ("vam", message::<vam::VAM>),
    ] {
        for octets in support::random_messages(kind) {
            check(kind, &octets);
        }
    }
}

#[test]
fn a_quantity_beyond_memory_is_refused_before_anything_is_held() {
    let octets = support::unhex("03810040038004000001248106ffffffffffff");
    let made = measure(|| assert!(decode::<Ieee1609Dot2Data>(&octets).is_err()));
    assert_eq!(made.count_total, 0);
}
