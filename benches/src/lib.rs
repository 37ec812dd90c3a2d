//! Micro and comparison benches, and what the programs that measure share.

#[cfg(feature = "compare")]
pub mod machine;
#[cfg(feature = "compare")]
pub mod rounds;
#[cfg(feature = "world")]
pub mod world;
