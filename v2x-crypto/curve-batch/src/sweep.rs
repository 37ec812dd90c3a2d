//! The additions of a whole batch, level by level, with one inversion a level (Montgomery's trick).
//!
//! A level goes through its jobs twice. Forwards it forms the denominators d (x₂ − x₁, or 2y) and their running products;
//! the last product is inverted; backwards each denominator's inverse comes out of the running inverse, and the addition is
//! finished: slope = (y₂ − y₁)/d, x₃ = slope² − x₁ − x₂, y₃ = slope·(x₁ − x₃) − y₁. Products run in [`CHAINS`] chains so that
//! none waits for the one before.
//!
//! **A denominator that is zero**, which only crafted signatures have, would make all inverses zero. So the last products
//! are looked at; if one is zero, the denominators of its chain are searched, each zero one is replaced by 1, its signature
//! is marked to be judged alone, and the products are formed again. The marked signature computes on with a meaningless
//! point and disturbs nobody.

use crate::curves::{Element, Parameters, Scalar};
use crate::plan::{Job, Plan, most_points};
use crate::point::Affine;
use crate::residue::Residue;

/// Chains of running products.
const CHAINS: usize = 4;

/// Additions that are finished together, step by step, so that the steps of one fill the waits of the other.
const BLOCK: usize = 2;

/// The points of a batch, and scratch to add them.
#[derive(Debug)]
pub(crate) struct Sweep<C: Parameters<N>, const N: usize> {
    pub(crate) plan: Plan,
    pub(crate) points: Vec<Affine<C, N>>,
    /// For each signature: met a zero denominator, and is to be judged alone.
    pub(crate) alone: Vec<bool>,
    jobs: Vec<Job>,
    denominators: Vec<Element<C, N>>,
    prefixes: Vec<Element<C, N>>,
}

/// What a level of the batch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    /// Adds the second point to the first.
    Add,
    /// Adds the second point to itself.
    Double,
}

type Chains<C, const N: usize> = [Element<C, N>; CHAINS];

impl<C: Parameters<N>, const N: usize> Sweep<C, N> {
    /// With room for so many signatures.
    pub(crate) fn new(signatures: usize) -> Self {
        let points = signatures * most_points(&C::COMBS, &C::GENERATOR_COMB);
        Self {
            plan: Plan::with_capacity(signatures),
            points: vec![Affine::GENERATOR; points],
            alone: vec![false; signatures],
            jobs: Vec::with_capacity(points / 2),
            denominators: vec![Residue::ONE; points / 2],
            prefixes: vec![Residue::ONE; points / 2],
        }
    }

    /// Adds up each signature's points to two whose sum is its R: `2·sum(column 1)`, in that column's place, and the sum of
    /// column 0.
    pub(crate) fn run(&mut self) {
        self.alone.fill(false);
        for level in 0.. {
            self.plan.level(level, &mut self.jobs);
            if self.jobs.is_empty() {
                break;
            }
            self.level(Level::Add);
        }
        for column in (1..self.plan.columns()).rev() {
            self.plan.column(column, &mut self.jobs);
            self.level(Level::Double);
            if column > 1 {
                self.level(Level::Add);
            }
        }
    }

    /// One level: `self.jobs`, forwards and backwards.
    fn level(&mut self, level: Level) {
        let mut products = [Residue::ONE; CHAINS];
        for index in 0..self.jobs.len() {
            self.denominators[index] = self.denominator(level, index);
            self.extend(&mut products, index);
        }
        let mut inverses = self.invert(products);
        let mut end = self.jobs.len();
        while !end.is_multiple_of(BLOCK) {
            end -= 1;
            self.finish::<1>(level, end, &mut inverses);
        }
        while end > 0 {
            end -= BLOCK;
            self.finish::<BLOCK>(level, end, &mut inverses);
        }
    }

    fn denominator(&self, level: Level, index: usize) -> Element<C, N> {
        let [point, with] = self.pair(index);
        match level {
            Level::Add => with.x.sub(&point.x),
            Level::Double => with.y.double(),
        }
    }

    /// The two points of a job.
    fn pair(&self, index: usize) -> [&Affine<C, N>; 2] {
        let job = self.jobs[index];
        [&self.points[job.point as usize], &self.points[job.with as usize]]
    }

    /// Keeps the chain's product before this denominator, and multiplies by it.
    fn extend(&mut self, products: &mut Chains<C, N>, index: usize) {
        let product = &mut products[index % CHAINS];
        self.prefixes[index] = *product;
        *product = product.mul(&self.denominators[index]);
    }

    /// Finishes the additions `first..first + B`, the last first.
    #[inline(always)]
    fn finish<const B: usize>(&mut self, level: Level, first: usize, inverses: &mut Chains<C, N>) {
        let mut slope: [Element<C, N>; B] = core::array::from_fn(|offset| {
            let index = first + offset;
            inverses[index % CHAINS].mul(&self.prefixes[index])
        });
        for index in first..first + B {
            let running = &mut inverses[index % CHAINS];
            *running = running.mul(&self.denominators[index]);
        }
        for (offset, slope) in slope.iter_mut().enumerate() {
            *slope = slope.mul(&self.numerator(level, first + offset));
        }
        for (offset, slope) in slope.iter().enumerate() {
            let [point, with] = self.operands(level, first + offset);
            let x = slope.square().sub(&point.x).sub(&with.x);
            let y = slope.mul(&point.x.sub(&x)).sub(&point.y);
            let target = self.target(level, first + offset);
            self.points[target] = Affine { x, y };
        }
    }

    /// The two points that are added.
    fn operands(&self, level: Level, index: usize) -> [&Affine<C, N>; 2] {
        let [point, with] = self.pair(index);
        match level {
            Level::Add => [point, with],
            Level::Double => [with, with],
        }
    }

    /// Where their sum will be.
    fn target(&self, level: Level, index: usize) -> usize {
        let job = self.jobs[index];
        match level {
            Level::Add => job.point as usize,
            Level::Double => job.with as usize,
        }
    }

    /// The slope's numerator.
    fn numerator(&self, level: Level, index: usize) -> Element<C, N> {
        let [point, with] = self.pair(index);
        match level {
            Level::Add => with.y.sub(&point.y),
            Level::Double => {
                let square = with.x.square();
                square.double().add(&square).add(&C::A)
            }
        }
    }

    /// Inverts the last product of each chain, after seeing to denominators that are zero.
    fn invert(&mut self, mut products: Chains<C, N>) -> Chains<C, N> {
        loop {
            // before[i] is the product of the chains 0..i.
            let (mut before, mut all) = (products, Residue::ONE);
            for (product, before) in products.iter().zip(&mut before) {
                *before = all;
                all = all.mul(product);
            }
            if !all.is_zero() {
                let mut inverse = all.invert();
                for (product, before) in products.iter_mut().zip(&before).rev() {
                    let inverted = inverse.mul(before);
                    inverse = inverse.mul(product);
                    *product = inverted;
                }
                return products;
            }
            products = self.replace_zeros();
        }
    }

    /// Replaces denominators that are zero by one, marks their signatures, and forms the products again.
    #[cold]
    fn replace_zeros(&mut self) -> Chains<C, N> {
        let mut products = [Residue::ONE; CHAINS];
        for index in 0..self.jobs.len() {
            if self.denominators[index].is_zero() {
                self.denominators[index] = Residue::ONE;
                self.alone[self.jobs[index].owner as usize] = true;
            }
            self.extend(&mut products, index);
        }
        products
    }

    /// Whether the sum of a signature's last two points has the x coordinate r, which needs no inversion: x is
    /// slope² − x₁ − x₂, so it is r where (r + x₁ + x₂)·(x₂ − x₁)² = (y₂ − y₁)².
    ///
    /// `None` if the points took a wrong turn or have the same x: that takes a closer look.
    pub(crate) fn sum_has_x(&self, owner: usize, r: &Scalar<C, N>) -> Option<bool> {
        let share = &self.plan.shares[owner];
        let [first, second] = [0, 1].map(|column| &self.points[share.start(column)]);
        let (dx, dy) = (second.x.sub(&first.x), second.y.sub(&first.y));
        // r is below n, and n below p.
        let r = Residue::reduced(r.limbs()).to_montgomery();
        let equal = r.add(&first.x).add(&second.x).mul(&dx.square()) == dy.square();
        (!self.alone[owner] && !dx.is_zero()).then_some(equal)
    }
}
