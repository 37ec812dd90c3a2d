//! sled 0.34, for those who ask for it. Not for a CA.
//!
//! **What it does not promise**: its flush ends in `sync_file_range`, whose manual says that it writes no metadata and
//! does not empty the disk's own cache, so that "there are no guarantees that the data will be available after a crash".
//! No call that does promise it was seen at any commit. What a killed process has acknowledged is there; what a power
//! failure leaves is not known. It also has open reports of corrupted files.

use super::{Decide, Each, Engine, Look, Space, View};
use crate::error::{Damage, StoreError};
use ::sled::{Batch, Config, Db, Error, Tree};
use std::{
    path::Path,
    sync::{PoisonError, RwLock},
    thread,
    time::{Duration, Instant},
};

/// How long to wait for the lock of somebody who has just let go of the folder.
const LOCK_TIME: Duration = Duration::from_secs(5);
/// How long between two looks.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// Rows in a folder of sled's files, all in one tree, so that one batch is all or nothing.
#[derive(Debug)]
pub struct Sled {
    tree: Tree,
    /// sled shows what was written before it is flushed. Who reads therefore waits for whoever writes, and a snapshot or
    /// backup holds up the writer.
    flushed: RwLock<()>,
    /// Closes the files when the ledger is done.
    database: Db,
}

impl Sled {
    /// Opens the folder at `path`, or creates it. It is locked for as long as this lives.
    ///
    /// # Errors
    /// [`StoreError::Storage`] when it cannot be opened, or another process has it; [`StoreError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // The writer flushes; a thread that does so now and then would only be in its way.
        let config = Config::new().path(path).flush_every_ms(None);
        let database = unlocked(&config).map_err(failed)?;
        let tree = database.open_tree("ledger").map_err(failed)?;
        Ok(Self { tree, flushed: RwLock::new(()), database })
    }
}

/// Waits for who had the folder a moment ago: sled's own threads give the lock back some time after its database was dropped.
fn unlocked(config: &Config) -> Result<Db, Error> {
    let patience = Instant::now() + LOCK_TIME;
    loop {
        match config.open() {
            Err(error) if is_locked(&error) && Instant::now() < patience => {
                thread::sleep(LOCK_PAUSE);
            }
            opened => return opened,
        }
    }
}

/// sled says so in words alone.
fn is_locked(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.to_string().contains("could not acquire lock"))
}

impl Engine for Sled {
    fn transact(&self, _: &[(Space, Vec<u8>)], decide: &mut Decide<'_>) -> Result<(), StoreError> {
        let _writing = self.flushed.write().unwrap_or_else(PoisonError::into_inner);
        let writes = decide(&Rows(&self.tree))?;
        if writes.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::default();
        for write in writes {
            let key = place(write.space, &write.key);
            match write.value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch).map_err(failed)?;
        self.database.flush().map(|_| ()).map_err(failed)
    }

    fn snapshot(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        let _reading = self.flushed.read().unwrap_or_else(PoisonError::into_inner);
        look(&Rows(&self.tree))
    }
}

struct Rows<'a>(&'a Tree);

impl View for Rows<'_> {
    fn row(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.get(place(space, key)).map_err(failed)?.map(|value| value.to_vec()))
    }

    fn scan(&self, space: Space, prefix: &[u8], each: &mut Each<'_>) -> Result<(), StoreError> {
        for row in self.0.scan_prefix(place(space, prefix)) {
            let (key, value) = row.map_err(failed)?;
            each(key.get(1..).unwrap_or_default(), &value)?;
        }
        Ok(())
    }
}

/// The key of a row in the one tree: its space goes first.
fn place(space: Space, key: &[u8]) -> Vec<u8> {
    let space = match space {
        Space::Meta => 0,
        Space::Records => 1,
        Space::Entries => 2,
    };
    [&[space], key].concat()
}

fn failed(error: Error) -> StoreError {
    match error {
        Error::Corruption { .. } => StoreError::Damaged(Damage::Engine(error.to_string())),
        Error::CollectionNotFound(_) | Error::Unsupported(_) | Error::ReportableBug(_) | Error::Io(_) => {
            StoreError::Storage(error.to_string())
        }
    }
}
