//! Many packets at once: everything but the signatures one by one, the signatures together.
//!
//! First the signatures of messages whose signers are known, and those of certificates that came with messages and are new.
//! Then the messages of these new signers, as far as their certificates hold: nothing is spent on a message before its
//! signer's chain is proven.
//!
//! The verdicts are those of [`verify_packet`](Verifier::verify_packet) for each packet in turn, with one difference: a
//! signer whose certificate is attached to one packet of a batch is known to all later ones, even when that packet itself is
//! refused. Its chain was proven either way.

use std::sync::Arc;

use v2x_codec::view::Signer;
use v2x_crypto::{BatchVerifier, CryptoError, Provider};

use super::candidate::Pending;
use super::form::secured;
use super::signer::Attached;
use super::{Incoming, Verifier};
use crate::certificate::Certificate;
use crate::chain::{Chain, Claim, Proof};
use crate::clock::Clock;
use crate::id::HashedId8;
use crate::limits::MAX_BATCH;
use crate::observer::Silent;
use crate::refusal::Refusal;
use crate::verified::Received;

/// What lasts from batch to batch, so that the next one needs no memory.
pub(super) struct Batch {
    signatures: Signatures,
    steps: Vec<Step<'static>>,
    claims: Vec<Claimed>,
}

/// Signatures that are verified together, and the verdicts of one batch of packets.
struct Signatures {
    verifier: Box<dyn BatchVerifier>,
    waiting: usize,
    verdicts: Vec<Result<(), CryptoError>>,
    /// Empty between batches; kept for its memory.
    latest: Vec<Result<(), CryptoError>>,
}

/// The certificate of a new signer, whose signature waits for its verdict at this place.
struct Claimed {
    name: HashedId8,
    claim: Claim,
    place: usize,
}

/// A packet of the batch. It stays where it is from the first check to the last, since it is too large to be moved about.
struct Step<'p> {
    clock: Clock,
    packet: &'p [u8],
    /// The message in it, as long as there is something to be checked.
    incoming: Option<Incoming<'p>>,
    state: State,
}

/// How far a packet of the batch has come.
enum State {
    /// Its form is right; its signer comes next.
    Opened,
    /// It failed a check that needs no signature.
    Refused(Refusal),
    /// Its signature waits for its verdict at this place.
    Signature(Pending, usize),
    /// It came with a certificate that is among the claims at this place.
    Claimed(usize),
    /// It names a certificate that is among the claims.
    Named,
    /// Its signer's name can mean several certificates: it is verified when its turn comes, by itself.
    Alone,
}

impl Step<'_> {
    /// The signer that the message names by its digest.
    fn names(&self) -> Option<HashedId8> {
        match self.incoming.as_ref()?.signed.signer {
            Signer::Digest(name) => Some(name),
            Signer::Certificate(_) | Signer::SelfSigned => None,
        }
    }
}

impl Batch {
    pub(super) fn new(provider: &dyn Provider) -> Self {
        let verifier = provider.batch_verifier();
        let signatures = Signatures { verifier, waiting: 0, verdicts: Vec::new(), latest: Vec::new() };
        Self { signatures, steps: Vec::new(), claims: Vec::new() }
    }

    fn claims(&self, name: HashedId8) -> bool {
        self.claims.iter().any(|claimed| claimed.name == name)
    }

    /// Where a certificate is among the claims: once, however often it comes.
    fn claim(&mut self, claim: Claim) -> usize {
        let (certificate, name) = (claim.certificate(), claim.certificate().hashed_id8());
        let is_same = |claimed: &Claimed| claimed.name == name && claimed.claim.certificate() == certificate;
        self.claims.iter().position(is_same).unwrap_or_else(|| {
            let place = self.signatures.add(|batch| claim.enter(batch));
            self.claims.push(Claimed { name, claim, place });
            self.claims.len() - 1
        })
    }
}

impl Signatures {
    fn begin(&mut self) {
        self.verdicts.clear();
    }

    /// Adds a signature; yields the place of its verdict.
    fn add(&mut self, enter: impl FnOnce(&mut dyn BatchVerifier)) -> usize {
        enter(self.verifier.as_mut());
        self.waiting += 1;
        self.verdicts.len() + self.waiting - 1
    }

    fn judge(&mut self) {
        self.verifier.verdicts(&mut self.latest);
        // A batch that answers less than it was asked vouches for nothing.
        self.latest.resize(self.waiting, Err(CryptoError::BadSignature));
        self.verdicts.append(&mut self.latest);
        self.waiting = 0;
    }

    fn verdict(&self, place: usize) -> &Result<(), CryptoError> {
        self.verdicts.get(place).unwrap_or(&Err(CryptoError::BadSignature))
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
        self.batch.signatures.begin();
        let mut steps = emptied(core::mem::take(&mut self.batch.steps));
        steps.extend(packets.map(|(clock, packet)| self.open_packet(clock, packet)));
        self.signers.fetch(steps.iter().filter_map(Step::names));
        steps.iter_mut().for_each(|step| self.first_half(step));
        self.batch.signatures.judge();
        if !self.batch.claims.is_empty() {
            self.middle(&mut steps);
        }
        steps.iter_mut().for_each(|step| judged(self.second_half(step)));
        self.signers.end_batch();
        self.batch.steps = emptied(steps);
    }

    fn open_packet<'p>(&self, clock: Clock, packet: &'p [u8]) -> Step<'p> {
        let opened = secured(packet).and_then(|data| self.open(&clock, &data, None, true, &mut Silent));
        let (incoming, state) = match opened {
            Ok(incoming) => (Some(incoming), State::Opened),
            Err(refusal) => (None, State::Refused(refusal)),
        };
        Step { clock, packet, incoming, state }
    }

    fn first_half(&mut self, step: &mut Step<'_>) {
        if let Some(incoming) = &step.incoming {
            step.state = self.identify(&step.clock, incoming).unwrap_or_else(State::Refused);
        }
    }

    fn identify(&mut self, clock: &Clock, incoming: &Incoming<'_>) -> Result<State, Refusal> {
        match &incoming.signed.signer {
            Signer::Certificate(list) => {
                let certificate = list.first().ok_or(Refusal::SelfSigned)?;
                match self.attached(&certificate, &mut Silent)? {
                    Attached::Heard(chain) => self.enter(clock, incoming, &chain),
                    Attached::New(certificate) => self.claim(clock, incoming, &certificate),
                }
            }
            Signer::Digest(name) if self.batch.claims(*name) => Ok(State::Named),
            Signer::Digest(_) | Signer::SelfSigned => self.enter_named(clock, incoming),
        }
    }

    /// Puts the signature of a new signer's certificate into the batch, unless its chain is known without.
    fn claim(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        certificate: &Certificate,
    ) -> Result<State, Refusal> {
        match self.trust.chain_or_claim(certificate)? {
            Proof::Chain(chain) => {
                self.signers.keep_for_batch(&chain);
                self.enter(clock, incoming, &chain)
            }
            Proof::Claim(claim) => Ok(State::Claimed(self.batch.claim(claim))),
        }
    }

    fn enter_named(&mut self, clock: &Clock, incoming: &Incoming<'_>) -> Result<State, Refusal> {
        let candidates = self.candidates(&incoming.signed.signer, &mut Silent)?;
        match (candidates.iter().next(), candidates.len()) {
            (Some(chain), 1) => self.enter(clock, incoming, chain),
            (Some(_) | None, _) => Ok(State::Alone),
        }
    }

    /// Puts the signature of a message into the batch, if it has come that far.
    fn enter(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        chain: &Arc<Chain>,
    ) -> Result<State, Refusal> {
        let (pending, claim) = self.prepare(clock, incoming, chain, &mut Silent)?;
        let place = self.batch.signatures.add(|batch| pending.enter(&claim, batch));
        Ok(State::Signature(pending, place))
    }

    /// The messages of new signers, now that there are verdicts on their certificates.
    fn middle(&mut self, steps: &mut [Step<'_>]) {
        let proofs = self.prove_claims();
        steps.iter_mut().for_each(|step| self.go_on(step, &proofs));
        self.batch.signatures.judge();
    }

    fn prove_claims(&mut self) -> Vec<Result<Arc<Chain>, Refusal>> {
        let (provider, signatures) = (self.trust.provider(), &self.batch.signatures);
        let judge = |Claimed { claim, place, .. }: Claimed| claim.judge(provider, signatures.verdict(place));
        let proofs: Vec<_> = core::mem::take(&mut self.batch.claims).into_iter().map(judge).collect();
        proofs.iter().flatten().for_each(|chain| self.signers.keep_for_batch(chain));
        proofs
    }

    fn go_on(&mut self, step: &mut Step<'_>, proofs: &[Result<Arc<Chain>, Refusal>]) {
        let Some(incoming) = &step.incoming else { return };
        let next = match &step.state {
            State::Claimed(place) => match proofs.get(*place) {
                Some(Ok(chain)) => self.enter(&step.clock, incoming, chain),
                Some(Err(refusal)) => Err(refusal.clone()),
                None => Ok(State::Alone),
            },
            State::Named => self.enter_named(&step.clock, incoming),
            State::Opened | State::Refused(_) | State::Signature(..) | State::Alone => return,
        };
        step.state = next.unwrap_or_else(State::Refused);
    }

    fn second_half<'p>(&mut self, step: &mut Step<'p>) -> Result<Received<'p>, Refusal> {
        let (state, incoming) = (core::mem::replace(&mut step.state, State::Alone), step.incoming.take());
        match (state, incoming) {
            (State::Refused(refusal), _) => Err(refusal),
            (State::Signature(pending, place), Some(incoming)) => {
                let verdict = self.batch.signatures.verdict(place);
                let verified = pending.judge(&incoming.signed.signature, verdict);
                let (chain, is_new) = self.settle(&step.clock, &incoming, pending, verified, &mut Silent)?;
                self.check_message(incoming, chain, is_new, &mut Silent)
            }
            (State::Opened | State::Signature(..) | State::Claimed(_) | State::Named | State::Alone, _) => {
                self.verify_packet(&step.clock, step.packet)
            }
        }
    }
}

/// The same memory, for steps of other packets.
#[expect(clippy::unnecessary_filter_map, reason = "a filter would keep the lifetime of the old packets")]
fn emptied<'b>(mut steps: Vec<Step<'_>>) -> Vec<Step<'b>> {
    steps.clear();
    // Collecting in place keeps the allocation; without it, this would only be slower. No step is left to be mapped.
    steps.into_iter().filter_map(|_| None).collect()
}
