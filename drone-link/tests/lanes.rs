//! What passes, once, in order, in time.

mod support;

use drone_link::dialect::id;
use drone_link::error::LinkError;
use drone_link::frame::Frame;
use drone_link::hello::Role;
use drone_link::lane::Outcome;
use drone_link::link::{Event, Input, Output};
use drone_link::rights::Right;
use drone_link::wire::Numbered;
use proptest::prelude::*;
use support::{ARM, End, NOW, Pair, World, after_millis, carry_one, command, heartbeat, parameter};

const PILOT: [Right; 3] = [Right::Telemetry, Right::Flight, Right::Mission];

#[test]
fn a_command_is_handed_to_the_drone_and_its_answer_comes_back() {
    let mut pair = Pair::connected(&mut World::new(20), &PILOT);
    pair.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    assert_eq!(pair.ground.link.waiting(), 1);
    pair.carry(NOW).unwrap();
    assert_eq!(pair.drone.local, [command(ARM, 1.0)]);
    assert_eq!(pair.ground.link.waiting(), 0);
    let ack = Frame::new(7, 1, 0, id::COMMAND_ACK, &[0x90, 1, 0, 0, 0, 0, 0, 0, 255, 190]);
    pair.drone.handle(NOW, Input::Local(ack.clone())).unwrap();
    pair.carry(NOW).unwrap();
    assert_eq!(pair.ground.local, [ack]);
}

#[test]
fn a_ground_station_without_the_right_is_told_so_at_once_and_by_the_drone_if_it_lies() {
    let mut world = World::new(21);
    let mut pair = Pair::connected(&mut world, &[Right::Telemetry]);
    pair.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    assert!(pair.ground.sent.is_empty(), "it does not even leave");
    assert_eq!(
        (pair.ground.local[0].message, pair.ground.local[0].payload[2]),
        (id::COMMAND_ACK, 2),
        "denied"
    );
    // A station that does not check itself: what another with the right would send.
    let mut able = Pair::connected(&mut world, &PILOT);
    able.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    pair.ground.sent = std::mem::take(&mut able.ground.sent);
    carry_one(&mut pair.ground, &mut pair.drone, NOW).unwrap();
    assert!(pair.drone.local.is_empty());
    assert!(
        matches!(&pair.drone.events[..], [Event::Refused { why, .. }] if why.contains("needs the right \"flight\""))
    );
}

#[test]
fn a_command_for_another_drone_or_from_the_drone_itself_is_refused() {
    let mut pair = Pair::connected(&mut World::new(22), &PILOT);
    let mut for_another = command(ARM, 1.0);
    for_another.payload[30] = 8;
    let from_itself = Frame { system: 7, ..command(ARM, 1.0) };
    for frame in [for_another, from_itself] {
        pair.ground.handle(NOW, Input::Local(frame)).unwrap();
    }
    pair.carry(NOW).unwrap();
    assert!(pair.drone.local.is_empty());
    assert_eq!(pair.drone.link.counts().refused, 2);
    assert_eq!(pair.ground.local.len(), 2, "both answered");
}

#[test]
fn a_drone_speaks_for_itself_alone() {
    let mut pair = Pair::connected(&mut World::new(23), &PILOT);
    let of_another = Frame { system: 8, ..heartbeat(1) };
    pair.drone.handle(NOW, Input::Local(of_another.clone())).unwrap();
    assert!(pair.drone.sent.is_empty());
    let octets = of_another.encode().unwrap();
    let forged = Numbered { number: 0, sent: NOW, frame: &octets }.encode();
    pair.ground.handle(NOW, Input::Datagram(&forged)).unwrap();
    assert!(pair.ground.local.is_empty());
    assert_eq!(pair.ground.link.counts().refused, 1);
}

#[test]
fn telemetry_goes_to_who_may_have_it_the_newest_first() {
    let mut world = World::new(24);
    let mut pair = Pair::connected(&mut world, &PILOT);
    for sequence in 1..=3 {
        pair.drone.handle(NOW, Input::Local(heartbeat(sequence))).unwrap();
    }
    pair.drone.sent.swap(0, 2);
    let replayed = pair.drone.sent[0].clone();
    pair.drone.sent.push_back(replayed);
    pair.carry(NOW).unwrap();
    assert_eq!(
        pair.ground.local,
        [heartbeat(3)],
        "what comes later and is older is dropped, and so is a replay"
    );
    assert_eq!(pair.ground.link.counts().stale, 3);
    let mut blind = Pair::connected(&mut world, &[Right::Flight]);
    blind.drone.handle(NOW, Input::Local(heartbeat(1))).unwrap();
    assert!(blind.drone.sent.is_empty());
}

#[test]
fn what_is_too_late_is_not_handed_on_and_its_sender_is_told() {
    let mut pair = Pair::connected(&mut World::new(25), &PILOT);
    pair.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    pair.carry(after_millis(2001)).unwrap();
    assert!(pair.drone.local.is_empty());
    assert!(matches!(&pair.ground.events[..], [Event::Lost { outcome: Outcome::Expired, .. }]));
    assert_eq!((pair.ground.local[0].message, pair.ground.local[0].payload[2]), (id::COMMAND_ACK, 1));
}

#[test]
fn what_waits_while_there_is_no_connection_goes_out_over_the_next_one() {
    let mut pair = Pair::connected(&mut World::new(26), &PILOT);
    pair.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    carry_one(&mut pair.ground, &mut pair.drone, NOW).unwrap();
    assert_eq!(pair.drone.local.len(), 1, "it arrived, and the answer is lost with the connection");
    pair.cut();
    pair.ground.handle(after_millis(10), Input::Local(command(ARM, 2.0))).unwrap();
    pair.connect(2, after_millis(500)).unwrap();
    pair.carry(after_millis(500)).unwrap();
    assert_eq!(pair.drone.local.iter().map(parameter).collect::<Vec<_>>(), [1.0, 2.0], "each once");
    assert_eq!(
        (pair.ground.link.waiting(), pair.ground.events.len()),
        (0, 0),
        "and both are known to be there"
    );
}

#[test]
fn after_a_drone_lost_its_memory_nobody_claims_to_know() {
    let mut world = World::new(27);
    let mut pair = Pair::connected(&mut world, &PILOT);
    pair.ground.handle(NOW, Input::Local(command(ARM, 1.0))).unwrap();
    pair.cut();
    let ticket = world.ticket(&[Right::Drone]);
    pair.drone = End::new(&world, Role::Drone, ticket, 3);
    pair.connect(2, NOW).unwrap();
    pair.carry(NOW).unwrap();
    assert!(pair.drone.local.is_empty(), "it may have run before: it does not run again");
    assert!(matches!(&pair.ground.events[..], [Event::Lost { outcome: Outcome::Unknown, .. }]));
    pair.ground.handle(NOW, Input::Local(command(ARM, 2.0))).unwrap();
    pair.carry(NOW).unwrap();
    assert_eq!(pair.drone.local.iter().map(parameter).collect::<Vec<_>>(), [2.0]);
}

#[test]
fn a_peer_that_loses_count_loses_the_connection() {
    let mut pair = Pair::connected(&mut World::new(28), &PILOT);
    let octets = command(ARM, 1.0).encode().unwrap();
    let ahead = Numbered { number: 5, sent: NOW, frame: &octets }.encode();
    assert!(matches!(pair.drone.handle(NOW, Input::Lane(support::URGENT, &ahead)), Err(LinkError::Wire(_))));
    let noise = Numbered { number: 0, sent: NOW, frame: &[1, 2, 3] }.encode();
    assert!(pair.drone.handle(NOW, Input::Lane(support::URGENT, &noise)).is_err());
}

/// What happens to a pair, one after the other.
#[derive(Clone, Debug)]
enum Step {
    Command,
    CarryToDrone,
    CarryToGround,
    Pass(u16),
    Cut,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Command),
        4 => Just(Step::CarryToDrone),
        4 => Just(Step::CarryToGround),
        1 => (1..1500_u16).prop_map(Step::Pass),
        1 => Just(Step::Cut),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn however_connections_break_each_command_has_one_outcome_and_none_runs_twice_or_late(steps in steps()) {
        let mut pair = Pair::connected(&mut World::new(29), &PILOT);
        let (mut millis, mut connection, mut given) = (0_u64, 1_u8, Vec::new());
        let mut ran: Vec<(f32, u64)> = Vec::new();
        let last = [Step::Cut, Step::Pass(1)];
        for step in steps.iter().chain(&last) {
            let now = after_millis(millis);
            match step {
                Step::Command => {
                    let name = given.len() as f32;
                    given.push(millis);
                    pair.ground.handle(now, Input::Local(command(ARM, name))).unwrap();
                }
                Step::CarryToDrone => carry_one(&mut pair.ground, &mut pair.drone, now).unwrap(),
                Step::CarryToGround => carry_one(&mut pair.drone, &mut pair.ground, now).unwrap(),
                Step::Pass(some) => millis += u64::from(*some),
                Step::Cut => {
                    pair.cut();
                    connection += 1;
                    pair.connect(connection, now).unwrap();
                }
            }
            ran.extend(pair.drone.local.drain(..).map(|frame| (parameter(&frame), millis)));
        }
        pair.carry(after_millis(millis)).unwrap();
        ran.extend(pair.drone.local.drain(..).map(|frame| (parameter(&frame), millis)));
        let names: Vec<f32> = ran.iter().map(|(name, _)| *name).collect();
        prop_assert!(names.is_sorted_by(|a, b| a < b), "in order and once: {:?}", names);
        for (name, at) in &ran {
            prop_assert!(at - given[*name as usize] <= 2000, "{} ran at {}", name, at);
        }
        prop_assert_eq!(pair.ground.link.waiting(), 0);
        let expired = pair.ground.events.iter()
            .filter(|event| matches!(event, Event::Lost { outcome: Outcome::Expired, .. })).count();
        prop_assert_eq!(ran.len() + expired, given.len(), "each has one outcome");
    }
}

#[test]
fn outputs_are_bounded() {
    let mut pair = Pair::connected(&mut World::new(30), &PILOT);
    let mut full = None;
    for number in 0..10_000 {
        let result = pair.drone.link.handle(
            NOW,
            Input::Local(heartbeat((number % 250) as u8 + 1)),
            &mut pair.drone.trust,
        );
        if let Err(error) = result {
            full = Some(error);
            break;
        }
    }
    assert_eq!(full, Some(LinkError::OutputFull));
    assert!(matches!(pair.drone.link.poll_output(), Some(Output::Datagram(_))));
}
