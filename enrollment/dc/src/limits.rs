//! Every bound of a distribution centre, with its reason.

/// Roots and TLMs whose lists are handed out: the European list of roots has some tens.
pub const MAX_ISSUERS: usize = 256;

/// Octets of a list: the longest that the codec's own limits on entries allow, each entry with a certificate of some hundred
/// octets.
pub const MAX_LIST_OCTETS: usize = 4 << 20;
