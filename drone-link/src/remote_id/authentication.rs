//! Pages of authentication, and packs that are signed by a ticket.

use std::sync::Arc;

use thiserror::Error;
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::{Curve, Signature, SignatureInput};
use v2x_security::chain::Chain;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::refusal::Refusal;
use v2x_security::sign::Identity;

use super::message::{EPOCH_2019, Message, OCTETS};
use crate::rights::AWARENESS;

/// The first octet of a pack: type 15, version 2.
const PACK: u8 = 0xF2;
/// The first octet of a page: type 2, version 2.
const PAGE: u8 = 0x22;
/// The first type of authentication for private use.
const TICKET: u8 = 0xA;
/// Messages beside the pages: a pack has nine at most.
const MAX_MESSAGES: usize = 5;
/// HashedId8, Time32, r, s.
const PROOF: usize = 8 + 4 + 64;
/// Octets of the proof on the first page and on each of the others.
const FIRST: usize = 17;
const OTHER: usize = 23;
/// Pages of a proof.
const PAGES: usize = 1 + (PROOF - FIRST).div_ceil(OTHER);
/// Begins what is signed. No `ToBeSignedData` begins so, since the padding of its preamble would not be zero: a signature of one
/// kind is none of the other.
const DOMAIN: &[u8] = b"WSRID1";
/// Seconds after which a pack is old: it is broadcast each second.
const MAX_AGE_SECONDS: u64 = 5;
/// Seconds that a sender's clock may be ahead.
const MAX_AHEAD_SECONDS: u64 = 1;

/// A pack whose signature is good.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Its messages, without the pages.
    pub messages: Vec<Message>,
    /// When it was signed.
    pub signed: Time32,
    /// By whose ticket.
    pub signer: Arc<Chain>,
}

/// Why a pack is not believed, or not made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RemoteIdError {
    /// It is no pack with a proof by a ticket.
    #[error("the pack {0}")]
    Form(&'static str),
    /// The ticket is not known: it comes with the drone's signed messages.
    #[error("the ticket {0} is not known")]
    UnknownTicket(HashedId8),
    /// The ticket does not permit it, or its key is on another curve.
    #[error("the ticket {0} is not for UAS awareness ({AWARENESS}) on P-256")]
    NotPermitted(HashedId8),
    /// It was signed too long ago, or in the future.
    #[error("the pack was signed at {signed}, and now it is {now}")]
    NotNow {
        /// When it says that it was signed.
        signed: Time64,
        /// The receiver's time.
        now: Time64,
    },
    /// Signature, validity or key.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key's holder fails.
    #[error("the pack cannot be signed: {0}")]
    Crypto(String),
}

/// A pack of these messages, signed by a ticket: at most five, in this order in front of the pages.
///
/// # Errors
/// [`RemoteIdError::Form`] for too many messages, [`RemoteIdError::NotPermitted`], [`RemoteIdError::Crypto`].
pub fn pack(identity: &Identity, messages: &[Message], now: Time64) -> Result<Vec<u8>, RemoteIdError> {
    let certificate = identity.certificate();
    let id = certificate.hashed_id8();
    permitted(certificate.app_permissions(), identity.signer().public_key().curve(), id)?;
    if messages.is_empty() || messages.len() > MAX_MESSAGES {
        return Err(RemoteIdError::Form("has one to five messages besides its proof"));
    }
    let signed = now.time32().ok_or(RemoteIdError::Form("is made after the year 2140"))?;
    let hash = Curve::NistP256.hash();
    let digest = hash.digest(&to_be_signed(id, signed, messages));
    let input = SignatureInput::from_digests(&digest, certificate.hash());
    let signature = identity.signer().sign(input.as_bytes());
    let signature = signature.map_err(|error| RemoteIdError::Crypto(error.to_string()))?;
    Ok(assemble(messages, &proof(id, signed, &signature), signed))
}

/// Checks the octets of a pack as they were heard. `ticket` finds the proven chain of a ticket by its name.
///
/// # Errors
/// [`RemoteIdError`]: the first check that fails.
pub fn verify(
    octets: &[u8],
    now: Time64,
    ticket: impl FnOnce(HashedId8) -> Option<Arc<Chain>>,
) -> Result<Heard, RemoteIdError> {
    let (messages, proof) = take_apart(octets)?;
    let (id, signed, signature) = read_proof(&proof)?;
    // Whatever the pages hold besides the proof must be what it makes of them, bit by bit.
    if assemble(&messages, &proof, signed) != octets {
        return Err(RemoteIdError::Form("has pages that are not those of its proof"));
    }
    fresh(signed, now)?;
    let chain = ticket(id).ok_or(RemoteIdError::UnknownTicket(id))?;
    permitted(chain.certificate().app_permissions(), chain.curve(), id)?;
    chain.check_time(&Clock::exact(now))?;
    chain.verify(&to_be_signed(id, signed, &messages), &signature)?;
    Ok(Heard { messages, signed, signer: chain })
}

fn permitted(
    permissions: Option<&v2x_security::permission::AppPermissions>,
    curve: Curve,
    id: HashedId8,
) -> Result<(), RemoteIdError> {
    let may = permissions.is_some_and(|permissions| permissions.find(AWARENESS).is_some());
    if may && curve == Curve::NistP256 { Ok(()) } else { Err(RemoteIdError::NotPermitted(id)) }
}

fn fresh(signed: Time32, now: Time64) -> Result<(), RemoteIdError> {
    let signed = Time64::from(signed);
    let oldest = now.saturating_sub_micros((MAX_AGE_SECONDS + 1) * 1_000_000);
    let latest = now.saturating_add_micros(MAX_AHEAD_SECONDS * 1_000_000);
    if (oldest..=latest).contains(&signed) { Ok(()) } else { Err(RemoteIdError::NotNow { signed, now }) }
}

fn to_be_signed(id: HashedId8, signed: Time32, messages: &[Message]) -> Vec<u8> {
    let head = head(messages.len());
    [DOMAIN, id.as_bytes(), &signed.seconds().to_be_bytes(), &head, messages.as_flattened()].concat()
}

fn head(messages: usize) -> [u8; 3] {
    let count = u8::try_from(messages + PAGES).unwrap_or(u8::MAX);
    [PACK, u8::try_from(OCTETS).unwrap_or(u8::MAX), count]
}

fn proof(id: HashedId8, signed: Time32, signature: &Signature) -> Vec<u8> {
    [id.as_bytes(), &signed.seconds().to_be_bytes()[..], signature.r(), signature.s()].concat()
}

fn read_proof(proof: &[u8]) -> Result<(HashedId8, Time32, Signature), RemoteIdError> {
    let malformed = RemoteIdError::Form("has a proof of another form");
    let (id, rest) = proof.split_first_chunk().ok_or(malformed.clone())?;
    let (signed, signature) = rest.split_first_chunk().ok_or(malformed.clone())?;
    let signature = Signature::from_fixed(Curve::NistP256, signature).map_err(|_| malformed)?;
    Ok((HashedId8(*id), Time32::from_seconds(u32::from_be_bytes(*signed)), signature))
}

/// The head, the messages, and the pages of the proof.
fn assemble(messages: &[Message], proof: &[u8], signed: Time32) -> Vec<u8> {
    let mut out = [&head(messages.len())[..], messages.as_flattened()].concat();
    let (first, rest) = proof.split_at(FIRST.min(proof.len()));
    let since_2019 = u32::try_from(signed.unix_seconds().saturating_sub(EPOCH_2019)).unwrap_or(0);
    let last = u8::try_from(PAGES - 1).unwrap_or(u8::MAX);
    out.extend([PAGE, TICKET << 4, last, u8::try_from(PROOF).unwrap_or(u8::MAX)]);
    out.extend(since_2019.to_le_bytes());
    out.extend_from_slice(first);
    for (page, part) in (1_u8..).zip(rest.chunks(OTHER)) {
        out.extend([PAGE, TICKET << 4 | page]);
        out.extend_from_slice(part);
        out.extend(core::iter::repeat_n(0, OTHER - part.len()));
    }
    out
}

/// The messages and the proof, by their places alone.
fn take_apart(octets: &[u8]) -> Result<(Vec<Message>, Vec<u8>), RemoteIdError> {
    let (head, body) = octets.split_at_checked(3).ok_or(RemoteIdError::Form("is cut short"))?;
    let (all, left_over) = body.as_chunks::<OCTETS>();
    let count = all.len().checked_sub(PAGES).filter(|count| (1..=MAX_MESSAGES).contains(count));
    let count = count.ok_or(RemoteIdError::Form("has another number of messages"))?;
    if !left_over.is_empty() || head != self::head(count) {
        return Err(RemoteIdError::Form("has a head that is not its own"));
    }
    let (messages, pages) = all.split_at(count);
    let mut proof = Vec::with_capacity(FIRST + (PAGES - 1) * OTHER);
    for (number, page) in pages.iter().enumerate() {
        let before = if number == 0 { OCTETS - FIRST } else { OCTETS - OTHER };
        proof.extend_from_slice(page.get(before..).unwrap_or_default());
    }
    proof.truncate(PROOF);
    Ok((messages.to_vec(), proof))
}
