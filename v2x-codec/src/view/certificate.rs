//! `Certificate`, explicit and implicit.

use super::permission::{AppPermissions, read_group_permissions, sized};
use super::point::{Point, PublicEncryptionKey, Signature, VerificationKey};
use super::primitive::{
    Additions, HashAlgorithm, Preamble, Read, open_type, optional, slice, unknown_choice, unsupported,
};
use super::region::read_region;
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::id::{HashedId3, HashedId8};
use crate::limits::{MAX_CERTIFICATES, MAX_EXTENSIONS};
use crate::time::{Duration, Time32, ValidityPeriod};

/// A certificate in the octets it was received in.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CertificateView<'a> {
    /// The whole certificate, as received.
    pub octets: &'a [u8],
    /// `type`.
    pub certificate_type: CertificateType,
    /// `issuer`.
    pub issuer: Issuer,
    /// `toBeSigned` exactly as received: what its issuer signed, when it came in canonical form.
    pub to_be_signed: &'a [u8],
    /// `id`.
    pub id: CertificateId<'a>,
    /// `cracaId`.
    pub craca_id: HashedId3,
    /// `crlSeries`.
    pub crl_series: u16,
    /// `validityPeriod`.
    pub validity_period: ValidityPeriod,
    /// `region`: a well-formed `GeographicRegion`.
    pub region: Option<&'a [u8]>,
    /// `assuranceLevel`.
    pub assurance_level: Option<u8>,
    /// `appPermissions`.
    pub app_permissions: Option<AppPermissions<'a>>,
    /// `certIssuePermissions`: a well-formed `SequenceOfPsidGroupPermissions`.
    pub cert_issue_permissions: Option<&'a [u8]>,
    /// `certRequestPermissions`: a well-formed `SequenceOfPsidGroupPermissions`.
    pub cert_request_permissions: Option<&'a [u8]>,
    /// Whether `canRequestRollover` is there.
    pub can_request_rollover: bool,
    /// `encryptionKey`.
    pub encryption_key: Option<PublicEncryptionKey<'a>>,
    /// `verifyKeyIndicator`.
    pub verify_key_indicator: VerificationKeyIndicator<'a>,
    /// `flags`: bit 0x80 is `usesCubk`.
    pub flags: Option<u8>,
    /// `appExtensions`: a well-formed sequence of ids and open types.
    pub app_extensions: Option<&'a [u8]>,
    /// `certIssueExtensions`: a well-formed sequence of ids and permissions.
    pub cert_issue_extensions: Option<&'a [u8]>,
    /// `certRequestExtension`: a well-formed sequence of ids and permissions.
    pub cert_request_extension: Option<&'a [u8]>,
    /// Whether `toBeSigned` has extension additions beyond those above.
    pub has_unknown_extensions: bool,
    /// `signature`: there for an explicit certificate, and only for one.
    pub signature: Option<Signature<'a>>,
}

/// `CertificateType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertificateType {
    /// Carries its verification key, and a signature over it.
    Explicit,
    /// Carries a value from which the key is reconstructed with the issuer's (ECQV).
    Implicit,
}

/// `IssuerIdentifier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Issuer {
    /// `sha256AndDigest` or `sha384AndDigest`: who issued it, and the hash that was signed with.
    Digest(HashAlgorithm, HashedId8),
    /// `self`: the certificate signed itself.
    SelfSigned(HashAlgorithm),
}

/// `CertificateId`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateId<'a> {
    /// Values that a linkage-based CRL names.
    LinkageData(LinkageData<'a>),
    /// At most 255 characters.
    Name(&'a str),
    /// 1 to 64 octets.
    BinaryId(&'a [u8]),
    /// No id.
    None,
}

/// `LinkageData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkageData<'a> {
    /// The i-period.
    pub i_cert: u16,
    /// The linkage value.
    pub linkage_value: &'a [u8; 9],
    /// jValue and value of the group linkage value.
    pub group_linkage_value: Option<(&'a [u8; 4], &'a [u8; 9])>,
}

/// `VerificationKeyIndicator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationKeyIndicator<'a> {
    /// The key of an explicit certificate.
    VerificationKey(VerificationKey<'a>),
    /// The reconstruction value of an implicit certificate: a point of a 256-bit curve.
    ReconstructionValue(Point<'a>),
}

impl<'a> CertificateView<'a> {
    /// Reads one certificate, which must fill `octets`.
    ///
    /// # Errors
    /// What was wrong, and where: an encoding that is not canonical OER, a constraint of the ASN.1 module that does
    /// not hold, a limit that is exceeded, or octets left over.
    pub fn parse(octets: &'a [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(octets);
        let certificate = Self::read(&mut reader)?;
        reader.finish("Certificate").map(|()| certificate)
    }

    /// Reads one certificate from the octets `reader` is at.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), without the last.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, CodecError> {
        let start = reader.position();
        let preamble = Preamble::read(reader, 1, "CertificateBase")?;
        read_version(reader, "CertificateBase.version")?;
        let certificate_type = CertificateType::read(reader)?;
        let issuer = Issuer::read(reader)?;
        let tbs_start = reader.position();
        let mut certificate = Self::read_to_be_signed(reader, certificate_type, issuer)?;
        certificate.to_be_signed = reader.since(tbs_start);
        certificate.signature = optional(preamble.has(0x80), reader, Signature::read)?;
        certificate.octets = reader.since(start);
        certificate.check_shape().map_err(|kind| CodecError::new(kind, "Certificate", start))?;
        Ok(certificate)
    }

    /// Reads `ToBeSignedCertificate`; the fields around it are filled in by the caller.
    fn read_to_be_signed(
        reader: &mut Reader<'a>,
        certificate_type: CertificateType,
        issuer: Issuer,
    ) -> Read<Self> {
        let preamble = Preamble::read(reader, 8, "ToBeSignedCertificate")?;
        let mut certificate = Self {
            octets: &[],
            certificate_type,
            issuer,
            to_be_signed: &[],
            id: CertificateId::read(reader)?,
            craca_id: HashedId3::read(reader, "cracaId")?,
            crl_series: reader.u16("crlSeries")?,
            validity_period: read_validity_period(reader)?,
            region: optional(preamble.has(0x40), reader, |r| slice(r, read_region))?,
            assurance_level: optional(preamble.has(0x20), reader, |r| r.u8("assuranceLevel"))?,
            app_permissions: optional(preamble.has(0x10), reader, AppPermissions::read)?,
            cert_issue_permissions: read_groups(preamble.has(0x08), reader, "certIssuePermissions")?,
            cert_request_permissions: read_groups(preamble.has(0x04), reader, "certRequestPermissions")?,
            can_request_rollover: preamble.has(0x02),
            encryption_key: optional(preamble.has(0x01), reader, PublicEncryptionKey::read)?,
            verify_key_indicator: VerificationKeyIndicator::read(reader)?,
            flags: None,
            app_extensions: None,
            cert_issue_extensions: None,
            cert_request_extension: None,
            has_unknown_extensions: false,
            signature: None,
        };
        if preamble.has(0x80) {
            certificate.read_additions(reader)?;
        }
        Ok(certificate)
    }

    fn read_additions(&mut self, reader: &mut Reader<'a>) -> Read<()> {
        const FIELD: &str = "ToBeSignedCertificate extension";
        let additions = Additions::read(reader, FIELD)?;
        let permissions = |inner: &mut Reader<'a>| slice(inner, read_permission_extensions);
        self.flags = optional(additions.has(0), reader, |r| open_type(r, "flags", |r| r.u8("flags")))?;
        self.app_extensions = optional(additions.has(1), reader, |r| {
            open_type(r, "appExtensions", |r| slice(r, read_app_extensions))
        })?;
        self.cert_issue_extensions =
            optional(additions.has(2), reader, |r| open_type(r, "certIssueExtensions", permissions))?;
        self.cert_request_extension =
            optional(additions.has(3), reader, |r| open_type(r, "certRequestExtension", permissions))?;
        self.has_unknown_extensions = additions.skip_unknown(4, reader, FIELD)?;
        Ok(())
    }

    /// The constraints of the ASN.1 module that span fields: some permission must be there, and the type decides
    /// about key and signature.
    fn check_shape(&self) -> Result<(), ErrorKind> {
        let permits = self.app_permissions.is_some()
            || self.cert_issue_permissions.is_some()
            || self.cert_request_permissions.is_some();
        let consistent = match (self.certificate_type, self.verify_key_indicator) {
            (CertificateType::Explicit, VerificationKeyIndicator::VerificationKey(_)) => {
                self.signature.is_some()
            }
            (CertificateType::Implicit, VerificationKeyIndicator::ReconstructionValue(_)) => {
                self.signature.is_none()
            }
            (CertificateType::Explicit, VerificationKeyIndicator::ReconstructionValue(_))
            | (CertificateType::Implicit, VerificationKeyIndicator::VerificationKey(_)) => false,
        };
        if permits && consistent { Ok(()) } else { Err(ErrorKind::Profile) }
    }
}

/// `Uint8(3)`, the version of data and certificates.
#[inline]
pub(super) fn read_version(reader: &mut Reader<'_>, field: &'static str) -> Read<()> {
    let error = reader.error(ErrorKind::OutOfRange, field);
    if reader.u8(field)? == 3 { Ok(()) } else { Err(error) }
}

impl CertificateType {
    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        const FIELD: &str = "CertificateType";
        match reader.u8(FIELD)? {
            0 => Ok(Self::Explicit),
            1 => Ok(Self::Implicit),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

impl Issuer {
    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        const FIELD: &str = "IssuerIdentifier";
        match reader.choice(FIELD)? {
            0 => HashedId8::read(reader, FIELD).map(|id| Self::Digest(HashAlgorithm::Sha256, id)),
            1 => HashAlgorithm::read(reader).map(Self::SelfSigned),
            2 => open_type(reader, FIELD, |inner| HashedId8::read(inner, FIELD))
                .map(|id| Self::Digest(HashAlgorithm::Sha384, id)),
            3 => Err(unsupported(reader, "IssuerIdentifier.sm3AndDigest")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

impl<'a> CertificateId<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "CertificateId";
        match reader.choice(FIELD)? {
            0 => LinkageData::read(reader).map(Self::LinkageData),
            1 => read_hostname(reader).map(Self::Name),
            2 => sized(reader, 1, 64, "CertificateId.binaryId").map(Self::BinaryId),
            3 => Ok(Self::None),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

/// `Hostname`: UTF8String with at most 255 characters.
fn read_hostname<'a>(reader: &mut Reader<'a>) -> Read<&'a str> {
    const FIELD: &str = "Hostname";
    let error = reader.error(ErrorKind::NotText, FIELD);
    let text = core::str::from_utf8(reader.octet_string(FIELD)?).map_err(|_| error)?;
    if text.chars().count() <= 255 {
        Ok(text)
    } else {
        Err(CodecError { kind: ErrorKind::OutOfRange, ..error })
    }
}

impl<'a> LinkageData<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "LinkageData";
        let preamble = Preamble::read(reader, 1, FIELD)?;
        let group = |r: &mut Reader<'a>| Ok((r.array("jValue")?, r.array("GroupLinkageValue.value")?));
        Ok(Self {
            i_cert: reader.u16("iCert")?,
            linkage_value: reader.array("linkage-value")?,
            group_linkage_value: optional(preamble.has(0x80), reader, group)?,
        })
    }
}

fn read_validity_period(reader: &mut Reader<'_>) -> Read<ValidityPeriod> {
    let start = Time32::from_seconds(reader.u32("ValidityPeriod.start")?);
    Ok(ValidityPeriod { start, duration: read_duration(reader)? })
}

fn read_duration(reader: &mut Reader<'_>) -> Read<Duration> {
    const FIELD: &str = "Duration";
    let unit = match reader.choice(FIELD)? {
        0 => Duration::Microseconds,
        1 => Duration::Milliseconds,
        2 => Duration::Seconds,
        3 => Duration::Minutes,
        4 => Duration::Hours,
        5 => Duration::SixtyHours,
        6 => Duration::Years,
        other => return Err(unknown_choice(reader, other, FIELD)),
    };
    reader.u16(FIELD).map(unit)
}

fn read_groups<'a>(present: bool, reader: &mut Reader<'a>, field: &'static str) -> Read<Option<&'a [u8]>> {
    optional(present, reader, |r| slice(r, |r| read_group_permissions(r, field)))
}

impl<'a> VerificationKeyIndicator<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "VerificationKeyIndicator";
        match reader.choice(FIELD)? {
            0 => VerificationKey::read(reader).map(Self::VerificationKey),
            1 => Point::read(reader, 32).map(Self::ReconstructionValue),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

/// Reads past `SequenceOfAppExtensions`: an id and an open type each, at least one.
fn read_app_extensions(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "AppExtension";
    (0..read_extension_count(reader, FIELD)?).try_for_each(|_| {
        reader.u8(FIELD)?;
        reader.octet_string(FIELD).map(|_| ())
    })
}

/// Reads past `SequenceOfCertIssueExtensions` or `SequenceOfCertRequestExtensions`: an id each, and a choice between
/// an open type and all.
fn read_permission_extensions(reader: &mut Reader<'_>) -> Read<()> {
    const FIELD: &str = "CertIssueExtension or CertRequestExtension";
    (0..read_extension_count(reader, FIELD)?).try_for_each(|_| {
        reader.u8(FIELD)?;
        match reader.choice(FIELD)? {
            0 => reader.octet_string(FIELD).map(|_| ()),
            1 => Ok(()),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    })
}

/// The quantity of a list with at least one extension.
pub(super) fn read_extension_count(reader: &mut Reader<'_>, field: &'static str) -> Read<usize> {
    let error = reader.error(ErrorKind::OutOfRange, field);
    match reader.quantity(2, MAX_EXTENSIONS, field)? {
        0 => Err(error),
        count => Ok(count),
    }
}

/// `SequenceOfCertificate`: certificates of which each was read once.
#[derive(Clone, Copy, Debug)]
pub struct Certificates<'a> {
    octets: &'a [u8],
    count: usize,
}

/// [`Certificates`], one after the other.
#[derive(Clone, Debug)]
pub struct CertificatesIter<'a> {
    reader: Reader<'a>,
    left: usize,
}

impl<'a> Certificates<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        // No certificate is shorter than its fixed fields.
        let count = reader.quantity(20, MAX_CERTIFICATES, "SequenceOfCertificate")?;
        let start = reader.position();
        for _ in 0..count {
            CertificateView::read(reader)?;
        }
        Ok(Self { octets: reader.since(start), count })
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first one: the signer's own.
    #[must_use]
    pub fn first(&self) -> Option<CertificateView<'a>> {
        self.iter().next()
    }

    /// One after the other, from the signer's own towards the root.
    #[must_use]
    pub const fn iter(&self) -> CertificatesIter<'a> {
        CertificatesIter { reader: Reader::new(self.octets), left: self.count }
    }
}

impl<'a> Iterator for CertificatesIter<'a> {
    type Item = CertificateView<'a>;

    fn next(&mut self) -> Option<CertificateView<'a>> {
        self.left = self.left.checked_sub(1)?;
        CertificateView::read(&mut self.reader).ok()
    }
}

impl<'a> IntoIterator for Certificates<'a> {
    type Item = CertificateView<'a>;
    type IntoIter = CertificatesIter<'a>;

    fn into_iter(self) -> CertificatesIter<'a> {
        self.iter()
    }
}
