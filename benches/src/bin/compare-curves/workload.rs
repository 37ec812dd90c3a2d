//! The signatures that everybody verifies.

use anyhow::{Context as _, Result};
use benches::rounds::Judged;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use v2x_crypto::{Curve, PrivateKey, Provider as _, RustCrypto, Signature};

/// Whose signatures: on which curve, of how many keys, and per cent of them that are spoiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) curve: Curve,
    pub(crate) keys: usize,
    pub(crate) invalid: usize,
}

#[derive(Clone, Copy)]
pub(crate) struct Signed {
    pub(crate) key: usize,
    /// As many octets of it as the curve has.
    digest: [u8; 48],
    pub(crate) signature: Signature,
    /// r ‖ s, likewise.
    fixed: [u8; 96],
    /// What RustCrypto says.
    pub(crate) valid: bool,
}

pub(crate) struct Workload {
    pub(crate) shape: Shape,
    pub(crate) keys: Vec<PrivateKey>,
    pub(crate) signed: Vec<Signed>,
}

/// Signatures of one workload, at least: about as many as there are keys, so that each key signs.
const SIGNATURES: usize = 512;

impl Workload {
    pub(crate) fn new(shape: Shape) -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(shape.keys as u64);
        let keys = (0..shape.keys).map(|_| Ok(PrivateKey::generate(shape.curve, &mut rng)?));
        let keys: Vec<PrivateKey> = keys.collect::<Result<_>>()?;
        let count = SIGNATURES.max(shape.keys.next_multiple_of(SIGNATURES));
        let signed = (0..count).map(|index| {
            let spoiled = (index * 37) % 100 < shape.invalid;
            let key = rng.next_u32() as usize % shape.keys;
            Signed::new(key, keys.get(key).context("a key for each owner")?, rng.next_u64(), spoiled)
        });
        let signed = signed.collect::<Result<_>>()?;
        Ok(Self { shape, keys, signed })
    }
}

impl Judged for Signed {
    fn is_valid(&self) -> bool {
        self.valid
    }
}

impl Signed {
    /// Spoiled, it is a signature over another message.
    fn new(key: usize, signer: &PrivateKey, message: u64, spoiled: bool) -> Result<Self> {
        let public = signer.public_key();
        let signature = RustCrypto.signer(signer)?.sign(&message.to_le_bytes())?;
        let message = (message ^ u64::from(spoiled)).to_le_bytes();
        let valid = RustCrypto.verify(public, &message, &signature).is_ok();
        let digest = padded(public.curve().hash().digest(&message).as_bytes());
        Ok(Self { key, digest, signature, fixed: padded(&signature.to_fixed()), valid })
    }

    pub(crate) fn digest(&self) -> &[u8] {
        self.digest.split_at(self.signature.curve().coordinate_len()).0
    }

    pub(crate) fn fixed(&self) -> &[u8] {
        self.fixed.split_at(2 * self.signature.curve().coordinate_len()).0
    }
}

fn padded<const N: usize>(octets: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    padded.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    padded
}
