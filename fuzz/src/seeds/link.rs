//! MAVLink frames, and what the ends of a drone link say to each other.

use drone_link::frame::Frame;
use drone_link::lane::{Lane, Outcome};
use drone_link::wire::{Control, Numbered, prefixed};
use v2x_codec::time::Time64;

use super::Random;

/// Heartbeats, attitudes, positions, commands, parameters, missions, text.
const MESSAGES: [u32; 9] = [0, 23, 30, 33, 44, 73, 76, 77, 253];

fn frame(random: &mut Random) -> Vec<u8> {
    let message = MESSAGES.get(random.index(MESSAGES.len())).copied().unwrap_or_default();
    let mut octet = || u8::try_from(random.below(256)).unwrap_or_default();
    let payload: Vec<u8> = (0..octet().max(1)).map(|_| octet()).collect();
    Frame::new(octet().max(1), octet(), octet(), message, &payload).encode().unwrap_or_default()
}

pub(super) fn frames(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| (0..1 + random.below(3)).flat_map(|_| frame(random)).collect()).collect()
}

pub(super) fn messages(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let draw = |random: &mut Random| {
        let (number, sent) = (random.below(1 << 40), Time64::from_micros(random.below(1 << 50)));
        let numbered = Numbered { number, sent, frame: &frame(random) }.encode();
        match random.below(4) {
            0 => Control::Outcome { lane: Lane::Urgent, number, outcome: Outcome::Expired }.encode(),
            1 => drone_link::table::USUAL.as_bytes().to_vec(),
            2 => prefixed(&numbered).unwrap_or_default(),
            _ => numbered,
        }
    };
    (0..count).map(|_| draw(random)).collect()
}
