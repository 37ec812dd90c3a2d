//! The seven kinds of certificate that TS 103 097 clause 7.2 profiles.

use std::fmt;

/// Whose certificate it is; each role has a profile in TS 103 097 clause 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Root CA (clause 7.2.3).
    RootCa,
    /// Enrolment authority (clause 7.2.4).
    EnrolmentAuthority,
    /// Authorization authority (clause 7.2.4).
    AuthorizationAuthority,
    /// Trust list manager (clause 7.2.5).
    TrustListManager,
    /// Misbehaviour authority (clause 7.2.6).
    MisbehaviourAuthority,
    /// Enrolment credential of a station (clause 7.2.2).
    EnrolmentCredential,
    /// Authorization ticket of a station (clause 7.2.1).
    AuthorizationTicket,
}

impl Role {
    /// All roles, in the order of the certificate chain.
    pub const ALL: [Self; 7] = [
        Self::RootCa,
        Self::EnrolmentAuthority,
        Self::AuthorizationAuthority,
        Self::TrustListManager,
        Self::MisbehaviourAuthority,
        Self::EnrolmentCredential,
        Self::AuthorizationTicket,
    ];

    /// Who signs certificates of this role; `None` where it signs itself (clauses 7.2.3 and 7.2.5).
    #[must_use]
    pub const fn issuer(self) -> Option<Self> {
        match self {
            Self::RootCa | Self::TrustListManager => None,
            Self::EnrolmentAuthority | Self::AuthorizationAuthority | Self::MisbehaviourAuthority => {
                Some(Self::RootCa)
            }
            Self::EnrolmentCredential => Some(Self::EnrolmentAuthority),
            Self::AuthorizationTicket => Some(Self::AuthorizationAuthority),
        }
    }

    /// Whether it issues certificates to others.
    #[must_use]
    pub const fn issues(self) -> bool {
        match self {
            Self::RootCa | Self::EnrolmentAuthority | Self::AuthorizationAuthority => true,
            Self::TrustListManager
            | Self::MisbehaviourAuthority
            | Self::EnrolmentCredential
            | Self::AuthorizationTicket => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootCa => "root CA",
            Self::EnrolmentAuthority => "enrolment authority",
            Self::AuthorizationAuthority => "authorization authority",
            Self::TrustListManager => "trust list manager",
            Self::MisbehaviourAuthority => "misbehaviour authority",
            Self::EnrolmentCredential => "enrolment credential",
            Self::AuthorizationTicket => "authorization ticket",
        })
    }
}
