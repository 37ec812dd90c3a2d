//! Figures as a Markdown table and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use benches::machine;
use benches::rounds::Figure;
use serde_json::{Value, json};
use v2x_crypto_p256_batch::TableSize;

use crate::contenders::{AWS_LC, OPENSSL};
use crate::workload::Set;

/// What one set of signatures took.
pub(crate) struct Outcome<'a> {
    pub(crate) keys: usize,
    pub(crate) set: &'a Set,
    pub(crate) table: TableSize,
    /// Those of all sets.
    pub(crate) figures: &'a [Figure],
}

impl Outcome<'_> {
    /// How many times as fast as the named contender each is.
    fn ratio(&self, figure: &Figure, name: &str) -> f64 {
        self.of(name, self.set.number).map_or(f64::NAN, |other| other.median / figure.median)
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
        self.figures.iter().filter(|figure| figure.set == self.set.number)
    }

    pub(crate) fn markdown(&self) -> String {
        let (keys, kib, invalid) = (self.keys, self.table.bytes() / 1024, self.set.invalid);
        let mut text = format!("\n{keys} keys of {kib} KiB, {invalid} % invalid\n\n");
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
            "table_kib": self.table.bytes() / 1024,
            "invalid_percent": self.set.invalid,
            "figures": figures.collect::<Vec<_>>(),
        })
    }
}

pub(crate) fn json(outcomes: Vec<Value>) -> Result<String> {
    Ok(serde_json::to_string_pretty(&json!({ "machine": machine::name(), "outcomes": outcomes }))?)
}
