//! Signers, mutations and the reference that verdicts are compared with: p256.

#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::unwrap_used, reason = "helpers of tests, which fail by panicking")]

use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_p256_batch::{Item, Kernel, KeyTable, TableSize, Verdict};

/// The kernels that this machine has.
pub(crate) fn kernels() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

pub(crate) struct Signer {
    signing: SigningKey,
    verifying: VerifyingKey,
    pub(crate) public: PublicKey,
}

impl Signer {
    pub(crate) fn new(rng: &mut ChaCha20Rng) -> Self {
        let mut scalar = [0; 32];
        let signing = loop {
            rng.fill_bytes(&mut scalar);
            if let Ok(key) = SigningKey::from_slice(&scalar) {
                break key;
            }
        };
        let verifying = *signing.verifying_key();
        let public =
            PublicKey::from_sec1(Curve::NistP256, verifying.to_sec1_point(false).as_bytes()).unwrap();
        Self { signing, verifying, public }
    }
}

/// A signature over a digest, whether it is good or not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed {
    pub(crate) signer: usize,
    pub(crate) digest: [u8; 32],
    pub(crate) r: [u8; 32],
    pub(crate) s: [u8; 32],
}

impl Signed {
    pub(crate) fn item<'a>(&self, keys: &'a [KeyTable]) -> Item<'a> {
        Item { key: &keys[self.signer], digest: self.digest, r: self.r, s: self.s }
    }

    pub(crate) fn reference(&self, signers: &[Signer]) -> Verdict {
        let signature = Signature::from_scalars(self.r, self.s);
        let key = &signers[self.signer].verifying;
        let valid = signature.is_ok_and(|signature| key.verify_prehash(&self.digest, &signature).is_ok());
        if valid { Verdict::Valid } else { Verdict::Invalid }
    }
}

/// A source of signatures, valid and not.
pub(crate) struct Source {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) signers: Vec<Signer>,
}

impl Source {
    pub(crate) fn new(seed: u64, signers: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let signers = (0..signers).map(|_| Signer::new(&mut rng)).collect();
        Self { rng, signers }
    }

    pub(crate) fn tables(&self, kernel: Kernel) -> Vec<KeyTable> {
        let sizes = TableSize::ALL.iter().cycle();
        self.signers
            .iter()
            .zip(sizes)
            .map(|(signer, size)| KeyTable::build(&signer.public, *size, kernel).unwrap())
            .collect()
    }

    pub(crate) fn sign(&mut self) -> Signed {
        let signer = self.rng.next_u32() as usize % self.signers.len();
        let mut digest = [0; 32];
        self.rng.fill_bytes(&mut digest);
        let signature: Signature = self.signers[signer].signing.sign_prehash(&digest).unwrap();
        let (r, s) = signature.split_bytes();
        Signed { signer, digest, r: r.into(), s: s.into() }
    }

    /// Half of the signatures stay as they are; the others are changed in one of the ways that might slip through.
    pub(crate) fn mutate(&mut self, mut signed: Signed) -> Signed {
        let (bit, way) = (self.rng.next_u32() as usize % 256, self.rng.next_u32() % 16);
        let flip = |octets: &mut [u8; 32]| octets[bit / 8] ^= 1 << (bit % 8);
        match way {
            0 => flip(&mut signed.r),
            1 => flip(&mut signed.s),
            2 => flip(&mut signed.digest),
            3 => signed.signer = (signed.signer + 1) % self.signers.len(),
            4 => core::mem::swap(&mut signed.r, &mut signed.s),
            // n − s, which is as valid as s.
            5 => signed.s = minus(&signed.s),
            6 => signed.r = minus(&signed.r),
            7 => signed.r[..16].fill(0),
            _ => {}
        }
        signed
    }
}

/// n less the value.
fn minus(octets: &[u8; 32]) -> [u8; 32] {
    let mut order = [0; 32];
    hex::decode_to_slice("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", &mut order)
        .unwrap();
    let mut borrow = 0;
    for (digit, subtrahend) in order.iter_mut().zip(octets).rev() {
        let difference = i16::from(*digit) - i16::from(*subtrahend) - borrow;
        borrow = i16::from(difference < 0);
        *digit = difference.rem_euclid(256) as u8;
    }
    order
}
