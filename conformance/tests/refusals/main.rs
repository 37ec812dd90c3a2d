//! What the security core accepts, and every way in which it says no.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test helper that cannot go on fails its test"
)]

mod cached;
mod codes;
mod denm;
mod lists;
mod misbehaviour;
mod pki;
