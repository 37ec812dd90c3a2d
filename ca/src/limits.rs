//! Every bound of this crate, with its reason.

/// Octets of one to-be-signed certificate. The largest of the public European trust lists stay below 1 KiB; four
/// times that leaves room for polygons and many services, and keeps a mistaken profile out of every station's memory.
pub const MAX_TBS_OCTETS: usize = 4096;

/// Entries of one `appPermissions` or one list of issuing permissions: more services than TS 102 965 registers.
pub const MAX_PERMISSIONS: usize = 64;

/// Commands of one trust list. The European list holds tens of roots; a root holds tens of authorities.
pub const MAX_CTL_COMMANDS: usize = 4096;

/// Entries of one revocation list: revoked authorities only, never stations.
pub const MAX_CRL_ENTRIES: usize = 4096;

/// Octets of an access point's URL in a trust list.
pub const MAX_URL_OCTETS: usize = 2048;

/// Octets of a CA certificate request: two signatures, two keys, and the permissions of one certificate.
pub const MAX_REQUEST_OCTETS: usize = 16 * 1024;

/// How far in the future a CA certificate request may come from, in seconds: what its maker's clock may be ahead.
pub const MAX_REQUEST_LEAD_SECONDS: u64 = 60;

/// Records that [`crate::ledger::MemoryLedger`] holds before it refuses more: about 2 GiB at 2 KiB a record.
pub const MAX_MEMORY_RECORDS: usize = 1 << 20;
