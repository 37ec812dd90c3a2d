//! What the replay memory keeps of a message.

use core::time::Duration;

use v2x_codec::time::Time64;
use v2x_crypto::Digest;

use super::Incoming;
use crate::chain::Chain;
use crate::clock::Clock;
use crate::limits::REPLAY_FUTURE_MICROS;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::replay::{ReplayKey, ReplayRefusal};

/// What the replay memory keeps of a message.
pub(super) struct Memory {
    pub(super) key: ReplayKey,
    pub(super) generated: Time64,
}

impl Memory {
    /// Messages made to last, such as lists, are meant to be read again: those without an age limit leave no trace.
    pub(super) fn of(
        policy: &Policy,
        incoming: &Incoming<'_>,
        chain: &Chain,
        hash: &Digest,
    ) -> Result<Option<Self>, Refusal> {
        let lasting = policy.max_age(incoming.psid).is_none();
        let Some(generated) = incoming.signed.header_info.generation_time.filter(|_| !lasting) else {
            return Ok(None);
        };
        let short = Refusal::Unbuildable("a hash has at least 16 octets");
        let key = ReplayKey::of_hash(chain.certificate().hashed_id8(), hash.as_bytes()).ok_or(short)?;
        Ok(Some(Self { key, generated }))
    }

    pub(super) fn refusal(&self, refusal: ReplayRefusal, clock: &Clock) -> Refusal {
        match refusal {
            ReplayRefusal::Replayed => Refusal::Replayed,
            ReplayRefusal::BeforeFloor { floor } => {
                Refusal::BeforeReplayMemory { generated: self.generated, floor }
            }
            ReplayRefusal::FromTheFuture => Refusal::FromTheFuture {
                generated: self.generated,
                ahead: Duration::from_micros(self.generated.micros_since(clock.now()).unwrap_or(0)),
                limit: Duration::from_micros(REPLAY_FUTURE_MICROS),
            },
            ReplayRefusal::Full => Refusal::ReplayMemoryFull,
        }
    }
}
