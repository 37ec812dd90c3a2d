//! Batches: signatures in, a verdict for each out.

use crate::kernel::Kernel;
use crate::lanes::portable::Portable;
use crate::lanes::{Lanes, Selected};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{avx2::Avx2, ifma::Ifma};
use crate::scalar::Scalar;
use crate::single::{self, Multipliers};
use crate::sweep::{Judgement, Sweep};
use crate::table::{GENERATOR_COMB, GeneratorTable, KeyTable, TableSize};

/// One signature to verify.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The table of the key that is said to have signed.
    pub key: &'a KeyTable,
    /// The hash that was signed: SHA-256 of the message.
    pub digest: [u8; 32],
    /// The signature's r, most significant octet first. Any value.
    pub r: [u8; 32],
    /// The signature's s, likewise.
    pub s: [u8; 32],
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

    const fn of(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// Below so many signatures each is verified by itself: a batch would not pay for its inversions.
const SINGLY_BELOW: usize = 2;

/// Verifies batches, with scratch of its own that it keeps: one for each thread. A call allocates nothing.
#[derive(Debug)]
pub struct BatchVerifier {
    kernel: Kernel,
    capacity: usize,
    admitted: Vec<Admitted>,
    verdicts: Vec<Verdict>,
    inverses: Vec<Scalar>,
    products: Vec<Scalar>,
    /// For each group and lane of the sweep, whose it is: an index into `admitted`.
    owners: Vec<u32>,
    judged_alone: u64,
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Portable(Box<Sweep<Portable>>),
    #[cfg(target_arch = "x86_64")]
    Avx2(Box<Sweep<Avx2>>),
    #[cfg(target_arch = "x86_64")]
    Avx512Ifma(Box<Sweep<Ifma>>),
}

/// A signature whose parts are in range.
#[derive(Clone, Copy, Debug)]
struct Admitted {
    item: u32,
    r: Scalar,
    multipliers: Multipliers,
}

impl BatchVerifier {
    /// The largest capacity: beyond some hundred signatures nothing is gained.
    pub const MAX_CAPACITY: usize = 4096;

    /// A verifier for a kernel, with room for so many signatures at once (1 to [`BatchVerifier::MAX_CAPACITY`], brought into
    /// that range). More may be given; they are then done in several goes. 64 to 256 is right.
    ///
    /// A kernel that this machine lacks is replaced by [`Kernel::Portable`]. The table of the generator is made if this is
    /// the first that needs it.
    #[must_use]
    pub fn new(kernel: Kernel, capacity: usize) -> Self {
        let capacity = capacity.clamp(1, Self::MAX_CAPACITY);
        let engine = Engine::new(kernel, capacity);
        let kernel = engine.kernel();
        let _ = GeneratorTable::shared(kernel);
        Self {
            kernel,
            capacity,
            admitted: Vec::with_capacity(capacity),
            verdicts: Vec::with_capacity(capacity),
            inverses: Vec::with_capacity(capacity),
            products: vec![Scalar::ONE; capacity],
            owners: Vec::with_capacity(capacity + TableSize::ALL.len() * 8),
            judged_alone: 0,
            engine,
        }
    }

    /// The kernel that it works with. Keys' tables should be of the same; others work, one at a time and slowly.
    #[must_use]
    pub const fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// How many signatures it does at once.
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

    /// Verifies each item; the verdicts are in the same order, one for each.
    pub fn verify(&mut self, items: &[Item<'_>]) -> &[Verdict] {
        self.verdicts.clear();
        self.verdicts.resize(items.len(), Verdict::Invalid);
        for start in (0..items.len()).step_by(self.capacity) {
            let end = items.len().min(start + self.capacity);
            self.verify_some(&items[start..end], start);
        }
        &self.verdicts
    }

    /// Verifies at most as many as the capacity says; their verdicts begin at `start`.
    fn verify_some(&mut self, items: &[Item<'_>], start: usize) {
        self.admit(items);
        let kernel = self.kernel;
        let singly = self.admitted.len() < SINGLY_BELOW;
        let verdicts = &mut self.verdicts[start..];
        self.admitted.retain(|admitted| {
            let key = items[admitted.item as usize].key;
            let alone = singly || key.kernel != kernel;
            if alone {
                verdicts[admitted.item as usize] = admitted.verify_alone(key);
            }
            !alone
        });
        if !self.admitted.is_empty() {
            let batch = Batch { items, admitted: &self.admitted, owners: &mut self.owners, verdicts };
            self.judged_alone += self.engine.verify(batch);
        }
    }

    /// Takes in what has r and s in 1..n, and computes u₁ = e/s and u₂ = r/s with one inversion for all.
    fn admit(&mut self, items: &[Item<'_>]) {
        self.admitted.clear();
        self.inverses.clear();
        for (index, item) in items.iter().enumerate() {
            if let (Some(r), Some(s)) = (Scalar::from_part(&item.r), Scalar::from_part(&item.s)) {
                let multipliers = Multipliers { generator: Scalar::from_digest(&item.digest), key: r };
                self.admitted.push(Admitted { item: index as u32, r, multipliers });
                self.inverses.push(s);
            }
        }
        Scalar::invert_all(&mut self.inverses, &mut self.products);
        for (admitted, inverse) in self.admitted.iter_mut().zip(&self.inverses) {
            let Multipliers { generator, key } = &mut admitted.multipliers;
            (*generator, *key) = (generator.mul(inverse), key.mul(inverse));
        }
    }
}

impl Admitted {
    fn verify_alone(&self, key: &KeyTable) -> Verdict {
        Verdict::of(single::verify(key, &self.multipliers, &self.r))
    }
}

impl Engine {
    /// The engine of a kernel, or the portable one if the machine lacks it.
    fn new(kernel: Kernel, capacity: usize) -> Self {
        let wanted = match kernel {
            Kernel::Portable => None,
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx2 => {
                Avx2::detect().map(|avx2| Self::Avx2(Box::new(Sweep::new(avx2, kernel, capacity))))
            }
            #[cfg(target_arch = "x86_64")]
            Kernel::Avx512Ifma => {
                Ifma::detect().map(|ifma| Self::Avx512Ifma(Box::new(Sweep::new(ifma, kernel, capacity))))
            }
            #[cfg(not(target_arch = "x86_64"))]
            Kernel::Avx2 | Kernel::Avx512Ifma => None,
        };
        wanted.unwrap_or_else(|| Self::Portable(Box::new(Sweep::new(Portable, Kernel::Portable, capacity))))
    }

    const fn kernel(&self) -> Kernel {
        match self {
            Self::Portable(_) => Kernel::Portable,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Kernel::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Ifma(_) => Kernel::Avx512Ifma,
        }
    }

    /// Gives every signature its verdict; returns how many were judged alone.
    fn verify(&mut self, batch: Batch<'_, '_>) -> u64 {
        match self {
            Self::Portable(sweep) => batch.verify(sweep, Kernel::Portable),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a sweep with AVX2's lanes exists only where it was detected.
            #[expect(unsafe_code, reason = "a function with target features")]
            Self::Avx2(sweep) => unsafe { verify_by_avx2(batch, sweep) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a sweep with IFMA's lanes exists only where they were detected.
            #[expect(unsafe_code, reason = "a function with target features")]
            Self::Avx512Ifma(sweep) => unsafe { verify_by_ifma(batch, sweep) },
        }
    }
}

/// The whole batch as one function with the kernel's features, into which everything is inlined: what is not would neither
/// use them nor pass vectors in registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn verify_by_avx2(batch: Batch<'_, '_>, sweep: &mut Sweep<Avx2>) -> u64 {
    batch.verify(sweep, Kernel::Avx2)
}

/// As [`verify_by_avx2`].
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512ifma")]
fn verify_by_ifma(batch: Batch<'_, '_>, sweep: &mut Sweep<Ifma>) -> u64 {
    batch.verify(sweep, Kernel::Avx512Ifma)
}

/// Signatures on their way through a kernel. All tables are of that kernel.
struct Batch<'a, 'k> {
    items: &'a [Item<'k>],
    admitted: &'a [Admitted],
    owners: &'a mut Vec<u32>,
    verdicts: &'a mut [Verdict],
}

impl Batch<'_, '_> {
    #[inline(always)]
    fn verify<L: Lanes>(mut self, sweep: &mut Sweep<L>, kernel: Kernel) -> u64 {
        self.group(sweep);
        self.select(sweep, kernel);
        // SAFETY: `select` has set every entry of the groups, from tables that `items` and a static borrow.
        #[expect(unsafe_code, reason = "entries are kept as addresses")]
        unsafe {
            sweep.run();
        }
        self.judge(sweep)
    }

    fn key(&self, owner: u32) -> &KeyTable {
        self.items[self.admitted[owner as usize].item as usize].key
    }

    /// Signatures with tables of the same size share groups. Lanes to spare repeat the last signature.
    #[inline(always)]
    fn group<L: Lanes>(&mut self, sweep: &mut Sweep<L>) {
        sweep.plan.clear();
        self.owners.clear();
        for size in TableSize::ALL {
            let before = self.owners.len();
            for owner in 0..self.admitted.len() as u32 {
                if self.key(owner).size() == size {
                    self.owners.push(owner);
                }
            }
            if let Some(last) = self.owners.get(before..).and_then(|new| new.last().copied()) {
                self.owners.resize(self.owners.len().next_multiple_of(L::COUNT), last);
            }
            (0..(self.owners.len() - before) / L::COUNT).for_each(|_| sweep.plan.push(size.comb()));
        }
    }

    /// Turns multipliers into entries of the tables.
    #[inline(always)]
    fn select<L: Lanes>(&self, sweep: &mut Sweep<L>, kernel: Kernel) {
        let generator = &GeneratorTable::shared(kernel).table;
        for (index, owner) in self.owners.iter().enumerate() {
            let (group, lane) = (sweep.plan.groups[index / L::COUNT], index % L::COUNT);
            let (key, multipliers) = (&self.key(*owner).table, self.admitted[*owner as usize].multipliers);
            let terms = [(key, &multipliers.key, 0), (generator, &multipliers.generator, key.comb.tables)];
            for (table, multiplier, before) in terms {
                let digits = table.comb.digits(multiplier);
                for column in 0..table.comb.columns {
                    // In columns that the key lacks, the generator's entries come first.
                    let before = if column < key.comb.columns { before } else { 0 };
                    let first = group.first_entry(column) + before;
                    for part in 0..table.comb.tables {
                        let selection = table.comb.select(part, digits[part * table.comb.columns + column]);
                        let entry = Selected::new(&table.entries[selection.index], selection.negative);
                        sweep.selected[(first + part) * L::COUNT + lane] = entry;
                    }
                }
            }
        }
        debug_assert_eq!(generator.comb, GENERATOR_COMB);
    }

    #[inline(always)]
    fn judge<L: Lanes>(&mut self, sweep: &Sweep<L>) -> u64 {
        let mut judged_alone = 0;
        for group in 0..sweep.plan.groups.len() {
            let first = group * L::COUNT;
            let owner = |lane: usize| self.admitted[self.owners[first + lane] as usize];
            let r = sweep.elements(|lane| *owner(lane).r.limbs());
            let judgement = sweep.judge(group, &r);
            for lane in 0..L::COUNT {
                let index = first + lane;
                if lane > 0 && self.owners[index] == self.owners[index - 1] {
                    // A spare lane: its signature has its verdict.
                    continue;
                }
                let admitted = owner(lane);
                let certain = if sweep.alone[index] { None } else { judgement.of(lane, &admitted.r) };
                let key = self.items[admitted.item as usize].key;
                judged_alone += u64::from(certain.is_none());
                self.verdicts[admitted.item as usize] =
                    certain.map_or_else(|| admitted.verify_alone(key), Verdict::of);
            }
        }
        judged_alone
    }
}

impl Judgement {
    /// Whether a lane's signature is valid. `None` if that takes a closer look: both last points are the same, or r + n is
    /// an x coordinate too.
    #[inline(always)]
    fn of(&self, lane: usize, r: &Scalar) -> Option<bool> {
        let (equal, vertical) = (self.equal >> lane & 1 == 1, self.vertical >> lane & 1 == 1);
        let other_candidate = !equal && single::plus_order(r).is_some();
        (!vertical && !other_candidate).then_some(equal)
    }
}
