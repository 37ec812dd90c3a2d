//! The signatures that everybody verifies.

use anyhow::{Context as _, Result};
use benches::rounds::Judged;
use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use v2x_crypto::{Curve, PublicKey, sha256};

pub(crate) struct Key {
    pub(crate) public: PublicKey,
    pub(crate) p256: VerifyingKey,
}

#[derive(Clone, Copy)]
pub(crate) struct Signed {
    pub(crate) key: usize,
    /// What a signature of IEEE 1609.2 covers: two hashes.
    pub(crate) message: [u8; 64],
    pub(crate) digest: [u8; 32],
    pub(crate) signature: [u8; 64],
    /// What p256 says.
    pub(crate) valid: bool,
}

/// The same keys' signatures, as often as there are shares of them to be spoiled.
pub(crate) struct Workload {
    pub(crate) keys: Vec<Key>,
    pub(crate) sets: Vec<Set>,
}

pub(crate) struct Set {
    pub(crate) number: usize,
    /// Per cent that are spoiled.
    pub(crate) invalid: usize,
    pub(crate) signed: Vec<Signed>,
}

/// Signatures of one set: so many that each key of the largest one signs.
const SIGNATURES: usize = 4096;

impl Workload {
    pub(crate) fn new(keys: usize, invalid: &[usize]) -> Result<Self> {
        let mut rng = ChaCha20Rng::seed_from_u64(keys as u64);
        let signing: Vec<SigningKey> = (0..keys).map(|_| signing_key(&mut rng)).collect::<Result<_>>()?;
        let public: Vec<Key> = signing.iter().map(key).collect::<Result<_>>()?;
        let count = SIGNATURES.max(keys.next_multiple_of(256));
        let honest: Vec<Signed> = (0..count)
            .map(|_| {
                let owner = (rng.next_u32() as usize) % keys;
                sign(owner, signing.get(owner).context("a key for each owner")?, &mut rng)
            })
            .collect::<Result<_>>()?;
        let sets = invalid.iter().enumerate();
        let sets = sets.map(|(number, share)| Set::new(number, *share, &honest, &public));
        Ok(Self { sets: sets.collect::<Result<_>>()?, keys: public })
    }
}

impl Set {
    fn new(number: usize, invalid: usize, honest: &[Signed], keys: &[Key]) -> Result<Self> {
        let mut signed = honest.to_vec();
        for (index, signed) in signed.iter_mut().enumerate() {
            if (index * 37) % 100 < invalid {
                signed.spoil(index)?;
            }
            let signature = Signature::from_slice(&signed.signature)?;
            let key = keys.get(signed.key).context("a key for each owner")?;
            signed.valid = key.p256.verify_prehash(&signed.digest, &signature).is_ok();
        }
        Ok(Self { number, invalid, signed })
    }
}

impl Judged for Signed {
    fn is_valid(&self) -> bool {
        self.valid
    }
}

impl Signed {
    /// Flips a bit of the digest's source, so that whoever hashes and whoever does not sees the same.
    fn spoil(&mut self, index: usize) -> Result<()> {
        if let Some(octet) = self.message.get_mut(index % 64) {
            *octet ^= 1 << (index % 8);
        }
        self.digest = digest(&self.message)?;
        Ok(())
    }
}

fn signing_key(rng: &mut ChaCha20Rng) -> Result<SigningKey> {
    let mut scalar = [0; 32];
    rng.fill_bytes(&mut scalar);
    SigningKey::from_slice(&scalar).context("a random scalar is almost never out of range")
}

fn key(signing: &SigningKey) -> Result<Key> {
    let p256 = *signing.verifying_key();
    let public = PublicKey::from_sec1(Curve::NistP256, p256.to_sec1_point(false).as_bytes())?;
    Ok(Key { public, p256 })
}

fn sign(owner: usize, signer: &SigningKey, rng: &mut ChaCha20Rng) -> Result<Signed> {
    let mut message = [0; 64];
    rng.fill_bytes(&mut message);
    let digest = digest(&message)?;
    let signature: Signature = signer.sign_prehash(&digest)?;
    Ok(Signed { key: owner, message, digest, signature: signature.to_bytes().into(), valid: true })
}

fn digest(message: &[u8]) -> Result<[u8; 32]> {
    sha256(message).as_slice().try_into().context("SHA-256 has 32 octets")
}
