//! The other services: vectors round-trip, `inspect` names their fields inside a packet, and hostile octets are refused.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests may fail them"
)]

mod support;

use std::fs;

use serde_json::Value;
use v2x_codec::ErrorKind;
use v2x_codec::btp::BtpHeader;
use v2x_codec::geonet::{
    BasicHeader, BasicNextHeader, ExtendedHeader, GnAddress, Lifetime, LongPositionVector, NetworkHeader,
    NextHeader, TrafficClass,
};
use v2x_codec::ieee1609dot2 as owned;
use v2x_codec::inspect::inspect;
use v2x_codec::limits::MAX_UPER_OCTETS;
use v2x_codec::services::{Service, ServiceMessage};
use v2x_codec::time::{GnTimestamp, Time64};

/// Messages that another encoder (pycrate; asn1tools for the CPM) made of values written for this test.
const MADE: [(Service, &str); 4] = [
    (Service::Mapem, "0205000012670801011000309c5042a7969c039a3a168015e00240114000000001053ec1cb0510100402"),
    (Service::Srem, "02090000126773a9c71964070304000c2714048017538f07d04040000499c004"),
    (Service::Ssem, "020a0000032f47538e36b0000e0006138a0402000024ce021c00a0"),
    (
        Service::Cpm,
        "020e00001267028bed016002a7969c039a3a1687ffffff08eddd0f880181c2092080040280000015fb102ee018bfda806200",
    ),
];

/// An IVIM with a list that is shorter than the bound that its extension bit leaves: `rasn` 0.28 reads it, and its
/// encoder then counts below zero.
const BELOW_ITS_BOUND: &str = "0206001210dc82500000d000880558eaad5713d7a64ffffffe11dbba1f08c0e1110140750fe3540748ff1ac0\
                               abcff5e2bc307844402fff24112f01294570f081600002000408014e";

/// A message from the road, with the value that another decoder sees.
fn on_road(kind: &str) -> Option<(Vec<u8>, Value)> {
    let path = support::vectors()?.join(format!("uper/{kind}_0"));
    let octets = support::unhex(&fs::read_to_string(path.with_extension("hex")).unwrap());
    let value = fs::read_to_string(path.with_extension("expect.json")).unwrap();
    // Release 2 has other names for the same fields.
    let value = value.replace("\"messageID\"", "\"messageId\"").replace("\"stationID\"", "\"stationId\"");
    let value: Value =
        serde_json::from_str(&value.replace("\"segment\"", "\"segment-carriagewayOrLane\"")).unwrap();
    Some((octets, value["value"].clone()))
}

/// Every message that there is, real and made.
fn messages() -> Vec<(Service, Vec<u8>)> {
    let road = [(Service::Spatem, "spatem"), (Service::Ivim, "ivim")];
    let road = road.into_iter().filter_map(|(service, kind)| Some((service, on_road(kind)?.0)));
    road.chain(MADE.into_iter().map(|(service, digits)| (service, support::unhex(digits)))).collect()
}

#[test]
fn messages_from_the_road_decode_to_what_another_decoder_sees() {
    for kind in ["spatem", "ivim"] {
        let Some((octets, expected)) = on_road(kind) else { return };
        let message = ServiceMessage::decode(&octets).unwrap();
        assert_eq!(message.to_json().unwrap(), expected, "{kind}");
    }
}

#[test]
fn every_message_encodes_to_the_same_octets_again() {
    for (service, octets) in messages() {
        let message = ServiceMessage::decode(&octets).unwrap_or_else(|error| panic!("{service}: {error}"));
        assert_eq!(message.service(), service);
        assert_eq!(hex::encode(message.encode().unwrap()), hex::encode(&octets), "{service}");
    }
}

#[test]
fn the_messages_made_here_are_those_that_another_decoder_sees() {
    for (service, digits) in MADE {
        let kind = if service == Service::Cpm { "cpm".to_owned() } else { service.name().to_lowercase() };
        let Some(answer) = support::oracle_decode(&kind, &support::unhex(digits)) else { return };
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["reencode_identical"], true, "{service}");
    }
}

#[test]
fn what_the_messages_say_is_named_as_in_the_asn1() {
    let said = [
        (Service::Mapem, "/map/intersections/0/laneSet/0/connectsTo/0/signalGroup", 1),
        (Service::Srem, "/srm/requests/0/request/requestID", 1),
        (Service::Ssem, "/ssm/status/0/sigStatus/0/requester/sequenceNumber", 7),
        (Service::Cpm, "/payload/managementContainer/referenceTime", 700_000_000_000_u64),
        (
            Service::Cpm,
            "/payload/cpmContainers/0/containerData/OriginatingVehicleContainer/orientationAngle/value",
            900,
        ),
        (
            Service::Cpm,
            "/payload/cpmContainers/1/containerData/PerceivedObjectContainer/perceivedObjects/0/objectId",
            5,
        ),
    ];
    for (service, pointer, number) in said {
        let (_, digits) = MADE.into_iter().find(|(made, _)| *made == service).unwrap();
        let fields = ServiceMessage::decode(&support::unhex(digits)).unwrap().to_json().unwrap();
        assert_eq!(fields.pointer(pointer), Some(&number.into()), "{service}: {fields}");
    }
}

/// A single-hop packet to `port`, as the network layer hands it over.
fn network_pdu(port: u16, message: &[u8]) -> Vec<u8> {
    let address = GnAddress { is_manual: false, station_type: 15, reserved: 0, mid: [2, 0, 0, 0, 0, 1] };
    let source = LongPositionVector {
        address,
        timestamp: GnTimestamp::at(Time64::from_micros(0)),
        latitude: 525_200_000,
        longitude: 134_050_000,
        is_accurate: true,
        speed: 0,
        heading: 0,
    };
    let header = NetworkHeader {
        next_header: NextHeader::BtpB,
        traffic_class: TrafficClass::new(1),
        is_mobile: false,
        maximum_hop_limit: 1,
        extended: ExtendedHeader::SingleHop { source, media: [0; 4] },
    };
    let mut payload = Vec::new();
    BtpHeader::B { destination_port: port, destination_port_info: 0 }.encode(&mut payload);
    payload.extend(message);
    let mut pdu = Vec::new();
    header.encode(&payload, &mut pdu).unwrap();
    pdu
}

/// A secured packet around `pdu`, whose signature is of nobody.
fn secured(pdu: Vec<u8>) -> Vec<u8> {
    let payload = owned::SignedDataPayload::data(owned::Ieee1609Dot2Data::unsecured(pdu));
    let signature = owned::EcdsaP256Signature {
        r_sig: owned::EccP256CurvePoint::XOnly([1; 32].into()),
        s_sig: [2; 32].into(),
    };
    let signed = owned::SignedData {
        hash_id: owned::HashAlgorithm::Sha256,
        tbs_data: owned::ToBeSignedData { payload, header_info: owned::HeaderInfo::new(137) },
        signer: owned::SignerIdentifier::Digest(owned::HashedId8([3; 8].into())),
        signature: owned::Signature::EcdsaNistP256(signature),
    };
    let basic = BasicHeader {
        next_header: BasicNextHeader::Secured,
        lifetime: Lifetime::from_millis(1000),
        remaining_hop_limit: 1,
    };
    let mut packet = Vec::new();
    basic.encode(&mut packet);
    packet.extend(owned::encode(&owned::Ieee1609Dot2Data::signed(signed)).unwrap());
    packet
}

#[test]
fn a_secured_packet_is_shown_down_to_its_message() {
    for (service, octets) in messages() {
        let shown = inspect(&secured(network_pdu(service.port(), &octets))).unwrap();
        let payload =
            "/content/Ieee1609Dot2Data/content/signedData/tbsData/payload/data/content/unsecuredData";
        let header = format!("{payload}/GeoNetworking/payload/{service}/header/messageId");
        assert_eq!(shown.fields.pointer(&header), Some(&service.message_id().into()), "{service}");
    }
}

#[test]
fn a_message_at_the_port_of_another_service_stays_octets() {
    let (_, digits) = MADE[0];
    let shown = inspect(&secured(network_pdu(Service::Srem.port(), &support::unhex(digits)))).unwrap();
    let payload = "/content/Ieee1609Dot2Data/content/signedData/tbsData/payload/data/content/unsecuredData";
    let payload = format!("{payload}/GeoNetworking/payload");
    assert_eq!(shown.fields.pointer(&payload), Some(&digits.into()));
}

#[test]
fn octets_that_are_no_message_of_a_service_are_refused_by_name() {
    let kind = |octets: &[u8]| ServiceMessage::decode(octets).unwrap_err().kind;
    assert_eq!(kind(&[]), ErrorKind::Truncated);
    assert_eq!(kind(&[2, 2, 0, 0]), ErrorKind::Unsupported);
    assert_eq!(kind(&[1, 5, 0, 0]), ErrorKind::Unsupported);
    assert_eq!(kind(&[2, 5, 0, 0]), ErrorKind::NotOfType);
    assert_eq!(kind(&[2; MAX_UPER_OCTETS + 1]), ErrorKind::TooMany);
    for (_, octets) in messages() {
        assert_eq!(kind(&[&octets[..], &[0]].concat()), ErrorKind::TrailingOctets(1));
    }
    assert_eq!(kind(&support::unhex(BELOW_ITS_BOUND)), ErrorKind::Inconsistent);
}

#[test]
fn mutants_are_refused_or_encode_to_themselves() {
    let mutants = support::mutants(400);
    let mut random = support::Random(5);
    let mut accepted = 0_u64;
    for (service, original) in messages() {
        for _ in 0..mutants {
            let octets = support::mutant(&original, &mut random);
            let Ok(message) = ServiceMessage::decode(&octets) else { continue };
            assert_eq!(message.encode().as_deref(), Ok(&octets[..]), "{service} {}", hex::encode(&octets));
            let _ = message.to_json();
            accepted += 1;
        }
    }
    assert!(accepted > mutants / 4, "{accepted} accepted");
}

#[test]
fn random_octets_behind_a_good_header_do_no_harm() {
    let mut random = support::Random(6);
    for _ in 0..support::mutants(400) {
        for service in Service::ALL {
            let length = random.below(MAX_UPER_OCTETS) / 8;
            let noise = (0..length).map(|_| random.next() as u8);
            let octets: Vec<u8> = [2, service.message_id()].into_iter().chain(noise).collect();
            let _ = ServiceMessage::decode(&octets).map(|message| message.to_json());
        }
    }
}
