//! One command a file.

pub(crate) mod aarch64;
pub(crate) mod bench;
pub(crate) mod boundaries;
pub(crate) mod deny;
pub(crate) mod fuzz;
pub(crate) mod generate;
pub(crate) mod instructions;
pub(crate) mod kernels;
pub(crate) mod layering;
pub(crate) mod mavlink;
pub(crate) mod miri;
pub(crate) mod reliability;
pub(crate) mod reproducible;
pub(crate) mod sbom;
pub(crate) mod test;
pub(crate) mod trace;
pub(crate) mod wasm;
