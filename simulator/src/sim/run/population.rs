//! Who is there: stations that come with their vehicles and go with them, and their certificates.

use std::collections::HashSet;
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use v2x_codec::time::Time64;
use v2x_station::Station;
use v2x_station::ticket_pool::{ChangePolicy, TicketPool};

use super::Run;
use crate::radio::{ChannelLoad, draw};
use crate::sim::air::{Place, Plane};
use crate::sim::error::SimError;
use crate::sim::limits;
use crate::sim::node::{Kind, Node, Papers, Plain, Stack};
use crate::sim::office::Office;
use crate::trace::VehicleClass;
use crate::world::Moving;

/// How long after an unanswered request a station asks again, in microseconds.
const ASK_AGAIN_MICROS: u64 = 1_000_000;

impl Run<'_> {
    /// Stations come with their vehicles, move with them and go with them.
    pub(super) fn follow(&mut self, now: Time64) -> Result<(), SimError> {
        let Some(first) = self.moving.first() else {
            self.move_stations();
            return Ok(());
        };
        if self.plane.is_none() {
            self.plane = Some(Plane::through(&first.state));
            self.set_up_roadside_units(now)?;
        }
        let moving = core::mem::take(&mut self.moving);
        for moving in &moving {
            self.welcome(moving, now)?;
        }
        self.moving = moving;
        if self.nodes.len() > limits::MAX_STATIONS {
            return Err(SimError::TooMany { what: "stations at once", limit: limits::MAX_STATIONS });
        }
        self.move_stations();
        Ok(())
    }

    /// Gives a vehicle its station, if it is one of those that have one and has not got it yet.
    fn welcome(&mut self, moving: &Moving, now: Time64) -> Result<(), SimError> {
        let has_station = match self.equipped.get(&moving.vehicle) {
            Some(known) => *known,
            None => {
                let has_station = self.has_station(moving);
                self.equipped.insert(moving.vehicle, has_station);
                has_station
            }
        };
        if has_station && self.present.insert(moving.vehicle) {
            let node = self.vehicle(moving, now)?;
            self.nodes.push(node);
        }
        Ok(())
    }

    /// Those whose vehicles are not there leave: one that comes back later, after a jump, gets a new station.
    fn move_stations(&mut self) {
        let Self { nodes, moving, plane, present, .. } = self;
        let Some(plane) = plane else { return };
        nodes.retain_mut(|node| {
            let Kind::Vehicle { number, .. } = &node.kind else { return true };
            let place = moving.binary_search_by_key(number, |moving| moving.vehicle);
            let Some(here) = place.ok().and_then(|index| moving.get(index)) else {
                present.remove(number);
                return false;
            };
            node.place = plane.place(here.state.latitude, here.state.longitude);
            node.state = Some(here.state.of_vehicle(here.class));
            true
        });
    }

    /// Chance decides by the vehicle's name, so that neither order nor number of vehicles matters.
    fn has_station(&self, moving: &Moving) -> bool {
        let stations = &self.scenario.stations;
        let share = stations.equipped_by_class.get(moving.class.name()).copied().unwrap_or(stations.equipped);
        let name = draw::of_text(self.options.seed, self.traffic.name(moving.vehicle));
        // A cyclist sends no vehicle's CAM.
        moving.class != VehicleClass::Cyclist && draw::unit(self.options.seed, [name, 2]) < share
    }

    fn vehicle(&self, moving: &Moving, now: Time64) -> Result<Node, SimError> {
        let key = draw::of_text(self.options.seed, self.traffic.name(moving.vehicle));
        let papers = Box::new(Papers { ask_at: now, valid_until: now, ..Papers::default() });
        self.node(key, Kind::Vehicle { number: moving.vehicle, papers }, now)
    }

    fn node(&self, key: u64, kind: Kind, now: Time64) -> Result<Node, SimError> {
        let mut rng = ChaCha20Rng::seed_from_u64(draw::number(self.options.seed, [key, now.micros()]));
        let stack = if self.scenario.security.crypto {
            let stations = &self.scenario.stations;
            let change = ChangePolicy {
                min_time: Duration::from_secs(stations.change_seconds),
                min_distance_m: stations.change_metres,
            };
            let verifier = self.office.verifier(now, [rng.next_u64(), rng.next_u64()])?;
            Stack::Secured(Box::new(Station::new(TicketPool::new(Vec::new(), change)?, verifier, &mut rng)))
        } else {
            Stack::Plain(Plain::new(rng.next_u32()))
        };
        Ok(Node {
            key,
            kind,
            stack,
            rng,
            since: now,
            place: Place::default(),
            state: None,
            load: ChannelLoad::default(),
            outbox: Vec::new(),
            inbox: Vec::new(),
            met: HashSet::new(),
        })
    }

    fn set_up_roadside_units(&mut self, now: Time64) -> Result<(), SimError> {
        for (number, unit) in self.scenario.roadside_units.iter().enumerate() {
            let key = draw::number(self.options.seed, [3, number as u64]);
            let mut node = self.node(key, Kind::RoadsideUnit(number), now)?;
            if let Some(plane) = &self.plane {
                node.place = plane.place(unit.position.latitude, unit.position.longitude);
            }
            self.nodes.push(node);
        }
        Ok(())
    }

    /// Stations enrol, and get their tickets before the last run out; while nobody answers, they ask again.
    pub(super) fn look_after_papers(&mut self, now: Time64, at: Duration) -> Result<(), SimError> {
        if !self.scenario.security.crypto {
            return Ok(());
        }
        let second = at.as_secs();
        let is_out = self.scenario.outages.iter().any(|out| (out.from_s..out.until_s).contains(&second));
        for node in &mut self.nodes {
            let (Kind::Vehicle { papers, .. }, Stack::Secured(station)) = (&mut node.kind, &mut node.stack)
            else {
                continue;
            };
            if now >= papers.ask_at {
                if is_out {
                    self.unanswered += 1;
                    papers.ask_at = now.saturating_add_micros(ASK_AGAIN_MICROS);
                } else {
                    papers.renew(&mut self.office, station, now, &mut node.rng)?;
                }
            }
            let without = papers.without_micros(now);
            self.longest_without_micros = self.longest_without_micros.max(without);
        }
        Ok(())
    }
}

impl Papers {
    fn renew(
        &mut self,
        office: &mut Office,
        station: &mut Station,
        now: Time64,
        rng: &mut ChaCha20Rng,
    ) -> Result<(), SimError> {
        let credential = match self.credential.take() {
            Some(credential) => credential,
            None => office.enrol(now, rng)?,
        };
        station.tickets_mut().forget_expired(now);
        for ticket in office.tickets(&credential, now, rng)? {
            self.valid_until = self.valid_until.max(ticket.chain().certificate().validity().end());
            station.tickets_mut().add(ticket)?;
        }
        self.credential = Some(credential);
        self.ask_at = now.saturating_add_micros(office.renewal_micros());
        Ok(())
    }

    /// How long it has been without a valid ticket.
    fn without_micros(&mut self, now: Time64) -> u64 {
        if now < self.valid_until {
            self.without_since = None;
            return 0;
        }
        let since = *self.without_since.get_or_insert(now);
        now.micros_since(since).unwrap_or(0)
    }
}
