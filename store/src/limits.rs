//! Every bound of this crate, with its reason.

use std::time::Duration;

/// Octets of one value. A certificate and an answer are below 4 KiB; a trust list of a thousand entries, the largest
/// thing that an authority keeps, is below 1 MiB.
pub const MAX_VALUE: usize = 1 << 20;

/// Octets of a key within its table. Keys are hashes and identifiers; a canonical id is the longest, and a redb page
/// of 4 KiB still holds a dozen of the longest.
pub const MAX_KEY: usize = 255;

/// Octets of a table's name: a word.
pub const MAX_TABLE_NAME: usize = 32;

/// Octets of a ledger's name, and of the reason that an operator gives: a line that a person reads.
pub const MAX_NAME: usize = 128;

/// Entries that one record changes. Concluding changes two, the request and the certificate; a record never needs
/// more than a few.
pub const MAX_CHANGES: usize = 8;

/// Values that are recorded together with an answer: what a record's changes leave beside the request and its
/// certificate.
pub const MAX_NOTES: usize = MAX_CHANGES - 2;

/// Operations in one commit. With 256 the sync call is less than a hundredth of what each costs; more would only make
/// the first of them wait longer.
pub const MAX_BATCH: usize = 256;

/// Octets in one commit, so that a batch of large values does not stall the small ones behind it: 4 MiB are written in
/// well under 100 ms by any disk that a CA should use.
pub const MAX_BATCH_OCTETS: usize = 4 << 20;

/// How long a commit may wait for company, whatever the options say. Longer than a sync call takes on a slow disk,
/// waiting can only lose.
pub const MAX_BATCH_WAIT: Duration = Duration::from_millis(10);

/// How long a commit waits for as much company as the one before it had, unless the options say otherwise. Callers
/// that were answered together come again within the time of a wake-up; a lone caller waits for nobody.
pub const BATCH_WAIT: Duration = Duration::from_micros(300);

/// Operations that wait for the writer. Four full batches: at 200 batches a second the last of them is answered in
/// 20 ms; whoever comes then is better told to come again.
pub const MAX_QUEUE: usize = 4 * MAX_BATCH;

/// Octets that wait for the writer: what bounds memory when the operations are large.
pub const MAX_QUEUE_OCTETS: usize = 8 * MAX_BATCH_OCTETS;

/// How far behind the newest record a new one's time may lie, in microseconds: 30 s. A request is given its time
/// before it waits for keys and for the queue, so that requests overtake each other; a clock that was set back is
/// further behind than that, or does no harm.
pub const MAX_TIME_BEHIND: u64 = 30_000_000;

/// Octets of memory that the embedded engine caches pages in. The working set is the path to the newest records; 64 MiB
/// hold the inner pages of an index of ten million.
pub const CACHE_OCTETS: usize = 64 << 20;

/// Rows in one transaction of a restore, of [`MAX_BATCH_OCTETS`] at most: large enough that its sync calls do not
/// matter, small enough to hold.
pub const RESTORE_BATCH: usize = 4_096;

/// Rows that a scan takes from PostgreSQL at once.
#[cfg(feature = "postgres")]
pub const SCAN_PAGE: i64 = 1_024;

/// How often a transaction is tried again that PostgreSQL could not serialise with another. Each loser lost to somebody
/// who got on, so this many in a row mean that something else is wrong.
#[cfg(feature = "postgres")]
pub const MAX_RETRIES: u32 = 100;

/// How long connecting to PostgreSQL, or one of its answers, may take. Longer is an outage, and the ledger stops.
#[cfg(feature = "postgres")]
pub const POSTGRES_TIMEOUT: Duration = Duration::from_secs(10);
