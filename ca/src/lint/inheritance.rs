//! What a certificate may take from its issuer: the rules by which every receiver judges the chain, applied before
//! the signature by the verifier's own code.

use super::{Candidate, Issuing, Lint, Verdict, require};
use crate::{asn1::period, role::Role};
use v2x_security::{
    permission::{AppPermissions, EndEntity, IssuePermissions},
    region::GeographicRegion,
};

pub(super) const LINTS: &[Lint] = &[
    Lint {
        id: "issuer_is_of_the_right_role",
        source: "TS 103 097 clauses 7.2.1 to 7.2.6",
        check: issuer_role,
    },
    Lint { id: "validity_inside_the_issuers", source: "TS 103 097 clauses 4.1 and 6", check: validity },
    Lint {
        id: "region_inside_the_issuers",
        source: "Ieee1609Dot2, ToBeSignedCertificate.region",
        check: region,
    },
    Lint {
        id: "assurance_not_above_the_issuers",
        source: "Ieee1609Dot2BaseTypes, SubjectAssurance",
        check: assurance,
    },
    Lint {
        id: "app_permissions_are_the_issuers_to_give",
        source: "Ieee1609Dot2, PsidGroupPermissions",
        check: app,
    },
    Lint {
        id: "issue_permissions_are_the_issuers_to_give",
        source: "Ieee1609Dot2, PsidGroupPermissions",
        check: issue,
    },
    Lint { id: "issuer_is_valid_now", source: "TS 103 097 clause 4.1", check: issuer_valid },
];

/// Bits of `SubjectAssurance` that hold the level; the others hold the confidence.
const LEVEL: u8 = 0b1110_0000;

fn with_issuer<'a>(candidate: &Candidate<'a>, check: impl FnOnce(Issuing<'a>) -> Verdict) -> Verdict {
    candidate.issuer.map_or(Ok(()), check)
}

fn issuer_role(candidate: &Candidate<'_>) -> Verdict {
    let found: Option<Role> = candidate.issuer.map(|issuer| issuer.role);
    require(found == candidate.role.issuer(), "the issuer is not of the role that issues this")
}

fn validity(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let inside = period(&issuer.tbs.validity_period).encloses(&period(&candidate.tbs.validity_period));
        require(inside, "the validity is not inside the issuer's")
    })
}

/// A certificate without a region takes its issuer's.
fn region(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let (Some(outer), Some(inner)) = (&issuer.tbs.region, &candidate.tbs.region) else { return Ok(()) };
        let read = |region| GeographicRegion::try_from(region).map_err(|_| "a region is malformed");
        let inside = read(inner)?.is_inside(&read(outer)?);
        inside.map_err(|_| "the region is not inside the issuer's")
    })
}

fn assurance(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let level = |tbs: &crate::asn1::ToBeSignedCertificate| {
            tbs.assurance_level
                .as_ref()
                .and_then(|assurance| assurance.0.first())
                .map_or(0, |octet| octet & LEVEL)
        };
        let claimed = candidate.tbs.assurance_level.is_none() || level(candidate.tbs) <= level(issuer.tbs);
        require(claimed, "the assurance level is above the issuer's")
    })
}

fn app(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let Some(asked) = &candidate.tbs.app_permissions else { return Ok(()) };
        let asked = AppPermissions::try_from(asked).map_err(|_| "appPermissions is malformed")?;
        let permitted = given(issuer)?.permit_end_entity(&asked, EndEntity::App);
        permitted.map_err(|_| "appPermissions holds more than the issuer may give")
    })
}

fn issue(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let Some(asked) = &candidate.tbs.cert_issue_permissions else { return Ok(()) };
        let asked = IssuePermissions::try_from(asked).map_err(|_| "certIssuePermissions is malformed")?;
        let permitted = given(issuer)?.permit_authority(&asked);
        permitted.map_err(|_| "certIssuePermissions holds more than the issuer may give")
    })
}

fn given(issuer: Issuing<'_>) -> Result<IssuePermissions, &'static str> {
    let list = issuer.tbs.cert_issue_permissions.as_ref().ok_or("the issuer may give nothing")?;
    IssuePermissions::try_from(list).map_err(|_| "the issuer's certIssuePermissions is malformed")
}

fn issuer_valid(candidate: &Candidate<'_>) -> Verdict {
    with_issuer(candidate, |issuer| {
        let now = candidate.now.into();
        require(
            period(&issuer.tbs.validity_period).contains(now),
            "the issuer's certificate is not valid now",
        )
    })
}
