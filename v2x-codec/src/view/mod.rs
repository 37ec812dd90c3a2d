//! The borrowed receive path: views into received octets that allocate nothing.
//!
//! A view exists only for octets that are, from end to end, canonical OER of the type they claim to be, within the
//! limits of [`crate::limits`]; what its iterators yield was already checked. It says nothing about trust: a view is
//! as unverified as the octets under it.
//!
//! ```
//! use v2x_codec::view::{Content, Data};
//!
//! let data = Data::parse(&[0x03, 0x80, 0x02, 0xca, 0xfe])?;
//! assert!(matches!(data.content, Content::Unsecured([0xca, 0xfe])));
//! assert!(Data::parse(&[0x03, 0x80, 0x02, 0xca]).is_err());
//! # Ok::<(), v2x_codec::CodecError>(())
//! ```
//!
//! Unknown extension additions of a SEQUENCE are skipped and reported (`has_unknown_extensions`); unknown
//! alternatives of a CHOICE are refused, because nothing sensible can be done with them. SM2, SM3 and SM4 are
//! refused as unsupported.

mod certificate;
mod data;
mod encrypted;
mod header_info;
mod packet;
mod permission;
mod point;
mod primitive;
mod region;

pub use crate::id::{HashedId3, HashedId8};
pub use certificate::{
    CertificateId, CertificateType, CertificateView, Certificates, CertificatesIter, Issuer, LinkageData,
    VerificationKeyIndicator,
};
pub use data::{Content, Data, ExtDataHash, NestedData, Payload, Signed, Signer};
pub use encrypted::{
    Ciphertext, Encrypted, EncryptedKey, PkRecipient, Recipient, Recipients, RecipientsIter,
};
pub use header_info::{
    ContributedExtension, ContributedExtensions, EncryptionKey, HashedId3List, HeaderInfo,
    MissingCrlIdentifier, ThreeDLocation,
};
pub use packet::{NetworkPdu, Packet, PacketContent};
pub use permission::{AppPermission, AppPermissions, AppPermissionsIter, Ssp};
pub use point::{Curve, Point, PublicEncryptionKey, Signature, VerificationKey};
pub use primitive::HashAlgorithm;
