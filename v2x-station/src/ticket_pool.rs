//! The authorization tickets of a station, and when it changes from one to the next.

use std::sync::Arc;
use std::time::Duration;

use v2x_codec::time::Time64;
use v2x_crypto::Signer;
use v2x_security::chain::Chain;
use v2x_security::sign::Identity;

use crate::error::StationError;
use crate::limits::MAX_TICKETS;

/// A ticket whose chain was verified, with the key that signs for it.
pub struct Ticket {
    chain: Arc<Chain>,
    identity: Identity,
}

impl Ticket {
    /// The ticket at the lower end of `chain`, explicit or implicit, with its key.
    ///
    /// # Errors
    /// [`StationError::Security`] when `signer` holds another key.
    pub fn new(chain: Arc<Chain>, signer: Box<dyn Signer>) -> Result<Self, StationError> {
        let identity = Identity::of_chain(&chain, signer)?;
        Ok(Self { chain, identity })
    }

    /// The verified chain from the ticket up to a trusted root.
    #[must_use]
    pub const fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// The ticket and its key, to sign with.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The ticket and its key alone.
    #[must_use]
    pub fn into_identity(self) -> Identity {
        self.identity
    }

    fn is_valid_at(&self, now: Time64) -> bool {
        self.chain.certificates().iter().all(|certificate| certificate.validity().contains(now))
    }
}

/// When a station takes the next ticket, so that nobody follows it by its certificate.
///
/// Both must have gone by: a change after time alone tells nothing where a vehicle stands still, and one after
/// distance alone comes too often on a motorway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePolicy {
    /// Least time with one ticket.
    pub min_time: Duration,
    /// Least way with one ticket, in metres.
    pub min_distance_m: u32,
}

impl Default for ChangePolicy {
    /// Five minutes and 800 metres: the order of magnitude that European deployments publish; a policy value,
    /// not a clause.
    fn default() -> Self {
        Self { min_time: Duration::from_secs(300), min_distance_m: 800 }
    }
}

/// The tickets, one of them current.
pub struct TicketPool {
    tickets: Vec<Ticket>,
    policy: ChangePolicy,
    current: Option<Current>,
}

#[derive(Clone, Copy)]
struct Current {
    index: usize,
    since: Time64,
    way_m: f64,
}

impl TicketPool {
    /// A pool that changes tickets by `policy`.
    ///
    /// # Errors
    /// [`StationError::TooManyTickets`] above [`MAX_TICKETS`].
    pub fn new(tickets: Vec<Ticket>, policy: ChangePolicy) -> Result<Self, StationError> {
        if tickets.len() > MAX_TICKETS {
            return Err(StationError::TooManyTickets { found: tickets.len(), limit: MAX_TICKETS });
        }
        Ok(Self { tickets, policy, current: None })
    }

    /// Puts a further ticket there.
    ///
    /// # Errors
    /// [`StationError::TooManyTickets`] when the pool is full.
    pub fn add(&mut self, ticket: Ticket) -> Result<(), StationError> {
        if self.tickets.len() >= MAX_TICKETS {
            return Err(StationError::TooManyTickets { found: MAX_TICKETS + 1, limit: MAX_TICKETS });
        }
        self.tickets.push(ticket);
        Ok(())
    }

    /// Throws away the tickets that ran out before `now`, with their keys.
    pub fn forget_expired(&mut self, now: Time64) {
        let (mut place, mut kept, before) = (0, 0, self.current.take());
        self.tickets.retain(|ticket| {
            let keeps = ticket.chain.certificate().validity().end() > now;
            if let Some(current) = before.filter(|current| keeps && current.index == place) {
                self.current = Some(Current { index: kept, ..current });
            }
            place += 1;
            kept += usize::from(keeps);
            keeps
        });
    }

    /// Tells the pool that its station went `way_m` more metres.
    pub fn travelled(&mut self, way_m: f64) {
        if let Some(current) = &mut self.current {
            current.way_m += way_m;
        }
    }

    /// The ticket to sign with at `now`: the current one, or the next where a change is due.
    ///
    /// # Errors
    /// [`StationError::NoValidTicket`] when none is valid: the station falls silent.
    pub fn select(&mut self, now: Time64) -> Result<&Ticket, StationError> {
        let stays = self.current.is_some_and(|current| self.stays(&current, now));
        if !stays {
            self.current = self.next(self.current.map(|current| current.index), now);
        }
        self.current().ok_or(StationError::NoValidTicket)
    }

    /// The ticket that was selected last.
    #[must_use]
    pub fn current(&self) -> Option<&Ticket> {
        self.current.and_then(|current| self.tickets.get(current.index))
    }

    /// Tickets that are valid at `now`.
    #[must_use]
    pub fn valid_at(&self, now: Time64) -> usize {
        self.tickets.iter().filter(|ticket| ticket.is_valid_at(now)).count()
    }

    fn stays(&self, current: &Current, now: Time64) -> bool {
        let valid = self.tickets.get(current.index).is_some_and(|ticket| ticket.is_valid_at(now));
        let time = Duration::from_micros(now.micros_since(current.since).unwrap_or(0));
        let worn = time >= self.policy.min_time && current.way_m >= f64::from(self.policy.min_distance_m);
        valid && !worn
    }

    /// The next valid ticket behind `before`, in turn; with one valid ticket only, that one again.
    fn next(&self, before: Option<usize>, now: Time64) -> Option<Current> {
        let start = before.map_or(0, |index| index + 1);
        let in_turn = (start..self.tickets.len()).chain(0..start.min(self.tickets.len()));
        let valid = |index: &usize| self.tickets.get(*index).is_some_and(|ticket| ticket.is_valid_at(now));
        let index = in_turn.into_iter().find(valid)?;
        Some(Current { index, since: now, way_m: 0.0 })
    }
}
