//! GeoNetworking packets of every type, unsecured and secured.

use v2x_codec::coer::schema;
use v2x_codec::view::Packet;

use super::{Random, coer};

/// Header type and subtype of each kind of packet.
const TYPES: [u8; 12] = [0x10, 0x20, 0x30, 0x31, 0x32, 0x40, 0x41, 0x42, 0x50, 0x51, 0x60, 0x61];

/// The longest extended header with room for a payload.
const EXTENDED: usize = 72;

pub(super) fn packets(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let unsecured: Vec<Vec<u8>> =
        TYPES.into_iter().cycle().map(|kind| unsecured(kind, random)).take(count).collect();
    let secured = (0..count * 20).map(|_| secured(random));
    let secured: Vec<Vec<u8>> = secured.filter(|packet| Packet::parse(packet).is_ok()).take(count).collect();
    [unsecured, secured].concat()
}

/// Headers whose payload is shorter than what follows them: the rest is a frame's padding.
fn unsecured(kind: u8, random: &mut Random) -> Vec<u8> {
    let mut packet = vec![0x11, 0, 0x1a, 1];
    let (next, payload) =
        (u8::try_from(random.below(4)).unwrap_or(0), u8::try_from(random.below(8)).unwrap_or(0));
    packet.extend([next << 4, kind, 2, 0x80, 0, payload, 1, 0]);
    packet.extend(random.octets(EXTENDED));
    packet
}

fn secured(random: &mut Random) -> Vec<u8> {
    let mut packet = vec![0x12, 0, 0x1a, 1];
    packet.extend(coer::value(&schema::IEEE1609_DOT2_DATA, random));
    packet
}

/// Answers of SUMO to a step: some vehicles around a junction.
pub(super) fn steps(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| step(random)).collect()
}

fn step(random: &mut Random) -> Vec<u8> {
    let vehicles = random.below(6);
    let mut inside = [&[0x99][..], &text("J1"), &[0xa4, 3], &(vehicles as u32).to_be_bytes()].concat();
    for number in 0..vehicles {
        let value = |random: &mut Random| (random.below(100_000) as f64 / 10.0).to_be_bytes();
        inside.extend(text(&format!("veh{number}")));
        inside.extend([&[0x42, 0, 0x01][..], &value(random), &value(random)].concat());
        inside.extend([&[0x43, 0, 0x0b][..], &value(random), &[0x40, 0, 0x0b], &value(random)].concat());
    }
    let length = (inside.len() as u32 + 5).to_be_bytes();
    [&1u32.to_be_bytes()[..], &[0], &length, &inside].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_be_bytes()[..], text.as_bytes()].concat()
}
