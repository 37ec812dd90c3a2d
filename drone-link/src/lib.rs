//! MAVLink between drones and ground stations, with the identities and rights of a C-ITS PKI: the core, without I/O.
//!
//! | to | see |
//! | --- | --- |
//! | read and write MAVLink frames | [`frame::Frame`], [`framer::Framer`] for streams of octets |
//! | check and produce MAVLink 2 signatures on the local side | [`signing::LocalSigning`] |
//! | say what the holder of a ticket may do | [`rights::Rights`], by the SSP of its ticket |
//! | say which message needs which right, and how it travels | [`table::RightsTable`], from a file |
//! | run one side of a link | [`link::Link`]: hello, lanes, datagrams, over reconnects |
//! | cut off one ticket | [`block_list::BlockList`] |
//! | broadcast who and where a drone is, and believe it | [`remote_id`] |
//!
//! A [`link::Link`] is driven by whoever owns sockets and the clock: what came in is handed to [`link::Link::handle`], what is to
//! be done is taken by [`link::Link::poll_output`], and [`link::Link::poll_timeout`] says when it wants to be called again. The
//! transport must be encrypted, and must give both ends the same secret that nobody else has (the TLS exporter): by that the
//! hello is bound to it. What is not here: QUIC, UDP, serial lines (`drone-link-gateway`).

pub mod block_list;
pub mod dialect;
pub mod error;
pub mod feedback;
pub mod frame;
pub mod framer;
pub mod hello;
pub mod lane;
pub mod limits;
pub mod link;
pub mod remote_id;
pub mod replay_window;
pub mod rights;
pub mod signing;
pub mod table;
pub mod wire;
