//! Who gets a link, and who loses it.

mod support;

use std::sync::Arc;

use drone_link::block_list::BlockList;
use drone_link::error::LinkError;
use drone_link::hello::{LinkTrust, Role};
use drone_link::link::{Event, Input, Link, Settings};
use drone_link::rights::{Right, Rights};
use drone_link::table::RightsTable;
use support::{End, NOW, Pair, World, after_millis, binding};
use v2x_codec::time::Duration;
use v2x_security::refusal::Refusal;

#[test]
fn a_drone_and_a_ground_station_of_one_pki_get_a_link() {
    let mut world = World::new(1);
    let pair = Pair::connected(&mut world, &[Right::Telemetry, Right::Flight]);
    let peer = pair.drone.link.peer().unwrap();
    assert_eq!(peer.rights, Rights::of(&[Right::Telemetry, Right::Flight]));
    assert_eq!(pair.ground.link.peer().unwrap().hello.system, 7);
}

#[test]
fn a_hello_of_another_connection_gets_no_link() {
    let mut world = World::new(2);
    let mut pair = Pair::new(&mut world, &[Right::Telemetry]);
    let recorded = pair.drone.link.hello(&binding(1), NOW).unwrap();
    let other = pair.ground.trust.verify(Role::Drone, &binding(2), NOW, &recorded);
    assert_eq!(other.unwrap_err(), LinkError::NotBound);
    let own = pair.ground.link.hello(&binding(1), NOW).unwrap();
    let reflected = pair.ground.trust.verify(Role::Drone, &binding(1), NOW, &own);
    assert_eq!(reflected.unwrap_err(), LinkError::Hello("is of the same role as this end"));
}

#[test]
fn a_hello_that_was_changed_gets_no_link() {
    let mut world = World::new(3);
    let mut pair = Pair::new(&mut world, &[Right::Telemetry]);
    let hello = pair.drone.link.hello(&binding(1), NOW).unwrap();
    let mut bits = 0;
    for bit in (0..hello.len() * 8).step_by(7) {
        let mut changed = hello.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(pair.ground.trust.verify(Role::Drone, &binding(1), NOW, &changed).is_err(), "bit {bit}");
        bits += 1;
    }
    assert!(bits > 300);
    assert!(pair.ground.trust.verify(Role::Drone, &binding(1), NOW, &hello).is_ok());
}

#[test]
fn a_ticket_of_another_pki_or_one_that_has_run_out_gets_no_link() {
    let (mut world, mut foreign) = (World::new(4), World::new(5));
    let mut pair = Pair::new(&mut world, &[Right::Telemetry]);
    let stranger = Pair::new(&mut foreign, &[Right::Telemetry]);
    let hello = stranger.drone.link.hello(&binding(1), NOW).unwrap();
    let refused = pair.ground.trust.verify(Role::Drone, &binding(1), NOW, &hello).unwrap_err();
    assert!(matches!(refused, LinkError::NotBelieved(Refusal::UnknownIssuer { .. })), "{refused}");
    let late = after_millis(3 * 3_600_000);
    let own = pair.drone.link.hello(&binding(1), late).unwrap_err();
    assert!(matches!(own, LinkError::NotBelieved(Refusal::GeneratedOutsideValidity { .. })), "{own}");
}

#[test]
fn a_ticket_that_does_not_permit_the_role_gets_no_link() {
    let mut world = World::new(6);
    let (ground_only, nothing) = (world.ticket(&[Right::Telemetry]), world.ticket(&[Right::BlockList]));
    let settings = |role, system| Settings {
        role,
        system,
        table: Arc::new(RightsTable::usual().unwrap()),
        incarnation: [9; 16],
    };
    let pretender = Link::new(settings(Role::Drone, 7), Arc::clone(&ground_only)).err();
    assert_eq!(pretender, Some(LinkError::Role("drone")));
    let mut ground = Link::new(settings(Role::Ground, 0), nothing).unwrap();
    let hello = ground.hello(&binding(1), NOW).unwrap();
    let refused = world.trust().verify(Role::Ground, &binding(1), NOW, &hello).unwrap_err();
    assert_eq!(refused, LinkError::Role("ground station"));
    ground.change_ticket(ground_only, NOW).unwrap();
    let hello = ground.hello(&binding(1), NOW).unwrap();
    assert!(world.trust().verify(Role::Ground, &binding(1), NOW, &hello).is_ok());
}

#[test]
fn a_peer_whose_authority_is_revoked_loses_the_link_when_the_lists_say_so() {
    let mut world = World::new(7);
    let mut pair = Pair::connected(&mut world, &[Right::Telemetry]);
    pair.drone.handle(NOW, Input::TrustChanged).unwrap();
    let aa = world.lab.authorization_authority.certificate.hashed_id8();
    pair.drone.trust.trust_mut().revoke(aa).unwrap();
    let lost = pair.drone.handle(NOW, Input::TrustChanged).unwrap_err();
    assert!(matches!(lost, LinkError::NotBelieved(Refusal::Revoked { .. })), "{lost}");
}

#[test]
fn a_peer_whose_ticket_runs_out_loses_the_link_within_a_second() {
    let mut world = World::new(8);
    let (drone, ground) =
        (world.ticket(&[Right::Drone]), world.ticket_for(&[Right::Telemetry], Duration::Minutes(61)));
    let mut pair = Pair {
        drone: End::new(&world, Role::Drone, drone, 1),
        ground: End::new(&world, Role::Ground, ground, 2),
    };
    pair.connect(1, NOW).unwrap();
    let (now, lost) = loop {
        let now = pair.drone.link.poll_timeout().unwrap();
        if let Err(error) = pair.drone.handle(now, Input::Timeout) {
            break (now, error);
        }
    };
    assert!(matches!(lost, LinkError::NotBelieved(Refusal::CertificateExpired { .. })), "{lost}");
    let end = after_millis(60_000);
    assert!(now >= end && now <= end.saturating_add_micros(1_000_000), "{now}");
}

#[test]
fn a_blocked_ticket_loses_the_link_and_gets_no_other() {
    let mut world = World::new(9);
    let mut pair = Pair::connected(&mut world, &[Right::Telemetry]);
    let operator = world.ticket(&[Right::BlockList]);
    let blocked = pair.drone.link.peer().unwrap().chain().certificate().hash().to_owned();
    let list = BlockList::sign(&operator, 1, &[blocked], NOW).unwrap();
    let mut blocked = BlockList::new();
    // An hour later: the list is made to last.
    assert_eq!(blocked.apply(world.store(), after_millis(3_600_000), &list), Ok(true));
    pair.drone.trust = LinkTrust::new(world.store(), blocked);
    assert_eq!(pair.drone.handle(NOW, Input::TrustChanged), Err(LinkError::Blocked));
    pair.cut();
    assert_eq!(pair.connect(2, NOW), Err(LinkError::Blocked));
}

#[test]
fn a_block_list_counts_when_its_signer_may_and_it_comes_after_the_one_before() {
    let mut world = World::new(10);
    let (operator, pilot) = (world.ticket(&[Right::BlockList]), world.ticket(&[Right::Flight]));
    let hash = *pilot.certificate().hash();
    assert_eq!(BlockList::sign(&pilot, 1, &[hash], NOW), Err(LinkError::Role("signer of block lists")));
    let mut blocked = BlockList::new();
    let (first, second) = (
        BlockList::sign(&operator, 1, &[], NOW).unwrap(),
        BlockList::sign(&operator, 2, &[hash], NOW).unwrap(),
    );
    let mut apply = |list: &[u8], now| blocked.apply(world.store(), now, list);
    assert_eq!(apply(&second, NOW), Ok(true));
    let older = LinkError::BlockList("does not come after the one in force");
    assert_eq!(apply(&first, NOW), Err(older));
    let early = NOW.saturating_sub_micros(3_000_000);
    assert_eq!(apply(&second, early), Err(LinkError::BlockList("was made in the future")));
    for bit in (0..second.len() * 8).step_by(5) {
        let mut changed = second.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(apply(&changed, NOW).is_err(), "bit {bit}");
    }
    assert!(blocked.has(pilot.certificate()) && !blocked.has(operator.certificate()));
}

#[test]
fn a_ticket_changes_without_losing_the_link() {
    let mut world = World::new(11);
    let mut pair = Pair::connected(&mut world, &[Right::Telemetry]);
    let other = world.ticket(&[Right::Telemetry, Right::Mission]);
    pair.ground.link.change_ticket(other, after_millis(1)).unwrap();
    pair.ground.drain();
    pair.carry(after_millis(1)).unwrap();
    let rights = Rights::of(&[Right::Telemetry, Right::Mission]);
    assert_eq!(pair.drone.events, [Event::OtherTicket { rights }]);
    assert_eq!(pair.drone.link.peer().unwrap().rights, rights);
    assert_eq!(pair.drone.link.counts().connections, 1);
}
