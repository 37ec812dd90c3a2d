//! Every bound of this crate, with its reason.

use core::time::Duration;

/// Octets of the longest MAVLink frame: header 10, payload 255, checksum 2, signature 13.
pub const MAX_FRAME_OCTETS: usize = 280;

/// Octets that a framer holds while it waits for the rest of a frame: it never needs more than one whole frame.
pub const MAX_FRAMER_OCTETS: usize = 2 * MAX_FRAME_OCTETS;

/// Octets of one message on the control stream. The longest is a hello with its ticket; a ticket with the largest region of its
/// profile has about 2,000.
pub const MAX_CONTROL_OCTETS: usize = 8192;

/// Octets of one message on a lane: a frame and its header.
pub const MAX_LANE_OCTETS: usize = 17 + MAX_FRAME_OCTETS;

/// Messages of one lane that wait to be sent or to be answered. A mission of 700 items is uploaded item by item, each asked for;
/// what sends this many without waiting is out of order.
pub const MAX_WAITING: usize = 1024;

/// Outputs that wait to be taken. Each input makes a handful.
pub const MAX_OUTPUTS: usize = 4096;

/// How long a peer may take from the connection to its hello.
pub const HELLO_TIME: Duration = Duration::from_secs(5);

/// How often an established link looks whether the peer is still valid, without a change of lists as the reason.
pub const RECHECK_TIME: Duration = Duration::from_secs(1);

/// A deadline further ahead than this is cut: nobody's command means anything so much later.
pub const MAX_DEADLINE: Duration = Duration::from_secs(120);

/// Datagrams behind the newest that are still told from replays. On a link of 1,000 a second a datagram that is later than a
/// second is stale.
pub const REPLAY_WINDOW: u64 = 1024;

/// Kinds of telemetry of one peer: messages by system, component and message id.
pub const MAX_NEWEST: usize = 4096;

/// Signing streams on the local side: link, system and component of whoever signs. An autopilot with its companions and
/// cameras has a handful.
pub const MAX_SIGNING_STREAMS: usize = 64;

/// Certificates on a block list. At 32 octets each, 3.2 MB.
pub const MAX_BLOCKED: usize = 100_000;

/// Octets of a rights file.
pub const MAX_RIGHTS_OCTETS: usize = 1 << 20;

/// Messages or commands in a rights file: MAVLink's ids for common messages and for commands end below these numbers.
pub const MAX_RULES: usize = 4096;
