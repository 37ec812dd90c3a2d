//! The durable ledger of the PKI.
//!
//! An authority records what it will sign, and what it has signed and answered, before anything leaves it. This crate
//! keeps these records: nothing is acknowledged that a power failure could take back, every record covers the one
//! before, and a loss shows. It knows no certificate and no protocol: keys are hashes, values are octets.
//!
//! - [`Ledger`]: many threads hand in operations; one writer puts all that wait into one transaction, and answers when
//!   its sync call has returned. After a failed write or sync nothing is acknowledged: the ledger is opened again.
//! - An answer and the values that it depends on, a quota say, are one record: [`Ledger::remember_with`].
//! - The chain: [`Ledger::verify`] finds each record that was deleted, moved or edited, and each entry that no longer is
//!   what its record says. A truncated ledger is whole in itself: what finds it is a [`Head`] that was kept elsewhere.
//! - [`each_issued`]: every certificate with what was on record before it was signed, for whoever judges it again.
//! - [`Ledger::backup`] and [`restore`]: a copy that was restored refuses to record until an operator raises its epoch.
//! - [`engine`]: where rows are stored. [`engine::Redb`] is one file with nothing to install; PostgreSQL is behind the
//!   feature `postgres`, and sled, which promises less, behind `sled`.
//!
//! What it does not do: it encrypts nothing, keeps no keys, and does not protect from whoever can write both the ledger
//! and the place where its heads are published.
//!
//! ```
//! use store::{Ledger, Options, Standing, digest, engine::Redb};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ea.ledger");
//! let ledger = Ledger::open(Redb::open(&path)?, &Options::new("EA 1"), 1_000_000)?;
//! let request = digest(b"the request as it was received");
//! ledger.intend(1_000_001, &request, b"to be signed")?;
//! ledger.conclude(1_000_002, &request, b"certificate", b"answer")?;
//! assert_eq!(ledger.standing(&request)?, Standing::Answered(b"answer".to_vec()));
//! let published = ledger.head()?;
//! println!("{published}");
//! ledger.verify(Some(&published))?;
//! # Ok(())
//! # }
//! ```

mod backup;
mod codec;
mod draft;
pub mod engine;
mod error;
mod issued;
mod ledger;
pub mod limits;
mod queue;
mod record;
mod rows;
mod standing;
mod table;
mod verify;

pub use backup::restore;
pub use draft::{Expected, Note, Then};
pub use error::{Damage, StoreError};
pub use issued::{Accounts, Issued, each_issued};
pub use ledger::{Counts, Ledger, Options, Value};
pub use record::{Digest, Head, Sequence, digest};
pub use standing::Standing;
pub use table::Table;
pub use verify::{Verified, verify as verify_rows};
