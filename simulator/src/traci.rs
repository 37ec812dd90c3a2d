//! SUMO as a live source of traffic: started as a program of its own and led by TraCI, its control protocol over TCP.
//!
//! The client asks for what the simulator needs and no more. One context subscription, around a junction and with a radius
//! that no network has, brings every vehicle with each step; asking for them one by one would take twenty times as long. Everything that
//! SUMO sends is read within bounds: see [`limits`].

mod client;
mod error;
mod installation;
pub mod limits;
mod process;
mod projection;
pub mod wire;

pub use client::{Client, Sighting};
pub use error::TraciError;
pub use installation::Installation;
pub use process::{Sumo, start};
pub use projection::Projection;
