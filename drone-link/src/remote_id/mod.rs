//! Remote ID with a signature: what a drone broadcasts of itself (ASTM F3411, Open Drone ID), signed by its ticket. Experimental.
//!
//! Everybody may broadcast a Remote ID in anybody's name, since no receiver can check it. Here the pack carries four pages of
//! authentication: HashedId8 of the ticket, time, and a signature on P-256, 76 octets in all. With four messages that is 203
//! octets, eight of the nine messages that a pack may have.
//!
//! [`pack`] signs, [`verify`] checks the raw octets that were heard: the signature covers the head of the pack and each message as
//! it came, and the pages must be exactly those that the signature makes, so that no bit is free. A receiver needs the ticket,
//! which comes with the drone's signed messages. No type of authentication is assigned to tickets: 0xA is the first of those for
//! private use. RFC 9575 (DRIP) is the standard for such authentication by other means.

mod authentication;
pub mod message;

pub use authentication::{Heard, RemoteIdError, pack, verify};
