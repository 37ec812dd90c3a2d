//! Checks that every certificate passes before it is signed: the profiles of TS 103 097 clauses 6 and 7.2, the rights
//! of TS 102 941 annex B, what the issuer may give, and the policy.
//!
//! Each lint has a name, the text it comes from, and a function. All run, so that a mistaken template is reported
//! whole. A lint judges the to-be-signed octets that will be signed, decoded again, never the template they were made
//! from: what is linted is what is signed.

mod format;
mod inheritance;
mod keys;
mod limits;
mod permissions;
mod region;
mod roles;
#[cfg(test)]
mod tests;

use crate::{
    asn1::{CertificateType, ToBeSignedCertificate},
    policy::Policy,
    role::Role,
};
use std::fmt;
use v2x_codec::time::Time32;

/// What the lints look at.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The profile it should follow.
    pub role: Role,
    /// Explicit or implicit.
    pub certificate_type: CertificateType,
    /// The to-be-signed certificate, decoded from `encoded`.
    pub tbs: &'a ToBeSignedCertificate,
    /// The octets that will be signed.
    pub encoded: &'a [u8],
    /// Who will sign; `None` when it signs itself.
    pub issuer: Option<Issuing<'a>>,
    /// The policy in force.
    pub policy: &'a Policy,
    /// Now.
    pub now: Time32,
}

/// What the lints know of the issuer.
#[derive(Clone, Copy, Debug)]
pub struct Issuing<'a> {
    /// Its role.
    pub role: Role,
    /// Its own certificate's content.
    pub tbs: &'a ToBeSignedCertificate,
}

/// What a lint says: `Err` with the reason when the candidate breaks it.
pub type Verdict = Result<(), &'static str>;

/// One named check.
#[derive(Clone, Copy)]
pub struct Lint {
    /// Its stable name.
    pub id: &'static str,
    /// The text it comes from.
    pub source: &'static str,
    /// The check.
    pub check: fn(&Candidate<'_>) -> Verdict,
}

/// A lint that a candidate broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The lint's name.
    pub lint: &'static str,
    /// The text it comes from.
    pub source: &'static str,
    /// What is wrong.
    pub reason: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.lint, self.reason, self.source)
    }
}

/// Every lint, in the order in which they run.
pub fn lints() -> impl Iterator<Item = &'static Lint> {
    [
        format::LINTS,
        keys::LINTS,
        region::LINTS,
        permissions::LINTS,
        roles::LINTS,
        inheritance::LINTS,
        limits::LINTS,
    ]
    .into_iter()
    .flatten()
}

/// All lints that `candidate` breaks; empty when it may be signed.
#[must_use]
pub fn findings(candidate: &Candidate<'_>) -> Vec<Finding> {
    lints().filter_map(|lint| finding(lint, candidate)).collect()
}

fn finding(lint: &Lint, candidate: &Candidate<'_>) -> Option<Finding> {
    let reason = (lint.check)(candidate).err()?;
    Some(Finding { lint: lint.id, source: lint.source, reason })
}

/// `Err(reason)` unless `holds`.
const fn require(holds: bool, reason: &'static str) -> Verdict {
    if holds { Ok(()) } else { Err(reason) }
}
