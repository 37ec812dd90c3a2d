//! `docs/VALIDATION.md` and the tests named in it say the same.
//!
//! Every test of the files `etsi_*.rs` begins its documentation with the id of a test purpose and what it checks; the
//! table has a row for each, and no row without its test.

#![allow(clippy::expect_used, reason = "helpers of tests, which fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A row of the table, or a test with its documentation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Purpose {
    id: String,
    checks: String,
    test: String,
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the file is there")
}

fn suites() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let entries = fs::read_dir(folder).expect("the folder is there");
    let names =
        entries.map(|entry| entry.expect("it can be read").file_name().to_string_lossy().into_owned());
    let mut suites: Vec<_> = names.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).collect();
    suites.retain(|name| name.starts_with("etsi_"));
    suites.sort();
    suites
}

/// The tests of a suite: `/// ID: what it checks.`, then `#[test]`, then the function.
fn purposes_of(suite: &str) -> Vec<Purpose> {
    let source = read(&format!("tests/{suite}.rs"));
    let lines: Vec<_> = source.lines().collect();
    let tests = lines.windows(3).filter(|window| window.get(1) == Some(&"#[test]"));
    tests
        .map(|window| {
            let test = window.last().and_then(|line| line.strip_prefix("fn ")).expect("a function");
            let name = test.split('(').next().expect("a name");
            let documentation = window.first().and_then(|line| line.strip_prefix("/// "));
            let (id, checks) = documentation
                .and_then(|line| line.split_once(": "))
                .unwrap_or_else(|| unreachable!("{name} does not say which purpose it is for"));
            Purpose { id: id.into(), checks: checks.into(), test: format!("{suite}::{name}") }
        })
        .collect()
}

/// The rows whose third column names a test of a suite.
fn rows() -> Vec<Purpose> {
    let table = read("../docs/VALIDATION.md");
    let cells = |line: &str| {
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let [_, id, checks, test, _, _] = <[String; 6]>::try_from(cells).ok()?;
        let test = test.strip_prefix('`')?.strip_suffix('`')?.to_owned();
        test.starts_with("etsi_").then_some(Purpose { id, checks, test })
    };
    table.lines().filter_map(cells).collect()
}

#[test]
fn every_purpose_has_its_row_and_every_row_its_test() {
    let tests: BTreeSet<_> = suites().iter().flat_map(|suite| purposes_of(suite)).collect();
    let rows: BTreeSet<_> = rows().into_iter().collect();
    let missing: Vec<_> = tests.difference(&rows).collect();
    let stale: Vec<_> = rows.difference(&tests).collect();
    assert!(missing.is_empty(), "without a row: {missing:#?}");
    assert!(stale.is_empty(), "without a test: {stale:#?}");
    assert!(rows.len() > 340, "only {} rows", rows.len());
}

#[test]
fn every_suite_has_as_many_purposes_as_tests() {
    for suite in suites() {
        let tests =
            read(&format!("tests/{suite}.rs")).lines().filter(|line| line.trim() == "#[test]").count();
        assert_eq!(purposes_of(&suite).len(), tests, "{suite}");
    }
}
