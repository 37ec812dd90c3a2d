//! Any values of IEEE 1609.2, for property tests.

use proptest::collection::vec;
use proptest::prelude::*;
use v2x_codec::ieee1609dot2::{
    BasePublicEncryptionKey, Certificate, CertificateId, CircularRegion, Duration, EccP256CurvePoint,
    EccP256CurvePointUncompressedP256, EccP384CurvePoint, EccP384CurvePointUncompressedP384,
    EcdsaP256Signature, EcdsaP384Signature, GeographicRegion, HashedId8, IssuerIdentifier, Latitude,
    Longitude, NinetyDegreeInt, OneEightyDegreeInt, Psid, PsidSsp, PublicEncryptionKey,
    PublicVerificationKey, SequenceOfPsidSsp, Signature, SymmAlgorithm, ToBeSignedCertificate, TwoDLocation,
    ValidityPeriod, VerificationKeyIndicator,
};

pub(crate) fn p256_point() -> impl Strategy<Value = EccP256CurvePoint> {
    (any::<[u8; 32]>(), any::<[u8; 32]>(), 0..4).prop_map(|(x, y, form)| match form {
        0 => EccP256CurvePoint::XOnly(x.into()),
        1 => EccP256CurvePoint::CompressedY0(x.into()),
        2 => EccP256CurvePoint::CompressedY1(x.into()),
        _ => EccP256CurvePoint::Uncompressed(EccP256CurvePointUncompressedP256 { x: x.into(), y: y.into() }),
    })
}

pub(crate) fn p384_point() -> impl Strategy<Value = EccP384CurvePoint> {
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

pub(crate) fn signature() -> impl Strategy<Value = Signature> {
    let p256 = (p256_point(), any::<[u8; 32]>())
        .prop_map(|(r_sig, s)| Signature::EcdsaNistP256(EcdsaP256Signature { r_sig, s_sig: s.into() }));
    let p384 = (p384_point(), vec(any::<u8>(), 48)).prop_map(|(r_sig, s)| {
        let s_sig = s.as_slice().try_into().expect("48 octets");
        Signature::EcdsaBrainpoolP384r1(EcdsaP384Signature { r_sig, s_sig })
    });
    prop_oneof![p256, p384]
}

pub(crate) fn verification_key() -> impl Strategy<Value = PublicVerificationKey> {
    prop_oneof![
        p256_point().prop_map(PublicVerificationKey::EcdsaNistP256),
        p256_point().prop_map(PublicVerificationKey::EcdsaBrainpoolP256r1),
        p384_point().prop_map(PublicVerificationKey::EcdsaBrainpoolP384r1),
        p384_point().prop_map(PublicVerificationKey::EcdsaNistP384),
    ]
}

pub(crate) fn encryption_key() -> impl Strategy<Value = PublicEncryptionKey> {
    p256_point().prop_map(|point| PublicEncryptionKey {
        supported_symm_alg: SymmAlgorithm::Aes128Ccm,
        public_key: BasePublicEncryptionKey::EciesNistP256(point),
    })
}

pub(crate) fn permissions() -> impl Strategy<Value = SequenceOfPsidSsp> {
    let permission = any::<u64>().prop_map(|psid| PsidSsp { psid: Psid(psid.into()), ssp: None });
    vec(permission, 0..5).prop_map(SequenceOfPsidSsp)
}

pub(crate) fn region() -> impl Strategy<Value = GeographicRegion> {
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
    /// Any explicit certificate without extension additions.
    pub(crate) fn certificate()(
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
