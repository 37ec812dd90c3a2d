//! The ITS station core.

pub mod area;
pub mod cam_trigger;
mod kinematics;
pub mod limits;
pub mod router;

pub use kinematics::Kinematics;
