//! `wayseal drone` and `wayseal ground`: MAVLink over QUIC with the identities of a station's home.

mod arguments;
pub(super) mod block_list;
pub(super) mod drone;
pub(super) mod ground;
mod keeper;
mod told;
