//! The enrolment authority of TS 102 941 as a core without I/O.
//!
//! [`EnrolmentAuthority::enrol`] turns an enrolment request into an answer, [`EnrolmentAuthority::validate`] an
//! authorization validation request. A request that issued or confirmed something gets the same octets again. One that
//! is refused is told why, and that is not remembered: the same octets are judged anew. One that cannot be served,
//! because the ledger or a key is not available, gets no answer at all, since it would be about the authority and not
//! about the request.
//!
//! One authority handles one request at a time. Several of them work side by side on handles of one durable
//! [`registry::Registry`]; where two answer the same request, the later finds the answer of the first and gives that.
//!
//! This crate sees who asks and never what ticket comes of it: no type or argument here holds a ticket's key. Of the
//! ticket it knows the key tag, which says nothing without a key that only the AA has.

mod authority;
mod enrol;
mod failure;
pub mod limits;
pub mod registry;
mod validate;

pub use authority::{EnrolmentAuthority, Parts};
