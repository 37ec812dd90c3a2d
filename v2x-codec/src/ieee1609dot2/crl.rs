//! Revocation lists: the types of `Ieee1609Dot2CrlBaseTypes` around `GroupSingleSeedCrlEntry`, whose extension marker
//! `rasn-its` 0.30 lacks. The leaves are those of `rasn-its`.

use rasn::prelude::*;

use super::{
    CrlPriorityInfo, CrlSeries, HashedId8, IValue, LaId, LinkageSeed, LvGenerationFunctionIdentifier,
    SeedEvolutionFunctionIdentifier, SequenceOfGroupCrlEntry, SequenceOfJMaxGroup, Time32,
    ToBeSignedHashIdCrl,
};

/// A revocation list of IEEE 1609.2: the payload of a `SecuredCrl`.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
pub struct CrlContents {
    /// Format version; always [`CrlContents::VERSION`].
    #[rasn(value("1"))]
    pub version: u8,
    /// The series that the certificates on it name.
    #[rasn(identifier = "crlSeries")]
    pub crl_series: CrlSeries,
    /// The certificate of the authority that lets the list be issued.
    #[rasn(identifier = "crlCraca")]
    pub crl_craca: HashedId8,
    /// When it was issued, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "issueDate")]
    pub issue_date: Time32,
    /// When the next one is expected, in TAI seconds since 2004-01-01.
    #[rasn(identifier = "nextCrl")]
    pub next_crl: Time32,
    /// How much it matters among others.
    #[rasn(identifier = "priorityInfo")]
    pub priority_info: CrlPriorityInfo,
    /// What is revoked.
    #[rasn(identifier = "typeSpecific")]
    pub type_specific: TypeSpecificCrlContents,
}

impl CrlContents {
    /// The only version there is.
    pub const VERSION: u8 = 1;
}

/// What a list revokes: certificates by hash, or by linkage value.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TypeSpecificCrlContents {
    /// All that are revoked by hash.
    #[rasn(identifier = "fullHashCrl")]
    FullHashCrl(ToBeSignedHashIdCrl),
    /// Those that were revoked by hash since the list before.
    #[rasn(identifier = "deltaHashCrl")]
    DeltaHashCrl(ToBeSignedHashIdCrl),
    /// All that are revoked by linkage value.
    #[rasn(identifier = "fullLinkedCrl")]
    FullLinkedCrl(ToBeSignedLinkageValueCrl),
    /// Those that were revoked by linkage value since the list before.
    #[rasn(identifier = "deltaLinkedCrl")]
    DeltaLinkedCrl(ToBeSignedLinkageValueCrl),
    /// All that are revoked by linkage value, with the functions named.
    #[rasn(extension_addition, identifier = "fullLinkedCrlWithAlg")]
    FullLinkedCrlWithAlg(ToBeSignedLinkageValueCrlWithAlgIdentifier),
    /// Those that were revoked by linkage value since the list before, with the functions named.
    #[rasn(extension_addition, identifier = "deltaLinkedCrlWithAlg")]
    DeltaLinkedCrlWithAlg(ToBeSignedLinkageValueCrlWithAlgIdentifier),
}

/// Certificates by linkage value, with the functions that the hash of the list's authority implies.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ToBeSignedLinkageValueCrl {
    /// The time period that the seeds are of.
    #[rasn(identifier = "iRev")]
    pub i_rev: IValue,
    /// Which list of that period it is.
    #[rasn(identifier = "indexWithinI")]
    pub index_within_i: u8,
    /// Single devices.
    pub individual: Option<SequenceOfJMaxGroup>,
    /// Groups of devices.
    pub groups: Option<SequenceOfGroupCrlEntry>,
    /// Groups of devices with one seed.
    #[rasn(extension_addition, identifier = "groupsSingleSeed")]
    pub groups_single_seed: Option<SequenceOfGroupSingleSeedCrlEntry>,
}

impl ToBeSignedLinkageValueCrl {
    /// A list that revokes nothing yet.
    #[must_use]
    pub const fn new(i_rev: IValue, index_within_i: u8) -> Self {
        Self { i_rev, index_within_i, individual: None, groups: None, groups_single_seed: None }
    }
}

/// Certificates by linkage value, with the functions named.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct ToBeSignedLinkageValueCrlWithAlgIdentifier {
    /// The time period that the seeds are of.
    #[rasn(identifier = "iRev")]
    pub i_rev: IValue,
    /// Which list of that period it is.
    #[rasn(identifier = "indexWithinI")]
    pub index_within_i: u8,
    /// How a seed becomes the seed of the next period.
    #[rasn(identifier = "seedEvolution")]
    pub seed_evolution: SeedEvolutionFunctionIdentifier,
    /// How a seed becomes a linkage value.
    #[rasn(identifier = "lvGeneration")]
    pub lv_generation: LvGenerationFunctionIdentifier,
    /// Single devices.
    pub individual: Option<SequenceOfJMaxGroup>,
    /// Groups of devices.
    pub groups: Option<SequenceOfGroupCrlEntry>,
    /// Groups of devices with one seed.
    #[rasn(identifier = "groupsSingleSeed")]
    pub groups_single_seed: Option<SequenceOfGroupSingleSeedCrlEntry>,
}

impl ToBeSignedLinkageValueCrlWithAlgIdentifier {
    /// A list that revokes nothing yet.
    #[must_use]
    pub const fn new(i_rev: IValue, index_within_i: u8) -> Self {
        let (seed_evolution, lv_generation) = ((), ());
        Self {
            i_rev,
            index_within_i,
            seed_evolution,
            lv_generation,
            individual: None,
            groups: None,
            groups_single_seed: None,
        }
    }
}

/// Groups of devices with one seed.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(delegate)]
pub struct SequenceOfGroupSingleSeedCrlEntry(pub Vec<GroupSingleSeedCrlEntry>);

/// A group of devices with one seed.
#[derive(AsnType, Debug, Clone, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct GroupSingleSeedCrlEntry {
    /// The last time period in which the devices have certificates.
    #[rasn(identifier = "iMax")]
    pub i_max: u16,
    /// The linkage authority that the seed is of.
    #[rasn(identifier = "laId")]
    pub la_id: LaId,
    /// The seed.
    #[rasn(identifier = "linkageSeed")]
    pub linkage_seed: LinkageSeed,
}

impl GroupSingleSeedCrlEntry {
    /// A group.
    #[must_use]
    pub const fn new(i_max: u16, la_id: LaId, linkage_seed: LinkageSeed) -> Self {
        Self { i_max, la_id, linkage_seed }
    }
}
