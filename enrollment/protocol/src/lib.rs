//! What stations, EAs and AAs share of TS 102 941: envelopes, request hashes, key tags, response codes.
//!
//! A request is signed, then encrypted to an authority's certificate under a fresh AES key; the answer is signed, then
//! encrypted under that same key (TS 102 941 V2.2.1 clause 6.2.0.2). [`signed`] and [`sealed`] are these two layers,
//! [`message`] the `EtsiTs102941Data` inside. What is wrong with a message is a [`Fault`], and one table for each kind
//! of answer turns it into the response code ([`codes`]). [`resource`] names what is fetched, not asked for: lists and their
//! signers' certificates.
//!
//! Nothing here reads a clock or a global random number generator.

pub mod answer;
pub mod codes;
mod fault;
pub mod key_tag;
pub mod limits;
pub mod message;
pub mod resource;
pub mod sealed;
pub mod signed;

pub use fault::Fault;

/// The first 16 octets of the SHA-256 of a request as it was sent: how an answer names its request (TS 102 941
/// clauses 6.2.3.2.2, 6.2.3.3.2 and 6.2.3.4.2).
#[must_use]
pub fn request_hash(request: &[u8]) -> [u8; 16] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = v2x_crypto::sha256(request);
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}
