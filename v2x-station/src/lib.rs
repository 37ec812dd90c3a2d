//! The ITS station core: what vehicles and roadside units of the demo, the simulator and the programs share.
//!
//! [`Station`] decides when a CAM is due ([`cam_trigger`]), with which ticket it is signed ([`ticket_pool`]), how the
//! packet is addressed ([`router`]), and hands what it hears to the verifier of `v2x-security`. It does no I/O: time,
//! position, randomness and packets are arguments.
//!
//! Congestion control ([`dcc`]) holds CAMs back as far as the station is told how busy the channel is.
//!
//! What is not here: line forwarding towards an area, and the other message services, whose octets an application encodes
//! itself.

pub mod area;
pub mod cam_trigger;
pub mod dcc;
mod error;
mod kinematics;
pub mod limits;
pub mod router;
pub mod station;
pub mod ticket_pool;
pub mod vehicle;
pub mod warning;

pub use error::StationError;
pub use kinematics::Kinematics;
pub use station::{Application, Heard, Station};
