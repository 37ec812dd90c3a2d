//! What was heard, held against what a load generator says it has sent.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::report::Summary;
use crate::input;

/// The part of a load generator's report that says what a receiver should find.
#[derive(Debug, Deserialize)]
pub(super) struct Expected {
    expect: Verdicts,
}

#[derive(Debug, Deserialize)]
struct Verdicts {
    verified: u64,
    refused: BTreeMap<String, u64>,
}

impl Expected {
    /// Reads a report.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let octets = input::read_raw(path)?;
        serde_json::from_slice(&octets)
            .with_context(|| format!("{}: not a report of `wayseal blast`", path.display()))
    }

    /// What did not come out as it should. What is missing must be what was shed or dropped, no more and no less, and
    /// nothing may have another verdict than its own.
    pub(super) fn differences(&self, found: &Summary) -> Vec<String> {
        let mut found_by_name: BTreeMap<&str, u64> =
            found.refused_by_reason.iter().map(|(reason, count)| (*reason, *count)).collect();
        found_by_name.insert(VERIFIED, found.verified);
        let mut expected: BTreeMap<&str, u64> =
            self.expect.refused.iter().map(|(reason, count)| (reason.as_str(), *count)).collect();
        expected.insert(VERIFIED, self.expect.verified);
        let lost = found.shed + found.socket_dropped;
        let names: std::collections::BTreeSet<_> =
            found_by_name.keys().chain(expected.keys()).copied().collect();
        let (mut missing, mut differences) = (0, Vec::new());
        for name in names {
            let of = |counts: &BTreeMap<&str, u64>| counts.get(name).copied().unwrap_or(0);
            let (found, expected) = (of(&found_by_name), of(&expected));
            missing += expected.saturating_sub(found);
            if found > expected {
                differences.push(format!("{name}: {found}, but only {expected} were sent"));
            }
        }
        if missing != lost {
            differences.push(format!(
                "{missing} have not the verdict that they should, but {lost} were shed or dropped"
            ));
        }
        differences
    }
}

/// What stands for the messages that are believed, beside the reasons why others are not.
const VERIFIED: &str = "verified";
