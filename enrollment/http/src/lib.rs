//! TS 102 941 V2.2.1 over HTTP: the shell around the cores of EA, AA, distribution centre and CPOC. Their client is [`enrollment_client`].
//!
//! | path | method | what | clause |
//! | --- | --- | --- | --- |
//! | `/ea` | POST | enrolment, for stations | table C.1 |
//! | `/ea/validation` | POST | authorization validation, for AAs | table C.4 |
//! | `/aa` | POST | authorization, with proof of possession or without | tables C.2 and C.3 |
//! | `/dc/getctl/…`, `/dc/getcrl/…` | GET | lists of roots | annex D |
//! | `/cpoc/…` | GET | certificates, links and lists of trust list managers | annex E |
//!
//! HTTP/1.1 and HTTP/2 without TLS share a port: the messages carry their own protection, and annex C speaks of plain
//! HTTP. With the feature `http3`, the same is served over HTTP/3 (`http3`). What a message says is answered in a message, with status 200; other statuses are about the request as such
//! (400 to 415), or say that it may come again (503 with `Retry-After`).
//!
//! - [`server::Server`] takes connections and reads requests, bounded in number, size and time, and ends without dropping
//!   what it has taken in.
//! - [`desk::Desk`] is a queue in front of worker threads, each with a core of its own.
//! - [`site::Site`] is what is served: [`office::EaOffice`], [`office::AaOffice`], [`centre::Centre`].
//!
//! Nothing here logs who asks: no address, identifier, certificate or hash of a request.

pub mod centre;
pub mod clock;
pub mod desk;
#[cfg(feature = "http3")]
pub mod http3;
pub mod intake;
pub mod limits;
pub mod metrics;
pub mod office;
pub mod page;
pub mod random;
pub mod reply;
pub mod server;
pub mod site;
#[cfg(any(feature = "http3", feature = "tls"))]
pub mod tls;
