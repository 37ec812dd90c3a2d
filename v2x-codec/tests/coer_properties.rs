//! Whatever the octets, the scan and the owned decoder agree, and nothing panics.

mod support;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use v2x_codec::ErrorKind;
use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::ieee1609dot2::{
    BasePublicEncryptionKey, Certificate, CertificateId, CircularRegion, CoerType, Duration,
    EccP256CurvePoint, EccP256CurvePointUncompressedP256, EccP384CurvePoint,
    EccP384CurvePointUncompressedP384, EcdsaP256Signature, EcdsaP384Signature, GeographicRegion, HashedId8,
    Ieee1609Dot2Data, IssuerIdentifier, Latitude, Longitude, NinetyDegreeInt, OneEightyDegreeInt, Psid,
    PsidSsp, PublicEncryptionKey, PublicVerificationKey, SequenceOfPsidSsp, Signature, SymmAlgorithm,
    ToBeSignedCertificate, TwoDLocation, ValidityPeriod, VerificationKeyIndicator, decode, encode,
};
use v2x_codec::inspect::inspect;
use v2x_codec::ts102941::{CertificateSubjectAttributes, EtsiTs102941Data, InnerEcRequest, PublicKeys};

/// Real certificates and messages to start from.
fn seeds() -> Vec<Vec<u8>> {
    let Some(vectors) = support::vectors() else { return vec![vec![3, 0x80, 0]] };
    let folders = ["etsi_pool", "cert", "trust"];
    let files = folders.iter().flat_map(|folder| support::files(&vectors.join(folder), "oer"));
    files.map(|(_, octets)| octets).chain(support::us_pilot(&vectors).into_iter().step_by(30)).collect()
}

/// A seed with some octets changed, and perhaps cut off.
fn mutant() -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 1..4);
    (select(seeds()), changes, proptest::option::of(any::<Index>())).prop_map(|(mut octets, changes, cut)| {
        for (at, value) in changes {
            let at = at.index(octets.len());
            octets.splice(at..=at, [value]);
        }
        let length = cut.map_or(octets.len(), |cut| cut.index(octets.len()));
        octets.truncate(length);
        octets
    })
}

/// What the scan accepts, the owned decoder accepts too, and its encoding decodes to the same value.
fn agree<T: CoerType + PartialEq>(octets: &[u8]) -> Result<(), TestCaseError> {
    match decode::<T>(octets) {
        Ok(value) => {
            let again = encode(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(decode::<T>(&again), Ok(value));
        }
        Err(error) => prop_assert_ne!(error.kind, ErrorKind::Inconsistent),
    }
    Ok(())
}

fn p256_point() -> impl Strategy<Value = EccP256CurvePoint> {
    (any::<[u8; 32]>(), any::<[u8; 32]>(), 0..4).prop_map(|(x, y, form)| match form {
        0 => EccP256CurvePoint::XOnly(x.into()),
        1 => EccP256CurvePoint::CompressedY0(x.into()),
        2 => EccP256CurvePoint::CompressedY1(x.into()),
        _ => EccP256CurvePoint::Uncompressed(EccP256CurvePointUncompressedP256 { x: x.into(), y: y.into() }),
    })
}

fn p384_point() -> impl Strategy<Value = EccP384CurvePoint> {
    (vec(any::<u8>(), 96), 0..4).prop_map(|(octets, form)| {
        let (x, y) = octets.split_at(48);
        let (x, y) = (x.try_into().expect("48 octets"), y.try_into().expect("48 octets"));
        match form {
            0 => EccP384CurvePoint::XOnly(x),
            1 => EccP384CurvePoint::CompressedY0(x),
            2 => EccP384CurvePoint::CompressedY1(x),
            _ => EccP384CurvePoint::Uncompressed(EccP384CurvePointUncompressedP384 { x, y }),
        }
    })
}

fn signature() -> impl Strategy<Value = Signature> {
    let p256 = (p256_point(), any::<[u8; 32]>())
        .prop_map(|(r_sig, s)| Signature::EcdsaNistP256(EcdsaP256Signature { r_sig, s_sig: s.into() }));
    let p384 = (p384_point(), vec(any::<u8>(), 48)).prop_map(|(r_sig, s)| {
        let s_sig = s.as_slice().try_into().expect("48 octets");
        Signature::EcdsaBrainpoolP384r1(EcdsaP384Signature { r_sig, s_sig })
    });
    prop_oneof![p256, p384]
}

fn verification_key() -> impl Strategy<Value = PublicVerificationKey> {
    prop_oneof![
        p256_point().prop_map(PublicVerificationKey::EcdsaNistP256),
        p256_point().prop_map(PublicVerificationKey::EcdsaBrainpoolP256r1),
        p384_point().prop_map(PublicVerificationKey::EcdsaBrainpoolP384r1),
        p384_point().prop_map(PublicVerificationKey::EcdsaNistP384),
    ]
}

fn encryption_key() -> impl Strategy<Value = PublicEncryptionKey> {
    p256_point().prop_map(|point| PublicEncryptionKey {
        supported_symm_alg: SymmAlgorithm::Aes128Ccm,
        public_key: BasePublicEncryptionKey::EciesNistP256(point),
    })
}

fn permissions() -> impl Strategy<Value = SequenceOfPsidSsp> {
    let permission = any::<u64>().prop_map(|psid| PsidSsp { psid: Psid(psid.into()), ssp: None });
    vec(permission, 0..5).prop_map(SequenceOfPsidSsp)
}

fn region() -> impl Strategy<Value = GeographicRegion> {
    (
        NinetyDegreeInt::MIN..=NinetyDegreeInt::MAX,
        OneEightyDegreeInt::MIN..=OneEightyDegreeInt::MAX,
        any::<u16>(),
    )
        .prop_map(|(latitude, longitude, radius)| {
            let latitude = Latitude(NinetyDegreeInt::new(latitude).expect("in range"));
            let longitude = Longitude(OneEightyDegreeInt::new(longitude).expect("in range"));
            GeographicRegion::CircularRegion(CircularRegion {
                center: TwoDLocation { latitude, longitude },
                radius,
            })
        })
}

prop_compose! {
    fn certificate()(
        name in "[a-z.]{0,40}", start: u32, hours: u16, key in verification_key(), signature in signature(),
        permissions in permissions(), region in proptest::option::of(region()),
        encryption_key in proptest::option::of(encryption_key()), issuer: [u8; 8],
    ) -> Certificate {
        let validity = ValidityPeriod { start: start.into(), duration: Duration::Hours(hours) };
        let key = VerificationKeyIndicator::VerificationKey(key);
        let mut contents = ToBeSignedCertificate::new(CertificateId::Name(name.into()), validity, key);
        contents.app_permissions = Some(permissions);
        contents.region = region;
        contents.encryption_key = encryption_key;
        Certificate::explicit(IssuerIdentifier::Sha256AndDigest(HashedId8(issuer.into())), contents, signature)
    }
}

proptest! {
    #[test]
    fn a_certificate_that_was_encoded_decodes_to_itself(certificate in certificate()) {
        let octets = encode(&certificate).expect("it encodes");
        prop_assert_eq!(decode::<Certificate>(&octets), Ok(certificate));
    }

    #[test]
    fn a_canonical_form_is_its_own_and_keeps_everything_but_the_forms_of_points(certificate in certificate()) {
        let octets = encode(&certificate).expect("it encodes");
        let canonical = CanonicalCertificate::from_received(&octets).expect("it is a certificate");
        let again = CanonicalCertificate::from_received(canonical.octets()).expect("it stays a certificate");
        prop_assert!(again.arrived_canonical());
        prop_assert_eq!(again.to_be_signed(), canonical.to_be_signed());
        let decoded: Certificate = decode(canonical.octets()).expect("it stays a certificate");
        prop_assert_eq!(&decoded.issuer, &certificate.issuer);
        prop_assert_eq!(&decoded.to_be_signed.id, &certificate.to_be_signed.id);
        prop_assert_eq!(&decoded.to_be_signed.region, &certificate.to_be_signed.region);
        prop_assert_eq!(encode(&decoded.to_be_signed), Ok(canonical.to_be_signed().to_vec()));
    }

    #[test]
    fn an_enrolment_request_that_was_encoded_decodes_to_itself(
        id in vec(any::<u8>(), 0..300), verification_key in verification_key(), permissions in permissions(),
    ) {
        let keys = PublicKeys { verification_key, encryption_key: None };
        let request = InnerEcRequest::new(id, keys, CertificateSubjectAttributes::signing(permissions));
        let octets = encode(&request).expect("it encodes");
        prop_assert_eq!(decode::<InnerEcRequest>(&octets), Ok(request));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_scan_and_the_owned_decoder_agree_on_mutants(octets in mutant()) {
        agree::<Certificate>(&octets)?;
        agree::<Ieee1609Dot2Data>(&octets)?;
        agree::<EtsiTs102941Data>(&octets)?;
    }

    #[test]
    fn nothing_panics_on_mutants(octets in mutant()) {
        let _ = CanonicalCertificate::from_received(&octets);
        let _ = inspect(&octets);
    }

    #[test]
    fn nothing_panics_on_noise(octets in vec(any::<u8>(), 0..200)) {
        agree::<Certificate>(&octets)?;
        agree::<Ieee1609Dot2Data>(&octets)?;
        agree::<EtsiTs102941Data>(&octets)?;
        let _ = inspect(&octets);
    }
}
