//! Every bound of this crate, with its reason.

/// How deep `Ieee1609Dot2Data` may nest. A signed and encrypted PKI message in a link certificate needs five;
/// eight leaves room and keeps a nesting bomb from reaching the stack's end.
pub const MAX_NESTING: u8 = 8;

/// Bits in the presence bitmap of an extension. The longest list of additions has four; sixty-four leave room for
/// editions to come and fit a register.
pub const MAX_EXTENSION_ADDITIONS: usize = 64;

/// Certificates with one signature. A ticket, its AA and its root are three; the receive path looks at the first.
pub const MAX_CERTIFICATES: usize = 8;

/// Recipients of one encrypted message. PKI messages have one; more than this in a frame is a flood.
pub const MAX_RECIPIENTS: usize = 64;

/// Entries of one permission list: the registry of ITS-AIDs has fewer than this.
pub const MAX_PERMISSIONS: usize = 256;

/// Certificate hashes that one message may ask for. The answer is limited by rate, not by this.
pub const MAX_HASHED_IDS: usize = 64;

/// Rectangles, corners, countries, regions or subregions in one list of a region. The countries of the world are
/// fewer than this, and a corner costs a comparison with every message.
pub const MAX_REGION_ENTRIES: usize = 512;

/// Extension blocks and extensions in each, of a header or a certificate. The standards define one of each.
pub const MAX_EXTENSIONS: usize = 16;

/// The longest facility message that is read, in octets. A GeoNetworking payload is at most 1,398 octets and a
/// WLAN frame 2,304; below 2,049 octets a fragmented UPER length (16,384 items of at least a bit, behind a
/// determinant) cannot be satisfied.
pub const MAX_UPER_OCTETS: usize = 2048;
