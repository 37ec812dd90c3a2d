//! From octets to verified messages: every check in one order, the cheap ones first.
//!
//! 1. Decoding.
//! 2. What needs no signer: clock, payload choice, header fields, signer choice, generationTime, expiryTime.
//! 3. The signer, known or by its attached certificate, whose chain is proven once and remembered.
//! 4. Message against signer: hash, replay, permission, validity, place.
//! 5. The signature, and then the replay memory, which only verified messages enter.
//! 6. The message itself, and whether its signer may say what it says.

use std::sync::Arc;

use v2x_codec::view::{self, Data};

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::id::HashedId8;
use crate::message::MessageProfile;
use crate::observer::{Observer, Silent};
use crate::permission::Psid;
use crate::policy::Policy;
use crate::refusal::{Refusal, Structure};
use crate::replay::ReplayFilter;
use crate::rule::Rule;
use crate::signers::Signers;
use crate::trust::TrustStore;
use crate::verified::Received;
use batch::Batch;
use form::{content_name, secured, signed};

mod batch;
mod candidate;
mod form;
mod memory;
mod message;
mod place;
mod signer;

/// Verifies messages against a trust store, within bounds, each message once. None of the three can be left out.
pub struct Verifier {
    trust: TrustStore,
    policy: Policy,
    replay: ReplayFilter,
    signers: Signers,
    batch: Batch,
}

/// A message on its way through the checks.
struct Incoming<'p> {
    signed: view::Signed<'p>,
    rules: MessageProfile,
    psid: Psid,
    in_packet: bool,
    external: Option<&'p [u8]>,
}

impl Verifier {
    /// A verifier that knows no signer yet but those in `trust`.
    #[must_use]
    pub fn new(trust: TrustStore, policy: Policy, replay: ReplayFilter) -> Self {
        let batch = Batch::new(trust.provider());
        Self { trust, policy, replay, signers: Signers::default(), batch }
    }

    /// Whom it trusts.
    #[must_use]
    pub const fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// Whom it trusts, to be changed: what is revoked here reaches the next message.
    pub const fn trust_mut(&mut self) -> &mut TrustStore {
        &mut self.trust
    }

    /// The chain of a signer of this name that was heard and verified; `None` also when several have that name.
    #[must_use]
    pub fn heard_signer(&self, id: HashedId8) -> Option<&Arc<Chain>> {
        self.signers.only(id)
    }

    /// Forgets which messages were seen, and remembers with `replay` from now on: for stored messages, each judged at
    /// its own time, where meeting one twice is no attack. A station never calls this.
    pub fn replace_replay_filter(&mut self, replay: ReplayFilter) {
        self.replay = replay;
    }

    /// Verifies a secured GeoNetworking packet; padding behind it is ignored.
    ///
    /// # Errors
    /// The first check that fails. [`Refusal::UnknownSigner`] and [`Refusal::UnknownIssuer`] name the certificate to ask
    /// for.
    pub fn verify_packet<'p>(&mut self, clock: &Clock, frame: &'p [u8]) -> Result<Received<'p>, Refusal> {
        self.verify_packet_observed(clock, frame, &mut Silent)
    }

    /// As [`verify_packet`](Self::verify_packet), telling `observer` of every check.
    ///
    /// # Errors
    /// The same.
    pub fn verify_packet_observed<'p>(
        &mut self,
        clock: &Clock,
        frame: &'p [u8],
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let data =
            observer.note(Rule::SecuredPacket, || format!("{} octets", frame.len()), secured(frame))?;
        self.verify_content(clock, data, None, true, observer)
    }

    /// Verifies an `Ieee1609Dot2Data` that came without a packet.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify_data<'p>(&mut self, clock: &Clock, data: &'p [u8]) -> Result<Received<'p>, Refusal> {
        self.verify_data_observed(clock, data, None, &mut Silent)
    }

    /// Verifies an `Ieee1609Dot2Data` whose payload came another way.
    ///
    /// # Errors
    /// The first check that fails; [`Refusal::ExternalPayloadMismatch`] when `external` is not what was signed.
    pub fn verify_external<'p>(
        &mut self,
        clock: &Clock,
        data: &'p [u8],
        external: &'p [u8],
    ) -> Result<Received<'p>, Refusal> {
        self.verify_data_observed(clock, data, Some(external), &mut Silent)
    }

    /// As [`verify_data`](Self::verify_data) or, with a payload, [`verify_external`](Self::verify_external), telling
    /// `observer` of every check.
    ///
    /// # Errors
    /// The same.
    pub fn verify_data_observed<'p>(
        &mut self,
        clock: &Clock,
        data: &'p [u8],
        external: Option<&'p [u8]>,
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Data, error };
        let parsed = Data::parse(data).map_err(undecodable);
        let data = observer.note(Rule::DataStructure, || format!("{} octets", data.len()), parsed)?;
        self.verify_content(clock, data, external, false, observer)
    }

    /// Verifies the chain of a certificate that a peer sent on request, and makes it known.
    ///
    /// # Errors
    /// The first check that fails; a certificate whose chain is not valid now is not kept.
    pub fn learn_issuer(&mut self, clock: &Clock, certificate: &[u8]) -> Result<Certificate, Refusal> {
        self.policy.check_clock(clock)?;
        let certificate = Certificate::parse(certificate)?;
        self.trust.chain(&certificate)?.check_time(clock)?;
        self.trust.add(certificate.clone())?;
        Ok(certificate)
    }

    fn verify_content<'p>(
        &mut self,
        clock: &Clock,
        data: Data<'p>,
        external: Option<&'p [u8]>,
        in_packet: bool,
        observer: &mut impl Observer,
    ) -> Result<Received<'p>, Refusal> {
        let incoming = self.open(clock, &data, external, in_packet, observer)?;
        self.signers.follow(&self.trust);
        let (chain, is_new) = self.authenticate(clock, &incoming, observer)?;
        self.check_message(incoming, chain, is_new, observer)
    }

    /// The signed message in `data`, in a form that its profile allows.
    fn open<'p>(
        &self,
        clock: &Clock,
        data: &Data<'p>,
        external: Option<&'p [u8]>,
        in_packet: bool,
        observer: &mut impl Observer,
    ) -> Result<Incoming<'p>, Refusal> {
        let signed = observer.note(Rule::SignedContent, || content_name(data).to_owned(), signed(data))?;
        let psid = Psid(signed.header_info.psid);
        let rules = MessageProfile::of(self.trust.profile(), psid);
        let incoming = Incoming { signed, rules, psid, in_packet, external };
        self.check_form(clock, &incoming, observer)?;
        Ok(incoming)
    }

    /// The chain of the signer whose key verifies the message, and whether it is new here.
    fn authenticate(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        observer: &mut impl Observer,
    ) -> Result<(Arc<Chain>, bool), Refusal> {
        let candidates = self.candidates(&incoming.signed.signer, observer)?;
        let mut last = Refusal::SelfSigned;
        for chain in candidates.iter() {
            match self.check_candidate(clock, incoming, chain, observer) {
                Ok(signer) => return Ok(signer),
                Err(refusal) => last = refusal,
            }
        }
        Err(last)
    }

    fn check_candidate(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        chain: &Arc<Chain>,
        observer: &mut impl Observer,
    ) -> Result<(Arc<Chain>, bool), Refusal> {
        let (pending, claim) = self.prepare(clock, incoming, chain, observer)?;
        let verified = pending.verify(&claim);
        self.settle(clock, incoming, pending, verified, observer)
    }
}
