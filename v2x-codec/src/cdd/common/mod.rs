//! Data elements and frames that both releases share, on the wire and by name.

mod event;
mod lane;
mod motion;
mod path;
mod position;
mod vehicle;

pub use event::*;
pub use lane::*;
pub use motion::*;
pub use path::*;
pub use position::*;
pub use vehicle::*;
