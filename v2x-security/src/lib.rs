//! What is trusted: certificate chains, permissions, regions, signing and verifying of V2X messages.

pub mod limits;
pub mod permission;
pub mod ssp;
