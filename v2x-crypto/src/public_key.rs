//! Public keys: points that have been checked.

use crate::{
    CryptoError, Curve,
    arithmetic::{checked, decompressed, on_curve},
    curve::MAX_COORDINATE_LEN,
    p256_root,
};
use alloc::vec::Vec;
use core::fmt;

/// A point of a curve that is fit to be a key: coordinates below the field prime, on the curve, not infinity.
///
/// All four curves have prime order, so there is no small subgroup to exclude. Decompression and checks cost a field
/// square root: make a key once and keep it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey {
    curve: Curve,
    /// 04 ‖ x ‖ y, and zeros behind.
    sec1: [u8; 1 + 2 * MAX_COORDINATE_LEN],
}

impl PublicKey {
    /// The key with coordinate `x` and the parity of the other (`compressed-y-0`, `compressed-y-1`).
    ///
    /// # Errors
    /// [`CryptoError::Length`], [`CryptoError::CoordinateRange`] or [`CryptoError::NotOnCurve`].
    pub fn from_compressed(curve: Curve, y_is_odd: bool, x: &[u8]) -> Result<Self, CryptoError> {
        match (curve, <&[u8; 32]>::try_from(x)) {
            (Curve::NistP256, Ok(x)) => Ok(Self::from_checked(curve, x, &p256_root::y(y_is_odd, x)?)),
            (
                Curve::NistP256 | Curve::NistP384 | Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1,
                Ok(_) | Err(_),
            ) => on_curve!(curve, decompressed(y_is_odd, x)),
        }
    }

    /// The key with both coordinates.
    ///
    /// # Errors
    /// [`CryptoError::Length`], [`CryptoError::CoordinateRange`] or [`CryptoError::NotOnCurve`].
    pub fn from_uncompressed(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, CryptoError> {
        on_curve!(curve, checked(x, y))
    }

    /// The key in SEC 1 form, compressed or not.
    ///
    /// # Errors
    /// [`CryptoError::PointEncoding`] for another first octet than 02, 03, 04 or another length, the point at infinity
    /// included; otherwise as for the other constructors.
    pub fn from_sec1(curve: Curve, octets: &[u8]) -> Result<Self, CryptoError> {
        let wrong = CryptoError::PointEncoding { curve, len: octets.len() };
        let (form, coordinates) = octets.split_first().ok_or(wrong)?;
        let len = curve.coordinate_len();
        match (form, coordinates.len()) {
            (2 | 3, found) if found == len => Self::from_compressed(curve, *form == 3, coordinates),
            (4, found) if found == 2 * len => {
                let (x, y) = coordinates.split_at(len);
                Self::from_uncompressed(curve, x, y)
            }
            _ => Err(wrong),
        }
    }

    /// A key whose coordinates have just been computed or checked; both must have the curve's length.
    pub(crate) fn from_checked(curve: Curve, x: &[u8], y: &[u8]) -> Self {
        let mut sec1 = [0; 1 + 2 * MAX_COORDINATE_LEN];
        let octets = core::iter::once(&4).chain(x).chain(y);
        sec1.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
        Self { curve, sec1 }
    }

    /// Its curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The x coordinate: 32 or 48 octets, big-endian.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.coordinates().0
    }

    /// The y coordinate: 32 or 48 octets, big-endian.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        self.coordinates().1
    }

    /// Whether y is odd: what a compressed point says of it.
    #[must_use]
    pub fn y_is_odd(&self) -> bool {
        self.y().last().is_some_and(|octet| octet & 1 == 1)
    }

    /// SEC 1 uncompressed form: 04 ‖ x ‖ y.
    #[must_use]
    pub fn as_sec1(&self) -> &[u8] {
        self.sec1.split_at(1 + 2 * self.curve.coordinate_len()).0
    }

    /// SEC 1 compressed form: 02 or 03, then x.
    #[must_use]
    pub fn to_sec1_compressed(&self) -> Vec<u8> {
        core::iter::once(2 + u8::from(self.y_is_odd())).chain(self.x().iter().copied()).collect()
    }

    fn coordinates(&self) -> (&[u8], &[u8]) {
        let len = self.curve.coordinate_len();
        let (x, rest) = self.sec1.split_at(1).1.split_at(len);
        (x, rest.split_at(len).0)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02x}", self.curve, 2 + u8::from(self.y_is_odd()))?;
        self.x().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}
