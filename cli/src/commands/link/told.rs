//! What a gateway says, for people and for machines.

use anyhow::Result;
use drone_link::lane::Outcome;
use drone_link::link::{Counts, Event};
use drone_link_gateway::report::Report;
use serde_json::{Value, json};

use crate::output::Output;

/// Prints one report, at once.
pub(super) fn print(report: &Report, output: &mut Output) -> Result<()> {
    if output.is_json() {
        output.record(&record(report))?;
    } else {
        output.line(line(report))?;
    }
    output.finish()
}

fn line(report: &Report) -> String {
    match report {
        Report::Connected { peer, ticket, rights, system: 0 } => {
            format!("link with the ground station at {peer}: ticket {ticket}, it may: {rights}")
        }
        Report::Connected { peer, ticket, system, .. } => {
            format!("link with drone {system} at {peer}: ticket {ticket}")
        }
        Report::Disconnected { peer, why } => format!("no link with {peer}: {why}"),
        Report::Moved { from, to } => format!("{from} is at {to} now"),
        Report::Link { peer, event } => format!("{peer}: {}", event_line(event)),
        Report::Local { what } => what.clone(),
        _ => String::new(),
    }
}

fn event_line(event: &Event) -> String {
    match event {
        Event::Refused { message, why } => format!("{message} does not pass: {why}"),
        Event::Lost { message, outcome } => format!("{message} {}", outcome_words(*outcome)),
        Event::OtherTicket { rights } => format!("another ticket, it may: {rights}"),
    }
}

const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "was handed on",
        Outcome::Expired => "came too late and was not handed on",
        Outcome::Refused => "was refused at the other end",
        Outcome::Unknown => "may have been handed on, or not: the other end has forgotten",
    }
}

fn record(report: &Report) -> Value {
    match report {
        Report::Connected { peer, ticket, rights, system } => {
            let rights: Vec<&str> = rights.iter().map(|right| right.name()).collect();
            json!({ "event": "connected", "peer": peer, "ticket": ticket, "rights": rights, "system": system })
        }
        Report::Disconnected { peer, why } => json!({ "event": "disconnected", "peer": peer, "why": why }),
        Report::Moved { from, to } => json!({ "event": "moved", "from": from, "peer": to }),
        Report::Link { peer, event } => event_record(&peer.to_string(), event),
        Report::Local { what } => json!({ "event": "local", "what": what }),
        _ => json!({}),
    }
}

fn event_record(peer: &str, event: &Event) -> Value {
    match event {
        Event::Refused { message, why } => {
            json!({ "event": "refused", "peer": peer, "message": message, "why": why })
        }
        Event::Lost { message, outcome } => {
            let outcome = match outcome {
                Outcome::Delivered => "delivered",
                Outcome::Expired => "expired",
                Outcome::Refused => "refused",
                Outcome::Unknown => "unknown",
            };
            json!({ "event": "lost", "peer": peer, "message": message, "outcome": outcome })
        }
        Event::OtherTicket { rights } => {
            let rights: Vec<&str> = rights.iter().map(|right| right.name()).collect();
            json!({ "event": "ticket", "peer": peer, "rights": rights })
        }
    }
}

/// What a link did, at its end.
pub(super) fn summary(name: &str, counts: Counts, output: &mut Output) -> Result<()> {
    let Counts { connections, delivered, expired, refused, newest, stale } = counts;
    if output.is_json() {
        return output.record(&json!({
            "event": "summary", "link": name, "connections": connections, "delivered": delivered,
            "expired": expired, "refused": refused, "newest": newest, "stale": stale,
        }));
    }
    output.line(format_args!(
        "{name}: {connections} connections, {delivered} messages and {newest} of telemetry handed on, {refused} refused, \
         {expired} too late, {stale} overtaken"
    ))
}
