//! Every bound of this crate, with its reason.

/// How deep `Ieee1609Dot2Data` may nest. A signed and encrypted PKI message in a link certificate needs five;
/// eight leaves room and keeps a nesting bomb from reaching the stack's end.
pub const MAX_NESTING: u8 = 8;
