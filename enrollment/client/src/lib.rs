//! The client of TS 102 941 V2.2.1 over HTTP (annexes C to E): for stations, and for AAs that ask an EA.
//!
//! - [`Client`] sends a request and fetches what a distribution centre or CPOC hands out, bounded in size and time. It
//!   tries the same octets again, with pauses, where an answer may still come: an authority gives the same octets the
//!   same answer.
//! - [`AccessPoint`] is an address, from a trust list or from whoever runs the program.
//! - [`Addresses`] are the access points that trust lists name, by certificate.
//!
//! Addresses begin with `http`, as annex C has it. With the feature `http3` they may begin with `https` too, and are asked over
//! HTTP/3 by a client that was told whom to trust.
//!
//! What an answer says is not looked at here: it is for the core that made the request. Nothing here holds issuing code.

mod access_point;
mod addresses;
#[cfg(feature = "http3")]
pub mod bounded;
mod client;
#[cfg(feature = "http3")]
mod http3;
pub mod limits;
#[cfg(feature = "tls")]
mod tls;

pub use access_point::{AccessPoint, BadAccessPoint};
pub use addresses::{AddressError, Addresses, EaAddresses};
pub use client::{Client, ClientError, Fetched, Protocol};
#[cfg(feature = "http3")]
pub use http3::{BadTrust, ServerTrust};
#[cfg(feature = "tls")]
pub use tls::{BadIdentity, ClientIdentity};
