//! What the dialect says about messages: names, numbers, checksums, targets.
//!
//! The dialect is ArduPilot's, which holds all of `common`. A message that is not in it cannot be told from noise, since its
//! checksum depends on its definition: it is refused.

use mavlink::Message as _;
use mavlink::dialects::ardupilotmega::{MavCmd, MavMessage};
use num_traits::FromPrimitive as _;

/// Numbers of the messages that the link itself looks into (MAVLink common).
pub mod id {
    /// `HEARTBEAT`.
    pub const HEARTBEAT: u32 = 0;
    /// `PARAM_SET`.
    pub const PARAM_SET: u32 = 23;
    /// `MISSION_ITEM`.
    pub const MISSION_ITEM: u32 = 39;
    /// `MISSION_COUNT`.
    pub const MISSION_COUNT: u32 = 44;
    /// `MISSION_CLEAR_ALL`.
    pub const MISSION_CLEAR_ALL: u32 = 45;
    /// `MISSION_ACK`.
    pub const MISSION_ACK: u32 = 47;
    /// `MISSION_ITEM_INT`.
    pub const MISSION_ITEM_INT: u32 = 73;
    /// `COMMAND_INT`.
    pub const COMMAND_INT: u32 = 75;
    /// `COMMAND_LONG`.
    pub const COMMAND_LONG: u32 = 76;
    /// `COMMAND_ACK`.
    pub const COMMAND_ACK: u32 = 77;
    /// `COMMAND_CANCEL`.
    pub const COMMAND_CANCEL: u32 = 80;
    /// `STATUSTEXT`.
    pub const STATUSTEXT: u32 = 253;
}

/// Whether the dialect has a message of this number.
#[must_use]
pub fn knows(message: u32) -> bool {
    // Nearly all have a checksum octet that is not zero, and for the others the whole table is asked.
    MavMessage::extra_crc(message) != 0 || MavMessage::default_message_from_id(message).is_some()
}

/// `CRC_EXTRA`: what the definition of a message adds to its checksum.
#[must_use]
pub fn crc_extra(message: u32) -> Option<u8> {
    knows(message).then(|| MavMessage::extra_crc(message))
}

/// The number of a message by its name, as in `COMMAND_LONG`.
#[must_use]
pub fn message_id(name: &str) -> Option<u32> {
    MavMessage::message_id_from_name(name)
}

/// The name of a message, or its number where the dialect has none.
#[must_use]
pub fn message_name(message: u32) -> String {
    match MavMessage::default_message_from_id(message) {
        Some(known) => known.message_name().to_owned(),
        None => format!("message {message}"),
    }
}

/// The name of a command, as in `MAV_CMD_NAV_TAKEOFF`, or its number where the dialect has none.
#[must_use]
pub fn command_name(command: u16) -> String {
    match MavCmd::from_u16(command) {
        Some(known) => format!("{known:?}"),
        None => format!("command {command}"),
    }
}

/// Every command of the dialect with its name.
pub fn commands() -> impl Iterator<Item = (u16, String)> {
    (0..=u16::MAX).filter_map(|number| Some((number, format!("{:?}", MavCmd::from_u16(number)?))))
}

/// Whom a message is for: system and component, each 0 for all. Messages without a target are for all.
#[must_use]
pub fn target(message: u32, payload: &[u8]) -> (u8, u8) {
    let parsed = MavMessage::parse(mavlink::MavlinkVersion::V2, message, payload);
    let system = |parsed: &MavMessage| parsed.target_system_id().unwrap_or(0);
    let component = |parsed: &MavMessage| parsed.target_component_id().unwrap_or(0);
    match parsed {
        Ok(parsed) => (system(&parsed), component(&parsed)),
        // A command that the dialect has no name for does not parse; where its target lies is known all the same.
        Err(_) if matches!(message, id::COMMAND_INT | id::COMMAND_LONG | id::COMMAND_CANCEL) => {
            command_target(message, payload)
        }
        Err(_) => (0, 0),
    }
}

fn command_target(message: u32, payload: &[u8]) -> (u8, u8) {
    let first = if message == id::COMMAND_CANCEL { 2 } else { 30 };
    let octet = |index: usize| payload.get(index).copied().unwrap_or(0);
    (octet(first), octet(first + 1))
}

/// The command in a `COMMAND_LONG`, `COMMAND_INT` or `COMMAND_CANCEL`. A payload of MAVLink 2 ends where only zeros follow.
#[must_use]
pub fn command(message: u32, payload: &[u8]) -> Option<u16> {
    let first = match message {
        id::COMMAND_INT | id::COMMAND_LONG => 28,
        id::COMMAND_CANCEL => 0,
        _ => return None,
    };
    let octet = |index: usize| payload.get(index).copied().unwrap_or(0);
    Some(u16::from_le_bytes([octet(first), octet(first + 1)]))
}

#[cfg(test)]
mod tests {
    use mavlink::dialects::ardupilotmega::{COMMAND_LONG_DATA, MavCmd, MavMessage};
    use mavlink::{MavlinkVersion, Message};

    use super::*;

    #[test]
    fn names_and_numbers_go_together() {
        for (number, name) in
            [(id::COMMAND_LONG, "COMMAND_LONG"), (id::STATUSTEXT, "STATUSTEXT"), (id::PARAM_SET, "PARAM_SET")]
        {
            assert_eq!(message_id(name), Some(number));
            assert_eq!(message_name(number), name);
        }
        assert_eq!(command_name(400), "MAV_CMD_COMPONENT_ARM_DISARM");
        assert!(commands().any(|(number, name)| number == 22 && name == "MAV_CMD_NAV_TAKEOFF"));
        assert!(!knows(59_999) && crc_extra(59_999).is_none());
    }

    #[test]
    fn the_command_and_its_target_are_found_in_a_truncated_payload() {
        let long = MavMessage::COMMAND_LONG(COMMAND_LONG_DATA {
            command: MavCmd::MAV_CMD_COMPONENT_ARM_DISARM,
            target_system: 7,
            ..COMMAND_LONG_DATA::DEFAULT
        });
        let mut octets = [0; 255];
        let length = long.ser(MavlinkVersion::V2, &mut octets);
        let payload = octets.get(..length).unwrap();
        assert_eq!(command(id::COMMAND_LONG, payload), Some(400));
        assert_eq!(target(id::COMMAND_LONG, payload), (7, 0));
        assert_eq!(command_target(id::COMMAND_LONG, payload), (7, 0));
    }

    #[test]
    fn a_command_without_a_name_still_has_a_target() {
        let mut payload = [0; 32];
        payload[28..32].copy_from_slice(&[0xff, 0xfe, 9, 1]);
        assert_eq!(command(id::COMMAND_LONG, &payload), Some(0xfeff));
        assert_eq!(target(id::COMMAND_LONG, &payload), (9, 1));
    }
}
