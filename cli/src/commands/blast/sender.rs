//! Sends what was signed when its time has come.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::ProgressBar;

use super::kind::Kind;
use super::signing::{Plan, Slot};
use crate::net::Transmitter;
use crate::signals::Asked;
use crate::time;

/// The shortest sleep: what falls due meanwhile goes out in one call. At 20,000 a second that is ten messages.
const PAUSE: Duration = Duration::from_micros(500);
/// Messages that go out in one call at most.
const MOST: usize = 64;

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) by_kind: BTreeMap<Kind, u64>,
    pub(super) seconds: f64,
    /// How late a message was sent at most.
    pub(super) latest: Duration,
    /// How often the receiver's system said that nobody listens.
    pub(super) nobody_listened: u64,
}

/// The thread that sends.
pub(super) struct Sender<'p> {
    plan: &'p Plan,
    transmitter: Transmitter,
    streams: Vec<Stream>,
}

/// What one thread has signed.
struct Stream {
    blocks: Receiver<Vec<Slot>>,
    slots: VecDeque<Slot>,
}

impl Stream {
    /// The next slot; `None` when there will be none.
    fn next(&mut self) -> Option<Slot> {
        if self.slots.is_empty() {
            self.slots = self.blocks.recv().ok()?.into();
        }
        self.slots.pop_front()
    }
}

impl<'p> Sender<'p> {
    pub(super) fn new(plan: &'p Plan, transmitter: Transmitter, streams: Vec<Receiver<Vec<Slot>>>) -> Self {
        let streams = streams.into_iter().map(|blocks| Stream { blocks, slots: VecDeque::new() });
        Self { plan, transmitter, streams: streams.collect() }
    }

    /// Sends all, or until somebody asks to stop.
    pub(super) fn run(mut self, asked: &Asked, bar: &ProgressBar) -> Result<Sent> {
        let lead = self.plan.start.micros_since(time::now()?).unwrap_or(0);
        let start = Instant::now() + Duration::from_micros(lead);
        let (mut sent, mut slot) = (Sent::default(), 0);
        while slot < self.plan.slots() && !asked.is_stopped() {
            let due = start + Duration::from_micros(self.plan.offset(slot));
            let now = Instant::now();
            if now < due {
                asked.sleep((due - now).max(PAUSE));
                continue;
            }
            sent.latest = sent.latest.max(now - due);
            let next = self.send_due(start, slot, &mut sent)?;
            if next == slot {
                break;
            }
            slot = next;
            bar.set_position(slot);
        }
        sent.seconds = start.elapsed().as_secs_f64();
        sent.nobody_listened = self.transmitter.nobody_listened();
        Ok(sent)
    }

    /// Sends what is due from `slot` on; says at which slot it goes on.
    fn send_due(&mut self, start: Instant, mut slot: u64, sent: &mut Sent) -> Result<u64> {
        let elapsed = u64::try_from(start.elapsed().as_micros())?;
        let mut packets = Vec::with_capacity(MOST);
        while packets.len() < MOST && slot < self.plan.slots() && self.plan.offset(slot) <= elapsed {
            let stream = self.streams.get_mut(self.plan.thread(slot));
            let Some(made) = stream.and_then(Stream::next) else { break };
            if let Some((kind, packet)) = made {
                *sent.by_kind.entry(kind).or_insert(0) += 1;
                packets.push(packet);
            }
            slot += 1;
        }
        self.transmitter.send(&packets.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
        Ok(slot)
    }
}
