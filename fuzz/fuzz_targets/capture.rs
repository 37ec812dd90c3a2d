//! Capture files: reading ends, stays inside the file, and stops at the first error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use v2x_codec::capture::Capture;

fuzz_target!(|file: &[u8]| {
    let Ok(mut capture) = Capture::parse(file) else { return };
    let mut left = file.len();
    while let Some(Ok(frame)) = capture.next() {
        left = left.checked_sub(frame.octets.len()).expect("frames do not overlap");
        assert!(frame.geonetworking().is_none_or(|packet| packet.len() < frame.octets.len()));
    }
    assert!(capture.next().is_none());
});
