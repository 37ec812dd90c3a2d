//! Every bound of a station's home, with its reason.

use enrollment_protocol::limits::MAX_AGE_SECONDS;
use std::time::Duration;

/// Octets of a file that is read: that of a list, the longest of all.
pub const MAX_FILE_OCTETS: u64 = 4 << 20;

/// Changes that are kept beside a trust list: each is verified whenever the lists are read. With more, the list is fetched in
/// full, which has them all.
pub const MAX_DELTAS: usize = 16;

/// Tickets in the pool: three months of 100 a week, twice over.
pub const MAX_TICKETS: usize = 2_600;

/// Credentials that are kept: the current one, the next, and some that have run out.
pub const MAX_CREDENTIALS: usize = 16;

/// How long before a credential ends it is renewed, in seconds: 90 days. The next is valid from when it is issued, so that
/// both are for that long, and a station that is parked for a summer comes back in time.
pub const RENEWAL_SECONDS: u64 = 90 * 86_400;

/// How old a request without an answer may be to be sent again, in seconds: nine minutes, one less than an authority takes it
/// and gives it the answer of the first time. An older one is given up, and another is made.
pub const PENDING_SECONDS: u64 = MAX_AGE_SECONDS - 60;

/// How long one exchange is tried.
pub const PATIENCE: Duration = Duration::from_secs(30);
