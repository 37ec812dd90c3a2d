//! The demo as a whole: honest vehicles are believed, attackers are refused, each for its own reason.

use std::sync::Arc;

use simulator::demo::{Config, DemoError, Report, Watcher, run, shipped_trace};
use v2x_codec::time::Time64;
use v2x_crypto_aws_lc::AwsLc;

/// 2026-11-22 18:00 UTC.
const START: Time64 = Time64::from_micros(722_455_205_000_000);

struct Nobody;

impl Watcher for Nobody {
    fn phase(&mut self, _: &'static str, _: u64) {}
    fn step(&mut self) {}
    fn packet(&mut self, _: Time64, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

fn demo(vehicles: usize, seconds: u64, seed: u64) -> Result<Report, DemoError> {
    let trace = shipped_trace().expect("the shipped trace is intact");
    let config = Config { vehicles, seconds, seed, attack_share: 0.3, start: START };
    run(&config, &trace, "shipped", Arc::new(AwsLc), None, &mut Nobody)
}

#[test]
fn honest_vehicles_are_believed_and_every_attack_is_refused_for_its_own_reason() {
    let report = demo(10, 20, 1).expect("the demo runs");
    assert!(report.attacks.values().all(|attacked| attacked.sent > 0), "{report:#?}");
    assert!(report.is_good(), "{report:#?}");
    assert_eq!(report.issued.authorization_tickets, 10 * 3 + 5);
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let reports = [demo(3, 5, 7), demo(3, 5, 7)].map(|report| report.expect("the demo runs"));
    assert_eq!(reports[0], reports[1]);
}

#[test]
fn more_vehicles_than_the_trace_has_are_refused_with_both_numbers() {
    let error = demo(100_000, 5, 1).expect_err("there are not so many");
    assert!(matches!(error, DemoError::TooFewVehicles { wanted: 100_000, .. }), "{error}");
}

#[test]
fn a_run_longer_than_the_trace_is_refused_with_both_lengths() {
    let error = demo(1, 100_000, 1).expect_err("it is not so long");
    assert!(matches!(error, DemoError::TraceTooShort { wanted: 100_000, .. }), "{error}");
}
