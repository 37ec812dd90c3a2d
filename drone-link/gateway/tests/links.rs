//! Links over QUIC on loopback: who gets one, what passes, and what ends it.

#![allow(
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test that looks for one thing fails where it is not"
)]

mod support;

use std::time::{Duration, Instant};

use drone_link::block_list::BlockList;
use drone_link::dialect::id;
use drone_link::rights::Right;
use drone_link_gateway::report::Report;
use support::relay::{Relay, Weather};
use support::{
    ARM, DroneEnd, GroundEnd, PATIENCE, World, command, connected, disconnected, heartbeat, now, parameter,
    report,
};
use tokio::net::UdpSocket;

const PILOT: [Right; 3] = [Right::Telemetry, Right::Flight, Right::Mission];

#[tokio::test]
async fn telemetry_goes_to_the_ground_and_commands_to_the_drone() {
    let mut world = World::new(1);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[ground.address]).await;
    connected(&mut drone.reports).await;
    drone.local.send(heartbeat(7, 1)).await;
    assert_eq!(ground.local.receive_kind(id::HEARTBEAT).await, heartbeat(7, 1));
    ground.local.send(command(7, ARM, 1.0)).await;
    assert_eq!(drone.local.receive().await, command(7, ARM, 1.0));
    ground.local.send(command(9, ARM, 2.0)).await;
    assert!(drone.local.is_silent(Duration::from_millis(300)).await, "it is for another drone");
}

#[tokio::test]
async fn many_drones_share_a_ground_station_and_each_gets_what_is_for_it() {
    let mut world = World::new(2);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let mut drones = Vec::new();
    for system in 1..=5 {
        let ticket = world.ticket(&[Right::Drone]);
        let mut drone =
            DroneEnd::start(ticket, lists.with(BlockList::new()), system, &[ground.address]).await;
        connected(&mut drone.reports).await;
        drones.push(drone);
    }
    let ticket = world.ticket(&[Right::Drone]);
    let mut double = DroneEnd::start(ticket, lists.with(BlockList::new()), 3, &[ground.address]).await;
    assert!(disconnected(&mut double.reports).await.contains("system of another drone"));
    for system in 1..=5 {
        ground.local.send(command(system, ARM, f32::from(system))).await;
    }
    for (drone, system) in drones.iter_mut().zip(1_u8..) {
        assert_eq!(parameter(&drone.local.receive().await), f32::from(system));
        drone.local.send(heartbeat(system, 1)).await;
        assert_eq!(ground.local.receive_kind(id::HEARTBEAT).await.system, system);
    }
    assert_eq!(ground.gateway.counts().len(), 5);
}

#[tokio::test]
async fn two_ground_stations_have_the_rights_of_their_own_tickets() {
    let mut world = World::new(3);
    let lists = world.lists();
    let pilot = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let mut watcher = GroundEnd::start(world.ticket(&[Right::Telemetry]), lists.with(BlockList::new()));
    let ticket = world.ticket(&[Right::Drone]);
    let grounds = [pilot.address, watcher.address];
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &grounds).await;
    connected(&mut drone.reports).await;
    connected(&mut drone.reports).await;
    watcher.local.send(command(7, ARM, 1.0)).await;
    let denied = watcher.local.receive_kind(id::COMMAND_ACK).await;
    assert_eq!(denied.payload[2], 2, "MAV_RESULT_DENIED");
    pilot.local.send(command(7, ARM, 2.0)).await;
    assert_eq!(parameter(&drone.local.receive().await), 2.0);
}

#[tokio::test]
async fn who_is_of_another_pki_or_speaks_tls_alone_gets_no_link() {
    let (mut world, mut foreign) = (World::new(4), World::new(5));
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let ticket = foreign.ticket(&[Right::Drone]);
    let mut stranger = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[ground.address]).await;
    let why = disconnected(&mut stranger.reports).await;
    assert!(why.contains("not believed"), "{why}");
    assert!(disconnected(&mut ground.reports).await.contains("not believed"));
    assert!(ground.gateway.counts().is_empty());
}

#[tokio::test]
async fn a_revoked_authority_and_a_blocked_ticket_cut_the_link_within_a_second() {
    let mut world = World::new(6);
    let lists = world.lists();
    let ground_ticket = world.ticket(&PILOT);
    let mut ground = GroundEnd::start(ground_ticket.clone(), lists.with(BlockList::new()));
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[ground.address]).await;
    connected(&mut drone.reports).await;
    let operator = world.ticket(&[Right::BlockList]);
    let hash = *ground_ticket.certificate().hash();
    let signed = BlockList::sign(&operator, 1, &[hash], now()).unwrap();
    let mut blocked = BlockList::new();
    blocked.apply(lists.store().unwrap(), now(), &signed).unwrap();
    let begun = Instant::now();
    drone.keeper.change_lists(lists.with(blocked));
    let why = disconnected(&mut drone.reports).await;
    assert!(why.contains("block list") && begun.elapsed() < Duration::from_secs(1), "{why}");
    let why = disconnected(&mut ground.reports).await;
    assert!(why.contains("block list"), "the ground station is told: {why}");
    // Without the block list the link comes back, until its authority is revoked.
    drone.keeper.change_lists(lists.with(BlockList::new()));
    connected(&mut drone.reports).await;
    lists.revoke(world.lab.authorization_authority.certificate.hashed_id8());
    let begun = Instant::now();
    drone.keeper.change_lists(lists.with(BlockList::new()));
    let why = disconnected(&mut drone.reports).await;
    assert!(why.contains("revoked") && begun.elapsed() < Duration::from_secs(1), "{why}");
}

#[tokio::test]
async fn a_ticket_changes_while_the_link_stays() {
    let mut world = World::new(7);
    let lists = world.lists();
    let ground = GroundEnd::start(world.ticket(&[Right::Telemetry]), lists.with(BlockList::new()));
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[ground.address]).await;
    connected(&mut drone.reports).await;
    ground.keeper.change_ticket(world.ticket(&PILOT));
    report(&mut drone.reports, |report| matches!(report, Report::Link { .. }).then_some(())).await;
    ground.local.send(command(7, ARM, 1.0)).await;
    // The ground station's own end had the ticket before, too.
    assert_eq!(parameter(&drone.local.receive().await), 1.0);
    assert_eq!(drone.gateway.counts()[0].connections, 1);
}

#[tokio::test]
async fn a_recorded_session_played_again_does_nothing() {
    let mut world = World::new(8);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let relay = Relay::start(ground.address, 1, Weather::default()).await;
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[relay.address]).await;
    connected(&mut drone.reports).await;
    for sequence in 1..20 {
        drone.local.send(heartbeat(7, sequence)).await;
        ground.local.receive_kind(id::HEARTBEAT).await;
    }
    drop(drone);
    disconnected(&mut ground.reports).await;
    let recorded = relay.recorded.lock().unwrap().clone();
    assert!(recorded.len() > 20);
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for datagram in &recorded {
        socket.send_to(datagram, ground.address).await.unwrap();
    }
    assert!(ground.local.is_silent(Duration::from_secs(1)).await);
    let counts = ground.gateway.counts();
    assert_eq!((counts.len(), counts[0].1.connections), (1, 1));
}

#[tokio::test]
async fn an_address_changes_while_the_link_stays() {
    let mut world = World::new(9);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let relay = Relay::start(ground.address, 1, Weather::default()).await;
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[relay.address]).await;
    connected(&mut drone.reports).await;
    relay.change_addresses();
    let moved = async {
        loop {
            drone.local.send(heartbeat(7, 1)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = moved => {}
        () = report(&mut ground.reports, |report| matches!(report, Report::Moved { .. }).then_some(())) => {}
    }
    ground.local.send(command(7, ARM, 1.0)).await;
    assert_eq!(parameter(&drone.local.receive().await), 1.0);
    assert_eq!(drone.gateway.counts()[0].connections, 1);
}

#[tokio::test]
async fn a_link_that_breaks_comes_back_and_loses_no_command() {
    let mut world = World::new(10);
    let lists = world.lists();
    let ground =
        GroundEnd::start(world.ticket(&[Right::Telemetry, Right::Mission]), lists.with(BlockList::new()));
    let relay = Relay::start(ground.address, 1, Weather::default()).await;
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[relay.address]).await;
    connected(&mut drone.reports).await;
    relay.set(Weather { blackout: true, ..Weather::default() });
    // Setting the current item of a mission may take 10 s.
    for number in 0..20_u8 {
        ground.local.send(command(7, 224, f32::from(number))).await;
    }
    disconnected(&mut drone.reports).await;
    relay.set(Weather::default());
    let begun = Instant::now();
    for number in 0..20_u8 {
        assert_eq!(parameter(&drone.local.receive().await), f32::from(number), "each once and in order");
    }
    assert!(begun.elapsed() < PATIENCE);
    assert!(drone.local.is_silent(Duration::from_millis(300)).await);
    assert_eq!(drone.gateway.counts()[0].connections, 2);
}
