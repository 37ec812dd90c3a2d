//! Authorization and its validation: modules `EtsiTs102941TypesAuthorization` and `…AuthorizationValidation`.

use rasn::prelude::*;

use super::requests::{CERTIFICATE_FORMAT_TS103097_V131, CertificateSubjectAttributes, PublicKeys};
use super::rule;
use crate::coer::schema::{self, Type};
use crate::error::CodecError;
use crate::ieee1609dot2::{Certificate, CoerType, HashedId8, Ieee1609Dot2Data};

/// What a station asks an authorization authority for.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct InnerAtRequest {
    /// The keys of the ticket, which the enrolment authority never sees.
    #[rasn(identifier = "publicKeys")]
    pub public_keys: PublicKeys,
    /// The key that ties them to [`SharedAtRequest::key_tag`].
    #[rasn(identifier = "hmacKey")]
    pub hmac_key: FixedOctetString<32>,
    /// What the enrolment authority sees too.
    #[rasn(identifier = "sharedAtRequest")]
    pub shared_at_request: SharedAtRequest,
    /// The enrolment credential's signature over [`Self::shared_at_request`].
    #[rasn(identifier = "ecSignature")]
    pub ec_signature: EcSignature,
}

impl InnerAtRequest {
    /// A request.
    #[must_use]
    pub fn new(
        public_keys: PublicKeys,
        hmac_key: [u8; 32],
        shared_at_request: SharedAtRequest,
        ec_signature: EcSignature,
    ) -> Self {
        Self { public_keys, hmac_key: hmac_key.into(), shared_at_request, ec_signature }
    }
}

impl CoerType for InnerAtRequest {
    const SCHEMA: &'static Type = &schema::INNER_AT_REQUEST;

    fn check(&self) -> Result<(), CodecError> {
        self.shared_at_request.check()
    }
}

/// The part of an authorization request that both authorities see; its encoding is what the credential signs.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct SharedAtRequest {
    /// The digest of the enrolment authority's certificate.
    #[rasn(identifier = "eaId")]
    pub ea_id: HashedId8,
    /// The first 16 octets of the HMAC-SHA256 over the ticket's keys.
    #[rasn(identifier = "keyTag")]
    pub key_tag: FixedOctetString<16>,
    /// [`CERTIFICATE_FORMAT_TS103097_V131`].
    #[rasn(identifier = "certificateFormat", value("1..=255"))]
    pub certificate_format: u8,
    /// What the ticket should say; no permissions to issue.
    #[rasn(identifier = "requestedSubjectAttributes")]
    pub requested_subject_attributes: CertificateSubjectAttributes,
}

impl SharedAtRequest {
    /// The shared part of a request in the current certificate format.
    #[must_use]
    pub fn new(
        ea_id: [u8; 8],
        key_tag: [u8; 16],
        requested_subject_attributes: CertificateSubjectAttributes,
    ) -> Self {
        let certificate_format = CERTIFICATE_FORMAT_TS103097_V131;
        let (ea_id, key_tag) = (HashedId8(ea_id.into()), key_tag.into());
        Self { ea_id, key_tag, certificate_format, requested_subject_attributes }
    }
}

impl CoerType for SharedAtRequest {
    const SCHEMA: &'static Type = &schema::SHARED_AT_REQUEST;

    fn check(&self) -> Result<(), CodecError> {
        self.requested_subject_attributes.check_for_station()
    }
}

/// The enrolment credential's signature: signed data with an external payload, the [`SharedAtRequest`].
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum EcSignature {
    /// Encrypted to the enrolment authority: the authorization authority does not learn who asks.
    EncryptedEcSignature(Ieee1609Dot2Data),
    /// Readable for the authorization authority: without privacy.
    EcSignature(Ieee1609Dot2Data),
}

/// What the authorization authority answers.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct InnerAtResponse {
    /// The first 16 octets of the SHA-256 of the request as it was sent, encrypted.
    #[rasn(identifier = "requestHash")]
    pub request_hash: FixedOctetString<16>,
    /// The outcome.
    #[rasn(identifier = "responseCode")]
    pub response_code: AuthorizationResponseCode,
    /// The ticket: there exactly when the outcome is `ok`.
    pub certificate: Option<Certificate>,
}

impl InnerAtResponse {
    /// The answer that grants a ticket.
    #[must_use]
    pub fn granted(request_hash: [u8; 16], certificate: Certificate) -> Self {
        let certificate = Some(certificate);
        Self { request_hash: request_hash.into(), response_code: AuthorizationResponseCode::Ok, certificate }
    }

    /// The answer that refuses; encoding fails for [`AuthorizationResponseCode::Ok`].
    #[must_use]
    pub fn refused(request_hash: [u8; 16], response_code: AuthorizationResponseCode) -> Self {
        Self { request_hash: request_hash.into(), response_code, certificate: None }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        let granted = self.response_code == AuthorizationResponseCode::Ok;
        rule(granted == self.certificate.is_some(), "responseCode")
    }
}

/// The authorization authority asks the enrolment authority whether a request is good.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct AuthorizationValidationRequest {
    /// The shared part of the station's request.
    #[rasn(identifier = "sharedAtRequest")]
    pub shared_at_request: SharedAtRequest,
    /// The signature over it.
    #[rasn(identifier = "ecSignature")]
    pub ec_signature: EcSignature,
}

impl AuthorizationValidationRequest {
    /// A request.
    #[must_use]
    pub const fn new(shared_at_request: SharedAtRequest, ec_signature: EcSignature) -> Self {
        Self { shared_at_request, ec_signature }
    }
}

/// What the enrolment authority answers.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct AuthorizationValidationResponse {
    /// The first 16 octets of the SHA-256 of the request as it was sent, encrypted.
    #[rasn(identifier = "requestHash")]
    pub request_hash: FixedOctetString<16>,
    /// The outcome.
    #[rasn(identifier = "responseCode")]
    pub response_code: AuthorizationValidationResponseCode,
    /// What the ticket may say: there exactly when the outcome is `ok`.
    #[rasn(identifier = "confirmedSubjectAttributes")]
    pub confirmed_subject_attributes: Option<CertificateSubjectAttributes>,
}

impl AuthorizationValidationResponse {
    /// The answer that confirms.
    #[must_use]
    pub fn confirmed(request_hash: [u8; 16], attributes: CertificateSubjectAttributes) -> Self {
        Self {
            request_hash: request_hash.into(),
            response_code: AuthorizationValidationResponseCode::Ok,
            confirmed_subject_attributes: Some(attributes),
        }
    }

    /// The answer that refuses; encoding fails for [`AuthorizationValidationResponseCode::Ok`].
    #[must_use]
    pub fn refused(request_hash: [u8; 16], response_code: AuthorizationValidationResponseCode) -> Self {
        Self { request_hash: request_hash.into(), response_code, confirmed_subject_attributes: None }
    }

    pub(super) fn check(&self) -> Result<(), CodecError> {
        let confirmed = self.response_code == AuthorizationValidationResponseCode::Ok;
        rule(confirmed == self.confirmed_subject_attributes.is_some(), "responseCode")?;
        self.confirmed_subject_attributes
            .as_ref()
            .map_or(Ok(()), CertificateSubjectAttributes::check_for_station)
    }
}

/// How an authorization request ended. The prefix of a name tells between whom it went wrong.
#[derive(AsnType, Debug, Clone, Copy, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AuthorizationResponseCode {
    /// Granted.
    #[rasn(identifier = "ok")]
    Ok = 0,
    /// Some structure of the station could not be read.
    #[rasn(identifier = "its-aa-cantparse")]
    ItsAaCantParse = 1,
    /// Not encrypted, not signed where it must be, or not an authorization request.
    #[rasn(identifier = "its-aa-badcontenttype")]
    ItsAaBadContentType = 2,
    /// Encrypted to somebody else.
    #[rasn(identifier = "its-aa-imnottherecipient")]
    ItsAaImNotTheRecipient = 3,
    /// The key or content encryption algorithm is unknown.
    #[rasn(identifier = "its-aa-unknownencryptionalgorithm")]
    ItsAaUnknownEncryptionAlgorithm = 4,
    /// The key or the content did not decrypt.
    #[rasn(identifier = "its-aa-decryptionfailed")]
    ItsAaDecryptionFailed = 5,
    /// The key tag does not match the keys.
    #[rasn(identifier = "its-aa-keysdontmatch")]
    ItsAaKeysDontMatch = 6,
    /// Something is missing.
    #[rasn(identifier = "its-aa-incompleterequest")]
    ItsAaIncompleteRequest = 7,
    /// The key to answer with is bad.
    #[rasn(identifier = "its-aa-invalidencryptionkey")]
    ItsAaInvalidEncryptionKey = 8,
    /// The request is too old, or from the future.
    #[rasn(identifier = "its-aa-outofsyncrequest")]
    ItsAaOutOfSyncRequest = 9,
    /// The enrolment authority is not known.
    #[rasn(identifier = "its-aa-unknownea")]
    ItsAaUnknownEa = 10,
    /// The enrolment authority is revoked.
    #[rasn(identifier = "its-aa-invalidea")]
    ItsAaInvalidEa = 11,
    /// The authorization authority does not grant these permissions.
    #[rasn(identifier = "its-aa-deniedpermissions")]
    ItsAaDeniedPermissions = 12,
    /// The enrolment authority does not answer.
    #[rasn(identifier = "aa-ea-cantreachea")]
    AaEaCantReachEa = 13,
    /// Some structure of the enrolment authority could not be read.
    #[rasn(identifier = "ea-aa-cantparse")]
    EaAaCantParse = 14,
    /// Its answer is not encrypted, not signed, or of another type.
    #[rasn(identifier = "ea-aa-badcontenttype")]
    EaAaBadContentType = 15,
    /// Its answer is encrypted to somebody else.
    #[rasn(identifier = "ea-aa-imnottherecipient")]
    EaAaImNotTheRecipient = 16,
    /// Its answer uses an unknown algorithm.
    #[rasn(identifier = "ea-aa-unknownencryptionalgorithm")]
    EaAaUnknownEncryptionAlgorithm = 17,
    /// Its answer did not decrypt.
    #[rasn(identifier = "ea-aa-decryptionfailed")]
    EaAaDecryptionFailed = 18,
    /// The enrolment authority does not accept this authorization authority.
    #[rasn(identifier = "invalidaa")]
    InvalidAa = 19,
    /// The enrolment authority finds the authorization authority's signature wrong.
    #[rasn(identifier = "invalidaasignature")]
    InvalidAaSignature = 20,
    /// The credential is another enrolment authority's.
    #[rasn(identifier = "wrongea")]
    WrongEa = 21,
    /// No station is known by this credential.
    #[rasn(identifier = "unknownits")]
    UnknownIts = 22,
    /// The credential's signature is wrong.
    #[rasn(identifier = "invalidsignature")]
    InvalidSignature = 23,
    /// The signature holds, the key is bad.
    #[rasn(identifier = "invalidencryptionkey")]
    InvalidEncryptionKey = 24,
    /// The enrolment authority does not confirm these permissions.
    #[rasn(identifier = "deniedpermissions")]
    DeniedPermissions = 25,
    /// The station has as many tickets as it may have.
    #[rasn(identifier = "deniedtoomanycerts")]
    DeniedTooManyCerts = 26,
}

/// How the validation of an authorization request ended.
#[derive(AsnType, Debug, Clone, Copy, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AuthorizationValidationResponseCode {
    /// Confirmed.
    #[rasn(identifier = "ok")]
    Ok = 0,
    /// Some structure could not be read.
    #[rasn(identifier = "cantparse")]
    CantParse = 1,
    /// Not encrypted, not signed, or not a validation request.
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
    /// The authorization authority is not accepted.
    #[rasn(identifier = "invalidaa")]
    InvalidAa = 6,
    /// Its signature is wrong.
    #[rasn(identifier = "invalidaasignature")]
    InvalidAaSignature = 7,
    /// The credential is another enrolment authority's.
    #[rasn(identifier = "wrongea")]
    WrongEa = 8,
    /// No station is known by this credential.
    #[rasn(identifier = "unknownits")]
    UnknownIts = 9,
    /// The credential's signature is wrong.
    #[rasn(identifier = "invalidsignature")]
    InvalidSignature = 10,
    /// The signature holds, the key is bad.
    #[rasn(identifier = "invalidencryptionkey")]
    InvalidEncryptionKey = 11,
    /// Permissions that this station does not get.
    #[rasn(identifier = "deniedpermissions")]
    DeniedPermissions = 12,
    /// The station has as many tickets as it may have.
    #[rasn(identifier = "deniedtoomanycerts")]
    DeniedTooManyCerts = 13,
    /// Any other reason.
    #[rasn(identifier = "deniedrequest")]
    DeniedRequest = 14,
}
