//! What a ledger needs of a storage engine: rows in three spaces, read consistently and written all or nothing.

use crate::error::StoreError;

mod redb;
pub use self::redb::Redb;

#[cfg(feature = "sled")]
mod sled;
#[cfg(feature = "sled")]
pub use self::sled::Sled;

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "postgres")]
pub use self::postgres::Postgres;

/// The kinds of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// A few rows about the ledger itself.
    Meta,
    /// The audit chain, by sequence.
    Records,
    /// What is in force now: an entry for each key of each table.
    Entries,
}

impl Space {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Meta, Self::Records, Self::Entries];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Records => "records",
            Self::Entries => "entries",
        }
    }
}

/// A row to write, or to remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Where.
    pub space: Space,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value, or nothing to remove it.
    pub value: Option<Vec<u8>>,
}

impl Write {
    /// A row with a value.
    #[must_use]
    pub const fn new(space: Space, key: Vec<u8>, value: Vec<u8>) -> Self {
        Self { space, key, value: Some(value) }
    }
}

/// Rows as they were at one moment.
pub trait View {
    /// The row with this key.
    ///
    /// # Errors
    /// [`StoreError::Storage`], [`StoreError::Damaged`].
    fn row(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// All rows whose keys begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// Those of `each`; [`StoreError::Storage`], [`StoreError::Damaged`].
    fn scan(&self, space: Space, prefix: &[u8], each: &mut Each<'_>) -> Result<(), StoreError>;
}

/// Is shown rows: a key and its value.
pub type Each<'a> = dyn FnMut(&[u8], &[u8]) -> Result<(), StoreError> + 'a;

/// Looks at rows and says what to write.
pub type Decide<'a> = dyn FnMut(&dyn View) -> Result<Vec<Write>, StoreError> + 'a;

/// Looks at rows.
pub type Look<'a> = dyn FnMut(&dyn View) -> Result<(), StoreError> + 'a;

/// A storage engine.
///
/// The ledger above it does all the thinking; an engine only has to keep these promises. The tests of this crate hold
/// every engine to them.
pub trait Engine: Send + Sync + 'static {
    /// Shows `decide` the rows, and writes what it says, all or nothing, so that it survives a power failure once this
    /// returns. Nobody else's transaction comes in between. `decide` is called again where the engine has to start over.
    ///
    /// `likely` names rows that `decide` will probably want: an engine far away fetches them at once.
    ///
    /// # Errors
    /// Those of `decide`, with nothing written. [`StoreError::Storage`]: then it is not known whether it was written.
    fn transact(&self, likely: &[(Space, Vec<u8>)], decide: &mut Decide<'_>) -> Result<(), StoreError>;

    /// Shows `look` the rows at one moment, while others go on writing. Rows that would not survive a power failure are
    /// not shown.
    ///
    /// # Errors
    /// Those of `look`; [`StoreError::Storage`], [`StoreError::Damaged`].
    fn snapshot(&self, look: &mut Look<'_>) -> Result<(), StoreError>;
}

impl Engine for Box<dyn Engine> {
    fn transact(&self, likely: &[(Space, Vec<u8>)], decide: &mut Decide<'_>) -> Result<(), StoreError> {
        (**self).transact(likely, decide)
    }

    fn snapshot(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        (**self).snapshot(look)
    }
}
