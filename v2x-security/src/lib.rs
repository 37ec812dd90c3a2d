//! What is trusted: certificate chains, permissions, regions, signing and verifying of V2X messages.
//!
//! | to | see |
//! | --- | --- |
//! | verify what was received | [`verifier::Verifier`], which yields [`verified::Received`] or a [`refusal::Refusal`] |
//! | say whom to trust, revoke | [`trust::TrustStore`]; [`chain::Chain`] is the proof for one certificate |
//! | explain a verdict | an [`observer::Trace`] handed to the same verifier: every [`rule::Rule`] with its clause |
//! | sign messages and certificates | [`sign::Identity`], [`sign::sign_certificate`] |
//! | sign and read certificate requests | [`request`] |
//! | hold an implicit certificate | [`implicit`] |
//! | choose what to verify first | [`glance::Glance`] |
//! | encrypt to a certificate or under a shared key | [`encrypt`] |
//! | name the signer, ask peers for certificates | [`signer_policy`], [`p2pcd`] |
//!
//! Every call that judges time takes a [`clock::Clock`]: the crate has no clock, no randomness and does no I/O.
//! Verified and unverified messages are different types, and nothing but the verifier makes a
//! [`verified::Verified`]. What is not here: the bytes themselves (`v2x-codec`), curves (`v2x-crypto`), and whether a
//! certificate *should* be issued (`ca`).

pub mod certificate;
pub mod chain;
pub mod clock;
pub mod code;
pub mod content;
pub mod encrypt;
pub mod glance;
pub mod id;
pub mod implicit;
pub mod limits;
pub mod links;
pub mod lists;
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
pub mod request;
pub mod rule;
pub mod sign;
pub mod signer_policy;
mod signers;
pub mod ssp;
pub mod trust;
pub mod verified;
pub mod verifier;
mod wire;
