//! Messages for tests: right ones, and ones that are wrong in one respect and signed all the same.

use v2x_codec::btp::{BtpHeader, port};
use v2x_codec::cam::r2 as cam;
use v2x_codec::cdd::{r1, r2};
use v2x_codec::denm::r1 as denm;
use v2x_codec::facility;
use v2x_codec::geonet::{
    Area, BasicHeader, BasicNextHeader, ExtendedHeader, Lifetime, LongPositionVector, NetworkHeader,
    NextHeader, Shape, TrafficClass,
};
use v2x_codec::ieee1609dot2::{
    EccP256CurvePoint, EccP384CurvePoint, EcdsaP256Signature, EcdsaP384Signature, FixedOctetString,
    Ieee1609Dot2Content, Ieee1609Dot2Data, Signature as AsnSignature, SignedData, decode, encode,
};
use v2x_codec::time::Time64;
use v2x_crypto::{Curve, Signature, SignatureInput};
use v2x_security::permission::Psid;
use v2x_security::sign::{Location, SignRequest, SignedPayload};

use crate::pki::{Holder, NOW};

/// A place: 10⁻⁷ degrees, north and east positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// 10⁻⁷ degrees, north positive.
    pub latitude: i32,
    /// 10⁻⁷ degrees, east positive.
    pub longitude: i32,
}

/// Where stations are that no test moves: a square in Berlin.
pub const HERE: Place = Place { latitude: 525_200_000, longitude: 134_050_000 };

/// Fifty kilometres to the north, in the same country.
pub const ELSEWHERE: Place = Place { latitude: 529_700_000, longitude: 134_050_000 };

/// A city in another country.
pub const ABROAD: Place = Place { latitude: 488_570_000, longitude: 23_520_000 };

/// A service that is neither CAM nor DENM: GeoNetworking management.
pub const OTHER: Psid = Psid(141);

impl Place {
    /// As the security header has it, at an unremarkable height.
    #[must_use]
    pub const fn location(self) -> Location {
        Location { latitude: self.latitude, longitude: self.longitude, elevation: 4_500 }
    }

    const fn source(self) -> LongPositionVector {
        LongPositionVector {
            address: v2x_codec::geonet::GnAddress {
                is_manual: false,
                station_type: 5,
                reserved: 0,
                mid: [2, 0, 0, 0, 0, 1],
            },
            timestamp: v2x_codec::time::GnTimestamp::at(NOW),
            latitude: self.latitude,
            longitude: self.longitude,
            is_accurate: true,
            speed: 0,
            heading: 0,
        }
    }
}

/// The CAM of a roadside unit, with a vehicle's special container if there is one.
///
/// # Panics
/// Never: the values are in range.
#[must_use]
pub fn cam_octets(place: Place, special: Option<cam::SpecialVehicleContainer>) -> Vec<u8> {
    let position = r2::ReferencePositionWithConfidence {
        latitude: r2::Latitude::new(place.latitude).expect("in range"),
        longitude: r2::Longitude::new(place.longitude).expect("in range"),
        position_confidence_ellipse: r2::PositionConfidenceEllipse {
            semi_major_axis_length: r2::SemiAxisLength::UNAVAILABLE,
            semi_minor_axis_length: r2::SemiAxisLength::UNAVAILABLE,
            semi_major_axis_orientation: r2::Wgs84AngleValue::UNAVAILABLE,
        },
        altitude: r2::Altitude {
            altitude_value: r2::AltitudeValue::UNAVAILABLE,
            altitude_confidence: r2::AltitudeConfidence::Unavailable,
        },
    };
    let basic = r2::BasicContainer::new(r2::StationType::INFRASTRUCTURE, position);
    let high =
        cam::HighFrequencyContainer::RsuContainerHighFrequency(cam::RSUContainerHighFrequency::default());
    let mut parameters = cam::CamParameters::new(basic, high);
    parameters.special_vehicle_container = special;
    let message = cam::CAM {
        header: r2::ItsPduHeader {
            protocol_version: r2::OrdinalNumber1B::new(2).expect("in range"),
            message_id: r2::MessageId::new(2).expect("in range"),
            station_id: r2::StationID::new(4711).expect("in range"),
        },
        cam: cam::CamPayload {
            generation_delta_time: r2::GenerationDeltaTime::new(1).expect("in range"),
            cam_parameters: parameters,
        },
    };
    facility::encode(&message).expect("it encodes")
}

/// The special container of an emergency vehicle that uses its siren.
///
/// # Panics
/// Never: the values are in range.
#[must_use]
pub fn emergency_vehicle() -> cam::SpecialVehicleContainer {
    cam::SpecialVehicleContainer::EmergencyContainer(cam::EmergencyContainer {
        light_bar_siren_in_use: r2::LightBarSirenInUse::new(3).expect("in range"),
        incident_indication: None,
        emergency_priority: None,
    })
}

/// A DENM of a road works.
///
/// # Panics
/// Never: the values are in range.
#[must_use]
pub fn denm_octets(place: Place) -> Vec<u8> {
    let station = r1::StationID::new(4711).expect("in range");
    let position = r1::ReferencePosition {
        latitude: r1::Latitude::new(place.latitude).expect("in range"),
        longitude: r1::Longitude::new(place.longitude).expect("in range"),
        position_confidence_ellipse: r1::PosConfidenceEllipse {
            semi_major_confidence: r1::SemiAxisLength::UNAVAILABLE,
            semi_minor_confidence: r1::SemiAxisLength::UNAVAILABLE,
            semi_major_orientation: r1::HeadingValue::UNAVAILABLE,
        },
        altitude: r1::Altitude {
            altitude_value: r1::AltitudeValue::UNAVAILABLE,
            altitude_confidence: r1::AltitudeConfidence::Unavailable,
        },
    };
    let time = r1::TimestampIts::new(NOW.millis()).expect("in range");
    let action = r1::ActionID {
        originating_station_id: station,
        sequence_number: r1::SequenceNumber::new(1).expect("in range"),
    };
    let management =
        denm::ManagementContainer::new(action, time, time, position, r1::StationType::INFRASTRUCTURE);
    let cause =
        r1::CauseCode::new(r1::CauseCodeType::ROADWORKS, r1::SubCauseCodeType::new(0).expect("in range"));
    let message = denm::DENM {
        header: r1::ItsPduHeader {
            protocol_version: r1::ProtocolVersion::new(2).expect("in range"),
            message_id: r1::MessageID::new(1).expect("in range"),
            station_id: station,
        },
        denm: denm::DecentralizedEnvironmentalNotificationMessage {
            management,
            situation: Some(denm::SituationContainer::new(r1::InformationQuality::HIGHEST, cause)),
            location: None,
            alacarte: None,
        },
    };
    facility::encode(&message).expect("it encodes")
}

/// Network headers around a facility message for `port`.
///
/// # Panics
/// If the message is longer than a packet.
#[must_use]
pub fn network(extended: ExtendedHeader, port: u16, message: &[u8]) -> Vec<u8> {
    let header = NetworkHeader {
        next_header: NextHeader::BtpB,
        traffic_class: TrafficClass::new(2),
        is_mobile: false,
        maximum_hop_limit: 1,
        extended,
    };
    let mut payload = Vec::new();
    BtpHeader::B { destination_port: port, destination_port_info: 0 }.encode(&mut payload);
    payload.extend_from_slice(message);
    let mut octets = Vec::new();
    header.encode(&payload, &mut octets).expect("it fits a packet");
    octets
}

/// A CAM in a single-hop broadcast: what is signed.
#[must_use]
pub fn cam_payload(place: Place) -> Vec<u8> {
    special_cam_payload(place, None)
}

/// As [`cam_payload`], of a vehicle with a special role.
#[must_use]
pub fn special_cam_payload(place: Place, special: Option<cam::SpecialVehicleContainer>) -> Vec<u8> {
    let extended = ExtendedHeader::SingleHop { source: place.source(), media: [0; 4] };
    network(extended, port::CAM, &cam_octets(place, special))
}

/// A DENM in a broadcast to a circle: what is signed.
#[must_use]
pub fn denm_payload(place: Place) -> Vec<u8> {
    let area = Area {
        shape: Shape::Circle,
        latitude: place.latitude,
        longitude: place.longitude,
        distance_a: 500,
        distance_b: 0,
        angle: 0,
    };
    let extended = ExtendedHeader::GeoBroadcast { sequence_number: 1, source: place.source(), area };
    network(extended, port::DENM, &denm_octets(place))
}

/// A beacon: what is signed in a message of another service.
///
/// # Panics
/// Never: it has no payload.
#[must_use]
pub fn beacon_payload(place: Place) -> Vec<u8> {
    let header = NetworkHeader {
        next_header: NextHeader::Any,
        traffic_class: TrafficClass::new(2),
        is_mobile: false,
        maximum_hop_limit: 1,
        extended: ExtendedHeader::Beacon { source: place.source() },
    };
    let mut octets = Vec::new();
    header.encode(&[], &mut octets).expect("it fits a packet");
    octets
}

/// A CAM to be signed at `time`, as clause 7.1.1 wants it.
#[must_use]
pub const fn cam_request(payload: &[u8], time: Time64) -> SignRequest<'_> {
    SignRequest::new(Psid::CAM, time, SignedPayload::Data(payload))
}

/// A DENM to be signed at `time` and `place`, as clause 7.1.2 wants it.
#[must_use]
pub const fn denm_request(payload: &[u8], time: Time64, place: Place) -> SignRequest<'_> {
    let mut request = SignRequest::new(Psid::DENM, time, SignedPayload::Data(payload));
    request.generation_location = Some(place.location());
    request
}

/// A message of another service to be signed at `time`, as clause 7.1.3 wants it.
#[must_use]
pub const fn other_request(payload: &[u8], time: Time64) -> SignRequest<'_> {
    SignRequest::new(OTHER, time, SignedPayload::Data(payload))
}

/// Secured data in a GeoNetworking packet.
#[must_use]
pub fn packet(data: &[u8]) -> Vec<u8> {
    let basic = BasicHeader {
        next_header: BasicNextHeader::Secured,
        lifetime: Lifetime::from_millis(1_000),
        remaining_hop_limit: 1,
    };
    let mut octets = Vec::new();
    basic.encode(&mut octets);
    octets.extend_from_slice(data);
    octets
}

/// Changes signed data and signs it anew with the holder's key, so that nothing but the change is wrong with it.
///
/// # Panics
/// If `data` is not signed data, or cannot be encoded after the change.
#[must_use]
pub fn resigned(holder: &Holder, data: &[u8], change: impl FnOnce(&mut SignedData)) -> Vec<u8> {
    changed(data, |signed| {
        change(signed);
        let to_be_signed = encode(&signed.tbs_data).expect("the change encodes");
        let hash = holder.key.curve().hash();
        let input = SignatureInput::from_digests(&hash.digest(&to_be_signed), holder.certificate.hash());
        let signature = holder.signer().sign(input.as_bytes()).expect("the key signs");
        signed.signature = asn_signature(&signature);
    })
}

/// Changes signed data and leaves its signature as it was.
///
/// # Panics
/// If `data` is not signed data, or cannot be encoded after the change.
#[must_use]
pub fn changed(data: &[u8], change: impl FnOnce(&mut SignedData)) -> Vec<u8> {
    let mut data: Ieee1609Dot2Data = decode(data).expect("it is data");
    let Ieee1609Dot2Content::SignedData(signed) = &mut data.content else { unreachable!("it is signed") };
    change(signed);
    encode(&data).expect("the change encodes")
}

/// A signature as the ASN.1 has it, with `rSig` as x-coordinate only.
///
/// # Panics
/// Never: a signature has the length of its curve.
#[must_use]
pub fn asn_signature(signature: &Signature) -> AsnSignature {
    let short = || EcdsaP256Signature {
        r_sig: EccP256CurvePoint::XOnly(fixed(signature.r())),
        s_sig: fixed(signature.s()),
    };
    let long = || EcdsaP384Signature {
        r_sig: EccP384CurvePoint::XOnly(fixed(signature.r())),
        s_sig: fixed(signature.s()),
    };
    match signature.curve() {
        Curve::NistP256 => AsnSignature::EcdsaNistP256(short()),
        Curve::BrainpoolP256r1 => AsnSignature::EcdsaBrainpoolP256r1(short()),
        Curve::NistP384 => AsnSignature::EcdsaNistP384(long()),
        Curve::BrainpoolP384r1 => AsnSignature::EcdsaBrainpoolP384r1(long()),
    }
}

fn fixed<const N: usize>(octets: &[u8]) -> FixedOctetString<N> {
    FixedOctetString::try_from(octets).expect("the length of the curve")
}
