//! Facility messages: random bits behind the right header, of which the decoder says how many made a message.

use v2x_codec::ErrorKind;
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::services::ServiceMessage;

use super::Random;

/// Draws for each seed: most random bits leave some range.
const ATTEMPTS: usize = 4_000;

/// Octets of each draw; what the message does not need of them is cut off.
const DRAWN: usize = 400;

pub(super) fn messages<M: FacilityMessage>(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    (0..count * ATTEMPTS).filter_map(|_| message::<M>(random)).take(count).collect()
}

/// One short message of each other service but SPATEM and IVIM, of which the shared vectors have real ones.
const SERVICES: [&str; 4] = [
    "0205000012670801011000309c5042a7969c039a3a168015e00240114000000001053ec1cb0510100402",
    "02090000126773a9c71964070304000c2714048017538f07d04040000499c004",
    "020a0000032f47538e36b0000e0006138a0402000024ce021c00a0",
    "020e00001267028bed016002a7969c039a3a1687ffffff08eddd0f880181c2092080040280000015fb102ee018bfda806200",
];

/// Messages of the other services: those above with an octet changed here and there.
pub(super) fn services(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let originals = SERVICES.map(octets);
    let attempts = originals.iter().cycle().take(count * ATTEMPTS);
    let messages = attempts.map(|original| with_one_octet_changed(original, random));
    messages.filter(|octets| ServiceMessage::decode(octets).is_ok()).take(count).collect()
}

fn with_one_octet_changed(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut octets = original.to_vec();
    let at = random.index(octets.len());
    octets.splice(at..=at, random.octets(1));
    octets
}

fn octets(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).filter_map(|pair| core::str::from_utf8(pair).ok());
    pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
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
