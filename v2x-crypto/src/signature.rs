//! ECDSA signatures.

use crate::{
    CryptoError, Curve,
    arithmetic::{Ec, field_bytes, on_curve},
    curve::MAX_COORDINATE_LEN,
};
use alloc::vec::Vec;
use elliptic_curve::ScalarValue;
use pkcs8::der::{self, Decode as _, Encode as _, Reader as _, SliceReader, asn1::UintRef};

/// An ECDSA signature with both parts in `1..n`.
///
/// `r` is what IEEE 1609.2 calls the x coordinate of `rSig`. A coordinate can lie between n and the field prime (one in
/// 2³² on P-256, fewer elsewhere); such an `r` is refused like any other that is not below n, and no signer of ours
/// makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    curve: Curve,
    r: [u8; MAX_COORDINATE_LEN],
    s: [u8; MAX_COORDINATE_LEN],
}

impl Signature {
    /// The signature with these parts, big-endian, each exactly as long as a coordinate of the curve.
    ///
    /// # Errors
    /// [`CryptoError::Length`]; [`CryptoError::ScalarRange`] if a part is zero or not below the curve's order.
    pub fn new(curve: Curve, r: &[u8], s: &[u8]) -> Result<Self, CryptoError> {
        on_curve!(curve, in_range("r", r))?;
        on_curve!(curve, in_range("s", s))?;
        Ok(Self { curve, r: padded(r), s: padded(s) })
    }

    /// The signature in fixed-width form, r ‖ s.
    ///
    /// # Errors
    /// As for [`Signature::new`].
    pub fn from_fixed(curve: Curve, octets: &[u8]) -> Result<Self, CryptoError> {
        let middle = curve.coordinate_len().min(octets.len());
        let (r, s) = octets.split_at(middle);
        Self::new(curve, r, s)
    }

    /// The signature in the DER form of X.509 and OpenSSL (`ECDSA-Sig-Value`).
    ///
    /// # Errors
    /// [`CryptoError::SignatureEncoding`] for anything but strict DER; [`CryptoError::ScalarRange`].
    pub fn from_der(curve: Curve, octets: &[u8]) -> Result<Self, CryptoError> {
        let (r, s) = der_parts(octets).map_err(|_| CryptoError::SignatureEncoding)?;
        Self::new(curve, &widened("r", curve, r.as_bytes())?, &widened("s", curve, s.as_bytes())?)
    }

    /// Its curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The part r: 32 or 48 octets, big-endian.
    #[must_use]
    pub fn r(&self) -> &[u8] {
        self.r.split_at(self.curve.coordinate_len()).0
    }

    /// The part s: 32 or 48 octets, big-endian.
    #[must_use]
    pub fn s(&self) -> &[u8] {
        self.s.split_at(self.curve.coordinate_len()).0
    }

    /// The signature in DER form.
    ///
    /// # Errors
    /// [`CryptoError::SignatureEncoding`] never occurs for a signature of this type.
    pub fn to_der(&self) -> Result<Vec<u8>, CryptoError> {
        let parts = UintRef::new(self.r()).and_then(|r| Ok([r, UintRef::new(self.s())?]));
        parts.and_then(|parts| parts.to_der()).map_err(|_| CryptoError::SignatureEncoding)
    }

    /// r ‖ s: 64 or 96 octets.
    #[must_use]
    pub fn to_fixed(&self) -> Vec<u8> {
        [self.r(), self.s()].concat()
    }
}

fn in_range<C: Ec>(what: &'static str, octets: &[u8]) -> Result<(), CryptoError> {
    let field = field_bytes::<C>(what, octets)?;
    let value = ScalarValue::<C>::from_bytes(&field).into_option();
    let fits = value.is_some_and(|value| !bool::from(value.is_zero()));
    if fits { Ok(()) } else { Err(CryptoError::ScalarRange { what, curve: C::CURVE }) }
}

/// `octets`, of which there are at most 48, with zeros behind.
fn padded(octets: &[u8]) -> [u8; MAX_COORDINATE_LEN] {
    let mut padded = [0; MAX_COORDINATE_LEN];
    padded.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    padded
}

/// The two integers of an `ECDSA-Sig-Value`, without leading zeros.
fn der_parts(octets: &[u8]) -> der::Result<(UintRef<'_>, UintRef<'_>)> {
    let mut reader = SliceReader::new(octets)?;
    let parts =
        reader.sequence(|parts| der::Result::Ok((UintRef::decode(parts)?, UintRef::decode(parts)?)))?;
    reader.finish()?;
    Ok(parts)
}

/// The integer in `octets` with as many leading zeros as a coordinate of the curve needs.
fn widened(what: &'static str, curve: Curve, octets: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let missing = curve.coordinate_len().checked_sub(octets.len());
    let zeros = missing.ok_or(CryptoError::ScalarRange { what, curve })?;
    Ok(core::iter::repeat_n(0, zeros).chain(octets.iter().copied()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// The orders of the curves (FIPS 186-4, RFC 5639).
    const ORDERS: [(Curve, &str); 4] = [
        (Curve::NistP256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
        (
            Curve::NistP384,
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ),
        (Curve::BrainpoolP256r1, "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7"),
        (
            Curve::BrainpoolP384r1,
            "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
        ),
    ];

    fn order(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2).map(|pair| core::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn parts_from_one_to_below_the_order_are_taken_and_no_others() {
        for (curve, hex) in ORDERS {
            let order = order(hex);
            let mut one = vec![0; order.len()];
            *one.last_mut().unwrap() = 1;
            let mut last = order.clone();
            *last.last_mut().unwrap() -= 1;
            assert!(Signature::new(curve, &one, &last).is_ok());
            for bad in [vec![0; order.len()], order] {
                let refusal = |what| Err(CryptoError::ScalarRange { what, curve });
                assert_eq!(Signature::new(curve, &bad, &one), refusal("r"));
                assert_eq!(Signature::new(curve, &one, &bad), refusal("s"));
            }
        }
    }

    #[test]
    fn parts_of_another_length_are_refused() {
        for wrong in [0, 31, 33, 48] {
            let refused = Signature::new(Curve::NistP256, &vec![1; wrong], &[1; 32]);
            assert!(matches!(refused, Err(CryptoError::Length { what: "r", .. })));
        }
        for wrong in [0, 31, 32, 63, 65] {
            assert!(Signature::from_fixed(Curve::NistP256, &vec![1; wrong]).is_err());
        }
    }

    #[test]
    fn der_is_read_back_and_trailing_octets_are_refused() {
        for curve in Curve::ALL {
            let len = curve.coordinate_len();
            // One part with its highest bit set needs a zero in front, the other loses its leading zeros.
            let mut small = vec![0; len];
            *small.last_mut().unwrap() = 0x80;
            let large = vec![0x80; len];
            let signature = Signature::new(curve, &small, &large).unwrap_or_else(|_| {
                // 0x8080… is not below every order.
                Signature::new(curve, &small, &small).unwrap()
            });
            let mut der = signature.to_der().unwrap();
            assert_eq!(Signature::from_der(curve, &der), Ok(signature));
            der.push(0);
            assert_eq!(Signature::from_der(curve, &der), Err(CryptoError::SignatureEncoding));
        }
    }
}
