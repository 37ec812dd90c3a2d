//! Has tables built, at once or by a thread of its own.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock, Weak};

use crate::cache::Cache;
use crate::config::Building;
use crate::key::Slot;

/// Keys that may wait for a table. One that finds no place asks again at its next use.
const MAX_WAITING: usize = 1_024;

/// Has tables built.
pub(crate) struct Builder {
    cache: Arc<Cache>,
    /// The way to the thread, which is started when the first table is due. It ends when this is dropped.
    queue: OnceLock<Option<SyncSender<Weak<Slot>>>>,
}

impl Builder {
    pub(crate) const fn new(cache: Arc<Cache>) -> Self {
        Self { cache, queue: OnceLock::new() }
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Asks for the table that a key deserves; true if it has been looked after by now.
    pub(crate) fn ask(&self, slot: &Arc<Slot>) -> bool {
        if !slot.queue() {
            return false;
        }
        match self.cache.config().building {
            Building::AtOnce => {
                build(&self.cache, slot);
                true
            }
            Building::Background => {
                self.enqueue(slot);
                false
            }
        }
    }

    /// Without a thread, or with a full queue, the key stays without a table for now.
    fn enqueue(&self, slot: &Arc<Slot>) {
        let queue = self.queue.get_or_init(|| start(Arc::clone(&self.cache)));
        let sent = queue.as_ref().is_some_and(|queue| queue.try_send(Arc::downgrade(slot)).is_ok());
        if !sent {
            slot.unqueue();
        }
    }
}

fn build(cache: &Cache, slot: &Arc<Slot>) {
    cache.build(slot);
    slot.unqueue();
}

/// `None` when the system gives no thread: then there are no tables, which costs time and nothing else.
fn start(cache: Arc<Cache>) -> Option<SyncSender<Weak<Slot>>> {
    let (sender, receiver) = sync_channel(MAX_WAITING);
    let thread = std::thread::Builder::new().name("key tables".to_owned());
    thread.spawn(move || work(&cache, &receiver)).ok().map(|_| sender)
}

fn work(cache: &Cache, queue: &Receiver<Weak<Slot>>) {
    while let Ok(slot) = queue.recv() {
        if let Some(slot) = slot.upgrade() {
            build(cache, &slot);
        }
    }
}
