//! DENMs from one station to another: what the ticket permits arrives, everything else is refused for its reason.

use conformance::shared_dir;
use v2x_codec::btp::port;
use v2x_codec::denm::{r1, r2};
use v2x_codec::geonet::{Area, Shape, TrafficClass};
use v2x_codec::{cdd, facility};
use v2x_crypto::{Provider, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::content::DenmMessage;
use v2x_security::permission::Psid;
use v2x_security::refusal::{Position, Refusal};
use v2x_security::sign::{Location, SignRequest, SignedPayload, SignerChoice};
use v2x_security::ssp::SspRefusal;
use v2x_security::verified::Received;
use v2x_station::router::{Destination, Reception, secured_packet};
use v2x_station::ticket_pool::{ChangePolicy, Ticket, TicketPool};
use v2x_station::vehicle::VehicleState;
use v2x_station::{Application, Kinematics, Station};

use crate::pki::{self, NOW, Pki, app, apps, at, countries, identity, plain, rng, ticket_key, time};

/// Near Munich.
const HERE: Kinematics = Kinematics { latitude: 481_371_000, longitude: 115_754_000, heading: 900, speed: 0 };

fn state(kinematics: Kinematics) -> VehicleState {
    VehicleState { kinematics, station_type: 5, length: 42, width: 18, emergency: false }
}

fn area() -> Area {
    Area {
        shape: Shape::Circle,
        latitude: HERE.latitude,
        longitude: HERE.longitude,
        distance_a: 1_000,
        distance_b: 0,
        angle: 0,
    }
}

/// A station at [`HERE`] that signs with `ticket`; what it sends by itself is thrown away.
fn sender(pki: &Pki, ticket: &Certificate) -> Station {
    let ticket = Ticket::new(pki.chain(ticket), RustCrypto.signer(&ticket_key()).unwrap()).unwrap();
    let pool = TicketPool::new(vec![ticket], ChangePolicy::default()).unwrap();
    let mut station = Station::new(pool, pki.verifier(), &mut rng(20));
    station.drive(&at(NOW), &state(HERE), &mut rng(21)).unwrap();
    while station.poll_output(time(NOW)).is_some() {}
    station
}

/// A station that hears at `place`, and has a ticket of its own.
fn listener(pki: &Pki, place: Kinematics) -> Station {
    let mut station = sender(pki, &pki.ticket(|_| {}));
    station.drive(&at(NOW), &state(place), &mut rng(22)).unwrap();
    station
}

fn warning(octets: &[u8]) -> Application<'_> {
    Application {
        psid: Psid::DENM,
        port: port::DENM,
        destination: Destination::Area(area()),
        traffic_class: TrafficClass::new(1),
        expiry: None,
        octets,
    }
}

/// The packet in which `station` sends `octets` as a DENM.
fn sent(mut station: Station, octets: &[u8]) -> Vec<u8> {
    station.send(time(NOW), &warning(octets), &mut rng(23)).unwrap();
    station.poll_output(time(NOW)).unwrap()
}

fn event_position() -> cdd::r2::ReferencePosition {
    use cdd::r2::{
        Altitude, AltitudeConfidence, AltitudeValue, HeadingValue, Latitude, Longitude, PosConfidenceEllipse,
        SemiAxisLength,
    };
    cdd::r2::ReferencePosition {
        latitude: Latitude::new(HERE.latitude).unwrap(),
        longitude: Longitude::new(HERE.longitude).unwrap(),
        position_confidence_ellipse: PosConfidenceEllipse {
            semi_major_confidence: SemiAxisLength::UNAVAILABLE,
            semi_minor_confidence: SemiAxisLength::UNAVAILABLE,
            semi_major_orientation: HeadingValue::UNAVAILABLE,
        },
        altitude: Altitude {
            altitude_value: AltitudeValue::UNAVAILABLE,
            altitude_confidence: AltitudeConfidence::Unavailable,
        },
    }
}

/// A release 2 DENM with this cause; `None` makes a cancellation without a situation.
fn denm(cause: Option<cdd::r2::CauseCodeChoice>) -> r2::DENM {
    use cdd::r2::{ActionId, CauseCodeV2, InformationQuality, ItsPduHeader, StationType, TimestampIts};
    let detected = TimestampIts::new(700_000_000_000).unwrap();
    let station = cdd::r2::StationID::new(4711).unwrap();
    let action = ActionId {
        originating_station_id: station,
        sequence_number: cdd::r2::SequenceNumber::new(1).unwrap(),
    };
    let kind = StationType::new(5).unwrap();
    let mut management = r2::ManagementContainer::new(action, detected, detected, event_position(), kind);
    if cause.is_none() {
        management.termination = Some(r2::Termination::IsCancellation);
    }
    let situation = cause.map(|cause| {
        r2::SituationContainer::new(InformationQuality::new(3).unwrap(), CauseCodeV2::new(cause))
    });
    let header = ItsPduHeader {
        protocol_version: cdd::r2::OrdinalNumber1B::new(2).unwrap(),
        message_id: cdd::r2::MessageId::new(1).unwrap(),
        station_id: station,
    };
    r2::DENM { header, denm: r2::DenmPayload { management, situation, location: None, alacarte: None } }
}

fn sub_cause(value: u8) -> cdd::r2::SubCauseCodeType {
    cdd::r2::SubCauseCodeType::new(value).unwrap()
}

/// What the usual ticket may warn of.
fn accident() -> r2::DENM {
    denm(Some(cdd::r2::CauseCodeChoice::Accident2(sub_cause(0))))
}

fn octets(message: &r2::DENM) -> Vec<u8> {
    facility::encode(message).unwrap()
}

fn refusal(pki: &Pki, packet: &[u8]) -> Refusal {
    listener(pki, HERE).receive(&at(NOW), packet).unwrap_err()
}

#[test]
fn a_permitted_warning_reaches_a_station_in_its_area() {
    let pki = plain();
    let message = accident();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&message));
    let mut listener = listener(&pki, HERE);
    let heard = listener.receive(&at(NOW + 50_000), &packet).unwrap();
    assert_eq!(heard.reception, Reception::Deliver);
    let Received::Denm(denm) = heard.message else { panic!("no DENM") };
    assert_eq!(denm.content().message, DenmMessage::Release2(Box::new(message)));
    assert_eq!(denm.content().message.cause_code(), Some(2));
    let here = Position { latitude: HERE.latitude, longitude: HERE.longitude };
    assert_eq!(denm.header().generation_location, Some(here));
    assert_eq!(denm.header().psid, Psid::DENM);
    assert_eq!(denm.signer().certificates().len(), 3);
}

#[test]
fn a_cancellation_needs_no_cause() {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&denm(None)));
    let heard = listener(&pki, HERE).receive(&at(NOW), &packet).map(|heard| heard.reception);
    assert_eq!(heard, Ok(Reception::Deliver));
}

#[test]
fn a_warning_is_verified_outside_its_area_and_not_delivered() {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&accident()));
    let far = Kinematics { latitude: HERE.latitude + 1_000_000, ..HERE };
    let heard = listener(&pki, far).receive(&at(NOW), &packet).map(|heard| heard.reception);
    assert_eq!(heard, Ok(Reception::NotForUs));
}

#[test]
fn a_warning_counts_once() {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&accident()));
    let mut listener = listener(&pki, HERE);
    listener.receive(&at(NOW), &packet).unwrap();
    assert_eq!(listener.receive(&at(NOW + 1), &packet).unwrap_err(), Refusal::Replayed);
}

#[test]
fn a_warning_older_than_a_minute_is_refused() {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&accident()));
    let mut listener = listener(&pki, HERE);
    assert!(listener.receive(&at(NOW + 60_000_000), &packet).is_ok());
    let later = self::listener(&pki, HERE).receive(&at(NOW + 60_000_001), &packet).unwrap_err();
    assert_eq!(later.code(), "too-old");
}

#[test]
fn a_cause_that_the_ticket_has_no_bit_for_is_refused() {
    let pki = plain();
    let jam = denm(Some(cdd::r2::CauseCodeChoice::TrafficCondition1(sub_cause(0))));
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&jam));
    let reason = SspRefusal::DenmNotPermitted { cause: 1 };
    assert_eq!(refusal(&pki, &packet), Refusal::ContentNotPermitted { psid: 37, reason });
}

#[test]
fn a_ticket_without_the_service_sends_no_warning_and_none_of_it_is_believed() {
    let pki = plain();
    let ticket = pki.ticket(|tbs| tbs.app_permissions = apps(vec![app(36, &[1, 0, 0])]));
    let message = octets(&accident());
    let refused = sender(&pki, &ticket).send(time(NOW), &warning(&message), &mut rng(23)).unwrap_err();
    let expected = Refusal::PsidNotPermitted { certificate: ticket.hashed_id8(), psid: 37 };
    assert_eq!(refused, expected.clone().into());
    assert_eq!(refusal(&pki, &forged(ticket, |_| {})), expected);
}

/// A packet with a good DENM in it, signed by `ticket` as the usual request changed by `change`.
fn forged(ticket: Certificate, change: impl Fn(&mut SignRequest<'_>)) -> Vec<u8> {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&accident()));
    let pdu = v2x_codec::view::Packet::parse(&packet).unwrap();
    let v2x_codec::view::Content::Signed(signed) = pdu.secured().unwrap().content else { panic!("unsigned") };
    let pdu = signed.payload.unsecured().unwrap().to_vec();
    let mut request = SignRequest::new(Psid::DENM, time(NOW), SignedPayload::Data(&pdu));
    request.generation_location =
        Some(Location { latitude: HERE.latitude, longitude: HERE.longitude, elevation: 4_095 });
    change(&mut request);
    secured_packet(&identity(ticket).sign_unchecked(&request).unwrap(), 1)
}

#[test]
fn each_fault_in_the_header_of_a_warning_is_refused_for_its_own_reason() {
    let pki = plain();
    let code = |change: &dyn Fn(&mut SignRequest<'_>)| {
        let packet = forged(pki.ticket(|_| {}), change);
        let verdict = listener(&pki, HERE).receive(&at(NOW), &packet).err();
        verdict.map(|refusal| refusal.code())
    };
    assert_eq!(code(&|_| {}), None);
    assert_eq!(code(&|r| r.generation_location = None), Some("header-field-missing"));
    assert_eq!(code(&|r| r.generation_time = None), Some("header-field-missing"));
    assert_eq!(code(&|r| r.expiry_time = Some(time(NOW + 1))), Some("header-field-forbidden"));
    assert_eq!(code(&|r| r.signer = SignerChoice::Digest), Some("wrong-signer-choice"));
    assert_eq!(code(&|r| r.payload = SignedPayload::External(b"elsewhere")), Some("wrong-payload"));
    assert_eq!(code(&|r| r.payload = SignedPayload::Data(b"no headers")), Some("malformed-payload"));
    assert_eq!(code(&|r| r.psid = Psid::CAM), Some("header-field-forbidden"));
    assert_eq!(code(&|r| r.generation_time = Some(time(NOW + 50_000))), Some("from-the-future"));
}

#[test]
fn a_warning_from_outside_the_tickets_region_is_refused() {
    let pki = Pki::new(|tbs| tbs.region = countries(&[276, 250]));
    let german = pki.ticket(|tbs| tbs.region = countries(&[276]));
    let paris = Location { latitude: 488_566_000, longitude: 23_522_000, elevation: 4_095 };
    assert_eq!(listener(&pki, HERE).receive(&at(NOW), &forged(german.clone(), |_| {})).map(|_| ()), Ok(()));
    let packet = forged(german, |request| request.generation_location = Some(paris));
    assert_eq!(refusal(&pki, &packet).code(), "outside-region");
}

#[test]
fn a_message_on_another_port_is_no_warning() {
    let pki = plain();
    let message = octets(&accident());
    let mut sender = sender(&pki, &pki.ticket(|_| {}));
    let elsewhere = Application { port: port::CAM, ..warning(&message) };
    sender.send(time(NOW), &elsewhere, &mut rng(23)).unwrap();
    let packet = sender.poll_output(time(NOW)).unwrap();
    assert_eq!(refusal(&pki, &packet).code(), "payload-not-of-psid");
}

#[test]
fn no_octet_of_a_signed_warning_can_be_changed() {
    let pki = plain();
    let packet = sent(sender(&pki, &pki.ticket(|_| {})), &octets(&accident()));
    let mut listener = listener(&pki, HERE);
    // The basic header in front is not signed: every hop counts it down.
    for index in 4..packet.len() {
        let mut changed = packet.clone();
        changed[index] ^= 0x10;
        assert!(listener.receive(&at(NOW), &changed).is_err(), "octet {index}");
    }
    assert!(listener.receive(&at(NOW), &packet).is_ok());
}

/// The DENMs that another implementation made at random: `denm` of release 1, `denm2` of release 2.
fn random_denms(kind: &str) -> Option<Vec<Vec<u8>>> {
    let file = shared_dir()?.join(format!("vectors/uper_random/{kind}_seed1.json"));
    let text = std::fs::read_to_string(file).unwrap();
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    Some(vectors.iter().map(|vector| hex::decode(vector["hex"].as_str().unwrap()).unwrap()).collect())
}

/// What the verifier makes of a bare DENM whose signer may warn of everything.
fn verified(pki: &Pki, octets: &[u8]) -> Result<DenmMessage, Refusal> {
    let ticket = pki.ticket(|tbs| tbs.app_permissions = apps(vec![app(37, &[1, 0xff, 0xff, 0xff])]));
    let mut request = SignRequest::new(Psid::DENM, time(NOW), SignedPayload::Data(octets));
    request.generation_location = Some(Location { latitude: 0, longitude: 0, elevation: 0 });
    let data = identity(ticket).sign_unchecked(&request).unwrap();
    match pki::verifier(pki.store()).verify_data(&at(NOW), &data)? {
        Received::Denm(denm) => Ok(denm.into_content().message),
        Received::Cam(_) | Received::Spdu(_) => panic!("no DENM"),
    }
}

/// What is accepted, after checking that each of the others is refused for a cause that nobody may warn of, or because
/// neither release has it.
fn judge_all(messages: &[Vec<u8>]) -> Vec<DenmMessage> {
    let pki = plain();
    let mut accepted = Vec::new();
    for (number, octets) in messages.iter().enumerate() {
        let read = DenmMessage::read(octets);
        match verified(&pki, octets) {
            Ok(message) => accepted.push(message),
            Err(Refusal::ContentNotPermitted { reason, .. }) => {
                let (SspRefusal::UnknownCause(cause) | SspRefusal::DenmNotPermitted { cause }) = reason
                else {
                    panic!("message {number}: {reason}")
                };
                assert_eq!(read.unwrap().cause_code(), Some(cause), "message {number}");
            }
            Err(Refusal::Undecodable { error, .. }) => assert_eq!(read, Err(error), "message {number}"),
            Err(other) => panic!("message {number}: {other}"),
        }
    }
    accepted
}

#[test]
fn warnings_of_release_2_are_read_as_such() {
    let Some(messages) = random_denms("denm2") else { return };
    let accepted = judge_all(&messages);
    assert!(accepted.iter().all(|message| matches!(message, DenmMessage::Release2(_))));
    let sound = |octets: &&Vec<u8>| facility::decode::<r2::DENM>(octets).is_ok();
    let permitted = |octets: &&Vec<u8>| verified(&plain(), octets).is_ok();
    assert!(!accepted.is_empty());
    assert_eq!(messages.iter().filter(permitted).filter(sound).count(), accepted.len());
}

#[test]
fn warnings_of_release_1_are_read_in_either_release() {
    let Some(messages) = random_denms("denm") else { return };
    assert!(!judge_all(&messages).is_empty());
    let later: Vec<_> = messages
        .iter()
        .filter_map(|octets| facility::decode::<r1::DENM>(octets).ok())
        .filter(|message| {
            let situation = message.denm.situation.as_ref();
            situation.is_some_and(|situation| situation.event_type.cause_code.value() > 128)
        })
        .collect();
    assert!(!later.is_empty());
    for message in later {
        let octets = facility::encode(&message).unwrap();
        assert_eq!(DenmMessage::read(&octets), Ok(DenmMessage::Release1(Box::new(message))));
    }
}

#[test]
fn what_is_a_warning_of_no_release_is_refused() {
    let pki = plain();
    let good = octets(&accident());
    for length in 0..good.len() {
        let code = verified(&pki, &good[..length]).map_err(|refusal| refusal.code()).map(|_| ());
        assert_eq!(code, Err("malformed-payload"), "{length} octets");
    }
    let mut of_version_1 = good;
    of_version_1[0] = 1;
    assert_eq!(verified(&pki, &of_version_1).unwrap_err().code(), "malformed-payload");
}
