#![no_main]
#![allow(missing_docs, reason = "the target is described where it is written: wayseal_fuzz::targets")]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| wayseal_fuzz::targets::link_wire(octets));
