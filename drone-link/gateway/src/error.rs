//! What goes wrong in a gateway.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use drone_link::error::LinkError;
use thiserror::Error;

/// What goes wrong in a gateway.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// An address that is none.
    #[error("{address}: {why}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A socket, serial line or file.
    #[error("{what}: {error}")]
    Io {
        /// Which.
        what: String,
        /// Why.
        error: io::Error,
    },
    /// The state of local signing cannot be kept.
    #[error("{}: {why}", .path.display())]
    SigningState {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(String),
    /// No connection, or it broke.
    #[error("{peer}: {why}")]
    Connection {
        /// Who was at the other end.
        peer: SocketAddr,
        /// What happened.
        why: String,
    },
    /// The link itself.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The local side has ended.
    #[error("the local side has ended")]
    LocalEnded,
    /// No ticket, or nobody to believe.
    #[error("{0}")]
    Standing(String),
}

impl GatewayError {
    pub(crate) fn io(what: impl ToString) -> impl FnOnce(io::Error) -> Self {
        let what = what.to_string();
        move |error| Self::Io { what, error }
    }
}
