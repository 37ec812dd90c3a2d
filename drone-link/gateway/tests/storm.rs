//! Links in bad weather: loss, jitter, blackouts, changes of address, forgeries. Row 25 of the reliability table.

#![allow(
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test that looks for one thing fails where it is not"
)]

mod support;

use std::time::{Duration, Instant};

use drone_link::block_list::BlockList;
use drone_link::dialect;
use drone_link::frame::Frame;
use drone_link::lane::Outcome;
use drone_link::link::Event;
use drone_link::rights::Right;
use drone_link_gateway::report::Report;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use support::relay::{Relay, Weather};
use support::{ARM, DroneEnd, GroundEnd, World, command, connected, heartbeat, parameter};
use tokio::net::UdpSocket;
use tokio::time::sleep;

const PILOT: [Right; 2] = [Right::Telemetry, Right::Flight];

/// 5 % loss, and up to 100 ms of jitter.
const STORM: Weather = Weather {
    loss: 50,
    delay: Duration::from_millis(10),
    jitter: Duration::from_millis(100),
    blackout: false,
};

/// What happens, and for how long.
struct Plan {
    seed: u64,
    /// Before, between and after.
    calm: Duration,
    blackout: Duration,
}

/// What is known at the end.
#[derive(Debug, Default)]
struct Seen {
    given: usize,
    ran: Vec<(u32, Duration)>,
    told_lost: usize,
    /// How old the newest telemetry was, looked at each 10 ms outside the blackout.
    ages: Vec<Duration>,
    connections: u64,
}

/// Telemetry that says when it was sent, in milliseconds.
fn attitude(millis: u32) -> Frame {
    let payload = [&millis.to_le_bytes()[..], &[1; 24]].concat();
    Frame::new(7, 1, 0, dialect::message_id("ATTITUDE").expect("it has a number"), &payload)
}

/// Commands ten times a second and telemetry at 20, through storm, blackout, another address and storm.
async fn fly(plan: Plan) -> Seen {
    let mut world = World::new(plan.seed);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let relay = Relay::start(ground.address, plan.seed, STORM).await;
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[relay.address]).await;
    connected(&mut drone.reports).await;
    let (mut seen, begun, mut given_at) = (Seen::default(), Instant::now(), Vec::new());
    let dark = plan.calm..plan.calm + plan.blackout;
    // What was seen last before the blackout is old until the link is back: that long is given.
    let blind = dark.start..dark.end + Duration::from_secs(8);
    let (end, quiet) = (blind.end + plan.calm, blind.end + plan.calm + Duration::from_secs(8));
    let (mut newest, mut moved, mut tick) = (Duration::ZERO, false, 0_u64);
    while begun.elapsed() < quiet {
        let at = begun.elapsed();
        relay.set(Weather { blackout: dark.contains(&at), ..STORM });
        if at > blind.end && !moved {
            relay.change_addresses();
            moved = true;
        }
        if tick % 5 == 0 {
            drone.local.send(attitude(u32::try_from(at.as_millis()).expect("it is small"))).await;
        }
        if tick % 10 == 0 && at < end {
            ground.local.send(command(7, ARM, given_at.len() as f32)).await;
            given_at.push(at);
        }
        while let Some(frame) = drone.local.try_receive() {
            let name = parameter(&frame) as u32;
            seen.ran.push((name, begun.elapsed() - given_at[name as usize]));
        }
        while let Some(frame) = ground.local.try_receive() {
            if frame.message == dialect::message_id("ATTITUDE").expect("it has a number") {
                let sent = u64::from(u32::from_le_bytes(frame.payload[..4].try_into().expect("four octets")));
                newest = newest.max(Duration::from_millis(sent));
            }
        }
        while let Ok(report) = ground.reports.try_recv() {
            if let Report::Link { event: Event::Lost { outcome, .. }, .. } = report {
                assert_eq!(outcome, Outcome::Expired, "nobody forgot anything");
                seen.told_lost += 1;
            }
        }
        if !blind.contains(&at) && at > Duration::from_secs(1) {
            seen.ages.push(begun.elapsed().saturating_sub(newest));
        }
        tick += 1;
        sleep(Duration::from_millis(10)).await;
    }
    seen.given = given_at.len();
    seen.connections = drone.gateway.counts()[0].connections;
    seen
}

fn judge(mut seen: Seen) {
    let names: Vec<u32> = seen.ran.iter().map(|(name, _)| *name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "each once, in order: {names:?}");
    let latest = seen.ran.iter().map(|(_, after)| *after).max().unwrap_or_default();
    // A turn of the loop that looks at it is added to what the gateway says.
    assert!(latest <= Duration::from_millis(2100), "none runs later than its deadline: {latest:?}");
    assert_eq!(seen.ran.len() + seen.told_lost, seen.given, "each has an outcome");
    seen.ages.sort();
    let p99 = seen.ages[seen.ages.len() * 99 / 100];
    eprintln!(
        "{} commands: {} ran, the latest after {latest:?}, {} came too late; telemetry age p99 {p99:?} of {}; {} connections",
        seen.given,
        seen.ran.len(),
        seen.told_lost,
        seen.ages.len(),
        seen.connections,
    );
    assert!(p99 < Duration::from_millis(250), "{p99:?}");
    assert!(seen.connections >= 2, "the blackout broke the connection");
}

#[tokio::test]
async fn in_a_storm_no_command_is_lost_run_twice_or_run_late() {
    judge(fly(Plan { seed: 1, calm: Duration::from_secs(4), blackout: Duration::from_secs(6) }).await);
}

#[tokio::test]
#[ignore = "minutes: cargo xtask reliability drone"]
async fn long_storms_lose_no_command() {
    for seed in 1..=5 {
        judge(fly(Plan { seed, calm: Duration::from_secs(20), blackout: Duration::from_secs(30) }).await);
    }
}

/// Resident memory of this process, in KiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}

/// Datagrams of every kind that somebody without a ticket can send: noise, handshakes that were changed, packets with the right
/// connection ids.
async fn forge(count: u64) {
    let mut world = World::new(99);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let relay = Relay::start(ground.address, 1, Weather::default()).await;
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[relay.address]).await;
    connected(&mut drone.reports).await;
    for sequence in 1..30 {
        drone.local.send(heartbeat(7, sequence)).await;
        ground.local.receive_kind(dialect::id::HEARTBEAT).await;
    }
    let recorded = relay.recorded.lock().expect("a lock").clone();
    let (socket, mut rng) =
        (UdpSocket::bind("127.0.0.1:0").await.expect("a socket"), ChaCha20Rng::seed_from_u64(1));
    let (before, mut warm) = (ground.gateway.counts()[0].1.newest, 0);
    for number in 0..count {
        let mut datagram = recorded[(rng.next_u64() % recorded.len() as u64) as usize].clone();
        match number % 3 {
            0 => {
                let at = (rng.next_u64() % datagram.len() as u64) as usize;
                datagram[at] ^= 1 << (rng.next_u64() % 8);
            }
            1 => datagram[1..].iter_mut().for_each(|octet| *octet = rng.next_u64().to_le_bytes()[0]),
            _ => {}
        }
        let _ = socket.send_to(&datagram, ground.address).await;
        if number == count / 10 {
            warm = memory();
        }
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }
    sleep(Duration::from_millis(500)).await;
    let grown = memory().saturating_sub(warm);
    eprintln!("{count} forged datagrams, memory grew by {grown} KiB from a tenth of them on");
    assert_eq!(ground.gateway.counts()[0].1.newest, before, "none passed");
    assert!(grown < 16 * 1024, "{grown} KiB");
    drone.local.send(heartbeat(7, 99)).await;
    assert_eq!(ground.local.receive_kind(dialect::id::HEARTBEAT).await.sequence, 99, "and the link goes on");
}

#[tokio::test]
async fn forged_datagrams_do_nothing() {
    forge(20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "minutes: cargo xtask reliability drone"]
async fn long_forged_datagrams_do_nothing() {
    forge(1_000_000).await;
}

/// How long a frame takes from one local side to the other, on a clean link: the median and the 99th of 100.
async fn latency(count: usize) -> (Duration, Duration) {
    let mut world = World::new(3);
    let lists = world.lists();
    let mut ground = GroundEnd::start(world.ticket(&PILOT), lists.with(BlockList::new()));
    let ticket = world.ticket(&[Right::Drone]);
    let mut drone = DroneEnd::start(ticket, lists.with(BlockList::new()), 7, &[ground.address]).await;
    connected(&mut drone.reports).await;
    let mut times = Vec::with_capacity(count);
    for number in 0..count {
        let sent = Instant::now();
        if number % 2 == 0 {
            drone.local.send(heartbeat(7, 1)).await;
            ground.local.receive_kind(dialect::id::HEARTBEAT).await;
        } else {
            ground.local.send(command(7, ARM, 1.0)).await;
            drone.local.receive().await;
        }
        times.push(sent.elapsed());
        sleep(Duration::from_millis(2)).await;
    }
    times.sort();
    (times[count / 2], times[count * 99 / 100])
}

#[tokio::test]
async fn a_clean_link_adds_little() {
    let (median, p99) = latency(200).await;
    eprintln!("a frame takes {median:?}, 99 of 100 within {p99:?}");
    assert!(median < Duration::from_millis(20), "{median:?}, on a machine that may be busy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a quiet machine: cargo xtask reliability drone"]
async fn long_latency_of_a_clean_link() {
    let (median, p99) = latency(5000).await;
    eprintln!("a frame takes {median:?}, 99 of 100 within {p99:?}");
    assert!(median < Duration::from_millis(2), "{median:?}");
}
