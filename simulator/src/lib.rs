//! Drives the real cores: traffic traces, stations, roadside units and attackers.

pub mod demo;
pub mod fleet;
pub mod pki;
pub mod radio;
pub mod scenario;
pub mod sim;
pub mod trace;
pub mod traci;
pub mod world;
