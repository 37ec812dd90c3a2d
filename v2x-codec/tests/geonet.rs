//! GeoNetworking packets heard on the road, and what another implementation found in them.

mod support;

use std::fs;
use std::path::Path;

use serde_json::Value;
use v2x_codec::ErrorKind;
use v2x_codec::btp::BtpHeader;
use v2x_codec::geonet::{ExtendedHeader, HeaderType, LongPositionVector};
use v2x_codec::time::Time64;
use v2x_codec::view::{Data, NetworkPdu, Packet, Point, Signed, Signer};

/// The secured packets, each with its expected fields.
fn secured(vectors: &Path) -> Vec<(String, Vec<u8>, Value)> {
    let expected = |name: &str| {
        let path = vectors.join("gn").join(name.replace(".hex", ".expect.json"));
        let text = fs::read_to_string(path).expect(name);
        serde_json::from_str(&text).expect(name)
    };
    let packets = support::hex_files(&vectors.join("gn"), "hex").into_iter();
    packets
        .filter(|(name, _)| name.starts_with("cit_cam"))
        .map(|(name, octets)| (name.clone(), octets, expected(&name)))
        .collect()
}

fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).expect(pointer)
}

fn number(value: &Value, pointer: &str) -> i64 {
    at(value, pointer).as_i64().expect(pointer)
}

fn signed<'a>(packet: &Packet<'a>) -> Signed<'a> {
    *packet.secured().and_then(|data| data.content.signed()).expect("the packet is signed")
}

fn address(vector: &LongPositionVector) -> String {
    let mut octets = Vec::new();
    vector.address.encode(&mut octets);
    hex::encode(octets)
}

#[test]
fn headers_are_what_another_decoder_found() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets, expected) in secured(&vectors) {
        let packet = Packet::parse(&octets).expect(&name);
        assert_eq!(i64::from(packet.basic.lifetime.octet()), number(&expected, "/basic/lifetime"), "{name}");
        assert_eq!(i64::from(packet.basic.remaining_hop_limit), number(&expected, "/basic/rhl"), "{name}");
        let pdu = NetworkPdu::parse(signed(&packet).payload.unsecured().expect(&name)).expect(&name);
        assert_eq!(pdu.header.header_type(), HeaderType::SingleHop);
        assert_eq!(i64::from(pdu.header.traffic_class.octet()), number(&expected, "/common/tc"), "{name}");
        assert_eq!(pdu.header.is_mobile, number(&expected, "/common/flags") == 0x80, "{name}");
        assert_eq!(pdu.payload.len() as i64, number(&expected, "/common/payload_len"), "{name}");
        assert_eq!(i64::from(pdu.header.maximum_hop_limit), number(&expected, "/common/mhl"), "{name}");
    }
}

#[test]
fn the_source_is_where_another_decoder_found_it() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets, expected) in secured(&vectors) {
        let packet = Packet::parse(&octets).expect(&name);
        let pdu = NetworkPdu::parse(signed(&packet).payload.unsecured().expect(&name)).expect(&name);
        let (source, expected) = (pdu.header.extended.source(), at(&expected, "/extended/so_pv"));
        assert_eq!(address(source), expected["gn_addr"].as_str().expect(&name), "{name}");
        assert_eq!(i64::from(source.timestamp.value()), number(expected, "/tst"), "{name}");
        assert_eq!(i64::from(source.latitude), number(expected, "/lat"), "{name}");
        assert_eq!(i64::from(source.longitude), number(expected, "/lon"), "{name}");
        assert_eq!(i64::from(source.is_accurate), number(expected, "/pai"), "{name}");
        assert_eq!(i64::from(source.speed), number(expected, "/speed"), "{name}");
        assert_eq!(i64::from(source.heading), number(expected, "/heading"), "{name}");
    }
}

#[test]
fn the_signed_data_is_what_another_decoder_found() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets, expected) in secured(&vectors) {
        let packet = Packet::parse(&octets).expect(&name);
        let signed = signed(&packet);
        assert_signed_as_expected(&name, &signed, at(&expected, "/secured/value/content/signedData"));
    }
}

#[test]
fn signed_data_without_a_packet_around_it_is_read_too() {
    let Some(vectors) = support::vectors() else { return };
    let read = |suffix| fs::read_to_string(vectors.join("gn/cit_data1609_cam_389").with_extension(suffix));
    let octets = support::unhex(&read("hex").expect("the message is there"));
    let expected: Value = serde_json::from_str(&read("expect.json").expect("its fields are")).expect("JSON");
    let data = Data::parse(&octets).expect("the message is well formed");
    let signed = data.content.signed().expect("the message is signed");
    assert_signed_as_expected("389", signed, at(&expected, "/value/content/signedData"));
}

fn assert_signed_as_expected(name: &str, signed: &Signed<'_>, expected: &Value) {
    let header = &signed.header_info;
    assert_eq!(i64::try_from(header.psid), Ok(number(expected, "/tbsData/headerInfo/psid")), "{name}");
    let time = number(expected, "/tbsData/headerInfo/generationTime");
    assert_eq!(header.generation_time.map(Time64::micros), u64::try_from(time).ok(), "{name}");
    let payload = at(expected, "/tbsData/payload/data/content/unsecuredData");
    assert_eq!(signed.payload.unsecured().map(hex::encode).as_deref(), payload.as_str(), "{name}");
    let signature = at(expected, "/signature/ecdsaNistP256Signature");
    assert_eq!(hex::encode(signed.signature.s), signature["sSig"].as_str().expect(name), "{name}");
    assert_eq!(point(&signed.signature.r), signature["rSig"], "{name}");
    match signed.signer {
        Signer::Digest(digest) => {
            assert_eq!(hex::encode(digest.as_bytes()), at(expected, "/signer/digest").as_str().expect(name))
        }
        Signer::Certificate(certificates) => {
            let certificate = certificates.first().expect(name);
            let expected = at(expected, "/signer/certificate/0/toBeSigned");
            let start = number(expected, "/validityPeriod/start");
            assert_eq!(i64::from(certificate.validity_period.start.seconds()), start, "{name}");
            let psids = certificate.app_permissions.expect(name).iter().map(|permission| permission.psid);
            let expected = at(expected, "/appPermissions").as_array().expect(name).iter();
            assert!(psids.eq(expected.map(|permission| permission["psid"].as_u64().expect(name))), "{name}");
        }
        Signer::SelfSigned => unreachable!("{name}"),
    }
}

/// A point as the other decoder writes it.
fn point(point: &Point<'_>) -> Value {
    let (name, octets) = match point {
        Point::XOnly(x) => ("x-only", x),
        Point::CompressedY0(x) => ("compressed-y-0", x),
        Point::CompressedY1(x) => ("compressed-y-1", x),
        Point::Fill | Point::Uncompressed { .. } => return Value::Null,
    };
    serde_json::json!({ name: hex::encode(octets) })
}

#[test]
fn a_cam_lies_behind_the_btp_header() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets, expected) in secured(&vectors) {
        let packet = Packet::parse(&octets).expect(&name);
        let pdu = NetworkPdu::parse(signed(&packet).payload.unsecured().expect(&name)).expect(&name);
        let (btp, message) = pdu.btp().expect(&name).expect(&name);
        assert_eq!(i64::from(btp.destination_port()), number(&expected, "/btp/dst"), "{name}");
        assert!(matches!(btp, BtpHeader::B { destination_port_info: 0, .. }), "{name}");
        // Protocol version and message id of an ITS PDU header of a CAM.
        assert_eq!(message.get(..2), Some(&[2, 2][..]), "{name}");
    }
}

#[test]
fn padding_behind_a_packet_is_not_part_of_it() {
    let Some(vectors) = support::vectors() else { return };
    for (name, mut octets) in support::hex_files(&vectors.join("gn"), "hex") {
        if name.starts_with("cit_data1609") {
            continue;
        }
        let unpadded = Packet::parse(&octets).expect(&name);
        let (length, padding) = (unpadded.octets.len(), unpadded.padding.len());
        octets.extend([0xa5; 7]);
        let padded = Packet::parse(&octets).expect(&name);
        assert_eq!((padded.octets.len(), padded.padding.len()), (length, padding + 7), "{name}");
    }
}

#[test]
fn unsecured_packets_encode_to_the_same_octets() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets) in support::hex_files(&vectors.join("gn"), "hex") {
        if !name.starts_with("cit_unsecured") {
            continue;
        }
        let packet = Packet::parse(&octets).expect(&name);
        let (pdu, _) = packet.into_unsecured().expect(&name);
        let mut again = Vec::new();
        packet.basic.encode(&mut again);
        pdu.header.encode(pdu.payload, &mut again).expect(&name);
        assert_eq!(hex::encode(again), hex::encode(packet.octets), "{name}");
    }
}

#[test]
fn a_beacon_and_a_payload_too_short_for_btp_are_told_apart() {
    let Some(vectors) = support::vectors() else { return };
    let read = |name| fs::read_to_string(vectors.join("gn").join(name)).map(|text| support::unhex(&text));
    let beacon = read("cit_unsecured_0.hex").expect("the beacon is there");
    let (pdu, _) = Packet::parse(&beacon).ok().and_then(Packet::into_unsecured).expect("it is unsecured");
    assert!(matches!(pdu.header.extended, ExtendedHeader::Beacon { .. }));
    assert_eq!(pdu.btp(), Ok(None));
    let short = read("cit_unsecured_1.hex").expect("the packet is there");
    let (pdu, _) = Packet::parse(&short).ok().and_then(Packet::into_unsecured).expect("it is unsecured");
    assert_eq!(pdu.btp().map_err(|error| error.kind), Err(ErrorKind::Truncated));
}

#[test]
fn every_packet_that_is_cut_is_refused() {
    let Some(vectors) = support::vectors() else { return };
    for (name, octets, _) in secured(&vectors) {
        let length = Packet::parse(&octets).expect(&name).octets.len();
        for cut in 0..length {
            assert!(Packet::parse(&octets[..cut]).is_err(), "{name} cut to {cut}");
        }
    }
}
