//! Short names of certificates. What proves identity is the full hash of [`crate::certificate`].

pub use v2x_codec::id::{HashedId3, HashedId8};
