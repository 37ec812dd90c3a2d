//! One body for four curves: functions generic over the curve crates, and the match that picks one.

use crate::{CryptoError, Curve, curve::MAX_COORDINATE_LEN, public_key::PublicKey, secret::Secret};
use ecdsa::EcdsaCurve;
use elliptic_curve::{
    CurveArithmetic, FieldBytes, NonZeroScalar, ProjectivePoint,
    ff::PrimeField as _,
    group::{Curve as _, Group as _},
    hazmat::FieldArithmetic,
    point::{AffineCoordinates as _, DecompressPoint},
    sec1::{FromSec1Point, ModulusSize, ToSec1Point},
    subtle::Choice,
};
use pkcs8::AssociatedOid;
use zeroize::Zeroizing;

/// What this crate needs of a curve crate.
pub(crate) trait Ec:
    EcdsaCurve<FieldBytesSize: ModulusSize>
    + CurveArithmetic<AffinePoint: DecompressPoint<Self> + FromSec1Point<Self> + ToSec1Point<Self>>
    + FieldArithmetic
    + AssociatedOid
{
    /// The name of the curve in this crate.
    const CURVE: Curve;
}

impl Ec for p256::NistP256 {
    const CURVE: Curve = Curve::NistP256;
}

impl Ec for p384::NistP384 {
    const CURVE: Curve = Curve::NistP384;
}

impl Ec for bp256::BrainpoolP256r1 {
    const CURVE: Curve = Curve::BrainpoolP256r1;
}

impl Ec for bp384::BrainpoolP384r1 {
    const CURVE: Curve = Curve::BrainpoolP384r1;
}

/// Calls a function that is generic over [`Ec`] for the curve at hand.
macro_rules! on_curve {
    ($curve:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $curve {
            $crate::Curve::NistP256 => $function::<p256::NistP256>($($argument),*),
            $crate::Curve::NistP384 => $function::<p384::NistP384>($($argument),*),
            $crate::Curve::BrainpoolP256r1 => $function::<bp256::BrainpoolP256r1>($($argument),*),
            $crate::Curve::BrainpoolP384r1 => $function::<bp384::BrainpoolP384r1>($($argument),*),
        }
    };
}
pub(crate) use on_curve;

/// The field element or scalar in `octets`, as the curve crates take them.
pub(crate) fn field_bytes<C: Ec>(what: &'static str, octets: &[u8]) -> Result<FieldBytes<C>, CryptoError> {
    CryptoError::unless_coordinate(what, C::CURVE, octets)?;
    let mut field = FieldBytes::<C>::default();
    field.copy_from_slice(octets);
    Ok(field)
}

/// The point with these coordinates.
pub(crate) fn affine<C: Ec>(x: &[u8], y: &[u8]) -> Result<C::AffinePoint, CryptoError> {
    let (x, y) = (coordinate::<C>(x)?, coordinate::<C>(y)?);
    C::AffinePoint::from_coordinates(&x, &y).into_option().ok_or(CryptoError::NotOnCurve(C::CURVE))
}

/// The point of which only one coordinate and the parity of the other are given.
pub(crate) fn decompressed<C: Ec>(y_is_odd: bool, x: &[u8]) -> Result<PublicKey, CryptoError> {
    let x = coordinate::<C>(x)?;
    let point = C::AffinePoint::decompress(&x, Choice::from(u8::from(y_is_odd)));
    public_key::<C>(&point.into_option().ok_or(CryptoError::NotOnCurve(C::CURVE))?)
}

/// The key with these coordinates.
pub(crate) fn checked<C: Ec>(x: &[u8], y: &[u8]) -> Result<PublicKey, CryptoError> {
    public_key::<C>(&affine::<C>(x, y)?)
}

/// A coordinate that is below the field prime.
fn coordinate<C: Ec>(octets: &[u8]) -> Result<FieldBytes<C>, CryptoError> {
    let field = field_bytes::<C>("coordinate", octets)?;
    let element = <C as FieldArithmetic>::FieldElement::from_repr(field);
    if bool::from(element.is_some()) { Ok(field) } else { Err(CryptoError::CoordinateRange(C::CURVE)) }
}

/// The public key at `point`, which must not be infinity.
pub(crate) fn public_key<C: Ec>(point: &C::AffinePoint) -> Result<PublicKey, CryptoError> {
    if bool::from(C::ProjectivePoint::from(*point).is_identity()) {
        return Err(CryptoError::Infinity);
    }
    Ok(PublicKey::from_checked(C::CURVE, &point.x(), &point.y()))
}

/// The point of `key`.
pub(crate) fn point<C: Ec>(key: &PublicKey) -> Result<ProjectivePoint<C>, CryptoError> {
    CryptoError::unless_same(C::CURVE, key.curve())?;
    affine::<C>(key.x(), key.y()).map(ProjectivePoint::<C>::from)
}

/// A secret scalar in 1..n.
pub(crate) fn scalar<C: Ec>(
    what: &'static str,
    octets: &[u8],
) -> Result<Zeroizing<NonZeroScalar<C>>, CryptoError> {
    let field = Zeroizing::new(field_bytes::<C>(what, octets)?);
    let scalar = NonZeroScalar::<C>::from_repr(*field).into_option();
    scalar.map(Zeroizing::new).ok_or(CryptoError::ScalarRange { what, curve: C::CURVE })
}

/// The public key of the private key in `octets`. The caller wipes the stack.
pub(crate) fn base_multiple<C: Ec>(octets: &[u8]) -> Result<PublicKey, CryptoError> {
    let scalar = scalar::<C>("private key", octets)?;
    let point = ProjectivePoint::<C>::mul_by_generator(&**scalar).to_affine();
    public_key::<C>(&point)
}

/// The x coordinate of `private` times `peer`. The caller wipes the stack.
pub(crate) fn agree<C: Ec>(
    private: &[u8],
    peer: &PublicKey,
) -> Result<Secret<MAX_COORDINATE_LEN>, CryptoError> {
    let peer = point::<C>(peer)?;
    let scalar = scalar::<C>("private key", private)?;
    let shared = Zeroizing::new((peer * **scalar).to_affine());
    let x = Zeroizing::new(shared.x());
    Ok(Secret::copied(&x))
}
