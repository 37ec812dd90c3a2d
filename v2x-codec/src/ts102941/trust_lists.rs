//! Trust lists, revocation lists and link certificates: modules `EtsiTs102941TrustLists` and
//! `EtsiTs102941TypesLinkCertificate`.

use rasn::prelude::*;

use super::rule;
use crate::coer::schema::{self, Type};
use crate::error::CodecError;
use crate::ieee1609dot2::{Certificate, CoerType, HashedData, HashedId8, Time32};

/// The version of a list: an INTEGER with its length, unlike the version of the message around it.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate)]
pub struct Version(Integer);

impl Version {
    /// The only version there is.
    #[must_use]
    pub fn v1() -> Self {
        Self(1.into())
    }
}

/// A certificate trust list, full or delta.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CtlFormat {
    /// Always [`Version::v1`].
    pub version: Version,
    /// When the next list is due at the latest, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "nextUpdate")]
    pub next_update: Time32,
    /// Whether this is all that is trusted, or a change to the list with the number before.
    #[rasn(identifier = "isFullCtl")]
    pub is_full_ctl: bool,
    /// Counts the lists, and wraps.
    #[rasn(identifier = "ctlSequence")]
    pub ctl_sequence: u8,
    /// What is added and, in a delta list, deleted.
    #[rasn(identifier = "ctlCommands")]
    pub ctl_commands: Vec<CtlCommand>,
}

impl CtlFormat {
    /// A list of everything that is trusted.
    #[must_use]
    pub fn full(next_update: u32, ctl_sequence: u8, entries: Vec<CtlEntry>) -> Self {
        let ctl_commands = entries.into_iter().map(CtlCommand::Add).collect();
        Self {
            version: Version::v1(),
            next_update: next_update.into(),
            is_full_ctl: true,
            ctl_sequence,
            ctl_commands,
        }
    }

    /// A list of changes.
    #[must_use]
    pub fn delta(next_update: u32, ctl_sequence: u8, ctl_commands: Vec<CtlCommand>) -> Self {
        let (version, next_update) = (Version::v1(), next_update.into());
        Self { version, next_update, is_full_ctl: false, ctl_sequence, ctl_commands }
    }

    /// What the list adds, in its order.
    pub fn additions(&self) -> impl Iterator<Item = &CtlEntry> {
        self.ctl_commands.iter().filter_map(|command| match command {
            CtlCommand::Add(entry) => Some(entry),
            CtlCommand::Delete(_) => None,
        })
    }

    /// A full list deletes nothing.
    fn check_full(&self) -> Result<(), CodecError> {
        let deletes = self.ctl_commands.iter().any(|command| matches!(command, CtlCommand::Delete(_)));
        rule(!(self.is_full_ctl && deletes), "delete")
    }

    /// The trust list manager lists root CAs, itself and the distribution centre.
    pub(super) fn check_for_tlm(&self) -> Result<(), CodecError> {
        rule(
            !self.additions().any(|entry| matches!(entry, CtlEntry::Ea(_) | CtlEntry::Aa(_))),
            "ctlCommands",
        )?;
        self.check_full()
    }

    /// A root CA lists its authorities and its distribution centre.
    pub(super) fn check_for_root_ca(&self) -> Result<(), CodecError> {
        rule(
            !self.additions().any(|entry| matches!(entry, CtlEntry::Rca(_) | CtlEntry::Tlm(_))),
            "ctlCommands",
        )?;
        self.check_full()
    }
}

impl CoerType for CtlFormat {
    const SCHEMA: &'static Type = &schema::CTL_FORMAT;

    fn check(&self) -> Result<(), CodecError> {
        self.check_full()
    }
}

/// One change.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum CtlCommand {
    /// Trust this.
    Add(CtlEntry),
    /// Do not trust this any more.
    Delete(CtlDelete),
}

/// What a list can name. Boxed, so that a list of many small entries takes no more memory than it must.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum CtlEntry {
    /// A root CA.
    Rca(Box<RootCaEntry>),
    /// An enrolment authority.
    Ea(Box<EaEntry>),
    /// An authorization authority.
    Aa(Box<AaEntry>),
    /// A distribution centre.
    Dc(DcEntry),
    /// The trust list manager.
    Tlm(Box<TlmEntry>),
}

/// What a delta list can take away.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
pub enum CtlDelete {
    /// The certificate with this digest.
    Cert(HashedId8),
    /// The distribution centre at this address.
    Dc(Url),
}

/// An address; ASCII.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate)]
pub struct Url(Ia5String);

impl Url {
    /// An address; none when `text` is not ASCII.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        Ia5String::try_from(text).ok().map(Self)
    }

    /// The address as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0.as_iso646_bytes().iter().map(|octet| char::from(*octet)).collect()
    }
}

/// A trust list manager.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct TlmEntry {
    /// Its certificate.
    #[rasn(identifier = "selfSignedTLMCertificate")]
    pub self_signed_tlm_certificate: Certificate,
    /// A link certificate from the one before.
    #[rasn(identifier = "successorTo")]
    pub successor_to: Option<Certificate>,
    /// Where its lists are.
    #[rasn(identifier = "accessPoint")]
    pub access_point: Url,
}

/// A root CA.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct RootCaEntry {
    /// Its certificate.
    #[rasn(identifier = "selfsignedRootCa")]
    pub self_signed_root_ca: Certificate,
    /// A link certificate from the one before.
    #[rasn(identifier = "successorTo")]
    pub successor_to: Option<Certificate>,
}

/// An enrolment authority.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct EaEntry {
    /// Its certificate.
    #[rasn(identifier = "eaCertificate")]
    pub ea_certificate: Certificate,
    /// Where authorization authorities reach it.
    #[rasn(identifier = "aaAccessPoint")]
    pub aa_access_point: Url,
    /// Where stations reach it.
    #[rasn(identifier = "itsAccessPoint")]
    pub its_access_point: Option<Url>,
}

/// An authorization authority.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct AaEntry {
    /// Its certificate.
    #[rasn(identifier = "aaCertificate")]
    pub aa_certificate: Certificate,
    /// Where stations reach it.
    #[rasn(identifier = "accessPoint")]
    pub access_point: Url,
}

/// A distribution centre.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct DcEntry {
    /// Where its lists are.
    pub url: Url,
    /// The issuers whose lists are there.
    pub cert: Vec<HashedId8>,
}

/// The revocation list of a root CA.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ToBeSignedCrl {
    /// Always [`Version::v1`].
    pub version: Version,
    /// When it was made, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "thisUpdate")]
    pub this_update: Time32,
    /// When the next one is due at the latest, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "nextUpdate")]
    pub next_update: Time32,
    /// The digests of what is revoked.
    pub entries: Vec<HashedId8>,
}

impl ToBeSignedCrl {
    /// A revocation list.
    #[must_use]
    pub fn new(this_update: u32, next_update: u32, entries: Vec<HashedId8>) -> Self {
        let version = Version::v1();
        Self { version, this_update: this_update.into(), next_update: next_update.into(), entries }
    }
}

impl CoerType for ToBeSignedCrl {
    const SCHEMA: &'static Type = &schema::TO_BE_SIGNED_CRL;
}

/// What vouches for the next certificate of a root CA or of the trust list manager.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ToBeSignedLinkCertificate {
    /// Until when it vouches, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "expiryTime")]
    pub expiry_time: Time32,
    /// The hash of the next certificate.
    #[rasn(identifier = "certificateHash")]
    pub certificate_hash: HashedData,
}

impl ToBeSignedLinkCertificate {
    /// A link to the certificate with this hash.
    #[must_use]
    pub fn new(expiry_time: u32, certificate_hash: HashedData) -> Self {
        Self { expiry_time: expiry_time.into(), certificate_hash }
    }
}

impl CoerType for ToBeSignedLinkCertificate {
    const SCHEMA: &'static Type = &schema::TO_BE_SIGNED_LINK_CERTIFICATE;
}
