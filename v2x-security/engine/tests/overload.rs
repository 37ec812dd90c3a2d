//! Twice as much as the engine can do, most of it forged: for each verdict, two packets are handed in.
//!
//! That is twice the capacity on any machine and under any other load, and no clock is asked. The long forms run for ten minutes
//! and print what `docs/RELIABILITY.md` quotes.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![expect(clippy::print_stdout, reason = "the long forms report figures")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use simulator::fleet::{Fleet, forged, misissued};
use v2x_codec::time::Time64;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Config as TableConfig, KeyTables};
use v2x_engine::{Config, Engine, Heard, Metrics};
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::SignerChoice;
use v2x_security::verifier::Verifier;

const START: Time64 = Time64::from_micros(700_000_000_000_000);

/// When the first messages of all stations are heard: when the last of them is made, and before all others.
const FIRST_HEARD: Time64 = Time64::from_micros(START.micros() + 99_999);

/// Of five packets, four are forged.
const FORGED: u64 = 4;

/// Whose names the forgeries bear.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// Each another unknown station's, with a certificate that no authority signed.
    Unknown,
    /// All the same station's, which is known.
    OfOne,
}

/// Stations, and all that they send in one go, again and again.
struct Load {
    fleet: Fleet,
    honest: Vec<(Time64, Vec<u8>)>,
    /// The first messages of all.
    firsts: Vec<Vec<u8>>,
    /// For each 100 ms, a message of the first station with its certificate and one without: what forgeries are made of.
    models: Vec<[Vec<u8>; 2]>,
}

/// Verdicts on honest messages: of the station whose name is misused, and of all others.
#[derive(Default)]
struct Heeded {
    judged: AtomicU64,
    of_one: AtomicU64,
    of_others: AtomicU64,
}

/// What came of a flood.
struct Outcome {
    metrics: Metrics,
    submitted: u64,
    /// Honest messages handed in, and shares of them verified.
    honest: u64,
    share_of_one: f64,
    share_of_others: f64,
    /// Octets of memory after a tenth of the time, and at the end.
    resident: [u64; 2],
}

impl Load {
    /// Ten messages a second of each station for so many seconds.
    fn new(stations: usize, seconds: u64) -> Self {
        let tables: Arc<dyn Provider> = Arc::new(KeyTables::new(Arc::new(AwsLc), TableConfig::detect()));
        let fleet = Fleet::new(stations, START, tables, 1, || ()).unwrap();
        let at = |round: u64, member: usize| {
            START.saturating_add_micros(round * 100_000 + member as u64 * 100_000 / stations as u64)
        };
        let cam = |round, member, signer| fleet.cam(member, at(round, member), signer).unwrap();
        let rounds = (1..=seconds * 10).flat_map(|round| (0..stations).map(move |member| (round, member)));
        let honest =
            rounds.map(|(round, member)| (at(round, member), cam(round, member, SignerChoice::Digest)));
        let honest = honest.collect();
        let firsts = (0..stations).map(|member| cam(0, member, SignerChoice::Certificate)).collect();
        let model =
            |round| [SignerChoice::Certificate, SignerChoice::Digest].map(|signer| cam(round, 0, signer));
        let models = (1..=seconds * 10).map(model).collect();
        Self { fleet, honest, firsts, models }
    }

    fn engine(&self, config: Config, heeded: &Arc<Heeded>) -> Engine {
        let one = self.signer_of_first();
        Engine::start(config, |_| {
            let verifier = Verifier::new(self.fleet.trust_store().unwrap(), Policy::STANDARD, replay());
            let heeded = Arc::clone(heeded);
            (verifier, move |heard: Heard<'_>| heeded.count(one, &heard))
        })
        .unwrap()
    }

    fn signer_of_first(&self) -> HashedId8 {
        self.fleet.identity(0).unwrap().certificate().hashed_id8()
    }

    /// Floods an engine that knows all stations for so long, and at least once with all messages.
    fn flood(&self, names: Names, unknown_waiting: usize, duration: Duration) -> Outcome {
        let heeded = Arc::new(Heeded::default());
        let engine = self.engine(Config { workers: 1, unknown_waiting, ..Config::detect() }, &heeded);
        let ahead = 2 * unknown_waiting as u64;
        let mut feed = Feed { engine: &engine, heeded: &heeded, ahead, submitted: 0, shed: 0 };
        // No more at once than may wait while their signers are unknown.
        for firsts in self.firsts.chunks(unknown_waiting / 2) {
            firsts.iter().for_each(|packet| feed.submit(FIRST_HEARD, packet));
            feed.drain();
        }
        assert_eq!(engine.metrics().verified, self.firsts.len() as u64, "all are known");
        let (began, mut rounds, mut forgeries) = (Instant::now(), 0, 0);
        let mut resident = [None, None];
        while rounds == 0 || began.elapsed() < duration {
            // The same messages again, in another memory.
            engine.change(|verifier| verifier.replace_replay_filter(replay()));
            for (place, (now, packet)) in self.honest.iter().enumerate() {
                for _ in 0..FORGED {
                    forgeries += 1;
                    feed.submit(*now, &self.forgery(names, place / self.firsts.len(), forgeries));
                }
                feed.submit(*now, packet);
            }
            feed.drain();
            rounds += 1;
            resident[1] = resident_octets();
            if resident[0].is_none() && began.elapsed() >= duration / 10 {
                resident[0] = resident[1];
            }
        }
        let submitted = feed.submitted;
        let honest = self.honest.len() as u64 * rounds;
        let of_one = honest / self.firsts.len() as u64;
        let share = |heard: &AtomicU64, of: u64| heard.load(Ordering::Relaxed) as f64 / of.max(1) as f64;
        Outcome {
            metrics: engine.finish(),
            submitted,
            honest,
            share_of_one: share(&heeded.of_one, of_one),
            share_of_others: share(&heeded.of_others, honest - of_one),
            resident: resident.map(Option::unwrap_or_default),
        }
    }

    fn forgery(&self, names: Names, round: usize, number: u64) -> Vec<u8> {
        let [with_certificate, with_digest] = self.models[round].clone();
        match names {
            Names::Unknown => misissued(with_certificate, number),
            Names::OfOne => forged(with_digest),
        }
    }
}

fn replay() -> ReplayFilter {
    ReplayFilter::new(ReplayConfig::new([1, 2]), START)
}

impl Heeded {
    fn count(&self, one: HashedId8, heard: &Heard<'_>) {
        if let Ok(message) = &heard.outcome {
            let is_of_one = message.signer().certificate().hashed_id8() == one;
            // First messages are not counted.
            let counts = u64::from(heard.clock.now() > FIRST_HEARD);
            let counter = if is_of_one { &self.of_one } else { &self.of_others };
            counter.fetch_add(counts, Ordering::Relaxed);
        }
        self.judged.fetch_add(1, Ordering::Release);
    }
}

/// Hands packets in: two for each verdict.
struct Feed<'e> {
    engine: &'e Engine,
    heeded: &'e Heeded,
    /// Packets that are handed in beyond two for each verdict: more than one queue holds, so that the worker never runs dry.
    ahead: u64,
    submitted: u64,
    shed: u64,
}

impl Feed<'_> {
    fn submit(&mut self, now: Time64, packet: &[u8]) {
        while self.submitted >= 2 * self.judged() + self.ahead {
            std::thread::yield_now();
        }
        self.submitted += 1;
        let submitted = self.engine.submit(Clock::exact(now), packet);
        self.shed += u64::from(submitted != v2x_engine::Submitted::Waiting);
    }

    fn judged(&self) -> u64 {
        self.heeded.judged.load(Ordering::Acquire)
    }

    /// Waits until all that waits is judged.
    fn drain(&self) {
        while self.judged() + self.shed < self.submitted {
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// The process's resident memory, where the system tells.
fn resident_octets() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1_024)
}

impl Outcome {
    fn assert_accounted(&self) {
        let Metrics { verified, .. } = self.metrics;
        let (refused, shed) = (self.metrics.refused_in_all(), self.metrics.shed_in_all());
        assert_eq!(verified + refused + shed, self.submitted, "every packet is accounted for");
        assert!(shed > 0, "it was too much");
        assert!(verified <= self.submitted - self.honest * FORGED, "no forgery was verified");
    }

    fn show(&self, name: &str) {
        println!(
            "{name}: {} packets, {} verified, {} refused, {} shed; of the honest messages {:.2} % verified, of the \
             station named {:.2} %; verdicts within {} µs (50 %), {} µs (99 %); resident {:.1} MiB, then {:.1} MiB",
            self.submitted,
            self.metrics.verified,
            self.metrics.refused_in_all(),
            self.metrics.shed_in_all(),
            100.0 * self.share_of_others,
            100.0 * self.share_of_one,
            self.metrics.age_micros.quantile(0.5),
            self.metrics.age_micros.quantile(0.99),
            self.resident[0] as f64 / 1_048_576.0,
            self.resident[1] as f64 / 1_048_576.0,
        );
    }
}

#[test]
fn a_flood_of_unknown_signers_leaves_the_known_ones_alone() {
    let outcome = Load::new(20, 2).flood(Names::Unknown, 64, Duration::ZERO);
    outcome.assert_accounted();
    assert!(outcome.share_of_others >= 0.6 && outcome.share_of_one >= 0.6, "{:?}", outcome.metrics);
}

#[test]
fn a_flood_in_one_stations_name_leaves_all_others_alone() {
    let outcome = Load::new(20, 2).flood(Names::OfOne, 64, Duration::ZERO);
    outcome.assert_accounted();
    assert!(outcome.share_of_others >= 0.6, "{:?}", outcome.metrics);
}

/// Row 20 of the promises, as far as one process shows it.
fn for_ten_minutes(names: Names, name: &str) {
    let seconds = std::env::var("WAYSEAL_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(600);
    let outcome =
        Load::new(2_000, 5).flood(names, Config::detect().unknown_waiting, Duration::from_secs(seconds));
    outcome.show(name);
    outcome.assert_accounted();
    assert!(outcome.share_of_others >= 0.9, "less than nine tenths of the honest messages were verified");
    let [early, late] = outcome.resident;
    assert!(late <= early + early / 20, "memory grew from {early} to {late} octets");
}

#[test]
#[ignore = "the long form: ten minutes"]
fn long_overload_by_unknown_signers() {
    for_ten_minutes(Names::Unknown, "forged under unknown names");
}

#[test]
#[ignore = "the long form: ten minutes"]
fn long_overload_in_one_stations_name() {
    for_ten_minutes(Names::OfOne, "forged in one station's name");
}
