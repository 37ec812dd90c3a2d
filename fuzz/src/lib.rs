//! What is fuzzed, and what it starts from.
//!
//! [`targets`] and [`cores`] are functions that take any octets and panic when a promise is broken; `fuzz_targets/` hands each of them
//! to libFuzzer, and `tests/seeds.rs` to the ordinary test runner. [`seeds`] makes the corpora that they start from.
#![forbid(unsafe_code)]

#[path = "../../v2x-codec/tests/support/agreement.rs"]
mod agreement;
pub mod cores;
mod curve_batch;
mod exchange;
mod p256_batch;
pub mod seeds;
pub mod targets;

/// A target as a function.
pub type Target = fn(&[u8]);

/// Every target by the name of its binary.
pub const TARGETS: &[(&str, Target)] = &[
    ("packet", targets::packet),
    ("data", targets::data),
    ("certificate", targets::certificate),
    ("ts102941", targets::ts102941),
    ("cam_r1", targets::cam_r1),
    ("cam_r2", targets::cam_r2),
    ("denm_r1", targets::denm_r1),
    ("denm_r2", targets::denm_r2),
    ("vam", targets::vam),
    ("services", targets::services),
    ("inspect", targets::inspect),
    ("capture", targets::capture),
    ("time", targets::time),
    ("trusted_certificate", targets::trusted_certificate),
    ("key_file", targets::key_file),
    ("trace", targets::trace),
    ("traci", targets::traci),
    ("scenario", targets::scenario),
    ("mavlink", targets::mavlink),
    ("link_wire", targets::link_wire),
    ("sealed", cores::sealed),
    ("ea_request", cores::ea_request),
    ("aa_request", cores::aa_request),
    ("verifier", cores::verifier),
    ("p256_batch", targets::p256_batch),
    ("curve_batch", targets::curve_batch),
];
