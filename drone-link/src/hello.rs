//! The hello: who is at the other end of a connection, by its ticket.
//!
//! TLS is done with keys made for this connection alone, so it says nothing of who is there. Both ends then sign what only the
//! two ends of this very connection know, the exporter value of TLS, with their tickets (channel binding, in the manner of
//! ISO 21177 with the mechanism of RFC 9266). Somebody in between has two connections with two such values, and neither fits.
//! The value is exported for each role by itself, so a hello cannot be sent back to where it came from.
//!
//! ```text
//! "WSL1"  role (1)  system (1)  binding (32)  incarnation (16)
//! known (16)  { next (8)  first (8) } for each lane
//! ```
//!
//! `incarnation` is drawn by a process for one link; `known` is the peer's, as far as its lanes are remembered, or zeros;
//! `next` is the number that is expected next from the peer, `first` the first of the own messages without an outcome.
//! A new hello on the same connection changes the ticket.

use std::sync::Arc;

use v2x_codec::time::Time64;
use v2x_security::chain::Chain;
use v2x_security::clock::Clock;
use v2x_security::content::SpduPayload;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{Identity, SignRequest, SignedPayload};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verified::Received;
use v2x_security::verifier::Verifier;

use crate::block_list::BlockList;
use crate::error::LinkError;
use crate::rights::{COMMAND_AND_CONTROL, Right, Rights};

const MAGIC: &[u8; 4] = b"WSL1";

/// What an end of a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It opens connections and is commanded.
    Drone,
    /// It waits for connections and commands.
    Ground,
}

impl Role {
    /// Its octet on the wire, and the context under which the binding of its hello is exported.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Drone => 1,
            Self::Ground => 2,
        }
    }

    /// The other.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Drone => Self::Ground,
            Self::Ground => Self::Drone,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drone => "drone",
            Self::Ground => "ground station",
        }
    }
}

/// The exporter values of a connection: what a hello of each role must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// For the drone's.
    pub drone: [u8; 32],
    /// For the ground station's.
    pub ground: [u8; 32],
}

impl Binding {
    const fn of(&self, role: Role) -> &[u8; 32] {
        match role {
            Role::Drone => &self.drone,
            Role::Ground => &self.ground,
        }
    }
}

/// Where the lanes of a link are: `[urgent, bulk]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The peer's incarnation, as far as it is remembered; zeros otherwise.
    pub known: [u8; 16],
    /// The number that is expected next.
    pub next: [u64; 2],
    /// The first of the own messages without an outcome.
    pub first: [u64; 2],
}

/// What a hello says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello {
    /// What the sender is.
    pub role: Role,
    /// Its MAVLink system; a ground station's is 0, since several may be behind it.
    pub system: u8,
    /// Drawn by the process for this link.
    pub incarnation: [u8; 16],
    /// Where its lanes are.
    pub progress: Progress,
}

/// A peer whose hello was verified.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What it said.
    pub hello: Hello,
    /// What its ticket permits.
    pub rights: Rights,
    chain: Arc<Chain>,
}

/// Whom a link believes.
pub struct LinkTrust {
    verifier: Verifier,
    blocked: BlockList,
}

/// Nothing is remembered: a hello is good for one connection, by what it is bound to, and a block list is made to be read again.
pub(crate) const fn without_memory() -> ReplayFilter {
    ReplayFilter::new(ReplayConfig::new([0, 0]), Time64::from_micros(0))
}

impl Hello {
    /// Signs it for one connection.
    ///
    /// # Errors
    /// What a receiver would answer, as [`Identity::sign`] says it.
    pub fn sign(&self, identity: &Identity, binding: &Binding, now: Time64) -> Result<Vec<u8>, LinkError> {
        let payload = self.encode(binding);
        let request = SignRequest::new(COMMAND_AND_CONTROL, now, SignedPayload::Data(&payload));
        Ok(identity.sign(TrustProfile::EtsiTs103097, &request)?)
    }

    fn encode(&self, binding: &Binding) -> Vec<u8> {
        let mut out = [MAGIC.as_slice(), &[self.role.octet(), self.system], binding.of(self.role)].concat();
        out.extend_from_slice(&self.incarnation);
        out.extend_from_slice(&self.progress.known);
        for (next, first) in self.progress.next.iter().zip(&self.progress.first) {
            out.extend(next.to_be_bytes());
            out.extend(first.to_be_bytes());
        }
        out
    }

    fn parse(payload: &[u8], role: Role, binding: &Binding) -> Result<Self, LinkError> {
        let mut reader = Reader(payload);
        if reader.array()? != *MAGIC {
            return Err(LinkError::Hello("is of another version"));
        }
        let [found, system] = reader.array()?;
        if found != role.octet() {
            return Err(LinkError::Hello("is of the same role as this end"));
        }
        // No secret: what a stranger cannot know does not have to be hidden from who sent it.
        if reader.array()? != *binding.of(role) {
            return Err(LinkError::NotBound);
        }
        let (incarnation, known) = (reader.array()?, reader.array()?);
        let [next_0, first_0, next_1, first_1] =
            [reader.number()?, reader.number()?, reader.number()?, reader.number()?];
        let progress = Progress { known, next: [next_0, next_1], first: [first_0, first_1] };
        if !reader.0.is_empty() {
            return Err(LinkError::Hello("has octets behind its end"));
        }
        if (role == Role::Drone) == (system == 0) {
            return Err(LinkError::Hello("has no MAVLink system, or one where none is"));
        }
        Ok(Self { role, system, incarnation, progress })
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], LinkError> {
        let (array, rest) = self.0.split_first_chunk().ok_or(LinkError::Hello("is cut short"))?;
        self.0 = rest;
        Ok(*array)
    }

    fn number(&mut self) -> Result<u64, LinkError> {
        self.array().map(u64::from_be_bytes)
    }
}

impl LinkTrust {
    /// Believes whom the store believes, but for who is blocked.
    #[must_use]
    pub fn new(trust: TrustStore, blocked: BlockList) -> Self {
        Self { verifier: Verifier::new(trust, Policy::STANDARD, without_memory()), blocked }
    }

    /// Whom it believes, to be changed.
    pub const fn trust_mut(&mut self) -> &mut TrustStore {
        self.verifier.trust_mut()
    }

    /// Verifies the hello of a peer that should be `role`.
    ///
    /// # Errors
    /// [`LinkError`]: the first check that fails.
    pub fn verify(
        &mut self,
        role: Role,
        binding: &Binding,
        now: Time64,
        signed: &[u8],
    ) -> Result<Peer, LinkError> {
        let received = self.verifier.verify_data(&Clock::exact(now), signed)?;
        if received.header().psid != COMMAND_AND_CONTROL {
            return Err(LinkError::Hello("is signed for another service"));
        }
        let hello = Hello::parse(unsecured(&received)?, role, binding)?;
        let chain = Arc::clone(received.signer());
        let rights = Rights::of_certificate(chain.certificate())?;
        let peer = Peer { hello, rights, chain };
        peer.check_role()?;
        peer.check_blocked(&self.blocked)?;
        Ok(peer)
    }

    /// Whether a peer that was believed still is: nobody in its chain is revoked, expired or no longer trusted, and it is not
    /// blocked.
    ///
    /// # Errors
    /// [`LinkError::NotBelieved`], [`LinkError::Blocked`].
    pub fn check_again(&mut self, peer: &Peer, now: Time64) -> Result<(), LinkError> {
        peer.check_blocked(&self.blocked)?;
        let chain = self.verifier.trust_mut().chain(peer.chain.certificate())?;
        Ok(chain.check_time(&Clock::exact(now))?)
    }
}

impl Peer {
    /// Who it is, by its ticket.
    #[must_use]
    pub fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// Expiry alone: cheap, and nothing else changes by itself.
    pub(crate) fn check_time(&self, now: Time64) -> Result<(), LinkError> {
        Ok(self.chain.check_time(&Clock::exact(now))?)
    }

    fn check_role(&self) -> Result<(), LinkError> {
        let role = self.hello.role;
        let may = match role {
            Role::Drone => self.rights.has(Right::Drone),
            Role::Ground => self.rights.iter().any(|right| !matches!(right, Right::Drone | Right::BlockList)),
        };
        if may { Ok(()) } else { Err(LinkError::Role(role.name())) }
    }

    fn check_blocked(&self, blocked: &BlockList) -> Result<(), LinkError> {
        if blocked.has(self.chain.certificate()) { Err(LinkError::Blocked) } else { Ok(()) }
    }
}

/// The octets that a message of ours carries.
pub(crate) fn unsecured<'p>(received: &Received<'p>) -> Result<&'p [u8], LinkError> {
    match received {
        Received::Spdu(message) => match message.content().payload {
            SpduPayload::Unsecured(octets) => Ok(octets),
            SpduPayload::Nested(_) | SpduPayload::External => Err(LinkError::Hello("carries no octets")),
        },
        Received::Cam(_) | Received::Denm(_) => Err(LinkError::Hello("is a message of road users")),
    }
}
