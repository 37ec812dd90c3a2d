//! The additions of a whole batch, level by level, with one inversion a level (Montgomery's trick).
//!
//! A level goes through its jobs twice. Forwards it forms the denominators d (x₂ − x₁, or 2y) and their running products;
//! the last product is inverted; backwards each denominator's inverse comes out of the running inverse, and the addition is
//! finished: slope = (y₂ − y₁)/d, x₃ = slope² − 2x₁ − d, which is slope² − x₁ − x₂, and y₃ = slope·(x₁ − x₃) − y₁. Products run
//! in [`CHAINS`] chains so that none waits for the one before.
//!
//! **A denominator that is zero**, which only crafted signatures have, would make all of a lane's inverses zero. So the last
//! products are looked at; if one is zero, the denominators of that lane and chain are searched, each zero one is
//! replaced by 1, its signature is marked to be judged alone, and the products are formed again. The marked lane computes
//! on with a meaningless point, in the same ranges as any other, and disturbs nobody.

use crate::field::Fp;
use crate::kernel::{Domain, Kernel};
use crate::lanes::{Lanes, Selected};
use crate::limbs::Limbs;
use crate::pages;
use crate::plan::{Job, Limits, Plan};

/// Chains of running products.
const CHAINS: usize = 4;

/// Additions that are finished together, step by step, so that the steps of one fill the waits of the other.
const BLOCK: usize = 2;

/// Lanes that a kernel has at most.
const MAX_LANES: usize = 8;

/// How far ahead entries are asked for, in jobs.
const PREFETCH: usize = 6;

/// The scratch of a batch, and the lanes that work on it.
#[derive(Debug)]
pub(crate) struct Sweep<L: Lanes> {
    lanes: L,
    domain: &'static Domain,
    pub(crate) plan: Plan,
    /// One entry for each lane, for each entry of the plan.
    pub(crate) selected: Vec<Selected>,
    /// For each group and lane: met a zero denominator, and is to be judged alone.
    pub(crate) alone: Vec<bool>,
    jobs: Vec<Job>,
    /// What the plan's slots hold.
    slots: Vec<Slot<L::Packed>>,
    /// What each job of a level leaves on the way forwards.
    steps: Vec<Step<L::Packed>>,
    zero: L::Packed,
    /// Of each addition of a block, the first x less the sum's.
    across: [L::Packed; BLOCK],
    /// What [`Lanes::mul`] makes elements of integers with.
    from_integer: L::Wide,
}

/// A point. Its coordinates lie side by side, and so do the parts of a step: in arrays of their own, those of one index would
/// have addresses that differ by whole pages, and a load would wait for an earlier store that only looks like its own.
#[derive(Clone, Copy, Debug)]
struct Slot<P> {
    x: P,
    y: P,
}

/// An addition's denominator, and the product of its chain up to and with it.
#[derive(Clone, Copy, Debug)]
struct Step<P> {
    denominator: P,
    product: P,
}

/// What a level of the batch adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Pairs of entries.
    Entries,
    /// Pairs of slots.
    Slots,
    /// The second slot to itself.
    Double,
}

impl<L: Lanes> Sweep<L> {
    pub(crate) fn new(lanes: L, kernel: Kernel, signatures: usize) -> Self {
        let limits = Limits::new(signatures, L::COUNT);
        let (domain, zero) = (kernel.domain(), filled(lanes, &Fp::ZERO));
        Self {
            lanes,
            domain,
            plan: Plan::with_limits(&limits),
            selected: vec![Selected::NONE; limits.entries * L::COUNT],
            alone: vec![false; limits.groups * L::COUNT],
            jobs: Vec::with_capacity(limits.jobs),
            slots: pages::filled(Slot { x: zero, y: zero }, limits.slots),
            steps: pages::filled(Step { denominator: zero, product: zero }, limits.jobs),
            zero,
            across: [zero; BLOCK],
            from_integer: lanes.unpack(&filled(lanes, &domain.from_integer)),
        }
    }

    /// Adds up each group's entries to two points whose sum is the signature's R: `2·sum(column 1)`, in that column's slot,
    /// and the sum of column 0.
    ///
    /// # Safety
    /// Every selected entry of the plan's groups lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    pub(crate) unsafe fn run(&mut self) {
        self.alone[..self.plan.groups.len() * L::COUNT].fill(false);
        // SAFETY: the caller's promise, in both calls.
        unsafe {
            self.plan.entry_jobs(&mut self.jobs);
            self.level(Level::Entries);
            self.copy_lone_entries();
        }
        for level in 0.. {
            self.plan.slot_jobs(level, &mut self.jobs);
            if self.jobs.is_empty() {
                break;
            }
            // SAFETY: no entries are read in this level, nor in those below.
            unsafe { self.level(Level::Slots) };
        }
        for column in (1..self.plan.columns()).rev() {
            self.plan.column_jobs(column, &mut self.jobs);
            // SAFETY: as above.
            unsafe { self.level(Level::Double) };
            if column > 1 {
                // SAFETY: as above.
                unsafe { self.level(Level::Slots) };
            }
        }
    }

    /// One level: `self.jobs`, forwards and backwards.
    ///
    /// # Safety
    /// In [`Level::Entries`], every selected entry lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn level(&mut self, level: Level) {
        let count = self.jobs.len();
        let mut products = [self.lanes.one(); CHAINS];
        for index in 0..count {
            // SAFETY: the caller's promise.
            unsafe { self.forward(level, index, &mut products[index % CHAINS]) };
        }
        let mut inverses = self.invert(products);
        let mut slopes = [self.lanes.one(); BLOCK];
        let mut end = count;
        while !end.is_multiple_of(BLOCK) {
            end -= 1;
            // SAFETY: the caller's promise, here and below.
            unsafe { self.finish::<1>(level, end, &mut inverses, &mut slopes) };
        }
        while end > 0 {
            end -= BLOCK;
            // SAFETY: as above.
            unsafe { self.finish::<BLOCK>(level, end, &mut inverses, &mut slopes) };
        }
    }

    /// Forms an addition's denominator and the product of its chain. Of entries it keeps the first x where the sum's will be.
    ///
    /// # Safety
    /// In [`Level::Entries`], every selected entry lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn forward(&mut self, level: Level, index: usize, product: &mut L::Wide) {
        let (job, lanes) = (self.jobs[index], self.lanes);
        let (slot, with) = (job.slot as usize, job.with as usize);
        match level {
            Level::Entries => {
                self.prefetch(index + PREFETCH);
                // SAFETY: the caller's promise.
                let (x1, x2) =
                    unsafe { (lanes.load_x(self.entry(with)), lanes.load_x(self.entry(with + 1))) };
                self.slots[slot].x = x1;
                self.steps[index].denominator = lanes.sub(&x2, &x1);
            }
            Level::Slots => {
                let Step { denominator, product: after } = &mut self.steps[index];
                let x = [&self.slots[slot].x, &self.slots[with].x];
                return lanes.forward_difference(product, after, denominator, x);
            }
            Level::Double => self.steps[index].denominator = lanes.double(&self.slots[with].y),
        }
        self.extend(product, index);
    }

    /// Multiplies a chain's product by a denominator.
    #[inline(always)]
    fn extend(&mut self, product: &mut L::Wide, index: usize) {
        let Step { denominator, product: after } = &mut self.steps[index];
        self.lanes.forward(product, after, denominator);
    }

    #[inline(always)]
    fn entry(&self, index: usize) -> &[Selected] {
        &self.selected[index * L::COUNT..(index + 1) * L::COUNT]
    }

    #[inline(always)]
    fn prefetch(&self, index: usize) {
        if let Some(job) = self.jobs.get(index) {
            let entries = &self.selected[job.with as usize * L::COUNT..(job.with as usize + 2) * L::COUNT];
            entries.iter().for_each(|entry| entry.prefetch());
        }
    }

    /// Finishes the additions `first..first + N`, the last first.
    ///
    /// # Safety
    /// In [`Level::Entries`], every selected entry lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn finish<const N: usize>(
        &mut self,
        level: Level,
        first: usize,
        inverses: &mut [L::Wide; CHAINS],
        slope: &mut [L::Wide; BLOCK],
    ) {
        // Loops, not closures: what the compiler does not inline would lose the kernel's instructions.
        let lanes = self.lanes;
        for offset in (0..N).rev() {
            let index = first + offset;
            let running = &mut inverses[index % CHAINS];
            // The inverse of d is that of the product, times the product before it.
            if index < CHAINS {
                slope[offset] = *running;
            } else {
                lanes.mul_into(&mut slope[offset], running, &self.steps[index - CHAINS].product);
                lanes.mul_by(running, &self.steps[index].denominator);
            }
        }
        for offset in (0..N).rev() {
            // SAFETY: the caller's promise.
            unsafe { self.slope(level, first + offset, &mut slope[offset]) };
        }
        for offset in (0..N).rev() {
            // Of a doubling both points are one: x₂ − x₁ is zero.
            let step = &self.steps[first + offset];
            let d = if level == Level::Double { &self.zero } else { &step.denominator };
            let target = self.target(level, first + offset);
            lanes.abscissa(&mut self.slots[target].x, &mut self.across[offset], &slope[offset], d);
        }
        for offset in (0..N).rev() {
            let target = self.target(level, first + offset);
            lanes.ordinate(&mut self.slots[target].y, &slope[offset], &self.across[offset]);
        }
    }

    /// Where an addition's first point is, and its sum will be.
    #[inline(always)]
    fn target(&self, level: Level, index: usize) -> usize {
        let job = &self.jobs[index];
        match level {
            Level::Entries | Level::Slots => job.slot as usize,
            Level::Double => job.with as usize,
        }
    }

    /// Makes an addition's slope of its denominator's inverse. Of entries it keeps the first y where the sum's will be.
    ///
    /// # Safety
    /// In [`Level::Entries`], every selected entry lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn slope(&mut self, level: Level, index: usize, inverse: &mut L::Wide) {
        let (job, lanes) = (self.jobs[index], self.lanes);
        let (slot, with) = (job.slot as usize, job.with as usize);
        match level {
            Level::Entries => {
                self.prefetch(index.wrapping_sub(PREFETCH));
                // SAFETY: the caller's promise.
                let y2 = unsafe {
                    self.slots[slot].y = lanes.load_y(self.entry(with));
                    lanes.load_y(self.entry(with + 1))
                };
                lanes.slope(inverse, [&self.slots[slot].y, &y2]);
            }
            Level::Slots => lanes.slope(inverse, [&self.slots[slot].y, &self.slots[with].y]),
            Level::Double => lanes.mul_by(inverse, &lanes.tangent(&self.slots[with].x)),
        }
    }

    /// Inverts the last product of each chain, after seeing to denominators that are zero.
    #[inline(always)]
    fn invert(&mut self, mut products: [L::Wide; CHAINS]) -> [L::Wide; CHAINS] {
        let lanes = self.lanes;
        loop {
            // before[i] is the product of the chains 0..i.
            let mut before = products;
            let mut all = products[0];
            for chain in 1..CHAINS {
                before[chain] = all;
                all = lanes.mul(&all, &lanes.pack(&products[chain]));
            }
            if let Some(mut inverse) = invert_lanes(lanes, self.domain, &lanes.pack(&all)) {
                let mut inverses = products;
                for chain in (1..CHAINS).rev() {
                    inverses[chain] = lanes.mul(&inverse, &lanes.pack(&before[chain]));
                    inverse = lanes.mul(&inverse, &lanes.pack(&products[chain]));
                }
                inverses[0] = inverse;
                return inverses;
            }
            products = self.replace_zeros(&products);
        }
    }

    /// Replaces denominators that are zero by one, marks their signatures, and forms the products again.
    #[inline(always)]
    fn replace_zeros(&mut self, products: &[L::Wide; CHAINS]) -> [L::Wide; CHAINS] {
        let lanes = self.lanes;
        let one = lanes.lane(&lanes.pack(&lanes.one()), 0);
        for (chain, product) in products.iter().enumerate() {
            let product = lanes.pack(product);
            for lane in 0..L::COUNT {
                if !lanes.lane(&product, lane).is_zero() {
                    continue;
                }
                for index in (chain..self.jobs.len()).step_by(CHAINS) {
                    let denominator = &mut self.steps[index].denominator;
                    if lanes.lane(denominator, lane).is_zero() {
                        lanes.set(denominator, lane, &one);
                        self.alone[self.jobs[index].group as usize * L::COUNT + lane] = true;
                    }
                }
            }
        }
        let mut products = [lanes.one(); CHAINS];
        for index in 0..self.jobs.len() {
            self.extend(&mut products[index % CHAINS], index);
        }
        products
    }

    /// Entries without a partner become points.
    ///
    /// # Safety
    /// Every selected entry lives.
    #[inline(always)]
    #[expect(unsafe_code, reason = "reads entries where they lie")]
    unsafe fn copy_lone_entries(&mut self) {
        self.plan.lone_entries(&mut self.jobs);
        for job in &self.jobs {
            let entry = &self.selected[job.with as usize * L::COUNT..(job.with as usize + 1) * L::COUNT];
            // SAFETY: the caller's promise.
            unsafe {
                self.slots[job.slot as usize] =
                    Slot { x: self.lanes.load_x(entry), y: self.lanes.load_y(entry) };
            }
        }
    }

    /// What the last addition of a group says, which needs no inversion: the sum's x is slope² − x₁ − x₂, so it is r where
    /// (r + x₁ + x₂)·(x₂ − x₁)² = (y₂ − y₁)².
    #[inline(always)]
    pub(crate) fn judge(&self, group: usize, r: &L::Wide) -> Judgement {
        let (lanes, group) = (self.lanes, &self.plan.groups[group]);
        let (first, second) = (&self.slots[group.sum_slot(0)], &self.slots[group.sum_slot(1)]);
        let dx = lanes.sub(&second.x, &first.x);
        let dy = lanes.sub(&second.y, &first.y);
        let equal = lanes.is_sum(r, [&first.x, &second.x], &dx, &dy);
        // Where x₂ = x₁ the equation says nothing.
        let vertical = equal & lanes.is_zero(&dx);
        Judgement { equal, vertical }
    }

    /// A vector of integers below n, as elements of the field.
    #[inline(always)]
    pub(crate) fn elements(&self, mut integer: impl FnMut(usize) -> Limbs) -> L::Wide {
        let mut packed = self.zero;
        for lane in 0..L::COUNT {
            self.lanes.set(&mut packed, lane, &Fp::from_kept(integer(lane)));
        }
        self.lanes.mul(&self.from_integer, &packed)
    }
}

/// An element in every lane.
fn filled<L: Lanes>(lanes: L, element: &Fp) -> L::Packed {
    let mut packed = lanes.pack(&lanes.one());
    (0..L::COUNT).for_each(|lane| lanes.set(&mut packed, lane, element));
    packed
}

/// What the last addition says of each lane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judgement {
    /// The equation holds.
    pub(crate) equal: u32,
    /// It holds because both points are the same one: it says nothing.
    pub(crate) vertical: u32,
}

/// The inverse of each lane by one inversion; `None` if one of them is zero.
#[inline(always)]
fn invert_lanes<L: Lanes>(lanes: L, domain: &Domain, value: &L::Packed) -> Option<L::Wide> {
    let mut elements = [Fp::ONE; MAX_LANES];
    let mut before = [Fp::ONE; MAX_LANES];
    let mut product = Fp::ONE;
    for lane in 0..L::COUNT {
        elements[lane] = lanes.lane(value, lane);
        before[lane] = product;
        product = product.mul(&elements[lane]);
    }
    if product.is_zero() {
        return None;
    }
    let mut inverse = product.invert().mul(&domain.after_inversion);
    let mut inverses = *value;
    for lane in (0..L::COUNT).rev() {
        lanes.set(&mut inverses, lane, &inverse.mul(&before[lane]));
        inverse = inverse.mul(&elements[lane]);
    }
    Some(lanes.unpack(&inverses))
}
