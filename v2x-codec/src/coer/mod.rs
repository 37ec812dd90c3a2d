//! Canonical OER (X.696) as IEEE 1609.2 uses it: a bounded reader over borrowed octets, tables of the types, and a
//! walk over octets by those tables.

mod reader;
mod scan;
pub mod schema;

pub use reader::Reader;
pub use scan::{Value, Visitor, scan, scan_with};
