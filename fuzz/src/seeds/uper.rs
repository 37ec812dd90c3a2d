//! Facility messages: random bits behind the right header, of which the decoder says how many made a message.

use v2x_codec::ErrorKind;
use v2x_codec::facility::{self, FacilityMessage};

use super::Random;

/// Draws for each seed: most random bits leave some range.
const ATTEMPTS: usize = 4_000;

/// Octets of each draw; what the message does not need of them is cut off.
const DRAWN: usize = 400;

pub(super) fn messages<M: FacilityMessage>(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count * ATTEMPTS).filter_map(|_| message::<M>(random)).take(count).collect()
}

fn message<M: FacilityMessage>(random: &mut Random) -> Option<Vec<u8>> {
    let mut octets = random.octets(DRAWN);
    octets.splice(..2, [M::PROTOCOL_VERSION, M::MESSAGE_ID]);
    if let Err(error) = facility::decode::<M>(&octets) {
        let ErrorKind::TrailingOctets(unread) = error.kind else { return None };
        octets.truncate(octets.len() - unread);
    }
    (0..8).find_map(|padding| padded::<M>(&octets, padding))
}

/// The message with its last bits cleared, when that is what its padding must be.
fn padded<M: FacilityMessage>(octets: &[u8], padding: u32) -> Option<Vec<u8>> {
    let mut octets = octets.to_vec();
    *octets.last_mut()? &= u8::MAX << padding;
    facility::decode::<M>(&octets).is_ok().then_some(octets)
}
