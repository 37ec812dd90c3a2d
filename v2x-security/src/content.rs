//! From a payload whose signature verified to the message in it, held against its signer's permissions.

use v2x_codec::cam::{ReceivedCam, ReceivedHighFrequency, ReceivedSpecialVehicle, Release};
use v2x_codec::cdd::r2::{EmergencyPriority, TrafficRule};
use v2x_codec::denm::{r1, r2};
use v2x_codec::view::NetworkPdu;
use v2x_codec::{CodecError, ErrorKind, btp, facility};

use crate::permission::Psid;
use crate::refusal::{Position, Refusal, Structure};
use crate::ssp::{CamContent, DenmContent, SpecialVehicle};

/// A CAM as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cam<'p> {
    /// What it says.
    pub message: ReceivedCam,
    /// Its octets, for a decoder of everything in it.
    pub octets: &'p [u8],
    /// The GeoNetworking headers that were signed with it; `None` when it came without.
    pub pdu: Option<NetworkPdu<'p>>,
}

/// A DENM as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denm<'p> {
    /// What it says.
    pub message: DenmMessage,
    /// Its octets.
    pub octets: &'p [u8],
    /// The GeoNetworking headers that were signed with it; `None` when it came without.
    pub pdu: Option<NetworkPdu<'p>>,
}

/// The decoded message of a DENM, by the release that it decodes as.
///
/// Nothing on the wire tells the releases apart: both have `protocolVersion` 2, and what release 2 adds lies behind the
/// extension marks of release 1. So a message is read as release 2, which says more, and as release 1 only where it
/// holds values that release 2 took away, cause codes above 128 for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DenmMessage {
    /// EN 302 637-3 V1.3.1.
    Release1(Box<r1::DENM>),
    /// TS 103 831 V2.
    Release2(Box<r2::DENM>),
}

/// Any other message: what was signed, not looked into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spdu<'p> {
    /// What was signed.
    pub payload: SpduPayload<'p>,
    /// The GeoNetworking headers that were signed with it; `None` when it came without.
    pub pdu: Option<NetworkPdu<'p>>,
}

/// What was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpduPayload<'p> {
    /// The octets of `unsecuredData`.
    Unsecured(&'p [u8]),
    /// A whole `Ieee1609Dot2Data` of another kind, itself unverified.
    Nested(&'p [u8]),
    /// Octets that came another way; their hash was signed.
    External,
}

fn malformed(error: CodecError) -> Refusal {
    Refusal::Undecodable { what: Structure::Payload, error }
}

/// The network headers, where there are any, and the facility message behind them.
///
/// In a packet they must be there. Data that came without a packet can carry the bare message, which its first octets
/// tell: the version of an `ItsPduHeader` is no first octet of a GeoNetworking common header.
pub(crate) fn facility<'p>(
    psid: Psid,
    payload: &'p [u8],
    in_packet: bool,
) -> Result<(Option<NetworkPdu<'p>>, &'p [u8]), Refusal> {
    let bare = payload.first().is_some_and(|octet| octet & 0x0f != 0);
    if bare && !in_packet {
        return Ok((None, payload));
    }
    let pdu = NetworkPdu::parse(payload).map_err(malformed)?;
    let no_btp = CodecError::new(ErrorKind::Unsupported, "CommonHeader.NH", 0);
    let (header, message) = pdu.btp().map_err(malformed)?.ok_or_else(|| malformed(no_btp))?;
    check_port(psid, header.destination_port())?;
    Ok((Some(pdu), message))
}

/// A CAM goes to port 2001 and a DENM to 2002: a permission for one must not carry the other.
fn check_port(psid: Psid, found: u16) -> Result<(), Refusal> {
    let expected = match psid {
        Psid::CAM => btp::port::CAM,
        Psid::DENM => btp::port::DENM,
        Psid(_) => return Ok(()),
    };
    if found == expected {
        return Ok(());
    }
    Err(Refusal::PayloadNotOfPsid { psid: psid.0, payload: format!("BTP port {found}") })
}

/// The network headers of another message, if it has any.
pub(crate) fn network_pdu(payload: &[u8], in_packet: bool) -> Result<Option<NetworkPdu<'_>>, Refusal> {
    if in_packet { NetworkPdu::parse(payload).map(Some).map_err(malformed) } else { Ok(None) }
}

impl<'p> Cam<'p> {
    pub(crate) fn read(octets: &'p [u8], pdu: Option<NetworkPdu<'p>>) -> Result<Self, Refusal> {
        let message = ReceivedCam::read(octets, Release::Two).map_err(malformed)?;
        Ok(Self { message, octets, pdu })
    }

    /// Where the station says it is.
    pub(crate) fn position(&self) -> Position {
        let position = &self.message.reference_position;
        Position { latitude: position.latitude.value(), longitude: position.longitude.value() }
    }

    /// What of it needs a permission.
    pub(crate) fn claims(&self) -> CamContent {
        let tolling_zone = match &self.message.high_frequency {
            ReceivedHighFrequency::Vehicle(vehicle) => vehicle.cen_dsrc_tolling_zone,
            ReceivedHighFrequency::Rsu { protected_zones } => *protected_zones > 0,
        };
        CamContent {
            tolling_zone,
            special_vehicle: self.message.special_vehicle.as_ref().map(special_vehicle),
        }
    }
}

fn special_vehicle(container: &ReceivedSpecialVehicle) -> SpecialVehicle {
    match container {
        ReceivedSpecialVehicle::PublicTransport { .. } => SpecialVehicle::PublicTransport,
        ReceivedSpecialVehicle::SpecialTransport { .. } => SpecialVehicle::SpecialTransport,
        ReceivedSpecialVehicle::DangerousGoods(_) => SpecialVehicle::DangerousGoods,
        ReceivedSpecialVehicle::RoadWorks { closed_lanes, .. } => {
            SpecialVehicle::RoadWorks { closed_lanes: *closed_lanes }
        }
        ReceivedSpecialVehicle::Rescue(_) => SpecialVehicle::Rescue,
        ReceivedSpecialVehicle::Emergency { emergency_priority, .. } => emergency(*emergency_priority),
        ReceivedSpecialVehicle::SafetyCar { traffic_rule, speed_limit, .. } => SpecialVehicle::SafetyCar {
            no_passing: *traffic_rule == Some(TrafficRule::NoPassing),
            no_passing_for_trucks: *traffic_rule == Some(TrafficRule::NoPassingForTrucks),
            speed_limit: speed_limit.is_some(),
        },
    }
}

fn emergency(priority: Option<EmergencyPriority>) -> SpecialVehicle {
    let asks = |bit| priority.is_some_and(|priority| priority.contains(bit));
    SpecialVehicle::Emergency {
        right_of_way: asks(EmergencyPriority::REQUEST_FOR_RIGHT_OF_WAY),
        free_crossing: asks(EmergencyPriority::REQUEST_FOR_FREE_CROSSING_AT_A_TRAFFIC_LIGHT),
    }
}

impl<'p> Denm<'p> {
    pub(crate) fn read(octets: &'p [u8], pdu: Option<NetworkPdu<'p>>) -> Result<Self, Refusal> {
        let message = DenmMessage::read(octets).map_err(malformed)?;
        Ok(Self { message, octets, pdu })
    }

    /// What of it needs a permission.
    pub(crate) fn claims(&self) -> DenmContent {
        DenmContent { cause_code: self.message.cause_code() }
    }
}

impl DenmMessage {
    /// Reads a DENM of either release. As release 1 it must be that and no more: what release 2 adds and breaks its
    /// rules is not passed over as an unknown extension.
    ///
    /// # Errors
    /// Those of [`facility::decode`] as release 2, when it is of neither.
    pub fn read(octets: &[u8]) -> Result<Self, CodecError> {
        let error = match facility::decode(octets) {
            Ok(message) => return Ok(Self::Release2(Box::new(message))),
            Err(error) => error,
        };
        let message: r1::DENM = facility::decode(octets).map_err(|_| error)?;
        if facility::encode(&message).is_ok_and(|plain| plain == octets) {
            Ok(Self::Release1(Box::new(message)))
        } else {
            Err(error)
        }
    }

    /// Number of the cause of the event; `None` without a situation container.
    #[must_use]
    pub fn cause_code(&self) -> Option<u8> {
        match self {
            Self::Release1(message) => {
                let situation = message.denm.situation.as_ref()?;
                Some(situation.event_type.cause_code.value())
            }
            Self::Release2(message) => {
                let situation = message.denm.situation.as_ref()?;
                Some(situation.event_type.cc_and_scc.cause_code())
            }
        }
    }
}
