//! Keys, points and signatures: between the ASN.1 and `v2x-crypto`, checked on the way in, canonical on the way out.

use v2x_codec::{
    ieee1609dot2::{
        BasePublicEncryptionKey, Duration as AsnDuration, EccP256CurvePoint, EccP384CurvePoint,
        EcdsaP256Signature, EcdsaP384Signature, FixedOctetString, HashAlgorithm as AsnHash,
        PublicEncryptionKey, PublicVerificationKey, Signature as AsnSignature, SymmAlgorithm,
    },
    time, view,
};
use v2x_crypto::{Algorithm, CryptoError, Curve, HashAlgorithm, PublicKey, Signature};

/// A verification key, as a request or certificate carries it: compressed.
///
/// # Errors
/// None that a [`PublicKey`] can cause.
pub fn verification_key(key: &PublicKey) -> Result<PublicVerificationKey, CryptoError> {
    Ok(match key.curve() {
        Curve::NistP256 => PublicVerificationKey::EcdsaNistP256(point_256(key)?),
        Curve::BrainpoolP256r1 => PublicVerificationKey::EcdsaBrainpoolP256r1(point_256(key)?),
        Curve::NistP384 => PublicVerificationKey::EcdsaNistP384(point_384(key)?),
        Curve::BrainpoolP384r1 => PublicVerificationKey::EcdsaBrainpoolP384r1(point_384(key)?),
    })
}

/// An encryption key for ECIES and AES-128-CCM, as a request or certificate carries it: compressed.
///
/// # Errors
/// [`CryptoError::Unsupported`] on a 384-bit curve.
pub fn encryption_key(key: &PublicKey) -> Result<PublicEncryptionKey, CryptoError> {
    let public_key = match key.curve() {
        Curve::NistP256 => BasePublicEncryptionKey::EciesNistP256(point_256(key)?),
        Curve::BrainpoolP256r1 => BasePublicEncryptionKey::EciesBrainpoolP256r1(point_256(key)?),
        curve @ (Curve::NistP384 | Curve::BrainpoolP384r1) => {
            return Err(CryptoError::Unsupported(Algorithm::Ecies(curve)));
        }
    };
    Ok(PublicEncryptionKey { supported_symm_alg: SymmAlgorithm::Aes128Ccm, public_key })
}

/// The checked key in a `PublicVerificationKey`.
///
/// # Errors
/// [`CryptoError::Unsupported`] for SM2 and unknown algorithms; otherwise why the point is no key.
pub fn public_key(key: &PublicVerificationKey) -> Result<PublicKey, CryptoError> {
    match key {
        PublicVerificationKey::EcdsaNistP256(point) => from_256(Curve::NistP256, point),
        PublicVerificationKey::EcdsaBrainpoolP256r1(point) => from_256(Curve::BrainpoolP256r1, point),
        PublicVerificationKey::EcdsaNistP384(point) => from_384(Curve::NistP384, point),
        PublicVerificationKey::EcdsaBrainpoolP384r1(point) => from_384(Curve::BrainpoolP384r1, point),
        PublicVerificationKey::EcsigSm2(_) => Err(CryptoError::Unsupported(Algorithm::Sm2)),
        _ => Err(CryptoError::UnknownName),
    }
}

/// The checked key in a `PublicEncryptionKey`.
///
/// # Errors
/// [`CryptoError::Unsupported`] for SM2, SM4 and unknown algorithms; otherwise why the point is no key.
pub fn public_encryption_key(key: &PublicEncryptionKey) -> Result<PublicKey, CryptoError> {
    match key.supported_symm_alg {
        SymmAlgorithm::Aes128Ccm => {}
        SymmAlgorithm::Sm4Ccm => return Err(CryptoError::Unsupported(Algorithm::Sm4)),
        _ => return Err(CryptoError::UnknownName),
    }
    match &key.public_key {
        BasePublicEncryptionKey::EciesNistP256(point) => from_256(Curve::NistP256, point),
        BasePublicEncryptionKey::EciesBrainpoolP256r1(point) => from_256(Curve::BrainpoolP256r1, point),
        BasePublicEncryptionKey::EcencSm2(_) => Err(CryptoError::Unsupported(Algorithm::Sm2)),
        _ => Err(CryptoError::UnknownName),
    }
}

/// A signature with `rSig` as x-coordinate only.
///
/// # Errors
/// None that a [`Signature`] can cause.
pub fn signature(made: &Signature) -> Result<AsnSignature, CryptoError> {
    Ok(match made.curve() {
        Curve::NistP256 => AsnSignature::EcdsaNistP256(signature_256(made)?),
        Curve::BrainpoolP256r1 => AsnSignature::EcdsaBrainpoolP256r1(signature_256(made)?),
        Curve::NistP384 => AsnSignature::EcdsaNistP384(signature_384(made)?),
        Curve::BrainpoolP384r1 => AsnSignature::EcdsaBrainpoolP384r1(signature_384(made)?),
    })
}

/// The hash as the ASN.1 names it.
#[must_use]
pub const fn hash_algorithm(hash: HashAlgorithm) -> AsnHash {
    match hash {
        HashAlgorithm::Sha256 => AsnHash::Sha256,
        HashAlgorithm::Sha384 => AsnHash::Sha384,
    }
}

/// The signature in a received message; of `rSig` only the x-coordinate counts.
pub(crate) fn received_signature(signature: &view::Signature<'_>) -> Result<Signature, CryptoError> {
    Signature::new(curve(signature.curve), signature.r.x().unwrap_or_default(), signature.s)
}

/// The hash that a received `hashId` names.
pub(crate) const fn received_hash(hash: view::HashAlgorithm) -> HashAlgorithm {
    match hash {
        view::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
        view::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
    }
}

const fn curve(curve: view::Curve) -> Curve {
    match curve {
        view::Curve::NistP256 => Curve::NistP256,
        view::Curve::BrainpoolP256r1 => Curve::BrainpoolP256r1,
        view::Curve::BrainpoolP384r1 => Curve::BrainpoolP384r1,
        view::Curve::NistP384 => Curve::NistP384,
    }
}

/// A 256-bit point in compressed form.
///
/// # Errors
/// [`CryptoError::Length`] for a point of another size.
fn point_256(key: &PublicKey) -> Result<EccP256CurvePoint, CryptoError> {
    let x = fixed(key.curve(), "x", key.x())?;
    Ok(if key.y_is_odd() { EccP256CurvePoint::CompressedY1(x) } else { EccP256CurvePoint::CompressedY0(x) })
}

fn point_384(key: &PublicKey) -> Result<EccP384CurvePoint, CryptoError> {
    let x = fixed(key.curve(), "x", key.x())?;
    Ok(if key.y_is_odd() { EccP384CurvePoint::CompressedY1(x) } else { EccP384CurvePoint::CompressedY0(x) })
}

fn from_256(curve: Curve, point: &EccP256CurvePoint) -> Result<PublicKey, CryptoError> {
    match point {
        EccP256CurvePoint::CompressedY0(x) => PublicKey::from_compressed(curve, false, &**x),
        EccP256CurvePoint::CompressedY1(x) => PublicKey::from_compressed(curve, true, &**x),
        EccP256CurvePoint::Uncompressed(point) => PublicKey::from_uncompressed(curve, &*point.x, &*point.y),
        EccP256CurvePoint::XOnly(x) => Err(CryptoError::PointEncoding { curve, len: x.len() }),
        EccP256CurvePoint::Fill(()) => Err(CryptoError::PointEncoding { curve, len: 0 }),
    }
}

fn from_384(curve: Curve, point: &EccP384CurvePoint) -> Result<PublicKey, CryptoError> {
    match point {
        EccP384CurvePoint::CompressedY0(x) => PublicKey::from_compressed(curve, false, &**x),
        EccP384CurvePoint::CompressedY1(x) => PublicKey::from_compressed(curve, true, &**x),
        EccP384CurvePoint::Uncompressed(point) => PublicKey::from_uncompressed(curve, &*point.x, &*point.y),
        EccP384CurvePoint::XOnly(x) => Err(CryptoError::PointEncoding { curve, len: x.len() }),
        EccP384CurvePoint::Fill(()) => Err(CryptoError::PointEncoding { curve, len: 0 }),
    }
}

fn signature_256(made: &Signature) -> Result<EcdsaP256Signature, CryptoError> {
    let r_sig = EccP256CurvePoint::XOnly(fixed(made.curve(), "r", made.r())?);
    Ok(EcdsaP256Signature { r_sig, s_sig: fixed(made.curve(), "s", made.s())? })
}

fn signature_384(made: &Signature) -> Result<EcdsaP384Signature, CryptoError> {
    let r_sig = EccP384CurvePoint::XOnly(fixed(made.curve(), "r", made.r())?);
    Ok(EcdsaP384Signature { r_sig, s_sig: fixed(made.curve(), "s", made.s())? })
}

fn fixed<const N: usize>(
    curve: Curve,
    what: &'static str,
    octets: &[u8],
) -> Result<FixedOctetString<N>, CryptoError> {
    let wrong = CryptoError::Length { what, curve, expected: N, found: octets.len() };
    FixedOctetString::try_from(octets).map_err(|_| wrong)
}

/// A validity period to reckon with.
#[must_use]
pub const fn period(period: &v2x_codec::ieee1609dot2::ValidityPeriod) -> time::ValidityPeriod {
    let duration = match period.duration {
        AsnDuration::Microseconds(count) => time::Duration::Microseconds(count),
        AsnDuration::Milliseconds(count) => time::Duration::Milliseconds(count),
        AsnDuration::Seconds(count) => time::Duration::Seconds(count),
        AsnDuration::Minutes(count) => time::Duration::Minutes(count),
        AsnDuration::Hours(count) => time::Duration::Hours(count),
        AsnDuration::SixtyHours(count) => time::Duration::SixtyHours(count),
        AsnDuration::Years(count) => time::Duration::Years(count),
    };
    time::ValidityPeriod { start: time::Time32::from_seconds(period.start.0), duration }
}

/// A validity period as the ASN.1 has it.
#[must_use]
pub const fn validity_period(period: time::ValidityPeriod) -> v2x_codec::ieee1609dot2::ValidityPeriod {
    let duration = match period.duration {
        time::Duration::Microseconds(count) => AsnDuration::Microseconds(count),
        time::Duration::Milliseconds(count) => AsnDuration::Milliseconds(count),
        time::Duration::Seconds(count) => AsnDuration::Seconds(count),
        time::Duration::Minutes(count) => AsnDuration::Minutes(count),
        time::Duration::Hours(count) => AsnDuration::Hours(count),
        time::Duration::SixtyHours(count) => AsnDuration::SixtyHours(count),
        time::Duration::Years(count) => AsnDuration::Years(count),
    };
    v2x_codec::ieee1609dot2::ValidityPeriod {
        start: v2x_codec::ieee1609dot2::Time32(period.start.seconds()),
        duration,
    }
}
