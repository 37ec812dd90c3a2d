//! What a worker thread does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use v2x_security::verifier::Verifier;

use crate::config::Config;
use crate::engine::{Heard, Sink};
use crate::intake::{Entry, Intake};
use crate::known::Known;
use crate::mailbox::{Mailbox, Taken};
use crate::metrics::Counters;

/// Packets of unknown signers that are verified before the worker looks whether others wait.
const UNKNOWN_AT_ONCE: usize = 16;

/// The least time that packets of unknown signers get in a round.
const UNKNOWN_AT_LEAST: Duration = Duration::from_micros(200);

/// What a worker shares with the side that takes packets in.
pub(crate) struct Shared {
    pub(crate) mailbox: Mailbox,
    pub(crate) counters: Counters,
    pub(crate) known: Arc<Known>,
}

/// One worker thread.
pub(crate) struct Worker<S> {
    pub(crate) config: Config,
    pub(crate) shared: Arc<Shared>,
    pub(crate) verifier: Verifier,
    pub(crate) sink: S,
}

impl<S: Sink> Worker<S> {
    /// Verifies what comes until the mailbox is closed and empty.
    pub(crate) fn run(mut self) {
        let mut taken = Taken::new(&self.config);
        let (mut done, mut has_left_over) = (0, false);
        while self.shared.mailbox.take(&mut taken, has_left_over) {
            taken.changes.drain(..).for_each(|change| change(&mut self.verifier));
            let began = Instant::now();
            self.known(&taken.known);
            taken.known.clear();
            done = self.unknown(&mut taken.unknown, done, began.elapsed());
            has_left_over = done > 0;
        }
    }

    fn known(&mut self, queue: &Intake) {
        for batch in queue.entries().chunks(self.config.batch.max(1)) {
            self.verify(queue, batch, |_| ());
        }
    }

    /// Goes on with the packets of unknown signers, all of them or until its share of the time is used up; says how many
    /// are done.
    fn unknown(&mut self, queue: &mut Intake, mut done: usize, known_took: Duration) -> usize {
        let (began, share) = (Instant::now(), self.share(known_took));
        while let Some(batch) = batch_from(queue, done) {
            let known = Arc::clone(&self.shared.known);
            self.verify(queue, batch, |entry| known.end_waiting(entry.slot));
            done += batch.len();
            if self.shared.mailbox.known_waiting() > 0 && began.elapsed() >= share {
                break;
            }
        }
        if done < queue.len() {
            return done;
        }
        queue.clear();
        0
    }

    /// s of all time is s/(1 − s) of what the rest takes.
    fn share(&self, known_took: Duration) -> Duration {
        let share = self.config.unknown_share.clamp(0.0, 0.9);
        known_took.mul_f64(share / (1.0 - share)).max(UNKNOWN_AT_LEAST)
    }

    /// Verifies a batch; `judged` is told of each packet before the sink is.
    fn verify(&mut self, queue: &Intake, batch: &[Entry], judged: impl Fn(&Entry)) {
        self.shared.counters.batch(batch.len());
        let packets = batch.iter().map(|entry| (entry.clock, queue.packet(entry)));
        let (shared, sink) = (&self.shared, &mut self.sink);
        let mut entries = batch.iter();
        self.verifier.verify_packets(packets, |outcome| {
            let Some(entry) = entries.next() else { return };
            match &outcome {
                Ok(message) => {
                    shared.known.insert(message.signer().certificate().hashed_id8());
                    shared.counters.verified();
                }
                Err(refusal) => shared.counters.refused(refusal.kind()),
            }
            judged(entry);
            shared.counters.age(entry.arrived.elapsed());
            let (packet, clock, arrived) = (queue.packet(entry), entry.clock, entry.arrived);
            sink.heard(Heard { packet, clock, arrived, outcome });
        });
    }
}

/// The next packets to verify; `None` when all are done.
fn batch_from(queue: &Intake, done: usize) -> Option<&[Entry]> {
    queue.entries().get(done..)?.chunks(UNKNOWN_AT_ONCE).next()
}
