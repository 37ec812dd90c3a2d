//! What a ground station is told of a message that did not pass: in MAVLink's own terms, as if its drone had said it, so that
//! the person in front of it learns of it, whatever the program.

use crate::dialect::id;
use crate::frame::Frame;
use crate::lane::Outcome;

/// `MAV_RESULT_TEMPORARILY_REJECTED`.
const TEMPORARILY_REJECTED: u8 = 1;
/// `MAV_RESULT_DENIED`.
const DENIED: u8 = 2;
/// `MAV_MISSION_ERROR`.
const MISSION_ERROR: u8 = 1;
/// `MAV_MISSION_DENIED`.
const MISSION_DENIED: u8 = 14;
/// `MAV_SEVERITY_WARNING`.
const WARNING: u8 = 4;
/// `MAV_COMP_ID_AUTOPILOT1`.
const AUTOPILOT: u8 = 1;
/// Octets of the text in a `STATUSTEXT`.
const TEXT: usize = 50;

/// Answers a message in the name of the drone that it was for; `None` when it was delivered, since the drone answers then.
///
/// Commands are denied, or rejected for now when they came too late; mission messages end the transaction; everything else is a
/// line of text.
#[must_use]
pub fn answer(to: &Frame, drone: u8, outcome: Outcome) -> Option<Frame> {
    let (result, mission, why) = match outcome {
        Outcome::Delivered => return None,
        Outcome::Refused => (DENIED, MISSION_DENIED, "not permitted"),
        Outcome::Expired => (TEMPORARILY_REJECTED, MISSION_ERROR, "came too late"),
        Outcome::Unknown => (TEMPORARILY_REJECTED, MISSION_ERROR, "lost from sight"),
    };
    let (_, component) = to.target();
    let component = if component == 0 { AUTOPILOT } else { component };
    let (message, payload) = match to.command() {
        Some(command) => (id::COMMAND_ACK, command_ack(to, command, result)),
        None if is_of_missions(to.message) => (id::MISSION_ACK, mission_ack(to, mission)),
        None => (id::STATUSTEXT, status_text(&format!("{}: {why}", to.name()))),
    };
    Some(Frame::new(drone, component, 0, message, &payload))
}

const fn is_of_missions(message: u32) -> bool {
    matches!(message, id::MISSION_COUNT | id::MISSION_ITEM | id::MISSION_ITEM_INT | id::MISSION_CLEAR_ALL)
}

fn command_ack(to: &Frame, command: u16, result: u8) -> Vec<u8> {
    let [low, high] = command.to_le_bytes();
    vec![low, high, result, 0, 0, 0, 0, 0, to.system, to.component]
}

/// The kind of mission is the last field of a `MISSION_COUNT`, `MISSION_ITEM`, `MISSION_ITEM_INT` and `MISSION_CLEAR_ALL`.
fn mission_ack(to: &Frame, result: u8) -> Vec<u8> {
    let kind = match to.message {
        id::MISSION_COUNT => 4,
        id::MISSION_CLEAR_ALL => 2,
        _ => 37,
    };
    vec![to.system, to.component, result, to.payload.get(kind).copied().unwrap_or(0)]
}

fn status_text(text: &str) -> Vec<u8> {
    let octets = text.bytes().filter(u8::is_ascii).chain(core::iter::repeat(0));
    core::iter::once(WARNING).chain(octets.take(TEXT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(message: u32, payload: &[u8], outcome: Outcome) -> (u32, Vec<u8>) {
        let to = Frame::new(255, 190, 3, message, payload);
        let answer = answer(&to, 7, outcome).unwrap();
        assert_eq!((answer.system, answer.component), (7, 1));
        (answer.message, answer.payload)
    }

    #[test]
    fn a_command_that_is_not_permitted_is_denied() {
        let mut arm = [0; 33];
        arm[28..31].copy_from_slice(&[0x90, 1, 7]);
        let denied = answered(id::COMMAND_LONG, &arm, Outcome::Refused);
        assert_eq!(denied, (id::COMMAND_ACK, vec![0x90, 1, DENIED, 0, 0, 0, 0, 0, 255, 190]));
        let late = answered(id::COMMAND_LONG, &arm, Outcome::Expired);
        assert_eq!(late.1[2], TEMPORARILY_REJECTED);
    }

    #[test]
    fn an_upload_that_is_not_permitted_ends_with_its_own_kind_of_mission() {
        let fence = answered(id::MISSION_COUNT, &[3, 0, 7, 1, 1], Outcome::Refused);
        assert_eq!(fence, (id::MISSION_ACK, vec![255, 190, MISSION_DENIED, 1]));
    }

    #[test]
    fn everything_else_is_a_line_of_text() {
        let (message, payload) = answered(id::PARAM_SET, &[0, 0, 0, 0, 7, 1], Outcome::Refused);
        assert_eq!(message, id::STATUSTEXT);
        assert_eq!(payload, [&[WARNING][..], b"PARAM_SET: not permitted"].concat());
    }

    #[test]
    fn what_was_delivered_is_answered_by_the_drone() {
        let to = Frame::new(255, 190, 3, id::PARAM_SET, &[1]);
        assert_eq!(answer(&to, 7, Outcome::Delivered), None);
    }
}
