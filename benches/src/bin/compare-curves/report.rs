//! Figures as a Markdown table.

use std::fmt::Write as _;

use crate::contenders::RUST_CRYPTO;
use crate::rounds::Figure;
use crate::workload::Shape;

/// Each contender's time, and how many times as fast as each library it is.
pub(crate) fn markdown(shape: Shape, figures: &[Figure]) -> String {
    let Shape { curve, keys, invalid } = shape;
    let last = figures.iter().position(|figure| figure.name == RUST_CRYPTO).unwrap_or(0);
    let libraries = || figures.iter().take(last + 1);
    let mut text = format!("{curve}, {keys} keys, {invalid} % invalid\n\n| | µs | quartiles |");
    libraries().for_each(|library| _ = write!(text, " × {} |", library.name));
    let _ = writeln!(text, "\n| --- | --- | --- |{}", " --- |".repeat(last + 1));
    for Figure { name, median, quartiles: [low, high] } in figures {
        let _ = write!(text, "| {name} | {median:.2} | {low:.2}–{high:.2} |");
        libraries().for_each(|library| _ = write!(text, " {:.1} |", library.median / median));
        text.push('\n');
    }
    text
}

/// The processor's name, and OpenSSL's version.
pub(crate) fn machine() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
    let name = name.unwrap_or(": unknown processor").trim_start_matches([':', ' ', '\t']);
    format!("{name}, {}, one core\n", openssl::version::version())
}
