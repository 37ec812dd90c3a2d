#![no_main]
#![allow(missing_docs, reason = "the target is described where it is written: wayseal_fuzz::cores")]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| wayseal_fuzz::cores::verifier(octets));
