//! The checks that a message and its certificates pass, each with the text it comes from.
//!
//! One list serves three readers: the verifier runs it, [`crate::refusal`] points into it, and an
//! [`crate::observer::Observer`] is told of each entry as it is reached.

/// Declares the checks, each with its title and its source, in the order in which they are made.
macro_rules! rules {
    ($($(#[$doc:meta])+ $rule:ident: $title:literal, $source:literal;)+) => {
        /// One check.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])+ $rule,)+
        }

        impl Rule {
            /// Its name, the same in every release: for machines.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => stringify!($rule),)+
                }
            }

            /// The check in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$rule => $title,)+
                }
            }

            /// Where the rule comes from: document and clause, or ASN.1 module, or this project's policy.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self {
                    $(Self::$rule => $source,)+
                }
            }
        }
    };
}

rules! {
    /// The octets are a secured GeoNetworking packet.
    SecuredPacket: "secured GeoNetworking packet",
        "GeoNetworking basic header (NH = secured packet)";
    /// The octets are an `Ieee1609Dot2Data` in canonical OER.
    DataStructure: "canonical 1609.2 data",
        "TS 103 097 V2.2.1 clause 4.1";
    /// The content is `signedData`.
    SignedContent: "content is signed",
        "TS 103 097 V2.2.1 clause 5.1";
    /// The payload is carried, or only its hash, as the profile wants it.
    PayloadChoice: "payload as the profile wants it",
        "TS 103 097 V2.2.1 clauses 5.2 and 7.1";
    /// Hash of an external payload equals `extDataHash`.
    ExternalPayload: "hash of the external payload",
        "TS 103 097 V2.2.1 clause 5.2 (extDataHash)";
    /// Header fields that the profile demands are there, those that it forbids are not.
    HeaderFields: "header fields as the profile wants them",
        "TS 103 097 V2.2.1 clauses 5.2 and 7.1";
    /// The signer is named as the profile wants it.
    SignerChoice: "signer named as the profile wants it",
        "TS 103 097 V2.2.1 clauses 5.2 and 7.1";
    /// The PSID is the one of the message that the transport header announces.
    PsidOfPayload: "PSID fits the payload",
        "TS 103 097 V2.2.1 clause 5.2 (psid)";
    /// The clock knows the time well enough to judge by it.
    ClockCertainty: "clock is certain",
        "Wayseal policy: an uncertain clock judges nothing";
    /// `generationTime` lies in the window around now.
    GenerationTime: "generationTime is recent",
        "TS 103 097 V2.2.1 clauses 4.1 and 5.2 (generationTime)";
    /// `expiryTime` lies ahead, and behind `generationTime`.
    ExpiryTime: "expiryTime lies ahead",
        "Ieee1609Dot2 module, HeaderInfo.expiryTime";
    /// The message was not seen before.
    Replay: "not a replay",
        "Wayseal policy: one message counts once";
    /// The signer's certificate is known or attached.
    SignerKnown: "signer is known",
        "TS 103 097 V2.2.1 clause 5.2 (signer)";
    /// The certificate's octets are a certificate, its points on their curves.
    CertificateStructure: "certificate decodes",
        "TS 103 097 V2.2.1 clauses 4.1 and 6";
    /// The certificate keeps to its profile.
    CertificateProfile: "certificate keeps to its profile",
        "TS 103 097 V2.2.1 clauses 6 and 7.2";
    /// Neither the certificate nor its key is revoked.
    Revocation: "certificate is not revoked",
        "TS 103 097 V2.2.1 clause 4.1, TS 102 941 V2.2.1 clause 6.3.3";
    /// The issuer's certificate is known.
    IssuerKnown: "issuer is known",
        "TS 102 941 V2.2.1 clause 7.1";
    /// The chain ends in a trusted root.
    TrustAnchor: "chain ends in a trusted root",
        "TS 102 941 V2.2.1 clause 7.1";
    /// The chain is not longer than the limit.
    ChainLength: "chain is short enough",
        "Wayseal limit: MAX_CHAIN";
    /// The certificate's validity period lies inside its issuer's.
    ValidityInIssuer: "validity inside the issuer's",
        "TS 103 097 V2.2.1 clauses 4.1 and 6 (validityPeriod)";
    /// The certificate's region lies inside its issuer's.
    RegionInIssuer: "region inside the issuer's",
        "Ieee1609Dot2 module, ToBeSignedCertificate.region";
    /// The certificate's assurance level is not above its issuer's.
    AssuranceInIssuer: "assurance not above the issuer's",
        "Ieee1609Dot2BaseTypes module, SubjectAssurance";
    /// The certificate's permissions are among those that its issuer may give.
    PermissionsInIssuer: "permissions among the issuer's to give",
        "Ieee1609Dot2 module, PsidGroupPermissions";
    /// The issuer's signature on the certificate verifies.
    CertificateSignature: "issuer's signature",
        "TS 103 097 V2.2.1 clause 6 (signature)";
    /// The key of an implicit certificate can be reconstructed.
    KeyReconstruction: "implicit key reconstruction",
        "Ieee1609Dot2 module, VerificationKeyIndicator";
    /// Now lies inside the validity of every certificate of the chain.
    CertificateTime: "certificates valid now",
        "TS 103 097 V2.2.1 clause 6 (validityPeriod)";
    /// The message was generated inside the validity of its signer's certificate.
    GenerationInValidity: "generated while the certificate was valid",
        "TS 103 097 V2.2.1 clauses 4.1 and 6 (validityPeriod)";
    /// `hashId` is the hash that goes with the curve of the signer's key.
    HashAlgorithm: "hashId fits the key",
        "TS 103 097 V2.2.1 clause 5.2 (hashId)";
    /// The signer's certificate permits the PSID.
    AppPermission: "certificate permits the PSID",
        "TS 103 097 V2.2.1 clause 7.2.1 (appPermissions)";
    /// The message was generated inside the region of its signer's certificate.
    GenerationRegion: "generated inside the certificate's region",
        "TS 103 097 V2.2.1 clauses 4.1 and 6 (region)";
    /// The signature over the message verifies.
    MessageSignature: "message signature",
        "TS 103 097 V2.2.1 clause 5.2 (signature)";
    /// The payload is the message that the PSID says.
    PayloadStructure: "payload decodes",
        "TS 103 097 V2.2.1 clause 7.1 (ToBeSignedDataContent)";
    /// The service specific permissions allow what the payload says.
    ServicePermissions: "permissions allow the content",
        "TS 103 097 V2.2.1 clause 7.2.1 (appPermissions)";
    /// The content is a trust list or a revocation list.
    ListContent: "content is a list",
        "TS 102 941 V2.2.1 clause 6.3.4";
    /// The list's signer is who signs such lists, and may list what is in it.
    ListSigner: "list is its signer's to sign",
        "TS 102 941 V2.2.1 clauses 6.3.1 to 6.3.4 and B.2";
    /// The list is not overdue.
    ListFreshness: "list is not overdue",
        "TS 102 941 V2.2.1 clause 6.3 (nextUpdate)";
    /// The list follows the one before.
    ListOrder: "list follows the one before",
        "TS 102 941 V2.2.1 clause 6.3 (ctlSequence, thisUpdate)";
}
