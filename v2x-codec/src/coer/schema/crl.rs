//! Types of the module `Ieee1609Dot2CrlBaseTypes`.

use super::base::{
    CRL_SERIES, HASHED_ID_8, HASHED_ID_10, I_VALUE, LA_ID, LINKAGE_SEED, NULL, TIME32, UINT8, UINT16, UINT32,
};
use super::{Type, field, optional};

/// A revocation list of IEEE 1609.2: the payload of a `SecuredCrl`.
pub static CRL_CONTENTS: Type = Type::sequence(
    "CrlContents",
    &[
        field("version", &VERSION_1),
        field("crlSeries", &CRL_SERIES),
        field("crlCraca", &HASHED_ID_8),
        field("issueDate", &TIME32),
        field("nextCrl", &TIME32),
        field("priorityInfo", &CRL_PRIORITY_INFO),
        field("typeSpecific", &TYPE_SPECIFIC),
    ],
);

static VERSION_1: Type = Type::constant("Uint8 (1)", 1);
static CRL_PRIORITY_INFO: Type = Type::extensible("CrlPriorityInfo", &[optional("priority", &UINT8)], &[]);

static TYPE_SPECIFIC: Type = Type::choice(
    "TypeSpecificCrlContents",
    &[
        field("fullHashCrl", &TO_BE_SIGNED_HASH_ID_CRL),
        field("deltaHashCrl", &TO_BE_SIGNED_HASH_ID_CRL),
        field("fullLinkedCrl", &TO_BE_SIGNED_LINKAGE_VALUE_CRL),
        field("deltaLinkedCrl", &TO_BE_SIGNED_LINKAGE_VALUE_CRL),
    ],
    &[
        field("fullLinkedCrlWithAlg", &TO_BE_SIGNED_LINKAGE_VALUE_CRL_WITH_ALG),
        field("deltaLinkedCrlWithAlg", &TO_BE_SIGNED_LINKAGE_VALUE_CRL_WITH_ALG),
    ],
);

static TO_BE_SIGNED_HASH_ID_CRL: Type = Type::extensible(
    "ToBeSignedHashIdCrl",
    &[field("crlSerial", &UINT32), field("entries", &SEQUENCE_OF_HASH_BASED_REVOCATION_INFO)],
    &[],
);
static SEQUENCE_OF_HASH_BASED_REVOCATION_INFO: Type =
    Type::sequence_of("SequenceOfHashBasedRevocationInfo", &HASH_BASED_REVOCATION_INFO);
static HASH_BASED_REVOCATION_INFO: Type =
    Type::extensible("HashBasedRevocationInfo", &[field("id", &HASHED_ID_10), field("expiry", &TIME32)], &[]);

static TO_BE_SIGNED_LINKAGE_VALUE_CRL: Type = Type::extensible(
    "ToBeSignedLinkageValueCrl",
    &[
        field("iRev", &I_VALUE),
        field("indexWithinI", &UINT8),
        optional("individual", &SEQUENCE_OF_J_MAX_GROUP),
        optional("groups", &SEQUENCE_OF_GROUP_CRL_ENTRY),
    ],
    &[optional("groupsSingleSeed", &SEQUENCE_OF_GROUP_SINGLE_SEED_CRL_ENTRY)],
);
static TO_BE_SIGNED_LINKAGE_VALUE_CRL_WITH_ALG: Type = Type::extensible(
    "ToBeSignedLinkageValueCrlWithAlgIdentifier",
    &[
        field("iRev", &I_VALUE),
        field("indexWithinI", &UINT8),
        field("seedEvolution", &NULL),
        field("lvGeneration", &NULL),
        optional("individual", &SEQUENCE_OF_J_MAX_GROUP),
        optional("groups", &SEQUENCE_OF_GROUP_CRL_ENTRY),
        optional("groupsSingleSeed", &SEQUENCE_OF_GROUP_SINGLE_SEED_CRL_ENTRY),
    ],
    &[],
);

static SEQUENCE_OF_J_MAX_GROUP: Type = Type::sequence_of("SequenceOfJMaxGroup", &J_MAX_GROUP);
static J_MAX_GROUP: Type =
    Type::extensible("JMaxGroup", &[field("jmax", &UINT8), field("contents", &SEQUENCE_OF_LA_GROUP)], &[]);
static SEQUENCE_OF_LA_GROUP: Type = Type::sequence_of("SequenceOfLAGroup", &LA_GROUP);
static LA_GROUP: Type = Type::extensible(
    "LAGroup",
    &[field("la1Id", &LA_ID), field("la2Id", &LA_ID), field("contents", &SEQUENCE_OF_I_MAX_GROUP)],
    &[],
);
static SEQUENCE_OF_I_MAX_GROUP: Type = Type::sequence_of("SequenceOfIMaxGroup", &I_MAX_GROUP);
static I_MAX_GROUP: Type = Type::extensible(
    "IMaxGroup",
    &[field("iMax", &UINT16), field("contents", &SEQUENCE_OF_INDIVIDUAL_REVOCATION)],
    &[optional("singleSeed", &SEQUENCE_OF_LINKAGE_SEED)],
);
static SEQUENCE_OF_LINKAGE_SEED: Type = Type::sequence_of("SequenceOfLinkageSeed", &LINKAGE_SEED);
static SEQUENCE_OF_INDIVIDUAL_REVOCATION: Type =
    Type::sequence_of("SequenceOfIndividualRevocation", &INDIVIDUAL_REVOCATION);
static INDIVIDUAL_REVOCATION: Type = Type::extensible(
    "IndividualRevocation",
    &[field("linkageSeed1", &LINKAGE_SEED), field("linkageSeed2", &LINKAGE_SEED)],
    &[],
);

static SEQUENCE_OF_GROUP_CRL_ENTRY: Type = Type::sequence_of("SequenceOfGroupCrlEntry", &GROUP_CRL_ENTRY);
static GROUP_CRL_ENTRY: Type = Type::extensible(
    "GroupCrlEntry",
    &[
        field("iMax", &UINT16),
        field("la1Id", &LA_ID),
        field("linkageSeed1", &LINKAGE_SEED),
        field("la2Id", &LA_ID),
        field("linkageSeed2", &LINKAGE_SEED),
    ],
    &[],
);
static SEQUENCE_OF_GROUP_SINGLE_SEED_CRL_ENTRY: Type =
    Type::sequence_of("SequenceOfGroupSingleSeedCrlEntry", &GROUP_SINGLE_SEED_CRL_ENTRY);
static GROUP_SINGLE_SEED_CRL_ENTRY: Type = Type::extensible(
    "GroupSingleSeedCrlEntry",
    &[field("iMax", &UINT16), field("laId", &LA_ID), field("linkageSeed", &LINKAGE_SEED)],
    &[],
);
