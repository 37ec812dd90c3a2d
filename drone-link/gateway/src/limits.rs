//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Frames between the local side and a link that wait to be taken. At 1,000 a second, a quarter of a second.
pub const MAX_LOCAL_FRAMES: usize = 256;

/// Of these, as many as are kept free of telemetry: what came on a lane was promised to be handed on.
pub const LANE_ROOM: usize = 64;

/// Messages of one stream that wait to be written. A lane has no more without an outcome; the control stream has an outcome for
/// each of both lanes, and a hello now and then.
pub const MAX_STREAM_MESSAGES: usize = 2 * drone_link::limits::MAX_WAITING + 16;

/// Octets of datagrams that wait to be sent: half a second of a link of 100 kB/s. When they are full, the oldest is dropped.
pub const DATAGRAM_SEND_OCTETS: usize = 48 * 1024;

/// Octets of datagrams that came and were not read yet.
pub const DATAGRAM_RECEIVE_OCTETS: usize = 256 * 1024;

/// Octets of one stream that the peer may send ahead.
pub const STREAM_WINDOW_OCTETS: u32 = 256 * 1024;

/// A connection over which nothing came for so long is gone: the next one is made, and the lanes go on over that.
pub const IDLE_TIME: Duration = Duration::from_secs(4);

/// How often something is sent so that the connection is known to be there.
pub const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// How long opening a connection may take, hellos included.
pub const CONNECT_TIME: Duration = Duration::from_secs(6);

/// The first pause before the next attempt; it doubles up to [`LONGEST_PAUSE`].
pub const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two attempts.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Drones of one ground station: a MAVLink network numbers 255 systems.
pub const MAX_DRONES: usize = 255;

/// Connections that have not said hello yet. Each may stay for seconds, so this many strangers at once are turned away.
pub const MAX_GREETING: usize = 64;

/// How long a ground station remembers the lanes of a drone that went away.
pub const MEMORY_TIME: Duration = Duration::from_secs(600);

/// How often timestamps of local signing are reserved on disk.
pub const SIGNING_SAVE: Duration = Duration::from_secs(1);

/// Reports that wait to be read. Whoever does not read them misses some.
pub const MAX_REPORTS: usize = 1024;

/// Octets of the reason that a connection is closed with.
pub const MAX_REASON_OCTETS: usize = 400;
