//! What a station makes of what is on the air around it.

use std::collections::HashSet;

use v2x_codec::time::Time64;
use v2x_codec::view::{Content, Packet, Signer};
use v2x_security::clock::Clock;
use v2x_security::refusal::Refusal;
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

use super::air::{Air, Frame, Origin};
use super::node::{Kind, Node, Stack};
use super::tally::Tally;
use crate::radio::load::SENSED_M;
use crate::radio::{Reception, draw};

/// What every station hears in a step.
pub(super) struct Scene<'a> {
    pub(super) air: &'a Air,
    pub(super) clock: Clock,
    pub(super) reception: &'a Reception,
    pub(super) has_dcc: bool,
    pub(super) seed: u64,
    /// Verdicts that were worked out for all, by frame; `None` where each receiver works out its own.
    pub(super) verdicts: Option<&'a [Verdict<'a>]>,
    /// Frames that are going to be sent again.
    pub(super) watched: &'a HashSet<u64>,
    /// Who accepted such frames before: the frame's number and the receiver.
    pub(super) accepted: &'a HashSet<(u64, u64)>,
}

/// A verdict for all receivers.
pub(super) struct Verdict<'a> {
    outcome: Result<Received<'a>, Refusal>,
    /// Whether the message brings its signer's certificate along.
    has_certificate: bool,
}

/// Verifies every frame once.
pub(super) fn judge_once<'a>(verifier: &mut Verifier, clock: Clock, air: &'a Air) -> Vec<Verdict<'a>> {
    let mut verdicts = Vec::with_capacity(air.frames.len());
    let mut frames = air.frames.iter();
    verifier.verify_packets(air.frames.iter().map(|frame| (clock, &*frame.octets)), |outcome| {
        let has_certificate = frames.next().is_some_and(|frame| has_certificate(&frame.octets));
        verdicts.push(Verdict { outcome, has_certificate });
    });
    verdicts
}

fn has_certificate(packet: &[u8]) -> bool {
    let parsed = Packet::parse(packet).ok();
    let content = parsed.as_ref().and_then(|packet| packet.secured()).map(|data| data.content);
    matches!(content, Some(Content::Signed(signed)) if matches!(signed.signer, Signer::Certificate(_)))
}

impl Scene<'_> {
    /// One station senses, receives and verifies.
    pub(super) fn heard_by(&self, node: &mut Node, tally: &mut Tally) {
        self.receive(node, tally);
        match (&mut node.stack, self.verdicts) {
            (Stack::Plain(_), _) => self.count_plain(node, tally),
            (Stack::Secured(_), None) => self.verify(node, tally),
            (Stack::Secured(_), Some(verdicts)) => self.take_over(node, verdicts, tally),
        }
        let busy = node.load.end_window();
        tally.busy(busy.share());
        if self.has_dcc {
            let state = node.channel_busy(busy.share());
            if let Some(count) = tally.dcc.get_mut(state as usize) {
                *count += 1;
            }
        }
    }

    /// Fills the inbox with what gets through, and counts what is sensed.
    fn receive(&self, node: &mut Node, tally: &mut Tally) {
        let Node { key, place, load, inbox, .. } = node;
        inbox.clear();
        let (busy, range) = (load.busy(), self.reception.range_m());
        self.air.near(*place, range.max(SENSED_M), |index, frame, distance| {
            if distance < SENSED_M {
                load.sense(frame.micros);
            }
            if frame.sender == *key || distance >= range {
                return;
            }
            let drawn = draw::unit(self.seed, [frame.number, *key]);
            let is_received = drawn < self.reception.chance(distance, busy);
            if frame.origin == Origin::Honest {
                tally.offered(distance, is_received);
            }
            if is_received {
                inbox.push(index);
            }
        });
    }

    fn frames<'s>(&'s self, inbox: &'s [u32]) -> impl Iterator<Item = &'s Frame> {
        inbox.iter().filter_map(|index| self.air.frame(*index))
    }

    fn count_plain(&self, node: &Node, tally: &mut Tally) {
        let heard = self.frames(&node.inbox).count() as u64;
        tally.received += heard;
        count_roadside(&node.kind, tally, (heard, 0));
    }

    /// Each reception by the station's own verifier.
    fn verify(&self, node: &mut Node, tally: &mut Tally) {
        let heard: Vec<&Frame> = self.frames(&node.inbox).collect();
        let packets: Vec<_> = heard.iter().map(|frame| (self.clock, &*frame.octets)).collect();
        tally.judged += packets.len() as u64;
        let (key, mut verified) = (node.key, 0);
        let Stack::Secured(station) = &mut node.stack else { return };
        station.receive_all(&packets, |place, outcome| {
            let Some(frame) = heard.get(place) else { return };
            verified += u64::from(outcome.is_ok());
            self.count(frame, key, outcome.map(drop).map_err(|refusal| refusal.code()), tally);
        });
        count_roadside(&node.kind, tally, (packets.len() as u64, verified));
    }

    /// Each reception by the verdict for all, as far as this station can have come to it.
    fn take_over(&self, node: &mut Node, verdicts: &[Verdict<'_>], tally: &mut Tally) {
        let Node { stack: Stack::Secured(station), inbox, met, key, since, .. } = node else { return };
        let mut verified = 0;
        for index in inbox.iter() {
            let verdict = usize::try_from(*index).ok().and_then(|index| verdicts.get(index));
            let (Some(frame), Some(verdict)) = (self.air.frame(*index), verdict) else { continue };
            let had_original = self.had_original(frame, *key);
            let outcome = match &verdict.outcome {
                // Who verified for all has heard the original; this station may not have.
                Err(Refusal::Replayed) if !had_original => news_to(*since, frame),
                Err(refusal) => {
                    station.missed(self.clock.now(), refusal);
                    Err(refusal.code())
                }
                Ok(message) => {
                    let signer = message.signer().certificate().hashed_id8();
                    if verdict.has_certificate || met.contains(&signer) {
                        let is_new = met.insert(signer);
                        station.hear(&self.clock, &frame.octets, message, is_new);
                        Ok(())
                    } else {
                        let unknown = Refusal::UnknownSigner(signer);
                        station.missed(self.clock.now(), &unknown);
                        Err(unknown.code())
                    }
                }
            };
            verified += u64::from(outcome.is_ok());
            self.count(frame, *key, outcome, tally);
        }
        count_roadside(&node.kind, tally, (node.inbox.len() as u64, verified));
    }

    fn had_original(&self, frame: &Frame, receiver: u64) -> bool {
        match frame.origin {
            Origin::Replay(original, _) => self.accepted.contains(&(original, receiver)),
            Origin::Honest | Origin::Attack(_) => false,
        }
    }

    fn count(&self, frame: &Frame, receiver: u64, outcome: Result<(), &'static str>, tally: &mut Tally) {
        if outcome.is_ok() && self.watched.contains(&frame.number) {
            tally.accepted.push((frame.number, receiver));
        }
        tally.verdict(frame.origin, self.had_original(frame, receiver), outcome);
    }
}

/// What a station makes of a replay whose original it missed: news, unless it was not there then.
fn news_to(since: Time64, frame: &Frame) -> Result<(), &'static str> {
    match frame.origin {
        Origin::Replay(_, made) if made < since => Err("before-replay-memory"),
        Origin::Replay(..) | Origin::Honest | Origin::Attack(_) => Ok(()),
    }
}

fn count_roadside(kind: &Kind, tally: &mut Tally, (received, verified): (u64, u64)) {
    if let Kind::RoadsideUnit(unit) = kind {
        let own = tally.roadside.entry(*unit).or_default();
        *own = (own.0 + received, own.1 + verified);
    }
}
