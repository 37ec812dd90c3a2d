//! The report as a page that a browser shows: one file, which asks for nothing else.

use std::fmt::Write as _;

use super::report::Report;
use super::series::Row;

/// Width and height of a chart, in its own units.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 140.0;

/// What a chart is called, and what of each second it shows.
type Series = (&'static str, fn(&Row) -> f64);

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;\
    background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;margin:.5rem 0}\
    td,th{padding:.2rem .8rem .2rem 0;text-align:left;border-bottom:1px solid #ddd;vertical-align:top}\
    td.n{text-align:right;font-variant-numeric:tabular-nums}.note{background:#fff4d6;padding:.5rem 1rem}\
    .held{color:#176d2f}.broken{color:#b00020;font-weight:bold}figure{margin:1rem 0}svg{width:100%;height:auto;background:#fafafa}\
    figcaption{font-size:.85rem;color:#555}@media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}\
    td,th{border-color:#3a3d44}.note{background:#4a3d12}svg{background:#1e2126}.held{color:#6fd08c}.broken{color:#ff7b8a}}";

/// The page, with the longer time series behind it.
#[must_use]
pub fn page(report: &Report) -> String {
    let mut page = String::new();
    let title = text(&report.scenario);
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    push(&mut page, format_args!("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"));
    push(&mut page, format_args!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"));
    push(
        &mut page,
        format_args!("<meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>"),
    );
    push(
        &mut page,
        format_args!(
            "<style>{STYLE}</style></head>\n<body><h1>{title}</h1><p>{}</p>",
            text(&report.description)
        ),
    );
    for note in &report.notes {
        push(&mut page, format_args!("<p class=\"note\">{}</p>", text(note)));
    }
    invariants(&mut page, report);
    facts(&mut page, report);
    attacks(&mut page, report);
    charts(&mut page, report);
    reception(&mut page, report);
    push(
        &mut page,
        format_args!("<p>Hash of the report: <code>{}</code></p></body></html>\n", text(&report.hash)),
    );
    page
}

fn push(page: &mut String, what: core::fmt::Arguments<'_>) {
    // A String takes everything.
    let _ = page.write_fmt(what);
    page.push('\n');
}

/// Text without what HTML would read as its own: names come from scenarios and from SUMO.
fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn invariants(page: &mut String, report: &Report) {
    if report.invariants.is_empty() {
        return;
    }
    push(page, format_args!("<h2>What must hold</h2><table>"));
    for invariant in &report.invariants {
        let (class, word) = if invariant.holds { ("held", "held") } else { ("broken", "BROKEN") };
        let seen = text(&invariant.seen);
        push(
            page,
            format_args!(
                "<tr><td>{}</td><td class=\"{class}\">{word}</td><td>{seen}</td></tr>",
                invariant.name
            ),
        );
    }
    push(page, format_args!("</table>"));
}

fn facts(page: &mut String, report: &Report) {
    let refused: Vec<String> =
        report.messages.refused_by_reason.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let rows: [(&str, String); 14] = [
        ("world", report.world.clone()),
        ("seed", report.seed.to_string()),
        ("simulated", format!("{} s", report.simulated_s)),
        (
            "vehicles seen, with a station, most at once",
            format!(
                "{}, {}, {}",
                report.vehicles.seen, report.vehicles.with_station, report.vehicles.most_at_once
            ),
        ),
        (
            "enrolment credentials, tickets",
            format!("{}, {}", report.issued.enrolment_credentials, report.issued.authorization_tickets),
        ),
        ("changes of ticket", report.tickets.changes.to_string()),
        ("longest without a valid ticket", format!("{} s", report.tickets.longest_without_s)),
        ("CAMs sent", report.messages.sent.to_string()),
        ("receptions, believed", format!("{}, {}", report.messages.received, report.messages.verified)),
        ("receptions refused", if refused.is_empty() { "none".to_owned() } else { refused.join(", ") }),
        ("verifications a simulated second", format!("{:.0}", report.verifications_per_simulated_s)),
        (
            "channel busy, mean and most",
            format!("{:.3}, {:.3}", report.radio.busy_mean, report.radio.busy_most),
        ),
        (
            "real-time factor",
            format!("{:.2} on {} threads", report.speed.real_time_factor, report.speed.threads),
        ),
        ("verifications a second of receiving", format!("{:.0}", report.speed.verifications_per_s)),
    ];
    push(page, format_args!("<h2>Figures</h2><table>"));
    for (name, value) in rows {
        push(page, format_args!("<tr><td>{name}</td><td>{}</td></tr>", text(&value)));
    }
    for unit in &report.roadside_units {
        let name = text(&unit.name);
        push(
            page,
            format_args!(
                "<tr><td>roadside unit {name}: received, believed</td><td>{}, {}</td></tr>",
                unit.received, unit.verified
            ),
        );
    }
    push(page, format_args!("</table>"));
}

fn attacks(page: &mut String, report: &Report) {
    if report.attacks.is_empty() {
        return;
    }
    push(
        page,
        format_args!(
            "<h2>Attacks</h2><table><tr><th>attack</th><th>sent</th><th>received</th><th>believed</th><th>refused for</th></tr>"
        ),
    );
    for (kind, attacked) in &report.attacks {
        let reasons: Vec<String> =
            attacked.refused_by_reason.iter().map(|(code, count)| format!("{code} {count}")).collect();
        let first = match attacked.first_copies {
            0 => String::new(),
            count => format!(" (and {count} first copies)"),
        };
        push(
            page,
            format_args!(
                "<tr><td>{kind:?}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}{first}</td><td>{}</td></tr>",
                if attacked.is_authentic { ", under valid tickets" } else { "" },
                attacked.sent,
                attacked.received,
                attacked.accepted,
                reasons.join(", ")
            ),
        );
    }
    push(page, format_args!("</table>"));
}

fn charts(page: &mut String, report: &Report) {
    push(page, format_args!("<h2>Second by second</h2>"));
    let series: [Series; 4] = [
        ("vehicles with a station", |row| row.stations as f64),
        ("CAMs sent", |row| row.sent as f64),
        ("receptions believed", |row| row.verified as f64),
        ("mean channel busy ratio", |row| row.busy_mean),
    ];
    for (name, of) in series {
        let values: Vec<(f64, f64)> = report.series.iter().map(|row| (row.second as f64, of(row))).collect();
        chart(page, name, &values);
    }
}

fn reception(page: &mut String, report: &Report) {
    let values: Vec<(f64, f64)> =
        report.radio.reception_by_distance.iter().map(|(metres, _, share)| (*metres, *share)).collect();
    push(page, format_args!("<h2>Reception by distance</h2>"));
    chart(page, "share of frames received, by metres from the sender", &values);
}

/// A line from the first to the last value, with the least and most of both axes in words.
fn chart(page: &mut String, name: &str, values: &[(f64, f64)]) {
    let (Some((first, _)), Some((last, _))) = (values.first(), values.last()) else { return };
    let most = values.iter().fold(0.0f64, |most, (_, value)| most.max(*value));
    let x = |value: f64| (value - first) / (last - first).max(1e-9) * WIDTH;
    let y = |value: f64| HEIGHT - value / most.max(1e-9) * (HEIGHT - 10.0);
    let points: Vec<String> =
        values.iter().map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value))).collect();
    push(
        page,
        format_args!(
            "<figure><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{name}\" preserveAspectRatio=\"none\">\
         <polyline fill=\"none\" stroke=\"#3b78d8\" stroke-width=\"2\" points=\"{}\"/></svg>\
         <figcaption>{name}: up to {most:.4} (from {first} to {last})</figcaption></figure>",
            points.join(" ")
        ),
    );
}
