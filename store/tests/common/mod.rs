//! What the tests share: a disk that can be crashed, and a ledger to fill.
#![allow(dead_code, reason = "each test is a crate of its own and uses a part of this")]

#[cfg(feature = "postgres")]
pub(crate) mod cluster;
pub(crate) mod disk;
pub(crate) mod engines;
pub(crate) mod model;

use std::{panic, path::Path};
use store::{Digest, Ledger, Options, StoreError, digest, engine::Redb};

/// A moment, in microseconds.
pub(crate) const NOW: u64 = 700_000_000_000_000;

pub(crate) const NAME: &str = "EA of the tests";

pub(crate) fn options() -> Options {
    Options::new(NAME)
}

pub(crate) fn open(backend: impl ::redb::StorageBackend) -> Result<Ledger, StoreError> {
    Ledger::open(Redb::with_backend(backend)?, &options(), NOW)
}

pub(crate) fn open_file(path: &Path) -> Ledger {
    Ledger::open(Redb::open(path).unwrap(), &options(), NOW).unwrap()
}

pub(crate) fn request(number: u64) -> Digest {
    digest(&number.to_be_bytes())
}

pub(crate) fn to_be_signed(number: u64) -> Vec<u8> {
    [b"to be signed ", &number.to_be_bytes()[..], &[7; 120]].concat()
}

pub(crate) fn certificate(number: u64) -> Vec<u8> {
    [b"certificate ", &to_be_signed(number)[..], &[9; 64]].concat()
}

pub(crate) fn answer(number: u64) -> Vec<u8> {
    [b"answer ", &certificate(number)[..], &[11; 200]].concat()
}

pub(crate) fn intend(ledger: &Ledger, number: u64) -> Result<(), StoreError> {
    ledger.intend(NOW, &request(number), &to_be_signed(number))
}

pub(crate) fn conclude(ledger: &Ledger, number: u64) -> Result<(), StoreError> {
    ledger.conclude(NOW, &request(number), &certificate(number), &answer(number))
}

pub(crate) fn issue(ledger: &Ledger, number: u64) -> Result<(), StoreError> {
    intend(ledger, number)?;
    conclude(ledger, number)
}

/// How much a long form does, or what the environment asks for.
pub(crate) fn amount(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a number"))
}

/// Damaged files make the engine panic, which the ledger catches: without its message, thousands of times.
pub(crate) fn hush_the_engine() {
    panic::set_hook(Box::new(|info| {
        let is_ours = info.location().is_some_and(|place| !place.file().contains("redb"));
        if is_ours {
            eprintln!("{info}");
        }
    }));
}
