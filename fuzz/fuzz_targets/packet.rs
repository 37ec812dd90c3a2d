//! Frames from the radio: a packet ends where it says, its parts lie inside, and what is unsecured encodes again.
#![no_main]

#[path = "../../v2x-codec/tests/support/agreement.rs"]
mod agreement;

use libfuzzer_sys::fuzz_target;
use v2x_codec::view::{NetworkPdu, Packet, PacketContent};

fuzz_target!(|frame: &[u8]| {
    let Ok(packet) = Packet::parse(frame) else { return };
    assert_eq!([packet.octets, packet.padding].concat(), frame);
    match packet.content {
        PacketContent::Unsecured(pdu) => encodes_again(&pdu),
        PacketContent::Secured(data) => {
            agreement::data(data.octets);
            agreement::certificate(data.octets);
            if let Some(payload) = data.content.signed().and_then(|signed| signed.payload.unsecured()) {
                NetworkPdu::parse(payload).iter().for_each(encodes_again);
            }
        }
    }
});

/// What was read reads the same when it is written; reserved fields are the only difference there may be.
fn encodes_again(pdu: &NetworkPdu<'_>) {
    let mut octets = Vec::new();
    pdu.header.encode(pdu.payload, &mut octets).expect("the length came from a header");
    assert_eq!(NetworkPdu::parse(&octets).as_ref(), Ok(pdu));
    let _ = pdu.btp();
}
