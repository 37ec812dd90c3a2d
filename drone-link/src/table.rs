//! Which message needs which right and how it travels: the allow-list, from a file.

use core::time::Duration;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use thiserror::Error;

use crate::dialect::{self, id};
use crate::frame::Frame;
use crate::lane::Lane;
use crate::limits::{MAX_DEADLINE, MAX_RIGHTS_OCTETS, MAX_RULES};
use crate::rights::{Right, Rights};

/// The table that is used without another: `drone-link/rights.toml`.
pub const USUAL: &str = include_str!("../rights.toml");

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As a datagram; a later one takes its place.
    Newest,
    /// On a lane: once, in order.
    Ordered(Lane),
}

/// What holds for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What its sender must be permitted.
    pub right: Right,
    /// How it travels.
    pub delivery: Delivery,
    /// It is not handed on later than this after it was sent.
    pub deadline: Duration,
}

/// Why a message does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotPermitted {
    /// The table does not name it.
    #[error("{0} is not in the rights table")]
    NotInTable(String),
    /// The sender has not the right.
    #[error("{message} needs the right \"{}\", and the ticket gives: {rights}", .right.name())]
    Right {
        /// What it is.
        message: String,
        /// What it needs.
        right: Right,
        /// What the ticket gives.
        rights: Rights,
    },
}

/// Why a rights file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TableError {
    /// It is no such file.
    #[error("the rights file cannot be read: {0}")]
    Syntax(String),
    /// A name that is none, or twice.
    #[error("[{section}]: {name}: {why}")]
    Entry {
        /// Where.
        section: String,
        /// What.
        name: String,
        /// What is wrong.
        why: &'static str,
    },
    /// More than it may have.
    #[error("the rights file has {found} {what}, at most {limit} are read")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// How many.
        found: usize,
        /// The limit.
        limit: usize,
    },
}

/// The allow-list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsTable {
    ground: HashMap<u32, Rule>,
    commands: HashMap<u16, Rule>,
    drone: HashMap<u32, Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    ground: BTreeMap<String, GroundText>,
    drone: DroneText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GroundText {
    deadline_ms: u64,
    #[serde(default)]
    urgent: bool,
    #[serde(default)]
    newest: Vec<String>,
    #[serde(default)]
    messages: Vec<String>,
    #[serde(default)]
    commands: Vec<CommandText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum CommandText {
    Number(u16),
    Name(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DroneText {
    deadline_ms: u64,
    newest: Vec<String>,
    ordered: Vec<String>,
}

impl RightsTable {
    /// The usual one.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn usual() -> Result<Self, TableError> {
        Self::parse(USUAL)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn parse(text: &str) -> Result<Self, TableError> {
        within("octets", text.len(), MAX_RIGHTS_OCTETS)?;
        let text: TableText = toml::from_str(text).map_err(|error| TableError::Syntax(error.to_string()))?;
        let mut table = Self { ground: HashMap::new(), commands: HashMap::new(), drone: HashMap::new() };
        let names: HashMap<String, u16> = dialect::commands().map(|(number, name)| (name, number)).collect();
        for (right, section) in &text.ground {
            table.add_ground(right, section, &names)?;
        }
        table.add_drone(&text.drone)?;
        let rules = table.ground.len() + table.commands.len() + table.drone.len();
        within("rules", rules, MAX_RULES).map(|()| table)
    }

    fn add_ground(
        &mut self,
        name: &str,
        section: &GroundText,
        names: &HashMap<String, u16>,
    ) -> Result<(), TableError> {
        let place = format!("ground.{name}");
        let right = Right::named(name).filter(|right| !matches!(right, Right::Drone | Right::BlockList));
        let right = right.ok_or_else(|| entry(&place, name, "is no right of a ground station"))?;
        let deadline = deadline(&place, section.deadline_ms)?;
        let lane = if section.urgent { Lane::Urgent } else { Lane::Bulk };
        let rule = |delivery| Rule { right, delivery, deadline };
        add_messages(&mut self.ground, &place, &section.newest, rule(Delivery::Newest))?;
        add_messages(&mut self.ground, &place, &section.messages, rule(Delivery::Ordered(lane)))?;
        for command in &section.commands {
            let number = command.number(&place, names)?;
            let before = self.commands.insert(number, rule(Delivery::Ordered(lane)));
            unique(&place, &dialect::command_name(number), before)?;
        }
        Ok(())
    }

    fn add_drone(&mut self, section: &DroneText) -> Result<(), TableError> {
        let deadline = deadline("drone", section.deadline_ms)?;
        let rule = |delivery| Rule { right: Right::Drone, delivery, deadline };
        add_messages(&mut self.drone, "drone", &section.newest, rule(Delivery::Newest))?;
        add_messages(&mut self.drone, "drone", &section.ordered, rule(Delivery::Ordered(Lane::Bulk)))
    }

    /// What holds for a message from a ground station with these rights.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub fn from_ground(&self, frame: &Frame, rights: Rights) -> Result<Rule, NotPermitted> {
        let rule = match frame.command() {
            Some(command) => self.commands.get(&command),
            None => self.ground.get(&frame.message),
        };
        permitted(rule, frame, rights)
    }

    /// What holds for a message from a drone with these rights.
    ///
    /// # Errors
    /// [`NotPermitted`].
    pub fn from_drone(&self, frame: &Frame, rights: Rights) -> Result<Rule, NotPermitted> {
        permitted(self.drone.get(&frame.message), frame, rights)
    }
}

fn permitted(rule: Option<&Rule>, frame: &Frame, rights: Rights) -> Result<Rule, NotPermitted> {
    let rule = *rule.ok_or_else(|| NotPermitted::NotInTable(frame.name()))?;
    if rights.has(rule.right) {
        return Ok(rule);
    }
    Err(NotPermitted::Right { message: frame.name(), right: rule.right, rights })
}

fn add_messages(
    rules: &mut HashMap<u32, Rule>,
    place: &str,
    names: &[String],
    rule: Rule,
) -> Result<(), TableError> {
    for name in names {
        let number =
            dialect::message_id(name).ok_or_else(|| entry(place, name, "is no message of the dialect"))?;
        if matches!(number, id::COMMAND_INT | id::COMMAND_LONG | id::COMMAND_CANCEL)
            && rule.right != Right::Drone
        {
            return Err(entry(place, name, "is permitted command by command"));
        }
        unique(place, name, rules.insert(number, rule))?;
    }
    Ok(())
}

impl CommandText {
    fn number(&self, place: &str, names: &HashMap<String, u16>) -> Result<u16, TableError> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Name(name) => {
                names.get(name).copied().ok_or_else(|| entry(place, name, "is no command of the dialect"))
            }
        }
    }
}

fn deadline(place: &str, millis: u64) -> Result<Duration, TableError> {
    let deadline = Duration::from_millis(millis);
    if millis > 0 && deadline <= MAX_DEADLINE {
        return Ok(deadline);
    }
    Err(entry(place, &format!("deadline-ms = {millis}"), "give 1 ms to 120 s"))
}

fn unique(place: &str, name: &str, before: Option<Rule>) -> Result<(), TableError> {
    if before.is_none() { Ok(()) } else { Err(entry(place, name, "is there twice")) }
}

fn entry(section: &str, name: &str, why: &'static str) -> TableError {
    TableError::Entry { section: section.to_owned(), name: name.to_owned(), why }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), TableError> {
    if found <= limit { Ok(()) } else { Err(TableError::TooLarge { what, found, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(number: u16) -> Frame {
        let mut payload = [0; 33];
        payload[28..30].copy_from_slice(&number.to_le_bytes());
        Frame::new(255, 190, 0, id::COMMAND_LONG, &payload)
    }

    #[test]
    fn the_usual_table_can_be_read() {
        let table = RightsTable::usual().unwrap();
        assert!(table.commands.len() > 60 && table.ground.len() > 40 && table.drone.len() > 100);
    }

    #[test]
    fn arming_needs_the_right_to_fly_and_nothing_else_gives_it() {
        let table = RightsTable::usual().unwrap();
        let arm = command(400);
        for right in Right::ALL {
            let passes = table.from_ground(&arm, Rights::of(&[right])).is_ok();
            assert_eq!(passes, right == Right::Flight, "{right:?}");
        }
        let rule = table.from_ground(&arm, Rights::of(&[Right::Flight])).unwrap();
        assert_eq!(rule.delivery, Delivery::Ordered(Lane::Urgent));
        assert_eq!(rule.deadline, Duration::from_secs(2));
    }

    #[test]
    fn what_the_table_does_not_name_passes_for_nobody() {
        let (table, all) = (RightsTable::usual().unwrap(), Rights::of(&Right::ALL));
        assert!(matches!(table.from_ground(&command(31_000), all), Err(NotPermitted::NotInTable(_))));
        let hil = Frame::new(255, 190, 0, dialect::message_id("HIL_SENSOR").unwrap(), &[0; 64]);
        assert!(table.from_ground(&hil, all).is_err());
        assert!(table.from_drone(&command(400), all).is_err(), "a drone gives no commands");
        let arming = table.from_ground(&command(400), Rights::of(&[Right::Telemetry])).unwrap_err();
        assert_eq!(
            arming.to_string(),
            "COMMAND_LONG MAV_CMD_COMPONENT_ARM_DISARM needs the right \"flight\", and the ticket gives: telemetry"
        );
    }

    #[test]
    fn a_table_that_is_wrong_is_refused_with_what_and_where() {
        let with = |section: &str| {
            let text = format!("{section}\n[drone]\ndeadline-ms = 1000\nnewest = []\nordered = []\n");
            RightsTable::parse(&text).unwrap_err().to_string()
        };
        assert!(with("[ground.fly]\ndeadline-ms = 1").contains("[ground.fly]: fly: is no right"));
        assert!(with("[ground.drone]\ndeadline-ms = 1").contains("is no right of a ground station"));
        assert!(with("[ground.mode]\ndeadline-ms = 0").contains("deadline-ms = 0: give 1 ms to 120 s"));
        assert!(with("[ground.mode]\ndeadline-ms = 120001").contains("give 1 ms to 120 s"));
        let named = |messages: &str| with(&format!("[ground.mode]\ndeadline-ms = 1\n{messages}"));
        assert!(named("messages = [\"SETMODE\"]").contains("SETMODE: is no message"));
        assert!(named("messages = [\"COMMAND_LONG\"]").contains("command by command"));
        assert!(named("messages = [\"SET_MODE\", \"SET_MODE\"]").contains("is there twice"));
        assert!(named("commands = [\"MAV_CMD_FLY\"]").contains("is no command"));
        assert!(
            named("commands = [176, \"MAV_CMD_DO_SET_MODE\"]")
                .contains("MAV_CMD_DO_SET_MODE: is there twice")
        );
        assert!(named("urgently = true").contains("unknown field"));
        assert!(RightsTable::parse(&" ".repeat(MAX_RIGHTS_OCTETS + 1)).is_err());
    }

    #[test]
    fn a_command_without_a_name_can_be_permitted_by_number() {
        let text = "[ground.payload]\ndeadline-ms = 1000\ncommands = [31000]\n\
                    [drone]\ndeadline-ms = 1000\nnewest = []\nordered = []\n";
        let table = RightsTable::parse(text).unwrap();
        assert!(table.from_ground(&command(31_000), Rights::of(&[Right::Payload])).is_ok());
    }
}
