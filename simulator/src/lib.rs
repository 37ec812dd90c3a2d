//! Drives the real cores: traffic traces, stations, roadside units and attackers.

pub mod trace;
