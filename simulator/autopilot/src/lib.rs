//! A drone that flies in a computer and speaks MAVLink as an autopilot does: a core, for simulations and tests.
//!
//! [`Autopilot::handle`] takes in a frame of a ground station, [`Autopilot::step`] lets time pass; both give back the frames that
//! it says. It is a multicopter of PX4's dialect of modes: it arms, takes off, flies missions, holds, returns, lands, and takes
//! parameters. The flight model ([`flight`]) is a point that is pulled to where it should be within limits of speed and
//! acceleration: enough for traffic and links, not for control engineering. There is no wind, battery or failure.

pub mod autopilot;
pub mod flight;
pub mod mission;
pub mod mode;
mod parameters;
mod telemetry;

pub use autopilot::{Autopilot, Home};
