//! Enrolment: module `EtsiTs102941TypesEnrolment`.

use rasn::prelude::*;

use super::requests::{CERTIFICATE_FORMAT_TS103097_V131, CertificateSubjectAttributes, PublicKeys};
use super::rule;
use crate::coer::schema::{self, Type};
use crate::error::CodecError;
use crate::ieee1609dot2::{Certificate, CoerType};

/// What a station asks an enrolment authority for.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct InnerEcRequest {
    /// The station's canonical identifier, or, when it renews, the digest of its credential.
    #[rasn(identifier = "itsId")]
    pub its_id: OctetString,
    /// [`CERTIFICATE_FORMAT_TS103097_V131`].
    #[rasn(identifier = "certificateFormat", value("1..=255"))]
    pub certificate_format: u8,
    /// The keys of the credential.
    #[rasn(identifier = "publicKeys")]
    pub public_keys: PublicKeys,
    /// What the credential should say; no permissions to issue.
    #[rasn(identifier = "requestedSubjectAttributes")]
    pub requested_subject_attributes: CertificateSubjectAttributes,
}

impl InnerEcRequest {
    /// A request in the current certificate format.
    #[must_use]
    pub fn new(
        its_id: impl Into<OctetString>,
        public_keys: PublicKeys,
        requested_subject_attributes: CertificateSubjectAttributes,
    ) -> Self {
        let certificate_format = CERTIFICATE_FORMAT_TS103097_V131;
        Self { its_id: its_id.into(), certificate_format, public_keys, requested_subject_attributes }
    }
}

impl CoerType for InnerEcRequest {
    const SCHEMA: &'static Type = &schema::INNER_EC_REQUEST;

    fn check(&self) -> Result<(), CodecError> {
        self.requested_subject_attributes.check_for_station()
    }
}

/// What the enrolment authority answers.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct InnerEcResponse {
    /// The first 16 octets of the SHA-256 of the request as it was sent, encrypted.
    #[rasn(identifier = "requestHash")]
    pub request_hash: FixedOctetString<16>,
    /// The outcome.
    #[rasn(identifier = "responseCode")]
    pub response_code: EnrolmentResponseCode,
    /// The credential: there exactly when the outcome is `ok`.
    pub certificate: Option<Certificate>,
}

impl InnerEcResponse {
    /// The answer that grants a credential.
    #[must_use]
    pub fn granted(request_hash: [u8; 16], certificate: Certificate) -> Self {
        let certificate = Some(certificate);
        Self { request_hash: request_hash.into(), response_code: EnrolmentResponseCode::Ok, certificate }
    }

    /// The answer that refuses; encoding fails for [`EnrolmentResponseCode::Ok`].
    #[must_use]
    pub fn refused(request_hash: [u8; 16], response_code: EnrolmentResponseCode) -> Self {
        Self { request_hash: request_hash.into(), response_code, certificate: None }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        rule((self.response_code == EnrolmentResponseCode::Ok) == self.certificate.is_some(), "responseCode")
    }
}

/// How an enrolment request ended.
#[derive(AsnType, Debug, Clone, Copy, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum EnrolmentResponseCode {
    /// Granted.
    #[rasn(identifier = "ok")]
    Ok = 0,
    /// Some structure could not be read.
    #[rasn(identifier = "cantparse")]
    CantParse = 1,
    /// Not encrypted, not signed, or not an enrolment request.
    #[rasn(identifier = "badcontenttype")]
    BadContentType = 2,
    /// Encrypted to somebody else.
    #[rasn(identifier = "imnottherecipient")]
    ImNotTheRecipient = 3,
    /// The key or content encryption algorithm is unknown.
    #[rasn(identifier = "unknownencryptionalgorithm")]
    UnknownEncryptionAlgorithm = 4,
    /// The key or the content did not decrypt.
    #[rasn(identifier = "decryptionfailed")]
    DecryptionFailed = 5,
    /// No station is known by this identifier.
    #[rasn(identifier = "unknownits")]
    UnknownIts = 6,
    /// A signature of the request is wrong.
    #[rasn(identifier = "invalidsignature")]
    InvalidSignature = 7,
    /// The signature holds, the key to answer with is bad.
    #[rasn(identifier = "invalidencryptionkey")]
    InvalidEncryptionKey = 8,
    /// The station is revoked or not yet active.
    #[rasn(identifier = "baditsstatus")]
    BadItsStatus = 9,
    /// Something is missing.
    #[rasn(identifier = "incompleterequest")]
    IncompleteRequest = 10,
    /// Permissions that this station does not get.
    #[rasn(identifier = "deniedpermissions")]
    DeniedPermissions = 11,
    /// A key of the request is bad.
    #[rasn(identifier = "invalidkeys")]
    InvalidKeys = 12,
    /// Any other reason.
    #[rasn(identifier = "deniedrequest")]
    DeniedRequest = 13,
}
