//! The common data dictionary of release 2 (module `ETSI-ITS-CDD`, TS 102 894-2 V2), as far as CAM, DENM and VAM
//! reach.

pub use super::common::*;

mod cause;
mod event;
mod lane;
mod motion;
mod object;
mod path;
mod position;
mod shape;
mod vehicle;
mod vru;

pub use cause::*;
pub use event::*;
pub use lane::*;
pub use motion::*;
pub use object::*;
pub use path::*;
pub use position::*;
pub use shape::*;
pub use vehicle::*;
pub use vru::*;
