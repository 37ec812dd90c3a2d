//! The profiles of TS 103 097 V2.2.1: what a certificate or a message must hold beyond being well formed.
//!
//! Decoding and judging are two steps, because certificates in use break rules that came after them: what
//! [`decode`](crate::ieee1609dot2::decode) accepts is well formed, and a type of this module made from it (by
//! `try_from`) keeps its profile. A refusal names the clause and the field.

mod certificate;
mod data;
mod message;

use core::fmt;

pub use certificate::{
    AuthorizationTicket, CertificateProfile, EnrolmentCredential, MisbehaviourAuthority, RootCa,
    SubordinateCa, TrustListManager,
};
pub use data::{Encrypted, EncryptedUnicast, Signed, SignedExternalPayload, Unsecured};
pub use message::MessageProfile;

/// Applications by number, as TS 102 965 assigns them.
pub mod its_aid {
    /// Cooperative awareness.
    pub const CAM: u64 = 36;
    /// Decentralized environmental notification.
    pub const DENM: u64 = 37;
    /// Revocation lists.
    pub const CRL: u64 = 622;
    /// Certificate requests.
    pub const CERTIFICATE_REQUEST: u64 = 623;
    /// Trust lists.
    pub const CTL: u64 = 624;
}

/// A rule of a profile that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProfileViolation {
    /// The clause of TS 103 097 V2.2.1.
    pub clause: &'static str,
    /// The field, named as in the ASN.1.
    pub field: &'static str,
    /// What the clause asks of it.
    pub requirement: &'static str,
}

impl fmt::Display for ProfileViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (TS 103 097 clause {})", self.field, self.requirement, self.clause)
    }
}

impl core::error::Error for ProfileViolation {}

/// One rule over values of `T`.
struct Rule<T: ?Sized> {
    violation: ProfileViolation,
    holds: fn(&T) -> bool,
}

const fn rule<T: ?Sized>(
    clause: &'static str,
    field: &'static str,
    requirement: &'static str,
    holds: fn(&T) -> bool,
) -> Rule<T> {
    Rule { violation: ProfileViolation { clause, field, requirement }, holds }
}

/// Every rule that does not hold, in the order of the rules.
fn broken<'r, T: ?Sized>(
    rules: &'r [Rule<T>],
    value: &'r T,
) -> impl Iterator<Item = ProfileViolation> + use<'r, T> {
    rules.iter().filter(|rule| !(rule.holds)(value)).map(|rule| rule.violation)
}

/// The first violation, if there is one.
fn none_of(mut violations: impl Iterator<Item = ProfileViolation>) -> Result<(), ProfileViolation> {
    violations.next().map_or(Ok(()), Err)
}
