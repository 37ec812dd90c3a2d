//! The demo: vehicles of a trace enrol, get tickets, drive and send CAMs; attackers lie; a roadside unit verifies
//! everything and says why it refuses.
//!
//! Nothing in it is a stand-in: the authorities are the cores of `ca` and `enrollment`, spoken to in TS 102 941
//! messages; the vehicles and the roadside unit are [`v2x_station::Station`]s; packets are complete GeoNetworking
//! packets. Keys come from the seed, under a root that nobody else trusts, so that a run can be repeated.

mod attack;
pub(crate) mod attackers;
mod error;
mod report;
mod run;

pub use attack::AttackKind;
pub use error::DemoError;
pub use report::{Attacked, Honest, Report};
pub use run::{Config, Watcher, run};

pub use crate::pki::Issued;
use crate::trace::{Trace, TraceError};

/// The trace that comes with the program.
const SHIPPED: &[u8] = include_bytes!("../../traces/a10.fcd.xml.gz");

/// Reads the trace that comes with the program; its header says how it was made and from what.
///
/// # Errors
/// None that a build with an intact file can meet.
pub fn shipped_trace() -> Result<Trace, TraceError> {
    Trace::read(SHIPPED)
}
