//! Bytes to types and back, for everything Wayseal reads from a radio or a PKI peer.
//!
//! Two kinds of type live here:
//! - **owned** types, carried by `rasn`, for certificates, PKI messages and facility messages off the hot path;
//!   network octets reach `rasn` only after the bounded scan of [`coer`] accepted every length in them;
//! - **borrowed** views for the receive path, which point into the packet and allocate nothing.
//!
//! What is not here: hashing, curves and trust. This crate is a leaf and knows no cryptography; a point is a
//! choice and some octets until `v2x-security` puts it on its curve.

pub mod btp;
pub mod cam;
pub mod capture;
pub mod cdd;
pub mod coer;
pub mod denm;
mod error;
pub mod facility;
pub mod geonet;
pub mod id;
pub mod ieee1609dot2;
pub mod inspect;
pub mod json;
pub mod limits;
#[cfg(feature = "services")]
pub mod services;
pub mod time;
pub mod ts102941;
pub mod ts103097;
pub mod uper;
pub mod vam;
pub mod view;

pub use error::{CodecError, ErrorKind};
