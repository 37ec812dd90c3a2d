//! Stations that hear each other: certificates on request, pseudonyms, geo-broadcast.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy allows these in test functions, not in what they call"
)]

use std::sync::Arc;
use std::time::Duration;

use enrollment_ea::registry::Profile;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use simulator::pki::{Pki, TicketWish};
use v2x_ca::lab::{Lab, Plan};
use v2x_ca::services::{CAM, DENM, its_services, permission};
use v2x_codec::geonet::{Area, ExtendedHeader, Shape};
use v2x_codec::time::{Time32, Time64};
use v2x_codec::view::{NetworkPdu, Packet, Signed, Signer};
use v2x_crypto::{Curve, PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;
use v2x_station::router::Reception;
use v2x_station::ticket_pool::{ChangePolicy, Ticket, TicketPool};
use v2x_station::vehicle::VehicleState;
use v2x_station::warning::Warning;
use v2x_station::{Kinematics, Station, StationError};

const START: Time32 = Time32::from_seconds(700_000_000);

struct World {
    pki: Pki,
    rng: ChaCha20Rng,
    stations: u8,
}

impl World {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let lab = Lab::new(&Plan::new("test", START), &AwsLc, &mut rng).unwrap();
        Self { pki: Pki::new(lab, Arc::new(AwsLc)).unwrap(), rng, stations: 0 }
    }

    fn station(&mut self, tickets: usize, policy: ChangePolicy) -> Station {
        self.stations += 1;
        let id = [self.stations];
        let canonical = PrivateKey::generate(Curve::NistP256, &mut self.rng).unwrap();
        let profile =
            Profile { services: its_services(), region: None, assurance: 0x60, parallel_tickets: 5 };
        self.pki.register(&id, &canonical, profile).unwrap();
        let credential = self.pki.enrol(&id, &canonical, at_ms(0), &mut self.rng).unwrap();
        let wish =
            TicketWish::new(vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0xff, 0xff, 0xff])]);
        let mut trust = self.pki.trust_store().unwrap();
        let pool = (0..tickets)
            .map(|_| {
                let held = self.pki.ticket(&credential, &wish, at_ms(0), &mut self.rng).unwrap();
                Ticket::new(trust.chain(&held.certificate).unwrap(), AwsLc.signer(&held.key).unwrap())
                    .unwrap()
            })
            .collect();
        let verifier =
            Verifier::new(trust, Policy::STANDARD, ReplayFilter::new(ReplayConfig::new([1, 2]), at_ms(0)));
        Station::new(TicketPool::new(pool, policy).unwrap(), verifier, &mut self.rng)
    }

    /// Lets a station drive at `ms` and gives the packet that it sends, if any.
    fn drive(&mut self, station: &mut Station, ms: u64, state: &VehicleState) -> Option<Vec<u8>> {
        let clock = Clock::exact(at_ms(ms));
        station.drive(&clock, state, &mut self.rng).unwrap();
        station.poll_output(clock.now())
    }
}

const fn at_ms(ms: u64) -> Time64 {
    Time64::from_micros(700_000_000_000_000 + ms * 1_000)
}

fn standing() -> VehicleState {
    at(507_000_000)
}

fn at(latitude: i32) -> VehicleState {
    let kinematics = Kinematics { latitude, longitude: 69_000_000, heading: 900, speed: 0 };
    VehicleState { kinematics, station_type: 5, length: 45, width: 18, emergency: false }
}

fn signed(packet: &[u8]) -> Signed<'_> {
    *Packet::parse(packet).unwrap().secured().unwrap().content.signed().unwrap()
}

fn carries_certificate(packet: &[u8]) -> bool {
    matches!(signed(packet).signer, Signer::Certificate(_))
}

#[test]
fn who_meets_an_unknown_digest_asks_and_is_answered_with_the_certificate() {
    let mut world = World::new();
    let (mut alice, mut bob) =
        (world.station(1, ChangePolicy::default()), world.station(1, ChangePolicy::default()));
    let first = world.drive(&mut alice, 0, &standing()).unwrap();
    assert!(carries_certificate(&first), "the first CAM introduces the station");
    // Bob misses the first CAM, hears the next one, which names its signer by digest, and asks.
    let mut turned = standing();
    turned.kinematics.heading = 1_800;
    let second = world.drive(&mut alice, 300, &turned).unwrap();
    assert!(!carries_certificate(&second));
    let refusal = bob.receive(&Clock::exact(at_ms(300)), &second).unwrap_err();
    assert_eq!(refusal.code(), "unknown-signer");
    let question = world.drive(&mut bob, 400, &standing()).unwrap();
    assert_eq!(signed(&question).header_info.inline_p2pcd_request.unwrap().iter().len(), 1);
    alice.receive(&Clock::exact(at_ms(400)), &question).unwrap();
    turned.kinematics.heading = 2_700;
    let answer = world.drive(&mut alice, 600, &turned).unwrap();
    assert!(carries_certificate(&answer), "the request is answered before the second is over");
    assert!(bob.receive(&Clock::exact(at_ms(600)), &answer).is_ok());
}

#[test]
fn a_new_ticket_takes_every_other_identifier_with_it() {
    let mut world = World::new();
    let policy = ChangePolicy { min_time: Duration::from_secs(1), min_distance_m: 0 };
    let mut station = world.station(2, policy);
    let before = world.drive(&mut station, 0, &standing()).unwrap();
    let after = world.drive(&mut station, 1_000, &standing()).unwrap();
    assert!(carries_certificate(&after), "the new ticket is introduced at once");
    let source = |packet: &[u8]| {
        let payload = signed(packet).payload.data.unwrap().unsecured().unwrap();
        NetworkPdu::parse(payload).unwrap().header.extended.source().address.mid
    };
    assert_ne!(source(&before), source(&after));
    let mut listener = world.station(0, policy);
    let mut station_ids = [(0, &before), (1_000, &after)].map(|(ms, packet)| {
        let heard = listener.receive(&Clock::exact(at_ms(ms)), packet).unwrap();
        let Received::Cam(cam) = heard.message else { panic!("no CAM: {:?}", heard.message) };
        cam.content().message.station_id
    });
    station_ids.sort();
    assert_ne!(station_ids[0], station_ids[1]);
}

#[test]
fn a_station_without_a_valid_ticket_falls_silent() {
    let mut world = World::new();
    let mut station = world.station(1, ChangePolicy::default());
    let a_month_later = Clock::exact(at_ms(30 * 86_400_000));
    let result = station.drive(&a_month_later, &standing(), &mut world.rng);
    assert_eq!(result, Err(StationError::NoValidTicket));
    assert_eq!(station.poll_output(a_month_later.now()), None);
}

#[test]
fn a_warning_into_an_area_is_delivered_inside_and_repeated_with_one_hop_less() {
    let mut world = World::new();
    let (mut sender, mut near, mut far) = (
        world.station(1, ChangePolicy::default()),
        world.station(1, ChangePolicy::default()),
        world.station(1, ChangePolicy::default()),
    );
    for (station, latitude) in [(&mut sender, 507_000_000), (&mut near, 507_010_000), (&mut far, 508_000_000)]
    {
        world.drive(station, 0, &at(latitude));
    }
    let area = Area {
        shape: Shape::Circle,
        latitude: 507_000_000,
        longitude: 69_000_000,
        distance_a: 500,
        distance_b: 0,
        angle: 0,
    };
    let warning = Warning {
        cause: 2,
        sub_cause: 0,
        place: at(507_001_000).kinematics,
        detected: at_ms(50),
        validity: 600,
        area,
        station_type: 5,
    };
    sender.warn(at_ms(100), &warning, &mut world.rng).unwrap();
    let packet = sender.poll_output(at_ms(100)).unwrap();
    assert!(signed(&packet).header_info.generation_location.is_some());
    let clock = Clock::exact(at_ms(110));
    assert_eq!(near.receive(&clock, &packet).unwrap().reception, Reception::Deliver);
    assert_eq!(far.receive(&clock, &packet).unwrap().reception, Reception::NotForUs);
    assert_eq!(near.poll_output(at_ms(110)), None, "it waits for others to be faster");
    let repeated = near.poll_output(at_ms(300)).unwrap();
    let (before, after) = (Packet::parse(&packet).unwrap(), Packet::parse(&repeated).unwrap());
    assert_eq!(after.basic.remaining_hop_limit + 1, before.basic.remaining_hop_limit);
    assert_eq!(signed(&repeated).to_be_signed, signed(&packet).to_be_signed);
    let payload = signed(&repeated).payload.data.unwrap().unsecured().unwrap();
    let header = NetworkPdu::parse(payload).unwrap().header;
    assert!(matches!(header.extended, ExtendedHeader::GeoBroadcast { .. }));
}

#[test]
fn packets_heard_together_have_the_verdicts_and_the_effects_of_packets_heard_one_by_one() {
    let mut world = World::new();
    let mut senders = [(); 3].map(|()| world.station(1, ChangePolicy::default()));
    let mut turned = standing();
    let mut air: Vec<(Clock, Vec<u8>)> = Vec::new();
    for (ms, heading) in [(0, 900), (300, 1_800), (600, 2_700)] {
        turned.kinematics.heading = heading;
        for sender in &mut senders {
            air.push((Clock::exact(at_ms(ms)), world.drive(sender, ms, &turned).unwrap()));
        }
    }
    // The first sender's introduction is missed, one packet comes twice, one is damaged.
    air.remove(0);
    air.insert(4, air[3].clone());
    if let Some(last) = air.last_mut().and_then(|(_, packet)| packet.last_mut()) {
        *last ^= 1;
    }
    let (mut alone, mut together) =
        (world.station(1, ChangePolicy::default()), world.station(1, ChangePolicy::default()));
    let expected: Vec<_> = air
        .iter()
        .map(|(clock, packet)| alone.receive(clock, packet).map(drop).map_err(|refusal| refusal.code()))
        .collect();
    let packets: Vec<(Clock, &[u8])> =
        air.iter().map(|(clock, packet)| (*clock, packet.as_slice())).collect();
    let mut found = Vec::new();
    together.receive_all(&packets, |place, outcome| {
        assert_eq!(place, found.len());
        found.push(outcome.map(drop).map_err(|refusal| refusal.code()));
    });
    assert_eq!(found, expected);
    assert!(expected.contains(&Err("unknown-signer")) && expected.contains(&Err("replayed")));
    // Both ask for the same certificate in their next CAM.
    let [asked_alone, asked_together] = [&mut alone, &mut together].map(|station| {
        let cam = world.drive(station, 700, &standing()).unwrap();
        signed(&cam).header_info.inline_p2pcd_request.unwrap().iter().collect::<Vec<_>>()
    });
    assert_eq!(asked_alone, asked_together);
}

#[test]
fn tickets_that_ran_out_are_forgotten_and_the_current_one_stays() {
    let mut world = World::new();
    let policy = ChangePolicy { min_time: Duration::from_secs(1), min_distance_m: 0 };
    let mut station = world.station(3, policy);
    world.drive(&mut station, 0, &standing());
    world.drive(&mut station, 1_000, &standing());
    let current = |station: &Station| station.tickets().current().unwrap().chain().certificate().hashed_id8();
    let before = current(&station);
    station.tickets_mut().forget_expired(at_ms(1_000));
    assert_eq!((current(&station), station.tickets().valid_at(at_ms(1_000))), (before, 3));
    station.tickets_mut().forget_expired(at_ms(30 * 86_400_000));
    assert!(station.tickets().current().is_none());
    let silent = station.drive(&Clock::exact(at_ms(2_000)), &standing(), &mut world.rng);
    assert_eq!(silent, Err(StationError::NoValidTicket));
}

#[test]
fn a_busy_channel_holds_cams_back() {
    let mut world = World::new();
    let (mut station, mut busy) =
        (world.station(1, ChangePolicy::default()), world.station(1, ChangePolicy::default()));
    let mut sent = |station: &mut Station, busy: f64| {
        (0..50u64)
            .filter(|step| {
                station.channel_busy(busy);
                let mut state = standing();
                state.kinematics.heading = u16::try_from(step * 50 % 3_600).unwrap();
                world.drive(station, step * 100, &state).is_some()
            })
            .count()
    };
    assert_eq!(sent(&mut station, 0.0), 50);
    let held_back = sent(&mut busy, 0.45);
    assert!((12..=15).contains(&held_back), "{held_back}");
}
