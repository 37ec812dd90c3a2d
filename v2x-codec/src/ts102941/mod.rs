//! The messages of TS 102 941 V2.2.1: enrolment, authorization, its validation, requests of authorities, trust
//! lists, revocation lists and link certificates.
//!
//! These are the plaintexts; how each is signed and encrypted is the caller's. The butterfly messages are refused by
//! name ([`ErrorKind::Unsupported`]): they need the interfaces of IEEE 1609.2.1.
//!
//! Rules between fields that the ASN.1 writes as inner subtypes (a certificate is there exactly when the code is
//! `ok`) are checked when decoding and encoding: [`ErrorKind::Profile`].
//!
//! [`ErrorKind::Unsupported`]: crate::ErrorKind::Unsupported
//! [`ErrorKind::Profile`]: crate::ErrorKind::Profile

mod authorization;
mod enrolment;
mod requests;
mod trust_lists;

use rasn::prelude::*;

use crate::coer::schema::{self, Type};
use crate::error::{CodecError, ErrorKind};
use crate::ieee1609dot2::{CoerType, Ieee1609Dot2Data};

pub use authorization::{
    AuthorizationResponseCode, AuthorizationValidationRequest, AuthorizationValidationResponse,
    AuthorizationValidationResponseCode, EcSignature, InnerAtRequest, InnerAtResponse, SharedAtRequest,
};
pub use enrolment::{EnrolmentResponseCode, InnerEcRequest, InnerEcResponse};
pub use requests::{
    CERTIFICATE_FORMAT_TS103097_V131, CaCertificateRequest, CertificateSubjectAttributes, PublicKeys,
};
pub use trust_lists::{
    AaEntry, CtlCommand, CtlDelete, CtlEntry, CtlFormat, DcEntry, EaEntry, RootCaEntry, TlmEntry,
    ToBeSignedCrl, ToBeSignedLinkCertificate, Url, Version,
};

/// The plaintext of a message: what the payload of a signed or encrypted structure holds.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct EtsiTs102941Data {
    /// Always [`EtsiTs102941Data::VERSION`].
    #[rasn(value("1"))]
    pub version: u8,
    /// The message.
    pub content: EtsiTs102941DataContent,
}

impl EtsiTs102941Data {
    /// The only version there is.
    pub const VERSION: u8 = 1;

    /// A message.
    #[must_use]
    pub const fn new(content: EtsiTs102941DataContent) -> Self {
        Self { version: Self::VERSION, content }
    }
}

/// The messages.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum EtsiTs102941DataContent {
    /// A station asks for an enrolment credential: an [`InnerEcRequest`] signed with the key that it is for
    /// (`InnerEcRequestSignedForPop`).
    EnrolmentRequest(Ieee1609Dot2Data),
    /// The enrolment authority answers.
    EnrolmentResponse(InnerEcResponse),
    /// A station asks for an authorization ticket.
    AuthorizationRequest(InnerAtRequest),
    /// The authorization authority answers.
    AuthorizationResponse(InnerAtResponse),
    /// A root CA revokes.
    CertificateRevocationList(ToBeSignedCrl),
    /// The trust list manager's list of root CAs.
    CertificateTrustListTlm(CtlFormat),
    /// A root CA's list of its authorities.
    CertificateTrustListRca(CtlFormat),
    /// The authorization authority asks the enrolment authority about a request.
    AuthorizationValidationRequest(AuthorizationValidationRequest),
    /// The enrolment authority answers.
    AuthorizationValidationResponse(AuthorizationValidationResponse),
    /// An authority asks a root CA for a certificate.
    CaCertificateRequest(CaCertificateRequest),
    /// The trust list manager vouches for its next certificate.
    #[rasn(extension_addition)]
    LinkCertificateTlm(ToBeSignedLinkCertificate),
    /// A root CA vouches for its next certificate.
    #[rasn(extension_addition)]
    SingleSignedLinkCertificateRca(ToBeSignedLinkCertificate),
    /// A root CA's link certificate, signed by the old key, to be signed by the new one.
    #[rasn(extension_addition, identifier = "doubleSignedlinkCertificateRca")]
    DoubleSignedLinkCertificateRca(Ieee1609Dot2Data),
}

impl CoerType for EtsiTs102941Data {
    const SCHEMA: &'static Type = &schema::ETSI_TS102941_DATA;

    fn check(&self) -> Result<(), CodecError> {
        match &self.content {
            EtsiTs102941DataContent::EnrolmentResponse(response) => response.check(),
            EtsiTs102941DataContent::AuthorizationRequest(request) => request.check(),
            EtsiTs102941DataContent::AuthorizationResponse(response) => response.check(),
            EtsiTs102941DataContent::CertificateTrustListTlm(list) => list.check_for_tlm(),
            EtsiTs102941DataContent::CertificateTrustListRca(list) => list.check_for_root_ca(),
            EtsiTs102941DataContent::AuthorizationValidationRequest(request) => {
                request.shared_at_request.check()
            }
            EtsiTs102941DataContent::AuthorizationValidationResponse(response) => response.check(),
            EtsiTs102941DataContent::CaCertificateRequest(request) => {
                request.requested_subject_attributes.check()
            }
            EtsiTs102941DataContent::EnrolmentRequest(_)
            | EtsiTs102941DataContent::CertificateRevocationList(_)
            | EtsiTs102941DataContent::LinkCertificateTlm(_)
            | EtsiTs102941DataContent::SingleSignedLinkCertificateRca(_)
            | EtsiTs102941DataContent::DoubleSignedLinkCertificateRca(_) => Ok(()),
        }
    }
}

/// Fails with [`ErrorKind::Profile`] in `field` unless `holds`.
fn rule(holds: bool, field: &'static str) -> Result<(), CodecError> {
    if holds { Ok(()) } else { Err(CodecError::new(ErrorKind::Profile, field, 0)) }
}
