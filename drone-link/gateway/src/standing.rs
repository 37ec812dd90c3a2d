//! By which ticket a gateway is believed, and whom it believes: both change while it runs.

use std::sync::Arc;

use drone_link::block_list::BlockList;
use drone_link::hello::LinkTrust;
use tokio::sync::watch;
use v2x_security::sign::Identity;
use v2x_security::trust::TrustStore;

use crate::error::GatewayError;

/// Makes the store of whom to believe, as the lists say now.
pub type MakeTrust = dyn Fn() -> Result<TrustStore, String> + Send + Sync;

/// Where a gateway learns who it is and whom to believe.
#[derive(Clone)]
pub struct Standing {
    ticket: watch::Receiver<Arc<Identity>>,
    lists: watch::Receiver<Lists>,
}

/// The other end: whoever gets tickets and lists.
pub struct StandingKeeper {
    ticket: watch::Sender<Arc<Identity>>,
    lists: watch::Sender<Lists>,
}

/// Whom to believe.
#[derive(Clone)]
pub struct Lists {
    /// Makes the store.
    pub trust: Arc<MakeTrust>,
    /// The operator's block list in force.
    pub blocked: BlockList,
}

impl Standing {
    /// Begins with a ticket and lists.
    #[must_use]
    pub fn new(ticket: Arc<Identity>, lists: Lists) -> (StandingKeeper, Self) {
        let (ticket, ticket_seen) = watch::channel(ticket);
        let (lists, lists_seen) = watch::channel(lists);
        (StandingKeeper { ticket, lists }, Self { ticket: ticket_seen, lists: lists_seen })
    }

    /// The ticket to use now.
    #[must_use]
    pub fn ticket(&mut self) -> Arc<Identity> {
        Arc::clone(&self.ticket.borrow_and_update())
    }

    /// Whom to believe now.
    ///
    /// # Errors
    /// [`GatewayError::Standing`] when the lists cannot be read: nobody is believed then.
    pub fn trust(&mut self) -> Result<LinkTrust, GatewayError> {
        let lists = self.lists.borrow_and_update().clone();
        let store = (lists.trust)().map_err(GatewayError::Standing)?;
        Ok(LinkTrust::new(store, lists.blocked))
    }

    /// Waits until one of the two changes. When nobody keeps them any more, the present ones are good until they end.
    pub(crate) async fn changed(&mut self) -> Change {
        let Self { ticket, lists } = self;
        let change = tokio::select! {
            changed = ticket.changed() => changed.map(|()| Change::Ticket),
            changed = lists.changed() => changed.map(|()| Change::Lists),
        };
        match change {
            Ok(change) => change,
            Err(_) => std::future::pending().await,
        }
    }
}

/// What changed.
pub(crate) enum Change {
    /// There is another ticket.
    Ticket,
    /// Whom to believe.
    Lists,
}

impl StandingKeeper {
    /// This ticket from now on.
    pub fn change_ticket(&self, ticket: Arc<Identity>) {
        self.ticket.send_replace(ticket);
    }

    /// These lists from now on.
    pub fn change_lists(&self, lists: Lists) {
        self.lists.send_replace(lists);
    }
}
