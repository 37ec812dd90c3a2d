//! How much an engine may take on.

use std::time::Duration;

use v2x_security::refusal::Position;

/// Where the receiver is, and how far away a sender may be to matter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The receiver's own position.
    pub position: Position,
    /// Metres.
    pub radius_m: f64,
}

/// How much an engine may take on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Threads that verify.
    pub workers: usize,
    /// Most packets verified together.
    pub batch: usize,
    /// Packets of known signers that may wait for one worker.
    pub known_waiting: usize,
    /// Other packets that may wait for one worker.
    pub unknown_waiting: usize,
    /// Share of a worker's time, of 1, for packets of unknown signers while those of known ones wait.
    pub unknown_share: f64,
    /// Messages a second of one known signer that go before those of unknown signers.
    pub signer_budget: u32,
    /// Messages older than this are left out first when a queue is half full.
    pub recent: Duration,
    /// Senders farther away are left out first when a queue is half full.
    pub place: Option<Place>,
}

impl Config {
    /// Octets of a packet at most: an 802.11p frame carries no more.
    pub const MAX_PACKET: usize = 2_304;

    /// A worker for each core that the system offers, and queues that hold what they can verify in 100 ms.
    #[must_use]
    pub fn detect() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            workers,
            batch: 128,
            known_waiting: 8_192,
            unknown_waiting: 1_024,
            unknown_share: 0.2,
            // A CAM ten times a second, and as many other messages again.
            signer_budget: 20,
            recent: Duration::from_millis(500),
            place: None,
        }
    }
}
