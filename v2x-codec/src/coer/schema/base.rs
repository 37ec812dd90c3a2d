//! Types of the module `Ieee1609Dot2BaseTypes`.

use super::{Shape, Type, field, optional};

pub(super) static NULL: Type = Type::new("NULL", Shape::Null);
pub(super) static UINT8: Type = Type::unsigned("Uint8", 1, 0xff);
pub(super) static UINT16: Type = Type::unsigned("Uint16", 2, 0xffff);
pub(super) static UINT32: Type = Type::unsigned("Uint32", 4, 0xffff_ffff);
pub(super) static OPAQUE: Type = Type::octets("Opaque", 0, usize::MAX);
pub(super) static HASHED_ID_3: Type = Type::fixed("HashedId3", 3);
pub(super) static HASHED_ID_8: Type = Type::fixed("HashedId8", 8);
pub(super) static HASHED_ID_10: Type = Type::fixed("HashedId10", 10);
pub(super) static HASHED_ID_32: Type = Type::fixed("HashedId32", 32);
pub(super) static HASHED_ID_48: Type = Type::fixed("HashedId48", 48);
pub(super) static SEQUENCE_OF_HASHED_ID_3: Type = Type::sequence_of("SequenceOfHashedId3", &HASHED_ID_3);
pub(super) static TIME32: Type = Type::unsigned("Time32", 4, 0xffff_ffff);
pub(super) static TIME64: Type = Type::unsigned("Time64", 8, u64::MAX);

pub(super) static OCTETS_4: Type = Type::fixed("OCTET STRING (SIZE(4))", 4);
pub(super) static OCTETS_9: Type = Type::fixed("OCTET STRING (SIZE(9))", 9);
pub(super) static OCTETS_12: Type = Type::fixed("OCTET STRING (SIZE(12))", 12);
pub(super) static OCTETS_16: Type = Type::fixed("OCTET STRING (SIZE(16))", 16);
pub(super) static OCTETS_32: Type = Type::fixed("OCTET STRING (SIZE(32))", 32);
static OCTETS_48: Type = Type::fixed("OCTET STRING (SIZE(48))", 48);
static OCTET_STRING: Type = Type::octets("OCTET STRING", 0, usize::MAX);

pub(super) static VALIDITY_PERIOD: Type =
    Type::sequence("ValidityPeriod", &[field("start", &TIME32), field("duration", &DURATION)]);

static DURATION: Type = Type::choice(
    "Duration",
    &[
        field("microseconds", &UINT16),
        field("milliseconds", &UINT16),
        field("seconds", &UINT16),
        field("minutes", &UINT16),
        field("hours", &UINT16),
        field("sixtyHours", &UINT16),
        field("years", &UINT16),
    ],
    &[],
);

/// `GeographicRegion`.
pub static GEOGRAPHIC_REGION: Type = Type::choice(
    "GeographicRegion",
    &[
        field("circularRegion", &CIRCULAR_REGION),
        field("rectangularRegion", &SEQUENCE_OF_RECTANGULAR_REGION),
        field("polygonalRegion", &POLYGONAL_REGION),
        field("identifiedRegion", &SEQUENCE_OF_IDENTIFIED_REGION),
    ],
    &[],
);

static CIRCULAR_REGION: Type =
    Type::sequence("CircularRegion", &[field("center", &TWO_D_LOCATION), field("radius", &UINT16)]);
static RECTANGULAR_REGION: Type = Type::sequence(
    "RectangularRegion",
    &[field("northWest", &TWO_D_LOCATION), field("southEast", &TWO_D_LOCATION)],
);
static SEQUENCE_OF_RECTANGULAR_REGION: Type =
    Type::sequence_of("SequenceOfRectangularRegion", &RECTANGULAR_REGION);
static POLYGONAL_REGION: Type =
    Type::new("PolygonalRegion", Shape::SequenceOf { item: &TWO_D_LOCATION, min: 3 });
static TWO_D_LOCATION: Type =
    Type::sequence("TwoDLocation", &[field("latitude", &LATITUDE), field("longitude", &LONGITUDE)]);

static SEQUENCE_OF_IDENTIFIED_REGION: Type =
    Type::sequence_of("SequenceOfIdentifiedRegion", &IDENTIFIED_REGION);
static IDENTIFIED_REGION: Type = Type::choice(
    "IdentifiedRegion",
    &[
        field("countryOnly", &UINT16),
        field("countryAndRegions", &COUNTRY_AND_REGIONS),
        field("countryAndSubregions", &COUNTRY_AND_SUBREGIONS),
    ],
    &[],
);
static COUNTRY_AND_REGIONS: Type = Type::sequence(
    "CountryAndRegions",
    &[field("countryOnly", &UINT16), field("regions", &SEQUENCE_OF_UINT8)],
);
static COUNTRY_AND_SUBREGIONS: Type = Type::sequence(
    "CountryAndSubregions",
    &[field("country", &UINT16), field("regionAndSubregions", &SEQUENCE_OF_REGION_AND_SUBREGIONS)],
);
static SEQUENCE_OF_REGION_AND_SUBREGIONS: Type =
    Type::sequence_of("SequenceOfRegionAndSubregions", &REGION_AND_SUBREGIONS);
static REGION_AND_SUBREGIONS: Type = Type::sequence(
    "RegionAndSubregions",
    &[field("region", &UINT8), field("subregions", &SEQUENCE_OF_UINT16)],
);
static SEQUENCE_OF_UINT8: Type = Type::sequence_of("SequenceOfUint8", &UINT8);
static SEQUENCE_OF_UINT16: Type = Type::sequence_of("SequenceOfUint16", &UINT16);

pub(super) static THREE_D_LOCATION: Type = Type::sequence(
    "ThreeDLocation",
    &[field("latitude", &LATITUDE), field("longitude", &LONGITUDE), field("elevation", &UINT16)],
);
static LATITUDE: Type = Type::new("Latitude", Shape::Signed32 { min: -900_000_000, max: 900_000_001 });
static LONGITUDE: Type = Type::new("Longitude", Shape::Signed32 { min: -1_799_999_999, max: 1_800_000_001 });

/// A signature on any of the known curves.
pub static SIGNATURE: Type = Type::choice(
    "Signature",
    &[
        field("ecdsaNistP256Signature", &ECDSA_P256_SIGNATURE),
        field("ecdsaBrainpoolP256r1Signature", &ECDSA_P256_SIGNATURE),
    ],
    &[
        field("ecdsaBrainpoolP384r1Signature", &ECDSA_P384_SIGNATURE),
        field("ecdsaNistP384Signature", &ECDSA_P384_SIGNATURE),
        field("sm2Signature", &ECSIG_P256_SIGNATURE),
    ],
);

static ECDSA_P256_SIGNATURE: Type =
    Type::sequence("EcdsaP256Signature", &[field("rSig", &ECC_P256_CURVE_POINT), field("sSig", &OCTETS_32)]);
static ECDSA_P384_SIGNATURE: Type =
    Type::sequence("EcdsaP384Signature", &[field("rSig", &ECC_P384_CURVE_POINT), field("sSig", &OCTETS_48)]);
static ECSIG_P256_SIGNATURE: Type =
    Type::sequence("EcsigP256Signature", &[field("rSig", &OCTETS_32), field("sSig", &OCTETS_32)]);

/// A point with 256-bit coordinates.
pub static ECC_P256_CURVE_POINT: Type = Type::choice(
    "EccP256CurvePoint",
    &[
        field("x-only", &OCTETS_32),
        field("fill", &NULL),
        field("compressed-y-0", &OCTETS_32),
        field("compressed-y-1", &OCTETS_32),
        field("uncompressedP256", &UNCOMPRESSED_P256),
    ],
    &[],
);
static UNCOMPRESSED_P256: Type =
    Type::sequence("uncompressedP256", &[field("x", &OCTETS_32), field("y", &OCTETS_32)]);

/// A point with 384-bit coordinates.
pub static ECC_P384_CURVE_POINT: Type = Type::choice(
    "EccP384CurvePoint",
    &[
        field("x-only", &OCTETS_48),
        field("fill", &NULL),
        field("compressed-y-0", &OCTETS_48),
        field("compressed-y-1", &OCTETS_48),
        field("uncompressedP384", &UNCOMPRESSED_P384),
    ],
    &[],
);
static UNCOMPRESSED_P384: Type =
    Type::sequence("uncompressedP384", &[field("x", &OCTETS_48), field("y", &OCTETS_48)]);

static SYMM_ALGORITHM: Type = Type::enumerated("SymmAlgorithm", &["aes128Ccm", "sm4Ccm"]);
pub(super) static HASH_ALGORITHM: Type = Type::enumerated("HashAlgorithm", &["sha256", "sha384", "sm3"]);

pub(super) static ECIES_P256_ENCRYPTED_KEY: Type = Type::sequence(
    "EciesP256EncryptedKey",
    &[field("v", &ECC_P256_CURVE_POINT), field("c", &OCTETS_16), field("t", &OCTETS_16)],
);
pub(super) static ECENC_P256_ENCRYPTED_KEY: Type = Type::sequence(
    "EcencP256EncryptedKey",
    &[field("v", &ECC_P256_CURVE_POINT), field("c", &OCTETS_16), field("t", &OCTETS_32)],
);

pub(super) static ENCRYPTION_KEY: Type = Type::choice(
    "EncryptionKey",
    &[field("public", &PUBLIC_ENCRYPTION_KEY), field("symmetric", &SYMMETRIC_ENCRYPTION_KEY)],
    &[],
);

/// A key to encrypt to, with the symmetric algorithm that goes with it.
pub static PUBLIC_ENCRYPTION_KEY: Type = Type::sequence(
    "PublicEncryptionKey",
    &[field("supportedSymmAlg", &SYMM_ALGORITHM), field("publicKey", &BASE_PUBLIC_ENCRYPTION_KEY)],
);
static BASE_PUBLIC_ENCRYPTION_KEY: Type = Type::choice(
    "BasePublicEncryptionKey",
    &[field("eciesNistP256", &ECC_P256_CURVE_POINT), field("eciesBrainpoolP256r1", &ECC_P256_CURVE_POINT)],
    &[field("ecencSm2", &ECC_P256_CURVE_POINT)],
);

/// A key to verify signatures with.
pub static PUBLIC_VERIFICATION_KEY: Type = Type::choice(
    "PublicVerificationKey",
    &[field("ecdsaNistP256", &ECC_P256_CURVE_POINT), field("ecdsaBrainpoolP256r1", &ECC_P256_CURVE_POINT)],
    &[
        field("ecdsaBrainpoolP384r1", &ECC_P384_CURVE_POINT),
        field("ecdsaNistP384", &ECC_P384_CURVE_POINT),
        field("ecsigSm2", &ECC_P256_CURVE_POINT),
    ],
);

/// A symmetric key with its algorithm; its hash names a pre-shared key to a recipient.
pub static SYMMETRIC_ENCRYPTION_KEY: Type =
    Type::choice("SymmetricEncryptionKey", &[field("aes128Ccm", &OCTETS_16)], &[field("sm4Ccm", &OCTETS_16)]);

pub(super) static PSID: Type = Type::new("Psid", Shape::UnsignedAnyLength);
pub(super) static SEQUENCE_OF_PSID_SSP: Type = Type::sequence_of("SequenceOfPsidSsp", &PSID_SSP);
static PSID_SSP: Type =
    Type::sequence("PsidSsp", &[field("psid", &PSID), optional("ssp", &SERVICE_SPECIFIC_PERMISSIONS)]);
static SERVICE_SPECIFIC_PERMISSIONS: Type = Type::choice(
    "ServiceSpecificPermissions",
    &[field("opaque", &OCTET_STRING)],
    &[field("bitmapSsp", &BITMAP_SSP)],
);
static BITMAP_SSP: Type = Type::octets("BitmapSsp", 0, 31);

pub(super) static SEQUENCE_OF_PSID_SSP_RANGE: Type =
    Type::sequence_of("SequenceOfPsidSspRange", &PSID_SSP_RANGE);
static PSID_SSP_RANGE: Type =
    Type::sequence("PsidSspRange", &[field("psid", &PSID), optional("sspRange", &SSP_RANGE)]);
static SSP_RANGE: Type = Type::choice(
    "SspRange",
    &[field("opaque", &SEQUENCE_OF_OCTET_STRING), field("all", &NULL)],
    &[field("bitmapSspRange", &BITMAP_SSP_RANGE)],
);
static BITMAP_SSP_RANGE: Type = Type::sequence(
    "BitmapSspRange",
    &[field("sspValue", &OCTETS_1_TO_32), field("sspBitmask", &OCTETS_1_TO_32)],
);
static OCTETS_1_TO_32: Type = Type::octets("OCTET STRING (SIZE(1..32))", 1, 32);
static SEQUENCE_OF_OCTET_STRING: Type = Type::sequence_of("SequenceOfOctetString", &OCTET_STRING);

pub(super) static SUBJECT_ASSURANCE: Type = Type::fixed("SubjectAssurance", 1);
pub(super) static CRL_SERIES: Type = Type::unsigned("CrlSeries", 2, 0xffff);
pub(super) static I_VALUE: Type = Type::unsigned("IValue", 2, 0xffff);
pub(super) static HOSTNAME: Type = Type::new("Hostname", Shape::Utf8 { max: 255 });
pub(super) static LINKAGE_VALUE: Type = Type::fixed("LinkageValue", 9);
pub(super) static GROUP_LINKAGE_VALUE: Type =
    Type::sequence("GroupLinkageValue", &[field("jValue", &OCTETS_4), field("value", &OCTETS_9)]);
pub(super) static LA_ID: Type = Type::fixed("LaId", 2);
pub(super) static LINKAGE_SEED: Type = Type::fixed("LinkageSeed", 16);
