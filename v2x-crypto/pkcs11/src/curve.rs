//! Curves and points as PKCS#11 writes them.

use v2x_crypto::{CryptoError, Curve, PublicKey};

/// `CKA_EC_PARAMS` of a curve: its object identifier in DER (RFC 5480, RFC 5639).
pub(crate) const fn parameters(curve: Curve) -> &'static [u8] {
    match curve {
        // 1.2.840.10045.3.1.7
        Curve::NistP256 => &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        // 1.3.132.0.34
        Curve::NistP384 => &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
        // 1.3.36.3.3.2.8.1.1.7
        Curve::BrainpoolP256r1 => &[0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07],
        // 1.3.36.3.3.2.8.1.1.11
        Curve::BrainpoolP384r1 => &[0x06, 0x09, 0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b],
    }
}

/// The curve of `CKA_EC_PARAMS`, if it is given by name and one of the four.
pub(crate) fn of_parameters(octets: &[u8]) -> Option<Curve> {
    Curve::ALL.into_iter().find(|curve| parameters(*curve) == octets)
}

/// The point of `CKA_EC_POINT`: an OCTET STRING around it, as the standard says, or the point alone, as some modules have it.
pub(crate) fn point(curve: Curve, octets: &[u8]) -> Result<PublicKey, CryptoError> {
    match octets.split_at_checked(2) {
        Some(([4, len], point)) if point.len() == usize::from(*len) => PublicKey::from_sec1(curve, point),
        Some(_) | None => PublicKey::from_sec1(curve, octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use v2x_crypto::PrivateKey;

    fn generator(curve: Curve) -> PublicKey {
        let mut one = vec![0; curve.coordinate_len()];
        *one.last_mut().unwrap() = 1;
        *PrivateKey::from_scalar(curve, &one).unwrap().public_key()
    }

    #[test]
    fn a_curve_is_known_by_its_name_and_nothing_else() {
        for curve in Curve::ALL {
            let name = parameters(curve);
            assert_eq!(of_parameters(name), Some(curve));
            assert_eq!(of_parameters(name.split_last().unwrap().1), None);
            // What OpenSSL would say of the curve, if its keys gave the name: the same octets.
            let spki = generator(curve).to_spki_der().unwrap();
            assert!(spki.windows(name.len()).any(|window| window == name), "{curve}");
        }
        assert_eq!(of_parameters(b""), None);
    }

    #[test]
    fn a_point_is_read_in_its_octet_string_and_alone() {
        for curve in Curve::ALL {
            let key = generator(curve);
            let wrapped = [&[4, u8::try_from(key.as_sec1().len()).unwrap()], key.as_sec1()].concat();
            assert_eq!(point(curve, &wrapped), Ok(key));
            assert_eq!(point(curve, key.as_sec1()), Ok(key));
            let compressed = key.to_sec1_compressed();
            assert_eq!(point(curve, &compressed), Ok(key));
        }
    }

    #[test]
    fn a_point_off_the_curve_or_of_another_one_is_refused() {
        let key = generator(Curve::NistP256);
        assert!(point(Curve::BrainpoolP256r1, key.as_sec1()).is_err());
        assert!(point(Curve::NistP384, key.as_sec1()).is_err());
        for octets in [&b""[..], &[4], &[4, 1], &[4, 0], &[0; 65]] {
            assert!(point(Curve::NistP256, octets).is_err());
        }
    }
}
