//! Issuing of V2X certificates and lists: profiles, lint, permit, root, EA, AA and TLM.
//!
//! A certificate comes about in five steps, each a type that only the step before can make:
//!
//! 1. A [`profile::Template`] says what the certificate shall say.
//! 2. [`lint`] judges the octets that would be signed, against TS 103 097 clauses 6 and 7.2, TS 102 941 annex B, the
//!    issuer's own certificate and the [`policy`]: [`permit::Linted`].
//! 3. The [`ledger`] records them durably: [`permit::Permit`], good for one signature.
//! 4. The [`issuer`] signs, or puts an [`implicit`] ticket together: [`permit::Unreleased`].
//! 5. The ledger records certificate and answer, and only then the answer is given out. The same request again gets
//!    the same octets.
//!
//! [`audit`] judges what is on record once more.
//!
//! [`request`] is the message of TS 102 941 by which an EA or AA asks a root.
//!
//! What is not here: the messages of stations (the `enrollment` crates), and durable storage (an implementation of
//! [`ledger::Ledger`] elsewhere). Nothing here reads a clock, a file or a global random number generator.

mod asn1;
pub mod audit;
mod error;
pub mod implicit;
pub mod issuer;
pub mod lab;
pub mod ledger;
pub mod limits;
pub mod link;
pub mod lint;
pub mod lists;
pub mod permit;
pub mod policy;
pub mod profile;
pub mod request;
pub mod role;
pub mod services;

pub use crate::{error::CaError, issuer::Issuer, policy::Policy, role::Role};
