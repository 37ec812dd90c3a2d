//! Curve points, keys and signatures, as choices and octets: whether a point is on its curve is asked elsewhere.

use super::primitive::{Read, open_type, unknown_choice, unsupported};
use crate::coer::Reader;
use crate::error::ErrorKind;

/// A curve that IEEE 1609.2 names and this stack supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256.
    NistP256,
    /// brainpoolP256r1.
    BrainpoolP256r1,
    /// brainpoolP384r1.
    BrainpoolP384r1,
    /// NIST P-384.
    NistP384,
}

/// `EccP256CurvePoint` or `EccP384CurvePoint`: coordinates of 32 or 48 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point<'a> {
    /// The x-coordinate alone.
    XOnly(&'a [u8]),
    /// Nothing.
    Fill,
    /// x, with y even.
    CompressedY0(&'a [u8]),
    /// x, with y odd.
    CompressedY1(&'a [u8]),
    /// Both coordinates.
    Uncompressed {
        /// The x-coordinate.
        x: &'a [u8],
        /// The y-coordinate.
        y: &'a [u8],
    },
}

/// An ECDSA signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature<'a> {
    /// Which alternative of `Signature` this is.
    pub curve: Curve,
    /// `rSig`; only its x-coordinate counts.
    pub r: Point<'a>,
    /// `sSig`, 32 or 48 octets.
    pub s: &'a [u8],
}

/// `PublicVerificationKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerificationKey<'a> {
    /// Which alternative this is.
    pub curve: Curve,
    /// The key itself.
    pub point: Point<'a>,
}

/// `PublicEncryptionKey` for AES-128-CCM, the one supported algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublicEncryptionKey<'a> {
    /// P-256 or brainpoolP256r1.
    pub curve: Curve,
    /// The key itself.
    pub point: Point<'a>,
}

impl Curve {
    /// Octets of a coordinate.
    #[must_use]
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::NistP256 | Self::BrainpoolP256r1 => 32,
            Self::BrainpoolP384r1 | Self::NistP384 => 48,
        }
    }
}

impl<'a> Point<'a> {
    #[inline]
    pub(super) fn read(reader: &mut Reader<'a>, width: usize) -> Read<Self> {
        const FIELD: &str = "EccCurvePoint";
        match reader.choice(FIELD)? {
            0 => reader.octets(width, FIELD).map(Self::XOnly),
            1 => Ok(Self::Fill),
            2 => reader.octets(width, FIELD).map(Self::CompressedY0),
            3 => reader.octets(width, FIELD).map(Self::CompressedY1),
            4 => Ok(Self::Uncompressed { x: reader.octets(width, FIELD)?, y: reader.octets(width, FIELD)? }),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }

    /// The x-coordinate, which every form but [`Fill`](Self::Fill) has.
    #[must_use]
    pub const fn x(&self) -> Option<&'a [u8]> {
        match self {
            Self::XOnly(x) | Self::CompressedY0(x) | Self::CompressedY1(x) | Self::Uncompressed { x, .. } => {
                Some(x)
            }
            Self::Fill => None,
        }
    }
}

impl<'a> Signature<'a> {
    #[inline]
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "Signature";
        match reader.choice(FIELD)? {
            0 => Self::with_curve(reader, Curve::NistP256),
            1 => Self::with_curve(reader, Curve::BrainpoolP256r1),
            2 => open_type(reader, FIELD, |inner| Self::with_curve(inner, Curve::BrainpoolP384r1)),
            3 => open_type(reader, FIELD, |inner| Self::with_curve(inner, Curve::NistP384)),
            4 => Err(unsupported(reader, "Signature.sm2Signature")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }

    #[inline]
    fn with_curve(reader: &mut Reader<'a>, curve: Curve) -> Read<Self> {
        let width = curve.coordinate_len();
        Ok(Self { curve, r: Point::read(reader, width)?, s: reader.octets(width, "sSig")? })
    }
}

impl<'a> VerificationKey<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "PublicVerificationKey";
        match reader.choice(FIELD)? {
            0 => Self::with_curve(reader, Curve::NistP256),
            1 => Self::with_curve(reader, Curve::BrainpoolP256r1),
            2 => open_type(reader, FIELD, |inner| Self::with_curve(inner, Curve::BrainpoolP384r1)),
            3 => open_type(reader, FIELD, |inner| Self::with_curve(inner, Curve::NistP384)),
            4 => Err(unsupported(reader, "PublicVerificationKey.ecsigSm2")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }

    fn with_curve(reader: &mut Reader<'a>, curve: Curve) -> Read<Self> {
        Ok(Self { curve, point: Point::read(reader, curve.coordinate_len())? })
    }
}

impl<'a> PublicEncryptionKey<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        read_symm_algorithm(reader)?;
        const FIELD: &str = "BasePublicEncryptionKey";
        let curve = match reader.choice(FIELD)? {
            0 => Curve::NistP256,
            1 => Curve::BrainpoolP256r1,
            2 => return Err(unsupported(reader, "BasePublicEncryptionKey.ecencSm2")),
            other => return Err(unknown_choice(reader, other, FIELD)),
        };
        Ok(Self { curve, point: Point::read(reader, curve.coordinate_len())? })
    }
}

/// `SymmAlgorithm`: AES-128-CCM or an error.
fn read_symm_algorithm(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "SymmAlgorithm";
    let start = reader.error(ErrorKind::Unsupported, FIELD);
    match reader.u8(FIELD)? {
        0 => Ok(()),
        1 => Err(start),
        other => Err(unknown_choice(reader, other, FIELD)),
    }
}
