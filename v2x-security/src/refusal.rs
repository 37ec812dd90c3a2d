//! Why something is not believed, not allowed or not done: the one error of this crate.
//!
//! Every refusal says what was found against what was wanted, belongs to a [`Class`] that tells whose fault it is,
//! has a [`code`](Refusal::code) that reports and JSON can count by, and points to the [`Rule`] it broke.

use core::fmt;
use core::time::Duration;

use thiserror::Error;
use v2x_codec::CodecError;
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoError, Curve, HashAlgorithm};

use crate::certificate::Certificate;
use crate::id::HashedId8;
use crate::permission::PermissionRefusal;
use crate::region::{RegionRefusal, TwoDLocation};
use crate::rule::Rule;
use crate::ssp::SspRefusal;

/// Whose fault a refusal is, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The octets are not what they should be: the sender is broken or hostile.
    Malformed,
    /// Nobody trusted vouches for it; an unknown signer or issuer can be asked for.
    Untrusted,
    /// The sender is who it says, and may not do this.
    NotPermitted,
    /// Too old, too early, or run out.
    Stale,
    /// Seen before.
    Replayed,
    /// A bound of ours is reached: try again later.
    Overloaded,
    /// The caller asked for something that cannot be right; nothing was received or sent.
    Misuse,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed",
            Self::Untrusted => "untrusted",
            Self::NotPermitted => "not permitted",
            Self::Stale => "stale",
            Self::Replayed => "replayed",
            Self::Overloaded => "overloaded",
            Self::Misuse => "misuse",
        })
    }
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The octets do not decode.
    #[error("{what} does not decode: {error}")]
    Undecodable {
        /// What was being read.
        what: Structure,
        /// What was wrong and where.
        error: CodecError,
    },
    /// The packet carries no security envelope.
    #[error("the packet is not secured")]
    NotSecured,
    /// The data is something else than signed.
    #[error("the content is {found}, not signedData")]
    NotSigned {
        /// The choice found, named as in the ASN.1.
        found: &'static str,
    },
    /// A point or signature value is not one of its curve.
    #[error("{what} is not usable: {error}")]
    BadKeyMaterial {
        /// The field.
        what: &'static str,
        /// What is wrong with it.
        error: CryptoError,
    },
    /// The permissions in a certificate make no sense.
    #[error("the certificate's permissions are malformed: {0}")]
    BadPermissions(#[from] PermissionRefusal),
    /// The region in a certificate makes no sense, or none that is supported.
    #[error("the certificate's region is not usable: {0}")]
    BadRegion(#[from] RegionRefusal),
    /// An algorithm that is known and not supported, SM2 and SM3 among them.
    #[error("{0} is not supported")]
    UnsupportedAlgorithm(&'static str),
    /// `hashId` is not the hash that goes with the signer's curve; the signature does not cover it.
    #[error("hashId is {found}, but a key on {curve} goes with {}", curve.hash())]
    HashMismatch {
        /// What `hashId` says.
        found: HashAlgorithm,
        /// The curve of the signer's key.
        curve: Curve,
    },
    /// The signature is of another curve than the signer's key.
    #[error("the signature is of {found}, the signer's key on {expected}")]
    CurveMismatch {
        /// Curve of the signature.
        found: Curve,
        /// Curve of the key.
        expected: Curve,
    },
    /// The payload is missing, or of the wrong kind.
    #[error("the payload must be {expected}, but is {found}")]
    WrongPayload {
        /// What the profile wants.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The external payload is not the one that was signed.
    #[error("the external payload does not hash to extDataHash")]
    ExternalPayloadMismatch,
    /// The PSID announces another message than the transport header.
    #[error("PSID {psid} does not go with {payload}")]
    PayloadNotOfPsid {
        /// The PSID in the security header.
        psid: u64,
        /// What the transport header announces.
        payload: String,
    },

    /// The signer is named by a digest that nobody knows here: ask for the certificate.
    #[error("signer {0} is not known")]
    UnknownSigner(HashedId8),
    /// The issuer of a certificate is not known here: ask for it.
    #[error("issuer {issuer} of certificate {certificate} is not known")]
    UnknownIssuer {
        /// The certificate that names it.
        certificate: HashedId8,
        /// The issuer named.
        issuer: HashedId8,
    },
    /// The signer is `self`: allowed in certificate requests only.
    #[error("the signer is self, so nobody vouches for it")]
    SelfSigned,
    /// A certificate signed by itself that is no trusted root.
    #[error("certificate {0} is signed by itself and is not a trusted root")]
    UntrustedRoot(HashedId8),
    /// A trust list manager vouches for trust lists, never for messages or certificates.
    #[error("{0} is a trust list manager: it vouches for trust lists only")]
    TrustListManagerOnly(HashedId8),
    /// A misbehaviour authority signs messages of its own service only, and none where that is not known.
    #[error("{certificate} is a misbehaviour authority, which signs no message with PSID {psid}")]
    MisbehaviourAuthorityOnly {
        /// The signer's certificate.
        certificate: HashedId8,
        /// The PSID of the message.
        psid: u64,
    },
    /// More certificates between signer and root than the limit.
    #[error("the chain of {certificate} is longer than {limit} certificates")]
    ChainTooLong {
        /// The certificate at its lower end.
        certificate: HashedId8,
        /// The limit.
        limit: usize,
    },
    /// The issuer's signature on a certificate does not verify.
    #[error("the signature of {issuer} on certificate {certificate} does not verify")]
    BadCertificateSignature {
        /// The certificate.
        certificate: HashedId8,
        /// Its alleged issuer.
        issuer: HashedId8,
    },
    /// No key can be reconstructed from an implicit certificate.
    #[error("the key of implicit certificate {certificate} cannot be reconstructed: {error}")]
    Reconstruction {
        /// The certificate.
        certificate: HashedId8,
        /// Why not.
        error: CryptoError,
    },
    /// The certificate, its key or its to-be-signed part is revoked.
    #[error("certificate {certificate} is revoked: {by}")]
    Revoked {
        /// The certificate.
        certificate: HashedId8,
        /// What of it is on the list.
        by: RevokedBy,
    },
    /// The signature over the message does not verify.
    #[error("the message signature of {0} does not verify")]
    BadMessageSignature(HashedId8),

    /// The certificate breaks its profile.
    #[error("certificate {certificate}: {rule}")]
    CertificateProfile {
        /// The certificate.
        certificate: HashedId8,
        /// What its profile demands.
        rule: &'static str,
    },
    /// The certificate may not sign messages of this PSID.
    #[error("certificate {certificate} has no appPermissions for PSID {psid}")]
    PsidNotPermitted {
        /// The signer's certificate.
        certificate: HashedId8,
        /// The PSID of the message.
        psid: u64,
    },
    /// The service specific permissions do not allow what the message says.
    #[error("PSID {psid}: {reason}")]
    ContentNotPermitted {
        /// The PSID of the message.
        psid: u64,
        /// Which part of the content, and what is missing.
        reason: SspRefusal,
    },
    /// The issuer may not give the permissions that the certificate claims.
    #[error("certificate {certificate} claims more than issuer {issuer} may give: {reason}")]
    PermissionsExceedIssuer {
        /// The certificate.
        certificate: HashedId8,
        /// Its issuer.
        issuer: HashedId8,
        /// Which permission, and what is missing.
        reason: PermissionRefusal,
    },
    /// The certificate is valid at times when its issuer is not.
    #[error("certificate {certificate} is valid {validity}, its issuer {issuer} only {issuer_validity}")]
    ValidityExceedsIssuer {
        /// The certificate.
        certificate: HashedId8,
        /// Its period.
        validity: Period,
        /// Its issuer.
        issuer: HashedId8,
        /// The issuer's period.
        issuer_validity: Period,
    },
    /// The certificate's region is not inside its issuer's.
    #[error("the region of certificate {certificate} is not inside that of issuer {issuer}: {reason}")]
    RegionExceedsIssuer {
        /// The certificate.
        certificate: HashedId8,
        /// Its issuer.
        issuer: HashedId8,
        /// What cannot be shown to be inside.
        reason: RegionRefusal,
    },
    /// The certificate claims more assurance than its issuer has.
    #[error("assurance {claimed} of certificate {certificate} exceeds {limit} of its issuer")]
    AssuranceExceedsIssuer {
        /// The certificate.
        certificate: HashedId8,
        /// Its assurance level, 0 to 7.
        claimed: u8,
        /// The issuer's assurance level.
        limit: u8,
    },
    /// A region of a kind that cannot be judged here, so nothing is inside it.
    #[error("the region of certificate {certificate} cannot be judged: {reason}")]
    UnsupportedRegion {
        /// The certificate.
        certificate: HashedId8,
        /// Which region.
        reason: RegionRefusal,
    },
    /// The message was generated outside the region of its signer's certificate.
    #[error("{position} is outside the region of certificate {certificate}")]
    OutsideRegion {
        /// The signer's certificate.
        certificate: HashedId8,
        /// Where the message says it was made.
        position: Position,
    },
    /// The message says nowhere where it was made, and its signer is bound to a region.
    #[error("certificate {0} is bound to a region, but the message has no position")]
    NoPosition(HashedId8),
    /// A header field that the profile demands is missing.
    #[error("header field {field} is missing in {profile}")]
    HeaderFieldMissing {
        /// The field, named as in the ASN.1.
        field: &'static str,
        /// The profile.
        profile: &'static str,
    },
    /// A header field that the profile forbids is there.
    #[error("header field {field} is not allowed in {profile}")]
    HeaderFieldForbidden {
        /// The field, named as in the ASN.1.
        field: &'static str,
        /// The profile.
        profile: &'static str,
    },
    /// The signer is named in a way that the profile forbids.
    #[error("the signer of {profile} must be {expected}, but is {found}")]
    WrongSignerChoice {
        /// What the profile wants.
        expected: &'static str,
        /// What is there.
        found: String,
        /// The profile.
        profile: &'static str,
    },

    /// The clock may be too wrong to judge by.
    #[error("the clock is uncertain by {} ms, the limit is {} ms", uncertainty.as_millis(), limit.as_millis())]
    ClockUncertain {
        /// How uncertain it says it is.
        uncertainty: Duration,
        /// The limit.
        limit: Duration,
    },
    /// The message is too old.
    #[error("generated at {generated}, which is {} ms ago; the limit is {} ms", age.as_millis(), limit.as_millis())]
    TooOld {
        /// `generationTime`.
        generated: Time64,
        /// Its age now.
        age: Duration,
        /// The limit.
        limit: Duration,
    },
    /// The message comes from the future.
    #[error("generated at {generated}, which is {} ms ahead; the limit is {} ms", ahead.as_millis(), limit.as_millis())]
    FromTheFuture {
        /// `generationTime`.
        generated: Time64,
        /// How far ahead of now.
        ahead: Duration,
        /// The limit.
        limit: Duration,
    },
    /// The message has run out by its own `expiryTime`.
    #[error("expired at {expiry}, now is {now}")]
    Expired {
        /// `expiryTime`.
        expiry: Time64,
        /// Now.
        now: Time64,
    },
    /// `expiryTime` is not behind `generationTime`.
    #[error("expiryTime {expiry} is not behind generationTime {generated}")]
    ExpiryBeforeGeneration {
        /// `expiryTime`.
        expiry: Time64,
        /// `generationTime`.
        generated: Time64,
    },
    /// A certificate of the chain has run out.
    #[error("certificate {certificate} was valid until {end}, now is {now}")]
    CertificateExpired {
        /// The certificate.
        certificate: HashedId8,
        /// The first moment at which it is not valid any more.
        end: Time64,
        /// Now.
        now: Time64,
    },
    /// A certificate of the chain is not valid yet.
    #[error("certificate {certificate} is valid from {start}, now is {now}")]
    CertificateNotYetValid {
        /// The certificate.
        certificate: HashedId8,
        /// The first moment at which it is valid.
        start: Time64,
        /// Now.
        now: Time64,
    },
    /// The message was generated when its signer's certificate was not valid.
    #[error("generated at {generated}, but certificate {certificate} is valid {validity}")]
    GeneratedOutsideValidity {
        /// The signer's certificate.
        certificate: HashedId8,
        /// `generationTime`.
        generated: Time64,
        /// The certificate's period.
        validity: Period,
    },

    /// Generated before the time from which on everything accepted is remembered, so it might be a replay.
    #[error("generated at {generated}, before the replay memory begins at {floor}")]
    BeforeReplayMemory {
        /// `generationTime`.
        generated: Time64,
        /// Where the memory begins.
        floor: Time64,
    },

    /// The same message was accepted before.
    #[error("this message was accepted before")]
    Replayed,

    /// A bounded store is full.
    #[error("{what} is full: the limit is {limit}")]
    Full {
        /// Which store.
        what: &'static str,
        /// Its limit.
        limit: usize,
    },

    /// The replay memory is full of messages of the last second.
    #[error("the replay memory is full")]
    ReplayMemoryFull,

    /// Something signed that is no trust list and no revocation list.
    #[error("{0} is no trust list and no revocation list")]
    NotAList(&'static str),
    /// A list that is signed by somebody whose list it cannot be.
    #[error("{list} must be signed by {wanted}, which {signer} is not")]
    ListSigner {
        /// The list.
        list: &'static str,
        /// Who signs such lists.
        wanted: &'static str,
        /// Who signed this one.
        signer: HashedId8,
    },
    /// A list with an entry that its signer's permissions do not cover.
    #[error("{signer} may not list {entry}")]
    ListEntryNotPermitted {
        /// Who signed the list.
        signer: HashedId8,
        /// What kind of entry, named as in the ASN.1.
        entry: &'static str,
    },
    /// A list whose next one is overdue: what it leaves out may have been added or revoked since.
    #[error("the list was good until {next_update}, now is {now}")]
    ListOutOfDate {
        /// `nextUpdate`.
        next_update: Time64,
        /// Now.
        now: Time64,
    },
    /// A list that does not follow the one applied before: older, the same again, or a delta to another list.
    #[error("list {found} of {issuer} does not follow {applied}")]
    ListOutOfOrder {
        /// Whose list it is.
        issuer: HashedId8,
        /// Which list was applied before.
        applied: ListVersion,
        /// Which list this is.
        found: ListVersion,
    },

    /// The private key is not the certificate's.
    #[error("the key does not belong to certificate {0}")]
    KeyNotOfCertificate(HashedId8),
    /// What was asked for cannot be built.
    #[error("{0}")]
    Unbuildable(&'static str),
    /// The encrypted data has no recipient that this key opens.
    #[error("no recipient of the encrypted data is {0}")]
    NotARecipient(HashedId8),
    /// Encryption, decryption or signing failed.
    #[error("{what} failed: {error}")]
    Crypto {
        /// The operation.
        what: &'static str,
        /// Why.
        error: CryptoError,
    },
}

/// What was being decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Structure {
    /// The GeoNetworking packet.
    Packet,
    /// `Ieee1609Dot2Data`.
    Data,
    /// A certificate.
    Certificate,
    /// The message inside.
    Payload,
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Packet => "the GeoNetworking packet",
            Self::Data => "the Ieee1609Dot2Data",
            Self::Certificate => "the certificate",
            Self::Payload => "the payload",
        })
    }
}

/// Which of its issuer's lists a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListVersion {
    /// None was applied yet.
    None,
    /// A full list, by its number and `generationTime`.
    Full(u8, Time64),
    /// A change to the list with the number before, by its number and `generationTime`.
    Delta(u8, Time64),
    /// A revocation list, by its `thisUpdate`.
    Revocation(Time64),
}

impl fmt::Display for ListVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Full(number, at) => write!(f, "{number} of {at}"),
            Self::Delta(number, at) => write!(f, "{number} of {at} (delta)"),
            Self::Revocation(at) => write!(f, "of {at}"),
        }
    }
}

/// What of a certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RevokedBy {
    /// Its `HashedId8` is on a list.
    HashedId8,
    /// It holds the public key of a revoked certificate.
    PublicKey,
    /// It has the to-be-signed part of a revoked certificate, under another signature.
    ToBeSigned,
}

impl fmt::Display for RevokedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HashedId8 => "its HashedId8 is on the list",
            Self::PublicKey => "it has the key of a revoked certificate",
            Self::ToBeSigned => "it has the content of a revoked certificate",
        })
    }
}

/// A validity period: start inclusive, end exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first moment inside.
    pub start: Time64,
    /// The first moment behind.
    pub end: Time64,
}

impl Period {
    /// The validity period of a certificate.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        Self { start: certificate.validity().begin(), end: certificate.validity().end() }
    }

    /// The part of this period that lies in `other`; it can be empty.
    #[must_use]
    pub fn within(self, other: Self) -> Self {
        Self { start: self.start.max(other.start), end: self.end.min(other.end) }
    }

    /// Whether `time` lies inside.
    #[must_use]
    pub fn contains(&self, time: Time64) -> bool {
        self.start <= time && time < self.end
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {} until {}", self.start, self.end)
    }
}

/// A place on earth, in tenths of a microdegree as the ASN.1 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// North positive, 10⁻⁷ degrees.
    pub latitude: i32,
    /// East positive, 10⁻⁷ degrees.
    pub longitude: i32,
}

impl From<TwoDLocation> for Position {
    fn from(location: TwoDLocation) -> Self {
        Self { latitude: location.latitude(), longitude: location.longitude() }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::region::write_degrees(f, self.latitude, self.longitude)
    }
}

impl Refusal {
    /// A name that stays the same between releases: reports and JSON count by it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// Whose fault it is.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.kind().class()
    }

    /// The rule that was broken, which knows its clause; a [`Class::Misuse`] breaks none on the air.
    #[must_use]
    pub const fn rule(&self) -> Option<Rule> {
        self.kind().rule()
    }

    /// Where the broken rule comes from.
    #[must_use]
    pub fn source_text(&self) -> &'static str {
        self.rule().map_or("call of this library", Rule::source)
    }
}
