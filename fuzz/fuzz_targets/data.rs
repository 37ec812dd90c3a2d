//! Secured data: what the view accepts, the owned decoder reads alike.
#![no_main]

#[path = "../../v2x-codec/tests/support/agreement.rs"]
mod agreement;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    agreement::data(octets);
    agreement::certificate(octets);
});
