//! GeoNetworking and BTP headers.

use serde_json::{Value, json};

use super::facility;
use super::tree::hex;
use crate::btp::BtpHeader;
use crate::coer::schema::IEEE1609_DOT2_DATA;
use crate::error::CodecError;
use crate::geonet::{
    Area, BasicHeader, BasicNextHeader, ExtendedHeader, GnAddress, LongPositionVector, NetworkHeader,
    NextHeader, Shape, ShortPositionVector, TrafficClass,
};
use crate::limits::MAX_NESTING;
use crate::view::{NetworkPdu, Packet, PacketContent};

/// Octets of the basic header, behind which secured data starts.
const BASIC_HEADER: usize = 4;

/// A packet; what follows it in its frame is named as padding.
pub(super) fn packet(octets: &[u8]) -> Result<Value, CodecError> {
    let packet = Packet::parse(octets)?;
    let content = match packet.content {
        PacketContent::Unsecured(pdu) => pdu_fields(&pdu),
        PacketContent::Secured(_) => {
            let secured = packet.octets.get(BASIC_HEADER..).unwrap_or_default();
            json!({ IEEE1609_DOT2_DATA.name: super::coer(&IEEE1609_DOT2_DATA, secured, MAX_NESTING)? })
        }
    };
    Ok(json!({
        "basicHeader": basic(&packet.basic),
        "content": content,
        "padding": hex(packet.padding),
    }))
}

/// Network headers and payload, as the payload of signed data has them.
pub(super) fn pdu(octets: &[u8]) -> Option<(&'static str, Value)> {
    Some(("GeoNetworking", pdu_fields(&NetworkPdu::parse(octets).ok()?)))
}

fn basic(header: &BasicHeader) -> Value {
    json!({
        "nextHeader": match header.next_header {
            BasicNextHeader::Any => "any",
            BasicNextHeader::Common => "commonHeader",
            BasicNextHeader::Secured => "securedPacket",
        },
        "lifetimeMs": header.lifetime.millis(),
        "remainingHopLimit": header.remaining_hop_limit,
    })
}

fn pdu_fields(pdu: &NetworkPdu<'_>) -> Value {
    let (btp, port, payload) = match pdu.btp() {
        Ok(Some((header, message))) => (btp(&header), Some(header.destination_port()), message),
        Ok(None) | Err(_) => (Value::Null, None, pdu.payload),
    };
    let payload = facility::message(payload, port)
        .map_or_else(|| hex(payload).into(), |(name, fields)| json!({ name: fields }));
    json!({
        "commonHeader": common(&pdu.header),
        "extendedHeader": extended(&pdu.header.extended),
        "btp": btp,
        "payload": payload,
    })
}

fn common(header: &NetworkHeader) -> Value {
    json!({
        "nextHeader": match header.next_header {
            NextHeader::Any => "any",
            NextHeader::BtpA => "btpA",
            NextHeader::BtpB => "btpB",
            NextHeader::Ipv6 => "ipv6",
        },
        "trafficClass": traffic_class(header.traffic_class),
        "isMobile": header.is_mobile,
        "maximumHopLimit": header.maximum_hop_limit,
    })
}

fn traffic_class(class: TrafficClass) -> Value {
    json!({
        "storeCarryForward": class.store_carry_forward(),
        "channelOffload": class.channel_offload(),
        "id": class.id(),
    })
}

fn btp(header: &BtpHeader) -> Value {
    match header {
        BtpHeader::A { destination_port, source_port } => {
            json!({ "btpA": { "destinationPort": destination_port, "sourcePort": source_port } })
        }
        BtpHeader::B { destination_port, destination_port_info } => {
            let (port, info) = (destination_port, destination_port_info);
            json!({ "btpB": { "destinationPort": port, "destinationPortInfo": info } })
        }
    }
}

fn extended(header: &ExtendedHeader) -> Value {
    match header {
        ExtendedHeader::Beacon { source } => json!({ "beacon": { "source": long(source) } }),
        ExtendedHeader::GeoUnicast { sequence_number, source, destination } => json!({ "geoUnicast": {
            "sequenceNumber": sequence_number, "source": long(source), "destination": short(destination) } }),
        ExtendedHeader::GeoAnycast { sequence_number, source, area: to } => json!({ "geoAnycast": {
            "sequenceNumber": sequence_number, "source": long(source), "area": area(to) } }),
        ExtendedHeader::GeoBroadcast { sequence_number, source, area: to } => json!({ "geoBroadcast": {
            "sequenceNumber": sequence_number, "source": long(source), "area": area(to) } }),
        ExtendedHeader::SingleHop { source, media } => {
            json!({ "singleHopBroadcast": { "source": long(source), "mediaDependent": hex(media) } })
        }
        ExtendedHeader::MultiHop { sequence_number, source } => json!({ "topologicallyScopedBroadcast": {
            "sequenceNumber": sequence_number, "source": long(source) } }),
        ExtendedHeader::LocationRequest { sequence_number, source, sought } => json!({ "locationRequest": {
            "sequenceNumber": sequence_number, "source": long(source), "sought": address(sought) } }),
        ExtendedHeader::LocationReply { sequence_number, source, destination } => json!({ "locationReply": {
            "sequenceNumber": sequence_number, "source": long(source), "destination": short(destination) } }),
    }
}

fn address(address: &GnAddress) -> Value {
    json!({
        "isManual": address.is_manual,
        "stationType": address.station_type,
        "reserved": address.reserved,
        "mid": hex(&address.mid),
    })
}

fn long(position: &LongPositionVector) -> Value {
    json!({
        "gnAddress": address(&position.address),
        "timestamp": position.timestamp.value(),
        "latitude": position.latitude,
        "longitude": position.longitude,
        "positionAccuracyIndicator": position.is_accurate,
        "speed": position.speed,
        "heading": position.heading,
    })
}

fn short(position: &ShortPositionVector) -> Value {
    json!({
        "gnAddress": address(&position.address),
        "timestamp": position.timestamp.value(),
        "latitude": position.latitude,
        "longitude": position.longitude,
    })
}

fn area(area: &Area) -> Value {
    let shape = match area.shape {
        Shape::Circle => "circle",
        Shape::Rectangle => "rectangle",
        Shape::Ellipse => "ellipse",
    };
    json!({
        "shape": shape,
        "latitude": area.latitude,
        "longitude": area.longitude,
        "distanceA": area.distance_a,
        "distanceB": area.distance_b,
        "angle": area.angle,
    })
}
