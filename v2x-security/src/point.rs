//! Between the points, keys and signatures of the ASN.1 modules and those of `v2x-crypto`: checked on the way in,
//! canonical on the way out.

use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::view;
use v2x_crypto::{Algorithm, CryptoError, Curve, HashAlgorithm, PublicKey, Signature};

use crate::refusal::Refusal;

/// A curve point in the form that it was sent in.
#[derive(Clone, Copy, Debug)]
enum Form<'a> {
    XOnly(&'a [u8]),
    Fill,
    Compressed { y_is_odd: bool, x: &'a [u8] },
    Uncompressed { x: &'a [u8], y: &'a [u8] },
}

impl<'a> From<&'a asn::EccP256CurvePoint> for Form<'a> {
    fn from(point: &'a asn::EccP256CurvePoint) -> Self {
        match point {
            asn::EccP256CurvePoint::XOnly(x) => Self::XOnly(&**x),
            asn::EccP256CurvePoint::Fill(()) => Self::Fill,
            asn::EccP256CurvePoint::CompressedY0(x) => Self::Compressed { y_is_odd: false, x: &**x },
            asn::EccP256CurvePoint::CompressedY1(x) => Self::Compressed { y_is_odd: true, x: &**x },
            asn::EccP256CurvePoint::Uncompressed(point) => Self::Uncompressed { x: &*point.x, y: &*point.y },
        }
    }
}

impl<'a> From<&'a asn::EccP384CurvePoint> for Form<'a> {
    fn from(point: &'a asn::EccP384CurvePoint) -> Self {
        match point {
            asn::EccP384CurvePoint::XOnly(x) => Self::XOnly(&**x),
            asn::EccP384CurvePoint::Fill(()) => Self::Fill,
            asn::EccP384CurvePoint::CompressedY0(x) => Self::Compressed { y_is_odd: false, x: &**x },
            asn::EccP384CurvePoint::CompressedY1(x) => Self::Compressed { y_is_odd: true, x: &**x },
            asn::EccP384CurvePoint::Uncompressed(point) => Self::Uncompressed { x: &*point.x, y: &*point.y },
        }
    }
}

impl<'a> From<&view::Point<'a>> for Form<'a> {
    fn from(point: &view::Point<'a>) -> Self {
        match *point {
            view::Point::XOnly(x) => Self::XOnly(x),
            view::Point::Fill => Self::Fill,
            view::Point::CompressedY0(x) => Self::Compressed { y_is_odd: false, x },
            view::Point::CompressedY1(x) => Self::Compressed { y_is_odd: true, x },
            view::Point::Uncompressed { x, y } => Self::Uncompressed { x, y },
        }
    }
}

impl<'a> Form<'a> {
    /// The point as a key. A key has a y, so an x-coordinate alone is none.
    fn key(self, curve: Curve, what: &'static str) -> Result<PublicKey, Refusal> {
        self.point(curve).map_err(|error| Refusal::BadKeyMaterial { what, error })
    }

    fn point(self, curve: Curve) -> Result<PublicKey, CryptoError> {
        match self {
            Self::Compressed { y_is_odd, x } => PublicKey::from_compressed(curve, y_is_odd, x),
            Self::Uncompressed { x, y } => PublicKey::from_uncompressed(curve, x, y),
            Self::XOnly(x) => Err(CryptoError::PointEncoding { curve, len: x.len() }),
            Self::Fill => Err(CryptoError::PointEncoding { curve, len: 0 }),
        }
    }

    /// The x-coordinate: all that counts of `rSig`.
    const fn x(self) -> &'a [u8] {
        match self {
            Self::XOnly(x) | Self::Compressed { x, .. } | Self::Uncompressed { x, .. } => x,
            Self::Fill => &[],
        }
    }
}

/// `reconstructionValue` of an implicit certificate. Its curve is the issuer's, so it meets its curve only when the
/// issuer is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconstruction(asn::EccP256CurvePoint);

impl Reconstruction {
    pub(crate) fn new(value: &asn::EccP256CurvePoint) -> Result<Self, Refusal> {
        match Form::from(value) {
            Form::Compressed { .. } | Form::Uncompressed { .. } => Ok(Self(value.clone())),
            form @ (Form::XOnly(_) | Form::Fill) => Err(Refusal::BadKeyMaterial {
                what: "reconstructionValue",
                error: CryptoError::PointEncoding { curve: Curve::NistP256, len: form.x().len() },
            }),
        }
    }

    /// The point on the issuer's curve.
    ///
    /// # Errors
    /// [`Refusal::BadKeyMaterial`] when it does not lie there.
    pub fn on(&self, curve: Curve) -> Result<PublicKey, Refusal> {
        Form::from(&self.0).key(curve, "reconstructionValue")
    }
}

/// `PublicVerificationKey` as a checked key.
///
/// # Errors
/// [`Refusal::UnsupportedAlgorithm`] for SM2, [`Refusal::BadKeyMaterial`] for a point off its curve.
pub fn verification_key(key: &asn::PublicVerificationKey) -> Result<PublicKey, Refusal> {
    const WHAT: &str = "verificationKey";
    match key {
        asn::PublicVerificationKey::EcdsaNistP256(point) => Form::from(point).key(Curve::NistP256, WHAT),
        asn::PublicVerificationKey::EcdsaBrainpoolP256r1(point) => {
            Form::from(point).key(Curve::BrainpoolP256r1, WHAT)
        }
        asn::PublicVerificationKey::EcdsaNistP384(point) => Form::from(point).key(Curve::NistP384, WHAT),
        asn::PublicVerificationKey::EcdsaBrainpoolP384r1(point) => {
            Form::from(point).key(Curve::BrainpoolP384r1, WHAT)
        }
        asn::PublicVerificationKey::EcsigSm2(_) => Err(Refusal::UnsupportedAlgorithm("SM2")),
        _ => Err(Refusal::UnsupportedAlgorithm("this PublicVerificationKey")),
    }
}

/// `PublicEncryptionKey` as a checked key.
///
/// # Errors
/// [`Refusal::UnsupportedAlgorithm`] for SM2 and SM4, [`Refusal::BadKeyMaterial`] for a point off its curve.
pub fn encryption_key(key: &asn::PublicEncryptionKey) -> Result<PublicKey, Refusal> {
    const WHAT: &str = "encryptionKey";
    match key.supported_symm_alg {
        asn::SymmAlgorithm::Aes128Ccm => {}
        asn::SymmAlgorithm::Sm4Ccm => return Err(Refusal::UnsupportedAlgorithm("SM4")),
        _ => return Err(Refusal::UnsupportedAlgorithm("this SymmAlgorithm")),
    }
    match &key.public_key {
        asn::BasePublicEncryptionKey::EciesNistP256(point) => Form::from(point).key(Curve::NistP256, WHAT),
        asn::BasePublicEncryptionKey::EciesBrainpoolP256r1(point) => {
            Form::from(point).key(Curve::BrainpoolP256r1, WHAT)
        }
        asn::BasePublicEncryptionKey::EcencSm2(_) => Err(Refusal::UnsupportedAlgorithm("SM2")),
        _ => Err(Refusal::UnsupportedAlgorithm("this BasePublicEncryptionKey")),
    }
}

/// `Signature` as a checked signature; of `rSig` only the x-coordinate counts.
pub(crate) fn signature(signature: &asn::Signature) -> Result<Signature, Refusal> {
    let made = match signature {
        asn::Signature::EcdsaNistP256(s) => {
            Signature::new(Curve::NistP256, Form::from(&s.r_sig).x(), &*s.s_sig)
        }
        asn::Signature::EcdsaBrainpoolP256r1(s) => {
            Signature::new(Curve::BrainpoolP256r1, Form::from(&s.r_sig).x(), &*s.s_sig)
        }
        asn::Signature::EcdsaNistP384(s) => {
            Signature::new(Curve::NistP384, Form::from(&s.r_sig).x(), &*s.s_sig)
        }
        asn::Signature::EcdsaBrainpoolP384r1(s) => {
            Signature::new(Curve::BrainpoolP384r1, Form::from(&s.r_sig).x(), &*s.s_sig)
        }
        asn::Signature::Sm2(_) => return Err(Refusal::UnsupportedAlgorithm("SM2")),
        _ => return Err(Refusal::UnsupportedAlgorithm("this Signature")),
    };
    made.map_err(|error| Refusal::BadKeyMaterial { what: "signature", error })
}

/// `HashAlgorithm`, without SM3.
pub(crate) fn hash_algorithm(hash: asn::HashAlgorithm) -> Result<HashAlgorithm, Refusal> {
    match hash {
        asn::HashAlgorithm::Sha256 => Ok(HashAlgorithm::Sha256),
        asn::HashAlgorithm::Sha384 => Ok(HashAlgorithm::Sha384),
        asn::HashAlgorithm::Sm3 => Err(Refusal::UnsupportedAlgorithm("SM3")),
        _ => Err(Refusal::UnsupportedAlgorithm("this HashAlgorithm")),
    }
}

/// The curve of a key or signature in a received message.
#[must_use]
pub const fn received_curve(curve: view::Curve) -> Curve {
    match curve {
        view::Curve::NistP256 => Curve::NistP256,
        view::Curve::BrainpoolP256r1 => Curve::BrainpoolP256r1,
        view::Curve::BrainpoolP384r1 => Curve::BrainpoolP384r1,
        view::Curve::NistP384 => Curve::NistP384,
    }
}

/// The hash that a received `hashId` names.
#[must_use]
pub const fn received_hash(hash: view::HashAlgorithm) -> HashAlgorithm {
    match hash {
        view::HashAlgorithm::Sha256 => HashAlgorithm::Sha256,
        view::HashAlgorithm::Sha384 => HashAlgorithm::Sha384,
    }
}

/// What a received certificate is hashed with to name it: the hash of its key. Implicit certificates exist on 256-bit curves
/// only.
#[must_use]
pub(crate) const fn certificate_hash(certificate: &view::CertificateView<'_>) -> HashAlgorithm {
    match certificate.verify_key_indicator {
        view::VerificationKeyIndicator::VerificationKey(key) => received_curve(key.curve).hash(),
        view::VerificationKeyIndicator::ReconstructionValue(_) => HashAlgorithm::Sha256,
    }
}

/// A point of `curve` in a received message.
///
/// # Errors
/// [`CryptoError`] when it does not lie there, or is an x-coordinate alone.
pub(crate) fn received_point(curve: Curve, point: &view::Point<'_>) -> Result<PublicKey, CryptoError> {
    Form::from(point).point(curve)
}

/// The signature in a received message; of `rSig` only the x-coordinate counts.
///
/// # Errors
/// [`CryptoError`] when a part is out of range.
pub fn received_signature(signature: &view::Signature<'_>) -> Result<Signature, CryptoError> {
    Signature::new(received_curve(signature.curve), signature.r.x().unwrap_or_default(), signature.s)
}

/// A verification key as requests and certificates carry it: compressed.
///
/// # Errors
/// None that a [`PublicKey`] can cause.
pub fn to_verification_key(key: &PublicKey) -> Result<asn::PublicVerificationKey, CryptoError> {
    Ok(match key.curve() {
        Curve::NistP256 => asn::PublicVerificationKey::EcdsaNistP256(to_point_256(key)?),
        Curve::BrainpoolP256r1 => asn::PublicVerificationKey::EcdsaBrainpoolP256r1(to_point_256(key)?),
        Curve::NistP384 => asn::PublicVerificationKey::EcdsaNistP384(to_point_384(key)?),
        Curve::BrainpoolP384r1 => asn::PublicVerificationKey::EcdsaBrainpoolP384r1(to_point_384(key)?),
    })
}

/// An encryption key for ECIES with AES-128-CCM as requests and certificates carry it: compressed.
///
/// # Errors
/// [`CryptoError::Unsupported`] on a 384-bit curve.
pub fn to_encryption_key(key: &PublicKey) -> Result<asn::PublicEncryptionKey, CryptoError> {
    let public_key = match key.curve() {
        Curve::NistP256 => asn::BasePublicEncryptionKey::EciesNistP256(to_point_256(key)?),
        Curve::BrainpoolP256r1 => asn::BasePublicEncryptionKey::EciesBrainpoolP256r1(to_point_256(key)?),
        curve @ (Curve::NistP384 | Curve::BrainpoolP384r1) => {
            return Err(CryptoError::Unsupported(Algorithm::Ecies(curve)));
        }
    };
    Ok(asn::PublicEncryptionKey { supported_symm_alg: asn::SymmAlgorithm::Aes128Ccm, public_key })
}

/// A 256-bit point in compressed form.
///
/// # Errors
/// [`CryptoError::Length`] for a point of another size.
pub fn to_point_256(key: &PublicKey) -> Result<asn::EccP256CurvePoint, CryptoError> {
    let x = to_coordinate(key)?;
    Ok(if key.y_is_odd() {
        asn::EccP256CurvePoint::CompressedY1(x)
    } else {
        asn::EccP256CurvePoint::CompressedY0(x)
    })
}

fn to_point_384(key: &PublicKey) -> Result<asn::EccP384CurvePoint, CryptoError> {
    let x = to_coordinate(key)?;
    Ok(if key.y_is_odd() {
        asn::EccP384CurvePoint::CompressedY1(x)
    } else {
        asn::EccP384CurvePoint::CompressedY0(x)
    })
}

fn to_coordinate<const N: usize>(key: &PublicKey) -> Result<asn::FixedOctetString<N>, CryptoError> {
    let (curve, x) = (key.curve(), key.x());
    let wrong = CryptoError::Length { what: "x", curve, expected: N, found: x.len() };
    asn::FixedOctetString::try_from(x).map_err(|_| wrong)
}
