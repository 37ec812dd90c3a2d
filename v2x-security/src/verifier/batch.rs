//! Many packets at once: everything but the signatures one by one, the signatures together.
//!
//! The verdicts are those of [`verify_packet`](Verifier::verify_packet) for each packet in turn, with one difference: a
//! signer whose certificate is attached to one packet of a batch is known to all later ones, even when that packet's own
//! signature turns out to be bad. Its chain was proven either way.

use v2x_crypto::{BatchVerifier, CryptoError, Provider};

use super::candidate::Pending;
use super::form::secured;
use super::{Incoming, Verifier};
use crate::clock::Clock;
use crate::limits::MAX_BATCH;
use crate::observer::Silent;
use crate::refusal::Refusal;
use crate::verified::Received;

/// What lasts from batch to batch, so that the next one needs no memory.
pub(super) struct Batch {
    signatures: Box<dyn BatchVerifier>,
    verdicts: Vec<Result<(), CryptoError>>,
    steps: Vec<(Clock, Step<'static>)>,
}

/// How far a packet of the batch has come.
#[expect(clippy::large_enum_variant, reason = "a box would be an allocation for every message")]
enum Step<'p> {
    /// It failed a check that needs no signature.
    Refused(Refusal),
    /// Its signature is in the batch.
    Signature(Incoming<'p>, Pending),
    /// Its signer's name can mean several certificates: it is verified when its turn comes, by itself.
    Alone(&'p [u8]),
}

impl Batch {
    pub(super) fn new(provider: &dyn Provider) -> Self {
        Self { signatures: provider.batch_verifier(), verdicts: Vec::new(), steps: Vec::new() }
    }
}

impl Verifier {
    /// Verifies secured GeoNetworking packets, each at the time at which it was heard, signatures of known signers together:
    /// the more at once, up to [`MAX_BATCH`], the less each costs. Hands each packet's verdict to `judged`, in their order.
    ///
    /// A packet is refused for what [`verify_packet`](Self::verify_packet) would refuse it for.
    pub fn verify_packets<'p>(
        &mut self,
        packets: impl IntoIterator<Item = (Clock, &'p [u8])>,
        mut judged: impl FnMut(Result<Received<'p>, Refusal>),
    ) {
        let mut packets = packets.into_iter().fuse().peekable();
        while packets.peek().is_some() {
            self.pass(packets.by_ref().take(MAX_BATCH), &mut judged);
        }
    }

    fn pass<'p>(
        &mut self,
        packets: impl Iterator<Item = (Clock, &'p [u8])>,
        judged: &mut impl FnMut(Result<Received<'p>, Refusal>),
    ) {
        self.signers.follow(&self.trust);
        let mut steps = emptied(core::mem::take(&mut self.batch.steps));
        steps.extend(packets.map(|(clock, packet)| (clock, self.first_half(&clock, packet))));
        self.batch.signatures.verdicts(&mut self.batch.verdicts);
        self.second_half(&mut steps, judged);
        self.signers.end_batch();
        self.batch.steps = emptied(steps);
    }

    fn first_half<'p>(&mut self, clock: &Clock, packet: &'p [u8]) -> Step<'p> {
        let opened = secured(packet).and_then(|data| self.open(clock, &data, None, true, &mut Silent));
        opened.and_then(|incoming| self.enter(clock, packet, incoming)).unwrap_or_else(Step::Refused)
    }

    /// Puts the signature of a message into the batch, if it has come that far.
    fn enter<'p>(
        &mut self,
        clock: &Clock,
        packet: &'p [u8],
        incoming: Incoming<'p>,
    ) -> Result<Step<'p>, Refusal> {
        let candidates = self.candidates(&incoming.signed.signer, &mut Silent)?;
        let (Some(chain), 1) = (candidates.iter().next(), candidates.len()) else {
            return Ok(Step::Alone(packet));
        };
        let (pending, claim) = self.prepare(clock, &incoming, chain, &mut Silent)?;
        self.signers.keep_for_batch(chain);
        pending.enter(&claim, self.batch.signatures.as_mut());
        Ok(Step::Signature(incoming, pending))
    }

    fn second_half<'p>(
        &mut self,
        steps: &mut Vec<(Clock, Step<'p>)>,
        judged: &mut impl FnMut(Result<Received<'p>, Refusal>),
    ) {
        let verdicts = core::mem::take(&mut self.batch.verdicts);
        let mut signatures = verdicts.iter();
        for (clock, step) in steps.drain(..) {
            judged(match step {
                Step::Refused(refusal) => Err(refusal),
                Step::Alone(packet) => self.verify_packet(&clock, packet),
                Step::Signature(incoming, pending) => {
                    // A batch that answers less than it was asked vouches for nothing.
                    let verdict = signatures.next().unwrap_or(&Err(CryptoError::BadSignature));
                    self.conclude(&clock, incoming, pending, verdict)
                }
            });
        }
        self.batch.verdicts = verdicts;
    }

    fn conclude<'p>(
        &mut self,
        clock: &Clock,
        incoming: Incoming<'p>,
        pending: Pending,
        verdict: &Result<(), CryptoError>,
    ) -> Result<Received<'p>, Refusal> {
        let verified = pending.judge(&incoming.signed.signature, verdict);
        let (chain, is_new) = self.settle(clock, &incoming, pending, verified, &mut Silent)?;
        self.check_message(incoming, chain, is_new, &mut Silent)
    }
}

/// The same memory, for steps of other packets.
#[expect(clippy::unnecessary_filter_map, reason = "a filter would keep the lifetime of the old packets")]
fn emptied<'b>(mut steps: Vec<(Clock, Step<'_>)>) -> Vec<(Clock, Step<'b>)> {
    steps.clear();
    // Collecting in place keeps the allocation; without it, this would only be slower. No step is left to be mapped.
    steps.into_iter().filter_map(|_| None).collect()
}
