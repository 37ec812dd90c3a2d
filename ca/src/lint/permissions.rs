//! Permissions as such: each list well formed, each service once.

use super::{Candidate, Lint, Verdict, require};
use crate::{
    asn1::{
        BitmapSspRange, PsidGroupPermissions, PsidSsp, PsidSspRange, ServiceSpecificPermissions, SspRange,
        SubjectPermissions, end_entity_app, psid_value, whole,
    },
    limits::MAX_PERMISSIONS,
};
use std::collections::BTreeSet;

/// Longest bitmap SSP (Ieee1609Dot2BaseTypes, `BitmapSsp`).
const MAX_BITMAP: usize = 31;

pub(super) const LINTS: &[Lint] = &[
    Lint {
        id: "app_permissions_not_empty",
        source: "TS 103 097 clause 6 (appPermissions)",
        check: app_not_empty,
    },
    Lint { id: "app_permissions_bounded", source: "Wayseal limit: MAX_PERMISSIONS", check: app_bounded },
    Lint { id: "app_permissions_unique", source: "Ieee1609Dot2, appPermissions", check: app_unique },
    Lint { id: "app_psids_are_registered_size", source: "Ieee1609Dot2BaseTypes, Psid", check: app_psids },
    Lint { id: "app_ssp_is_a_bitmap", source: "TS 102 941 clause B.1; Wayseal policy", check: app_bitmaps },
    Lint { id: "app_ssp_at_most_31_octets", source: "Ieee1609Dot2BaseTypes, BitmapSsp", check: app_lengths },
    Lint { id: "app_ssp_version_is_first", source: "TS 102 941 clause B.1", check: app_versions },
    Lint { id: "issue_permissions_not_empty", source: "TS 103 097 clause 6", check: issue_not_empty },
    Lint { id: "issue_permissions_bounded", source: "Wayseal limit: MAX_PERMISSIONS", check: issue_bounded },
    Lint { id: "issue_permissions_are_explicit", source: "Wayseal policy", check: issue_explicit },
    Lint {
        id: "issue_groups_not_empty",
        source: "Ieee1609Dot2, SubjectPermissions",
        check: groups_not_empty,
    },
    Lint { id: "issue_groups_unique", source: "Ieee1609Dot2, SubjectPermissions", check: groups_unique },
    Lint {
        id: "issue_ranges_match_their_masks",
        source: "Ieee1609Dot2BaseTypes, BitmapSspRange",
        check: masks,
    },
    Lint { id: "issue_ranges_fix_the_version", source: "TS 102 941 clause B.1", check: versions_fixed },
    Lint {
        id: "issue_chain_length_positive",
        source: "Ieee1609Dot2, PsidGroupPermissions",
        check: chain_positive,
    },
    Lint { id: "issue_chain_length_bounded", source: "TS 103 097 clause 7.2", check: chain_bounded },
    Lint { id: "issue_ee_type_is_app", source: "TS 102 941 clause B.5", check: ee_type },
];

/// Root, authority, end entity: a root's chains have two certificates below it and no more.
const LONGEST_CHAIN: u64 = 2;

fn app<'a>(candidate: &Candidate<'a>) -> &'a [PsidSsp] {
    candidate.tbs.app_permissions.as_ref().map_or(&[], |list| &list.0)
}

fn groups<'a>(candidate: &Candidate<'a>) -> &'a [PsidGroupPermissions] {
    candidate.tbs.cert_issue_permissions.as_ref().map_or(&[], |list| &list.0)
}

fn explicit(group: &PsidGroupPermissions) -> &[PsidSspRange] {
    match &group.subject_permissions {
        SubjectPermissions::Explicit(ranges) => &ranges.0,
        SubjectPermissions::All(()) => &[],
        _ => &[],
    }
}

fn ranges<'a>(candidate: &Candidate<'a>) -> impl Iterator<Item = &'a PsidSspRange> {
    groups(candidate).iter().flat_map(explicit)
}

fn bitmaps<'a>(candidate: &Candidate<'a>) -> impl Iterator<Item = &'a BitmapSspRange> {
    ranges(candidate).filter_map(|range| match &range.ssp_range {
        Some(SspRange::BitmapSspRange(bitmap)) => Some(bitmap),
        Some(_) | None => None,
    })
}

fn app_not_empty(candidate: &Candidate<'_>) -> Verdict {
    let empty = candidate.tbs.app_permissions.as_ref().is_some_and(|list| list.0.is_empty());
    require(!empty, "appPermissions is an empty list")
}

fn app_bounded(candidate: &Candidate<'_>) -> Verdict {
    require(app(candidate).len() <= MAX_PERMISSIONS, "appPermissions has too many entries")
}

fn app_unique(candidate: &Candidate<'_>) -> Verdict {
    let mut seen = BTreeSet::new();
    let unique = app(candidate).iter().all(|entry| seen.insert(psid_value(&entry.psid)));
    require(unique, "a service is listed twice in appPermissions")
}

fn app_psids(candidate: &Candidate<'_>) -> Verdict {
    let known = app(candidate).iter().all(|entry| psid_value(&entry.psid).is_some_and(|psid| psid < 1 << 32));
    require(known, "a PSID needs more than four octets, which no register assigns")
}

fn app_bitmaps(candidate: &Candidate<'_>) -> Verdict {
    let all = app(candidate).iter().all(|entry| match &entry.ssp {
        Some(ServiceSpecificPermissions::BitmapSsp(_)) | None => true,
        Some(_) => false,
    });
    require(all, "an SSP is opaque: nothing can check it against a bitmap range")
}

fn app_lengths(candidate: &Candidate<'_>) -> Verdict {
    let fit = app(candidate).iter().filter_map(crate::asn1::bitmap).all(|ssp| ssp.len() <= MAX_BITMAP);
    require(fit, "an SSP is longer than 31 octets")
}

fn app_versions(candidate: &Candidate<'_>) -> Verdict {
    let present = app(candidate).iter().filter_map(crate::asn1::bitmap).all(|ssp| !ssp.is_empty());
    require(present, "an SSP is empty: its first octet is the version")
}

fn issue_not_empty(candidate: &Candidate<'_>) -> Verdict {
    let empty = candidate.tbs.cert_issue_permissions.as_ref().is_some_and(|list| list.0.is_empty());
    require(!empty, "certIssuePermissions is an empty list")
}

fn issue_bounded(candidate: &Candidate<'_>) -> Verdict {
    let entries = groups(candidate).len().saturating_add(ranges(candidate).count());
    require(entries <= MAX_PERMISSIONS, "certIssuePermissions has too many entries")
}

fn issue_explicit(candidate: &Candidate<'_>) -> Verdict {
    let all =
        groups(candidate).iter().all(|g| matches!(g.subject_permissions, SubjectPermissions::Explicit(_)));
    require(all, "an issuing permission is for all services: what is given is named")
}

fn groups_not_empty(candidate: &Candidate<'_>) -> Verdict {
    let empty = groups(candidate).iter().any(
        |group| matches!(&group.subject_permissions, SubjectPermissions::Explicit(list) if list.0.is_empty()),
    );
    require(!empty, "a group of issuing permissions names no service")
}

fn groups_unique(candidate: &Candidate<'_>) -> Verdict {
    let unique = groups(candidate).iter().all(|group| {
        let mut seen = BTreeSet::new();
        explicit(group).iter().all(|range| seen.insert(psid_value(&range.psid)))
    });
    require(unique, "a service is listed twice in one group of issuing permissions")
}

fn masks(candidate: &Candidate<'_>) -> Verdict {
    let fit = bitmaps(candidate).all(|range| {
        range.ssp_value.len() == range.ssp_bitmask.len()
            && (1..=MAX_BITMAP + 1).contains(&range.ssp_value.len())
    });
    require(fit, "sspValue and sspBitmask differ in length")
}

fn versions_fixed(candidate: &Candidate<'_>) -> Verdict {
    let fixed = bitmaps(candidate).all(|range| range.ssp_bitmask.first() == Some(&0xFF));
    require(fixed, "a mask leaves the SSP's version open")
}

fn chain_positive(candidate: &Candidate<'_>) -> Verdict {
    let positive =
        groups(candidate).iter().all(|group| whole(&group.min_chain_length).is_some_and(|min| min >= 1));
    require(positive, "minChainLength is below 1")
}

/// An authority certifies end entities only; a root, its authorities and what they certify. The range -1 of the ASN.1
/// (any length) is refused with it.
fn chain_bounded(candidate: &Candidate<'_>) -> Verdict {
    use crate::role::Role;
    let longest = if candidate.role == Role::RootCa { LONGEST_CHAIN } else { 1 };
    let fits = groups(candidate).iter().all(|group| {
        let (min, range) = (whole(&group.min_chain_length), whole(&group.chain_length_range));
        min.zip(range)
            .and_then(|(min, range)| min.checked_add(range))
            .is_some_and(|longest_given| longest_given <= longest)
    });
    require(fits, "an issuing permission reaches further than the profile's hierarchy")
}

fn ee_type(candidate: &Candidate<'_>) -> Verdict {
    let app = end_entity_app();
    require(groups(candidate).iter().all(|group| group.ee_type == app), "eeType is not app alone")
}
