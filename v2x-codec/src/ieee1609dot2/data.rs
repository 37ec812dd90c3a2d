//! Secured data.

use rasn::prelude::*;

use super::{
    Addition, Certificate, EncryptedData, EncryptionKey, HashAlgorithm, HashedData, HashedId3, HashedId8,
    MissingCrlIdentifier, Opaque, PduFunctionalType, Psid, SequenceOfCertificate, SequenceOfHashedId3,
    Signature, ThreeDLocation, Time64,
};

/// Every secured message.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct Ieee1609Dot2Data {
    /// Protocol version; always [`Ieee1609Dot2Data::VERSION`].
    #[rasn(value("3"), identifier = "protocolVersion")]
    pub protocol_version: u8,
    /// What it carries.
    pub content: Ieee1609Dot2Content,
}

impl Ieee1609Dot2Data {
    /// The only version there is.
    pub const VERSION: u8 = 3;

    /// Data with this content.
    #[must_use]
    pub const fn new(content: Ieee1609Dot2Content) -> Self {
        Self { protocol_version: Self::VERSION, content }
    }

    /// Unsecured data around `payload`.
    #[must_use]
    pub fn unsecured(payload: impl Into<OctetString>) -> Self {
        Self::new(Ieee1609Dot2Content::UnsecuredData(Opaque(payload.into())))
    }

    /// Signed data.
    #[must_use]
    pub fn signed(signed: SignedData) -> Self {
        Self::new(Ieee1609Dot2Content::SignedData(Box::new(signed)))
    }

    /// Encrypted data.
    #[must_use]
    pub const fn encrypted(encrypted: EncryptedData) -> Self {
        Self::new(Ieee1609Dot2Content::EncryptedData(encrypted))
    }
}

/// The contents of [`Ieee1609Dot2Data`]. The alternative behind the extension marker, a request signed with an X.509
/// certificate, is refused by the scan.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum Ieee1609Dot2Content {
    /// Octets as they are.
    UnsecuredData(Opaque),
    /// Data with a signature.
    SignedData(Box<SignedData>),
    /// Data for recipients only.
    EncryptedData(EncryptedData),
    /// A certificate request of IEEE 1609.2.1, which stays octets.
    SignedCertificateRequest(Opaque),
}

/// Data with a signature.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct SignedData {
    /// The hash of the message; not covered by the signature, so compare it with the signer's curve.
    #[rasn(identifier = "hashId")]
    pub hash_id: HashAlgorithm,
    /// What is signed.
    #[rasn(identifier = "tbsData")]
    pub tbs_data: ToBeSignedData,
    /// Who signed it.
    pub signer: SignerIdentifier,
    /// The signature.
    pub signature: Signature,
}

/// What the signature of a message covers.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct ToBeSignedData {
    /// The message, or its hash.
    pub payload: SignedDataPayload,
    /// The security header.
    #[rasn(identifier = "headerInfo")]
    pub header_info: HeaderInfo,
}

/// What is signed: data that is here, the hash of data that is elsewhere, or both.
#[derive(AsnType, Debug, Clone, Default, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct SignedDataPayload {
    /// The data.
    pub data: Option<Ieee1609Dot2Data>,
    /// The hash of external data.
    #[rasn(identifier = "extDataHash")]
    pub ext_data_hash: Option<HashedData>,
    /// The external data goes into the signature without being named here.
    #[rasn(extension_addition)]
    pub omitted: Option<()>,
}

impl SignedDataPayload {
    /// A payload that is here.
    #[must_use]
    pub fn data(data: Ieee1609Dot2Data) -> Self {
        Self { data: Some(data), ..Self::default() }
    }

    /// A payload that is elsewhere, by its hash.
    #[must_use]
    pub fn external(hash: HashedData) -> Self {
        Self { ext_data_hash: Some(hash), ..Self::default() }
    }
}

/// The security header. Made by [`HeaderInfo::new`], then its optional fields are set.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct HeaderInfo {
    /// The application (ITS-AID).
    pub psid: Psid,
    /// When it was made, in TAI microseconds since 2004-01-01.
    #[rasn(identifier = "generationTime")]
    pub generation_time: Option<Time64>,
    /// When it stops being relevant, in TAI microseconds since 2004-01-01.
    #[rasn(identifier = "expiryTime")]
    pub expiry_time: Option<Time64>,
    /// Where it was made.
    #[rasn(identifier = "generationLocation")]
    pub generation_location: Option<ThreeDLocation>,
    /// A certificate that is asked of peers, in a message of its own.
    #[rasn(identifier = "p2pcdLearningRequest")]
    pub p2pcd_learning_request: Option<HashedId3>,
    /// A revocation list that is asked for.
    #[rasn(identifier = "missingCrlIdentifier")]
    pub missing_crl_identifier: Option<MissingCrlIdentifier>,
    /// The key to encrypt an answer with.
    #[rasn(identifier = "encryptionKey")]
    pub encryption_key: Option<EncryptionKey>,
    /// Certificates that are asked of peers, in their next message.
    #[rasn(extension_addition, identifier = "inlineP2pcdRequest")]
    pub inline_p2pcd_request: Option<SequenceOfHashedId3>,
    /// A certificate that a peer asked for.
    #[rasn(extension_addition, identifier = "requestedCertificate")]
    pub requested_certificate: Option<Addition<Certificate>>,
    /// The function, below the application, that the message is for.
    #[rasn(extension_addition, identifier = "pduFunctionalType")]
    pub pdu_functional_type: Option<PduFunctionalType>,
    /// What other organisations add.
    #[rasn(extension_addition, identifier = "contributedExtensions")]
    pub contributed_extensions: Option<ContributedExtensionBlocks>,
}

impl HeaderInfo {
    /// A header with an application and nothing else.
    #[must_use]
    pub fn new(psid: u64) -> Self {
        Self {
            psid: Psid(psid.into()),
            generation_time: None,
            expiry_time: None,
            generation_location: None,
            p2pcd_learning_request: None,
            missing_crl_identifier: None,
            encryption_key: None,
            inline_p2pcd_request: None,
            requested_certificate: None,
            pdu_functional_type: None,
            contributed_extensions: None,
        }
    }

    /// The application as a number; `None` when it takes more than 64 bits, which [`decode`](super::decode) refuses.
    #[must_use]
    pub fn psid_value(&self) -> Option<u64> {
        u64::try_from(&self.psid.0).ok()
    }
}

/// Blocks of header extensions; not empty.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate, size("1.."))]
pub struct ContributedExtensionBlocks(pub Vec<ContributedExtensionBlock>);

/// The header extensions of one organisation.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct ContributedExtensionBlock {
    /// The organisation: 1 is IEEE 1609, 2 is ETSI TC ITS.
    #[rasn(identifier = "contributorId")]
    pub contributor_id: u8,
    /// The extensions, each an encoding of the organisation's type; not empty.
    #[rasn(size("1.."))]
    pub extns: Vec<OctetString>,
}

impl ContributedExtensionBlock {
    /// The number of ETSI TC ITS.
    pub const ETSI: u8 = 2;
}

/// A header extension of ETSI, by number; see the module `EtsiTs103097ExtensionModule`.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct EtsiHeaderInfoExtension {
    /// Which: 1 asks for a revocation list, 2 for a delta trust list.
    pub id: u8,
    /// The encoding of the type that goes with the number.
    pub content: OctetString,
}

/// Who signed.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum SignerIdentifier {
    /// The certificate with this digest.
    Digest(HashedId8),
    /// This certificate; those behind it are its issuers.
    Certificate(SequenceOfCertificate),
    /// The key in the signed data itself.
    #[rasn(identifier = "self")]
    SelfSigned(()),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ieee1609dot2::{decode, encode};

    #[test]
    fn every_extension_of_the_header_encodes_and_decodes_to_itself() {
        let mut header = HeaderInfo::new(36);
        header.pdu_functional_type = Some(PduFunctionalType(255));
        let block = ContributedExtensionBlock { contributor_id: 2, extns: vec![vec![1, 2, 3].into()] };
        header.contributed_extensions = Some(ContributedExtensionBlocks(vec![block]));
        let octets = encode(&header).expect("it encodes");
        // Preamble, psid, extension bitmap, then pduFunctionalType as an open type of one octet.
        assert_eq!(octets.get(..7), Some(&[0x80, 1, 36, 2, 4, 0x30, 1][..]));
        assert_eq!(octets.get(7), Some(&255));
        assert_eq!(decode::<HeaderInfo>(&octets), Ok(header));
    }
}
