//! What requests have in common, and the request of an authority for its own certificate.

use rasn::prelude::*;

use super::rule;
use crate::error::CodecError;
use crate::ieee1609dot2::{
    CertificateId, GeographicRegion, PublicEncryptionKey, PublicVerificationKey,
    SequenceOfPsidGroupPermissions, SequenceOfPsidSsp, SubjectAssurance, ValidityPeriod,
};

/// The certificate format of every request: TS 103 097 from V1.3.1 on.
pub const CERTIFICATE_FORMAT_TS103097_V131: u8 = 1;

/// The keys that a certificate is asked for.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct PublicKeys {
    /// The key to verify signatures with.
    #[rasn(identifier = "verificationKey")]
    pub verification_key: PublicVerificationKey,
    /// The key to encrypt with.
    #[rasn(identifier = "encryptionKey")]
    pub encryption_key: Option<PublicEncryptionKey>,
}

/// What a certificate should say. At least one of the two lists of permissions is there.
#[derive(AsnType, Debug, Clone, Default, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CertificateSubjectAttributes {
    /// The holder's name.
    pub id: Option<CertificateId>,
    /// Start (TAI seconds since 2004-01-01) and duration.
    #[rasn(identifier = "validityPeriod")]
    pub validity_period: Option<ValidityPeriod>,
    /// Where it is valid.
    pub region: Option<GeographicRegion>,
    /// How well the holder's keys are kept.
    #[rasn(identifier = "assuranceLevel")]
    pub assurance_level: Option<SubjectAssurance>,
    /// What the holder may sign.
    #[rasn(identifier = "appPermissions")]
    pub app_permissions: Option<SequenceOfPsidSsp>,
    /// What the holder may issue certificates for.
    #[rasn(identifier = "certIssuePermissions")]
    pub cert_issue_permissions: Option<SequenceOfPsidGroupPermissions>,
}

impl CertificateSubjectAttributes {
    /// Attributes that name what the holder may sign, and nothing else.
    #[must_use]
    pub fn signing(app_permissions: SequenceOfPsidSsp) -> Self {
        Self { app_permissions: Some(app_permissions), ..Self::default() }
    }

    /// The rule of the type itself: some permission is there.
    pub(super) fn check(&self) -> Result<(), CodecError> {
        rule(self.app_permissions.is_some() || self.cert_issue_permissions.is_some(), "appPermissions")
    }

    /// The rule where stations ask: they may sign, never issue.
    pub(super) fn check_for_station(&self) -> Result<(), CodecError> {
        rule(self.cert_issue_permissions.is_none(), "certIssuePermissions")?;
        self.check()
    }
}

/// An authority asks a root CA for a certificate.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CaCertificateRequest {
    /// The keys.
    #[rasn(identifier = "publicKeys")]
    pub public_keys: PublicKeys,
    /// What the certificate should say.
    #[rasn(identifier = "requestedSubjectAttributes")]
    pub requested_subject_attributes: CertificateSubjectAttributes,
}

impl CaCertificateRequest {
    /// A request.
    #[must_use]
    pub const fn new(
        public_keys: PublicKeys,
        requested_subject_attributes: CertificateSubjectAttributes,
    ) -> Self {
        Self { public_keys, requested_subject_attributes }
    }
}
