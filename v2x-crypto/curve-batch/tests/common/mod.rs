//! Signers, mutations and the reference that verdicts are compared with.

#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which fail by panicking"
)]

mod reference;

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto};
use v2x_crypto_curve_batch::{Item, KeyTable, TableSize, Verdict};

/// The curves of this crate.
pub(crate) const CURVES: [Curve; 3] = [Curve::NistP384, Curve::BrainpoolP256r1, Curve::BrainpoolP384r1];

/// A signature over a digest, whether it is good or not.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) signer: usize,
    pub(crate) digest: Vec<u8>,
    pub(crate) r: Vec<u8>,
    pub(crate) s: Vec<u8>,
}

impl Signed {
    pub(crate) fn item<'a>(&'a self, keys: &'a [KeyTable]) -> Item<'a> {
        Item { key: &keys[self.signer], digest: &self.digest, r: &self.r, s: &self.s }
    }

    pub(crate) fn reference(&self, signers: &[PrivateKey]) -> Verdict {
        reference::verdict(signers[self.signer].public_key(), &self.digest, &self.r, &self.s)
    }
}

/// A source of signatures of all curves, valid and not.
pub(crate) struct Source {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) signers: Vec<PrivateKey>,
}

impl Source {
    /// With so many signers of each curve.
    pub(crate) fn new(seed: u64, signers: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let curves = CURVES.iter().cycle().take(signers * CURVES.len());
        let signers = curves.map(|curve| PrivateKey::generate(*curve, &mut rng).unwrap()).collect();
        Self { rng, signers }
    }

    /// Tables for all signers, of every size in turn.
    pub(crate) fn tables(&self) -> Vec<KeyTable> {
        let size = |index: usize| TableSize::ALL[index / CURVES.len() % TableSize::ALL.len()];
        let tables = self.signers.iter().enumerate();
        tables.map(|(index, key)| KeyTable::build(key.public_key(), size(index)).unwrap()).collect()
    }

    pub(crate) fn sign(&mut self) -> Signed {
        let signer = self.rng.next_u32() as usize % self.signers.len();
        let key = &self.signers[signer];
        let message = self.rng.next_u64().to_le_bytes();
        let signature = RustCrypto.signer(key).unwrap().sign(&message).unwrap();
        let digest = key.public_key().curve().hash().digest(&message).as_bytes().to_vec();
        Signed { signer, digest, r: signature.r().to_vec(), s: signature.s().to_vec() }
    }

    /// Half of the signatures stay as they are; the others are changed in one of the ways that might slip through.
    pub(crate) fn mutate(&mut self, mut signed: Signed) -> Signed {
        let (bit, way) = (self.rng.next_u32() as usize, self.rng.next_u32() % 16);
        let flip = |octets: &mut [u8]| octets[bit / 8 % octets.len()] ^= 1 << (bit % 8);
        let curve = self.signers[signed.signer].public_key().curve();
        match way {
            0 => flip(&mut signed.r),
            1 => flip(&mut signed.s),
            2 => flip(&mut signed.digest),
            3 => signed.signer = (signed.signer + CURVES.len()) % self.signers.len(),
            4 => core::mem::swap(&mut signed.r, &mut signed.s),
            // n − s, which is as valid as s.
            5 => signed.s = minus(curve, &signed.s),
            6 => signed.r = minus(curve, &signed.r),
            7 => signed.r[..16].fill(0),
            // Beyond the order's length, which does not count.
            8 => signed.digest.push(bit as u8),
            9 => signed.digest.truncate(31),
            _ => {}
        }
        signed
    }
}

/// n less the value.
fn minus(curve: Curve, octets: &[u8]) -> Vec<u8> {
    let order = match curve {
        Curve::NistP256 => panic!("no curve of this crate"),
        Curve::NistP384 => {
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"
        }
        Curve::BrainpoolP256r1 => "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
        Curve::BrainpoolP384r1 => {
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565"
        }
    };
    let mut order = hex::decode(order).unwrap();
    let mut borrow = 0;
    for (digit, subtrahend) in order.iter_mut().zip(octets).rev() {
        let difference = i16::from(*digit) - i16::from(*subtrahend) - borrow;
        borrow = i16::from(difference < 0);
        *digit = difference.rem_euclid(256) as u8;
    }
    order
}
