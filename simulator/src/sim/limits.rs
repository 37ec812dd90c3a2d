//! What a run keeps, with the reason of each bound.

use core::time::Duration;

/// Stations at once: a large city at rush hour.
pub const MAX_STATIONS: usize = 50_000;

/// Frames on the air in one step of 100 ms: each of the most stations sends one, and attackers as many.
pub const MAX_FRAMES: usize = 2 * MAX_STATIONS;

/// Octets of each station's memory of messages against replays: a channel carries at most some 1,700 frames a second, of which it
/// remembers [`REPLAY_WINDOW`].
pub const REPLAY_OCTETS: usize = 2 << 20;

/// How long each station remembers messages: no CAM older than two seconds is accepted, and nothing else is sent here.
pub const REPLAY_WINDOW: Duration = Duration::from_secs(3);

/// Longest time without a valid ticket that a run may show.
pub const LONGEST_WITHOUT_TICKET: Duration = Duration::from_secs(60);

/// Sentences about broken promises that are kept; the rest is counted.
pub const MAX_FAULTS: usize = 20;

/// Threads: more than machines have cores.
pub const MAX_THREADS: usize = 256;

/// Receptions of frames that attackers send again later, kept to tell replays from first copies.
pub const MAX_WATCHED: usize = 1 << 20;
