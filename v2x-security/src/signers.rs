//! The signers that were heard and verified: the chain of each is proven once and remembered.

use std::collections::HashMap;
use std::sync::Arc;

use crate::chain::Chain;
use crate::id::HashedId8;
use crate::limits::MAX_SIGNERS;
use crate::trust::{Epoch, TrustStore};

/// Signers whose memory is waited for together: more than a core has loads in flight.
const FETCHED_AT_ONCE: usize = 64;

/// Chains by the `HashedId8` of their lower end, with all candidates of a name.
#[derive(Default)]
pub(crate) struct Signers {
    by_id: HashMap<HashedId8, Vec<Remembered>>,
    /// Proven for messages of the present batch, whose signatures are not verified yet.
    fresh: Vec<(HashedId8, Arc<Chain>)>,
    count: usize,
    tick: u64,
    epoch: Epoch,
}

struct Remembered {
    chain: Arc<Chain>,
    used: u64,
}

/// The chains that a signer identifier can mean. It is one as long as no two names collide, and one needs no memory.
#[derive(Default)]
pub(crate) struct Candidates {
    first: Option<Arc<Chain>>,
    others: Vec<Arc<Chain>>,
}

impl Candidates {
    pub(crate) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn len(&self) -> usize {
        self.iter().count()
    }

    pub(crate) fn push(&mut self, chain: Arc<Chain>) {
        match self.first {
            None => self.first = Some(chain),
            Some(_) => self.others.push(chain),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Chain>> {
        self.first.iter().chain(&self.others)
    }
}

impl FromIterator<Arc<Chain>> for Candidates {
    fn from_iter<I: IntoIterator<Item = Arc<Chain>>>(chains: I) -> Self {
        let mut candidates = Self::default();
        chains.into_iter().for_each(|chain| candidates.push(chain));
        candidates
    }
}

impl Signers {
    /// Forgets what the trust store does not believe any more, and everything when it is another store. Costs nothing as
    /// long as nothing changed.
    pub(crate) fn follow(&mut self, trust: &TrustStore) {
        if !self.epoch.is_of_same_store(trust.epoch()) {
            self.retain(|_| false);
        } else if !self.epoch.is_as_late(trust.epoch()) {
            self.retain(|entry| trust.still_holds(&entry.chain));
        } else {
            return;
        }
        self.epoch = trust.epoch().clone();
    }

    /// Every remembered chain of this name.
    pub(crate) fn find(&mut self, id: HashedId8) -> Candidates {
        self.tick += 1;
        let found = self.by_id.get_mut(&id).map_or(&mut [][..], Vec::as_mut_slice);
        found.iter_mut().for_each(|entry| entry.used = self.tick);
        found.iter().map(|entry| &entry.chain).chain(of_name(&self.fresh, id)).map(Arc::clone).collect()
    }

    /// Reads what will be needed of these signers. Each is some steps away in memory; a step for many of them at once takes little
    /// longer than for one, as the waits for memory go on side by side.
    pub(crate) fn fetch(&self, names: impl IntoIterator<Item = HashedId8>) {
        let mut names = names.into_iter().fuse();
        loop {
            let mut chains: [Option<&Chain>; FETCHED_AT_ONCE] = [None; FETCHED_AT_ONCE];
            let found = names.by_ref().filter_map(|name| self.by_id.get(&name)?.first());
            let count =
                chains.iter_mut().zip(found).map(|(place, entry)| *place = Some(&entry.chain)).count();
            for step in 0..Chain::DEPTH {
                chains.iter().flatten().for_each(|chain| chain.fetch(step));
            }
            if count < FETCHED_AT_ONCE {
                return;
            }
        }
    }

    /// The one remembered chain of this name.
    pub(crate) fn only(&self, id: HashedId8) -> Option<&Arc<Chain>> {
        match self.by_id.get(&id).map(Vec::as_slice) {
            Some([entry]) => Some(&entry.chain),
            Some(_) | None => None,
        }
    }

    /// Keeps a proven chain that is new for the messages of the present batch.
    pub(crate) fn keep_for_batch(&mut self, chain: &Arc<Chain>) {
        let id = chain.certificate().hashed_id8();
        let known = self.by_id.get(&id).map_or(&[][..], Vec::as_slice);
        let mut kept = known.iter().map(|entry| &entry.chain).chain(of_name(&self.fresh, id));
        let is_kept = kept.any(|kept| kept.certificate() == chain.certificate());
        drop(kept);
        if !is_kept {
            self.fresh.push((id, Arc::clone(chain)));
        }
    }

    /// Ends the batch: whose message was good has been [inserted](Self::insert) by now.
    pub(crate) fn end_batch(&mut self) {
        self.fresh.clear();
    }

    /// The chain of the certificate with these canonical octets.
    pub(crate) fn find_octets(&mut self, id: HashedId8, octets: &[u8]) -> Option<Arc<Chain>> {
        let is_meant = |chain: &&Arc<Chain>| chain.certificate().octets() == octets;
        self.touch(id, |chain| chain.certificate().octets() == octets)
            .or_else(|| of_name(&self.fresh, id).find(is_meant).map(Arc::clone))
    }

    /// The remembered chain of that name that `is_meant`, which has been used now.
    fn touch(&mut self, id: HashedId8, is_meant: impl Fn(&Arc<Chain>) -> bool) -> Option<Arc<Chain>> {
        self.tick += 1;
        let entry = self.by_id.get_mut(&id)?.iter_mut().find(|entry| is_meant(&entry.chain))?;
        entry.used = self.tick;
        Some(Arc::clone(&entry.chain))
    }

    /// Remembers a proven chain; says whether its certificate is new.
    pub(crate) fn insert(&mut self, chain: &Arc<Chain>) -> bool {
        let id = chain.certificate().hashed_id8();
        if self.touch(id, |known| known.certificate() == chain.certificate()).is_some() {
            return false;
        }
        if self.count >= MAX_SIGNERS {
            self.forget_oldest();
        }
        let entry = Remembered { chain: Arc::clone(chain), used: self.tick };
        self.by_id.entry(id).or_default().push(entry);
        self.count += 1;
        true
    }

    /// Forgets the quarter that was heard of least recently, so that the price of one pass is shared by many inserts.
    fn forget_oldest(&mut self) {
        let mut used: Vec<u64> = self.by_id.values().flatten().map(|entry| entry.used).collect();
        let quarter = used.len() / 4;
        if quarter < used.len() {
            let (_, limit, _) = used.select_nth_unstable(quarter);
            let limit = *limit;
            self.retain(|entry| entry.used > limit);
        }
    }

    fn retain(&mut self, keep: impl Fn(&Remembered) -> bool) {
        self.by_id.retain(|_, entries| {
            entries.retain(&keep);
            !entries.is_empty()
        });
        self.count = self.by_id.values().map(Vec::len).sum();
    }
}

fn of_name(chains: &[(HashedId8, Arc<Chain>)], id: HashedId8) -> impl Iterator<Item = &Arc<Chain>> {
    chains.iter().filter(move |(name, _)| *name == id).map(|(_, chain)| chain)
}
