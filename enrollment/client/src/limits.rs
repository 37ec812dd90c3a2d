//! Every bound of the client, with its reason.

use std::time::Duration;

/// Octets of an answer to a request: what the messages may have.
pub const MAX_ANSWER_OCTETS: usize = enrollment_protocol::limits::MAX_MESSAGE_OCTETS;

/// Octets of a list that the client takes: what a distribution centre hands out at most.
pub const MAX_LIST_OCTETS: usize = 4 << 20;

/// How long one attempt of the client may take, connecting included: longer than an AA lets its EA take (10 s), so that a
/// station is told that its EA cannot be reached.
pub const ATTEMPT_TIME: Duration = Duration::from_secs(12);

/// How long connecting may take.
pub const CONNECT_TIME: Duration = Duration::from_secs(3);

/// How long the client tries in all, unless it is told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The first pause between attempts; each next is twice as long.
pub const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between attempts.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Octets of an answer's head over HTTP/3: as over HTTP/1.1.
#[cfg(feature = "http3")]
pub const MAX_HTTP3_HEAD_OCTETS: u64 = 16 * 1024;

/// How long nothing may be heard on a connection of HTTP/3: so long a server keeps the place of a client that went without a word.
#[cfg(feature = "http3")]
pub const HTTP3_SILENCE: Duration = Duration::from_secs(6);

/// How often a client says that it is there, while it waits for an answer: three times in the time of silence.
#[cfg(feature = "http3")]
pub const HTTP3_KEEP_ALIVE: Duration = Duration::from_secs(2);

/// Octets that one stream of HTTP/3 may bring: a list, its head, and the heads of its frames.
#[cfg(feature = "http3")]
pub const MAX_HTTP3_OCTETS: usize = MAX_LIST_OCTETS + 256 * 1024;

/// Octets of an address: what `Url` in trust lists may have.
pub const MAX_URL_OCTETS: usize = 255;

/// Authorities whose addresses are known.
pub const MAX_ADDRESSES: usize = 4_096;
