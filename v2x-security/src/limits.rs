//! Every bound of this crate's rules, with its reason.

use core::time::Duration;

/// Entries in one `appPermissions`. IEEE 1609.2 asks for at least eight; the busiest tickets seen hold fewer than twenty.
pub const MAX_APP_PERMISSIONS: usize = 64;

/// Groups in one `certIssuePermissions`. Eight must be supported; a root CA that separates every service needs dozens.
pub const MAX_PERMISSION_GROUPS: usize = 64;

/// `PsidSspRange` entries in one group.
pub const MAX_RANGES_PER_GROUP: usize = 128;

/// Octet strings in one opaque `SspRange`.
pub const MAX_OPAQUE_SSPS: usize = 64;

/// Octets of one SSP: the ticket profile's test purposes and `BitmapSsp` both stop at 31.
pub const MAX_SSP_OCTETS: usize = 31;

/// Octets of `sspValue` and `sspBitmask` in a `BitmapSspRange` (`IEEE1609dot2BaseTypes`).
pub const MAX_SSP_RANGE_OCTETS: usize = 32;

/// How far back the replay filter remembers: no service accepts a generationTime older than this.
pub const REPLAY_WINDOW_MICROS: u64 = 60_000_000;

/// How far ahead of our clock a generationTime may lie and still be remembered.
pub const REPLAY_FUTURE_MICROS: u64 = 5_000_000;

/// Memory that the replay filter may take by default.
pub const REPLAY_BUDGET_OCTETS: usize = 64 * 1024 * 1024;

/// Unknown certificates that are asked for at once; two hundred neighbours rarely change within one second.
pub const MAX_PEER_REQUESTS: usize = 64;

/// Digests in the `inlineP2pcdRequest` of one CAM: 24 octets, a twelfth of a CAM.
pub const MAX_DIGESTS_PER_CAM: usize = 8;

/// Digests that are looked at in a received `inlineP2pcdRequest`.
pub const MAX_DIGESTS_READ: usize = 32;

/// Authority certificates that peers asked for and that wait for a CAM. A chain has two or three.
pub const MAX_PENDING_ANSWERS: usize = 8;

/// How long an unknown certificate is asked for after it was last met.
pub const PEER_REQUEST_LIFETIME_MICROS: u64 = 2_000_000;

/// Rectangles of one region. Eight must be supported; a corridor along a road needs tens.
pub const MAX_RECTANGLES: usize = 64;

/// Corners of one polygonal region. Eight must be supported; testing that its sides do not cross costs their square.
pub const MAX_POLYGON_VERTICES: usize = 64;

/// Entries of one identified region: every country of the table fits.
pub const MAX_IDENTIFIED_REGIONS: usize = 256;

/// Metres by which a position may lie beyond a country's border in the table and still be inside. The table's lines are
/// generalised (source 1:10 000 000, then simplified by 600 m): with less, roads along a border or shore would be
/// refused on their own side. The price is that a station up to this far beyond the border passes too.
pub const BORDER_TOLERANCE_METRES: f64 = 2_000.0;

/// Metres off a country's shore that still count as inside where no country has land: 12 nautical miles of territorial
/// sea. Bridges, ferries, ports on made ground and offshore drones are there.
pub const TERRITORIAL_SEA_METRES: f64 = 22_224.0;

/// Certificates in a chain, root included. The EU has three levels, an SCMS four or five.
pub const MAX_CHAIN: usize = 6;

/// Certificates in a trust store. The EU's list holds some dozens of roots with a handful of authorities each; a folder
/// of signers for offline verification can hold thousands.
pub const MAX_KNOWN_CERTIFICATES: usize = 65_536;

/// Entries on all revocation lists together: authorities only, so thousands would already be a catastrophe.
pub const MAX_REVOKED: usize = 65_536;

/// How uncertain a clock may be: a tenth of the age at which a CAM is refused.
pub const MAX_CLOCK_UNCERTAINTY: Duration = Duration::from_millis(200);

/// Oldest CAM, VAM or BSM: the C2C-CC basic system profile, as public stacks carry it, accepts two seconds.
pub const MAX_AGE_AWARENESS: Duration = Duration::from_secs(2);

/// Oldest message of another kind: as long as the replay filter remembers.
pub const MAX_AGE_OTHER: Duration = Duration::from_secs(60);

/// How far ahead a sender's clock may be: the C2C-CC basic system profile, as public stacks carry it, has 40 ms.
pub const MAX_FUTURE: Duration = Duration::from_millis(40);

/// Packets that are verified together at most; more are done in several passes. Beyond some hundred nothing is gained.
pub const MAX_BATCH: usize = 1_024;

/// Signers from the air whose chains are remembered: ten times the stations that one radio hears in dense traffic.
pub const MAX_SIGNERS: usize = 20_000;
