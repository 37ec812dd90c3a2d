//! The stable name of each refusal, with whose fault it is and which rule was broken: one table.

use crate::refusal::{Class, Refusal, Structure};
use crate::rule::Rule;

/// Declares [`Code`] and its table.
macro_rules! codes {
    ($($name:ident = $text:literal, $class:ident, $rule:expr;)*) => {
        /// Names one kind of [`Refusal`]; the name stays the same between releases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named and documented like the refusal that it names")]
        pub enum Code {
            $($name,)*
        }

        impl Code {
            /// Every code, in the order of the checks.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name that reports and JSON count by.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Whose fault it is.
            #[must_use]
            pub const fn class(self) -> Class {
                match self {
                    $(Self::$name => Class::$class,)*
                }
            }

            /// The rule that was broken; `None` where a call was wrong, or a bound of ours is reached.
            #[must_use]
            pub const fn rule(self) -> Option<Rule> {
                match self {
                    $(Self::$name => $rule,)*
                }
            }
        }
    };
}

codes! {
    MalformedPacket = "malformed-packet", Malformed, Some(Rule::SecuredPacket);
    MalformedData = "malformed-data", Malformed, Some(Rule::DataStructure);
    MalformedCertificate = "malformed-certificate", Malformed, Some(Rule::CertificateStructure);
    MalformedPayload = "malformed-payload", Malformed, Some(Rule::PayloadStructure);
    NotSecured = "not-secured", Malformed, Some(Rule::SecuredPacket);
    NotSigned = "not-signed", Malformed, Some(Rule::SignedContent);
    BadKeyMaterial = "bad-key-material", Malformed, Some(Rule::CertificateStructure);
    BadPermissions = "bad-permissions", Malformed, Some(Rule::CertificateStructure);
    BadRegion = "bad-region", Malformed, Some(Rule::CertificateStructure);
    UnsupportedAlgorithm = "unsupported-algorithm", Malformed, Some(Rule::CertificateStructure);
    HashMismatch = "hash-mismatch", Malformed, Some(Rule::HashAlgorithm);
    CurveMismatch = "curve-mismatch", Malformed, Some(Rule::MessageSignature);
    WrongPayload = "wrong-payload", Malformed, Some(Rule::PayloadChoice);
    ExternalPayloadMismatch = "external-payload-mismatch", Malformed, Some(Rule::ExternalPayload);
    PayloadNotOfPsid = "payload-not-of-psid", Malformed, Some(Rule::PsidOfPayload);
    UnknownSigner = "unknown-signer", Untrusted, Some(Rule::SignerKnown);
    UnknownIssuer = "unknown-issuer", Untrusted, Some(Rule::IssuerKnown);
    SignerSelf = "signer-self", Untrusted, Some(Rule::SignerChoice);
    UntrustedRoot = "untrusted-root", Untrusted, Some(Rule::TrustAnchor);
    TrustListManagerOnly = "trust-list-manager-only", Untrusted, Some(Rule::TrustAnchor);
    ChainTooLong = "chain-too-long", Untrusted, Some(Rule::ChainLength);
    BadCertificateSignature = "bad-certificate-signature", Untrusted, Some(Rule::CertificateSignature);
    Reconstruction = "reconstruction", Untrusted, Some(Rule::KeyReconstruction);
    Revoked = "revoked", Untrusted, Some(Rule::Revocation);
    BadMessageSignature = "bad-message-signature", Untrusted, Some(Rule::MessageSignature);
    CertificateProfile = "certificate-profile", NotPermitted, Some(Rule::CertificateProfile);
    MisbehaviourAuthorityOnly =
        "misbehaviour-authority-only", NotPermitted, Some(Rule::AppPermission);
    PsidNotPermitted = "psid-not-permitted", NotPermitted, Some(Rule::AppPermission);
    ContentNotPermitted = "content-not-permitted", NotPermitted, Some(Rule::ServicePermissions);
    PermissionsExceedIssuer = "permissions-exceed-issuer", NotPermitted, Some(Rule::PermissionsInIssuer);
    ValidityExceedsIssuer = "validity-exceeds-issuer", NotPermitted, Some(Rule::ValidityInIssuer);
    RegionExceedsIssuer = "region-exceeds-issuer", NotPermitted, Some(Rule::RegionInIssuer);
    AssuranceExceedsIssuer = "assurance-exceeds-issuer", NotPermitted, Some(Rule::AssuranceInIssuer);
    UnsupportedRegion = "unsupported-region", NotPermitted, Some(Rule::GenerationRegion);
    OutsideRegion = "outside-region", NotPermitted, Some(Rule::GenerationRegion);
    NoPosition = "no-position", NotPermitted, Some(Rule::GenerationRegion);
    HeaderFieldMissing = "header-field-missing", NotPermitted, Some(Rule::HeaderFields);
    HeaderFieldForbidden = "header-field-forbidden", NotPermitted, Some(Rule::HeaderFields);
    WrongSignerChoice = "wrong-signer-choice", NotPermitted, Some(Rule::SignerChoice);
    ClockUncertain = "clock-uncertain", Stale, Some(Rule::ClockCertainty);
    TooOld = "too-old", Stale, Some(Rule::GenerationTime);
    FromTheFuture = "from-the-future", Stale, Some(Rule::GenerationTime);
    Expired = "expired", Stale, Some(Rule::ExpiryTime);
    ExpiryBeforeGeneration = "expiry-before-generation", Stale, Some(Rule::ExpiryTime);
    CertificateExpired = "certificate-expired", Stale, Some(Rule::CertificateTime);
    CertificateNotYetValid = "certificate-not-yet-valid", Stale, Some(Rule::CertificateTime);
    GeneratedOutsideValidity = "generated-outside-validity", Stale, Some(Rule::GenerationInValidity);
    Replayed = "replayed", Replayed, Some(Rule::Replay);
    BeforeReplayMemory = "before-replay-memory", Stale, Some(Rule::Replay);
    ReplayMemoryFull = "replay-memory-full", Overloaded, Some(Rule::Replay);
    Full = "full", Overloaded, None;
    KeyNotOfCertificate = "key-not-of-certificate", Misuse, None;
    Unbuildable = "unbuildable", Misuse, None;
    NotARecipient = "not-a-recipient", Misuse, None;
    Crypto = "crypto", Misuse, None;
    NotAList = "not-a-list", Malformed, Some(Rule::ListContent);
    ListSigner = "list-signer", NotPermitted, Some(Rule::ListSigner);
    ListEntryNotPermitted = "list-entry-not-permitted", NotPermitted, Some(Rule::ListSigner);
    ListOutOfDate = "list-out-of-date", Stale, Some(Rule::ListFreshness);
    ListOutOfOrder = "list-out-of-order", Replayed, Some(Rule::ListOrder);
}

impl core::fmt::Display for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Refusal {
    /// Which kind of refusal it is.
    #[must_use]
    pub const fn kind(&self) -> Code {
        match self {
            Self::Undecodable { what: Structure::Packet, .. } => Code::MalformedPacket,
            Self::Undecodable { what: Structure::Data, .. } => Code::MalformedData,
            Self::Undecodable { what: Structure::Certificate, .. } => Code::MalformedCertificate,
            Self::Undecodable { what: Structure::Payload, .. } => Code::MalformedPayload,
            Self::NotSecured => Code::NotSecured,
            Self::NotSigned { .. } => Code::NotSigned,
            Self::BadKeyMaterial { .. } => Code::BadKeyMaterial,
            Self::BadPermissions(_) => Code::BadPermissions,
            Self::BadRegion(_) => Code::BadRegion,
            Self::UnsupportedAlgorithm(_) => Code::UnsupportedAlgorithm,
            Self::HashMismatch { .. } => Code::HashMismatch,
            Self::CurveMismatch { .. } => Code::CurveMismatch,
            Self::WrongPayload { .. } => Code::WrongPayload,
            Self::ExternalPayloadMismatch => Code::ExternalPayloadMismatch,
            Self::PayloadNotOfPsid { .. } => Code::PayloadNotOfPsid,
            Self::UnknownSigner(_) => Code::UnknownSigner,
            Self::UnknownIssuer { .. } => Code::UnknownIssuer,
            Self::SelfSigned => Code::SignerSelf,
            Self::UntrustedRoot(_) => Code::UntrustedRoot,
            Self::TrustListManagerOnly(_) => Code::TrustListManagerOnly,
            Self::ChainTooLong { .. } => Code::ChainTooLong,
            Self::BadCertificateSignature { .. } => Code::BadCertificateSignature,
            Self::Reconstruction { .. } => Code::Reconstruction,
            Self::Revoked { .. } => Code::Revoked,
            Self::BadMessageSignature(_) => Code::BadMessageSignature,
            Self::CertificateProfile { .. } => Code::CertificateProfile,
            Self::MisbehaviourAuthorityOnly { .. } => Code::MisbehaviourAuthorityOnly,
            Self::PsidNotPermitted { .. } => Code::PsidNotPermitted,
            Self::ContentNotPermitted { .. } => Code::ContentNotPermitted,
            Self::PermissionsExceedIssuer { .. } => Code::PermissionsExceedIssuer,
            Self::ValidityExceedsIssuer { .. } => Code::ValidityExceedsIssuer,
            Self::RegionExceedsIssuer { .. } => Code::RegionExceedsIssuer,
            Self::AssuranceExceedsIssuer { .. } => Code::AssuranceExceedsIssuer,
            Self::UnsupportedRegion { .. } => Code::UnsupportedRegion,
            Self::OutsideRegion { .. } => Code::OutsideRegion,
            Self::NoPosition(_) => Code::NoPosition,
            Self::HeaderFieldMissing { .. } => Code::HeaderFieldMissing,
            Self::HeaderFieldForbidden { .. } => Code::HeaderFieldForbidden,
            Self::WrongSignerChoice { .. } => Code::WrongSignerChoice,
            Self::ClockUncertain { .. } => Code::ClockUncertain,
            Self::TooOld { .. } => Code::TooOld,
            Self::FromTheFuture { .. } => Code::FromTheFuture,
            Self::Expired { .. } => Code::Expired,
            Self::ExpiryBeforeGeneration { .. } => Code::ExpiryBeforeGeneration,
            Self::CertificateExpired { .. } => Code::CertificateExpired,
            Self::CertificateNotYetValid { .. } => Code::CertificateNotYetValid,
            Self::GeneratedOutsideValidity { .. } => Code::GeneratedOutsideValidity,
            Self::Replayed => Code::Replayed,
            Self::BeforeReplayMemory { .. } => Code::BeforeReplayMemory,
            Self::ReplayMemoryFull => Code::ReplayMemoryFull,
            Self::Full { .. } => Code::Full,
            Self::KeyNotOfCertificate(_) => Code::KeyNotOfCertificate,
            Self::Unbuildable(_) => Code::Unbuildable,
            Self::NotARecipient(_) => Code::NotARecipient,
            Self::Crypto { .. } => Code::Crypto,
            Self::NotAList(_) => Code::NotAList,
            Self::ListSigner { .. } => Code::ListSigner,
            Self::ListEntryNotPermitted { .. } => Code::ListEntryNotPermitted,
            Self::ListOutOfDate { .. } => Code::ListOutOfDate,
            Self::ListOutOfOrder { .. } => Code::ListOutOfOrder,
        }
    }
}
