//! The file as it is written, before anything is checked but that each key is known and has the right type.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// A scenario as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ScenarioText {
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) description: String,
    pub(super) duration: u64,
    #[serde(default = "one")]
    pub(super) seed: u64,
    pub(super) world: WorldText,
    #[serde(default)]
    pub(super) stations: StationsText,
    #[serde(default)]
    pub(super) rsu: Vec<RoadsideUnitText>,
    #[serde(default)]
    pub(super) attacker: Vec<AttackerText>,
    #[serde(default)]
    pub(super) radio: RadioText,
    #[serde(default)]
    pub(super) security: SecurityText,
    #[serde(default)]
    pub(super) outage: Vec<OutageText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct WorldText {
    pub(super) kind: WorldKind,
    pub(super) file: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
    pub(super) net: Option<PathBuf>,
    #[serde(default)]
    pub(super) routes: Vec<PathBuf>,
    #[serde(default)]
    pub(super) additional: Vec<PathBuf>,
    pub(super) step: Option<f64>,
    pub(super) begin: Option<u64>,
    pub(super) warm_up: Option<u64>,
    pub(super) origin: Option<Place>,
    pub(super) port: Option<u16>,
    pub(super) or_builtin: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WorldKind {
    Builtin,
    Fcd,
    Sumo,
}

/// A place in degrees.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct StationsText {
    pub(super) equipped: f64,
    pub(super) equipped_by_class: BTreeMap<String, f64>,
    pub(super) tickets: usize,
    pub(super) ticket_seconds: u16,
    pub(super) change_seconds: u64,
    pub(super) change_metres: u32,
}

impl Default for StationsText {
    /// Three tickets for ten minutes each, changed after a minute and 300 m: sooner than on the road, so that a short run shows it.
    fn default() -> Self {
        Self {
            equipped: 1.0,
            equipped_by_class: BTreeMap::new(),
            tickets: 3,
            ticket_seconds: 600,
            change_seconds: 60,
            change_metres: 300,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoadsideUnitText {
    pub(super) name: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttackerText {
    pub(super) kind: AttackText,
    #[serde(default = "one_of_them")]
    pub(super) number: usize,
    pub(super) rate: Option<f64>,
    #[serde(default = "five")]
    pub(super) identities: usize,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AttackText {
    Forge,
    Replay,
    Stale,
    Sybil,
    PositionLie,
    Flood,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RadioText {
    pub(super) model: ModelText,
    pub(super) range: Option<f64>,
    pub(super) dcc: bool,
}

impl Default for RadioText {
    fn default() -> Self {
        Self { model: ModelText::Fading, range: None, dcc: true }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ModelText {
    Fading,
    Disc,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SecurityText {
    pub(super) verify: VerifyText,
    pub(super) crypto: bool,
}

impl Default for SecurityText {
    fn default() -> Self {
        Self { verify: VerifyText::EachReceiver, crypto: true }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum VerifyText {
    Once,
    EachReceiver,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutageText {
    pub(super) from: u64,
    pub(super) until: u64,
}

const fn one() -> u64 {
    1
}

const fn one_of_them() -> usize {
    1
}

const fn five() -> usize {
    5
}
