//! What the security core accepts, and every way in which it says no.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test helper that cannot go on fails its test"
)]

mod denm;
mod pki;
