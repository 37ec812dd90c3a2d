//! Figures as a Markdown table and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::contenders::{AWS_LC, OPENSSL};
use crate::rounds::Figure;

/// What one set of signatures took.
pub(crate) struct Outcome<'a> {
    pub(crate) keys: usize,
    pub(crate) invalid: usize,
    pub(crate) set: usize,
    pub(crate) table: usize,
    /// Those of all sets.
    pub(crate) figures: &'a [Figure],
}

impl Outcome<'_> {
    /// How many times as fast as the named contender each is.
    fn ratio(&self, figure: &Figure, name: &str) -> f64 {
        self.of(name, self.set).map_or(f64::NAN, |other| other.median / figure.median)
    }

    /// Per cent that it takes longer than with the first set.
    fn loss(&self, figure: &Figure) -> f64 {
        let first = self.of(&figure.name, 0);
        first.map_or(f64::NAN, |first| (figure.median / first.median - 1.0) * 100.0)
    }

    fn of(&self, name: &str, set: usize) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name && figure.set == set)
    }

    fn own(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| figure.set == self.set)
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("\n{} keys of {} KiB, {} % invalid\n\n", self.keys, self.table, self.invalid);
        text += "| | µs | quartiles | × OpenSSL | × aws-lc-rs | loss |\n";
        text += "| --- | --- | --- | --- | --- | --- |\n";
        for figure in self.own() {
            let (openssl, aws_lc) = (self.ratio(figure, OPENSSL), self.ratio(figure, AWS_LC));
            let Figure { name, median, quartiles: [low, high], .. } = figure;
            let loss = self.loss(figure);
            let _ = writeln!(
                text,
                "| {name} | {median:.2} | {low:.2}–{high:.2} | {openssl:.1} | {aws_lc:.1} | {loss:.1} % |"
            );
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let figures = self.own().map(|figure| {
            json!({
                "name": figure.name,
                "microseconds": figure.median,
                "quartiles": figure.quartiles,
                "times_openssl": self.ratio(figure, OPENSSL),
                "times_aws_lc": self.ratio(figure, AWS_LC),
                "loss_percent": self.loss(figure),
            })
        });
        json!({
            "keys": self.keys,
            "table_kib": self.table,
            "invalid_percent": self.invalid,
            "figures": figures.collect::<Vec<_>>(),
        })
    }
}

pub(crate) fn json(outcomes: Vec<Value>) -> Result<String> {
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
