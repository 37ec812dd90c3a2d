//! `wayseal bench` through the program: figures are not judged, verdicts are.

#![allow(missing_docs, clippy::expect_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod support;

use support::wayseal;

#[test]
fn every_verdict_of_a_measurement_is_what_it_should_be() {
    for tables in ["on", "off"] {
        let report = wayseal([
            "--json",
            "bench",
            "verify",
            "--keys",
            "6",
            "--invalid",
            "25",
            "--threads",
            "2",
            "--seconds",
            "0.1",
            "--batch",
            "32",
            "--key-tables",
            tables,
        ])
        .exits(0)
        .json();
        assert_eq!(report["as_expected"], true, "{report}");
        let count = |name: &str| report[name].as_u64().expect(name);
        assert_eq!(count("verified") + count("refused"), count("messages"));
        let quarters = (count("refused") * 4) as f64 / count("messages") as f64;
        assert!((0.99..=1.01).contains(&quarters), "a quarter is forged: {report}");
        assert_eq!(report["key_tables"].is_object(), tables == "on");
        assert!(report["ratio_per_thread"].as_f64().expect("a ratio") > 0.0);
    }
}

#[test]
fn bad_input_is_told_in_a_sentence() {
    wayseal(["bench", "verify", "--keys", "0"]).complains("--keys 0");
    wayseal(["bench", "verify", "--keys", "2", "--threads", "3"]).complains("--threads 3");
    wayseal(["bench", "verify", "--invalid", "101"]).complains("--invalid 101");
    wayseal(["bench", "verify", "--seconds", "0"]).complains("--seconds 0");
    wayseal(["bench", "verify", "--batch", "0"]).complains("--batch 0");
}
