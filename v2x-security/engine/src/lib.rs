//! The parallel verifier: packets from a radio in, verdicts out.
//!
//! An [`Engine`] has worker threads, each with a [`Verifier`](v2x_security::verifier::Verifier) of its own. A packet goes to
//! the worker that its signer's name leads to, so that one signer's messages keep their order, and that a replay meets the
//! memory of its original; workers share nothing that is written while they verify.
//!
//! - Whatever has arrived since a worker last looked is its next batch: under load batches grow, and a lone message waits
//!   for nobody.
//! - Queues are bounded, and packets lie in memory that is kept: in steady state nothing is allocated for a packet.
//! - Messages of signers that verified before go first. All others wait in a queue of their own, which gets a share of the
//!   time while there is enough to do: a flood under made-up names, whose certificates cost most to refuse, cannot take
//!   more than that.
//! - A known signer has a [budget](Config::signer_budget): who sends forgeries in somebody's name harms that one only.
//! - When there is more than can be done, what is old or far away is left out first. Nothing is left out silently:
//!   [`Engine::submit`] says so, and [`Engine::metrics`] counts it.
//!
//! This is a shell: it has threads and a clock. Which packet is believed is decided in `v2x-security` alone.

mod config;
mod engine;
mod glance;
mod intake;
mod known;
mod mailbox;
mod metrics;
mod worker;

pub use config::{Config, Place};
pub use engine::{Engine, Heard, Sink, Submitted};
pub use glance::Shed;
pub use metrics::{Histogram, Metrics};
