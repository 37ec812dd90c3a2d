//! What the tables may cost.

use v2x_crypto_p256_batch::{Kernel, TableSize};

/// From how many uses on a key gets a table of which size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Signatures of this key that were verified.
    pub uses: u32,
    /// The size of its table from then on, by its weight on P-256; keys of 384 bits weigh about half as much again.
    pub size: TableSize,
}

/// Who builds tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Building {
    /// A thread of its own: no message waits for a table.
    Background,
    /// Whoever uses the key for the n-th time: for measurements and tests that need the same run twice.
    AtOnce,
}

/// What the tables may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Octets that all tables of keys together may take. The tables of the generators, 5 to 8 MiB for each curve in use, once a
    /// process, are not counted.
    pub budget_octets: usize,
    /// Sizes by use, fewest uses first.
    pub steps: [Step; 2],
    /// How the field of P-256 is computed.
    pub kernel: Kernel,
    /// Most signatures in one pass of a batch: 64 to 256 is right.
    pub batch: usize,
    /// Who builds tables.
    pub building: Building,
}

impl Config {
    /// 2,000 stations, which is more than one channel carries, with tables of 64 KiB.
    pub const BUDGET_OCTETS: usize = 128 << 20;

    /// For this machine: the fastest kernel that it has, a small table for a key that is heard again, a large one for a
    /// key that stays for seconds, tables built in the background.
    #[must_use]
    pub fn detect() -> Self {
        Self {
            budget_octets: Self::BUDGET_OCTETS,
            // A CAM comes one to ten times a second: the second use says that the station stays within hearing, the
            // twentieth that it has been there for seconds.
            steps: [Step { uses: 2, size: TableSize::Kib22 }, Step { uses: 20, size: TableSize::Kib64 }],
            kernel: Kernel::detect(),
            batch: 128,
            building: Building::Background,
        }
    }

    /// The size that a key deserves after so many uses.
    pub(crate) fn size_after(&self, uses: u32) -> Option<TableSize> {
        self.steps.iter().filter(|step| uses >= step.uses).map(|step| step.size).next_back()
    }
}
