//! What SUMO may send, and how long it may take.

use core::time::Duration;

/// Octets of one answer: 100,000 vehicles with 64 octets each would be 6 MiB.
pub const MAX_MESSAGE_OCTETS: usize = 64 << 20;

/// Octets of a name.
pub const MAX_NAME_OCTETS: usize = 1 << 10;

/// Names in one list: junctions of the largest networks are some hundred thousand.
pub const MAX_NAMES: usize = 1 << 20;

/// Vehicles at once.
pub const MAX_VEHICLES: usize = 100_000;

/// How long SUMO may take to load a network before it listens.
pub const LOADING: Duration = Duration::from_secs(120);

/// How long one answer may take: warming up runs many steps in one.
pub const ANSWER: Duration = Duration::from_secs(600);

/// Octets of SUMO's last words that are kept.
pub const MAX_LAST_WORDS: usize = 4 << 10;
