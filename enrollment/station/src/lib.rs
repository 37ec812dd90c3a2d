//! The station's side of TS 102 941: enrolment and authorization as a core without I/O.
//!
//! Each exchange is a value: [`enrolment::Enrolment`] or [`authorization::Authorization`]. Making it makes the request;
//! its octets are sent, again and again if need be, and each answer that arrives is handed to `answer`, which accepts
//! only what the authority signed for exactly this request, with the key that was asked for, in a chain to a trusted
//! root. Time and randomness are arguments. An exchange outlives its process where `sent` is kept and handed to `resume`.

pub mod authorization;
mod common;
pub mod enrolment;
mod error;

pub use crate::{
    common::{Credential, Sent},
    error::StationError,
};
