//! What is trusted: certificate chains, permissions, regions, signing and verifying of V2X messages.

pub mod certificate;
pub mod chain;
pub mod clock;
pub mod content;
pub mod id;
pub mod limits;
mod message;
mod nesting;
pub mod observer;
pub mod p2pcd;
pub mod permission;
pub mod point;
pub mod policy;
pub mod profile;
pub mod refusal;
pub mod region;
pub mod replay;
pub mod rule;
pub mod sign;
pub mod signer_policy;
mod signers;
pub mod ssp;
pub mod trust;
pub mod verified;
pub mod verifier;
mod wire;
