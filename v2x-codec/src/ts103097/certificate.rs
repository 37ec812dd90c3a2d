//! Certificate profiles: clauses 6 and 7.2.

use core::ops::Deref;

use super::{ProfileViolation, Rule, broken, its_aid, none_of, rule};
use crate::ieee1609dot2::{Certificate, CertificateId, CertificateType, IssuerIdentifier};

/// The kinds of certificate that clause 7.2 profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateProfile {
    /// Clause 7.2.1.
    AuthorizationTicket,
    /// Clause 7.2.2.
    EnrolmentCredential,
    /// Clause 7.2.3.
    RootCa,
    /// Clause 7.2.4: enrolment and authorization authorities.
    SubordinateCa,
    /// Clause 7.2.5.
    TrustListManager,
    /// Clause 7.2.6. The number of its service in TS 102 965 is not checked here.
    MisbehaviourAuthority,
}

impl CertificateProfile {
    /// Every profile, in the order of the clauses.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationTicket,
        Self::EnrolmentCredential,
        Self::RootCa,
        Self::SubordinateCa,
        Self::TrustListManager,
        Self::MisbehaviourAuthority,
    ];

    /// Checks a certificate against clause 6 and this profile.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check(self, certificate: &Certificate) -> Result<(), ProfileViolation> {
        none_of(self.violations(certificate))
    }

    /// Every rule of clause 6 and of this profile that does not hold.
    pub fn violations(self, certificate: &Certificate) -> impl Iterator<Item = ProfileViolation> + '_ {
        broken(&CLAUSE_6, certificate).chain(broken(self.rules(), certificate))
    }

    const fn rules(self) -> &'static [Rule<Certificate>] {
        match self {
            Self::AuthorizationTicket => &AUTHORIZATION_TICKET,
            Self::EnrolmentCredential => &ENROLMENT_CREDENTIAL,
            Self::RootCa => &ROOT_CA,
            Self::SubordinateCa => &SUBORDINATE_CA,
            Self::TrustListManager => &TRUST_LIST_MANAGER,
            Self::MisbehaviourAuthority => &MISBEHAVIOUR_AUTHORITY,
        }
    }
}

static CLAUSE_6: [Rule<Certificate>; 9] = [
    rule("6", "type", "agrees with verifyKeyIndicator and signature", |c| c.is_explicit() || c.is_implicit()),
    rule("6", "id", "is name or none", |c| has_name(c) || has_no_name(c)),
    rule("6", "cracaId", "is 000000", |c| *c.to_be_signed.craca_id.0 == [0; 3]),
    rule("6", "crlSeries", "is 0", |c| c.to_be_signed.crl_series.0 == 0),
    rule("6", "appPermissions", "or certIssuePermissions is present", |c| signs(c) || issues(c)),
    rule("6", "certRequestPermissions", "is absent", |c| c.to_be_signed.cert_request_permissions.is_none()),
    rule("6", "canRequestRollover", "is absent", |c| c.to_be_signed.can_request_rollover.is_none()),
    rule("6", "appExtensions", "holds the operating organization only", only_operating_organization),
    rule(
        "6",
        "certIssueExtensions",
        "stands on appExtensions, certRequestExtension on it",
        extensions_in_order,
    ),
];

static AUTHORIZATION_TICKET: [Rule<Certificate>; 4] = [
    rule("7.2.1", "issuer", "is a SHA-256 or SHA-384 digest", issued_by_another),
    rule("7.2.1", "appPermissions", "is present", signs),
    rule("7.2.1", "id", "is none", has_no_name),
    rule("7.2.1", "certIssuePermissions", "is absent", |c| !issues(c)),
];

static ENROLMENT_CREDENTIAL: [Rule<Certificate>; 5] = [
    rule("7.2.2", "type", "is explicit", is_explicit),
    rule("7.2.2", "issuer", "is a SHA-256 or SHA-384 digest", issued_by_another),
    rule("7.2.2", "appPermissions", "is present", signs),
    rule("7.2.2", "id", "is name", has_name),
    rule("7.2.2", "certIssuePermissions", "is absent", |c| !issues(c)),
];

static ROOT_CA: [Rule<Certificate>; 5] = [
    rule("7.2.3", "type", "is explicit", is_explicit),
    rule("7.2.3", "issuer", "is self", issued_by_itself),
    rule("7.2.3", "certIssuePermissions", "is present", issues),
    rule("7.2.3", "appPermissions", "names the CRL service (622) and the CTL service (624)", |c| {
        signs_for(c, its_aid::CRL) && signs_for(c, its_aid::CTL)
    }),
    rule("7.2.3", "id", "is name", has_name),
];

static SUBORDINATE_CA: [Rule<Certificate>; 5] = [
    rule("7.2.4", "type", "is explicit", is_explicit),
    rule("7.2.4", "issuer", "is a SHA-256 or SHA-384 digest", issued_by_another),
    rule("7.2.4", "encryptionKey", "is present", encrypts),
    rule("7.2.4", "certIssuePermissions", "is present", issues),
    rule("7.2.4", "appPermissions", "is present", signs),
];

static TRUST_LIST_MANAGER: [Rule<Certificate>; 6] = [
    rule("7.2.5", "type", "is explicit", is_explicit),
    rule("7.2.5", "issuer", "is self", issued_by_itself),
    rule("7.2.5", "appPermissions", "names the CTL service (624)", |c| signs_for(c, its_aid::CTL)),
    rule("7.2.5", "id", "is name", has_name),
    rule("7.2.5", "encryptionKey", "is absent", |c| !encrypts(c)),
    rule("7.2.5", "certIssuePermissions", "is absent", |c| !issues(c)),
];

static MISBEHAVIOUR_AUTHORITY: [Rule<Certificate>; 6] = [
    rule("7.2.6", "type", "is explicit", is_explicit),
    rule("7.2.6", "issuer", "is a SHA-256 or SHA-384 digest", issued_by_another),
    rule("7.2.6", "encryptionKey", "is present", encrypts),
    rule("7.2.6", "certIssuePermissions", "is absent", |c| !issues(c)),
    rule("7.2.6", "appPermissions", "is present", signs),
    rule("7.2.6", "id", "is name", has_name),
];

fn is_explicit(certificate: &Certificate) -> bool {
    matches!(certificate.r#type, CertificateType::Explicit)
}

fn issued_by_another(certificate: &Certificate) -> bool {
    matches!(certificate.issuer, IssuerIdentifier::Sha256AndDigest(_) | IssuerIdentifier::Sha384AndDigest(_))
}

fn issued_by_itself(certificate: &Certificate) -> bool {
    matches!(certificate.issuer, IssuerIdentifier::VSelf(_))
}

fn has_name(certificate: &Certificate) -> bool {
    matches!(certificate.to_be_signed.id, CertificateId::Name(_))
}

fn has_no_name(certificate: &Certificate) -> bool {
    matches!(certificate.to_be_signed.id, CertificateId::None(()))
}

fn signs(certificate: &Certificate) -> bool {
    certificate.to_be_signed.app_permissions.is_some()
}

fn signs_for(certificate: &Certificate, psid: u64) -> bool {
    let permissions = certificate.to_be_signed.app_permissions.iter().flat_map(|list| list.iter());
    permissions.into_iter().any(|permission| u64::try_from(&permission.psid.0) == Ok(psid))
}

fn issues(certificate: &Certificate) -> bool {
    certificate.to_be_signed.cert_issue_permissions.is_some()
}

fn encrypts(certificate: &Certificate) -> bool {
    certificate.to_be_signed.encryption_key.is_some()
}

fn only_operating_organization(certificate: &Certificate) -> bool {
    // Its number in the set SetCertExtensions of IEEE 1609.2.
    const OPERATING_ORGANIZATION: u8 = 1;
    let mut extensions = certificate.to_be_signed.app_extensions.iter().flat_map(|list| &list.0);
    extensions.all(|extension| extension.id == OPERATING_ORGANIZATION)
}

fn extensions_in_order(certificate: &Certificate) -> bool {
    let contents = &certificate.to_be_signed;
    let app = contents.app_extensions.is_some();
    let issue = contents.cert_issue_extensions.is_some();
    let request = contents.cert_request_extension.is_some();
    (app || !issue) && (issue || !request)
}

/// A certificate that keeps its profile.
macro_rules! profiled_certificates {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq)]
            pub struct $name(Certificate);

            impl $name {
                /// The certificate.
                #[must_use]
                pub fn into_certificate(self) -> Certificate {
                    self.0
                }
            }

            impl TryFrom<Certificate> for $name {
                type Error = ProfileViolation;

                fn try_from(certificate: Certificate) -> Result<Self, ProfileViolation> {
                    CertificateProfile::$name.check(&certificate)?;
                    Ok(Self(certificate))
                }
            }

            impl Deref for $name {
                type Target = Certificate;

                fn deref(&self) -> &Certificate {
                    &self.0
                }
            }
        )*
    };
}

profiled_certificates! {
    /// A certificate to sign messages with (clause 7.2.1).
    AuthorizationTicket,
    /// A station's long-term certificate, to ask for tickets with (clause 7.2.2).
    EnrolmentCredential,
    /// The certificate of a root CA (clause 7.2.3).
    RootCa,
    /// The certificate of an enrolment or authorization authority (clause 7.2.4).
    SubordinateCa,
    /// The certificate of the trust list manager (clause 7.2.5).
    TrustListManager,
    /// The certificate of a misbehaviour authority (clause 7.2.6).
    MisbehaviourAuthority,
}
