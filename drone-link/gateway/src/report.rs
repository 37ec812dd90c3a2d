//! What a gateway says of what it does.

use std::net::SocketAddr;

use drone_link::link::Event;
use drone_link::rights::Rights;
use tokio::sync::mpsc;

use crate::limits::MAX_REPORTS;

/// Something that people may want to know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Report {
    /// A link is up.
    Connected {
        /// Its address.
        peer: SocketAddr,
        /// Its ticket.
        ticket: String,
        /// What the ticket permits.
        rights: Rights,
        /// A drone's MAVLink system; 0 for a ground station.
        system: u8,
    },
    /// A link is gone, or did not come up.
    Disconnected {
        /// Its address.
        peer: SocketAddr,
        /// Why.
        why: String,
    },
    /// The peer has another address now.
    Moved {
        /// The address before.
        from: SocketAddr,
        /// The address now.
        to: SocketAddr,
    },
    /// Something that the link says.
    Link {
        /// Whose.
        peer: SocketAddr,
        /// What.
        event: Event,
    },
    /// The local side.
    Local {
        /// What happened.
        what: String,
    },
}

/// Where reports go.
#[derive(Clone)]
pub struct Reporter(mpsc::Sender<Report>);

impl Reporter {
    /// A reporter, and where its reports come out.
    #[must_use]
    pub fn new() -> (Self, mpsc::Receiver<Report>) {
        let (sender, receiver) = mpsc::channel(MAX_REPORTS);
        (Self(sender), receiver)
    }

    /// Says something. Nobody waits for whoever does not listen.
    pub(crate) fn say(&self, report: Report) {
        let _ = self.0.try_send(report);
    }
}
