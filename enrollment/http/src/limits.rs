//! Every bound of the servers and of the client, with its reason.

use std::time::Duration;

/// Octets of a request's body: what the messages may have.
pub const MAX_REQUEST_OCTETS: usize = enrollment_protocol::limits::MAX_MESSAGE_OCTETS;

/// Octets of a request's or answer's head, and of what is read of it at once. Requests of stations have some hundred.
pub const MAX_HEAD_OCTETS: usize = 16 * 1024;

/// Header fields of a request. Requests of stations have five; proxies add some.
pub const MAX_HEADERS: usize = 64;

/// How long the head of a request may take to arrive. A head is one packet; on a bad mobile link it comes in a few seconds.
pub const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a body may take to arrive: 16 KiB on a link of 20 kbit/s.
pub const BODY_TIME: Duration = Duration::from_secs(10);

/// How long a connection may be silent between requests, before the first, and while an answer is taken. A list of 4 MiB
/// goes through a link of 1 Mbit/s in that time.
pub const IDLE_TIME: Duration = Duration::from_secs(40);

/// Connections that are open at once. Each costs some tens of KiB while it does nothing: 2,048 are below 128 MiB.
pub const MAX_CONNECTIONS: usize = 2_048;

/// Requests of one HTTP/2 connection that are under way at once: an AA has many questions to its EA on one connection.
pub const MAX_STREAMS: u32 = 256;

/// Octets that one HTTP/2 stream may send before it is asked for more: a request fits.
pub const STREAM_WINDOW: u32 = 32 * 1024;

/// Requests of one HTTP/3 connection that are under way at once: each may have [`MAX_HTTP3_OCTETS`] in memory.
#[cfg(feature = "http3")]
pub const MAX_HTTP3_STREAMS: u32 = 16;

/// Streams of one HTTP/3 connection that bring no request: one that controls it, two of header compression, and one of a kind
/// that is not known yet.
#[cfg(feature = "http3")]
pub const MAX_HTTP3_CONTROL_STREAMS: u32 = 4;

/// Octets that one stream of HTTP/3 may bring: a request's head and body, and as much again for the heads of its frames and for
/// frames that mean nothing here.
#[cfg(feature = "http3")]
pub const MAX_HTTP3_OCTETS: usize = 2 * (MAX_HEAD_OCTETS + MAX_REQUEST_OCTETS);

/// How long the last answers of an HTTP/3 connection may take to arrive before it is closed.
#[cfg(feature = "http3")]
pub const HTTP3_LINGER: Duration = Duration::from_secs(1);

/// Requests that were taken in and not yet answered, whether they wait for a worker, are worked on, or wait for an EA. At
/// a thousand a second the last of them waits half a second; whoever comes then is better told to come again.
pub const MAX_TAKEN_IN: usize = 512;

/// Worker threads. A worker waits for the disk twice for each certificate; with so many, all that wait share a commit.
pub const MAX_WORKERS: usize = 256;

/// When a request that was not taken in may come again, in seconds.
pub const RETRY_AFTER_BUSY: u32 = 1;

/// When a request may come again that found the ledger or a key unavailable, in seconds: somebody has to look.
pub const RETRY_AFTER_FAILURE: u32 = 30;

/// How long requests that were taken in may take to their end when the server stops: an AA may wait 10 s for an EA.
pub const STOP_TIME: Duration = Duration::from_secs(20);

/// How long an AA tries to reach an EA: shorter than the core lets a question wait (10 s).
pub const EA_PATIENCE: Duration = Duration::from_secs(8);
