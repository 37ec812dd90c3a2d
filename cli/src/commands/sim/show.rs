//! The report of a run for people.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use simulator::sim::Report;

use crate::output::Output;

pub(super) fn show(output: &mut Output, report: &Report) -> Result<()> {
    for note in &report.notes {
        output.line(format!("note: {note}"))?;
    }
    let (vehicles, speed) = (&report.vehicles, &report.speed);
    output.line(format!(
        "{}, {} s of {}, seed {}: {} vehicles, {} with a station, {} at once",
        report.scenario,
        report.simulated_s,
        report.world,
        report.seed,
        vehicles.seen,
        vehicles.with_station,
        vehicles.most_at_once
    ))?;
    output.line(format!(
        "{:.1} s of wall time on {} threads, {:.2} times real time; {:.0} verifications a simulated second, {:.0} a second of receiving",
        speed.wall_s,
        speed.threads,
        speed.real_time_factor,
        report.verifications_per_simulated_s,
        speed.verifications_per_s
    ))?;
    output.line(format!(
        "issued over TS 102 941 messages: {} enrolment credentials, {} authorization tickets; {} changes of ticket",
        report.issued.enrolment_credentials, report.issued.authorization_tickets, report.tickets.changes
    ))?;
    output.line(format!(
        "channel busy {:.1} % in the mean, {:.1} % at most",
        report.radio.busy_mean * 100.0,
        report.radio.busy_most * 100.0
    ))?;
    output.text(&format!("{}\n", table(report)))?;
    for invariant in &report.invariants {
        let verdict = if invariant.holds { "held" } else { "BROKEN" };
        output.line(format!("{verdict}: {} ({})", invariant.name, invariant.seen))?;
    }
    output.line(format!("hash of the report: {}", report.hash))
}

fn table(report: &Report) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header([
        "traffic",
        "sent",
        "received",
        "believed",
        "refused for",
    ]);
    let reasons = |counts: &std::collections::BTreeMap<&'static str, u64>| {
        counts.iter().map(|(code, count)| format!("{code} {count}")).collect::<Vec<_>>().join(", ")
    };
    let honest = &report.messages;
    let [sent, received, verified] =
        [honest.sent, honest.received, honest.verified].map(|count| count.to_string());
    table.add_row(["honest CAMs".to_owned(), sent, received, verified, reasons(&honest.refused_by_reason)]);
    for (kind, attacked) in &report.attacks {
        let believed = match attacked.first_copies {
            0 => attacked.accepted.to_string(),
            first => format!("{} and {first} first copies", attacked.accepted),
        };
        let [sent, received] = [attacked.sent, attacked.received].map(|count| count.to_string());
        let name =
            if attacked.is_authentic { format!("{kind:?} (valid tickets)") } else { format!("{kind:?}") };
        table.add_row([name, sent, received, believed, reasons(&attacked.refused_by_reason)]);
    }
    for column in table.column_iter_mut().skip(1).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
