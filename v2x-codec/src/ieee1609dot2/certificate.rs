//! Certificates.

use rasn::prelude::*;

use super::{
    CertificateFlags, CertificateId, CertificateType, CrlSeries, GeographicRegion, HashedId3,
    IssuerIdentifier, PublicEncryptionKey, SequenceOfPsidGroupPermissions, SequenceOfPsidSsp, Signature,
    SubjectAssurance, ValidityPeriod, VerificationKeyIndicator,
};

/// A certificate, explicit (with a signature) or implicit (with a reconstruction value).
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct Certificate {
    /// Format version; always [`Certificate::VERSION`].
    #[rasn(value("3"))]
    pub version: u8,
    /// Explicit or implicit.
    #[rasn(identifier = "type")]
    pub r#type: CertificateType,
    /// Who issued it: a digest of the issuer, or itself.
    pub issuer: IssuerIdentifier,
    /// The contents that the signature covers.
    #[rasn(identifier = "toBeSigned")]
    pub to_be_signed: ToBeSignedCertificate,
    /// The issuer's signature; absent in an implicit certificate.
    pub signature: Option<Signature>,
}

impl Certificate {
    /// The only version there is.
    pub const VERSION: u8 = 3;

    /// An explicit certificate.
    #[must_use]
    pub const fn explicit(
        issuer: IssuerIdentifier,
        to_be_signed: ToBeSignedCertificate,
        signature: Signature,
    ) -> Self {
        let r#type = CertificateType::Explicit;
        Self { version: Self::VERSION, r#type, issuer, to_be_signed, signature: Some(signature) }
    }

    /// An implicit certificate, whose key is reconstructed.
    #[must_use]
    pub const fn implicit(issuer: IssuerIdentifier, to_be_signed: ToBeSignedCertificate) -> Self {
        let r#type = CertificateType::Implicit;
        Self { version: Self::VERSION, r#type, issuer, to_be_signed, signature: None }
    }

    /// Whether type, key indicator and signature all say explicit.
    #[must_use]
    pub const fn is_explicit(&self) -> bool {
        matches!(self.r#type, CertificateType::Explicit)
            && matches!(self.to_be_signed.verify_key_indicator, VerificationKeyIndicator::VerificationKey(_))
            && self.signature.is_some()
    }

    /// Whether type, key indicator and the missing signature all say implicit.
    #[must_use]
    pub const fn is_implicit(&self) -> bool {
        matches!(self.r#type, CertificateType::Implicit)
            && matches!(
                self.to_be_signed.verify_key_indicator,
                VerificationKeyIndicator::ReconstructionValue(_)
            )
            && self.signature.is_none()
    }
}

/// A list of certificates.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate)]
pub struct SequenceOfCertificate(pub Vec<Certificate>);

/// What the signature of a certificate covers. Made by [`ToBeSignedCertificate::new`], then its optional fields are
/// set.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ToBeSignedCertificate {
    /// The holder's name, if it has one.
    pub id: CertificateId,
    /// The authority that revokes it; zeros in TS 103 097.
    #[rasn(identifier = "cracaId")]
    pub craca_id: HashedId3,
    /// The revocation list it would be on; 0 in TS 103 097.
    #[rasn(identifier = "crlSeries")]
    pub crl_series: CrlSeries,
    /// Start (TAI seconds since 2004-01-01) and duration.
    #[rasn(identifier = "validityPeriod")]
    pub validity_period: ValidityPeriod,
    /// Where it is valid; absent: as its issuer.
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
    /// What the holder may ask certificates for.
    #[rasn(identifier = "certRequestPermissions")]
    pub cert_request_permissions: Option<SequenceOfPsidGroupPermissions>,
    /// Whether the holder may ask for a successor.
    #[rasn(identifier = "canRequestRollover")]
    pub can_request_rollover: Option<()>,
    /// The key to encrypt to the holder with.
    #[rasn(identifier = "encryptionKey")]
    pub encryption_key: Option<PublicEncryptionKey>,
    /// The holder's verification key, or the value to reconstruct it from.
    #[rasn(identifier = "verifyKeyIndicator")]
    pub verify_key_indicator: VerificationKeyIndicator,
    /// Properties of a certificate of an authority: `usesCubk` is bit 0.
    #[rasn(extension_addition)]
    pub flags: Option<CertificateFlags>,
    /// Further permissions to sign.
    #[rasn(extension_addition, identifier = "appExtensions")]
    pub app_extensions: Option<SequenceOfAppExtensions>,
    /// Further permissions to issue.
    #[rasn(extension_addition, identifier = "certIssueExtensions")]
    pub cert_issue_extensions: Option<SequenceOfCertIssueExtensions>,
    /// Further permissions to ask.
    #[rasn(extension_addition, identifier = "certRequestExtension")]
    pub cert_request_extension: Option<SequenceOfCertRequestExtensions>,
}

impl ToBeSignedCertificate {
    /// Contents with the mandatory fields; `cracaId` and `crlSeries` are zero, as TS 103 097 clause 6 has them, and
    /// every optional field is absent.
    #[must_use]
    pub fn new(
        id: CertificateId,
        validity_period: ValidityPeriod,
        verify_key_indicator: VerificationKeyIndicator,
    ) -> Self {
        Self {
            id,
            craca_id: HashedId3([0; 3].into()),
            crl_series: CrlSeries(0),
            validity_period,
            region: None,
            assurance_level: None,
            app_permissions: None,
            cert_issue_permissions: None,
            cert_request_permissions: None,
            can_request_rollover: None,
            encryption_key: None,
            verify_key_indicator,
            flags: None,
            app_extensions: None,
            cert_issue_extensions: None,
            cert_request_extension: None,
        }
    }
}

/// Extensions to the permissions to sign; not empty.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate, size("1.."))]
pub struct SequenceOfAppExtensions(pub Vec<AppExtension>);

/// An extension by number; its content stays octets.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct AppExtension {
    /// The registered number.
    pub id: u8,
    /// The encoding of the type that goes with the number.
    pub content: OctetString,
}

/// Extensions to the permissions to issue; not empty.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate, size("1.."))]
pub struct SequenceOfCertIssueExtensions(pub Vec<CertIssueExtension>);

/// Which extension the holder may put into certificates.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct CertIssueExtension {
    /// The registered number.
    pub id: u8,
    /// The values allowed.
    pub permissions: CertIssuePermissions,
}

/// The values of an extension that the holder may put into certificates.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum CertIssuePermissions {
    /// These; the encoding of the type that goes with the number.
    Specific(OctetString),
    /// Any.
    All(()),
}

/// Extensions to the permissions to ask; not empty.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate, size("1.."))]
pub struct SequenceOfCertRequestExtensions(pub Vec<CertRequestExtension>);

/// Which extension the holder may ask for.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct CertRequestExtension {
    /// The registered number.
    pub id: u8,
    /// The values allowed.
    pub permissions: CertRequestPermissions,
}

/// The values of an extension that the holder may ask for.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum CertRequestPermissions {
    /// These; the encoding of the type that goes with the number.
    Content(OctetString),
    /// Any.
    All(()),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ieee1609dot2::{Duration, EccP256CurvePoint, decode, encode};

    #[test]
    fn flags_are_one_octet_and_decode_to_themselves() {
        let validity = ValidityPeriod { start: 0.into(), duration: Duration::Hours(1) };
        let value = VerificationKeyIndicator::ReconstructionValue(EccP256CurvePoint::XOnly([7; 32].into()));
        let mut contents = ToBeSignedCertificate::new(CertificateId::None(()), validity, value);
        contents.flags = Some(CertificateFlags::USES_CUBK);
        let octets = encode(&contents).expect("it encodes");
        // The extension bitmap, then the flags as an open type of one octet.
        let flags = octets.rchunks(2).next();
        assert_eq!(flags, Some(&[1, 0x80][..]));
        assert_eq!(decode::<ToBeSignedCertificate>(&octets), Ok(contents));
    }
}
