//! Types of the module `Ieee1609Dot2` and of the extension module of TS 103 097.
//!
//! TS 103 097 V2.2.1 refers to the 2025 edition of IEEE 1609.2. What that edition adds behind an extension marker
//! passes the scan unread, as an unknown extension addition; what it adds to a CHOICE is refused by number.

use super::base::{
    CRL_SERIES, ECC_P256_CURVE_POINT, ECENC_P256_ENCRYPTED_KEY, ECIES_P256_ENCRYPTED_KEY, ENCRYPTION_KEY,
    GEOGRAPHIC_REGION, GROUP_LINKAGE_VALUE, HASH_ALGORITHM, HASHED_ID_3, HASHED_ID_8, HASHED_ID_32,
    HASHED_ID_48, HOSTNAME, I_VALUE, LINKAGE_VALUE, NULL, OCTETS_12, OPAQUE, PSID, PUBLIC_ENCRYPTION_KEY,
    PUBLIC_VERIFICATION_KEY, SEQUENCE_OF_HASHED_ID_3, SEQUENCE_OF_PSID_SSP, SEQUENCE_OF_PSID_SSP_RANGE,
    SIGNATURE, SUBJECT_ASSURANCE, THREE_D_LOCATION, TIME32, TIME64, UINT8, VALIDITY_PERIOD,
};
use super::{Shape, Type, default, field, optional};

/// Every secured message: unsecured, signed or encrypted. It nests.
pub static IEEE1609_DOT2_DATA: Type =
    Type::sequence("Ieee1609Dot2Data", &[field("protocolVersion", &VERSION_3), field("content", &CONTENT)]);

static VERSION_3: Type = Type::constant("Uint8 (3)", 3);

static CONTENT: Type = Type::choice(
    "Ieee1609Dot2Content",
    &[
        field("unsecuredData", &OPAQUE),
        field("signedData", &SIGNED_DATA),
        field("encryptedData", &ENCRYPTED_DATA),
        field("signedCertificateRequest", &OPAQUE),
    ],
    &[field("signedX509CertificateRequest", &X509_REQUEST)],
);

static X509_REQUEST: Type = Type::unsupported("X.509 certificate request");

static SIGNED_DATA: Type = Type::sequence(
    "SignedData",
    &[
        field("hashId", &HASH_ALGORITHM),
        field("tbsData", &TO_BE_SIGNED_DATA),
        field("signer", &SIGNER_IDENTIFIER),
        field("signature", &SIGNATURE),
    ],
);

/// What the signature of a message covers.
pub static TO_BE_SIGNED_DATA: Type =
    Type::sequence("ToBeSignedData", &[field("payload", &PAYLOAD), field("headerInfo", &HEADER_INFO)]);

static PAYLOAD: Type = Type::extensible(
    "SignedDataPayload",
    &[optional("data", &IEEE1609_DOT2_DATA), optional("extDataHash", &HASHED_DATA)],
    &[optional("omitted", &NULL)],
);

pub(super) static HASHED_DATA: Type = Type::choice(
    "HashedData",
    &[field("sha256HashedData", &HASHED_ID_32)],
    &[field("sha384HashedData", &HASHED_ID_48), field("sm3HashedData", &HASHED_ID_32)],
);

/// The security header of a message.
pub static HEADER_INFO: Type = Type::extensible(
    "HeaderInfo",
    &[
        field("psid", &PSID),
        optional("generationTime", &TIME64),
        optional("expiryTime", &TIME64),
        optional("generationLocation", &THREE_D_LOCATION),
        optional("p2pcdLearningRequest", &HASHED_ID_3),
        optional("missingCrlIdentifier", &MISSING_CRL_IDENTIFIER),
        optional("encryptionKey", &ENCRYPTION_KEY),
    ],
    &[
        optional("inlineP2pcdRequest", &SEQUENCE_OF_HASHED_ID_3),
        optional("requestedCertificate", &CERTIFICATE),
        optional("pduFunctionalType", &UINT8),
        optional("contributedExtensions", &CONTRIBUTED_EXTENSION_BLOCKS),
    ],
);

static MISSING_CRL_IDENTIFIER: Type = Type::extensible(
    "MissingCrlIdentifier",
    &[field("cracaId", &HASHED_ID_3), field("crlSeries", &CRL_SERIES)],
    &[],
);

static CONTRIBUTED_EXTENSION_BLOCKS: Type =
    Type::new("ContributedExtensionBlocks", Shape::SequenceOf { item: &CONTRIBUTED_EXTENSION_BLOCK, min: 1 });
static CONTRIBUTED_EXTENSION_BLOCK: Type = Type::sequence(
    "ContributedExtensionBlock",
    &[field("contributorId", &UINT8), field("extns", &EXTENSION_OPEN_TYPES)],
);
static EXTENSION_OPEN_TYPES: Type =
    Type::new("SEQUENCE OF Extn", Shape::SequenceOf { item: &OPEN_TYPE, min: 1 });
static OPEN_TYPE: Type = Type::new("open type", Shape::OpenType);

/// An extension that ETSI contributes to the header: its number and its content in a length.
pub static ETSI_HEADER_INFO_EXTENSION: Type = Type::sequence(
    "EtsiOriginatingHeaderInfoExtension",
    &[field("id", &UINT8), field("content", &OPEN_TYPE)],
);

/// The contents of the ETSI header extensions, by number: 1 and 2 as in TS 103 097 V2.1.1; 3 stands for the full CTL
/// request of the 2025 generation, which V2.2.1 describes in clause 5.2 without a published number, and is refused.
pub static HEADER_INFO_EXTENSION_CONTENT: [(u8, Type); 2] = [
    (
        1,
        Type::sequence(
            "EtsiTs102941CrlRequest",
            &[field("issuerId", &HASHED_ID_8), optional("lastKnownUpdate", &TIME32)],
        ),
    ),
    (
        2,
        Type::sequence(
            "EtsiTs102941CtlRequest",
            &[field("issuerId", &HASHED_ID_8), optional("lastKnownCtlSequence", &UINT8)],
        ),
    ),
];

static SIGNER_IDENTIFIER: Type = Type::choice(
    "SignerIdentifier",
    &[field("digest", &HASHED_ID_8), field("certificate", &SEQUENCE_OF_CERTIFICATE), field("self", &NULL)],
    &[],
);
static SEQUENCE_OF_CERTIFICATE: Type = Type::sequence_of("SequenceOfCertificate", &CERTIFICATE);

static ENCRYPTED_DATA: Type = Type::sequence(
    "EncryptedData",
    &[field("recipients", &SEQUENCE_OF_RECIPIENT_INFO), field("ciphertext", &SYMMETRIC_CIPHERTEXT)],
);
static SEQUENCE_OF_RECIPIENT_INFO: Type = Type::sequence_of("SequenceOfRecipientInfo", &RECIPIENT_INFO);
static RECIPIENT_INFO: Type = Type::choice(
    "RecipientInfo",
    &[
        field("pskRecipInfo", &HASHED_ID_8),
        field("symmRecipInfo", &SYMM_RECIPIENT_INFO),
        field("certRecipInfo", &PK_RECIPIENT_INFO),
        field("signedDataRecipInfo", &PK_RECIPIENT_INFO),
        field("rekRecipInfo", &PK_RECIPIENT_INFO),
    ],
    &[],
);
static SYMM_RECIPIENT_INFO: Type = Type::sequence(
    "SymmRecipientInfo",
    &[field("recipientId", &HASHED_ID_8), field("encKey", &SYMMETRIC_CIPHERTEXT)],
);
static PK_RECIPIENT_INFO: Type = Type::sequence(
    "PKRecipientInfo",
    &[field("recipientId", &HASHED_ID_8), field("encKey", &ENCRYPTED_DATA_ENCRYPTION_KEY)],
);
static ENCRYPTED_DATA_ENCRYPTION_KEY: Type = Type::choice(
    "EncryptedDataEncryptionKey",
    &[
        field("eciesNistP256", &ECIES_P256_ENCRYPTED_KEY),
        field("eciesBrainpoolP256r1", &ECIES_P256_ENCRYPTED_KEY),
    ],
    &[field("ecencSm2256", &ECENC_P256_ENCRYPTED_KEY)],
);
static SYMMETRIC_CIPHERTEXT: Type = Type::choice(
    "SymmetricCiphertext",
    &[field("aes128ccm", &CCM_CIPHERTEXT)],
    &[field("sm4Ccm", &CCM_CIPHERTEXT)],
);
static CCM_CIPHERTEXT: Type =
    Type::sequence("One28BitCcmCiphertext", &[field("nonce", &OCTETS_12), field("ccmCiphertext", &OPAQUE)]);

/// A certificate, explicit or implicit.
pub static CERTIFICATE: Type = Type::sequence(
    "Certificate",
    &[
        field("version", &VERSION_3),
        field("type", &CERTIFICATE_TYPE),
        field("issuer", &ISSUER_IDENTIFIER),
        field("toBeSigned", &TO_BE_SIGNED_CERTIFICATE),
        optional("signature", &SIGNATURE),
    ],
);
static CERTIFICATE_TYPE: Type = Type::enumerated("CertificateType", &["explicit", "implicit"]);
static ISSUER_IDENTIFIER: Type = Type::choice(
    "IssuerIdentifier",
    &[field("sha256AndDigest", &HASHED_ID_8), field("self", &HASH_ALGORITHM)],
    &[field("sha384AndDigest", &HASHED_ID_8), field("sm3AndDigest", &HASHED_ID_8)],
);

/// What the signature of a certificate covers.
pub static TO_BE_SIGNED_CERTIFICATE: Type = Type::extensible(
    "ToBeSignedCertificate",
    &[
        field("id", &CERTIFICATE_ID),
        field("cracaId", &HASHED_ID_3),
        field("crlSeries", &CRL_SERIES),
        field("validityPeriod", &VALIDITY_PERIOD),
        optional("region", &GEOGRAPHIC_REGION),
        optional("assuranceLevel", &SUBJECT_ASSURANCE),
        optional("appPermissions", &SEQUENCE_OF_PSID_SSP),
        optional("certIssuePermissions", &SEQUENCE_OF_PSID_GROUP_PERMISSIONS),
        optional("certRequestPermissions", &SEQUENCE_OF_PSID_GROUP_PERMISSIONS),
        optional("canRequestRollover", &NULL),
        optional("encryptionKey", &PUBLIC_ENCRYPTION_KEY),
        field("verifyKeyIndicator", &VERIFICATION_KEY_INDICATOR),
    ],
    &[
        optional("flags", &FLAGS),
        optional("appExtensions", &SEQUENCE_OF_APP_EXTENSIONS),
        optional("certIssueExtensions", &SEQUENCE_OF_CERT_ISSUE_EXTENSIONS),
        optional("certRequestExtension", &SEQUENCE_OF_CERT_REQUEST_EXTENSIONS),
    ],
);
static FLAGS: Type = Type::new("BIT STRING (SIZE(8))", Shape::Bits8);

pub(super) static CERTIFICATE_ID: Type = Type::choice(
    "CertificateId",
    &[
        field("linkageData", &LINKAGE_DATA),
        field("name", &HOSTNAME),
        field("binaryId", &BINARY_ID),
        field("none", &NULL),
    ],
    &[],
);
static BINARY_ID: Type = Type::octets("OCTET STRING (SIZE(1..64))", 1, 64);
static LINKAGE_DATA: Type = Type::sequence(
    "LinkageData",
    &[
        field("iCert", &I_VALUE),
        field("linkage-value", &LINKAGE_VALUE),
        optional("group-linkage-value", &GROUP_LINKAGE_VALUE),
    ],
);

pub(super) static SEQUENCE_OF_PSID_GROUP_PERMISSIONS: Type =
    Type::sequence_of("SequenceOfPsidGroupPermissions", &PSID_GROUP_PERMISSIONS);
static PSID_GROUP_PERMISSIONS: Type = Type::sequence(
    "PsidGroupPermissions",
    &[
        field("subjectPermissions", &SUBJECT_PERMISSIONS),
        default("minChainLength", &CHAIN_LENGTH, &[1, 1]),
        default("chainLengthRange", &CHAIN_LENGTH, &[1, 0]),
        default("eeType", &END_ENTITY_TYPE, &[0x80]),
    ],
);
static CHAIN_LENGTH: Type = Type::new("INTEGER", Shape::SignedAnyLength { min: i64::MIN, max: i64::MAX });
static END_ENTITY_TYPE: Type = Type::new("EndEntityType", Shape::Bits8);
static SUBJECT_PERMISSIONS: Type = Type::choice(
    "SubjectPermissions",
    &[field("explicit", &SEQUENCE_OF_PSID_SSP_RANGE), field("all", &NULL)],
    &[],
);
static VERIFICATION_KEY_INDICATOR: Type = Type::choice(
    "VerificationKeyIndicator",
    &[
        field("verificationKey", &PUBLIC_VERIFICATION_KEY),
        field("reconstructionValue", &ECC_P256_CURVE_POINT),
    ],
    &[],
);

static SEQUENCE_OF_APP_EXTENSIONS: Type =
    Type::new("SequenceOfAppExtensions", Shape::SequenceOf { item: &APP_EXTENSION, min: 1 });
static APP_EXTENSION: Type =
    Type::sequence("AppExtension", &[field("id", &UINT8), field("content", &OPEN_TYPE)]);
static SEQUENCE_OF_CERT_ISSUE_EXTENSIONS: Type =
    Type::new("SequenceOfCertIssueExtensions", Shape::SequenceOf { item: &CERT_ISSUE_EXTENSION, min: 1 });
static CERT_ISSUE_EXTENSION: Type = Type::sequence(
    "CertIssueExtension",
    &[field("id", &UINT8), field("permissions", &CERT_ISSUE_EXTENSION_PERMISSIONS)],
);
static CERT_ISSUE_EXTENSION_PERMISSIONS: Type =
    Type::choice("permissions", &[field("specific", &OPEN_TYPE), field("all", &NULL)], &[]);
static SEQUENCE_OF_CERT_REQUEST_EXTENSIONS: Type =
    Type::new("SequenceOfCertRequestExtensions", Shape::SequenceOf { item: &CERT_REQUEST_EXTENSION, min: 1 });
static CERT_REQUEST_EXTENSION: Type = Type::sequence(
    "CertRequestExtension",
    &[field("id", &UINT8), field("permissions", &CERT_REQUEST_EXTENSION_PERMISSIONS)],
);
static CERT_REQUEST_EXTENSION_PERMISSIONS: Type =
    Type::choice("permissions", &[field("content", &OPEN_TYPE), field("all", &NULL)], &[]);
