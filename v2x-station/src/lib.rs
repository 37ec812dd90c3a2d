//! The ITS station core.

pub mod area;
pub mod cam_trigger;
mod error;
mod kinematics;
pub mod limits;
pub mod router;
pub mod ticket_pool;
pub mod vehicle;

pub use error::StationError;
pub use kinematics::Kinematics;
