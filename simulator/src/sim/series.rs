//! What a run was like, second by second.

use std::fmt::Write as _;

use serde::Serialize;

/// One second of simulated time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// Which second, from 0.
    pub second: u64,
    /// Vehicles on the road at its end.
    pub vehicles: usize,
    /// Of them those with a station.
    pub stations: usize,
    /// CAMs that stations sent.
    pub sent: u64,
    /// Receptions of honest messages.
    pub received: u64,
    /// Of them those that were believed.
    pub verified: u64,
    /// Honest messages that were refused.
    pub refused: u64,
    /// Receptions of attackers' messages.
    pub attacks_received: u64,
    /// Of them those that were believed.
    pub attacks_accepted: u64,
    /// Mean channel busy ratio of all stations, 0…1.
    pub busy_mean: f64,
    /// The most that one station had.
    pub busy_most: f64,
}

/// The rows as comma-separated values, with a head.
#[must_use]
pub fn csv(rows: &[Row]) -> String {
    let mut text =
        "second,vehicles,stations,sent,received,verified,refused,attacks_received,attacks_accepted,\
                    busy_mean,busy_most\n"
            .to_owned();
    for row in rows {
        // A String takes everything.
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{:.4},{:.4}",
            row.second,
            row.vehicles,
            row.stations,
            row.sent,
            row.received,
            row.verified,
            row.refused,
            row.attacks_received,
            row.attacks_accepted,
            row.busy_mean,
            row.busy_most
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_value_for_every_column() {
        let text = csv(&[Row::default(), Row { second: 1, busy_mean: 0.5, ..Row::default() }]);
        let columns: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
        assert_eq!(columns, [11, 11, 11]);
        assert!(text.ends_with("0.5000,0.0000\n"), "{text}");
    }
}
