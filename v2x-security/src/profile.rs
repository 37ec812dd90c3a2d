//! What a certificate must and must not say, by the kind of holder (TS 103 097 V2.2.1 clauses 6 and 7.2).

use v2x_codec::ieee1609dot2 as asn;

use crate::certificate::{Certificate, Issuer};
use crate::permission::Psid;
use crate::refusal::Refusal;
use crate::trust::TrustProfile;

/// Whose certificate it is, judged by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Self-signed, may issue: the end of chains.
    RootCa,
    /// Self-signed, may not issue: signs trust lists.
    TrustListManager,
    /// Issued, may issue: enrolment or authorization authority.
    SubordinateCa,
    /// Issued, signs certificate requests.
    EnrolmentCredential,
    /// Issued, named, with a key to encrypt to: receives misbehaviour reports.
    MisbehaviourAuthority,
    /// Issued, signs anything else.
    AuthorizationTicket,
}

impl Holder {
    /// The holder of `certificate`.
    ///
    /// A misbehaviour authority is told from a ticket by its name and its encryption key: clause 7.2.6 demands both, and
    /// clause 7.2.1 leaves tickets nameless. The service that it signs for has its ITS-AID from TS 102 965, which is
    /// a setting of the [`TrustStore`](crate::trust::TrustStore::set_misbehaviour_service).
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        let issues = certificate.issue_permissions().is_some();
        match (certificate.issuer(), issues) {
            (Issuer::SelfSigned, true) => Self::RootCa,
            (Issuer::SelfSigned, false) => Self::TrustListManager,
            (Issuer::Digest { .. }, true) => Self::SubordinateCa,
            (Issuer::Digest { .. }, false) if may_sign(certificate, Psid::CERTIFICATE_REQUEST) => {
                Self::EnrolmentCredential
            }
            (Issuer::Digest { .. }, false)
                if certificate.name().is_some() && certificate.encryption_key().is_some() =>
            {
                Self::MisbehaviourAuthority
            }
            (Issuer::Digest { .. }, false) => Self::AuthorizationTicket,
        }
    }

    /// The profile in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RootCa => "root CA (clause 7.2.3)",
            Self::TrustListManager => "trust list manager (clause 7.2.5)",
            Self::SubordinateCa => "subordinate CA (clause 7.2.4)",
            Self::EnrolmentCredential => "enrolment credential (clause 7.2.2)",
            Self::MisbehaviourAuthority => "misbehaviour authority (clause 7.2.6)",
            Self::AuthorizationTicket => "authorization ticket (clause 7.2.1)",
        }
    }
}

/// What is compared, in words.
pub(crate) fn describe(profile: TrustProfile, certificate: &Certificate) -> String {
    match profile {
        TrustProfile::EtsiTs103097 => format!("{certificate} as {}", Holder::of(certificate).name()),
        TrustProfile::Ieee1609Dot2Generic => format!("{certificate} as any IEEE 1609.2 certificate"),
    }
}

/// Checks a certificate against the profile of its holder.
///
/// # Errors
/// [`Refusal::CertificateProfile`] with the first demand that is not met.
pub fn check(profile: TrustProfile, certificate: &Certificate) -> Result<(), Refusal> {
    let demands = match profile {
        TrustProfile::EtsiTs103097 => etsi_demands(certificate),
        TrustProfile::Ieee1609Dot2Generic => generic_demands(certificate).to_vec(),
    };
    let unmet = demands.into_iter().find(|(met, _)| !met);
    unmet.map_or(Ok(()), |(_, rule)| {
        Err(Refusal::CertificateProfile { certificate: certificate.hashed_id8(), rule })
    })
}

/// A demand, and whether it is met.
type Demand = (bool, &'static str);

fn generic_demands(certificate: &Certificate) -> [Demand; 1] {
    let tbs = &certificate.decoded().to_be_signed;
    let any = tbs.app_permissions.is_some()
        || tbs.cert_issue_permissions.is_some()
        || tbs.cert_request_permissions.is_some();
    [(any, "it must have appPermissions, certIssuePermissions or certRequestPermissions")]
}

fn etsi_demands(certificate: &Certificate) -> Vec<Demand> {
    let holder = match Holder::of(certificate) {
        Holder::RootCa => root(certificate),
        Holder::TrustListManager => trust_list_manager(certificate),
        Holder::SubordinateCa => subordinate(certificate),
        Holder::EnrolmentCredential => enrolment_credential(certificate),
        Holder::MisbehaviourAuthority => misbehaviour_authority(certificate),
        Holder::AuthorizationTicket => ticket(certificate),
    };
    common(certificate).into_iter().chain(holder).collect()
}

/// Clause 6.
fn common(certificate: &Certificate) -> [Demand; 7] {
    let tbs = &certificate.decoded().to_be_signed;
    let named = matches!(tbs.id, asn::CertificateId::Name(_) | asn::CertificateId::None(()));
    let permitted = tbs.app_permissions.is_some() || tbs.cert_issue_permissions.is_some();
    [
        (named, "id must be name or none"),
        (*tbs.craca_id.0 == [0; 3], "cracaId must be 000000"),
        (tbs.crl_series.0 == 0, "crlSeries must be 0"),
        (permitted, "appPermissions or certIssuePermissions must be present"),
        (tbs.cert_request_permissions.is_none(), "certRequestPermissions must be absent"),
        (tbs.can_request_rollover.is_none(), "canRequestRollover must be absent"),
        (operating_organization_only(tbs), "appExtensions may hold only the operating organization"),
    ]
}

/// `certExtId-OperatingOrganization` is 1.
fn operating_organization_only(tbs: &asn::ToBeSignedCertificate) -> bool {
    tbs.app_extensions.as_ref().is_none_or(|list| list.0.iter().all(|extension| extension.id == 1))
}

/// Clause 7.2.3.
fn root(certificate: &Certificate) -> Vec<Demand> {
    vec![
        explicit(certificate),
        (certificate.name().is_some(), "a root CA must have a name"),
        (may_sign(certificate, Psid::CRL), "a root CA must be permitted to sign CRLs (622)"),
        (may_sign(certificate, Psid::CTL), "a root CA must be permitted to sign CTLs (624)"),
    ]
}

/// Clause 7.2.5.
fn trust_list_manager(certificate: &Certificate) -> Vec<Demand> {
    vec![
        explicit(certificate),
        (certificate.name().is_some(), "a trust list manager must have a name"),
        (may_sign(certificate, Psid::CTL), "a trust list manager must be permitted to sign CTLs (624)"),
        (certificate.encryption_key().is_none(), "a trust list manager must have no encryptionKey"),
    ]
}

/// Clause 7.2.4.
fn subordinate(certificate: &Certificate) -> Vec<Demand> {
    vec![
        explicit(certificate),
        (certificate.encryption_key().is_some(), "a subordinate CA must have an encryptionKey"),
        (certificate.app_permissions().is_some(), "a subordinate CA must have appPermissions"),
    ]
}

/// Clause 7.2.2. A name is demanded of issuers, not here: ETSI's own conformance pool holds credentials without.
fn enrolment_credential(certificate: &Certificate) -> Vec<Demand> {
    vec![explicit(certificate)]
}

/// Clause 7.2.6, without the one service that must be there: see [`check_misbehaviour_service`].
fn misbehaviour_authority(certificate: &Certificate) -> Vec<Demand> {
    vec![
        explicit(certificate),
        (certificate.app_permissions().is_some(), "a misbehaviour authority must have appPermissions"),
    ]
}

/// Checks that a misbehaviour authority holds the service that such authorities have, where its number is known.
pub(crate) fn check_misbehaviour_service(
    profile: TrustProfile,
    service: Option<Psid>,
    certificate: &Certificate,
) -> Result<(), Refusal> {
    match service {
        Some(service)
            if is_misbehaviour_authority(profile, certificate) && !may_sign(certificate, service) =>
        {
            let rule =
                "a misbehaviour authority must be permitted the Misbehaviour Detection Management service";
            Err(Refusal::CertificateProfile { certificate: certificate.hashed_id8(), rule })
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the rules know it as a misbehaviour authority's.
pub(crate) fn is_misbehaviour_authority(profile: TrustProfile, certificate: &Certificate) -> bool {
    match profile {
        // Without the key to encrypt to, which it must have, nothing else needs to be looked at: this is asked of every message.
        TrustProfile::EtsiTs103097 => {
            certificate.encryption_key().is_some() && Holder::of(certificate) == Holder::MisbehaviourAuthority
        }
        TrustProfile::Ieee1609Dot2Generic => false,
    }
}

/// Clause 7.2.1. A ticket may be implicit.
fn ticket(certificate: &Certificate) -> Vec<Demand> {
    let nameless = matches!(certificate.decoded().to_be_signed.id, asn::CertificateId::None(()));
    vec![
        (nameless, "the id of an authorization ticket must be none"),
        (certificate.app_permissions().is_some(), "an authorization ticket must have appPermissions"),
    ]
}

fn explicit(certificate: &Certificate) -> Demand {
    (!certificate.is_implicit(), "only an authorization ticket may be implicit")
}

fn may_sign(certificate: &Certificate, psid: Psid) -> bool {
    certificate.app_permissions().is_some_and(|permissions| permissions.find(psid).is_some())
}
