//! Canonical OER (X.696) as IEEE 1609.2 uses it: a bounded reader over borrowed octets.

mod reader;

pub use reader::Reader;
