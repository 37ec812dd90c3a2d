//! Sending messages: the test purposes of TS 103 096-2 for the groups SND CAM, SND DENM and SND GENMSG.
//!
//! What is looked at left a station: CAMs and DENMs come out of the station core as packets. What a station has no
//! service for is signed as its applications would sign it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::time::Duration;

use conformance::message::{
    ABROAD, HERE, OTHER, Place, beacon_payload, cam_payload, cam_request, denm_octets, denm_payload,
    denm_request, other_request, packet,
};
use conformance::pki::{Holder, NOW, Pki, key};
use conformance::region::RegionKind;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use v2x_codec::btp::port;
use v2x_codec::geonet::{Area, HeaderType, Shape, TrafficClass};
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_codec::ts103097::MessageProfile;
use v2x_codec::view::{HashAlgorithm, HeaderInfo, NetworkPdu, Packet, Signed, Signer};
use v2x_crypto::{Curve, Provider, RustCrypto, Signature, SignatureInput};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::permission::Psid;
use v2x_security::sign::{SignRequest, SignedPayload, SignerChoice};
use v2x_security::trust::TrustProfile;
use v2x_station::router::Destination;
use v2x_station::ticket_pool::{ChangePolicy, Ticket, TicketPool};
use v2x_station::vehicle::VehicleState;
use v2x_station::{Application, Kinematics, Station};

/// A station with one ticket, which drives north so fast that a CAM is due every 100 ms.
struct Sender {
    station: Station,
    rng: ChaCha20Rng,
    ticket: Certificate,
    millis: u64,
}

impl Sender {
    fn new(pki: &Pki, ticket: &Holder) -> Self {
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        let chain = pki.trust().chain(&ticket.certificate).unwrap();
        let held = Ticket::new(chain, ticket.signer()).unwrap();
        let tickets = TicketPool::new(vec![held], ChangePolicy::default()).unwrap();
        let station = Station::new(tickets, pki.verifier(), &mut rng);
        Self { station, rng, ticket: ticket.certificate.clone(), millis: 0 }
    }

    fn now(&self) -> Time64 {
        NOW.saturating_add_micros(self.millis * 1_000)
    }

    /// 100 ms later: the CAM that is sent then.
    fn drive(&mut self) -> Vec<u8> {
        self.millis += 100;
        let state = state(self.millis);
        self.station.drive(&Clock::exact(self.now()), &state, &mut self.rng).unwrap();
        self.station.poll_output(self.now()).unwrap()
    }

    /// The CAMs of the next `count` times 100 ms.
    fn cams(&mut self, count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|_| self.drive()).collect()
    }

    fn send(&mut self, psid: Psid, port: u16, octets: &[u8]) -> Vec<u8> {
        let area = Area {
            shape: Shape::Circle,
            latitude: HERE.latitude,
            longitude: HERE.longitude,
            distance_a: 500,
            distance_b: 0,
            angle: 0,
        };
        let message = Application {
            psid,
            port,
            destination: Destination::Area(area),
            traffic_class: TrafficClass::new(1),
            expiry: None,
            octets,
        };
        let now = self.now();
        self.station.send(now, &message, &mut self.rng).unwrap();
        self.station.poll_output(now).unwrap()
    }

    fn denm(&mut self) -> Vec<u8> {
        self.send(Psid::DENM, port::DENM, &denm_octets(HERE))
    }

    /// Hands over a packet of somebody else.
    fn hear(&mut self, packet: &[u8]) {
        drop(self.station.receive(&Clock::exact(self.now()), packet));
    }
}

/// 50 m/s to the north: 5 m in 100 ms.
fn state(millis: u64) -> VehicleState {
    let steps = i32::try_from(millis / 100).unwrap();
    let kinematics = Kinematics {
        latitude: HERE.latitude + 450 * steps,
        longitude: HERE.longitude,
        heading: 0,
        speed: 5_000,
    };
    VehicleState { kinematics, station_type: 5, length: 45, width: 18, emergency: false }
}

fn p256() -> (Pki, Sender) {
    let pki = Pki::new(Curve::NistP256);
    let sender = Sender::new(&pki, &pki.ticket());
    (pki, sender)
}

fn signed(packet: &[u8]) -> Signed<'_> {
    let packet = Packet::parse(packet).unwrap();
    assert!(packet.padding.is_empty());
    *packet.secured().unwrap().content.signed().unwrap()
}

fn header(packet: &[u8]) -> HeaderInfo<'_> {
    signed(packet).header_info
}

/// The message as an owned type, which the profiles judge.
fn owned(packet: &[u8]) -> asn::SignedData {
    let data = Packet::parse(packet).unwrap().secured().unwrap().octets;
    let content = asn::decode::<asn::Ieee1609Dot2Data>(data).unwrap().content;
    let asn::Ieee1609Dot2Content::SignedData(signed) = content else { panic!("not signed") };
    *signed
}

fn carries_certificate(packet: &[u8]) -> bool {
    matches!(signed(packet).signer, Signer::Certificate(_))
}

/// The signature over the right input: hash of the signed octets, hash of the ticket.
fn signature_is_right(packet: &[u8], pki: &Pki, ticket: &Certificate) {
    let signed = signed(packet);
    let key = *pki.trust().chain(ticket).unwrap().key();
    let hash = key.curve().hash();
    let input = SignatureInput::from_digests(&hash.digest(signed.to_be_signed), ticket.hash());
    let signature = Signature::new(key.curve(), signed.signature.r.x().unwrap(), signed.signature.s).unwrap();
    assert_eq!(RustCrypto.verify(&key, input.as_bytes(), &signature), Ok(()));
}

/// Signs as an application does whose profile is checked first.
fn refused(pki: &Pki, ticket: &Holder, request: &SignRequest<'_>) -> &'static str {
    pki.identity(ticket).sign(TrustProfile::EtsiTs103097, request).unwrap_err().code()
}

// CAM.

/// SND_CAM BV: a CAM keeps to the profile of clause 7.1.1, has psid 36 and is sent in a single-hop broadcast.
#[test]
fn snd_cam_bv_profile() {
    let (_, mut sender) = p256();
    for packet in sender.cams(12) {
        assert_eq!(MessageProfile::Cam.check(&owned(&packet)), Ok(()));
        assert_eq!(header(&packet).psid, 36);
        let pdu = NetworkPdu::parse(signed(&packet).payload.unsecured().unwrap()).unwrap();
        assert_eq!(pdu.header.header_type(), HeaderType::SingleHop);
        assert_eq!(pdu.btp().unwrap().unwrap().0.destination_port(), port::CAM);
    }
}

/// SND_CAM BV: generationTime is present and is the time of signing, to the microsecond.
#[test]
fn snd_cam_bv_generation_time() {
    let (_, mut sender) = p256();
    for packet in sender.cams(12).iter().zip(1..) {
        let (packet, step) = packet;
        let expected = NOW.saturating_add_micros(step * 100_000);
        assert_eq!(header(packet).generation_time, Some(expected));
    }
}

/// SND_CAM BV: expiryTime, generationLocation, encryptionKey, p2pcdLearningRequest and missingCrlIdentifier are absent.
#[test]
fn snd_cam_bv_no_other_fields() {
    let (_, mut sender) = p256();
    for packet in sender.cams(12) {
        let header = header(&packet);
        assert!(header.expiry_time.is_none() && header.generation_location.is_none());
        assert!(header.encryption_key.is_none() && header.p2pcd_learning_request.is_none());
        assert!(header.missing_crl_identifier.is_none() && header.pdu_functional_type.is_none());
        assert!(header.contributed_extensions.is_none() && !header.has_unknown_extensions);
    }
}

/// SND_CAM BV: inlineP2pcdRequest and requestedCertificate are absent while nobody asked and nothing is missing.
#[test]
fn snd_cam_bv_no_peer_fields() {
    let (_, mut sender) = p256();
    for packet in sender.cams(12) {
        let header = header(&packet);
        assert!(header.inline_p2pcd_request.is_none() && header.requested_certificate.is_none());
    }
}

/// SND_CAM BV: a profile-breaking CAM is not signed.
#[test]
fn snd_cam_bv_nothing_else_is_signed() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let payload = cam_payload(HERE);
    let good = cam_request(&payload, NOW);
    let mut request = good;
    request.expiry_time = Some(NOW);
    assert_eq!(refused(&pki, &ticket, &request), "header-field-forbidden");
    request = good;
    request.generation_location = Some(HERE.location());
    assert_eq!(refused(&pki, &ticket, &request), "header-field-forbidden");
    request = good;
    request.generation_time = None;
    assert_eq!(refused(&pki, &ticket, &request), "header-field-missing");
    request = good;
    request.payload = SignedPayload::External(&payload);
    assert_eq!(refused(&pki, &ticket, &request), "wrong-payload");
}

/// SND_CAM BV: the first CAM carries the certificate, and one of ten CAMs a second after that.
#[test]
fn snd_cam_bv_certificate_once_a_second() {
    let (_, mut sender) = p256();
    let with_certificate: Vec<_> = sender.cams(31).iter().map(|packet| carries_certificate(packet)).collect();
    let expected: Vec<_> = (0..31).map(|step| step % 10 == 0).collect();
    assert_eq!(with_certificate, expected);
}

/// SND_CAM BV: between certificates the signer is the digest of the ticket.
#[test]
fn snd_cam_bv_digest() {
    let (_, mut sender) = p256();
    let mut digests = 0;
    for packet in sender.cams(12) {
        match signed(&packet).signer {
            Signer::Digest(digest) => {
                assert_eq!(digest, sender.ticket.hashed_id8());
                digests += 1;
            }
            Signer::Certificate(list) => {
                assert_eq!(list.len(), 1);
                assert_eq!(list.first().unwrap().octets, sender.ticket.octets());
            }
            Signer::SelfSigned => panic!("signed by nobody"),
        }
    }
    assert_eq!(digests, 10);
}

/// SND_CAM BV: an unknown station makes the next CAM carry the certificate.
#[test]
fn snd_cam_bv_certificate_for_a_new_station() {
    let (pki, mut sender) = p256();
    assert!(sender.cams(3).last().is_some_and(|packet| !carries_certificate(packet)));
    let other = pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    sender.hear(&cam_of(&pki, &other, sender.now(), &[]));
    assert!(carries_certificate(&sender.drive()));
    assert!(!carries_certificate(&sender.drive()));
}

/// A CAM of another station that asks for certificates.
fn cam_of(pki: &Pki, ticket: &Holder, time: Time64, asked: &[v2x_security::id::HashedId3]) -> Vec<u8> {
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, time);
    request.inline_p2pcd_request = asked;
    packet(&pki.identity(ticket).sign(TrustProfile::EtsiTs103097, &request).unwrap())
}

/// SND_CAM BV: a request for the ticket makes the next CAM carry it.
#[test]
fn snd_cam_bv_certificate_on_request() {
    let (pki, mut sender) = p256();
    let other = pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    sender.cams(2);
    sender.hear(&cam_of(&pki, &other, sender.now(), &[]));
    sender.cams(3);
    let asked = [sender.ticket.hashed_id3()];
    sender.hear(&cam_of(&pki, &other, sender.now(), &asked));
    assert!(carries_certificate(&sender.drive()));
    assert!(!carries_certificate(&sender.drive()));
}

/// SND_CAM BV: a request for the AA's certificate is answered in the next CAM that names its signer by digest.
#[test]
fn snd_cam_bv_requested_certificate() {
    let (pki, mut sender) = p256();
    let other = pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    sender.cams(2);
    let authority = &pki.authorization.certificate;
    sender.hear(&cam_of(&pki, &other, sender.now(), &[authority.hashed_id3()]));
    // The other station is new, so the ticket goes first.
    let (ticket, answer, after) = (sender.drive(), sender.drive(), sender.drive());
    assert!(carries_certificate(&ticket) && header(&ticket).requested_certificate.is_none());
    assert_eq!(header(&answer).requested_certificate, Some(authority.octets()));
    assert!(!carries_certificate(&answer));
    assert!(header(&after).requested_certificate.is_none());
}

/// SND_CAM BV: an answer that somebody else gave first is not given again.
#[test]
fn snd_cam_bv_requested_certificate_of_another() {
    let (pki, mut sender) = p256();
    let other = pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    sender.cams(2);
    let authority = &pki.authorization.certificate;
    sender.hear(&cam_of(&pki, &other, sender.now(), &[authority.hashed_id3()]));
    let payload = cam_payload(HERE);
    let mut answer = cam_request(&payload, sender.now().saturating_sub_micros(1));
    answer.requested_certificate = Some(authority);
    sender.hear(&packet(&pki.identity(&other).sign(TrustProfile::EtsiTs103097, &answer).unwrap()));
    assert!(sender.cams(4).iter().all(|packet| header(packet).requested_certificate.is_none()));
}

/// SND_CAM BV: an unknown digest is asked for in inlineP2pcdRequest, until its certificate was heard.
#[test]
fn snd_cam_bv_inline_request_for_a_ticket() {
    let (pki, mut sender) = p256();
    let other = pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    sender.cams(2);
    let payload = cam_payload(HERE);
    let mut request = cam_request(&payload, sender.now());
    request.signer = SignerChoice::Digest;
    sender.hear(&packet(&pki.identity(&other).sign(TrustProfile::EtsiTs103097, &request).unwrap()));
    let asking = sender.drive();
    let asked: Vec<_> = header(&asking).inline_p2pcd_request.unwrap().iter().map(|id| id.0).collect();
    assert_eq!(asked, [*other.certificate.hashed_id3().as_bytes()]);
    sender.hear(&cam_of(&pki, &other, sender.now(), &[]));
    assert!(header(&sender.drive()).inline_p2pcd_request.is_none());
}

/// SND_CAM BV: an unknown AA is asked for in inlineP2pcdRequest.
#[test]
fn snd_cam_bv_inline_request_for_an_aa() {
    let pki = Pki::new(Curve::NistP256);
    let second_key = key(Curve::NistP256, "second AA");
    let contents = conformance::pki::authority_contents(&second_key);
    let second = pki.root.issue(&contents, second_key);
    let unknown = second.issue_ticket(Curve::BrainpoolP256r1, |_| {});
    let mut sender = Sender::new(&pki, &pki.ticket());
    sender.cams(2);
    let payload = cam_payload(HERE);
    let data = unknown.identity().sign_unchecked(&cam_request(&payload, sender.now())).unwrap();
    sender.hear(&packet(&data));
    let asking = sender.drive();
    let asked: Vec<_> = header(&asking).inline_p2pcd_request.unwrap().iter().map(|id| id.0).collect();
    assert_eq!(asked, [*second.certificate.hashed_id3().as_bytes()]);
}

/// SND_CAM BV: a new ticket is carried by the first CAM that it signs.
#[test]
fn snd_cam_bv_certificate_after_a_change() {
    let pki = Pki::new(Curve::NistP256);
    let tickets = [pki.ticket(), pki.authorization.issue_ticket(Curve::BrainpoolP256r1, |_| {})];
    let held: Vec<_> = tickets
        .iter()
        .map(|ticket| {
            let chain = pki.trust().chain(&ticket.certificate).unwrap();
            Ticket::new(chain, ticket.signer()).unwrap()
        })
        .collect();
    let often = ChangePolicy { min_time: Duration::from_millis(450), min_distance_m: 1 };
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let station = Station::new(TicketPool::new(held, often).unwrap(), pki.verifier(), &mut rng);
    let mut sender = Sender { station, rng, ticket: tickets.first().unwrap().certificate.clone(), millis: 0 };
    let cams = sender.cams(12);
    let curves: Vec<_> = cams.iter().map(|packet| signed(packet).signature.curve).collect();
    let mut changes = 0;
    for ((packet, curve), before) in cams.iter().zip(&curves).skip(1).zip(&curves) {
        if curve != before {
            assert!(carries_certificate(packet));
            changes += 1;
        }
    }
    assert!(changes > 0, "the ticket never changed");
}

/// SND_CAM BV: the signature is over the signed octets and the ticket, hash and curve match, on all four curves.
#[test]
fn snd_cam_bv_signature() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        let mut sender = Sender::new(&pki, &pki.ticket());
        for packet in sender.cams(3) {
            signature_is_right(&packet, &pki, &sender.ticket);
            let expected = match curve.hash() {
                v2x_crypto::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
                v2x_crypto::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
            };
            assert_eq!(signed(&packet).hash_id, expected, "{curve}");
        }
    }
}

/// SND_CAM switch: a station with an implicit ticket sends CAMs that are accepted.
#[test]
fn snd_cam_switch_implicit() {
    for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
        let pki = Pki::new(curve);
        let ticket = pki.authorization.issue_implicit_ticket(|_| {});
        let mut sender = Sender::new(&pki, &ticket);
        let mut receiver = pki.verifier();
        for packet in sender.cams(12) {
            signature_is_right(&packet, &pki, &ticket.certificate);
            assert!(receiver.verify_packet(&Clock::exact(sender.now()), &packet).is_ok(), "{curve}");
        }
    }
}

/// SND_CAM BV: every CAM of a station is accepted by a receiver that trusts its root, in all four kinds of region.
#[test]
fn snd_cam_bv_accepted() {
    for kind in RegionKind::ALL {
        let pki = Pki::new(Curve::NistP256);
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(kind.around(HERE)));
        let mut sender = Sender::new(&pki, &ticket);
        let mut receiver = pki.verifier();
        for packet in sender.cams(12) {
            assert!(receiver.verify_packet(&Clock::exact(sender.now()), &packet).is_ok(), "{kind:?}");
        }
    }
}

/// SND_CAM BV: without a valid ticket nothing is sent.
#[test]
fn snd_cam_bv_silent_without_ticket() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket_with(|tbs| tbs.validity_period.duration = asn::Duration::Minutes(60));
    let mut sender = Sender::new(&pki, &ticket);
    sender.millis = 100;
    let driven = sender.station.drive(&Clock::exact(sender.now()), &state(100), &mut sender.rng);
    assert!(driven.is_err());
    assert!(sender.station.poll_output(sender.now()).is_none());
}

// DENM.

/// SND_DENM BV: a DENM keeps to the profile of clause 7.1.2, has psid 37 and is sent in a geo-broadcast.
#[test]
fn snd_denm_bv_profile() {
    let (_, mut sender) = p256();
    sender.drive();
    let packet = sender.denm();
    assert_eq!(MessageProfile::Denm.check(&owned(&packet)), Ok(()));
    assert_eq!(header(&packet).psid, 37);
    let pdu = NetworkPdu::parse(signed(&packet).payload.unsecured().unwrap()).unwrap();
    assert_eq!(pdu.header.header_type(), HeaderType::GeoBroadcast(Shape::Circle));
    assert_eq!(pdu.btp().unwrap().unwrap().0.destination_port(), port::DENM);
}

/// SND_DENM BV: every DENM carries the certificate.
#[test]
fn snd_denm_bv_certificate() {
    let (_, mut sender) = p256();
    for _ in 0..12 {
        sender.drive();
        let packet = sender.denm();
        let Signer::Certificate(list) = signed(&packet).signer else { panic!("no certificate") };
        assert_eq!((list.len(), list.first().unwrap().octets), (1, sender.ticket.octets()));
    }
}

/// SND_DENM BV: DENMs do not delay the certificate that CAMs carry once a second.
#[test]
fn snd_denm_bv_does_not_count_for_cams() {
    let (_, mut sender) = p256();
    let cams: Vec<_> = (0..11)
        .map(|_| {
            let cam = sender.drive();
            sender.denm();
            carries_certificate(&cam)
        })
        .collect();
    let expected: Vec<_> = (0..11).map(|step| step % 10 == 0).collect();
    assert_eq!(cams, expected);
}

/// SND_DENM BV: generationTime and generationLocation are present: when and where the station is.
#[test]
fn snd_denm_bv_time_and_place() {
    let (_, mut sender) = p256();
    sender.cams(3);
    let packet = sender.denm();
    let header = header(&packet);
    let place = header.generation_location.unwrap();
    let expected = state(300).kinematics;
    assert_eq!(header.generation_time, Some(sender.now()));
    assert_eq!((place.latitude, place.longitude), (expected.latitude, expected.longitude));
}

/// SND_DENM BV: expiryTime, encryptionKey, inlineP2pcdRequest, requestedCertificate and the like are absent.
#[test]
fn snd_denm_bv_no_other_fields() {
    let (_, mut sender) = p256();
    sender.drive();
    let packet = sender.denm();
    let header = header(&packet);
    assert!(header.expiry_time.is_none() && header.encryption_key.is_none());
    assert!(header.inline_p2pcd_request.is_none() && header.requested_certificate.is_none());
    assert!(header.p2pcd_learning_request.is_none() && header.missing_crl_identifier.is_none());
}

/// SND_DENM BV: a profile-breaking DENM is not signed.
#[test]
fn snd_denm_bv_nothing_else_is_signed() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let payload = denm_payload(HERE);
    let good = denm_request(&payload, NOW, HERE);
    let mut request = good;
    request.generation_location = None;
    assert_eq!(refused(&pki, &ticket, &request), "header-field-missing");
    request = good;
    request.signer = SignerChoice::Digest;
    assert_eq!(refused(&pki, &ticket, &request), "wrong-signer-choice");
    request = good;
    request.expiry_time = Some(NOW);
    assert_eq!(refused(&pki, &ticket, &request), "header-field-forbidden");
}

/// SND_DENM BV: a DENM is accepted by a receiver that trusts its root, on all four curves.
#[test]
fn snd_denm_bv_accepted() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        let mut sender = Sender::new(&pki, &pki.ticket());
        sender.drive();
        let packet = sender.denm();
        signature_is_right(&packet, &pki, &sender.ticket);
        assert!(pki.verifier().verify_packet(&Clock::exact(sender.now()), &packet).is_ok(), "{curve}");
    }
}

// Other messages.

fn other_packet(pki: &Pki, ticket: &Holder, place: Place) -> Vec<u8> {
    let payload = beacon_payload(place);
    let request = other_request(&payload, NOW);
    packet(&pki.identity(ticket).sign(TrustProfile::EtsiTs103097, &request).unwrap())
}

/// SND_GENMSG_01_BV: a message of another service is sent secured.
#[test]
fn snd_genmsg_01_bv() {
    let (_, mut sender) = p256();
    sender.drive();
    let packet = sender.send(OTHER, port::SAEM, b"an announcement");
    assert!(Packet::parse(&packet).unwrap().secured().is_some());
    assert_eq!(MessageProfile::Generic.check(&owned(&packet)), Ok(()));
}

/// SND_GENMSG BV: the psid is that of the service, and is among the ticket's appPermissions.
#[test]
fn snd_genmsg_bv_psid() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let packet = other_packet(&pki, &ticket, HERE);
    assert_eq!(Psid(header(&packet).psid), OTHER);
    assert!(ticket.certificate.app_permissions().unwrap().find(OTHER).is_some());
    let mut request = other_request(b"", NOW);
    request.psid = Psid(139);
    assert_eq!(refused(&pki, &ticket, &request), "psid-not-permitted");
}

/// SND_GENMSG BV: generationTime is present.
#[test]
fn snd_genmsg_bv_generation_time() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    assert_eq!(header(&other_packet(&pki, &ticket, HERE)).generation_time, Some(NOW));
    let mut request = other_request(b"", NOW);
    request.generation_time = None;
    assert_eq!(refused(&pki, &ticket, &request), "header-field-missing");
}

/// SND_GENMSG_05_BV: generationTime lies inside the validity of the signing ticket.
#[test]
fn snd_genmsg_05_bv() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    let validity = *ticket.certificate.validity();
    assert!(validity.contains(header(&other_packet(&pki, &ticket, HERE)).generation_time.unwrap()));
    for outside in [validity.begin().saturating_sub_micros(1), validity.end()] {
        let refused = refused(&pki, &ticket, &other_request(b"", outside));
        assert_eq!(refused, "generated-outside-validity");
    }
}

/// SND_GENMSG BV: a message from inside the ticket's region is accepted, and one from outside it by nobody.
#[test]
fn snd_genmsg_bv_region() {
    for kind in RegionKind::ALL {
        let pki = Pki::new(Curve::NistP256);
        let ticket = pki.ticket_with(|tbs| tbs.region = Some(kind.around(HERE)));
        let judge = |place| {
            let packet = other_packet(&pki, &ticket, place);
            let outcome = pki.verifier().verify_packet(&Clock::exact(NOW), &packet).map(drop);
            outcome.map_err(|refusal| refusal.code())
        };
        assert_eq!(judge(HERE), Ok(()), "{kind:?}");
        assert_eq!(judge(ABROAD), Err("outside-region"), "{kind:?}");
    }
}

/// SND_GENMSG_07_BV: the payload is well formed: either data or the hash of data that is elsewhere.
#[test]
fn snd_genmsg_07_bv() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        let ticket = pki.ticket();
        let packet = other_packet(&pki, &ticket, HERE);
        let payload = signed(&packet).payload;
        assert!(payload.unsecured().is_some() && payload.ext_data_hash.is_none());
        let mut request = other_request(b"", NOW);
        request.payload = SignedPayload::External(b"carried elsewhere");
        let data = pki.identity(&ticket).sign(TrustProfile::EtsiTs103097, &request).unwrap();
        let data = conformance::message::packet(&data);
        let payload = signed(&data).payload;
        assert!(payload.data.is_none() && payload.ext_data_hash.is_some(), "{curve}");
    }
}

/// SND_GENMSG BV: the signature is over the signed octets and the ticket; curve of signature and key are one.
#[test]
fn snd_genmsg_bv_signature() {
    for curve in Curve::ALL {
        let pki = Pki::new(curve);
        let ticket = pki.ticket();
        signature_is_right(&other_packet(&pki, &ticket, HERE), &pki, &ticket.certificate);
    }
}

/// SND_GENMSG BV: the signer is the digest of the ticket or the ticket, and never a chain.
#[test]
fn snd_genmsg_bv_signer() {
    let pki = Pki::new(Curve::NistP256);
    let ticket = pki.ticket();
    for choice in [SignerChoice::Digest, SignerChoice::Certificate] {
        let payload = beacon_payload(HERE);
        let mut request = other_request(&payload, NOW);
        request.signer = choice;
        let packet = packet(&pki.identity(&ticket).sign(TrustProfile::EtsiTs103097, &request).unwrap());
        match (choice, signed(&packet).signer) {
            (SignerChoice::Digest, Signer::Digest(id)) => {
                assert_eq!(id, ticket.certificate.hashed_id8());
            }
            (SignerChoice::Certificate, Signer::Certificate(list)) => assert_eq!(list.len(), 1),
            (choice, signer) => panic!("{choice:?}: {signer:?}"),
        }
    }
}
