//! TS 103 097 clause 7.2 and TS 102 941 annex B: what each role has, and what it must not have.

use super::{Candidate, Lint, Verdict, require};
use crate::{
    asn1::{CertificateId, CertificateType, SubjectPermissions, bitmap, psid_value},
    role::Role,
    services::{
        AA_REQUEST_SSP, CAM, CERTIFICATE_REQUEST, CREDENTIAL_REQUEST_SSP, CRL, CRL_SSP, CTL, DENM,
        EA_REQUEST_SSP, ROOT_CTL_SSP, SSP_VERSION, TLM_CTL_SSP, VAM,
    },
};

pub(super) const LINTS: &[Lint] = &[
    Lint { id: "ticket_id_is_none", source: "TS 103 097 clause 7.2.1", check: ticket_id },
    Lint {
        id: "ticket_has_no_issue_permissions",
        source: "TS 103 097 clause 7.2.1",
        check: ticket_no_issuing,
    },
    Lint { id: "ticket_has_app_permissions", source: "TS 103 097 clause 7.2.1", check: ticket_app },
    Lint { id: "ticket_signs_no_pki_message", source: "TS 102 941 table B.6", check: ticket_no_pki },
    Lint { id: "credential_is_explicit", source: "TS 103 097 clause 7.2.2", check: credential_explicit },
    Lint { id: "credential_has_a_name", source: "TS 103 097 clause 7.2.2", check: credential_name },
    Lint {
        id: "credential_has_no_issue_permissions",
        source: "TS 103 097 clause 7.2.2",
        check: credential_no_issuing,
    },
    Lint { id: "credential_signs_requests_only", source: "TS 103 097 clause 7.2.2", check: credential_app },
    Lint { id: "credential_request_rights", source: "TS 102 941 tables B.5, B.6", check: credential_rights },
    Lint { id: "root_is_explicit", source: "TS 103 097 clause 7.2.3", check: root_explicit },
    Lint { id: "root_has_a_name", source: "TS 103 097 clause 7.2.3", check: root_name },
    Lint { id: "root_has_issue_permissions", source: "TS 103 097 clause 7.2.3", check: root_issuing },
    Lint { id: "root_signs_crls", source: "TS 103 097 clause 7.2.3; TS 102 941 clause B.3", check: root_crl },
    Lint { id: "root_signs_ctls", source: "TS 103 097 clause 7.2.3; TS 102 941 table B.3", check: root_ctl },
    Lint { id: "root_signs_nothing_else", source: "TS 102 941 table B.6", check: root_app },
    Lint { id: "authority_is_explicit", source: "TS 103 097 clause 7.2.4", check: authority_explicit },
    Lint {
        id: "authority_has_encryption_key",
        source: "TS 103 097 clause 7.2.4",
        check: authority_encryption,
    },
    Lint {
        id: "authority_has_issue_permissions",
        source: "TS 103 097 clause 7.2.4",
        check: authority_issuing,
    },
    Lint { id: "authority_has_app_permissions", source: "TS 103 097 clause 7.2.4", check: authority_app },
    Lint { id: "ea_request_rights", source: "TS 102 941 tables B.5, B.6", check: ea_rights },
    Lint { id: "ea_gives_request_rights_only", source: "TS 102 941 table B.6", check: ea_gives },
    Lint { id: "aa_request_rights", source: "TS 102 941 tables B.5, B.6", check: aa_rights },
    Lint { id: "aa_gives_no_pki_rights", source: "TS 102 941 table B.6", check: aa_gives },
    Lint { id: "tlm_is_explicit", source: "TS 103 097 clause 7.2.5", check: tlm_explicit },
    Lint { id: "tlm_has_a_name", source: "TS 103 097 clause 7.2.5", check: tlm_name },
    Lint { id: "tlm_has_no_encryption_key", source: "TS 103 097 clause 7.2.5", check: tlm_encryption },
    Lint { id: "tlm_has_no_issue_permissions", source: "TS 103 097 clause 7.2.5", check: tlm_issuing },
    Lint {
        id: "tlm_signs_ctls_only",
        source: "TS 103 097 clause 7.2.5; TS 102 941 table B.3",
        check: tlm_ctl,
    },
    Lint { id: "misbehaviour_is_explicit", source: "TS 103 097 clause 7.2.6", check: misbehaviour_explicit },
    Lint { id: "misbehaviour_has_a_name", source: "TS 103 097 clause 7.2.6", check: misbehaviour_name },
    Lint {
        id: "misbehaviour_has_encryption_key",
        source: "TS 103 097 clause 7.2.6",
        check: misbehaviour_encryption,
    },
    Lint {
        id: "misbehaviour_has_no_issue_permissions",
        source: "TS 103 097 clause 7.2.6",
        check: misbehaviour_issuing,
    },
    Lint {
        id: "misbehaviour_has_app_permissions",
        source: "TS 103 097 clause 7.2.6",
        check: misbehaviour_app,
    },
    Lint {
        id: "misbehaviour_signs_no_message_of_road_users",
        source: "Wayseal policy",
        check: misbehaviour_traffic,
    },
];

/// Runs `check` on candidates of `role` and passes the others.
fn only(role: Role, candidate: &Candidate<'_>, check: impl FnOnce(&Candidate<'_>) -> Verdict) -> Verdict {
    if candidate.role == role { check(candidate) } else { Ok(()) }
}

fn authority(candidate: &Candidate<'_>, check: impl FnOnce(&Candidate<'_>) -> Verdict) -> Verdict {
    match candidate.role {
        Role::EnrolmentAuthority | Role::AuthorizationAuthority => check(candidate),
        Role::RootCa
        | Role::TrustListManager
        | Role::MisbehaviourAuthority
        | Role::EnrolmentCredential
        | Role::AuthorizationTicket => Ok(()),
    }
}

fn explicit(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.certificate_type == CertificateType::Explicit, "the certificate is implicit")
}

fn named(candidate: &Candidate<'_>) -> Verdict {
    require(matches!(candidate.tbs.id, CertificateId::Name(_)), "the id is not a name")
}

fn no_issuing(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.cert_issue_permissions.is_none(), "certIssuePermissions is present")
}

fn issuing(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.cert_issue_permissions.is_some(), "certIssuePermissions is absent")
}

fn app(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.app_permissions.is_some(), "appPermissions is absent")
}

fn encryption(candidate: &Candidate<'_>) -> Verdict {
    require(candidate.tbs.encryption_key.is_some(), "encryptionKey is absent")
}

/// The services of appPermissions, in their order.
fn services(candidate: &Candidate<'_>) -> Vec<Option<u64>> {
    candidate
        .tbs
        .app_permissions
        .iter()
        .flat_map(|list| &list.0)
        .map(|entry| psid_value(&entry.psid))
        .collect()
}

/// The services of certIssuePermissions; `None` stands for one that cannot be told.
fn given(candidate: &Candidate<'_>) -> Vec<Option<u64>> {
    let groups = candidate.tbs.cert_issue_permissions.iter().flat_map(|list| &list.0);
    groups
        .flat_map(|group| match &group.subject_permissions {
            SubjectPermissions::Explicit(ranges) => {
                ranges.0.iter().map(|range| psid_value(&range.psid)).collect()
            }
            SubjectPermissions::All(()) => vec![None],
            _ => vec![None],
        })
        .collect()
}

/// The bitmap SSP that the candidate holds for `service`.
fn ssp<'a>(candidate: &Candidate<'a>, service: u64) -> Option<&'a [u8]> {
    let mut entries = candidate.tbs.app_permissions.iter().flat_map(|list| &list.0);
    entries.find(|entry| psid_value(&entry.psid) == Some(service)).and_then(bitmap)
}

/// Whether `held` is an SSP of the first version with some of the rights of `most`, and at least one.
fn some_of(held: Option<&[u8]>, most: [u8; 2]) -> bool {
    matches!(held, Some([SSP_VERSION, rights]) if *rights != 0 && rights & !most[1] == 0)
}

fn ticket_id(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationTicket, candidate, |c| {
        require(c.tbs.id == CertificateId::None(()), "the id is not none")
    })
}

fn ticket_no_issuing(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationTicket, candidate, no_issuing)
}

fn ticket_app(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationTicket, candidate, app)
}

fn ticket_no_pki(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationTicket, candidate, |c| {
        let pki = services(c).iter().any(|service| matches!(service, Some(CRL | CTL | CERTIFICATE_REQUEST)));
        require(!pki, "a ticket may sign PKI messages")
    })
}

fn credential_explicit(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentCredential, candidate, explicit)
}

fn credential_name(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentCredential, candidate, named)
}

fn credential_no_issuing(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentCredential, candidate, no_issuing)
}

fn credential_app(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentCredential, candidate, |c| {
        require(
            services(c) == [Some(CERTIFICATE_REQUEST)],
            "appPermissions is not certificate requests alone",
        )
    })
}

fn credential_rights(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentCredential, candidate, |c| {
        let fits = some_of(ssp(c, CERTIFICATE_REQUEST), CREDENTIAL_REQUEST_SSP);
        require(fits, "the rights are not those of a credential")
    })
}

fn root_explicit(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, explicit)
}

fn root_name(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, named)
}

fn root_issuing(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, issuing)
}

fn root_crl(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, |c| require(ssp(c, CRL) == Some(&CRL_SSP[..]), "no right to sign CRLs"))
}

fn root_ctl(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, |c| {
        require(ssp(c, CTL) == Some(&ROOT_CTL_SSP[..]), "the rights over CTLs are not those of a root")
    })
}

fn root_app(candidate: &Candidate<'_>) -> Verdict {
    only(Role::RootCa, candidate, |c| {
        let lists = services(c).iter().all(|service| matches!(service, Some(CRL | CTL)));
        require(lists, "a root signs more than CRLs and CTLs")
    })
}

fn authority_explicit(candidate: &Candidate<'_>) -> Verdict {
    authority(candidate, explicit)
}

fn authority_encryption(candidate: &Candidate<'_>) -> Verdict {
    authority(candidate, encryption)
}

fn authority_issuing(candidate: &Candidate<'_>) -> Verdict {
    authority(candidate, issuing)
}

fn authority_app(candidate: &Candidate<'_>) -> Verdict {
    authority(candidate, app)
}

fn ea_rights(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentAuthority, candidate, |c| requests_alone(c, EA_REQUEST_SSP))
}

fn ea_gives(candidate: &Candidate<'_>) -> Verdict {
    only(Role::EnrolmentAuthority, candidate, |c| {
        let requests = given(c).iter().all(|service| *service == Some(CERTIFICATE_REQUEST));
        require(requests, "an EA gives more than rights over certificate requests")
    })
}

fn aa_rights(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationAuthority, candidate, |c| requests_alone(c, AA_REQUEST_SSP))
}

fn aa_gives(candidate: &Candidate<'_>) -> Verdict {
    only(Role::AuthorizationAuthority, candidate, |c| {
        let pki =
            given(c).iter().any(|service| matches!(service, Some(CRL | CTL | CERTIFICATE_REQUEST) | None));
        require(!pki, "an AA gives rights over PKI messages")
    })
}

fn requests_alone(candidate: &Candidate<'_>, most: [u8; 2]) -> Verdict {
    let alone = services(candidate) == [Some(CERTIFICATE_REQUEST)];
    let fits = some_of(ssp(candidate, CERTIFICATE_REQUEST), most);
    require(alone && fits, "the rights over certificate requests are not those of the role")
}

fn tlm_explicit(candidate: &Candidate<'_>) -> Verdict {
    only(Role::TrustListManager, candidate, explicit)
}

fn tlm_name(candidate: &Candidate<'_>) -> Verdict {
    only(Role::TrustListManager, candidate, named)
}

fn tlm_encryption(candidate: &Candidate<'_>) -> Verdict {
    only(Role::TrustListManager, candidate, |c| {
        require(c.tbs.encryption_key.is_none(), "encryptionKey is present")
    })
}

fn tlm_issuing(candidate: &Candidate<'_>) -> Verdict {
    only(Role::TrustListManager, candidate, no_issuing)
}

fn tlm_ctl(candidate: &Candidate<'_>) -> Verdict {
    only(Role::TrustListManager, candidate, |c| {
        let alone = services(c) == [Some(CTL)] && ssp(c, CTL) == Some(&TLM_CTL_SSP[..]);
        require(alone, "appPermissions is not the TLM's right over CTLs alone")
    })
}

fn misbehaviour_explicit(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, explicit)
}

fn misbehaviour_name(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, named)
}

fn misbehaviour_encryption(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, encryption)
}

fn misbehaviour_issuing(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, no_issuing)
}

fn misbehaviour_app(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, app)
}

/// Receivers would refuse them anyway: whoever judges others does not take part.
fn misbehaviour_traffic(candidate: &Candidate<'_>) -> Verdict {
    only(Role::MisbehaviourAuthority, candidate, |c| {
        let traffic = services(c).iter().any(|service| matches!(service, Some(CAM | DENM | VAM)));
        require(!traffic, "a misbehaviour authority may sign CAM, DENM or VAM")
    })
}
