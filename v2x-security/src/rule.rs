//! The checks that a message and its certificates pass, each with the text it comes from.
//!
//! One list serves three readers: the verifier runs it, [`crate::refusal`] points into it, and an
//! [`crate::observer::Observer`] is told of each entry as it is reached.

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// The octets are a secured GeoNetworking packet.
    SecuredPacket,
    /// The octets are an `Ieee1609Dot2Data` in canonical OER.
    DataStructure,
    /// The content is `signedData`.
    SignedContent,
    /// The payload is carried, or only its hash, as the profile wants it.
    PayloadChoice,
    /// Hash of an external payload equals `extDataHash`.
    ExternalPayload,
    /// Header fields that the profile demands are there, those that it forbids are not.
    HeaderFields,
    /// The signer is named as the profile wants it.
    SignerChoice,
    /// The PSID is the one of the message that the transport header announces.
    PsidOfPayload,
    /// The clock knows the time well enough to judge by it.
    ClockCertainty,
    /// `generationTime` lies in the window around now.
    GenerationTime,
    /// `expiryTime` lies ahead, and behind `generationTime`.
    ExpiryTime,
    /// The message was not seen before.
    Replay,
    /// The signer's certificate is known or attached.
    SignerKnown,
    /// The certificate's octets are a certificate, its points on their curves.
    CertificateStructure,
    /// The certificate keeps to its profile.
    CertificateProfile,
    /// Neither the certificate nor its key is revoked.
    Revocation,
    /// The issuer's certificate is known.
    IssuerKnown,
    /// The chain ends in a trusted root.
    TrustAnchor,
    /// The chain is not longer than the limit.
    ChainLength,
    /// The certificate's validity period lies inside its issuer's.
    ValidityInIssuer,
    /// The certificate's region lies inside its issuer's.
    RegionInIssuer,
    /// The certificate's assurance level is not above its issuer's.
    AssuranceInIssuer,
    /// The certificate's permissions are among those that its issuer may give.
    PermissionsInIssuer,
    /// The issuer's signature on the certificate verifies.
    CertificateSignature,
    /// The key of an implicit certificate can be reconstructed.
    KeyReconstruction,
    /// Now lies inside the validity of every certificate of the chain.
    CertificateTime,
    /// The message was generated inside the validity of its signer's certificate.
    GenerationInValidity,
    /// `hashId` is the hash that goes with the curve of the signer's key.
    HashAlgorithm,
    /// The signer's certificate permits the PSID.
    AppPermission,
    /// The message was generated inside the region of its signer's certificate.
    GenerationRegion,
    /// The signature over the message verifies.
    MessageSignature,
    /// The payload is the message that the PSID says.
    PayloadStructure,
    /// The service specific permissions allow what the payload says.
    ServicePermissions,
    /// The content is a trust list or a revocation list.
    ListContent,
    /// The list's signer is who signs such lists, and may list what is in it.
    ListSigner,
    /// The list is not overdue.
    ListFreshness,
    /// The list follows the one before.
    ListOrder,
}

impl Rule {
    /// Where the rule comes from: document and clause, or ASN.1 module, or this project's policy.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::SecuredPacket => "GeoNetworking basic header (NH = secured packet)",
            Self::DataStructure => "TS 103 097 V2.2.1 clause 4.1",
            Self::SignedContent => "TS 103 097 V2.2.1 clause 5.1",
            Self::PayloadChoice => "TS 103 097 V2.2.1 clauses 5.2 and 7.1",
            Self::ExternalPayload => "TS 103 097 V2.2.1 clause 5.2 (extDataHash)",
            Self::HeaderFields => "TS 103 097 V2.2.1 clauses 5.2 and 7.1",
            Self::SignerChoice => "TS 103 097 V2.2.1 clauses 5.2 and 7.1",
            Self::PsidOfPayload => "TS 103 097 V2.2.1 clause 5.2 (psid)",
            Self::ClockCertainty => "Wayseal policy: an uncertain clock judges nothing",
            Self::GenerationTime => "TS 103 097 V2.2.1 clauses 4.1 and 5.2 (generationTime)",
            Self::ExpiryTime => "Ieee1609Dot2 module, HeaderInfo.expiryTime",
            Self::Replay => "Wayseal policy: one message counts once",
            Self::SignerKnown => "TS 103 097 V2.2.1 clause 5.2 (signer)",
            Self::CertificateStructure => "TS 103 097 V2.2.1 clauses 4.1 and 6",
            Self::CertificateProfile => "TS 103 097 V2.2.1 clauses 6 and 7.2",
            Self::Revocation => "TS 103 097 V2.2.1 clause 4.1, TS 102 941 V2.2.1 clause 6.3.3",
            Self::IssuerKnown | Self::TrustAnchor => "TS 102 941 V2.2.1 clause 7.1",
            Self::ChainLength => "Wayseal limit: MAX_CHAIN",
            Self::ValidityInIssuer => "TS 103 097 V2.2.1 clauses 4.1 and 6 (validityPeriod)",
            Self::RegionInIssuer => "Ieee1609Dot2 module, ToBeSignedCertificate.region",
            Self::AssuranceInIssuer => "Ieee1609Dot2BaseTypes module, SubjectAssurance",
            Self::PermissionsInIssuer => "Ieee1609Dot2 module, PsidGroupPermissions",
            Self::CertificateSignature => "TS 103 097 V2.2.1 clause 6 (signature)",
            Self::KeyReconstruction => "Ieee1609Dot2 module, VerificationKeyIndicator",
            Self::CertificateTime => "TS 103 097 V2.2.1 clause 6 (validityPeriod)",
            Self::GenerationInValidity => "TS 103 097 V2.2.1 clauses 4.1 and 6 (validityPeriod)",
            Self::HashAlgorithm => "TS 103 097 V2.2.1 clause 5.2 (hashId)",
            Self::AppPermission => "TS 103 097 V2.2.1 clause 7.2.1 (appPermissions)",
            Self::GenerationRegion => "TS 103 097 V2.2.1 clauses 4.1 and 6 (region)",
            Self::MessageSignature => "TS 103 097 V2.2.1 clause 5.2 (signature)",
            Self::PayloadStructure => "TS 103 097 V2.2.1 clause 7.1 (ToBeSignedDataContent)",
            Self::ServicePermissions => "TS 103 097 V2.2.1 clause 7.2.1 (appPermissions)",
            Self::ListContent => "TS 102 941 V2.2.1 clause 6.3.4",
            Self::ListSigner => "TS 102 941 V2.2.1 clauses 6.3.1 to 6.3.4 and B.2",
            Self::ListFreshness => "TS 102 941 V2.2.1 clause 6.3 (nextUpdate)",
            Self::ListOrder => "TS 102 941 V2.2.1 clause 6.3 (ctlSequence, thisUpdate)",
        }
    }

    /// The check in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::SecuredPacket => "secured GeoNetworking packet",
            Self::DataStructure => "canonical 1609.2 data",
            Self::SignedContent => "content is signed",
            Self::PayloadChoice => "payload as the profile wants it",
            Self::ExternalPayload => "hash of the external payload",
            Self::HeaderFields => "header fields as the profile wants them",
            Self::SignerChoice => "signer named as the profile wants it",
            Self::PsidOfPayload => "PSID fits the payload",
            Self::ClockCertainty => "clock is certain",
            Self::GenerationTime => "generationTime is recent",
            Self::ExpiryTime => "expiryTime lies ahead",
            Self::Replay => "not a replay",
            Self::SignerKnown => "signer is known",
            Self::CertificateStructure => "certificate decodes",
            Self::CertificateProfile => "certificate keeps to its profile",
            Self::Revocation => "certificate is not revoked",
            Self::IssuerKnown => "issuer is known",
            Self::TrustAnchor => "chain ends in a trusted root",
            Self::ChainLength => "chain is short enough",
            Self::ValidityInIssuer => "validity inside the issuer's",
            Self::RegionInIssuer => "region inside the issuer's",
            Self::AssuranceInIssuer => "assurance not above the issuer's",
            Self::PermissionsInIssuer => "permissions among the issuer's to give",
            Self::CertificateSignature => "issuer's signature",
            Self::KeyReconstruction => "implicit key reconstruction",
            Self::CertificateTime => "certificates valid now",
            Self::GenerationInValidity => "generated while the certificate was valid",
            Self::HashAlgorithm => "hashId fits the key",
            Self::AppPermission => "certificate permits the PSID",
            Self::GenerationRegion => "generated inside the certificate's region",
            Self::MessageSignature => "message signature",
            Self::PayloadStructure => "payload decodes",
            Self::ServicePermissions => "permissions allow the content",
            Self::ListContent => "content is a list",
            Self::ListSigner => "list is its signer's to sign",
            Self::ListFreshness => "list is not overdue",
            Self::ListOrder => "list follows the one before",
        }
    }
}
