//! RFC 3339 text: what parses prints as the same time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use v2x_codec::time::Time64;

fuzz_target!(|text: &str| {
    let Ok(time) = text.parse::<Time64>() else { return };
    let printed = time.to_string();
    assert_eq!(printed.parse(), Ok(time), "{text} printed as {printed}");
});
