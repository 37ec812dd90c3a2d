//! Private keys held in memory.

use crate::{
    CryptoError, CryptoRng, Curve, PublicKey,
    arithmetic::{base_multiple, on_curve},
    curve::MAX_COORDINATE_LEN,
    secret::{Secret, with_wiped_stack},
};

/// How often the generator is asked for a scalar in range. A sound one needs more than 128 tries with a probability
/// below 2⁻¹⁸⁰ on the worst of the curves (brainpool, where a third of the candidates is too large).
const MAX_CANDIDATES: usize = 128;

/// A private key with its public key. Neither printable nor clonable; wiped when dropped.
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
        let public = with_wiped_stack(|| on_curve!(curve, base_multiple(octets)))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::{SeedableRng as _, TryCryptoRng, TryRng};
    use std::{convert::Infallible, vec};

    /// A broken generator that yields one octet for ever.
    struct Stuck(u8);

    impl TryRng for Stuck {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(u32::from_ne_bytes([self.0; 4]))
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(u64::from_ne_bytes([self.0; 8]))
        }

        fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
            to.fill(self.0);
            Ok(())
        }
    }

    impl TryCryptoRng for Stuck {}

    #[test]
    fn generated_keys_differ_and_fit_their_curve() {
        let mut rng = ChaCha20Rng::seed_from_u64(0);
        for curve in Curve::ALL {
            let keys = [(); 2].map(|()| PrivateKey::generate(curve, &mut rng).unwrap());
            assert_ne!(keys[0].public_key(), keys[1].public_key());
            assert_eq!(keys[0].expose_scalar().len(), curve.coordinate_len());
            assert_eq!(keys[0].public_key().curve(), curve);
        }
    }

    #[test]
    fn a_broken_generator_is_noticed() {
        for curve in Curve::ALL {
            for stuck in [0, 0xff] {
                let made = PrivateKey::generate(curve, &mut Stuck(stuck));
                assert_eq!(made.err(), Some(CryptoError::Randomness));
            }
        }
    }

    #[test]
    fn zero_the_order_and_other_lengths_are_refused() {
        let range = |curve| Some(CryptoError::ScalarRange { what: "private key", curve });
        for curve in Curve::ALL {
            let len = curve.coordinate_len();
            assert_eq!(PrivateKey::from_scalar(curve, &vec![0; len]).err(), range(curve));
            assert_eq!(PrivateKey::from_scalar(curve, &vec![0xff; len]).err(), range(curve));
            for wrong in [0, len - 1, len + 1] {
                let refused = PrivateKey::from_scalar(curve, &vec![1; wrong]).err();
                assert!(matches!(refused, Some(CryptoError::Length { .. })));
            }
        }
    }
}
