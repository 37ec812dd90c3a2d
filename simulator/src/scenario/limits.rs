//! What a scenario may ask for, with the reason of each bound.

/// Octets of a scenario file: the longest that a person writes is a few KiB.
pub const MAX_FILE_OCTETS: u64 = 256 << 10;

/// Simulated seconds: a day.
pub const MAX_DURATION_S: u64 = 86_400;

/// Roadside units: more than a city has junctions.
pub const MAX_ROADSIDE_UNITS: usize = 1_000;

/// Attackers of all kinds together: a tenth of the stations of a large run.
pub const MAX_ATTACKERS: usize = 1_000;

/// Packets a second of one attacker: about twice what the channel carries.
pub const MAX_ATTACK_RATE: f64 = 4_000.0;

/// Stolen tickets of one attacker: what one vehicle holds under the European policy.
pub const MAX_STOLEN: usize = 100;

/// Tickets of one station at the same time: the profile that stations are registered with has 20, and while the next are
/// fetched the last are still valid.
pub const MAX_TICKETS: usize = 9;

/// Shortest validity of a ticket in seconds: new ones are asked for when a quarter of it is left.
pub const MIN_TICKET_SECONDS: u16 = 60;

/// Times without authorities.
pub const MAX_OUTAGES: usize = 100;

/// Metres of a disc within which everything is received.
pub const MAX_RANGE_M: f64 = 5_000.0;

/// Files with routes, and additional files, each.
pub const MAX_FILES: usize = 64;
