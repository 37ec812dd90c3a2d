//! Each engine under the same tests.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{
    amount,
    disk::Disk,
    engines::{Place, check_all},
};
use store::engine::{Engine, Redb};

struct InMemory(Disk);

impl Place for InMemory {
    fn open(&self) -> Box<dyn Engine> {
        Box::new(Redb::with_backend(self.0.clone()).unwrap())
    }
}

fn redb_in_memory() -> Box<dyn Place> {
    Box::new(InMemory(Disk::default()))
}

#[test]
fn redb_keeps_every_promise_of_an_engine() {
    check_all(&redb_in_memory, 64);
}

#[test]
#[ignore = "minutes: cargo xtask reliability ledger-model"]
fn long_model() {
    let cases = amount("WAYSEAL_CASES", 20_000);
    common::model::holds(&redb_in_memory, cases.try_into().unwrap());
    eprintln!("{cases} sequences of operations: the ledger and the model agree on all");
}

#[cfg(feature = "sled")]
mod sled {
    use super::{Place, check_all};
    use store::engine::{Engine, Sled};
    use tempfile::TempDir;

    struct Folder(TempDir);

    impl Place for Folder {
        fn open(&self) -> Box<dyn Engine> {
            Box::new(Sled::open(self.0.path()).unwrap())
        }
    }

    #[test]
    fn sled_keeps_every_promise_of_an_engine_that_a_process_can_see() {
        check_all(&|| Box::new(Folder(tempfile::tempdir().unwrap())), 16);
    }
}
