//! Attackers among the traffic: each rides with a vehicle, and sends from where that is.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use v2x_codec::time::Time64;
use v2x_security::sign::Identity;

use super::air::{Frame, Origin, Place, Plane};
use super::error::SimError;
use super::node::shared;
use crate::demo::AttackKind;
use crate::demo::attackers::{self, Attackers};
use crate::fleet::misissued;
use crate::pki::{Pki, TicketWish, usual_profile};
use crate::radio::{airtime, draw};
use crate::scenario::{Attack, Attacker};
use crate::world::Moving;

/// Steps until a frame is sent again: half a second.
const REPLAY_AFTER_STEPS: u64 = 5;
/// How far from itself a position lie is, in metres.
const LIE_M: f64 = 200.0;
/// How far from its sender Sybil's vehicles claim to be, in metres.
const SYBIL_M: f64 = 60.0;
/// How far an attacker hears, in metres.
const HEARS_M: f64 = 300.0;
/// Tickets that one station gets at a time: what it was stolen from.
const STOLEN_AT_ONCE: usize = 10;

/// All attackers of a run.
pub(super) struct Riders {
    arms: Option<Attackers>,
    riders: Vec<Rider>,
    /// What is going to be sent again, the next first.
    pending: VecDeque<Captured>,
    pub(super) watched: HashSet<u64>,
    seed: u64,
    made: u64,
}

/// A frame that is going to be sent again.
struct Captured {
    /// In which step.
    due: u64,
    /// By which attacker.
    by: usize,
    original: Frame,
}

struct Rider {
    attacker: Attacker,
    /// Who it is on the air.
    key: u64,
    vehicle: Option<u32>,
    /// Packets that it may send, in thousandths of a packet.
    credit: u64,
    stolen: Vec<Identity>,
    turn: usize,
}

/// What attackers find in a step.
pub(super) struct Found<'a> {
    pub(super) step: u64,
    pub(super) now: Time64,
    pub(super) moving: &'a [Moving],
    pub(super) plane: &'a Plane,
    /// What honest stations send in this step.
    pub(super) honest: &'a [Frame],
}

impl Riders {
    /// Attackers with everything that they need from the PKI.
    pub(super) fn new(
        wanted: &[Attacker],
        pki: &mut Pki,
        (now, seed): (Time64, u64),
        rng: &mut ChaCha20Rng,
    ) -> Result<Self, SimError> {
        let arms = if wanted.is_empty() { None } else { Some(Attackers::new(pki, now, rng)?) };
        let mut riders = Vec::new();
        for attacker in wanted {
            for _ in 0..attacker.number {
                let stolen = match attacker.kind {
                    Attack::Sybil => stolen(attacker.identities, pki, now, rng)?,
                    Attack::Forge | Attack::Replay | Attack::Stale | Attack::PositionLie | Attack::Flood => {
                        Vec::new()
                    }
                };
                let key = draw::number(seed, [0xa77a_c4e5, riders.len() as u64]);
                riders.push(Rider { attacker: *attacker, key, vehicle: None, credit: 0, stolen, turn: 0 });
            }
        }
        Ok(Self { arms, riders, pending: VecDeque::new(), watched: HashSet::new(), seed, made: 0 })
    }

    /// What they send in a step; the frames' numbers begin behind those of honest ones.
    pub(super) fn frames(&mut self, found: &Found<'_>) -> Result<Vec<Frame>, SimError> {
        let mut frames = Vec::new();
        let Some(arms) = &self.arms else { return Ok(frames) };
        for (place, rider) in self.riders.iter_mut().enumerate() {
            rider.mount(found, self.seed);
            let Some(host) = rider.host(found) else { continue };
            rider.credit += (rider.attacker.rate * 100.0).round() as u64;
            while rider.credit >= 1_000 {
                rider.credit -= 1_000;
                self.made += 1;
                if rider.attacker.kind == Attack::Replay {
                    self.pending.extend(rider.capture(found, &host, (place, self.made, self.seed)));
                    continue;
                }
                if let Some(octets) = rider.packet(arms, found, &host, (self.made, self.seed))? {
                    frames.push(rider.frame(found, &host, Origin::Attack(rider.attacker.kind), octets));
                }
            }
        }
        self.repeat(found, &mut frames);
        self.watched = self.pending.iter().map(|captured| captured.original.number).collect();
        number(found, &mut frames);
        Ok(frames)
    }

    /// Sends again what is due.
    fn repeat(&mut self, found: &Found<'_>, frames: &mut Vec<Frame>) {
        while let Some(Captured { by, original, .. }) =
            self.pending.pop_front_if(|next| next.due <= found.step)
        {
            let Some(rider) = self.riders.get(by) else { continue };
            if let Some(host) = rider.host(found) {
                let origin = Origin::Replay(original.number, original.at);
                frames.push(rider.frame(found, &host, origin, original.octets));
            }
        }
    }
}

/// Numbers frames behind the honest ones of the step.
fn number(found: &Found<'_>, frames: &mut [Frame]) {
    let first = found.honest.len() as u64;
    for (index, frame) in (first..).zip(frames) {
        frame.number = (found.step << 24) | index;
    }
}

impl Rider {
    /// Stays with its vehicle, and takes another when that has left.
    fn mount(&mut self, found: &Found<'_>, seed: u64) {
        if self.host(found).is_some() || found.moving.is_empty() {
            return;
        }
        let chosen = draw::number(seed, [self.key, found.step]) % found.moving.len() as u64;
        self.vehicle =
            usize::try_from(chosen).ok().and_then(|index| found.moving.get(index)).map(|host| host.vehicle);
    }

    fn host(&self, found: &Found<'_>) -> Option<Moving> {
        let vehicle = self.vehicle?;
        let index = found.moving.binary_search_by_key(&vehicle, |moving| moving.vehicle).ok()?;
        found.moving.get(index).copied()
    }

    fn place(found: &Found<'_>, host: &Moving) -> Place {
        found.plane.place(host.state.latitude, host.state.longitude)
    }

    /// One of the honest frames that it hears in this step.
    fn overhear<'f>(found: &Found<'f>, host: &Moving, chance: u64) -> Option<&'f Frame> {
        let here = Self::place(found, host);
        let near: Vec<&Frame> =
            found.honest.iter().filter(|frame| here.distance_m(frame.place) < HEARS_M).collect();
        let index = chance.checked_rem(near.len() as u64)?;
        near.get(usize::try_from(index).ok()?).copied()
    }

    fn capture(
        &self,
        found: &Found<'_>,
        host: &Moving,
        (by, made, seed): (usize, u64, u64),
    ) -> Option<Captured> {
        let heard = Self::overhear(found, host, draw::number(seed, [self.key, made]))?;
        Some(Captured { due: found.step + REPLAY_AFTER_STEPS, by, original: heard.clone() })
    }

    /// Its next packet; none when it would need to hear somebody and hears nobody.
    fn packet(
        &mut self,
        arms: &Attackers,
        found: &Found<'_>,
        host: &Moving,
        (made, seed): (u64, u64),
    ) -> Result<Option<Arc<[u8]>>, SimError> {
        let state = host.state.of_vehicle(host.class);
        let station_id = (draw::number(seed, [self.key, 1]) & 0xffff_ffff) as u32;
        let scene = |heard| attackers::Scene { now: found.now, state: &state, heard };
        let packet = match self.attacker.kind {
            Attack::Forge => match Self::overhear(found, host, draw::number(seed, [self.key, made])) {
                None => return Ok(None),
                Some(heard) => arms.packet(AttackKind::ForgedSignature, &scene(&heard.octets))?,
            },
            Attack::Stale => arms.packet(AttackKind::Stale, &scene(&[]))?,
            Attack::Flood => {
                misissued(attackers::whole_cam(arms.insider(), &state, found.now, station_id)?, made)
            }
            Attack::PositionLie => {
                let lie = found.plane.moved(&host.state, 0.0, LIE_M).of_vehicle(host.class);
                attackers::whole_cam(arms.insider(), &lie, found.now, station_id)?
            }
            Attack::Sybil => return self.as_several(found, host, station_id),
            Attack::Replay => return Ok(None),
        };
        Ok(Some(shared(packet)))
    }

    /// The next of the vehicles that it claims to be.
    fn as_several(
        &mut self,
        found: &Found<'_>,
        host: &Moving,
        station_id: u32,
    ) -> Result<Option<Arc<[u8]>>, SimError> {
        let number = self.turn % self.stolen.len().max(1);
        self.turn += 1;
        let angle = number as f64 / self.stolen.len().max(1) as f64 * core::f64::consts::TAU;
        let there = found.plane.moved(&host.state, SYBIL_M * angle.sin(), SYBIL_M * angle.cos());
        let Some(identity) = self.stolen.get(number) else { return Ok(None) };
        let own = station_id.wrapping_add(u32::try_from(number).unwrap_or(0));
        let state = there.of_vehicle(host.class);
        Ok(Some(shared(attackers::whole_cam(identity, &state, found.now, own)?)))
    }

    fn frame(&self, found: &Found<'_>, host: &Moving, origin: Origin, octets: Arc<[u8]>) -> Frame {
        Frame {
            number: 0,
            at: found.now,
            sender: self.key,
            place: Self::place(found, host),
            micros: airtime::micros(octets.len()),
            origin,
            octets,
        }
    }
}

/// Valid tickets of honest stations, with their keys.
fn stolen(
    count: usize,
    pki: &mut Pki,
    now: Time64,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<Identity>, SimError> {
    let mut stolen = Vec::with_capacity(count);
    while stolen.len() < count {
        let victim = pki.newcomer(usual_profile(None), now, rng)?;
        for _ in 0..STOLEN_AT_ONCE.min(count - stolen.len()) {
            let ticket = pki.ticket(&victim, &TicketWish::ordinary(), now, rng)?;
            stolen.push(pki.identity(ticket)?);
        }
    }
    Ok(stolen)
}
