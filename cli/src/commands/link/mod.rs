//! `wayseal drone`, `ground`, `block-list` and `autopilot`: MAVLink over QUIC with the identities of a station's home.

mod arguments;
pub(super) mod autopilot;
pub(super) mod block_list;
pub(super) mod drone;
pub(super) mod ground;
mod keeper;
mod told;
