//! A certificate may claim no more than its issuer has to give: time, place, assurance, permissions.

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::observer::Observer;
use crate::permission::{EndEntity, IssuePermissions, PermissionRefusal, Psid};
use crate::refusal::{Period, Refusal};
use crate::region::GeographicRegion;
use crate::rule::Rule;
use crate::trust::TrustProfile;

/// Checks everything between a certificate and its issuer but the signature, which costs most and comes last.
pub(crate) fn check(
    profile: TrustProfile,
    certificate: &Certificate,
    issuer: &Chain,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let by = issuer.certificate();
    let (inner, outer) = (Period::of(certificate), Period::of(by));
    observer.note(Rule::ValidityInIssuer, || format!("{inner} in {outer}"), validity(certificate, by))?;
    observer.note(Rule::RegionInIssuer, || regions(certificate, issuer), region(certificate, issuer))?;
    observer.note(Rule::AssuranceInIssuer, || assurances(certificate, by), assurance(certificate, by))?;
    let permitted = permissions(profile, certificate, by);
    observer.note(Rule::PermissionsInIssuer, || format!("what {certificate} claims of {by}"), permitted)
}

fn validity(certificate: &Certificate, issuer: &Certificate) -> Result<(), Refusal> {
    if issuer.validity().encloses(certificate.validity()) {
        return Ok(());
    }
    Err(Refusal::ValidityExceedsIssuer {
        certificate: certificate.hashed_id8(),
        validity: Period::of(certificate),
        issuer: issuer.hashed_id8(),
        issuer_validity: Period::of(issuer),
    })
}

/// A certificate without a region has its issuer's, and a root without one is valid everywhere.
fn region(certificate: &Certificate, issuer: &Chain) -> Result<(), Refusal> {
    let (Some(inner), Some(outer)) = (certificate.region(), issuer.region()) else { return Ok(()) };
    let exceeds = |reason| Refusal::RegionExceedsIssuer {
        certificate: certificate.hashed_id8(),
        issuer: issuer.certificate().hashed_id8(),
        reason,
    };
    inner.is_inside(outer).map_err(exceeds)
}

fn regions(certificate: &Certificate, issuer: &Chain) -> String {
    let text = |region: Option<&GeographicRegion>| region.map_or("none".to_owned(), ToString::to_string);
    format!("{} in {}", text(certificate.region()), text(issuer.region()))
}

/// Levels are compared; what an absent level means is not defined, so it is compared with nothing.
fn assurance(certificate: &Certificate, issuer: &Certificate) -> Result<(), Refusal> {
    match (certificate.assurance(), issuer.assurance()) {
        (Some(inner), Some(outer)) if inner.level() > outer.level() => Err(Refusal::AssuranceExceedsIssuer {
            certificate: certificate.hashed_id8(),
            claimed: inner.level(),
            limit: outer.level(),
        }),
        (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) | (None, None) => Ok(()),
    }
}

fn assurances(certificate: &Certificate, issuer: &Certificate) -> String {
    let text = |level: Option<crate::certificate::Assurance>| {
        level.map_or("none".to_owned(), |assurance| assurance.level().to_string())
    };
    format!("level {} under {}", text(certificate.assurance()), text(issuer.assurance()))
}

fn permissions(
    profile: TrustProfile,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<(), Refusal> {
    let exceeds = |reason| Refusal::PermissionsExceedIssuer {
        certificate: certificate.hashed_id8(),
        issuer: issuer.hashed_id8(),
        reason,
    };
    let given = issuer.issue_permissions().ok_or_else(|| exceeds(PermissionRefusal::NothingToIssue))?;
    if let Some(claimed) = certificate.app_permissions() {
        given.permit_end_entity(claimed, EndEntity::App).map_err(exceeds)?;
    }
    if let Some(claimed) = certificate.issue_permissions() {
        authority(profile, given, claimed).map_err(exceeds)?;
    }
    Ok(())
}

/// The roots of ETSI's conformance pool give the certificate request service (623) for one step, yet their enrolment
/// authorities issue it a step further down, in credentials. In a hierarchy of three levels the root signs each of
/// those authorities itself, so there the length of chains for this one service decides nothing and is not asked.
fn authority(
    profile: TrustProfile,
    given: &IssuePermissions,
    claimed: &IssuePermissions,
) -> Result<(), PermissionRefusal> {
    match profile {
        TrustProfile::EtsiTs103097 => given.permit_authority_but(claimed, Psid::CERTIFICATE_REQUEST),
        TrustProfile::Ieee1609Dot2Generic => given.permit_authority(claimed),
    }
}
