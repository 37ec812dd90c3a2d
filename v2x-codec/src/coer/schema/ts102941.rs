//! Types of the `EtsiTs102941…` modules, V2.2.1.
//!
//! The butterfly alternatives are known by name and refused: they need the interfaces of IEEE 1609.2.1.

use super::base::{
    GEOGRAPHIC_REGION, HASHED_ID_8, OCTETS_16, OCTETS_32, PUBLIC_ENCRYPTION_KEY, PUBLIC_VERIFICATION_KEY,
    SEQUENCE_OF_PSID_SSP, SUBJECT_ASSURANCE, TIME32, UINT8, VALIDITY_PERIOD,
};
use super::data::{
    CERTIFICATE, CERTIFICATE_ID, HASHED_DATA, IEEE1609_DOT2_DATA, SEQUENCE_OF_PSID_GROUP_PERMISSIONS,
};
use super::{Shape, Type, field, optional};

/// The plaintext of every TS 102 941 message.
pub static ETSI_TS102941_DATA: Type = Type::sequence(
    "EtsiTs102941Data",
    &[field("version", &VERSION_FIXED), field("content", &ETSI_TS102941_DATA_CONTENT)],
);

/// `Version (v1)`: the value constraint gives it one octet.
static VERSION_FIXED: Type = Type::constant("Version (v1)", 1);
/// `Version` alone is an unconstrained INTEGER with a length.
static VERSION: Type = Type::new("Version", Shape::SignedAnyLength { min: 1, max: 1 });
static CERTIFICATE_FORMAT: Type =
    Type::new("CertificateFormat", Shape::Unsigned { width: 1, min: 1, max: 255 });
static URL: Type = Type::new("Url", Shape::Ia5);
static OCTET_STRING: Type = Type::octets("OCTET STRING", 0, usize::MAX);
static BOOLEAN: Type = Type::new("BOOLEAN", Shape::Boolean);

static ETSI_TS102941_DATA_CONTENT: Type = Type::choice(
    "EtsiTs102941DataContent",
    &[
        field("enrolmentRequest", &IEEE1609_DOT2_DATA),
        field("enrolmentResponse", &INNER_EC_RESPONSE),
        field("authorizationRequest", &INNER_AT_REQUEST),
        field("authorizationResponse", &INNER_AT_RESPONSE),
        field("certificateRevocationList", &TO_BE_SIGNED_CRL),
        field("certificateTrustListTlm", &CTL_FORMAT),
        field("certificateTrustListRca", &CTL_FORMAT),
        field("authorizationValidationRequest", &AUTHORIZATION_VALIDATION_REQUEST),
        field("authorizationValidationResponse", &AUTHORIZATION_VALIDATION_RESPONSE),
        field("caCertificateRequest", &CA_CERTIFICATE_REQUEST),
    ],
    &[
        field("linkCertificateTlm", &TO_BE_SIGNED_LINK_CERTIFICATE),
        field("singleSignedLinkCertificateRca", &TO_BE_SIGNED_LINK_CERTIFICATE),
        field("doubleSignedlinkCertificateRca", &IEEE1609_DOT2_DATA),
        field("butterflyAuthorizationRequest", &BUTTERFLY),
        field("x509SignedbutterflyAuthorizationRequest", &BUTTERFLY),
        field("butterflyAuthorizationResponse", &BUTTERFLY),
        field("butterflyCertificateRequest", &BUTTERFLY),
        field("butterflyCertificateResponse", &BUTTERFLY),
        field("butterflyAtDownloadRequest", &BUTTERFLY),
    ],
);
static BUTTERFLY: Type = Type::unsupported("IEEE 1609.2.1 butterfly message");

static PUBLIC_KEYS: Type = Type::sequence(
    "PublicKeys",
    &[field("verificationKey", &PUBLIC_VERIFICATION_KEY), optional("encryptionKey", &PUBLIC_ENCRYPTION_KEY)],
);

static CERTIFICATE_SUBJECT_ATTRIBUTES: Type = Type::extensible(
    "CertificateSubjectAttributes",
    &[
        optional("id", &CERTIFICATE_ID),
        optional("validityPeriod", &VALIDITY_PERIOD),
        optional("region", &GEOGRAPHIC_REGION),
        optional("assuranceLevel", &SUBJECT_ASSURANCE),
        optional("appPermissions", &SEQUENCE_OF_PSID_SSP),
        optional("certIssuePermissions", &SEQUENCE_OF_PSID_GROUP_PERMISSIONS),
    ],
    &[],
);

static EC_SIGNATURE: Type = Type::choice(
    "EcSignature",
    &[field("encryptedEcSignature", &IEEE1609_DOT2_DATA), field("ecSignature", &IEEE1609_DOT2_DATA)],
    &[],
);

/// What a station asks an enrolment authority for.
pub static INNER_EC_REQUEST: Type = Type::extensible(
    "InnerEcRequest",
    &[
        field("itsId", &OCTET_STRING),
        field("certificateFormat", &CERTIFICATE_FORMAT),
        field("publicKeys", &PUBLIC_KEYS),
        field("requestedSubjectAttributes", &CERTIFICATE_SUBJECT_ATTRIBUTES),
    ],
    &[],
);
static INNER_EC_RESPONSE: Type = Type::extensible(
    "InnerEcResponse",
    &[
        field("requestHash", &OCTETS_16),
        field("responseCode", &ENROLMENT_RESPONSE_CODE),
        optional("certificate", &CERTIFICATE),
    ],
    &[],
);
static ENROLMENT_RESPONSE_CODE: Type = Type::enumerated(
    "EnrolmentResponseCode",
    &[
        "ok",
        "cantparse",
        "badcontenttype",
        "imnottherecipient",
        "unknownencryptionalgorithm",
        "decryptionfailed",
        "unknownits",
        "invalidsignature",
        "invalidencryptionkey",
        "baditsstatus",
        "incompleterequest",
        "deniedpermissions",
        "invalidkeys",
        "deniedrequest",
    ],
);

/// What a station asks an authorization authority for.
pub static INNER_AT_REQUEST: Type = Type::extensible(
    "InnerAtRequest",
    &[
        field("publicKeys", &PUBLIC_KEYS),
        field("hmacKey", &OCTETS_32),
        field("sharedAtRequest", &SHARED_AT_REQUEST),
        field("ecSignature", &EC_SIGNATURE),
    ],
    &[],
);

/// The part of an authorization request that the enrolment authority sees too; its octets are what the enrolment
/// credential signs.
pub static SHARED_AT_REQUEST: Type = Type::extensible(
    "SharedAtRequest",
    &[
        field("eaId", &HASHED_ID_8),
        field("keyTag", &OCTETS_16),
        field("certificateFormat", &CERTIFICATE_FORMAT),
        field("requestedSubjectAttributes", &CERTIFICATE_SUBJECT_ATTRIBUTES),
    ],
    &[],
);
static INNER_AT_RESPONSE: Type = Type::extensible(
    "InnerAtResponse",
    &[
        field("requestHash", &OCTETS_16),
        field("responseCode", &AUTHORIZATION_RESPONSE_CODE),
        optional("certificate", &CERTIFICATE),
    ],
    &[],
);
static AUTHORIZATION_RESPONSE_CODE: Type = Type::enumerated(
    "AuthorizationResponseCode",
    &[
        "ok",
        "its-aa-cantparse",
        "its-aa-badcontenttype",
        "its-aa-imnottherecipient",
        "its-aa-unknownencryptionalgorithm",
        "its-aa-decryptionfailed",
        "its-aa-keysdontmatch",
        "its-aa-incompleterequest",
        "its-aa-invalidencryptionkey",
        "its-aa-outofsyncrequest",
        "its-aa-unknownea",
        "its-aa-invalidea",
        "its-aa-deniedpermissions",
        "aa-ea-cantreachea",
        "ea-aa-cantparse",
        "ea-aa-badcontenttype",
        "ea-aa-imnottherecipient",
        "ea-aa-unknownencryptionalgorithm",
        "ea-aa-decryptionfailed",
        "invalidaa",
        "invalidaasignature",
        "wrongea",
        "unknownits",
        "invalidsignature",
        "invalidencryptionkey",
        "deniedpermissions",
        "deniedtoomanycerts",
    ],
);

static AUTHORIZATION_VALIDATION_REQUEST: Type = Type::extensible(
    "AuthorizationValidationRequest",
    &[field("sharedAtRequest", &SHARED_AT_REQUEST), field("ecSignature", &EC_SIGNATURE)],
    &[],
);
static AUTHORIZATION_VALIDATION_RESPONSE: Type = Type::extensible(
    "AuthorizationValidationResponse",
    &[
        field("requestHash", &OCTETS_16),
        field("responseCode", &AUTHORIZATION_VALIDATION_RESPONSE_CODE),
        optional("confirmedSubjectAttributes", &CERTIFICATE_SUBJECT_ATTRIBUTES),
    ],
    &[],
);
static AUTHORIZATION_VALIDATION_RESPONSE_CODE: Type = Type::enumerated(
    "AuthorizationValidationResponseCode",
    &[
        "ok",
        "cantparse",
        "badcontenttype",
        "imnottherecipient",
        "unknownencryptionalgorithm",
        "decryptionfailed",
        "invalidaa",
        "invalidaasignature",
        "wrongea",
        "unknownits",
        "invalidsignature",
        "invalidencryptionkey",
        "deniedpermissions",
        "deniedtoomanycerts",
        "deniedrequest",
    ],
);

static CA_CERTIFICATE_REQUEST: Type = Type::extensible(
    "CaCertificateRequest",
    &[
        field("publicKeys", &PUBLIC_KEYS),
        field("requestedSubjectAttributes", &CERTIFICATE_SUBJECT_ATTRIBUTES),
    ],
    &[],
);

/// The revocation list of a root CA.
pub static TO_BE_SIGNED_CRL: Type = Type::extensible(
    "ToBeSignedCrl",
    &[
        field("version", &VERSION),
        field("thisUpdate", &TIME32),
        field("nextUpdate", &TIME32),
        field("entries", &CRL_ENTRIES),
    ],
    &[],
);
static CRL_ENTRIES: Type = Type::sequence_of("SEQUENCE OF CrlEntry", &HASHED_ID_8);

/// A certificate trust list, full or delta, of a root CA or the trust list manager.
pub static CTL_FORMAT: Type = Type::extensible(
    "CtlFormat",
    &[
        field("version", &VERSION),
        field("nextUpdate", &TIME32),
        field("isFullCtl", &BOOLEAN),
        field("ctlSequence", &UINT8),
        field("ctlCommands", &CTL_COMMANDS),
    ],
    &[],
);
static CTL_COMMANDS: Type = Type::sequence_of("SEQUENCE OF CtlCommand", &CTL_COMMAND);
static CTL_COMMAND: Type =
    Type::choice("CtlCommand", &[field("add", &CTL_ENTRY), field("delete", &CTL_DELETE)], &[]);
static CTL_ENTRY: Type = Type::choice(
    "CtlEntry",
    &[
        field("rca", &ROOT_CA_ENTRY),
        field("ea", &EA_ENTRY),
        field("aa", &AA_ENTRY),
        field("dc", &DC_ENTRY),
        field("tlm", &TLM_ENTRY),
    ],
    &[],
);
static CTL_DELETE: Type = Type::choice("CtlDelete", &[field("cert", &HASHED_ID_8), field("dc", &URL)], &[]);
static TLM_ENTRY: Type = Type::sequence(
    "TlmEntry",
    &[
        field("selfSignedTLMCertificate", &CERTIFICATE),
        optional("successorTo", &CERTIFICATE),
        field("accessPoint", &URL),
    ],
);
static ROOT_CA_ENTRY: Type = Type::sequence(
    "RootCaEntry",
    &[field("selfsignedRootCa", &CERTIFICATE), optional("successorTo", &CERTIFICATE)],
);
static EA_ENTRY: Type = Type::sequence(
    "EaEntry",
    &[field("eaCertificate", &CERTIFICATE), field("aaAccessPoint", &URL), optional("itsAccessPoint", &URL)],
);
static AA_ENTRY: Type =
    Type::sequence("AaEntry", &[field("aaCertificate", &CERTIFICATE), field("accessPoint", &URL)]);
static DC_ENTRY: Type = Type::sequence("DcEntry", &[field("url", &URL), field("cert", &CRL_ENTRIES)]);

/// What vouches for the next certificate of a root CA or trust list manager.
pub static TO_BE_SIGNED_LINK_CERTIFICATE: Type = Type::extensible(
    "ToBeSignedLinkCertificate",
    &[field("expiryTime", &TIME32), field("certificateHash", &HASHED_DATA)],
    &[],
);
