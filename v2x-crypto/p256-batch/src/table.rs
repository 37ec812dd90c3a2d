//! Tables of multiples: one for the generator, shared by all, and one for each key that is worth it.

use std::sync::OnceLock;

use v2x_crypto::{Curve, PublicKey};

use crate::comb::Comb;
use crate::field::Fp;
use crate::kernel::Kernel;
use crate::limbs::{self, Limbs};
use crate::pages::Block;
use crate::point::{Affine, Point};

/// How large a key's table is, and so how fast its signatures are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableSize {
    /// 13 KiB: 52 additions of points a signature for the key.
    Kib13,
    /// 22 KiB: 44 additions.
    Kib22,
    /// 64 KiB: 32 additions.
    Kib64,
    /// 416 KiB: 26 additions, and fewer doublings.
    Kib416,
}

impl TableSize {
    /// All sizes, smallest first.
    pub const ALL: [Self; 4] = [Self::Kib13, Self::Kib22, Self::Kib64, Self::Kib416];

    /// Octets that a table of this size holds.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.comb().len() * size_of::<Entry>()
    }

    pub(crate) const fn comb(self) -> Comb {
        const COMBS: [Comb; 4] =
            [Comb::new(5, 13, 4), Comb::new(6, 11, 4), Comb::new(8, 8, 4), Comb::new(10, 13, 2)];
        COMBS[self as usize]
    }
}

/// 16 teeth in four tables: 8 MiB, and 16 additions a signature. Miri, which would take hours to build that, gets a small one.
pub(crate) const GENERATOR_COMB: Comb = if cfg!(miri) { Comb::new(6, 11, 4) } else { Comb::new(16, 4, 4) };

/// A point of a table in one line of the cache: coordinates below p in the kernel's Montgomery form.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Entry {
    pub(crate) x: Limbs,
    pub(crate) y: Limbs,
}

/// The entries of a comb for one point, in the form of one kernel.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) comb: Comb,
    pub(crate) entries: Block<Entry>,
}

impl Table {
    /// `None` only if an intermediate sum is infinity or two points that are added are equal, which the comb's measures
    /// decide alone: every point has order n, and the tests build every comb.
    fn build(point: &Affine, comb: Comb, kernel: Kernel) -> Option<Self> {
        let points = combinations(point, &comb)?;
        let factor = kernel.domain().from_portable;
        let kept =
            |value: &Fp| *if kernel.domain().is_portable() { *value } else { value.mul(&factor) }.kept();
        let entries = points.iter().map(|point| Entry { x: kept(&point.x), y: kept(&point.y) });
        Some(Self { comb, entries: Block::new(entries) })
    }

    /// An entry as a point, negated if selected so.
    pub(crate) fn point(&self, table: usize, digit: u16, kernel: Kernel) -> Affine {
        let selection = self.comb.select(table, digit);
        let entry = &self.entries[selection.index];
        let factor = kernel.domain().to_portable;
        let point = Affine { x: Fp::from_kept(entry.x).mul(&factor), y: Fp::from_kept(entry.y).mul(&factor) };
        if selection.negative { point.negate() } else { point }
    }
}

/// All entries of a comb: those of the first table, then of the second…
///
/// The entry with all digits but the top one at −1 comes first; setting digit t adds 2·2^(spacing·t + …)·P, so that each
/// tooth doubles the number of entries, with one inversion for all tables together.
fn combinations(point: &Affine, comb: &Comb) -> Option<Vec<Affine>> {
    let (bases, doubled) = bases(point, comb)?;
    let base = |tooth: usize, table: usize| tooth * comb.tables + table;
    let starts: Vec<Point> = (0..comb.tables)
        .map(|table| {
            let top = Point::from(bases[base(comb.teeth - 1, table)]);
            (0..comb.teeth - 1).fold(top, |sum, tooth| sum.add(&bases[base(tooth, table)].negate()))
        })
        .collect();
    let mut entries = vec![*point; comb.len()];
    for (table, start) in Point::normalize(&starts)?.into_iter().enumerate() {
        entries[table * comb.table_len()] = start;
    }
    let mut prefixes = Vec::with_capacity(comb.len() / 2);
    for tooth in 0..comb.teeth - 1 {
        let step: Vec<Affine> = (0..comb.tables).map(|table| doubled[base(tooth, table)]).collect();
        set_digit(&mut entries, comb, 1 << tooth, &step, &mut prefixes)?;
    }
    Some(entries)
}

/// 2^(spacing·tooth + columns·table)·P for each tooth and table, and twice as much.
fn bases(point: &Affine, comb: &Comb) -> Option<(Vec<Affine>, Vec<Affine>)> {
    let mut power = Point::from(*point);
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for _ in 0..comb.teeth * comb.tables {
        once.push(power);
        power = power.double();
        twice.push(power);
        (1..comb.columns).for_each(|_| power = power.double());
    }
    Some((Point::normalize(&once)?, Point::normalize(&twice)?))
}

/// Entries `done..2·done` of each table: entries `0..done` plus the table's step, with one inversion for all.
fn set_digit(
    entries: &mut [Affine],
    comb: &Comb,
    done: usize,
    steps: &[Affine],
    prefixes: &mut Vec<Fp>,
) -> Option<()> {
    let pairs = || (0..comb.tables).flat_map(|table| (0..done).map(move |index| (table, index)));
    let place = |table: usize, index: usize| table * comb.table_len() + index;
    let mut product = Fp::ONE;
    prefixes.clear();
    for (table, index) in pairs() {
        prefixes.push(product);
        product = product.mul(&steps[table].x.sub(&entries[place(table, index)].x));
    }
    if product.is_zero() {
        return None;
    }
    let mut inverse = product.invert();
    for ((table, index), prefix) in pairs().zip(prefixes.iter()).collect::<Vec<_>>().into_iter().rev() {
        let (from, step) = (entries[place(table, index)], steps[table]);
        let difference = step.x.sub(&from.x);
        let slope = step.y.sub(&from.y).mul(&inverse.mul(prefix));
        inverse = inverse.mul(&difference);
        let x = slope.square().sub(&from.x).sub(&step.x);
        let y = slope.mul(&from.x.sub(&x)).sub(&from.y);
        entries[place(table, done + index)] = Affine { x, y };
    }
    Some(())
}

/// The table of the generator in the form of one kernel. It takes 8 MiB and some tens of milliseconds to make, once a process.
#[derive(Debug)]
pub struct GeneratorTable {
    pub(crate) table: Table,
}

impl GeneratorTable {
    /// The table for a kernel: made at the first call, the same one ever after.
    ///
    /// A program that does not want its first signature to wait calls this when it starts.
    #[must_use]
    pub fn shared(kernel: Kernel) -> &'static Self {
        static TABLES: [OnceLock<GeneratorTable>; Kernel::COUNT] = [const { OnceLock::new() }; Kernel::COUNT];
        TABLES[kernel as usize].get_or_init(|| {
            let table = Table::build(&Affine::GENERATOR, GENERATOR_COMB, kernel);
            Self { table: table.expect("depends on constants alone, and the tests build it") }
        })
    }

    /// Octets that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of_val::<[Entry]>(&self.table.entries)
    }
}

/// The table of one key, for one kernel. Immutable, so that threads share it behind an `Arc`.
#[derive(Debug)]
pub struct KeyTable {
    pub(crate) table: Table,
    pub(crate) kernel: Kernel,
    size: TableSize,
}

impl KeyTable {
    /// The table of a key. It takes as long as some verifications one at a time: worth it for a key that is seen again.
    ///
    /// `None` if the key is not one of P-256.
    #[must_use]
    pub fn build(key: &PublicKey, size: TableSize, kernel: Kernel) -> Option<Self> {
        let octets = |coordinate: &[u8]| coordinate.try_into().ok().map(|octets| limbs::from_octets(&octets));
        let on_p256 = key.curve() == Curve::NistP256;
        let point = on_p256.then(|| Affine::new(&octets(key.x())?, &octets(key.y())?)).flatten()?;
        let table = Table::build(&point, size.comb(), kernel)?;
        Some(Self { table, kernel, size })
    }

    /// Its size.
    #[must_use]
    pub const fn size(&self) -> TableSize {
        self.size
    }

    /// The kernel that it was built for.
    #[must_use]
    pub const fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// Octets that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val::<[Entry]>(&self.table.entries)
    }
}
