//! Where entries live: tables by name, keys within them.

use crate::{
    error::StoreError,
    limits::{MAX_KEY, MAX_TABLE_NAME},
};

/// Requests by digest: what was intended or answered.
pub(crate) const REQUESTS: Table = Table::internal("=requests");

/// Certificates by their whole hash.
pub(crate) const CERTIFICATES: Table = Table::internal("=certificates");

/// The one entry here is the present epoch and why it was raised.
pub(crate) const EPOCH: Table = Table::internal("=epoch");

/// The name of a table of values: registered stations, block lists, counters, trust lists.
///
/// ```
/// use store::Table;
/// const STATIONS: Table = Table::new("stations");
/// ```
///
/// Names that the ledger uses itself cannot be made:
///
/// ```compile_fail,E0080
/// const REQUESTS: store::Table = store::Table::new("=requests");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(&'static str);

impl Table {
    /// The table of this name: small letters, digits and hyphens.
    ///
    /// # Panics
    /// For another name. Names are constants, so this is seen when compiling.
    #[must_use]
    #[expect(clippy::panic, reason = "names are constants: the compiler runs this")]
    pub const fn new(name: &'static str) -> Self {
        let octets = name.as_bytes();
        let mut rest = octets;
        while let [first, tail @ ..] = rest {
            if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'-') {
                panic!("a table's name is small letters, digits and hyphens");
            }
            rest = tail;
        }
        if octets.is_empty() || octets.len() > MAX_TABLE_NAME {
            panic!("a table's name has 1 to 32 octets");
        }
        Self(name)
    }

    const fn internal(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What the keys of all its entries begin with. No prefix begins another: a name holds no NUL.
    pub(crate) fn prefix(self) -> Vec<u8> {
        [self.0.as_bytes(), &[0]].concat()
    }

    /// The key of an entry among those of all tables.
    pub(crate) fn entry(self, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        if key.len() > MAX_KEY {
            return Err(StoreError::TooLarge { what: "a key", octets: key.len(), most: MAX_KEY });
        }
        Ok([&self.prefix(), key].concat())
    }
}

/// Octets of the longest key of an entry.
pub(crate) const MAX_ENTRY_KEY: usize = MAX_TABLE_NAME + 1 + MAX_KEY;
