//! A station of the simulation, with what the simulation needs to know of it: where it is, what it sends and senses.

use std::collections::HashSet;
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use v2x_codec::geonet::{BasicHeader, BasicNextHeader, Lifetime};
use v2x_codec::time::Time64;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_station::cam_trigger::CamTrigger;
use v2x_station::dcc::{DccState, ReactiveDcc};
use v2x_station::router::{Message, Router, position_vector};
use v2x_station::vehicle::{VehicleState, encode_cam};
use v2x_station::{Station, StationError};

use super::air::Place;
use super::error::SimError;
use crate::pki::Held;
use crate::radio::ChannelLoad;

/// Octets that a signature and its header add to a CAM signed with a digest: what runs without crypto add to the length of
/// their frames, so that the channel is as busy.
pub(super) const SECURITY_OCTETS: usize = 93;

/// A station.
pub(super) struct Node {
    /// Its name to chance.
    pub(super) key: u64,
    pub(super) kind: Kind,
    pub(super) stack: Stack,
    pub(super) rng: ChaCha20Rng,
    /// When it was switched on: it believes nothing that is older.
    pub(super) since: Time64,
    pub(super) place: Place,
    /// What it knows of itself now; a roadside unit nothing that it would send.
    pub(super) state: Option<VehicleState>,
    pub(super) load: ChannelLoad,
    /// What it sends in this step.
    pub(super) outbox: Vec<Vec<u8>>,
    /// What it receives in this step, by index.
    pub(super) inbox: Vec<u32>,
    /// Signers whose certificates it has, where somebody else verifies for it.
    pub(super) met: HashSet<HashedId8>,
}

/// What a station is on.
pub(super) enum Kind {
    /// A vehicle, by its number in the world.
    Vehicle { number: u32, papers: Box<Papers> },
    /// A roadside unit, by its number in the scenario.
    RoadsideUnit(usize),
}

/// A vehicle's dealings with the authorities.
#[derive(Default)]
pub(super) struct Papers {
    pub(super) credential: Option<Held>,
    /// When it asks for tickets next.
    pub(super) ask_at: Time64,
    /// Until when it has a valid ticket.
    pub(super) valid_until: Time64,
    /// Since when it has had none.
    pub(super) without_since: Option<Time64>,
    pub(super) current: Option<HashedId8>,
}

/// What sends and receives.
pub(super) enum Stack {
    /// The whole station, with security.
    Secured(Box<Station>),
    /// Without any security, for measuring what it costs.
    Plain(Plain),
}

/// The parts of a station that are not security.
pub(super) struct Plain {
    trigger: CamTrigger,
    dcc: ReactiveDcc,
    station_id: u32,
}

impl Plain {
    pub(super) fn new(station_id: u32) -> Self {
        Self { trigger: CamTrigger::new(), dcc: ReactiveDcc::new(), station_id }
    }

    /// A CAM in an unsecured packet, when one is due.
    fn drive(&mut self, now: Time64, state: &VehicleState) -> Result<Option<Vec<u8>>, SimError> {
        let Some(due) = self.trigger.check(now, &state.kinematics, self.dcc.state().off_ms()) else {
            return Ok(None);
        };
        let octets = encode_cam(state, self.station_id, now, due)?;
        let [a, b, c, d] = self.station_id.to_be_bytes();
        let source = position_vector([2, 0, a, b, c, d], now, &state.kinematics);
        let mut packet = Vec::with_capacity(octets.len() + 64);
        let (next_header, lifetime) = (BasicNextHeader::Common, Lifetime::from_millis(1_000));
        BasicHeader { next_header, lifetime, remaining_hop_limit: 1 }.encode(&mut packet);
        packet.extend(Router::new().network_pdu(&Message::cam(&octets), source, true)?);
        Ok(Some(packet))
    }
}

impl Node {
    /// Moves on: what it sends goes into its outbox. Yields whether it took another ticket.
    pub(super) fn drive(&mut self, clock: &Clock) -> Result<bool, SimError> {
        self.outbox.clear();
        let Some(state) = &self.state else { return Ok(false) };
        match &mut self.stack {
            Stack::Plain(plain) => {
                self.outbox.extend(plain.drive(clock.now(), state)?);
                Ok(false)
            }
            Stack::Secured(station) => {
                match station.drive(clock, state, &mut self.rng) {
                    // It is silent, and the report says for how long.
                    Ok(()) | Err(StationError::NoValidTicket) => {}
                    Err(error) => return Err(error.into()),
                }
                while let Some(packet) = station.poll_output(clock.now()) {
                    self.outbox.push(packet);
                }
                let ticket =
                    station.tickets().current().map(|ticket| ticket.chain().certificate().hashed_id8());
                Ok(self.kind.took(ticket))
            }
        }
    }

    /// Takes note of how busy the channel was.
    pub(super) fn channel_busy(&mut self, busy: f64) -> DccState {
        match &mut self.stack {
            Stack::Plain(plain) => plain.dcc.update(busy),
            Stack::Secured(station) => station.channel_busy(busy),
        }
    }
}

impl Kind {
    fn took(&mut self, ticket: Option<HashedId8>) -> bool {
        match self {
            Self::RoadsideUnit(_) => false,
            Self::Vehicle { papers, .. } => {
                let changed = papers.current.is_some() && ticket.is_some() && papers.current != ticket;
                papers.current = ticket.or(papers.current);
                changed
            }
        }
    }
}

/// A packet that several hold.
pub(super) fn shared(packet: Vec<u8>) -> Arc<[u8]> {
    packet.into()
}
