//! Figures as Markdown tables and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use benches::rounds::Figure;
use serde_json::{Value, json};

/// The figures of one measurement, and which of them the others are held against.
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) figures: Vec<Figure>,
    /// Names of figures; each becomes a column of ratios.
    pub(crate) against: Vec<&'static str>,
}

impl Table {
    /// How many times as long as the figure the named one takes.
    fn ratio(&self, figure: &Figure, name: &str) -> f64 {
        let other = self.figures.iter().find(|other| other.name == name);
        other.map_or(f64::NAN, |other| other.median / figure.median)
    }

    pub(crate) fn markdown(&self) -> String {
        let mut text = format!("\n{}\n\n| | µs | quartiles |", self.title);
        self.against.iter().for_each(|name| text += &format!(" × {name} |"));
        text += "\n| --- | --- | --- |";
        self.against.iter().for_each(|_| text += " --- |");
        for figure in &self.figures {
            let Figure { name, median, quartiles: [low, high], .. } = figure;
            let _ = write!(text, "\n| {name} | {median:.2} | {low:.2}–{high:.2} |");
            for other in &self.against {
                let _ = write!(text, " {:.3} |", self.ratio(figure, other));
            }
        }
        text
    }

    fn json(&self) -> Value {
        let figures = self.figures.iter().map(|figure| {
            let ratios =
                self.against.iter().map(|name| ((*name).to_owned(), json!(self.ratio(figure, name))));
            json!({
                "name": figure.name,
                "microseconds": figure.median,
                "quartiles": figure.quartiles,
                "ratios": ratios.collect::<serde_json::Map<_, _>>(),
            })
        });
        json!({ "title": self.title, "figures": figures.collect::<Vec<_>>() })
    }
}

pub(crate) fn json(tables: &[Table]) -> Result<String> {
    let tables: Vec<Value> = tables.iter().map(Table::json).collect();
    Ok(serde_json::to_string_pretty(&json!({ "machine": machine(), "tables": tables }))?)
}

/// The processor's name, OpenSSL's version, and our kernel.
pub(crate) fn machine() -> String {
    format!("{}, {:?}", benches::machine::name(), v2x_crypto_key_tables::Kernel::detect())
}
