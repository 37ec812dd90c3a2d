//! One run: set up, then step by step along the trace.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_ca::lab::{Lab, Plan};
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, Provider};
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::refusal::Refusal;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::trust::TrustStore;
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;
use v2x_station::Station;
use v2x_station::ticket_pool::{ChangePolicy, Ticket, TicketPool};

use super::attack::AttackKind;
use super::attackers::{Attackers, Scene};
use super::error::DemoError;
use super::report::Report;
use crate::pki::{Counter, Issued, Open, Pki, PkiError, TicketWish, usual_profile};
use crate::trace::{GRID, Trace, VehicleClass};

/// How old the PKI is when the run starts: old enough for tickets that ran out.
const PKI_AGE: Duration = Duration::from_secs(30 * 86_400);
/// Tickets of each vehicle, so that it can change.
const TICKETS: usize = 3;
/// Vehicles that are at an office elsewhere at the same time.
const AT_ONCE: usize = 16;
/// Sooner than on the road, so that changes are seen within a minute.
const CHANGE: ChangePolicy = ChangePolicy { min_time: Duration::from_secs(20), min_distance_m: 100 };

/// What to run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Honest vehicles, at least one.
    pub vehicles: usize,
    /// Simulated time in seconds, at least one.
    pub seconds: u64,
    /// Chooses keys, tickets and the moments of the attacks.
    pub seed: u64,
    /// Attacks for every honest CAM, 0…1.
    pub attack_share: f64,
    /// What time it is when the run is set up, and starts unless stations have to wait for their tickets.
    pub start: Time64,
}

/// Is told how a run goes on.
pub trait Watcher {
    /// A phase began: its name and how many steps it has.
    fn phase(&mut self, name: &'static str, steps: u64);
    /// One step of the phase is done.
    fn step(&mut self);
    /// A packet is on the air, honest or not.
    ///
    /// # Errors
    /// A sentence that says why the watcher cannot go on; the run ends with it.
    fn packet(&mut self, at: Time64, octets: &[u8]) -> Result<(), String>;
}

/// Runs the demo. [`Report::wall_s`] is left to the caller, who has a clock.
///
/// The vehicles' EA and AA are in memory, or where `offices` opens them; then the run starts when all have their tickets, by
/// the offices' clock. What attackers hold from long ago comes from authorities in memory with the same keys in any case.
///
/// # Errors
/// [`DemoError`] when the trace does not hold what is asked for, or something fails that must not.
pub fn run(
    config: &Config,
    trace: &Trace,
    trace_name: &str,
    provider: Arc<dyn Provider>,
    offices: Option<&Open<'_>>,
    watcher: &mut dyn Watcher,
) -> Result<Report, DemoError> {
    let cast = cast(config, trace)?;
    let mut rng = ChaCha20Rng::seed_from_u64(config.seed);
    let mut scene = Run::set_up(config, &cast, provider, offices, watcher, &mut rng)?;
    let steps = config.seconds * 1_000 / GRID.as_millis() as u64;
    watcher.phase("driving", steps);
    for step in 0..steps {
        let at = GRID * u32::try_from(step).unwrap_or(u32::MAX);
        scene.step(config, trace, &cast, at, watcher, &mut rng)?;
        watcher.step();
    }
    let report = scene.report;
    Ok(Report {
        seed: config.seed,
        vehicles: cast.len(),
        simulated_s: config.seconds as f64,
        trace: trace_name.to_owned(),
        ..report
    })
}

/// The vehicles that take part, by index into the trace: those that are there longest, first come first.
fn cast(config: &Config, trace: &Trace) -> Result<Vec<usize>, DemoError> {
    if config.vehicles == 0 || config.seconds == 0 {
        return Err(DemoError::Setting("at least one vehicle and one second are needed"));
    }
    if !(0.0..=1.0).contains(&config.attack_share) {
        return Err(DemoError::Setting("the share of attacks lies between 0 and 1"));
    }
    let end = Duration::from_secs(config.seconds);
    if trace.duration() < end {
        return Err(DemoError::TraceTooShort { found: trace.duration().as_secs(), wanted: config.seconds });
    }
    let mut present: Vec<(Duration, usize)> = trace
        .vehicles()
        .iter()
        .enumerate()
        .filter(|(_, vehicle)| vehicle.appears() < end && vehicle.class() != VehicleClass::Cyclist)
        .map(|(index, vehicle)| (vehicle.leaves().min(end).saturating_sub(vehicle.appears()), index))
        .collect();
    if present.len() < config.vehicles {
        let (found, seconds) = (present.len(), config.seconds);
        return Err(DemoError::TooFewVehicles { found, wanted: config.vehicles, seconds });
    }
    present.sort_by_key(|(stay, index)| (std::cmp::Reverse(*stay), *index));
    present.truncate(config.vehicles);
    Ok(present.into_iter().map(|(_, index)| index).collect())
}

/// Everybody on the road.
struct Run {
    vehicles: Vec<Station>,
    attackers: Attackers,
    roadside_unit: Station,
    report: Report,
    next_attack: usize,
    start: Time64,
}

/// The PKI's work is done: who sends, and whom the roadside unit trusts.
struct World {
    vehicles: Vec<Station>,
    attackers: Attackers,
    trust: TrustStore,
    issued: Issued,
    start: Time64,
}

impl World {
    fn found(
        config: &Config,
        cast: &[usize],
        provider: Arc<dyn Provider>,
        offices: Option<&Open<'_>>,
        watcher: &mut dyn Watcher,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, DemoError> {
        let age = u64::try_from(PKI_AGE.as_micros()).unwrap_or(u64::MAX);
        let founded = config.start.saturating_sub_micros(age).time32();
        let founded =
            founded.ok_or(DemoError::Setting("the start of the run is beyond the times of certificates"))?;
        let lab = Arc::new(Lab::new(&Plan::new("wayseal demo", founded), &*provider, rng)?);
        let mut pki = Pki::new(Arc::clone(&lab), Arc::clone(&provider))?;
        let attackers = Attackers::new(&mut pki, config.start, rng)?;
        watcher.phase("enrolling", cast.len() as u64);
        let (vehicles, issued, start) = match offices {
            None => {
                let (vehicles, issued) = enrolled_here(&mut pki, cast.len(), config.start, watcher, rng)?;
                (vehicles, issued, config.start)
            }
            Some(open) => {
                let offices = open(&lab).map_err(PkiError::Office)?;
                let counter = Counter::new(lab, provider, &*offices);
                let issued = pki.issued();
                let vehicles = enrolled_there(&counter, &pki, cast.len(), watcher, rng)?;
                (vehicles, issued.and(cast.len(), cast.len() * TICKETS), counter.now()?)
            }
        };
        let mut trust = pki.trust_store()?;
        attackers.revoke_second_authority(&mut trust)?;
        Ok(Self { vehicles, attackers, trust, issued, start })
    }
}

impl Run {
    fn set_up(
        config: &Config,
        cast: &[usize],
        provider: Arc<dyn Provider>,
        offices: Option<&Open<'_>>,
        watcher: &mut dyn Watcher,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, DemoError> {
        let World { vehicles, attackers, trust, issued, start } =
            World::found(config, cast, provider, offices, watcher, rng)?;
        let listener = TicketPool::new(Vec::new(), CHANGE)?;
        let roadside_unit = Station::new(listener, verifier(trust, start, rng), rng);
        let mut report = Report { issued, ..Report::default() };
        AttackKind::ALL.into_iter().for_each(|kind| drop(report.attacks.insert(kind, Default::default())));
        Ok(Self { vehicles, attackers, roadside_unit, report, next_attack: 0, start })
    }

    /// Everybody drives 100 ms; what is sent reaches the roadside unit at once.
    fn step(
        &mut self,
        config: &Config,
        trace: &Trace,
        cast: &[usize],
        at: Duration,
        watcher: &mut dyn Watcher,
        rng: &mut ChaCha20Rng,
    ) -> Result<(), DemoError> {
        let micros = u64::try_from(at.as_micros()).unwrap_or(u64::MAX);
        let clock = Clock::exact(self.start.saturating_add_micros(micros));
        for (place, index) in cast.iter().enumerate() {
            let Some(vehicle) = trace.vehicles().get(*index) else { continue };
            let Some(state) = vehicle.at(at).map(|state| state.of_vehicle(vehicle.class())) else {
                continue;
            };
            let Some(station) = self.vehicles.get_mut(place) else { continue };
            station.drive(&clock, &state, rng)?;
            while let Some(packet) = self.vehicles.get_mut(place).and_then(|own| own.poll_output(clock.now()))
            {
                self.honest(&clock, &packet, watcher)?;
                if f64::from(rng.next_u32()) < config.attack_share * f64::from(u32::MAX) {
                    self.attack(&Scene { now: clock.now(), state: &state, heard: &packet }, &clock, watcher)?;
                }
            }
        }
        Ok(())
    }

    fn honest(&mut self, clock: &Clock, packet: &[u8], watcher: &mut dyn Watcher) -> Result<(), DemoError> {
        watcher.packet(clock.now(), packet).map_err(DemoError::Watcher)?;
        let verdict = judge(&mut self.roadside_unit, clock, packet);
        self.report.honest.count(verdict.map_err(|refusal| refusal.code()));
        Ok(())
    }

    /// The kinds take turns, so that each comes up.
    fn attack(
        &mut self,
        scene: &Scene<'_>,
        clock: &Clock,
        watcher: &mut dyn Watcher,
    ) -> Result<(), DemoError> {
        let kind = AttackKind::ALL.get(self.next_attack % AttackKind::ALL.len()).copied();
        let kind = kind.unwrap_or(AttackKind::Replayed);
        self.next_attack += 1;
        let packet = self.attackers.packet(kind, scene)?;
        watcher.packet(clock.now(), &packet).map_err(DemoError::Watcher)?;
        let verdict = judge(&mut self.roadside_unit, clock, &packet);
        let attacked = self.report.attacks.entry(kind).or_default();
        attacked.count(verdict.map_err(|refusal| refusal.code()));
        Ok(())
    }
}

/// Whether the roadside unit takes a packet for a CAM of somebody whom it may believe.
fn judge(roadside_unit: &mut Station, clock: &Clock, packet: &[u8]) -> Result<(), Refusal> {
    match roadside_unit.receive(clock, packet)?.message {
        Received::Cam(_) => Ok(()),
        Received::Denm(_) | Received::Spdu(_) => Err(Refusal::Unbuildable("only CAMs are sent in the demo")),
    }
}

/// Vehicles with tickets from authorities in memory, one after the other.
fn enrolled_here(
    pki: &mut Pki,
    count: usize,
    now: Time64,
    watcher: &mut dyn Watcher,
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<Station>, Issued), DemoError> {
    let mut vehicles = Vec::with_capacity(count);
    for _ in 0..count {
        let credential = pki.newcomer(usual_profile(None), now, rng)?;
        let mut tickets = Vec::with_capacity(TICKETS);
        for _ in 0..TICKETS {
            let ticket = pki.ticket(&credential, &TicketWish::ordinary(), now, rng)?;
            tickets.push(pki.pool_ticket(&ticket)?);
        }
        vehicles.push(vehicle(tickets, pki, now, rng)?);
        watcher.step();
    }
    Ok((vehicles, pki.issued()))
}

/// Vehicles with tickets from offices elsewhere, some at the same time, as servers are used. Each has random numbers of its
/// own, so that a run does not depend on who comes first.
fn enrolled_there(
    counter: &Counter<'_>,
    pki: &Pki,
    count: usize,
    watcher: &mut dyn Watcher,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<Station>, DemoError> {
    let now = counter.now()?;
    let seeds: Vec<u64> = (0..count).map(|_| rng.next_u64()).collect();
    let mut vehicles = Vec::with_capacity(count);
    for (group, seeds) in seeds.chunks(AT_ONCE).enumerate() {
        let newcomer = |(place, seed): (usize, &u64)| {
            let (name, rng) =
                (format!("vehicle {:06}", group * AT_ONCE + place), &mut ChaCha20Rng::seed_from_u64(*seed));
            counter.newcomer(&name, usual_profile(None), (TICKETS, &TicketWish::ordinary()), rng)
        };
        let came: Vec<Result<Vec<Ticket>, PkiError>> = thread::scope(|scope| {
            let come = |vehicle| scope.spawn(move || newcomer(vehicle));
            let coming: Vec<_> = seeds.iter().enumerate().map(come).collect();
            let lost = || Err(PkiError::Office("a vehicle was lost on its way".to_owned()));
            coming.into_iter().map(|vehicle| vehicle.join().unwrap_or_else(|_| lost())).collect()
        });
        for tickets in came {
            vehicles.push(vehicle(tickets?, pki, now, rng)?);
            watcher.step();
        }
    }
    Ok(vehicles)
}

fn vehicle(
    tickets: Vec<Ticket>,
    pki: &Pki,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Station, DemoError> {
    let verifier = verifier(pki.trust_store()?, now, rng);
    Ok(Station::new(TicketPool::new(tickets, CHANGE)?, verifier, rng))
}

fn verifier(trust: TrustStore, start: Time64, rng: &mut dyn CryptoRng) -> Verifier {
    let seed = [rng.next_u64(), rng.next_u64()];
    Verifier::new(trust, Policy::STANDARD, ReplayFilter::new(ReplayConfig::new(seed), start))
}

#[cfg(test)]
mod tests;
