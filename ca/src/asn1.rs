//! Making and reading the ASN.1 values that certificates are built of.

pub(crate) use v2x_codec::ieee1609dot2::*;

use v2x_codec::time;
use v2x_crypto::{CryptoError, Curve, PublicKey};

/// `value` as a PSID.
pub(crate) fn psid(value: u64) -> Psid {
    Psid(Integer::from(value))
}

/// A PSID's number; `None` above 2^64, which no register reaches.
pub(crate) fn psid_value(psid: &Psid) -> Option<u64> {
    u64::try_from(&psid.0).ok()
}

/// A whole number of at most 64 bits; `None` when it is negative or larger.
pub(crate) fn whole(number: &Integer) -> Option<u64> {
    u64::try_from(number).ok()
}

/// One service with a bitmap of permissions.
pub(crate) fn bitmap_permission(service: u64, ssp: &[u8]) -> PsidSsp {
    let ssp = ServiceSpecificPermissions::BitmapSsp(BitmapSsp(OctetString::from_slice(ssp)));
    PsidSsp { psid: psid(service), ssp: Some(ssp) }
}

/// The octets of a service's bitmap; `None` where the service has no permissions or opaque ones.
pub(crate) fn bitmap(permission: &PsidSsp) -> Option<&[u8]> {
    match &permission.ssp {
        Some(ServiceSpecificPermissions::BitmapSsp(ssp)) => Some(ssp.0.as_ref()),
        Some(_) | None => None,
    }
}

/// `EndEntityType` with the bit `app` alone: what TS 102 941 clause B.5 wants of issuing permissions.
pub(crate) fn end_entity_app() -> EndEntityType {
    EndEntityType([EndEntityType::APP, 0, 0, 0, 0, 0, 0, 0].into())
}

/// A verification key in the compressed form that certificates carry.
pub(crate) fn verification_key(key: &PublicKey) -> Result<PublicVerificationKey, CryptoError> {
    Ok(match key.curve() {
        Curve::NistP256 => PublicVerificationKey::EcdsaNistP256(point_256(key)?),
        Curve::BrainpoolP256r1 => PublicVerificationKey::EcdsaBrainpoolP256r1(point_256(key)?),
        Curve::NistP384 => PublicVerificationKey::EcdsaNistP384(point_384(key)?),
        Curve::BrainpoolP384r1 => PublicVerificationKey::EcdsaBrainpoolP384r1(point_384(key)?),
    })
}

/// An encryption key for ECIES with AES-128-CCM, in the compressed form that certificates carry.
pub(crate) fn encryption_key(key: &PublicKey) -> Result<PublicEncryptionKey, CryptoError> {
    use v2x_crypto::Algorithm;
    let public_key = match key.curve() {
        Curve::NistP256 => BasePublicEncryptionKey::EciesNistP256(point_256(key)?),
        Curve::BrainpoolP256r1 => BasePublicEncryptionKey::EciesBrainpoolP256r1(point_256(key)?),
        curve @ (Curve::NistP384 | Curve::BrainpoolP384r1) => {
            return Err(CryptoError::Unsupported(Algorithm::Ecies(curve)));
        }
    };
    Ok(PublicEncryptionKey { supported_symm_alg: SymmAlgorithm::Aes128Ccm, public_key })
}

/// A 256-bit point in compressed form.
pub(crate) fn point_256(key: &PublicKey) -> Result<EccP256CurvePoint, CryptoError> {
    let x = fixed::<32>(key)?;
    Ok(if key.y_is_odd() { EccP256CurvePoint::CompressedY1(x) } else { EccP256CurvePoint::CompressedY0(x) })
}

fn point_384(key: &PublicKey) -> Result<EccP384CurvePoint, CryptoError> {
    let x = fixed::<48>(key)?;
    Ok(if key.y_is_odd() { EccP384CurvePoint::CompressedY1(x) } else { EccP384CurvePoint::CompressedY0(x) })
}

fn fixed<const N: usize>(key: &PublicKey) -> Result<FixedOctetString<N>, CryptoError> {
    octets(key.curve(), "x", key.x())
}

/// A validity period as the ASN.1 has it.
pub(crate) const fn validity_period(period: time::ValidityPeriod) -> ValidityPeriod {
    let duration = match period.duration {
        time::Duration::Microseconds(count) => Duration::Microseconds(count),
        time::Duration::Milliseconds(count) => Duration::Milliseconds(count),
        time::Duration::Seconds(count) => Duration::Seconds(count),
        time::Duration::Minutes(count) => Duration::Minutes(count),
        time::Duration::Hours(count) => Duration::Hours(count),
        time::Duration::SixtyHours(count) => Duration::SixtyHours(count),
        time::Duration::Years(count) => Duration::Years(count),
    };
    ValidityPeriod { start: Time32(period.start.seconds()), duration }
}

/// A validity period to reckon with.
pub(crate) const fn period(validity: &ValidityPeriod) -> time::ValidityPeriod {
    let duration = match validity.duration {
        Duration::Microseconds(count) => time::Duration::Microseconds(count),
        Duration::Milliseconds(count) => time::Duration::Milliseconds(count),
        Duration::Seconds(count) => time::Duration::Seconds(count),
        Duration::Minutes(count) => time::Duration::Minutes(count),
        Duration::Hours(count) => time::Duration::Hours(count),
        Duration::SixtyHours(count) => time::Duration::SixtyHours(count),
        Duration::Years(count) => time::Duration::Years(count),
    };
    time::ValidityPeriod { start: time::Time32::from_seconds(validity.start.0), duration }
}

fn octets<const N: usize>(
    curve: Curve,
    what: &'static str,
    from: &[u8],
) -> Result<FixedOctetString<N>, CryptoError> {
    let wrong = CryptoError::Length { what, curve, expected: N, found: from.len() };
    FixedOctetString::try_from(from).map_err(|_| wrong)
}
