//! Which message is sent when, and its signature, made shortly before.
//!
//! Time is cut into slots, one for each message at the asked rate; the stations take turns. A slot belongs to the thread
//! that its station belongs to, so that a station's messages are made in order.

use std::sync::mpsc::SyncSender;

use anyhow::Result;
use simulator::fleet::{Fleet, forged};
use v2x_codec::time::Time64;
use v2x_security::permission::Psid;
use v2x_security::sign::SignerChoice;
use v2x_security::signer_policy::SignerPolicy;

use super::kind::Kind;
use crate::signals::Asked;
use crate::time;

/// Slots that go from a thread that signs to the one that sends at once.
const BLOCK: u64 = 32;
/// How far ahead of its time a message is signed, in seconds.
const AHEAD_S: f64 = 0.1;
/// How far from now the time of a stale or future message lies: receivers bear two seconds, or 40 ms.
const APART_MICROS: u64 = 5_000_000;
/// Tickets start with a whole second, which may lie this much behind.
const TICKET_MICROS: u64 = 2_000_000;
/// The oldest message that is replayed: a receiver refuses a CAM of two seconds for its age.
const REPLAYED_MICROS: u64 = 1_200_000;

/// Which message is sent when.
pub(super) struct Plan {
    /// From when on the stations have tickets.
    pub(super) enrolled: Time64,
    pub(super) start: Time64,
    /// Messages a second.
    pub(super) rate: f64,
    pub(super) seconds: f64,
    pub(super) stations: usize,
    /// Seconds until the last station begins.
    pub(super) ramp: f64,
    pub(super) forged_percent: f64,
    pub(super) kinds: Vec<Kind>,
    pub(super) threads: usize,
}

impl Plan {
    /// How many slots there are.
    pub(super) fn slots(&self) -> u64 {
        (self.rate * self.seconds).round() as u64
    }

    /// Microseconds from the start to a slot.
    pub(super) fn offset(&self, slot: u64) -> u64 {
        (slot as f64 * 1e6 / self.rate) as u64
    }

    pub(super) fn due(&self, slot: u64) -> Time64 {
        self.start.saturating_add_micros(self.offset(slot))
    }

    fn station(&self, slot: u64) -> usize {
        usize::try_from(slot % self.stations as u64).unwrap_or(0)
    }

    /// Which thread makes the message of a slot.
    pub(super) fn thread(&self, slot: u64) -> usize {
        self.station(slot) % self.threads
    }

    /// Blocks that wait to be sent at most.
    pub(super) fn blocks_ahead(&self) -> usize {
        (self.rate * AHEAD_S / BLOCK as f64 / self.threads as f64).ceil() as usize + 1
    }

    /// Whether the station of a slot has begun by then.
    fn has_begun(&self, slot: u64) -> bool {
        let share = (slot as f64 / self.rate / self.ramp.max(1e-9)).min(1.0);
        (self.station(slot) as f64) < (self.stations as f64 * share).max(1.0)
    }

    /// The kind of a slot's message: the share of forged ones spread evenly, their kinds in turn.
    fn kind(&self, slot: u64) -> Kind {
        let before = |slots: u64| (slots as f64 * self.forged_percent / 100.0).floor() as u64;
        let place = before(slot);
        let turn = usize::try_from(place % self.kinds.len().max(1) as u64).unwrap_or(0);
        let forged = self.kinds.get(turn).filter(|_| before(slot + 1) > place);
        forged.copied().unwrap_or(Kind::Honest)
    }
}

/// The message of a slot; none for stations that have not begun.
pub(super) type Slot = Option<(Kind, Vec<u8>)>;

/// Who signs what.
pub(super) struct Signing<'f> {
    pub(super) plan: Plan,
    pub(super) fleet: &'f Fleet,
    /// Somebody under another root.
    pub(super) stranger: &'f Fleet,
    pub(super) asked: &'f Asked,
}

/// What a station has sent.
#[derive(Clone, Default)]
struct Sent {
    policy: SignerPolicy,
    last: Option<(Time64, Vec<u8>)>,
}

impl Signing<'_> {
    /// Makes the messages of one thread's slots, in blocks, until all are made or nobody takes them.
    pub(super) fn run(&self, thread: usize, out: &SyncSender<Vec<Slot>>) -> Result<()> {
        let mut sent = vec![Sent::default(); self.plan.stations];
        let mut block = Vec::with_capacity(BLOCK as usize);
        for slot in (0..self.plan.slots()).filter(|slot| self.plan.thread(*slot) == thread) {
            block.push(self.slot(slot, &mut sent)?);
            if block.len() as u64 == BLOCK {
                let full = std::mem::replace(&mut block, Vec::with_capacity(BLOCK as usize));
                if self.asked.is_stopped() || out.send(full).is_err() {
                    return Ok(());
                }
            }
        }
        // Nobody there to take the rest has stopped, and will not miss it.
        let _ = out.send(block);
        Ok(())
    }

    fn slot(&self, slot: u64, sent: &mut [Sent]) -> Result<Slot> {
        let station = self.plan.station(slot);
        let Some(sent) = sent.get_mut(station).filter(|_| self.plan.has_begun(slot)) else { return Ok(None) };
        // Signed late is better than stale: then as of now.
        let now = self.plan.due(slot).max(time::now()?);
        let wanted = self.plan.kind(slot);
        match self.forged(wanted, station, now, sent)? {
            Some(packet) => Ok(Some((wanted, packet))),
            None => self.honest(station, now, sent).map(|packet| Some((Kind::Honest, packet))),
        }
    }

    fn honest(&self, station: usize, now: Time64, sent: &mut Sent) -> Result<Vec<u8>> {
        let packet = self.fleet.cam(station, now, sent.policy.next(now, Psid::CAM))?;
        sent.last = Some((now, packet.clone()));
        Ok(packet)
    }

    /// A forged message; `None` when there is nothing yet to forge: a station is first heard by its certificate.
    fn forged(&self, kind: Kind, station: usize, now: Time64, sent: &Sent) -> Result<Option<Vec<u8>>> {
        let Some((when, last)) = &sent.last else { return Ok(None) };
        let cam = |time| self.fleet.cam(station, time, SignerChoice::Digest);
        Ok(match kind {
            Kind::Honest => None,
            Kind::BadSignature => Some(forged(cam(now)?)),
            Kind::UnknownSigner => Some(self.stranger.cam(0, now, SignerChoice::Digest)?),
            Kind::UnknownIssuer => Some(self.stranger.cam(0, now, SignerChoice::Certificate)?),
            Kind::Replay => {
                let is_recent = now.micros_since(*when).is_some_and(|age| age <= REPLAYED_MICROS);
                is_recent.then(|| last.clone())
            }
            Kind::Stale => {
                let made = now.saturating_sub_micros(APART_MICROS);
                let can_sign = made >= self.plan.enrolled.saturating_add_micros(TICKET_MICROS);
                can_sign.then(|| cam(made)).transpose()?
            }
            Kind::Future => Some(cam(now.saturating_add_micros(APART_MICROS))?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            enrolled: Time64::from_micros(0),
            start: Time64::from_micros(0),
            rate: 1_000.0,
            seconds: 4.0,
            stations: 100,
            ramp: 2.0,
            forged_percent: 25.0,
            kinds: vec![Kind::Replay, Kind::Stale],
            threads: 3,
        }
    }

    #[test]
    fn forged_messages_have_their_share_and_their_kinds_take_turns() {
        let plan = plan();
        let of = |kind| (0..plan.slots()).filter(|slot| plan.kind(*slot) == kind).count();
        assert_eq!((of(Kind::Honest), of(Kind::Replay), of(Kind::Stale)), (3_000, 500, 500));
    }

    #[test]
    fn stations_come_one_after_the_other_and_keep_their_thread() {
        let plan = plan();
        let begun = |from: u64| (from..from + 100).filter(|slot| plan.has_begun(*slot)).count();
        assert_eq!(begun(0), 1);
        assert!((45..60).contains(&begun(1_000)), "{}", begun(1_000));
        assert_eq!(begun(2_000), 100);
        assert!((0..plan.slots()).all(|slot| plan.thread(slot) == plan.thread(slot % 100)));
    }

    #[test]
    fn a_slot_is_due_when_its_turn_at_the_rate_comes() {
        assert_eq!(plan().due(0), Time64::from_micros(0));
        assert_eq!(plan().due(1_500), Time64::from_micros(1_500_000));
    }
}
