//! IEEE 1609.2 as owned types, in the 2022 generation of its ASN.1.
//!
//! The leaves are those of `rasn-its`; the types around extension points are our own, because `rasn-its` puts open
//! types on the wire without their lengths. [`decode`] runs the bounded [`scan`] first, so that
//! no octet from a network reaches the owned decoder before every length and quantity in it is known to fit.
//! [`encode`] scans what it made: what leaves here is canonical.
//!
//! Re-encoding is not identity (another edition's extension bitmap may be longer or shorter): hash and verify the
//! octets that were received, by [`canonical`], never an encoding of a decoded value.

mod addition;
pub mod canonical;
mod certificate;
mod crl;
mod data;

use core::fmt::Debug;
use core::ops::Range;

use crate::coer::{Value, Visitor, scan, scan_with, schema};
use crate::error::{CodecError, ErrorKind};

pub use addition::{Addition, CertificateFlags, PduFunctionalType};
pub use certificate::{
    AppExtension, CertIssueExtension, CertIssuePermissions, CertRequestExtension, CertRequestPermissions,
    Certificate, SequenceOfAppExtensions, SequenceOfCertIssueExtensions, SequenceOfCertRequestExtensions,
    SequenceOfCertificate, ToBeSignedCertificate,
};
pub use crl::{
    CrlContents, GroupSingleSeedCrlEntry, SequenceOfGroupSingleSeedCrlEntry, ToBeSignedLinkageValueCrl,
    ToBeSignedLinkageValueCrlWithAlgIdentifier, TypeSpecificCrlContents,
};
pub use data::{
    ContributedExtensionBlock, ContributedExtensionBlocks, EtsiHeaderInfoExtension, HeaderInfo,
    Ieee1609Dot2Content, Ieee1609Dot2Data, SignedData, SignedDataPayload, SignerIdentifier, ToBeSignedData,
};
pub use rasn::types::{FixedOctetString, Integer, OctetString};
pub use rasn_its::ieee1609dot2::base_types::*;
pub use rasn_its::ieee1609dot2::crl_base_types::*;
pub use rasn_its::ieee1609dot2::{
    CertificateId, CertificateType, EncryptedData, EncryptedDataEncryptionKey, EndEntityType, HashedData,
    IssuerIdentifier, LinkageData, MissingCrlIdentifier, One28BitCcmCiphertext, PKRecipientInfo,
    PreSharedKeyRecipientInfo, PsidGroupPermissions, RecipientInfo, SequenceOfPsidGroupPermissions,
    SequenceOfRecipientInfo, SubjectPermissions, SymmRecipientInfo, SymmetricCiphertext,
    VerificationKeyIndicator,
};
pub use rasn_its::ts103097::extension_module::{EtsiTs102941CrlRequest, EtsiTs102941CtlRequest};

/// A type that canonical OER carries, tied to the table of its octets.
pub trait CoerType: rasn::Decode + rasn::Encode + Debug {
    /// The table that [`decode`] and [`encode`] hold the octets against.
    const SCHEMA: &'static schema::Type;

    /// The rules between fields, which a table of octets cannot hold.
    ///
    /// # Errors
    /// [`ErrorKind::Profile`] with the field that breaks a rule.
    fn check(&self) -> Result<(), CodecError> {
        Ok(())
    }
}

/// Decodes `octets`, all of them, as one value in canonical OER.
///
/// # Errors
/// Those of [`scan`] and of [`CoerType::check`]; [`ErrorKind::Unsupported`] for an extension addition of another
/// edition, which the owned decoder would take for the field behind it; [`ErrorKind::Inconsistent`] when the owned
/// decoder refuses what the scan accepted.
pub fn decode<T: CoerType>(octets: &[u8]) -> Result<T, CodecError> {
    let mut unknown = UnknownExtensions(None);
    scan_with(T::SCHEMA, octets, &mut unknown)?;
    if let Some((field, offset)) = unknown.0 {
        return Err(CodecError::new(ErrorKind::Unsupported, field, offset));
    }
    let inconsistent = CodecError::new(ErrorKind::Inconsistent, T::SCHEMA.name, 0);
    let value = match rasn::coer::decode_with_remainder::<T>(octets) {
        Ok((value, [])) => value,
        Ok((_, [_, ..])) | Err(_) => return Err(inconsistent),
    };
    value.check()?;
    Ok(value)
}

/// Notes the first extension addition that this edition does not know.
struct UnknownExtensions(Option<(&'static str, usize)>);

impl<'a> Visitor<'a> for UnknownExtensions {
    fn value(&mut self, field: &'static str, _: &'static schema::Type, value: Value<'a>, span: Range<usize>) {
        if let Value::UnknownExtension(..) = value {
            self.0.get_or_insert((field, span.start));
        }
    }
}

/// Encodes `value` in canonical OER.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] when a value lies outside its ASN.1 constraint, those of [`CoerType::check`], and those
/// of [`scan`] when the result breaks the table of the type.
pub fn encode<T: CoerType>(value: &T) -> Result<Vec<u8>, CodecError> {
    value.check()?;
    let octets =
        rasn::coer::encode(value).map_err(|_| CodecError::new(ErrorKind::OutOfRange, T::SCHEMA.name, 0))?;
    scan(T::SCHEMA, &octets)?;
    Ok(octets)
}

/// Ties types to their tables.
macro_rules! coer_types {
    ($($type:ty => $schema:ident),* $(,)?) => {
        $(impl $crate::ieee1609dot2::CoerType for $type {
            const SCHEMA: &'static $crate::coer::schema::Type = &$crate::coer::schema::$schema;
        })*
    };
}

coer_types! {
    Ieee1609Dot2Data => IEEE1609_DOT2_DATA,
    ToBeSignedData => TO_BE_SIGNED_DATA,
    HeaderInfo => HEADER_INFO,
    Certificate => CERTIFICATE,
    ToBeSignedCertificate => TO_BE_SIGNED_CERTIFICATE,
    Signature => SIGNATURE,
    EccP256CurvePoint => ECC_P256_CURVE_POINT,
    EccP384CurvePoint => ECC_P384_CURVE_POINT,
    PublicVerificationKey => PUBLIC_VERIFICATION_KEY,
    PublicEncryptionKey => PUBLIC_ENCRYPTION_KEY,
    SymmetricEncryptionKey => SYMMETRIC_ENCRYPTION_KEY,
    CrlContents => CRL_CONTENTS,
    GeographicRegion => GEOGRAPHIC_REGION,
    EtsiHeaderInfoExtension => ETSI_HEADER_INFO_EXTENSION,
}
