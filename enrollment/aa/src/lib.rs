//! The authorization authority of TS 102 941 as a core without I/O.
//!
//! A station's request goes in by [`AuthorizationAuthority::request`]. It is refused at once, answered with the octets
//! of before when it is a retry, or leads to a question to the station's EA ([`Step::AskEa`]); the EA's answer goes in
//! by [`AuthorizationAuthority::ea_answered`], and out comes the answer to the station. A question that nobody answers
//! runs out ([`AuthorizationAuthority::poll_timeout`]). A request that cannot be served, because the ledger or a key is
//! not available, gets no answer at all: it would be about the authority and not about the request.
//!
//! One authority handles one request at a time. Several of them work side by side on handles of one durable ledger;
//! where two issue for the same request, the later finds the answer of the first and gives that.
//!
//! Every ticket is explicit. An implicit one could not be answered with: `InnerAtResponse` (module
//! EtsiTs102941TypesAuthorization) has a field for the certificate and none for the authority's contribution to the
//! private key, and `InnerAtRequest` no way to ask for one. A station refuses an implicit certificate in an answer.
//! `v2x_ca::implicit` issues them where both sides meet by other means.
//!
//! This crate sees the ticket's key and never who asks: no type or argument here holds an enrolment credential or a
//! canonical identifier. The credential's signature passes through unread.

mod authority;
mod failure;
mod judge;
pub mod limits;
mod ticket;

pub use authority::{AuthorizationAuthority, Parts, QuestionId, Step};
