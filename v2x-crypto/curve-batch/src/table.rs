//! Tables of multiples: one for the generator of each curve, shared by all, and one for each key that is worth it.

use v2x_crypto::{Curve, PublicKey};

use crate::comb::{Comb, MAX_SPACING};
use crate::curves::{BrainpoolP256r1, BrainpoolP384r1, Element, NistP384, Parameters, Scalar};
use crate::limbs;
use crate::point::{Affine, Point};
use crate::residue::Residue;

/// How large a key's table is, and so how fast its signatures are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TableSize {
    /// 13 KiB and 52 points a signature for a key of 256 bits; 20 KiB and 78 points for one of 384.
    Small,
    /// 22 KiB and 44 points; 33 KiB and 66 points.
    Medium,
    /// 64 KiB and 32 points; 96 KiB and 48 points.
    Large,
    /// 416 KiB and 26 points; 624 KiB and 39 points.
    Huge,
}

impl TableSize {
    /// All sizes, smallest first.
    pub const ALL: [Self; 4] = [Self::Small, Self::Medium, Self::Large, Self::Huge];
}

/// The entries of a comb for one point.
#[derive(Debug)]
pub(crate) struct Table<C: Parameters<N>, const N: usize> {
    pub(crate) comb: Comb,
    entries: Vec<Affine<C, N>>,
    /// What turns a scalar into digits of the comb.
    offset: Scalar<C, N>,
}

impl<C: Parameters<N>, const N: usize> Table<C, N> {
    /// `None` only if an intermediate sum is infinity or two points that are added are equal, which the comb's measures
    /// decide alone: every point has order n, and the tests build every comb.
    fn build(point: &Affine<C, N>, comb: Comb) -> Option<Self> {
        Some(Self { comb, entries: combinations(point, &comb)?, offset: comb.offset() })
    }

    /// The table of the generator: made at the first call, the same one ever after.
    pub(crate) fn of_generator() -> &'static Self {
        C::generator_table().get_or_init(|| {
            let table = Self::build(&Affine::GENERATOR, C::GENERATOR_COMB);
            table.expect("depends on constants alone, and the tests build it")
        })
    }

    /// The table of a key; `None` if it is not on this curve.
    fn of_key(key: &PublicKey, size: TableSize) -> Option<Self> {
        let point = Affine::new(&limbs::from_octets(key.x())?, &limbs::from_octets(key.y())?)?;
        let _ = Self::of_generator();
        Self::build(&point, C::COMBS[size as usize])
    }

    /// The digits of a scalar in this table's comb.
    pub(crate) fn digits(&self, scalar: &Scalar<C, N>) -> [u16; MAX_SPACING] {
        self.comb.digits(scalar, &self.offset)
    }

    /// The point that a digit of table `table` selects.
    #[inline(always)]
    pub(crate) fn point(&self, table: usize, digit: u16) -> Affine<C, N> {
        let selection = self.comb.select(table, digit);
        self.entries[selection.index].negated_if(selection.negative)
    }

    fn bytes(&self) -> usize {
        size_of_val(self.entries.as_slice())
    }
}

/// All entries of a comb: those of the first table, then of the second…
///
/// The entry with all digits but the top one at −1 comes first; setting digit t adds 2·2^(spacing·t + …)·P, so that each
/// tooth doubles the number of entries, with one inversion for all tables together.
fn combinations<C: Parameters<N>, const N: usize>(
    point: &Affine<C, N>,
    comb: &Comb,
) -> Option<Vec<Affine<C, N>>> {
    let (bases, doubled) = bases(point, comb)?;
    let base = |tooth: usize, table: usize| tooth * comb.tables + table;
    let starts: Vec<Point<C, N>> = (0..comb.tables)
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
        let steps = &doubled[base(tooth, 0)..base(tooth + 1, 0)];
        set_digit(&mut entries, comb, 1 << tooth, steps, &mut prefixes)?;
    }
    Some(entries)
}

/// 2^(spacing·tooth + columns·table)·P for each tooth and table, and twice as much.
type Bases<C, const N: usize> = (Vec<Affine<C, N>>, Vec<Affine<C, N>>);

fn bases<C: Parameters<N>, const N: usize>(point: &Affine<C, N>, comb: &Comb) -> Option<Bases<C, N>> {
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
fn set_digit<C: Parameters<N>, const N: usize>(
    entries: &mut [Affine<C, N>],
    comb: &Comb,
    done: usize,
    steps: &[Affine<C, N>],
    prefixes: &mut Vec<Element<C, N>>,
) -> Option<()> {
    let mut product = Residue::ONE;
    prefixes.clear();
    for (table, step) in entries.chunks(comb.table_len()).zip(steps) {
        for from in &table[..done] {
            prefixes.push(product);
            product = product.mul(&step.x.sub(&from.x));
        }
    }
    if product.is_zero() {
        return None;
    }
    let mut inverse = product.invert();
    for (table, step) in entries.chunks_mut(comb.table_len()).zip(steps).rev() {
        for index in (0..done).rev() {
            let (from, prefix) = (table[index], prefixes.pop()?);
            let difference = step.x.sub(&from.x);
            let slope = step.y.sub(&from.y).mul(&inverse.mul(&prefix));
            inverse = inverse.mul(&difference);
            let x = slope.square().sub(&from.x).sub(&step.x);
            let y = slope.mul(&from.x.sub(&x)).sub(&from.y);
            table[done + index] = Affine { x, y };
        }
    }
    Some(())
}

/// The table of one key. Immutable, so that threads share it behind an `Arc`.
#[derive(Debug)]
pub struct KeyTable {
    kind: Kind,
    size: TableSize,
}

/// A table by the curve of its key.
#[derive(Debug)]
pub(crate) enum Kind {
    NistP384(Table<NistP384, 6>),
    BrainpoolP256r1(Table<BrainpoolP256r1, 4>),
    BrainpoolP384r1(Table<BrainpoolP384r1, 6>),
}

impl KeyTable {
    /// The table of a key. It takes as long as some verifications: worth it for a key that is seen again. The first table
    /// of a curve has the generator's made too, some megabytes and tens of milliseconds, once a process.
    ///
    /// `None` if the key is on another curve than P-384 and the two brainpool curves.
    #[must_use]
    pub fn build(key: &PublicKey, size: TableSize) -> Option<Self> {
        let kind = match key.curve() {
            Curve::NistP256 => return None,
            Curve::NistP384 => Kind::NistP384(Table::of_key(key, size)?),
            Curve::BrainpoolP256r1 => Kind::BrainpoolP256r1(Table::of_key(key, size)?),
            Curve::BrainpoolP384r1 => Kind::BrainpoolP384r1(Table::of_key(key, size)?),
        };
        Some(Self { kind, size })
    }

    /// Octets that a table of this size holds; `None` for a curve of which there are no tables.
    #[must_use]
    pub const fn bytes_of(curve: Curve, size: TableSize) -> Option<usize> {
        const fn of<C: Parameters<N>, const N: usize>(size: TableSize) -> usize {
            size_of::<KeyTable>() + C::COMBS[size as usize].len() * size_of::<Affine<C, N>>()
        }
        match curve {
            Curve::NistP256 => None,
            Curve::NistP384 => Some(of::<NistP384, 6>(size)),
            Curve::BrainpoolP256r1 => Some(of::<BrainpoolP256r1, 4>(size)),
            Curve::BrainpoolP384r1 => Some(of::<BrainpoolP384r1, 6>(size)),
        }
    }

    /// The curve of its key.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match &self.kind {
            Kind::NistP384(_) => Curve::NistP384,
            Kind::BrainpoolP256r1(_) => Curve::BrainpoolP256r1,
            Kind::BrainpoolP384r1(_) => Curve::BrainpoolP384r1,
        }
    }

    /// Its size.
    #[must_use]
    pub const fn size(&self) -> TableSize {
        self.size
    }

    /// Octets that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let entries = match &self.kind {
            Kind::NistP384(table) => table.bytes(),
            Kind::BrainpoolP256r1(table) => table.bytes(),
            Kind::BrainpoolP384r1(table) => table.bytes(),
        };
        size_of::<Self>() + entries
    }

    pub(crate) const fn kind(&self) -> &Kind {
        &self.kind
    }
}
