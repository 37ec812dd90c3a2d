//! Follows a station's home while a link is up: its tickets, its lists, and the operator's block list.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use drone_link::block_list::BlockList;
use drone_link::rights::{COMMAND_AND_CONTROL, Right, Rights};
use drone_link_gateway::standing::{Lists, Standing, StandingKeeper};
use enrollment_home::Home;
use v2x_codec::time::Time64;
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

use crate::signals::Asked;
use crate::{input, time};

/// How often the home is looked at: what changes in it counts within a second.
const LOOK: Duration = Duration::from_millis(250);

/// How long before its end a ticket gives way to the next.
const OVERLAP_MICROS: u64 = 60_000_000;

/// A station's home, and what of it is in use.
pub(super) struct Keeper {
    home: Arc<Home>,
    folder: PathBuf,
    block_list: Option<PathBuf>,
    /// What the ticket must permit, besides being for links.
    right: Option<Right>,
    keeper: StandingKeeper,
    ticket: Certificate,
    blocked: BlockList,
    /// When the lists are overdue, if that was not acted on yet.
    due: Option<Time64>,
    seen: Vec<Seen>,
}

/// What tells whether a file changed.
#[derive(PartialEq, Eq)]
struct Seen(PathBuf, Option<(u64, Option<SystemTime>)>);

impl Keeper {
    /// Reads the home.
    pub(super) fn new(
        home: Home,
        folder: &Path,
        block_list: Option<&PathBuf>,
        right: Option<Right>,
    ) -> Result<(Self, Standing)> {
        let (home, now) = (Arc::new(home), time::now()?);
        let identity = ticket(&home, right, now)?;
        let certificate = identity.certificate().clone();
        let blocked = blocked(&home, block_list, BlockList::new(), now)?;
        // Read once, so that lists that are overdue are told of at once.
        let due = home.lists_due(now)?;
        let (keeper, standing) = Standing::new(Arc::new(identity), lists(&home, blocked.clone()));
        let (folder, block_list) = (folder.to_owned(), block_list.cloned());
        let (ticket, seen) = (certificate, Vec::new());
        let mut kept = Self { home, folder, block_list, right, keeper, ticket, blocked, due, seen };
        kept.seen = kept.look();
        Ok((kept, standing))
    }

    /// Follows the home until somebody asks to stop.
    pub(super) fn follow(mut self, asked: &Asked, mut say: impl FnMut(String)) {
        while asked.sleep(LOOK) {
            let (now, seen) = (time::now().unwrap_or_default(), self.look());
            // Nothing in the folder changes when lists become overdue, and then they vouch for nobody.
            let changed = seen != self.seen || self.due.is_some_and(|due| due <= now);
            self.seen = seen;
            if changed {
                self.change_lists(now, &mut say);
            }
            if changed || self.is_ending(now) {
                self.change_ticket(now, &mut say);
            }
        }
    }

    fn is_ending(&self, now: Time64) -> bool {
        self.ticket.validity().end() <= now.saturating_add_micros(OVERLAP_MICROS)
    }

    fn change_lists(&mut self, now: Time64, say: &mut impl FnMut(String)) {
        match blocked(&self.home, self.block_list.as_ref(), self.blocked.clone(), now) {
            Ok(blocked) => self.blocked = blocked,
            Err(error) => {
                say(format!("the block list stays as it was: {}", crate::output::sentence(&error)));
            }
        }
        self.due = self.home.lists_due(now).unwrap_or_default();
        self.keeper.change_lists(lists(&self.home, self.blocked.clone()));
    }

    fn change_ticket(&mut self, now: Time64, say: &mut impl FnMut(String)) {
        match ticket(&self.home, self.right, now) {
            Ok(next) if *next.certificate() != self.ticket => {
                self.ticket = next.certificate().clone();
                say(format!("ticket {} from now on", self.ticket));
                self.keeper.change_ticket(Arc::new(next));
            }
            Ok(_) => {}
            Err(error) if self.ticket.validity().end() <= now => {
                say(format!("no ticket is left: {}", crate::output::sentence(&error)));
            }
            Err(_) => {}
        }
    }

    fn look(&self) -> Vec<Seen> {
        let names = ["root.cert", "tlm.cert", "ectl.oer", "ctl.oer", "crl.oer", "tickets"];
        let paths = names.iter().map(|name| self.folder.join(name)).chain(self.block_list.clone());
        let state = |path: &Path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.len(), metadata.modified().ok()))
        };
        paths.map(|path| Seen(path.clone(), state(&path))).collect()
    }
}

/// Whom to believe, read anew from the home each time: lists that are overdue by then make it nobody.
fn lists(home: &Arc<Home>, blocked: BlockList) -> Lists {
    let home = Arc::clone(home);
    let trust = move || {
        let now = time::now().map_err(|error| error.to_string())?;
        home.trust(now).map_err(|error| error.to_string())
    };
    Lists { trust: Arc::new(trust), blocked }
}

fn blocked(home: &Home, path: Option<&PathBuf>, mut before: BlockList, now: Time64) -> Result<BlockList> {
    let Some(path) = path else { return Ok(before) };
    let signed = input::read_file(path)?.octets;
    before.apply(home.trust(now)?, now, &signed).with_context(|| path.display().to_string())?;
    Ok(before)
}

/// The ticket to use: for links, valid now, and of those the one that is valid for longest.
fn ticket(home: &Home, right: Option<Right>, now: Time64) -> Result<Identity> {
    let fits = |certificate: &Certificate| {
        Rights::of_certificate(certificate).is_ok_and(|rights| right.is_none_or(|right| rights.has(right)))
    };
    let tickets = home.tickets()?.into_iter().filter(|pair| pair.is_valid(now) && fits(pair.certificate()));
    let found = tickets.max_by_key(|pair| pair.certificate().validity().end());
    let found = found.ok_or_else(|| {
        let what = right.map(|right| format!(" with the right \"{}\"", right.name())).unwrap_or_default();
        anyhow!(
            "no ticket for UAS command and control ({COMMAND_AND_CONTROL}){what} is valid now: \
             `wayseal station authorize --service 29:SSP` gets one"
        )
    })?;
    Ok(home.identity(&found)?)
}
