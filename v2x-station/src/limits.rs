//! Every bound of this crate, with its reason.

/// Tickets in one pool. Policies allow 100 (later 200) in parallel and some months ahead: 14 weeks of 200.
pub const MAX_TICKETS: usize = 2_800;

/// Packets that wait to be taken by [`poll_output`](crate::Station::poll_output): a station that is not polled for
/// this long has lost its radio, and older packets are of no use to anybody.
pub const MAX_OUTPUTS: usize = 256;

/// Senders whose last sequence numbers are remembered: four times the stations that a congested channel holds.
pub const MAX_PEERS: usize = 8_192;

/// Sequence numbers remembered of one sender; EN 302 636-4-1 implementations keep 8 to 16.
pub const SEQUENCE_NUMBERS_KEPT: usize = 16;
