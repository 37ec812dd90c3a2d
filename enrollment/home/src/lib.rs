//! A station's home: one folder with its keys, credential, tickets and lists, and the exchanges that keep it up to date.
//!
//! | file | what | mode |
//! | --- | --- | --- |
//! | `station.json` | identifier, addresses | |
//! | `root.cert` | the root that is believed: everything else comes from its lists | |
//! | `tlm.cert`, `ectl.oer` | the trust list manager that is believed, if one is, and its list, which must name the root | |
//! | `ctl.oer`, `crl.oer` | the root's lists, with their tags beside them | |
//! | `canonical.key` | the key that the station is registered with | 600 |
//! | `credentials/ID.cert`, `.key` | credentials by digest | `.key` 600 |
//! | `tickets/ID.cert`, `.key` | tickets by digest | `.key` 600 |
//!
//! [`Home`] fetches and verifies the lists, finds EA and AA in them, enrols, renews and gets tickets. A certificate is
//! written after its key, and both before anything is said to be there. There is neither issuing code nor a ledger in here:
//! it works with any PKI of TS 102 941. Keys are encrypted where there is a passphrase.
//!
//! What it does not do: it keeps no request across a restart, so a station that dies while it waits asks anew.

mod error;
mod files;
mod home;
pub mod limits;
mod lists;
mod pairs;

pub use error::HomeError;
pub use home::{Home, Means, Settings, TicketWish};
pub use lists::{Anchors, ListNews, News};
pub use pairs::Pair;
