//! The portable provider: p256, p384, bp256 and bp384.

use crate::{
    CryptoError, CryptoRng, Curve, HashAlgorithm, KeyAgreement, PreparedKey, PrivateKey, Provider, PublicKey,
    SharedSecret, Signature, Signer,
    arithmetic::{Ec, agree, field_bytes, on_curve, point, scalar},
    curve::MAX_COORDINATE_LEN,
    secret::{Secret, with_wiped_stack},
};
use alloc::boxed::Box;
use core::sync::atomic::{AtomicUsize, Ordering};
use ecdsa::hazmat::{sign_prehashed_rfc6979, verify_prehashed};
use elliptic_curve::ProjectivePoint;

/// ECDSA and ECDH in Rust, on every target.
///
/// Signatures are deterministic (RFC 6979); [`RustCrypto::hedged_signer`] adds randomness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RustCrypto;

impl RustCrypto {
    /// A signer whose nonces depend on 32 random octets and a counter besides key and message (RFC 6979, additional
    /// data of clause 3.6), so that a fault in one of two signatures over one message does not betray the key.
    #[must_use]
    pub fn hedged_signer(key: &PrivateKey, rng: &mut dyn CryptoRng) -> HedgedSigner {
        let mut seed = Secret::zeroed();
        rng.fill_bytes(seed.as_mut());
        HedgedSigner { key: Held::copy(key), seed, count: AtomicUsize::new(0) }
    }
}

impl Provider for RustCrypto {
    fn name(&self) -> &'static str {
        "RustCrypto"
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        CryptoError::unless_same(key.curve(), signature.curve())?;
        on_curve!(key.curve(), verify_with_key(key, message, signature))
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        on_curve!(key.curve(), prepared(key))
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        Ok(Box::new(Held::copy(key)))
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        Ok(Box::new(Held::copy(key)))
    }
}

/// A private key copied for signing or agreeing.
struct Held {
    scalar: Secret<MAX_COORDINATE_LEN>,
    public: PublicKey,
}

impl Held {
    fn copy(key: &PrivateKey) -> Self {
        Self { scalar: Secret::copied(key.expose_scalar()), public: *key.public_key() }
    }

    fn curve(&self) -> Curve {
        self.public.curve()
    }

    fn octets(&self) -> &[u8] {
        self.scalar.as_bytes().split_at(self.curve().coordinate_len()).0
    }
}

impl Signer for Held {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        with_wiped_stack(|| on_curve!(self.curve(), sign(self.octets(), message, &[])))
    }
}

impl KeyAgreement for Held {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        CryptoError::unless_same(self.curve(), peer.curve())?;
        let x = with_wiped_stack(|| on_curve!(self.curve(), agree(self.octets(), peer)))?;
        SharedSecret::new(self.curve(), x.as_bytes().split_at(self.curve().coordinate_len()).0)
    }
}

/// The signer that [`RustCrypto::hedged_signer`] makes.
pub struct HedgedSigner {
    key: Held,
    seed: Secret<32>,
    count: AtomicUsize,
}

impl Signer for HedgedSigner {
    fn public_key(&self) -> &PublicKey {
        &self.key.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        let mut added = Secret::<40>::copied(self.seed.as_bytes());
        let count = self.count.fetch_add(1, Ordering::Relaxed) as u64;
        added.as_mut().split_at_mut(32).1.copy_from_slice(&count.to_be_bytes());
        let octets = self.key.octets();
        with_wiped_stack(|| on_curve!(self.key.curve(), sign(octets, message, added.as_bytes())))
    }
}

fn sign<C: Ec>(private: &[u8], message: &[u8], added: &[u8]) -> Result<Signature, CryptoError> {
    let hash = C::CURVE.hash().digest(message);
    let scalar = scalar::<C>("private key", private)?;
    let (signature, _) = match hash.algorithm() {
        HashAlgorithm::Sha256 => sign_prehashed_rfc6979::<C, sha2::Sha256>(&scalar, hash.as_bytes(), added),
        HashAlgorithm::Sha384 => sign_prehashed_rfc6979::<C, sha2::Sha384>(&scalar, hash.as_bytes(), added),
    };
    let (r, s) = signature.split_bytes();
    Signature::new(C::CURVE, &r, &s)
}

fn verify_with_key<C: Ec>(key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
    verify_with_point::<C>(&point::<C>(key)?, message, signature)
}

fn verify_with_point<C: Ec>(
    point: &ProjectivePoint<C>,
    message: &[u8],
    signature: &Signature,
) -> Result<(), CryptoError> {
    let hash = C::CURVE.hash().digest(message);
    let (r, s) = (field_bytes::<C>("r", signature.r())?, field_bytes::<C>("s", signature.s())?);
    let signature = ecdsa::Signature::<C>::from_scalars(r, s).map_err(|_| CryptoError::BadSignature)?;
    verify_prehashed(point, hash.as_bytes(), &signature).map_err(|_| CryptoError::BadSignature)
}

/// A point ready for multiplication.
struct Prepared<C: Ec> {
    key: PublicKey,
    point: ProjectivePoint<C>,
}

fn prepared<C: Ec>(key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
    Ok(Box::new(Prepared::<C> { key: *key, point: point::<C>(key)? }))
}

impl<C: Ec> PreparedKey for Prepared<C> {
    fn public_key(&self) -> &PublicKey {
        &self.key
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }

    fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        CryptoError::unless_same(C::CURVE, signature.curve())?;
        verify_with_point::<C>(&self.point, message, signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    #[test]
    fn hedged_signatures_differ_and_verify() {
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        for curve in Curve::ALL {
            let key = PrivateKey::generate(curve, &mut rng).unwrap();
            let signer = RustCrypto::hedged_signer(&key, &mut rng);
            let signatures = [(); 2].map(|()| signer.sign(b"message").unwrap());
            assert_ne!(signatures[0], signatures[1]);
            for signature in signatures {
                assert_eq!(RustCrypto.verify(key.public_key(), b"message", &signature), Ok(()));
            }
        }
    }

    #[test]
    fn a_signature_of_another_curve_is_a_mismatch() {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let p256 = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let brainpool = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng).unwrap();
        let signature = RustCrypto.signer(&brainpool).unwrap().sign(b"message").unwrap();
        let mismatch =
            CryptoError::CurveMismatch { expected: Curve::NistP256, found: Curve::BrainpoolP256r1 };
        assert_eq!(RustCrypto.verify(p256.public_key(), b"message", &signature), Err(mismatch));
        let prepared = RustCrypto.prepare(p256.public_key()).unwrap();
        assert_eq!(prepared.verify(b"message", &signature), Err(mismatch));
        let agreement = RustCrypto.key_agreement(&p256).unwrap();
        assert_eq!(agreement.agree(brainpool.public_key()).err(), Some(mismatch));
    }
}
