//! The engine from outside: packets in, changes in, figures out.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use v2x_crypto::Provider;
use v2x_security::clock::Clock;
use v2x_security::glance::Glance;
use v2x_security::id::HashedId8;
use v2x_security::refusal::Refusal;
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

use crate::config::Config;
use crate::glance::{Class, Shed, irrelevance};
use crate::known::Known;
use crate::mailbox::{Change, Mailbox};
use crate::metrics::{Counters, Metrics};
use crate::worker::{Shared, Worker};

/// A packet and what became of it.
#[derive(Debug)]
pub struct Heard<'p> {
    /// Its octets.
    pub packet: &'p [u8],
    /// When it was heard, on the station's clock.
    pub clock: Clock,
    /// When it was heard, on the machine's: how long ago says what its verdict took.
    pub arrived: Instant,
    /// The verified message, or why there is none.
    pub outcome: Result<Received<'p>, Refusal>,
}

/// Is told of every verdict, on the worker's thread: what it does there, the next packets wait for.
pub trait Sink: Send {
    /// A packet was judged.
    fn heard(&mut self, heard: Heard<'_>);
}

impl<F: FnMut(Heard<'_>) + Send> Sink for F {
    fn heard(&mut self, heard: Heard<'_>) {
        self(heard);
    }
}

/// What became of a packet that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Submitted {
    /// It will be judged.
    Waiting,
    /// It was left out.
    Shed(Shed),
}

/// The parallel verifier. Dropping it verifies what still waits, and ends its threads.
pub struct Engine {
    config: Config,
    known: Arc<Known>,
    /// Of the first worker: the others share it.
    provider: Option<Arc<dyn Provider>>,
    workers: Vec<(Arc<Shared>, JoinHandle<()>)>,
}

impl Engine {
    /// Starts an engine; `worker` makes the verifier and the sink of each thread, by its number. The verifiers should
    /// trust the same and share a provider; each has a replay memory of its own.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start<S: Sink + 'static>(
        config: Config,
        mut worker: impl FnMut(usize) -> (Verifier, S),
    ) -> std::io::Result<Self> {
        let known = Arc::new(Known::new(config.signer_budget));
        let mut engine = Self { config, known, provider: None, workers: Vec::new() };
        for number in 0..config.workers.max(1) {
            let (verifier, sink) = worker(number);
            engine.provider.get_or_insert_with(|| Arc::clone(verifier.trust().shared_provider()));
            let known = Arc::clone(&engine.known);
            let mailbox = Mailbox::new(&config);
            let shared = Arc::new(Shared { mailbox, counters: Counters::new(), known });
            let own = Worker { config, shared: Arc::clone(&shared), verifier, sink };
            let thread = std::thread::Builder::new().name(format!("verifier {number}"));
            engine.workers.push((shared, thread.spawn(move || own.run())?));
        }
        Ok(engine)
    }

    /// Hands in a packet that was heard now.
    pub fn submit(&self, clock: Clock, packet: &[u8]) -> Submitted {
        self.submit_since(clock, Instant::now(), packet)
    }

    /// Hands in a packet that arrived some time ago, in a socket's buffer for one: its age counts from there.
    pub fn submit_since(&self, clock: Clock, arrived: Instant, packet: &[u8]) -> Submitted {
        let fits = packet.len() <= Config::MAX_PACKET;
        let glance = if fits { Glance::at(packet) } else { None };
        let signer = glance.as_ref().map_or(HashedId8([0; 8]), Glance::signer);
        let Some(shared) = self.worker(signer) else { return Submitted::Shed(Shed::KnownFull) };
        let placed = if fits {
            self.place(shared, (&clock, arrived), packet, glance.as_ref(), signer)
        } else {
            Err(Shed::TooLong)
        };
        match placed {
            Ok(()) => Submitted::Waiting,
            Err(reason) => {
                shared.counters.shed(reason);
                Submitted::Shed(reason)
            }
        }
    }

    fn place(
        &self,
        shared: &Shared,
        (clock, arrived): (&Clock, Instant),
        packet: &[u8],
        glance: Option<&Glance<'_>>,
        signer: HashedId8,
    ) -> Result<(), Shed> {
        let slot = Known::slot(signer);
        match self.class(clock, glance.is_some(), signer, slot) {
            Class::Known => {
                let is_crowded = shared.mailbox.known_waiting() > self.config.known_waiting / 2;
                let irrelevant = glance.filter(|_| is_crowded);
                if let Some(reason) = irrelevant.and_then(|glance| irrelevance(&self.config, clock, glance)) {
                    return Err(reason);
                }
                let taken = shared.mailbox.put(Class::Known, packet, (*clock, arrived), slot);
                if taken { Ok(()) } else { Err(Shed::KnownFull) }
            }
            Class::Unknown => {
                self.known.begin_waiting(slot);
                if shared.mailbox.put(Class::Unknown, packet, (*clock, arrived), slot) {
                    return Ok(());
                }
                self.known.end_waiting(slot);
                Err(Shed::UnknownFull)
            }
        }
    }

    fn class(&self, clock: &Clock, names_signer: bool, signer: HashedId8, slot: u16) -> Class {
        let second = (clock.now().micros() / 1_000_000) as u32;
        let goes_first = names_signer && self.known.admit(signer, second) && !self.known.is_waiting(slot);
        if goes_first { Class::Known } else { Class::Unknown }
    }

    /// The worker that all packets of a signer go to. Not chosen by the octets that choose its place in other tables.
    fn worker(&self, signer: HashedId8) -> Option<&Shared> {
        let number = u64::from_be_bytes(signer.0).wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32;
        let place = usize::try_from(number).unwrap_or(0) % self.workers.len().max(1);
        self.workers.get(place).map(|(shared, _)| shared.as_ref())
    }

    /// Has every worker change its verifier before its next packet: for new trust lists and learnt certificates.
    pub fn change(&self, change: impl Fn(&mut Verifier) + Send + Sync + 'static) {
        let change: Change = Arc::new(change);
        self.workers.iter().for_each(|(shared, _)| shared.mailbox.change(Arc::clone(&change)));
    }

    /// What it has done so far.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.metrics_of(self.workers.iter().map(|(shared, _)| shared.as_ref()))
    }

    /// Verifies what still waits, ends the threads, and says what was done in all.
    #[must_use]
    pub fn finish(mut self) -> Metrics {
        self.close();
        let workers: Vec<_> = self.workers.drain(..).map(join).collect();
        self.metrics_of(workers.iter().map(Arc::as_ref))
    }

    fn metrics_of<'a>(&self, workers: impl Iterator<Item = &'a Shared> + Clone) -> Metrics {
        let mut metrics = Metrics::of(workers.clone().map(|shared| &shared.counters));
        metrics.waiting = workers.clone().map(|shared| shared.mailbox.known_waiting()).sum();
        metrics.waiting_unknown = workers.map(|shared| shared.mailbox.unknown_waiting()).sum();
        metrics.key_tables = self.provider.as_ref().and_then(|provider| provider.key_tables());
        metrics
    }

    fn close(&self) {
        self.workers.iter().for_each(|(shared, _)| shared.mailbox.close());
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
        self.workers.drain(..).for_each(|worker| drop(join(worker)));
    }
}

/// A worker that panicked has said so itself; its counters hold until then.
fn join((shared, thread): (Arc<Shared>, JoinHandle<()>)) -> Arc<Shared> {
    drop(thread.join());
    shared
}
