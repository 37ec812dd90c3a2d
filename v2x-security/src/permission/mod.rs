//! What a certificate may sign and issue, and whether it fits inside what its issuer may grant.
//!
//! The types mirror `PsidSsp`, `PsidSspRange` and `PsidGroupPermissions` of the ASN.1 modules `Ieee1609Dot2` and
//! `Ieee1609Dot2BaseTypes`, but hold only values that make sense: a bitmap range has a value and a mask of equal
//! length, a chain length is at least one, an end-entity type is never empty. The rules are in the `rules` module
//! and reachable through [`IssuePermissions::permit_end_entity`] and [`IssuePermissions::permit_authority`].
//!
//! Where the standard leaves room, the answer is the narrower one: a subject's range must lie inside one entry of its
//! issuer, and a bitmap must be exactly as long as the range that it is held against.

mod convert;
mod rules;
#[cfg(test)]
mod tests;

use core::fmt;
use std::collections::BTreeSet;

use crate::limits;

/// A provider service identifier; ETSI calls it ITS-AID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Psid(pub u64);

impl Psid {
    /// Basic safety messages (SAE J2735).
    pub const BSM: Self = Self(32);
    /// Cooperative awareness messages.
    pub const CAM: Self = Self(36);
    /// Decentralised environmental notification messages.
    pub const DENM: Self = Self(37);
    /// Signal phase and timing.
    pub const SPATEM: Self = Self(137);
    /// Road topology.
    pub const MAPEM: Self = Self(138);
    /// Infrastructure to vehicle information.
    pub const IVIM: Self = Self(139);
    /// Certificate revocation lists.
    pub const CRL: Self = Self(622);
    /// Secured certificate requests and responses (TS 102 941).
    pub const CERTIFICATE_REQUEST: Self = Self(623);
    /// VRU awareness (TS 102 965 as public stacks carry it).
    pub const VAM: Self = Self(638);
    /// Certificate trust lists.
    pub const CTL: Self = Self(624);
}

impl core::fmt::Display for Psid {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PSID {}", self.0)
    }
}

/// `ServiceSpecificPermissions`: what within a service the holder may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ssp {
    /// Octets that only their service understands; compared for equality.
    Opaque(Box<[u8]>),
    /// Octets of which each bit is a permission; the first octet is the version in all ETSI services.
    Bitmap(Box<[u8]>),
}

impl Ssp {
    /// An opaque SSP.
    ///
    /// # Errors
    /// [`PermissionRefusal::SspTooLong`] beyond [`limits::MAX_SSP_OCTETS`].
    pub fn opaque(octets: &[u8]) -> Result<Self, PermissionRefusal> {
        bounded_ssp(octets).map(Self::Opaque)
    }

    /// A `BitmapSsp`.
    ///
    /// # Errors
    /// [`PermissionRefusal::SspTooLong`] beyond [`limits::MAX_SSP_OCTETS`].
    pub fn bitmap(octets: &[u8]) -> Result<Self, PermissionRefusal> {
        bounded_ssp(octets).map(Self::Bitmap)
    }
}

impl fmt::Display for Ssp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, octets) = match self {
            Self::Opaque(octets) => ("opaque", octets),
            Self::Bitmap(octets) => ("bitmapSsp", octets),
        };
        write!(f, "{name} ")?;
        octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

fn bounded_ssp(octets: &[u8]) -> Result<Box<[u8]>, PermissionRefusal> {
    if octets.len() > limits::MAX_SSP_OCTETS {
        return Err(PermissionRefusal::SspTooLong(octets.len()));
    }
    Ok(octets.into())
}

/// One entry of `appPermissions`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PsidSsp {
    /// The service.
    pub psid: Psid,
    /// What within the service; absent means the service's default.
    pub ssp: Option<Ssp>,
}

/// `appPermissions`: a bounded list without two entries for one PSID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPermissions(Vec<PsidSsp>);

impl AppPermissions {
    /// Accepts a list with unique PSIDs.
    ///
    /// # Errors
    /// [`PermissionRefusal::TooMany`] beyond [`limits::MAX_APP_PERMISSIONS`], [`PermissionRefusal::DuplicatePsid`].
    pub fn new(entries: Vec<PsidSsp>) -> Result<Self, PermissionRefusal> {
        within(entries.len(), limits::MAX_APP_PERMISSIONS, "appPermissions")?;
        let mut seen = BTreeSet::new();
        match entries.iter().find(|entry| !seen.insert(entry.psid)) {
            Some(twice) => Err(PermissionRefusal::DuplicatePsid(twice.psid)),
            None => Ok(Self(entries)),
        }
    }

    /// The entry for `psid`, if the holder may sign for that service at all.
    #[must_use]
    pub fn find(&self, psid: Psid) -> Option<&PsidSsp> {
        self.0.iter().find(|entry| entry.psid == psid)
    }

    /// All entries in certificate order.
    pub fn iter(&self) -> impl Iterator<Item = &PsidSsp> {
        self.0.iter()
    }
}

/// `BitmapSspRange`: where the mask has a one, an SSP must equal the value; elsewhere it is free.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BitmapSspRange {
    value: Box<[u8]>,
    mask: Box<[u8]>,
}

impl BitmapSspRange {
    /// Pairs `sspValue` and `sspBitmask`.
    ///
    /// # Errors
    /// [`PermissionRefusal::BadBitmapRange`] unless both have the same length of 1 to 32 octets.
    pub fn new(value: &[u8], mask: &[u8]) -> Result<Self, PermissionRefusal> {
        let fits = (1..=limits::MAX_SSP_RANGE_OCTETS).contains(&value.len()) && value.len() == mask.len();
        if !fits {
            return Err(PermissionRefusal::BadBitmapRange { value: value.len(), mask: mask.len() });
        }
        Ok(Self { value: value.into(), mask: mask.into() })
    }
}

/// `SspRange`: which SSPs of a PSID may be granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SspRange {
    /// Every SSP; an absent `sspRange` means the same.
    All,
    /// Exactly these opaque SSPs.
    Opaque(Vec<Box<[u8]>>),
    /// Bitmaps that agree with the value under the mask.
    Bitmap(BitmapSspRange),
}

/// One service that may be granted, and how far.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PsidSspRange {
    /// The service.
    pub psid: Psid,
    /// The SSPs within it.
    pub range: SspRange,
}

/// `SubjectPermissions`: the services that a group speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubjectPermissions {
    /// These services.
    Explicit(Vec<PsidSspRange>),
    /// Every service that no group of the same certificate names explicitly.
    All,
}

/// How many certificates may follow below the holder's, the end entity's included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLengths {
    min: u32,
    /// `None` is unlimited.
    max: Option<u32>,
}

impl ChainLengths {
    /// The defaults of the ASN.1 module: exactly one certificate below.
    pub const DIRECT: Self = Self { min: 1, max: Some(1) };

    /// From `minChainLength` and `chainLengthRange`, where a range of −1 is unlimited.
    ///
    /// # Errors
    /// [`PermissionRefusal::BadChainLength`] for a minimum below one, a range below −1, or a sum beyond 32 bits.
    pub fn new(min_chain_length: i64, chain_length_range: i64) -> Result<Self, PermissionRefusal> {
        let bad = PermissionRefusal::BadChainLength { min: min_chain_length, range: chain_length_range };
        let min = u32::try_from(min_chain_length).ok().filter(|min| *min >= 1).ok_or_else(|| bad.clone())?;
        if chain_length_range == -1 {
            return Ok(Self { min, max: None });
        }
        let max =
            u32::try_from(chain_length_range).ok().and_then(|range| min.checked_add(range)).ok_or(bad)?;
        Ok(Self { min, max: Some(max) })
    }
}

/// What a chain may end in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndEntity {
    /// A certificate that signs messages: an authorization ticket.
    App,
    /// A certificate that asks for others: an enrolment credential.
    Enrol,
}

impl fmt::Display for EndEntity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::Enrol => "enrol",
        })
    }
}

/// `EndEntityType`: a non-empty set of [`EndEntity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndEntityTypes {
    app: bool,
    enrol: bool,
}

impl EndEntityTypes {
    /// The default of the 2022 ASN.1 module.
    pub const APP: Self = Self { app: true, enrol: false };
    /// Enrolment credentials only.
    pub const ENROL: Self = Self { app: false, enrol: true };
    /// Both.
    pub const BOTH: Self = Self { app: true, enrol: true };

    /// From the two named bits.
    ///
    /// # Errors
    /// [`PermissionRefusal::NoEndEntityType`] when neither is set, which the ASN.1 constraint excludes.
    pub const fn new(app: bool, enrol: bool) -> Result<Self, PermissionRefusal> {
        if app || enrol { Ok(Self { app, enrol }) } else { Err(PermissionRefusal::NoEndEntityType) }
    }

    /// Whether the set holds `kind`.
    #[must_use]
    pub const fn contains(self, kind: EndEntity) -> bool {
        match kind {
            EndEntity::App => self.app,
            EndEntity::Enrol => self.enrol,
        }
    }
}

/// `PsidGroupPermissions`: services, and the chains in which they may be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsidGroupPermissions {
    /// The services.
    pub subject_permissions: SubjectPermissions,
    /// `minChainLength` and `chainLengthRange`.
    pub chain_lengths: ChainLengths,
    /// `eeType`.
    pub end_entities: EndEntityTypes,
}

/// `certIssuePermissions`: bounded in every direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuePermissions(Vec<PsidGroupPermissions>);

impl IssuePermissions {
    /// Accepts the groups of one certificate.
    ///
    /// # Errors
    /// [`PermissionRefusal::TooMany`] where a list is longer than its limit.
    pub fn new(groups: Vec<PsidGroupPermissions>) -> Result<Self, PermissionRefusal> {
        within(groups.len(), limits::MAX_PERMISSION_GROUPS, "certIssuePermissions")?;
        groups.iter().try_for_each(|group| check_bounds(&group.subject_permissions))?;
        Ok(Self(groups))
    }

    /// The groups in certificate order.
    pub fn iter(&self) -> impl Iterator<Item = &PsidGroupPermissions> {
        self.0.iter()
    }
}

fn check_bounds(subject: &SubjectPermissions) -> Result<(), PermissionRefusal> {
    let SubjectPermissions::Explicit(ranges) = subject else { return Ok(()) };
    within(ranges.len(), limits::MAX_RANGES_PER_GROUP, "subjectPermissions")?;
    ranges.iter().try_for_each(|range| match &range.range {
        SspRange::Opaque(list) => within(list.len(), limits::MAX_OPAQUE_SSPS, "sspRange.opaque"),
        SspRange::All | SspRange::Bitmap(_) => Ok(()),
    })
}

fn within(count: usize, limit: usize, list: &'static str) -> Result<(), PermissionRefusal> {
    if count > limit { Err(PermissionRefusal::TooMany { list, count, limit }) } else { Ok(()) }
}

/// Why permissions are malformed, or lie outside their issuer's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PermissionRefusal {
    /// A list is longer than this implementation supports (a critical information field).
    #[error("{list} has {count} entries; at most {limit} are supported")]
    TooMany {
        /// The list's name in the ASN.1 module.
        list: &'static str,
        /// Its entries.
        count: usize,
        /// The bound in [`crate::limits`].
        limit: usize,
    },
    /// Two entries of `appPermissions` name the same service.
    #[error("{0} appears twice in appPermissions")]
    DuplicatePsid(Psid),
    /// A PSID beyond 64 bits.
    #[error("a PSID does not fit 64 bits")]
    PsidTooLarge,
    /// An SSP has more than 31 octets.
    #[error("an SSP of {0} octets is longer than 31")]
    SspTooLong(usize),
    /// `sspValue` and `sspBitmask` do not have one length of 1 to 32 octets.
    #[error("a BitmapSspRange of {value} value and {mask} mask octets is malformed")]
    BadBitmapRange {
        /// Octets of `sspValue`.
        value: usize,
        /// Octets of `sspBitmask`.
        mask: usize,
    },
    /// `minChainLength` below 1 or `chainLengthRange` below −1.
    #[error("minChainLength {min} with chainLengthRange {range} is malformed")]
    BadChainLength {
        /// `minChainLength`.
        min: i64,
        /// `chainLengthRange`.
        range: i64,
    },
    /// `eeType` without a bit.
    #[error("eeType names neither app nor enrol")]
    NoEndEntityType,
    /// The issuer has no `certIssuePermissions`.
    #[error("the issuer has no certIssuePermissions")]
    NothingToIssue,
    /// A choice that this edition does not know.
    #[error("{0} uses a choice that this implementation does not know")]
    UnknownChoice(&'static str),
    /// The issuer grants nothing for the service.
    #[error("the issuer may not grant {0}")]
    PsidNotGranted(Psid),
    /// The issuer grants the service, but not in a chain that ends so.
    #[error("the issuer may not grant {0} to a chain that ends in {1}")]
    EndEntityNotGranted(Psid, EndEntity),
    /// The issuer grants the service, but not at this distance.
    #[error("the issuer may not grant {0} over a chain of this length")]
    ChainLengthNotGranted(Psid),
    /// The issuer grants the service, but not this SSP or SSP range.
    #[error("the issuer may not grant this SSP of {0}")]
    SspNotGranted(Psid),
    /// The subject claims all services, the issuer does not.
    #[error("the issuer may not grant all services to a chain that ends in {0}")]
    AllNotGranted(EndEntity),
}
