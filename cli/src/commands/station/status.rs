//! `wayseal station status`.

use anyhow::Result;
use clap::Args;
use enrollment_home::HomeError;
use serde_json::json;
use v2x_codec::time::Time64;

use super::HomeArguments;
use crate::exit::Outcome;
use crate::output::Output;
use crate::time;

/// Say what a station has: lists, credential, tickets
///
/// Asks nobody. Exit code: 0 when the station can send now, else 3.
#[derive(Args)]
pub(crate) struct Status {
    #[command(flatten)]
    home: HomeArguments,
}

impl Status {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let (home, now) = (self.home.open()?, time::now()?);
        let lists = match home.lists_due(now) {
            Ok(due) => due.map(|due| due.to_string()),
            Err(HomeError::Lists(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let credential = match home.credential(now) {
            Ok(pair) => Some(pair.certificate().validity().end()),
            Err(HomeError::NotEnrolled) => None,
            Err(error) => return Err(error.into()),
        };
        let tickets = home.tickets()?;
        let valid = tickets.iter().filter(|ticket| ticket.is_valid(now)).count();
        let later = tickets.iter().filter(|ticket| ticket.certificate().validity().begin() > now).count();
        let is_due = home.is_due(now)?;
        let text = |time: Time64| time.to_string();
        if output.is_json() {
            output.document(&json!({
                "listsDue": lists,
                "credentialEnds": credential.map(text),
                "renewalDue": is_due,
                "ticketsValid": valid,
                "ticketsLater": later,
            }))?;
        } else {
            let lists = lists.map_or_else(|| "none in force".to_owned(), |due| format!("next due {due}"));
            output.line(format_args!("lists: {lists}"))?;
            let due = if is_due { ", due for renewal" } else { "" };
            let credential = credential.map_or_else(|| "none".to_owned(), |end| format!("to {end}{due}"));
            output.line(format_args!("credential: {credential}"))?;
            output.line(format_args!("tickets: {valid} valid now, {later} later"))?;
        }
        Ok(if valid > 0 { Outcome::Success } else { Outcome::Unknown })
    }
}
