//! The gateway beside an autopilot or a ground station: MAVLink on its local side, links over QUIC on the other.
//!
//! | to | see |
//! | --- | --- |
//! | run beside an autopilot | [`drone::run`] |
//! | run beside a ground station | [`ground::Ground`] |
//! | say what the local side is | [`local::LocalAddress`] |
//! | say whom to believe, and by which ticket to be believed | [`standing::Standing`] |
//!
//! This is the shell of [`drone_link`]: sockets, serial lines, tasks and the clock. Which message passes is decided there.

mod clock;
mod connection;
pub mod drone;
pub mod endpoint;
pub mod error;
pub mod ground;
pub mod limits;
pub mod local;
pub mod report;
mod serial;
mod shared;
pub mod signing_file;
pub mod standing;
pub mod tls;
