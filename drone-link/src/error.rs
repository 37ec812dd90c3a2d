//! Why a link ends, or does not come up.

use thiserror::Error;
use v2x_security::refusal::Refusal;

use crate::lane::OutOfStep;
use crate::rights::RightsError;
use crate::wire::WireError;

/// Why a link ends, or does not come up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The peer's hello, or its ticket, is not believed.
    #[error("the peer is not believed: {0}")]
    NotBelieved(#[from] Refusal),
    /// The hello was made for another connection: somebody is in between, or plays a recording.
    #[error("the peer's hello is bound to another connection: somebody is in between")]
    NotBound,
    /// The hello says something else than it should.
    #[error("the peer's hello {0}")]
    Hello(&'static str),
    /// The ticket gives no rights on a link.
    #[error(transparent)]
    Rights(#[from] RightsError),
    /// The ticket does not permit its holder to be what it says it is.
    #[error("the peer's ticket does not permit to be a {0}")]
    Role(&'static str),
    /// The ticket is on the operator's block list.
    #[error("the peer's ticket is on the block list")]
    Blocked,
    /// The block list is not to be used.
    #[error("the block list {0}")]
    BlockList(&'static str),
    /// The peer sent what has no meaning.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The peer has lost count.
    #[error(transparent)]
    OutOfStep(#[from] OutOfStep),
    /// There was no hello in time.
    #[error("the peer said no hello in time")]
    NoHello,
    /// What is done here needs a connection whose peer has said hello.
    #[error("there is no connection")]
    NotConnected,
    /// More outputs wait than are taken.
    #[error("outputs are not taken")]
    OutputFull,
}
