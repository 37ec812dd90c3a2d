//! Packets from and to a network: UDP with one packet a datagram, and Ethernet frames of EtherType 0x8947.

mod endpoint;
mod ethernet;
mod receiver;
mod transmitter;

pub(crate) use endpoint::Endpoint;
pub(crate) use receiver::Receiver;
pub(crate) use transmitter::Transmitter;

/// Packets that one system call takes or hands over at most: at 20,000 a second, those of 3 ms.
const AT_ONCE: usize = 64;

/// No frame that is heard is longer: 802.11 carries less. What is longer is cut, and refused for it.
const MAX_FRAME: usize = 4_096;
