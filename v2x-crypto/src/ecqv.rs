//! Implicit certificates: ECQV (SEC 4) as IEEE 1609.2 uses it.
//!
//! The certificate carries a reconstruction point P instead of a key. With e the whole SHA-256 of the certificate as an
//! integer modulo n, the subject's key is Q = e·P + Q_CA. The subject, who asked with R_U = k_U·G, gets r = e·k + d_CA
//! from the CA, where P = R_U + k·G, and computes its private key d = e·k_U + r.

use crate::{
    Algorithm, CryptoError, CryptoRng, Curve, PrivateKey, PublicKey,
    arithmetic::{Ec, field_bytes, on_curve, point, public_key, scalar},
    curve::MAX_COORDINATE_LEN,
    secret::{Secret, with_wiped_stack},
};
use elliptic_curve::{FieldBytes, Scalar, ff::PrimeField as _, group::Curve as _, ops::Reduce as _};
use zeroize::Zeroizing;

/// The subject's public key: Q = e·P + Q_CA.
///
/// # Errors
/// [`CryptoError::Unsupported`] on a 384-bit curve; [`CryptoError::CurveMismatch`]; [`CryptoError::Infinity`].
pub fn reconstruct_public(
    reconstruction: &PublicKey,
    certificate_hash: &[u8; 32],
    issuer: &PublicKey,
) -> Result<PublicKey, CryptoError> {
    supported(issuer.curve())?;
    on_curve!(issuer.curve(), public(reconstruction, certificate_hash, issuer))
}

/// The subject's private key: d = e·k_U + r, where `request` is the key of the certificate request.
///
/// The caller must compare its public key with [`reconstruct_public`] before using it: an issuer can send any `r`.
///
/// # Errors
/// [`CryptoError::Unsupported`] on a 384-bit curve; [`CryptoError::ScalarRange`] if the sum is zero.
pub fn reconstruct_private(
    request: &PrivateKey,
    certificate_hash: &[u8; 32],
    contribution: &Contribution,
) -> Result<PrivateKey, CryptoError> {
    supported(request.curve())?;
    let (scalar, added) = (request.expose_scalar(), contribution.expose());
    let octets =
        with_wiped_stack(|| on_curve!(request.curve(), multiply_add(scalar, certificate_hash, added)))?;
    PrivateKey::from_scalar(request.curve(), octets.as_bytes().split_at(32).0)
}

/// The issuer's contribution r to a subject's private key. Neither printable nor clonable; wiped when dropped.
pub struct Contribution(Secret<MAX_COORDINATE_LEN>);

impl Contribution {
    /// The contribution in a certificate response.
    #[must_use]
    pub fn from_bytes(octets: &[u8; 32]) -> Self {
        Self(Secret::copied(octets))
    }

    /// Its 32 octets, for the response to the subject.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_bytes().split_at(32).0
    }
}

/// An implicit certificate being issued: the point is known, the certificate not yet hashed.
pub struct Issuance {
    ephemeral: PrivateKey,
    reconstruction: PublicKey,
}

impl Issuance {
    /// Chooses k and computes P = R_U + k·G for the request point R_U.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] on a 384-bit curve; [`CryptoError::Randomness`].
    pub fn new(request: &PublicKey, rng: &mut dyn CryptoRng) -> Result<Self, CryptoError> {
        supported(request.curve())?;
        let ephemeral = PrivateKey::generate(request.curve(), rng)?;
        let reconstruction = on_curve!(request.curve(), sum(request, ephemeral.public_key()))?;
        Ok(Self { ephemeral, reconstruction })
    }

    /// The point that goes into the certificate.
    #[must_use]
    pub const fn reconstruction(&self) -> &PublicKey {
        &self.reconstruction
    }

    /// r = e·k + d_CA for the finished certificate.
    ///
    /// # Errors
    /// [`CryptoError::CurveMismatch`]; [`CryptoError::Infinity`] in the one case of 2²⁵⁶ where the subject's key would
    /// be no key: start again.
    pub fn finish(
        self,
        certificate_hash: &[u8; 32],
        issuer: &PrivateKey,
    ) -> Result<Contribution, CryptoError> {
        reconstruct_public(&self.reconstruction, certificate_hash, issuer.public_key())?;
        let (scalar, added) = (self.ephemeral.expose_scalar(), issuer.expose_scalar());
        let octets =
            with_wiped_stack(|| on_curve!(issuer.curve(), multiply_add(scalar, certificate_hash, added)))?;
        Ok(Contribution(octets))
    }
}

fn supported(curve: Curve) -> Result<(), CryptoError> {
    match curve {
        Curve::NistP256 | Curve::BrainpoolP256r1 => Ok(()),
        Curve::NistP384 | Curve::BrainpoolP384r1 => Err(CryptoError::Unsupported(Algorithm::Ecqv(curve))),
    }
}

fn public<C: Ec>(
    reconstruction: &PublicKey,
    hash: &[u8; 32],
    issuer: &PublicKey,
) -> Result<PublicKey, CryptoError> {
    let sum = point::<C>(reconstruction)? * reduced::<C>(hash)? + point::<C>(issuer)?;
    public_key::<C>(&sum.to_affine())
}

fn sum<C: Ec>(a: &PublicKey, b: &PublicKey) -> Result<PublicKey, CryptoError> {
    public_key::<C>(&(point::<C>(a)? + point::<C>(b)?).to_affine())
}

/// hash · a + b modulo n.
fn multiply_add<C: Ec>(
    a: &[u8],
    hash: &[u8; 32],
    b: &[u8],
) -> Result<Secret<MAX_COORDINATE_LEN>, CryptoError> {
    let a = scalar::<C>("private key", a)?;
    let b = Zeroizing::new(any_scalar::<C>(b)?);
    let result = Zeroizing::new((reduced::<C>(hash)? * **a + *b).to_repr());
    Ok(Secret::copied(&result))
}

/// A scalar below n that may be zero, as a contribution may be.
fn any_scalar<C: Ec>(octets: &[u8]) -> Result<Scalar<C>, CryptoError> {
    let field = Zeroizing::new(field_bytes::<C>("contribution", octets)?);
    let scalar = Scalar::<C>::from_repr(*field).into_option();
    scalar.ok_or(CryptoError::ScalarRange { what: "contribution", curve: C::CURVE })
}

fn reduced<C: Ec>(hash: &[u8; 32]) -> Result<Scalar<C>, CryptoError> {
    let field: FieldBytes<C> = field_bytes::<C>("hash", hash)?;
    Ok(Scalar::<C>::reduce(&field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Provider as _, RustCrypto, sha256};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    const CURVES: [Curve; 2] = [Curve::NistP256, Curve::BrainpoolP256r1];

    struct Issued {
        issuer: PrivateKey,
        request: PrivateKey,
        reconstruction: PublicKey,
        hash: [u8; 32],
        contribution: Contribution,
    }

    fn issued(curve: Curve) -> Issued {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let issuer = PrivateKey::generate(curve, &mut rng).unwrap();
        let request = PrivateKey::generate(curve, &mut rng).unwrap();
        let issuance = Issuance::new(request.public_key(), &mut rng).unwrap();
        let reconstruction = *issuance.reconstruction();
        let hash = sha256(&reconstruction.to_sec1_compressed());
        let contribution = issuance.finish(&hash, &issuer).unwrap();
        Issued { issuer, request, reconstruction, hash, contribution }
    }

    #[test]
    fn both_sides_reconstruct_one_key_pair() {
        for curve in CURVES {
            let it = issued(curve);
            let private = reconstruct_private(&it.request, &it.hash, &it.contribution).unwrap();
            let public = reconstruct_public(&it.reconstruction, &it.hash, it.issuer.public_key()).unwrap();
            assert_eq!(*private.public_key(), public);
            let signature = RustCrypto.signer(&private).unwrap().sign(b"message").unwrap();
            assert_eq!(RustCrypto.verify(&public, b"message", &signature), Ok(()));
        }
    }

    #[test]
    fn another_certificate_or_issuer_gives_another_key() {
        for curve in CURVES {
            let it = issued(curve);
            let right = reconstruct_public(&it.reconstruction, &it.hash, it.issuer.public_key());
            let other_hash =
                reconstruct_public(&it.reconstruction, &sha256(b"other"), it.issuer.public_key());
            let other_issuer = reconstruct_public(&it.reconstruction, &it.hash, it.request.public_key());
            assert_ne!(right, other_hash);
            assert_ne!(right, other_issuer);
        }
    }

    #[test]
    fn other_curves_are_refused() {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let [p256, brainpool, p384] = [Curve::NistP256, Curve::BrainpoolP256r1, Curve::NistP384]
            .map(|curve| *PrivateKey::generate(curve, &mut rng).unwrap().public_key());
        let mixed = reconstruct_public(&brainpool, &[1; 32], &p256);
        assert!(matches!(mixed, Err(CryptoError::CurveMismatch { .. })));
        let refused = Err(CryptoError::Unsupported(Algorithm::Ecqv(Curve::NistP384)));
        assert_eq!(reconstruct_public(&p384, &[1; 32], &p384), refused);
    }

    #[test]
    fn infinity_is_no_key() {
        let it = issued(Curve::NistP256);
        // With e = 1, −Q_CA as the reconstruction point makes the sum infinity.
        let issuer = it.issuer.public_key();
        let negated = PublicKey::from_compressed(Curve::NistP256, !issuer.y_is_odd(), issuer.x()).unwrap();
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(reconstruct_public(&negated, &one, issuer), Err(CryptoError::Infinity));
    }
}
