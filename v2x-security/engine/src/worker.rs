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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use allocation_counter::measure;
    use simulator::fleet::Fleet;
    use v2x_codec::time::Time64;
    use v2x_crypto_aws_lc::AwsLc;
    use v2x_crypto_key_tables::{Building, Config as TableConfig, KeyTables};
    use v2x_security::clock::Clock;
    use v2x_security::policy::Policy;
    use v2x_security::replay::{ReplayConfig, ReplayFilter};
    use v2x_security::sign::SignerChoice;

    use super::*;
    use crate::glance::Class;

    const START: Time64 = Time64::from_micros(700_000_000_000_000);
    const STATIONS: usize = 8;
    /// Rounds until every key has its largest table and the replay memory has forgotten its first messages.
    const WARM_ROUNDS: u64 = 40;

    fn fleet() -> Fleet {
        let tables = TableConfig { building: Building::AtOnce, ..TableConfig::detect() };
        Fleet::new(STATIONS, START, Arc::new(KeyTables::new(Arc::new(AwsLc), tables)), 1, || ()).unwrap()
    }

    /// CAMs of all stations, ten times a second.
    fn cams(fleet: &Fleet, rounds: core::ops::Range<u64>) -> impl Iterator<Item = (Clock, Vec<u8>)> {
        rounds.flat_map(move |round| (0..STATIONS).map(move |member| (round, member))).map(
            |(round, member)| {
                let now = START.saturating_add_micros(round * 100_000 + member as u64);
                let signer = if round == 0 { SignerChoice::Certificate } else { SignerChoice::Digest };
                (Clock::exact(now), fleet.cam(member, now, signer).unwrap())
            },
        )
    }

    fn verifier(fleet: &Fleet) -> Verifier {
        let config = ReplayConfig { window_micros: 2_000_000, ..ReplayConfig::new([1, 2]) };
        let replay = ReplayFilter::new(config, START);
        let mut verifier = Verifier::new(fleet.trust_store().unwrap(), Policy::STANDARD, replay);
        for (clock, packet) in cams(fleet, 0..WARM_ROUNDS) {
            verifier.verify_packets([(clock, packet.as_slice())], |outcome| assert!(outcome.is_ok()));
        }
        verifier
    }

    /// What is allocated for so many rounds of messages: while they are taken in, and while a worker verifies them.
    fn allocations(fleet: &Fleet, rounds: u64) -> (u64, u64) {
        let config = Config { workers: 1, ..Config::detect() };
        let (mailbox, known) = (Mailbox::new(&config), Arc::new(Known::new(config.signer_budget)));
        let shared = Arc::new(Shared { mailbox, counters: Counters::new(), known });
        let packets: Vec<_> = cams(fleet, WARM_ROUNDS..WARM_ROUNDS + rounds).collect();
        let taken_in = measure(|| {
            for (clock, packet) in &packets {
                assert!(shared.mailbox.put(Class::Known, packet, (*clock, Instant::now()), 0));
            }
        });
        shared.mailbox.close();
        let mut verified = 0;
        let sink = |heard: Heard<'_>| verified += u64::from(heard.outcome.is_ok());
        let verifier = verifier(fleet);
        let worker = Worker { config, shared, verifier, sink };
        let worked = measure(|| worker.run());
        assert_eq!(verified, rounds * STATIONS as u64);
        (taken_in.count_total, worked.count_total)
    }

    #[test]
    fn a_message_in_steady_state_allocates_nothing() {
        let fleet = fleet();
        let (few, many) = (allocations(&fleet, 20), allocations(&fleet, 60));
        assert_eq!((few.0, many.0), (0, 0), "taking packets in");
        assert_eq!(few.1, many.1, "a worker's own memory is all that it allocates");
    }
}
