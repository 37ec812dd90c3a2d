//! From the file to a [`Scenario`]: the checks of every value.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use v2x_security::refusal::Position;

use super::error::ScenarioError;
use super::written::{
    AttackText, AttackerText, ModelText, OutageText, Place, RadioText, RoadsideUnitText, ScenarioText,
    SecurityText, StationsText, VerifyText, WorldKind, WorldText,
};
use super::{
    Attack, Attacker, Outage, Radio, RoadsideUnit, Scenario, Security, Stations, Sumo, SumoInput, Verify,
    World, limits,
};
use crate::radio::Model;
use crate::trace::VehicleClass;

type Checked<T> = Result<T, ScenarioError>;

/// The file's text, if it is not too large to be one.
pub(super) fn text(path: &Path) -> Checked<String> {
    let read = || -> Checked<String> {
        let mut text = String::new();
        File::open(path)?.take(limits::MAX_FILE_OCTETS + 1).read_to_string(&mut text)?;
        if text.len() as u64 > limits::MAX_FILE_OCTETS {
            return Err(ScenarioError::TooLarge(limits::MAX_FILE_OCTETS));
        }
        Ok(text)
    };
    read().map_err(|error| error.inside(path))
}

/// A scenario from its text; paths count from `folder`.
pub(super) fn checked(text: &str, name: &str, folder: &Path) -> Checked<Scenario> {
    let written: ScenarioText = toml::from_str(text).map_err(|error| ScenarioError::syntax(&error, text))?;
    let duration_s = within("duration", written.duration, 1, limits::MAX_DURATION_S)?;
    at_most("rsu", written.rsu.len(), limits::MAX_ROADSIDE_UNITS)?;
    at_most("outage", written.outage.len(), limits::MAX_OUTAGES)?;
    let attackers: usize = written.attacker.iter().map(|attacker| attacker.number).sum();
    at_most("attacker", attackers, limits::MAX_ATTACKERS)?;
    let security = security(&written.security);
    if !security.crypto && !written.attacker.is_empty() {
        return Err(ScenarioError::value(
            "security.crypto",
            "without it there is nothing to attack: leave attackers out",
        ));
    }
    Ok(Scenario {
        name: written.name.unwrap_or_else(|| name.to_owned()),
        description: written.description,
        duration_s,
        seed: written.seed,
        world: world(written.world, folder)?,
        stations: stations(written.stations)?,
        roadside_units: written.rsu.into_iter().enumerate().map(roadside_unit).collect::<Checked<_>>()?,
        attackers: written.attacker.iter().enumerate().map(attacker).collect::<Checked<_>>()?,
        radio: radio(&written.radio)?,
        security,
        outages: written.outage.iter().enumerate().map(outage).collect::<Checked<_>>()?,
    })
}

fn world(written: WorldText, folder: &Path) -> Checked<World> {
    written.check_keys()?;
    match (written.kind, &written.file) {
        (WorldKind::Builtin, _) => Ok(World::Builtin),
        (WorldKind::Fcd, Some(file)) => Ok(World::Fcd(path("world.file", file, folder)?)),
        (WorldKind::Fcd, None) => Err(ScenarioError::value("world.file", "the kind \"fcd\" needs one")),
        (WorldKind::Sumo, _) => sumo(written, folder).map(World::Sumo),
    }
}

impl WorldText {
    /// Each key goes with one kind of world.
    fn check_keys(&self) -> Checked<()> {
        let keys = [
            ("file", WorldKind::Fcd, self.file.is_some()),
            ("config", WorldKind::Sumo, self.config.is_some()),
            ("net", WorldKind::Sumo, self.net.is_some()),
            ("routes", WorldKind::Sumo, !self.routes.is_empty()),
            ("additional", WorldKind::Sumo, !self.additional.is_empty()),
            ("step", WorldKind::Sumo, self.step.is_some()),
            ("begin", WorldKind::Sumo, self.begin.is_some()),
            ("warm-up", WorldKind::Sumo, self.warm_up.is_some()),
            ("origin", WorldKind::Sumo, self.origin.is_some()),
            ("port", WorldKind::Sumo, self.port.is_some()),
            ("or-builtin", WorldKind::Sumo, self.or_builtin.is_some()),
        ];
        match keys.into_iter().find(|(_, kind, is_there)| *is_there && *kind != self.kind) {
            None => Ok(()),
            Some((key, kind, _)) => {
                let kind = if kind == WorldKind::Fcd { "fcd" } else { "sumo" };
                Err(ScenarioError::value(
                    format!("world.{key}"),
                    format!("goes with the kind \"{kind}\" only"),
                ))
            }
        }
    }
}

fn sumo(written: WorldText, folder: &Path) -> Checked<Sumo> {
    at_most("world.routes", written.routes.len(), limits::MAX_FILES)?;
    at_most("world.additional", written.additional.len(), limits::MAX_FILES)?;
    let warm_up_s = within("world.warm-up", written.warm_up.unwrap_or(0), 0, limits::MAX_DURATION_S)?;
    Ok(Sumo {
        input: sumo_input(written.config, written.net, (&written.routes, &written.additional), folder)?,
        step_ms: step_ms(written.step.unwrap_or(0.1))?,
        begin_s: written.begin,
        warm_up_s,
        origin: written.origin.map(|place| position("world.origin", place)).transpose()?,
        port: written.port,
        or_builtin: written.or_builtin.unwrap_or(false),
    })
}

fn sumo_input(
    config: Option<PathBuf>,
    net: Option<PathBuf>,
    (routes, additional): (&[PathBuf], &[PathBuf]),
    folder: &Path,
) -> Checked<SumoInput> {
    let all = |key: &str, files: &[PathBuf]| -> Checked<Vec<PathBuf>> {
        files.iter().map(|file| path(key, file, folder)).collect()
    };
    match (config, net) {
        (Some(config), None) if routes.is_empty() && additional.is_empty() => {
            Ok(SumoInput::Configuration(path("world.config", &config, folder)?))
        }
        (None, Some(net)) => Ok(SumoInput::Files {
            net: path("world.net", &net, folder)?,
            routes: all("world.routes", routes)?,
            additional: all("world.additional", additional)?,
        }),
        (Some(_), _) | (None, None) => {
            Err(ScenarioError::value("world", "give either config, or net with routes and additional"))
        }
    }
}

/// A path that may begin with `$NAME/`, an environment variable: `$SUMO_HOME/…` for what SUMO brings along.
fn path(key: &str, written: &Path, folder: &Path) -> Checked<PathBuf> {
    let Some(rest) = written.to_str().and_then(|text| text.strip_prefix('$')) else {
        return Ok(folder.join(written));
    };
    let (name, rest) = rest.split_once('/').unwrap_or((rest, ""));
    match std::env::var_os(name) {
        Some(value) => Ok(PathBuf::from(value).join(rest)),
        // SUMO's home is looked for later, where it is not said.
        None if name == "SUMO_HOME" => Ok(written.to_owned()),
        None => Err(ScenarioError::value(key, format!("the environment variable {name} is not set"))),
    }
}

/// SUMO's steps and the grid of stations have to meet.
fn step_ms(seconds: f64) -> Checked<u64> {
    let steps = [100, 200, 250, 500, 1_000];
    let millis = (seconds * 1_000.0).round();
    steps.into_iter().find(|step| *step as f64 == millis).ok_or_else(|| {
        ScenarioError::value("world.step", format!("{seconds}: one of 0.1, 0.2, 0.25, 0.5 and 1 seconds"))
    })
}

fn stations(written: StationsText) -> Checked<Stations> {
    share("stations.equipped", written.equipped)?;
    for (class, value) in &written.equipped_by_class {
        let key = format!("stations.equipped-by-class.{class}");
        if !VehicleClass::ALL.iter().any(|known| known.name() == class) {
            let names: Vec<&str> = VehicleClass::ALL.iter().map(|known| known.name()).collect();
            return Err(ScenarioError::value(key, format!("no such class; there are {}", names.join(", "))));
        }
        share(&key, *value)?;
    }
    within("stations.tickets", written.tickets as u64, 1, limits::MAX_TICKETS as u64)?;
    let seconds = u64::from(written.ticket_seconds);
    within("stations.ticket-seconds", seconds, u64::from(limits::MIN_TICKET_SECONDS), u64::from(u16::MAX))?;
    Ok(Stations {
        equipped: written.equipped,
        equipped_by_class: written.equipped_by_class,
        tickets: written.tickets,
        ticket_seconds: written.ticket_seconds,
        change_seconds: written.change_seconds,
        change_metres: written.change_metres,
    })
}

fn roadside_unit((place, written): (usize, RoadsideUnitText)) -> Checked<RoadsideUnit> {
    let position = position(
        &format!("rsu {}", place + 1),
        Place { latitude: written.latitude, longitude: written.longitude },
    )?;
    Ok(RoadsideUnit { name: written.name, position })
}

fn attacker((place, written): (usize, &AttackerText)) -> Checked<Attacker> {
    let key = |name: &str| format!("attacker {}: {name}", place + 1);
    let kind = match written.kind {
        AttackText::Forge => Attack::Forge,
        AttackText::Replay => Attack::Replay,
        AttackText::Stale => Attack::Stale,
        AttackText::Sybil => Attack::Sybil,
        AttackText::PositionLie => Attack::PositionLie,
        AttackText::Flood => Attack::Flood,
    };
    let rate = written.rate.unwrap_or_else(|| kind.usual_rate());
    if !(rate > 0.0 && rate <= limits::MAX_ATTACK_RATE) {
        let message = format!("{rate}: more than 0 and at most {} packets a second", limits::MAX_ATTACK_RATE);
        return Err(ScenarioError::value(key("rate"), message));
    }
    within(&key("number"), written.number as u64, 1, limits::MAX_ATTACKERS as u64)?;
    within(&key("identities"), written.identities as u64, 1, limits::MAX_STOLEN as u64)?;
    Ok(Attacker { kind, number: written.number, rate, identities: written.identities })
}

fn radio(written: &RadioText) -> Checked<Radio> {
    let model = match (written.model, written.range) {
        (ModelText::Fading, None) => Model::Fading,
        (ModelText::Fading, Some(_)) => {
            return Err(ScenarioError::value("radio.range", "goes with the model \"disc\" only"));
        }
        (ModelText::Disc, Some(range)) if range > 0.0 && range <= limits::MAX_RANGE_M => Model::Disc(range),
        (ModelText::Disc, _) => {
            let message = format!("the model \"disc\" needs one, at most {} m", limits::MAX_RANGE_M);
            return Err(ScenarioError::value("radio.range", message));
        }
    };
    Ok(Radio { model, dcc: written.dcc })
}

const fn security(written: &SecurityText) -> Security {
    let verify = match written.verify {
        VerifyText::Once => Verify::Once,
        VerifyText::EachReceiver => Verify::EachReceiver,
    };
    Security { verify, crypto: written.crypto }
}

fn outage((place, written): (usize, &OutageText)) -> Checked<Outage> {
    if written.from >= written.until {
        return Err(ScenarioError::value(format!("outage {}", place + 1), "ends before it begins"));
    }
    Ok(Outage { from_s: written.from, until_s: written.until })
}

fn position(key: &str, place: Place) -> Checked<Position> {
    let units = |degrees: f64, limit: f64| (degrees.abs() <= limit).then(|| (degrees * 1e7).round() as i32);
    match (units(place.latitude, 90.0), units(place.longitude, 180.0)) {
        (Some(latitude), Some(longitude)) => Ok(Position { latitude, longitude }),
        (None, _) => Err(ScenarioError::value(
            format!("{key}: latitude"),
            format!("{} is beyond 90 degrees", place.latitude),
        )),
        (_, None) => Err(ScenarioError::value(
            format!("{key}: longitude"),
            format!("{} is beyond 180 degrees", place.longitude),
        )),
    }
}

fn share(key: &str, value: f64) -> Checked<()> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(ScenarioError::value(key, format!("{value}: a share lies between 0 and 1")))
}

fn within(key: &str, value: u64, least: u64, most: u64) -> Checked<u64> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(ScenarioError::value(key, format!("{value}: {least} to {most}")))
}

fn at_most(key: &str, count: usize, most: usize) -> Checked<()> {
    if count <= most {
        Ok(())
    } else {
        Err(ScenarioError::value(key, format!("{count} are too many: at most {most}")))
    }
}
