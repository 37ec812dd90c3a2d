//! Every bound of this crate, with its reason.

/// Octets of a canonical identifier. TS 102 941 clause 6.1.2 leaves its form to the manufacturer; 64 octets hold a
/// SHA-512, the longest thing that anybody would take for one.
pub const MAX_CANONICAL_ID_OCTETS: usize = 64;

/// Stations that a registry in memory holds.
pub const MAX_STATIONS: usize = 1 << 20;

/// Credentials of one station that are remembered: the current one and those that it replaced.
pub const MAX_CREDENTIALS: usize = 16;

/// Confirmed tickets of one station that are remembered until they have run out: three months of 100 a week, twice over.
pub const MAX_CONFIRMED: usize = 2_600;
