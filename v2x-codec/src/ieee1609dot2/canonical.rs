//! The canonical form of a certificate, by splicing the received octets.
//!
//! A certificate is hashed, to sign with it or to name it, with its signature's `rSig` as x-coordinate only and its
//! keys compressed. A decoder and encoder in between would lose what another edition added, so only the points that
//! have another form are replaced, and everything else stays as it came.

use core::ops::Range;
use std::borrow::Cow;

use crate::coer::schema::{
    CERTIFICATE, ECC_P256_CURVE_POINT, ECC_P384_CURVE_POINT, TO_BE_SIGNED_CERTIFICATE, Type,
};
use crate::coer::{Visitor, scan_with};
use crate::error::{CodecError, ErrorKind};

/// The octets of a certificate that passed the scan, in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalCertificate<'a> {
    octets: Cow<'a, [u8]>,
    to_be_signed: Range<usize>,
}

impl<'a> CanonicalCertificate<'a> {
    /// Scans a received certificate and puts it into canonical form; allocates only when its form was another.
    ///
    /// # Errors
    /// Those of [`scan`](crate::coer::scan).
    pub fn from_received(received: &'a [u8]) -> Result<Self, CodecError> {
        let found = Findings::walk(received)?;
        if found.points.is_empty() {
            return Ok(Self { octets: Cow::Borrowed(received), to_be_signed: found.to_be_signed });
        }
        Self::from_spliced(found.splice())
    }

    /// Looks at the spliced octets again, as if they had arrived like this.
    fn from_spliced(spliced: Vec<u8>) -> Result<Self, CodecError> {
        let inconsistent = CodecError::new(ErrorKind::Inconsistent, CERTIFICATE.name, 0);
        let found = Findings::walk(&spliced).map_err(|_| inconsistent)?;
        if !found.points.is_empty() {
            return Err(inconsistent);
        }
        let to_be_signed = found.to_be_signed;
        Ok(Self { octets: Cow::Owned(spliced), to_be_signed })
    }

    /// The whole certificate: what a digest of it is taken over.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// `ToBeSignedCertificate`: what the first hash of the issuer's signature is taken over.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        self.octets.get(self.to_be_signed.clone()).unwrap_or_default()
    }

    /// Where `ToBeSignedCertificate` lies in [`octets`](Self::octets).
    #[must_use]
    pub fn to_be_signed_range(&self) -> Range<usize> {
        self.to_be_signed.clone()
    }

    /// Whether the received octets had this form already.
    #[must_use]
    pub const fn arrived_canonical(&self) -> bool {
        matches!(self.octets, Cow::Borrowed(_))
    }

    /// The whole certificate, owned.
    #[must_use]
    pub fn into_owned(self) -> Vec<u8> {
        self.octets.into_owned()
    }
}

const X_ONLY: u8 = 0x80;
const COMPRESSED_Y_0: u8 = 0x82;
const COMPRESSED_Y_1: u8 = 0x83;
const UNCOMPRESSED: u8 = 0x84;

/// What the walk over a certificate notes.
struct Findings<'a> {
    received: &'a [u8],
    to_be_signed: Range<usize>,
    points: Vec<Replacement<'a>>,
    wrappers: Vec<Wrapper>,
}

/// The octets `at` become `tag` and `coordinate`.
struct Replacement<'a> {
    at: Range<usize>,
    tag: u8,
    coordinate: &'a [u8],
}

/// A length determinant and the content it counts.
struct Wrapper {
    length: Range<usize>,
    content: Range<usize>,
}

impl<'a> Findings<'a> {
    fn walk(received: &'a [u8]) -> Result<Self, CodecError> {
        let mut findings = Self { received, to_be_signed: 0..0, points: Vec::new(), wrappers: Vec::new() };
        scan_with(&CERTIFICATE, received, &mut findings)?;
        Ok(findings)
    }

    /// Copies the certificate with every replacement made and the lengths around them corrected.
    fn splice(&self) -> Vec<u8> {
        let mut spliced = Vec::with_capacity(self.received.len());
        let mut copied = 0;
        for (at, new) in self.edits() {
            spliced.extend_from_slice(self.received.get(copied..at.start).unwrap_or_default());
            spliced.extend_from_slice(&new);
            copied = at.end;
        }
        spliced.extend_from_slice(self.received.get(copied..).unwrap_or_default());
        spliced
    }

    /// All edits in the order of the octets. No point of a certificate lies in more than one length.
    fn edits(&self) -> Vec<(Range<usize>, Vec<u8>)> {
        let points = self.points.iter().map(|point| (point.at.clone(), point.octets()));
        let lengths = self.wrappers.iter().filter_map(|wrapper| self.corrected_length(wrapper));
        let mut edits: Vec<_> = points.chain(lengths).collect();
        edits.sort_by_key(|(at, _)| at.start);
        edits
    }

    fn corrected_length(&self, wrapper: &Wrapper) -> Option<(Range<usize>, Vec<u8>)> {
        let inside = self.points.iter().filter(|point| wrapper.content.contains(&point.at.start));
        let saved: usize = inside.map(Replacement::saved).sum();
        let length = wrapper.content.len() - saved;
        (saved > 0).then(|| (wrapper.length.clone(), length_determinant(length)))
    }
}

impl Replacement<'_> {
    fn octets(&self) -> Vec<u8> {
        [&[self.tag], self.coordinate].concat()
    }

    fn saved(&self) -> usize {
        self.at.len() - 1 - self.coordinate.len()
    }
}

impl<'a> Visitor<'a> for Findings<'a> {
    fn leave(&mut self, field: &'static str, schema: &'static Type, span: Range<usize>) {
        if core::ptr::eq(schema, &raw const TO_BE_SIGNED_CERTIFICATE) {
            self.to_be_signed = span;
        } else if let Some(size) = coordinate_size(schema) {
            let point = self.received.get(span.clone()).unwrap_or_default();
            let canonical = if field == "rSig" { x_only(point, size) } else { compressed(point, size) };
            let replacement = canonical.map(|(tag, coordinate)| Replacement { at: span, tag, coordinate });
            self.points.extend(replacement);
        }
    }

    fn wrapped(&mut self, length: Range<usize>, content: Range<usize>) {
        self.wrappers.push(Wrapper { length, content });
    }
}

fn coordinate_size(schema: &'static Type) -> Option<usize> {
    if core::ptr::eq(schema, &raw const ECC_P256_CURVE_POINT) {
        Some(32)
    } else if core::ptr::eq(schema, &raw const ECC_P384_CURVE_POINT) {
        Some(48)
    } else {
        None
    }
}

/// The tag and coordinate of an `rSig` that must change; none for one that is `x-only` or has no coordinate.
fn x_only(point: &[u8], size: usize) -> Option<(u8, &[u8])> {
    match point.split_first()? {
        (&(COMPRESSED_Y_0 | COMPRESSED_Y_1 | UNCOMPRESSED), coordinates) => {
            Some((X_ONLY, coordinates.get(..size)?))
        }
        _ => None,
    }
}

/// The tag and coordinate of a key that must change; none for one that is compressed, or cannot be.
fn compressed(point: &[u8], size: usize) -> Option<(u8, &[u8])> {
    match point.split_first()? {
        (&UNCOMPRESSED, coordinates) => {
            let odd = coordinates.last()? & 1;
            Some((COMPRESSED_Y_0 | odd, coordinates.get(..size)?))
        }
        _ => None,
    }
}

/// The shortest length determinant of a length below 2^16, as a point in a length always has.
fn length_determinant(length: usize) -> Vec<u8> {
    match u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes() {
        [0, short @ 0..0x80] => vec![short],
        [0, long] => vec![0x81, long],
        long => [&[0x82], &long[..]].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ieee1609dot2::{
        Certificate, CertificateId, Duration, EccP384CurvePoint, EccP384CurvePointUncompressedP384,
        EcdsaP384Signature, HashAlgorithm, IssuerIdentifier, PublicVerificationKey, Signature,
        ToBeSignedCertificate, ValidityPeriod, VerificationKeyIndicator, decode, encode,
    };

    fn certificate(key: EccP384CurvePoint, r_sig: EccP384CurvePoint) -> Certificate {
        let validity = ValidityPeriod { start: 0.into(), duration: Duration::Years(1) };
        let key = VerificationKeyIndicator::VerificationKey(PublicVerificationKey::EcdsaBrainpoolP384r1(key));
        let contents = ToBeSignedCertificate::new(CertificateId::None(()), validity, key);
        let signature = EcdsaP384Signature { r_sig, s_sig: [9; 48].into() };
        let signature = Signature::EcdsaBrainpoolP384r1(signature);
        Certificate::explicit(IssuerIdentifier::VSelf(HashAlgorithm::Sha384), contents, signature)
    }

    fn uncompressed(last_of_y: u8) -> EccP384CurvePoint {
        let mut y = [4; 48];
        y[47] = last_of_y;
        EccP384CurvePoint::Uncompressed(EccP384CurvePointUncompressedP384 { x: [3; 48].into(), y: y.into() })
    }

    #[test]
    fn points_inside_lengths_shrink_together_with_their_lengths() {
        for (last_of_y, compressed) in [
            (6, EccP384CurvePoint::CompressedY0([3; 48].into())),
            (7, EccP384CurvePoint::CompressedY1([3; 48].into())),
        ] {
            let received = encode(&certificate(uncompressed(last_of_y), uncompressed(5))).unwrap();
            let expected =
                encode(&certificate(compressed, EccP384CurvePoint::XOnly([3; 48].into()))).unwrap();
            let canonical = CanonicalCertificate::from_received(&received).unwrap();
            assert!(!canonical.arrived_canonical());
            assert_eq!(canonical.octets(), expected);
            let decoded: Certificate = decode(&expected).unwrap();
            assert_eq!(canonical.to_be_signed(), encode(&decoded.to_be_signed).unwrap());
        }
    }

    #[test]
    fn a_canonical_certificate_is_borrowed() {
        let (key, r_sig) =
            (EccP384CurvePoint::CompressedY0([3; 48].into()), EccP384CurvePoint::XOnly([3; 48].into()));
        let received = encode(&certificate(key, r_sig)).unwrap();
        let canonical = CanonicalCertificate::from_received(&received).unwrap();
        assert!(canonical.arrived_canonical());
        assert_eq!(canonical.octets(), received);
    }

    #[test]
    fn octets_behind_a_certificate_are_refused() {
        let (key, r_sig) =
            (EccP384CurvePoint::CompressedY0([3; 48].into()), EccP384CurvePoint::XOnly([3; 48].into()));
        let mut received = encode(&certificate(key, r_sig)).unwrap();
        received.push(0);
        let error = CanonicalCertificate::from_received(&received).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TrailingOctets(1));
    }
}
