//! A message against one signer that it may have: hash, replay, permission, validity and place, then the signature.
//!
//! In two halves around the signature, so that the signatures of many messages can be verified at once.

use std::borrow::Cow;
use std::sync::Arc;

use v2x_codec::view;
use v2x_crypto::{BatchVerifier, CryptoError, Signature, SignatureInput};

use super::memory::Memory;
use super::message::{check_external, ssp_of};
use super::place::{check_region, location};
use super::{Incoming, Verifier};
use crate::certificate::Issuer;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::observer::Observer;
use crate::permission::Psid;
use crate::point;
use crate::refusal::{Period, Refusal};
use crate::rule::Rule;
use crate::trust::Role;

/// A message that passed every check but that of its signature.
pub(super) struct Pending {
    chain: Arc<Chain>,
    memory: Option<Memory>,
}

/// A signature, and what it must be a signature of.
pub(super) struct Claim {
    input: SignatureInput,
    signature: Signature,
}

impl Pending {
    /// Verifies the signature, by itself.
    pub(super) fn verify(&self, claim: &Claim) -> Result<(), Refusal> {
        self.chain.verify_input(&claim.input, &claim.signature)
    }

    /// Adds the signature to a batch.
    pub(super) fn enter(&self, claim: &Claim, batch: &mut dyn BatchVerifier) {
        batch.add(self.chain.prepared_key(), claim.input.as_bytes(), &claim.signature);
    }

    /// What the verdict of a batch on the signature means.
    pub(super) fn judge(
        &self,
        signature: &view::Signature<'_>,
        verdict: &Result<(), CryptoError>,
    ) -> Result<(), Refusal> {
        match verdict {
            Ok(()) => Ok(()),
            Err(_) => Err(self.chain.refuse(point::received_curve(signature.curve))),
        }
    }
}

impl Verifier {
    /// Everything that holds a message against one signer, but for the signature, which costs more than all the rest.
    pub(super) fn prepare(
        &self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        chain: &Arc<Chain>,
        observer: &mut impl Observer,
    ) -> Result<(Pending, Claim), Refusal> {
        let signed = &incoming.signed;
        check_hash(signed, chain, observer)?;
        let hash = chain.curve().hash().digest(&canonical_to_be_signed(signed));
        let memory = Memory::of(&self.policy, incoming, chain, &hash)?;
        self.check_replay(clock, memory.as_ref(), observer)?;
        self.check_permission(incoming, chain, observer)?;
        check_validity(clock, incoming, chain, observer)?;
        check_location(incoming, chain, observer)?;
        let input = SignatureInput::from_digests(&hash, chain.certificate().hash());
        let claim = Claim { input, signature: signature(&signed.signature)? };
        Ok((Pending { chain: Arc::clone(chain), memory }, claim))
    }

    /// What follows from the verdict on the signature: only a message whose signature is good enters the replay memory
    /// and makes its signer known. Yields the signer, and whether it is new here.
    pub(super) fn settle(
        &mut self,
        clock: &Clock,
        incoming: &Incoming<'_>,
        pending: Pending,
        verified: Result<(), Refusal>,
        observer: &mut impl Observer,
    ) -> Result<(Arc<Chain>, bool), Refusal> {
        let Pending { chain, memory } = pending;
        let text = || format!("{} by the key of {}", chain.curve(), chain.certificate());
        observer.note(Rule::MessageSignature, text, verified)?;
        check_external(incoming, observer)?;
        if let Some(memory) = memory {
            self.remember(clock, &memory)?;
        }
        let is_new = self.signers.insert(&chain);
        Ok((chain, is_new))
    }

    fn check_replay(
        &self,
        clock: &Clock,
        memory: Option<&Memory>,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let Some(memory) = memory else { return Ok(()) };
        let seen = self.replay.check(&memory.key, memory.generated);
        let seen = seen.map_err(|refusal| memory.refusal(refusal, clock));
        observer.note(Rule::Replay, || "against the replay memory".to_owned(), seen)
    }

    fn remember(&mut self, clock: &Clock, memory: &Memory) -> Result<(), Refusal> {
        let inserted = self.replay.insert(clock.now(), memory.key, memory.generated);
        inserted.map_err(|refusal| memory.refusal(refusal, clock))
    }

    fn check_permission(
        &self,
        incoming: &Incoming<'_>,
        chain: &Chain,
        observer: &mut impl Observer,
    ) -> Result<(), Refusal> {
        let (certificate, psid) = (chain.certificate(), incoming.psid);
        // Only who vouches for himself can be a trust list manager, so nobody else is looked up.
        let lists_only = certificate.issuer() == Issuer::SelfSigned
            && self.trust.roles(certificate).any(|role| role == Role::TrustListManager);
        let result = if lists_only && psid != Psid::CTL {
            Err(Refusal::TrustListManagerOnly(certificate.hashed_id8()))
        } else if !self.trust.may_send(certificate, psid) {
            Err(Refusal::MisbehaviourAuthorityOnly { certificate: certificate.hashed_id8(), psid: psid.0 })
        } else if ssp_of(chain, psid).is_none() {
            Err(Refusal::PsidNotPermitted { certificate: certificate.hashed_id8(), psid: psid.0 })
        } else {
            Ok(())
        };
        observer.note(Rule::AppPermission, || format!("PSID {} in {certificate}", psid.0), result)
    }
}

fn signature(signature: &view::Signature<'_>) -> Result<Signature, Refusal> {
    let bad = |error| Refusal::BadKeyMaterial { what: "signature", error };
    point::received_signature(signature).map_err(bad)
}

/// No signature covers `hashId`, so it must say what the key says.
fn check_hash(signed: &view::Signed<'_>, chain: &Chain, observer: &mut impl Observer) -> Result<(), Refusal> {
    let found = point::received_hash(signed.hash_id);
    let curve = chain.curve();
    let result = if found == curve.hash() { Ok(()) } else { Err(Refusal::HashMismatch { found, curve }) };
    observer.note(Rule::HashAlgorithm, || format!("{found} with {curve}"), result)
}

/// `tbsData` in canonical form: as received, but for an uncompressed `encryptionKey`, which is hashed compressed.
fn canonical_to_be_signed<'p>(signed: &view::Signed<'p>) -> Cow<'p, [u8]> {
    compressed(signed).map_or(Cow::Borrowed(signed.to_be_signed), Cow::Owned)
}

fn compressed(signed: &view::Signed<'_>) -> Option<Vec<u8>> {
    let Some(view::EncryptionKey::Public(key)) = signed.header_info.encryption_key else { return None };
    let view::Point::Uncompressed { x, y } = key.point else { return None };
    let start = x.as_ptr().addr().checked_sub(signed.to_be_signed.as_ptr().addr())?;
    let tag = 0x82 | (y.last()? & 1);
    let before = signed.to_be_signed.get(..start.checked_sub(1)?)?;
    let after = signed.to_be_signed.get(start + x.len() + y.len()..)?;
    Some([before, &[tag], x, after].concat())
}

fn check_validity(
    clock: &Clock,
    incoming: &Incoming<'_>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let text = || format!("chain valid {}, now {}", chain.period(), clock.now());
    observer.note(Rule::CertificateTime, text, chain.check_time(clock))?;
    let Some(generated) = incoming.signed.header_info.generation_time else { return Ok(()) };
    let (certificate, validity) = (chain.certificate().hashed_id8(), Period::of(chain.certificate()));
    let outside = Refusal::GeneratedOutsideValidity { certificate, generated, validity };
    let result = if validity.contains(generated) { Ok(()) } else { Err(outside) };
    observer.note(Rule::GenerationInValidity, || format!("{generated} in {validity}"), result)
}

/// Holds `generationLocation`, when it is there, against the signer's region, before the signature is paid for.
fn check_location(
    incoming: &Incoming<'_>,
    chain: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    match location(&incoming.signed.header_info) {
        Some(position) => check_region(chain, Some(position), observer),
        None => Ok(()),
    }
}
