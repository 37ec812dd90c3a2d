//! The one error of this crate.

use thiserror::Error;
use v2x_codec::CodecError;
use v2x_security::refusal::Refusal;

/// Why a station does not do what it was asked.
#[derive(Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StationError {
    /// More tickets than a pool holds.
    #[error("{found} tickets are too many: a pool holds {limit}")]
    TooManyTickets {
        /// Tickets given.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// No ticket is valid now: the station may not send.
    #[error("no ticket is valid now, so nothing is sent")]
    NoValidTicket,
    /// The station was never told where it is.
    #[error("the station does not know where it is")]
    NoPosition,
    /// A value that no message can carry.
    #[error("{0}")]
    Setting(&'static str),
    /// A message could not be encoded.
    #[error("the message cannot be encoded: {0}")]
    Encode(#[from] CodecError),
    /// The security layer refuses: a key that is not the ticket's, a message that the ticket may not sign.
    #[error(transparent)]
    Security(#[from] Refusal),
    /// Output is not taken.
    #[error("{0} outputs wait already: take them before asking for more")]
    OutputFull(usize),
}
