//! Batched ECDSA verification on P-384, brainpoolP256r1 and brainpoolP384r1 with a table for each key, and a verdict for each
//! signature.
//!
//! What `v2x-crypto-p256-batch` does for P-256, in portable code for any curve of 256 or 384 bits: a station hears the same
//! keys ten times a second for minutes, so a table of multiples of each key pays. With it a signature is a sum of some
//! sixty points of tables, and no doubling to speak of; a batch adds the points of all its signatures level by level in
//! affine coordinates, which is the cheapest addition there is when its one inversion is shared by the whole batch.
//!
//! - A [`KeyTable`] is built once for a key, in the [`TableSize`] that its use is worth. It never changes: threads share it
//!   behind an `Arc`.
//! - A [`BatchVerifier`] has the scratch of one thread. It takes [`Item`]s, of any mixture of curves, keys and table sizes,
//!   and gives a [`Verdict`] for each.
//! - Every verdict is exact, whatever the other signatures of the batch are. A signature that was crafted to make a
//!   denominator vanish is judged alone, by formulas that know every case; the others do not notice.
//!   [`BatchVerifier::judged_alone`] counts them.
//! - What it verifies is public, so its time depends on the values. **Nothing here may touch a private key.**
//!
//! The crate does no I/O and starts no threads. It keeps one thing for the process: the generator's table of each curve in
//! use.
//!
//! ```
//! use v2x_crypto::{PublicKey, sha384};
//! use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize, Verdict};
//!
//! # fn demo(key: &PublicKey, r: &[u8; 48], s: &[u8; 48]) -> Option<()> {
//! let table = KeyTable::build(key, TableSize::Large)?;
//! let mut verifier = BatchVerifier::new(64);
//! let verdicts = verifier.verify(&[Item { key: &table, digest: &sha384(b"message"), r, s }]);
//! assert_eq!(verdicts, [Verdict::Invalid]);
//! # Some(())
//! # }
//! ```
//!
//! # From the outside in
//! `verifier` hands each curve's signatures to that curve's `engine`, which turns scalars into points of tables (`comb`,
//! `table`); `plan` says which points are added to which; `sweep` adds them with one inversion a level; `single` is the way
//! without shortcuts, on `point`. Below lie the `curves`, `residue`, the arithmetic modulo p and n, `inverse` and `limbs`.

#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "loops over limbs and digits index arrays of fixed length, or scratch whose length the same module sets; no \
              index comes from outside octets; and the same index runs over several arrays at once"
)]

mod comb;
#[cfg(test)]
mod crafted;
mod curves;
mod engine;
mod inverse;
mod limbs;
mod plan;
mod point;
mod residue;
mod single;
mod sweep;
mod table;
mod verifier;

// For what the tests of this crate share with those beside it.
#[cfg(test)]
extern crate self as v2x_crypto_curve_batch;

pub use crate::table::{KeyTable, TableSize};
pub use crate::verifier::{BatchVerifier, Item, Verdict};
