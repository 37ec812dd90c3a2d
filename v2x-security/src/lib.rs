//! What is trusted: certificate chains, permissions, regions, signing and verifying of V2X messages.

pub mod id;
pub mod limits;
pub mod p2pcd;
pub mod permission;
pub mod region;
pub mod replay;
pub mod signer_policy;
pub mod ssp;
