//! A scenario, run in one process and in virtual time, by the real cores.
//!
//! Every 100 ms of simulated time:
//! 1. the world says where vehicles are; those that are new enrol and get tickets (`office`), those that left are gone;
//! 2. every station decides whether a CAM is due, and signs it (`node`);
//! 3. attackers add what they send (`riders`);
//! 4. every station senses and receives what is on the air around it (`air`), verifies it (`hearing`), and takes note of how busy
//!    the channel was.
//!
//! Steps 2 and 4 run on all cores. A station touches nothing but itself there, and chance follows from names, so that a run gives
//! the same report on one core as on many.
//!
//! Vehicles and roadside units are one kind of `node` with different stacks; a drone would be a third stack. What is on the air in
//! a step is one list of frames: stations in other processes would add theirs to it, and take it over.

pub(crate) mod air;
mod crypto;
mod error;
mod hearing;
pub mod limits;
mod node;
mod office;
mod page;
mod report;
mod riders;
mod run;
mod series;
mod tally;
mod workers;

pub use error::SimError;
pub use page::page;
pub use report::{
    Attacked, Invariant, Messages, RadioReport, Report, RoadsideReport, Speed, Tickets, VehicleCounts,
};
pub use run::{Options, START, Watcher, run};
pub use series::{Row, csv};
