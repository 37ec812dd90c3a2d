//! The enrolment authority of TS 102 941 as a core without I/O.
//!
//! [`EnrolmentAuthority::enrol`] turns an enrolment request into an answer, [`EnrolmentAuthority::validate`] an
//! authorization validation request. Every request gets an answer; the same request again gets the same octets as long
//! as it issued or confirmed something.
//!
//! This crate sees who asks and never what ticket comes of it: no type or argument here holds a ticket's key. Of the
//! ticket it knows the key tag, which says nothing without a key that only the AA has.

mod authority;
mod enrol;
pub mod limits;
pub mod registry;
mod validate;

pub use authority::{EnrolmentAuthority, Parts};
