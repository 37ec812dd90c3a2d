//! Private keys held in memory.

use crate::{
    CryptoError, CryptoRng, Curve, PublicKey,
    arithmetic::{base_multiple, on_curve},
    curve::MAX_COORDINATE_LEN,
    secret::Secret,
};

/// How often the generator is asked for a scalar in range. A sound one needs more than 128 tries with a probability
/// below 2⁻¹⁸⁰ on the worst of the curves (brainpool, where a third of the candidates is too large).
const MAX_CANDIDATES: usize = 128;

/// A private key with its public key. Neither printable nor clonable; wiped when dropped.
///
/// ```compile_fail
/// fn needs_debug<T: core::fmt::Debug>() {}
/// needs_debug::<v2x_crypto::PrivateKey>();
/// ```
/// ```compile_fail
/// fn needs_display<T: core::fmt::Display>() {}
/// needs_display::<v2x_crypto::PrivateKey>();
/// ```
/// ```compile_fail
/// fn needs_clone<T: Clone>() {}
/// needs_clone::<v2x_crypto::PrivateKey>();
/// ```
pub struct PrivateKey {
    scalar: Secret<MAX_COORDINATE_LEN>,
    public: PublicKey,
}

impl PrivateKey {
    /// A fresh key, uniform in 1..n.
    ///
    /// # Errors
    /// [`CryptoError::Randomness`] if 128 candidates in a row are out of range: the generator is broken.
    pub fn generate(curve: Curve, rng: &mut dyn CryptoRng) -> Result<Self, CryptoError> {
        let mut candidate = Secret::<MAX_COORDINATE_LEN>::zeroed();
        for _ in 0..MAX_CANDIDATES {
            let (octets, _) = candidate.as_mut().split_at_mut(curve.coordinate_len());
            rng.fill_bytes(octets);
            match Self::from_scalar(curve, octets) {
                Err(CryptoError::ScalarRange { .. }) => {}
                made => return made,
            }
        }
        Err(CryptoError::Randomness)
    }

    /// The key with this scalar, big-endian and exactly as long as a coordinate of the curve. The caller wipes `octets`.
    ///
    /// # Errors
    /// [`CryptoError::Length`]; [`CryptoError::ScalarRange`] if it is zero or not below the curve's order.
    pub fn from_scalar(curve: Curve, octets: &[u8]) -> Result<Self, CryptoError> {
        let public = on_curve!(curve, base_multiple(octets))?;
        Ok(Self { scalar: Secret::copied(octets), public })
    }

    /// Its public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// Its curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.public.curve()
    }

    /// The secret scalar, for a provider that computes with it. Never store, print or send it.
    #[must_use]
    pub fn expose_scalar(&self) -> &[u8] {
        self.scalar.as_bytes().split_at(self.curve().coordinate_len()).0
    }
}
