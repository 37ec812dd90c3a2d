//! The operator's block list: tickets that get no link any more, though no list of the PKI names them.
//!
//! European tickets have no revocation list: who loses a drone waits until its tickets run out. On a drone link there is
//! somebody who can act at once, its operator. The block list is ours, no standard has it: a payload under
//! [`COMMAND_AND_CONTROL`], signed by a ticket with the right [`Right::BlockList`], that names tickets by the
//! whole hash of their certificate, so that no other is hit by chance. It counts for links alone; messages on the air are
//! verified without it.
//!
//! ```text
//! "WSB1"  number (8)  { length (1)  hash (32 or 48) } ...
//! ```
//!
//! A list with a greater number takes the place of the one before. It is verified as of when it was made, since it is made to
//! last, and its signer must not be revoked now.

use std::collections::HashSet;

use v2x_codec::time::Time64;
use v2x_codec::view;
use v2x_crypto::Digest;
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::sign::{Identity, SignRequest, SignedPayload};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use crate::error::LinkError;
use crate::hello::{unsecured, without_memory};
use crate::limits::MAX_BLOCKED;
use crate::rights::{COMMAND_AND_CONTROL, Right, Rights};

const MAGIC: &[u8; 4] = b"WSB1";

/// The list in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockList {
    number: u64,
    hashes: HashSet<Vec<u8>>,
}

impl BlockList {
    /// No ticket is blocked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A list of these certificates, signed.
    ///
    /// # Errors
    /// What a receiver would answer, as [`Identity::sign`] says it; [`LinkError::BlockList`] for more than [`MAX_BLOCKED`];
    /// [`LinkError::Rights`], [`LinkError::Role`] when the ticket does not permit it.
    pub fn sign(
        identity: &Identity,
        number: u64,
        blocked: &[Digest],
        now: Time64,
    ) -> Result<Vec<u8>, LinkError> {
        signer_may(identity.certificate())?;
        if blocked.len() > MAX_BLOCKED {
            return Err(LinkError::BlockList(TOO_MANY));
        }
        let mut payload = [MAGIC.as_slice(), &number.to_be_bytes()].concat();
        for hash in blocked {
            payload.push(u8::try_from(hash.as_bytes().len()).unwrap_or(u8::MAX));
            payload.extend_from_slice(hash.as_bytes());
        }
        let request = SignRequest::new(COMMAND_AND_CONTROL, now, SignedPayload::Data(&payload));
        Ok(identity.sign(TrustProfile::EtsiTs103097, &request)?)
    }

    /// Verifies a list by whom `trust` believes, and puts it in force. Whether it is another than before.
    ///
    /// # Errors
    /// [`LinkError::NotBelieved`], [`LinkError::Rights`], [`LinkError::Role`], and [`LinkError::BlockList`] for one that is
    /// malformed, or older than the one in force.
    pub fn apply(&mut self, trust: TrustStore, now: Time64, signed: &[u8]) -> Result<bool, LinkError> {
        let made = generation_time(signed).ok_or(LinkError::BlockList("is no signed message with a time"))?;
        if made > now.saturating_add_micros(MAX_AHEAD) {
            return Err(LinkError::BlockList("was made in the future"));
        }
        // A list is made to be read again, so nothing is remembered of one.
        let mut verifier = Verifier::new(trust, Policy::STANDARD, without_memory());
        let received = verifier.verify_data(&Clock::exact(made), signed)?;
        if received.header().psid != COMMAND_AND_CONTROL {
            return Err(LinkError::BlockList("is signed for another service"));
        }
        signer_may(received.signer().certificate())?;
        let signer = received.signer().certificate().clone();
        let found = Self::parse(unsecured(&received)?)?;
        verifier.trust_mut().chain(&signer)?;
        if *self == found {
            return Ok(false);
        }
        if found.number <= self.number {
            return Err(LinkError::BlockList("does not come after the one in force"));
        }
        *self = found;
        Ok(true)
    }

    fn parse(payload: &[u8]) -> Result<Self, LinkError> {
        let malformed = LinkError::BlockList("is malformed");
        let rest = payload.strip_prefix(MAGIC.as_slice()).ok_or(malformed.clone())?;
        let (number, mut rest) = rest.split_first_chunk().ok_or(malformed.clone())?;
        let mut hashes = HashSet::new();
        while let Some((length, after)) = rest.split_first() {
            let length = usize::from(*length);
            let hash = after.get(..length).filter(|_| matches!(length, 32 | 48)).ok_or(malformed.clone())?;
            if hashes.len() >= MAX_BLOCKED {
                return Err(LinkError::BlockList(TOO_MANY));
            }
            hashes.insert(hash.to_vec());
            rest = after.get(length..).unwrap_or_default();
        }
        Ok(Self { number: u64::from_be_bytes(*number), hashes })
    }

    /// Whether this certificate is on it.
    #[must_use]
    pub fn has(&self, certificate: &Certificate) -> bool {
        self.hashes.contains(certificate.hash().as_bytes())
    }

    /// Which list it is; 0 before the first.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// How many certificates are on it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

const TOO_MANY: &str = "names more than 100,000 certificates";

/// Microseconds that the operator's clock may be ahead.
const MAX_AHEAD: u64 = 2_000_000;

fn signer_may(certificate: &Certificate) -> Result<(), LinkError> {
    let rights = Rights::of_certificate(certificate)?;
    if rights.has(Right::BlockList) { Ok(()) } else { Err(LinkError::Role("signer of block lists")) }
}

/// What the header says, before anything is verified.
fn generation_time(signed: &[u8]) -> Option<Time64> {
    view::Data::parse(signed).ok()?.content.signed()?.header_info.generation_time
}
