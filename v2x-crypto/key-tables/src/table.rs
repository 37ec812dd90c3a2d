//! One idea of a key's table for all curves.

use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_curve_batch as curve_batch;
use v2x_crypto_p256_batch::{self as p256_batch, Kernel, TableSize};

/// The table of one key.
pub(crate) enum Table {
    P256(p256_batch::KeyTable),
    /// Of P-384 or a brainpool curve.
    Other(curve_batch::KeyTable),
}

impl Table {
    /// The table of a key; P-256's is for a kernel.
    pub(crate) fn build(key: &PublicKey, size: TableSize, kernel: Kernel) -> Option<Self> {
        match key.curve() {
            Curve::NistP256 => p256_batch::KeyTable::build(key, size, kernel).map(Self::P256),
            Curve::NistP384 | Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => {
                curve_batch::KeyTable::build(key, other(size)).map(Self::Other)
            }
        }
    }

    /// Octets that a table of this size will hold.
    pub(crate) const fn bytes_of(curve: Curve, size: TableSize) -> usize {
        match curve_batch::KeyTable::bytes_of(curve, other(size)) {
            Some(bytes) => bytes,
            None => size_of::<p256_batch::KeyTable>() + size.bytes(),
        }
    }

    /// Octets that it holds.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::P256(table) => table.bytes(),
            Self::Other(table) => table.bytes(),
        }
    }

    pub(crate) const fn curve(&self) -> Curve {
        match self {
            Self::P256(_) => Curve::NistP256,
            Self::Other(table) => table.curve(),
        }
    }

    /// Its size, by the name that P-256 has for it.
    pub(crate) const fn size(&self) -> TableSize {
        match self {
            Self::P256(table) => table.size(),
            Self::Other(table) => match table.size() {
                curve_batch::TableSize::Small => TableSize::Kib13,
                curve_batch::TableSize::Medium => TableSize::Kib22,
                curve_batch::TableSize::Large => TableSize::Kib64,
                curve_batch::TableSize::Huge => TableSize::Kib416,
            },
        }
    }
}

/// The size of as many teeth on the other curves: a key of 256 bits weighs the same, one of 384 about half as much again.
const fn other(size: TableSize) -> curve_batch::TableSize {
    match size {
        TableSize::Kib13 => curve_batch::TableSize::Small,
        TableSize::Kib22 => curve_batch::TableSize::Medium,
        TableSize::Kib64 => curve_batch::TableSize::Large,
        TableSize::Kib416 => curve_batch::TableSize::Huge,
    }
}
