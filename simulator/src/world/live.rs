//! SUMO while it runs: one step ahead of the stations, so that what lies between two steps is interpolated, and so that it works while
//! they do.

use core::time::Duration;
use std::collections::HashMap;

use super::{Moving, Traffic, WorldError};
use crate::scenario::Sumo as Wanted;
use crate::trace::motion::{self, Sample, Step};
use crate::trace::{State, VehicleClass, limits};
use crate::traci::wire::Seen;
use crate::traci::{Client, Installation, Projection, Sumo, start};

/// SUMO, with the two steps between which the stations are. A step is always under way: dropping the program ends it.
pub(super) struct Live {
    sumo: Sumo,
    projection: Projection,
    step_ms: u64,
    vehicles: Vec<Vehicle>,
    numbers: HashMap<String, u32>,
    before: Frame,
    after: Frame,
    description: String,
}

struct Vehicle {
    name: String,
    class: VehicleClass,
}

/// What a step left.
#[derive(Default)]
struct Frame {
    at_ms: u64,
    states: HashMap<u32, State>,
}

impl Live {
    /// Starts SUMO, lets it warm up, and has its first step begun.
    pub(super) fn start(installation: &Installation, wanted: &Wanted, seed: u64) -> Result<Self, WorldError> {
        let mut sumo = start(installation, wanted, seed)?;
        let (_, version) = sumo.led(Client::version)?;
        let projection = sumo.led(|client| Projection::of(client, wanted.origin))?;
        if wanted.warm_up_s > 0 {
            let begin = sumo.led(Client::time)?;
            sumo.led(|client| client.run_until(begin + wanted.warm_up_s as f64))?;
        }
        let first = sumo.led(Client::subscribe)?;
        let mut live = Self {
            sumo,
            projection,
            step_ms: wanted.step_ms,
            vehicles: Vec::new(),
            numbers: HashMap::new(),
            before: Frame::default(),
            after: Frame::default(),
            description: version,
        };
        let seen: Vec<(String, Seen)> = first.into_iter().map(|found| (found.name, found.seen)).collect();
        live.after = live.frame(0, seen)?;
        live.sumo.led(Client::begin_step)?;
        Ok(live)
    }

    /// Takes SUMO's next step, and has it begin the one behind it.
    fn advance(&mut self) -> Result<(), WorldError> {
        let mut seen: Vec<(String, Seen)> = Vec::with_capacity(self.after.states.len() + 16);
        self.sumo.led(|client| client.finish_step(|name, vehicle| seen.push((name.to_owned(), vehicle))))?;
        let frame = self.frame(self.after.at_ms + self.step_ms, seen)?;
        self.before = core::mem::replace(&mut self.after, frame);
        Ok(self.sumo.led(Client::begin_step)?)
    }

    fn frame(&mut self, at_ms: u64, mut seen: Vec<(String, Seen)>) -> Result<Frame, WorldError> {
        // SUMO's own order is that of a hash table; numbers follow the order of names instead.
        seen.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut states = HashMap::with_capacity(seen.len());
        for (name, vehicle) in seen {
            let number = self.number(name)?;
            states.insert(number, state(&self.projection, &vehicle));
        }
        Ok(Frame { at_ms, states })
    }

    fn number(&mut self, name: String) -> Result<u32, WorldError> {
        if let Some(number) = self.numbers.get(&name) {
            return Ok(*number);
        }
        let type_name = self.sumo.led(|client| client.vehicle_type(&name))?;
        let class = VehicleClass::from_type_name(&type_name);
        let number = u32::try_from(self.vehicles.len()).unwrap_or(u32::MAX);
        self.numbers.insert(name.clone(), number);
        self.vehicles.push(Vehicle { name, class });
        Ok(number)
    }

    fn state_at(&self, at_ms: u64, vehicle: u32, after: State) -> Option<State> {
        if at_ms == self.after.at_ms {
            return Some(after);
        }
        let before = sample(self.before.at_ms, *self.before.states.get(&vehicle)?);
        let after = sample(self.after.at_ms, after);
        match motion::step(&before, after.at, &after.state) {
            Step::Driven => Some(motion::between(&before, &after, u32::try_from(at_ms).unwrap_or(u32::MAX))),
            Step::Jumped | Step::Impossible(_) => None,
        }
    }
}

impl Traffic for Live {
    fn at(&mut self, at: Duration, moving: &mut Vec<Moving>) -> Result<(), WorldError> {
        let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        while self.after.at_ms < at_ms {
            self.advance()?;
        }
        moving.clear();
        for (vehicle, after) in &self.after.states {
            let known = usize::try_from(*vehicle).ok().and_then(|index| self.vehicles.get(index));
            if let (Some(known), Some(state)) = (known, self.state_at(at_ms, *vehicle, *after)) {
                moving.push(Moving { vehicle: *vehicle, class: known.class, state });
            }
        }
        moving.sort_unstable_by_key(|moving| moving.vehicle);
        Ok(())
    }

    fn name(&self, vehicle: u32) -> &str {
        let index = usize::try_from(vehicle).unwrap_or(usize::MAX);
        self.vehicles.get(index).map_or("", |vehicle| &vehicle.name)
    }

    fn description(&self) -> &str {
        &self.description
    }
}

fn sample(at_ms: u64, state: State) -> Sample {
    Sample { at: u32::try_from(at_ms).unwrap_or(u32::MAX), state, continues: true }
}

fn state(projection: &Projection, seen: &Seen) -> State {
    let (latitude, longitude) = projection.geographic(seen.x, seen.y);
    State {
        latitude: latitude.clamp(-900_000_000, 900_000_000),
        longitude: longitude.clamp(-1_800_000_000, 1_800_000_000),
        heading: ((seen.angle.rem_euclid(360.0) * 10.0).round() as u16) % 3_600,
        speed: (seen.speed.clamp(0.0, limits::MAX_SPEED) * 100.0).round() as u16,
    }
}
