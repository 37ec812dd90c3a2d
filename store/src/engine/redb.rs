//! The embedded engine, with nothing to install: one file, one sync call for a commit.

use super::{Decide, Each, Engine, Look, Space, View, Write};
use crate::{
    error::{Damage, StoreError},
    limits::CACHE_OCTETS,
};
use ::redb::{
    Builder, Database, DatabaseError, Durability, ReadOnlyTable, ReadableDatabase as _, ReadableTable,
    StorageBackend, TableDefinition, TableError, WriteTransaction, backends::FileBackend,
};
use std::{
    any::Any,
    fs::{self, File, OpenOptions},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

const fn definition(space: Space) -> Definition {
    TableDefinition::new(space.name())
}

/// Rows in one file of the `redb` format.
///
/// Opening after a crash walks the whole file and checks every page; reading does not check pages again, which is why
/// the ledger compares what it reads with its chain.
#[derive(Debug)]
pub struct Redb {
    database: Database,
}

impl Redb {
    /// Opens the file at `path`, or creates it. The file is locked for as long as this lives.
    ///
    /// # Errors
    /// [`StoreError::Storage`] when the file cannot be opened, or another process has it; [`StoreError::Damaged`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            return guarded(|| Self::prepared(builder().open(path)));
        }
        Self::create(path)
    }

    /// Creates the file under another name, and gives it its own when it is whole and durable: a crash in between leaves
    /// no file that cannot be opened, and none afterwards takes the name away.
    fn create(path: &Path) -> Result<Self, StoreError> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = Path::new(&unfinished);
        let io = |error: std::io::Error| StoreError::Storage(format!("{}: {error}", unfinished.display()));
        let mut options = OpenOptions::new();
        let file =
            options.read(true).write(true).create(true).truncate(false).open(unfinished).map_err(io)?;
        file.try_lock().map_err(|error| io(error.into()))?;
        if path.exists() {
            // Somebody else was faster, and has just given it its name.
            return guarded(|| Self::prepared(builder().open(path)));
        }
        file.set_len(0).map_err(io)?;
        let redb = guarded(|| {
            let backend = FileBackend::new(file).map_err(failed)?;
            Self::prepared(builder().create_with_backend(backend))
        })?;
        fs::rename(unfinished, path).map_err(io)?;
        sync_folder(path).map_err(io)?;
        Ok(redb)
    }

    /// Opens whatever `backend` stores.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        guarded(|| Self::prepared(builder().create_with_backend(backend)))
    }

    /// With every table there, so that readers find them.
    fn prepared(opened: Result<Database, DatabaseError>) -> Result<Self, StoreError> {
        let database = opened.map_err(failed)?;
        if !has_tables(&database)? {
            let transaction = begin(&database)?;
            for space in Space::ALL {
                transaction.open_table(definition(space)).map_err(failed)?;
            }
            transaction.commit().map_err(failed)?;
        }
        Ok(Self { database })
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_OCTETS);
    builder
}

/// Makes a name in the folder of `path` durable.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

fn has_tables(database: &Database) -> Result<bool, StoreError> {
    let transaction = database.begin_read().map_err(failed)?;
    match transaction.open_table(definition(Space::Entries)) {
        Ok(_) => Ok(true),
        Err(TableError::TableDoesNotExist(_)) => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn begin(database: &Database) -> Result<WriteTransaction, StoreError> {
    let mut transaction = database.begin_write().map_err(failed)?;
    transaction.set_durability(Durability::Immediate).map_err(failed)?;
    Ok(transaction)
}

impl Engine for Redb {
    fn transact(&self, _: &[(Space, Vec<u8>)], decide: &mut Decide<'_>) -> Result<(), StoreError> {
        guarded(|| {
            let transaction = begin(&self.database)?;
            let writes = decide(&Writing(&transaction))?;
            if writes.is_empty() {
                return transaction.abort().map_err(failed);
            }
            writes.into_iter().try_for_each(|write| apply(&transaction, write))?;
            transaction.commit().map_err(failed)
        })
    }

    fn snapshot(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        guarded(|| {
            let transaction = self.database.begin_read().map_err(failed)?;
            let open = |space| transaction.open_table(definition(space)).map_err(failed);
            let reading = Reading {
                meta: open(Space::Meta)?,
                records: open(Space::Records)?,
                entries: open(Space::Entries)?,
            };
            look(&reading)
        })
    }
}

fn apply(transaction: &WriteTransaction, write: Write) -> Result<(), StoreError> {
    let mut table = transaction.open_table(definition(write.space)).map_err(failed)?;
    match write.value {
        Some(value) => table.insert(&*write.key, &*value).map(|_| ()).map_err(failed),
        None => table.remove(&*write.key).map(|_| ()).map_err(failed),
    }
}

struct Writing<'a>(&'a WriteTransaction);

impl View for Writing<'_> {
    fn row(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        row(&self.0.open_table(definition(space)).map_err(failed)?, key)
    }

    fn scan(&self, space: Space, prefix: &[u8], each: &mut Each<'_>) -> Result<(), StoreError> {
        scan(&self.0.open_table(definition(space)).map_err(failed)?, prefix, each)
    }
}

struct Reading {
    meta: ReadOnlyTable<&'static [u8], &'static [u8]>,
    records: ReadOnlyTable<&'static [u8], &'static [u8]>,
    entries: ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl Reading {
    const fn table(&self, space: Space) -> &ReadOnlyTable<&'static [u8], &'static [u8]> {
        match space {
            Space::Meta => &self.meta,
            Space::Records => &self.records,
            Space::Entries => &self.entries,
        }
    }
}

impl View for Reading {
    fn row(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        row(self.table(space), key)
    }

    fn scan(&self, space: Space, prefix: &[u8], each: &mut Each<'_>) -> Result<(), StoreError> {
        scan(self.table(space), prefix, each)
    }
}

fn row(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(table.get(key).map_err(failed)?.map(|value| value.value().to_vec()))
}

fn scan(
    table: &impl ReadableTable<&'static [u8], &'static [u8]>,
    prefix: &[u8],
    each: &mut Each<'_>,
) -> Result<(), StoreError> {
    for row in table.range(prefix..).map_err(failed)? {
        let (key, value) = row.map_err(failed)?;
        if !key.value().starts_with(prefix) {
            break;
        }
        each(key.value(), value.value())?;
    }
    Ok(())
}

fn failed(error: impl Into<::redb::Error>) -> StoreError {
    let error = error.into();
    if matches!(error, ::redb::Error::Corrupted(_)) {
        StoreError::Damaged(Damage::Engine(error.to_string()))
    } else {
        StoreError::Storage(error.to_string())
    }
}

/// redb's documentation warns that it may panic on a file that something else has altered. That is damage, and no
/// reason to take the process along.
fn guarded<T>(run: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|panic| Err(StoreError::Damaged(Damage::Engine(said(&*panic)))))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the engine gave up: {}", text.as_deref().unwrap_or("no reason given"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_a_crash_left_unfinished_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        fs::write(folder.path().join("ledger.unfinished"), b"half a header").unwrap();
        Redb::open(&path).unwrap();
        Redb::open(&path).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_open_is_not_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let _open = Redb::open(&path).unwrap();
        assert!(matches!(Redb::open(&path), Err(StoreError::Storage(_))));
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        for octets in [&b"a letter to a friend"[..], &[0xA5; 10_000]] {
            fs::write(&path, octets).unwrap();
            assert!(Redb::open(&path).is_err());
            assert_eq!(fs::read(&path).unwrap(), octets);
        }
    }
}
