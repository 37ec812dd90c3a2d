//! Batched P-256 ECDSA verification with a table for each key, and a verdict for each signature.
//!
//! A station hears the same keys ten times a second for minutes, so a table of multiples of each key pays: with it a
//! signature is a sum of some fifty points of tables, and no doubling to speak of. A batch adds the points of all its
//! signatures level by level in affine coordinates, which is the cheapest addition there is when its one inversion is shared by
//! the whole batch.
//!
//! - A [`KeyTable`] is built once for a key, for a [`Kernel`], in the [`TableSize`] that its use is worth. It never changes:
//!   threads share it behind an `Arc`.
//! - A [`BatchVerifier`] has the scratch of one thread. It takes [`Item`]s, of any mixture of keys and table sizes, and
//!   gives a [`Verdict`] for each. It allocates nothing once it exists.
//! - Every verdict is exact, whatever the other signatures of the batch are. A signature that was crafted to make a
//!   denominator vanish is judged alone, by formulas that know every case; the others do not notice.
//!   [`BatchVerifier::judged_alone`] counts them.
//! - What it verifies is public, so its time depends on the values. **Nothing here may touch a private key.**
//!
//! The crate does no I/O and starts no threads. It keeps one thing for the process: the generator's table for each kernel in
//! use ([`GeneratorTable::shared`]).
//!
//! ```
//! use v2x_crypto::{Curve, PublicKey, sha256};
//! use v2x_crypto_p256_batch::{BatchVerifier, Item, KeyTable, Kernel, TableSize, Verdict};
//!
//! # fn demo(key: &PublicKey, r: [u8; 32], s: [u8; 32]) -> Option<()> {
//! let kernel = Kernel::detect();
//! let table = KeyTable::build(key, TableSize::Kib64, kernel)?;
//! let mut verifier = BatchVerifier::new(kernel, 128);
//! let digest = sha256(b"message").as_slice().try_into().ok()?;
//! let verdicts = verifier.verify(&[Item { key: &table, digest, r, s }]);
//! assert_eq!(verdicts, [Verdict::Invalid]);
//! # Some(())
//! # }
//! ```
//!
//! # From the outside in
//! `batch` brings signatures into groups of one vector and turns scalars into entries of tables (`comb`, `table`); `plan` says
//! which points are added to which; `sweep` adds them with one inversion a level; `lanes` is the arithmetic that the kernels
//! provide; `single` is the way without shortcuts, on `point`. Below lie `field` and `scalar`, the arithmetic modulo p and n,
//! `inverse` and `limbs`.
//!
//! # Unsafe code
//! There are three reasons for it: SIMD intrinsics and assembly, table entries that are kept as addresses while a batch runs,
//! and tables that share large pages. Each place names its own.

mod batch;
mod comb;
#[cfg(test)]
mod crafted;
mod field;
mod inverse;
mod kernel;
mod lanes;
mod limbs;
mod pages;
mod plan;
mod point;
mod prefetch;
mod scalar;
mod single;
mod sweep;
mod table;

pub use crate::batch::{BatchVerifier, Item, Verdict};
pub use crate::kernel::Kernel;
pub use crate::prefetch::prefetch;
pub use crate::table::{GeneratorTable, KeyTable, TableSize};
