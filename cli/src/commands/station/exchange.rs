//! `wayseal station update-lists`, `enrol`, `renew` and `authorize`.

use anyhow::{Result, anyhow};
use clap::Args;
use enrollment_home::{News, Pair, TicketWish};
use enrollment_station::authorization::{Privacy, Proof};
use serde_json::json;
use v2x_ca::services::{CAM, DENM, permission};
use v2x_codec::ieee1609dot2::{PsidSsp, SequenceOfPsidSsp};
use v2x_codec::time::{Duration, Time64, ValidityPeriod};
use v2x_codec::ts102941::CertificateSubjectAttributes;

use super::{HomeArguments, refused, wait};
use crate::exit::Outcome;
use crate::output::Output;
use crate::{period, random, service, time};

/// Fetch the root's trust list and revocation list (TS 102 941 annex D), and the list of roots (annex E)
///
/// Where a trust list is at hand, what changed since is asked for first, and the list in full where that does not lead on. A
/// list that is not believed, or comes before the one at hand, is refused. A station that believes a trust list manager takes
/// its list of roots first, which must name the station's root, and goes over to the next trust list manager by its link.
#[derive(Args)]
pub(crate) struct UpdateLists {
    #[command(flatten)]
    home: HomeArguments,
}

impl UpdateLists {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let (mut home, now) = (self.home.open()?, time::now()?);
        let news = match wait(home.update_lists(now))? {
            Ok(news) => news,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let (ectl, ctl, crl) = (news.ectl.map(word), word(news.ctl), word(news.crl));
        if output.is_json() {
            output.document(&json!({ "ectl": ectl, "ctl": ctl, "crl": crl }))?;
        } else {
            if let Some(ectl) = ectl {
                output.line(format_args!("list of roots: {ectl}"))?;
            }
            output.line(format_args!("trust list: {ctl}"))?;
            output.line(format_args!("revocation list: {crl}"))?;
        }
        Ok(Outcome::Success)
    }
}

const fn word(news: News) -> &'static str {
    match news {
        News::Newer => "new",
        News::Same => "as before",
        News::None => "none",
    }
}

/// Get an enrolment credential from the EA (TS 102 941 clause 6.2.3.2)
///
/// With the current credential if it is valid, else with the canonical key that the station is registered with.
#[derive(Args)]
pub(crate) struct Enrol {
    #[command(flatten)]
    home: HomeArguments,
}

impl Enrol {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        enrol(&self.home, output)
    }
}

/// Get the next credential if it is time: 90 days before the current one ends, or after
///
/// The next credential is valid at once, and the current one stays valid to its end.
#[derive(Args)]
pub(crate) struct Renew {
    #[command(flatten)]
    home: HomeArguments,

    /// Whether it is time or not
    #[arg(long)]
    force: bool,
}

impl Renew {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let home = self.home.open()?;
        if self.force || home.is_due(time::now()?)? {
            return enrol(&self.home, output);
        }
        if output.is_json() {
            output.document(&json!({ "due": false }))?;
        } else {
            output.line("the credential is not due")?;
        }
        Ok(Outcome::Success)
    }
}

fn enrol(home: &HomeArguments, output: &mut Output) -> Result<Outcome> {
    let (home, now, rng) = (home.open()?, time::now()?, &mut random::generator()?);
    match wait(home.enrol(now, rng))? {
        Ok(pair) => report(&pair, output)?,
        Err(refusal) => return Ok(refused(&refusal)),
    }
    Ok(Outcome::Success)
}

fn report(pair: &Pair, output: &mut Output) -> Result<()> {
    let (certificate, validity) = (pair.certificate(), pair.certificate().validity());
    let id = certificate.hashed_id8().to_string();
    let (from, to) = (validity.begin().to_string(), validity.end().to_string());
    if output.is_json() {
        output.document(&json!({ "hashedId8": id, "from": from, "to": to }))
    } else {
        output.line(format_args!("credential {id}, valid from {from} to {to}"))
    }
}

/// Get authorization tickets from the AA (TS 102 941 clause 6.2.3.3)
///
/// Each has a key of its own. The AA does not learn who asks, and the EA not what ticket comes of it.
#[derive(Args)]
#[command(after_help = "Example:\n  \
    wayseal station authorize --home car1 --count 20 --service 36:01FFFC --valid-for 7d")]
pub(crate) struct Authorize {
    #[command(flatten)]
    home: HomeArguments,

    /// How many
    #[arg(long, default_value_t = 1)]
    count: usize,

    /// A service and its permissions; can be given more than once; without, CAM and DENM with no special right
    #[arg(long, value_name = "PSID:SSP", value_parser = parse_service)]
    service: Vec<PsidSsp>,

    /// When they start to be valid: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, value_name = "TIME")]
    start: Option<Time64>,

    /// How long they are valid; without, as long as the PKI allows
    #[arg(long, value_name = "TIME", value_parser = period::parse)]
    valid_for: Option<Duration>,

    /// Let the AA learn who asks
    #[arg(long)]
    without_privacy: bool,

    /// Do not prove possession of the tickets' keys
    #[arg(long)]
    without_proof: bool,
}

/// Hours of a ticket whose start alone is asked for: a week, the most that the European policy allows.
const WEEK: Duration = Duration::Hours(168);

fn parse_service(text: &str) -> Result<PsidSsp> {
    let (psid, ssp) =
        text.split_once(':').ok_or_else(|| anyhow!("{text}: give PSID:SSP, such as 36:010000"))?;
    let psid = psid.parse().map_err(|_| anyhow!("{psid}: not a PSID"))?;
    Ok(permission(psid, &service::parse_ssp(ssp)?.0))
}

impl Authorize {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let (home, began, rng) = (self.home.open()?, time::now()?, &mut random::generator()?);
        let wish = self.wish(began)?;
        let now = || time::now().unwrap_or(began);
        let tickets = match wait(home.authorize(self.count, &wish, now, rng))? {
            Ok(tickets) => tickets,
            Err(refusal) => return Ok(refused(&refusal)),
        };
        if output.is_json() {
            let ids: Vec<_> = tickets.iter().map(|ticket| ticket.hashed_id8().to_string()).collect();
            output.document(&json!({ "tickets": ids }))?;
        } else {
            output.line(format_args!("{} tickets", tickets.len()))?;
        }
        Ok(Outcome::Success)
    }

    fn wish(&self, now: Time64) -> Result<TicketWish> {
        let mut permissions = self.service.clone();
        if permissions.is_empty() {
            permissions = vec![permission(CAM, &[1, 0, 0]), permission(DENM, &[1, 0, 0, 0])];
        }
        let mut attributes = CertificateSubjectAttributes::signing(SequenceOfPsidSsp(permissions));
        if self.start.is_some() || self.valid_for.is_some() {
            let start = self.start.unwrap_or(now);
            let start = start.time32().ok_or_else(|| anyhow!("{start}: after the year 2140"))?;
            let duration = self.valid_for.unwrap_or(WEEK);
            attributes.validity_period = Some(ValidityPeriod { start, duration }.into());
        }
        Ok(TicketWish {
            attributes,
            privacy: if self.without_privacy { Privacy::Open } else { Privacy::Hidden },
            proof: if self.without_proof { Proof::Omitted } else { Proof::OfPossession },
        })
    }
}
