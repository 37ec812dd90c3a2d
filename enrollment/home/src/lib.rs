//! A station's home: one folder with its keys, credential, tickets and lists, and the exchanges that keep it up to date.
//!
//! | file | what | mode |
//! | --- | --- | --- |
//! | `station.json` | identifier, addresses | |
//! | `root.cert` | the root that is believed: everything else comes from its lists | |
//! | `tlm.cert`, `ectl.oer` | the trust list manager that is believed, if one is, and its list, which must name the root | |
//! | `ctl.oer`, `crl.oer` | the root's lists, with their tags beside them | |
//! | `ctl.delta-N.oer`, `ectl.delta-N.oer` | what changed since the list in full | |
//! | `canonical.key` | the key that the station is registered with | 600 |
//! | `credentials/ID.cert`, `.key` | credentials by digest | `.key` 600 |
//! | `tickets/ID.cert`, `.key` | tickets by digest | `.key` 600 |
//! | `pending/credentials.json`, `.key`, `pending/tickets.json`, `.key` | requests without an answer, one of each kind | 600 |
//!
//! [`Home`] fetches and verifies the lists, finds EA and AA in them, enrols, renews and gets tickets. A certificate is
//! written after its key, and both before anything is said to be there. There is neither issuing code nor a ledger in here:
//! it works with any PKI of TS 102 941. Keys are encrypted where there is a passphrase.
//!
//! A request is kept with its key before it is sent, until there is an answer: a station that dies while it waits sends the same
//! octets when it starts again, and gets the same answer. After [`limits::PENDING_SECONDS`] it is given up.

mod error;
mod exchange;
mod files;
mod home;
pub mod limits;
mod list_files;
mod lists;
mod pairs;
mod pending;

pub use error::HomeError;
pub use exchange::TicketWish;
pub use home::{Home, Means, Settings};
pub use lists::{Anchors, ListNews, News};
pub use pairs::Pair;
