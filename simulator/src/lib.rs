//! Drives the real cores: traffic traces, stations, roadside units and attackers.

pub mod demo;
pub mod pki;
pub mod trace;
