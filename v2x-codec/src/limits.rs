//! Every bound of this crate, with its reason.

/// How deep `Ieee1609Dot2Data` may nest. A signed and encrypted PKI message in a link certificate needs five;
/// eight leaves room and keeps a nesting bomb from reaching the stack's end.
pub const MAX_NESTING: u8 = 8;

/// Bits in the presence bitmap of an extension. The longest list of additions has four; sixty-four leave room for
/// editions to come and fit a register.
pub const MAX_EXTENSION_ADDITIONS: usize = 64;
