//! Figures as a Markdown table and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::contenders::{AWS_LC, OPENSSL};
use crate::rounds::Figure;
use crate::workload::Shape;

pub(crate) struct Outcome {
    pub(crate) shape: Shape,
    pub(crate) table: usize,
    pub(crate) figures: Vec<Figure>,
}

impl Outcome {
    /// How many times as fast as the named contender each is.
    fn ratio(&self, figure: &Figure, name: &str) -> f64 {
        let other = self.figures.iter().find(|other| other.name == name);
        other.map_or(f64::NAN, |other| other.median / figure.median)
    }

    pub(crate) fn markdown(&self) -> String {
        let Shape { keys, invalid } = self.shape;
        let mut text = format!("\n{keys} keys of {} KiB, {invalid} % invalid\n\n", self.table);
        text += "| | µs | quartiles | × OpenSSL | × aws-lc-rs |\n| --- | --- | --- | --- | --- |\n";
        for figure in &self.figures {
            let (openssl, aws_lc) = (self.ratio(figure, OPENSSL), self.ratio(figure, AWS_LC));
            let Figure { name, median, quartiles: [low, high] } = figure;
            let _ =
                writeln!(text, "| {name} | {median:.2} | {low:.2}–{high:.2} | {openssl:.1} | {aws_lc:.1} |");
        }
        text
    }

    fn json(&self) -> Value {
        let figures = self.figures.iter().map(|figure| {
            json!({
                "name": figure.name,
                "microseconds": figure.median,
                "quartiles": figure.quartiles,
                "times_openssl": self.ratio(figure, OPENSSL),
                "times_aws_lc": self.ratio(figure, AWS_LC),
            })
        });
        json!({
            "keys": self.shape.keys,
            "table_kib": self.table,
            "invalid_percent": self.shape.invalid,
            "figures": figures.collect::<Vec<_>>(),
        })
    }
}

pub(crate) fn json(outcomes: &[Outcome]) -> Result<String> {
    let outcomes: Vec<Value> = outcomes.iter().map(Outcome::json).collect();
    Ok(serde_json::to_string_pretty(&json!({ "machine": machine(), "outcomes": outcomes }))?)
}

/// The processor's name, and OpenSSL's version.
pub(crate) fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let name = name.trim_start_matches([':', ' ', '\t']);
    format!("{name}, {}, one core", openssl::version::version())
}
