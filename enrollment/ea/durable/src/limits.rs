//! Every bound of this crate, with its reason.

/// How often a change of a station is tried again when others changed it in between. Workers of one process take turns, so
/// that only other processes and operators get in between.
pub const MAX_ATTEMPTS: usize = 16;

/// Locks by which workers take turns at stations: some for each of as many workers as there may be, so that two stations
/// seldom share one.
pub const TURNS: usize = 1_024;

/// Stations whose credentials share a `HashedId8`. With a thousand million credentials the chance that any two do is a
/// few in a hundred; eight at one digest is no chance.
pub const MAX_HOLDERS: usize = 8;

/// Tickets of one station that are valid in one week: 25 times 100 in parallel, changed each day and more.
pub const MAX_WEEK: usize = 2_600;

/// Weeks that one ticket touches. A ticket of a week touches two; the rest of a record's notes is left for more.
pub const MAX_WEEKS: u64 = 4;

/// Services in a station's profile: all that there are, several times over.
pub const MAX_SERVICES: usize = 64;
