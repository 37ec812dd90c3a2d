//! Figures as a Markdown table.

use std::fmt::Write as _;

use benches::rounds::Figure;

use crate::contenders::RUST_CRYPTO;
use crate::workload::Shape;

/// Each contender's time, and how many times as fast as each library it is.
pub(crate) fn markdown(shape: Shape, figures: &[Figure]) -> String {
    let Shape { curve, keys, invalid } = shape;
    let last = figures.iter().position(|figure| figure.name == RUST_CRYPTO).unwrap_or(0);
    let libraries = || figures.iter().take(last + 1);
    let mut text = format!("{curve}, {keys} keys, {invalid} % invalid\n\n| | µs | quartiles |");
    libraries().for_each(|library| _ = write!(text, " × {} |", library.name));
    let _ = writeln!(text, "\n| --- | --- | --- |{}", " --- |".repeat(last + 1));
    for Figure { name, median, quartiles: [low, high], .. } in figures {
        let _ = write!(text, "| {name} | {median:.2} | {low:.2}–{high:.2} |");
        libraries().for_each(|library| _ = write!(text, " {:.1} |", library.median / median));
        text.push('\n');
    }
    text
}
