//! The run itself: step by step through a scenario.

mod population;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_codec::time::Time64;
use v2x_crypto::Provider;
use v2x_security::clock::Clock;
use v2x_security::verifier::Verifier;

use super::air::{Air, Frame, Origin, Plane};
use super::error::SimError;
use super::hearing::{Scene, judge_once};
use super::node::{Kind, Node, SECURITY_OCTETS, shared};
use super::office::Office;
use super::report::{Material, Report, Speed, VehicleCounts};
use super::riders::{Found, Riders};
use super::series::Row;
use super::tally::Tally;
use super::{limits, workers};
use crate::radio::{Reception, airtime, draw};
use crate::scenario::{Attack, Scenario, Verify};
use crate::trace::GRID;
use crate::world::{Moving, Traffic};

/// What time it is when every run starts: 2026-11-22 18:00 UTC.
pub const START: Time64 = Time64::from_micros(722_455_205_000_000);
/// Steps in a second.
const STEPS: u64 = 10;

/// How to run a scenario.
pub struct Options {
    /// What chance follows from.
    pub seed: u64,
    /// Threads that work.
    pub threads: usize,
    /// Who computes: with tables for keys, or every reception takes some twenty times as long.
    pub provider: Arc<dyn Provider>,
}

/// Is told how a run goes on.
pub trait Watcher {
    /// So many of these steps are done, so many vehicles are on the road.
    fn step(&mut self, done: u64, of: u64, vehicles: usize);
    /// A packet is on the air, honest or not.
    ///
    /// # Errors
    /// A sentence that says why the watcher cannot go on; the run ends with it.
    fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String>;
}

/// Runs a scenario on the traffic of its world.
///
/// # Errors
/// [`SimError`] when the world ends or something fails that must not.
pub fn run(
    scenario: &Scenario,
    (traffic, note): (Box<dyn Traffic>, Option<String>),
    options: &Options,
    watcher: &mut dyn Watcher,
) -> Result<Report, SimError> {
    let mut run = Run::set_up(scenario, traffic, options)?;
    let steps = scenario.duration_s * STEPS;
    let began = Instant::now();
    for step in 0..steps {
        run.step(step, watcher)?;
        watcher.step(step + 1, steps, run.moving.len());
    }
    let wall_s = began.elapsed().as_secs_f64();
    Ok(run.report(note, wall_s))
}

struct Run<'a> {
    scenario: &'a Scenario,
    options: &'a Options,
    traffic: Box<dyn Traffic>,
    office: Office,
    riders: Riders,
    reception: Reception,
    /// Who verifies each message, where that is done once.
    for_all: Option<Verifier>,
    plane: Option<Plane>,
    nodes: Vec<Node>,
    /// Whether a vehicle has a station, for every one that was ever seen.
    equipped: HashMap<u32, bool>,
    /// Vehicles whose station is there.
    present: HashSet<u32>,
    moving: Vec<Moving>,
    accepted: HashSet<(u64, u64)>,
    most_at_once: usize,
    unanswered: u64,
    longest_without_micros: u64,
    tally: Tally,
    second: Tally,
    series: Vec<Row>,
    spent: Spent,
}

/// Wall time by what it went into.
#[derive(Default)]
struct Spent {
    enrolling: Duration,
    world: Duration,
    sending: Duration,
    receiving: Duration,
}

impl<'a> Run<'a> {
    fn set_up(
        scenario: &'a Scenario,
        traffic: Box<dyn Traffic>,
        options: &'a Options,
    ) -> Result<Self, SimError> {
        let seed = options.seed;
        let mut office = Office::found(seed, START, &scenario.stations, Arc::clone(&options.provider))?;
        let rng = &mut ChaCha20Rng::seed_from_u64(draw::number(seed, [1, 1]));
        let riders = Riders::new(&scenario.attackers, &mut office.pki, (START, seed), rng)?;
        let for_all = match (scenario.security.verify, scenario.security.crypto) {
            (Verify::Once, true) => Some(office.verifier(START, [rng.next_u64(), rng.next_u64()])?),
            (Verify::Once | Verify::EachReceiver, _) => None,
        };
        Ok(Self {
            scenario,
            options,
            traffic,
            office,
            riders,
            reception: Reception::new(scenario.radio.model),
            for_all,
            plane: None,
            nodes: Vec::new(),
            equipped: HashMap::new(),
            present: HashSet::new(),
            moving: Vec::new(),
            accepted: HashSet::new(),
            most_at_once: 0,
            unanswered: 0,
            longest_without_micros: 0,
            tally: Tally::default(),
            second: Tally::default(),
            series: Vec::new(),
            spent: Spent::default(),
        })
    }

    fn step(&mut self, step: u64, watcher: &mut dyn Watcher) -> Result<(), SimError> {
        let at = GRID * u32::try_from(step).unwrap_or(u32::MAX);
        let now = START.saturating_add_micros(u64::try_from(at.as_micros()).unwrap_or(u64::MAX));
        timed(&mut self.spent.world, || self.traffic.at(at, &mut self.moving))?;
        self.most_at_once = self.most_at_once.max(self.moving.len());
        let began = Instant::now();
        self.follow(now)?;
        self.look_after_papers(now, at)?;
        self.spent.enrolling += began.elapsed();
        let began = Instant::now();
        let frames = self.send(step, now)?;
        for (index, frame) in (0..).zip(&frames) {
            watcher
                .packet(frame.at.saturating_add_micros(index), &frame.octets)
                .map_err(SimError::Watcher)?;
        }
        self.spent.sending += began.elapsed();
        let began = Instant::now();
        self.receive(Air::new(frames), now)?;
        self.spent.receiving += began.elapsed();
        if (step + 1).is_multiple_of(STEPS) {
            self.end_second(step / STEPS);
        }
        Ok(())
    }

    /// What everybody sends in this step.
    fn send(&mut self, step: u64, now: Time64) -> Result<Vec<Frame>, SimError> {
        let clock = Clock::exact(now);
        let drive = |node: &mut Node, tally: &mut Tally| {
            tally.ticket_changes += u64::from(node.drive(&clock)?);
            tally.sent += node.outbox.len() as u64;
            Ok(())
        };
        let tallies = workers::each(&mut self.nodes, self.options.threads, Tally::default, drive)?;
        tallies.into_iter().for_each(|tally| self.second.add(tally));
        let more = if self.scenario.security.crypto { 0 } else { SECURITY_OCTETS };
        let mut frames = Vec::new();
        for node in &mut self.nodes {
            for packet in node.outbox.drain(..) {
                let number = (step << 24) | frames.len() as u64;
                let micros = airtime::micros(packet.len() + more);
                let (sender, place, origin) = (node.key, node.place, Origin::Honest);
                frames.push(Frame { number, at: now, sender, place, micros, origin, octets: shared(packet) });
            }
        }
        if let Some(plane) = &self.plane {
            let found = Found { step, now, moving: &self.moving, plane, honest: &frames };
            let attacks = self.riders.frames(&found)?;
            for frame in &attacks {
                let kind = match frame.origin {
                    Origin::Attack(kind) => kind,
                    Origin::Replay(..) | Origin::Honest => Attack::Replay,
                };
                self.second.attacks.entry(kind).or_default().sent += 1;
            }
            frames.extend(attacks);
        }
        if frames.len() > limits::MAX_FRAMES {
            return Err(SimError::TooMany { what: "frames on the air at once", limit: limits::MAX_FRAMES });
        }
        Ok(frames)
    }

    fn receive(&mut self, air: Air, now: Time64) -> Result<(), SimError> {
        let clock = Clock::exact(now);
        let verdicts = self.for_all.as_mut().map(|verifier| judge_once(verifier, clock, &air));
        self.second.judged += verdicts.as_ref().map_or(0, Vec::len) as u64;
        let scene = Scene {
            air: &air,
            clock,
            reception: &self.reception,
            has_dcc: self.scenario.radio.dcc,
            seed: self.options.seed,
            verdicts: verdicts.as_deref(),
            watched: &self.riders.watched,
            accepted: &self.accepted,
        };
        let hear = |node: &mut Node, tally: &mut Tally| {
            scene.heard_by(node, tally);
            Ok(())
        };
        let tallies = workers::each(&mut self.nodes, self.options.threads, Tally::default, hear)?;
        let mut accepted = Vec::new();
        for mut tally in tallies {
            accepted.append(&mut tally.accepted);
            self.second.add(tally);
        }
        self.remember(accepted)
    }

    /// Keeps who accepted what is going to be sent again.
    fn remember(&mut self, accepted: Vec<(u64, u64)>) -> Result<(), SimError> {
        let watched = &self.riders.watched;
        self.accepted.retain(|(frame, _)| watched.contains(frame));
        self.accepted.extend(accepted);
        if self.accepted.len() > limits::MAX_WATCHED {
            return Err(SimError::TooMany {
                what: "receptions of frames to be replayed",
                limit: limits::MAX_WATCHED,
            });
        }
        Ok(())
    }

    fn end_second(&mut self, second: u64) {
        let tally = core::mem::take(&mut self.second);
        let (number, sum, most) = tally.busy;
        self.series.push(Row {
            second,
            vehicles: self.moving.len(),
            stations: self.nodes.iter().filter(|node| matches!(node.kind, Kind::Vehicle { .. })).count(),
            sent: tally.sent,
            received: tally.received,
            verified: tally.verified,
            refused: tally.refused.values().sum(),
            attacks_received: tally.attacks.values().map(|counted| counted.received).sum(),
            attacks_accepted: tally.attacks.values().map(|counted| counted.accepted).sum(),
            busy_mean: sum as f64 / number.max(1) as f64 / 1e6,
            busy_most: most as f64 / 1e6,
        });
        self.tally.add(tally);
    }

    fn report(self, note: Option<String>, wall_s: f64) -> Report {
        let judged = self.tally.judged;
        let vehicles = VehicleCounts {
            seen: self.equipped.len(),
            with_station: self.equipped.values().filter(|has_station| **has_station).count(),
            most_at_once: self.most_at_once,
        };
        let mut report = Report::of(Material {
            scenario: self.scenario,
            seed: self.options.seed,
            world: self.traffic.description().to_owned(),
            notes: note.into_iter().collect(),
            vehicles,
            issued: self.office.issued(),
            unanswered: self.unanswered,
            longest_without_micros: self.longest_without_micros,
            tally: self.tally,
            series: self.series,
        });
        let rounded = |seconds: f64| (seconds * 1e3).round() / 1e3;
        let receiving_s = self.spent.receiving.as_secs_f64();
        report.speed = Speed {
            threads: self.options.threads,
            wall_s: rounded(wall_s),
            enrolling_s: rounded(self.spent.enrolling.as_secs_f64()),
            world_s: rounded(self.spent.world.as_secs_f64()),
            sending_s: rounded(self.spent.sending.as_secs_f64()),
            receiving_s: rounded(receiving_s),
            real_time_factor: rounded(self.scenario.duration_s as f64 / wall_s.max(1e-9)),
            verifications_per_s: (judged as f64 / receiving_s.max(1e-9)).round(),
        };
        report
    }
}

/// Adds the time that `work` takes.
fn timed<T>(spent: &mut Duration, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    *spent += began.elapsed();
    done
}
