//! Whole runs of the simulator: the same seed gives the same, and what must hold does.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;

use simulator::scenario::{Attack, Scenario};
use simulator::sim::{Options, Report, Watcher, page, run};
use simulator::world;
use v2x_codec::time::Time64;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Building, Config, KeyTables};

const BEGIN: &str = "duration = 8\n[world]\nkind = \"builtin\"\n";
const FEW: &str = "[stations]\nequipped = 0.1\nchange-seconds = 2\nchange-metres = 10\n";
/// So many that every attacker has somebody to hear.
const MANY: &str = "[stations]\nequipped = 0.4\nchange-seconds = 2\nchange-metres = 10\n";
const ALL_ATTACKS: &str = "[[attacker]]\nkind = \"forge\"\nrate = 5\n[[attacker]]\nkind = \"replay\"\nnumber = 3\nrate = 5\n\
    [[attacker]]\nkind = \"stale\"\nrate = 5\n[[attacker]]\nkind = \"sybil\"\n[[attacker]]\nkind = \"position-lie\"\nrate = 5\n\
    [[attacker]]\nkind = \"flood\"\nrate = 20\n";
const ONCE: &str = "[security]\nverify = \"once\"\n";

/// Counts what is on the air.
#[derive(Default)]
struct Counter(u64);

impl Watcher for Counter {
    fn step(&mut self, _: u64, _: u64, _: usize) {}

    fn packet(&mut self, _: Time64, _: &[u8]) -> Result<(), String> {
        self.0 += 1;
        Ok(())
    }
}

fn ran(text: &str, seed: u64, threads: usize) -> (Report, u64) {
    let scenario = Scenario::parse(text).unwrap();
    let config = Config { building: Building::AtOnce, ..Config::detect() };
    let provider = Arc::new(KeyTables::new(Arc::new(AwsLc), config));
    let mut counter = Counter::default();
    let traffic = world::open(&scenario).unwrap();
    let report = run(&scenario, traffic, &Options { seed, threads, provider }, &mut counter).unwrap();
    (report, counter.0)
}

fn report(more: &str, seed: u64) -> Report {
    ran(&format!("{BEGIN}{more}"), seed, 2).0
}

#[test]
fn the_same_seed_gives_the_same_report_on_any_number_of_threads() {
    let text = format!("{BEGIN}{FEW}{ALL_ATTACKS}");
    let [one, two] = [1, 2].map(|threads| ran(&text, 5, threads).0);
    assert_eq!(one.hash, two.hash);
    assert_eq!(serde_json::to_value(&one.messages).unwrap(), serde_json::to_value(&two.messages).unwrap());
    assert_ne!(one.hash, ran(&text, 6, 2).0.hash);
}

#[test]
fn every_packet_on_the_air_is_in_the_report() {
    let (report, packets) = ran(&format!("{BEGIN}{FEW}{ALL_ATTACKS}"), 2, 2);
    let attacks: u64 = report.attacks.values().map(|attacked| attacked.sent).sum();
    assert_eq!(report.messages.sent + attacks, packets);
    let honest = &report.messages;
    assert_eq!(honest.verified + honest.refused_by_reason.values().sum::<u64>(), honest.received);
    assert!(honest.verified > 1_000, "{honest:?}");
}

#[test]
fn attackers_of_every_kind_get_what_they_deserve() {
    let report = report(&format!("{MANY}{ALL_ATTACKS}"), 1);
    assert!(report.is_good(), "{:?}", report.invariants);
    for kind in Attack::ALL {
        let attacked = &report.attacks[&kind];
        assert!(attacked.received > 0, "{kind:?} reached nobody: {attacked:?}");
        assert_eq!(attacked.accepted > 0, kind.is_authentic(), "{kind:?}: {attacked:?}");
    }
    assert!(report.tickets.changes > 0);
}

#[test]
fn verifying_once_comes_to_what_every_receiver_comes_to() {
    let each = report(FEW, 3);
    let once = report(&format!("{FEW}{ONCE}"), 3);
    assert_eq!(each.messages, once.messages, "the same CAMs, received and believed by the same stations");
    assert!(once.verifications_per_simulated_s < each.verifications_per_simulated_s / 2.0);
    let attacked = report(&format!("{FEW}{ONCE}{ALL_ATTACKS}"), 3);
    assert!(attacked.is_good(), "{:?}", attacked.invariants);
}

#[test]
fn without_crypto_the_report_says_that_it_is_for_measuring_only() {
    let report = report(&format!("{FEW}[security]\ncrypto = false\n"), 1);
    assert!(report.notes.iter().any(|note| note.contains("for measuring only")), "{:?}", report.notes);
    assert_eq!((report.messages.verified, report.issued.authorization_tickets), (0, 0));
    assert!(report.messages.received > 1_000 && report.invariants.is_empty());
}

#[test]
fn stations_ask_again_when_the_authorities_could_not_be_reached() {
    let report = report(&format!("{FEW}[[outage]]\nfrom = 0\nuntil = 3\n"), 1);
    assert!(report.tickets.unanswered > 0);
    assert!((2.5..=3.5).contains(&report.tickets.longest_without_s), "{:?}", report.tickets);
    assert_eq!((report.series[1].sent, report.series[4].sent > 0), (0, true), "silent, and then not");
}

#[test]
fn more_load_and_more_distance_let_less_through_and_a_disc_lets_everything() {
    let fading = report("[stations]\nequipped = 0.3\n", 1);
    let by_distance = &fading.radio.reception_by_distance;
    let (near, far) = (by_distance[0].2, by_distance[by_distance.len() - 1].2);
    assert!(near > 0.9 && far < 0.2, "{by_distance:?}");
    assert!(fading.radio.busy_most > fading.radio.busy_mean && fading.radio.busy_mean > 0.0);
    let disc = report(&format!("{FEW}[radio]\nmodel = \"disc\"\nrange = 300\ndcc = false\n"), 1);
    assert!(
        disc.radio.reception_by_distance.iter().all(|(metres, _, share)| *metres < 300.0 && *share == 1.0)
    );
}

#[test]
fn the_page_asks_for_nothing_and_names_are_no_markup() {
    let mut report = report(FEW, 1);
    report.scenario = "<script>alert(1)</script>".to_owned();
    let page = page(&report);
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    for request in ["http://", "https://", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(request), "{request}");
    }
    assert!(page.contains(&report.hash) && page.matches("<svg").count() == 5);
}

/// The short scenario with faults whose promises must hold for any seed.
fn promises_hold(seeds: std::ops::Range<u64>) {
    let outage = "[[outage]]\nfrom = 0\nuntil = 2\n";
    for seed in seeds {
        let verify = if seed % 2 == 0 { "" } else { ONCE };
        let report = report(&format!("{FEW}{verify}{ALL_ATTACKS}{outage}"), seed);
        assert!(report.is_good(), "seed {seed}: {:?}", report.invariants);
        assert!(report.messages.verified > 0, "seed {seed} shows nothing");
    }
}

#[test]
fn the_promises_hold_for_some_seeds() {
    promises_hold(100..103);
}

#[test]
#[ignore = "the long form: two hundred seeds"]
fn long_the_promises_hold_for_two_hundred_seeds() {
    promises_hold(0..200);
}
