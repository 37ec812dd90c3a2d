//! Signatures of any curve in, a verdict for each out.

use crate::curves::{BrainpoolP256r1, BrainpoolP384r1, NistP384, Parameters};
use crate::engine::Engine;
use crate::table::KeyTable;

/// One signature to verify.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The table of the key that is said to have signed.
    pub key: &'a KeyTable,
    /// The hash that was signed, of any length: of a long one the leftmost octets count, as many as the curve's order has.
    pub digest: &'a [u8],
    /// The signature's r, most significant octet first: invalid unless it is as long as the curve's order.
    pub r: &'a [u8],
    /// The signature's s, likewise.
    pub s: &'a [u8],
}

/// What became of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// The key signed the digest.
    Valid,
    /// It did not.
    Invalid,
}

impl Verdict {
    /// Whether it is [`Verdict::Valid`].
    #[must_use]
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid)
    }

    pub(crate) const fn of(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// Verifies batches, with scratch of its own that it keeps: one for each thread. The scratch for a curve is made when the
/// first signature of that curve comes; after that a call allocates nothing.
#[derive(Debug)]
pub struct BatchVerifier {
    capacity: usize,
    verdicts: Vec<Verdict>,
    judged_alone: u64,
    nist_p384: Option<Engine<NistP384, 6>>,
    brainpool_p256r1: Option<Engine<BrainpoolP256r1, 4>>,
    brainpool_p384r1: Option<Engine<BrainpoolP384r1, 6>>,
}

impl BatchVerifier {
    /// The largest capacity: beyond some hundred signatures nothing is gained.
    pub const MAX_CAPACITY: usize = 4096;

    /// A verifier with room for so many signatures of one curve at once (1 to [`BatchVerifier::MAX_CAPACITY`], brought into
    /// that range). More may be given; they are then done in several goes. 32 to 64 is right: the points of
    /// more do not fit the second cache.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.clamp(1, Self::MAX_CAPACITY),
            verdicts: Vec::new(),
            judged_alone: 0,
            nist_p384: None,
            brainpool_p256r1: None,
            brainpool_p384r1: None,
        }
    }

    /// How many signatures of one curve it does at once.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many signatures of batches had to be judged alone so far, because the batch's shortcuts do not cover them. Honest
    /// signers make none; each costs about as much as one that is verified by itself.
    #[must_use]
    pub const fn judged_alone(&self) -> u64 {
        self.judged_alone
    }

    /// Verifies each item, of any mixture of curves; the verdicts are in the same order, one for each.
    pub fn verify(&mut self, items: &[Item<'_>]) -> &[Verdict] {
        self.verdicts.clear();
        self.verdicts.resize(items.len(), Verdict::Invalid);
        let Self { capacity, verdicts, .. } = self;
        self.judged_alone += run(&mut self.nist_p384, *capacity, items, verdicts)
            + run(&mut self.brainpool_p256r1, *capacity, items, verdicts)
            + run(&mut self.brainpool_p384r1, *capacity, items, verdicts);
        &self.verdicts
    }
}

/// Has the engine of a curve verify its items, if there are any.
fn run<C: Parameters<N>, const N: usize>(
    engine: &mut Option<Engine<C, N>>,
    capacity: usize,
    items: &[Item<'_>],
    verdicts: &mut [Verdict],
) -> u64 {
    if !items.iter().any(|item| C::table_of(item.key).is_some()) {
        return 0;
    }
    engine.get_or_insert_with(|| Engine::new(capacity)).verify(items, verdicts)
}
