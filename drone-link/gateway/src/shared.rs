//! A link that its connections and its local side share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drone_link::error::LinkError;
use drone_link::frame::Frame;
use drone_link::link::Link;
use tokio::sync::{Notify, watch};
use v2x_codec::time::Time64;

/// A link, and which connection it has now.
pub(crate) struct SharedLink {
    link: Mutex<Link>,
    /// Told when there is something to send.
    pub(crate) wake: Notify,
    /// Counts connections: one that is not the latest ends.
    latest: watch::Sender<u64>,
}

impl SharedLink {
    pub(crate) fn new(link: Link) -> Arc<Self> {
        let (latest, _) = watch::channel(0);
        Arc::new(Self { link: Mutex::new(link), wake: Notify::new(), latest })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection takes the link over. Its number, and where it learns of a later one.
    pub(crate) fn take_over(&self) -> (u64, watch::Receiver<u64>) {
        let mut seen = self.latest.subscribe();
        let mut number = 0;
        self.latest.send_modify(|latest| {
            *latest += 1;
            number = *latest;
        });
        seen.mark_unchanged();
        (number, seen)
    }

    /// Whether this connection is still the latest.
    pub(crate) fn is_latest(&self, number: u64) -> bool {
        *self.latest.borrow() == number
    }

    /// Gives the link up, if no later connection has it.
    pub(crate) fn give_up(&self, number: u64) {
        let mut link = self.lock();
        if self.is_latest(number) {
            link.disconnect();
        }
    }

    /// A frame of the local side. What is to be sent is left to the connection, which is woken.
    pub(crate) fn local(&self, frame: Frame, now: Time64) -> Result<(), LinkError> {
        let handled = self.lock().send(now, frame);
        self.wake.notify_one();
        handled
    }
}
