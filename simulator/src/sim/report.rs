//! What a run says of itself. All of it is the same for the same scenario and seed, but for [`Report::speed`].

use std::collections::BTreeMap;

use serde::Serialize;
use v2x_crypto::sha256;
use v2x_station::dcc::DccState;

use super::limits::LONGEST_WITHOUT_TICKET;
use super::series::Row;
use super::tally::{BIN_M, Tally};
use crate::pki::Issued;
use crate::radio::Model;
use crate::scenario::{Attack, Scenario, Verify};

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The scenario's name.
    pub scenario: String,
    /// What it shows.
    pub description: String,
    /// The seed of the run.
    pub seed: u64,
    /// Where the vehicles came from.
    pub world: String,
    /// Simulated seconds.
    pub simulated_s: u64,
    /// Who verified.
    pub verify: Verify,
    /// Whether messages were signed and verified.
    pub crypto: bool,
    /// What a reader must know before anything else.
    pub notes: Vec<String>,
    /// Vehicles and stations.
    pub vehicles: VehicleCounts,
    /// Certificates that the authorities issued.
    pub issued: Issued,
    /// Tickets of the stations.
    pub tickets: Tickets,
    /// What honest stations sent, and what became of it.
    pub messages: Messages,
    /// What attackers sent, and what became of it.
    pub attacks: BTreeMap<Attack, Attacked>,
    /// Roadside units.
    pub roadside_units: Vec<RoadsideReport>,
    /// The channel.
    pub radio: RadioReport,
    /// Messages whose verdict was worked out, a simulated second.
    pub verifications_per_simulated_s: f64,
    /// What must hold in every run.
    pub invariants: Vec<Invariant>,
    /// Second by second.
    pub series: Vec<Row>,
    /// A hash of everything above, as hexadecimal digits.
    pub hash: String,
    /// How fast it was, which is another thing each time.
    pub speed: Speed,
}

/// Vehicles and stations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VehicleCounts {
    /// Vehicles that were there at some time.
    pub seen: usize,
    /// Of them those with a station.
    pub with_station: usize,
    /// The most at once.
    pub most_at_once: usize,
}

/// Tickets of the stations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tickets {
    /// How often a station took another one.
    pub changes: u64,
    /// How often the authorities could not be reached.
    pub unanswered: u64,
    /// The longest that a station was without a valid one, in seconds.
    pub longest_without_s: f64,
}

/// Honest messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Messages {
    /// CAMs that were sent.
    pub sent: u64,
    /// Receptions: one CAM has many.
    pub received: u64,
    /// Receptions that were believed.
    pub verified: u64,
    /// Receptions that were refused, by the refusal's code.
    pub refused_by_reason: BTreeMap<&'static str, u64>,
}

/// Messages of one kind of attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attacked {
    /// Messages that were sent.
    pub sent: u64,
    /// Receptions.
    pub received: u64,
    /// Receptions that were believed.
    pub accepted: u64,
    /// Replays that reached somebody whom the original had not reached: news to it, and signed as they should be.
    pub first_copies: u64,
    /// Receptions that were refused, by the refusal's code.
    pub refused_by_reason: BTreeMap<&'static str, u64>,
    /// Whether they are signed with a valid ticket, so that no signature tells them from honest ones.
    pub is_authentic: bool,
}

/// A roadside unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RoadsideReport {
    /// Its name.
    pub name: String,
    /// Messages that it received, attackers' among them.
    pub received: u64,
    /// Of them those that it believed.
    pub verified: u64,
}

/// The channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RadioReport {
    /// How reception depends on distance and load.
    pub model: String,
    /// Whether stations hold back when the channel is busy.
    pub dcc: bool,
    /// Mean channel busy ratio of all stations, 0…1.
    pub busy_mean: f64,
    /// The most that one station had.
    pub busy_most: f64,
    /// Share of time that stations spent in each state of congestion control, the most relaxed first.
    pub dcc_share: Vec<f64>,
    /// Metres, honest frames that were within reach at about this distance, and the share that was received.
    pub reception_by_distance: Vec<(f64, u64, f64)>,
}

/// Something that must hold in every run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invariant {
    /// What.
    pub name: &'static str,
    /// Whether it held.
    pub holds: bool,
    /// What was seen.
    pub seen: String,
}

/// How fast a run was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Speed {
    /// Threads at work.
    pub threads: usize,
    /// Wall time in seconds, from the first step to the last.
    pub wall_s: f64,
    /// Of it, getting certificates.
    pub enrolling_s: f64,
    /// Of it, waiting for the world.
    pub world_s: f64,
    /// Of it, signing.
    pub sending_s: f64,
    /// Of it, receiving and verifying.
    pub receiving_s: f64,
    /// Simulated seconds in a second.
    pub real_time_factor: f64,
    /// Verdicts worked out in a second of receiving, on all threads together.
    pub verifications_per_s: f64,
}

/// What a report is made from.
pub(super) struct Material<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) seed: u64,
    pub(super) world: String,
    pub(super) notes: Vec<String>,
    pub(super) vehicles: VehicleCounts,
    pub(super) issued: Issued,
    pub(super) unanswered: u64,
    pub(super) longest_without_micros: u64,
    pub(super) tally: Tally,
    pub(super) series: Vec<Row>,
}

impl Report {
    /// Whether everything held that must hold.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.invariants.iter().all(|invariant| invariant.holds)
    }

    pub(super) fn of(material: Material<'_>) -> Self {
        let Material { scenario, tally, .. } = &material;
        let longest_without_s = material.longest_without_micros as f64 / 1e6;
        let mut report = Self {
            scenario: scenario.name.clone(),
            description: scenario.description.clone(),
            seed: material.seed,
            world: material.world.clone(),
            simulated_s: scenario.duration_s,
            verify: scenario.security.verify,
            crypto: scenario.security.crypto,
            notes: notes(&material),
            vehicles: material.vehicles,
            issued: material.issued,
            tickets: Tickets {
                changes: tally.ticket_changes,
                unanswered: material.unanswered,
                longest_without_s,
            },
            messages: Messages {
                sent: tally.sent,
                received: tally.received,
                verified: tally.verified,
                refused_by_reason: tally.refused.clone(),
            },
            attacks: attacks(tally),
            roadside_units: roadside(scenario, tally),
            radio: radio(scenario, tally),
            verifications_per_simulated_s: tally.judged as f64 / scenario.duration_s.max(1) as f64,
            invariants: invariants(scenario, tally, longest_without_s),
            series: material.series.clone(),
            hash: String::new(),
            speed: Speed::default(),
        };
        // Nothing of the speed is in it yet.
        let octets = serde_json::to_vec(&report).unwrap_or_default();
        report.hash = sha256(&octets).iter().map(|octet| format!("{octet:02x}")).collect();
        report
    }
}

fn notes(material: &Material<'_>) -> Vec<String> {
    let without = "crypto is off: nothing was signed or verified, so this run is for measuring only";
    let mut notes = material.notes.clone();
    notes.extend((!material.scenario.security.crypto).then(|| without.to_owned()));
    notes
}

fn attacks(tally: &Tally) -> BTreeMap<Attack, Attacked> {
    let attacked = |(kind, counted): (&Attack, &super::tally::Counted)| {
        let attacked = Attacked {
            sent: counted.sent,
            received: counted.received,
            accepted: counted.accepted,
            first_copies: counted.first_copies,
            refused_by_reason: counted.refused.clone(),
            is_authentic: kind.is_authentic(),
        };
        (*kind, attacked)
    };
    tally.attacks.iter().map(attacked).collect()
}

fn roadside(scenario: &Scenario, tally: &Tally) -> Vec<RoadsideReport> {
    let units = scenario.roadside_units.iter().enumerate();
    let report = |(place, unit): (usize, &crate::scenario::RoadsideUnit)| {
        let (received, verified) = tally.roadside.get(&place).copied().unwrap_or_default();
        RoadsideReport { name: unit.name.clone(), received, verified }
    };
    units.map(report).collect()
}

fn radio(scenario: &Scenario, tally: &Tally) -> RadioReport {
    let share = |count: u64, all: u64| if all == 0 { 0.0 } else { count as f64 / all as f64 };
    let (number, sum, most) = tally.busy;
    let states: u64 = tally.dcc.iter().sum();
    let by_distance = tally.by_distance.iter().enumerate().filter(|(_, (offered, _))| *offered > 0);
    RadioReport {
        model: match scenario.radio.model {
            Model::Fading => "fading".to_owned(),
            Model::Disc(radius) => format!("disc of {radius} m"),
        },
        dcc: scenario.radio.dcc,
        busy_mean: share(sum, number) / 1e6,
        busy_most: most as f64 / 1e6,
        dcc_share: tally.dcc.iter().take(DccState::ALL.len()).map(|count| share(*count, states)).collect(),
        reception_by_distance: by_distance
            .map(|(bin, (offered, received))| {
                ((bin as f64 + 0.5) * BIN_M, *offered, share(*received, *offered))
            })
            .collect(),
    }
}

fn invariants(scenario: &Scenario, tally: &Tally, longest_without_s: f64) -> Vec<Invariant> {
    if !scenario.security.crypto {
        return Vec::new();
    }
    let faults = &tally.faults;
    let seen = |count: u64| match faults.examples.first() {
        Some(example) if count > 0 => format!("{count}; for one, {example}"),
        Some(_) | None => count.to_string(),
    };
    let counted = |name, count: u64| Invariant { name, holds: count == 0, seen: seen(count) };
    vec![
        counted("no forged message is accepted", faults.forged_accepted),
        counted("no honest message is refused without a reason", faults.honest_refused),
        counted("every attack is refused for its own reason", faults.attack_refused_otherwise),
        Invariant {
            name: "no station is without a valid ticket for more than 60 s",
            holds: longest_without_s <= LONGEST_WITHOUT_TICKET.as_secs_f64(),
            seen: format!("{longest_without_s} s"),
        },
    ]
}
