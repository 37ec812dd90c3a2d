//! The permission and region rules against certificates that others issued: those of the ETSI conformance tests.

use std::path::{Path, PathBuf};

use v2x_codec::ieee1609dot2::{Certificate, decode};
use v2x_security::permission::{AppPermissions, EndEntity, IssuePermissions, PermissionRefusal, Psid};
use v2x_security::region::GeographicRegion;

/// The folder of the vectors; without it the tests fail where `CI` is set, and elsewhere say that they did not run.
fn pool() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors/etsi_pool");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
    eprintln!("not run: {} is missing", folder.display());
    None
}

fn certificate(folder: &Path, name: &str) -> Certificate {
    let octets = std::fs::read(folder.join(format!("{name}.oer"))).expect("a vector can be read");
    decode(&octets).expect("a vector decodes")
}

fn issues(certificate: &Certificate) -> IssuePermissions {
    let list = certificate.to_be_signed.cert_issue_permissions.as_ref().expect("an authority");
    IssuePermissions::try_from(list).expect("sound permissions")
}

fn signs(certificate: &Certificate) -> AppPermissions {
    let list = certificate.to_be_signed.app_permissions.as_ref().expect("an end entity");
    AppPermissions::try_from(list).expect("sound permissions")
}

#[test]
fn authorities_of_the_pool_fit_under_their_root() {
    let Some(folder) = pool() else { return };
    let root = issues(&certificate(&folder, "CERT_IUT_A_RCA"));
    for name in ["CERT_IUT_A_AA", "CERT_TS_A_AA"] {
        assert_eq!(root.permit_authority(&issues(&certificate(&folder, name))), Ok(()), "{name}");
    }
}

/// The pool's root grants PSID 623 over one certificate only, to its authorities themselves; its EA passes it on to
/// enrolment credentials, which are two certificates below that root.
#[test]
fn the_enrolment_authority_of_the_pool_claims_more_than_its_root_grants() {
    let Some(folder) = pool() else { return };
    let root = issues(&certificate(&folder, "CERT_IUT_A_RCA"));
    let refused = root.permit_authority(&issues(&certificate(&folder, "CERT_TS_A_EA")));
    assert_eq!(refused, Err(PermissionRefusal::ChainLengthNotGranted(Psid::CERTIFICATE_REQUEST)));
}

#[test]
fn tickets_of_the_pool_fit_under_their_authority() {
    let Some(folder) = pool() else { return };
    for (authority, ticket) in [("CERT_IUT_A_AA", "CERT_IUT_A_AT"), ("CERT_TS_A_AA", "CERT_TS_A_AT")] {
        let (authority, ticket) = (certificate(&folder, authority), certificate(&folder, ticket));
        assert_eq!(issues(&authority).permit_end_entity(&signs(&ticket), EndEntity::App), Ok(()));
    }
}

#[test]
fn a_root_of_the_pool_may_not_issue_its_tickets_itself() {
    let Some(folder) = pool() else { return };
    let root = issues(&certificate(&folder, "CERT_IUT_A_RCA"));
    let refused = root.permit_end_entity(&signs(&certificate(&folder, "CERT_IUT_A_AT")), EndEntity::App);
    assert!(matches!(refused, Err(PermissionRefusal::ChainLengthNotGranted(_))), "{refused:?}");
}

#[test]
fn regions_of_the_pool_can_be_judged() {
    let Some(folder) = pool() else { return };
    for entry in std::fs::read_dir(&folder).expect("the folder can be listed") {
        let path = entry.expect("an entry can be read").path();
        if path.extension().is_some_and(|suffix| suffix == "oer") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let region =
                certificate(&folder, &name).to_be_signed.region.as_ref().map(GeographicRegion::try_from);
            assert!(region.is_none_or(|region| region.is_ok()), "{name}");
        }
    }
}
