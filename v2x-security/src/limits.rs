//! Every bound of this crate's rules, with its reason.

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
