//! Micro and comparison benches.
