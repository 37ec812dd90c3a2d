//! Where stations get their identities: the real EA and AA, in this process.

use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use v2x_ca::lab::{Lab, Plan};
use v2x_codec::time::{Duration, Time64, ValidityPeriod};
use v2x_crypto::Provider;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::verifier::Verifier;
use v2x_station::ticket_pool::Ticket;

use super::crypto::{Repeatable, SharedKeys};
use super::error::SimError;
use super::limits;
use crate::pki::{Held, Issued, Pki, PkiError, TicketWish, usual_profile};
use crate::scenario::Stations;

/// How old the PKI is when a run starts: old enough for attackers' tickets that ran out.
const PKI_AGE_MICROS: u64 = 30 * 86_400_000_000;

/// EA and AA, and what stations want of them.
pub(super) struct Office {
    pub(super) pki: Pki,
    /// Signs the stations' messages.
    messages: Arc<dyn Provider>,
    tickets: usize,
    ticket_seconds: u16,
}

impl Office {
    /// Founds a PKI whose keys follow from `seed`, under a root that nobody else trusts.
    pub(super) fn found(
        seed: u64,
        start: Time64,
        wanted: &Stations,
        provider: Arc<dyn Provider>,
    ) -> Result<Self, SimError> {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let founded = start.saturating_sub_micros(PKI_AGE_MICROS).time32();
        let founded =
            founded.ok_or(PkiError::Office("the start is beyond the times of certificates".to_owned()))?;
        let messages = Arc::clone(&provider);
        let authorities: Arc<dyn Provider> = Arc::new(Repeatable(Arc::new(SharedKeys::new(provider))));
        let lab = Lab::new(&Plan::new("wayseal simulation", founded), &*authorities, rng);
        let pki = Pki::new(lab.map_err(PkiError::from)?, authorities)?;
        Ok(Self { pki, messages, tickets: wanted.tickets, ticket_seconds: wanted.ticket_seconds })
    }

    /// Registers and enrols a station.
    pub(super) fn enrol(&mut self, now: Time64, rng: &mut ChaCha20Rng) -> Result<Held, SimError> {
        Ok(self.pki.newcomer(usual_profile(None), now, rng)?)
    }

    /// A station's next tickets, valid from now.
    pub(super) fn tickets(
        &mut self,
        credential: &Held,
        now: Time64,
        rng: &mut ChaCha20Rng,
    ) -> Result<Vec<Ticket>, SimError> {
        let start = now.time32().ok_or(PkiError::Office("beyond the times of certificates".to_owned()))?;
        let validity = Some(ValidityPeriod { start, duration: Duration::Seconds(self.ticket_seconds) });
        let wish = TicketWish { validity, ..TicketWish::ordinary() };
        let mut next = || -> Result<Ticket, SimError> {
            let held = self.pki.ticket(credential, &wish, now, rng)?;
            Ok(self.pki.pool_ticket_by(&held, &*self.messages)?)
        };
        (0..self.tickets).map(|_| next()).collect()
    }

    /// How long after getting tickets a station asks for the next: when a quarter of their time is left.
    pub(super) fn renewal_micros(&self) -> u64 {
        u64::from(self.ticket_seconds) * 750_000
    }

    /// A verifier for one station, which trusts this PKI and has heard nothing.
    pub(super) fn verifier(&self, now: Time64, seed: [u64; 2]) -> Result<Verifier, SimError> {
        let window_micros = u64::try_from(limits::REPLAY_WINDOW.as_micros()).unwrap_or(u64::MAX);
        let config =
            ReplayConfig { window_micros, budget_octets: limits::REPLAY_OCTETS, ..ReplayConfig::new(seed) };
        // Nothing may be accepted that is older than what is remembered.
        let policy = Policy { max_age_other: Policy::STANDARD.max_age_awareness, ..Policy::STANDARD };
        Ok(Verifier::new(self.pki.trust_store()?, policy, ReplayFilter::new(config, now)))
    }

    pub(super) const fn issued(&self) -> Issued {
        self.pki.issued()
    }
}
